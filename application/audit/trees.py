"""The trees of the logs: recomputed from the stored leaves, held against heads, tiles and checkpoints.

One pass over a log's leaves gives the root at every size that anyone states, and judges every published file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from application.audit.model import AuditStore, Fault, PublishedFiles
from application.sequencer import TreeHead
from application.stamping import STAMPS
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.merkle import EMPTY_ROOT, Frontier, leaf_hash, tree_root
from domain.transparency.policy import Policy, judged
from domain.transparency.strict import Refused
from domain.transparency.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    TileReader,
    encode_bundle,
    parse_tile_path,
    tile_nodes,
)
from domain.transparency.vkey import Verify

BATCH_LEAVES = 4096
CHECKPOINT, COSIGNED = "checkpoint", "cosigned"
BESIDE_TILES = frozenset({CHECKPOINT, COSIGNED})
"""What a log's folder holds beside tiles, and beside the folder of its stamps."""


def log_checkpoint(data: bytes, policy: Policy, verify: Verify) -> Checkpoint:
    """A checkpoint that its log signed, whoever cosigned it. Raises ``Refused``."""
    return believed(parse_signed_checkpoint(data), policy, verify)


def believed(signed: SignedCheckpoint, policy: Policy, verify: Verify) -> Checkpoint:
    """The checkpoint, if a key that the policy has for its log signed it: an audit has the leaves themselves."""
    return judged(replace(policy, quorum=None), signed, verify).checkpoint


@dataclass
class LogTree:
    """A log as its stored leaves have it: how many there are, and root and digest at the sizes asked for."""

    count: int = 0
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY_ROOT})
    digests: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A log's published files and head at the start of an audit, in the order in which nothing can be missed.

    ``stamped`` trees were read first, then the size of the checkpoint, ``published``: all their files are there.
    ``head`` was read last, so no file beyond it is the tree's.
    """

    stamped: Sequence[int]
    published: int
    names: frozenset[str]
    head: TreeHead


def standing(log: str, store: AuditStore, files: PublishedFiles) -> Standing:
    """What an audit of a log starts from."""
    stamped = store.stamp_sizes(log)
    try:
        published = parse_signed_checkpoint(files.checkpoint(log, at_least=0)).checkpoint.size
    except Refused:
        published = 0
    names = frozenset(files.names(log))
    return Standing(stamped, published, names, store.tree(log))


class TreePass:
    """One log's leaves in order, told to the tree and to the judge of its tiles."""

    def __init__(self, log: str, start: Standing, store: AuditStore, files: PublishedFiles) -> None:
        self.log = log
        self.tree = LogTree()
        self._start = start
        self._store = store
        self._judge = _TileJudge(log, start, lambda name: files.read(f"{log}/{name}"))

    def run(self, wanted: Iterable[int], *, through: int, progress: Callable[[int], None]) -> Iterator[Fault]:
        """Faults of the tiles; afterwards ``tree`` has the roots at the ``wanted`` sizes up to ``through``."""
        sizes = {*wanted, self._start.head.size}
        frontier = Frontier()
        while frontier.size < through:
            limit = min(BATCH_LEAVES, through - frontier.size)
            rows = self._store.leaves(self.log, after=frontier.size, limit=limit)
            for row in rows:
                if row.position != frontier.size + 1:
                    yield Fault("trees", f"{self.log}:{frontier.size + 1}", "leaves_missing")
                    return
                hashed = leaf_hash(row.leaf)
                frontier.append(hashed)
                if frontier.size <= self._start.head.size:
                    yield from self._judge.take(row.leaf, hashed)
                if frontier.size in sizes:
                    self.tree.roots[frontier.size] = frontier.root()
                    self.tree.digests[frontier.size] = row.digest
            self.tree.count = frontier.size
            progress(frontier.size)
            if not rows:
                break
        yield from self._judge.finish()
        head = self._start.head
        if head.size > frontier.size:
            detail = f"{head.size} > {frontier.size}"
            yield Fault("trees", f"{self.log}:{frontier.size + 1}", "leaves_missing", detail)
        elif self.tree.roots[head.size] != head.root:
            yield Fault("trees", f"{self.log}:{head.size}", "tree_root")


class _TileJudge:
    """Holds every published tile and bundle against what the leaves give."""

    def __init__(self, log: str, start: Standing, read: Callable[[str], bytes]) -> None:
        self._log = log
        self._published = start.published
        self._read = read
        self._rows: dict[int, list[bytes]] = {ENTRIES: [], 0: []}
        self._done: dict[int, int] = defaultdict(int)
        self._there: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._strange: list[str] = []
        for name in start.names - BESIDE_TILES:
            if name.startswith(f"{STAMPS}/"):
                continue
            try:
                tile = parse_tile_path(name)
            except Refused:
                self._strange.append(name)
            else:
                self._there[tile.level, tile.index].add(tile.width)

    def take(self, leaf: bytes, hashed: bytes) -> Iterator[Fault]:
        """The next leaf of the tree."""
        yield from self._add(ENTRIES, leaf)
        yield from self._add(0, hashed)

    def finish(self) -> Iterator[Fault]:
        """After the last leaf: the partial tiles, and what belongs to no tree."""
        for level in list(self._rows):
            yield from self._close(level)
        for (level, index), widths in sorted(self._there.items()):
            yield self._fault(Tile(level, index, max(widths)).path, "file_extra")
        for name in sorted(self._strange):
            yield self._fault(name, "file_extra")

    def _add(self, level: int, item: bytes) -> Iterator[Fault]:
        row = self._rows.setdefault(level, [])
        row.append(item)
        if len(row) == WIDTH:
            yield from self._close(level)
            if level != ENTRIES:
                frontier = Frontier()
                for node in row:
                    frontier.append(node)
                yield from self._add(level + 1, frontier.root())

    def _close(self, level: int) -> Iterator[Fault]:
        row, index = self._rows[level], self._done[level]
        self._rows[level] = []
        self._done[level] += 1
        widths = self._there.pop((level, index), set())
        hashes = self._published >> (8 * max(level, 0))
        needed = min(max(hashes - index * WIDTH, 0), WIDTH)
        if needed and not widths & {needed, WIDTH}:
            yield self._fault(Tile(level, index, needed).path, "file_missing")
        for width in sorted(widths):
            tile = Tile(level, index, width)
            if width > len(row):
                yield self._fault(tile.path, "file_extra")
                continue
            lawful = encode_bundle(row[:width]) if level == ENTRIES else b"".join(row[:width])
            try:
                found = self._read(tile.path)
            except FileNotFoundError:
                if width == WIDTH:
                    yield self._fault(tile.path, "file_missing")
                continue  # a partial tile may go once the full one is there
            if found != lawful:
                yield self._fault(tile.path, "file_changed")

    def _fault(self, name: str, code: str) -> Fault:
        return Fault("tiles", f"{self._log}/{name}", code)


def checkpoint_faults(
    log: str,
    origin: str,
    *,
    start: Standing,
    tree: LogTree,
    files: PublishedFiles,
    policy: Policy,
    verify: Verify,
) -> Iterator[Fault]:
    """The head's own checkpoint and the published one: signed, and of this very tree."""
    head = start.head
    if start.published > head.size:
        yield Fault("checkpoints", log, "checkpoint_ahead", f"{start.published} > {head.size}")
    if not head.size:
        return
    try:
        kept = log_checkpoint(head.checkpoint, policy, verify)
    except Refused as refused:
        yield Fault("checkpoints", f"{log}:{head.size}", "signature", refused.code)
    else:
        if kept != Checkpoint(origin, head.size, head.root):
            yield Fault("checkpoints", f"{log}:{head.size}", "head_checkpoint")
    published = files.checkpoint(log, at_least=head.size)
    if not published:
        yield Fault("checkpoints", f"{log}/{CHECKPOINT}", "checkpoint_missing")
        return
    try:
        found = log_checkpoint(published, policy, verify)
    except Refused as refused:
        yield Fault("checkpoints", f"{log}/{CHECKPOINT}", "signature", refused.code)
        return
    if found.origin != origin:
        yield Fault("checkpoints", f"{log}/{CHECKPOINT}", "head_checkpoint")
    elif found.size < head.size:
        yield Fault("checkpoints", log, "checkpoint_behind", f"{found.size} < {head.size}")
    elif found.size == head.size and found.root != tree.roots.get(head.size, found.root):
        yield Fault("checkpoints", f"{log}:{found.size}", "checkpoint_root")


def remembered_faults(
    notes: Mapping[str, bytes],
    *,
    origins: Mapping[str, str],
    trees: Mapping[str, LogTree],
    heads: Mapping[str, TreeHead],
    policy: Policy,
    verify: Verify,
) -> Iterator[Fault]:
    """Checkpoints kept elsewhere, by the name of their file: each is a prefix of the log as it is now, or a lie."""
    for name, data in notes.items():
        try:
            signed = parse_signed_checkpoint(data)
        except Refused as refused:
            yield Fault("remembered", name, "remembered_form", refused.code)
            continue
        log = origins.get(signed.checkpoint.origin)
        if log is None:
            yield Fault("remembered", name, "remembered_other")
            continue
        try:
            found = believed(signed, policy, verify)
        except Refused as refused:
            yield Fault("remembered", name, "signature", refused.code)
            continue
        size = min(trees[log].count, heads[log].size)
        if found.size > size:
            yield Fault("remembered", f"{name} {log}", "rollback", f"{found.size} > {size}")
        elif trees[log].roots.get(found.size) != found.root:
            yield Fault("remembered", f"{name} {log}:{found.size}", "fork")


def checkpoint_size(
    note: bytes, *, log: str, origin: str, head: TreeHead, read: TileReader, policy: Policy, verify: Verify
) -> int | Fault:
    """The size at which a checkpoint kept elsewhere stands in a log, or the fault that its root is not there."""
    tree = LogTree(head.size)
    with suppress(Refused):
        size = parse_signed_checkpoint(note).checkpoint.size
        if size <= head.size:
            tree.roots[size] = tree_root(size, tile_nodes(head.size, read))
    faults = remembered_faults(
        {log: note}, origins={origin: log}, trees={log: tree}, heads={log: head}, policy=policy, verify=verify
    )
    found = next(faults, None)
    return found or parse_signed_checkpoint(note).checkpoint.size
