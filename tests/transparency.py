"""Real keys and checks for the tests of notes, checkpoints and proofs; seeds are hashes of the given names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from domain.transparency.merkle import leaf_hash
from domain.transparency.vkey import Algorithm, SignatureType, VerifierKey

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tlog_vectors.json").read_text(encoding="utf-8"))
ENTRIES = [b"record %d" % i for i in range(300)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def sha(data: str | bytes) -> bytes:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()


def verify(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        if algorithm is Algorithm.ED25519:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class TestSigner:
    """A key made from the hash of ``seed``, which signs under ``name`` with ``type``."""

    __test__ = False
    name: str
    type: SignatureType
    seed: str

    @property
    def _secret(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.type is SignatureType.ML_DSA_44_COSIGNATURE:
            return MLDSA44PrivateKey.from_seed_bytes(sha(self.seed))
        return Ed25519PrivateKey.from_private_bytes(sha(self.seed))

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, self.type, self._secret.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        return self.key.key_id

    def sign(self, message: bytes) -> bytes:
        return self._secret.sign(message)


LOG = TestSigner("credit.example.cn/records", SignatureType.ED25519, "vector log key")
PROVINCE = TestSigner(
    "witness.province.example.cn", SignatureType.ED25519_COSIGNATURE, "vector province witness key"
)
BANK = TestSigner("witness.bank.example.cn", SignatureType.ED25519_COSIGNATURE, "vector bank witness key")
NATIONAL = TestSigner(
    "witness.national.example.cn", SignatureType.ML_DSA_44_COSIGNATURE, "vector pq witness key"
)
SIGNERS = {"log": LOG, "province": PROVINCE, "bank": BANK, "national_mldsa44": NATIONAL}
