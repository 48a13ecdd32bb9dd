"""Proposals over the ledger: each step one event; publishing also adopts the content, in the same transaction (CAT-3).

What may be proposed stands in :data:`CONTENTS`: a further kind of content adds its gate there and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from application.commands.contents import ITEM, MEASURE, STANDARD, read_version
from application.commands.remedies import Done, Once, StaleVersion
from application.instruments import clean_up
from application.ledger import Ledger, SealedAct
from application.listings import standard_append
from application.ports import Append, CaseDays, Conflict, LedgerUnavailable, OpenCase, Receipt
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.catalogue.gate import adopt
from domain.catalogue.items import CatalogueItem
from domain.listing.standard_gate import adopt_standard
from domain.listing.standards import ListStandard
from domain.listing.suspension import stopped_defects
from domain.measures.items import MeasureItem, adopt_measure
from domain.parties.acting import Officer
from domain.proposals.events import (
    OpinionGiven,
    ProposalEvaluated,
    ProposalPublished,
)
from domain.proposals.process import (
    Proposal,
    answer_opinion,
    consult,
    evaluate,
    fold_proposal,
    give_opinion,
    propose,
    publish,
    review,
    revise,
)
from domain.records.screening import personal_data_in_public
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import COMMENT_DAYS, MAXIMUM_MONTHS, RuleSettings
from domain.transparency.merkle import leaf_hash

ATTEMPTS_MAX = 8
PURPOSE = "proposal"
META = {"actor": "credit_office", "purpose": PURPOSE}


def _adopt_item(ledger: Ledger, registry: Registry, proposal: Proposal, defaults: RuleSettings) -> Append:
    known = registry.item(proposal.code)
    item = CatalogueItem.from_json(proposal.content, status="draft")
    months = registry.settings(defaults).settings.value(MAXIMUM_MONTHS, on=_first_day(item, ledger)).numbers
    event = adopt(
        item,
        before=known.items,
        months_max=months,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
        stopped=clean_up(ledger).stopped,
    )
    return ledger.prepare([ledger.seal(event)], meta=META)


def _first_day(item: CatalogueItem, ledger: Ledger) -> date:
    """From when an item would hold; today where its day cannot be read, which its gate refuses."""
    try:
        return date.fromisoformat(item.effective_from)
    except ValueError:
        return city_day(ledger.now())


def _adopt_standard(ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings) -> Append:
    known = registry.standard(proposal.code)
    standard = replace(
        ListStandard.from_json(proposal.content),
        consulted_from=proposal.opens,
        consulted_until=proposal.closes,
    )
    if not registry.item(proposal.code).items:
        raise Refused(Defect("CAT-1", "list_without_item", "", {"list": proposal.code}))
    event = adopt_standard(
        standard,
        before=known.versions,
        stopped=stopped_defects(standard, clean_up(ledger).stopped),
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
    )
    return standard_append(ledger, ledger.seal(event), known, meta=META)


def _adopt_measure(ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings) -> Append:
    known = registry.measure(proposal.code)
    event = adopt_measure(
        MeasureItem.from_json(proposal.content),
        before=known.items,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
        stopped=clean_up(ledger).stopped,
    )
    return ledger.prepare([ledger.seal(event)], meta=META)


ADOPT: Mapping[str, Callable[[Ledger, Registry, Proposal, RuleSettings], Append]] = {
    ITEM: _adopt_item,
    STANDARD: _adopt_standard,
    MEASURE: _adopt_measure,
}
"""What may be proposed -> how it passes its own gate and is adopted, or raises ``Refused``."""


@dataclass(frozen=True)
class HandleProposal:
    """Which officer acts on which proposal, having seen which ``expected`` version of it."""

    proposal_id: UUID
    expected: int
    officer: Officer


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
        """A department proposes the next version of something."""

        def make() -> tuple[Event, Proposal | None]:
            self._officer(officer)
            read_version(self._registry, what, content)
            code = str(content["code"])
            event = propose(
                proposal_id,
                what=what,
                code=code,
                content=content,
                department=officer.department,
                now=self._ledger.now(),
            )
            return event, None

        return self._perform(make, officer, once)

    def revise(
        self, command: HandleProposal, *, content: Mapping[str, Json], once: Once | None = None
    ) -> Done:
        """Its department proposes it anew after it was returned."""

        def make() -> tuple[Event, Proposal | None]:
            proposal = self._proposal(command)
            self._officer(command.officer)
            read_version(self._registry, proposal.what, content)
            if content["code"] != proposal.code:
                raise Refused(Defect(proposal.rule, "proposal_content_unreadable", "/content/code"))
            department = command.officer.department
            event = revise(proposal, content=content, department=department, now=self._ledger.now())
            return event, proposal

        return self._perform(make, command.officer, once)

    def consult(self, command: HandleProposal, *, closes: date, once: Once | None = None) -> Done:
        """The credit office opens it for comment."""
        now = self._ledger.now()
        days_min = self._registry.settings(self._defaults).settings.number(COMMENT_DAYS, on=city_day(now))
        return self._office(command, lambda p: consult(p, closes=closes, days_min=days_min, now=now), once)

    def opine(
        self,
        command: HandleProposal,
        *,
        group: str,
        text: str,
        author: Mapping[str, str] | None,
        once: Once | None = None,
    ) -> Done:
        """An opinion: a department's own, or anyone's by the credit office's portal, which names the author."""

        def make() -> tuple[Event, Proposal | None]:
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
            return event, proposal

        return self._perform(make, command.officer, once)

    def answer(
        self, command: HandleProposal, *, number: int, outcome: str, answer: str, once: Once | None = None
    ) -> Done:
        """The credit office answers an opinion."""
        self._require_nobody_in(answer)
        now = self._ledger.now
        return self._office(
            command,
            lambda p: answer_opinion(p, number=number, outcome=outcome, answer=answer, now=now()),
            once,
        )

    def review(
        self, command: HandleProposal, *, outcome: str, reasons: str, once: Once | None = None
    ) -> Done:
        """It is reviewed: approved or returned."""
        now = self._ledger.now
        return self._office(command, lambda p: review(p, outcome=outcome, reasons=reasons, now=now()), once)

    def publish(self, command: HandleProposal, *, review_by: date, once: Once | None = None) -> Done:
        """Publish it: its content passes its own gate and is adopted in this very transaction."""
        return self._office(command, lambda p: publish(p, review_by=review_by, now=self._ledger.now()), once)

    def evaluate(
        self,
        command: HandleProposal,
        *,
        by: str,
        findings: str,
        review_by: date,
        once: Once | None = None,
    ) -> Done:
        """Record a third party's evaluation, and by when the next is due."""
        now = self._ledger.now
        return self._office(
            command,
            lambda p: evaluate(p, by=by, findings=findings, review_by=review_by, now=now()),
            once,
        )

    def _office(
        self, command: HandleProposal, decide: Callable[[Proposal], Event], once: Once | None
    ) -> Done:
        def make() -> tuple[Event, Proposal | None]:
            proposal = self._proposal(command)
            self._officer(command.officer)
            self._require_office(command.officer)
            return decide(proposal), proposal

        return self._perform(make, command.officer, once)

    def _perform(
        self, make: Callable[[], tuple[Event, Proposal | None]], officer: Officer, once: Once | None
    ) -> Done:
        for _ in range(ATTEMPTS_MAX):
            event, proposal = make()
            act = self._sealed(event)
            meta = {
                "actor": officer.department,
                "officer": officer.pseudonym,
                "purpose": PURPOSE,
                "correlation": str(event.originator_id),
            }
            batch = self._ledger.prepare([act], meta=meta)
            adopted = self._follow(event, proposal, batch)
            case, version = event.originator_id, event.originator_version
            told: dict[str, object] = {
                "case": str(case),
                "version": version,
                "leaf_hash": leaf_hash(act.leaf).hex(),
                "status": "recorded",
            }
            if once is not None:
                batch.receipt = Receipt(once.department, once.key, once.fingerprint, once.status, told)
            try:
                position = self._ledger.store.append(batch, *adopted)[0]
            except Conflict as conflict:
                if conflict.what == "receipt":
                    raise
                self._registry.forget()
                continue
            return Done(case, version, position, told)
        raise LedgerUnavailable("too many writers at once")

    def _follow(self, event: Event, proposal: Proposal | None, batch: Append) -> list[Append]:
        """What a publication adopts, and the day of the next review."""
        if not isinstance(event, ProposalPublished | ProposalEvaluated):
            return []
        day = date.fromisoformat(event.review_by)
        batch.days = [CaseDays(event.originator_id, day, day, event.originator_id, None)]
        if isinstance(event, ProposalEvaluated):
            return []
        assert proposal is not None
        batch.opened = [OpenCase(event.originator_id, "proposal", proposal.department)]
        return [ADOPT[proposal.what](self._ledger, self._registry, proposal, self._defaults)]

    def _sealed(self, event: Event) -> SealedAct:
        """The act under the ledger's keys; who opined has a key of its own."""
        owners = self._ledger.own_keys(event.parts())
        if isinstance(event, OpinionGiven):
            owners |= {n: (event.originator_id, n) for n in event.parts() if n != "public"}
        return self._ledger.seal(event, owners=owners)

    def _proposal(self, command: HandleProposal, *, seen: bool = True) -> Proposal:
        proposal = self.find(command.proposal_id)
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
