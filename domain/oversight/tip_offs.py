"""Decides on tip-offs of the public: who may open the seal, which step follows which, what is said to whom (WHS-1).

Commands load a tip-off from its own stream of the access log, where leaves say nothing; nothing of it is a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.oversight.tip_off_names import Hashed, naming_defects
from domain.parties.acting import SHORT_CHARACTERS_MAX, Officer, is_text
from domain.shared.city_time import city_day
from domain.shared.events import Event, fold_case
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect, Refused, refuse_if_any

HANDLER = "tip_off_handler"
"""The role by which the credit office names an officer who may open tip-offs (指定的举报经办人)."""
TEXT_MAX = 4000
REASON_MAX = 500
_CODE = re.compile(r"[0-9A-Z]{18}")
REPORTER, REPORT = "reporter", "report"
SEALED = {REPORTER: "person/1", REPORT: "person/2"}
"""What can be opened, each under a key of its own: who reported, and what about whom."""
FILED, ACCEPTED, FORWARDED, ANSWERED, CLOSED = "filed", "accepted", "forwarded", "answered", "closed"
STEPS: Mapping[str, tuple[str, ...]] = {
    ACCEPTED: (FILED, FORWARDED),
    FORWARDED: (FILED, ACCEPTED, FORWARDED),
    ANSWERED: (ACCEPTED, ANSWERED),
    CLOSED: (FILED, ACCEPTED, FORWARDED, ANSWERED),
}
"""Each step, and the states after which it may come."""


class TipOffFiled(Event):
    """Somebody of the public reported serious dishonesty (举报, 001 三(五)).

    ``department`` is where it lies, ``secret`` the keyed hash (hex) of what the reporter was given. The reporter's
    ``name`` and ``contact`` may be left out; ``about``, ``code`` and ``text`` are the report. ``names`` are keyed
    hashes of all that names either (``tip_off_names.py``).
    """

    TOPIC: ClassVar[str] = "tipoff.filed"
    KIND: ClassVar[Kind] = Kind.ACCESS
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``names``."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "names": "restricted",
        "name": SEALED[REPORTER],
        "contact": SEALED[REPORTER],
        "about": SEALED[REPORT],
        "code": SEALED[REPORT],
        "text": SEALED[REPORT],
    }
    department: str
    secret: str
    name: str | None = None
    contact: str | None = None
    about: str | None = None
    code: str | None = None
    text: str | None = None
    names: list[str] | None = None


class TipOffOpened(Event):
    """A named handler opened what is sealed (开启举报), for a reason; recorded before it opened (WHS-1).

    ``shown`` names what: ``report``, ``reporter``.
    """

    TOPIC: ClassVar[str] = "tipoff.opened"
    KIND: ClassVar[Kind] = Kind.ACCESS
    PART_OF: ClassVar[Mapping[str, str]] = {"reason": "restricted"}
    department: str
    officer: str
    shown: list[str]
    reason: str | None = None


class TipOffHandled(Event):
    """A step (举报办理): accepted, forwarded ``to`` a department, answered, or closed; ``text`` is for the reporter."""

    TOPIC: ClassVar[str] = "tipoff.handled"
    KIND: ClassVar[Kind] = Kind.ACCESS
    PART_OF: ClassVar[Mapping[str, str]] = {"text": "restricted"}
    step: str
    department: str
    officer: str
    to: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class TipOff:
    """A tip-off (举报件) as its events leave it; ``department`` is where it lies now."""

    id: UUID
    version: int
    state: str
    department: str
    secret: str
    filed_at: datetime
    names: tuple[str, ...] = ()
    accepted: bool = False
    openings: tuple[TipOffOpened, ...] = ()
    steps: tuple[TipOffHandled, ...] = ()


def fold_tip_off(events: Iterable[Event]) -> TipOff | None:
    """The tip-off of a stream; None when it holds none, or was erased."""
    return fold_case(events, _filed, _left_by)


def _filed(event: Event) -> TipOff | None:
    if not isinstance(event, TipOffFiled):
        return None
    at, names = (event.originator_id, event.originator_version), tuple(event.names or ())
    return TipOff(*at, FILED, event.department, event.secret, event.timestamp, names)


def _left_by(event: Event, so_far: TipOff) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, TipOffOpened):
        return {"openings": (*so_far.openings, event)}
    if not isinstance(event, TipOffHandled):
        return {}
    # Who it is forwarded to accepts it anew.
    accepted = event.step != FORWARDED and (so_far.accepted or event.step == ACCEPTED)
    department, steps = event.to or so_far.department, (*so_far.steps, event)
    return {"state": event.step, "department": department, "accepted": accepted, "steps": steps}


def filing_defects(*, about: str, code: str, text: str, name: str, contact: str) -> Iterable[Defect]:
    """WHS-1: a report says about whom and what; who reports may stay unnamed, and is reached by the receipt then."""
    most = {"most": str(TEXT_MAX)}
    if not is_text(about, most=SHORT_CHARACTERS_MAX):
        yield Defect("WHS-1", "tip_off_about", "/about", {"most": str(SHORT_CHARACTERS_MAX)})
    if code and _CODE.fullmatch(code) is None:
        yield Defect("WHS-1", "tip_off_code", "/code")
    if not is_text(text, most=TEXT_MAX):
        yield Defect("WHS-1", "tip_off_text", "/text", most)
    for field, value in (("name", name), ("contact", contact)):
        if value and not is_text(value, most=SHORT_CHARACTERS_MAX):
            yield Defect("WHS-1", "tip_off_about", f"/{field}", {"most": str(SHORT_CHARACTERS_MAX)})


def open_tip_off(
    tip_off: TipOff,
    officer: Officer,
    *,
    shown: Iterable[str],
    reason: str,
    hashed: Hashed,
    place: Mapping[str, Any],
) -> TipOffOpened:
    """The opening, to be recorded before anything opens. Raises ``Refused`` (WHS-1).

    Who reported is nobody's business before the report is accepted, and nothing opens once it is closed. The reason is
    told to others and names nobody.
    """
    named = sorted(set(shown))
    defects = []
    if tip_off.state == CLOSED:
        defects.append(Defect("WHS-1", "tip_off_closed"))
    elif REPORTER in named and not tip_off.accepted:
        defects.append(Defect("WHS-1", "tip_off_not_accepted", "/show"))
    if not is_text(reason, most=REASON_MAX):
        defects.append(Defect("WHS-1", "tip_off_reason", "/reason", {"most": str(REASON_MAX)}))
    defects += naming_defects(reason, "/reason", names=tip_off.names, hashed=hashed, today=_day(place))
    refuse_if_any(defects)
    return TipOffOpened(
        **place, department=officer.department, officer=officer.pseudonym, shown=named, reason=reason
    )


def handle_tip_off(
    tip_off: TipOff,
    officer: Officer,
    *,
    step: str,
    to: str,
    text: str,
    hashed: Hashed,
    place: Mapping[str, Any],
) -> TipOffHandled:
    """The step. Raises ``Refused`` (WHS-1): out of order, forwarded to nobody else, without its words, or naming who
    reported or about whom."""
    if tip_off.state not in STEPS[step]:
        raise Refused(Defect("WHS-1", "tip_off_step", "/step"))
    defects = []
    if (step == FORWARDED) != bool(to) or to == tip_off.department:
        defects.append(Defect("WHS-1", "tip_off_forwarded_to", "/to"))
    needs_words = step in (ANSWERED, CLOSED) or text
    if needs_words and not is_text(text, most=TEXT_MAX):
        defects.append(Defect("WHS-1", "tip_off_text", "/text", {"most": str(TEXT_MAX)}))
    defects += naming_defects(text, "/text", names=tip_off.names, hashed=hashed, today=_day(place))
    refuse_if_any(defects)
    return TipOffHandled(
        **place,
        step=step,
        department=officer.department,
        officer=officer.pseudonym,
        to=to or None,
        text=text or None,
    )


def _day(place: Mapping[str, Any]) -> date:
    return city_day(place["timestamp"])
