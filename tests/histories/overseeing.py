"""Reviews of queries, incidents, suspensions and reinstatements in random histories (QRY-3, ACC-5).

Each history has an officer who queries, a supervisor of the same department, and the credit office, which alone gives
a right to query back; the model knows which queries are reviewed, for which reasons, and who may not query any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.oversight.review_events import QueryReviewOpened
from domain.parties.acting import Officer
from tests.histories.bench import NUMBERS, STALE, Days
from tests.histories.subjects import Known, Subjects

REVIEW_DAYS = 10
SATURDAY = 5
TELLS = ("leak", "theft")
"""After these, whoever is concerned is told before it is closed as confirmed."""
OFFICE, ELSEWHERE, SELF, CHIEF = "office", "elsewhere", "self", "chief"


@dataclass
class Review:
    """A review as the model has it: of whose look, until when, by which version."""

    id: str
    look: int
    of: Known
    due: date
    version: int = 1
    is_open: bool = True


@dataclass
class Incident:
    """An incident as the model has it; ``ours`` when it is tied to this history's officer."""

    id: str
    kind: str
    ours: bool
    version: int = 1
    is_open: bool = True
    evidence: list[Known] = field(default_factory=list)
    told: list[Known] = field(default_factory=list)
    measures: int = 0


class Overseeing(Subjects, Days):
    """What the officer queries, what becomes of it, and how the right to query comes back."""

    def __init__(self) -> None:
        super().__init__()
        department, number = self.asker.department, next(NUMBERS)
        self.watched, self.chief = (Officer(f"{n}-{number}", department) for n in ("watched", "chief"))
        governance = self.bench.world.governance()
        for who, role in ((self.watched, "operator"), (self.chief, "supervisor")):
            governance.register_officer(
                department=department, pseudonym=who.pseudonym, role=role, name="示例"
            )
        self.relatives: list[Known] = []
        self.queried: list[tuple[int, Known, date, bool]] = []
        """Queries that no signed tree covers yet: where, of whom, when, whether of a relation that ended since."""
        self.covered: list[tuple[int, Known]] = []
        self.reviews: list[Review] = []
        self.incidents: list[Incident] = []
        self.suspended_by: list[str] = []

    def by(self, who: str) -> Officer:
        """One of those who try to decide."""
        return {OFFICE: self.bench.office, ELSEWHERE: self.source, SELF: self.watched, CHIEF: self.chief}[who]

    @rule(data=st.data())
    def query_as_watched(self, data: st.DataObject) -> None:
        self.query_by_watched(self.drawn(data))

    def query_by_watched(self, known: Known) -> None:
        """Who is suspended is refused, and everybody else is answered."""
        position = self.query(known, self.watched, unlawful="QRY-3" if self.suspended_by else "")
        if position:
            self.queried.append((position, known, self.today, False))

    @rule(data=st.data(), who=st.sampled_from([CHIEF, CHIEF, ELSEWHERE]))
    def declare_relation(self, data: st.DataObject, who: str) -> None:
        """By an officer of the own department."""
        known = self.drawn(data)
        said = {"officer": self.watched.pseudonym, "subject": {"code": known.code}, "relation": "relative"}
        unlawful = {"QRY-3"} if who == ELSEWHERE else set[str]()
        if self.bench.act("/v1/officer-relations", said, self.by(who), unlawful=unlawful):
            self.relatives.append(known)

    @precondition(lambda self: self.queried)
    @rule()
    def look_at_queries(self) -> None:
        self.oversee()

    def oversee(self) -> None:
        """The runner opens a review of each query of a relative, or made on a day without work, and of no other."""
        before = self.bench.head("records")
        self.bench.world.publish()
        self.bench.world.reviews.run()
        opened = {
            int(event.look.partition(":")[2]): event
            for event in self.bench.events("records", before)
            if isinstance(event, QueryReviewOpened) and event.officer == self.watched.pseudonym
        }
        due = working_days_after(self.today, REVIEW_DAYS)
        for position, known, day, _ in self.queried:
            reasons = (["off_hours"] if day.weekday() >= SATURDAY else []) + (
                ["relation"] if known in self.relatives else []
            )
            event = opened.pop(position, None)
            assert (event.reasons if event else []) == reasons
            self.covered.append((position, known))
            if event:
                assert event.due == due.isoformat()
                self.reviews.append(Review(str(event.originator_id), position, known, due))
        assert not opened
        self.queried.clear()

    @precondition(lambda self: self.reviews)
    @rule(
        data=st.data(),
        who=st.sampled_from([CHIEF, CHIEF, OFFICE, SELF, ELSEWHERE]),
        consequence=st.sampled_from(["warning", "suspended", "suspended", "incident"]),
        flaw=st.sampled_from(["", "", "", "unfit", "stale"]),
    )
    def decide_review(self, data: st.DataObject, who: str, consequence: str, flaw: str) -> None:
        self.decide_one(data.draw(st.sampled_from(self.reviews)), who, consequence, flaw)

    def decide_one(self, review: Review, who: str, consequence: str, flaw: str) -> None:
        """By somebody else than who queried, once, with a consequence that fits; for others it is not there."""
        finding = "in_order" if flaw == "unfit" else "improper"
        said = {"finding": finding, "consequence": consequence, "reasons": "查询本人亲属"}
        unlawful = {"QRY-3"} if who in (SELF, ELSEWHERE) or flaw == "unfit" or not review.is_open else set()
        unlawful |= {STALE} if flaw == "stale" else set()
        version, path = review.version + (flaw == "stale"), f"/v1/reviews/{review.id}/decide"
        told = self.bench.act(path, said, self.by(who), unlawful=unlawful, version=version)
        if not told:
            return
        review.version, review.is_open = review.version + 1, False
        if consequence == "suspended":
            self.suspended_by.append(review.id)
        elif consequence == "incident":
            self.incidents.append(Incident(str(told["incident"]), "theft", ours=True))

    @precondition(lambda self: self.reviews)
    @rule(data=st.data(), who=st.sampled_from([CHIEF, OFFICE, SELF, ELSEWHERE]))
    def read_review(self, data: st.DataObject, who: str) -> None:
        """It tells of the query, and is itself a look that the subject is told of."""
        review = data.draw(st.sampled_from(self.reviews))
        before = {"records": self.bench.head("records"), "access": self.bench.head("access")}
        path, purpose = f"/v1/reviews/{review.id}/state", {"credit_purpose": "query_review"}
        answer = self.bench.send(path, {}, self.by(who), **purpose)
        if who in (SELF, ELSEWHERE):
            self.bench.is_refused(answer, self.by(who), {"QRY-3"}, before)  # type: ignore[arg-type]
            return
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["look"] == f"access:{review.look}"
        position = before["access"] + 1
        self.looked(review.of, position, ("review", self.by(who).department, "query_review"))
        assert self.bench.head("access") == position

    @rule(kind=st.sampled_from(["leak", "alteration"]), who=st.sampled_from([OFFICE, OFFICE, CHIEF]))
    def open_incident(self, kind: str, who: str) -> None:
        """By the credit office alone."""
        said = {"kind": kind, "facts": "网上出现未公示的内容"}
        unlawful = set() if who == OFFICE else {"ACC-5"}
        if told := self.bench.act("/v1/incidents", said, self.by(who), unlawful=unlawful):
            self.incidents.append(Incident(str(told["case"]), kind, ours=False))

    @precondition(lambda self: self.incidents)
    @rule(
        data=st.data(),
        what=st.sampled_from(["evidence", "measure", "suspend", "notice", "close", "close"]),
        flaw=st.sampled_from(["", "", "", "who", "stale"]),
    )
    def handle_incident(self, data: st.DataObject, what: str, flaw: str) -> None:
        incident = data.draw(st.sampled_from(self.incidents))
        self.handle_one(incident, what, flaw, self.drawn(data), confirmed=data.draw(st.booleans()))

    def handle_one(self, incident: Incident, what: str, flaw: str, known: Known, *, confirmed: bool) -> None:
        """Confirmed only with evidence, a measure, and everybody told whom it concerns; by the credit office alone."""
        looks = [position for position, of in self.covered if of is known]
        if what == "evidence" and not looks:
            return
        said_by: dict[str, dict[str, Any]] = {
            "evidence": {"looks": [f"access:{position}" for position in looks[:2]]},
            "measure": {"text": "已通报"},
            "suspend": {"text": "停止其查询", "suspends": self.watched.pseudonym},
            "notice": {
                "subject": {"code": known.code}, "service": "direct", "receipt": "d1" * 32,
                "served_on": self.today.isoformat(),
            },
            "close": {"outcome": "confirmed" if confirmed else "unfounded", "reasons": "已查实"},
        }  # fmt: skip
        said = said_by[what]
        unlawful = set() if incident.is_open and flaw != "who" else {"ACC-5"}
        untold = [of for of in incident.evidence if of not in incident.told]
        tells = incident.kind in TELLS and (not incident.told or untold)
        if what == "close" and confirmed and (not incident.evidence or not incident.measures or tells):
            unlawful.add("ACC-5")
        unlawful |= {STALE} if flaw == "stale" else set()
        who, version = (
            self.chief if flaw == "who" else self.bench.office,
            incident.version + (flaw == "stale"),
        )
        path = f"/v1/incidents/{incident.id}/{'measure' if what == 'suspend' else what}"
        if not self.bench.act(path, said, who, unlawful=unlawful, version=version):
            return
        incident.version += 1
        if what == "evidence":
            incident.evidence.append(known)
        elif what == "notice":
            incident.told.append(known)
        elif what == "close":
            incident.is_open = False
        else:
            incident.measures += 1
        if what == "suspend":
            incident.ours = True
            self.suspended_by.append(incident.id)

    @rule(who=st.sampled_from([OFFICE, OFFICE, CHIEF, SELF]), right=st.booleans())
    def reinstate_officer(self, who: str, right: bool) -> None:
        self.reinstate(who, right=right)

    def reinstate(self, who: str, *, right: bool) -> None:
        """By the credit office, naming what suspended last, once nothing about the officer is open any more."""
        case = self.suspended_by[-1] if self.suspended_by and right else str(uuid4())
        said = {"officer": self.watched.pseudonym, "case": case, "reasons": "已整改"}
        is_open = any(r.is_open for r in self.reviews) or any(i.is_open and i.ours for i in self.incidents)
        unlawful = {"QRY-3"} if who != OFFICE or not self.suspended_by or not right or is_open else set[str]()
        if self.bench.act("/v1/officer-reinstatements", said, self.by(who), unlawful=unlawful):
            self.suspended_by.clear()

    def days_passed(self) -> None:
        """What nobody decided in time is recorded as overdue."""
        super().days_passed()
        for review in self.reviews:
            if review.is_open and review.version == 1 and review.due < self.today:
                review.version = 2

    def forget(self, known: Known) -> None:
        """A look at somebody erased tells nothing any more, and no bundle proves it."""
        super().forget(known)
        self.queried = [query for query in self.queried if query[1] is not known]
        self.covered = [look for look in self.covered if look[1] is not known]
        self.reviews = [r for r in self.reviews if r.of is not known or r.is_open]

    def close(self) -> None:
        super().close()
        known = self.subjects[0]
        if known not in self.relatives:
            self.declare_relation_of(known)
        if not self.suspended_by:
            self.query_by_watched(known)
            self.oversee()
            review = self.reviews[-1]
            for who, flaw in ((SELF, ""), (ELSEWHERE, ""), (CHIEF, "unfit"), (CHIEF, "stale"), (CHIEF, "")):
                self.decide_one(review, who, "suspended", flaw)
        self.query_by_watched(known)
        for who in (CHIEF, SELF):
            self.reinstate(who, right=True)
        self.reinstate(OFFICE, right=False)
        self.open_incident("leak", OFFICE)
        leak = self.incidents[-1]
        self.handle_one(leak, "suspend", "", known, confirmed=False)
        self.reinstate(OFFICE, right=True)
        for what in ("close", "evidence", "notice", "close"):
            self.handle_one(leak, what, "", known, confirmed=True)
        for open_review in [r for r in self.reviews if r.is_open]:
            self.decide_one(open_review, CHIEF, "warning", "")
        for incident in [i for i in self.incidents if i.is_open]:
            self.handle_one(incident, "close", "", known, confirmed=False)
        self.reinstate(OFFICE, right=True)
        self.query_by_watched(known)
        self.read_looks(known)

    def declare_relation_of(self, known: Known) -> None:
        """A relation more, as the supervisor declares it."""
        said = {"officer": self.watched.pseudonym, "subject": {"code": known.code}, "relation": "relative"}
        self.bench.act("/v1/officer-relations", said, self.chief)
        self.relatives.append(known)


def working_days_after(day: date, count: int) -> date:
    """So many working days later, in the weeks of a history, which hold no holiday."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
