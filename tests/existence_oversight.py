"""Routes of oversight that take an id, asked by somebody whom it does not concern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from uuid import UUID

from tests.existence import Asked, Question
from tests.oversight import Overseeing

TRACING = {"credit_purpose": 'leak_tracing; case="7"; basis="49"'}
DECIDED = {"finding": "in_order", "consequence": "none", "reasons": "案卷齐全"}


@cache
def reviews(asked: Asked) -> Sequence[UUID]:
    """Reviews of another department's queries that wait, one that is decided, and ids of other things."""
    overseeing = Overseeing(asked.story)
    overseeing.declare()
    overseeing.query()
    overseeing.query()
    waiting, decided = overseeing.opened()[:2]
    overseeing.suspend(decided)
    return waiting, decided, asked.record, asked.objection.case


def of_reviews() -> Iterator[Question]:
    purpose = {"credit_purpose": "query_review"}
    yield Question(
        "reviews.review_state", reviews, lambda a, i: a.foreign(f"/v1/reviews/{i}/state", {}, **purpose)
    )
    for tag in ('"1"', "*"):
        yield Question(
            "reviews.decide_review",
            reviews,
            lambda a, i, t=tag: a.foreign(f"/v1/reviews/{i}/decide", DECIDED, if_match=t),  # type: ignore[misc]
        )


QUESTIONS = (
    Question(
        "traces.trace",
        lambda a: a.anybodys,
        lambda a, i: a.foreign("/v1/traces", {"record": str(i)}, **TRACING),
    ),
    *of_reviews(),
)
