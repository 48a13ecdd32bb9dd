"""The mark of a pending objection beside a shared answer is announced before it leaves, and is of that moment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from application.ports import Append
from application.queries.shared import Read, SharedQueries
from domain.access.events import SubjectQueried
from domain.access.model import Request
from infrastructure.postgres.reading import PostgresSharedReading
from tests.remedies import Story, begin
from tests.world import World


class Overtaken(PostgresSharedReading):
    """The reader's doors, where somebody objects while the first answer is being read."""

    def __init__(self, story: Story, record: UUID) -> None:
        super().__init__(story.world.pool("reader"))
        self._objecting = [record]
        self._story = story

    def logged_read(
        self, batch: Append, reads: Sequence[Read], *, on: object
    ) -> tuple[int, list[bytes | None]]:
        """As it is; then the objection comes in."""
        read = super().logged_read(batch, reads, on=on)  # type: ignore[arg-type]
        for record in [self._objecting.pop() for _ in self._objecting[:1]]:
            self._story.object(record)
        return read


def looks_of(world: World, subject: UUID) -> list[SubjectQueried]:
    events = world.ledger.load(subject, log="access")
    return [event for event in events if isinstance(event, SubjectQueried)]


@pytest.mark.rule("OBJ-2")
def test_obj_2_a_mark_that_comes_while_an_answer_is_read_is_announced_and_told(seeded_world: World) -> None:
    story = begin(seeded_world)
    world, record = story.world, story.new_record("9401", decided=story.world.today)
    world.project()
    officer = next(o for o in world.city.officers if o.department == story.source)
    request = Request(story.source, officer.key, "licensing", "2026-7", "art. 34", world.today)
    queries = SharedQueries(world.ledger, Overtaken(story, record))
    subject = story.subject_id()

    (answer,) = queries.ask(request, [story.subject()], attempt=b"")
    told = {shown["record"]: shown["objected"] for shown in answer.records}
    assert told[str(record)] and sum(told.values()) == 1

    looks = looks_of(world, subject)[-2:]
    assert [look.objected for look in looks] == [None, [str(record)]]
    assert looks[0].shown == looks[1].shown

    (calm,) = queries.ask(request, [story.subject()], attempt=b"")
    assert calm.records == answer.records and looks_of(world, subject)[-1].objected == [str(record)]
