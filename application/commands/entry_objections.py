"""Objections to entries over the ledger: filed by the subject's portal, marked while they pend, answered (OBJ-1).

Upheld, the department ends the entry by its own sealed act, which answers the objection too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.entries import Entering, EntryDesk
from application.commands.subjects import Identity
from application.data_keys import record_class
from application.due_days import days_of
from application.ledger import SealedAct
from application.sealing import parse_key_reference
from domain.parties.acting import Agent, Officer
from domain.remedies.entry_objections import RULE, ObjectedEntry, fold_entry, object_to, reject, waiting_entry
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

PURPOSE = "objection"
LIMIT = "objection.own_scope_working_days"


@dataclass(frozen=True)
class _Found:
    entry: ObjectedEntry
    subject: UUID
    entered_by: str | None


class EntryObjections(EntryDesk):
    """The objections (异议) to entries of one ledger."""

    def file(
        self,
        entry_id: UUID,
        subject: Identity,
        *,
        portal: str,
        grounds: str,
        evidence: Sequence[str],
        agent: Agent | None = None,
        once: Once | None = None,
    ) -> Done:
        """The subject of an entry, or its agent, objects to it by its portal.

        Raises ``Refused`` alike for another's and for none.
        """

        def make() -> Entering:
            found = self._found(entry_id)
            if found is None or self._desk.subject_id(subject) != found.subject:
                raise Refused(Defect(RULE, "entry_not_yours", "/entry"))
            now, known = self._ledger.now(), self._desk.registry.calendar(self._desk.built_in)
            guards = {known.stream_id: known.version}
            event = object_to(
                found.entry,
                grounds=grounds,
                evidence=evidence,
                agent=agent,
                received_by=portal,
                working_days=self._desk.settings(guards).number(LIMIT, on=city_day(now)),
                calendar=known.calendar,
                now=now,
            )
            seal = self._under_subject(event, found.subject)
            done = Entering(event, seal, Officer("", portal), PURPOSE, guards)
            waiting = waiting_entry(fold_entry([*self._ledger.load(entry_id), event]) or found.entry)
            assert waiting is not None
            done.days = [days_of(waiting)]
            done.told = {"answer_by": event.answer_by, "provisional": event.provisional}
            return done

        return self.perform(make, once)

    def reject(
        self,
        entry_id: UUID,
        officer: Officer,
        *,
        reasons: str,
        remedies: Mapping[str, str],
        once: Once | None = None,
    ) -> Done:
        """The department of an entry rejects an objection to it, with reasons and remedies, by another officer than the
        one who made it (OBJ-3)."""

        def make() -> Entering:
            found = self._found(entry_id)
            if found is None or found.entry.department != officer.department:
                raise Refused(Defect("OBJ-3", "entry_not_yours", "/entry"))
            now = self._ledger.now()
            event = reject(
                found.entry,
                officer=officer,
                entered_by=found.entered_by,
                reasons=reasons,
                remedies=remedies,
                now=now,
            )
            seal = self._under_subject(event, found.subject)
            return Entering(event, seal, officer, PURPOSE, {}, told={"outcome": "rejected"})

        return self.perform(make, once)

    def _found(self, entry_id: UUID) -> _Found | None:
        rows = self._ledger.store.load("records", entry_id)
        opened = self._ledger.open_all(rows, log="records")
        entry = fold_entry(row.event for row in opened if "public" in row.opened)
        if entry is None:
            return None
        entered_by = json.loads(rows[0].meta).get("officer")
        return _Found(entry, parse_key_reference(rows[0].key_ref)["public"][0], entered_by)

    def _under_subject(self, event: Event, subject: UUID) -> SealedAct:
        owners = {
            name: (event.originator_id, name) if name == "person/2" else (subject, record_class(name, None))
            for name in event.parts()
        }
        return self._ledger.seal(event, owners=owners)
