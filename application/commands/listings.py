"""Listing cases over the ledger: notice, statement, answer, the sealed decision, removal (LST-4 to LST-8).

Each command is one transaction; the decision also tells the subject's own stream, and a removal takes the listing out
of every view from that very transaction on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.department_acts import of_department
from application.commands.listing_desk import ListingCase, ListingDesk
from application.commands.record_files import RecordFile
from application.commands.remedies import Act
from application.commands.restorations import restoring
from application.commands.subjects import Identity
from application.ledger import SealedAct
from application.listings import lists_of, stands
from domain.listing.case import (
    Notice,
    Statement,
    answer_statement,
    drop,
    fold_listing,
    make_statement,
    notify,
)
from domain.listing.decision import (
    REVERSAL,
    apply_for_removal,
    decision_defects,
    refuse_removal,
    removal_defects,
    subject_listed,
)
from domain.listing.events import ListingDecided, ListingRemoved
from domain.listing.standards import ListStandard
from domain.parties.acting import Officer
from domain.remedies.entry_objections import fold_entry
from domain.remedies.restoration import restore_delisted
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash


@dataclass(frozen=True)
class NotifyListing:
    """A department begins a case: ``listing_id`` is drawn by the caller, ``records`` are what it would rest on."""

    listing_id: UUID
    list_code: str
    records: tuple[UUID, ...]
    notice: Notice
    officer: Officer


@dataclass(frozen=True)
class SpeakInListing:
    """The subject of a case speaks, by the portal ``received_by``, on the version that it saw."""

    listing_id: UUID
    expected: int
    received_by: str
    subject: Identity


class Listings(ListingDesk):
    """The listing cases (列入案件) of one ledger."""

    def notify(self, command: NotifyListing, *, once: Once | None = None) -> Done:
        """Record the notice that was served (LST-4): the subject may speak from now on."""
        return self._desk.perform(lambda: self._notified(command), once)

    def state(self, command: SpeakInListing, statement: Statement, *, once: Once | None = None) -> Done:
        """The subject states its case or objects (LST-5)."""

        def make() -> Act:
            case = self._case(command.listing_id, command.expected, "LST-5", subject=command.subject)
            event = make_statement(
                case.listing,
                statement,
                standard=self._standard_of(case.listing),
                received_by=command.received_by,
                calendar=self._desk.calendar,
                now=self._ledger.now(),
            )
            return self._act(
                event,
                case,
                command.received_by,
                {"answer_by": event.answer_by, "provisional": event.provisional},
            )

        return self._desk.perform(make, once)

    def answer(self, command: HandleCase, *, outcome: str, reasons: str, once: Once | None = None) -> Done:
        """Answer what the subject said (LST-5)."""

        def make() -> Act:
            case = self._handled(command, "LST-5")
            event = answer_statement(
                case.listing,
                officer=command.officer,
                outcome=outcome,
                reasons=reasons,
                now=self._ledger.now(),
            )
            return self._act(event, case, command.officer, {"outcome": outcome})

        return self._desk.perform(make, once)

    def drop(self, command: HandleCase, *, reasons: str, once: Once | None = None) -> Done:
        """List nobody; the case is over."""

        def make() -> Act:
            case = self._handled(command, "LST-5")
            event = drop(case.listing, officer=command.officer, reasons=reasons, now=self._ledger.now())
            return self._act(event, case, command.officer, {"outcome": "dropped"})

        return self._desk.perform(make, once)

    def decide(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """List, by the department's own sealed decision (LST-6): on the list from this transaction on."""
        return self._desk.perform(lambda: self._decided(command, act), once)

    def remove(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """Take the subject off, by the department's own sealed act (LST-8): in no view from then on.

        When its own decision does not hold, a reputation is to be restored (OBJ-4).
        """

        def make() -> Act:
            case = self._handled(command, "LST-8")
            now, listing = self._ledger.now(), case.listing
            event = of_department(ListingRemoved, act.parts, listing.id, listing.version + 1, now)
            refuse_if_any(
                removal_defects(
                    listing, event, command.officer, decision=self._leaf(listing.id, listing.decision)
                )
            )
            done = self._sealed(event, act, case, command, {"outcome": event.cause})
            if event.cause != REVERSAL:
                return done
            return restoring(self._desk, done, partial(restore_delisted, listing, now))

        return self._desk.perform(make, once)

    def apply(
        self,
        command: SpeakInListing,
        *,
        materials: Sequence[tuple[str, str]],
        contact: str | None = None,
        once: Once | None = None,
    ) -> Done:
        """The subject applies to be taken off early: its conditions are met (LST-8)."""

        def make() -> Act:
            case = self._case(command.listing_id, command.expected, "LST-8", subject=command.subject)
            entry = fold_entry(self._ledger.load(case.listing.id))
            if entry is not None and entry.pending:
                raise Refused(Defect("LST-8", "listing_objection_pending", "", {"last": entry.pending}))
            event = apply_for_removal(
                case.listing,
                self._standard_of(case.listing),
                materials=tuple(materials),
                contact=contact,
                received_by=command.received_by,
                calendar=self._desk.calendar,
                now=self._ledger.now(),
            )
            told: dict[str, object] = {"answer_by": event.decide_by, "provisional": event.provisional}
            return self._act(event, case, command.received_by, told)

        return self._desk.perform(make, once)

    def refuse(
        self,
        command: HandleCase,
        *,
        reasons: str,
        remedies: Mapping[str, str],
        once: Once | None = None,
    ) -> Done:
        """Refuse an application for removal, with reasons and both remedies (LST-8)."""

        def make() -> Act:
            case = self._handled(command, "LST-8")
            event = refuse_removal(
                case.listing,
                officer=command.officer,
                reasons=reasons,
                remedies=remedies,
                now=self._ledger.now(),
            )
            return self._act(event, case, command.officer, {"outcome": "rejected"})

        return self._desk.perform(make, once)

    def _notified(self, command: NotifyListing) -> Act:
        desk = self._desk
        officer = desk.officer(command.officer, rule="LST-4")
        guards: dict[UUID, int] = {}
        standard = self._standard(command.list_code, guards)
        files = [
            desk.record(record, rule="LST-4", field="/records") for record in dict.fromkeys(command.records)
        ]
        if any(file.source != officer.department for file in files):
            raise Refused(Defect("LST-4", "remedy_record_not_yours", "/records"))
        if len({file.subject_id for file in files}) > 1:
            raise Refused(Defect("LST-4", "listing_records_of_several", "/records"))
        event = notify(
            command.notice,
            listing_id=command.listing_id,
            standard=standard,
            records={file.id: stands(self._ledger, file.id) for file in files},
            officer=officer,
            calendar=desk.calendar,
            now=self._ledger.now(),
        )
        refuse_if_any(self._conduct_defects(files, guards))
        self._pass_gate(command.list_code, files[0], officer.department, guards)
        listing = fold_listing([event])
        assert listing is not None
        case = ListingCase(listing, tuple(files))
        act = self._act(event, case, officer, {"state_by": event.state_by, "provisional": event.provisional})
        act.guards |= guards
        return act

    def _decided(self, command: HandleCase, act: DepartmentAct) -> Act:
        now = self._ledger.now()
        guards: dict[UUID, int] = {}
        case = self._handled(command, "LST-4")
        listing, record = case.listing, case.record
        standard = self._standard(listing.list_code, guards)
        event = of_department(ListingDecided, act.parts, listing.id, listing.version + 1, now)
        rank = self._desk.registry.rank(command.officer.department)
        guards[rank.stream_id] = rank.stream_version
        defects = decision_defects(
            listing,
            event,
            standard,
            notice=self._leaf(listing.id, 1),
            records={found: stands(self._ledger, found) for found in case.records},
            borne=lists_of(self._ledger, record.subject_id),
            rank=rank.rank,
            today=city_day(now),
        )
        defects += [*self._told_defects(case, standard), *self._conduct_defects(case.files, guards)]
        refuse_if_any([*defects, *self._subject_defects(event, record, command.officer.department)])
        self._pass_gate(listing.list_code, record, command.officer.department, guards)
        done = self._sealed(event, act, case, command, {"outcome": "listed", "until": event.until or ""})
        assert done.seal is not None
        done.guards |= guards
        done.sealed.append(self._told_to_subject(event, standard, record, leaf_hash(done.seal.leaf).hex()))
        return done

    def _told_to_subject(
        self, event: ListingDecided, standard: ListStandard, record: RecordFile, decision: str
    ) -> SealedAct:
        """What the subject's own stream tells, so that one load says on which lists it is."""
        rows = self._ledger.store.load("records", record.subject_id)
        told = subject_listed(
            event,
            standard,
            decision=decision,
            subject=record.subject_id,
            version=(rows[-1].stream_version if rows else 0) + 1,
        )
        return self._ledger.seal(told, owners={"public": (record.subject_id, "public")})
