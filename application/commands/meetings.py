"""The joint meeting over the ledger (联席会议): called by the credit office, heard member by member, concluded (CAT-3).

Each member's view is an act under its own seal in a case of its own; the outcome guards every one of them, so that no
view arrives beside it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.department_acts import of_department, require_whole
from application.commands.proposals import Proposals, Step
from application.commands.remedies import RemedyDesk
from application.instruments import units
from domain.proposals.events import MeetingViewGiven
from domain.proposals.meeting import (
    MemberView,
    asked_of,
    call_meeting,
    conclude,
    fold_view,
    view_defects,
)
from domain.proposals.process import Proposal
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.rule_settings import MEETING_AGREEING, MEETING_MEMBERS, RuleSettings
from domain.transparency.merkle import leaf_hash

VIEW = "view"
"""The kind of the names of members' own cases."""


class Meetings(Proposals):
    """Proposals with their review by the joint meeting; members' seals are checked at the ``desk``."""

    def __init__(self, desk: RemedyDesk, *, defaults: RuleSettings) -> None:
        super().__init__(desk.ledger, defaults=defaults)
        self._desk = desk

    def call(self, command: HandleCase, *, meets_on: date, once: Once | None = None) -> Done:
        """The credit office lays it before all members (提请审定): each is asked by a case of its own."""

        def make() -> Step:
            proposal, guards = self._proposal(command), dict[UUID, int]()
            self._officer(command.officer)
            self._require_office(command.officer)
            ranks = {code: self._registry.rank(code) for code in units(self._ledger)}
            members = {code: rank for code, rank in ranks.items() if rank.member}
            called = call_meeting(
                proposal,
                members=sorted(members),
                members_min=self._number(MEETING_MEMBERS, guards),
                meets_on=meets_on,
                officer=command.officer,
                now=self._ledger.now(),
            )
            guards |= {rank.stream_id: rank.stream_version for rank in ranks.values()}
            asked = [asked_of(called, code, self.case_of(proposal, code)) for code in called.members]
            return Step(called, proposal, more=[self._ledger.seal(event) for event in asked], guards=guards)

        return self._perform(make, command.officer, once)

    def give_view(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """A member's view, under its own seal, until the outcome is recorded (成员单位意见)."""

        def make() -> Step:
            proposal = self._proposal(command)
            self._officer(command.officer)
            department = command.officer.department
            view = fold_view(self._ledger.load(self.case_of(proposal, department)))
            if view is None:
                raise Refused(Defect(proposal.rule, "meeting_not_a_member", "Credit-Official"))
            given = of_department(MeetingViewGiven, act.parts, view.id, view.version + 1, self._ledger.now())
            refuse_if_any(view_defects(proposal, view, given, officer=command.officer))
            self._require_nobody_in(given.reasons)
            require_whole(given, act.parts)
            owners = self._ledger.own_keys(given.parts())
            seal, key, version = self._desk.sealed_by(act, given, department=department, owners=owners)
            return Step(given, proposal, seal=seal, guards={key: version, proposal.id: proposal.version})

        return self._perform(make, command.officer, once)

    def conclude(
        self,
        command: HandleCase,
        *,
        outcome: str,
        reasons: str,
        held_on: date,
        once: Once | None = None,
    ) -> Done:
        """The credit office records the meeting and its outcome, as the members' views allow (审定)."""

        def make() -> Step:
            proposal, guards = self._proposal(command), dict[UUID, int]()
            self._officer(command.officer)
            self._require_office(command.officer)
            self._require_nobody_in(reasons)
            views = [self._view(proposal, code, guards) for code in proposal.members]
            event = conclude(
                proposal,
                views=views,
                outcome=outcome,
                reasons=reasons,
                held_on=held_on,
                agreeing_percent=self._number(MEETING_AGREEING, guards),
                officer=command.officer.pseudonym,
                now=self._ledger.now(),
            )
            return Step(event, proposal, guards=guards)

        return self._perform(make, command.officer, once)

    def case_of(self, proposal: Proposal, department: str) -> UUID:
        """The case in which a member gives its view on the present revision."""
        return self._ledger.name_id(VIEW, f"{proposal.id}:{proposal.revision}:{department}")

    def _view(self, proposal: Proposal, department: str, guards: dict[UUID, int]) -> MemberView:
        """What a member said, with the leaf that holds it; its case is guarded."""
        case = self.case_of(proposal, department)
        rows = self._ledger.open_all(self._ledger.store.load("records", case), log="records")
        view = fold_view(row.event for row in rows)
        assert view is not None
        guards[case] = view.version
        return replace(view, leaf=leaf_hash(rows[-1].row.leaf).hex()) if view.view else view
