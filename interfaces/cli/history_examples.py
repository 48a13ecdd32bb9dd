"""What a demo city lived through before its pages open: processes that take days, weeks or months.

Each is a story told day by day by the service's own commands, under a clock that stands earlier and is brought forward
with them (ADR 0057); what they leave for today, and what passed by itself, the deadline runner records afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from application.commands.acts import Done, HandleCase
from application.commands.measure_grounds import RestsOn
from application.commands.measures import Measures, NameMeasure
from application.commands.objections import FileObjection, Objections
from application.commands.reorganisations import ApplyForRest, Reorganisations
from application.commands.repairs import ApplyForRepair, Repairs
from application.commands.restorations import Restorations
from application.commands.subjects import identity_of
from domain.remedies.objection import Filing
from domain.remedies.reorganisation import Plan
from domain.remedies.repair_case import Application, Material
from domain.remedies.rest_application import RestApplication
from domain.shared.canonical import Part, Parts
from domain.shared.kinds import Kind
from domain.transparency.merkle import leaf_hash
from infrastructure.bootstrap import EarlierClock
from interfaces.cli.demo_desk import DemoDesk
from interfaces.cli.listing_examples import ListingExamples
from interfaces.cli.meeting_examples import MeetingExamples, Story

DAYS = 120
"""How far back it begins: more than the least term after which a record of the middle class may be repaired."""
DIGEST = "f1" * 32
SUPERVISION = "M11"
TERM_DAYS = 100


class HistoryExamples:
    """The stories (示例历史) of one demo ledger, whose clock is ``clock``; ``told`` says where each is seen."""

    def __init__(self, desk: DemoDesk, clock: EarlierClock) -> None:
        self._desk, self._clock = desk, clock
        self._remedies = desk.remedies()
        self._objections = Objections(self._remedies)
        self.told: dict[str, Any] = {}

    def live(self) -> dict[str, Any]:
        """All of them at once, each day after the other, up to today; where each is seen."""
        meetings = MeetingExamples(self._desk)
        own = [self._repaired(), self._expired(), self._restored(), self._overdue(), self._measured()]
        stories = (*own, self._rested(), self._delisted(), *meetings.stories())
        waiting = {story: next(story) for story in stories}
        while waiting:
            story = max(waiting, key=lambda known: waiting[known])
            self._clock.bring(behind=timedelta(days=waiting[story]))
            following = next(story, None)
            if following is None:
                del waiting[story]
            else:
                waiting[story] = following
        self._clock.bring(behind=timedelta())
        return {**self.told, **meetings.told}

    def _repaired(self) -> Story:
        """REP-1, REP-5: repaired after its least term, and shown no more."""
        yield 115
        record, content = self._desk.penalty(51, fresh=True)
        yield 20
        repairs, case = Repairs(self._remedies), self._desk.ledger.entropy.uuid()
        materials = tuple(Material(kind, DIGEST) for kind in ("performance_proof", "commitment_letter"))
        subject, office = self._identity(content), self._desk.office
        done = repairs.apply(ApplyForRepair(case, record, office, subject, Application(materials=materials)))
        yield 18
        done = repairs.accept(self._on(done))
        yield 14
        repairs.grant(self._on(done))
        self.told["granted_repair"] = {"case": str(case)}

    def _expired(self) -> Story:
        """PUB-4: a record whose term, as its department set it, is over."""
        yield DAYS
        last = self._desk.today + timedelta(days=TERM_DAYS)
        record, _ = self._desk.penalty(52, fresh=True, CF_GSJZQ=last.isoformat())
        self.told["expired"] = {"record": str(record)}

    def _restored(self) -> Story:
        """OBJ-4: a record was wrong, was withdrawn, and its department restored the reputation that it had harmed."""
        yield 60
        record, content = self._desk.penalty(53, fresh=True)
        yield 50
        filed = self._objected(record, content, about="identity", grounds="示例：被处罚的是同名的另一家企业")
        yield 45
        done = self._withdrawn(record, filed)
        yield 40
        task = UUID(str(done.told["restoration"]))
        begun = leaf_hash(self._desk.ledger.store.load_slice("records", task, limit=1)[0].leaf).hex()
        manner = ["notice_to_receivers", "letter_to_subject"]
        officer = self._desk.officer.pseudonym
        public: Part = {"restores": begun, "manner": manner, "evidence": [DIGEST], "officer": officer}
        sealed = self._desk.sealed(Kind.RESTORATION_COMPLETED, {"public": public}, task)
        Restorations(self._remedies).complete(HandleCase(task, 1, self._desk.officer), sealed)
        self.told["restored"] = {"case": str(task)}

    def _overdue(self) -> Story:
        """OBJ-1, ACC-4: an objection that nobody answered in time."""
        yield 48
        record, content = self._desk.penalty(54, fresh=True)
        yield 40
        filed = self._objected(record, content, about="content", grounds="示例：罚款数额与决定书不符")
        self.told["overdue_objection"] = {"case": str(filed.case), "page": f"/records/{record}"}

    def _measured(self) -> Story:
        """JNT-1, JNT-4: a measure that was applied and reported on once, and ended with its term."""
        yield 90
        record, _ = self._desk.penalty(55, fresh=True)
        measures, item = Measures(self._remedies), self._measure_item()
        cited, market = item.provisions[0].cited_as, self._desk.market
        ground = RestsOn("record", record)
        named = measures.name(
            NameMeasure(item.code, cited, ground, (("department", market),), self._desk.officer)
        )
        yield 88
        public: Part = {
            "measure": item.code,
            "version": item.version,
            "provision": cited,
            "department": market,
            "named": str(named.told["leaf_hash"]),
            "from_day": self._desk.today.isoformat(),
            "until": (self._desk.today + timedelta(days=70)).isoformat(),
        }
        parts: Parts = {
            "public": public,
            "restricted": {"rests_on": str(record), "content": "示例：每月检查一次"},
        }
        act = self._desk.sealed(Kind.MEASURE_APPLIED, parts, named.case)
        applied = measures.apply(self._on(named), act)
        yield 75
        measures.report(self._on(applied), done="示例：已检查一次，未发现问题")
        self.told["ended_measure"] = {"case": str(named.case)}

    def _rested(self) -> Story:
        """REP-5: a record rested while a plan of reorganisation was performed, until the plan's day."""
        yield 85
        record, content = self._desk.penalty(56, fresh=True)
        yield 70
        today = self._desk.today
        plan = Plan(
            "示范市中级人民法院",
            f"（{today.year}）示01破2号之一",
            today - timedelta(days=5),
            today + timedelta(days=60),
            (DIGEST,),
        )
        case, desk = self._desk.ledger.entropy.uuid(), Reorganisations(self._remedies)
        subject, office = self._identity(content), self._desk.office
        applied = desk.apply(ApplyForRest(case, record, office, subject, RestApplication(plan)))
        yield 68
        desk.grant(self._on(applied))
        self.told["rested"] = {"case": str(case), "record": str(record)}

    def _delisted(self) -> Story:
        """LST-8: somebody was put on a list, and came off it when the penalty behind the listing did not hold."""
        yield 110
        record, content = self._desk.penalty(57, fresh=True)
        listings = ListingExamples(self._desk, self._remedies)
        begun = listings.told(record)
        heard = listings.heard(begun, content["public"])
        yield 100
        listed = listings.listed(begun, heard, record, content["public"], number=2)
        yield 38
        filed = self._objected(record, content, about="content", grounds="示例：处罚决定已经行政复议撤销")
        yield 33
        self._withdrawn(record, filed)
        self.told["delisted"] = {"case": str(listed.case)}

    def _withdrawn(self, record: UUID, filed: Done) -> Done:
        """OBJ-3: the department gives way to an objection and takes the record back."""
        leaf = self._remedies.record(record, rule="OBJ-1").leaf_hash
        parts: Parts = {"public": {"withdraws": leaf, "objection": str(filed.case)}}
        act = self._desk.sealed(Kind.RECORD_WITHDRAWN, parts, record)
        return self._objections.withdraw(self._on(filed), act)

    def _objected(self, record: UUID, content: Parts, *, about: str, grounds: str) -> Done:
        case, filing = self._desk.ledger.entropy.uuid(), Filing(about=about, grounds=grounds)
        subject = self._identity(content)
        return self._objections.file(FileObjection(case, record, self._desk.office, filing, subject))

    def _measure_item(self) -> Any:
        return next(item for item in self._desk.city.measures if item.code == SUPERVISION)

    def _identity(self, content: Parts) -> Any:
        return identity_of(self._remedies.form_of(content), content)

    def _on(self, done: Done) -> HandleCase:
        return HandleCase(done.case, done.version, self._desk.officer)
