"""Relatives and colleagues of officers: declared by their department, and ended by it, told to nobody (QRY-3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.oversight import OversightAct, perform
from application.commands.subjects import Identity, blind_of
from application.ledger import Ledger
from application.registry import Registry
from application.reviews import RELATIONS
from domain.access.model import Officer
from domain.oversight.officers import declare_relation, end_relation, fold_relations
from domain.shared.refusals import Defect, Refused


@dataclass(frozen=True)
class RelationOf:
    """Which officer of the department says of which of its officers that whom is a relative or colleague."""

    officer: str
    department: str
    of_officer: str
    identity: Identity
    relation: str


class Relations:
    """The desk of declared relations (利害关系申报)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def officer(self, pseudonym: str, department: str) -> Officer:
        """The registered officer who acts. Raises ``Refused`` (QRY-1)."""
        return Registry(self._ledger).acting(pseudonym, department)

    def declare(self, said: RelationOf, *, once: Once | None) -> Done:
        """A department declares a relative or colleague of its officer. Raises ``Refused`` (QRY-1, QRY-3)."""
        acting, stream = self._concerned(said)

        def make() -> OversightAct:
            event = declare_relation(
                stream=stream,
                version=self._next(stream),
                declared_by=acting.pseudonym,
                department=said.department,
                blind=blind_of(self._ledger, said.identity),
                relation=said.relation,
                now=self._ledger.now(),
            )
            alone = (self._ledger.entropy.uuid(), "person")
            owners = {"public": (self._ledger.id, "public"), "person/1": alone}
            return OversightAct([self._ledger.seal(event, owners=owners)])

        return perform(self._ledger, make, acting, once)

    def end(self, said: RelationOf, *, how: str, reasons: str, once: Once | None) -> Done:
        """Another officer of the department ends a relation that was declared. Raises ``Refused`` (QRY-1, QRY-3)."""
        acting, stream = self._concerned(said)

        def make() -> OversightAct:
            event = end_relation(
                fold_relations(self._ledger.load(stream)),
                acting,
                of_officer=said.of_officer,
                stream=stream,
                version=self._next(stream),
                blind=blind_of(self._ledger, said.identity),
                relation=said.relation,
                how=how,
                reasons=reasons,
                now=self._ledger.now(),
            )
            return OversightAct([self._ledger.seal(event)])

        return perform(self._ledger, make, acting, once)

    def _concerned(self, said: RelationOf) -> tuple[Officer, UUID]:
        """Who acts, and the list of the officer that it is about, who is of the same department."""
        registry = Registry(self._ledger)
        acting = registry.acting(said.officer, said.department)
        of_officer = registry.officer(said.of_officer)
        if of_officer is None or of_officer.department != said.department:
            raise Refused(Defect("QRY-3", "relation_not_your_officer", "/officer"))
        return acting, self._ledger.name_id(RELATIONS, said.of_officer)

    def _next(self, stream: UUID) -> int:
        return self._ledger.store.versions_of([stream]).get(stream, 0) + 1
