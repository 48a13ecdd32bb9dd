"""A ledger with every kind of event in it, published in several epochs: what audits are tried on."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from application.commands.acts import HandleCase, Once
from application.commands.clean_up import ReturnDesk, computed_notice, issue_notice, notice_stream
from application.commands.flags import FlagDesk
from application.commands.governance import Governance
from application.commands.indicators import notify_indicators
from application.commands.leniency import Leniency
from application.commands.links import LinkPerson, Links
from application.commands.refusals import log_refusal
from application.commands.reorganisations import Reorganisations
from application.commands.repair_windows import ApplyForRepairs, RepairWindow
from application.indicators import Indicators
from application.ports import Receipt
from application.queries.instruments import export_ledger
from application.queries.reporting import Asked
from domain.catalogue.items import LegalBasis
from domain.instruments.events import NoticeIssued
from domain.oversight.flag_events import FlagAnswered, FlagRaised
from domain.oversight.indicators import IndicatorsNotified
from domain.parties.acting import Officer
from domain.parties.acting import Officer as ActingOfficer
from domain.records.leniency import Assessing, Assessment
from domain.records.links import PersonLinked
from domain.remedies.repair_case import Application
from domain.shared.canonical import Part, Parts
from domain.shared.deadlines import CalendarYear
from domain.shared.refusals import Defect, Refused
from domain.transparency.merkle import leaf_hash
from infrastructure.tile_files import MapFiles, map_path
from interfaces.cli.seed import seed_ledger
from interfaces.client.sealing import DepartmentKey
from tests.entries import EntryStory
from tests.integration.test_consents import give
from tests.integration.test_queries import ask, request, subject_with_records
from tests.integration.test_remedies import annotating
from tests.keys import end_log_key, next_gateway_key, next_log_key, revoke
from tests.ledger_books import row
from tests.listing import ListingStory
from tests.measures import ITEMS, MeasureStory
from tests.oversight import Overseeing
from tests.proposals import Lived
from tests.remedies import (
    FIRST,
    LETTER,
    PROOF,
    REMEDIES,
    SECOND,
    Story,
    apply_for_rest,
    begin,
    end_rest,
    handling_rest,
    rest,
    restore,
    revoke_repair,
    waive,
)
from tests.rule_settings import change_setting
from tests.world import START, World

DECIDED = date(2026, 5, 20)
NOTICE = {
    "year": 2027,
    "source": {"authority": "示例", "title": "示例通知", "document_number": "示例1号", "date": "2026-11-04"},
    "holidays": ["2027-01-01", *(f"2027-02-0{day}" for day in range(5, 10)), "2027-10-01", "2027-10-04"],
    "working_weekend_days": [],
}
"""A made-up notice of a year's working days."""
LIVED = timedelta(days=60)
IDS = "full-ledger.json"


class FullLedger:
    """The seeded ledger lived on: ``standing`` is in view, ``shielded`` is not, ``objected`` waits beyond its day."""

    def __init__(self, world: World) -> None:
        """The ledger of a world in which :meth:`live` was once, in this process or before."""
        self.world = world
        world.clock.at = START + LIVED
        self.story: Story = begin(world)
        ids = json.loads((world.folder / IDS).read_text())
        self.standing, self.objected, self.shielded = map(UUID, ids)

    @staticmethod
    def live(world: World) -> None:
        """Let everything happen in a seeded world."""
        lived = _Life(world)
        ids = [str(record) for record in (lived.standing, lived.objected, lived.shielded)]
        (world.folder / IDS).write_text(json.dumps(ids))

    def record(self, number: int) -> UUID:
        """A record more of the story's subject."""
        return self.story.new_record(f"示市监罚字〔2026〕94{number:02}号", decided=DECIDED)

    def shield(self, record: UUID) -> None:
        """A granted repair of a record, with materials asked for and supplied."""
        repairs, story = self.story.repairs, self.story
        asked = repairs.request_materials(story.handling(story.apply(record, PROOF)))
        accepted = repairs.accept(story.handling(repairs.supply(story.supplying(asked, LETTER))))
        repairs.grant(story.handling(accepted))

    def keep_back(self) -> None:
        """The published checkpoint of records as it was before the last batch."""
        path = self.world.published / "records" / "checkpoint"
        before = path.read_bytes()
        self.record(21)
        self.world.publish()
        path.write_bytes(before)

    def map_file(self, name: str) -> Path:
        """The file at the root of a map of the newest epoch."""
        number = max(int(p.name) for p in (self.world.published / "maps" / "heads").iterdir())
        head = MapFiles(self.world.published).heads(number)[name]
        return self.world.published / map_path(name, head.root)


class _Life(FullLedger):
    """What happened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.story = begin(world)
        world.publish()
        world.take_in(world.files(penalties=40, licences=40), "licences-1.csv", "licences-3.csv")
        self.standing = self.record(1)
        self.objected = self.record(2)
        self.story.object(self.objected)
        self.shielded = self.record(3)
        self.shield(self.shielded)
        world.publish()
        self._decisions()
        overseeing = Overseeing(self.story)
        overseeing.declare()
        overseeing.query()
        look = overseeing.query()
        world.publish()
        self._compared()
        overseeing.suspend(review := overseeing.opened()[0])
        overseeing.reinstate(review)
        overseeing.declare()
        overseeing.query()
        overseeing.opened()  # nobody decides this one
        self._tipped_off()
        overseeing.incident(look)
        overseeing.check()
        self._looks()
        self._governance()
        self._clean_up()
        self._lists()
        self._entries()
        self._measures()
        Lived(world).live(review_days=5)
        self._flags()
        world.clock.at = START + LIVED
        self._another_year()
        self._notice()
        self._indicators()
        for _ in range(3):  # a list's transition ends once the views show nobody on it, and are at the head
            world.deadlines.run()
            world.project()
        world.flags.run()
        world.publish()

    def _decisions(self) -> None:
        story = self.story
        corrected, withdrawn, ended, rejected = (self.record(n) for n in range(4, 8))
        for record, fields in ((corrected, {"CF_NR_FK": "9.5"}), (ended, {"CF_GSJZQ": "2026-11-20"})):
            done = story.object(record)
            now = story.file(record).standing.content
            content = {**now, "public": {**now["public"], "CF_CFLB": "罚款", "CF_NR_FK": "9.5", **fields}}
            correction = story.correction(record, done.case, content)
            upheld = story.objections.correct(story.deciding(done), correction)
            if record == corrected:
                waive(story, upheld)
        done = story.object(withdrawn)
        upheld = story.objections.withdraw(story.deciding(done), story.withdrawal(withdrawn, done.case))
        restore(story, upheld)
        story.objections.reject(story.deciding(story.object(rejected)), reasons="一致", remedies=REMEDIES)
        self.returned = self.record(60)
        again = story.repairs.accept(story.handling(story.apply(self.returned, PROOF, LETTER)))
        revoke_repair(story, story.repairs.grant(story.handling(again)))
        end_rest(story, rest(story, self.record(63)), "performed")
        end_rest(story, rest(story, self.record(64)), "failed")
        desk = Reorganisations(story.desk)
        desk.grant(handling_rest(story, apply_for_rest(story, self.record(65))))
        refused = handling_rest(story, apply_for_rest(story, self.record(66)))
        desk.refuse(refused, reasons="裁定书与申请不符", remedies=REMEDIES)
        together = [(self.record(n), Application(materials=(PROOF, LETTER))) for n in (61, 62)]
        RepairWindow(story.desk).apply(ApplyForRepairs(uuid4(), story.office, story.subject(), together))
        annotating(story)
        annotated = self.record(8)
        accepted = story.repairs.accept(story.handling(story.apply(annotated, PROOF, LETTER)))
        story.repairs.grant(story.handling(story.extend(accepted)))
        story.apply(self.record(9), PROOF)
        self._leniency()

    def _leniency(self) -> None:
        """A document assessed, and a person linked to a serious record."""
        story, ledger = self.story, self.world.ledger
        serious = story.new_record("示严罚〔2026〕9号", decided=date(2026, 11, 16), severity="严重")
        leaf = story.file(serious).leaf_hash
        basis = "《示范市社会信用条例》第二十条"
        public = {"record": str(serious), "links": leaf, "role": "法定代表人", "basis": basis}
        person = {"name": "示例", "id_type": "护照号", "id_number": "E12345678"}
        link = uuid4()
        act = story.sealed(PersonLinked.KIND, link, {"public": public, "person/1": person})
        Links(story.desk).link(
            LinkPerson(link, serious, story.source, act), Once(story.source, "link", b"l" * 32)
        )

        def receipt(found: tuple[Assessment, ...]) -> Receipt:
            return Receipt(story.source, f"leniency-{found[0].version}", b"r" * 32, 201, {})

        given = Assessing(story.source, "宽〔2026〕9号", ("slight",), "not_published", "轻微，已改正")
        first, second = (Leniency(ledger, officer=o, department=story.source) for o in (FIRST, SECOND))
        assessed = first.assess(given, receipt)
        second.decide(assessed.assessment.id, "approved", receipt)
        content = story.content_of(CF_WSH=given.number, CF_JDRQ="2026-11-16", CF_GSJZQ="2029-01-01")
        assert story.determine(content)[1].taken == 1

    def _compared(self) -> None:
        """A department's publication beside the public view: nothing is in it."""
        source, form = self.story.source, self.story.forms["penalty"]
        desk = self.world.services.consistency(source)
        receipt = Receipt(source, "compared", b"c" * 32, 201, {})
        desk.record(desk.compare(form, [], department=source), file="c5" * 32, receipt=receipt)

    def _tipped_off(self) -> None:
        """A tip-off, opened and accepted."""
        desk, office = self.world.services.tip_offs(), self.story.office
        number = desk.file(about="示例", code="", text="示例", name="示例", contact="").number
        handler = ActingOfficer("handler-1", office)
        desk.open(number, handler, show=["report"], reason="核实")
        desk.handle(
            number,
            handler,
            expected=2,
            step="accepted",
            to="",
            text="",
            receipt=lambda version: Receipt(office, f"tip-off-{version}", b"t" * 32, 201, {}),
        )

    def _looks(self) -> None:
        world, who = self.world, subject_with_records(self.world)
        for _ in range(3):
            ask(world, who)
        with suppress(Refused):
            world.services.shared.ask(request(world, purpose="curiosity"), [who], attempt=b"body")
        world.services.reports.own(who, Asked("application/json"), portal=world.city.credit_office.code)
        consent = give(world, who)
        world.services.consents.withdraw(
            consent.consent_id, who, portal=world.city.credit_office.code, receipt=None
        )

    def _lists(self) -> None:
        """Listings of every end: dropped, taken off by a repair, removal refused, ended with a transition."""
        desk = ListingStory(self.story)
        desk.dropped(self.record(10))
        desk.overdue(self.record(11))
        repaired = self.record(12)
        desk.listed(repaired)
        accepted = self.story.repairs.accept(self.story.handling(self.story.apply(repaired, PROOF, LETTER)))
        self.story.repairs.grant(self.story.handling(accepted))
        desk.removal_refused(self.record(13))
        desk.transition(until=self.world.today + timedelta(days=5))

    def _entries(self) -> None:
        """Entries of red list, watch list and for reference: some stand, the others ended in each way."""
        desk = EntryStory(self.story)
        desk.red_removed(desk.red())
        desk.reference_ended(desk.refer())
        desk.watch_ended(desk.watch(self.record(18)))
        desk.rejected(desk.red())
        desk.refer()
        desk.watch(self.record(19))

    def _measures(self) -> None:
        """Measures of every end: declined, lifted, resumed after an objection, found wrong, and one in doubt
        on which nobody ever reports."""
        desk = MeasureStory(self.story)
        desk.measures.decline(desk.handling(desk.named(self.record(24))), reasons="已不在本辖区经营")
        desk.measures.lift(desk.handling(desk.applied(self.record(25))), reasons="已经整改")
        objected = self.record(26)
        done = desk.applied(objected)
        case = self.story.object(objected)
        self.story.objections.reject(self.story.deciding(case), reasons="一致", remedies=REMEDIES)
        resumed = desk.handling(replace(done, version=done.version + 2))
        desk.measures.report(resumed, done="已列为重点监管对象")
        wrong = desk.applied(self.record(27))
        desk.answered(desk.objected(wrong), "rejected")
        desk.answered(desk.objected(replace(wrong, version=wrong.version + 2)), "upheld")
        desk.objected(desk.applied(self.record(28)))

    def _clean_up(self) -> None:
        """A document without basis takes a catalogue item with it; it will be late."""
        world, governance = self.world, self.world.governance()
        first = next(item for item in world.city.items if item.code == "C05-01")
        local = LegalBasis("示范市信用办法", "示人发〔2020〕1号", "第九条", "local_regulation")
        world.adopt(replace(first, version=2, bases=(*first.bases, local)))
        provision = replace(ITEMS["M11"].provisions[0], basis=local)
        governance.import_measures(
            [replace(ITEMS["M11"], code="W01", layer="local", provisions=(provision,))]
        )
        kept = next(s for s in world.city.lists if s.code == "C06-01")
        resting = replace(kept, version=kept.version + 1, area_bases=(*kept.area_bases, local))
        assert governance.import_standards([resting]) == 1
        transport = next(d for d in world.city.departments if d.key == "transport")
        entered = row(title="《示范市信用办法》", due="2026-12-01", unit_name=transport.name)
        seed_ledger(world.ledger, [entered], unit=transport.code)
        market = next(d for d in world.city.departments if d.key == "market")
        ReturnDesk(world.ledger, department=market.code).return_nil(None)
        office = world.city.credit_office.code
        export_ledger(
            world.ledger,
            department=office,
            officer="credit_office-1",
            unit="",
            workbook=lambda _: b"workbook",
        )

    def _flags(self) -> None:
        """Two refused acts become flags: one is joined, answered and closed, the other, assigned anew, will not be
        answered in time."""
        world, story, office = self.world, self.story, Officer("credit_office-1", self.story.office)
        for rule in ("MEA-1", "LST-4"):
            for number in range(3):
                defects, attempt = [Defect(rule, "x")], f"{rule}{number}".encode()
                log_refusal(world.ledger, department=story.source, defects=defects, attempt=attempt)
        world.project()
        world.flags.run()
        desk, raised = FlagDesk(story.desk), world.rows_of(FlagRaised.TOPIC)
        found = (desk.concerned(flag_id, story.source) for flag_id in raised)
        flag = next(flag for flag in found if flag.raised.rule == "ACC-2")
        answers = leaf_hash(world.ledger.store.load("records", flag.id)[0].leaf).hex()
        parts: Parts = {"public": {"answers": answers}, "restricted": {"statement": "已停止"}}
        act = story.sealed(FlagAnswered.KIND, flag.id, parts)
        answered = desk.answer(HandleCase(flag.id, 1, Officer(SECOND, story.source)), act)
        log_refusal(world.ledger, department=story.source, defects=[Defect("MEA-1", "x")], attempt=b"joins")
        world.flags.run()
        joined = answered.version + 1
        other = next(f for f in raised if desk.concerned(f, office.department).raised.rule == "ACC-3")
        unit = world.city.agencies[-2].code
        desk.reassign(HandleCase(other, 1, office), unit=unit, responsible="", reasons="应由该单位答复")
        desk.close(HandleCase(flag.id, joined, office), outcome="corrected", reasons="已核实")

    def _notice(self) -> None:
        ledger, story = self.world.ledger, self.story
        parts: Parts = {"public": {"month": "2026-11", "content": computed_notice(ledger, "2026-11")}}
        key = self.world.keys[story.office]
        act = story.sealed(NoticeIssued.KIND, notice_stream(ledger, "2026-11"), parts, key=key)
        issue_notice(story.desk, act, department=story.office)

    def _indicators(self) -> None:
        """The notice of November's indicators."""
        world, story = self.world, self.story
        world.project()
        found = Indicators(world.ledger, world.services.indicators)
        month = found.month("2026-11")
        public: Part = {"month": "2026-11", "digest": month.digest, "content": month.content}
        parts: Parts = {"public": public, "restricted": {"exact": list(month.exact)}}
        key = world.keys[story.office]
        act = story.sealed(IndicatorsNotified.KIND, found.stream("2026-11"), parts, key=key)
        notify_indicators(story.desk, found, act, department=story.office)

    def _governance(self) -> None:
        office = self.world.keys[self.story.office]
        governance = Governance(self.world.ledger, signer=office)
        agency, today = self.world.city.agencies[-1].code, self.world.today
        governance.revoke_key(self.world.keys[agency].issuer, reason="lost")
        again = DepartmentKey.make(self.world.folder / "again.pem").public_key
        days = {"not_before": today, "not_after": today + timedelta(days=900)}
        governance.register_first_key(department=agency, public_key=again, **days)
        change_setting(self.world, "consent.months", 6)
        next_log_key(self.world)
        self.world.sequence()
        next_gateway_key(self.world)
        self.world.sequence()
        end_log_key(self.world, 1)
        revoke(self.world, self.world.gateway.key_id)

    def _another_year(self) -> None:
        """A repair that is to be answered in a year of which nothing is known, until it is."""
        self.story.apply(self.record(16), PROOF)
        governance = Governance(self.world.ledger, signer=self.world.keys[self.story.office])
        governance.load_calendar(CalendarYear.from_data(NOTICE), digest="d1" * 32)
