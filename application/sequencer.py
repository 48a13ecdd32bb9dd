"""The sequencer: signs the committed prefix of each log as a tree and publishes it as tiles (FORMATS 1.5, 5.3).

Events come before it, with their positions; receipts, proofs and witnesses read what it publishes. The head row in
the database is the one thing trusted against a fork; tile files are made from it and can always be made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from application.ports import Clock
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.cosignature import CheckpointSigner, sign_checkpoint
from domain.transparency.merkle import EMPTY_ROOT, frontier_at, leaf_hash, tree_root
from domain.transparency.strict import Refused
from domain.transparency.tiles import Tile, TileReader, growth, tile_nodes

RECORDS: Final = "records"
ACCESS: Final = "access"
VIEWS: Final = "views"
LOGS = (RECORDS, ACCESS, VIEWS)
"""The three logs, each an origin of its own (FORMATS 5.1)."""
BATCH_LEAVES = 4096
ALONE_SECONDS: Final = 0.5
"""An entry of ``access`` that is alone waits for a second one, at most until the next multiple of this on the clock."""


def authority_of(ledger_id: UUID) -> str:
    """What the origins of a ledger's logs begin with; it never changes, as origins never do (FORMATS 5.8)."""
    return f"xinlu.local/{ledger_id.hex}"


@dataclass(frozen=True)
class TreeHead:
    """A log's tree as the database holds it; ``checkpoint`` is empty before the first leaf."""

    size: int
    root: bytes
    checkpoint: bytes = b""


class TreeStore(Protocol):
    """The sequencer's doors to the database.

    ``leaves`` gives committed leaves after a size, in order and without a gap. ``move`` is a compare-and-swap,
    durable when it returns: False when the head is no longer of size ``old``. Raise ``LedgerUnavailable``.
    """

    def tree(self, log: str) -> TreeHead: ...
    def leaves(self, log: str, *, after: int, limit: int) -> list[bytes]: ...
    def move(self, log: str, *, old: int, head: TreeHead) -> bool: ...


class TileStore(Protocol):
    """Published files of a log. ``read`` raises ``FileNotFoundError``; a partial tile may be answered by its full one.

    ``write`` is durable when it returns, each file whole or not at all; ``checkpoint`` is b"" when there is none.
    ``publish`` never goes back in size and never loses cosignatures at the same size, whoever publishes at the same
    time. ``cosigned`` is the newest checkpoint that satisfies the policy, b"" while a quorum is waited for.
    """

    def read(self, log: str, tile: Tile) -> bytes: ...
    def write(self, log: str, tiles: Mapping[Tile, bytes]) -> None: ...
    def drop_partials(self, log: str, tile: Tile) -> None: ...
    def checkpoint(self, log: str) -> bytes: ...
    def cosigned(self, log: str) -> bytes: ...
    def publish(self, log: str, checkpoint: bytes) -> None: ...


class TreeBroken(RuntimeError):
    """Two ways to the same root differ, or the head is not that of the stored leaves: nothing more is signed."""


class Rounds:
    """How many new entries a log must have to be signed in a round (ADR 0043).

    ``access`` grows by a single entry in the first round of each :data:`ALONE_SECONDS` of the clock only, and in all
    others by two at least: the moment of a look that stood alone is told no nearer. The other logs may always grow.
    """

    def __init__(self) -> None:
        self._instant = -1

    def begin(self, seconds: float) -> Mapping[str, int]:
        """A round begins at this time of the clock, in seconds: by log, how many leaves it may be signed with."""
        instant, before = int(seconds / ALONE_SECONDS), self._instant
        self._instant = instant
        return {RECORDS: 1, ACCESS: 2 if instant == before else 1, VIEWS: 1}


class Sequencer:
    """One log's tree grows with its committed prefix; one process leads, by advisory lock."""

    def __init__(
        self,
        log: str,
        *,
        origin: str,
        store: TreeStore,
        tiles: TileStore,
        signers: Sequence[CheckpointSigner],
        clock: Clock,
        closed: bool = False,
    ) -> None:
        """A ``closed`` log publishes its tiles only: the checkpoint waits for the witnesses (``witnessing.py``)."""
        self._log = log
        self._origin = origin
        self._store = store
        self._tiles = tiles
        self._signers = tuple(signers)
        self._clock = clock
        self._closed = closed
        self._published: TreeHead | None = None

    @property
    def published(self) -> TreeHead | None:
        """The newest signed tree whose tiles are all there, or None before :meth:`catch_up`."""
        return self._published

    @property
    def log(self) -> str:
        """The log's name."""
        return self._log

    def catch_up(self) -> TreeHead:
        """Bring the files to the head, signing nothing; the head. Raises :class:`TreeBroken`."""
        head = self._store.tree(self._log)
        if self._published != head:
            self.restore(head)
        return head

    def run_once(self, *, at_least: int = 1) -> int:
        """Sign and publish the next batch, unless it is smaller; how many leaves it had. Raises :class:`TreeBroken`."""
        head = self.catch_up()
        fresh = self._store.leaves(self._log, after=head.size, limit=BATCH_LEAVES)
        if len(fresh) < at_least:
            return 0
        frontier = frontier_at(head.size, tile_nodes(head.size, self._read))
        for leaf in fresh:
            frontier.append(leaf_hash(leaf))
        # The second way: other rows of the same select, laid into tiles, and the root read from those.
        again = self._store.leaves(self._log, after=head.size, limit=len(fresh))
        grown = growth(head.size, again, self._read)
        size = head.size + len(again)
        root = tree_root(size, tile_nodes(size, self._over(grown.tiles)))
        if (size, root) != (frontier.size, frontier.root()):
            raise TreeBroken(f"{self._log}: two ways to the root at size {size} differ")
        moved = TreeHead(size, root, self._signed(size, root))
        if not self._store.move(self._log, old=head.size, head=moved):
            return 0  # another sequencer was first; its head is read in the next round
        self._publish(moved, grown.tiles, grown.superseded)
        return len(fresh)

    def restore(self, head: TreeHead) -> None:
        """Bring the files to the head: nothing to do, the last batch again, or all of them.

        Raises :class:`TreeBroken` when the stored leaves do not give the head's root.
        """
        size = self._sound_size(head)
        while size < head.size:
            leaves = self._store.leaves(self._log, after=size, limit=min(BATCH_LEAVES, head.size - size))
            if not leaves:
                raise TreeBroken(f"{self._log}: the head says {head.size} leaves, {size} are there")
            grown = growth(size, leaves, self._read)
            self._tiles.write(self._log, grown.tiles)
            for tile in grown.superseded:
                self._tiles.drop_partials(self._log, tile)
            size += len(leaves)
        if head.size and tree_root(head.size, tile_nodes(head.size, self._read)) != head.root:
            raise TreeBroken(f"{self._log}: the stored leaves do not give the root that was signed")
        if head.size and not self._closed:
            self._tiles.publish(self._log, head.checkpoint)
        self._published = head

    def _sound_size(self, head: TreeHead) -> int:
        """The size whose files are there and give the root of the checkpoint beside them; 0 when in doubt."""
        try:
            found = parse_signed_checkpoint(self._tiles.checkpoint(self._log)).checkpoint
            if found.size > head.size or found.origin != self._origin:
                raise TreeBroken(f"{self._log}: a larger tree is published than the database holds")
            root = tree_root(found.size, tile_nodes(found.size, self._read)) if found.size else EMPTY_ROOT
        except (Refused, FileNotFoundError):
            return 0
        return found.size if root == found.root else 0

    def _signed(self, size: int, root: bytes) -> bytes:
        checkpoint = Checkpoint(self._origin, size, root)
        seconds = int(self._clock.now().timestamp())
        lines = tuple(sign_checkpoint(checkpoint, signer, seconds=seconds) for signer in self._signers)
        return bytes(SignedCheckpoint(checkpoint, lines))

    def _publish(self, head: TreeHead, tiles: Mapping[Tile, bytes], superseded: Sequence[Tile]) -> None:
        self._tiles.write(self._log, tiles)
        # The checkpoint comes last: whoever reads it finds all that it implies.
        if not self._closed:
            self._tiles.publish(self._log, head.checkpoint)
        for tile in superseded:
            self._tiles.drop_partials(self._log, tile)
        self._published = head

    def _read(self, tile: Tile) -> bytes:
        return self._tiles.read(self._log, tile)

    def _over(self, fresh: Mapping[Tile, bytes]) -> TileReader:
        return lambda tile: fresh[tile] if tile in fresh else self._read(tile)
