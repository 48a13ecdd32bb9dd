"""What a unit does about its ledger: plan, completion, summary, and who tells of a document left out (INS-3); the
credit office's monthly notice, sealed with its own key after the ledger computed the same.

Comes after the ledger was sent (``instruments.py``); what time brings is recorded by ``application/deadlines.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from application.commands.acts import DepartmentAct
from application.commands.instruments import CleanUpDesk
from application.commands.remedies import RemedyDesk
from application.instruments import NOTICE, clean_up, units
from application.ledger import Ledger
from application.ports import Receipt
from domain.catalogue.items import (
    CatalogueEvent,
    CatalogueItemAdopted,
    CatalogueItemSuspended,
    fold,
    version_in_force,
)
from domain.instruments.basis import cites
from domain.instruments.events import NoticeIssued
from domain.instruments.ledger import Instrument, needs_plan, return_at
from domain.instruments.notice import UNITS_BELOW, Cited, last_of, notice_of
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.canonical import Json
from domain.shared.city_time import SHANGHAI, city_day
from domain.shared.events import Event, next_of, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any

Step = tuple[str, date]
"""What is done, by which day."""


class ReturnDesk(CleanUpDesk):
    """The desk for returns (报送): each is one act of the unit, refused with INS-3 when it has no place."""

    def return_nil(self, receipt: Receipt | None) -> int:
        """That the unit has nothing to clean up (不需清理规范的也请报送): an act of its own; its position.

        Raises ``Refused`` (INS-1) when its ledger holds documents, or the same was filed and nothing entered since.
        """

        def make() -> list[Event]:
            now = clean_up(self.ledger)
            if now.of(self.department):
                raise Refused(Defect("INS-1", "ledger_not_nil"))
            if now.filed(self.department, "nil"):
                raise Refused(Defect("INS-1", "ledger_already_filed"))
            return [return_at(self.unit_place(), "nil", unit=self.department, filed_by=self.department)]

        return self.performed(make, receipt)

    def plan(self, document: UUID, steps: Sequence[Step], receipt: Receipt | None) -> int:
        """The plan of a document that does not conform and is to stay (规范完善方案); a later one replaces it."""

        def make() -> list[Event]:
            found, today = self._own(document), city_day(self.ledger.now())
            if found.conforms or not needs_plan(found.entry):
                raise Refused(Defect("INS-3", "ledger_nothing_to_plan", "/document"))
            days = [by for _, by in steps]
            due = found.entry.due_on
            if days != sorted(days) or days[0] < today or (due and days[-1] > date.fromisoformat(due)):
                raise Refused(Defect("INS-3", "ledger_plan_days", "/steps", {"due": due}))
            told: list[dict[str, Json]] = [{"what": what, "by": by.isoformat()} for what, by in steps]
            return [self._about(found, "plan", steps=told)]

        return self.performed(make, receipt)

    def complete(self, document: UUID, evidence: str, receipt: Receipt | None) -> int:
        """A document was revised, put on a legal basis or abolished; ``evidence`` is the SHA-256 of what shows it."""

        def make() -> list[Event]:
            found = self._own(document)
            if found.conforms:
                raise Refused(Defect("INS-3", "ledger_nothing_to_complete", "/document"))
            if needs_plan(found.entry) and not found.sufficient:
                raise Refused(Defect("INS-3", "ledger_basis_still_missing", "/document"))
            return [self._about(found, "completion", evidence=evidence)]

        return self.performed(make, receipt)

    def summarise(self, evidence: str, receipt: Receipt | None) -> int:
        """The unit's summary (总结报告) once its whole ledger is clean; ``evidence`` is its SHA-256."""

        def make() -> list[Event]:
            mine = clean_up(self.ledger).of(self.department)
            if not mine or not all(document.conforms for document in mine):
                raise Refused(Defect("INS-3", "ledger_not_yet_clean"))
            place = self.unit_place()
            return [
                return_at(place, "summary", unit=self.department, filed_by=self.department, evidence=evidence)
            ]

        return self.performed(make, receipt)

    def tell_omission(self, unit: str, title: str, receipt: Receipt | None) -> int:
        """Another unit's document that belongs into its ledger and is not there (应纳入台账未纳入)."""

        def make() -> list[Event]:
            if unit not in units(self.ledger):
                raise Refused(Defect("DET-5", "department_unknown", "/unit"))
            now = clean_up(self.ledger)
            if any(cites(document.entry.title, title=title, number="") for document in now.of(unit)):
                raise Refused(Defect("INS-3", "ledger_in_it_already", "/title"))
            filed = (f for f in now.returns if (f.unit, f.what, f.title) == (unit, "omission", title))
            refuse_if_any(Defect("INS-3", "ledger_already_filed", "/title") for _ in filed)
            return [
                return_at(self.unit_place(unit), "omission", unit=unit, filed_by=self.department, title=title)
            ]

        return self.performed(make, receipt)

    def _own(self, document: UUID) -> Instrument:
        found = clean_up(self.ledger).find(document)
        if found is None or found.unit != self.department:
            raise Refused(Defect("INS-3", "ledger_document_unknown", "/document"))
        return found

    def _about(self, found: Instrument, what: str, **more: object) -> Event:
        place = next_of(found, self.ledger.now())
        return return_at(place, what, unit=found.unit, filed_by=self.department, **more)


def notice_stream(ledger: Ledger, month: str) -> UUID:
    """The stream of a month's notice."""
    return ledger.name_id(NOTICE, month)


def computed_notice(ledger: Ledger, month: str) -> dict[str, Json]:
    """The notice of a month that is over, computed from the events until its end. Raises ``Refused``."""
    last = last_of(month, today=city_day(ledger.now()))
    until = datetime.combine(last + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)
    now = clean_up(ledger, until=until)
    known = {
        code: unit.name for code, unit in units(ledger, until=until).items() if unit.role == "department"
    }
    return notice_of(
        last, units=known, documents=now.documents, returns=now.returns, cited=_cited(ledger, last, until)
    )


def issued_notice(ledger: Ledger, month: str) -> NoticeIssued | None:
    """The notice as the credit office issued it, or None."""
    found = ledger.load(notice_stream(ledger, month))
    return next((event for event in found if isinstance(event, NoticeIssued)), None)


def issue_notice(
    desk: RemedyDesk, act: DepartmentAct, *, department: str, receipt: Callable[[str], Receipt] | None = None
) -> int:
    """Record the notice that the credit office sealed: once a month, and as the ledger computes it; its position.

    Raises ``Refused``: INS-3, DET-5 or FORMAT.
    """
    ledger = desk.ledger
    office = desk.registry.department(department)
    if office is None or office.role != CREDIT_OFFICE:
        raise Refused(Defect("INS-3", "ledger_not_the_office"))
    public = act.parts.get("public", {})
    month, content = public.get("month"), public.get("content")
    if set(act.parts) != {"public"} or set(public) != {"month", "content"} or not isinstance(month, str):
        raise Refused(Defect("FORMAT", "member_invalid", "/parts", {"where": "/parts"}))
    computed = computed_notice(ledger, month)
    if issued_notice(ledger, month) is not None:
        raise Refused(Defect("INS-3", "ledger_already_filed", "/parts"))
    if content != computed:
        raise Refused(Defect("INS-3", "notice_not_as_computed", "/parts"))
    place = placed(notice_stream(ledger, month), 1, ledger.now())
    event = NoticeIssued(**place, month=month, content=computed)
    owners = ledger.own_keys(event.parts())
    sealed, stream, version = desk.sealed_by(act, event, department=department, owners=owners)
    batch = ledger.prepare([sealed], meta={"actor": department, "purpose": "instrument_cleanup"})
    batch.guards = {stream: version}
    batch.receipt = receipt(month) if receipt else None
    return ledger.store.append(batch)[0]


def _cited(ledger: Ledger, on: date, until: datetime) -> list[Cited]:
    """Documents of units that items in force on a day cite."""
    topics = [CatalogueItemAdopted.TOPIC, CatalogueItemSuspended.TOPIC]
    streams: dict[UUID, list[Event]] = {}
    for opened in ledger.open_all(ledger.store.governing_rows(topics), log="records"):
        event = opened.event
        if isinstance(event, CatalogueEvent | CatalogueItemSuspended) and event.timestamp <= until:
            streams.setdefault(event.originator_id, []).append(event)
    items = [item for events in streams.values() if (item := version_in_force(fold(events), on)) is not None]
    return [
        Cited(item.code, basis.title, basis.document_number)
        for item in items
        for basis in item.bases
        if basis.level in UNITS_BELOW
    ]
