"""Proof files: that an entry stands in a log that is believed, as one text (FORMATS 1.7, tlog-proof.md).

Receipts are given as such; a verifier checks one with a policy and the leaf it holds, without a network.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.transparency.checkpoint import SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.cosignature import OpenedCheckpoint
from domain.transparency.merkle import included
from domain.transparency.note import NOTE_BYTES_MAX
from domain.transparency.policy import Policy, judged
from domain.transparency.strict import Refused, decimal, from_base64, hash_from_base64, to_base64
from domain.transparency.vkey import Verify

EXTRA_BYTES_MAX = 65_536
PATH_MAX = 63
_FIRST = "c2sp.org/tlog-proof@v1"
_HEAD_BYTES_MAX = 2 * EXTRA_BYTES_MAX


class RefusedProof(Refused):
    """Bytes that are no proof file, or a proof that does not hold."""


@dataclass(frozen=True)
class ProofFile:
    """Leaf ``index`` and its audit path (its sibling first) in the tree of a checkpoint; ``extra`` proves nothing."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        lines = [_FIRST]
        if self.extra is not None:
            lines.append(f"extra {to_base64(self.extra)}")
        lines += [f"index {self.index}", *map(to_base64, self.path)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + bytes(self.checkpoint)


def parse_proof_file(data: bytes) -> ProofFile:
    """The proof file whose bytes are exactly ``data``. Raises :class:`RefusedProof`."""
    if len(data) > _HEAD_BYTES_MAX + NOTE_BYTES_MAX:
        raise RefusedProof("proof_too_large")
    head, gap, note = data.partition(b"\n\n")
    lines = head.decode("latin-1").split("\n")
    if not gap or lines.pop(0) != _FIRST:
        raise RefusedProof("proof_form")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "))
        if extra is None or len(extra) > EXTRA_BYTES_MAX:
            raise RefusedProof("proof_extra")
    if not lines or not lines[0].startswith("index "):
        raise RefusedProof("proof_index")
    index = decimal(lines.pop(0).removeprefix("index "))
    if index is None:
        raise RefusedProof("proof_index")
    path = [hash_from_base64(line) for line in lines[: PATH_MAX + 1]]
    if None in path or len(path) > PATH_MAX:
        raise RefusedProof("proof_path")
    try:
        checkpoint = parse_signed_checkpoint(note)
    except Refused as refused:
        raise RefusedProof(refused.code) from None
    return ProofFile(index, tuple(one for one in path if one is not None), checkpoint, extra)


def proved(proof: ProofFile, leaf: bytes, policy: Policy, verify: Verify) -> OpenedCheckpoint:
    """The checkpoint under which leaf hash ``leaf`` stands at ``proof.index``, with who vouches for it.

    Raises :class:`RefusedProof`: ``proof_wrong`` when the path does not lead to the root, else what ``policy.judged``
    says of the checkpoint.
    """
    try:
        result = judged(policy, proof.checkpoint, verify)
    except Refused as refused:
        raise RefusedProof(refused.code) from None
    tree = result.checkpoint
    if not included(leaf, index=proof.index, size=tree.size, root=tree.root, path=proof.path):
        raise RefusedProof("proof_wrong")
    return result
