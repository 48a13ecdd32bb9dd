"""Published files: tiles, checkpoints and map nodes in a folder that any web server can serve (FORMATS 1.5).

The sequencer and the epoch maker write them; the service's own routes read them by parsed names only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from application.stamping import STAMPS, TOKEN, Stamp
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.prefix_map import MapHead
from domain.transparency.strict import Refused
from domain.transparency.tiles import WIDTH, Tile, index_path
from infrastructure.private_files import only_one

KEPT_SECONDS = 600
"""How long a map's file stays after no map needs it: whoever began at the epoch before comes to the end."""
CHECKPOINT, COSIGNED = "checkpoint", "cosigned"
STAMPING = "timestamps.json"
_SYNC_ALL_FROM = 64


class TileFiles:
    """See ``application.sequencer.TileStore``; one folder a log under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, log: str, tile: Tile) -> bytes:
        """The tile's bytes, or those of the full tile where the partial one is gone."""
        try:
            return (self._folder / log / tile.path).read_bytes()
        except FileNotFoundError:
            if tile.width == WIDTH:
                raise
            return (self._folder / log / Tile(tile.level, tile.index).path).read_bytes()

    def write(self, log: str, tiles: Mapping[Tile, bytes]) -> None:
        """Put each tile at its path, durable before returning."""
        write_files(self._folder / log, {tile.path: data for tile, data in tiles.items()})

    def drop_partials(self, log: str, tile: Tile) -> None:
        """Remove the partial forms of a tile that is full now."""
        shutil.rmtree(self._folder / log / tile.partials, ignore_errors=True)

    def checkpoint(self, log: str) -> bytes:
        """The published checkpoint, b"" when there is none."""
        try:
            return (self._folder / log / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return b""

    def publish(self, log: str, checkpoint: bytes) -> None:
        """Replace the published checkpoint unless that would go back, durable before returning."""
        self._replace(log, CHECKPOINT, checkpoint)

    def cosigned(self, log: str) -> bytes:
        """What evidence starts from: the newest checkpoint with a quorum, or without a quorum the published one."""
        try:
            return (self._folder / log / COSIGNED).read_bytes()
        except FileNotFoundError:
            return self.checkpoint(log)

    def publish_cosigned(self, log: str, note: bytes) -> None:
        """Replace the checkpoint with a quorum unless that would go back, durable before returning."""
        self._replace(log, COSIGNED, note)

    def stamped(self, log: str) -> list[int]:
        """The sizes of a log's stamped trees, rising."""
        try:
            names = [path.name for path in (self._folder / log / STAMPS).iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name[: -len(TOKEN)]) for name in names if name.endswith(TOKEN) and name[0] != ".")

    def stamp(self, log: str, *, least: int, most: int) -> Stamp | None:
        """The stamp of the smallest tree within these sizes, None when there is none."""
        sizes = self.stamped(log)
        at = bisect_left(sizes, least)
        if at == len(sizes) or sizes[at] > most:
            return None
        path = self._folder / log / STAMPS / str(sizes[at])
        return Stamp(log, sizes[at], path.read_bytes(), path.with_name(path.name + TOKEN).read_bytes())

    def publish_stamp(self, stamp: Stamp) -> None:
        """Put a stamped checkpoint and its token beside the log's tiles, durable before returning."""
        names = {str(stamp.size): stamp.note, f"{stamp.size}{TOKEN}": stamp.token}
        write_files(self._folder / stamp.log / STAMPS, names)

    def tell_stamping(self, status: Mapping[str, object]) -> None:
        """Publish how stamping goes; not waited for, since it is only told."""
        tell(self._folder, STAMPING, status)

    def settle(self, log: str, *, quorum: bool, good: Callable[[bytes], bool]) -> None:
        """Begin under a policy: a checkpoint that an older policy took stays only if this one takes it too."""
        path = self._folder / log / COSIGNED
        if not quorum:
            path.unlink(missing_ok=True)
        elif not path.exists() or not good(path.read_bytes()):
            write_files(path.parent, {COSIGNED: b""})

    def _replace(self, log: str, name: str, note: bytes) -> None:
        folder = self._folder / log
        folder.mkdir(parents=True, exist_ok=True)
        # The sequencer and the witnesses' threads publish, and for a moment two processes may believe they lead.
        with only_one(folder):
            path = folder / name
            if not path.exists() or _newness(path.read_bytes()) <= _newness(note):
                write_files(folder, {name: note})


def _newness(note: bytes) -> tuple[int, int]:
    """Size and number of signatures: what a published checkpoint may only gain. Bytes that are none have neither."""
    try:
        signed = parse_signed_checkpoint(note)
    except Refused:
        return 0, 0
    return signed.checkpoint.size, len(signed.signatures)


def tell(folder: Path, name: str, status: Mapping[str, object]) -> None:
    """Replace a file that only tells how things stand; nothing rests on it, so the disk is not waited for."""
    beside = folder / f".{name}.new"
    folder.mkdir(parents=True, exist_ok=True)
    beside.write_text(json.dumps(status, indent=1) + "\n", "ascii")
    beside.replace(folder / name)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files under ``folder``, each whole or not at all, all durable before returning; modes by the umask."""
    parents: set[Path] = set()
    fresh: list[tuple[Path, Path]] = []
    each = len(files) < _SYNC_ALL_FROM
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        with beside.open("wb") as file:
            file.write(data)
            if each:
                file.flush()
                os.fsync(file.fileno())
        if not each:
            fresh.append((beside, path))
            continue
        beside.replace(path)
        parents.add(path.parent)
    if fresh:
        # Of many files one wait for all of them is quicker than one for each.
        os.sync()
        for beside, path in fresh:
            beside.replace(path)
            parents.add(path.parent)
    for parent in parents:
        handle = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class MapFiles:
    """See ``application.epochs.MapStore``: files named by the node that they fold to, so that none ever changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, node: bytes) -> bytes:
        """The file of a map that folds to a node."""
        return (self._folder / map_path(name, node)).read_bytes()

    def heads(self, epoch: int) -> dict[str, MapHead]:
        """How the maps of an epoch are cut. Raises ``FileNotFoundError`` for an epoch that was not made here."""
        lines = (self._folder / _heads_path(epoch)).read_text("ascii").split("\n")[:-1]
        words = [line.split(" ") for line in lines]
        return {w[0]: MapHead(bytes.fromhex(w[1]), int(w[2]), int(w[3]), int(w[4])) for w in words}

    def write(
        self,
        files: Mapping[tuple[str, bytes], bytes],
        *,
        epoch: int,
        heads: Mapping[str, MapHead],
        delta: bytes,
    ) -> None:
        """Put the files that are not there yet, how the maps are cut, and the list of changes."""
        named = {map_path(name, node): data for (name, node), data in files.items()}
        fresh = {path: data for path, data in named.items() if not (self._folder / path).exists()}
        cut = "".join(f"{n} {h.root.hex()} {h.count} {h.depth} {h.thin}\n" for n, h in heads.items())
        deltas = {f"deltas/{hashlib.sha256(delta).hexdigest()}": delta}
        write_files(self._folder, {**fresh, **deltas, _heads_path(epoch): cut.encode("ascii")})

    def sweep(self, name: str, live: set[bytes]) -> None:
        """Remove files of a map that are not live and older than :data:`KEPT_SECONDS`: somebody may be at them."""
        until = time.time() - KEPT_SECONDS
        for path in (self._folder / "maps" / name).glob("*/*"):
            known = len(path.name) == 64 and bytes.fromhex(path.name) in live
            if not known and path.stat().st_mtime < until:
                path.unlink(missing_ok=True)


def _heads_path(epoch: int) -> str:
    return f"maps/heads/{index_path(epoch)}"


def map_path(name: str, node: bytes) -> str:
    """Where a map's file is published: ``maps/public/ab/ab12...``."""
    return f"maps/{name}/{node.hex()[:2]}/{node.hex()}"


class PublishedFolder:
    """See ``application.queries.proofs.PublishedFiles``: names are parsed before they come here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def policy(self) -> bytes | None:
        """The policy file."""
        return self._file("policy")

    def checkpoint(self, log: str) -> bytes | None:
        """A log's newest checkpoint."""
        return self._file(f"{log}/checkpoint")

    def checkpoint_time(self, log: str) -> datetime | None:
        """When it was published."""
        return self._time(f"{log}/{CHECKPOINT}")

    def stamp_time(self, log: str) -> datetime | None:
        """When the newest stamp of a log was published."""
        return self._time(f"{log}/{STAMPS}")

    def stamp_failures(self) -> int:
        """How many rounds of stamping failed since the last that went well, as the sequencer's process tells it."""
        told = self._file(STAMPING)
        return int(json.loads(told)["failures"]) if told else 0

    def stamped(self, log: str, size: int, *, token: bool) -> bytes | None:
        """A checkpoint that was stamped, or the token over it."""
        return self._file(f"{log}/{STAMPS}/{size}{TOKEN if token else ''}")

    def _time(self, name: str) -> datetime | None:
        try:
            return datetime.fromtimestamp((self._folder / name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def tile(self, log: str, tile: Tile) -> bytes | None:
        """Exactly this tile: a client falls back to the full one by itself."""
        return self._file(f"{log}/{tile.path}")

    def map_file(self, name: str, node: bytes) -> bytes | None:
        """A file of a map."""
        return self._file(map_path(name, node))

    def map_heads(self, epoch: int) -> bytes | None:
        """How the maps of an epoch are cut."""
        return self._file(_heads_path(epoch))

    def delta(self, digest: bytes) -> bytes | None:
        """An epoch's list of changes."""
        return self._file(f"deltas/{digest.hex()}")

    def _file(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
