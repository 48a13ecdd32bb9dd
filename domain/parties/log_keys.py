"""Generations of the keys that sign the logs' checkpoints: which one is announced, which vouches up to what size.

Folded from key leaves by the commands that rotate; by it the sequencer signs, and policies list keys (FORMATS 5.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.parties.events import LogKeyAnnounced, LogKeyRetired
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

FIRST = 1


@dataclass(frozen=True)
class LogKeys:
    """One generation (一代日志密钥): verifier keys as text, those of every log and algorithm.

    ``announced`` is the size of ``records`` that first holds its announcement, 0 for the first generation, which
    policies name from the beginning. ``sizes`` (by log) is what it vouches for since it is retired, None before.
    """

    number: int
    keys: tuple[str, ...]
    announced: int = 0
    sizes: tuple[tuple[str, int], ...] | None = None

    @property
    def retired(self) -> bool:
        """Whether it signs no more."""
        return self.sizes is not None

    def signs(self, size: int) -> bool:
        """Whether it signs when a tree of ``records`` of this size is signed already."""
        return not self.retired and size >= self.announced


def fold_log_keys(events: Iterable[tuple[int, Event]], first: Sequence[str]) -> list[LogKeys]:
    """The generations as their events (each with its position) leave them, oldest first; ``first`` are the keys of
    generation 1, which no entry announces."""
    found = {FIRST: LogKeys(FIRST, tuple(first))}
    for position, event in events:
        if isinstance(event, LogKeyAnnounced):
            found[event.number] = LogKeys(event.number, tuple(event.keys), position)
        elif isinstance(event, LogKeyRetired):
            sizes = (("records", event.records), ("access", event.access), ("views", event.views))
            found[event.number] = replace(found[event.number], keys=tuple(event.keys), sizes=sizes)
    return [found[number] for number in sorted(found)]


def require_retirable(generations: Sequence[LogKeys], number: int) -> LogKeys:
    """The generation, if it may retire: another one is left to sign. Raises ``Refused`` (DET-5) otherwise."""
    one = next((g for g in generations if g.number == number), None)
    if one is None:
        raise Refused(Defect("DET-5", "log_key_unknown"))
    if not any(g.number != number and not g.retired for g in generations):
        raise Refused(Defect("DET-5", "log_key_only"))
    return one
