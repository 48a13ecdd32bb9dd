"""Checkpoints: the text in which a log states its size and root (FORMATS 1.3, tlog-checkpoint.md v1.0.0).

The sequencer writes one for each growth; ``cosignature.py`` signs and opens it as a note. Extension lines are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.transparency.note import Note, NoteSignature, format_note, parse_note
from domain.transparency.strict import HASH_BYTES, SIZE_MAX, Refused, decimal, hash_from_base64, to_base64

ORIGIN_BYTES_MAX = 255


class RefusedCheckpoint(Refused):
    """Text that is no checkpoint."""


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its number of leaves and their root. Raises :class:`RefusedCheckpoint` when made lawless."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not _lawful_origin(self.origin):
            raise RefusedCheckpoint("checkpoint_origin")
        if not 0 <= self.size <= SIZE_MAX:
            raise RefusedCheckpoint("checkpoint_size")
        if len(self.root) != HASH_BYTES:
            raise RefusedCheckpoint("checkpoint_root")

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and the signature lines under it. Not to be believed before ``cosignature.opened``."""

    checkpoint: Checkpoint
    signatures: tuple[NoteSignature, ...]

    @property
    def note(self) -> Note:
        """The note that carries both."""
        return Note(self.checkpoint.text, self.signatures)

    def __bytes__(self) -> bytes:
        return format_note(self.note)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that is written exactly so. Raises :class:`RefusedCheckpoint`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise RefusedCheckpoint("checkpoint_form")
    if len(lines) > 4:
        raise RefusedCheckpoint("checkpoint_extension")
    size, root = decimal(lines[1]), hash_from_base64(lines[2])
    if size is None:
        raise RefusedCheckpoint("checkpoint_size")
    if root is None:
        raise RefusedCheckpoint("checkpoint_root")
    return Checkpoint(lines[0], size, root)


def parse_signed_checkpoint(data: bytes) -> SignedCheckpoint:
    """The signed checkpoint whose bytes are exactly ``data``.

    Raises :class:`RefusedCheckpoint`, also with the codes of ``RefusedNote``.
    """
    try:
        note = parse_note(data)
    except Refused as refused:
        raise RefusedCheckpoint(refused.code) from None
    return SignedCheckpoint(parse_checkpoint(note.text), note.signatures)


def _lawful_origin(origin: str) -> bool:
    try:
        size = len(origin.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= ORIGIN_BYTES_MAX and not any(c < " " for c in origin)
