"""Sealing a file as the department that answers for it: salts, commitments, root, one signature (STORAGE 2).

Comes after the reader has turned the file into rows; the sealed file then goes to the service, whole.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.shared.canonical import NotCanonical, Parts
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect
from domain.transparency.commitment import commit, open_parts
from domain.transparency.leaf import act_message, issuer_id
from domain.transparency.merkle import Frontier, leaf_hash, root_of
from domain.transparency.sealed_file import ROW_KIND, FileSeal, SealedRow, encode_commitments

SALT_BYTES = 32
SEAL_LINE_BYTES_MAX = 16 << 20


class ReadableRow(Protocol):
    """A row as the reader gives it: where it stands, its parts or None, and what is wrong with it."""

    @property
    def data_row(self) -> int: ...
    @property
    def sheet_row(self) -> int: ...
    @property
    def parts(self) -> Parts | None: ...
    @property
    def defects(self) -> tuple[Defect, ...]: ...


@dataclass(frozen=True)
class LeftOut:
    """A row that could not be sealed, with the reasons; it never leaves the department."""

    data_row: int
    sheet_row: int
    defects: tuple[Defect, ...]


@dataclass(frozen=True)
class SealedFile:
    """A seal, the rows' lines (gzip), and the rows left out."""

    seal: FileSeal
    row_lines: bytes
    left_out: tuple[LeftOut, ...]

    def signed(self, key: DepartmentKey) -> SealedFile:
        """The same file, signed by the department's key."""
        signature = key.sign(self.seal.message(key.issuer))
        return replace(self, seal=replace(self.seal, issuer=key.issuer, signature=signature))

    def body(self) -> bytes:
        """The request body: two gzip members, the seal's line and the rows' lines."""
        return gzip.compress(self.seal.to_line(), mtime=0) + self.row_lines


class DepartmentKey:
    """A department's Ed25519 key in a PEM file that only the department holds."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self.issuer = issuer_id(self.public_key)

    @classmethod
    def read(cls, path: Path) -> DepartmentKey:
        """The key in a PEM file. Raises ``ValueError`` or ``TypeError`` when it holds another kind of key."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("the key file holds no Ed25519 key")
        return cls(key)

    @classmethod
    def make(cls, path: Path) -> DepartmentKey:
        """A new key, written to ``path`` for its owner only. Raises ``FileExistsError`` rather than replace one."""
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        return cls(key)

    @property
    def name(self) -> str:
        """Whom it signs for, as the signing port names it."""
        return "department"

    @property
    def key_id(self) -> bytes:
        """Its issuer id, as the signing port names it."""
        return self.issuer

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return self._key.sign(message)

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key itself, for signing requests."""
        return self._key


def seal_file(
    rows: Iterable[ReadableRow], *, form: str, ledger_id: bytes, progress: Callable[[int], None] | None = None
) -> SealedFile:
    """Seal every row that has parts; salts and ids are random. Not signed yet.

    ``progress`` gets the number of rows sealed so far.
    """
    frontier, commitments, left_out = Frontier(), bytearray(), []
    lines = io.BytesIO()
    kind = bytes([ROW_KIND])
    with gzip.GzipFile(fileobj=lines, mode="wb", compresslevel=1, mtime=0) as packed:
        for read in rows:
            sealed = _sealed(read, index=frontier.size)
            if isinstance(sealed, LeftOut):
                left_out.append(sealed)
                continue
            try:
                commitment = sealed.commitment(ledger_id)
            except NotCanonical:
                defect = Defect("FORMAT", "row_not_canonical")
                left_out.append(LeftOut(read.data_row, read.sheet_row, (defect,)))
                continue
            frontier.append(leaf_hash(kind + commitment))
            commitments += commitment
            packed.write(sealed.to_line())
            if progress:
                progress(frontier.size)
    seal = FileSeal(
        ledger_id=ledger_id,
        file_id=uuid.uuid4(),
        salt=os.urandom(SALT_BYTES),
        form=form,
        root=frontier.root(),
        rows=frontier.size,
        commitments=encode_commitments(bytes(commitments)),
    )
    return SealedFile(seal, lines.getvalue(), tuple(left_out))


def first_line(body: bytes) -> bytes:
    """The seal's line of a sealed file's body; empty when the body is none."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            return packed.readline(SEAL_LINE_BYTES_MAX)
    except (OSError, EOFError, zlib.error):
        return b""


def seal_act(parts: Parts, *, form: str, ledger_id: bytes, key: DepartmentKey) -> dict[str, Any]:
    """One determination sealed by itself, as ``POST /v1/determinations`` takes it.

    Raises ``NotCanonical`` for content that has no canonical form.
    """
    row = SealedRow(0, uuid.uuid4(), os.urandom(SALT_BYTES), parts, data_row=1, sheet_row=1)
    message = act_message(kind=ROW_KIND, commitment=row.commitment(ledger_id), issuer=key.issuer)
    return {
        "ledger": ledger_id.hex(),
        "form": form,
        "record": str(row.record_id),
        "salt": row.salt.hex(),
        "parts": parts,
        "issuer": key.issuer.hex(),
        "signature": key.sign(message).hex(),
    }


def seal_remedy(
    kind: Kind, parts: Parts, *, record: str, ledger_id: bytes, key: DepartmentKey
) -> dict[str, Any]:
    """A correction or withdrawal of ``record`` sealed as its route takes it; both name what they take back.

    Raises ``NotCanonical`` for content that has no canonical form.
    """
    salt = os.urandom(SALT_BYTES)
    digest = commit(
        kind=kind, ledger_id=ledger_id, record_id=uuid.UUID(record).bytes, opened=open_parts(salt, parts)
    )
    message = act_message(kind=kind, commitment=digest, issuer=key.issuer)
    return {
        "parts": parts,
        "salt": salt.hex(),
        "issuer": key.issuer.hex(),
        "signature": key.sign(message).hex(),
    }


def _sealed(read: ReadableRow, *, index: int) -> SealedRow | LeftOut:
    if read.parts is None or read.defects:
        return LeftOut(read.data_row, read.sheet_row, tuple(read.defects))
    return SealedRow(
        index=index,
        record_id=uuid.uuid4(),
        salt=os.urandom(SALT_BYTES),
        parts=read.parts,
        data_row=read.data_row,
        sheet_row=read.sheet_row,
    )


def drafted_message(draft: Mapping[str, Any], ledger_id: bytes, key: DepartmentKey) -> bytes:
    """The message of a draft's seal, of its own members; raises ``ValueError`` when they disagree."""
    try:
        commitments = base64.b64decode(str(draft["commitments"]), validate=True)
        seal = FileSeal(
            ledger_id=ledger_id,
            file_id=uuid.UUID(str(draft["file"])),
            salt=bytes.fromhex(str(draft["salt"])),
            form=str(draft["form"]),
            root=bytes.fromhex(str(draft["root"])),
            rows=int(draft["rows"]),
            commitments=str(draft["commitments"]),
        )
        message = seal.message(key.issuer)
    except (KeyError, ValueError, TypeError):
        raise ValueError("the draft cannot be read") from None
    rows = [commitments[at : at + 32] for at in range(0, len(commitments), 32)]
    kind = bytes([ROW_KIND])
    if len(commitments) != 32 * seal.rows or root_of(kind + row for row in rows) != seal.root:
        raise ValueError("the draft's root is not that of its rows")
    if message.hex() != draft.get("to_sign"):
        raise ValueError("the service asks to sign something else than the draft's seal")
    return message
