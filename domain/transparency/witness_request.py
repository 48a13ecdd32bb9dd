"""What a log and a witness send each other (FORMATS 1.6, tlog-witness.md): the add-checkpoint body and its answers.

A log writes the body and reads cosignature lines or the size that the witness holds; a witness the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.transparency.checkpoint import SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.merkle import consistent
from domain.transparency.note import NOTE_BYTES_MAX, NoteSignature, parse_signature_lines
from domain.transparency.strict import Refused, decimal, hash_from_base64, to_base64

PATH_MAX = 63
BODY_BYTES_MAX = NOTE_BYTES_MAX + 4096
SIZE_MEDIA_TYPE = "text/x.tlog.size"


class RefusedRequest(Refused):
    """Bytes that are no add-checkpoint body and no answer to one."""


@dataclass(frozen=True)
class AddCheckpoint:
    """A request to cosign: the size last cosigned, the consistency proof from there, and the checkpoint.

    Parsing does not compare ``old`` with the checkpoint's size: a witness answers that only to a known log.
    """

    old: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    def __bytes__(self) -> bytes:
        head = [f"old {self.old}", *map(to_base64, self.path)]
        return "".join(f"{line}\n" for line in head).encode() + b"\n" + bytes(self.signed)

    def grows_from(self, root: bytes) -> bool:
        """Is the checkpoint's tree consistent with the ``old`` leaves whose root is ``root``?

        Of no leaves, the root is ``merkle.EMPTY_ROOT``.
        """
        new = self.signed.checkpoint
        return consistent(old=self.old, old_root=root, new=new.size, new_root=new.root, path=self.path)


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """The request whose body is exactly ``body``. Raises :class:`RefusedRequest`."""
    if len(body) > BODY_BYTES_MAX:
        raise RefusedRequest("request_too_large")
    head, gap, note = body.partition(b"\n\n")
    first, *rest = head.decode("latin-1").split("\n")
    old = decimal(first.removeprefix("old ")) if first.startswith("old ") else None
    if not gap or old is None:
        raise RefusedRequest("request_old")
    if len(rest) > PATH_MAX:
        raise RefusedRequest("request_path")
    path = [hash_from_base64(line) for line in rest]
    if None in path:
        raise RefusedRequest("request_path")
    try:
        signed = parse_signed_checkpoint(note)
    except Refused as refused:
        raise RefusedRequest(refused.code) from None
    return AddCheckpoint(old, tuple(one for one in path if one is not None), signed)


def format_cosignatures(lines: Iterable[NoteSignature]) -> bytes:
    """The answer of a witness that cosigned."""
    return "".join(map(str, lines)).encode()


def parse_cosignatures(body: bytes) -> tuple[NoteSignature, ...]:
    """The lines of such an answer, not yet verified. Raises :class:`RefusedRequest`."""
    try:
        return parse_signature_lines(body)
    except Refused as refused:
        raise RefusedRequest(refused.code) from None


def format_size(size: int) -> bytes:
    """The answer of a witness that last cosigned another size, as :data:`SIZE_MEDIA_TYPE`."""
    return f"{size}\n".encode()


def parse_size(body: bytes) -> int:
    """The size in such an answer. Raises :class:`RefusedRequest`."""
    text = body[:32].decode("latin-1")
    size = decimal(text[:-1]) if text.endswith("\n") else None
    if size is None:
        raise RefusedRequest("request_size")
    return size
