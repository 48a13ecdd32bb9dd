"""Objections to entries over the ledger: filed by the subject's portal, marked while they pend, answered (OBJ-1).

Upheld, the department ends the entry by its own sealed act, which answers the objection too. A listing is such an
entry, whose measures are suspended meanwhile (MEA-5).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.entries import Entering, EntryDesk
from application.commands.remedies import Act
from application.commands.subjects import Identity
from application.data_keys import record_class
from application.due_days import days_of
from application.ledger import SealedAct
from application.sealing import parse_key_reference
from domain.listing.case import fold_listing
from domain.listing.events import ListingDecided, ListingNotified
from domain.parties.acting import Agent, Officer
from domain.remedies.entry_objections import (
    RULE,
    EntryObjected,
    EntryObjectionRejected,
    ObjectedEntry,
    fold_entry,
    object_to,
    reject,
    waiting_entry,
)
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

        def objected(found: _Found | None, guards: dict[UUID, int]) -> EntryObjected:
            if found is None or self._desk.subject_id(subject) != found.subject:
                raise Refused(Defect(RULE, "entry_not_yours", "/entry"))
            now, known = self._ledger.now(), self._desk.registry.calendar(self._desk.built_in)
            guards[known.stream_id] = known.version
            return object_to(
                found.entry,
                grounds=grounds,
                evidence=evidence,
                agent=agent,
                received_by=portal,
                working_days=self._desk.settings(guards).number(LIMIT, on=city_day(now)),
                calendar=known.calendar,
                now=now,
            )

        def make() -> Entering:
            found, guards = self._found(entry_id), dict[UUID, int]()
            event = objected(found, guards)
            assert found is not None
            done = Entering(
                event, self._under_subject(event, found.subject), Officer("", portal), PURPOSE, guards
            )
            waiting = waiting_entry(fold_entry([*self._ledger.load(entry_id), event]) or found.entry)
            assert waiting is not None
            done.days = [days_of(waiting)]
            done.told = {"answer_by": event.answer_by, "provisional": event.provisional}
            return done

        def make_on_listing() -> Act:
            found, guards = self._found(entry_id), dict[UUID, int]()
            event = objected(found, guards)
            listing = fold_listing(self._ledger.load(entry_id))
            if listing is not None and listing.state == "removal_applied":
                raise Refused(Defect(RULE, "listing_removal_pending", "/entry", {"last": listing.decide_by}))
            told: dict[str, object] = {"answer_by": event.answer_by, "provisional": event.provisional}
            return self._on_listing(event, portal, None, told, guards)

        if self._is_listing(entry_id):
            return self._desk.perform(make_on_listing, once)
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

        def rejected(found: _Found | None) -> EntryObjectionRejected:
            if found is None or found.entry.department != officer.department:
                raise Refused(Defect("OBJ-3", "entry_not_yours", "/entry"))
            return reject(
                found.entry,
                officer=officer,
                entered_by=found.entered_by,
                reasons=reasons,
                remedies=remedies,
                now=self._ledger.now(),
            )

        def make() -> Entering:
            event = rejected(found := self._found(entry_id))
            assert found is not None
            seal = self._under_subject(event, found.subject)
            return Entering(event, seal, officer, PURPOSE, {}, told={"outcome": "rejected"})

        def make_on_listing() -> Act:
            event = rejected(self._found(entry_id))
            return self._on_listing(event, officer.department, officer.pseudonym, {"outcome": "rejected"}, {})

        if self._is_listing(entry_id):
            return self._desk.perform(make_on_listing, once)
        return self.perform(make, once)

    def _is_listing(self, entry_id: UUID) -> bool:
        """Whether the entry is one on a serious list, whose measures rest while it is verified (MEA-5)."""
        first = self._ledger.store.load_slice("records", entry_id, limit=1)
        return bool(first) and first[0].topic == ListingNotified.TOPIC

    def _on_listing(
        self,
        event: EntryObjected | EntryObjectionRejected,
        actor: str,
        officer: str | None,
        told: dict[str, object],
        guards: dict[UUID, int],
    ) -> Act:
        """What is said against a listing, with all that follows for what rests on it. Raises ``Refused``."""
        listing = fold_listing(self._ledger.load(event.originator_id))
        assert listing is not None
        record = self._desk.of_case(listing.id, listing.records[0], rule=RULE)
        # A listing may outlive the record: it is under keys of its subject that no record has alone.
        owners = self._desk.case_owners(event, replace(record, deletable=False))
        return Act(event, owners, record, PURPOSE, actor, officer, told, guards=guards)

    def _found(self, entry_id: UUID) -> _Found | None:
        rows = self._ledger.store.load("records", entry_id)
        opened = self._ledger.open_all(rows, log="records")
        entry = fold_entry(row.event for row in opened if "public" in row.opened)
        if entry is None:
            return None
        made = next((row for row in rows if row.topic == ListingDecided.TOPIC), rows[0])
        entered_by = json.loads(made.meta).get("officer")
        return _Found(entry, parse_key_reference(rows[0].key_ref)["public"][0], entered_by)

    def _under_subject(self, event: Event, subject: UUID) -> SealedAct:
        owners = {
            name: (event.originator_id, name) if name == "person/2" else (subject, record_class(name, None))
            for name in event.parts()
        }
        return self._ledger.seal(event, owners=owners)
