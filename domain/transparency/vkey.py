"""Verifier keys of signed notes: name, signature type and public key as one line of text (FORMATS 1.2).

Policy files and configurations hold them; ``note.py`` selects the key of a signature line by name and key id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.transparency.strict import Refused, from_base64, to_base64

KEY_ID_BYTES = 4
NAME_BYTES_MAX = 255


class RefusedKey(Refused):
    """Text that is no verifier key, or a key that nobody holds."""


class Algorithm(StrEnum):
    """What a public key is for, whatever statement it signs."""

    ED25519 = "ed25519"
    ML_DSA_44 = "ml-dsa-44"


class SignatureType(IntEnum):
    """The signature types that are taken: over the text, and the two cosignatures with time."""

    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    ML_DSA_44_COSIGNATURE = 0x06

    @property
    def algorithm(self) -> Algorithm:
        return Algorithm.ML_DSA_44 if self is SignatureType.ML_DSA_44_COSIGNATURE else Algorithm.ED25519


PUBLIC_KEY_BYTES = {Algorithm.ED25519: 32, Algorithm.ML_DSA_44: 1312}
SIGNATURE_BYTES = {Algorithm.ED25519: 64, Algorithm.ML_DSA_44: 2420}

Verify = Callable[[Algorithm, bytes, bytes, bytes], bool]
"""Does the signature hold? For (algorithm, public key, message, signature); never raises."""

_P = 2**255 - 19
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})


@dataclass(frozen=True)
class VerifierKey:
    """A key by the name it signs under. Two are the same signer when algorithm and public key are.

    Raises :class:`RefusedKey` when made with a lawless name or public key.
    """

    name: str
    type: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        if not lawful_name(self.name):
            raise RefusedKey("key_name")
        if len(self.public_key) != PUBLIC_KEY_BYTES[self.type.algorithm]:
            raise RefusedKey("key_length")
        if self.type.algorithm is Algorithm.ED25519 and not held_by_someone(self.public_key):
            raise RefusedKey("key_weak")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that select this key together with its name."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public_key
        return hashlib.sha256(material).digest()[:KEY_ID_BYTES]

    @property
    def signer(self) -> tuple[Algorithm, bytes]:
        """Who signs: equal for all names and types of one underlying public key."""
        return self.type.algorithm, self.public_key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.type]) + self.public_key)}"


def parse_vkey(text: str) -> VerifierKey:
    """The key that is written exactly so. Raises :class:`RefusedKey`.

    Signature types other than 01, 04 and 06 are refused: a key that cannot be checked must not look configured.
    """
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise RefusedKey("key_form")
    name, key_id, encoded = parts
    material = from_base64(encoded)
    if not material:
        raise RefusedKey("key_base64")
    if material[0] not in set(SignatureType):
        raise RefusedKey("key_type")
    key = VerifierKey(name, SignatureType(material[0]), material[1:])
    if key.key_id.hex() != key_id:
        raise RefusedKey("key_id")
    return key


def lawful_name(name: str) -> bool:
    """1 to 255 bytes of UTF-8 without ``+``, Unicode spaces and control characters."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= NAME_BYTES_MAX and not any(c < " " or c == "+" or c.isspace() for c in name)


def held_by_someone(public_key: bytes) -> bool:
    """Whether an Ed25519 public key is no point of small order and spelled in the one way."""
    # Under a point of small order anyone can make signatures that hold, so such a key would vote in a quorum
    # without a holder; a y beyond the field would be a second spelling of the same key.
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    return y < _P and y not in _SMALL_ORDER_Y
