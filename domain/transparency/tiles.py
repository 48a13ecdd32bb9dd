"""Tiles: a log as files that never change (FORMATS 1.5, tlog-tiles.md): hashes by 256, and bundles of entries.

The sequencer asks :func:`growth` what a batch adds; proofs are made from :func:`tile_nodes` over the stored files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.transparency.merkle import Node, leaf_hash, node_hash
from domain.transparency.strict import HASH_BYTES, SIZE_MAX, Refused, decimal

WIDTH = 256
ENTRIES = -1
"""The level of entry bundles, which have the indexes and widths of level 0."""
ENTRY_BYTES_MAX = 65_535
_LEVEL_MAX = 7
_INDEX_PATTERN = re.compile(r"(?:x\d{3}/)*\d{3}", re.ASCII)


class RefusedTile(Refused):
    """A path or content that is not a tile's."""


@dataclass(frozen=True, order=True)
class Tile:
    """One tile: ``level`` (or :data:`ENTRIES`), ``index`` within it, ``width`` from 1 to 256. Partial below 256."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is served under the log's prefix: ``tile/0/x001/234.p/17``."""
        return self._full_path if self.width == WIDTH else f"{self._full_path}.p/{self.width}"

    @property
    def partials(self) -> str:
        """The folder of all its partial widths; it may go once the full tile is served."""
        return f"{self._full_path}.p"

    @property
    def _full_path(self) -> str:
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{index_path(self.index)}"


TileReader = Callable[[Tile], bytes]
"""Gives a tile's bytes, or those of the full tile where the partial one is gone; raises what storage raises."""


def index_path(index: int) -> str:
    """An index in groups of three digits, all but the last marked: ``x001/x234/067``."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def parse_tile_path(path: str) -> Tile:
    """The tile that is served at exactly this path. Raises :class:`RefusedTile`."""
    prefix, _, rest = path.partition("/")
    level_text, _, rest = rest.partition("/")
    index_text, mark, width_text = rest.partition(".p/")
    level = ENTRIES if level_text == "entries" else decimal(level_text)
    width = decimal(width_text) if mark else WIDTH
    if prefix != "tile" or level is None or width is None or not _INDEX_PATTERN.fullmatch(index_text):
        raise RefusedTile("tile_path")
    index = decimal(index_text.replace("x", "").replace("/", "").lstrip("0") or "0")
    if index is None or level > _LEVEL_MAX or not 0 < width <= WIDTH:
        raise RefusedTile("tile_path")
    tile = Tile(level, index, width)
    if tile.path != path:
        raise RefusedTile("tile_path")
    return tile


def inventory(size: int) -> list[tuple[int, int, int]]:
    """What a tree of ``size`` leaves is made of: for each level (level, number of full tiles, partial width or 0)."""
    levels: list[tuple[int, int, int]] = []
    hashes = size
    while hashes:
        levels.append((len(levels), hashes // WIDTH, hashes % WIDTH))
        hashes //= WIDTH
    return levels


def implied(tile: Tile, size: int) -> bool:
    """Does a tree of ``size`` leaves have this tile? A partial one only in its last, widest form."""
    hashes = size >> (8 * max(tile.level, 0))
    full, width = divmod(hashes, WIDTH)
    return tile.index < full if tile.width == WIDTH else (tile.index, tile.width) == (full, width)


def hashes_of(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes of a hash tile; of longer bytes, the first ``width``. Raises :class:`RefusedTile` for shorter ones."""
    if len(data) < tile.width * HASH_BYTES or len(data) % HASH_BYTES or len(data) > WIDTH * HASH_BYTES:
        raise RefusedTile("tile_length")
    return [data[i : i + HASH_BYTES] for i in range(0, tile.width * HASH_BYTES, HASH_BYTES)]


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle. Raises :class:`RefusedTile` for no or more than 256 entries, or one beyond 65,535 bytes."""
    if not 0 < len(entries) <= WIDTH:
        raise RefusedTile("bundle_width")
    if any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise RefusedTile("entry_length")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The first ``width`` entries of a bundle that may hold more. Raises :class:`RefusedTile`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data) or len(entries) == WIDTH:
            raise RefusedTile("bundle_form")
        entries.append(data[at + 2 : end])
        at = end
    if not 0 < width <= len(entries):
        raise RefusedTile("bundle_width")
    return entries[:width]


def tile_nodes(size: int, read: TileReader) -> Node:
    """A reader of nodes over the tiles of a tree of ``size`` leaves; reads and folds each tile once.

    It believes the tiles. Who does not, compares ``merkle.tree_root(size, node)`` with a root that is signed: that
    reads the right edge only, so a proof is checked by itself. Raises :class:`RefusedTile` for lawless bytes and
    ``IndexError`` for a node that the tree has not.
    """
    folded: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(level: int, index: int) -> bytes:
        if (index + 1) << level > size or index < 0:
            raise IndexError("no such node")
        tile_level, height = divmod(level, 8)
        tile_index, at = divmod(index << height, WIDTH)
        rows = folded.get((tile_level, tile_index))
        if rows is None:
            width = min((size >> (8 * tile_level)) - tile_index * WIDTH, WIDTH)
            tile = Tile(tile_level, tile_index, width)
            rows = folded[tile_level, tile_index] = _fold(hashes_of(tile, read(tile)))
        return rows[height][at >> height]

    return node


def _fold(row: list[bytes]) -> list[list[bytes]]:
    rows = [row]
    for _ in range(7):
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows


@dataclass(frozen=True)
class Growth:
    """What a batch adds: new files by tile, and tiles whose partial forms may go once the full ones are served."""

    tiles: dict[Tile, bytes]
    superseded: tuple[Tile, ...]


def growth(old_size: int, entries: Sequence[bytes], read: TileReader) -> Growth:
    """The files that appear when ``entries`` follow ``old_size`` leaves; reads the old partial tile of each level.

    Running it again over the same storage gives the same files. Raises :class:`RefusedTile` for an entry beyond
    65,535 bytes or for stored tiles that are lawless, and what ``read`` raises.
    """
    if old_size + len(entries) > SIZE_MAX:
        raise RefusedTile("tile_size")
    tiles: dict[Tile, bytes] = {}
    superseded: list[Tile] = []
    old = Tile(ENTRIES, old_size // WIDTH, old_size % WIDTH)
    held = decode_bundle(read(old), old.width) if old.width and entries else []
    _lay(old, held, entries, encode_bundle, tiles, superseded)
    level, count, fresh = 0, old_size, [leaf_hash(entry) for entry in entries]
    while fresh:
        old = Tile(level, count // WIDTH, count % WIDTH)
        held = hashes_of(old, read(old)) if old.width else []
        full = _lay(old, held, fresh, b"".join, tiles, superseded)
        level, count = level + 1, count // WIDTH
        fresh = [_root(row) for row in full]
    return Growth(tiles, tuple(superseded))


def _lay(
    old: Tile,
    held: Sequence[bytes],
    fresh: Sequence[bytes],
    encode: Callable[[Sequence[bytes]], bytes],
    tiles: dict[Tile, bytes],
    superseded: list[Tile],
) -> list[Sequence[bytes]]:
    """Cut what a level holds and what is fresh into tiles; gives the contents of those that are full now."""
    row = [*held, *fresh]
    full: list[Sequence[bytes]] = [row[i : i + WIDTH] for i in range(0, len(row) - WIDTH + 1, WIDTH)]
    for offset, content in enumerate(full):
        tiles[Tile(old.level, old.index + offset)] = encode(content)
    if held and full:
        superseded.append(Tile(old.level, old.index))
    rest = row[len(full) * WIDTH :]
    if rest and fresh:
        tiles[Tile(old.level, old.index + len(full), len(rest))] = encode(rest)
    return full


def _root(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]
