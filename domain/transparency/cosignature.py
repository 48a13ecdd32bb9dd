"""What keys sign about a checkpoint, and checkpoints opened by known keys (FORMATS 1.4, tlog-cosignature.md).

A log signs with types 01 and 06, a witness with 04 and 06. Signing and checking come in as ports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.note import NoteSignature, verified
from domain.transparency.signer import Signer
from domain.transparency.strict import HASH_BYTES, SIZE_MAX, Refused
from domain.transparency.vkey import SIGNATURE_BYTES, SignatureType, VerifierKey, Verify

_SUBTREE_LABEL = b"subtree/v1\n\x00"
_TIME_BYTES = 8


class RefusedCosignature(Refused):
    """A checkpoint that is malformed or that no known key vouches for, or a statement that cannot be signed."""


class CheckpointSigner(Signer, Protocol):
    """A signer of notes, with the verifier key that its name and key id select."""

    @property
    def key(self) -> VerifierKey: ...


@dataclass(frozen=True)
class Vouched:
    """One signature that holds. ``seconds`` is its POSIX time; None for type 01, 0 where no time is stated."""

    key: VerifierKey
    seconds: int | None
    line: NoteSignature


@dataclass(frozen=True)
class OpenedCheckpoint:
    """A checkpoint and everyone of the known keys who vouches for it, at least one."""

    checkpoint: Checkpoint
    vouched: tuple[Vouched, ...]


def subtree_message(*, cosigner: str, seconds: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """What type 06 signs: the subtree of leaves ``start`` to ``end`` - 1. Raises :class:`RefusedCosignature`."""
    cosigner_bytes, origin_bytes = cosigner.encode(), origin.encode()
    if not (0 < len(cosigner_bytes) < 256 and 0 < len(origin_bytes) < 256 and len(root) == HASH_BYTES):
        raise RefusedCosignature("cosignature_form")
    if not (0 <= start <= end <= SIZE_MAX and 0 <= seconds <= SIZE_MAX) or (
        start and (seconds or start == end)
    ):
        raise RefusedCosignature("cosignature_range")
    return b"".join(
        (
            _SUBTREE_LABEL,
            bytes([len(cosigner_bytes)]) + cosigner_bytes,
            seconds.to_bytes(8, "big"),
            bytes([len(origin_bytes)]) + origin_bytes,
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        )
    )


def signed_message(checkpoint: Checkpoint, key: VerifierKey, seconds: int) -> bytes:
    """The bytes that ``key`` signs to vouch for the checkpoint at that second; type 01 states no time."""
    if key.type is SignatureType.ED25519:
        return checkpoint.text.encode()
    if key.type is SignatureType.ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {seconds}\n{checkpoint.text}".encode()
    return subtree_message(
        cosigner=key.name,
        seconds=seconds,
        origin=checkpoint.origin,
        start=0,
        end=checkpoint.size,
        root=checkpoint.root,
    )


def sign_checkpoint(checkpoint: Checkpoint, signer: CheckpointSigner, *, seconds: int) -> NoteSignature:
    """The signature line of ``signer``, as of ``seconds`` (POSIX, 1 or more; not part of type 01).

    Raises :class:`RefusedCosignature` for another time or when the signer gives a signature of another length.
    """
    key = signer.key
    if not 0 < seconds <= SIZE_MAX:
        raise RefusedCosignature("cosignature_range")
    signature = signer.sign(signed_message(checkpoint, key, seconds))
    if len(signature) != SIGNATURE_BYTES[key.type.algorithm]:
        raise RefusedCosignature("cosignature_form")
    time = b"" if key.type is SignatureType.ED25519 else seconds.to_bytes(_TIME_BYTES, "big")
    return NoteSignature(key.name, key.key_id, time + signature)


def time_of(key: VerifierKey, line: NoteSignature) -> int | None:
    """The time in a line of ``key``, not yet verified; None for type 01 or a line of another length."""
    if key.type is SignatureType.ED25519:
        return None
    if len(line.blob) != _TIME_BYTES + SIGNATURE_BYTES[key.type.algorithm]:
        return None
    return int.from_bytes(line.blob[:_TIME_BYTES], "big")


def vouches(checkpoint: Checkpoint, key: VerifierKey, line: NoteSignature, verify: Verify) -> bool:
    """Does this line of ``key`` hold for the checkpoint?"""
    seconds, signature = 0, line.blob
    if key.type is not SignatureType.ED25519:
        stated = time_of(key, line)
        if stated is None or stated > SIZE_MAX:
            return False
        seconds, signature = stated, line.blob[_TIME_BYTES:]
    if len(signature) != SIGNATURE_BYTES[key.type.algorithm]:
        return False
    return verify(key.type.algorithm, key.public_key, signed_message(checkpoint, key, seconds), signature)


def opened(signed: SignedCheckpoint, keys: Iterable[VerifierKey], verify: Verify) -> OpenedCheckpoint:
    """Everyone of ``keys`` who vouches for the checkpoint.

    Raises :class:`RefusedCosignature`: ``signature_wrong`` when a line of a known key does not hold,
    ``signature_missing`` when there is none, ``key_ambiguous`` when two keys share name and id. A log's key is known
    only for the origin it is named after: choosing ``keys`` is the caller's part (``policy.py`` does it).
    """
    checkpoint = signed.checkpoint
    try:
        lines = verified(signed.note, keys, lambda key, line: vouches(checkpoint, key, line, verify))
    except Refused as refused:
        raise RefusedCosignature(refused.code) from None
    return OpenedCheckpoint(checkpoint, tuple(Vouched(key, time_of(key, line), line) for key, line in lines))


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey], verify: Verify) -> OpenedCheckpoint:
    """:func:`opened` over bytes. Raises :class:`RefusedCosignature`, also with the codes of the parsers."""
    try:
        signed = parse_signed_checkpoint(data)
    except Refused as refused:
        raise RefusedCosignature(refused.code) from None
    return opened(signed, keys, verify)
