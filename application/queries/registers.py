"""The public registers as anyone reads them: a page of newest versions, all versions of one thing, what differs.

Reads the one table that the projector folds (``application/projections/registers.py``); names nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from application.projections.registers import (
    CATALOGUE,
    CONSISTENCY,
    INDICATORS,
    MEASURES,
    PROPOSALS,
    STANDARDS,
    Entry,
)
from application.suspensions import Suspensions

VERSIONS_MAX = 500
"""Versions of one thing that are told."""


@dataclass(frozen=True)
class Register:
    """A register (登记): the kind of its entries, and what it is called."""

    kind: str
    zh: str
    en: str


REGISTERS: Mapping[str, Register] = {
    "catalogue": Register(CATALOGUE, "公共信用信息目录", "The catalogue"),
    "measures": Register(MEASURES, "失信惩戒措施清单", "The measures list"),
    "proposals": Register(PROPOSALS, "提案与征求意见", "Proposals and opinions"),
    "indicator-notices": Register(INDICATORS, "考核通报", "Notices of indicators"),
    "list-standards": Register(STANDARDS, "名单认定标准", "Standards of lists"),
    "consistency-checks": Register(
        CONSISTENCY, "公示一致性核对", "Comparisons with what departments publish"
    ),
}
"""Path -> register: each has its routes under ``/v1`` and its pages under ``/registers``."""


class RegisterReading(Protocol):
    """The reader's door: entries of a kind in order of key and number, from after a place on."""

    def entries(
        self, kind: str, key: str | None, *, newest: bool, after: tuple[str, int], limit: int
    ) -> Sequence[Entry]: ...


@dataclass(frozen=True)
class Version:
    """One version of a thing in a register (版本): its days, where it was recorded, what it says."""

    key: str
    number: int
    from_day: str
    until_day: str
    position: int
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One member that differs between two versions (差异); None where a version does not have it."""

    field: str
    before: Any
    after: Any


class Registers:
    """The public registers (公开登记) of one ledger."""

    def __init__(self, reading: RegisterReading, suspended: Callable[[str], Suspensions]) -> None:
        self._reading = reading
        self._suspended = suspended

    def page(self, kind: str, *, after: str, limit: int) -> tuple[list[Version], str]:
        """The newest version of each thing, by key, after a key; and the key after which the next page begins."""
        # Beyond every version of the thing that ended the page before.
        place = (after, 2**31 - 1) if after else ("", -1)
        found = self._reading.entries(kind, None, newest=True, after=place, limit=limit + 1)
        stopped = self._suspended(kind)
        told = [_version(entry, stopped) for entry in found[:limit]]
        return told, told[-1].key if len(found) > limit else ""

    def versions(self, kind: str, key: str) -> list[Version]:
        """All versions of a thing, oldest first; empty when there is none."""
        found = self._reading.entries(kind, key, newest=False, after=("", -1), limit=VERSIONS_MAX)
        stopped = self._suspended(kind)
        return [_version(entry, stopped) for entry in found]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two versions, by member in order of their names; not that one is suspended since."""
    names = before.keys() | after.keys()
    if "suspended_since" in names:
        names -= {"status", "suspended_since", "suspended_for"}
    return [
        Difference(name, before.get(name), after.get(name))
        for name in sorted(names)
        if before.get(name) != after.get(name)
    ]


def _version(entry: Entry, suspended: Suspensions) -> Version:
    content = json.loads(entry.content)
    stopped = suspended.get((entry.key, entry.number))
    if stopped is not None and (stopped.position is None or stopped.position > entry.position):
        # INS-2: said since when and why, beside what the version says; adopted anew, it is in force again.
        content |= {"status": "suspended", "suspended_since": stopped.since, "suspended_for": stopped.title}
    days = (entry.from_day or "", entry.until_day or "")
    return Version(entry.key, entry.number, *days, entry.position, content)
