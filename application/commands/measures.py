"""Measures over the ledger: named by one department, applied under its own seal by another, reported on, lifted.

Each command is one transaction that also tells the subject's own stream (JNT-1, MEA-1 to MEA-3, JNT-4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from uuid import UUID

from application.attempts import StaleVersion
from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.department_acts import of_department, require_whole
from application.commands.measure_grounds import FoundGround, Grounds, RestsOn
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.restorations import restoring
from application.commands.subjects import identity_of
from application.measures import measures_of
from application.stopping import executed, require_executed
from domain.measures.case import (
    WRONG,
    Measure,
    decline,
    department_defects,
    fold_corrected,
    fold_measure,
    fold_measured,
    lift,
    report,
)
from domain.measures.events import MeasureApplied, MeasureNamed, SubjectMeasured
from domain.measures.feedback import feedback_day
from domain.measures.fitting import (
    RECORD,
    act_defects,
    addressee_defects,
    judge,
    on_the_same_fact,
    term_defects,
)
from domain.measures.items import MeasureItem, item_in_force
from domain.parties.acting import Officer
from domain.remedies.restoration import restore_after
from domain.shared.city_time import city_day
from domain.shared.deadlines import Due
from domain.shared.events import Event, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.rule_settings import FEEDBACK_DAY
from domain.transparency.merkle import leaf_hash

PURPOSE = "measure"
RESPONDERS_MAX = 20


@dataclass(frozen=True)
class NameMeasure:
    """A department names a subject for a measure: by what it rests on, under which provision, and who is to apply it.

    ``responders`` are (kind, code): only departments may be named, and which kind was meant is told apart.
    """

    measure: str
    provision: Mapping[str, str]
    rests_on: RestsOn
    responders: tuple[tuple[str, str], ...]
    officer: Officer


class Measures:
    """The measures (惩戒措施) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger
        self._grounds = Grounds(desk)

    def name(self, command: NameMeasure, *, once: Once | None = None) -> Done:
        """Name the subject (发起, JNT-1): a case for each responding department, on its worklist from now on."""
        return self._desk.perform(lambda: self._named(command), once)

    def apply(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """Apply it by the department's own sealed act (MEA-1): in force from this transaction on."""
        return self._desk.perform(lambda: self._applied(command, act), once)

    def decline(self, command: HandleCase, *, reasons: str, once: Once | None = None) -> Done:
        """Say why it is not applied (JNT-1)."""
        now = self._ledger.now
        return self._acted(
            command, lambda m: decline(m, officer=command.officer, reasons=reasons, now=now()), once
        )

    def report(self, command: HandleCase, *, done: str, once: Once | None = None) -> Done:
        """Report what was done (JNT-1); the next report is due by the next feedback day."""

        def make() -> Act:
            measure, record = self.handled(command)
            guards: dict[UUID, int] = {}
            first = date.fromisoformat(measure.due[0])
            following = self._feedback_day(max(first, city_day(self._ledger.now())), guards)
            event = report(
                measure, officer=command.officer, done=done, following=following, now=self._ledger.now()
            )
            told = {"feedback_by": event.feedback_by, "provisional": event.provisional}
            return self.act_of(event, record, command.officer, told, guards)

        return self._desk.perform(make, once)

    def lift(
        self, command: HandleCase, *, reasons: str, cause: str = "corrected", once: Once | None = None
    ) -> Done:
        """Lift it: the conduct was corrected in time (JNT-4), or it was wrong and a reputation is restored (OBJ-4)."""

        def make() -> Act:
            measure, record = self.handled(command)
            now = self._ledger.now()
            event = lift(measure, officer=command.officer, cause=cause, reasons=reasons, now=now)
            act = self.act_of(event, record, command.officer, {}, {})
            return restoring(self._desk, act, partial(restore_after, measure, now)) if cause == WRONG else act

        return self._desk.perform(make, once)

    def _named(self, command: NameMeasure) -> Act:
        now, officer = self._ledger.now(), command.officer
        self._desk.officer(officer, rule="JNT-1")
        refuse_if_any(addressee_defects(kind for kind, _ in command.responders))
        found = self._grounds.known_to(officer.department, command.rests_on)
        guards = dict(found.guards)
        item = self._item(command.measure, guards)
        rows = self._ledger.store.load("records", found.record.concerned)
        events = self._ledger.load(found.record.concerned)
        known = measures_of(self._ledger, [*fold_measured(events)[0], *fold_corrected(events)])[0]
        applied = executed(self._ledger, known.values())
        responders = [code for _, code in command.responders]
        defects = list(self._responder_defects(responders, officer, found))
        for number, code in enumerate(responders):
            asked = judge(item, found.ground, department=code, cited=command.provision, applied=applied)
            own = (_of_responder(defect, number) for defect in asked.defects)
            defects += [defect for defect in own if defect not in defects]
        refuse_if_any(defects)
        assert item is not None
        following = self._feedback_day(city_day(now), guards)
        action, last = self._ledger.entropy.uuid(), rows[-1].stream_version if rows else 0
        named = [
            self._naming(command, item, found, code, action=action, following=following)
            for code in responders
        ]
        told = {
            "measures": [{"case": str(e.originator_id), "department": e.department} for e in named],
            "feedback_by": named[0].feedback_by,
            "provisional": following.provisional,
        }
        act = self.act_of(named[0], found.record, officer, told, guards)
        borne = (_borne(e, found.record, last + number) for number, e in enumerate(named, start=1))
        act.begins = [(event, found.record) for event in (*named[1:], *borne)]
        return act

    def _naming(
        self,
        command: NameMeasure,
        item: MeasureItem,
        found: FoundGround,
        department: str,
        *,
        action: UUID,
        following: Due,
    ) -> MeasureNamed:
        now, ground = self._ledger.now(), found.ground
        return MeasureNamed(
            **placed(self._ledger.entropy.uuid(), 1, now),
            measure=item.code,
            version=item.version,
            provision=dict(command.provision),
            department=department,
            initiator=command.officer.department,
            officer=command.officer.pseudonym,
            action=str(action),
            ground=ground.kind,
            severity=ground.severity,
            named_on=city_day(now).isoformat(),
            feedback_by=following.day.isoformat(),
            provisional=following.provisional,
            rests_on=ground.id,
            records=[str(record) for record in found.records],
            **(found.person or self._who(found.record)),
        )

    def _who(self, record: RecordFile) -> dict[str, str]:
        """The subject as the responding department is told of it."""
        content = record.standing.content
        form = self._desk.form_of(content)
        identity = identity_of(form, content)
        name = str(
            content["public" if identity.kind != "natural_person" else "person/1"][form.code("XDR_MC")]
        )
        if identity.kind != "natural_person":
            return {"name": name, "code": identity.number}
        return {"person_name": name, "id_type": identity.id_type, "id_number": identity.number}

    def _responder_defects(
        self, responders: Sequence[str], officer: Officer, found: FoundGround
    ) -> Iterator[Defect]:
        """JNT-1, SHR-1: who initiates determined it, and those named are registered and may know of it."""
        if not 0 < len(responders) == len(set(responders)) <= RESPONDERS_MAX:
            yield Defect("JNT-1", "measure_responders_repeated", "/responders", {"most": str(RESPONDERS_MAX)})
        if set(responders) != {officer.department} and officer.department != found.source:
            yield Defect("JNT-1", "measure_not_the_initiator", "/responders")
        for number, code in enumerate(responders):
            where = f"/responders/{number}/code"
            if self._desk.registry.department(code) is None:
                yield Defect("JNT-1", "measure_responder_unknown", where)
            elif not self._grounds.may_know(found, code):
                yield Defect("SHR-1", "measure_responder_out_of_scope", where)

    def _applied(self, command: HandleCase, act: DepartmentAct) -> Act:
        measure, record = self.handled(command)
        event = of_department(MeasureApplied, act.parts, measure.id, measure.version + 1, self._ledger.now())
        guards: dict[UUID, int] = {}
        found, item = self._grounds.of(measure), self._item(measure.code, guards)
        guards |= found.guards
        defects = list(department_defects(measure, command.officer))
        if measure.state != "named":
            defects.append(Defect("JNT-1", "measure_answered_already"))
        if measure.suspended_by:
            defects.append(Defect("MEA-5", "measure_suspended_now"))
        verdict = judge(item, found.ground, department=measure.department, cited=measure.provision)
        defects += [*verdict.defects, *act_defects(event, measure, named=self._leaf(measure.id))]
        if item is not None and item.version != measure.item_version:
            defects.append(Defect("MEA-1", "measure_item_replaced", "/parts/public/version"))
        if verdict.provision is not None:
            defects += term_defects(
                event,
                verdict.provision,
                first_day=self._first_day(measure, record),
                ground_until=found.ground.until,
                today=city_day(self._ledger.now()),
            )
        refuse_if_any(defects)
        require_whole(event, act.parts)
        done = self.act_of(event, record, command.officer, {"until": event.until}, guards)
        done.seal, stream, version = self._desk.sealed_by(
            act, event, department=command.officer.department, owners=done.owners
        )
        done.guards[stream] = version
        return done

    def _first_day(self, measure: Measure, record: RecordFile) -> str:
        """The day on which this measure was first applied on the same fact by anyone, ISO text; empty when never."""
        _, ever = fold_measured(self._ledger.load(record.concerned))
        earlier = measures_of(self._ledger, ever)[0].values()
        fact = (measure.rests_on, measure.records, measure.provision)
        same = [m.from_day for m in earlier if m.code == measure.code and on_the_same_fact(m, *fact)]
        return min((day for day in same if day), default="")

    def _acted(self, command: HandleCase, decide: Callable[[Measure], Event], once: Once | None) -> Done:
        def make() -> Act:
            measure, record = self.handled(command)
            return self.act_of(decide(measure), record, command.officer, {}, {})

        return self._desk.perform(make, once)

    def handled(self, command: HandleCase) -> tuple[Measure, RecordFile]:
        """The measure and the record behind it. Raises ``Refused``, so of what is stopped (INS-2), ``StaleVersion``."""
        measure, record = self.case(command.case)
        if measure.version != command.expected:
            raise StaleVersion
        self._desk.officer(command.officer, rule="JNT-1")
        require_executed(self._ledger, measure)
        return measure, record

    def case(self, measure_id: UUID) -> tuple[Measure, RecordFile]:
        """A measure and the record behind it. Raises ``Refused``."""
        measure = fold_measure(self._ledger.load(measure_id))
        if measure is None:
            raise Refused(Defect("JNT-1", "remedy_case_unknown"))
        record = self._desk.of_case(measure.id, measure.records[0], rule="JNT-1")
        return measure, record if measure.ground == RECORD else replace(record, deletable=False)

    def _item(self, code: str, guards: dict[UUID, int]) -> MeasureItem | None:
        """The version of the list in force today; what was read is guarded."""
        known = self._desk.registry.measure(code)
        guards[known.stream_id] = known.stream_version
        return item_in_force(known.items, city_day(self._ledger.now()))

    def _feedback_day(self, after: date, guards: dict[UUID, int]) -> Due:
        """The next feedback day; by which calendar it was counted follows from where its event stands."""
        known = self._desk.registry.calendar(self._desk.built_in)
        guards[known.stream_id] = known.version
        number = self._desk.settings(guards).number(FEEDBACK_DAY, on=city_day(self._ledger.now()))
        return feedback_day(after, number, known.calendar)

    def _leaf(self, measure_id: UUID) -> str:
        """The leaf hash of the naming."""
        return leaf_hash(self._ledger.store.load("records", measure_id)[0].leaf).hex()

    def act_of(
        self,
        event: Event,
        record: RecordFile,
        officer: Officer,
        told: dict[str, object],
        guards: dict[UUID, int],
    ) -> Act:
        """What one transaction does by an event of a measure."""
        return Act(
            event=event,
            owners=self._desk.case_owners(event, record),
            record=record,
            purpose=PURPOSE,
            actor=officer.department,
            officer=officer.pseudonym,
            told=told,
            guards=guards,
        )


def _of_responder(defect: Defect, number: int) -> Defect:
    """A defect of one responding department's own, pointing at it."""
    own = defect.code in ("measure_stacked", "measure_not_its_department")
    return replace(defect, field=f"/responders/{number}/code") if own else defect


def _borne(event: MeasureNamed, record: RecordFile, version: int) -> SubjectMeasured:
    """What the subject's own stream tells of a naming."""
    return SubjectMeasured(
        **placed(record.concerned, version, event.timestamp),
        measure=str(event.originator_id),
        code=event.measure,
        department=event.department,
    )
