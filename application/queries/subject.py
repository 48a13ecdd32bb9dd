"""What a subject may ask about itself: who looked, when, why, and what was shown (PRV-3).

A portal that the credit office runs asks on the subject's behalf; the asking is logged like any other look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger, instant
from application.ports import Append, Conflict, LedgerUnavailable
from application.projections.renditions import DOSSIER
from application.queries.history import Moment, history_digest, moments_of
from application.queries.looks import ATTEMPTS_MAX, log_look
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.access.events import SubjectQueried
from domain.shared.refusals import Defect, Refused

RECORDS_MAX = 5000
"""Records that one dossier may hold; more is refused, since a cut one would say what is not so."""

WHO_LOOKED = "who_looked"
SELF = "subject"
OWN_PURPOSE = "own_records"


@dataclass(frozen=True)
class Look:
    """One look (查询记录) at a subject: by whom, when, why, and what was shown by record and part.

    ``number`` counts a subject's looks from 1 without a gap, so that none can be left out unseen.
    """

    number: int
    at: str
    department: str
    department_name: str
    role: str
    purpose: str
    purpose_zh: str
    case: str
    basis: str
    view: str
    shown: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class RecordLife:
    """A record in its subject's dossier (档案): every event of it, whatever became of it."""

    record: str
    moments: tuple[Moment, ...]


class DossierReading(Protocol):
    """The door to the list of a subject's records."""

    def dossier_records(self, subject: UUID, *, limit: int) -> list[UUID]: ...


class SubjectQueries:
    """A subject's own questions (本人查询), asked through a portal."""

    def __init__(self, ledger: Ledger, reading: DossierReading) -> None:
        self._ledger = ledger
        self._reading = reading

    def dossier(self, identity: Identity, *, portal: str) -> tuple[RecordLife, ...]:
        """Everything recorded about the subject, shielded and withdrawn records included (PRV-3).

        The look is logged with a digest of each record's history before the answer leaves.
        Raises like :meth:`who_looked`.
        """
        self._require_portal(portal)
        subject = SubjectDesk(self._ledger).find(identity)
        lives = self._lives(subject) if subject else ()
        shown = [[life.record, "history", history_digest(life.record, life.moments).hex()] for life in lives]
        self._logged(identity, portal, view=DOSSIER, shown=shown)
        return lives

    def _lives(self, subject: UUID) -> tuple[RecordLife, ...]:
        lives = []
        records = self._reading.dossier_records(subject, limit=RECORDS_MAX + 1)
        if len(records) > RECORDS_MAX:
            raise Refused(Defect("FORMAT", "answer_too_large", "/subject", {"most": str(RECORDS_MAX)}))
        for record in records:
            rows = self._ledger.open_all(self._ledger.store.load("records", record), log="records")
            lives.append(RecordLife(str(record), moments_of(rows)))
        return tuple(lives)

    def _require_portal(self, portal: str) -> None:
        department = Registry(self._ledger).department(portal)
        if department is None or not may_speak_for_subjects(department.role):
            raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", "Credit-On-Behalf-Of"))

    def who_looked(self, identity: Identity, *, portal: str) -> list[Look]:
        """All looks at the subject, oldest first, this one included: logged before anything is read.

        Raises ``Refused`` (PRV-3) when ``portal`` may not speak for subjects, ``LedgerUnavailable`` otherwise.
        """
        self._require_portal(portal)
        registry = Registry(self._ledger)
        subject = self._logged(identity, portal, view=WHO_LOOKED, shown=[])
        looks = []
        for event in self._ledger.load(subject, log="access"):
            if isinstance(event, SubjectQueried):
                looks.append(self._look(event, registry))
        return looks

    def _logged(self, identity: Identity, portal: str, *, view: str, shown: list[list[str]]) -> UUID:
        """Log this look in the subject's own list, durable when it returns; the subject."""
        for _ in range(ATTEMPTS_MAX):
            found = SubjectDesk(self._ledger).find_or_register([identity])
            subject = found.ids[identity]
            before: list[Append] = []
            if found.registrations:
                registering = self._ledger.prepare(
                    found.registrations, meta={"actor": "platform", "purpose": "first_query"}
                )
                registering.subjects = found.blinds
                before.append(registering)
            try:
                log_look(
                    self._ledger,
                    subject,
                    department=portal,
                    officer=SELF,
                    role=SELF,
                    purpose=OWN_PURPOSE,
                    rules=["PRV-3"],
                    view=view,
                    shown=shown,
                    before=before,
                )
            except Conflict:
                continue
            return subject
        raise LedgerUnavailable("too many looks at once")

    @staticmethod
    def _look(event: SubjectQueried, registry: Registry) -> Look:
        department = registry.department(event.department)
        purpose = registry.purpose(event.purpose)
        return Look(
            number=event.originator_version,
            at=instant(event.timestamp),
            department=event.department,
            department_name=department.name if department else "",
            role=event.role,
            purpose=event.purpose,
            purpose_zh=purpose.zh if purpose else "",
            case=event.case or "",
            basis=event.basis or "",
            view=event.view,
            shown=tuple({"record": record, "part": part} for record, part, _ in event.shown),
        )
