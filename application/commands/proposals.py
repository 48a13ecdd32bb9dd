"""Proposals over the ledger: each step one event; publishing also adopts the content, in the same transaction (CAT-3).

``adopting.py`` asks the gate through which it is proposed and adopted, ``contents.py`` says how it is read. The
review by the joint meeting is ``meetings.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from application.attempts import StaleVersion, retried
from application.commands.acts import Done, HandleCase, Once, commit
from application.commands.adopting import adopted, require_passable
from application.commands.contents import read_version
from application.due_days import days_after
from application.instruments import units
from application.ledger import Ledger, SealedAct
from application.ports import Append, OpenCase
from application.reactions import REACTIONS
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.parties.acting import Officer
from domain.parties.keys import CREDIT_OFFICE
from domain.proposals.events import OpinionGiven
from domain.proposals.process import (
    Proposal,
    answer_opinion,
    consult,
    evaluate,
    fold_proposal,
    give_opinion,
    propose,
    publish,
    revise,
    supersede,
)
from domain.records.screening import personal_data_in_public
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import COMMENT_DAYS, REVIEW_MONTHS, RuleSettings

CASES_PER_PAGE = 200
PURPOSE = "proposal"


@dataclass
class _Then:
    """What the reactions to a step write (``application.consequences.Consequences`` of no record)."""

    opened: list[OpenCase]
    closed: list[UUID]


@dataclass
class Step:
    """What one transaction does: the event of a ``proposal``, under ``seal`` where a department made it, further sealed
    acts, what it relies on, and what is adopted with it."""

    event: Event
    proposal: Proposal | None = None
    seal: SealedAct | None = None
    more: list[SealedAct] = field(default_factory=list)
    guards: dict[UUID, int] = field(default_factory=dict)
    adopted: list[Append] = field(default_factory=list)


class Proposals:
    """The proposals (提案) of one ledger."""

    def __init__(self, ledger: Ledger, *, defaults: RuleSettings) -> None:
        """``defaults`` are the settings of the data, before any change."""
        self._ledger = ledger
        self._defaults = defaults
        self._registry = Registry(ledger)

    def find(self, proposal_id: UUID) -> Proposal | None:
        """The proposal as it stands, or None."""
        return fold_proposal(self._ledger.load(proposal_id))

    def propose(
        self,
        proposal_id: UUID,
        *,
        what: str,
        content: Mapping[str, Json],
        officer: Officer,
        once: Once | None = None,
    ) -> Done:
        """A department proposes the next version of something, which its gate may pass (``require_passable``)."""

        def make() -> Step:
            self._officer(officer)
            read_version(self._registry, what, content)
            code = str(content["code"])
            event = propose(
                proposal_id,
                what=what,
                code=code,
                content=content,
                officer=officer,
                office=self._lead(),
                now=self._ledger.now(),
            )
            require_passable(self._ledger, self._registry, event, self._defaults)
            return Step(event)

        return self._perform(make, officer, once)

    def revise(self, command: HandleCase, *, content: Mapping[str, Json], once: Once | None = None) -> Done:
        """Its department proposes it anew after it was returned."""

        def make() -> Step:
            proposal = self._proposal(command)
            self._officer(command.officer)
            read_version(self._registry, proposal.what, content)
            if content["code"] != proposal.code:
                raise Refused(Defect(proposal.rule, "proposal_content_unreadable", "/content/code"))
            now, office = self._ledger.now(), self._lead()
            event = revise(proposal, content=content, officer=command.officer, office=office, now=now)
            require_passable(self._ledger, self._registry, event, self._defaults)
            return Step(event, proposal)

        return self._perform(make, command.officer, once)

    def consult(self, command: HandleCase, *, closes: date, once: Once | None = None) -> Done:
        """The credit office opens it for comment."""
        days_min, officer, now = self._number(COMMENT_DAYS, {}), command.officer.pseudonym, self._ledger.now()
        return self._office(
            command,
            lambda p: consult(p, closes=closes, days_min=days_min, officer=officer, now=now),
            once,
        )

    def opine(
        self,
        command: HandleCase,
        *,
        group: str,
        text: str,
        author: Mapping[str, str] | None,
        once: Once | None = None,
    ) -> Done:
        """An opinion: a department's own, or anyone's by the credit office's portal, which names the author."""

        def make() -> Step:
            proposal = self._proposal(command, seen=False)
            self._officer(command.officer)
            if author is not None:
                self._require_office(command.officer)
            self._require_nobody_in(text)
            department = None if author is not None else command.officer.department
            event = give_opinion(
                proposal,
                group=group,
                text=text,
                department=department,
                author=author,
                now=self._ledger.now(),
            )
            return Step(event, proposal)

        return self._perform(make, command.officer, once)

    def answer(
        self, command: HandleCase, *, number: int, outcome: str, answer: str, once: Once | None = None
    ) -> Done:
        """The credit office answers an opinion."""
        self._require_nobody_in(answer)
        now = self._ledger.now
        return self._office(
            command,
            lambda p: answer_opinion(p, number=number, outcome=outcome, answer=answer, now=now()),
            once,
        )

    def publish(self, command: HandleCase, *, review_by: date, once: Once | None = None) -> Done:
        """Publish it: its content passes its own gate and is adopted in this very transaction.

        Whatever was published of the same before is superseded, and waits for no review any more.
        """

        def make() -> Step:
            proposal, guards = self._proposal(command), dict[UUID, int]()
            self._officer(command.officer)
            self._require_office(command.officer)
            months, now = self._number(REVIEW_MONTHS, guards), self._ledger.now()
            event = publish(proposal, review_by=review_by, months_max=months, now=now)
            before = [supersede(found, by=proposal.id, now=now) for found in self._published(proposal)]
            with_it = adopted(self._ledger, self._registry, proposal, self._defaults)
            more = [self._ledger.seal(made) for made in before]
            return Step(event, proposal, more=more, guards=guards, adopted=[with_it])

        return self._perform(make, command.officer, once)

    def evaluate(
        self,
        command: HandleCase,
        *,
        by: str,
        findings: str,
        outcome: str,
        review_by: date,
        once: Once | None = None,
    ) -> Done:
        """Record a third party's evaluation, and by when the next, or a next version, is due.

        The department that made it does (认定标准制定部门, 49号(七)), or the credit office.
        """

        def make() -> Step:
            proposal, guards = self._proposal(command), dict[UUID, int]()
            self._officer(command.officer)
            if command.officer.department != proposal.department:
                self._require_office(command.officer)
            event = evaluate(
                proposal,
                by=by,
                findings=findings,
                outcome=outcome,
                review_by=review_by,
                months_max=self._number(REVIEW_MONTHS, guards),
                parties={word for unit in units(self._ledger).values() for word in (unit.name, unit.code)},
                now=self._ledger.now(),
            )
            return Step(event, proposal, guards=guards)

        return self._perform(make, command.officer, once)

    def _office(self, command: HandleCase, decide: Callable[[Proposal], Event], once: Once | None) -> Done:
        def make() -> Step:
            proposal = self._proposal(command)
            self._officer(command.officer)
            self._require_office(command.officer)
            return Step(decide(proposal), proposal)

        return self._perform(make, command.officer, once)

    def _perform(self, make: Callable[[], Step], officer: Officer, once: Once | None) -> Done:
        def attempt() -> Done:
            step = make()
            event, act = step.event, step.seal or self._sealed(step.event)
            meta = {
                "actor": officer.department,
                "officer": officer.pseudonym,
                "purpose": PURPOSE,
                "correlation": str(step.proposal.id if step.proposal else event.originator_id),
            }
            batch = self._ledger.prepare([act, *step.more], meta=meta)
            batch.guards |= step.guards
            self._follow([act.event, *(more.event for more in step.more)], batch)
            return commit(self._ledger, batch, act, once, {}, *step.adopted)

        done = retried(attempt, forget=self._registry.forget)
        self._registry.forget()
        return done

    def _follow(self, made: Sequence[Event], batch: Append) -> None:
        """The cases that these events open and close, and by when those that wait are due (``reactions.py``)."""
        then = _Then(batch.opened, batch.closed)
        for event in made:
            for reaction in REACTIONS.get(type(event), ()):
                reaction(event, then)  # type: ignore[arg-type]
        batch.days = [days for event in made for days in days_after(self._ledger, event)]

    def _lead(self) -> str | None:
        """The lead unit (牵头单位): the credit office, the first registered where there are several."""
        return next((unit.code for unit in units(self._ledger).values() if unit.role == CREDIT_OFFICE), None)

    def _published(self, proposal: Proposal) -> Iterator[Proposal]:
        """What is published of the same thing, and waits for its review."""
        after, store = UUID(int=0), self._ledger.store
        while found := store.open_cases_from("proposal", after=after, limit=CASES_PER_PAGE):
            for case in found:
                held = self.find(case)
                if (
                    held
                    and held.state == "published"
                    and (held.what, held.code) == (proposal.what, proposal.code)
                ):
                    yield held
            after = found[-1]

    def _number(self, setting: str, guards: dict[UUID, int]) -> int:
        """A setting of today; what was read is guarded."""
        read = self._registry.settings(self._defaults)
        guards[read.stream_id] = read.stream_version
        return read.settings.number(setting, on=city_day(self._ledger.now()))

    def _sealed(self, event: Event) -> SealedAct:
        """The act under the ledger's keys; who opined has a key of its own."""
        owners = self._ledger.own_keys(event.parts())
        if isinstance(event, OpinionGiven):
            owners |= {n: (event.originator_id, n) for n in event.parts() if n != "public"}
        return self._ledger.seal(event, owners=owners)

    def _proposal(self, command: HandleCase, *, seen: bool = True) -> Proposal:
        proposal = self.find(command.case)
        if proposal is None:
            raise Refused(Defect("CAT-3", "remedy_case_unknown"))
        if seen and proposal.version != command.expected:
            raise StaleVersion
        return proposal

    def _officer(self, officer: Officer) -> None:
        known = self._registry.officer(officer.pseudonym)
        if known is None or known.department != officer.department:
            raise Refused(Defect("QRY-1", "officer_unknown", "Credit-Official"))

    def _require_office(self, officer: Officer) -> None:
        department = self._registry.department(officer.department)
        if department is None or not may_speak_for_subjects(department.role):
            raise Refused(Defect("CAT-3", "proposal_not_the_office", "Credit-Official"))

    def _require_nobody_in(self, text: str) -> None:
        if personal_data_in_public(text, today=city_day(self._ledger.now())):
            raise Refused(Defect("PUB-2", "proposal_person_in_text", "/text"))
