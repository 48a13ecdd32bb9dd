"""How a record stands after all that happened to it: its present content, and whether it is still shown.

Folded from the record's own stream before any remedy decides; nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from domain.records.events import PublicityEnded, RecordDetermined
from domain.remedies.events import RecordAnnotated, RecordCorrected, RecordShielded, RecordWithdrawn
from domain.remedies.repair_events import RecordRested, RecordReturned
from domain.shared.canonical import Parts
from domain.shared.events import Event

Status = Literal["standing", "resting", "ended", "shielded", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it stands (记录状态): ``version`` of its stream, content and the version that holds it.

    ``resting`` is shielded for a time, by ``rest``; ``ended`` is a term that is over; ``shielded`` and ``withdrawn``
    are final, unless the repair is revoked. ``repair`` and ``repaired_on`` are those of the annotation or shielding
    that stands, empty without one; ``returned`` is what undid the last one. ``until`` is the last day told by the
    event that ended it.
    """

    version: int
    content: Parts
    content_version: int
    status: Status = "standing"
    repair: str = ""
    repaired_on: str = ""
    until: str = ""
    returned: RecordReturned | None = None
    rest: RecordRested | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing can be done to the record any more."""
        return self.status in ("shielded", "withdrawn")


def standing_of(events: Iterable[Event]) -> Standing | None:
    """The record as its events leave it; None when they hold no determination.

    A correction changes the content and nothing else: what had ended stays ended.
    """
    found: Standing | None = None
    for event in events:
        version = event.originator_version
        if isinstance(event, RecordDetermined):
            found = Standing(version=version, content=event.content, content_version=version)
            continue
        if found is None:
            continue
        found = replace(found, version=version)
        if isinstance(event, RecordCorrected):
            found = replace(found, content=event.content, content_version=version)
        elif isinstance(event, RecordAnnotated):
            found = replace(found, repair=event.repair, repaired_on=event.repaired_on)
        elif isinstance(event, RecordShielded):
            found = replace(found, status="shielded", repair=event.repair, repaired_on=event.repaired_on)
        elif isinstance(event, RecordRested):
            found = replace(found, status="resting", rest=event)
        elif isinstance(event, RecordReturned):
            found = replace(found, status="standing", repair="", repaired_on="", returned=event)
        elif isinstance(event, RecordWithdrawn):
            found = replace(found, status="withdrawn")
        elif isinstance(event, PublicityEnded) and not found.is_final:
            found = replace(found, status="ended", until=event.until)
    return found
