"""Decides what is a cause to call a unit to account, and when causes become a flag (ACC-1 to ACC-4).

Before it stand the events of both logs; after it the runner, and ``flags.py`` with what becomes of a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.events import ListingOverdue, ListingRemoved
from domain.measures.case import ANSWER
from domain.measures.events import MeasureOverdue
from domain.records.consistency import ConsistencyChecked
from domain.records.events import ActRefused, IntakeReported
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from domain.remedies.restoration import RestorationOverdue
from domain.shared.events import Event

Cause = Literal["refused", "looks_refused", "item_stopped", "published", "listing_reversed", "overdue"]
CAUSES: Mapping[Cause, tuple[str, str]] = {
    "refused": ("多次被拒绝的行为", "acts that were refused"),
    "looks_refused": ("同一经办人多次被拒绝的查询", "looks of one officer that were refused"),
    "item_stopped": ("记录所依目录项后被认定依据不足", "recorded under an item that was found without basis"),
    "published": ("核对时发现公示了不得公示的信息", "a check found published what must not be public"),
    "listing_reversed": ("列入决定被撤销", "a listing that was reversed"),
    "overdue": ("逾期未办", "not done in time"),
}
REFUSALS: Mapping[str, frozenset[str]] = {
    "ACC-1": frozenset({"CAT-1", "CAT-4", "CAT-5"}),
    "ACC-2": frozenset({"MEA-1", "MEA-2", "MEA-3"}),
    "ACC-3": frozenset({"LST-1", "LST-2", "LST-4", "LST-5", "LST-6", "LST-7"}),
}
"""Refusals by which rules point to what: 目录外, 清单外, 不按标准和程序. What drafts an item or a standard does not."""
LOOKS = frozenset(
    {
        ("QRY-1", "purpose_unknown"),
        ("QRY-1", "purpose_other"),
        ("QRY-1", "purpose_header_malformed"),
        ("QRY-1", "case_missing"),
        ("QRY-1", "basis_missing"),
        ("QRY-3", "officer_suspended"),
        ("PRV-2", "report_not_consented"),
        ("PRV-3", "may_not_speak_for_subjects"),
        ("PRV-3", "only_the_subject_itself"),
    }
)
"""By which refusals a look was turned away (被拒绝的查询) before anything about a subject was told. A look that is
answered with nothing (SHR-1) is none: that it was turned away would tell that there is a record."""
COUNTED = frozenset({"refused", "looks_refused"})
"""What is a cause only when it comes often: each kind waits for the threshold of its rule."""


@dataclass(frozen=True, slots=True)
class Found:
    """A cause (线索来源) in one event: the rule it points to, what, about which thing, of which unit, how often."""

    rule: str
    what: Cause
    about: str
    unit: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """A cause with the event that shows it: its id (``access:7``), position, the hash of its leaf, its city day."""

    found: Found
    log: str
    position: int
    leaf_hash: bytes
    day: date

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Unit, rule, kind and thing: while a flag about these is open, no other is raised."""
        return self.found.unit, self.found.rule, self.found.what, self.found.about

    @property
    def evidence(self) -> list[str]:
        """As ``flag.raised`` lists it."""
        return [f"{self.log}:{self.position}", self.leaf_hash.hex()]


def causes_of(event: Event, *, actor: str) -> Iterator[Found]:
    """The causes in one event (ACC-1, ACC-2, ACC-3, ACC-4); ``actor`` is who recorded it.

    Items found without basis: see :func:`of_stopped`.
    """
    if isinstance(event, ActRefused):
        rules = {rule for rule, *_ in event.rules}
        yield from _refusals(event.department, [rules])
        if (
            LOOKS.intersection((rule, code) for rule, code, *_ in event.rules)
            and not rules & REFUSALS["ACC-1"]
        ):
            yield Found("ACC-1", "looks_refused", event.officer or "", event.department)
    elif isinstance(event, IntakeReported):
        rows: dict[str, set[str]] = {}
        for row, rule, *_ in event.refused:
            rows.setdefault(row, set()).add(rule)
        yield from _refusals(event.department, list(rows.values()))
    elif (
        isinstance(event, ConsistencyChecked)
        and event.must_not_be_public
        and event.asked_by != event.department
    ):
        # A unit that checks itself is to find and mend what is wrong without being called to account for it.
        yield Found("ACC-1", "published", event.form, event.department, event.must_not_be_public)
    elif isinstance(event, ListingRemoved) and event.cause == "reversal" and not event.by:
        # One that fell with its record is the record's fault; this one the department took back itself.
        yield Found("ACC-3", "listing_reversed", str(event.originator_id), actor)
    elif isinstance(event, ObjectionOverdue | RepairOverdue | ListingOverdue | RestorationOverdue) or (
        isinstance(event, MeasureOverdue) and event.step == ANSWER
    ):
        yield Found("ACC-4", "overdue", str(event.originator_id), event.department)


def of_stopped(event: CatalogueItemSuspended, unit: str) -> Found:
    """That ``unit`` recorded under an item which was then found without sufficient basis (INS-2)."""
    return Found("ACC-1", "item_stopped", event.code, unit)


def _refusals(unit: str, judged: Sequence[set[str]]) -> Iterator[Found]:
    for rule, forbidden in REFUSALS.items():
        times = sum(bool(rules & forbidden) for rules in judged)
        if times:
            yield Found(rule, "refused", "", unit, times)


def due_flags(traces: Iterable[Trace], thresholds: Mapping[tuple[str, str], int]) -> list[list[Trace]]:
    """Which traces become a flag together, each group in order; refusals below the threshold of their rule and kind
    wait.

    Overdue cases, reversed listings and stopped items need no second one.
    """
    groups: dict[tuple[str, str, str, str], list[Trace]] = {}
    for trace in sorted(traces, key=lambda t: (t.day, t.log, t.position)):
        groups.setdefault(trace.key, []).append(trace)
    return [
        group
        for group in groups.values()
        if group[0].found.what not in COUNTED
        or sum(trace.found.times for trace in group) >= thresholds[group[0].found.rule, group[0].found.what]
    ]
