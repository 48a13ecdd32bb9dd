"""Receipts, logs and evidence over HTTP: what anyone may fetch, who may have a bundle, and that it is logged."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from werkzeug.test import TestResponse

from domain.access.events import SubjectQueried
from domain.transparency.leaf import parse_leaf
from domain.transparency.merkle import leaf_hash
from domain.transparency.policy import parse_policy
from domain.transparency.proof_file import parse_proof_file, proved
from infrastructure.log_keys import verify_note
from interfaces.cli.main import cli
from interfaces.client.signing import COVERED
from interfaces.client.verifier import verify
from tests.remedies import LETTER, PROOF, Story, begin
from tests.web import Signing, Web
from tests.world import World

PURPOSE = 'licensing; case="2026-7"; basis="art. 34"'
JSON = "application/json"


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


@pytest.fixture
def web(story: Story) -> Web:
    return Web(story.world)


@pytest.fixture
def record(story: Story) -> UUID:
    found = story.new_record("示市监罚字〔2026〕9601号", decided=date(2026, 5, 20))
    story.world.publish()
    return found


def ask(web: Web, department: str, question: dict[str, Any], **headers: str) -> TestResponse:
    """A signed question for evidence."""
    body = json.dumps(question).encode()
    sent = {"content-type": JSON, "idempotency-key": uuid.uuid4().hex}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    covered = (*COVERED, *(name.replace("_", "-") for name in headers))
    signing = Signing(department, web.world.keys[department], web.world.ledger.id.hex, covered=covered)
    signed = signing.headers("POST", "/v1/evidence", body, sent)
    return web.http.post("/v1/evidence", data=body, headers=signed)


def own_question(web: Web, story: Story, path: str, said: str) -> TestResponse:
    """A question of a subject about itself, as these bytes."""
    sent = {"content-type": JSON, "idempotency-key": uuid.uuid4().hex, "credit-on-behalf-of": "subject"}
    sent |= {"credit-purpose": "own_records"}
    covered = (*COVERED, "credit-on-behalf-of", "credit-purpose")
    signing = Signing(story.office, web.world.keys[story.office], web.world.ledger.id.hex, covered=covered)
    return web.http.post(path, data=said, headers=signing.headers("POST", path, said.encode(), sent))


def of_subject(story: Story) -> dict[str, Any]:
    return {"subject": {"code": story.subject().number}}


OWN = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}


def is_good(web: Web, answer: TestResponse) -> bool:
    policy = web.http.get("/logs/policy").data
    return verify(answer.data, policy).good


def test_a_receipt_is_pending_and_then_a_proof_that_any_verifier_of_the_format_takes(
    web: Web, story: Story, record: UUID
) -> None:
    position = story.world.reader.head("records")[0]
    told = web.http.get(f"/v1/receipts/records:{position}").get_json()
    assert told["status"] == "included"
    leaf = story.world.reader.rows("records", after=position - 1, limit=1)[0].leaf
    policy = parse_policy(web.http.get("/logs/policy").data)
    opened = proved(parse_proof_file(told["proof"].encode()), leaf_hash(leaf), policy, verify_note)
    assert opened.checkpoint.size >= position
    story.new_record("示市监罚字〔2026〕9602号", decided=date(2026, 5, 20))
    told = web.http.get(f"/v1/receipts/records:{position + 1}").get_json()
    assert told == {"event_id": f"records:{position + 1}", "status": "pending"}
    for unknown in ("records:999999", "records:0", "access:0", "views:1", "access:x"):
        assert web.http.get(f"/v1/receipts/{unknown}").status_code == 404


def test_whether_a_look_came_is_told_by_no_receipt_before_its_tree_is_signed(web: Web, story: Story) -> None:
    story.world.publish()
    signed = story.world.reader.head("access")[0]
    story.world.services.subject.who_looked(story.subject(), portal=story.office)
    assert story.world.reader.head("access")[0] == signed + 1
    came, not_yet = (web.http.get(f"/v1/receipts/access:{signed + n}").get_json() for n in (1, 2))
    assert came == not_yet | {"event_id": f"access:{signed + 1}"}
    story.world.publish()
    assert web.http.get(f"/v1/receipts/access:{signed + 1}").get_json()["status"] == "included"


def test_the_logs_are_served_at_their_standard_paths_and_nothing_beside_them(
    web: Web, story: Story, record: UUID
) -> None:
    for log in ("records", "access", "views"):
        answer = web.http.get(f"/logs/{log}/checkpoint")
        assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    tiles = [p for p in story.world.published.rglob("tile/**/*") if p.is_file()]
    assert tiles
    for path in tiles[:20]:
        name = path.relative_to(story.world.published).as_posix()
        answer = web.http.get(f"/logs/{name}")
        assert answer.data == path.read_bytes() and "immutable" in answer.headers["Cache-Control"]
    for name in ("secrets/checkpoint", "records/tile/0/../checkpoint", "records/tile/9/000", "maps/public/zz",
                 "records/tile/0/1", "deltas/..", "maps/secret/" + "0" * 64):  # fmt: skip
        assert web.http.get(f"/logs/{name}").status_code == 404


def test_the_department_that_determined_gets_evidence_and_another_does_not(
    web: Web, story: Story, record: UUID
) -> None:
    officer = next(o for o in story.world.city.officers if o.department == story.source).key
    question = {"claim": "recorded", "record": str(record), "show": ["public"]}
    headers = {"credit_official": officer, "credit_purpose": PURPOSE}
    answer = ask(web, story.source, question, **headers)
    assert answer.status_code == 200 and is_good(web, answer)
    other = web.code(1) if web.code(1) != story.source else web.code(0)
    stranger = next(o for o in story.world.city.officers if o.department == other).key
    for claimed in (str(record), "00000000-0000-4000-8000-000000000000"):
        refused = ask(
            web, other, question | {"record": claimed}, credit_official=stranger, credit_purpose=PURPOSE
        )
        assert refused.status_code == 404


@pytest.mark.rule("PRV-3")
def test_prv_3_every_bundle_is_in_the_list_of_its_subject_with_its_digest(
    web: Web, story: Story, record: UUID
) -> None:
    question = {"claim": "recorded", "record": str(record), "show": ["public"], **of_subject(story)}
    answer = ask(web, story.office, question, **OWN)
    assert answer.status_code == 200 and is_good(web, answer)
    position = int(answer.headers["Credit-Receipt"].partition(":")[2])
    row = story.world.reader.rows("access", after=position - 1, limit=1)[0]
    event = story.world.ledger.open_all([row], log="access")[0].event
    assert isinstance(event, SubjectQueried) and event.view == "evidence"
    assert event.shown == [[str(record), "recorded", hashlib.sha256(answer.data[:-1]).hexdigest()]]


def test_a_subject_proves_that_its_record_is_gone_and_who_looked(
    web: Web, story: Story, record: UUID
) -> None:
    gone = {"claim": "shielded", "record": str(record), **of_subject(story)}
    assert ask(web, story.office, gone, **OWN).status_code == 404
    accepted = story.repairs.accept(story.handling(story.apply(record, PROOF, LETTER)))
    story.repairs.grant(story.handling(accepted))
    early = ask(web, story.office, gone, **OWN)
    assert (early.status_code, early.get_json()["errors"][0]["code"]) == (409, "not_yet_proven")
    story.world.publish()
    answer = ask(web, story.office, gone, **OWN)
    assert answer.status_code == 200 and is_good(web, answer)
    officer = next(o for o in story.world.city.officers if o.department == story.source).key
    still = {"claim": "recorded", "record": str(record), "show": ["public"]}
    refused = ask(web, story.source, still, credit_official=officer, credit_purpose=PURPOSE)
    assert (refused.status_code, refused.get_json()["rule"]) == (422, "REP-5")
    assert refused.get_json()["errors"][0]["code"] == "evidence_of_what_ended"
    bare = ask(web, story.source, still | {"show": []}, credit_official=officer, credit_purpose=PURPOSE)
    assert bare.status_code == 200 and is_good(web, bare)
    story.world.publish()
    looked = ask(web, story.office, {"claim": "who_looked", **of_subject(story)}, **OWN)
    assert looked.status_code == 200 and is_good(web, looked)
    assert len(looked.get_json()["claims"][0]["looks"]) == 2, "the subject's and the source's"


def test_what_lacks_a_member_or_is_not_ones_own_is_refused_clearly(
    web: Web, story: Story, record: UUID
) -> None:
    officer = next(o for o in story.world.city.officers if o.department == story.source).key
    headers = {"credit_official": officer, "credit_purpose": PURPOSE}
    for question in (
        {"claim": "recorded"},
        {"claim": "answered"},
        {"claim": "who_looked"},
        {"claim": "lawful"},
        {},
    ):
        assert ask(web, story.source, question, **headers).status_code == 400
    for receipt in ("access:1", "access:999999"):
        assert ask(web, story.source, {"claim": "answered", "receipt": receipt}, **headers).status_code == 404
    assert ask(web, story.office, {"claim": "recorded", "record": str(record)}, **OWN).status_code == 400
    assert parse_leaf(story.world.reader.rows("records", after=0, limit=1)[0].leaf).kind == 3


def test_a_member_that_would_not_count_is_refused_and_named(web: Web, story: Story, record: UUID) -> None:
    by_officer = {"credit_official": "case-2", "credit_purpose": PURPOSE}
    own = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}
    named, receipt, subject = {"record": str(record)}, {"receipt": "access:1"}, of_subject(story)
    for department, headers, said, unused in (
        (story.source, by_officer, {"claim": "recorded", **named, **subject}, "/subject"),
        (story.source, by_officer, {"claim": "recorded", **named, **receipt}, "/receipt"),
        (story.source, by_officer, {"claim": "answered", **receipt, **named}, "/record"),
        (story.office, own, {"claim": "who_looked", **subject, "show": []}, "/show"),
        (story.office, own, {"claim": "recorded", **subject, **named, **receipt}, "/receipt"),
    ):
        answer = ask(web, department, said, **headers)
        told = answer.get_json()["errors"][0]
        assert (answer.status_code, told["code"], told["field"]) == (400, "member_unused", unused)
    assert ask(web, story.source, {"claim": "recorded", **named}, **by_officer).status_code == 200


def test_a_question_about_oneself_names_one_subject_and_no_member_is_named_twice(
    web: Web, story: Story
) -> None:
    whole, other = {"subjects": [of_subject(story)["subject"]]}, {"code": story.office}
    for path in ("/v1/subject/who-looked", "/v1/subject/dossier"):
        assert own_question(web, story, path, json.dumps(whole)).status_code == 200
        for said in ({"subjects": [*whole["subjects"], other]}, {**whole, "consent": str(uuid.uuid4())}):
            assert own_question(web, story, path, json.dumps(said)).status_code == 400
        twice = json.dumps(whole)[:-1] + ', "limit": 1, "limit": 2}'
        assert own_question(web, story, path, twice).status_code == 400


def test_prv_3_a_department_and_a_portal_get_bundles_by_a_command(
    web: Web, story: Story, record: UUID, tmp_path: Path
) -> None:
    officer = next(o for o in story.world.city.officers if o.department == story.source).key

    def run(department: str, *given: str) -> Result:
        key = story.world.folder / "keys" / f"{department}.pem"
        who = ["--department", department, "--key", str(key), "--url", url]
        return CliRunner().invoke(cli, ["evidence", *given, *who, "-o", str(tmp_path / "bundle.json")])

    why = ["--official", officer, "--purpose", "licensing", "--case", "2026-7", "--basis", "art. 34"]
    about = ["recorded", "--record", str(record), "--show", "public"]
    policy = (story.world.published / "policy").read_bytes()
    with web.served() as url:
        for department, more in ((story.source, why), (story.office, ["--code", story.subject().number])):
            done = run(department, *about, *more)
            assert done.exit_code == 0, done.output
            assert verify((tmp_path / "bundle.json").read_bytes(), policy).good
            (tmp_path / "bundle.json").unlink()
        refused = run(story.source, *about[:2], "00000000-0000-4000-8000-000000000000", *why)
        assert refused.exit_code == 1 and "PRV-3" in refused.output
        assert run(story.source, *about).exit_code == 2  # nobody is named
    assert not (tmp_path / "bundle.json").exists()
