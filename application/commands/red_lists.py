"""Red lists over the ledger: the competent department's sealed entry, and its sealed end (JNT-2).

Before an entry is made, what counts against the subject is looked at; that look stands in the subject's own list
before anything is told, whatever comes of it (QRY-2).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from application.adverse import AdverseRecords, dossier_of
from application.commands.acts import Done, Once
from application.commands.department_acts import of_department
from application.commands.entries import Entering, EntryDesk, SealedEntry, identity_of_act, note_of
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.noted import held_by
from domain.access.model import RED_LISTING
from domain.catalogue.gate import gate
from domain.listing.notes import SubjectNoted
from domain.listing.red import (
    RULE,
    RedListed,
    RedRemoved,
    red_defects,
    removal_defects,
    standing_defects,
)
from domain.listing.standards import ListStandard, standard_in_force
from domain.listing.suspension import suspended_defects
from domain.parties.acting import Officer
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash

Look = Callable[[Identity, Officer, UUID], UUID]
"""Logs a look at a subject in its own list, durable when it returns, for an entry of that id; the subject."""


class RedLists(EntryDesk):
    """The red lists (红名单) of one ledger."""

    def __init__(self, desk: RemedyDesk, look: Look) -> None:
        super().__init__(desk)
        self._look = look

    def enter(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Put a subject on a red list, by the department's own sealed entry."""
        return self.perform(lambda: self._entered(command), once)

    def remove(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Take a subject off, with the reason, by the sealed act of the department that entered it: in no view then."""

        def make() -> Entering:
            officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
            own = self.own(command, RedListed.TOPIC, rule=RULE)
            held = held_by(self._ledger, own.subject)
            note = note_of(held, command.entry_id, rule=RULE)
            event = of_department(RedRemoved, command.act.parts, command.entry_id, own.version + 1, now)
            refuse_if_any(removal_defects(note, event, today=city_day(now)))
            guards: dict[UUID, int] = {}
            return Entering(
                event,
                self.sealed(command, event, own.subject, guards),
                officer,
                RED_LISTING.code,
                guards,
                held=held,
                told={"list": event.list_code, "outcome": event.cause},
            )

        return self.perform(make, once)

    def _entered(self, command: SealedEntry) -> Entering:
        officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
        self.require_free(command.entry_id, RULE)
        guards: dict[UUID, int] = {}
        event = of_department(RedListed, command.act.parts, command.entry_id, 1, now)
        standard = self._standard(event.list_code, guards)
        item = self._desk.registry.item(event.list_code)
        guards[item.stream_id] = item.stream_version
        refuse_if_any(
            [
                *red_defects(event, standard, department=officer.department, today=city_day(now)),
                *gate(
                    item.items,
                    submitting_department=officer.department,
                    authority_code=event.authority,
                    subject_kind=event.subject_kind,
                    decided=city_day(now),
                ),
            ]
        )
        identity = identity_of_act(code=event.code, id_type=event.id_type, id_number=event.id_number)
        subject = self._look(identity, officer, command.entry_id)
        seal = self.sealed(command, event, subject, guards)
        held = held_by(self._ledger, subject)
        adverse = AdverseRecords(
            self._ledger, self._desk.registry, lambda day: self._desk.months_max(day, guards)
        )
        against = adverse.among(dossier_of(self._ledger, subject).entries)
        refuse_if_any(standing_defects(standard, notes=held.notes, adverse=against))
        noted = SubjectNoted(
            **placed(subject, held.version + 1, now),
            note="red",
            entry=str(command.entry_id),
            department=officer.department,
            leaf=leaf_hash(seal.leaf).hex(),
            on_day=event.decided_on,
            records=[],
            list_code=standard.code,
            version=standard.version,
            until=event.until,
        )
        told = {"list": standard.code, "until": event.until or ""}
        return Entering(
            event, seal, officer, RED_LISTING.code, guards, follows=[self.noted(noted)], told=told
        )

    def _standard(self, code: str, guards: dict[UUID, int]) -> ListStandard:
        """The standard of a red list in force today. Raises ``Refused`` (JNT-2) when there is none."""
        known = self._desk.registry.standard(code)
        guards[known.stream_id] = known.stream_version
        standard = standard_in_force(known.versions, city_day(self._ledger.now()))
        if standard is None or standard.kind != "red":
            raise Refused(Defect(RULE, "red_list_unknown", "/parts/public/list_code"))
        refuse_if_any(suspended_defects(standard, field="/parts/public/list_code"))
        return standard
