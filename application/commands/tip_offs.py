"""Tip-offs over the ledger: taken from anyone, opened by named handlers once that is committed, handled step by step.

All of it stands in the access log, whose leaves tell nothing; no view, register or dossier folds it (WHS-1).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from application.attempts import StaleVersion, retried
from application.data_keys import record_class, unwrap_all
from application.instruments import units
from application.ledger import Ledger, SealedAct, open_row
from application.ports import Append, KeyName, LedgerUnavailable, Receipt, WrappedKey
from application.registry import OFFICER, Registry
from domain.oversight.tip_off_names import Hashed, held_names
from domain.oversight.tip_offs import (
    HANDLER,
    SEALED,
    TipOff,
    TipOffFiled,
    filing_defects,
    fold_tip_off,
    handle_tip_off,
    open_tip_off,
)
from domain.parties.acting import Officer
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.events import Event, next_of, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any

SECRET_BYTES = 20
PURPOSE = "tip_off"
_CLASS_OF = {part: name for name, part in SEALED.items()}


@dataclass(frozen=True)
class Opening:
    """Where an opening was recorded, and the keys that it gave: none for what was erased."""

    position: int
    keys: Mapping[KeyName, WrappedKey]


class SealStore(Protocol):
    """The door to what is sealed, beside the event store.

    ``open`` appends the batch of one opening durably and only then fetches the keys of these classes of ``owner``.
    Raises ``Conflict`` or ``LedgerUnavailable``.
    """

    def open(self, batch: Append, *, owner: UUID, classes: Sequence[str]) -> Opening: ...


@dataclass(frozen=True)
class Filed:
    """What the reporter is given: number and secret, by which the state can be followed."""

    number: UUID
    secret: str


@dataclass(frozen=True)
class Opened:
    """What an opening showed, by part of the seal, where it is recorded, and the tip-off's version with it."""

    position: int
    version: int
    shown: Mapping[str, Mapping[str, Any]]


class TipOffs:
    """The tip-offs (举报) of one ledger; made anew for each request."""

    def __init__(self, ledger: Ledger, seals: SealStore) -> None:
        self._ledger, self._seals = ledger, seals
        self._registry = Registry(ledger)

    def file(self, *, about: str, code: str, text: str, name: str, contact: str) -> Filed:
        """Take a tip-off from anyone. Raises ``Refused`` (WHS-1) or ``LedgerUnavailable``."""
        refuse_if_any(filing_defects(about=about, code=code, text=text, name=name, contact=contact))
        ledger = self._ledger
        number, secret = ledger.entropy.uuid(), ledger.entropy.bytes(SECRET_BYTES).hex()
        event = TipOffFiled(
            **placed(number, 1, ledger.now()),
            department=self._office(),
            secret=self._hashed(number, secret),
            name=name or None,
            contact=contact or None,
            about=about,
            code=code or None,
            text=text,
            names=held_names((name, contact, about, code), self._name_hash(number)),
        )
        ledger.store.append(ledger.prepare([self._sealed(event)], meta={"purpose": PURPOSE}, log="access"))
        return Filed(number, secret)

    def follow(self, number: UUID, secret: str) -> TipOff:
        """How a tip-off stands, for whoever holds its secret. Raises ``Refused`` (WHS-1), alike for every other."""
        found = self._find(number)
        # Compared also when there is none, so that the time tells nothing.
        held = found.secret if found else "0" * 64
        if not hmac.compare_digest(held, self._hashed(number, secret)) or found is None:
            raise Refused(Defect("WHS-1", "tip_off_unknown"))
        return found

    def require_handler(self, officer: Officer) -> dict[UUID, int]:
        """The guard that says who handles.

        Raises ``Refused``: QRY-1, WHS-1 for one whom the office did not name, QRY-3 for one suspended since.
        """
        known = self._registry.acting(officer.pseudonym, officer.department)
        if known.role != HANDLER:
            raise Refused(Defect("WHS-1", "tip_off_not_a_handler", "Credit-Official"))
        if known.suspended:
            raise Refused(Defect("QRY-3", "officer_suspended", "Credit-Official"))
        return {self._ledger.name_id(OFFICER, officer.pseudonym): known.version}

    def require_concerned(self, number: UUID, officer: Officer) -> TipOff:
        """A tip-off that lies with the handler's department. Raises ``Refused`` (WHS-1), alike for every other."""
        found = self._find(number)
        if found is None or found.department != officer.department:
            raise Refused(Defect("WHS-1", "tip_off_unknown"))
        return found

    def listed(
        self, officer: Officer, *, after: int, through: int, limit: int
    ) -> tuple[list[tuple[int, TipOff]], int]:
        """Tip-offs that lie with a handler's department, all for any officer of the credit office, oldest first.

        Each with where it was filed; and how far was looked, 0 at the end. Raises ``Refused``.
        """
        department = self._registry.department(officer.department)
        of_office = department is not None and department.role == CREDIT_OFFICE
        if of_office:
            self._registry.acting(officer.pseudonym, officer.department)
        else:
            self.require_handler(officer)
        rows = self._ledger.store.tip_offs_filed(after=after, through=through, limit=limit + 1)
        found = [(position, self._find(number)) for number, position in rows[:limit]]
        told = [
            (p, t) for p, t in found if t is not None and (of_office or t.department == officer.department)
        ]
        return told, rows[limit - 1][1] if len(rows) > limit else 0

    def open(self, number: UUID, officer: Officer, *, show: Iterable[str], reason: str) -> Opened:
        """Record the opening, and only then open (WHS-1). Raises ``Refused`` or ``LedgerUnavailable``."""

        def attempt() -> Opened:
            guards = self.require_handler(officer)
            tip_off = self.require_concerned(number, officer)
            place, hashed = next_of(tip_off, self._ledger.now()), self._name_hash(number)
            event = open_tip_off(tip_off, officer, shown=show, reason=reason, hashed=hashed, place=place)
            batch = self._batch(event, officer)
            batch.guards |= guards
            opening = self._seals.open(
                batch, owner=number, classes=[_class(SEALED[name], number) for name in event.shown]
            )
            shown = self._shown(number, event.shown, opening.keys)
            return Opened(opening.position, event.originator_version, shown)

        return retried(attempt, forget=self._registry.forget)

    def handle(
        self,
        number: UUID,
        officer: Officer,
        *,
        expected: int,
        step: str,
        to: str,
        text: str,
        receipt: Callable[[int], Receipt],
    ) -> int:
        """Record a step; its position. Raises ``Refused``, ``StaleVersion``, ``Conflict`` (receipt, stream)."""
        guards = self.require_handler(officer)
        tip_off = self.require_concerned(number, officer)
        if tip_off.version != expected:
            raise StaleVersion
        if to and self._registry.department(to) is None:
            raise Refused(Defect("WHS-1", "tip_off_forwarded_to", "/to"))
        place, hashed = next_of(tip_off, self._ledger.now()), self._name_hash(number)
        event = handle_tip_off(tip_off, officer, step=step, to=to, text=text, hashed=hashed, place=place)
        batch = self._batch(event, officer)
        batch.guards |= guards
        batch.receipt = receipt(event.originator_version)
        return self._ledger.store.append(batch)[0]

    def _office(self) -> str:
        """The credit office, where every tip-off lies first. Raises ``LedgerUnavailable`` before there is one."""
        for unit in units(self._ledger).values():
            if unit.role == CREDIT_OFFICE:
                return unit.code
        raise LedgerUnavailable("no credit office is registered")

    def _find(self, number: UUID) -> TipOff | None:
        return fold_tip_off(self._ledger.load(number, log="access"))

    def _hashed(self, number: UUID, secret: str) -> str:
        return self._ledger.vault.mac("tip-off", number.bytes + secret.encode()).hex()

    def _name_hash(self, number: UUID) -> Hashed:
        """The keyed hash of a name in one tip-off: the same name in another has another."""
        mac = self._ledger.vault.mac
        return lambda name: mac("tip-off-name", number.bytes + name.encode()).hex()

    def _batch(self, event: Event, officer: Officer) -> Append:
        meta = {"actor": officer.department, "officer": officer.pseudonym, "purpose": PURPOSE}
        return self._ledger.prepare([self._sealed(event)], meta=meta, log="access")

    def _sealed(self, event: Event) -> SealedAct:
        """The event with every part under keys of the tip-off's own: it can be erased whole (PRV-4)."""
        number = event.originator_id
        return self._ledger.seal(
            event, owners={part: (number, _class(part, number)) for part in event.parts()}
        )

    def _shown(
        self, number: UUID, names: Iterable[str], keys: Mapping[KeyName, WrappedKey]
    ) -> dict[str, Mapping[str, Any]]:
        """What the first event holds under the keys that an opening gave."""
        (row,) = self._ledger.store.load_slice("access", number, limit=1)
        opened = open_row(row, log="access", keys=unwrap_all(self._ledger.vault, keys)).parts
        return {name: opened.get(SEALED[name], {}) for name in names}


def _class(part: str, number: UUID) -> str:
    """The class of a part's key: sealed ones have names of their own, which the database gives to openings only."""
    return f"{_CLASS_OF[part]}:{number}" if part in _CLASS_OF else record_class(part, number)
