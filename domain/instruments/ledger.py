"""The clean-up ledger as its events leave it: what stands for each document, and what a unit's next row changes.

Commands fold it before they decide (INS-1, INS-2, INS-3); the catalogue asks it what is stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.instruments.events import InstrumentEntered, InstrumentOverdue, ReturnFiled
from domain.instruments.form import KEEP, Entry
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.events import Event, Place

PLAN_MONTHS = 2
"""From entering the ledger to the plan: end of January to end of March in 15号 二(一)(二)."""


@dataclass(frozen=True)
class Stopped:
    """A document without a sufficient basis (停止执行), as the catalogue needs to know of it."""

    document: UUID
    unit: str
    title: str


@dataclass(frozen=True)
class Instrument:
    """One document of the ledger as it stands (台账条目); days are the city's.

    ``overdue`` holds each missed ``(what, due)`` that is recorded. ``planned_until`` is the plan's last day.
    """

    id: UUID
    unit: str
    form: str
    entry: Entry
    sufficient: bool
    version: int
    entered_on: date
    planned_on: date | None = None
    steps: tuple[tuple[str, str], ...] = ()
    completed_on: date | None = None
    evidence: str = ""
    overdue: frozenset[tuple[str, str]] = frozenset()

    @property
    def conforms(self) -> bool:
        """Whether nothing is left to do: kept as conforming, or cleaned up."""
        return self.entry.disposition == KEEP or self.completed_on is not None

    @property
    def stopped(self) -> Stopped | None:
        """What is not executed, when it is not (INS-2); revised or not, only a basis ends that."""
        return None if self.sufficient else Stopped(self.id, self.unit, self.entry.title)

    def waits(self) -> list[tuple[str, date]]:
        """What is still to be done, each with its last day (INS-3): the plan of what is to stay, and the work."""
        if self.conforms:
            return []
        found = []
        if self.planned_on is None and needs_plan(self.entry):
            found.append(("plan", add_months(self.entered_on, PLAN_MONTHS)))
        if self.entry.due_on:
            found.append(("completion", date.fromisoformat(self.entry.due_on)))
        return found

    def missed(self, on: date) -> list[tuple[str, str]]:
        """What was due before ``on`` and is not done, recorded or not."""
        return [(what, due.isoformat()) for what, due in self.waits() if due < on]


def needs_plan(entry: Entry) -> bool:
    """Whether a document does not conform but is to stay: revised or put on a legal basis (15号 二(二))."""
    return entry.disposition in ("修订", "立法")


def enter(
    entry: Entry, known: Instrument | None, *, place: Place, unit: str, form: str, entered_by: str
) -> InstrumentEntered | None:
    """The event by which a row enters; None when the ledger says the same already. ``place``: its stream, version
    and instant."""
    if known is not None and known.entry == entry:
        return None
    told: dict[str, Any] = {field.name: getattr(entry, field.name) for field in fields(entry)}
    told["due_on"] = entry.due_on or None
    return InstrumentEntered(
        **place, **told, unit=unit, form=form, sufficient=entry.sufficient, entered_by=entered_by
    )


def fold_instrument(events: Iterable[Event]) -> Instrument | None:
    """A document as its stream leaves it; None without an entry. A changed row opens finished work anew."""
    found: Instrument | None = None
    for event in events:
        day = city_day(event.timestamp)
        if isinstance(event, InstrumentEntered):
            found = _entered(event, found, day)
        elif found is None:
            continue
        elif isinstance(event, InstrumentOverdue):
            found = replace(found, overdue=found.overdue | {(event.what, event.due)})
        elif isinstance(event, ReturnFiled) and event.what == "plan":
            steps = tuple((str(step["what"]), str(step["by"])) for step in event.steps or ())
            found = replace(found, planned_on=day, steps=steps)
        elif isinstance(event, ReturnFiled) and event.what == "completion":
            found = replace(found, completed_on=day, evidence=event.evidence or "")
        if found is not None:
            found = replace(found, version=event.originator_version)
    return found


def _entered(event: InstrumentEntered, before: Instrument | None, day: date) -> Instrument:
    values: dict[str, Any] = {f.name: getattr(event, f.name) for f in fields(Entry)}
    told: dict[str, Any] = {name: "" if value is None else value for name, value in values.items()}
    entry = Entry(**told)
    now = Instrument(
        id=event.originator_id,
        unit=event.unit,
        form=event.form,
        entry=entry,
        sufficient=event.sufficient,
        version=event.originator_version,
        entered_on=before.entered_on if before else day,
    )
    if before is None:
        return now
    if (before.entry.disposition, before.entry.due_on) == (entry.disposition, entry.due_on):
        return replace(
            now,
            planned_on=before.planned_on,
            steps=before.steps,
            completed_on=before.completed_on,
            evidence=before.evidence,
            overdue=before.overdue,
        )
    return replace(now, planned_on=before.planned_on, steps=before.steps, overdue=before.overdue)


def return_at(place: Place, what: str, *, unit: str, filed_by: str, **more: Any) -> ReturnFiled:
    """A return at its place in a stream."""
    return ReturnFiled(**place, what=what, unit=unit, filed_by=filed_by, **more)
