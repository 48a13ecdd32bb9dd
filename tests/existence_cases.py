"""What a stranger asks about listing cases, leniency assessments and links of persons (see ``tests/existence.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from domain.shared.kinds import Kind
from interfaces.client.sealing import seal_remedy
from tests.existence import Asked, Question
from tests.listing import LIST, NOTICE, ListingStory
from tests.remedies import FIRST, REMEDIES

REASONS = {"reasons": "情节轻微"}
SEALED = {
    "parts": {"public": {"removes": "00" * 32}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64
}  # fmt: skip
ACTS = {
    "answer": ("answer_statement", {"outcome": "rejected", **REASONS}),
    "drop": ("drop_listing", REASONS),
    "decide": ("decide_listing", SEALED),
    "remove": ("remove_listing", SEALED),
    "refuse": ("refuse_removal", {**REASONS, "remedies": REMEDIES}),
}
OF_SUBJECT = {
    "statement": ("make_statement", {"grounds": "不符"}),
    "apply": ("apply_for_removal", {"materials": [{"kind": "proof", "digest": "b2" * 32}]}),
}


def listings(asked: Asked) -> Sequence[UUID]:
    """One that stands, one that was told, one that ended without a listing, and ids of other things."""
    story = ListingStory(asked.story)
    told = story.begin(asked.record)
    story.dropped(asked.record)
    dropped = asked.world.rows_of("listing.dropped")[-1]
    return UUID(asked.listing), told.case, dropped, asked.record


def of_listing() -> Iterator[Question]:
    for tag in ({"if_match": '"1"'}, {"if_match": "*"}):
        for what, (endpoint, said) in ACTS.items():
            yield Question(
                f"listings.{endpoint}",
                listings,
                lambda a, i, w=what, s=said, t=tag: a.foreign(f"/v1/listings/{i}/{w}", s, **t),  # type: ignore[misc]
            )
        for what, (endpoint, said) in OF_SUBJECT.items():
            yield Question(
                f"listings.{endpoint}",
                listings,
                lambda a, i, w=what, s=said, t=tag: a.another(f"/v1/listings/{i}/{w}", s, **t),  # type: ignore[misc]
            )
    for asking in ({"credit_purpose": "case_handling"}, {}):
        yield Question(
            "listings.listing_state", listings, lambda a, i, h=asking: a.foreign(f"/v1/listings/{i}/state", {}, **h)  # type: ignore[misc]
        )  # fmt: skip
    own = {"credit_purpose": "own_records"}
    yield Question(
        "listings.listing_state", listings, lambda a, i: a.another(f"/v1/listings/{i}/state", {}, **own)
    )


def noticed(asked: Asked, record: UUID) -> TestResponse:
    """A notice that would rest on another department's record."""
    return asked.foreign("/v1/listings", {"list": LIST, "records": [str(record)], "notice": NOTICE})


def assessments(asked: Asked) -> Sequence[UUID]:
    """One that waits for its second officer, one that was taken back, and ids of other things."""
    made = [assessed(asked, number) for number in ("示从宽〔2026〕1号", "示从宽〔2026〕2号")]
    gone = asked.post(
        f"/v1/leniency-assessments/{made[1]}/withdraw", {}, asked.story.source, credit_official=FIRST
    )
    assert gone.status_code == 201, gone.text
    return (*made, asked.record)


def assessed(asked: Asked, number: str) -> UUID:
    said = {
        "authority": asked.story.source,
        "number": f"{number}{uuid.uuid4().hex[:6]}",
        "grounds": ["force_majeure"],
        "effect": "not_published",
        "reason": "因洪水停产",
    }
    answer = asked.post("/v1/leniency-assessments", said, asked.story.source, credit_official=FIRST)
    assert answer.status_code == 201, answer.text
    return UUID(answer.get_json()["receipt"]["assessment"])


def linked(asked: Asked, record: UUID) -> TestResponse:
    """A link of a person to another department's record."""
    link = str(uuid.uuid4())
    parts: dict[str, Any] = {
        "public": {"record": str(record), "links": "00" * 32, "role": "法定代表人",
                   "basis": "《示范市社会信用条例》第二十条"},
        "person/1": {"name": "示例", "id_type": "护照", "id_number": "E12345678"},
    }  # fmt: skip
    sealed = seal_remedy(
        Kind.PERSON_LINKED, parts, record=link, ledger_id=asked.world.ledger.id.bytes,
        key=asked.world.keys[asked.stranger],
    )  # fmt: skip
    return asked.foreign("/v1/record-links", {"link": link, "record": str(record), **sealed})


QUESTIONS = (
    *of_listing(),
    Question("listings.notify", lambda a: a.anybodys, noticed),
    *(
        Question(
            f"leniency.{what}_leniency",
            assessments,
            lambda a, i, w=what: a.foreign(f"/v1/leniency-assessments/{i}/{w}", {}),  # type: ignore[misc]
        )
        for what in ("approve", "withdraw")
    ),
    Question("links.link_person", lambda a: a.anybodys, linked),
)
