"""The keys that sign checkpoints, each pair Ed25519 and ML-DSA-44 from one secret: a log's, and a witness's.

The sequencer's process and the witness alone ask for signers; verifier keys, which are public, go into policy files.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.transparency.vkey import Algorithm, SignatureType, VerifierKey
from infrastructure.private_files import private_folder, write_private

_NAME = re.compile(r"^log-([1-9]\d*)\.key$")
_TYPES = (SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE)
_WITNESS_TYPES = (SignatureType.ED25519_COSIGNATURE, SignatureType.ML_DSA_44_COSIGNATURE)


@dataclass(frozen=True)
class NoteSigner:
    """A secret key behind the verifier key it signs for (``domain.transparency.cosignature.Signer``)."""

    key: VerifierKey
    _secret: Ed25519PrivateKey | MLDSA44PrivateKey

    def __repr__(self) -> str:
        """The name only."""
        return f"NoteSigner({self.key.name!r})"

    def sign(self, message: bytes) -> bytes:
        """The bare signature over a message."""
        return self._secret.sign(message)

    @classmethod
    def of(cls, name: str, kind: SignatureType, seed: bytes) -> NoteSigner:
        """The signer whose key follows from 32 secret bytes."""
        secret: Ed25519PrivateKey | MLDSA44PrivateKey
        if kind.algorithm is Algorithm.ML_DSA_44:
            secret = MLDSA44PrivateKey.from_seed_bytes(seed)
        else:
            secret = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(VerifierKey(name, kind, secret.public_key().public_bytes_raw()), secret)


def log_signers(folder: Path, origin: str) -> list[NoteSigner]:
    """Both signers of every generation whose key the folder holds, the oldest first.

    Raises ``FileNotFoundError`` when there is none (``migrate`` makes the first).
    """
    found = {int(m[1]): path for path in folder.iterdir() if (m := _NAME.match(path.name))}
    if not found:
        raise FileNotFoundError("the secrets folder holds no key of the logs")
    return [
        NoteSigner.of(origin, kind, _derived("log", found[generation].read_bytes(), origin, kind))
        for generation in sorted(found)
        for kind in _TYPES
    ]


def make_log_key(folder: Path, generation: int = 1) -> None:
    """Make the secret of a generation unless it is there."""
    path = folder / f"log-{generation}.key"
    if not path.exists():
        write_private(path, secrets.token_bytes(32))


def witness_signers(folder: Path, name: str) -> list[NoteSigner]:
    """Both signers of the witness whose secret the folder holds, which is made when it is not there.

    The keys follow from secret and name, so that one key never serves two names (FORMATS 1.4). Raises ``RefusedKey``
    for a lawless name, ``ValueError`` when the file holds no secret.
    """
    path = private_folder(folder) / "witness.key"
    if not path.exists():
        write_private(path, secrets.token_bytes(32), replace=False)
    secret = path.read_bytes()
    if len(secret) != 32:
        raise ValueError("witness.key must hold 32 bytes")
    return [NoteSigner.of(name, kind, _derived("witness", secret, name, kind)) for kind in _WITNESS_TYPES]


def verify_note(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds (``domain.transparency.vkey.Verify``); never raises."""
    try:
        if algorithm is Algorithm.ML_DSA_44:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _derived(use: str, secret: bytes, name: str, kind: SignatureType) -> bytes:
    info = f"xinlu/{use}-key/v1\n{name}\n{kind:02x}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
