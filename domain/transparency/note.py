"""Signed notes: a text and the signature lines under it (FORMATS 1.2, signed-note.md v1.0.0).

Here lines are read and matched to known keys; what a signature is over, ``cosignature.py`` says for checkpoints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from domain.transparency.strict import Refused, from_base64, to_base64
from domain.transparency.vkey import (
    KEY_ID_BYTES,
    SignatureType,
    VerifierKey,
    Verify,
    lawful_name,
)

NOTE_BYTES_MAX = 262_144
SIGNATURES_MAX = 64
_DASH = "\u2014"


class RefusedNote(Refused):
    """Bytes that are no signed note, or a note that no known key vouches for."""


@dataclass(frozen=True)
class NoteSignature:
    """One signature line; ``blob`` is what follows the key id, for cosignatures the time and the signature."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH} {self.name} {to_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and at least one signature. Not to be believed before it is verified."""

    text: str
    signatures: tuple[NoteSignature, ...]


def parse_note(data: bytes) -> Note:
    """The note whose bytes are exactly ``data``; all its lines, known or not. Raises :class:`RefusedNote`."""
    content = _text(data, NOTE_BYTES_MAX)
    # The text may hold empty lines, so it ends at the last one.
    end = content.rfind("\n\n")
    if end < 0:
        raise RefusedNote("note_form")
    return Note(content[: end + 1], _signatures(content[end + 2 :]))


def format_note(note: Note) -> bytes:
    """The bytes of a note. Raises :class:`RefusedNote` when they would not read back as the same note."""
    try:
        data = (note.text + "\n" + "".join(map(str, note.signatures))).encode()
    except UnicodeEncodeError:
        raise RefusedNote("note_encoding") from None
    if parse_note(data) != note:
        raise RefusedNote("note_form")
    return data


def parse_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Signature lines alone, as a witness answers them (FORMATS 1.6). Raises :class:`RefusedNote`."""
    return _signatures(_text(data, NOTE_BYTES_MAX))


def verified(
    note: Note, keys: Iterable[VerifierKey], holds: Callable[[VerifierKey, NoteSignature], bool]
) -> tuple[tuple[VerifierKey, NoteSignature], ...]:
    """The lines of known keys in their order, every one of which holds; the same line twice counts once.

    Lines of unknown keys are ignored. Raises :class:`RefusedNote`: ``signature_wrong`` when a line of a known key
    does not hold, ``signature_missing`` when there is none, ``key_ambiguous`` when two keys share name and id.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise RefusedNote("key_ambiguous")
    found: list[tuple[VerifierKey, NoteSignature]] = []
    for line in dict.fromkeys(note.signatures):
        signer = known.get((line.name, line.key_id))
        if signer is None:
            continue
        if not holds(signer, line):
            raise RefusedNote("signature_wrong")
        found.append((signer, line))
    if not found:
        raise RefusedNote("signature_missing")
    return tuple(found)


def open_note(data: bytes, keys: Sequence[VerifierKey], verify: Verify) -> Note:
    """A note that is no checkpoint, vouched for by a key of type 01. Raises :class:`RefusedNote`."""
    note = parse_note(data)
    plain = [key for key in keys if key.type is SignatureType.ED25519]
    message = note.text.encode()
    verified(note, plain, lambda key, line: verify(key.type.algorithm, key.public_key, message, line.blob))
    return note


def _text(data: bytes, bytes_max: int) -> str:
    if len(data) > bytes_max:
        raise RefusedNote("note_too_large")
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedNote("note_encoding") from None
    if any(c < " " and c != "\n" for c in content):
        raise RefusedNote("note_control_character")
    return content


def _signatures(content: str) -> tuple[NoteSignature, ...]:
    # Never splitlines(): it also splits where a name may have a line separator.
    lines = content.split("\n")
    if lines.pop() or not lines:
        raise RefusedNote("note_form")
    if len(lines) > SIGNATURES_MAX:
        raise RefusedNote("note_too_many_signatures")
    return tuple(map(_signature, lines))


def _signature(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not lawful_name(parts[1]):
        raise RefusedNote("signature_form")
    data = from_base64(parts[2])
    if data is None:
        raise RefusedNote("signature_base64")
    if len(data) <= KEY_ID_BYTES:
        raise RefusedNote("signature_length")
    return NoteSignature(parts[1], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])
