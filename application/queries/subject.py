"""What a subject may ask about itself: who looked, when, why, and what was shown; and its own records (PRV-3).

A portal that the credit office runs asks on the subject's behalf; each page is logged like any other look before
it leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger, OpenedRow
from application.ports import Append
from application.projections.renditions import DOSSIER
from application.queries.as_of import position_as_of
from application.queries.history import (
    Moment,
    RecordLife,
    history_digest,
    life_of,
    linked_life,
    notice_served,
)
from application.queries.looks import (
    OFFICERS_TOLD,
    Look,
    Names,
    Shown,
    log_look,
    log_look_at,
    looks_digest,
    made_again,
    told_look,
)
from application.queries.pages import FIRST_PAGE, LIMIT_MAX, Cursors, Page, PageAsked, Place
from application.registry import Registry
from application.stopping import stop_of
from domain.access.decide import may_speak_for_subjects
from domain.access.events import ConsentWithdrawn, SubjectQueried
from domain.access.model import OF_PLATFORM, OWN_RECORDS
from domain.catalogue.items import version_in_force
from domain.listing.events import ListingDecided
from domain.measures.case import fold_measure
from domain.measures.events import MeasureNamed
from domain.records.events import RecordDetermined
from domain.records.links import PersonLinked
from domain.records.publicity import decided_on, item_code
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused

WHO_LOOKED, CONSENTS = "who_looked", "consents"
SELF = "subject"
OWN_PURPOSE = OWN_RECORDS.code


class DossierReading(Protocol):
    """The doors to the list of a subject's records: how far it is, a page of it, and where an instant falls.

    ``dossier_page`` gives records that began by ``through`` and before ``before`` (None: any), newest first,
    each with where it begins.
    """

    def dossier_position(self) -> int: ...
    def dossier_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]: ...
    def position_at(self, at: datetime) -> int: ...


@dataclass(frozen=True)
class ConsentGivenBySubject:
    """A consent (授权) as its subject is told of it. ``state`` is ``holds``, ``over`` or ``withdrawn``; days in ISO
    text, ``withdrawn_on`` empty unless it was taken back."""

    consent: str
    state: str
    recipient: str
    recipient_name: str
    purpose: str
    purpose_zh: str
    manner: str
    items: tuple[str, ...]
    from_day: str
    until: str
    withdrawn_on: str
    given_at: str


def told_consent(life: RecordLife, names: Names, today: date) -> ConsentGivenBySubject:
    """A consent by its events, as it stands on a day."""
    given = life.moments[0].parts["public"]
    withdrawn = [m.parts["public"]["on_day"] for m in life.moments if m.event == ConsentWithdrawn.TOPIC]
    recipient, code = names.department(str(given["recipient"])), str(given["purpose"])
    purpose, until = OF_PLATFORM.get(code) or names.purpose(code), str(given["until"])
    items = given["items"]
    assert isinstance(items, list)
    return ConsentGivenBySubject(
        consent=life.record,
        state="withdrawn" if withdrawn else "over" if until < today.isoformat() else "holds",
        recipient=str(given["recipient"]),
        recipient_name=recipient.name if recipient else "",
        purpose=code,
        purpose_zh=purpose.zh if purpose else "",
        manner=str(given["manner"]),
        items=tuple(map(str, items)),
        from_day=str(given["from_day"]),
        until=until,
        withdrawn_on=str(withdrawn[0]) if withdrawn else "",
        given_at=life.moments[0].at,
    )


@dataclass(frozen=True)
class _Asking:
    """Who asks about whom, and as of when: what a look of its own says; ``officers`` as of :meth:`who_looked`."""

    identity: Identity
    portal: str
    view: str
    asked: PageAsked
    officers: bool = False


def require_portal(ledger: Ledger, portal: str) -> None:
    """That a department may ask on subjects' behalf. Raises ``Refused`` (PRV-3) when it may not."""
    department = Registry(ledger).department(portal)
    if department is None or not may_speak_for_subjects(department.role):
        raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", "Credit-On-Behalf-Of"))


class SubjectQueries:
    """A subject's own questions (本人查询), asked through a portal."""

    def __init__(self, ledger: Ledger, reading: DossierReading) -> None:
        self._ledger = ledger
        self._reading = reading

    @made_again
    def dossier(self, identity: Identity, *, portal: str, asked: PageAsked = FIRST_PAGE) -> Page[RecordLife]:
        """Everything recorded about the subject, shielded and withdrawn records included (PRV-3), newest first.

        All pages tell the records as they stood where the listing began, or at ``asked.as_of``. The look is
        logged with a digest of each record's history before the page leaves. A record that was erased is not
        told, at any position: its keys are gone. Raises like :meth:`who_looked`.
        """
        require_portal(self._ledger, portal)
        asking = _Asking(identity, portal, DOSSIER, asked)
        subject = SubjectDesk(self._ledger).find(identity)
        cursors = self._cursors(asking, subject)
        place = cursors.read(asked.cursor) if asked.cursor else Place(self._beginning(asked.as_of), 0)
        found: list[tuple[UUID, int]] = []
        if subject is not None:
            found = self._reading.dossier_page(
                subject, through=place.begun, before=place.after or None, limit=asked.limit + 1
            )
        more, found = len(found) > asked.limit, found[: asked.limit]
        lives = [self._life(record, through=place.begun) for record, _ in found]
        told = tuple(self._as_it_holds(life, asked) for life in lives if life is not None)
        shown = [[life.record, "history", history_digest(life.record, life.moments).hex()] for life in told]
        _, receipt = self._logged(asking, shown, view_position=place.begun)
        following = cursors.write(Place(place.begun, found[-1][1])) if more else ""
        return Page(told, following, place.begun, receipt)

    @made_again
    def consents(
        self, identity: Identity, *, portal: str, asked: PageAsked = FIRST_PAGE
    ) -> Page[ConsentGivenBySubject]:
        """The consents that the subject gave, newest first, as they stood where the listing began (PRV-2, PRV-3).

        The look is logged with a digest of each consent's events before the page leaves; one that was erased is not
        told. Raises like :meth:`who_looked`.
        """
        require_portal(self._ledger, portal)
        asking = _Asking(identity, portal, CONSENTS, asked)
        subject = SubjectDesk(self._ledger).find(identity)
        cursors, store = self._cursors(asking, subject), self._ledger.store
        place = cursors.read(asked.cursor) if asked.cursor else Place(store.head_of("records"), 0)
        found: list[tuple[UUID, int]] = []
        if subject is not None:
            found = store.consents_page(
                subject, through=place.begun, before=place.after or None, limit=asked.limit + 1
            )
        more, found = len(found) > asked.limit, found[: asked.limit]
        lives = [self._life(consent, through=place.begun) for consent, _ in found]
        registry, kept = Registry(self._ledger), [life for life in lives if life is not None]
        shown = [[life.record, "history", history_digest(life.record, life.moments).hex()] for life in kept]
        today = city_day(self._ledger.now())
        told = tuple(told_consent(life, registry, today) for life in kept)
        _, receipt = self._logged(asking, shown, view_position=place.begun)
        following = cursors.write(Place(place.begun, found[-1][1])) if more else ""
        return Page(told, following, place.begun, receipt)

    def _life(self, record: UUID, *, through: int) -> RecordLife | None:
        rows = self._opened(record, through)
        if not rows or rows[0].row.topic != PersonLinked.TOPIC:
            return life_of(rows)
        link = rows[0].event
        assert isinstance(link, PersonLinked)
        return None if rows[0].closed else linked_life(rows, self._opened(UUID(link.record), through))

    def _as_it_holds(self, life: RecordLife, asked: PageAsked) -> RecordLife:
        """What its history does not say by itself: for what a measure is over though its end is not recorded yet
        (INS-2), and of a decision after which one may repair whether the repair notice was served with it (REP-2)."""
        first = life.moments[0]
        if first.event == MeasureNamed.TOPIC and not asked.as_of:
            measure = fold_measure(self._ledger.load(UUID(life.record)))
            return life if measure is None else replace(life, stopped=stop_of(self._ledger, measure))
        decided = {moment.event for moment in life.moments}
        if ListingDecided.TOPIC in decided or (
            first.event == RecordDetermined.TOPIC and self._repairs(first)
        ):
            return replace(life, repair_notice=notice_served(life.moments))
        return life

    def _repairs(self, determined: Moment) -> bool:
        """Whether a record is of an adverse item that says how it is repaired."""
        versions = Registry(self._ledger).item(item_code(determined.parts)).items
        item = version_in_force(versions, decided_on(determined.parts))
        return item is not None and item.nature == "negative" and item.repair != "not_applicable"

    def _opened(self, stream: UUID, through: int) -> list[OpenedRow]:
        rows = [r for r in self._ledger.store.load("records", stream) if r.position <= through]
        return self._ledger.open_all(rows, log="records")

    def _beginning(self, as_of: str) -> int:
        """Where a listing of records begins: as far as their index is, or at the past position asked for."""
        newest = self._reading.dossier_position()
        if not as_of:
            return newest
        now, at = self._ledger.now(), self._reading.position_at
        return position_as_of(as_of, newest=newest, now=now, position_at=at)[0]

    @made_again
    def who_looked(
        self, identity: Identity, *, portal: str, asked: PageAsked = FIRST_PAGE, officers: bool = True
    ) -> Page[Look]:
        """The looks at the subject, oldest first, up to the one that this listing began with.

        Each page is a look of its own, logged with a digest of what it tells before it leaves; numbers that are
        left out are looks whose content was erased. ``officers``: with the pseudonyms of who looked. Raises
        ``Refused`` (PRV-3 when ``portal`` may not speak for subjects, FORMAT for a cursor of another question),
        ``LedgerUnavailable`` otherwise.
        """
        require_portal(self._ledger, portal)
        asking = _Asking(identity, portal, WHO_LOOKED, asked, officers)
        found = SubjectDesk(self._ledger).find(identity)
        going_on = self._cursors(asking, found).read(asked.cursor) if asked.cursor else None
        registry = Registry(self._ledger)
        places: list[Place] = []
        told: list[Look] = []

        def announced(own: SubjectQueried) -> Shown:
            """What the page shows, which ends with the look itself when the listing began with it."""
            place = going_on or Place(own.originator_version, 0)
            places[:], last = [place], min(place.after + asked.limit, place.begun)
            named = [str(own.originator_id), f"looks@{place.after + 1}-{last}"]
            earlier = self._ledger.store.load_slice(
                "access", own.originator_id, after=place.after, until=last
            )
            opened_looks = self._ledger.open_all(earlier, log="access")
            events = [opened.event for opened in opened_looks if not opened.closed]
            if last == own.originator_version:
                events.append(replace(own, shown=[[*named, ""]]))
            told[:] = [
                told_look(e, registry, officers=officers) for e in events if isinstance(e, SubjectQueried)
            ]
            return [[*named, looks_digest(told)]]

        subject, receipt = self._logged(asking, announced)
        begun, last = places[0].begun, places[0].after + asked.limit
        following = self._cursors(asking, subject).write(Place(begun, last)) if last < begun else ""
        return Page(tuple(told), following, begun, receipt)

    def _cursors(self, asking: _Asking, subject: UUID | None) -> Cursors:
        about = str(subject or "")
        return Cursors(self._ledger.vault, asking.portal, asking.view, about, asking.asked.as_of)

    def _logged(
        self,
        asking: _Asking,
        shown: Shown | Callable[[SubjectQueried], Shown],
        *,
        view_position: int = 0,
    ) -> tuple[UUID, int]:
        """Log this look in the subject's own list, durable when it returns; the subject and its position."""

        def logged(subject: UUID, before: Sequence[Append]) -> int:
            return log_look(
                self._ledger,
                subject,
                department=asking.portal,
                officer=SELF,
                role=SELF,
                purpose=OWN_PURPOSE,
                rules=["PRV-3"],
                view=asking.view,
                shown=shown,
                view_position=view_position,
                as_of=asking.asked.as_of,
                asked={**page_as_asked(asking.asked), **(OFFICERS_TOLD if asking.officers else {})},
                before=before,
            )

        return log_look_at(self._ledger, asking.identity, logged)


def page_as_asked(asked: PageAsked) -> dict[str, Json]:
    """Which page was asked for, as its look says it; nothing for a whole first one."""
    limit: dict[str, Json] = {} if asked.limit == LIMIT_MAX else {"limit": asked.limit}
    return {**limit, **({"cursor": asked.cursor} if asked.cursor else {})}
