"""How a list standard and a catalogue item come about: no step is skipped (CAT-3, LST-3)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from application.commands.acts import Done, HandleCase
from application.registry import Registry
from domain.catalogue.items import MaskedField, PublicityRule
from domain.parties.acting import Officer
from domain.shared.refusals import Refused
from interfaces.client.signing import COVERED
from tests.erasure import ask, carry_out, dump
from tests.proposals import LOCAL_BASIS, LOCAL_LIST, Lived, local_standard
from tests.rule_settings import change_setting
from tests.web import Signing, Web
from tests.world import World

OFFICE, MARKET = "office", "market"


class Desk:
    """The credit office and the market bureau over HTTP."""

    def __init__(self, world: World) -> None:
        self.world, self.web, self.lived = world, Web(world), Lived(world)
        self.case, self.version = "", 0

    def post(
        self, what: str, said: dict[str, Any], who: str | Officer = OFFICE, *, version: int = 0
    ) -> TestResponse:
        """One act on the proposal, or the proposal itself (``what`` empty)."""
        officer = self.lived.office if who == OFFICE else self.lived.market
        officer = who if isinstance(who, Officer) else officer
        path = f"/v1/proposals/{self.case}/{what}" if what else "/v1/proposals"
        sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
        sent["credit-official"] = officer.pseudonym
        if what:
            sent["if-match"] = f'"{version or self.version}"'
        covered = (*COVERED, *(n for n in sent if n in ("credit-official", "if-match")))
        key = self.world.keys[officer.department]
        signing = Signing(officer.department, key, self.world.ledger.id.hex, covered=covered)
        body = json.dumps(said).encode()
        answer = self.web.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))
        if answer.status_code == 201 and what != "views":
            receipt = answer.get_json()["receipt"]
            self.case, self.version = receipt["case"], receipt["version"]
        return answer

    def unproposed(self, what: str, content: Mapping[str, Any]) -> tuple[str, str]:
        """Rule and code by which something is not even proposed, with its place and what would be lawful."""
        told = self.post("", {"what": what, "content": content}, MARKET)
        problem = told.get_json()
        first = problem["errors"][0]
        assert told.status_code == 422 and problem["instead"] and first["field"].startswith("/content")
        return first["rule"], first["code"]

    def unpublished(self, done: Done) -> tuple[str, str]:
        """Rule and code by which what was approved is not published; it stays approved."""
        self.case, self.version = str(done.case), done.version
        told = self.refused("publish", {"review_by": str(self.world.today + timedelta(days=100))})
        found = self.lived.proposals.find(done.case)
        assert told[0] == 422 and found is not None and found.state == "approved"
        return told[1:]

    def view(self, member: Officer, **said: Any) -> dict[str, Any]:
        """A member's view under its seal."""
        return self.lived.sealed(Done(UUID(self.case), self.version, 0, {}), member, **said)

    def refused(self, what: str, said: dict[str, Any], who: str | Officer = OFFICE) -> tuple[int, str, str]:
        """Status, rule and code of a refusal."""
        told = self.post(what, said, who)
        problem = told.get_json()
        return told.status_code, problem["rule"], problem["errors"][0]["code"]


@pytest.fixture
def desk(ledger_world: World) -> Desk:
    return Desk(ledger_world)


@pytest.mark.rule("QRY-1")
def test_qry_1_a_proposal_by_an_officer_whom_nobody_registered_is_refused_and_the_refusal_logged(
    desk: Desk,
) -> None:
    desk.lived.market = replace(desk.lived.market, pseudonym="nobody")
    before = desk.world.reader.head("access")[0]
    said = {"what": "list_standard", "content": local_standard()}
    assert desk.refused("", said, MARKET) == (403, "QRY-1", "officer_unknown")
    (row,) = desk.world.reader.rows("access", after=before, limit=2)
    assert row.topic == "act.refused"


@pytest.mark.rule("LST-3")
@pytest.mark.rule("CAT-3")
def test_lst_3_a_standard_goes_through_every_step_and_none_is_skipped(desk: Desk) -> None:
    world, today = desk.world, desk.world.today
    assert desk.refused("", {"what": "score", "content": {}}, MARKET)[1:] == (
        "CAT-3",
        "proposal_of_nothing_known",
    )
    content = local_standard()
    assert (
        desk.refused("", {"what": "list_standard", "content": {**content, "version": 7}}, MARKET)[2]
        == "proposal_version"
    )
    assert (
        desk.refused("", {"what": "list_standard", "content": {**content, "fee": 1}}, MARKET)[2]
        == "proposal_content_unreadable"
    )
    shown = {
        "what": "list_standard",
        "content": {**content, "status": "in_force"},
    }  # as its register shows it
    told = desk.post("", shown, MARKET).get_json()
    assert "去掉 status" in told["detail"] and "公开登记" in told["instead"]
    bare = {**content, "status": "in_force"}
    del bare["criteria"]
    told = desk.post("", {"what": "list_standard", "content": bare}, MARKET).get_json()
    assert [error["field"] for error in told["errors"]] == ["/content/criteria", "/content/status"]
    assert desk.post("", {"what": "list_standard", "content": content}, MARKET).status_code == 201
    review = {"outcome": "approved", "reasons": "同意", "held_on": str(today)}
    later = {"review_by": str(today + timedelta(days=400))}
    meets = {"meets_on": str(today + timedelta(days=400))}
    for step, said in (("meeting", meets), ("review", review), ("publish", later)):
        assert desk.refused(step, said)[1:] == ("LST-3", "proposal_step")
    opens = {"closes": str(today + timedelta(days=30))}
    assert desk.refused("consult", opens, MARKET) == (403, "CAT-3", "proposal_not_the_office")
    short = {"closes": str(today + timedelta(days=29))}
    assert desk.refused("consult", short)[1:] == ("LST-3", "proposal_comment_too_short")
    assert desk.post("consult", opens).status_code == 201
    assert desk.post("opinions", {"group": "department", "text": "同意"}, MARKET).status_code == 201
    author = {"name": "李四", "contact": "示例邮箱地址"}
    named = {"group": "public", "text": "期限过长", "author": author}
    assert desk.refused("opinions", named, MARKET)[0] == 403
    called = desk.refused("opinions", {**named, "text": "联系电话：02712345678"})
    assert called == (422, "PUB-2", "proposal_person_in_text")
    assert desk.post("opinions", named).status_code == 201
    assert desk.refused("meeting", meets)[2] == "proposal_comment_runs"
    world.clock.advance(days=31)
    assert desk.refused("opinions", named)[2] == "proposal_comment_over"
    assert desk.refused("meeting", meets)[2] == "proposal_opinions_open"
    for number in (1, 2):
        answer: dict[str, Any] = {"number": number, "outcome": "not_adopted", "answer": "期限有法定依据"}
        assert desk.post("answer", answer).status_code == 201
        assert desk.refused("answer", answer)[2] == "proposal_no_such_opinion"
    assert desk.post("meeting", meets, version=1).status_code == 412
    assert desk.post("meeting", {"meets_on": str(world.today)}).status_code == 201
    second = desk.lived.second
    back = {"outcome": "returned", "reasons": "补充依据", "held_on": str(world.today)}
    assert desk.post("review", back, second).status_code == 201
    mended = {**content, "removal_procedure": f"{content['removal_procedure']}，十日内答复"}
    assert desk.post("revise", {"content": mended}, MARKET).status_code == 201
    assert desk.refused("review", review)[2] == "proposal_step"
    assert desk.post("consult", {"closes": str(world.today + timedelta(days=30))}).status_code == 201
    world.clock.advance(days=31)
    lived = desk.lived
    approved = lived.met(Done(UUID(desk.case), desk.version, 0, {}))
    desk.version = approved.version
    later = {"review_by": str(world.today + timedelta(days=400))}
    assert desk.post("publish", later).status_code == 201
    adopted = Registry(world.ledger).standard(LOCAL_LIST).versions[-1]
    assert (adopted.version, adopted.status, adopted.scope) == (1, "in_force", "local")
    assert adopted.consulted_from and adopted.consulted_until
    found = {
        "by": "示范大学", "findings": "运行良好", "outcome": "keep",
        "review_by": str(world.today + timedelta(days=500)),
    }  # fmt: skip
    own = {**found, "by": world.city.credit_office.name}
    assert desk.refused("evaluate", own)[1:] == ("LST-3", "proposal_evaluated_by_a_party")
    assert desk.refused("evaluate", found, lived.members[0])[2] == "proposal_not_the_office"
    assert desk.post("evaluate", found, MARKET).status_code == 201
    world.project()
    steps = desk.web.http.get(f"/v1/proposals/{desk.case}").get_json()["versions"]
    assert [step["number"] for step in steps] == list(range(1, desk.version + 1))
    assert [s["content"]["event"] for s in steps][:3] == [
        "proposal.made",
        "proposal.consulted",
        "proposal.opinion_given",
    ]
    assert "李四" not in json.dumps(steps, ensure_ascii=False)
    page = desk.web.http.get(f"/registers/proposals/{desk.case}").text
    assert "第 2 稿的变化" in page and f"<ins>{mended['removal_procedure']}</ins>" in page
    assert page.count("<ins>") == 1, "of a revision what differs from the one before"
    world.clock.advance(days=501)
    assert world.deadlines.run().overdue == 1
    world.project()
    assert world.new_projector().rebuild().equal and world.finding() is None


@pytest.mark.rule("LST-3")
def test_lst_3_the_office_may_set_a_longer_time_for_comment_and_what_is_open_keeps_its_own(
    desk: Desk,
) -> None:
    lived, world = desk.lived, desk.world
    change_setting(world, "list_standard.comment_days", 45)
    begun, later = lived.made(), lived.of("list_standard", local_standard())
    closes = world.today + timedelta(days=30)
    begun = lived.proposals.consult(lived.on(begun), closes=closes)
    world.clock.advance(days=1)
    desk.case, desk.version = str(later.case), later.version
    short = {"closes": str(world.today + timedelta(days=44))}
    assert desk.refused("consult", short) == (422, "LST-3", "proposal_comment_too_short")
    assert desk.post("consult", {"closes": str(world.today + timedelta(days=45))}).status_code == 201
    world.clock.advance(days=30)
    done = lived.met(begun)
    assert lived.proposals.publish(lived.on(done), review_by=world.today + timedelta(days=9)).position


@pytest.mark.rule("CAT-3")
@pytest.mark.rule("CAT-6")
def test_cat_6_what_its_own_gate_would_never_pass_is_not_even_proposed(desk: Desk) -> None:
    item = next(i for i in desk.world.city.items if i.code == "C03-03")
    ours = replace(item, version=2, bases=(*item.bases, LOCAL_BASIS), effective_from="2028-01-01")
    for layer in ("national", "municipal"):
        content = replace(ours, layer=layer).to_json()
        assert desk.unproposed("catalogue_item", content) == ("CAT-6", "catalogue_national_layer")
    law = replace(LOCAL_BASIS, level="law")
    forever = PublicityRule("severity_maximum", (120, 240, 600))
    long = replace(ours, code="W07-01", version=1, layer="municipal", bases=(LOCAL_BASIS,))
    long = replace(long, nature="negative", public_organisation=True, repair="shield", publicity=forever)
    assert desk.unproposed("catalogue_item", long.to_json()) == ("PUB-4", "catalogue_term_beyond_maximum")
    bare = replace(ours, code="W03-01", version=1, layer="municipal", bases=(law,))
    assert desk.unproposed("catalogue_item", bare.to_json()) == ("CAT-6", "catalogue_supplement_basis")


@pytest.mark.rule("CAT-2")
@pytest.mark.rule("CAT-4")
@pytest.mark.rule("PUB-2")
def test_cat_2_what_has_no_basis_of_its_level_or_leaves_a_decision_open_is_not_proposed(desk: Desk) -> None:
    item = next(i for i in desk.world.city.items if i.code == "C05-01")
    ours = replace(item, code="W05-01", layer="municipal", bases=(LOCAL_BASIS,), effective_from="2028-01-01")
    notice = replace(LOCAL_BASIS, level="normative_document")
    called = replace(LOCAL_BASIS, title="示范市信用管理工作通知", document_number="示信用办〔2018〕13号")
    masked = ours.masking or (MaskedField("XDR_MC", "name"), MaskedField("XDR_ZJHM", "ends", 6, 2))
    birthday = (MaskedField("XDR_MC", "name"), MaskedField("XDR_ZJHM", "ends", 14, 0))
    people = replace(
        ours, subject_kinds=("organisation", "natural_person"), public_natural_person=True, masking=masked
    )
    for content, refusal in (
        (replace(ours, bases=(notice,)), ("CAT-2", "catalogue_basis_insufficient")),
        (replace(ours, bases=(replace(LOCAL_BASIS, article="-"),)), ("CAT-2", "catalogue_basis_incomplete")),
        (replace(ours, bases=(called,)), ("CAT-2", "basis_not_of_its_level")),
        (replace(ours, sharing=None), ("CAT-4", "catalogue_undecided_sharing")),
        (replace(ours, repair=None), ("CAT-4", "catalogue_undecided_repair")),
        (
            replace(ours, collectors=(*(ours.collectors or ()), "B")),
            ("CAT-5", "catalogue_several_collectors"),
        ),
        (people, ("PUB-2", "catalogue_personal_basis")),
        (
            replace(people, masking=birthday, personal_information_consent=True),
            ("PUB-2", "catalogue_masking_too_little"),
        ),
    ):
        assert desk.unproposed("catalogue_item", content.to_json()) == refusal
    # What is no text, number or word of the register is named by its place, and breaks nothing.
    told = ours.to_json()
    for wrong in (
        {"nature": "bad"},
        {"repair": "burn"},
        {"version": True},
        {"bases": [{**LOCAL_BASIS.to_json(), "article": 5}]},
    ):
        assert desk.unproposed("catalogue_item", {**told, **wrong}) == ("CAT-3", "proposal_value_unusable")


@pytest.mark.rule("LST-9")
@pytest.mark.rule("LST-1")
@pytest.mark.rule("LST-2")
@pytest.mark.rule("LST-3")
@pytest.mark.rule("LST-7")
def test_lst_1_a_standard_outside_the_domains_below_its_level_or_kept_too_long_is_not_proposed(
    desk: Desk,
) -> None:
    rule = replace(LOCAL_BASIS, level="department_rule")
    called = replace(LOCAL_BASIS, title="示范市黑名单实施方案")
    days = {"effective_from": "2029-01-01"}
    for standard, refusal in (
        (local_standard(domain="late_books", **days), ("LST-1", "list_domain_unknown")),
        (local_standard(area_bases=(rule,), **days), ("LST-1", "list_basis_insufficient")),
        (local_standard(standard_bases=(rule,), **days), ("LST-2", "list_standard_level_local")),
        (local_standard(area_bases=(called,), **days), ("LST-1", "basis_not_of_its_level")),
        (local_standard(transition_until="2030-12-31", **days), ("LST-9", "list_transition_unfounded")),
        (local_standard(remedies=" ", **days), ("LST-3", "list_without_remedies")),
        (local_standard(answer_working_days=0, **days), ("LST-3", "list_limits_unusable")),
        (local_standard(published_at="本局网站", **days), ("LST-3", "list_published_on_one_site")),
        (
            local_standard(term_months=None, early_months=None, repair_removes=False, **days),
            ("LST-3", "list_without_way_out"),
        ),
        (local_standard(least_rank="township", **days), ("LST-7", "list_rank_without_basis")),
    ):
        assert desk.unproposed("list_standard", standard) == refusal


@pytest.mark.rule("LST-2")
@pytest.mark.rule("MEA-1")
def test_lst_2_what_is_national_is_imported_and_no_local_version_takes_its_place(desk: Desk) -> None:
    world = desk.world
    standard = local_standard(code="C06-04", version=2, effective_from="2028-01-01")
    assert desk.unproposed("list_standard", standard) == ("LST-2", "list_national")
    own = local_standard(scope="national", effective_from="2028-01-01")
    assert desk.unproposed("list_standard", own) == ("LST-2", "list_national")
    measure = next(found for found in world.city.measures if found.code == "M01")
    provisions = tuple(replace(p, basis=LOCAL_BASIS) for p in measure.provisions)
    local = replace(measure, version=2, layer="local", provisions=provisions, effective_from="2028-01-01")
    assert desk.unproposed("measure", local.to_json()) == ("MEA-1", "measure_national_layer")
    version = Registry(world.ledger).standard("C06-04").versions[-1]
    assert (version.version, version.scope) == (1, "national")


def in_force_from(day: date) -> dict[str, Any]:
    return local_standard(effective_from=str(day))


@pytest.mark.rule("CAT-3")
@pytest.mark.rule("LST-3")
@pytest.mark.rule("MEA-1")
@pytest.mark.rule("CAT-1")
def test_cat_3_nothing_is_in_force_before_the_day_on_which_it_is_published(desk: Desk) -> None:
    world = desk.world
    item = next(i for i in world.city.items if i.code == "C03-03")
    ours = replace(item, code="W03-01", layer="municipal", bases=(LOCAL_BASIS,), effective_from="2020-01-01")
    measure = next(found for found in world.city.measures if found.code == "M01")
    provisions = tuple(replace(p, basis=LOCAL_BASIS) for p in measure.provisions)
    local = replace(measure, code="W01", layer="local", provisions=provisions)
    soonest, day = world.today + timedelta(days=31), timedelta(days=1)
    for what, content, refusal in (
        ("catalogue_item", ours.to_json(), ("CAT-3", "catalogue_before_publication")),
        ("list_standard", in_force_from(soonest - day), ("LST-3", "list_before_publication")),
        ("measure", local.to_json(), ("MEA-1", "measure_before_publication")),
    ):
        assert desk.unproposed(what, content) == refusal
    # A standard is proposed beside the item of its list, and published after it (CAT-1).
    alone = desk.lived.through("list_standard", local_standard(code="W06-02"))
    assert desk.unpublished(alone) == ("CAT-1", "list_without_item")
    # What could still be published in time when it was proposed is asked again on the day itself.
    soonest = world.today + 31 * day
    late = desk.lived.of("list_standard", in_force_from(soonest))
    tomorrow = replace(local, effective_from=str(world.today + 2 * day)).to_json()
    overtaken = desk.lived.through("measure", tomorrow)
    world.clock.advance(days=1)
    assert desk.unpublished(overtaken) == ("MEA-1", "measure_before_publication")
    late = desk.lived.proposals.consult(desk.lived.on(late), closes=world.today + 30 * day)
    world.clock.advance(days=31)
    assert desk.unpublished(desk.lived.met(late)) == ("LST-3", "list_before_publication")
    on_the_day = replace(ours, effective_from=(world.today + timedelta(days=2)).isoformat())
    done = desk.lived.through("catalogue_item", on_the_day.to_json())
    desk.case, desk.version = str(done.case), done.version
    assert desk.post("publish", {"review_by": str(world.today + timedelta(days=9))}).status_code == 201


def test_who_opined_is_erased_alone_and_the_opinion_stays(desk: Desk) -> None:
    world, lived = desk.world, desk.lived
    done = lived.approved()
    ask(world, "part", stream=done.case, name="person/2")
    carry_out(world)
    assert "示例邮箱" not in dump(world)
    proposal = lived.proposals.find(done.case)
    assert proposal is not None and proposal.opinions == 2
    assert lived.proposals.publish(lived.on(done), review_by=world.today + timedelta(days=9)).position
    assert world.finding() is None


def test_a_proposal_that_does_not_exist_is_unknown(desk: Desk) -> None:
    handling = HandleCase(UUID(int=9), 1, desk.lived.office)
    with pytest.raises(Refused) as refused:
        desk.lived.proposals.publish(handling, review_by=desk.world.today)
    assert refused.value.defects[0].code == "remedy_case_unknown"
