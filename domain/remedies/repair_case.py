"""What a credit repair case is: the application, its materials, the window of time in which it may be made.

Folded from the case's own stream; ``repair.py`` decides on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.catalogue.items import SEVERITIES
from domain.parties.acting import Agent
from domain.records.publicity import DEFAULT_SEVERITY, decided_on
from domain.remedies.events import (
    RepairAccepted,
    RepairApplied,
    RepairDecided,
    RepairMaterialsRequested,
    RepairMaterialsSupplied,
    RepairOverdue,
)
from domain.remedies.limits import RemedyLimits, covered_by
from domain.remedies.repair_events import RepairExtended, RepairRevoked
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.events import Event, fold_case
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, Refused, refuse_if_any

_AMOUNT = re.compile(
    r"(?:^|[_\W\d])(?:fee|amount|price|charge|payment|paid|cost|money|invoice|deposit)s?(?:[_\W\d]|$)|费|金额|价款|收款|付款"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLACES = frozenset({"agent", "basis", "materials", "records", "remedies", "subject"})
"""Members in which others stand. A place is told by these names alone: any other is the sender's own word."""


@dataclass(frozen=True, slots=True)
class Material:
    """One document handed in (材料): its kind and the SHA-256 digest (hex) of its file.

    Of public service also for how many ``hours`` and which body certified them (REP-7).
    """

    kind: str
    digest: str
    hours: int | None = None
    certified_by: str | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What the applicant hands in (修复申请). There is no field for an amount, and there will be none."""

    materials: tuple[Material, ...] = ()
    contact: str | None = None
    agent: Agent | None = None
    officer: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, object], *, officer: str | None = None) -> Application:
        """The application from a request's JSON: ``materials`` (each ``kind``, ``digest``), ``contact``, ``agent``.

        Raises ``Refused`` with REP-3 for anything that speaks of money, PRV-1 for any other field, and REP-2
        for a field of another shape.
        """
        defects = list(amount_defects(data))
        agent, materials = data.get("agent"), data.get("materials", [])
        if not defects and not set(data) <= {"materials", "contact", "agent"}:
            defects.append(Defect("PRV-1", "unknown_field"))
        refuse_if_any(defects)
        contact = data.get("contact")
        return cls(
            materials=materials_from(materials),
            contact=None if contact is None else _text(contact, "/contact"),
            agent=None if agent is None else agent_from(agent),
            officer=officer,
        )


@dataclass(frozen=True, slots=True)
class Repair:
    """An application (信用修复案件) as its events leave it.

    Its limits are those of ``applied_on``. ``lacking`` is what was asked for and not supplied; ``overdue`` holds
    each (step, due day) recorded as missed.
    """

    id: UUID
    version: int
    record: UUID
    source: str
    item: str
    mode: str
    filing_officer: str | None
    accept_by: str
    answer_by: str
    given: frozenset[str]
    applied_on: date
    provisional: bool = False
    overdue: frozenset[tuple[str, str]] = frozenset()
    asked: bool = False
    lacking: frozenset[str] = frozenset()
    accepted: bool = False
    extended: bool = False
    decided: bool = False
    granted: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """From when a record may be repaired (修复期限): ``first`` is the day after its minimum term."""

    severity: str
    first: date


def fold_repair(events: Iterable[Event]) -> Repair | None:
    """The application of a stream; None when it holds none."""
    return fold_case(events, _applied, _left_by)


def _applied(event: Event) -> Repair | None:
    if not isinstance(event, RepairApplied):
        return None
    return Repair(
        id=event.originator_id,
        version=event.originator_version,
        record=UUID(event.record),
        source=event.source,
        item=event.item,
        mode=event.mode,
        filing_officer=event.officer,
        accept_by=event.accept_by,
        answer_by=event.answer_by,
        given=frozenset(kind for kind, _ in event.materials or ()),
        applied_on=city_day(event.timestamp),
        provisional=event.provisional,
    )


def _left_by(event: Event, so_far: Repair) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, RepairMaterialsRequested):
        return {"asked": True, "lacking": frozenset(event.missing)}
    if isinstance(event, RepairMaterialsSupplied):
        supplied = frozenset(kind for kind, _ in event.materials or ())
        days = {"accept_by": event.accept_by, "answer_by": event.answer_by, "provisional": event.provisional}
        return {**days, "given": so_far.given | supplied, "lacking": so_far.lacking - covered_by(supplied)}
    if isinstance(event, CaseDaysRecounted):
        days = {"answer_by": event.answer_by, "provisional": event.provisional}
        return {**days, "accept_by": event.accept_by or so_far.accept_by}
    if isinstance(event, RepairExtended):
        return {"extended": True, "answer_by": event.answer_by, "provisional": event.provisional}
    if isinstance(event, RepairOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    if isinstance(event, RepairAccepted):
        return {"accepted": True}
    if isinstance(event, RepairDecided):
        return {"decided": True, "granted": event.outcome == "granted"}
    return {"revoked": True} if isinstance(event, RepairRevoked) else {}


def amount_defects(given: Mapping[str, object], *, at: str = "") -> Iterator[Defect]:
    """REP-3 for anything that anyone attaches: a field that speaks of a fee or an amount, however deep."""
    for name, value in given.items():
        where = f"{at}/{name}" if name in _PLACES else at
        if _AMOUNT.search(_HUMP.sub("_", name).lower()):
            yield Defect("REP-3", "repair_amount", at or "/")
        if isinstance(value, Mapping):
            yield from amount_defects(value, at=where)
        elif isinstance(value, (list, tuple)):
            for number, entry in enumerate(value):
                if isinstance(entry, Mapping):
                    yield from amount_defects(entry, at=at if where == at else f"{where}/{number}")


def window_of(content: Parts, limits: RemedyLimits) -> Window:
    """From when this content may be repaired; an unknown severity counts as 一般.

    The minimum term is counted from the day of the document and runs to the end of the corresponding day, so the
    first day is the one after it; slight records have none and may be repaired at once. There is no last day but
    that of the record's own term: what is shown or shared for longer than its class may be repaired as long (REP-1).
    """
    severity = str(content["public"].get("DISCREDIT_LEVEL", ""))
    severity = severity if severity in SEVERITIES else DEFAULT_SEVERITY
    decided, least = decided_on(content), limits.minimum_months[severity]
    first = add_months(decided, least) + timedelta(days=1) if least else decided
    return Window(severity, first)


def materials_from(data: object) -> tuple[Material, ...]:
    """Materials from a request's JSON. Raises ``Refused`` (REP-2, REP-3, PRV-1)."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise Refused(Defect("REP-2", "remedy_text_unusable", "/materials"))
    return tuple(_material(entry, f"/materials/{number}") for number, entry in enumerate(data))


def _material(entry: object, where: str) -> Material:
    more = dict(entry) if isinstance(entry, Mapping) else {}
    hours, certified_by = (more.pop(name, None) for name in ("hours", "certified_by"))
    if not (hours is None or type(hours) is int):
        raise Refused(Defect("REP-7", "remedy_text_unusable", f"{where}/hours"))
    kind = _exactly(more if isinstance(entry, Mapping) else entry, ("kind", "digest"), where)
    body = None if certified_by is None else _text(certified_by, f"{where}/certified_by")
    return Material(**kind, hours=hours, certified_by=body)


def agent_from(data: object) -> Agent:
    """An agent from a request's JSON. Raises ``Refused`` (REP-2, REP-3, PRV-1)."""
    return Agent(**_exactly(data, ("name", "id_type", "id_number", "power_of_attorney"), "/agent"))


def _exactly(data: object, names: tuple[str, ...], where: str) -> dict[str, str]:
    """An object of exactly these texts."""
    if not isinstance(data, Mapping):
        raise Refused(Defect("REP-2", "remedy_text_unusable", where))
    refuse_if_any(amount_defects(data, at=where))
    if not set(data) <= set(names):
        raise Refused(Defect("PRV-1", "unknown_field", where))
    return {name: _text(data.get(name), f"{where}/{name}") for name in names}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Refused(Defect("REP-2", "remedy_text_unusable", where))
    return value
