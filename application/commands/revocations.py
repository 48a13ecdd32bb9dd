"""Revoking repairs over the ledger: sealed by the department that granted, and undone in the same transaction (REP-5).

The record returns where that is still lawful; what a list or a measure did with the repair needs a decision of its own.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.sealed_parts import mappings
from application.ledger import SealedAct
from domain.catalogue.items import version_in_force
from domain.records.publicity import decided_on, item_code, term_end
from domain.remedies.events import RepairDecided
from domain.remedies.repair_case import Repair, amount_defects, fold_repair
from domain.remedies.repair_events import RepairRevoked
from domain.remedies.revocation import returned_record, revocation_defects
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash

PURPOSE = "credit_repair"
FIELDS = {
    "public": frozenset({"revokes", "cause", "officer"}),
    "restricted": frozenset({"evidence", "reasons", "remedies"}),
}


class Revocations:
    """The revoked repairs (撤销信用修复) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def revoke(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """Revoke a granted repair by what its department sealed; the record returns in this very transaction."""
        return self._desk.perform(lambda: self._revoked(command, act), once)

    def _revoked(self, command: HandleCase, act: DepartmentAct) -> Act:
        desk, now = self._desk, self._ledger.now()
        repair, record, decided = self._case(command)
        said = _said(act)
        refuse_if_any(
            revocation_defects(
                repair, said, officer=command.officer, determined_by=record.determined_by, leaf_hash=decided
            )
        )
        event = RepairRevoked.from_parts(
            act.parts, stream_id=repair.id, version=repair.version + 1, recorded_at=now
        )
        owners = desk.case_owners(event, record)
        sealed, stream, version = desk.sealed_by(act, event, department=repair.source, owners=owners)
        guards: dict[UUID, int] = {stream: version}
        returned = returned_record(
            repair,
            record.standing,
            record_id=record.id,
            ends=record_term_end(desk, record, guards),
            bar_months=desk.limits_on(city_day(now), guards).bar_months,
            now=now,
        )
        told: dict[str, object] = {"outcome": "revoked", "returned": returned is not None}
        follows: list[SealedAct] = []
        if returned is not None:
            told["barred_until"] = returned.barred_until
            follows.append(self._ledger.seal(returned, owners={"public": (record.subject_id, "public")}))
        return Act(
            event=event,
            owners=owners,
            record=record,
            purpose=PURPOSE,
            actor=command.officer.department,
            officer=command.officer.pseudonym,
            told=told,
            sealed=follows,
            guards=guards,
            seal=sealed,
        )

    def _case(self, command: HandleCase) -> tuple[Repair, RecordFile, str]:
        """The repair, its record, and the leaf hash (hex) of the decision, empty when there is none."""
        rows = self._ledger.store.load("records", command.case)
        repair = fold_repair(row.event for row in self._ledger.open_all(rows, log="records"))
        repair, record = self._desk.seen(repair, command.expected, rule="REP-5", officer=command.officer)
        decided = next((row for row in rows if row.topic == RepairDecided.TOPIC), None)
        return repair, record, leaf_hash(decided.leaf).hex() if decided else ""


def record_term_end(desk: RemedyDesk, record: RecordFile, guards: dict[UUID, int]) -> date | None:
    """The last day of a record's term; None for none. What was read of the settings is guarded."""
    content = record.standing.content
    item = version_in_force(desk.registry.item(item_code(content)).items, decided_on(content))
    months = desk.months_max(decided_on(content), guards)
    return None if item is None else term_end(item, content, months_max=months)


def _said(act: DepartmentAct) -> dict[str, object]:
    """What the sealed parts say together. Raises ``Refused`` (FORMAT, PRV-1, REP-3) for other parts or fields."""
    parts = mappings(act.parts)
    if {name: frozenset(part) for name, part in parts.items()} != FIELDS:
        refuse_if_any(d for part in parts.values() for d in amount_defects(part))
        raise Refused(Defect("PRV-1", "unknown_field", "/parts"))
    return {**parts["public"], **parts["restricted"]}
