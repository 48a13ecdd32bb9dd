"""How a payload is kept: each part with its own salt as AES-256-GCM ciphertext (STORAGE 3).

The ledger calls it between the domain's event and the store; verify and projections open with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import KeyName, Log
from domain.transparency.commitment import SALT_BYTES, OpenedPart

FORMAT = 1
_LABEL = b"credit/seal/v1\n"
_NONCE_BYTES = 12


class BrokenSeal(Exception):
    """Stored ciphertext that its own key does not open, or a container that does not parse."""


def associated_data(*, log: Log, stream_id: UUID, version: int, name: str) -> bytes:
    """What binds a part to its place: log, stream, version and part name."""
    log_bytes, name_bytes = log.encode(), name.encode("ascii")
    return b"".join(
        (
            _LABEL,
            len(log_bytes).to_bytes(2, "big"),
            log_bytes,
            stream_id.bytes,
            version.to_bytes(8, "big"),
            len(name_bytes).to_bytes(2, "big"),
            name_bytes,
        )
    )


def seal_part(opened: OpenedPart, *, key: bytes, nonce: bytes, place: bytes) -> bytes:
    """nonce[12] || AES-256-GCM(salt_i[32] || content)."""
    return nonce + AESGCM(key).encrypt(nonce, opened.salt + opened.content, place)


def open_part(ciphertext: bytes, *, key: bytes, place: bytes) -> OpenedPart:
    """The part again. Raises :class:`BrokenSeal` when a byte, the key or the place is another."""
    try:
        plain = AESGCM(key).decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise BrokenSeal("a part does not open") from None
    if len(plain) < SALT_BYTES:
        raise BrokenSeal("a part is too short")
    return OpenedPart(plain[:SALT_BYTES], plain[SALT_BYTES:])


def pack(ciphertexts: Mapping[str, bytes]) -> bytes:
    """The container: version, part count, then name and ciphertext of each part in byte order of names."""
    out = [bytes([FORMAT, len(ciphertexts)])]
    for name, ciphertext in sorted((n.encode("ascii"), c) for n, c in ciphertexts.items()):
        out += [bytes([len(name)]), name, len(ciphertext).to_bytes(4, "big"), ciphertext]
    return b"".join(out)


def unpack(container: bytes) -> dict[str, bytes]:
    """The ciphertexts by part name. Raises :class:`BrokenSeal` for anything but exact bytes."""
    try:
        if container[0] != FORMAT:
            raise BrokenSeal("an unknown container version")
        parts: dict[str, bytes] = {}
        at = 2
        for _ in range(container[1]):
            name_end = at + 1 + container[at]
            name = container[at + 1 : name_end].decode("ascii")
            size = int.from_bytes(container[name_end : name_end + 4], "big")
            parts[name] = container[name_end + 4 : name_end + 4 + size]
            at = name_end + 4 + size
    except (IndexError, UnicodeDecodeError):
        raise BrokenSeal("a container that does not parse") from None
    if pack(parts) != container:
        raise BrokenSeal("a container with other bytes than its parts")
    return parts


def key_reference(owners: Mapping[str, KeyName]) -> str:
    """Which data key each part is under, as stored: ``part=owner/class`` joined by ``;``."""
    return ";".join(f"{name}={owner}/{key_class}" for name, (owner, key_class) in sorted(owners.items()))


def parse_key_reference(text: str) -> dict[str, KeyName]:
    """The owners by part name. Raises :class:`BrokenSeal` when the text is not one that was written."""
    owners: dict[str, KeyName] = {}
    try:
        for item in text.split(";"):
            name, _, target = item.partition("=")
            owner, _, key_class = target.partition("/")
            owners[name] = (UUID(owner), key_class)
    except ValueError:
        raise BrokenSeal("a key reference that does not parse") from None
    if key_reference(owners) != text:
        raise BrokenSeal("a key reference that does not parse")
    return owners
