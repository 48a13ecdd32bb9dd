"""Asking a past question again: on the ledger as it stood, which is looked for from where the look says back.

Comes before the comparison in ``application/queries/replay.py``; ``again.py`` says how each view's question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.ledger import Ledger, OpenedRow
from application.ports import Vault
from application.queries.evidence import NothingToProve, NotYetProven, Published
from application.queries.log_rows import RecordRows
from application.queries.replaying.again import AGAIN, Again, Question
from application.queries.replaying.model import NoSuchAnswer, PastReader
from application.queries.replaying.past_ledger import BEGUN, PastLedger, Then
from application.queries.replaying.published_then import Held
from domain.access.events import SubjectQueried
from domain.parties.events import SubjectRegistered
from domain.shared.refusals import Refused

TRIES_MAX = 64
"""Positions at which an answer is looked for, from that of its look back: the records move little while one is made."""
_NOT_THEN = (Refused, NoSuchAnswer, NothingToProve, NotYetProven, LookupError)
"""What a question meets on a ledger that is not the one it was answered by, or of which something is gone."""


class PastQuestions:
    """The questions of past looks."""

    def __init__(
        self,
        reader: PastReader,
        rows: RecordRows,
        vault: Vault,
        *,
        ledger_id: UUID,
        desk: Callable[[Ledger], RemedyDesk],
        published: Callable[[Held], Published],
    ) -> None:
        self._reader, self._rows, self._vault = reader, rows, vault
        self._ledger_id, self._desk, self._published = ledger_id, desk, published

    def ledger(self, event: SubjectQueried, *, records: int, access: int) -> PastLedger:
        """The ledger as a look found it, with the records up to one position and the looks before another."""
        then = Then(
            records=records,
            access=access - 1,
            views=event.view_position or records,
            at=event.timestamp,
            subject=event.originator_id,
            as_of=bool(event.as_of),
        )
        return PastLedger(self._ledger_id, self._reader, self._vault, then)

    def again(self, opened: OpenedRow, event: SubjectQueried) -> Again | None:
        """The answer, with the very look that logged it; None where it cannot be had again."""
        first, look = opened.row.position, event
        if began := (event.asked or {}).get("first"):
            # Several looks log one answer: it is asked again from where it began.
            first = int(str(began))
            look = self.look_at(first)
        identity = self._identity(look.originator_id)
        if identity is None:
            return None
        for records in self._candidates(look):
            ledger = self.ledger(look, records=records, access=first)
            question = Question(look, identity, ledger, self._desk(ledger), self._published)
            try:
                found = AGAIN[look.view](question)
            except _NOT_THEN:
                found = None
            if found is not None and any(_is_same(made, event) for made in ledger.past.looks):
                return found
            if self.is_erased(event):
                return None
        return None

    def look_at(self, position: int) -> SubjectQueried:
        """The look at a position of the access log. Raises :class:`NoSuchAnswer`."""
        event = self.opened_at(position).event
        if not isinstance(event, SubjectQueried):
            raise NoSuchAnswer
        return event

    def opened_at(self, position: int) -> OpenedRow:
        """What the access log holds at a position. Raises :class:`NoSuchAnswer`, also for what was erased."""
        rows = self._reader.rows("access", after=position - 1, limit=1) if position > 0 else []
        if not rows or rows[0].position != position:
            raise NoSuchAnswer
        opened = self._rows.open(rows, log="access")[0]
        if opened.closed:
            raise NoSuchAnswer
        return opened

    def is_erased(self, event: SubjectQueried) -> bool:
        """Whether something was erased that the answer can have been made of: of the subject, or of what is named."""
        named = {str(event.originator_id), event.case or "", str((event.asked or {}).get("record", ""))}
        named |= {record for record, _, _ in event.shown}
        streams = {UUID(one) for one in named if _is_id(one)}
        head = self._reader.head("records")[0]
        streams |= {
            r.stream_id for r in self._reader.of_topics(BEGUN, through=head, owner=event.originator_id)
        }
        rows = [row for stream in streams for row in self._reader.stream("records", stream)]
        looks = self._reader.stream("access", event.originator_id)
        return any(
            opened.closed for opened in (*self._rows.open(rows), *self._rows.open(looks, log="access"))
        )

    def _candidates(self, look: SubjectQueried) -> Iterator[int]:
        """How far the records can have been, the likeliest first."""
        last = look.reached
        if last is None:
            last = self._reader.position_at(look.timestamp)
        first = max(min(look.view_position, last), last - TRIES_MAX + 1, 0)
        yield from range(last, first - 1, -1)

    def _identity(self, subject: UUID) -> Identity | None:
        """Who a subject is, by its registration; None when that was erased."""
        registered = self._rows.open(self._reader.stream("records", subject)[:1])
        event = registered[0].event if registered and not registered[0].closed else None
        if not isinstance(event, SubjectRegistered):
            return None
        if event.subject_kind == "natural_person":
            return Identity("natural_person", event.id_type or "", event.id_number or "")
        return Identity("organisation", "", event.code or "")


def _is_same(made: SubjectQueried, logged: SubjectQueried) -> bool:
    """Whether a look made again is the one that was logged, but for its instant and how far the records were."""
    if (made.originator_id, made.originator_version) != (logged.originator_id, logged.originator_version):
        return False
    fields = [
        "department",
        "officer",
        "role",
        "purpose",
        "rules",
        "view",
        "view_position",
        "shown",
        "case",
        "basis",
    ]
    if logged.reached is not None:
        fields += ["asked", "objected"]
    return all(getattr(made, name) == getattr(logged, name) for name in fields)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
