"""Issuing credit reports: decide, log the look, read, log the report, and only then let it go (QRY-2, PRV-3).

The subject's own one (本人) shows what its dossier holds and still stands; the authorised one (授权) what a consent
covers. Both are the pure function of ``report.py``, so that ``replay`` gives the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger, OpenedRow, instant
from application.ports import Append, Conflict
from application.queries.evidence import Evidence, NothingToProve, Published
from application.queries.history import RecordLife, history_digest, life_of
from application.queries.looks import Overtaken, log_look, log_look_at, made_again
from application.queries.report import (
    AGENT,
    FORM,
    REPORT,
    SUBJECT,
    Issue,
    Standing,
    committed,
    report,
    salt_of,
    scope_of,
    shown_standing,
    standing,
    within,
)
from application.queries.shared import SharedQueries
from application.queries.subject import require_portal
from application.registry import Registry
from application.sequencer import authority_of
from domain.access.consent import Consent, fold_consent
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import OF_PLATFORM, OWN_RECORDS, Purpose, Request
from domain.catalogue.items import CatalogueItem, version_in_force
from domain.parties.events import SubjectRegistered
from domain.shared.canonical import Json, canonical
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused

RECORDS_MAX = 2000
"""Records of one report; more is refused, since a report that is cut would say what is not so."""
_NUMBER_BYTES = 10
Paper = Callable[[ReportIssued, UUID, SubjectQueried], Mapping[str, Json]]
"""Makes what a paper says of its issue, the subject, and the look that showed what it is made of."""


class ReportReading(Protocol):
    """The doors to the list of a subject's records, as ``DossierReading``, and to what is objected to now."""

    def dossier_position(self) -> int: ...
    def dossier_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]: ...
    def objected(self, records: Iterable[UUID]) -> set[UUID]: ...


@dataclass(frozen=True)
class Asked:
    """How a report is asked for: as which medium, for which days of decision (ISO, None for any)."""

    media: str
    from_day: str | None = None
    to_day: str | None = None


@dataclass(frozen=True)
class Issued:
    """A report as it was logged: its canonical bytes and their SHA-256, the look's and its own position."""

    number: str
    content: bytes
    digest: str
    look: int
    position: int


@dataclass(frozen=True)
class Certified:
    """What anyone may know of a report by its number: when it was issued, its digest, its receipt (never content)."""

    number: str
    issued_at: str
    digest: str
    position: int


class Reports:
    """Credit reports (公共信用信息报告) of one web process."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        shared: SharedQueries,
        reading: ReportReading,
        published: Callable[[], Published],
    ) -> None:
        """``published`` gives the trees as they are now, for one question."""
        self._ledger = ledger
        self._shared = shared
        self._reading = reading
        self._published = published

    @made_again
    def own(self, identity: Identity, asked: Asked, *, portal: str, entrusted_by: str = "") -> Issued:
        """A subject's own report, asked by its portal; with ``entrusted_by``, the letter of attorney's number, by
        its agent. Made again when a record, or an objection to one, moved before the report was in the log. Raises
        ``Refused`` (PRV-3, FORMAT beyond :data:`RECORDS_MAX`) and ``LedgerUnavailable``.
        """
        require_portal(self._ledger, portal)
        begun = self._reading.dossier_position()
        subject = SubjectDesk(self._ledger).find(identity)
        guards: dict[UUID, int] = {}
        found = self._told(subject, begun, guards) if subject else []
        told = {r.record: life for life, r in found}
        records = within([r for _, r in found], asked.from_day, asked.to_day)
        shown = [
            [r.record, "history", history_digest(r.record, told[r.record].moments).hex()] for r in records
        ]

        def logged(subject: UUID, before: Sequence[Append]) -> int:
            role = AGENT if entrusted_by else SUBJECT
            return log_look(
                self._ledger,
                subject,
                department=portal,
                officer=role,
                role=role,
                purpose=OWN_RECORDS.code,
                rules=["PRV-3"],
                view=REPORT,
                shown=shown,
                view_position=begun,
                case=entrusted_by or None,
                before=before,
                guards=guards,
            )

        _, look = log_look_at(self._ledger, identity, logged)
        return self._issue(look, records, self._objected(records), asked, guards)

    @made_again
    def authorised(self, request: Request, identity: Identity, asked: Asked, *, attempt: bytes) -> Issued:
        """A report for a department that the subject consented to, within the consent's items and purpose.

        Made again when the consent, or what was read, moved before the report was in the log. Raises ``Refused``
        (QRY-1; PRV-2 when no consent covers it: an empty report would say what nobody knows)
        and ``LedgerUnavailable``.
        """
        guards = self._require_consent(request, identity)
        answer = self._shared.ask(request, [identity], attempt=attempt, view=REPORT)[0]
        if len(answer.records) > RECORDS_MAX:
            raise _too_many()
        records = [shown_standing(shown) for shown in answer.records]
        objected = {str(shown["record"]) for shown in answer.records if shown["objected"]}
        issued = self._issue(answer.position, records, objected, asked, guards)
        subject, look = self._look(answer.position)
        if not self._shared.still_shows(subject, look.shown, on=request.on):
            raise Overtaken
        return issued

    def certified(self, number: str) -> Certified | None:
        """What was issued under a number, or None."""
        row = self._row(number)
        event = row.event if row else None
        if row is None or not isinstance(event, ReportIssued):
            return None
        return Certified(number, instant(event.timestamp), event.shown[0][2], row.row.position)

    def evidence(self, issued: Issued) -> bytes:
        """A bundle (claim ``answered``) that the report's very bytes were logged, for whoever holds it.

        Raises ``NotYetProven`` until the access log's tree holds it.
        """
        row = self._row(issued.number)
        if row is None:
            raise NothingToProve
        part: dict[str, Any] = {
            "record": issued.number,
            "part": REPORT,
            "leaf": 0,
            "salt": self._salt(issued.number).hex(),
            "content": base64.b64encode(issued.content).decode(),
        }
        evidence = Evidence(self._ledger, self._published())
        evidence.answered(row, [part])
        return canonical(evidence.bundle())

    def _told(self, subject: UUID, begun: int, guards: dict[UUID, int]) -> list[tuple[RecordLife, Standing]]:
        """The subject's records that stand today, each with its whole history; ``guards`` gets what was read."""
        most = RECORDS_MAX + 1
        places = self._reading.dossier_page(subject, through=begun, before=None, limit=most)
        if len(places) == most:
            raise _too_many()
        registry, today = Registry(self._ledger), city_day(self._ledger.now())

        def item(code: str, on: date) -> CatalogueItem | None:
            versions = registry.item(code)
            guards.update(versions.guards)
            return version_in_force(versions.items, on)

        def months_max(on: date) -> tuple[int, ...] | None:
            return registry.months_max(on, guards)

        told = []
        for record, _ in places:
            # To its end, beyond where the index is: what ended this moment is in no report.
            rows = self._ledger.store.load("records", record)
            guards[record] = rows[-1].stream_version
            life = life_of(self._ledger.open_all(rows, log="records"))
            stands = standing(life.record, life.moments, item, months_max, on=today) if life else None
            if life is not None and stands is not None:
                told.append((life, stands))
        return told

    def _objected(self, records: Sequence[Standing]) -> set[str]:
        """Which of the records are objected to now."""
        return {str(record) for record in self._reading.objected([UUID(r.record) for r in records])}

    def _require_consent(self, request: Request, identity: Identity) -> dict[UUID, int]:
        """The consent as a guard. Raises ``Refused`` (PRV-2) when it covers nothing of what is asked."""
        consent = self._consent(request.consent)
        subject = SubjectDesk(self._ledger).find(identity)
        covers = consent is not None and any(
            consent.covers(
                subject=str(subject),
                recipient=request.department,
                purpose=request.purpose,
                item=item,
                on=request.on,
            )
            for item in consent.items
        )
        if consent is None or not covers:
            raise Refused(Defect("PRV-2", "report_not_consented", "/consent"))
        return {UUID(request.consent): consent.version}

    def _consent(self, consent: str | None) -> Consent | None:
        return fold_consent(self._ledger.load(UUID(consent))) if consent else None

    def _issue(
        self,
        look: int,
        records: Sequence[Standing],
        objected: set[str],
        asked: Asked,
        guards: Mapping[UUID, int],
    ) -> Issued:
        """Log that the report is issued, with its digest, before it is given to anybody.

        Raises ``Overtaken`` when a guard, or what is objected to, moved: an objection is in a stream of its own.
        """
        issued = self.issue(
            look,
            lambda event, subject, told: report(self._said(event, subject, told), records),
            asked,
            objected,
            form=FORM,
            guards=guards,
        )
        if self._objected(records) != objected:
            raise Overtaken
        return issued

    def _look(self, position: int) -> tuple[UUID, SubjectQueried]:
        """The look at a position, and whose list it is in."""
        place = self._ledger.store.look_at(position)
        assert place is not None
        rows = self._ledger.store.load_slice("access", place[0], after=place[1] - 1, limit=1)
        look = self._ledger.open_all(rows, log="access")[0].event
        assert isinstance(look, SubjectQueried)
        return place[0], look

    def issue(
        self,
        look: int,
        make: Paper,
        asked: Asked,
        objected: Iterable[str] = (),
        *,
        form: str,
        guards: Mapping[UUID, int],
    ) -> Issued:
        """Log that a paper made of a look is issued, with its digest, before it is given to anybody.

        ``form`` names the paper's form, ``guards`` are the streams that it relies on. Raises
        ``Overtaken`` when one moved, and ``LedgerUnavailable``.
        """
        now, number = self._ledger.now(), self._new_number()
        subject, told = self._look(look)
        event = ReportIssued(
            **placed(self._ledger.name_id(REPORT, number), 1, now),
            number=number,
            look=f"access:{look}",
            media=asked.media,
            shown=[],
            answers=[],
            objected=sorted(objected),
            from_day=asked.from_day,
            to_day=asked.to_day,
            form=form,
        )
        content = canonical(make(event, subject, told))
        event = committed(event, content, self._salt(number))
        meta = {"actor": told.department, "officer": told.officer, "purpose": told.purpose}
        batch = self._ledger.prepare([self._ledger.seal(event)], meta=meta, log="access")
        batch.guards |= guards
        try:
            (position,) = self._ledger.store.append(batch)
        except Conflict as conflict:
            raise Overtaken from conflict
        return Issued(number, content, event.shown[0][2], look, position)

    def _said(self, event: ReportIssued, subject: UUID, look: SubjectQueried) -> Issue:
        registry = Registry(self._ledger)
        registered = next(e for e in self._ledger.load(subject) if isinstance(e, SubjectRegistered))
        consent = self._consent(look.consent)
        department = registry.department(look.department)
        purpose = OF_PLATFORM.get(look.purpose) or registry.purpose(look.purpose)
        return Issue(
            ledger=self._ledger.id.hex,
            authority=authority_of(self._ledger.id),
            subject=registered,
            look=look,
            department_name=department.name if department else "",
            purpose=purpose or Purpose(look.purpose, "", ""),
            consent=consent,
            scope=scope_of(consent, lambda code, on: version_in_force(registry.item(code).items, on)),
            issued=event,
            salt=self._salt(event.number),
        )

    def _row(self, number: str) -> OpenedRow | None:
        rows = self._ledger.store.load("access", self._ledger.name_id(REPORT, number))
        return self._ledger.open_all(rows[:1], log="access")[0] if rows else None

    def _salt(self, number: str) -> bytes:
        return salt_of(self._ledger.vault, number)

    def _new_number(self) -> str:
        """The day and 80 random bits: whoever has not seen a report cannot ask after its number."""
        # 16 characters of A-Z and 2-7.
        drawn = base64.b32encode(self._ledger.entropy.bytes(_NUMBER_BYTES)).decode()
        return f"{city_day(self._ledger.now()):%Y%m%d}-{drawn}"


def _too_many() -> Refused:
    return Refused(Defect("FORMAT", "report_too_large", "/subject", {"most": str(RECORDS_MAX)}))
