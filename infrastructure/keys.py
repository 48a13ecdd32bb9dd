"""Secrets outside the database: generation keys, the look-up secret, the gateway's signing key.

One folder of 0600 files, made once by ``migrate``; the vault and the signers read it at start.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.transparency.leaf import issuer_id
from infrastructure.generation_keys import FIRST, FileGenerationKeys, generation_of
from infrastructure.private_files import private_folder, write_private

_LOOKUP = "lookup.key"
_LEDGER_ID = "ledger-id"
GATEWAY = "gateway.pem"
GATEWAY_PUBLIC = "gateway.pub"
"""Instead of the key itself, where a copy is audited and nothing is ever signed."""


class Ed25519Signer:
    """A signing key read from or written to a PEM file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self._issuer = issuer_id(self.public_key)

    @classmethod
    def load_or_make(cls, path: Path) -> Ed25519Signer:
        """The key in ``path``; made and written 0600 when there is none."""
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_private(path, pem)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Ed25519Signer:
        """The key in ``path``. Raises ``FileNotFoundError``, ``ValueError`` or ``TypeError``."""
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise TypeError("the key file holds no Ed25519 key")
        return cls(loaded)

    @property
    def issuer(self) -> bytes:
        """The 8-byte issuer id."""
        return self._issuer

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return self._key.sign(message)


def gateway_issuer(folder: Path) -> bytes:
    """The issuer id of the root of trust, from the gateway's public key alone where the folder holds that.

    Raises ``FileNotFoundError``, ``ValueError`` or ``TypeError``.
    """
    path = folder / GATEWAY_PUBLIC
    if not path.exists():
        return Ed25519Signer.load(folder / GATEWAY).issuer
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
        gateway = GATEWAY_PUBLIC if GATEWAY_PUBLIC in present else GATEWAY
        wanted = (_LOOKUP, _LEDGER_ID, gateway, *(() if generation else (FIRST,)))
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
        if not (folder / GATEWAY_PUBLIC).exists():
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
