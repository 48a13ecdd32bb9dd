"""That there is something may not be inferred: every route that takes an id, asked by those whom it does not concern
for what is not there, what is there and not theirs, and what is gone, gives the same answer each time.

A route with an id in its path or body that is asked by nobody here fails, unless ``NAMES_CONTENT`` says why.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from application.registry import ITEM, Registry
from domain.catalogue.gate import import_item
from domain.catalogue.items import Sharing
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.http.app import interface
from interfaces.http.describing import described
from tests.erasure import ask as ask_erasure
from tests.erasure import carry_out as carry_out_erasure
from tests.remedies import LETTER, PROOF, REMEDIES, SECOND, begin
from tests.scene import PURPOSE, Scene
from tests.world import World

NAMES_CONTENT: Mapping[str, str] = {
    "logs.map_file": "a published file by the hash of its content",
    "logs.map_heads": "a published file, one for each epoch",
    "logs.delta": "a published file by the hash of its content",
    "logs.tile": "a published file, as many as the signed size says",
    "logs.checkpoint": "one of three names",
    "logs.receipt": "a position: they are dense, and the signed size of the tree says how many there are",
    "docs.problem": "a page of the program",
    "clean_up.notice": "a month; every notice is public",
    "clean_up.file_return": "a document of the clean-up ledger, all of which anyone may list",
    "portal.static": "a file of the program",
    "docs.static": "a file of the program",
}
VOLATILE = ("X-Request-Id", "Signature", "Signature-Input", "Content-Digest", "Date")
"""Headers that no two answers share; all others, the length of the body too, must be the same."""
REJECTION = {"reasons": "一致", "remedies": REMEDIES}
SEALED = {
    "parts": {"public": {"withdraws": "00" * 32}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64
}  # fmt: skip


class Asked(Scene):
    """The scene with things of every kind that are there or gone, and none of the asker's business."""

    def __init__(self, world: World) -> None:
        super().__init__(begin(world))
        story = self.story
        over = self._recorded(1, CF_GSJZQ="2026-12-01")
        shielded, withdrawn = self._recorded(2), self._recorded(3)
        repaired, objected = story.apply(shielded, PROOF, LETTER), story.object(withdrawn)
        story.repairs.grant(story.handling(story.repairs.accept(story.handling(repaired))))
        act = story.withdrawal(withdrawn, objected.case)
        story.objections.withdraw(story.deciding(objected), act)
        self._shown_to_nobody_from_now_on()
        hidden, erased = self._recorded(4), self._recorded(5)
        of_erased = (story.object(erased), story.apply(erased, PROOF))
        ask_erasure(world, "record", stream=erased)
        carry_out_erasure(world)
        world.clock.run_ahead(days=12)
        world.deadlines.run()
        world.publish()
        self.other = {"code": story.office}
        self.records = (hidden, over, shielded, withdrawn, erased)
        self.anybodys = (self.record, *self.records)
        self.objections = (self.objection.case, objected.case, of_erased[0].case, self.repair.case)
        self.repairs = (self.repair.case, repaired.case, of_erased[1].case, self.objection.case)

    def _recorded(self, number: int, **public: str) -> UUID:
        """A penalty of the subject that may be repaired by now."""
        named = {"CF_WSH": f"示市监罚字〔2026〕910{number}号", "CF_JDRQ": f"2026-05-0{number + 3}"}
        content = self.story.content_of(
            **{**named, "CF_GSJZQ": "2029-01-01", "DISCREDIT_LEVEL": "一般", **public}
        )
        record, report = self.story.determine(content)
        assert report.taken == 1, report.refused
        return record

    def _shown_to_nobody_from_now_on(self) -> None:
        """Penalties of these days are neither public nor shared, and repaired by deletion."""
        ledger, code = self.world.ledger, str(self.story.content["public"]["item"])
        stream, (item,) = ledger.name_id(ITEM, code), Registry(ledger).item(code).items
        hidden = replace(item, sharing=Sharing((), ()), public_organisation=False)
        changed = replace(hidden, version=2, repair="delete", effective_from="2026-05-07")
        event = import_item(changed, stream_id=stream, stream_version=2, recorded_at=ledger.now())
        ledger.record([ledger.seal(event)], meta={"actor": "test"})

    def foreign(self, path: str, said: Any, **headers: str) -> TestResponse:
        """A department that has nothing to do with it, by its officer."""
        return self.post(path, said, self.stranger, **{"credit_official": self.stranger_officer, **headers})

    def another(self, path: str, said: Mapping[str, Any], **headers: str) -> TestResponse:
        """Another subject, at the portal."""
        more = {"credit_on_behalf_of": "subject", **headers}
        return self.post(path, {"subject": self.other, **said}, **more)


Ask = Callable[[Asked, UUID], TestResponse]


@dataclass(frozen=True)
class Question:
    """A route asked by somebody whom it does not concern, with every id that there is for it."""

    endpoint: str
    ids: Callable[[Asked], Sequence[UUID]]
    ask: Ask


def of_case(kind: str, what: str, said: Any) -> Iterator[Question]:
    """An act on a case, by a stranger: with a version, and with one that is none of ours."""
    endpoint = f"{kind}.{ACTS[kind, what]}"
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}):
        yield Question(
            endpoint,
            lambda a: getattr(a, kind),
            lambda a, i, tag=tag: a.foreign(f"/v1/{kind}/{i}/{what}", said, **tag),  # type: ignore[misc]
        )


def of_state(kind: str) -> Iterator[Question]:
    def ids(asked: Asked) -> Sequence[UUID]:
        return getattr(asked, kind)

    endpoint = f"{kind}.{kind[:-1]}_state"
    handling = {"credit_purpose": "case_handling"}
    own = {"credit_purpose": "own_records"}
    yield Question(endpoint, ids, lambda a, i: a.foreign(f"/v1/{kind}/{i}/state", {}, **handling))
    yield Question(endpoint, ids, lambda a, i: a.another(f"/v1/{kind}/{i}/state", {}, **own))
    agent = {**own, "credit_on_behalf_of": "agent"}
    yield Question(endpoint, ids, lambda a, i: a.another(f"/v1/{kind}/{i}/state", {}, **agent))


ACTS = {
    ("objections", "reject"): "reject_objection",
    ("objections", "correct"): "correct_record",
    ("objections", "withdraw"): "withdraw_record",
    ("repairs", "request-materials"): "request_materials",
    ("repairs", "supply"): "supply_materials",
    ("repairs", "accept"): "accept_repair",
    ("repairs", "grant"): "grant_repair",
    ("repairs", "reject"): "reject_repair",
}
OBJECTED = {"about": "content", "grounds": "不符"}
MATERIALS = {"materials": [{"kind": "commitment_letter", "digest": "b2" * 32}]}
ASKING = {"credit_purpose": PURPOSE}


def evidence(claim: str) -> Iterator[Question]:
    def said(record: UUID) -> dict[str, Any]:
        return {"claim": claim, "record": str(record), "show": ["public"]}

    yield Question(
        "evidence.evidence", lambda a: a.anybodys, lambda a, i: a.foreign("/v1/evidence", said(i), **ASKING)
    )
    own = {"credit_purpose": "own_records"}
    yield Question(
        "evidence.evidence", lambda a: a.anybodys, lambda a, i: a.another("/v1/evidence", said(i), **own)
    )


def supplied(asked: Asked, case: UUID, **headers: str) -> TestResponse:
    return asked.another(f"/v1/repairs/{case}/supply", MATERIALS, **headers)


def sealed(asked: Asked, draft: UUID) -> TestResponse:
    signed = {"issuer": "00" * 8, "signature": "00" * 64}
    return asked.foreign(f"/v1/intakes/{draft}/seal", signed)


def approved(asked: Asked, erasure: UUID) -> TestResponse:
    return asked.foreign(f"/v1/erasures/{erasure}/approve", {})


def erasing(asked: Asked, record: UUID) -> TestResponse:
    target = {"kind": "record", "record": str(record)}
    said = {"erasure": str(uuid.uuid4()), "target": target, "cause": "legal_duty", "basis": "47"}
    return asked.foreign("/v1/erasures", said)


def drafts(asked: Asked) -> Sequence[UUID]:
    """One that waits for its own department, one that was sealed, and ids of other things."""
    waiting = asked.upload(asked.changed()).get_json()["draft"]
    return UUID(waiting), UUID(asked.draft.get_json()["draft"]), asked.record


def consents(asked: Asked) -> Sequence[UUID]:
    """One that holds, one that was withdrawn, and ids of other things."""
    gone = str(uuid.uuid4())
    assert asked.give(gone).status_code == 201
    taken_back = asked.post(f"/v1/consents/{gone}/withdraw", asked.subject, credit_on_behalf_of="subject")
    assert taken_back.status_code == 201
    return UUID(asked.consent), UUID(gone), asked.record


def cited(asked: Asked, consent: UUID) -> TestResponse:
    """A query by a department that is not the consent's recipient."""
    said = {**asked.subjects, "consent": str(consent)}
    return asked.post("/v1/queries", said, asked.story.source, credit_official=SECOND, **ASKING)


def reported(asked: Asked, consent: UUID) -> TestResponse:
    """A credit report for a department that is not the consent's recipient."""
    said = {**asked.subject, "consent": str(consent)}
    return asked.post("/v1/reports", said, asked.story.source, credit_official=SECOND, **ASKING)


def erasures(asked: Asked) -> Sequence[UUID]:
    return (*asked.world.rows_of("erasure.requested"), asked.record)


QUESTIONS = (
    Question("portal.record", lambda a: a.records, lambda a, i: a.web.http.get(f"/records/{i}")),
    Question(
        "portal.record",
        lambda a: a.records,
        lambda a, i: a.web.http.get(f"/records/{i}", headers={"Accept": "text/html", "If-None-Match": "*"}),
    ),
    Question(
        "objections.file_objection",
        lambda a: a.records,
        lambda a, i: a.foreign("/v1/objections", {"record": str(i), **OBJECTED}),
    ),
    Question(
        "objections.file_objection",
        lambda a: a.records,
        lambda a, i: a.foreign("/v1/objections", {"record": str(i), "about": "?", "grounds": "", "contact": "\n"}),
    ),
    Question(
        "objections.file_objection",
        lambda a: a.anybodys,
        lambda a, i: a.foreign("/v1/objections", {"record": str(i), **OBJECTED}, credit_official="nobody"),
    ),
    Question(
        "objections.file_objection",
        lambda a: a.anybodys,
        lambda a, i: a.another("/v1/objections", {"record": str(i), **OBJECTED}),
    ),
    Question(
        "repairs.apply_for_repair",
        lambda a: a.anybodys,
        lambda a, i: a.another("/v1/repairs", {"record": str(i), "materials": []}),
    ),
    Question(
        "repairs.apply_for_repair",
        lambda a: a.anybodys,
        lambda a, i: a.foreign("/v1/repairs", {"record": str(i), "materials": [], "subject": a.other}),
    ),
    *(q for (kind, what), said in {
        ("objections", "reject"): REJECTION,
        ("objections", "correct"): SEALED,
        ("objections", "withdraw"): SEALED,
        ("repairs", "request-materials"): {},
        ("repairs", "accept"): {},
        ("repairs", "grant"): {},
        ("repairs", "reject"): REJECTION,
        ("repairs", "supply"): {"subject": {"code": "1"}, **MATERIALS},
    }.items() for q in of_case(kind, what, said)),
    *(Question("repairs.supply_materials", lambda a: a.repairs, ask) for ask in (
        lambda a, i: supplied(a, i, if_match='"1"'),
        lambda a, i: supplied(a, i, if_match="*"),
        supplied,
    )),
    *of_state("objections"),
    *of_state("repairs"),
    *(q for claim in ("recorded", "shielded", "erased") for q in evidence(claim)),
    Question("intakes.seal_draft", drafts, sealed),
    Question("erasures.approve_erasure", erasures, approved),
    Question("erasures.request_erasure", lambda a: a.anybodys, erasing),
    Question("consents.withdraw", consents, lambda a, i: a.another(f"/v1/consents/{i}/withdraw", {})),
    Question("queries.ask", consents, cited),
    Question("credit_reports.report", consents, reported),
)  # fmt: skip


@pytest.fixture(scope="module")
def unasked() -> set[str]:
    """Routes that take an id, in the path or in a body."""
    app = Flask("routes", static_folder=None)
    interface(app)
    found = set()
    for rule in app.url_map.iter_rules():
        said = described(app.view_functions[rule.endpoint])
        bodies = said.takes.values() if said else ()
        if rule.arguments or any(isinstance(b, type) and takes_id(b()) for b in bodies):
            found.add(rule.endpoint)
    return found | {"portal.record"}


def takes_id(schema: Schema) -> bool:
    nested = [f.schema for f in schema.fields.values() if isinstance(f, fields.Nested)]
    return any(isinstance(f, fields.UUID) for f in schema.fields.values()) or any(map(takes_id, nested))


def test_every_route_that_takes_an_id_is_asked(unasked: set[str]) -> None:
    asked = (
        {q.endpoint for q in QUESTIONS} | set(NAMES_CONTENT) | {"consents.give", "determinations.determine"}
    )
    assert unasked - asked == set()


def test_what_is_not_there_not_theirs_or_gone_is_answered_alike(seeded_world: World) -> None:
    asked = Asked(seeded_world)
    differing = [name for question in QUESTIONS for name in differences(asked, question)]
    assert differing == []
    looks_of_others_are_as_if_not_there(asked)
    an_id_that_is_taken_says_not_by_what(asked)


def differences(asked: Asked, question: Question) -> Iterator[str]:
    nothing = question.ask(asked, uuid.uuid4())
    assert nothing.status_code < 500
    for number, found in enumerate(question.ids(asked)):
        answer = question.ask(asked, found)
        if told(answer) != told(nothing):
            yield f"{question.endpoint} {number}: {answer.text} {nothing.text}"


def looks_of_others_are_as_if_not_there(asked: Asked) -> None:
    """For evidence of an answer: no other department's receipt is told from one that nobody has."""
    head = asked.world.reader.head("access")[0]

    def answered(position: int) -> TestResponse:
        said = {"claim": "answered", "receipt": f"access:{position}"}
        return asked.post("/v1/evidence", said, asked.story.source, credit_official=SECOND, **ASKING)

    others = [n for n in range(1, head + 1) if n % 3 == head % 3]
    assert [told(answered(n)) for n in others] == [told(answered(head + 1000))] * len(others)


def an_id_that_is_taken_says_not_by_what(asked: Asked) -> None:
    """Ids that the caller draws must be free; what has one that is not is told alike, whatever it is."""
    taken = (*asked.anybodys, asked.objection.case, UUID(asked.consent))
    given = [told(asked.give(str(found))) for found in taken]
    assert given == [given[0]] * len(taken) and given[0][0] == 409
    content = asked.story.content_of(CF_WSH="示市监罚字〔2026〕9109号", CF_JDRQ="2026-05-01")
    recorded = [told(determined(asked, found, content)) for found in taken]
    assert recorded == [recorded[0]] * len(taken) and recorded[0][0] == 422
    assert determined(asked, uuid.uuid4(), content).status_code == 201


def determined(asked: Asked, record: UUID, content: Parts) -> TestResponse:
    act = asked.story.sealed(Kind.RECORD_DETERMINED, record, content)
    said = {
        "ledger": asked.world.ledger.id.hex, "form": "penalty", "record": str(record), "salt": act.salt.hex(),
        "parts": act.parts, "issuer": act.issuer.hex(), "signature": act.signature.hex(),
    }  # fmt: skip
    return asked.post("/v1/determinations", said, asked.story.source)


def told(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """All that an answer says, its length too, but for what no two answers share."""
    text = re.sub(r"urn:uuid:[0-9a-f-]{36}|access:[0-9]+", "", answer.text)
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE}
    if "Credit-Receipt" in headers:
        headers |= {"Credit-Receipt": "", "Content-Length": str(len(text.encode()))}
    return answer.status_code, text, sorted(headers.items())


def test_a_report_takes_no_member_that_would_not_count(seeded_world: World) -> None:
    scene = Scene(begin(seeded_world))
    own = scene.own("/v1/reports", consent=scene.consent)
    said = {**scene.subject, "consent": scene.consent, "entrustment": "a0" * 32}
    asked = scene.post("/v1/reports", said, scene.stranger, credit_official=scene.stranger_officer, **ASKING)
    for answer, unused in ((own, "/consent"), (asked, "/entrustment")):
        told = answer.get_json()["errors"][0]
        assert (answer.status_code, told["code"], told["field"]) == (400, "member_unused", unused)
