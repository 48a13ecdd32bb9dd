"""A checkpoint that the log's own key signs over another tree: the lie that a foreign reader and a witness must refuse.

``python -m tests.foreign.fork SECRETS ORIGIN SIZE`` prints it; used by the Go program beside this file only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.merkle import leaf_hash
from infrastructure.log_keys import log_signers


def forked(secrets: Path, origin: str, size: int) -> bytes:
    """The signed checkpoint of a tree of ``size`` entries whose root is nobody's."""
    checkpoint = Checkpoint(origin, size, leaf_hash(b"another history"))
    lines = [sign_checkpoint(checkpoint, signer, seconds=1) for signer in log_signers(secrets, origin)]
    return bytes(SignedCheckpoint(checkpoint, tuple(lines)))


if __name__ == "__main__":
    folder, name, entries = sys.argv[1:]
    sys.stdout.buffer.write(forked(Path(folder), name, int(entries)))
