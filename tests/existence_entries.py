"""What a stranger asks about red lists, the watch list and entries for reference (see ``tests/existence.py``)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from werkzeug.test import TestResponse

from domain.shared.kinds import Kind
from interfaces.client.sealing import seal_remedy
from tests.entries import EntryStory, watch_parts
from tests.existence import Asked, Question
from tests.existence_cases import SEALED
from tests.remedies import REMEDIES


def entries(asked: Asked) -> Sequence[UUID]:
    """One of each sort that stands, one of each that ended, and ids of other things."""
    story = EntryStory(asked.story)
    record = asked.story.new_record(f"示{uuid.uuid4().hex[:6]}号", decided=date(2026, 10, 1))
    gone = (story.red(), story.watch(record), story.refer())
    story.red_removed(gone[0])
    story.watch_ended(gone[1])
    story.reference_ended(gone[2])
    stands = (story.red(), story.watch(record), story.refer())
    found = (*(done.case for done in (*gone, *stands)), asked.record)
    story.red_removed(stands[0])
    story.watch_ended(stands[1])
    return found


def watched(asked: Asked, record: UUID) -> TestResponse:
    """An entry that would rest on a record that the asker was never shown."""
    entry, key = str(uuid.uuid4()), asked.world.keys[asked.stranger]
    parts = watch_parts([str(record)], asked.stranger, asked.world.today)
    ledger_id = asked.world.ledger.id.bytes
    sealed = seal_remedy(Kind.WATCH_ENTERED, parts, record=entry, ledger_id=ledger_id, key=key)
    return asked.foreign("/v1/watch-list-entries", {"entry": entry, **sealed})


def entered(asked: Asked, what: str, entry: UUID) -> TestResponse:
    """An entry under an id that is not free, by a list that there is not: what has the id is not told."""
    return asked.foreign(f"/v1/{what}", {"entry": str(entry), **SEALED}, credit_official="nobody")


ROUTES = (
    ("red-list-entries", "enter_red_list", "remove", "leave_red_list"),
    ("watch-list-entries", "enter_watch_list", "end", "leave_watch_list"),
    ("reference-entries", "enter_reference", "end", "leave_reference"),
)
QUESTIONS = (
    *(
        Question(
            f"entries.{leave}",
            entries,
            lambda a, i, p=path, e=end: a.foreign(f"/v1/{p}/{i}/{e}", SEALED),  # type: ignore[misc]
        )
        for path, _, end, leave in ROUTES
    ),
    *(
        Question(f"entries.{enter}", entries, lambda a, i, p=path: entered(a, p, i))  # type: ignore[misc]
        for path, enter, _, _ in ROUTES
    ),
    Question("entries.enter_watch_list", lambda a: a.records, watched),
    Question(
        "entries.object_to_entry",
        entries,
        lambda a, i: a.another(f"/v1/entries/{i}/object", {"grounds": "x"}),
    ),
    Question(
        "entries.reject_entry_objection",
        entries,
        lambda a, i: a.foreign(f"/v1/entries/{i}/reject", {"reasons": "x", "remedies": REMEDIES}),
    ),
)
