"""Routes of oversight that take an id, asked by somebody whom it does not concern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from uuid import UUID

from application.commands.incidents import Incidents
from tests.existence import Asked, Question
from tests.oversight import OFFICE, WATCHED, Overseeing

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
    lifted = {"officer": WATCHED, "reasons": "x"}
    yield Question(
        "officers.reinstate",
        reviews,
        lambda a, i: a.foreign("/v1/officer-reinstatements", {**lifted, "case": str(i)}),
    )


@cache
def incidents(asked: Asked) -> Sequence[UUID]:
    """One that is open, one that is closed, and ids of other things."""
    overseeing = Overseeing(asked.story)
    asked.world.publish()
    overseeing.incident(int(asked.seen.headers["Credit-Receipt"].partition(":")[2]))
    closed = asked.world.rows_of("incident.opened")[-1]
    desk, office = Incidents(asked.world.ledger), asked.story.office
    opened = desk.open(kind="theft", facts="x", officer=OFFICE, department=office, once=None)
    return opened.case, closed, asked.record


def of_incidents() -> Iterator[Question]:
    acts = {
        "evidence": {"looks": ["access:1"]},
        "measure": {"text": "x"},
        "notice": {
            "subject": {"code": "1"},
            "service": "direct",
            "served_on": "2026-11-20",
            "receipt": "d1" * 32,
        },
        "close": {"outcome": "unfounded", "reasons": "x"},
    }
    for what, said in acts.items():
        for tag in ('"1"', "*"):
            yield Question(
                f"incidents.{what}",
                incidents,
                lambda a, i, w=what, s=said, t=tag: a.foreign(f"/v1/incidents/{i}/{w}", s, if_match=t),  # type: ignore[misc]
            )
    purpose = {"credit_purpose": "incident_handling"}
    for what, said in (("state", {}), ("bundle", {"digest": "00" * 32})):
        yield Question(
            f"incidents.incident_{what}",
            incidents,
            lambda a, i, w=what, s=said: a.foreign(f"/v1/incidents/{i}/{w}", s, **purpose),  # type: ignore[misc]
        )


QUESTIONS = (
    Question(
        "traces.trace",
        lambda a: a.anybodys,
        lambda a, i: a.foreign("/v1/traces", {"record": str(i)}, **TRACING),
    ),
    *of_reviews(),
    *of_incidents(),
)
