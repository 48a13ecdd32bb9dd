"""The facts of a measure: named, applied or declined, objected to, reported on, suspended, ended; what a subject bears.

Commands make them after ``fitting.py`` and ``case.py`` decided; worklists, the dossier and the subject's stream fold
them. No public part says who is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.parties.acting import AGENT_PARTS
from domain.shared.events import Event
from domain.shared.kinds import Kind


class MeasureNamed(Event):
    """An initiating department names a subject for a measure of a responding one (发起, 001 四(一)).

    ``initiator`` names, ``department`` is to respond by ``feedback_by`` (ISO text; ``provisional`` beyond the loaded
    calendar). ``measure`` and ``version`` are of the measures list, ``provision`` is what is cited. ``rests_on`` is the
    record, the listing or the link (``ground``), ``records`` are those behind it. ``action`` is shared by all that were
    named at once. Who it is: ``name`` and ``code`` of an organisation, ``person_name``, ``id_type``, ``id_number`` of a
    person.
    """

    TOPIC: ClassVar[str] = "measure.named"
    KIND: ClassVar[Kind] = Kind.MEASURE_NAMED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "rests_on": "restricted",
        "records": "restricted",
        "name": "restricted",
        "code": "restricted",
        "person_name": "person/1",
        "id_type": "person/1",
        "id_number": "person/1",
    }
    measure: str
    version: int
    provision: Mapping[str, str]
    department: str
    initiator: str
    officer: str
    action: str
    ground: str
    severity: str
    named_on: str
    feedback_by: str
    provisional: bool
    rests_on: str | None = None
    records: list[str] | None = None
    name: str | None = None
    code: str | None = None
    person_name: str | None = None
    id_type: str | None = None
    id_number: str | None = None


class MeasureApplied(Event):
    """The measure was applied (实施), sealed by its department: which, under which provision, on what, until when.

    ``named`` is the leaf hash (hex) of the naming; ``content`` says what it consists of. Days are ISO text, inclusive.
    """

    TOPIC: ClassVar[str] = "measure.applied"
    KIND: ClassVar[Kind] = Kind.MEASURE_APPLIED
    PART_OF: ClassVar[Mapping[str, str]] = {"rests_on": "restricted", "content": "restricted"}
    measure: str
    version: int
    provision: Mapping[str, str]
    department: str
    named: str
    from_day: str
    until: str
    rests_on: str | None = None
    content: str | None = None


class MeasureDeclined(Event):
    """The responding department does not apply it (不予实施) and says why."""

    TOPIC: ClassVar[str] = "measure.declined"
    KIND: ClassVar[Kind] = Kind.MEASURE_DECLINED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted"}
    department: str
    officer: str
    reasons: str | None = None


class MeasureReported(Event):
    """What the department did (实施情况反馈, 001 四(一)); ``feedback_by`` is the next day for it, ISO text.

    ``closes``: it reports on the end, and nothing is left to do.
    """

    TOPIC: ClassVar[str] = "measure.reported"
    KIND: ClassVar[Kind] = Kind.MEASURE_REPORTED
    PART_OF: ClassVar[Mapping[str, str]] = {"done": "restricted"}
    department: str
    officer: str
    reported_on: str
    feedback_by: str
    provisional: bool
    closes: bool
    done: str | None = None


class MeasureSuspended(Event):
    """The measure is not executed while an objection is verified (暂不执行, 001 四(八))."""

    TOPIC: ClassVar[str] = "measure.suspended"
    KIND: ClassVar[Kind] = Kind.MEASURE_SUSPENDED
    department: str
    objection: str
    on_day: str


class MeasureResumed(Event):
    """The objection was rejected (恢复执行): executed again, unless another one pends."""

    TOPIC: ClassVar[str] = "measure.resumed"
    KIND: ClassVar[Kind] = Kind.MEASURE_RESUMED
    department: str
    objection: str
    on_day: str


class MeasureEnded(Event):
    """The measure is over (解除): from this transaction on it may not be executed (49号(十一), 001 四(七)).

    ``cause``: ``corrected`` or ``wrongly_applied`` (its department lifts it), ``conduct_corrected`` (its initiator ends
    all that it named on the ground, ``by`` the first), ``expiry`` (its term), or what became of the ground:
    ``reversal``, ``repair``, ``ground_expired``, ``delisted``; ``basis_stopped`` with the item of the measures list,
    the catalogue item or the list (code ``by``) that is not executed any more. ``by`` is what brought it about, left
    out for time.
    ``closes``: it was never applied, or its department lifted it itself, so that nothing is left to report.
    """

    TOPIC: ClassVar[str] = "measure.ended"
    KIND: ClassVar[Kind] = Kind.MEASURE_ENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"by": "restricted", "reasons": "restricted"}
    department: str
    cause: str
    on_day: str
    closes: bool
    officer: str | None = None
    by: str | None = None
    reasons: str | None = None


class MeasureOverdue(Event):
    """A department did not respond or report in time (反馈逾期, 001 四(一)); recorded by the platform, once a month.

    As ``objection.overdue``; ``following`` is the next day for it, ISO text; ``record`` the first behind the measure.
    Of the step ``answer``, an objection to the measure itself, there is one day only, which ``following`` repeats.
    """

    TOPIC: ClassVar[str] = "measure.overdue"
    KIND: ClassVar[Kind] = Kind.MEASURE_OVERDUE
    PART_OF: ClassVar[Mapping[str, str]] = {"record": "restricted"}
    step: str
    due: str
    following: str
    department: str
    provisional: bool
    record: str | None = None


class MeasureObjected(Event):
    """The subject objects to the measure itself (对惩戒措施的异议, 001 四(八)): not executed until it is answered.

    ``filed_by`` is ``subject`` or ``agent``, who proves its power of attorney; ``evidence`` are digests (SHA-256).
    Answered by ``answer_by``, ISO text, ``provisional`` beyond the loaded calendar. ``reopens``: nothing was left to
    do in the case.
    """

    TOPIC: ClassVar[str] = "measure.objected"
    KIND: ClassVar[Kind] = Kind.MEASURE_OBJECTED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "grounds": "restricted",
        "evidence": "restricted",
        **AGENT_PARTS,
    }
    department: str
    filed_by: str
    received_by: str
    filed_on: str
    answer_by: str
    provisional: bool
    reopens: bool
    officer: str | None = None
    grounds: str | None = None
    evidence: list[str] | None = None
    power_of_attorney: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class MeasureObjectionDecided(Event):
    """The answer to an objection to a measure (异议处理结果): ``upheld``, it was wrong and is lifted, or ``rejected``.

    A rejected one says its reasons and both remedies. ``closes``: nothing else is left to do in the case.
    """

    TOPIC: ClassVar[str] = "measure.objection_decided"
    KIND: ClassVar[Kind] = Kind.MEASURE_OBJECTION_DECIDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "remedies": "restricted"}
    department: str
    officer: str
    outcome: str
    closes: bool
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


class SubjectMeasured(Event):
    """A measure of a subject begins with its naming (涉及措施), told in the subject's own stream."""

    TOPIC: ClassVar[str] = "subject.measured"
    KIND: ClassVar[Kind] = Kind.SUBJECT_MEASURED
    measure: str
    code: str
    department: str


class SubjectUnmeasured(Event):
    """A measure of a subject is over or was declined, told in the subject's own stream."""

    TOPIC: ClassVar[str] = "subject.unmeasured"
    KIND: ClassVar[Kind] = Kind.SUBJECT_UNMEASURED
    measure: str
    code: str
    cause: str
