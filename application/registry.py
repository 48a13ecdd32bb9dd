"""Who may act and under which catalogue item: folded from the streams that the ledger holds.

Commands read it before they decide; the versions it saw go into the append as guards, so that a key revoked
or an item changed meanwhile stops the act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from application.ledger import Ledger
from domain.access.events import PurposeRegistered
from domain.access.model import Officer, Purpose
from domain.catalogue.items import CatalogueItem, fold, version_in_force
from domain.listing.standards import ListStandard, fold_standard, standard_in_force
from domain.measures.items import MeasureItem, fold_items
from domain.oversight.officers import suspension_of
from domain.parties.events import DepartmentRanked, DepartmentRegistered, OfficerRegistered
from domain.parties.keys import SigningKey, fold_key
from domain.remedies.recounting import calendar_of
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import MAXIMUM_MONTHS, RuleSettings, maximum_months

DEPARTMENT, ITEM = "department", "catalogue"
OFFICER, PURPOSE, CALENDAR, LIST, MEASURE = "officer", "purpose", "calendar", "list", "measure"
SETTINGS = ("setting", "all")
"""Kind and name of the one stream of all settings."""


@dataclass(frozen=True)
class Versions:
    """All versions of one catalogue item, with the stream and the stream version they were read at."""

    stream_id: UUID
    stream_version: int
    items: tuple[CatalogueItem, ...]
    list_guard: Mapping[UUID, int] = field(default_factory=dict)
    """Of a list's own item the stream of its standard, under which it may be suspended, and that stream's version."""

    @property
    def guards(self) -> dict[UUID, int]:
        """All streams that were read, with their versions."""
        return {self.stream_id: self.stream_version, **self.list_guard}

    @property
    def deletable(self) -> bool:
        """Whether any version says that a record of it may be deleted (REP-5)."""
        return any(item.repair == "delete" for item in self.items)


@dataclass(frozen=True)
class SettingsRead:
    """All settings, with the stream and the stream version they were read at."""

    stream_id: UUID
    stream_version: int
    settings: RuleSettings


@dataclass(frozen=True)
class KnownCalendar:
    """The calendar as events made it, with its stream and the stream version it was read at."""

    stream_id: UUID
    version: int
    calendar: Calendar
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Standards:
    """All versions of the standard of one list, with the stream and the stream version they were read at."""

    stream_id: UUID
    stream_version: int
    versions: tuple[ListStandard, ...]


@dataclass(frozen=True)
class MeasureVersions:
    """All versions of one item of the measures list, with the stream and the stream version they were read at."""

    stream_id: UUID
    stream_version: int
    items: tuple[MeasureItem, ...]


@dataclass(frozen=True)
class Rank:
    """The registered rank of a department and whether it is a member of the joint meeting (联席会议成员单位), with the
    stream and the stream version they were read at."""

    stream_id: UUID
    stream_version: int
    rank: str
    member: bool = False


class Registry:
    """The registry (登记簿) as one command sees it; made anew for each command, so never stale for long."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._departments: dict[str, DepartmentRegistered | None] = {}
        self._items: dict[str, Versions] = {}
        self._settings: SettingsRead | None = None
        self._changed: SettingsRead | None = None
        """What was set, for whoever needs no defaults."""
        self._calendar: list[tuple[int, Event]] | None = None
        self._standards: dict[str, Standards] = {}
        self._measures: dict[str, MeasureVersions] = {}

    def department(self, code: str) -> DepartmentRegistered | None:
        """The department registered under a 统一社会信用代码, or None."""
        if code not in self._departments:
            events = self._ledger.load(self._ledger.name_id(DEPARTMENT, code))
            found = [e for e in events if isinstance(e, DepartmentRegistered)]
            self._departments[code] = found[-1] if found else None
        return self._departments[code]

    def rank(self, code: str) -> Rank:
        """Of which rank a department is registered, empty for one that has none, and whether as a member."""
        stream_id = self._ledger.name_id(DEPARTMENT, code)
        events = self._ledger.load(stream_id)
        ranks = [event for event in events if isinstance(event, DepartmentRanked)]
        last = ranks[-1] if ranks else None
        return Rank(stream_id, len(events), last.rank if last else "", bool(last and last.member))

    def officer(self, pseudonym: str) -> Officer | None:
        """The officer registered under a pseudonym, or None."""
        events = self._ledger.load(self._ledger.name_id(OFFICER, pseudonym))
        found = [e for e in events if isinstance(e, OfficerRegistered)]
        if not found:
            return None
        last, version = found[-1], events[-1].originator_version
        suspended = suspension_of(events) is not None
        return Officer(last.pseudonym, last.role, last.department, suspended, version)

    def acting(self, pseudonym: str, department: str) -> Officer:
        """The registered officer who acts for a department. Raises ``Refused`` (QRY-1) for anybody else."""
        officer = self.officer(pseudonym)
        if officer is None or officer.department != department:
            raise Refused(Defect("QRY-1", "officer_unknown", "Credit-Official"))
        return officer

    def officer_stream(self, pseudonym: str) -> UUID:
        """The stream of an officer's events."""
        return self._ledger.name_id(OFFICER, pseudonym)

    def purpose(self, code: str) -> Purpose | None:
        """The purpose registered under a code, or None."""
        events = self._ledger.load(self._ledger.name_id(PURPOSE, code))
        found = [e for e in events if isinstance(e, PurposeRegistered)]
        return Purpose(found[-1].code, found[-1].zh, found[-1].en) if found else None

    def key(self, issuer: bytes) -> SigningKey | None:
        """The signing key of an issuer id, or None."""
        return fold_key(self._ledger.load(self.key_stream(issuer)))

    def key_stream(self, issuer: bytes) -> UUID:
        """The stream of a key's events."""
        return self._ledger.key_stream(issuer)

    def item(self, code: str) -> Versions:
        """All versions of a catalogue item; none when the catalogue has no such item.

        Of a list's own item the version in force is suspended while the list's standard is (INS-2).
        """
        if code not in self._items:
            stream_id = self._ledger.name_id(ITEM, code)
            events = self._ledger.load(stream_id)
            items, standards = tuple(fold(events)), self.standard(code)
            today = city_day(self._ledger.now())
            standard, held = standard_in_force(standards.versions, today), version_in_force(items, today)
            if standard is not None and standard.status == "suspended":
                stopped = [replace(i, status="suspended", stopped_by=standard.stopped_by) for i in items]
                items = tuple(s if i is held else i for i, s in zip(items, stopped, strict=True))
            guard = {standards.stream_id: standards.stream_version} if standards.versions else {}
            self._items[code] = Versions(stream_id, len(events), items, guard)
        return self._items[code]

    def settings(self, defaults: RuleSettings) -> SettingsRead:
        """The settings as their events leave them."""
        if self._settings is None:
            self._settings = self._settings_read(defaults)
        return self._settings

    def months_max(self, decided: date, guards: dict[UUID, int]) -> tuple[int, ...] | None:
        """The maximum terms of publicity that the office had set for records of a day, as the views apply them; None
        where it had set none. Their stream is guarded."""
        read = self._settings or self._changed
        if read is None:
            read = self._changed = self._settings_read(RuleSettings({MAXIMUM_MONTHS: ()}))
        guards[read.stream_id] = read.stream_version
        return maximum_months(read.settings.history(MAXIMUM_MONTHS), on=decided)

    def _settings_read(self, defaults: RuleSettings) -> SettingsRead:
        stream_id = self._ledger.name_id(*SETTINGS)
        events = self._ledger.load(stream_id)
        return SettingsRead(stream_id, len(events), defaults.after(events))

    def calendar(self, built_in: Calendar, *, before: int | None = None) -> KnownCalendar:
        """The working-day calendar with every year that was loaded, as of now or ``before`` a position."""
        stream = self._ledger.name_id(CALENDAR, "working_days")
        if self._calendar is None:
            rows = self._ledger.store.load("records", stream)
            self._calendar = [(o.row.position, o.event) for o in self._ledger.open_all(rows, log="records")]
        events = [e for position, e in self._calendar if before is None or position < before]
        return KnownCalendar(stream, len(events), calendar_of(built_in, events), tuple(events))

    def standard(self, code: str) -> Standards:
        """All versions of a list's standard; none when there is no such list. A list has its item's code."""
        if code not in self._standards:
            stream_id = self._ledger.name_id(LIST, code)
            events = self._ledger.load(stream_id)
            self._standards[code] = Standards(stream_id, len(events), fold_standard(events))
        return self._standards[code]

    def measure(self, code: str) -> MeasureVersions:
        """All versions of an item of the measures list; none when the list has no such item."""
        if code not in self._measures:
            stream_id = self._ledger.name_id(MEASURE, code)
            events = self._ledger.load(stream_id)
            self._measures[code] = MeasureVersions(stream_id, len(events), fold_items(events))
        return self._measures[code]

    def is_stopped(self, code: str) -> bool:
        """Whether an item's version in force today is suspended (INS-2): nothing of it is shown to anyone outside."""
        item = version_in_force(self.item(code).items, city_day(self._ledger.now()))
        return item is not None and item.status == "suspended"

    def forget(self) -> None:
        """Read everything again at the next question, after a conflict said that something moved."""
        self._departments.clear()
        self._items.clear()
        self._settings = self._changed = None
        self._calendar = None
        self._standards.clear()
        self._measures.clear()
