"""Evidence bundles: what one file proves offline, and that every lie in it is refused with its reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.queries.evidence import NothingToProve, NotYetProven
from domain.access.model import Request
from domain.shared.city_time import city_day
from domain.transparency.epoch import map_key, parse_epoch
from interfaces.client.bundles import answer_parts
from interfaces.client.verifier import verify
from tests.erasure import a_record, carry_out
from tests.erasure import ask as ask_for_erasure
from tests.evidence import begin, judge
from tests.remedies import LETTER, PROOF, Story
from tests.remedies import begin as begin_story
from tests.world import World

DECIDED = date(2026, 5, 20)


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin_story(seeded_world)


@pytest.fixture
def record(story: Story) -> UUID:
    found = story.new_record("示市监罚字〔2026〕9101号", decided=DECIDED)
    story.world.publish()
    return found


def shield(story: Story, record: UUID) -> None:
    accepted = story.repairs.accept(story.handling(story.apply(record, PROOF, LETTER)))
    story.repairs.grant(story.handling(accepted))


def test_that_a_record_was_determined_is_proven_with_the_parts_one_chooses_to_show(
    story: Story, record: UUID
) -> None:
    evidence = begin(story.world)
    evidence.recorded(record, show=["public"])
    bundle = evidence.bundle()
    report = judge(story.world, bundle)
    assert report.good, report.refused
    assert any(story.source in line and "public" in line for line in report.checked)
    assert "restricted" not in json.dumps(
        [leaf["parts"] for leaf in bundle["leaves"].values() if "salt" in leaf]
    )


def test_a_row_of_a_sealed_file_is_proven_by_the_seal_of_its_department(seeded_world: World) -> None:
    seeded_world.publish()
    evidence = begin(seeded_world)
    evidence.recorded(seeded_world.rows_of("record.determined")[0], show=[])
    assert judge(seeded_world, evidence.bundle()).good


@pytest.mark.rule("REP-5")
def test_rep_5_a_shielded_record_is_proven_to_be_in_no_outward_view(story: Story, record: UUID) -> None:
    with pytest.raises(NothingToProve):
        begin(story.world).shielded(record)
    shield(story, record)
    with pytest.raises(NotYetProven):
        begin(story.world).shielded(record)
    story.world.publish()
    evidence = begin(story.world)
    evidence.shielded(record)
    bundle = evidence.bundle()
    report = judge(story.world, bundle)
    assert report.good, report.refused
    assert str(record) in " ".join(report.checked)
    assert all(
        "content" not in part
        for leaf in bundle["leaves"].values()
        if leaf["stream"] == str(record)
        for part in leaf["parts"].values()
    )


@pytest.mark.rule("PRV-3")
def test_prv_3_the_list_of_who_looked_is_proven_complete(story: Story, record: UUID) -> None:
    world = story.world
    for _ in range(3):
        world.services.subject.who_looked(story.subject(), portal=story.office)
    world.publish()
    subject = world.services.shared._subjects([story.subject()])[0]
    evidence = begin(world)
    evidence.who_looked(subject)
    bundle = evidence.bundle()
    assert judge(world, bundle).good
    claim = bundle["claims"][0]
    assert len(claim["looks"]) == 3
    cut = copy.deepcopy(bundle)
    cut["claims"][0]["looks"].pop()
    cut["claims"][0]["proofs"].pop()
    refused = judge(world, cut).refused
    assert refused is not None and refused.code == "incomplete"


def asked(story: Story) -> tuple[int, dict[str, Any]]:
    world = story.world
    agency = world.city.agencies[1]
    officer = next(o for o in world.city.officers if o.department == agency.code)
    request = Request(
        department=agency.code,
        officer=officer.key,
        purpose="licensing",
        case="示许受字〔2026〕7号",
        basis="《中华人民共和国行政许可法》第三十四条",
        on=city_day(world.clock.now()),
    )
    answer = world.services.shared.ask(request, [story.subject()], attempt=b"body")[0]
    return answer.position, answer.records[0]


@pytest.mark.rule("QRY-2")
def test_qry_2_an_answer_is_proven_to_have_been_logged_with_its_purpose_before_it_was_sent(
    story: Story, record: UUID
) -> None:
    position, answered = asked(story)
    story.world.publish()
    rows = story.world.reader.rows("access", after=position - 1, limit=1)
    evidence = begin(story.world)
    evidence.answered(story.world.ledger.open_all(rows, log="access")[0], answer_parts(answered))
    bundle = evidence.bundle()
    report = judge(story.world, bundle)
    assert report.good, report.refused
    assert any("licensing" in line for line in report.checked)
    answered["parts"]["public"]["CF_NR"] = "一千万元"
    forged = copy.deepcopy(bundle)
    forged["claims"][0]["parts"] = answer_parts(answered)
    refused = judge(story.world, forged).refused
    assert refused is not None and refused.code == "answer"


Forgery = Callable[[dict[str, Any]], object]


def _other_view(bundle: dict[str, Any]) -> None:
    claim = bundle["claims"][0]
    claim["proofs"]["public"] = claim["proofs"]["shared"]


FORGERIES: dict[str, tuple[Forgery, str]] = {
    "absence from another map": (_other_view, "map"),
    "another record": (
        lambda b: b["leaves"][b["claims"][0]["act"]].update(stream=str(uuid4())),
        "opening",
    ),
    "an older epoch": (lambda b: b["epoch"].update(index=b["epoch"]["index"] - 1), "inclusion"),
    "a record that is still there": (
        lambda b: b["claims"][0]["shield"].update(public=b["claims"][0]["proofs"]["public"]),
        "map",
    ),
    "a leaf's byte": (
        lambda b: b["leaves"][b["claims"][0]["act"]].update(index=0),
        "inclusion",
    ),
    "no checkpoint of the views": (lambda b: b["checkpoints"].pop("views"), "malformed"),
    "no key": (lambda b: b["leaves"].pop("records-1"), "key"),
    "no claims": (lambda b: b["claims"].clear(), "malformed"),
    "an unknown claim": (lambda b: b["claims"][0].update(type="lawful"), "claim"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_every_forgery_of_a_shielding_proof_is_refused_with_its_reason(
    story: Story, record: UUID, name: str
) -> None:
    shield(story, record)
    story.world.publish()
    evidence = begin(story.world)
    evidence.shielded(record)
    bundle = evidence.bundle()
    forge, code = FORGERIES[name]
    forge(bundle)
    refused = judge(story.world, bundle).refused
    assert refused is not None and refused.code == code


def test_under_another_authoritys_policy_nothing_holds(story: Story, record: UUID) -> None:
    evidence = begin(story.world)
    evidence.recorded(record, show=[])
    data = json.dumps(evidence.bundle()).encode()
    policy = (story.world.published / "policy").read_bytes()
    other = policy.replace(story.world.ledger.id.hex.encode(), b"0" * 32)
    for bad in (b"", b"quorum none\n", other, policy.replace(b"quorum none", b"quorum all")):
        refused = verify(data, bad).refused
        assert refused is not None and refused.code in ("policy", "untrusted")


@pytest.mark.rule("PRV-4")
def test_prv_4_that_a_part_was_erased_is_proven_and_the_rest_still_verifies(seeded_world: World) -> None:
    world = seeded_world
    record, _, _ = a_record(world, "organisation", representative=True)
    world.publish()
    with pytest.raises(NothingToProve):
        begin(world).erased(record)
    before = parse_epoch(begin(world)._published.newest_epoch()[0])
    ask_for_erasure(world, "part", stream=record, name="person/1")
    carry_out(world)
    world.publish()
    evidence = begin(world)
    evidence.erased(record)
    evidence.recorded(record, show=["public"])
    bundle = evidence.bundle()
    report = judge(world, bundle)
    assert report.good, report.refused
    assert any("person/1" in line for line in report.checked)
    after = parse_epoch(begin(world)._published.newest_epoch()[0])
    assert before.maps["shared"] != after.maps["shared"], "what the view showed of the part left the map"
    assert before.maps["shared"][1] == after.maps["shared"][1]


@pytest.mark.rule("PRV-4")
def test_prv_4_an_erased_subject_leaves_every_map_but_that_of_looks(seeded_world: World) -> None:
    world = seeded_world
    record, _, who = a_record(world, "natural_person")
    world.services.subject.who_looked(who, portal=world.city.credit_office.code)
    world.publish()
    key = map_key("shared", record.bytes)
    assert begin(world)._map("shared", key)["kind"] == "inclusion"
    ask_for_erasure(world, "subject", subject=who)
    carry_out(world)
    world.publish()
    assert begin(world)._map("shared", key)["kind"] != "inclusion"
