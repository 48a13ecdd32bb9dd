"""Reviews of queries over HTTP: drawn or named by a rule, decided by somebody else, with a consequence (QRY-3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from application.commands.governance import Governance
from domain.oversight.review_events import QueryReviewOpened
from interfaces.client.instruments import Instruments
from interfaces.client.oversight import Oversight
from tests.remedies import begin
from tests.remedies_http import City, code_of, problem
from tests.rule_settings import change_setting
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("QRY-3")
OFFICE, CHIEF = "credit_office-1", "chief-1"
WHY = {"finding": "in_order", "consequence": "none", "reasons": "案卷齐全"}
SUSPEND = {"finding": "improper", "consequence": "suspended", "reasons": "查询本人亲属，没有在办案件"}


class Watched(City):
    """The city on a working day at ten, with a supervisor in the department that queries."""

    def __init__(self, world: World, url: str) -> None:
        super().__init__(begin(world), url)
        change_setting(world, "review.sample_per_10000", 0)
        world.clock.advance(days=2)
        code = self.clients["stranger"].department.code
        governance = Governance(world.ledger, signer=world.keys[self.story.office])
        governance.register_officer(department=code, pseudonym=CHIEF, role="supervisor", name="示例督查")
        self.record = self.determine()
        self.asker = Oversight(self.clients["stranger"], self.stranger_officer)
        self.chief, self.office = (
            Oversight(self.clients["stranger"], CHIEF),
            Oversight(self.clients["portal"], OFFICE),
        )

    def opened(self) -> list[QueryReviewOpened]:
        """All reviews, once the queries so far stand in a signed tree and the runner looked at them."""
        self.world.publish()
        self.world.reviews.run()
        found = [self.world.ledger.load(stream)[0] for stream in self.world.rows_of(QueryReviewOpened.TOPIC)]
        return [event for event in found if isinstance(event, QueryReviewOpened)]

    def waiting(self, client: str) -> dict[str, dict[str, Any]]:
        """The reviews on a worklist, by id."""
        official = CHIEF if client == "stranger" else OFFICE
        tasks = self.clients[client].worklist(official=official)
        return {task["case"]: task for task in tasks if task["kind"] == "query_review"}


@pytest.fixture
def city(seeded_world: World) -> Iterator[Watched]:
    with Web(seeded_world).served() as url:
        yield Watched(seeded_world, url)


def test_qry_3_a_query_of_a_declared_relative_is_reviewed_and_suspends_the_officer(city: Watched) -> None:
    """建立完善信息查询使用登记和审查制度，防止信息泄露。"""
    assert city.shared(city.record) and city.opened() == []
    foreign = problem(
        lambda: city.office.declare(city.stranger_officer, city.subject, relation="relative"), 422
    )
    assert (foreign["rule"], code_of(foreign)) == ("QRY-3", "relation_not_your_officer")
    odd = problem(lambda: city.chief.declare(city.stranger_officer, city.subject, relation="friend"), 422)
    assert code_of(odd) == "relation_unknown"
    city.chief.declare(city.stranger_officer, city.subject, relation="relative")
    assert city.shared(city.record)
    [review] = city.opened()
    assert review.reasons == ["relation"] and review.officer == city.stranger_officer
    assert city.opened() == [review]
    case = str(review.originator_id)
    assert city.waiting("stranger")[case]["step"] == "review" and not city.waiting("portal")

    own = problem(lambda: city.asker.review(case), 403)
    assert (own["rule"], code_of(own)) == ("QRY-3", "review_own_query")
    problem(lambda: city.asker.decide(case, version=1, **WHY), 403)
    elsewhere = Oversight(city.clients["source"], "case-1")
    assert code_of(problem(lambda: elsewhere.review(case), 404)) == "remedy_case_unknown"
    told = city.chief.review(case)
    assert (told["reasons"], told["query"]["case"]) == (["relation"], "示许受字〔2026〕7号")
    assert told["query"]["shown"][0]["record"] and told["version"] == 1
    page = city.chief.shown(f"/v1/reviews/{case}/state", {}, purpose="query_review")
    assert "许可" in page and "（经办人员" in page and "['" not in page
    assert "查询申报的亲属或者同事" in page and "示许受字〔2026〕7号" in page and "<script" not in page
    looks = city.clients["portal"].who_looked(city.subject)
    assert (looks[-2]["view"], looks[-2]["purpose"]) == ("review", "query_review")
    unfit = problem(lambda: city.chief.decide(case, version=1, **{**SUSPEND, "consequence": "none"}), 422)
    assert code_of(unfit) == "review_consequence_unfit"
    receipt = city.chief.decide(case, version=1, **SUSPEND)
    assert (receipt["outcome"], receipt["effect"]) == ("improper", "suspended")
    assert case not in city.waiting("stranger")
    problem(lambda: city.office.decide(case, version=1, **WHY), 412)
    assert (
        code_of(problem(lambda: city.office.decide(case, version=2, **WHY), 422)) == "review_decided_already"
    )

    refused = problem(lambda: city.shared(city.record), 403)
    assert (refused["rule"], code_of(refused)) == ("QRY-3", "officer_suspended") and refused["instead"]
    # Whose contact data the clean-up ledger holds is no more for one who may not query; a colleague takes it out.
    ledger = Instruments(city.clients["stranger"])
    kept = problem(lambda: ledger.take_out(official=city.stranger_officer), 403)
    assert (kept["rule"], code_of(kept)) == ("QRY-3", "officer_suspended") and kept["instead"]
    assert ledger.take_out(official=CHIEF)
    assert city.world.finding() is None
    _reinstated(city, case)
    city.world.project()
    assert city.world.new_projector().rebuild().equal


def _reinstated(city: Watched, case: str) -> None:
    """恢复查询权限: by the credit office alone, with its reasons, once nothing about the officer is open."""
    officer, why = city.stranger_officer, "已整改并重新培训"
    own = problem(lambda: city.chief.reinstate(officer, case=case, reasons=why), 403)
    assert (own["rule"], code_of(own)) == ("QRY-3", "officer_not_the_office")
    assert own["attempted"] == "恢复查询权限" and own["instead"]
    incident = city.office.open_incident(kind="leak", facts="网上出现未公示的内容")["case"]
    measure = {"text": "停止其查询", "suspends": officer}
    city.office.act(incident, "measure", version=1, **measure)
    for suspended_by, code in ((case, "officer_suspended_by_another"), (incident, "officer_case_open")):
        early = problem(lambda c=suspended_by: city.office.reinstate(officer, case=c, reasons=why), 422)  # type: ignore[misc]
        assert code in [error["code"] for error in early["errors"]]
    city.office.act(incident, "close", version=2, outcome="unfounded", reasons="查无实据")
    problem(lambda: city.shared(city.record), 403)
    named = problem(
        lambda: city.office.reinstate(officer, case=incident, reasons="电话13800138000已核实"), 422
    )
    assert code_of(named) == "officer_person_in_text"
    city.office.reinstate(officer, case=incident, reasons=why)
    again = problem(lambda: city.office.reinstate(officer, case=incident, reasons=why), 422)
    assert code_of(again) == "officer_not_suspended"

    assert city.shared(city.record)
    for who in (city.office, city.chief, city.asker):
        told = who.standing(officer)
        events = ["officer.registered", "officer.suspended", "officer.suspended", "officer.reinstated"]
        assert [moment["event"] for moment in told["history"]] == events and not told["suspended"]
        assert told["history"][1]["parts"]["public"] == {"review": case}
        assert "person/1" not in told["history"][0]["parts"]
    elsewhere = Oversight(city.clients["source"], "case-1")
    hidden, nobody = (problem(lambda n=n: elsewhere.standing(n), 404) for n in (officer, "nobody-7"))  # type: ignore[misc]
    assert {**hidden, "instance": ""} == {**nobody, "instance": ""}


def test_qry_3_a_relation_that_ended_covers_what_was_queried_before_and_nothing_after(city: Watched) -> None:
    officer, chief = city.stranger_officer, city.chief
    ending: dict[str, Any] = {"relation": "colleague", "how": "ended", "reasons": "已调离，不再共事"}
    undeclared = problem(lambda: chief.end_relation(officer, city.subject, **ending), 422)
    assert (undeclared["rule"], code_of(undeclared)) == ("QRY-3", "relation_not_declared")
    chief.declare(officer, city.subject, relation="colleague")
    assert city.shared(city.record)
    own = problem(lambda: city.asker.end_relation(officer, city.subject, **ending), 403)
    assert code_of(own) == "relation_of_oneself"
    foreign = problem(lambda: city.office.end_relation(officer, city.subject, **ending), 422)
    assert code_of(foreign) == "relation_not_your_officer"
    odd = problem(
        lambda: chief.end_relation(officer, city.subject, **{**ending, "how": "x", "reasons": ""}), 422
    )
    assert [e["code"] for e in odd["errors"]] == ["relation_ending_unknown", "officer_without_reasons"]
    chief.end_relation(officer, city.subject, **ending)
    assert [review.reasons for review in city.opened()] == [["relation"]]
    city.world.clock.advance(minutes=1)
    assert city.shared(city.record)
    assert len(city.opened()) == 1
    assert code_of(problem(lambda: chief.end_relation(officer, city.subject, **ending), 422)) == (
        "relation_not_declared"
    )


def test_qry_3_off_hours_bulk_and_the_draw_open_reviews_that_escalate_when_overdue(city: Watched) -> None:
    world = city.world
    change_setting(world, "review.bulk_subjects", 2)
    change_setting(world, "review.sample_per_10000", 10_000)
    world.clock.advance(hours=12)
    city.shared(city.record)
    assert [r.reasons for r in city.opened()] == [["off_hours"]]
    world.clock.advance(hours=13)
    client, asked = city.clients["stranger"], {"purpose": "licensing", "case": "c", "basis": "b"}
    others = [{"code": agency.code} for agency in world.city.agencies[:3]]
    for subject in others:
        client.query([subject], official=city.stranger_officer, **asked)
    found = [r.reasons for r in city.opened()]
    assert found[1:] == [["sample"], ["sample"], ["sample"], ["bulk"]]
    client.query(others[:1], official=city.stranger_officer, **asked)
    assert [r.reasons for r in city.opened()].count(["bulk"]) == 1
    world.clock.advance(days=20)
    assert world.deadlines.run().overdue == 6
    late = city.clients["portal"].post(
        "/v1/worklist", {}, credit_official=OFFICE, credit_purpose="case_handling"
    )["overdue_elsewhere"]
    assert len(late) == 6 and {task["kind"] for task in late} == {"query_review"}
    assert all(task["overdue_recorded"] for task in city.waiting("stranger").values())
    review = city.opened()[0]
    done = city.office.decide(str(review.originator_id), version=2, **WHY)
    assert done["version"] == 3


def test_qry_3_a_runner_that_starts_anew_counts_the_day_and_opens_nothing_twice(city: Watched) -> None:
    world = city.world
    change_setting(world, "review.bulk_subjects", 2)
    world.clock.advance(days=1)
    client, asked = city.clients["stranger"], {"purpose": "licensing", "case": "c", "basis": "b"}
    for agency in world.city.agencies[:3]:
        client.query([{"code": agency.code}], official=city.stranger_officer, **asked)
        city.opened()
    assert [r.reasons for r in city.opened()] == [["bulk"]]
    with world.superuser() as connection:
        connection.execute("UPDATE ledger.review_state SET epoch = 0")
    assert world.reviews.run() == 0


def test_qry_3_a_review_is_not_there_for_whom_it_does_not_concern(city: Watched) -> None:
    nobody = Oversight(city.clients["source"], "nobody")
    assert problem(lambda: nobody.review(str(uuid4())), 403)["rule"] == "QRY-1"
    assert code_of(problem(lambda: city.chief.review(str(uuid4())), 404)) == "remedy_case_unknown"
    assert (
        code_of(problem(lambda: city.office.decide(str(uuid4()), version=1, **WHY), 404))
        == "remedy_case_unknown"
    )
