"""Queries become reviews: drawn by chance or named by a rule, once a signed tree covers them (QRY-3).

Runs in the leading projector beside the deadline runner; ``domain/oversight/reviews.py`` says which. A review's id
follows from its query, so that any number may run and a crash at any instant opens none twice and leaves none out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from typing import Protocol
from uuid import UUID

from application.ledger import Ledger, OpenedRow
from application.ports import CaseDays, Conflict, OpenCase, RowReader
from application.registry import Registry
from application.sealing import BrokenSeal
from domain.access.events import SubjectQueried
from domain.access.model import OF_PLATFORM
from domain.oversight.duty import known_cases
from domain.oversight.officers import Relation, fold_relations
from domain.oversight.review_events import QueryReviewOpened
from domain.oversight.reviews import Known, Looked, Rules, reasons_of
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import placed
from domain.shared.rule_settings import RuleSettings
from domain.transparency.digest import StoredRow
from domain.transparency.epoch import Epoch
from domain.transparency.merkle import leaf_hash

REVIEW, RELATIONS, DUTY = "query_review", "relations", "duty"
META = {"actor": "platform", "purpose": "oversight"}
BATCH_EVENTS = 2000
ATTEMPTS_MAX = 4
NO_OFFICERS = ("subject", "agent")
"""Roles under which a subject's own questions are logged."""
OWN_VIEW = "review"
"""The view of a reviewer's own looks, which are reviewed by nobody again."""


class Reviewed(Protocol):
    """How far queries were looked at, and the epochs by number."""

    def done(self) -> int: ...
    def epoch(self, number: int) -> Epoch | None: ...
    def move(self, number: int) -> None: ...


class ReviewRunner:
    """The one place where reviews are opened (查询审查)."""

    def __init__(
        self,
        ledger: Ledger,
        reader: RowReader,
        state: Reviewed,
        *,
        defaults: RuleSettings,
        built_in: Calendar,
    ) -> None:
        """``defaults`` and ``built_in`` are settings and calendar before any event."""
        self._ledger, self._reader, self._state = ledger, reader, state
        self._defaults, self._built_in = defaults, built_in
        self._seen: dict[tuple[str, date], set[UUID]] = {}
        self._at: int | None = None

    def run(self) -> int:
        """Look at every query that an epoch covers by now; how many reviews were opened."""
        opened, number = 0, self._state.done()
        before = self._state.epoch(number)
        after = 0 if before is None else before.access.size
        while (epoch := self._state.epoch(number + 1)) is not None:
            opened += self._cover(epoch, after)
            number, after = number + 1, epoch.access.size
            self._state.move(number)
        return opened

    def _cover(self, epoch: Epoch, after: int) -> int:
        """The queries after a position that an epoch is the first to cover."""
        opened, around = 0, _Around(self._ledger)
        self._remember_day_of(after)
        while after < epoch.access.size:
            limit = min(BATCH_EVENTS, epoch.access.size - after)
            rows = self._reader.rows("access", after=after, limit=limit)
            for look in self._looks(rows):
                self._count(look)
                opened += self._look_at(look, epoch, around)
            after = self._at = rows[-1].position
        return opened

    def _looks(self, rows: Sequence[StoredRow]) -> Iterator[Looked]:
        queries = [row for row in rows if row.topic == SubjectQueried.TOPIC]
        for opened in self._opened(queries):
            event = opened.event
            # What was erased since tells nothing any more, and the same in every process.
            if opened.closed or not isinstance(event, SubjectQueried):
                continue
            if event.role not in NO_OFFICERS and event.view != OWN_VIEW:
                yield looked_of(opened)

    def _opened(self, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        """The rows; what was changed by hand is named by verify, and must not keep the others from being looked at."""
        try:
            return self._ledger.open_all(rows, log="access")
        except BrokenSeal:
            found: list[OpenedRow] = []
            for row in rows:
                with suppress(BrokenSeal):
                    found += self._ledger.open_all([row], log="access")
            return found

    def _remember_day_of(self, after: int) -> None:
        """Whom each officer queried on the day that a position falls in; read again by a new process only."""
        if self._at == after:
            return
        self._seen.clear()
        at, rows = after, self._reader.rows("access", after=after - 1, limit=1) if after else []
        if not rows:
            return
        day = rows[0].recorded_at
        first = f"{date.fromisoformat(day[:10]) - timedelta(days=1)}T16:00:00.000000Z"  # midnight there is 16:00 UTC
        while at > 0:
            start = max(0, at - BATCH_EVENTS)
            batch = self._reader.rows("access", after=start, limit=at - start)
            for look in self._looks(batch):
                self._count(look)
            if batch[0].recorded_at < first:
                return
            at = start

    def _count(self, look: Looked) -> None:
        day = city_day(look.at)
        for key in [key for key in self._seen if key[1] < day - timedelta(days=1)]:
            del self._seen[key]
        self._seen.setdefault((look.officer, day), set()).add(look.subject)

    def _look_at(self, look: Looked, epoch: Epoch, around: _Around) -> int:
        """Open what a query calls for: one review for itself, one for an officer and day of many subjects."""
        registry, day = around.registry, city_day(look.at)
        rules = self._rules(registry, day)
        known = Known(
            len(self._seen[look.officer, day]),
            {subject for subject, relation in around.relations(look.officer) if relation.stood_at(look.at)},
            around.cases(look.department),
            look.purpose in OF_PLATFORM,
        )
        calendar = registry.calendar(self._built_in).calendar
        reasons = reasons_of(look, known, rules, root=epoch.access.root, calendar=calendar)
        own = [reason for reason in reasons if reason != "bulk"]
        opened = 0
        if own:
            opened += self._open(f"access:{look.position}", look, own, epoch, rules, registry)
        if "bulk" in reasons:
            opened += self._open(f"{look.officer}:{day}", look, ["bulk"], epoch, rules, registry)
        return opened

    def _open(
        self, name: str, look: Looked, reasons: list[str], epoch: Epoch, rules: Rules, registry: Registry
    ) -> int:
        """Open one review under the id that its name gives; 0 when it stands already."""
        stream, now = self._ledger.name_id(REVIEW, name), self._ledger.now()
        for _ in range(ATTEMPTS_MAX):
            if self._ledger.store.versions_of([stream]):
                return 0
            settings = registry.settings(self._defaults).settings
            known, today = registry.calendar(self._built_in), city_day(now)
            due = add_working_days(today, settings.number("review.working_days", on=today), known.calendar)
            event = QueryReviewOpened(
                **placed(stream, 1, now),
                due=due.day.isoformat(),
                provisional=due.provisional,
                look=f"access:{look.position}",
                leaf=look.leaf_hash.hex(),
                department=look.department,
                officer=look.officer,
                reasons=reasons,
                epoch=epoch.number,
                root=epoch.access.root.hex(),
                per_10000=rules.per_10000,
            )
            batch = self._ledger.prepare([self._ledger.seal(event)], meta=META)
            batch.opened = [OpenCase(stream, REVIEW, look.department)]
            batch.days = [
                CaseDays(stream, due.day, due.day, stream, known.version if due.provisional else None)
            ]
            try:
                self._ledger.store.append(batch)
            except Conflict:
                registry.forget()
                continue
            return 1
        return 0

    def _rules(self, registry: Registry, day: date) -> Rules:
        settings = registry.settings(self._defaults).settings
        names = ("office_begins_hour", "office_ends_hour", "bulk_subjects", "sample_per_10000")
        return Rules(*(settings.number(f"review.{name}", on=day) for name in names))


class _Around:
    """What is known besides the looks of one epoch; read once for each officer and department."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.registry = Registry(ledger)
        self.relations = cache(self._relations)
        self.cases = cache(self._cases)

    def _relations(self, officer: str) -> Sequence[tuple[UUID, Relation]]:
        """The subjects that an officer's department declared as its relatives or colleagues, ended relations too."""
        found = fold_relations(self._ledger.load(self._ledger.name_id(RELATIONS, officer)))
        known = self._ledger.store.subjects_of({bytes.fromhex(one.blind) for one in found}) if found else {}
        named = ((known.get(bytes.fromhex(one.blind)), one) for one in found)
        return [(subject, one) for subject, one in named if subject is not None]

    def _cases(self, department: str) -> Collection[str] | None:
        """The numbers of the cases that a department keeps with us; None where it keeps none."""
        return known_cases(self._ledger.load(self._ledger.name_id(DUTY, department)))


def looked_of(opened: OpenedRow) -> Looked:
    """A query by its access event."""
    event = opened.event
    assert isinstance(event, SubjectQueried)
    return Looked(
        position=opened.row.position,
        leaf_hash=leaf_hash(opened.row.leaf),
        at=event.timestamp,
        department=event.department,
        officer=event.officer,
        role=event.role,
        subject=opened.row.stream_id,
        purpose=event.purpose,
        case=event.case or "",
    )
