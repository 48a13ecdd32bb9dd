"""The facts of an incident: opened, its evidence attached, what was done, closed (49号(十三)).

The credit office's desk (``application/commands/incidents.py``) makes them, a review's finding and ``fsck`` open some.
What is public of them tells that there is an incident and of which kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class IncidentOpened(Event):
    """Information leaked, was altered, destroyed, stolen, used for gain or traded, or that is suspected
    (泄露、篡改、毁损、窃取、谋私、买卖).

    ``kind`` is of ``domain.oversight.incidents.KINDS``. ``source`` is office, review or fsck; ``about`` names the
    review, or area, place and code of what fsck found; ``officer`` opened it, empty for the platform.
    """

    TOPIC: ClassVar[str] = "incident.opened"
    KIND: ClassVar[Kind] = Kind.INCIDENT_OPENED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("source", "about", "facts", "officer", "office"), "restricted"
    )
    kind: str
    opened_on: str
    source: str
    about: str
    facts: str
    officer: str
    office: str


class IncidentEvidenceAdded(Event):
    """Looks at one subject were proven for an incident (证据包), as a bundle that is checked offline.

    ``digest`` is the SHA-256 (hex) of the bundle, ``looks`` are its receipts. The bundle itself (base64) is under the
    key of the subject's list, so that it goes with the subject.
    """

    TOPIC: ClassVar[str] = "incident.evidence_added"
    KIND: ClassVar[Kind] = Kind.INCIDENT_EVIDENCE_ADDED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "looks": "restricted",
        "subject": "restricted",
        "officer": "restricted",
        "bundle": "person/1",
    }
    digest: str
    looks: list[str]
    subject: str
    officer: str
    bundle: str | None = None


class IncidentHandled(Event):
    """What was done about an incident: a measure taken (处置措施), or a subject told of it (告知主体).

    ``what`` is measure or notice. Of a notice ``service`` is how, ``served_on`` when, ``receipt`` its proof's digest.
    ``suspends`` is the officer whose right to query the measure takes.
    """

    TOPIC: ClassVar[str] = "incident.handled"
    KIND: ClassVar[Kind] = Kind.INCIDENT_HANDLED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``suspends``."""
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("what", "text", "subject", "service", "served_on", "receipt", "officer", "suspends"), "restricted"
    )
    handled_on: str
    what: str
    officer: str
    text: str | None = None
    subject: str | None = None
    service: str | None = None
    served_on: str | None = None
    receipt: str | None = None
    suspends: str | None = None


class IncidentClosed(Event):
    """The credit office closed an incident (事件办结): ``confirmed`` or ``unfounded``, and why."""

    TOPIC: ClassVar[str] = "incident.closed"
    KIND: ClassVar[Kind] = Kind.INCIDENT_CLOSED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(("outcome", "reasons", "officer"), "restricted")
    closed_on: str
    outcome: str
    reasons: str
    officer: str
