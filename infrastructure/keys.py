"""Secrets outside the database: generation keys, the look-up secret, the gateway's signing key.

One folder of 0600 files, made once by ``migrate``; the vault and the signers read it at start.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import uuid
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.transparency.leaf import issuer_id
from infrastructure.generation_keys import FIRST, FileGenerationKeys, generation_of
from infrastructure.private_files import private_folder, rename_private, write_private

_LOOKUP = "lookup.key"
_LEDGER_ID = "ledger-id"
GATEWAY = "gateway.pem"
GATEWAY_ROOT = "gateway-root.pub"
"""The first gateway's public key, the root of trust, written before a second one signs."""
GATEWAY_PUBLIC = "gateway.pub"
"""Instead of the key itself, where a copy is audited and nothing is ever signed."""
FIRST_GATEWAY = 1
_LATER_GATEWAY = re.compile(r"gateway-([2-9]|[1-9][0-9]+)\.pem")


class Ed25519Signer:
    """A gateway's signing key in a PEM file (``domain.transparency.signer.Signer``)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self._issuer = issuer_id(self.public_key)

    @classmethod
    def load_or_make(cls, path: Path) -> Ed25519Signer:
        """The key in ``path``; made and written 0600 when there is none."""
        if not path.exists():
            write_private(path, _new_pem())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Ed25519Signer:
        """The key in ``path``. Raises ``FileNotFoundError``, ``ValueError`` or ``TypeError``."""
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise TypeError("the key file holds no Ed25519 key")
        return cls(loaded)

    @property
    def name(self) -> str:
        """Whom it signs for."""
        return "gateway"

    @property
    def key_id(self) -> bytes:
        """The 8-byte issuer id."""
        return self._issuer

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return self._key.sign(message)


class FileGateway:
    """The gateway's key of the newest generation; a running process sees the next one as soon as its file is there.

    The first is ``gateway.pem``, then ``gateway-2.pem`` ...; ``gateway-N.next`` is a key that the ledger does not know
    yet, and signs nothing.
    """

    def __init__(self, folder: Path) -> None:
        """Read the newest. Raises ``FileNotFoundError``, ``ValueError`` or ``TypeError``."""
        self._folder = folder
        self.number = max(gateway_numbers(folder), default=FIRST_GATEWAY)
        self._signer = Ed25519Signer.load(gateway_path(folder, self.number))

    def __call__(self) -> Ed25519Signer:
        """The key that seals now; it never goes back to an older one."""
        while gateway_path(self._folder, self.number + 1).exists():
            self._signer = Ed25519Signer.load(gateway_path(self._folder, self.number + 1))
            self.number += 1
        return self._signer


def gateway_path(folder: Path, number: int) -> Path:
    """Where a generation of the gateway's key lies."""
    return folder / (GATEWAY if number == FIRST_GATEWAY else f"gateway-{number}.pem")


def gateway_numbers(folder: Path) -> list[int]:
    """The generations of the gateway's key that the folder holds."""
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    later = [int(match[1]) for name in names if (match := _LATER_GATEWAY.fullmatch(name))]
    return sorted([*later, *([FIRST_GATEWAY] if GATEWAY in names else [])])


def keep_root(folder: Path) -> None:
    """Write the first gateway's public key beside it, so that the root of trust outlives its secret; durable."""
    if not (folder / GATEWAY_ROOT).exists():
        first = Ed25519PublicKey.from_public_bytes(Ed25519Signer.load(folder / GATEWAY).public_key)
        form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        write_private(folder / GATEWAY_ROOT, first.public_bytes(*form))


def next_gateway(folder: Path) -> Ed25519Signer | None:
    """The key that was made and is not in use yet, if there is one."""
    path = _next_path(folder)
    return Ed25519Signer.load(path) if path.exists() else None


def make_next_gateway(folder: Path) -> Ed25519Signer:
    """The next key, made unless it is there, also when another process makes it at this moment; durable."""
    path = _next_path(folder)
    if not path.exists():
        write_private(path, _new_pem(), replace=False)
    return Ed25519Signer.load(path)


def use_next_gateway(folder: Path) -> None:
    """Take the next key into use, durable; nothing when another process did. The ledger must know it before."""
    path = _next_path(folder)
    with suppress(FileNotFoundError):
        rename_private(path, path.with_suffix(".pem"))


def _next_path(folder: Path) -> Path:
    return folder / f"gateway-{max(gateway_numbers(folder), default=FIRST_GATEWAY) + 1}.next"


def _new_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def gateway_issuer(folder: Path) -> bytes:
    """The issuer id of the root of trust, from the first gateway's public key alone where the folder holds that.

    Raises ``FileNotFoundError``, ``ValueError`` or ``TypeError``.
    """
    path = next((p for n in (GATEWAY_PUBLIC, GATEWAY_ROOT) if (p := folder / n).exists()), None)
    if path is None:
        return Ed25519Signer.load(folder / GATEWAY).key_id
    loaded = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(loaded, Ed25519PublicKey):
        raise TypeError("the key file holds no Ed25519 key")
    return issuer_id(loaded.public_bytes_raw())


def verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is good; False, never an exception, for malformed keys or signatures."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class FileVault:
    """The secrets folder as :class:`application.ports.Vault`."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises ``FileNotFoundError`` when it was never made (run ``migrate``)."""
        self._lookup = (folder / _LOOKUP).read_bytes()
        self.generations = FileGenerationKeys(folder)
        if len(self._lookup) != 32:
            raise FileNotFoundError("the secrets folder holds no keys")
        self.ledger_id = uuid.UUID((folder / _LEDGER_ID).read_text().strip())
        self._labels: dict[str, bytes] = {}

    @staticmethod
    def missing(folder: Path) -> list[str]:
        """Which secrets the folder lacks, by file name."""
        present = {path.name for path in folder.iterdir()} if folder.exists() else set()
        generation = any(generation_of(name) for name in present)
        wanted = [_LOOKUP, _LEDGER_ID, *(() if generation else (FIRST,))]
        if GATEWAY_PUBLIC not in present and GATEWAY not in present:
            # Of a gateway that was rotated the root's public key is enough, and a later key that signs.
            wanted.append(GATEWAY_ROOT if gateway_numbers(folder) else GATEWAY)
        return [name for name in wanted if name not in present]

    @staticmethod
    def make(folder: Path) -> None:
        """Make what the folder lacks: ledger id, look-up secret, first generation key, gateway key."""
        private_folder(folder)
        fresh = {
            _LOOKUP: secrets.token_bytes(32),
            FIRST: secrets.token_bytes(32),
            _LEDGER_ID: f"{uuid.uuid4()}\n".encode(),
        }
        for name in FileVault.missing(folder):
            if name in fresh:
                write_private(folder / name, fresh[name])
            elif name == GATEWAY:
                Ed25519Signer.load_or_make(folder / GATEWAY)

    def wrap(self, key: bytes) -> tuple[int, bytes]:
        """See ``GenerationKeys.wrap``."""
        return self.generations.wrap(key)

    def unwrap(self, generation: int, wrapped: bytes) -> bytes:
        """See ``GenerationKeys.unwrap``."""
        return self.generations.unwrap(generation, wrapped)

    def mac(self, label: str, message: bytes) -> bytes:
        """HMAC-SHA256 under a key derived for ``label`` from the look-up secret."""
        key = self._labels.get(label)
        if key is None:
            key = self._labels[label] = hmac.digest(self._lookup, label.encode(), hashlib.sha256)
        return hmac.digest(key, message, "sha256")


class SystemEntropy:
    """The machine's randomness."""

    def bytes(self, count: int) -> bytes:
        """``count`` bytes fit for keys."""
        return os.urandom(count)

    def uuid(self) -> uuid.UUID:
        """A random (version 4) UUID."""
        return uuid.uuid4()
