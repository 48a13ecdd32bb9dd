"""Linking persons to an organisation's serious record, by the determining department's own sealed act (DET-7).

Comes after the record; the linked person's dossier and remedies follow from the link's own stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from application.attempts import retried
from application.commands.acts import DepartmentAct, Once
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity, SubjectDesk
from application.data_keys import record_class
from domain.parties.identifiers import normalise
from domain.records.links import PersonLinked, link_defects, link_shape_defects
from domain.records.publicity import PERSON
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any

PURPOSE = "linking"


@dataclass(frozen=True)
class LinkPerson:
    """A link as its department sealed it; ``link_id`` is drawn by the caller, ``officer`` may be named."""

    link_id: UUID
    record_id: UUID
    department: str
    act: DepartmentAct
    officer: str = ""


class Links:
    """The links (关联责任人) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def link(self, command: LinkPerson, once: Once) -> int:
        """Record the link; its position.

        Raises ``Refused`` (DET-7, DET-5, DET-4, PUB-2), ``Conflict`` (receipt) or ``LedgerUnavailable``.
        """
        return retried(lambda: self._linked(command, once), forget=self._desk.registry.forget)

    def _linked(self, command: LinkPerson, once: Once) -> int:
        ledger, desk, parts = self._ledger, self._desk, command.act.parts
        refuse_if_any(link_shape_defects(parts))
        record = desk.record(command.record_id, rule="DET-7")
        if record.source != command.department or record.party is not None:
            raise Refused(Defect("DET-7", "remedy_record_not_yours", "/record"))
        if ledger.store.load("records", command.link_id):
            raise Refused(Defect("DET-7", "link_id_taken", "/link"))
        now = ledger.now()
        event = PersonLinked.from_parts(parts, stream_id=command.link_id, version=1, recorded_at=now)
        standing = record.standing
        defects = list(
            link_defects(
                event,
                standing.content,
                stands=standing.status == "standing",
                leaf_hash=record.leaf_hash,
                today=city_day(now),
            )
        )
        if event.record != str(record.id):
            defects.append(Defect("DET-7", "link_of_other_version", "/parts/public/record"))
        refuse_if_any(defects)
        identity = Identity("natural_person", str(event.id_type), normalise(str(event.id_number)))
        subjects = SubjectDesk(ledger).find_or_register([identity])
        person = subjects.ids[identity]
        owners = {name: (person, record_class(name, command.link_id)) for name in ("public", PERSON)}
        sealed, stream, version = desk.sealed_by(
            command.act, event, department=command.department, owners=owners
        )
        meta = {"actor": command.department, "purpose": PURPOSE, "correlation": str(record.id)}
        if command.officer:
            meta["officer"] = command.officer
        batch = ledger.prepare([*subjects.registrations, sealed], meta=meta)
        batch.subjects = subjects.blinds
        # A record that ends, or gets another content, meanwhile takes no link.
        batch.guards = {stream: version, record.id: standing.version}
        told = {"link": str(command.link_id), "record": str(record.id), "status": "recorded"}
        batch.receipt = once.receipt(told)
        return ledger.store.append(batch)[0] + len(subjects.registrations)
