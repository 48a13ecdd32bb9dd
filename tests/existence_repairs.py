"""What a stranger asks about what follows from objections and repairs (see ``tests/existence.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from tests.existence import Asked, Question
from tests.existence_remedies import SEALED, of_state
from tests.remedies import REMEDIES


def by_department(endpoint: str, what: str, said: Mapping[str, Any]) -> Iterator[Question]:
    """An act of a department's officer on a case, by a stranger: with a version, and with one that is none of ours."""
    kind = endpoint.partition(".")[0]
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}):

        def ask(asked: Asked, case: UUID, tag: Mapping[str, str] = tag) -> TestResponse:
            return asked.foreign(f"/v1/{kind}/{case}/{what}", said, **tag)

        yield Question(endpoint, lambda a: getattr(a, kind), ask)


def by_portal(endpoint: str, what: str, said: Mapping[str, Any]) -> Iterator[Question]:
    """An act for a subject whom the case does not concern."""
    kind = endpoint.partition(".")[0]
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}, {}):

        def ask(asked: Asked, case: UUID, tag: Mapping[str, str] = tag) -> TestResponse:
            return asked.another(f"/v1/{kind}/{case}/{what}", said, **tag)

        yield Question(endpoint, lambda a: getattr(a, kind), ask)


def papers(endpoint: str) -> Iterator[Question]:
    """The paper of a decision, asked for by a stranger and for another subject."""
    kind, name = endpoint.split(".")
    path = f"/v1/{kind}/{{}}/decision"

    def foreign(asked: Asked, case: UUID) -> TestResponse:
        return asked.foreign(path.format(case), {}, credit_purpose="case_handling")

    def another(asked: Asked, case: UUID) -> TestResponse:
        return asked.another(path.format(case), {}, credit_purpose="own_records")

    for ask in (foreign, another):
        yield Question(f"decisions.{name}", lambda a: getattr(a, kind), ask)


def of_application() -> Iterator[Question]:
    """Several records in one application by another subject; and how an application of somebody stands."""
    path, endpoint = "/v1/repair-applications", "repair_windows.application_state"

    def applied(asked: Asked, record: UUID) -> TestResponse:
        return asked.another(path, {"records": [{"record": str(record)}]})

    def state(asked: Asked, application: UUID) -> TestResponse:
        return asked.another(f"{path}/{application}/state", {}, credit_purpose="own_records")

    def foreign(asked: Asked, application: UUID) -> TestResponse:
        said = {"subject": asked.other}
        return asked.foreign(f"{path}/{application}/state", said, credit_purpose="own_records")

    yield Question("repair_windows.apply_for_repairs", lambda a: a.anybodys, applied)
    yield Question(endpoint, lambda a: a.applications, state)
    yield Question(endpoint, lambda a: a.applications, foreign)


RESTING = {
    "court": "示范市中级人民法院", "ruling": "（2026）示01破3号", "ruled_on": "2026-10-12", "until": "2028-06-30",
    "evidence": ["e1" * 32],
}  # fmt: skip


def resting() -> Iterator[Question]:
    """A record of another department that is to rest, and a temporary shield that is to end."""

    def begun(asked: Asked, record: UUID) -> TestResponse:
        return asked.foreign("/v1/reorganisations", {"record": str(record), **RESTING})

    yield Question("reorganisations.begin_reorganisation", lambda a: a.anybodys, begun)
    applied = "/v1/reorganisations/applications"
    yield Question(
        "reorganisations.apply_for_rest",
        lambda a: a.anybodys,
        lambda a, record: a.another(applied, {"record": str(record), **RESTING}),
    )
    yield from by_department("reorganisations.grant_rest", "grant", {})
    refused = {"reasons": "x", "remedies": REMEDIES}
    yield from by_department("reorganisations.refuse_rest", "refuse", refused)
    ended = {"outcome": "failed", "evidence": ["e1" * 32], "reasons": "x"}
    yield from by_department("reorganisations.end_reorganisation", "end", ended)
    yield from of_state("reorganisations")


QUESTIONS = (
    *resting(),
    *of_application(),
    *by_department("restorations.complete_restoration", "complete", SEALED),
    *by_portal("restorations.waive_restoration", "waive", {"declaration": "d1" * 32}),
    *of_state("restorations"),
    *by_department(
        "repairs.extend_repair", "extend", {"working_days": 5, "reasons": "x", "notice": "a7" * 32}
    ),
    *by_department("repairs.revoke_repair", "revoke", SEALED),
    *papers("objections.objection_decision"),
    *papers("repairs.repair_decision"),
)
