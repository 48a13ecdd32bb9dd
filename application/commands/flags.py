"""Flags over the ledger: a unit answers with its own seal, the credit office closes with its reasons (ACC-1 to ACC-4).

Comes after the flag runner raised them; for everyone but the unit and the credit office a flag is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from application.attempts import StaleVersion
from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.department_acts import of_department, require_whole
from application.commands.oversight import OversightAct, perform
from application.commands.remedies import RemedyDesk
from domain.oversight.flag_events import FlagAnswered
from domain.oversight.flags import UNKNOWN, Assignee, Flag, answer_defects, close, fold_flag, reassign
from domain.parties.keys import CREDIT_OFFICE, DEPARTMENT
from domain.records.screening import personal_data_in_public
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_working_days
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash


class FlagDesk:
    """The desk of flags (责任线索)."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def concerned(self, flag_id: UUID, department: str) -> Flag:
        """The flag, for its unit and the credit office. Raises ``Refused`` as for an unknown one to anyone else."""
        flag = fold_flag(self._ledger.load(flag_id))
        if flag is None or not (flag.unit == department or self.is_office(department)):
            raise Refused(Defect(UNKNOWN, "remedy_case_unknown"))
        return flag

    def is_office(self, department: str) -> bool:
        """Whether this department is the credit office."""
        found = self._desk.registry.department(department)
        return found is not None and found.role == CREDIT_OFFICE

    def answer(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """Record the unit's statement, sealed with its own key."""

        def make() -> OversightAct:
            flag = self._seen(command)
            place = (flag.id, flag.version + 1, self._ledger.now())
            event = of_department(FlagAnswered, act.parts, *place)
            require_whole(event, act.parts)
            defects = answer_defects(flag, event, command.officer, raised=self._raised(flag))
            refuse_if_any(
                [*defects, *self._about_persons(flag, event.statement, "/parts/restricted/statement")]
            )
            department, owners = command.officer.department, self._ledger.own_keys(event.parts())
            sealed, stream, version = self._desk.sealed_by(act, event, department=department, owners=owners)
            return OversightAct([sealed], guards={stream: version})

        return self._perform(make, command, once)

    def reassign(
        self, command: HandleCase, *, unit: str, responsible: str, reasons: str, once: Once | None = None
    ) -> Done:
        """Assign it to another unit, or to one officer of a unit, as the credit office; it has its days anew."""

        def make() -> OversightAct:
            flag, guards = self._seen(command), dict[UUID, int]()
            today = city_day(self._ledger.now())
            days = self._desk.settings(guards).number("flag.answer_working_days", on=today)
            event = reassign(
                flag,
                raised=self._raised(flag),
                to=self._assignee(unit, responsible),
                reasons=reasons,
                officer=command.officer,
                is_office=self.is_office(command.officer.department),
                due=add_working_days(today, days, self._desk.calendar),
                now=self._ledger.now(),
            )
            refuse_if_any(self._about_persons(flag, reasons, "/reasons"))
            return OversightAct([self._ledger.seal(event)], {"answer_by": event.answer_by}, guards)

        return self._perform(make, command, once)

    def _assignee(self, unit: str, responsible: str) -> Assignee:
        found = self._desk.registry.department(unit)
        named = self._desk.registry.officer(responsible) if responsible else None
        return Assignee(
            unit,
            responsible,
            may_answer=found is not None and found.role == DEPARTMENT,
            is_its_officer=named is not None and named.department == unit,
        )

    def close(self, command: HandleCase, *, outcome: str, reasons: str, once: Once | None = None) -> Done:
        """Close it, as the credit office."""

        def make() -> OversightAct:
            flag = self._seen(command)
            event = close(
                flag,
                raised=self._raised(flag),
                outcome=outcome,
                reasons=reasons,
                officer=command.officer,
                is_office=self.is_office(command.officer.department),
                now=self._ledger.now(),
            )
            refuse_if_any(self._about_persons(flag, reasons, "/reasons"))
            return OversightAct([self._ledger.seal(event)], {"outcome": outcome})

        return self._perform(make, command, once)

    def _seen(self, command: HandleCase) -> Flag:
        flag = self.concerned(command.case, command.officer.department)
        self._desk.officer(command.officer, rule=flag.raised.rule)
        if flag.version != command.expected:
            raise StaleVersion
        return flag

    def _raised(self, flag: Flag) -> str:
        """The leaf hash (hex) of the event that raised it."""
        return leaf_hash(self._ledger.store.load_slice("records", flag.id, limit=1)[0].leaf).hex()

    def _about_persons(self, flag: Flag, text: str, field: str) -> list[Defect]:
        found = personal_data_in_public(text, today=city_day(self._ledger.now()))
        return [Defect(flag.raised.rule, "flag_person_in_text", field)] if found else []

    def _perform(self, make: Callable[[], OversightAct], command: HandleCase, once: Once | None) -> Done:
        return perform(self._ledger, make, command.officer, once, forget=self._desk.registry.forget)
