"""The generation keys as files of the secrets folder: the file adapter of ``application.ports.GenerationKeys``.

Every process holds what it read; it looks again when a key is missing, or when another process has made or
destroyed one, so that nothing needs a restart.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from application.sealing import BrokenSeal
from infrastructure.private_files import destroy_private, write_private

KEY_BYTES = 32
FIRST = "generation-1.key"
_NAME = re.compile(r"generation-([1-9]\d*)\.key")


def generation_of(name: str) -> int | None:
    """The generation whose key a file of that name holds, or None."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None


class FileGenerationKeys:
    """One file of 32 random bytes for each generation, mode 0600."""

    def __init__(self, folder: Path) -> None:
        """Read the folder. Raises ``FileNotFoundError`` when it holds no generation key (run ``migrate``)."""
        self._folder = folder
        self._keys: dict[int, bytes] = {}
        self._read()

    def existing(self) -> list[int]:
        """The generations that there are, oldest first."""
        self._read()
        return sorted(self._keys)

    def wrap(self, key: bytes) -> tuple[int, bytes]:
        """RFC 3394 key wrap under the newest generation key that the folder holds now."""
        newest = max(self._keys)
        if self._path(newest + 1).exists() or not self._path(newest).exists():
            newest = max(self._read())
        return newest, aes_key_wrap(self._keys[newest], key)

    def unwrap(self, generation: int, wrapped: bytes) -> bytes:
        """The data key; ``KeyError`` when the generation is destroyed, ``BrokenSeal`` when bytes changed."""
        keys = self._keys if generation in self._keys else self._read()
        try:
            return aes_key_unwrap(keys[generation], wrapped)
        except InvalidUnwrap:
            raise BrokenSeal("a data key does not unwrap") from None

    def make(self, generation: int) -> None:
        """A new random key, durable before returning; one that exists stays as it is."""
        if not self._path(generation).exists():
            write_private(self._path(generation), secrets.token_bytes(KEY_BYTES))
        self._read()

    def destroy(self, generation: int) -> None:
        """Overwrite and remove the key, and forget it."""
        destroy_private(self._path(generation))
        self._read()

    def _path(self, generation: int) -> Path:
        return self._folder / f"generation-{generation}.key"

    def _read(self) -> dict[int, bytes]:
        """What the folder holds now; keys of files that are gone are forgotten."""
        found: dict[int, bytes] = {}
        for path in self._folder.iterdir():
            generation = generation_of(path.name)
            if generation is not None:
                with suppress(FileNotFoundError):  # destroyed a moment ago
                    found[generation] = self._keys.get(generation) or path.read_bytes()
        if not found:
            raise FileNotFoundError("the secrets folder holds no keys")
        self._keys = found
        return found
