"""What a department that has no part asks about flags (see ``tests/existence.py``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from application.commands.flags import FlagDesk
from tests.existence import Asked, Question

SEALED = {
    "parts": {"public": {"answers": "00" * 32}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64
}  # fmt: skip
ACTS = {
    "answer_flag": ("answer", SEALED),
    "close_flag": ("close", {"outcome": "corrected", "reasons": "x"}),
    "reassign_flag": ("reassign", {"unit": "11420100MB1D0012X5", "reasons": "x"}),
}


def flags(asked: Asked) -> Sequence[UUID]:
    """Those of the source, whose cases are overdue, and ids of other things."""
    asked.world.flags.run()
    desk, source = FlagDesk(asked.story.desk), asked.story.source
    found = [
        f
        for f in asked.world.rows_of("flag.raised")
        if desk.concerned(f, asked.story.office).raised.unit == source
    ]
    assert len(found) > 1
    return (*found[:2], asked.record, asked.objection.case)


def of_flag() -> Iterator[Question]:
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}, {}):
        for endpoint, (what, said) in ACTS.items():
            yield Question(
                f"flags.{endpoint}",
                flags,
                lambda a, i, w=what, s=said, t=tag: a.foreign(f"/v1/flags/{i}/{w}", s, **t),  # type: ignore[misc]
            )
    for asking in (
        {"credit_purpose": "accountability"},
        {"credit_purpose": "accountability", "accept": "text/html"},
        {},
    ):
        yield Question(
            "flags.flag_state",
            flags,
            lambda a, i, h=asking: a.foreign(f"/v1/flags/{i}/state", {}, **h),  # type: ignore[misc]
        )


QUESTIONS = tuple(of_flag())
