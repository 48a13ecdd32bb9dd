"""Further facts of repairs, beside those of ``events.py``: extended, revoked, filed together, at rest for a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.parties.acting import AGENT_PARTS
from domain.shared.events import Event
from domain.shared.kinds import Kind


class RepairExtended(Event):
    """The time to decide was extended once (延长办理期限), and the applicant told why before it ended.

    ``answer_by`` is the new last day, ``working_days`` beyond the one before; ``notice`` is the digest (SHA-256, hex)
    of what the applicant was told.
    """

    TOPIC: ClassVar[str] = "repair.extended"
    KIND: ClassVar[Kind] = Kind.REPAIR_EXTENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "notice": "restricted"}
    record: str
    working_days: int
    answer_by: str
    provisional: bool
    department: str
    officer: str
    reasons: str | None = None
    notice: str | None = None


class RepairRevoked(Event):
    """A repair is revoked (撤销信用修复), sealed by the department that granted it, with its reasons and both remedies.

    ``revokes`` is the leaf hash (hex) of ``repair.decided``, ``cause`` ``false_material`` (虚假材料) or
    ``broken_commitment`` (违反信用承诺); ``evidence`` lists SHA-256 digests (hex).
    """

    TOPIC: ClassVar[str] = "repair.revoked"
    KIND: ClassVar[Kind] = Kind.REPAIR_REVOKED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "evidence": "restricted",
        "reasons": "restricted",
        "remedies": "restricted",
    }
    revokes: str
    cause: str
    officer: str
    evidence: list[str] | None = None
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


class RecordReturned(Event):
    """The effect of a repair is undone (恢复公示): the record is shown as before while its term runs, and says so.

    ``cause`` is ``repair_revoked``, and ``by`` the case that was revoked; ``shows`` is the version, in the record's
    stream, of the content that is shown; ``barred_until`` the last day without a further repair (ISO text).
    """

    TOPIC: ClassVar[str] = "record.returned"
    KIND: ClassVar[Kind] = Kind.RECORD_RETURNED
    cause: str
    by: str
    shows: int
    returned_on: str
    barred_until: str | None = None


class RepairsFiled(Event):
    """One application for the repair of several records (一窗受理), split at once into a case for each (49号(十二)).

    ``cases`` lists ``[case, record, source]``; what was handed in stands in the cases. ``applied_by`` is ``subject`` or
    ``agent``.
    """

    TOPIC: ClassVar[str] = "repairs.filed"
    KIND: ClassVar[Kind] = Kind.REPAIRS_FILED
    applied_by: str
    received_by: str
    cases: list[list[str]]
    officer: str | None = None


class RecordRested(Event):
    """A record is shielded for a time (暂时屏蔽): in no view from this transaction on, until ``until`` at most.

    ``by`` is the case for which it rests. It stands in no map of what was shielded: it may return.
    """

    TOPIC: ClassVar[str] = "record.rested"
    KIND: ClassVar[Kind] = Kind.RECORD_RESTED
    by: str
    until: str


class ReorganisationApplied(Event):
    """An organisation, or its administrator (破产管理人), applies for a temporary shield (暂时屏蔽申请).

    ``applied_by`` is ``subject`` or ``agent``, of whom ``power_of_attorney`` is the digest of the court's appointment;
    ``court``, ``ruling`` and ``ruled_on`` name the ruling that approved the plan, ``evidence`` lists SHA-256 digests
    (hex). The department answers by ``answer_by`` (ISO text).
    """

    TOPIC: ClassVar[str] = "reorganisation.applied"
    KIND: ClassVar[Kind] = Kind.REORGANISATION_APPLIED
    PART_OF: ClassVar[Mapping[str, str]] = {"evidence": "restricted", "contact": "person/1", **AGENT_PARTS}
    record: str
    applied_by: str
    received_by: str
    source: str
    court: str
    ruling: str
    ruled_on: str
    until: str
    answer_by: str
    provisional: bool
    officer: str | None = None
    evidence: list[str] | None = None
    power_of_attorney: str | None = None
    contact: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None
