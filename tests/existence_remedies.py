"""What a stranger asks about records, their remedies, consents, drafts and erasures (see ``tests/existence.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from tests.existence import Asked, Question
from tests.remedies import REMEDIES, SECOND
from tests.scene import PURPOSE

REJECTION = {"reasons": "一致", "remedies": REMEDIES}
SEALED = {
    "parts": {"public": {"withdraws": "00" * 32}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64
}  # fmt: skip


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
