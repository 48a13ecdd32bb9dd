"""Founding the ledger and governing it: departments, officers, keys and the catalogue, all as signed events.

Before any department can submit; the acts are sealed by the credit office's key, the first two by the gateway.
"""

from __future__ import annotations

from datetime import date

from application.commands.imports import Imports
from application.commands.key_changes import ATTEMPTS_MAX, key_lives
from application.commands.office_acts import META
from application.ports import Conflict
from application.registry import DEPARTMENT, OFFICER, PURPOSE
from domain.access.events import PurposeRegistered
from domain.access.model import OF_PLATFORM
from domain.listing.standards import DEPARTMENT_RANKS, TEXT_CHARACTERS_MAX
from domain.parties.events import (
    DepartmentKeyBegun,
    DepartmentRanked,
    DepartmentRegistered,
    KeyEnded,
    KeyRegistered,
    KeyRevoked,
    OfficerRegistered,
)
from domain.parties.keys import DEPARTMENT as DEPARTMENT_HOLDER
from domain.parties.keys import ED25519, require_first
from domain.parties.keys import GATEWAY as GATEWAY_HOLDER
from domain.parties.registration import department_defects, officer_defects, purpose_defects
from domain.remedies.events import CalendarLoaded
from domain.remedies.recounting import year_of
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, CalendarYear
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.text import normalise_identifier, says
from domain.transparency.leaf import issuer_id
from domain.transparency.vkey import held_by_someone


class Governance(Imports):
    """The credit office (信用办) at work: who takes part, and what was made elsewhere and holds here."""

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
        return True

    def rank_department(self, code: str, *, rank: str, basis: str, member: bool = False) -> bool:
        """Register of which rank a department is (LST-7), and whether a ``member`` of the joint meeting (CAT-3); False
        when it stands so already.

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
        if (known.rank, known.member) == (rank, member):
            return False
        place = placed(known.stream_id, known.stream_version + 1, self._ledger.now())
        self._record(DepartmentRanked(**place, code=code, rank=rank, basis=basis, member=member or None))
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
        if self._registry.key(issuer_id(public_key)) is not None:
            return False
        key = self._key(public_key, holder_kind, holder, not_before=not_before, not_after=not_after)
        self._record(key)
        return True

    def _key(
        self, public_key: bytes, holder_kind: str, holder: str, *, not_before: date, not_after: date
    ) -> KeyRegistered:
        issuer = issuer_id(public_key)
        return KeyRegistered(
            **placed(self._registry.key_stream(issuer), 1, self._ledger.now()),
            issuer=issuer.hex(),
            algorithm=ED25519,
            public_key=public_key.hex(),
            holder_kind=holder_kind,
            holder=holder,
            not_before=not_before.isoformat(),
            not_after=not_after.isoformat(),
        )

    def register_first_key(
        self, *, department: str, public_key: bytes, not_before: date, not_after: date
    ) -> bool:
        """Register the key with which a department begins to sign, or begins again after its last one ended.

        False when it stands so already. Raises ``Refused`` (DET-5) for a department that is not registered, a key that
        nobody can hold or that is in use, and while the department has a live one: that one asks for the next itself,
        so that the office can sign for nobody. Of two in one instant the second is decided again, after the first.
        """
        for attempt in range(ATTEMPTS_MAX):
            try:
                return self._first_key(department, public_key, not_before=not_before, not_after=not_after)
            except Conflict as conflict:
                if conflict.what == "receipt" or attempt + 1 == ATTEMPTS_MAX:
                    raise
                self._registry.forget()
        raise AssertionError("unreachable")

    def _first_key(self, department: str, public_key: bytes, *, not_before: date, not_after: date) -> bool:
        """The same, once. Raises ``Conflict`` when something of the department came first."""
        if self._registry.department(department) is None:
            raise Refused(Defect("DET-5", "department_unknown", "/department"))
        if not held_by_someone(public_key):
            raise Refused(Defect("DET-5", "key_weak", "/public_key"))
        # Before the keys are looked at: a key that comes after moves this stream (ADR 0012).
        own = self._registry.rank(department)
        known = self._registry.key(issuer_id(public_key))
        held = [life for life in key_lives(self._ledger) if life.registered.holder == department]
        others = [key for life in held if (key := self._registry.key(bytes.fromhex(life.registered.issuer)))]
        day = city_day(self._ledger.now())
        if not require_first(
            known=known, held=others, holder=department, day=day, not_before=not_before, not_after=not_after
        ):
            return False
        first = self._key(
            public_key, DEPARTMENT_HOLDER, department, not_before=not_before, not_after=not_after
        )
        place = placed(own.stream_id, own.stream_version + 1, self._ledger.now())
        begun = DepartmentKeyBegun(**place, code=department, issuer=first.issuer)
        self._record(first, self._ledger.seal(begun))
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
        more = []
        if key.holder_kind == GATEWAY_HOLDER:
            ended = KeyEnded(**placed(stream, 1, now), issuer=issuer.hex())
            # With both heads locked, no look under this key can come after: the ledger guards each by its stream.
            more.append(self._ledger.prepare([self._seal(ended)], meta=META, log="access"))
        batch = self._ledger.prepare([self._seal(revoked)], meta=self._meta)
        self._append(batch, self._authority(), *more)
