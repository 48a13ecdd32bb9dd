"""A sealed file: the seal over all rows, then one row a line, as a department sends it.

The client writes it, the service reads it; the same lines wait, without a signature, in a draft.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from domain.shared.canonical import Part, Parts
from domain.shared.kinds import Kind
from domain.transparency.commitment import SALT_BYTES, commit, open_parts
from domain.transparency.leaf import act_message

FORMAT = "xinlu/sealed-file@v1"
MEDIA_TYPE = "application/vnd.xinlu.sealed-file+ndjson"
ROW_KIND = int(Kind.RECORD_DETERMINED)


class MalformedSealedFile(ValueError):
    """A line that is no line of a sealed file; the message names the member, never its value."""


@dataclass(frozen=True)
class FileSeal:
    """A seal (封存) over a file: the payload of ``file.sealed``, its salt, and the signature once there is one."""

    ledger_id: bytes
    file_id: UUID
    salt: bytes
    form: str
    root: bytes
    rows: int
    commitments: str
    issuer: bytes = b""
    signature: bytes = b""

    def payload(self) -> dict[str, Part]:
        """The parts of the ``file.sealed`` event."""
        return {
            "public": {
                "form": self.form,
                "root": self.root.hex(),
                "rows": self.rows,
                "row_kind": ROW_KIND,
                "commitments": self.commitments,
            }
        }

    def commitment(self) -> bytes:
        """The commitment that the seal's leaf carries."""
        opened = open_parts(self.salt, self.payload())
        return commit(
            kind=Kind.FILE_SEALED, ledger_id=self.ledger_id, record_id=self.file_id.bytes, opened=opened
        )

    def message(self, issuer: bytes) -> bytes:
        """The bytes to sign for the key with this issuer id."""
        return act_message(kind=Kind.FILE_SEALED, commitment=self.commitment(), issuer=issuer)

    def to_line(self) -> bytes:
        """The file's first line."""
        return _line(
            {
                "format": FORMAT,
                "ledger": self.ledger_id.hex(),
                "file": str(self.file_id),
                "salt": self.salt.hex(),
                "form": self.form,
                "root": self.root.hex(),
                "rows": self.rows,
                "commitments": self.commitments,
                "issuer": self.issuer.hex(),
                "signature": self.signature.hex(),
            }
        )

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The seal of a first line. Raises :class:`MalformedSealedFile`."""
        data = _members(line)
        if data.get("format") != FORMAT:
            raise MalformedSealedFile("/format")
        return cls(
            ledger_id=_hex(data, "ledger", 16),
            file_id=_uuid(data, "file"),
            salt=_hex(data, "salt", SALT_BYTES),
            form=_text(data, "form"),
            root=_hex(data, "root", 32),
            rows=_count(data, "rows"),
            commitments=_text(data, "commitments"),
            issuer=_hex(data, "issuer", 8, 0),
            signature=_hex(data, "signature", 64, 0),
        )


@dataclass(frozen=True)
class SealedRow:
    """One row as sealed: its index under the root, and where people find it in their own file."""

    index: int
    record_id: UUID
    salt: bytes
    parts: Parts
    data_row: int
    sheet_row: int

    def commitment(self, ledger_id: bytes) -> bytes:
        """The row's commitment. Raises ``NotCanonical`` for lawless content."""
        opened = open_parts(self.salt, self.parts)
        return commit(kind=ROW_KIND, ledger_id=ledger_id, record_id=self.record_id.bytes, opened=opened)

    def to_line(self) -> bytes:
        """The row's line."""
        return _line(
            {
                "i": self.index,
                "record": str(self.record_id),
                "salt": self.salt.hex(),
                "parts": self.parts,
                "data_row": self.data_row,
                "sheet_row": self.sheet_row,
            }
        )

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The row of a line. Raises :class:`MalformedSealedFile`."""
        data = _members(line)
        parts = data.get("parts")
        if not isinstance(parts, dict) or not parts or not all(isinstance(p, dict) for p in parts.values()):
            raise MalformedSealedFile("/parts")
        if not all(name.isascii() and 0 < len(name) <= 64 for name in parts):
            raise MalformedSealedFile("/parts")
        return cls(
            index=_count(data, "i"),
            record_id=_uuid(data, "record"),
            salt=_hex(data, "salt", SALT_BYTES),
            parts=parts,
            data_row=_count(data, "data_row"),
            sheet_row=_count(data, "sheet_row"),
        )


def encode_commitments(commitments: bytes) -> str:
    """All rows' commitments, one after another, as one base64 text."""
    return base64.b64encode(commitments).decode("ascii")


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _members(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise MalformedSealedFile("") from None
    if not isinstance(data, dict):
        raise MalformedSealedFile("")
    return data


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise MalformedSealedFile(f"/{name}")
    return value


def _count(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise MalformedSealedFile(f"/{name}")
    return value


def _hex(data: Mapping[str, Any], name: str, *sizes: int) -> bytes:
    text = _text(data, name)
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise MalformedSealedFile(f"/{name}") from None
    if len(value) not in sizes or value.hex() != text:
        raise MalformedSealedFile(f"/{name}")
    return value


def _uuid(data: Mapping[str, Any], name: str) -> UUID:
    text = _text(data, name)
    try:
        value = UUID(text)
    except ValueError:
        raise MalformedSealedFile(f"/{name}") from None
    # Random ids only (STORAGE 5): the ids of departments, keys and items follow from their names and could
    # be taken before their owners come.
    if str(value) != text or value.version != 4:
        raise MalformedSealedFile(f"/{name}")
    return value
