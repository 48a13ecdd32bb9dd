"""What a stranger asks about measures (see ``tests/existence.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from uuid import UUID

from werkzeug.test import TestResponse

from tests.existence import Asked, Question
from tests.existence_cases import listings
from tests.measures import FOOD, LIGHT, MeasureStory
from tests.places import MEASURE_ACTS

ENDPOINTS = {what: f"measures.{what}_measure" for what in MEASURE_ACTS} | {
    f"{what}-objection": f"measure_objections.{what}_measure_objection" for what in ("uphold", "reject")
}


def measures(asked: Asked) -> Sequence[UUID]:
    """One that waits, one that is applied, one that was lifted, and ids of other things."""
    desk = MeasureStory(asked.story)
    numbers = (f"示测罚字〔2026〕{uuid.uuid4().hex[:8]}号" for _ in range(3))
    named, applied, gone = (desk.story.new_record(n, decided=asked.world.today) for n in numbers)
    lifted = desk.applied(gone)
    desk.measures.lift(desk.handling(lifted), reasons="已经整改")
    return desk.named(named).case, desk.applied(applied).case, lifted.case, asked.record


def of_measure() -> Iterator[Question]:
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}, {}):
        for what, said in MEASURE_ACTS.items():
            yield Question(
                ENDPOINTS[what],
                measures,
                lambda a, i, w=what, s=said, t=tag: a.foreign(f"/v1/measure-cases/{i}/{w}", s, **t),  # type: ignore[misc]
            )
    for asking in ({"credit_purpose": "case_handling"}, {}):
        yield Question(
            "measures.measure_state",
            measures,
            lambda a, i, h=asking: a.foreign(f"/v1/measure-cases/{i}/state", {}, **h),  # type: ignore[misc]
        )
    own = {"credit_purpose": "own_records"}
    yield Question(
        "measures.measure_state", measures, lambda a, i: a.another(f"/v1/measure-cases/{i}/state", {}, **own)
    )
    yield Question(
        "measure_objections.object_to_measure",
        measures,
        lambda a, i: a.another(f"/v1/measure-cases/{i}/object", {"grounds": "x"}),
    )


def named(asked: Asked, ground: UUID, kind: str) -> TestResponse:
    """A measure that would rest on what the stranger may not know of."""
    said = {
        "measure": LIGHT,
        "provision": FOOD,
        "rests_on": {"kind": kind, "id": str(ground)},
        "responders": [{"kind": "department", "code": asked.stranger}],
    }
    return asked.foreign("/v1/joint-actions", said)


def unlisted(asked: Asked) -> Sequence[UUID]:
    """Listing cases that listed nobody, and records."""
    return (*listings(asked)[1:], *asked.records)


QUESTIONS = (
    *of_measure(),
    Question("measures.name_measure", lambda a: a.anybodys, lambda a, i: named(a, i, "record")),
    Question("measures.name_measure", unlisted, lambda a, i: named(a, i, "listing")),
)
