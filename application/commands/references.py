"""Entries for reference over the ledger: who brings one in seals it with its source named, and takes it back (JNT-5).

A stream of its own that nothing else loads: it is in its subject's dossier and in no other view.
"""

from __future__ import annotations

from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.department_acts import of_department
from application.commands.entries import Entering, EntryDesk, SealedEntry, identity_of_act
from application.commands.subjects import SubjectDesk
from domain.listing.reference import (
    RULE,
    ReferenceEnded,
    ReferenceEntered,
    end_defects,
    reference_defects,
)
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any

PURPOSE = "reference"


class References(EntryDesk):
    """The entries for reference (供参考信息) of one ledger."""

    def enter(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Bring an entry of somebody's list in, for reference."""
        return self.perform(lambda: self._entered(command), once)

    def end(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Take it back, by the department that brought it in."""

        def make() -> Entering:
            officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
            own = self.own(command, ReferenceEntered.TOPIC, rule=RULE)
            if own.ended:
                raise Refused(Defect(RULE, "entry_ended", "/entry"))
            event = of_department(ReferenceEnded, command.act.parts, command.entry_id, own.version + 1, now)
            refuse_if_any(end_defects(event, leaf=own.leaf, today=city_day(now)))
            guards: dict[UUID, int] = {}
            seal = self.sealed(command, event, own.subject, guards)
            return Entering(event, seal, officer, PURPOSE, guards)

        return self.perform(make, once)

    def _entered(self, command: SealedEntry) -> Entering:
        officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
        self.require_free(command.entry_id, RULE)
        event = of_department(ReferenceEntered, command.act.parts, command.entry_id, 1, now)
        refuse_if_any(reference_defects(event, department=officer.department, today=city_day(now)))
        identity = identity_of_act(code=event.code, id_type=event.id_type, id_number=event.id_number)
        subjects = SubjectDesk(self._ledger).find_or_register([identity])
        guards: dict[UUID, int] = {}
        seal = self.sealed(command, event, subjects.ids[identity], guards)
        return Entering(event, seal, officer, PURPOSE, guards, subjects)
