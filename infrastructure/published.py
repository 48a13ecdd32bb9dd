"""The published folder as an audit reads it: every file by its path, and checkpoints as of a moment.

The sequencer and the epoch maker write it through ``tile_files``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.prefix_map import MapHead
from domain.transparency.strict import Refused
from infrastructure.tile_files import MapFiles, TileFiles

BEHIND_SECONDS_MAX = 5.0
"""A head moves before its checkpoint is published; longer than this nobody is publishing."""
_UNFINISHED = re.compile(r"\..+\.new")


class AuditedFolder:
    """See ``application.audit.model.PublishedFiles``."""

    def __init__(self, folder: Path, *, wait_seconds: float = BEHIND_SECONDS_MAX) -> None:
        self._folder = folder
        self._wait_seconds = wait_seconds
        self._maps = MapFiles(folder)
        self._tiles = TileFiles(folder)

    def names(self, folder: str) -> Iterator[str]:
        """The paths of all files under a folder, relative to it; what a crash left half written is left out."""
        top = self._folder / folder
        for path in top.rglob("*"):
            if path.is_file() and not _UNFINISHED.fullmatch(path.name):
                yield path.relative_to(top).as_posix()

    def read(self, name: str) -> bytes:
        """A file. Raises ``FileNotFoundError``."""
        return (self._folder / name).read_bytes()

    def checkpoint(self, log: str, *, at_least: int) -> bytes:
        """The published checkpoint, once it is of that size or nobody brings it there; b"" when there is none."""
        until = time.monotonic() + self._wait_seconds
        while True:
            data = self._tiles.checkpoint(log)
            try:
                if parse_signed_checkpoint(data).checkpoint.size >= at_least:
                    return data
            except Refused:
                if data or not at_least:
                    return data
            if time.monotonic() >= until:
                return data
            time.sleep(0.05)

    def map_file(self, name: str, node: bytes) -> bytes:
        """A map's file by the node that it folds to. Raises ``FileNotFoundError``."""
        return self._maps.read(name, node)

    def map_heads(self, epoch: int) -> Mapping[str, MapHead]:
        """How the maps of an epoch are cut. Raises ``FileNotFoundError``, ``ValueError`` or ``IndexError``."""
        return self._maps.heads(epoch)
