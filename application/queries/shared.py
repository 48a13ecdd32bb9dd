"""Shared queries: decide, log, and only then read (QRY-1, QRY-2, SHR-1; STORAGE 6).

A route hands over a verified request; the answer holds what the logged event announced, no byte more. Refusals
and empty answers are logged like any other.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.commands.refusals import log_refusal
from application.commands.subjects import Identity, SubjectDesk
from application.data_keys import ACCESS_CLASS, ErasedKey, unwrap_all
from application.ledger import Ledger, SealedAct
from application.ports import Append, Conflict, KeyName, LedgerUnavailable
from application.projections.renditions import PROOF, SHARED, Rendition, open_rendition
from application.queries.looks import marked
from application.registry import Registry
from domain.access.consent import Consent, fold_consent
from domain.access.decide import decide, request_defects
from domain.access.events import SubjectQueried
from domain.access.model import Officer, Request
from domain.catalogue.items import version_in_force
from domain.shared.canonical import Json
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused

SUBJECTS_MAX = 500
LISTED_MAX = 20_000
"""Parts that one query may look through; more is refused, since a cut answer would say what is not so."""
ATTEMPTS_MAX = 4


@dataclass(frozen=True)
class Listed:
    """A part of a record that could be shown: whose, which, under which key, the digest of its bytes, and what
    commits to what they say."""

    subject_id: UUID
    record_id: UUID
    part: str
    item: str
    position: int
    until: date | None
    key: KeyName
    digest: bytes
    commitment: bytes


@dataclass(frozen=True)
class Read:
    """A part that an access event announces: ``event`` counts the events of the call from 0."""

    event: int
    listed: Listed


class SharedReading(Protocol):
    """The reader's doors to the shared view.

    ``logged_read`` writes the access events, commits, and then gives the announced bytes in order (None where
    they are no longer what was announced) with the first event's position. Raises ``Conflict`` (nothing was
    written) or ``LedgerUnavailable`` (nothing was read).
    """

    def listing(self, subjects: Iterable[UUID], *, on: date, limit: int) -> tuple[int, list[Listed]]: ...
    def objected(self, records: Iterable[UUID]) -> set[UUID]: ...
    def access_versions(self, subjects: Iterable[UUID]) -> dict[UUID, int]: ...
    def logged_read(
        self, batch: Append, reads: Sequence[Read], *, on: date
    ) -> tuple[int, list[bytes | None]]: ...


TellingPart = tuple[Rendition, bytes]
"""A part that is told: the rendition that shows it, and its content in the clear."""


@dataclass(frozen=True)
class Answer:
    """What was shown of one subject, and the position of the access event that says so."""

    position: int
    records: tuple[dict[str, Any], ...]


class SharedQueries:
    """Queries of departments in their own duty (共享查询)."""

    def __init__(self, ledger: Ledger, reading: SharedReading) -> None:
        self._ledger = ledger
        self._reading = reading

    def ask(
        self, request: Request, identities: Sequence[Identity], *, attempt: bytes, view: str = SHARED
    ) -> list[Answer]:
        """One answer for each identity, in order; each is logged in its subject's own list, as a look at ``view``,
        before it is given (QRY-2).

        ``attempt`` is the request's body, of which a refusal keeps a keyed digest. Raises ``Refused`` (QRY-1,
        logged before it is raised) and ``LedgerUnavailable`` (nothing was shown).
        """
        registry = Registry(self._ledger)
        for _ in range(ATTEMPTS_MAX):
            officer = self._asker(request, registry, attempt)
            try:
                answers = self._answered(request, officer, identities, registry, view)
            except Conflict:
                registry.forget()
                continue
            except Refused as refused:
                self._log_refused(request, refused.defects, attempt)
                raise
            if answers is not None:
                return answers
        raise LedgerUnavailable("the view moved while it was read")

    def still_shows(self, subject: UUID, shown: Iterable[Sequence[str]], *, on: date) -> bool:
        """Whether the shared view still shows all that a look at a subject announced, as it announced it."""
        _, listing = self._reading.listing([subject], on=on, limit=LISTED_MAX)
        now = {(str(listed.record_id), listed.part, listed.digest.hex()) for listed in listing}
        return all(tuple(announced) in now for announced in shown)

    def _asker(self, request: Request, registry: Registry, attempt: bytes) -> Officer:
        """The officer who asks. Raises ``Refused`` (QRY-1, QRY-3), logged before it is raised."""
        officer, purpose = registry.officer(request.officer), registry.purpose(request.purpose)
        defects = request_defects(request, officer, {request.purpose: purpose} if purpose else {})
        if defects or officer is None:
            self._log_refused(request, defects, attempt)
            raise Refused(*defects)
        return officer

    def _log_refused(self, request: Request, defects: Iterable[Defect], attempt: bytes) -> None:
        log_refusal(
            self._ledger,
            department=request.department,
            officer=request.officer,
            defects=defects,
            attempt=attempt,
        )

    def _answered(
        self,
        request: Request,
        officer: Officer,
        identities: Sequence[Identity],
        registry: Registry,
        view: str,
    ) -> list[Answer] | None:
        """The answers, or None when a rendition changed between announcing and reading it."""
        subjects = self._subjects(identities)
        distinct = list(dict.fromkeys(subjects))
        view_position, listing = self._reading.listing(distinct, on=request.on, limit=LISTED_MAX + 1)
        if len(listing) > LISTED_MAX:
            raise Refused(Defect("FORMAT", "answer_too_large", "/subjects", {"most": str(LISTED_MAX)}))
        versions = self._reading.access_versions(distinct)
        consent = self._consent(request)
        decided = {
            subject: self._decided(
                request, [one for one in listing if one.subject_id == subject], registry, subject, consent
            )
            for subject in distinct
        }
        reads = [
            Read(event, listed) for event, subject in enumerate(distinct) for listed in decided[subject][0]
        ]
        marks = self._marks(reads)
        acts = [
            self._act(
                request,
                officer.role,
                subject,
                versions.get(subject, 0) + 1,
                *decided[subject],
                view=(view, view_position),
                marks=marks,
                asked=place_among(subjects, subject),
            )
            for subject in distinct
        ]
        meta = {"actor": request.department, "officer": request.officer, "purpose": request.purpose}
        batch = self._ledger.prepare(acts, meta=meta, log="access")
        # An item suspended (INS-2) or changed between the decision and the log opens nothing.
        items = [registry.item(code) for code in dict.fromkeys(listed.item for listed in listing)]
        batch.guards = {stream: version for item in items for stream, version in item.guards.items()}
        # An officer suspended in between is told nothing (QRY-3).
        batch.guards[registry.officer_stream(officer.pseudonym)] = officer.version
        if consent is not None:
            # A consent withdrawn between the decision and the log opens nothing (PRV-2).
            batch.guards[UUID(request.consent)] = consent.version
        first, contents = self._reading.logged_read(batch, reads, on=request.on)
        if any(content is None for content in contents) or self._marks(reads) != marks:
            return None
        opened = self._opened(reads, [c for c in contents if c is not None], marks)
        events = {subject: event for event, subject in enumerate(distinct)}
        return [Answer(first + events[s], opened.get(events[s], ())) for s in subjects]

    def _marks(self, reads: Sequence[Read]) -> set[UUID]:
        """Which of the records are objected to now: announced as such, and asked again once they are read (OBJ-2)."""
        return self._reading.objected({read.listed.record_id for read in reads}) if reads else set()

    def _consent(self, request: Request) -> Consent | None:
        """The consent that the request cites, or None; somebody else's is found to cover nothing."""
        return fold_consent(self._ledger.load(UUID(request.consent))) if request.consent else None

    def _subjects(self, identities: Sequence[Identity]) -> list[UUID]:
        """Ids of all; who was never met before is registered now, so that the list of who looked begins."""
        found = SubjectDesk(self._ledger).find_or_register(identities)
        if found.registrations:
            batch = self._ledger.prepare(
                found.registrations, meta={"actor": "platform", "purpose": "first_query"}
            )
            batch.subjects = found.blinds
            self._ledger.store.append(batch)
        return [found.ids[identity] for identity in identities]

    @staticmethod
    def _decided(
        request: Request,
        listing: list[Listed],
        registry: Registry,
        subject: UUID,
        consent: Consent | None,
    ) -> tuple[list[Listed], list[str]]:
        """What may be shown, with the rules that decided over all records."""
        shown: list[Listed] = []
        rules: dict[str, None] = {"QRY-1": None}
        for record in dict.fromkeys(listed.record_id for listed in listing):
            parts = [listed for listed in listing if listed.record_id == record]
            item = version_in_force(registry.item(parts[0].item).items, request.on)
            decision = decide(
                request, item, [listed.part for listed in parts], subject=str(subject), consent=consent
            )
            rules |= dict.fromkeys(decision.rules)
            shown += [listed for listed in parts if listed.part in decision.parts]
        return shown, list(rules)

    def _act(
        self,
        request: Request,
        role: str,
        subject: UUID,
        version: int,
        shown: list[Listed],
        rules: list[str],
        *,
        view: tuple[str, int],
        marks: set[UUID],
        asked: dict[str, Json] | None,
    ) -> SealedAct:
        event = SubjectQueried(
            **placed(subject, version, self._ledger.now()),
            department=request.department,
            officer=request.officer,
            role=role,
            purpose=request.purpose,
            rules=rules,
            view=view[0],
            view_position=view[1],
            shown=[[str(listed.record_id), listed.part, listed.digest.hex()] for listed in shown],
            case=request.case,
            basis=request.basis,
            consent=request.consent or None,
            answers=[listed.commitment.hex() for listed in shown],
            objected=marked(marks.intersection(listed.record_id for listed in shown)),
            asked=asked,
        )
        owners = dict.fromkeys(event.parts(), (subject, ACCESS_CLASS))
        return self._ledger.seal(event, owners=owners)

    def _opened(
        self, reads: Sequence[Read], contents: Sequence[bytes], marks: set[UUID]
    ) -> dict[int, tuple[dict[str, Any], ...]]:
        """The records by event, each with the parts that were read. Raises ``ErasedKey`` when one was erased since."""
        owners = {read.listed.key[0] for read in reads}
        keys = unwrap_all(self._ledger.vault, self._ledger.store.data_keys_of(owners)) if owners else {}
        events: dict[int, list[TellingPart]] = {}
        for read, content in zip(reads, contents, strict=True):
            listed = read.listed
            rendition = Rendition(
                SHARED,
                listed.record_id,
                listed.part,
                listed.subject_id,
                listed.item,
                listed.position,
                listed.until,
                listed.key,
                content,
            )
            if listed.key not in keys:
                raise ErasedKey
            shown = open_rendition(rendition, key=keys[listed.key])
            events.setdefault(read.event, []).append((rendition, shown))
        return {event: told_records(parts, marks) for event, parts in events.items()}


def told_records(parts: Sequence[TellingPart], marks: Container[UUID]) -> tuple[dict[str, Any], ...]:
    """The records of an answer, each with its parts in the order in which they were announced; ``marks`` are the
    records that are objected to."""
    records: dict[UUID, dict[str, Any]] = {}
    for rendition, content in parts:
        shown = json.loads(content)
        record = records.setdefault(
            rendition.record_id,
            {k: v for k, v in shown.items() if k not in ("fields", PROOF)}
            | {
                "until": "" if rendition.until is None else rendition.until.isoformat(),
                "objected": rendition.record_id in marks,
                "parts": {},
                "proofs": {},
            },
        )
        record["parts"][rendition.part] = shown["fields"]
        record["proofs"][rendition.part] = shown[PROOF]
    return tuple(records.values())


def place_among(subjects: Sequence[UUID], subject: UUID) -> dict[str, Json] | None:
    """Where the answer about a subject stands in the body, None where it is the only one: ``of`` how many, ``at``
    which places, counted from 0."""
    if len(subjects) == 1:
        return None
    return {"of": len(subjects), "at": [at for at, one in enumerate(subjects) if one == subject]}
