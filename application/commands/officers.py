"""Officers suspended, and given the right to query back by the credit office (QRY-3).

A review or an incident suspends, in its own transaction; what lifts it is one event of the officer's own stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.incidents import INCIDENT
from application.commands.oversight import OversightAct, office_officer, perform
from application.ledger import Ledger
from application.ports import OpenCase
from application.registry import Registry
from application.reviews import REVIEW
from domain.oversight.incidents import fold_incident
from domain.oversight.officers import reinstate
from domain.oversight.reviews import fold_review
from domain.shared.refusals import Defect

CASES_PER_PAGE = 200
NOT_THE_OFFICE = Defect("QRY-3", "officer_not_the_office", "Credit-Official")


class Officers:
    """The credit office's desk of officers (经办人管理)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def require_office(self, officer: str, department: str) -> None:
        """Raises ``Refused`` (QRY-1, QRY-3) for whoever is no officer of the credit office, before any look-up."""
        office_officer(Registry(self._ledger), officer, department, refusal=NOT_THE_OFFICE)

    def reinstate(
        self, *, officer: str, department: str, pseudonym: str, case: UUID, reasons: str, once: Once | None
    ) -> Done:
        """``officer`` of the credit office lifts the suspension of ``pseudonym`` that a review or incident found.

        Raises ``Refused`` (QRY-1, QRY-3), also while another case about the officer is open.
        """
        acting = office_officer(Registry(self._ledger), officer, department, refusal=NOT_THE_OFFICE)

        def make() -> OversightAct:
            registry = Registry(self._ledger)
            known = registry.officer(pseudonym)
            event = reinstate(
                self._ledger.load(registry.officer_stream(pseudonym)),
                acting,
                pseudonym=pseudonym,
                case=case,
                open_cases=list(self._open_cases(pseudonym, known.department, department)) if known else [],
                reasons=reasons,
                now=self._ledger.now(),
            )
            return OversightAct([self._ledger.seal(event)])

        return perform(self._ledger, make, acting, once)

    def _open_cases(self, pseudonym: str, department: str, office: str) -> Iterator[UUID]:
        """Open reviews of the officer's queries, and open incidents that a review of them or a measure ties to it."""
        for case in self._waiting(department):
            if case.kind == REVIEW and self._reviewed(case.id) == pseudonym:
                yield case.id
        for case in self._waiting(office):
            found = fold_incident(self._ledger.load(case.id)) if case.kind == INCIDENT else None
            if found is None:
                continue
            of_review = (
                found.opened.source == "review" and self._reviewed(UUID(found.opened.about)) == pseudonym
            )
            if of_review or pseudonym in found.suspended:
                yield found.id

    def _waiting(self, department: str) -> Iterator[OpenCase]:
        """Every open case of a department, oldest first."""
        after, store = 0, self._ledger.store
        while page := store.open_cases_page(department, through=None, after=after, limit=CASES_PER_PAGE):
            yield from (case for case, _, _ in page)
            after = page[-1][1]

    def _reviewed(self, review: UUID) -> str:
        """Whose queries a review is about."""
        found = fold_review(self._ledger.load(review))
        return found.opened.officer if found else ""
