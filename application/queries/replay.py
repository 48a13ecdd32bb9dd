"""Reproducing a past answer from its access event, byte for byte (ARCHITECTURE 4, promise 10).

An auditor names a position of the access log. Every part that was announced must have its digest again, and the whole
body is what the same query answers on the ledger as it stood. The replay is logged itself, before it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from application.commands.remedies import RemedyDesk
from application.ledger import Ledger, OpenedRow
from application.ports import Vault
from application.projections.renditions import SHARED
from application.queries.evidence import Published
from application.queries.log_rows import RecordRows
from application.queries.past import AS_OF, Past, PastViews, moment_of, told_past
from application.queries.replaying.again import AGAIN, Again
from application.queries.replaying.asking import TRIES_MAX, PastQuestions
from application.queries.replaying.model import NoSuchAnswer, PastReader, ReplayedAnswer, ReplayedPart
from application.queries.replaying.papers import Papers
from application.queries.replaying.parts import Parts
from application.queries.replaying.published_then import Held
from application.queries.report import REPORT
from application.queries.shared import Answer
from application.queries.subject import OWN_PURPOSE
from application.queries.told import body_text, told_answers
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import RED_LISTING

__all__ = ["REPLAY", "REPLAYED", "NoSuchAnswer", "Replay", "ReplayedAnswer", "ReplayedPart", "told_replay"]

REPLAY = "replay"
SAYS_NOTHING = (RED_LISTING.code,)
"""Looks that stand in the list and let nothing leave: the officer is told whether the own act was recorded."""
REPLAYED = frozenset({SHARED, REPORT, AS_OF, REPLAY, *AGAIN, *SAYS_NOTHING})
"""Every view that a look can have."""
ANNOUNCED_WHOLE = 3
"""The version of the look since which it announces the marks of a shared answer, and says what was asked."""


class Replay:
    """Replays answers from the two logs alone; needs the auditor's login and the keys."""

    def __init__(
        self,
        *,
        reader: PastReader,
        vault: Vault,
        ledger_id: UUID,
        desk: Callable[[Ledger], RemedyDesk],
        published: Callable[[Held], Published],
    ) -> None:
        """``desk`` makes the desk of a ledger, with the data that the program carries; ``published`` gives the trees
        as a bundle held them."""
        self._reader = reader
        self._rows = RecordRows(reader=reader, keys=reader, vault=vault)
        self._questions = PastQuestions(
            reader, self._rows, vault, ledger_id=ledger_id, desk=desk, published=published
        )
        self._papers = Papers(reader, self._rows, vault, ledger_id=ledger_id)

    def answer(self, position: int) -> ReplayedAnswer:
        """The answer announced at a position of the access log, which may be an issued report.

        Of a question about several subjects the body holds what was told of this one. Raises :class:`NoSuchAnswer`.
        """
        opened = self._questions.opened_at(position)
        event = opened.event
        if isinstance(event, ReportIssued):
            return self._paper(opened, self.answer(int(event.look.partition(":")[2])))
        if not isinstance(event, SubjectQueried) or event.view not in REPLAYED:
            raise NoSuchAnswer
        parts = Parts(self._reader, self._rows)
        found = ReplayedAnswer(position, opened.row.stream_id, event, parts.announced(event))
        if event.view == SHARED or (event.view == REPORT and event.purpose != OWN_PURPOSE):
            return self._shared(opened, replace(found, records=parts.records(event)))
        again = self._again(opened, event)
        if again is not None:
            return _with(found, again)
        if found.equal or event.view not in AGAIN:
            return found
        if self._questions.is_erased(event):
            return replace(
                found, parts=[part if part.equal else replace(part, erased=True) for part in found.parts]
            )
        if opened.row.schema_version < ANNOUNCED_WHOLE and not any(part.equal for part in found.parts):
            raise NoSuchAnswer  # it did not say yet what was asked
        return found

    def whole(self, position: int) -> tuple[bytes, Sequence[ReplayedAnswer]]:
        """The body that held an answer, and all answers that stood in it, each of which tells of its own subject.

        The body is empty where something of it cannot be made again. Raises :class:`NoSuchAnswer`.
        """
        answer = self.answer(position)
        if answer.event.view != SHARED or "of" not in (answer.event.asked or {}):
            return answer.body, [answer]
        while 0 not in _places(answer.event):
            answer = self.answer(answer.position - 1)
        answers, slots = [answer], dict.fromkeys(_places(answer.event), answer)
        while len(slots) < int(str((answer.event.asked or {})["of"])):
            answers.append(self.answer(answers[-1].position + 1))
            slots |= dict.fromkeys(_places(answers[-1].event), answers[-1])
        told = told_answers(Answer(slots[n].position, tuple(slots[n].records)) for n in sorted(slots))
        return body_text(told) if all(a.body for a in answers) else b"", answers

    def _paper(self, opened: OpenedRow, look: ReplayedAnswer) -> ReplayedAnswer:
        """An issued paper, by the names and the catalogue of then: those that its look found, or hardly later ones."""
        event, position = look.event, opened.row.position
        first = event.view_position if event.reached is None else event.reached
        head = self._reader.head("records")[0]
        issued = min(self._reader.position_at(opened.event.timestamp), head)
        found = None
        for records in (*range(first, min(head, first + TRIES_MAX) + 1), issued):
            found = self._papers.again(
                opened, look, self._questions.ledger(event, records=records, access=position)
            )
            if found.parts[-1].equal or found.parts[-1].erased:
                break
        assert found is not None
        return found

    def _shared(self, opened: OpenedRow, found: ReplayedAnswer) -> ReplayedAnswer:
        """An answer of the shared view with its body, which of a report is the paper's."""
        is_whole = opened.row.schema_version >= ANNOUNCED_WHOLE and all(part.equal for part in found.parts)
        if found.event.view != SHARED or not is_whole:
            return found
        return replace(found, body=body_text(told_answers([Answer(found.position, tuple(found.records))])))

    def _again(self, opened: OpenedRow, event: SubjectQueried) -> Again | None:
        """The answer of a question that can be asked again; None when it cannot."""
        if event.view == REPLAY:
            return self._replayed(event)
        if event.view == AS_OF:
            return self._looked_back(opened, event)
        return self._questions.again(opened, event) if event.view in AGAIN else None

    def _replayed(self, event: SubjectQueried) -> Again:
        """A replay, replayed. Raises :class:`NoSuchAnswer` for one that did not say yet what it replayed."""
        asked = event.asked or {}
        if "position" not in asked:
            raise NoSuchAnswer
        position, whole = int(str(asked["position"])), bool(asked.get("whole"))
        body, answers = self.whole(position) if whole else (b"", [self.answer(position)])
        announced = {
            digest: part.shown
            for answer in answers
            for part, (_, _, digest) in zip(answer.parts, answer.event.shown, strict=False)
            if part.equal
        }
        return Again(body if whole else told_replay(answers[0]).encode(), announced)

    def _looked_back(self, opened: OpenedRow, event: SubjectQueried) -> Again:
        """What an auditor's look back told, made again by another."""
        asked, moment = event.asked or {}, event.as_of or ""
        head = self._reader.head("records")[0]
        _, on = moment_of(moment, self._reader, newest=head, now=event.timestamp)
        record = UUID(str(asked["record"])) if "record" in asked else None
        views = PastViews(event.view_position, on, (), ())
        if event.shown:
            past = Past(self._rows)
            views = past.views(event.originator_id, position=event.view_position, on=on, record=record)
        is_same = views.shown == event.shown
        return Again(told_past(views, opened.row.position).encode() if is_same else b"", {})


def _with(found: ReplayedAnswer, again: Again) -> ReplayedAnswer:
    """The answer with its body and, by their digests, the parts that only the query itself makes."""
    announced = again.announced
    parts = [
        part if part.equal or digest not in announced else replace(part, equal=True, shown=announced[digest])
        for part, (_, _, digest) in zip(found.parts, found.event.shown, strict=True)
    ]
    return replace(found, parts=parts, body=again.body)


def _places(event: SubjectQueried) -> Sequence[int]:
    """Which places of its body a shared answer stood at."""
    at = (event.asked or {"at": [0]})["at"]
    assert isinstance(at, list)
    return [int(str(place)) for place in at]


def told_replay(answer: ReplayedAnswer) -> str:
    """What is told of a replay, line by line: who asked and why, and each part with what it showed."""
    event = answer.event
    lines = [
        f"access:{answer.position} {event.timestamp.isoformat()} {event.department} {event.officer} {event.purpose}"
    ]
    for part in answer.parts:
        mark = "一致 equal" if part.equal else "已删除 erased" if part.erased else "不一致 DIFFERENT"
        lines.append(f"{mark}  {part.record}  {part.part}")
        if part.equal:
            lines.append(json.dumps(json.loads(part.shown), ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)
