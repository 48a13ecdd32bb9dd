"""The watch list over the ledger: a department's sealed entry on records that reach the threshold, and its end (JNT-3).

The records that an entry rests on are guarded: one that falls meanwhile, or later, takes the entry with it.
"""

from __future__ import annotations

from uuid import UUID

from application.adverse import counts_today
from application.commands.acts import Done, Once
from application.commands.department_acts import of_department
from application.commands.entries import Entering, EntryDesk, SealedEntry, note_of
from application.commands.record_files import RecordFile
from application.noted import held_by
from domain.catalogue.items import version_in_force
from domain.listing.notes import SubjectNoted
from domain.listing.watch import (
    RULE,
    Counted,
    Threshold,
    WatchEnded,
    WatchEntered,
    end_defects,
    watch_defects,
)
from domain.parties.identifiers import is_minor
from domain.records.publicity import CITIZEN_ID, decided_on, item_code, severity_of
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.forms import PERSON
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash

PURPOSE = "watching"
RECORDS_MAX = 20


class WatchList(EntryDesk):
    """The watch list (重点关注名单) of one ledger."""

    def enter(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Watch a subject, by the department's own sealed entry; nobody is told but the subject."""
        return self.perform(lambda: self._entered(command), once)

    def end(self, command: SealedEntry, *, once: Once | None = None) -> Done:
        """Watch it no more, with the reason, by the sealed act of the department that watches."""

        def make() -> Entering:
            officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
            own = self.own(command, WatchEntered.TOPIC, rule=RULE)
            held = held_by(self._ledger, own.subject)
            note = note_of(held, command.entry_id, rule=RULE)
            event = of_department(WatchEnded, command.act.parts, command.entry_id, own.version + 1, now)
            refuse_if_any(end_defects(note, event, today=city_day(now)))
            guards: dict[UUID, int] = {}
            return Entering(
                event,
                self.sealed(command, event, own.subject, guards),
                officer,
                PURPOSE,
                guards,
                held=held,
                told={"outcome": event.cause},
            )

        return self.perform(make, once)

    def _entered(self, command: SealedEntry) -> Entering:
        officer, now = self._desk.officer(command.officer, rule=RULE), self._ledger.now()
        self.require_free(command.entry_id, RULE)
        guards: dict[UUID, int] = {}
        event = of_department(WatchEntered, command.act.parts, command.entry_id, 1, now)
        files = self._files(event, officer.department)
        subject = files[0].subject_id
        held = held_by(self._ledger, subject)
        refuse_if_any(
            watch_defects(
                event,
                [self._counted(file, guards) for file in files],
                threshold=self._threshold(guards),
                department=officer.department,
                notes=held.notes,
                today=city_day(now),
            )
        )
        guards |= {file.id: file.standing.version for file in files}
        seal = self.sealed(command, event, subject, guards)
        noted = SubjectNoted(
            **placed(subject, held.version + 1, now),
            note="watch",
            entry=str(command.entry_id),
            department=officer.department,
            leaf=leaf_hash(seal.leaf).hex(),
            on_day=event.entered_on,
            records=[str(file.id) for file in files],
            list_code="",
            version=0,
            until=event.until,
        )
        told = {"until": event.until}
        return Entering(event, seal, officer, PURPOSE, guards, follows=[self.noted(noted)], told=told)

    def _files(self, event: WatchEntered, department: str) -> list[RecordFile]:
        """The records that an entry names, of one subject, all known to the department. Raises ``Refused``."""
        where = "/parts/restricted/records"
        try:
            named = [UUID(record) for record in dict.fromkeys(event.records or ())]
        except ValueError:
            raise Refused(Defect("FORMAT", "member_invalid", where, {"where": where})) from None
        if not 0 < len(named) <= RECORDS_MAX:
            raise Refused(Defect(RULE, "listing_without_records", where, {"most": str(RECORDS_MAX)}))
        files = [self._desk.record_known_to(department, record, rule=RULE) for record in named]
        if len({file.subject_id for file in files}) > 1:
            raise Refused(Defect(RULE, "listing_records_of_several", where))
        return files

    def _threshold(self, guards: dict[UUID, int]) -> Threshold:
        settings, today = self._desk.settings(guards), city_day(self._ledger.now())
        names = ("watch_list.minor_records", "watch_list.within_months")
        return Threshold(*(settings.number(name, on=today) for name in names))

    def _counted(self, file: RecordFile, guards: dict[UUID, int]) -> Counted:
        content, today = file.standing.content, city_day(self._ledger.now())
        versions = self._desk.registry.item(item_code(content))
        guards[versions.stream_id] = versions.stream_version
        decided = decided_on(content)
        item = version_in_force(versions.items, decided)
        stands = (
            item is not None
            and item.nature == "negative"
            and not self._desk.registry.is_stopped(item.code)
            and counts_today(
                file.standing, item, today=today, months_max=lambda day: self._desk.months_max(day, guards)
            )
        )
        return Counted(decided, severity_of(content), stands, minor=self._is_minor(file))

    def _is_minor(self, file: RecordFile) -> bool:
        """Whether a record is about a person who was under 18, or whose age cannot be told (DET-4)."""
        content = file.standing.content
        form = self._desk.form_of(content)
        if content["public"][form.subject_kind] != PERSON:
            return False
        person = content.get("person/1", {})
        if person.get(form.id_type) != CITIZEN_ID:
            return True
        try:
            return is_minor(str(person[form.id_number]), on=decided_on(content))
        except ValueError:
            return True
