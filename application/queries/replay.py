"""Reproducing a past answer from its access event, byte for byte (ARCHITECTURE 4, promise 10).

An auditor names a position of the access log; the records are folded again up to where the view stood, and
every rendition must have the digest that was announced before the answer left. The replay is logged itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, owners_of
from application.ports import Vault
from application.projections.projector import LogRows
from application.projections.renditions import DOSSIER, SHARED, Changes, Rendition, fold_rows
from application.queries.cases import RULES, told_part
from application.queries.decisions import Issue as Decision
from application.queries.decisions import Place, decision, place_of
from application.queries.entries import TOLD, Sort, told_entry
from application.queries.green import VIEW as GREEN
from application.queries.green import told_green
from application.queries.history import history_digest, linked_life, moments_of
from application.queries.log_rows import RecordRows, is_learned
from application.queries.looks import looks_content, told_look
from application.queries.past import AS_OF, place_in
from application.queries.report import REPORT, Issue, records_of, report, salt_of, scope_of
from application.queries.subject import CONSENTS, OWN_PURPOSE, WHO_LOOKED
from application.sequencer import authority_of
from domain.access.consent import fold_consent
from domain.access.events import PurposeRegistered, ReportIssued, SubjectQueried
from domain.access.model import OF_PLATFORM, Purpose
from domain.catalogue.items import CatalogueEvent, CatalogueItem, fold, version_in_force
from domain.listing.adverse import GreenChannel, Ground
from domain.parties.events import DepartmentRegistered, SubjectRegistered
from domain.records.links import PersonLinked
from domain.shared.canonical import Json, canonical
from domain.shared.events import Event
from domain.transparency.digest import StoredRow

ENTRIES: Mapping[str, Sort] = {sort: sort for sort in TOLD}
REPLAYED = (SHARED, DOSSIER, CONSENTS, REPORT, WHO_LOOKED, AS_OF, GREEN, *ENTRIES, *RULES)
"""The views whose answers can be made again; a replay announces no content of its own."""
Made = dict[tuple[str, str], list[tuple[bytes, bytes]]]
"""What could have been shown by record and part: digest and content of each form that it had."""


class NoSuchAnswer(Exception):
    """The access log has no answered query at that position, or its key is destroyed."""


@dataclass(frozen=True)
class ReplayedPart:
    """One announced part: whether the very same bytes were reproduced, and what they showed.

    ``erased``: something of its record or case was erased since, so that it need not be reproducible.
    """

    record: str
    part: str
    equal: bool
    shown: bytes
    erased: bool = False


@dataclass(frozen=True)
class ReplayedAnswer:
    """A past answer (重放) with the access event that announced it."""

    position: int
    subject: UUID
    event: SubjectQueried
    parts: tuple[ReplayedPart, ...]

    @property
    def equal(self) -> bool:
        """Whether all of it was reproduced byte for byte, but for what was erased since."""
        return all(part.equal or part.erased for part in self.parts)


class Replay:
    """Replays answers from the two logs alone; needs the auditor's login and the keys."""

    def __init__(self, *, reader: LogRows, keys: KeySource, vault: Vault, ledger_id: UUID) -> None:
        self._reader = reader
        self._key_source = keys
        self._vault = vault
        self._ledger_id = ledger_id
        self._rows = RecordRows(reader=reader, keys=keys, vault=vault)

    def answer(self, position: int) -> ReplayedAnswer:
        """The answer announced at a position of the access log, which may be an issued report.

        Raises :class:`NoSuchAnswer`.
        """
        rows = self._reader.rows("access", after=position - 1, limit=1)
        if rows and rows[0].position == position and rows[0].topic == ReportIssued.TOPIC:
            return self._report(rows[0])
        if not rows or rows[0].position != position or rows[0].topic != SubjectQueried.TOPIC:
            raise NoSuchAnswer
        opened = self._opened_looks(rows)[0]
        if opened.closed:
            raise NoSuchAnswer
        event = opened.event
        assert isinstance(event, SubjectQueried)
        if event.view not in REPLAYED or (event.view == WHO_LOOKED and not event.shown):
            raise NoSuchAnswer  # lists of looks announced nothing before they came in pages
        made = self._made(event)
        parts = tuple(self._part(announced, made) for announced in event.shown)
        return ReplayedAnswer(position, rows[0].stream_id, event, parts)

    def _made(self, event: SubjectQueried) -> Made:
        if event.view in (DOSSIER, CONSENTS) or (event.view == REPORT and event.purpose == OWN_PURPOSE):
            return self._histories(event)
        if event.view == WHO_LOOKED:
            return self._looks(event)
        if event.view == AS_OF:
            return self._histories(event) | self._past(event)
        if event.view == GREEN or event.view in ENTRIES:
            return self._entries(event)
        return self._cases(event) if event.view in RULES else self._shared(event)

    def _entries(self, event: SubjectQueried) -> Made:
        """The entries that were told of a subject, or each answer that the green channel can have."""
        if event.view == GREEN:
            place = (str(event.originator_id), GREEN)
            told = [told_green(GreenChannel(ground)) for ground in get_args(Ground)]
            return {place: [(hashlib.sha256(content).digest(), content) for content in told]}
        made: Made = {}
        for entry, rows in self._streams({UUID(entry) for entry, _, _ in event.shown}).items():
            found = told_entry(ENTRIES[event.view], rows[0].event) if not rows[0].closed else None
            if found is not None:
                content = canonical(found)
                made[str(entry), event.view] = [(hashlib.sha256(content).digest(), content)]
        return made

    def _report(self, row: StoredRow) -> ReplayedAnswer:
        """An issued report, made again of what its look showed; the report itself is the last part."""
        opened = self._opened_looks([row])[0]
        issued = opened.event
        if opened.closed or not isinstance(issued, ReportIssued):
            raise NoSuchAnswer
        look = self.answer(int(issued.look.partition(":")[2]))
        names = self._names()
        if look.event.view in RULES:
            content = canonical(self._decision(issued, look, names))
        else:
            issue = self._issue(issued, look, names)
            content = canonical(report(issue, records_of(look.event, look.parts, names.item)))
        equal = hashlib.sha256(content).hexdigest() == issued.shown[0][2]
        erased = not equal and any(part.erased for part in look.parts)
        part = ReplayedPart(
            issued.number, REPORT, equal=equal, shown=content if equal else b"", erased=erased
        )
        return ReplayedAnswer(row.position, look.subject, look.event, (*look.parts, part))

    def _decision(self, issued: ReportIssued, look: ReplayedAnswer, names: _Registered) -> dict[str, Json]:
        """The paper of a decision, made again of the parts of its case."""

        def moment(case: str, version: int) -> Place:
            row = self._reader.row_of("records", UUID(case), version)
            if row is None:
                raise NoSuchAnswer
            return place_of(row)

        told = [part for part in look.parts if part.equal]
        if len(told) < len(look.parts):
            raise NoSuchAnswer
        salt = salt_of(self._vault, issued.number)
        made = Decision(self._ledger_id.hex, authority_of(self._ledger_id), look.event, issued, salt)
        return decision(made, told, moment, names)

    def _issue(self, issued: ReportIssued, look: ReplayedAnswer, names: _Registered) -> Issue:
        """What the report was made of, besides its records. Raises :class:`NoSuchAnswer` when that was erased."""
        registered = self._rows.open([r for r in [self._reader.row_of("records", look.subject, 1)] if r])
        subject = registered[0].event if registered and not registered[0].closed else None
        if not isinstance(subject, SubjectRegistered):
            raise NoSuchAnswer
        consent = None
        if look.event.consent:
            given = self._reader.row_of("records", UUID(look.event.consent), 1)
            consent = fold_consent(o.event for o in self._rows.open([given] if given else []) if not o.closed)
        department, code = names.department(look.event.department), look.event.purpose
        return Issue(
            ledger=self._ledger_id.hex,
            authority=authority_of(self._ledger_id),
            subject=subject,
            look=look.event,
            department_name=department.name if department else "",
            purpose=OF_PLATFORM.get(code) or names.purpose(code) or Purpose(code, "", ""),
            consent=consent,
            scope=scope_of(consent, names.item),
            issued=issued,
            salt=salt_of(self._vault, issued.number),
        )

    def _part(self, announced: Sequence[str], made: Made) -> ReplayedPart:
        record, part, digest = announced
        for found, shown in made.get((record, part), []):
            if found.hex() == digest:
                return ReplayedPart(record, part, equal=True, shown=shown)
        return ReplayedPart(record, part, equal=False, shown=b"", erased=UUID(record) in self._rows.erased)

    def _shared(self, event: SubjectQueried) -> Made:
        """Every shared rendition of the records, as the view had them: the digest is of the sealed bytes."""
        made: Made = {}
        for rendition in self._renditions(event):
            if rendition.view == SHARED:
                digest = hashlib.sha256(rendition.content).digest()
                place = (str(rendition.record_id), rendition.part)
                made.setdefault(place, []).append((digest, self._rows.content(rendition)))
        return made

    def _past(self, event: SubjectQueried) -> Made:
        """Every rendition of the records in any view: the digest is of what was shown to the auditor."""
        made: Made = {}
        for rendition in self._renditions(event):
            content = self._rows.content(rendition)
            place = (str(rendition.record_id), place_in(rendition.view, rendition.part))
            made.setdefault(place, []).append((hashlib.sha256(content).digest(), content))
        return made

    def _renditions(self, event: SubjectQueried) -> list[Rendition]:
        """What the views showed of the records with the log at the event's position."""
        records = {UUID(record) for record, _, _ in event.shown}
        fold, changes = self._rows.fold(), Changes()
        for rows in self._rows.batches(event.view_position):
            wanted = [r for r in rows if r.stream_id in records or is_learned(r)]
            fold_rows(fold, self._rows.open(wanted), changes)
        return [rendition for shown in changes.shown.values() for rendition in shown]

    def _histories(self, event: SubjectQueried) -> Made:
        """Each record's history, at every length that it had."""
        rows = self._streams({UUID(record) for record, _, _ in event.shown})
        links = {
            stream: link.event.record
            for stream, (link, *_) in rows.items()
            if isinstance(link.event, PersonLinked)
        }
        linked = self._streams({UUID(record) for record in links.values()})
        made: Made = {}
        for record, opened_rows in rows.items():
            below = linked[UUID(links[record])] if record in links else opened_rows
            for length in range(1, len(below) + 1):
                told = below[:length]
                moments = linked_life(opened_rows, told).moments if record in links else moments_of(told)
                plain: list[Json] = [[m.event, m.at, m.position, m.parts] for m in moments]
                made.setdefault((str(record), "history"), []).append(
                    (history_digest(str(record), moments), canonical(plain))
                )
        return made

    def _streams(self, wanted: set[UUID]) -> dict[UUID, list[OpenedRow]]:
        """The rows of streams, opened, in order."""
        rows: dict[UUID, list[OpenedRow]] = {}
        for batch in self._rows.batches(self._reader.head("records")[0]) if wanted else ():
            for opened in self._rows.open([row for row in batch if row.stream_id in wanted]):
                rows.setdefault(opened.row.stream_id, []).append(opened)
        return rows

    def _cases(self, event: SubjectQueried) -> Made:
        """Each part of each event of the cases that were told."""
        cases = {UUID(case) for case, _, _ in event.shown}
        made: Made = {}
        for batch in self._rows.batches(self._reader.head("records")[0]):
            for opened in self._rows.open([row for row in batch if row.stream_id in cases]):
                for name, part in opened.parts.items():
                    content = canonical(told_part(part, own=event.purpose == OWN_PURPOSE))
                    place = (str(opened.row.stream_id), f"{name}@{opened.row.stream_version}")
                    made[place] = [(hashlib.sha256(content).digest(), content)]
        return made

    def _looks(self, event: SubjectQueried) -> Made:
        """The run of looks that a page told; the look itself may be the last of them."""
        subject, part, _ = event.shown[0]
        first, _, last = part.removeprefix("looks@").partition("-")
        rows = [
            row
            for version in range(int(first), int(last) + 1)
            if (row := self._reader.row_of("access", UUID(subject), version)) is not None
        ]
        looks = self._opened_looks(rows)
        if any(opened.closed for opened in looks):
            self._rows.erased.add(UUID(subject))
        events = [opened.event for opened in looks if not opened.closed]
        names = self._names()
        content = looks_content([told_look(e, names) for e in events if isinstance(e, SubjectQueried)])
        return {(subject, part): [(hashlib.sha256(content).digest(), content)]}

    def _opened_looks(self, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        keys = unwrap_all(self._vault, self._key_source.data_keys_of(owners_of(rows)))
        return open_rows(rows, log="access", keys=lambda _: keys)

    def _names(self) -> _Registered:
        """What departments, purposes and items are called: each is registered under one name for ever."""
        names = _Registered()
        for batch in self._rows.batches(self._reader.head("records")[0]):
            named = (DepartmentRegistered.TOPIC, PurposeRegistered.TOPIC)
            wanted = [row for row in batch if row.topic in named or is_learned(row)]
            for opened in self._rows.open(wanted):
                names.learn(opened.event)
        return names


class _Registered:
    """Departments, purposes and catalogue items by their codes, as they were registered."""

    def __init__(self) -> None:
        self._catalogue: dict[str, list[Event]] = {}
        self._departments: dict[str, DepartmentRegistered] = {}
        self._purposes: dict[str, Purpose] = {}

    def learn(self, event: Event) -> None:
        if isinstance(event, DepartmentRegistered):
            self._departments[event.code] = event
        elif isinstance(event, PurposeRegistered):
            self._purposes[event.code] = Purpose(event.code, event.zh, event.en)
        elif isinstance(event, CatalogueEvent):
            self._catalogue.setdefault(event.code, []).append(event)

    def item(self, code: str, on: date) -> CatalogueItem | None:
        return version_in_force(fold(self._catalogue.get(code, [])), on)

    def department(self, code: str) -> DepartmentRegistered | None:
        return self._departments.get(code)

    def purpose(self, code: str) -> Purpose | None:
        return self._purposes.get(code)
