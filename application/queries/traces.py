"""Tracing a leak (QRY-4): which answers, to whom, when and why, held a record, a subject's records, or an excerpt.

Told from the access log alone, by the lists of those concerned; the trace stands in the same lists before it leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.commands.subjects import Identity
from application.ledger import Ledger, OpenedRow, instant
from application.ports import Append
from application.queries.disclosed import DisclosedContent
from application.queries.looks import Overtaken, Shown, log_look, log_look_at, made_again
from application.registry import Registry
from application.sealing import BrokenSeal, parse_key_reference
from domain.access.decide import may_speak_for_subjects, request_defects
from domain.access.events import SubjectQueried
from domain.access.model import LEAK_TRACING, Officer, Request
from domain.listing.events import ListingNotified
from domain.oversight.traces import (
    ANSWERS_MAX,
    LOOKS_MAX,
    RECORDS_MAX,
    Disclosed,
    completeness_defects,
    excerpt_defects,
    held_of,
    ranked,
)
from domain.records.events import RecordDetermined
from domain.shared.canonical import Json, canonical
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused, refuse_if_any

TRACE = "trace"
TRACED = (RecordDetermined.TOPIC, ListingNotified.TOPIC)


@dataclass(frozen=True)
class Tracer:
    """Who traces (追查人), why, in which case, on which ground."""

    officer: Officer
    purpose: str
    case: str
    basis: str


@dataclass(frozen=True)
class Trace:
    """What a trace found (追查结果): every answer that held what is traced, the likeliest source first.

    ``through`` is how many looks were gone through in each list, ``positions`` those of the looks that log the trace,
    one in each list; ``contents`` what was found in each, in canonical JSON, as its look announces it. ``public``: all
    of the excerpt (of an empty one: something of the record) once was public, so whoever has it need not have asked.
    ``digest`` is the SHA-256 (hex) of what was found, as the logging looks hold it.
    """

    answers: tuple[Disclosed, ...]
    through: tuple[int, ...]
    positions: tuple[int, ...]
    public: bool
    digest: str
    contents: tuple[bytes, ...]


def tracer_of(ledger: Ledger, request: Request) -> Tracer:
    """The officer of the credit office who traces. Raises ``Refused``: QRY-1, and QRY-4 for any other department."""
    registry = Registry(ledger)
    officer = registry.officer(request.officer)
    defects = request_defects(request, officer, {LEAK_TRACING.code: LEAK_TRACING})
    department = registry.department(request.department)
    if not defects and (department is None or not may_speak_for_subjects(department.role)):
        defects = [Defect("QRY-4", "trace_not_the_office", "Credit-Official")]
    refuse_if_any(defects)
    assert officer is not None
    return Tracer(officer, request.purpose, request.case, request.basis)


class Traces:
    """Traces (泄露追查) over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @made_again
    def of_record(self, record: UUID, tracer: Tracer, excerpt: Mapping[str, str]) -> Trace:
        """Every answer that held a record or a listing, in its subject's list and those of the persons linked to it.

        Made again when a record, a link or the officer's right to query moved before the looks were in the log.
        Raises ``Refused`` (QRY-4: no such record, or not all of it can be told) and ``LedgerUnavailable``.
        """
        refuse_if_any(excerpt_defects(excerpt))
        tracer = self._still(tracer)
        rows = self._ledger.store.load_slice("records", record, limit=1)
        if not rows or rows[0].topic not in TRACED:
            raise Refused(Defect("QRY-4", "trace_unknown", "/record"))
        links = self._ledger.store.links_of(record)
        subjects = dict.fromkeys([_owner(rows[0].key_ref), *(_owner(key_ref) for _, key_ref in links)])
        wanted = frozenset({str(record), *(str(link) for link, _ in links)})
        content = DisclosedContent(self._ledger)
        public = content.public(record)
        asked: dict[str, Json] = {"record": str(record)}
        parts: list[Trace] = []
        for subject in subjects:
            parts.append(self._logged(subject, tracer, excerpt, content, wanted, asked=asked))
            asked = {**asked, "first": parts[0].positions[0]}
        if self._ledger.store.links_of(record) != links:
            raise Overtaken  # whoever was linked meanwhile has a list that was not gone through
        return self._joined(parts, excerpt, public)

    @made_again
    def of_subject(self, identity: Identity, tracer: Tracer, excerpt: Mapping[str, str]) -> Trace:
        """Every answer that held anything about a subject. Raises as :meth:`of_record`."""
        refuse_if_any(excerpt_defects(excerpt))
        tracer = self._still(tracer)
        content = DisclosedContent(self._ledger)
        found: list[Trace] = []

        def logged(subject: UUID, before: Sequence[Append]) -> int:
            found[:] = [self._logged(subject, tracer, excerpt, content, None, before=before)]
            return found[0].positions[0]

        log_look_at(self._ledger, identity, logged)
        return self._joined(found, excerpt, _public(found[0].answers, excerpt, content))

    def _still(self, tracer: Tracer) -> Tracer:
        """Who traces, as registered now. Raises ``Refused`` (QRY-3) for an officer suspended since."""
        officer = Registry(self._ledger).officer(tracer.officer.pseudonym)
        if officer is None or officer.suspended:
            raise Refused(Defect("QRY-3", "officer_suspended", "Credit-Official"))
        return replace(tracer, officer=officer)

    def _joined(
        self, parts: Sequence[Trace], excerpt: Mapping[str, str], public: frozenset[tuple[str, str]]
    ) -> Trace:
        answers = ranked((answer for part in parts for answer in part.answers), excerpt)
        return Trace(
            answers=answers,
            through=tuple(n for part in parts for n in part.through),
            positions=tuple(p for part in parts for p in part.positions),
            public=held_of(excerpt, public) >= excerpt.keys() if excerpt else bool(public),
            digest=hashlib.sha256(canonical([part.digest for part in parts])).hexdigest(),
            contents=tuple(told for part in parts for told in part.contents),
        )

    def _logged(
        self,
        subject: UUID,
        tracer: Tracer,
        excerpt: Mapping[str, str],
        content: DisclosedContent,
        wanted: frozenset[str] | None,
        *,
        asked: Mapping[str, Json] = {},
        before: Sequence[Append] = (),
    ) -> Trace:
        """What one list tells, logged in it as the list's next look; ``wanted`` None is whatever was shown.

        Raises ``Overtaken`` when a stream that was read moved meanwhile, or a list since the first look of this trace:
        whoever makes the answer again knows the lists as they were there.
        """
        officer = Registry(self._ledger).officer_stream(tracer.officer.pseudonym)
        content.guards[officer] = tracer.officer.version
        found: list[Disclosed] = []
        contents: list[bytes] = []
        numbers: list[int] = []

        def announced(own: SubjectQueried) -> Shown:
            numbers[:] = [own.originator_version - 1]
            found[:] = self._answers(subject, numbers[0], excerpt, content, wanted, asked.get("first"))
            _public(found, excerpt, content)
            contents[:] = [canonical(_told(found))]
            return [[str(subject), f"trace@{numbers[0]}", hashlib.sha256(contents[0]).hexdigest()]]

        position = log_look(
            self._ledger,
            subject,
            department=tracer.officer.department,
            officer=tracer.officer.pseudonym,
            role=tracer.officer.role,
            purpose=tracer.purpose,
            rules=["QRY-4"],
            view=TRACE,
            shown=announced,
            case=tracer.case,
            basis=tracer.basis,
            asked={**asked, **({"excerpt": dict(excerpt)} if excerpt else {})},
            before=before,
            guards=content.guards,
        )
        digest = hashlib.sha256(contents[0]).hexdigest()
        return Trace(tuple(found), (numbers[0],), (position,), False, digest, (contents[0],))

    def _answers(
        self,
        subject: UUID,
        last: int,
        excerpt: Mapping[str, str],
        content: DisclosedContent,
        wanted: frozenset[str] | None,
        first: object,
    ) -> list[Disclosed]:
        refuse_if_any(completeness_defects(numbers=(), last=last, closed=False) if last > LOOKS_MAX else ())
        rows = self._ledger.store.load_slice("access", subject, after=0, until=last)
        try:
            opened = self._ledger.open_all(rows, log="access")
        except BrokenSeal:
            raise Refused(Defect("QRY-4", "trace_incomplete")) from None
        if isinstance(first, int) and rows and rows[-1].position > first:
            raise Overtaken
        numbers = [row.stream_version for row in rows]
        closed = any(look.closed for look in opened)
        refuse_if_any(completeness_defects(numbers=numbers, last=last, closed=closed))
        found = [(look, answer) for look in opened if (answer := _answer(look, wanted)) is not None]
        records = {record for _, answer in found for record, _ in answer.shown}
        if len(found) > ANSWERS_MAX or (excerpt and len(records) > RECORDS_MAX):
            raise Refused(Defect("QRY-4", "trace_too_many", "", {"most": str(ANSWERS_MAX)}))
        if not excerpt:
            return [answer for _, answer in found]
        return [_held(answer, look.event, excerpt, content) for look, answer in found]


def _answer(look: OpenedRow, wanted: frozenset[str] | None) -> Disclosed | None:
    """The answer that a look announced; None when it held nothing wanted."""
    event = look.event
    if not isinstance(event, SubjectQueried) or event.view == TRACE:
        return None
    shown = [s for s in event.shown if _is_id(s[0]) and (wanted is None or s[0] in wanted)]
    if not shown:
        return None
    return Disclosed(
        number=event.originator_version,
        position=look.row.position,
        at=instant(event.timestamp),
        department=event.department,
        officer=event.officer,
        role=event.role,
        purpose=event.purpose,
        case=event.case or "",
        basis=event.basis or "",
        view=event.view,
        as_of=event.as_of or "",
        shown=tuple((record, part) for record, part, _ in shown),
    )


def _held(answer: Disclosed, look: Event, excerpt: Mapping[str, str], content: DisclosedContent) -> Disclosed:
    assert isinstance(look, SubjectQueried)
    wanted = frozenset(answer.shown)
    told = [content.told((r, p, digest), look) for r, p, digest in look.shown if (r, p) in wanted]
    pairs = {pair for fields in told for pair in fields or ()}
    return replace(answer, held=held_of(excerpt, pairs), unclear=None in told)


def _public(
    found: Sequence[Disclosed], excerpt: Mapping[str, str], content: DisclosedContent
) -> frozenset[tuple[str, str]]:
    """What of all records that the answers held once was public; nothing without an excerpt, or of too many."""
    records = {UUID(record) for answer in found for record, _ in answer.shown if _is_id(record)}
    if not excerpt or len(records) > RECORDS_MAX:
        return frozenset()
    return frozenset(pair for record in records for pair in content.public(record))


def _told(found: Sequence[Disclosed]) -> list[Json]:
    """What was found, in canonical JSON."""
    return [
        {**vars(answer), "shown": [list(s) for s in answer.shown], "held": sorted(answer.held)}
        for answer in found
    ]


def _owner(key_ref: str) -> UUID:
    return parse_key_reference(key_ref)["public"][0]


def _is_id(text: str) -> bool:
    """Whether something announced is named by an id: a record, a link or a case, and no position of a log."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
