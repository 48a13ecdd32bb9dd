"""What a department's seal says of the rows under it: their commitments, their leaves, what it signed.

A file is sealed once for all its rows (leaf 02); a single act is sealed by itself (leaf 01). The intake
command asks either, and decides the rest alike for both.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.ledger import Ledger, SealedAct
from domain.records.events import FileSealed
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect, Refused
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, RowLeaf, act_message
from domain.transparency.merkle import root_of
from domain.transparency.sealed_file import FileSeal, SealedRow

ROWS_MAX = 200_000
ROW_KIND = Kind.RECORD_DETERMINED


class Seal(Protocol):
    """A seal (封存) over one or many rows.

    ``commitments`` gives those that were sealed, in row order, and raises ``Refused`` (DET-5, FORMAT) when
    they are not what the seal says; ``act`` is the event that records the seal itself, if it has one.
    """

    @property
    def ledger_id(self) -> bytes: ...
    @property
    def form(self) -> str: ...
    @property
    def issuer(self) -> bytes: ...
    @property
    def signature(self) -> bytes: ...
    @property
    def rows(self) -> int: ...
    @property
    def correlation(self) -> UUID: ...
    def message(self) -> bytes: ...
    def commitments(self) -> list[bytes]: ...
    def leaf(self, commitment: bytes, index: int) -> bytes: ...
    def act(self, ledger: Ledger) -> SealedAct | None: ...


@dataclass(frozen=True)
class SealOfFile:
    """The seal over a whole file, by the root of its rows."""

    file: FileSeal

    @property
    def ledger_id(self) -> bytes:
        """For which ledger it was sealed."""
        return self.file.ledger_id

    @property
    def form(self) -> str:
        """The form of every row."""
        return self.file.form

    @property
    def issuer(self) -> bytes:
        """Issuer id of the sealing key."""
        return self.file.issuer

    @property
    def signature(self) -> bytes:
        """The signature over :meth:`message`."""
        return self.file.signature

    @property
    def rows(self) -> int:
        """How many rows are sealed."""
        return self.file.rows

    @property
    def correlation(self) -> UUID:
        """The file's id."""
        return self.file.file_id

    def message(self) -> bytes:
        """The bytes that the department signed."""
        return self.file.message(self.file.issuer)

    def commitments(self) -> list[bytes]:
        """The rows' commitments, whose root must be the sealed one."""
        if not 0 < self.rows <= ROWS_MAX:
            raise Refused(Defect("FORMAT", "file_rows_out_of_bounds", "/rows", {"most": str(ROWS_MAX)}))
        try:
            data = base64.b64decode(self.file.commitments, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        commitments = [data[at : at + 32] for at in range(0, len(data), 32)]
        kind = bytes([ROW_KIND])
        if len(data) != 32 * self.rows or root_of(kind + c for c in commitments) != self.file.root:
            raise Refused(Defect("DET-5", "seal_root_wrong"))
        return commitments

    def leaf(self, commitment: bytes, index: int) -> bytes:
        """The leaf of one row."""
        return bytes(RowLeaf(ROW_KIND, commitment, self.issuer, self.file.root, index))

    def act(self, ledger: Ledger) -> SealedAct:
        """``file.sealed``, to be recorded before the first of its rows."""
        event = FileSealed.from_parts(
            self.file.payload(), stream_id=self.file.file_id, version=1, recorded_at=ledger.now()
        )
        opened = open_parts(self.file.salt, event.parts())
        leaf = ActLeaf(event.KIND, ledger.commitment_of(event, opened), self.issuer, self.signature)
        return SealedAct(event, opened, bytes(leaf), ledger.own_keys(event.parts()))


@dataclass(frozen=True)
class SealOfAct:
    """The seal over one single act."""

    row: SealedRow
    ledger_id: bytes
    form: str
    issuer: bytes
    signature: bytes
    rows: int = 1

    @property
    def correlation(self) -> UUID:
        """The record's id."""
        return self.row.record_id

    def message(self) -> bytes:
        """The bytes that the department signed."""
        return act_message(kind=ROW_KIND, commitment=self.commitments()[0], issuer=self.issuer)

    def commitments(self) -> list[bytes]:
        """The one commitment, of the content as it was sent."""
        return [self.row.commitment(self.ledger_id)]

    def leaf(self, commitment: bytes, index: int) -> bytes:  # noqa: ARG002 - one act has no place in a file
        """The act's own leaf."""
        return bytes(ActLeaf(ROW_KIND, commitment, self.issuer, self.signature))

    def act(self, ledger: Ledger) -> None:  # noqa: ARG002 - nothing but the act itself is recorded
        """None: the act is the record."""
        return
