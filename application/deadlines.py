"""Passing time becomes events: terms of records and listings that are over, cases whose due day has passed, and
transitions over which a list was kept; also the end of red entries whose criteria exclude what was recorded since.

Runs in the leading projector and as a command; the domain decides what is over, each case is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from application.due_days import days_of
from application.ending_terms import META, PER_STEP, Terms, end_listing, end_terms
from application.instruments import CleanUp, clean_up
from application.ledger import Ledger, OpenedRow, SealedAct
from application.listings import bearing_of
from application.measures import sealed_for, settle_measures
from application.noted import end_contradicted, negative_items
from application.ports import Append, CaseDays, Conflict
from application.registry import Registry
from application.reorganisations import expired_append
from application.resting import settle
from application.sealing import BrokenSeal, parse_key_reference
from application.stopping import Stops, stop_measures, what_stops
from application.waiting import overdue_events, waiting_of
from domain.instruments.events import InstrumentOverdue
from domain.listing.standards import ListTransitionEnded, fold_standard, transition_of
from domain.measures.case import ANSWER
from domain.measures.events import MeasureOverdue
from domain.measures.feedback import feedback_day
from domain.oversight.indicators import UNIT
from domain.remedies.events import RepairOverdue
from domain.remedies.overdue import ACCEPT, Waiting
from domain.remedies.recounting import recount
from domain.shared.canonical import canonical
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event, placed
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.rule_settings import FEEDBACK_DAY, RuleSettings

ATTEMPTS_MAX = 4
_FIRST = UUID(int=0)


class Views(Terms, Protocol):
    """Also each entry of a red list with its subject, beside each of that subject's records under the items, from after
    a pair of entry and record on."""

    def red_beside(
        self, items: Sequence[str], after: tuple[UUID, UUID], limit: int
    ) -> Sequence[tuple[UUID, UUID, UUID, str]]: ...


Seen = tuple[date | None, int | None]
"""The soonest day of a case and the calendar that it was counted by, as they were found."""


class DueCases(Protocol):
    """Open cases by their days, in pages; ``mend`` writes days down unless they moved since they were ``seen``."""

    def before(
        self, on: date, *, calendar: int, after: UUID, limit: int
    ) -> Sequence[tuple[UUID, date | None, int | None]]: ...
    def mend(self, days: CaseDays, *, seen: Seen) -> None: ...


@dataclass(frozen=True)
class Passed:
    """What was recorded: ended terms, missed due days, cases whose days were counted again.

    ``unreadable`` cases could not be opened and were left.
    """

    terms_ended: int = 0
    overdue: int = 0
    unreadable: int = 0
    recounted: int = 0

    def __add__(self, other: Passed) -> Passed:
        return Passed(
            self.terms_ended + other.terms_ended,
            self.overdue + other.overdue,
            self.unreadable + other.unreadable,
            self.recounted + other.recounted,
        )


class DeadlineRunner:
    """The one place where passing time becomes events (期限处理).

    Any number may run at once: stream versions let one of them record a day, the others find it recorded.
    """

    def __init__(
        self, ledger: Ledger, terms: Views, cases: DueCases, built_in: Calendar, settings: RuleSettings
    ) -> None:
        """``built_in`` is the calendar before any year was loaded, ``settings`` the defaults."""
        self._ledger = ledger
        self._built_in = built_in
        self._settings = settings
        self._terms = terms
        self._cases = cases
        self._after = _FIRST
        self._beside = (_FIRST, _FIRST)
        self._stopped: Stops = frozenset()
        """Of what no measure runs any more: nothing is named or applied under it either."""

    def step(self) -> tuple[Passed, bool]:
        """One bounded piece of a pass, at most ``PER_STEP`` terms or cases; what it did, and if more is left."""
        ended = self._end_terms()
        if ended == PER_STEP:
            return Passed(terms_ended=ended), True
        today = city_day(self._ledger.now())
        registry = Registry(self._ledger)
        version = registry.calendar(self._built_in).version
        found = self._cases.before(today, calendar=version, after=self._after, limit=PER_STEP)
        passed = Passed(terms_ended=ended)
        for case, next_due, counted_by in found:
            try:
                passed += self._record(case, (next_due, counted_by), registry)
            except BrokenSeal:
                # What verify names must not keep every other case from being recorded.
                passed += Passed(unreadable=1)
        self._after = found[-1][0] if len(found) == PER_STEP else _FIRST
        if len(found) == PER_STEP:
            return passed, True
        ended, more = self._contradicted(registry)
        passed += Passed(terms_ended=ended)
        return passed if more else passed + Passed(overdue=self._clean_up()), more

    def run(self, progress: Callable[[int], None] | None = None) -> Passed:
        """A whole pass; ``progress`` gets the number of events so far."""
        passed, more = Passed(), True
        while more:
            done, more = self.step()
            passed += done
            if progress:
                progress(passed.terms_ended + passed.overdue)
        return passed

    def _end_terms(self) -> int:
        for _ in range(ATTEMPTS_MAX):
            try:
                return end_terms(self._ledger, self._terms)
            except Conflict:
                continue
        return 0

    def _contradicted(self, registry: Registry) -> tuple[int, bool]:
        """JNT-2: end red entries whose criteria exclude a record of their subject that stands; how many, and if more
        are to be looked at."""
        items = negative_items(self._ledger)
        found = self._terms.red_beside(items, self._beside, PER_STEP) if items else ()
        self._beside = (found[-1][0], found[-1][2]) if len(found) == PER_STEP else (_FIRST, _FIRST)
        ended = 0
        for entry, _, record, item in found:
            with suppress(Conflict, BrokenSeal):
                ended += end_contradicted(self._ledger, registry, entry, (record, item))
        return ended, len(found) == PER_STEP

    def _clean_up(self) -> int:
        """Record the missed days of the clean-up ledger (INS-3); how many. What rests on a stopped document stops."""
        settle(self._ledger, lambda: clean_up(self._ledger).stopped)
        stops = what_stops(self._ledger)
        if stops - self._stopped:
            stop_measures(self._ledger, stops)
        self._stopped = stops
        for _ in range(ATTEMPTS_MAX):
            try:
                return miss_clean_up_days(self._ledger, clean_up(self._ledger))
            except Conflict:
                continue
        return 0

    def _record(self, case: UUID, seen: Seen, registry: Registry) -> Passed:
        """Count a case's days again where a newer calendar changes them, then record every day that was missed.

        Left to the next pass when others keep moving it.
        """
        for _ in range(ATTEMPTS_MAX):
            try:
                return self._recorded(case, seen, registry)
            except Conflict:
                registry.forget()
        return Passed()

    def _recorded(self, case: UUID, seen: Seen, registry: Registry) -> Passed:
        """The same, once. Raises ``Conflict`` when the case moved, ``BrokenSeal`` when it does not open."""
        rows = self._ledger.store.load("records", case)
        opened = self._ledger.open_all(rows, log="records")
        if not all("public" in row.opened for row in opened):
            raise BrokenSeal("the key of a case is gone")
        so_far = [row.event for row in opened]
        if ends := transition_days(so_far):
            return self._end_transition(so_far, ends, seen)
        if over := expired_append(self._ledger, opened, meta=META):
            self._ledger.store.append(over)
            return Passed(terms_ended=1)
        waiting = waiting_of(so_far)
        if waiting is None:
            return Passed()
        if waiting.kind == "measure":
            return self._measure_passed(waiting, opened, registry, seen)
        known = registry.calendar(self._built_in)
        recounted = self._recounted(opened, waiting, registry)
        counted = [] if recounted is None else [recounted]
        then = waiting_of([*so_far, *counted])
        assert then is not None
        made = overdue_events(then, now=self._ledger.now())
        then = waiting_of([*so_far, *counted, *made])
        assert then is not None
        days = days_of(then, counted_by=known.version)
        if not counted and not made:
            self._cases.mend(days, seen=seen)
            return Passed()
        # As the rest of the case: under its subject's key.
        owners = {"public": parse_key_reference(rows[0].key_ref)["public"]}
        acts = [self._ledger.seal(event, owners=owners) for event in (*counted, *made)]
        meta = {**META, "correlation": str(case)}
        batch = self._ledger.prepare(acts, meta=meta)
        _name_unit(batch, acts, meta, waiting.department)
        batch.days = [days]
        batch.guards[known.stream_id] = known.version
        self._ledger.store.append(batch)
        return Passed(overdue=len(made), recounted=len(counted))

    def _measure_passed(
        self, waiting: Waiting, opened: Sequence[OpenedRow], registry: Registry, seen: Seen
    ) -> Passed:
        """Count a measure's days again, then end it as its term is over (JNT-4), or record what was missed (JNT-1)."""
        subject = parse_key_reference(opened[0].row.key_ref)["public"][0]
        bearing = bearing_of(self._ledger, subject, case=waiting.case)
        measure, now = bearing.measures[waiting.case], self._ledger.now()
        known = registry.calendar(self._built_in)
        guards = {known.stream_id: known.version}
        again = self._recounted(opened, waiting, registry)
        counted = [] if again is None else bearing.recounted(again)
        if measure.is_over(city_day(now)):
            events = bearing.expired(measure.id, at=now)
        else:
            settings = registry.settings(self._settings)
            guards[settings.stream_id] = settings.stream_version
            day = settings.settings.number(FEEDBACK_DAY, on=city_day(now))
            following = feedback_day(city_day(now) - timedelta(days=1), day, known.calendar)
            events = bearing.missed(measure.id, following=following, at=now)
        if not counted and not events:
            self._cases.mend(days_of(waiting, counted_by=known.version), seen=seen)
            return Passed()
        acts = sealed_for(self._ledger, bearing, [*counted, *events])
        meta = {**META, "correlation": str(measure.id)}
        batch = self._ledger.prepare(acts, meta=meta)
        _name_unit(batch, acts, meta, measure.department)
        batch.guards |= guards
        settle_measures(batch, bearing, counted_by=known.version)
        self._ledger.store.append(batch)
        ended = bearing.measures[measure.id].state == "ended" and measure.is_open
        passed = Passed(terms_ended=1) if ended else Passed(overdue=len(events))
        return passed + Passed(recounted=len(counted))

    def _recounted(
        self, opened: Sequence[OpenedRow], waiting: Waiting, registry: Registry
    ) -> CaseDaysRecounted | None:
        """The case's days by the newest calendar, where it changes them."""
        places = {o.row.stream_version: o.row.position for o in opened}

        def then(event: Event) -> Calendar:
            return registry.calendar(self._built_in, before=places[event.originator_version]).calendar

        known = registry.calendar(self._built_in)
        return recount(
            [row.event for row in opened],
            waiting,
            then=then,
            known=known.calendar,
            version=known.version,
            now=self._ledger.now(),
        )

    def _end_transition(self, events: Sequence[Event], days: CaseDays, seen: Seen) -> Passed:
        """LST-9: a list that was kept over a transition and not updated is empty after it, and says so once."""
        today, now = city_day(self._ledger.now()), self._ledger.now()
        standard = transition_of(fold_standard(events))
        if (
            standard is None
            or standard.transition_until is None
            or days.next_due is None
            or days.next_due >= today
        ):
            self._cases.mend(days, seen=seen)
            return Passed()
        head = self._ledger.store.head_of("records")
        reached, found = self._terms.listed(standard.code, PER_STEP)
        for listing in found:
            end_listing(self._ledger, listing, cause="transition", on=today)
        if found or reached < head:
            return Passed(terms_ended=len(found))
        event = ListTransitionEnded(
            **placed(days.id, events[-1].originator_version + 1, now),
            code=standard.code,
            version=standard.version,
            until=standard.transition_until,
        )
        batch = self._ledger.prepare([self._ledger.seal(event)], meta=META)
        batch.closed = [days.id]
        self._ledger.store.append(batch)
        return Passed(terms_ended=1)


def _name_unit(batch: Append, acts: Sequence[SealedAct], meta: Mapping[str, str], unit: str) -> None:
    """Say in the envelope whose acknowledgement is overdue (SUP-1), of each event that records one."""
    for place, act in enumerate(acts):
        event = act.event
        if (isinstance(event, MeasureOverdue) and event.step != ANSWER) or (
            isinstance(event, RepairOverdue) and event.step == ACCEPT
        ):
            batch.events[place] = replace(batch.events[place], meta=canonical({**meta, UNIT: unit}))


def transition_days(events: Sequence[Event]) -> CaseDays | None:
    """The days of a list's transition, by the events of its standard; None for any other stream.

    Without a day when the list was updated, or its end is recorded: then there is nothing to wait for.
    """
    versions = fold_standard(events)
    if not versions:
        return None
    standard = transition_of(versions)
    over = any(isinstance(event, ListTransitionEnded) for event in events)
    until = None if standard is None or over else standard.transition_until
    last = None if until is None else date.fromisoformat(until)
    return CaseDays(events[0].originator_id, None, last, events[0].originator_id, None)


def miss_clean_up_days(ledger: Ledger, now: CleanUp) -> int:
    """Record each missed day of a document's plan or completion once; how many (15号 二). Raises ``Conflict``."""
    acts = []
    for document in now.documents:
        missed = [m for m in document.missed(city_day(ledger.now())) if m not in document.overdue]
        for number, (what, due) in enumerate(missed, start=1):
            place = placed(document.id, document.version + number, ledger.now())
            acts.append(ledger.seal(InstrumentOverdue(**place, unit=document.unit, what=what, due=due)))
    if acts:
        ledger.record(acts, meta=META)
    return len(acts)
