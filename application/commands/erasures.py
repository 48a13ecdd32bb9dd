"""Asking for an erasure and approving it: two officers of the credit office, each by a request of its own (PRV-4).

Nothing is erased here; ``application/erasing.py`` carries out what is approved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from application.attempts import retried
from application.commands.subjects import Identity, SubjectDesk
from application.erasure_scope import keys_of_target
from application.ledger import Ledger
from application.ports import Receipt
from application.registry import Registry
from domain.records.erasure import (
    CREDIT_OFFICE,
    Approver,
    Erasure,
    ErasureApproved,
    ErasureRequested,
    Kinds,
    Target,
    approve_erasure,
    fold_erasure,
    request_erasure,
)
from domain.shared.refusals import Defect, Refused, refuse_if_any

PURPOSE = "erasure"


@dataclass(frozen=True)
class RequestErasure:
    """What is to be erased and why; a subject is named by its identity, a record or case by its id."""

    erasure_id: UUID
    kind: Kinds
    subject: Identity | None
    stream: UUID | None
    name: str
    cause: str
    basis: str


class Erasures:
    """The erasures (删除) that officers ask for and approve."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def request(
        self, command: RequestErasure, *, officer: str, department: str, receipt: Receipt | None
    ) -> int:
        """Ask for an erasure; its position.

        Raises ``Refused`` (PRV-4), ``Conflict`` (stream: the id is taken; receipt) or ``LedgerUnavailable``.
        """
        approver = self.approver(officer, department)

        def make() -> ErasureRequested:
            if self._ledger.store.load("records", command.erasure_id):
                raise Refused(Defect("PRV-4", "erasure_id_taken", "/erasure"))
            target = self._target(command)
            event = request_erasure(
                command.erasure_id,
                target,
                cause=command.cause,
                basis=command.basis,
                officer=approver,
                now=self._ledger.now(),
            )
            self._require_separable(target)
            return event

        return self._recorded(make, approver, receipt)

    def approve(self, erasure_id: UUID, *, officer: str, department: str, receipt: Receipt | None) -> int:
        """One more officer wants it; the position. Raises as :meth:`request`.

        The request never changes once it stands, so an approval needs no version of it.
        """
        approver = self.approver(officer, department)

        def make() -> ErasureApproved:
            erasure = self.find(erasure_id)
            if erasure is None:
                raise Refused(Defect("PRV-4", "erasure_unknown"))
            return approve_erasure(erasure, approver, now=self._ledger.now())

        return self._recorded(make, approver, receipt)

    def find(self, erasure_id: UUID) -> Erasure | None:
        """An erasure as it stands, or None."""
        return fold_erasure(self._ledger.load(erasure_id))

    def _recorded(
        self,
        make: Callable[[], ErasureRequested | ErasureApproved],
        officer: Approver,
        receipt: Receipt | None,
    ) -> int:
        def attempt() -> int:
            event = make()
            meta = {
                "actor": officer.department,
                "officer": officer.pseudonym,
                "purpose": PURPOSE,
                "correlation": str(event.originator_id),
            }
            batch = self._ledger.prepare([self._ledger.seal(event)], meta=meta)
            batch.receipt = receipt
            return self._ledger.store.append(batch)[0]

        return retried(attempt)

    def approver(self, officer: str, department: str) -> Approver:
        """The officer who acts; asked before anything is looked up, so that who may not ask learns nothing.

        Raises ``Refused``: QRY-1 unless registered with that department, PRV-4 unless that is the credit office.
        """
        registry = Registry(self._ledger)
        registry.acting(officer, department)
        office = registry.department(department)
        if office is None or office.role != CREDIT_OFFICE:
            raise Refused(Defect("PRV-4", "erasure_not_the_credit_office", "Credit-Official"))
        return Approver(officer, department, of_credit_office=True)

    def _target(self, command: RequestErasure) -> Target:
        """The target by its id. Raises ``Refused`` when nothing is known under that name."""
        found = command.stream
        if command.subject is not None:
            found = SubjectDesk(self._ledger).find(command.subject)
        if found is None:
            raise Refused(Defect("PRV-4", "erasure_target_unknown", "/target"))
        return Target(command.kind, found, command.name)

    def _require_separable(self, target: Target) -> None:
        """Refuse what has no key of its own (any more)."""
        if keys_of_target(target, self._ledger, self._ledger.store)[1]:
            return
        rows = self._ledger.store.load("records", target.id)
        known = any("public" in row.opened for row in self._ledger.open_all(rows, log="records"))
        shared = target.kind in ("record", "part") and known
        code = "erasure_not_separable" if shared else "erasure_target_unknown"
        refuse_if_any([Defect("PRV-4", code, "/target")])
