"""The facts of a flag: raised with its evidence, joined by more, reassigned, answered or missed by its unit, closed.

The flag runner (``application/flags.py``) raises, joins and escalates; ``application/commands/flags.py`` the rest. What
is public of them tells that there is a flag, never whose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class FlagRaised(Event):
    """The ledger holds a cause to call a unit to account (责任线索, 49号 九): assigned to ``unit``, with its evidence.

    ``rule`` is ACC-1 to ACC-4, ``what`` the cause (``domain.oversight.flag_causes.CAUSES``), ``about`` the item,
    case or listing, of refused looks the officer's pseudonym, empty for refused acts. ``times`` counts what was found
    from ``from_day`` to ``until_day``. ``evidence`` lists ``[event id, leaf hash in hex]`` of the events that show it,
    at most ``EVIDENCE_MAX``, in order of position.
    ``answer_by`` is the unit's last day; days are ISO text; ``provisional`` where the calendar did not reach it.
    """

    TOPIC: ClassVar[str] = "flag.raised"
    KIND: ClassVar[Kind] = Kind.FLAG_RAISED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("unit", "what", "about", "times", "from_day", "until_day", "evidence", "answer_by", "provisional"),
        "restricted",
    )
    rule: str
    unit: str
    what: str
    about: str
    times: int
    from_day: str
    until_day: str
    evidence: list[list[str]]
    answer_by: str
    provisional: bool


class FlagJoined(Event):
    """More of the same was found while the flag was open (线索并入), with its evidence, as in :class:`FlagRaised`."""

    TOPIC: ClassVar[str] = "flag.joined"
    KIND: ClassVar[Kind] = Kind.FLAG_JOINED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("times", "from_day", "until_day", "evidence"), "restricted"
    )
    rule: str
    times: int
    from_day: str
    until_day: str
    evidence: list[list[str]]


class FlagReassigned(Event):
    """The credit office assigned a flag to another unit, or to one officer of a unit (线索改派), and why.

    ``reassigns`` is the leaf hash (hex) of the flag. Who is ``responsible`` (a pseudonym) answers alone; empty for
    any officer of the unit. ``answer_by`` is the new last day.
    """

    TOPIC: ClassVar[str] = "flag.reassigned"
    KIND: ClassVar[Kind] = Kind.FLAG_REASSIGNED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("unit", "responsible", "reasons", "officer", "answer_by", "provisional"), "restricted"
    )
    reassigns: str
    unit: str
    responsible: str
    reasons: str
    officer: str
    answer_by: str
    provisional: bool


class FlagAnswered(Event):
    """The unit states its case (线索答复), sealed with its own key: ``answers`` is the leaf hash (hex) of the flag.

    ``materials`` are the SHA-256 (hex) of what it rests on.
    """

    TOPIC: ClassVar[str] = "flag.answered"
    KIND: ClassVar[Kind] = Kind.FLAG_ANSWERED
    PART_OF: ClassVar[Mapping[str, str]] = {"statement": "restricted", "materials": "restricted"}
    answers: str
    statement: str
    materials: list[str] | None = None


class FlagOverdue(Event):
    """The unit did not answer in time (线索逾期未答复): it escalates to the credit office. ``due`` is ISO text."""

    TOPIC: ClassVar[str] = "flag.overdue"
    KIND: ClassVar[Kind] = Kind.FLAG_OVERDUE
    due: str


class FlagClosed(Event):
    """The credit office closed a flag (线索办结): ``unfounded``, ``corrected`` or ``held_to_account``, and why.

    ``closes`` is the leaf hash (hex) of the flag.
    """

    TOPIC: ClassVar[str] = "flag.closed"
    KIND: ClassVar[Kind] = Kind.FLAG_CLOSED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(("outcome", "reasons", "officer"), "restricted")
    closes: str
    outcome: str
    reasons: str
    officer: str
