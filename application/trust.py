"""Whose signatures count: the keys as a log itself lets them in, from the gateway's own registration on.

Verification tells it every opened act in order and asks it about every leaf; it trusts nothing but the
gateway's issuer id, which the auditor brings along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from application.ledger import parse_instant
from application.ports import Log
from domain.access.events import PurposeRegistered
from domain.catalogue.items import CatalogueItemAdopted, CatalogueItemDrafted, CatalogueItemSuspended
from domain.instruments.events import NoticeIssued
from domain.listing.events import ListStandardSuspended
from domain.listing.standards import ListStandardAdopted, ListStandardDrafted, ListTransitionEnded
from domain.measures.items import MeasureItemAdopted, MeasureItemDrafted, MeasureItemSuspended
from domain.oversight.indicators import IndicatorsNotified
from domain.parties.events import (
    DepartmentKeyBegun,
    DepartmentRanked,
    DepartmentRegistered,
    KeyEnded,
    KeyRegistered,
    KeyRevoked,
    LogKeyAnnounced,
    LogKeyRetired,
    OfficerRegistered,
)
from domain.parties.keys import GATEWAY, SigningKey, fold_key, may_govern
from domain.records.erasure import DataErased, ErasureApproved, ErasureCompleted, ErasureRequested
from domain.remedies.events import CalendarLoaded
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.rule_settings import SettingChanged
from domain.transparency.digest import StoredRow
from domain.transparency.leaf import ActLeaf, issuer_id
from domain.transparency.succession import succession_message

GOVERNING: tuple[type[Event], ...] = (
    DepartmentRanked,
    DepartmentRegistered,
    DepartmentKeyBegun,
    OfficerRegistered,
    KeyRegistered,
    KeyRevoked,
    KeyEnded,
    LogKeyAnnounced,
    LogKeyRetired,
    CatalogueItemDrafted,
    CatalogueItemAdopted,
    MeasureItemDrafted,
    MeasureItemAdopted,
    MeasureItemSuspended,
    ListStandardDrafted,
    ListStandardAdopted,
    ListStandardSuspended,
    ListTransitionEnded,
    CatalogueItemSuspended,
    NoticeIssued,
    IndicatorsNotified,
    PurposeRegistered,
    ErasureRequested,
    ErasureApproved,
    DataErased,
    ErasureCompleted,
    SettingChanged,
    CalendarLoaded,
)
"""Acts that decide who may act, under which catalogue, settings and calendar, and what is erased.

Only gateway and credit office seal them."""
VerifySignature = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


class Trust:
    """The keys that are live at a position (信任链), and what a signature by one of them is good for."""

    def __init__(self, *, gateway_issuer: bytes, ledger_id: bytes, verify: VerifySignature) -> None:
        self._gateway_issuer = gateway_issuer
        self._ledger_id = ledger_id
        self._verify = verify
        self._signers: dict[bytes, SigningKey] = {}
        self._ended: set[bytes] = set()
        self._roles: dict[str, str] = {}

    def begin(self, event: Event) -> None:
        """Before an act's signature is checked: the very first key registers itself, the root of trust."""
        if isinstance(event, KeyRegistered) and not self._signers:
            key = fold_key([event])
            if key is not None and _own_name(key) and key.issuer == self._gateway_issuer:
                self._signers[key.issuer] = key

    def learn(self, event: Event) -> str:
        """After an act proved good: what it changes; empty, or why it cannot be."""
        if isinstance(event, KeyRegistered):
            key = fold_key([event])
            if key is None or not _own_name(key):
                return "the issuer id is not that of the key"
            if event.succeeds is not None and (wrong := self._wrong_with_succession(event, key)):
                return wrong
            self._signers.setdefault(key.issuer, key)
        elif isinstance(event, DepartmentRegistered):
            self._roles[event.code] = event.role
        elif isinstance(event, KeyRevoked):
            issuer = bytes.fromhex(event.issuer)
            revoked = fold_key([event], self._signers.get(issuer))
            if revoked is None:
                return "a key is revoked that was never registered"
            self._signers[issuer] = revoked
        elif isinstance(event, KeyEnded):
            self._ended.add(bytes.fromhex(event.issuer))
        return ""

    def _wrong_with_succession(self, event: KeyRegistered, key: SigningKey) -> str:
        """What is wrong with a key that its department registered itself; empty when both keys signed the wish."""
        present = self._signers.get(bytes.fromhex(event.succeeds or ""))
        if present is None or present.revoked or present.holder != key.holder:
            return "a key succeeds one that does not speak for its holder"
        message = succession_message(
            ledger_id=self._ledger_id,
            holder=key.holder,
            present=present.issuer,
            public_key=key.public_key,
            not_after=event.not_after,
        )
        asked, held = bytes.fromhex(event.asked or ""), bytes.fromhex(event.possession or "")
        if self._verify(present.public_key, asked, message) and self._verify(key.public_key, held, message):
            return ""
        return "a key succeeds another, and not both signed"

    def wrong_with(self, log: Log, row: StoredRow, leaf: ActLeaf, event_type: type[Event]) -> str:
        """What is wrong with the signature of a single act; empty when nothing is."""
        key = self._signers.get(leaf.issuer)
        if key is None:
            return "the issuer's key is not registered"
        if log == "access" and key.holder_kind == GATEWAY:
            # Its revocation stands in the other log; here its own end says from where on.
            key = replace(key, revoked=leaf.issuer in self._ended)
        if not key.live_on(city_day(parse_instant(row.recorded_at))):
            return "the issuer's key is not live here"
        if not self._verify(key.public_key, leaf.signature, leaf.signed_bytes):
            return "the signature does not hold"
        if event_type in GOVERNING and not may_govern(key, role=self._roles.get(key.holder)):
            return "the issuer may not govern"
        return ""

    def is_live(self, issuer: bytes, row: StoredRow) -> bool:
        """Whether a file's issuer may still have rows recorded where this row of the records log stands."""
        key = self._signers.get(issuer)
        return key is not None and key.live_on(city_day(parse_instant(row.recorded_at)))


def _own_name(key: SigningKey) -> bool:
    """Whether a key stands under the issuer id that its bytes have."""
    return issuer_id(key.public_key) == key.issuer
