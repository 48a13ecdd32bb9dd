"""Uploads that wait for their department's signature: ciphertext under a key of their own (STORAGE 2, 3).

A file sent without our client becomes a draft here; the rows become records when its root is signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ledger import Ledger
from application.ports import WrappedKey
from application.sealing import BrokenSeal

LIFETIME = timedelta(hours=24)
CHUNK_BYTES = 1 << 20
DRAFTS_MAX = 40
BYTES_MAX = 256 << 20
"""How much of one department may wait for its signature: files, and bytes as they are kept (packed, sealed)."""
KEY_BYTES = 32
NONCE_BYTES = 12


class TooManyDrafts(Exception):
    """A department has all the drafts that it may have; nothing was kept. One expires after so many seconds."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many drafts")
        self.retry_after_seconds = retry_after_seconds


class DraftStore(Protocol):
    """Where drafts are kept; ``save`` and ``drop`` are durable when they return.

    ``save_draft`` keeps nothing beyond ``most`` drafts or ``bytes_most`` of a department, and then says when the
    soonest of them expires.
    """

    def save_draft(
        self,
        draft_id: UUID,
        chunks: dict[int, bytes],
        *,
        department: str,
        now: datetime,
        expires: datetime,
        key: WrappedKey,
        most: int,
        bytes_most: int,
    ) -> datetime | None: ...
    def load_draft(
        self, draft_id: UUID, *, department: str, now: datetime, chunk: int
    ) -> tuple[WrappedKey, bytes] | None: ...
    def drop_draft(self, draft_id: UUID, *, department: str) -> None: ...


class Drafts:
    """Drafts (待封存) of all departments; each sees its own only."""

    def __init__(self, ledger: Ledger, store: DraftStore) -> None:
        self._ledger = ledger
        self._store = store

    def save(self, draft_id: UUID, lines: bytes, *, department: str) -> datetime:
        """Keep the lines of an unsigned sealed file; until when. Raises :class:`TooManyDrafts`."""
        now = self._ledger.now()
        key = self._ledger.entropy.bytes(KEY_BYTES)
        generation, wrapped = self._ledger.vault.wrap(key)
        cipher = AESGCM(key)
        chunks: dict[int, bytes] = {}
        for number, at in enumerate(range(0, len(lines), CHUNK_BYTES)):
            nonce = self._ledger.entropy.bytes(NONCE_BYTES)
            place = _place(draft_id, department, number)
            chunks[number] = nonce + cipher.encrypt(nonce, lines[at : at + CHUNK_BYTES], place)
        free_at = self._store.save_draft(
            draft_id,
            chunks,
            department=department,
            now=now,
            expires=now + LIFETIME,
            key=WrappedKey(draft_id, "draft", generation, wrapped),
            most=DRAFTS_MAX,
            bytes_most=BYTES_MAX,
        )
        if free_at is not None:
            raise TooManyDrafts(max(1, ceil((free_at - now).total_seconds())))
        return now + LIFETIME

    def load(self, draft_id: UUID, *, department: str) -> Iterator[bytes]:
        """The draft's bytes, a chunk at a time; nothing when the department has no such draft (any more).

        Raises ``BrokenSeal`` when stored bytes were changed.
        """
        number = 0
        while found := self._store.load_draft(
            draft_id, department=department, now=self._ledger.now(), chunk=number
        ):
            wrapped, sealed = found
            key = self._ledger.vault.unwrap(wrapped.generation, wrapped.wrapped)
            try:
                yield AESGCM(key).decrypt(
                    sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(draft_id, department, number)
                )
            except InvalidTag:
                raise BrokenSeal("a draft does not open") from None
            number += 1

    def drop(self, draft_id: UUID, *, department: str) -> None:
        """Forget a draft."""
        self._store.drop_draft(draft_id, department=department)


def _place(draft_id: UUID, department: str, number: int) -> bytes:
    return b"credit/draft/v1\n" + draft_id.bytes + number.to_bytes(4, "big") + department.encode()
