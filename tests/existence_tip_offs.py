"""What anyone with a wrong secret, an officer who is no handler, and a handler elsewhere ask about tip-offs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from tests.erasure import ask as ask_erasure
from tests.erasure import carry_out as carry_out_erasure
from tests.existence import Asked, Question

HANDLING = {"credit_purpose": "tip_off_handling"}
OPEN = {"show": ["report"], "reason": "x"}
STEP = {"step": "accepted"}
ELSEWHERE = "handler-2"
"""A named handler of a department where no tip-off lies."""


def tip_offs(asked: Asked) -> Sequence[UUID]:
    """One that lies with the credit office, one that was erased, and ids of other things."""
    desk = asked.world.services.tip_offs()
    said = {"code": "", "text": "x", "name": "x", "contact": ""}
    there, gone = (desk.file(about="x", **said).number for _ in range(2))
    ask_erasure(asked.world, "record", stream=gone)
    carry_out_erasure(asked.world)
    return there, gone, asked.record, asked.objection.case


def questions() -> Iterator[Question]:
    yield Question(
        "tip_offs.follow_tip_off",
        tip_offs,
        lambda a, i: a.web.http.post("/v1/tip-offs/follow-up", json={"number": str(i), "secret": "0" * 40}),
    )
    yield Question(
        "tip_offs.open_tip_off", tip_offs, lambda a, i: a.foreign(f"/v1/tip-offs/{i}/open", OPEN, **HANDLING)
    )
    yield Question(
        "tip_offs.open_tip_off",
        tip_offs,
        lambda a, i: a.post(
            f"/v1/tip-offs/{i}/open", OPEN, a.story.source, credit_official=ELSEWHERE, **HANDLING
        ),
    )
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}, {}):
        yield Question(
            "tip_offs.handle_tip_off",
            tip_offs,
            lambda a, i, t=tag: a.foreign(f"/v1/tip-offs/{i}/steps", STEP, **t),  # type: ignore[misc]
        )
        yield Question(
            "tip_offs.handle_tip_off",
            tip_offs,
            lambda a, i, t=tag: a.post(  # type: ignore[misc]
                f"/v1/tip-offs/{i}/steps", STEP, a.story.source, credit_official=ELSEWHERE, **t
            ),
        )


QUESTIONS = tuple(questions())
