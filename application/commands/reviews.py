"""Reviews decided: each finding one event under the gateway's seal, with its officer (QRY-3).

Comes after the review runner opened them; a suspension is an event of the officer's own stream, in one transaction.
"""

from __future__ import annotations

from uuid import UUID

from application.attempts import StaleVersion
from application.commands.acts import Done, HandleCase, Once
from application.commands.incidents import INCIDENT, incident_of_review
from application.commands.oversight import OversightAct, perform, suspension
from application.ledger import Ledger
from application.ports import Append, OpenCase
from application.registry import Registry
from domain.access.model import Officer
from domain.oversight.reviews import (
    UNKNOWN,
    QueryReview,
    decide_review,
    fold_review,
    reviewer_defects,
)
from domain.shared.refusals import Defect, Refused, refuse_if_any


class Reviews:
    """The desk of reviews (查询审查)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def concerned(self, review_id: UUID, officer: str, department: str) -> tuple[QueryReview, Officer]:
        """The review for who may review it. Raises ``Refused``: QRY-1, as for an unknown one, or QRY-3."""
        registry = Registry(self._ledger)
        acting = registry.acting(officer, department)
        review, office = fold_review(self._ledger.load(review_id)), registry.department(department)
        if review is None:
            raise Refused(Defect(UNKNOWN, "remedy_case_unknown"))
        refuse_if_any(reviewer_defects(review, acting, office_role=office.role if office else ""))
        return review, acting

    def decide(
        self, command: HandleCase, *, finding: str, consequence: str, reasons: str, once: Once | None = None
    ) -> Done:
        """Record the finding and its consequence; the case waits no more."""
        _, officer = self.concerned(command.case, command.officer.pseudonym, command.officer.department)

        def make() -> OversightAct:
            review, _ = self.concerned(command.case, command.officer.pseudonym, command.officer.department)
            if review.version != command.expected:
                raise StaleVersion
            event = decide_review(
                review,
                officer,
                finding=finding,
                consequence=consequence,
                reasons=reasons,
                now=self._ledger.now(),
            )
            acts = [self._ledger.seal(event)]
            if consequence == "suspended":
                acts += suspension(self._ledger, review.opened.officer, review.id)
            told: dict[str, object] = {"outcome": finding, "effect": consequence}
            opened: list[OpenCase] = []
            if consequence == "incident":
                begun = incident_of_review(self._ledger, review, facts=reasons)
                acts.append(self._ledger.seal(begun))
                opened.append(OpenCase(begun.originator_id, INCIDENT, begun.office))
                told["incident"] = str(begun.originator_id)

            def more(batch: Append) -> None:
                batch.closed.append(review.id)
                batch.opened += opened

            return OversightAct(acts, told, more=more)

        return perform(self._ledger, make, officer, once)
