"""May this measure be applied to this subject now: decided by the rules, logged, and only then answered (MEA-1, QRY-1).

Comes after a department has signed its question; who asks learns of no record that its duty does not show it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from application.commands.measure_grounds import FoundGround, Grounds, objected_itself
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity, SubjectDesk
from application.measures import measures_of
from application.ports import Append
from application.queries.looks import Overtaken, log_look, log_look_at, made_again
from application.queries.shared import LISTED_MAX, Listed
from application.registry import MeasureVersions
from application.stopping import executed
from domain.access.decide import decide, request_defects
from domain.access.model import Officer, Request
from domain.listing.case import fold_listing
from domain.measures.case import Measure, fold_corrected, fold_measured
from domain.measures.fitting import LISTING, RULES, Verdict, item_may, judge
from domain.measures.items import item_in_force
from domain.records.links import PersonLinked
from domain.shared.canonical import Json, canonical
from domain.shared.refusals import Defect, Refused, refuse_if_any

VIEW = "measure_check"


@dataclass(frozen=True)
class MeasureAnswer:
    """The answer (可否实施): ``may`` on at least one ground; each ground with its reasons, and every rule that decided.

    ``defects`` are those of the measure itself; ``rules`` maps each rule to whether it lets the measure pass.
    """

    may: bool
    verdicts: tuple[Verdict, ...]
    defects: tuple[Defect, ...]
    rules: Mapping[str, bool]
    position: int


@dataclass(frozen=True)
class Borne:
    """The measures (已实施的措施) that a subject bears, with the streams that say so."""

    applied: tuple[Measure, ...] = ()
    guards: Mapping[UUID, int] = field(default_factory=dict)


class Listing(Protocol):
    """The door to what the shared view could show of subjects, as ``SharedReading``."""

    def listing(self, subjects: Iterable[UUID], *, on: date, limit: int) -> tuple[int, list[Listed]]: ...


class MeasureChecks:
    """Questions of departments about measures (惩戒措施核对)."""

    def __init__(self, desk: RemedyDesk, reading: Listing) -> None:
        self._desk = desk
        self._ledger = desk.ledger
        self._reading = reading
        self._grounds = Grounds(desk)

    @made_again
    def ask(
        self, request: Request, identity: Identity, measure: str, cited: Mapping[str, str] | None
    ) -> MeasureAnswer:
        """Whether the department may apply a measure to a subject today, on any of its grounds.

        ``cited`` is a provision, None any that fits. Made again when a ground, an objection to it, the measure or the
        officer's right to query moved meanwhile. Raises ``Refused`` (QRY-1, QRY-3) and ``LedgerUnavailable``.
        """
        self._desk.registry.forget()
        officer, known = self._officer(request), self._desk.registry.measure(measure)
        item = item_in_force(known.items, request.on)
        subject = SubjectDesk(self._ledger).find(identity)
        verdicts: tuple[Verdict, ...] = ()
        found: list[FoundGround] = []
        borne = Borne()
        defects = tuple(item_may(item, request.department))
        view_position = 0
        if subject is not None:
            view_position, listing = self._reading.listing([subject], on=request.on, limit=LISTED_MAX + 1)
            if len(listing) > LISTED_MAX:
                raise Refused(Defect("FORMAT", "answer_too_large", "/subject", {"most": str(LISTED_MAX)}))
            if not defects:
                found = [*self._shown(request, subject, listing), *self._linked(request, subject)]
                borne = self._borne(subject)
                verdicts = tuple(
                    judge(item, one.ground, department=request.department, cited=cited, applied=borne.applied)
                    for one in found
                )
        if not defects and not verdicts:
            defects = (Defect("MEA-1", "measure_without_fact", "/subject"),)
        may = any(verdict.may for verdict in verdicts)
        rules = decided_by(may, verdicts, defects)
        guards = {**self._relied_on(officer, known, found), **borne.guards}
        shown = [[v.ground.id, f"measure:{measure}", _digest(v)] for v in verdicts]

        def logged(who: UUID, before: Sequence[Append]) -> int:
            return log_look(
                self._ledger,
                who,
                department=request.department,
                officer=request.officer,
                role=officer.role,
                purpose=request.purpose,
                rules=list(rules),
                view=VIEW,
                shown=shown,
                view_position=view_position,
                case=request.case,
                basis=request.basis,
                asked={"measure": measure, **({"provision": dict(cited)} if cited else {})},
                before=before,
                guards=guards,
            )

        _, position = log_look_at(self._ledger, identity, logged)
        self._refuse_if_marked(found)
        return MeasureAnswer(may, verdicts, defects, rules, position)

    def _relied_on(
        self, officer: Officer, known: MeasureVersions, found: Sequence[FoundGround]
    ) -> dict[UUID, int]:
        """The streams that the answer is from, with the versions that were read."""
        guards = {self._desk.registry.officer_stream(officer.pseudonym): officer.version}
        guards[known.stream_id] = known.stream_version
        return guards | {stream: version for one in found for stream, version in one.guards.items()}

    def _refuse_if_marked(self, found: Sequence[FoundGround]) -> None:
        """That the objections to the grounds are those that were told (OBJ-2). Raises ``Overtaken``.

        An objection is in a stream of its own, so no guard sees it come: it is asked once more, as shared queries do.
        """
        records = {record for ground in found for record in ground.records}
        pending = {record for _, record in self._ledger.store.open_cases_about("objection", records)}
        own = {one.ground.id for one in found if one.ground.kind == LISTING and self._objected_itself(one)}
        if any(
            one.ground.objected != (one.ground.id in own or not pending.isdisjoint(one.records))
            for one in found
        ):
            raise Overtaken

    def _objected_itself(self, ground: FoundGround) -> bool:
        return objected_itself(self._ledger, UUID(ground.ground.id))

    def _officer(self, request: Request) -> Officer:
        """The officer, when the query may be made at all (QRY-1, QRY-3). Raises ``Refused``."""
        registry = self._desk.registry
        officer: Officer | None = registry.officer(request.officer)
        purpose = registry.purpose(request.purpose)
        refuse_if_any(request_defects(request, officer, {request.purpose: purpose} if purpose else {}))
        assert officer is not None
        return officer

    def _borne(self, subject: UUID) -> Borne:
        """What applies to a subject already, by its own stream and those of its measures (MEA-2)."""
        rows = self._ledger.open_all(self._ledger.store.load("records", subject), log="records")
        told = [row.event for row in rows if "public" in row.opened]
        applied = measures_of(self._ledger, [*fold_measured(told)[0], *fold_corrected(told)])[0]
        guards = {subject: rows[-1].row.stream_version, **{m.id: m.version for m in applied.values()}}
        return Borne(tuple(executed(self._ledger, applied.values())), guards)

    def _shown(self, request: Request, subject: UUID, listing: Sequence[Listed]) -> Iterator[FoundGround]:
        """Every record and listing of the subject that the department may be shown."""
        for record in dict.fromkeys(listed.record_id for listed in listing):
            found = self._found(record)
            parts = [listed.part for listed in listing if listed.record_id == record]
            if decide(request, found.item, parts, subject=str(subject), consent=None).allow:
                yield found

    def _linked(self, request: Request, subject: UUID) -> Iterator[FoundGround]:
        """Every link of a person by this very department: nobody else is shown one (DET-7)."""
        _, entries = self._ledger.store.standing_records(subject, limit=LISTED_MAX)
        for entry, _ in entries:
            rows = self._ledger.store.load_slice("records", entry, limit=1)
            if rows and rows[0].topic == PersonLinked.TOPIC:
                found = self._link(entry)
                if found is not None and found.source == request.department:
                    yield found

    def _link(self, entry: UUID) -> FoundGround | None:
        """A link as a ground; None when it, or the record that it hangs on, was erased."""
        try:
            return self._grounds.of_link(entry)
        except Refused:
            return None

    def _found(self, record: UUID) -> FoundGround:
        listing = fold_listing(self._ledger.load(record))
        if listing is not None:
            return self._grounds.of_listing(listing)
        return self._grounds.of_record(self._desk.record(record, rule="MEA-1"))


def decided_by(may: bool, verdicts: Sequence[Verdict], defects: Sequence[Defect]) -> dict[str, bool]:
    """Every rule that decided, and whether it lets the measure pass: all of one ground, or what each ground fails."""
    failed = {defect.rule for defect in defects}
    if not may:
        failed |= {defect.rule for verdict in verdicts for defect in verdict.defects}
    return {"QRY-1": True, **{rule: rule not in failed for rule in (*RULES, *sorted(failed - {*RULES}))}}


def told_verdict(verdict: Verdict) -> dict[str, Json]:
    """A verdict as it is told: the ground, the provision it was judged by, and the reasons against it."""
    ground, provision = verdict.ground, verdict.provision
    cited: dict[str, Json] = {} if provision is None else {"provision": {**provision.cited_as}}
    return {
        **cited,
        "kind": ground.kind,
        "id": ground.id,
        "severity": ground.severity,
        "may": verdict.may,
        "months_max": 0 if provision is None else provision.months_max,
        "listed_until": ground.until if ground.kind == LISTING else "",
        "reasons": [[defect.rule, defect.code] for defect in verdict.defects],
    }


def _digest(verdict: Verdict) -> str:
    return hashlib.sha256(canonical(told_verdict(verdict))).hexdigest()
