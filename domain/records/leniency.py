"""Decides on leniency (从宽评估): what is assessed before a document is recorded, by whom, and what follows (DET-4).

Before it stand a department's officers; after it the intake, which asks it for every row, and the lists, which
never take a minor's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.catalogue.items import SEVERITIES
from domain.parties.identifiers import is_minor
from domain.records.publicity import CITIZEN_ID, FORMS, PERSON, decided_on, severity_of, subject_kind
from domain.records.screening import is_prohibited_in_remarks, personal_data_in_public
from domain.shared.canonical import Parts
from domain.shared.events import Event, next_of, placed
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import has_control, normalise_document_number, says

MINOR = "minor"
GROUNDS = (MINOR, "force_majeure", "no_intent", "slight")
"""未成年人、不可抗力、非主观故意、轻微 (49号(十六))."""
SLIGHT = GROUNDS[-1]
NOT_RECORDED = "not_recorded"
PUBLISHED = "published"
EFFECTS = ("not_published", NOT_RECORDED, PUBLISHED)
"""What an assessment comes to: recorded and shared but never public, not recorded at all, or, of what is slight and
nothing else, public as its item says: slight conduct is published in principle not (国办发〔2025〕22号; ADR 0030)."""
LENIENCY = "leniency"
"""The member of a record's envelope that names the assessment in force when it was recorded: never public."""
ASSESSED = "assessed"
"""The same, of an assessment by which it is public as its item says."""
DECISIONS = ("approved", "withdrawn")
REASON_CHARACTERS_MAX = 1000
NUMBER_CHARACTERS_MAX = 128


class LeniencyAssessed(Event):
    """A leniency assessment (从宽评估) of one legal document, made before it is recorded (49号(十六)).

    ``authority`` and ``number`` name the document as DET-2 does; ``reason`` may speak of a person, so it has a key
    of its own and is erased alone.
    """

    TOPIC: ClassVar[str] = "leniency.assessed"
    KIND: ClassVar[Kind] = Kind.LENIENCY_ASSESSED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "grounds": "restricted",
        "authority": "restricted",
        "number": "restricted",
        "reason": PERSON,
    }
    department: str
    officer: str
    effect: str
    grounds: list[str] | None = None
    authority: str | None = None
    number: str | None = None
    reason: str | None = None


class LeniencyDecided(Event):
    """A second officer ``approved`` an assessment (复核), or one of its department has ``withdrawn`` it (撤回)."""

    TOPIC: ClassVar[str] = "leniency.decided"
    KIND: ClassVar[Kind] = Kind.LENIENCY_DECIDED
    decision: str
    department: str
    officer: str


@dataclass(frozen=True)
class Assessment:
    """An assessment (从宽评估) as its events leave it; ``officer`` made it."""

    id: UUID
    version: int
    department: str
    officer: str
    effect: str
    grounds: tuple[str, ...]
    document: tuple[str, str]
    """Authority and number."""
    approved: bool = False
    withdrawn: bool = False

    def holds_for(self, *, minor: bool) -> bool:
        """Whether it is in force for such a subject: approved, or of a minor, which needs no second officer."""
        return not self.withdrawn and (self.approved or (minor and MINOR in self.grounds))

    @property
    def state(self) -> str:
        """In a word: waiting (for a second officer), assessed (of a minor), approved or withdrawn."""
        if self.withdrawn:
            return "withdrawn"
        return "approved" if self.approved else "assessed" if self.grounds == (MINOR,) else "waiting"


def fold_assessment(events: Iterable[Event]) -> Assessment | None:
    """The newest assessment of a stream; None when it holds none."""
    found: Assessment | None = None
    for event in events:
        if isinstance(event, LeniencyAssessed):
            found = Assessment(
                event.originator_id,
                event.originator_version,
                event.department,
                event.officer,
                event.effect,
                tuple(event.grounds or ()),
                (event.authority or "", event.number or ""),
            )
        elif found is not None and isinstance(event, LeniencyDecided):
            found = replace(
                found,
                version=event.originator_version,
                approved=found.approved or event.decision == "approved",
                withdrawn=event.decision == "withdrawn",
            )
    return found


@dataclass(frozen=True)
class Assessing:
    """What an officer finds (评估意见): the document, the grounds, what follows, and why."""

    authority: str
    number: str
    grounds: tuple[str, ...]
    effect: str
    reason: str

    def defects(self, *, today: date) -> Iterator[Defect]:
        """DET-4: grounds and effect that there are, a document, and a reason that identifies nobody (PUB-2)."""
        if (
            not self.grounds
            or len(set(self.grounds)) < len(self.grounds)
            or not set(self.grounds) <= {*GROUNDS}
        ):
            yield Defect("DET-4", "leniency_grounds", "/grounds", {"values": "、".join(GROUNDS)})
        if self.effect not in EFFECTS:
            yield Defect("DET-4", "leniency_effect", "/effect", {"values": "、".join(EFFECTS)})
        elif self.effect == PUBLISHED and set(self.grounds) != {SLIGHT}:
            yield Defect("DET-4", "leniency_published", "/effect")
        number = self.number
        if (
            not normalise_document_number(number)
            or len(number) > NUMBER_CHARACTERS_MAX
            or has_control(number)
        ):
            yield Defect("DET-4", "leniency_document", "/number")
        reason = self.reason
        if not says(reason, most=REASON_CHARACTERS_MAX):
            yield Defect("DET-4", "leniency_reason", "/reason", {"most": str(REASON_CHARACTERS_MAX)})
        elif is_prohibited_in_remarks(reason) or personal_data_in_public(
            reason, today=today, is_certificate=False
        ):
            yield Defect("DET-4", "leniency_reason_personal", "/reason")


def assess(
    stream: UUID,
    version: int,
    found: Assessment | None,
    given: Assessing,
    *,
    officer: str,
    department: str,
    recorded: bool,
    today: date,
    now: datetime,
) -> LeniencyAssessed:
    """The assessment, in the stream of its document after ``version``.

    Raises ``Refused`` (DET-4) for what is not whole, for a document that is ``recorded`` already, and while an
    earlier assessment of it stands.
    """
    defects = list(given.defects(today=today))
    if recorded:
        defects.append(Defect("DET-4", "leniency_after_recording", "/number"))
    if found is not None and not found.withdrawn:
        defects.append(Defect("DET-4", "leniency_assessed_already", "/number", {"assessment": str(found.id)}))
    refuse_if_any(defects)
    return LeniencyAssessed(
        **placed(stream, version + 1, now),
        department=department,
        officer=officer,
        effect=given.effect,
        grounds=list(given.grounds),
        authority=given.authority,
        number=given.number,
        reason=given.reason,
    )


def decide_leniency(
    found: Assessment, decision: str, *, officer: str, recorded: bool, now: datetime
) -> LeniencyDecided:
    """A second officer approves, or the assessment is withdrawn. Raises ``Refused`` (DET-4) when it may not be."""
    if decision not in DECISIONS:
        raise ValueError(decision)
    defects = []
    if found.withdrawn:
        defects.append(Defect("DET-4", "leniency_withdrawn"))
    elif decision == "approved" and found.approved:
        defects.append(Defect("DET-4", "leniency_approved_already"))
    elif decision == "approved" and found.officer == officer:
        defects.append(Defect("DET-4", "leniency_same_officer", "Credit-Official"))
    if recorded:
        defects.append(Defect("DET-4", "leniency_after_recording"))
    refuse_if_any(defects)
    return LeniencyDecided(
        **next_of(found, now),
        decision=decision,
        department=found.department,
        officer=officer,
    )


def is_minors(parts: Parts) -> bool:
    """Whether a record is about somebody who was under 18 on the day of the decision (民法典17).

    False where no citizen id says the age; such a record is not public either (``publicity_term``).
    """
    if subject_kind(parts) != "natural_person":
        return False
    prefix, person = FORMS[str(parts["public"]["form"])].prefix, parts.get(PERSON, {})
    if person.get(f"{prefix}XDR_ZJLX") != CITIZEN_ID:
        return False
    try:
        return is_minor(str(person[f"{prefix}XDR_ZJHM"]), on=decided_on(parts))
    except (KeyError, ValueError):
        return False


def is_slight(parts: Parts, nature: str) -> bool:
    """Whether a record is of slight dishonest conduct (轻微失信行为): of that class, under an item that is adverse."""
    return nature == "negative" and severity_of(parts) == SEVERITIES[0]


def noted(assessment: Assessment) -> dict[str, str]:
    """What the envelope of a record says of the assessment under which it is recorded."""
    return {ASSESSED if assessment.effect == PUBLISHED else LENIENCY: str(assessment.id)}


def was_assessed(envelope: Mapping[str, object]) -> bool:
    """Whether a record was recorded under an assessment, by the envelope of its first event."""
    return LENIENCY in envelope or ASSESSED in envelope


def listing_defects(parts: Parts, *, lenient: bool) -> Iterator[Defect]:
    """DET-4: what keeps a record from every serious list, whatever its standard: a minor's is never listed.

    ``lenient``: an assessment was in force when it was recorded; what was found slight, unmeant or owed to a disaster
    is no serious misconduct, and what was kept from the public does not become public by a list.
    """
    if is_minors(parts):
        yield Defect("DET-4", "leniency_minor_never_listed", "/records")
    elif lenient:
        yield Defect("DET-4", "leniency_never_listed", "/records")


def recording_defects(
    assessment: Assessment | None, *, minor: bool, slight: bool, field: str
) -> Iterator[Defect]:
    """DET-4: what an assessment, or that there is none, says to the recording of its document (``field``).

    A minor's record and one of slight conduct need one; whether force or intent was lacking is the department's to say.
    """
    if assessment is None or assessment.withdrawn:
        if minor:
            yield Defect("DET-4", "leniency_minor_unassessed", field)
        elif slight:
            yield Defect("DET-4", "leniency_slight_unassessed", field)
        return
    about = {"assessment": str(assessment.id)}
    if not assessment.holds_for(minor=minor):
        waits = MINOR not in assessment.grounds
        yield Defect("DET-4", "leniency_waiting" if waits else "leniency_not_a_minor", field, about)
    elif assessment.effect == NOT_RECORDED:
        yield Defect("DET-4", "leniency_not_recorded", field, about)
