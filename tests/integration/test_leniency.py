"""Leniency, late publication and what follows, through HTTP over a whole ledger (DET-4, DET-6)."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from application.commands.intake import Intake
from application.commands.leniency import Assessments
from application.commands.seals import SealOfAct
from domain.records.events import RecordDetermined
from domain.records.lateness import PublicationLate
from domain.shared.canonical import Parts
from domain.transparency.sealed_file import SealedRow
from infrastructure.keys import verify_ed25519
from infrastructure.remedy_data import load_calendar, load_settings
from interfaces.client.api import Client, Department
from interfaces.client.rows import ReadRow
from interfaces.client.sealing import seal_act, seal_file
from interfaces.demo.identities import citizen_id
from tests.erasure import carry_out
from tests.integration.test_erasure_http import post
from tests.listing import LIST, NOTICE
from tests.measures import FOOD, HEAVY, LICENCE, LIGHT
from tests.remedies import FIRST, SECOND, Story, begin
from tests.rule_settings import change_setting
from tests.web import FORMS, Signing, Web
from tests.world import World

DECIDED = date(2026, 11, 16)
SPARED = ("DET-4", "measure_spared_by_leniency")
REASON = "因洪水停产未能按期办理，水退后即改正。"


class Bench:
    """The story's department: assesses by its two officers and sends single determinations, all over HTTP."""

    def __init__(self, world: World) -> None:
        self.world, self.web = world, Web(world)
        self.story: Story = begin(world)
        self.numbers = iter(range(1, 99))

    def content(self, number: str, *, decided: date = DECIDED, severity: str = "一般") -> Parts:
        """A penalty of an organisation under a document of its own."""
        return self.story.content_of(
            CF_WSH=number, CF_JDRQ=decided.isoformat(), CF_GSJZQ="2027-11-16", DISCREDIT_LEVEL=severity
        )

    def person(self, number: str, *, birth: date) -> Parts:
        """A penalty of the department about a natural person born on a day."""
        for record in self.world.rows_of(RecordDetermined.TOPIC):
            event = self.world.ledger.load(record)[0]
            assert isinstance(event, RecordDetermined)
            public = event.content["public"]
            if public.get("CF_XDR_LB") == "自然人" and public["CF_CFJGDM"] == self.story.source:
                public = {**public, "CF_WSH": number, "CF_JDRQ": DECIDED.isoformat()}
                person = {**event.content["person/1"], "CF_XDR_ZJHM": citizen_id(Random(number), birth=birth)}
                return {**event.content, "public": public, "person/1": person}
        raise AssertionError("no natural person")

    def ask(self, path: str, body: dict[str, Any], officer: str = FIRST, **more: str) -> TestResponse:
        """A signed request by an officer of the department (or of another ``department``)."""
        more.setdefault("department", self.story.source)
        return post(self.web, f"/v1/leniency-assessments{path}", body, officer=officer, **more)

    def assess(
        self,
        number: str,
        *grounds: str,
        effect: str = "not_published",
        also: tuple[str, ...] = (),
        **more: str,
    ) -> TestResponse:
        """An assessment by the first officer, of further documents also."""
        said: dict[str, Any] = {"authority": self.story.source, "number": number, "grounds": list(grounds)}
        return self.ask("", {**said, "effect": effect, "reason": REASON, "also": list(also)}, **more)

    def approve(self, assessed: TestResponse, officer: str = SECOND) -> TestResponse:
        """Its approval by the second officer, with all that was assessed in the same request."""
        receipt = assessed.get_json()["receipt"]
        also = {"also": receipt["also"]} if "also" in receipt else {}
        return self.ask(f"/{receipt['assessment']}/approve", also, officer)

    def determine(self, content: Parts) -> TestResponse:
        """One determination sealed and sent."""
        act = seal_act(
            content,
            form="penalty",
            ledger_id=self.world.ledger.id.bytes,
            key=self.world.keys[self.story.source],
        )
        return post(self.web, "/v1/determinations", act, officer="", department=self.story.source)

    def send(self, rows: list[Parts]) -> tuple[int, int, list[tuple[int, str]]]:
        """A file of these rows: how many were taken, how many known, and which were refused for what."""
        read = [ReadRow(n, n + 2, parts) for n, parts in enumerate(rows, start=1)]
        file = seal_file(read, form="penalty", ledger_id=self.world.ledger.id.bytes)
        told = self.web.send(file.signed(self.world.keys[self.story.source])).get_json()
        return (
            told["taken"],
            told["already"],
            [(row["data_row"], e["code"]) for row in told["refused"] for e in row["reasons"]],
        )

    def notify(self, taken: TestResponse) -> TestResponse:
        """The notice of a listing that would rest on a record, years after."""
        self.world.clock.advance(days=900)
        record = taken.get_json()["receipt"]["record"]
        said = {"list": LIST, "records": [record], "notice": NOTICE}
        answer = post(self.web, "/v1/listings", said, officer=SECOND, department=self.story.source)
        self.world.clock.advance(days=-900)
        return answer

    def name(self, taken: TestResponse, measure: str, provision: dict[str, str]) -> list[tuple[str, str]]:
        """What keeps the department from naming the subject of a record for a measure."""
        said = {
            "measure": measure,
            "provision": provision,
            "rests_on": {"kind": "record", "id": taken.get_json()["receipt"]["record"]},
            "responders": [{"kind": "department", "code": self.story.source}],
        }
        answer = post(self.web, "/v1/joint-actions", said, officer=SECOND, department=self.story.source)
        return [] if answer.status_code == 201 else codes(answer)

    def shown(self, answer: TestResponse) -> tuple[bool, int]:
        """Whether the record is public, and how many of its parts are shared, once the views followed."""
        record = UUID(answer.get_json()["receipt"]["record"])
        self.world.project()
        return self.world.lookup.record(record) is not None, self.story.shared(record)


@pytest.fixture
def bench(seeded_world: World) -> Bench:
    return Bench(seeded_world)


def codes(answer: TestResponse) -> list[tuple[str, str]]:
    return [(e["rule"], e["code"]) for e in answer.get_json()["errors"]]


def test_det_4_a_minors_record_waits_for_an_assessment_and_is_never_public(bench: Bench) -> None:
    minor = bench.person("未〔2026〕1号", birth=date(2009, 5, 1))
    refused = bench.determine(minor)
    assert refused.status_code == 422 and codes(refused) == [("DET-4", "leniency_minor_unassessed")]
    assert "leniency-assessments" in refused.get_json()["errors"][0]["en"]
    assert bench.determine(bench.person("未〔2026〕2号", birth=date(1990, 5, 1))).status_code == 201

    assessed = bench.assess("未（2026）1号", "minor")
    assert assessed.status_code == 201 and assessed.get_json()["receipt"]["status"] == "assessed"
    taken = bench.determine(minor)
    assert taken.status_code == 201 and not bench.shown(taken)[0]
    assert codes(bench.notify(taken)) == [("DET-4", "leniency_minor_never_listed")]
    assert SPARED in bench.name(taken, HEAVY, LICENCE)


def test_det_4_an_approved_assessment_keeps_a_record_from_the_public_and_not_from_sharing(
    bench: Bench,
) -> None:
    assessed = bench.assess("宽〔2026〕1号", "force_majeure")
    assert assessed.get_json()["receipt"]["status"] == "waiting"
    content = bench.content("宽〔2026〕1号")
    waiting = bench.determine(content)
    assert waiting.status_code == 422 and codes(waiting) == [("DET-4", "leniency_waiting")]
    assert codes(bench.approve(assessed, FIRST)) == [("DET-4", "leniency_same_officer")]
    approved = bench.approve(assessed)
    assert approved.status_code == 201 and approved.get_json()["receipt"]["status"] == "approved"

    public, shared = bench.shown(lenient := bench.determine(content))
    assert not public and shared
    assert codes(bench.notify(lenient)) == [("DET-4", "leniency_never_listed")]
    assert bench.shown(other := bench.determine(bench.content("严〔2026〕1号"))) == (True, shared)
    assert SPARED in bench.name(lenient, HEAVY, LICENCE) and SPARED not in bench.name(other, HEAVY, LICENCE)
    assert bench.name(lenient, LIGHT, FOOD) == []
    # A correction publishes nothing that leniency kept back.
    record = UUID(lenient.get_json()["receipt"]["record"])
    story, filed = bench.story, bench.story.object(record)
    corrected = {**content, "public": {**content["public"], "CF_NR": "更正后的内容"}}
    story.objections.correct(story.deciding(filed), story.correction(record, filed.case, corrected))
    assert not bench.shown(lenient)[0]
    assert codes(bench.assess("宽〔2026〕1号", "slight"))[0] == ("DET-4", "leniency_after_recording")
    before = bench.world.reader
    bench.world.new_projector().rebuild()
    assert not bench.shown(lenient)[0] and before.head("records") == bench.world.reader.head("records")


def test_det_4_what_is_determined_as_slight_is_not_recorded_before_it_was_assessed_and_approved(
    bench: Bench,
) -> None:
    numbers = [f"轻〔2026〕{number}号" for number in range(1, 5)]
    first, second, third, _ = contents = [bench.content(number, severity="轻微") for number in numbers]
    answer = bench.determine(first)
    assert answer.status_code == 422 and codes(answer) == [("DET-4", "leniency_slight_unassessed")]
    assert "leniency-assessments" in answer.get_json()["errors"][0]["en"] and answer.get_json()["instead"]
    assert bench.determine(bench.content("重〔2026〕1号", severity="严重")).status_code == 201
    # In a file only such a row is left out; sent again after the assessment, the file is taken whole.
    file = [bench.content("重〔2026〕2号"), first, second]
    assert bench.send(file) == (1, 0, [(2, "leniency_slight_unassessed"), (3, "leniency_slight_unassessed")])

    # Documents of one case are assessed together, all or none, and none of them twice.
    twice = bench.assess(numbers[0], "slight", also=("轻（2026）1号",))
    assert codes(twice) == [("DET-4", "leniency_document_twice")]
    waiting = bench.assess(numbers[0], "slight", also=tuple(numbers[1:3]))
    again = bench.assess(numbers[3], "slight", also=(numbers[1],)).get_json()["errors"]
    assert [(e["code"], e["field"]) for e in again] == [("leniency_assessed_already", "/also/0")]
    assert codes(bench.determine(third)) == [("DET-4", "leniency_waiting")]
    assert codes(bench.approve(waiting, FIRST)) == [("DET-4", "leniency_same_officer")]
    approved = bench.approve(waiting)
    assert approved.status_code == 201 and len(approved.get_json()["receipt"]["also"]) == 2
    assert codes(bench.determine(contents[3])) == [("DET-4", "leniency_slight_unassessed")]
    assert bench.send(file) == (2, 1, [])
    taken = bench.determine(third)
    kept, shared = bench.shown(taken)
    assert not kept and shared
    # By law some slight conduct is published all the same; that, too, is for two officers to find.
    wrong = bench.assess(numbers[3], "no_intent", effect="published")
    assert codes(wrong) == [("DET-4", "leniency_published")]
    bench.approve(bench.assess(numbers[3], "slight", effect="published"))
    told = bench.determine(contents[3])
    assert bench.shown(told) == (True, shared)
    for record in (taken, told):
        assert ("DET-4", "leniency_never_listed") in codes(bench.notify(record))
        assert SPARED in bench.name(record, HEAVY, LICENCE)
    bench.world.new_projector().rebuild()
    assert bench.shown(told)[0] and not bench.shown(taken)[0]


def test_det_4_what_is_not_to_be_recorded_is_refused_until_withdrawn(bench: Bench) -> None:
    content = bench.content("免〔2026〕1号")
    assessed = bench.assess("免〔2026〕1号", "slight", effect="not_recorded")
    bench.approve(assessed)
    refused = bench.determine(content)
    assert codes(refused) == [("DET-4", "leniency_not_recorded")]
    assert codes(bench.determine(bench.content("免2026-01"))) == [("DET-4", "leniency_not_recorded")]
    assert assessed.get_json()["receipt"]["assessment"] in refused.get_json()["errors"][0]["en"]
    # Nobody else's document is held up by it, and nobody else withdraws it.
    stranger = next(a.code for a in bench.world.city.agencies if a.code != bench.story.source)
    officer = next(o.key for o in bench.world.city.officers if o.department == stranger)
    where = f"/{assessed.get_json()['receipt']['assessment']}/withdraw"
    assert codes(bench.ask(where, {}, officer, department=stranger)) == [("DET-4", "leniency_unknown")]
    assert codes(bench.ask(where, {}, officer)) == [("QRY-1", "officer_unknown")]
    assert bench.ask(where, {}).get_json()["receipt"]["status"] == "withdrawn"
    assert bench.shown(bench.determine(content))[0]


@pytest.mark.rule("DET-4")
def test_det_4_an_assessment_made_while_a_file_is_taken_in_is_noticed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard of a stream that was still empty: the officer comes between the look-up and the append."""
    world, source = bench.world, bench.story.source
    content, key = bench.content("同〔2026〕1号"), world.keys[source]
    act = seal_act(content, form="penalty", ledger_id=world.ledger.id.bytes, key=key)
    row = SealedRow(0, UUID(act["record"]), bytes.fromhex(act["salt"]), content, data_row=1, sheet_row=1)
    seal = SealOfAct(row, world.ledger.id.bytes, "penalty", key.issuer, bytes.fromhex(act["signature"]))
    intake = Intake(
        world.ledger,
        FORMS,
        seal,
        department=source,
        verify=verify_ed25519,
        calendar=load_calendar(),
        settings=load_settings(),
    )
    looked = Assessments.__init__
    assessed: list[TestResponse] = []

    def look_then_assess(self: Assessments, *args: Any) -> None:
        looked(self, *args)
        if not assessed:
            assessed.append(bench.assess("同〔2026〕1号", "slight"))

    monkeypatch.setattr(Assessments, "__init__", look_then_assess)
    *_, report = intake.take([row])
    assert assessed[0].status_code == 201
    assert report.taken == 0 and [d.code for r in report.refused for d in r.defects] == ["leniency_waiting"]


def test_det_4_the_reason_is_erased_alone_and_the_assessment_holds_on(bench: Bench) -> None:
    assessed = bench.assess("删〔2026〕1号", "slight", effect="not_recorded")
    bench.approve(assessed)
    assessment = assessed.get_json()["receipt"]["assessment"]
    asked = {"erasure": str(uuid4()), "cause": "legal_duty", "basis": "47",
             "target": {"kind": "part", "record": assessment, "name": "person/1"}}  # fmt: skip
    for path, body in (("", asked), (f"/{asked['erasure']}/approve", {})):
        officer = "credit_office-1" if path == "" else "erasing-2"
        if path:
            office = bench.world.city.credit_office.code
            bench.world.governance().register_officer(
                department=office, pseudonym=officer, role="operator", name="示例"
            )
        assert post(bench.web, f"/v1/erasures{path}", body, officer=officer).status_code == 201
    carry_out(bench.world)
    row = bench.world.ledger.open_all(bench.world.store.load("records", UUID(assessment)), log="records")[0]
    assert row.closed == ("person/1",) and row.event.grounds == ["slight"]  # type: ignore[attr-defined]
    assert codes(bench.determine(bench.content("删〔2026〕1号"))) == [("DET-4", "leniency_not_recorded")]
    assert bench.world.finding() is None


def test_det_6_what_comes_late_is_taken_and_flagged_and_what_is_in_time_is_not(bench: Bench) -> None:
    in_time = bench.determine(bench.content("时〔2026〕1号"))
    late = bench.determine(bench.content("时〔2026〕2号", decided=date(2026, 9, 1)))
    assert in_time.status_code == late.status_code == 201
    assert in_time.get_json()["receipt"]["late"] is False and late.get_json()["receipt"]["late"] is True
    rows = bench.world.store.late_publications(
        bench.story.source, after=late.get_json()["receipt"]["position"], through=1 << 40, limit=9
    )
    (event,) = [opened.event for opened in bench.world.ledger.open_all(rows, log="records")]
    assert isinstance(event, PublicationLate)
    assert event.records == [[late.get_json()["receipt"]["record"], "2026-09-10", "47", ""]]
    assert json.loads(rows[0].meta)["actor"] == bench.story.source


@pytest.mark.rule("DET-6")
def test_det_6_a_limit_that_the_office_sets_counts_for_decisions_of_its_days_and_for_no_earlier_ones(
    bench: Bench,
) -> None:
    change_setting(bench.world, "determination.publish_working_days", 1)
    bench.world.clock.advance(days=4)
    told = {
        decided: bench.determine(bench.content(f"限〔2026〕{decided.day}号", decided=decided)).get_json()
        for decided in (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24))
    }
    assert [answer["receipt"]["late"] for answer in told.values()] == [False, True, False]


def asked_late(bench: Bench, *, department: str = "", officer: str = FIRST, **asked: Any) -> dict[str, Any]:
    """The late publications as a department's officer is told them."""
    department = department or bench.story.source
    signing = Signing(department, bench.world.keys[department], bench.world.ledger.id.hex)
    sent = {"content-type": "application/json", "idempotency-key": uuid4().hex, "credit-official": officer}
    sent["credit-purpose"] = 'case_handling; case="7"; basis="001"'
    covered = (*signing.covered, "credit-official", "credit-purpose")
    signed = Signing(department, signing.key, signing.ledger_id, covered=tuple(dict.fromkeys(covered)))
    path, data = "/v1/late-publications", json.dumps(asked).encode()
    answer = bench.web.http.post(path, data=data, headers=signed.headers("POST", path, data, sent))
    assert answer.status_code == 200, answer.get_json()
    told: dict[str, Any] = answer.get_json()
    return told


def test_det_6_late_ones_stand_on_the_departments_list_and_are_counted_for_the_credit_office(
    bench: Bench,
) -> None:
    before = asked_late(bench)
    mine = next((c["records"] for c in before["counts"]), 0)
    late = bench.determine(bench.content("时〔2026〕3号", decided=date(2026, 9, 1))).get_json()["receipt"]
    bench.determine(bench.content("时〔2026〕4号"))
    told = asked_late(bench)
    assert [c["department"] for c in told["counts"]] == [bench.story.source]
    assert told["counts"][0]["records"] == mine + 1
    listed = [r for b in told["batches"] for r in b["records"]]
    assert listed[-1] == {"record": late["record"], "due": "2026-09-10", "days": 47, "provisional": False}
    # By pages the list is the same, and another department's cursor opens nothing.
    first = asked_late(bench, limit=1)
    pages = [first]
    while pages[-1].get("next"):
        pages.append(asked_late(bench, limit=1, cursor=pages[-1]["next"]))
    assert [b for page in pages for b in page["batches"]] == told["batches"] and "counts" not in pages[-1]
    office = asked_late(bench, department=bench.story.office, officer="credit_office-1")
    assert office["batches"] == [] and len(office["counts"]) > 1


def test_det_6_the_subject_sees_in_its_dossier_that_a_record_came_late(bench: Bench) -> None:
    late = bench.determine(bench.content("时〔2026〕5号", decided=date(2026, 9, 1))).get_json()["receipt"]
    in_time = bench.determine(bench.content("时〔2026〕6号")).get_json()["receipt"]
    bench.world.project()
    subject = {"code": str(bench.story.content["public"]["CF_XDR_SHXYM"])}
    with bench.web.served() as url:
        office = bench.story.office
        client = Client(url, Department(office, bench.world.keys[office]), attempts_max=1)
        records = {r["record"]: r for r in client.dossier(subject)}
    assert records[late["record"]]["late"] == {"due": "2026-09-10", "days": 47, "provisional": False}
    assert "late" not in records[in_time["record"]]
