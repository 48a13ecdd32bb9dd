"""What else happens, in the same transaction, when an event is recorded: the table of contents of the system.

A command hands its events to :func:`react` and appends what comes back together with them; nobody else
reacts. A reaction decides nothing that a rule of the domain should: it carries a decision out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.ports import OpenCase
from domain.records.erasure import by_repair
from domain.records.events import PublicityEnded
from domain.remedies.events import (
    ObjectionDecided,
    ObjectionFiled,
    RecordAnnotated,
    RecordCorrected,
    RecordShielded,
    RecordWithdrawn,
    RepairApplied,
    RepairDecided,
)
from domain.remedies.repair import close_repair
from domain.remedies.repair_case import Repair
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.events import Event


@dataclass
class Consequences:
    """The record concerned as it stood before, and what follows from the act: events, marks, suppression,
    cases for worklists.

    ``term_over`` is the last day (ISO text) of a corrected content's term when that day has passed, else
    empty. ``version`` is the last version of the record's stream that is taken. ``erasure_id`` is free for a
    request for erasure that follows. ``waiting`` are the record's repairs that are not decided.
    """

    record_id: UUID
    standing: Standing
    at: datetime
    version: int
    erasure_id: UUID
    term_over: str = ""
    waiting: Sequence[Repair] = ()
    events: list[Event] = field(default_factory=list)
    suppress: list[UUID] = field(default_factory=list)
    marks: list[tuple[UUID, UUID]] = field(default_factory=list)
    unmarks: list[tuple[UUID, UUID]] = field(default_factory=list)
    opened: list[OpenCase] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)

    def place(self) -> dict[str, Any]:
        """Stream, next version and instant of a further event of the record."""
        self.version += 1
        return {
            "originator_id": self.record_id,
            "originator_version": self.version,
            "timestamp": self.at,
        }


Reaction = Callable[[Any, Consequences], None]


def mark(event: ObjectionFiled, then: Consequences) -> None:
    """OBJ-2: while the objection pends, every view shows the record as objected to."""
    then.marks.append((UUID(event.record), event.originator_id))


def unmark(event: ObjectionDecided, then: Consequences) -> None:
    """OBJ-2: the mark of this objection goes; another one's stays."""
    then.unmarks.append((UUID(event.record), event.originator_id))


def open_case(event: ObjectionFiled | RepairApplied, then: Consequences) -> None:
    """OBJ-1, REP-2: the case stands on its source's worklist from now on."""
    kind = "objection" if isinstance(event, ObjectionFiled) else "repair"
    then.opened.append(OpenCase(event.originator_id, kind, event.source))


def close_case(event: ObjectionDecided | RepairDecided, then: Consequences) -> None:
    """OBJ-3, REP-2: a decided case waits for nobody."""
    then.closed.append(event.originator_id)


def suppress(_: Event, then: Consequences) -> None:
    """PUB-4, REP-5: the record leaves every view now, not when the projector has caught up."""
    then.suppress.append(then.record_id)


def keep_annotated(event: RecordCorrected, then: Consequences) -> None:
    """REP-5: the note of a repair stands on the content; a new content gets it again."""
    standing = then.standing
    if standing.repair:
        then.events.append(
            RecordAnnotated(
                **then.place(),
                repair=standing.repair,
                annotates=event.originator_version,
                repaired_on=standing.repaired_on,
            )
        )


def keep_ended(_: RecordCorrected, then: Consequences) -> None:
    """PUB-4: what had ended does not come back by a correction, and a corrected term may be over at once."""
    until = then.standing.until if then.standing.status == "ended" else then.term_over
    if until:
        then.events.append(PublicityEnded(**then.place(), until=until))


def close_repairs(event: RecordWithdrawn | RecordShielded, then: Consequences) -> None:
    """REP-1: a record that is shown no more needs no repair; the applications that still wait are closed so."""
    for repair in then.waiting:
        if isinstance(event, RecordWithdrawn) or str(repair.id) != event.repair:
            then.events.append(close_repair(repair, because=event.TOPIC, at=then.at))


def carry_out(event: RepairDecided, then: Consequences) -> None:
    """REP-5: a granted repair takes the effect that the item says.

    Deletion hides the record at once and asks for its erasure, which waits for two officers.
    """
    on = city_day(then.at).isoformat()
    repair = str(event.originator_id)
    if event.outcome == "granted" and event.mode == "annotate":
        annotates = then.standing.content_version
        then.events.append(
            RecordAnnotated(**then.place(), repair=repair, annotates=annotates, repaired_on=on)
        )
    elif event.outcome == "granted":
        then.events.append(RecordShielded(**then.place(), repair=repair, repaired_on=on))
        if event.mode == "delete":
            place = {"originator_id": then.erasure_id, "originator_version": 1, "timestamp": then.at}
            then.events.append(by_repair(record=then.record_id, repair=repair, place=place))


REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    ObjectionFiled: (mark, open_case),
    ObjectionDecided: (unmark, close_case),
    RecordCorrected: (keep_annotated, keep_ended),
    RecordWithdrawn: (suppress, close_repairs),
    RepairApplied: (open_case,),
    RepairDecided: (carry_out, close_case),
    RecordShielded: (suppress, close_repairs),
    PublicityEnded: (suppress,),
}
"""Event -> what follows from it at once, in this order. What follows an event that a reaction made, follows too."""


def react(events: Sequence[Event], then: Consequences) -> Consequences:
    """``then`` with everything that follows from ``events``, and from what follows."""
    waiting = list(events)
    while waiting:
        event = waiting.pop(0)
        made = len(then.events)
        for reaction in REACTIONS.get(type(event), ()):
            reaction(event, then)
        waiting += then.events[made:]
    return then
