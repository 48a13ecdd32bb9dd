"""The keys that sign checkpoints, each pair Ed25519 and ML-DSA-44 from one secret: a log's, and a witness's.

The sequencer's process and the witness alone ask for signers; verifier keys, which are public, go into policy files.
The sequencer opens no event, so which generations sign stands in ``log-keys.json``, which the commands copy from them.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.parties.log_keys import FIRST, LogKeys
from domain.transparency.policy import Log, Policy, RetiredLog
from domain.transparency.vkey import Algorithm, SignatureType, VerifierKey, parse_vkey
from infrastructure.private_files import private_folder, write_private

STATE = "log-keys.json"
SIZE_ANY = 2**63 - 1
_NAME = re.compile(r"^log-([1-9]\d*)\.key$")
_TYPES = (SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE)
_WITNESS_TYPES = (SignatureType.ED25519_COSIGNATURE, SignatureType.ML_DSA_44_COSIGNATURE)


@dataclass(frozen=True)
class NoteSigner:
    """A secret key behind the verifier key it signs for (``domain.transparency.cosignature.CheckpointSigner``)."""

    key: VerifierKey
    _secret: Ed25519PrivateKey | MLDSA44PrivateKey

    def __repr__(self) -> str:
        """The name only."""
        return f"NoteSigner({self.key.name!r})"

    @property
    def name(self) -> str:
        """The log's origin, or the witness's name."""
        return self.key.name

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that select its verifier key together with the name."""
        return self.key.key_id

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


def read_log_keys(folder: Path) -> list[LogKeys]:
    """The generations of the logs' keys, oldest first; without a state file those whose secrets the folder holds.

    Raises ``FileNotFoundError`` when there is none (``migrate`` makes the first).
    """
    try:
        told = json.loads((folder / STATE).read_bytes())
    except FileNotFoundError:
        found = _secrets(folder)
        if not found:
            raise FileNotFoundError("the secrets folder holds no key of the logs") from None
        return [LogKeys(number, ()) for number in found]
    return [_state(one) for one in told]


def keep_log_keys(folder: Path, generations: Sequence[LogKeys]) -> None:
    """Write which generations sign, durable; a sequencer that runs sees it with its next batch."""
    told = [asdict(one) | {"sizes": one.sizes and dict(one.sizes)} for one in generations]
    write_private(folder / STATE, json.dumps(told, indent=1).encode() + b"\n")


def log_signers(folder: Path, origin: str, *, size: int = SIZE_ANY) -> list[NoteSigner]:
    """Both signers of every generation that signs when a tree of ``records`` of ``size`` is signed, the oldest first.

    Raises ``FileNotFoundError`` when a secret is missing.
    """
    signing = [one for one in read_log_keys(folder) if one.signs(size)]
    return [signer for one in signing for signer in generation_signers(folder, one.number, origin)]


def generation_signers(folder: Path, number: int, origin: str) -> list[NoteSigner]:
    """Both signers of one generation for a log. Raises ``FileNotFoundError``."""
    secret = (folder / f"log-{number}.key").read_bytes()
    return [NoteSigner.of(origin, kind, _derived("log", secret, origin, kind)) for kind in _TYPES]


def with_logs(policy: Policy, folder: Path, origins: Sequence[str]) -> Policy:
    """The policy with the keys of the logs: every generation that is announced, and what retired ones vouch for."""
    logs: list[Log] = []
    retired: list[RetiredLog] = []
    for one in read_log_keys(folder):
        sizes = dict(one.sizes or ())
        keys = [parse_vkey(text) for text in one.keys] or [
            signer.key for origin in origins for signer in generation_signers(folder, one.number, origin)
        ]
        if one.sizes is None:
            logs += map(Log, keys)
        else:
            retired += [RetiredLog(key, sizes[key.name.rpartition("/")[2]]) for key in keys]
    return Policy(tuple(logs), policy.witnesses, policy.groups, policy.quorum, tuple(retired))


def make_log_key(folder: Path, generation: int = FIRST) -> None:
    """Make the secret of a generation unless it is there, also when another process makes it at this moment."""
    path = folder / f"log-{generation}.key"
    if not path.exists():
        write_private(path, secrets.token_bytes(32), replace=False)


def make_first_log_key(folder: Path) -> None:
    """Make the secret of the first generation in a folder that never held any."""
    if not _secrets(folder) and not (folder / STATE).exists():
        make_log_key(folder)


def _secrets(folder: Path) -> list[int]:
    return sorted(int(match[1]) for path in folder.iterdir() if (match := _NAME.match(path.name)))


def _state(told: dict[str, Any]) -> LogKeys:
    sizes = told["sizes"]
    return LogKeys(
        int(told["number"]),
        tuple(told["keys"]),
        int(told["announced"]),
        None if sizes is None else tuple((str(log), int(size)) for log, size in sizes.items()),
    )


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
