"""Founding the ledger and governing it: departments, officers, keys and the catalogue, all as signed events.

Before any department can submit; the acts are sealed by the credit office's key, the first two by the gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from application.instruments import clean_up
from application.ledger import Ledger, SealedAct
from application.listings import standard_append
from application.ports import Append
from application.registry import DEPARTMENT, ITEM, OFFICER, PURPOSE, Registry
from application.resting import settle
from domain.access.events import PurposeRegistered
from domain.access.model import OF_PLATFORM
from domain.catalogue.gate import import_item, item_defects
from domain.catalogue.items import CatalogueItem
from domain.instruments.ledger import Stopped
from domain.listing.standards import DEPARTMENT_RANKS, TEXT_CHARACTERS_MAX, ListStandard, import_standard
from domain.listing.suspension import stopped_defects
from domain.measures.items import MeasureItem, import_measure
from domain.parties.events import (
    DepartmentRanked,
    DepartmentRegistered,
    KeyEnded,
    KeyRegistered,
    KeyRevoked,
    OfficerRegistered,
)
from domain.parties.keys import ED25519, may_govern, require_live
from domain.parties.keys import GATEWAY as GATEWAY_HOLDER
from domain.parties.registration import department_defects, officer_defects, purpose_defects
from domain.remedies.events import CalendarLoaded
from domain.remedies.recounting import year_of
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, CalendarYear
from domain.shared.events import Event, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.text import normalise_identifier, says
from domain.transparency.leaf import issuer_id
from domain.transparency.signer import Signer

META = {"actor": "credit_office", "purpose": "governance"}


class Governance:
    """The credit office (信用办) at work; ``signer`` is its key, or the gateway's while founding."""

    def __init__(self, ledger: Ledger, *, signer: Signer | None = None) -> None:
        self._ledger = ledger
        self._signer = signer or ledger.gateway
        self._registry = Registry(ledger)

    def found(self, *, public_key: bytes, not_before: date, not_after: date) -> bool:
        """The first event: the gateway's key registers itself. False when the ledger is founded already."""
        if self._registry.key(issuer_id(public_key)) is not None:
            return False
        self.register_key(
            public_key=public_key,
            holder_kind=GATEWAY_HOLDER,
            holder=GATEWAY_HOLDER,
            not_before=not_before,
            not_after=not_after,
        )
        return True

    def register_department(self, *, code: str, name: str, role: str) -> bool:
        """Register a department; False when it stands already under the same name and role.

        Raises ``Refused`` (DET-5) when it is not well formed or the code is registered otherwise.
        """
        refuse_if_any(department_defects(code=code, name=name, role=role))
        code = normalise_identifier(code)
        known = self._registry.department(code)
        if known is not None:
            if (known.name, known.role) == (name, role):
                return False
            raise Refused(Defect("DET-5", "department_known_otherwise", "/code"))
        stream = self._ledger.name_id(DEPARTMENT, code)
        self._record(
            DepartmentRegistered(
                **placed(stream, 1, self._ledger.now()),
                code=code,
                name=name,
                role=role,
            )
        )
        self._registry.forget()
        return True

    def rank_department(self, code: str, *, rank: str, basis: str) -> bool:
        """Register of which rank a department is (LST-7); False when it stands so already.

        Raises ``Refused``: DET-5 for a department that is not registered, LST-7 for a rank that is none, or without
        the document that says so.
        """
        if self._registry.department(code) is None:
            raise Refused(Defect("DET-5", "department_unknown", "/department"))
        if rank not in DEPARTMENT_RANKS:
            values = {"values": "、".join(DEPARTMENT_RANKS)}
            raise Refused(Defect("LST-7", "rank_unknown", "/rank", values))
        if not says(basis, most=TEXT_CHARACTERS_MAX):
            raise Refused(Defect("LST-7", "rank_without_basis", "/basis"))
        known = self._registry.rank(code)
        if known.rank == rank:
            return False
        place = placed(known.stream_id, known.stream_version + 1, self._ledger.now())
        self._record(DepartmentRanked(**place, code=code, rank=rank, basis=basis))
        return True

    def register_officer(self, *, department: str, pseudonym: str, role: str, name: str) -> bool:
        """Register an officer of a registered department; False when it stands there already in that role.

        Raises ``Refused`` (DET-5) when it is not well formed or the pseudonym is registered otherwise.
        """
        if self._registry.department(department) is None:
            raise Refused(Defect("DET-5", "department_unknown", "/department"))
        refuse_if_any(officer_defects(pseudonym=pseudonym, name=name, role=role))
        stream, known = self._ledger.name_id(OFFICER, pseudonym), self._registry.officer(pseudonym)
        if known is not None:
            if (known.department, known.role) == (department, role):
                return False
            raise Refused(Defect("DET-5", "officer_known_otherwise", "/pseudonym"))
        event = OfficerRegistered(
            **placed(stream, 1, self._ledger.now()),
            department=department,
            pseudonym=pseudonym,
            role=role,
            name=name,
        )
        owners = {"public": (self._ledger.id, "public"), "person/1": (stream, "person")}
        self._record(event, owners=owners)
        return True

    def register_key(
        self, *, public_key: bytes, holder_kind: str, holder: str, not_before: date, not_after: date
    ) -> bool:
        """Register a signing key for its holder; False when it is registered already."""
        issuer = issuer_id(public_key)
        if self._registry.key(issuer) is not None:
            return False
        self._record(
            KeyRegistered(
                **placed(self._registry.key_stream(issuer), 1, self._ledger.now()),
                issuer=issuer.hex(),
                algorithm=ED25519,
                public_key=public_key.hex(),
                holder_kind=holder_kind,
                holder=holder,
                not_before=not_before.isoformat(),
                not_after=not_after.isoformat(),
            )
        )
        return True

    def register_purpose(self, *, code: str, zh: str, en: str) -> bool:
        """Register a purpose of queries; False when it stands so already, or the code is the platform's own.

        Raises ``Refused`` (QRY-1) when it is not well formed or the code is registered in other words.
        """
        refuse_if_any(purpose_defects(code=code, zh=zh, en=en))
        stream, known = self._ledger.name_id(PURPOSE, code), self._registry.purpose(code)
        if known is not None and (known.zh, known.en) != (zh, en):
            raise Refused(Defect("QRY-1", "purpose_known_otherwise", "/code"))
        if code in OF_PLATFORM or known is not None:
            return False
        self._record(
            PurposeRegistered(
                **placed(stream, 1, self._ledger.now()),
                code=code,
                zh=zh,
                en=en,
            )
        )
        return True

    def load_calendar(self, year: CalendarYear, *, digest: str) -> bool:
        """Make a year's working days known (DOMAIN 8b); False when they stand so already.

        ``digest`` (SHA-256, hex) is that of the file. Days that were provisional are counted again by the deadline
        runner. Raises ``Refused`` (DET-5) when the signer may not govern.
        """
        known = self._registry.calendar(Calendar((), frozenset(), frozenset()))
        of_year = [e for e in known.events if isinstance(e, CalendarLoaded) and e.year == year.year]
        if of_year and year_of(of_year[-1]) == year:
            return False
        self._record(
            CalendarLoaded(
                **placed(known.stream_id, known.version + 1, self._ledger.now()),
                year=year.year,
                source=dict(year.source),
                holidays=[day.isoformat() for day in year.holidays],
                working_weekend_days=[day.isoformat() for day in year.working_weekend_days],
                digest=digest,
            )
        )
        self._registry.forget()
        return True

    def revoke_key(self, issuer: bytes, *, reason: str) -> None:
        """Revoke a key from the next position on, a gateway's in both logs at once.

        Raises ``Refused`` (DET-5) when it is unknown or revoked.
        """
        key = self._registry.key(issuer)
        if key is None:
            raise Refused(Defect("DET-5", "key_unknown"))
        if key.revoked:
            raise Refused(Defect("DET-5", "key_revoked"))
        stream, now = self._registry.key_stream(issuer), self._ledger.now()
        revoked = KeyRevoked(
            **placed(stream, key.version + 1, now),
            issuer=issuer.hex(),
            reason=reason,
        )
        batches = [self._batch([self._seal(revoked)], guards=self._authority())]
        if key.holder_kind == GATEWAY_HOLDER:
            ended = KeyEnded(**placed(stream, 1, now), issuer=issuer.hex())
            # With both heads locked, no look under this key can come after: the ledger guards each by its stream.
            batches.append(self._ledger.prepare([self._seal(ended)], meta=META, log="access"))
        self._ledger.store.append(*batches)

    def import_catalogue(self, items: Sequence[CatalogueItem]) -> int:
        """Import the items that the ledger lacks, adopted or as drafts with reasons; how many were new."""
        return self.import_with(items, import_item)

    def import_with(self, items: Sequence[CatalogueItem], decide: Callable[..., Event]) -> int:
        """Enter items by the given decision of the domain; an item that stands already is left alone."""
        acts: list[SealedAct] = []
        stopped = self._stopped()
        for item in items:
            stream = self._ledger.name_id(ITEM, item.code)
            if not self._ledger.load(stream):
                event = decide(
                    item,
                    stream_id=stream,
                    stream_version=1,
                    recorded_at=self._ledger.now(),
                    stopped=stopped,
                )
                acts.append(self._seal(event))
        if acts:
            self._adopted(acts)
        return len(acts)

    def import_standards(self, standards: Sequence[ListStandard]) -> int:
        """Enter standards of lists that stand elsewhere, in force or as drafts with reasons; how many were new.

        A version that stands already is left alone. A list that is no catalogue item is a draft (CAT-1).
        """
        return sum(self._import_standard(standard) for standard in standards)

    def _import_standard(self, standard: ListStandard) -> int:
        known = self._registry.standard(standard.code)
        if any(version.version == standard.version for version in known.versions):
            return 0
        place: dict[str, Any] = {
            "stream_id": known.stream_id,
            "stream_version": known.stream_version + 1,
            "recorded_at": self._ledger.now(),
        }
        event = import_standard(
            standard,
            known_item=bool(self._registry.item(standard.code).items),
            stopped=stopped_defects(standard, self._stopped()),
            **place,
        )
        batch = standard_append(self._ledger, event, known, signer=self._signer, meta=META)
        batch.guards |= self._authority()
        self._ledger.store.append(batch)
        settle(self._ledger, self._stopped)
        self._registry.forget()
        return 1

    def import_measures(self, items: Sequence[MeasureItem]) -> int:
        """Enter items of the national measures list, adopted or as drafts with reasons; how many were new."""
        acts, stopped = [], self._stopped()
        for item in items:
            known = self._registry.measure(item.code)
            if not known.items:
                place: dict[str, Any] = {"stream_id": known.stream_id, "stream_version": 1}
                event = import_measure(item, **place, recorded_at=self._ledger.now(), stopped=stopped)
                acts.append(self._seal(event))
        if acts:
            self._adopted(acts)
        return len(acts)

    def adopt_version(self, item: CatalogueItem) -> None:
        """Adopt the next version of an item, as after a suspension (INS-2).

        Raises ``Refused`` with every reason why it cannot be in force, CAT-1 when its number is not the next, and
        ``Conflict`` when the item moved meanwhile.
        """
        known = self._registry.item(item.code)
        if not known.items or item.version != known.items[-1].version + 1:
            raise Refused(Defect("CAT-1", "catalogue_version_not_next", "/version", {"item": item.code}))
        refuse_if_any(item_defects(item, self._stopped()))
        event = import_item(
            item,
            stream_id=known.stream_id,
            stream_version=known.stream_version + 1,
            recorded_at=self._ledger.now(),
            stopped=self._stopped(),
        )
        self._adopted([self._seal(event)])

    def _stopped(self) -> tuple[Stopped, ...]:
        return clean_up(self._ledger).stopped

    def _adopted(self, acts: list[SealedAct]) -> None:
        self._ledger.store.append(self._batch(acts, guards=self._authority()))
        # A document may have been stopped while this was decided; whoever commits last sees both.
        settle(self._ledger, self._stopped)
        self._registry.forget()

    def _record(self, event: Event, *, owners: dict[str, tuple[UUID, str]] | None = None) -> None:
        founding = isinstance(event, KeyRegistered) and event.issuer == self._signer.key_id.hex()
        guards = {} if founding else self._authority()
        self._ledger.store.append(self._batch([self._seal(event, owners=owners)], guards=guards))

    def _seal(self, event: Event, *, owners: dict[str, tuple[UUID, str]] | None = None) -> SealedAct:
        return self._ledger.seal(event, signer=self._signer, owners=owners)

    def _batch(self, acts: list[SealedAct], *, guards: dict[UUID, int]) -> Append:
        batch = self._ledger.prepare(acts, meta=META)
        batch.guards |= guards
        return batch

    def _authority(self) -> dict[UUID, int]:
        """That our key is live and may govern, as guards. Raises ``Refused`` (DET-5) when it may not.

        Verification refuses a governing act by anybody else, for ever; so it must never be recorded.
        """
        issuer = self._signer.key_id
        key = self._registry.key(issuer)
        if key is None:
            raise Refused(Defect("DET-5", "key_unknown"))
        require_live(key, holder=key.holder, day=city_day(self._ledger.now()))
        holder = self._registry.department(key.holder)
        if not may_govern(key, role=holder.role if holder else None):
            raise Refused(Defect("DET-5", "may_not_govern"))
        return {self._registry.key_stream(issuer): key.version}
