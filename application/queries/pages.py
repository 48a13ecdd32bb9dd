"""Lists by pages: an opaque, signed cursor says where a listing began and how far it was told.

A query reads the cursor of its question and writes the next one; routes and clients only carry it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Generic, TypeVar

from application.ports import Vault
from domain.shared.canonical import canonical
from domain.shared.refusals import Defect, Refused

LIMIT_MAX = 200
"""Entries of one page at most, and unless fewer are asked for."""
CURSOR_CHARACTERS_MAX = 128
_NUMBER_BYTES = 8
_MAC_BYTES = 32
_LABEL = "cursor"
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class PageAsked:
    """Which page is asked for: how many entries at most, after which cursor (empty: the first page).

    ``as_of`` is an instant (RFC 3339) or a position of the records log, empty for now.
    """

    limit: int = LIMIT_MAX
    cursor: str = ""
    as_of: str = ""


FIRST_PAGE = PageAsked()


@dataclass(frozen=True)
class Place:
    """A place in a list: where the listing ``begun``, and ``after`` which entry it goes on (0: at its start)."""

    begun: int
    after: int


@dataclass(frozen=True)
class Page(Generic[Entry]):
    """Part of a list (分页): its entries, the cursor of the next page (empty: this was the last).

    ``position`` is where the listing began; ``receipt`` the position of the access event, 0 for a list that
    names no subject.
    """

    entries: tuple[Entry, ...]
    next: str
    position: int
    receipt: int = 0


class Cursors:
    """The cursors of one question: good for the same asker, list and subject only. They never expire: a cursor
    opens nothing, each page is decided and logged like a first one."""

    def __init__(self, vault: Vault, *question: str) -> None:
        """``question`` says who asks for which list about whom, and as of when."""
        self._vault = vault
        self._question = canonical(list(question))

    def read(self, cursor: str) -> Place:
        """The place that a cursor names. Raises ``Refused`` (FORMAT) unless it was written for this question."""
        try:
            found = base64.b64decode(cursor, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            found = b""
        numbers, mac = found[:-_MAC_BYTES], found[-_MAC_BYTES:]
        if len(found) != 2 * _NUMBER_BYTES + _MAC_BYTES or not hmac.compare_digest(mac, self._mac(numbers)):
            raise Refused(Defect("FORMAT", "cursor_invalid", "/cursor"))
        begun, after = numbers[:_NUMBER_BYTES], numbers[_NUMBER_BYTES:]
        return Place(int.from_bytes(begun, "big"), int.from_bytes(after, "big"))

    def write(self, place: Place) -> str:
        """The cursor of a place: 64 characters for a URL or a body."""
        numbers = b"".join(n.to_bytes(_NUMBER_BYTES, "big") for n in (place.begun, place.after))
        return base64.urlsafe_b64encode(numbers + self._mac(numbers)).decode()

    def _mac(self, numbers: bytes) -> bytes:
        return self._vault.mac(_LABEL, numbers + self._question)
