"""Live examples of the demo city's red list, watch list and entries for reference, each sealed by its department."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from application.commands.acts import DepartmentAct
from application.commands.entries import SealedEntry
from application.commands.red_lists import RedLists
from application.commands.references import References
from application.commands.remedies import RemedyDesk
from application.commands.watching import WatchList
from application.queries.green import look_before_red_list
from domain.listing.decision import last_day
from domain.listing.reference import MARK
from domain.listing.standards import ListStandard
from domain.parties.acting import Officer
from domain.shared.canonical import Json, Part, Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.kinds import Kind
from interfaces.client.sealing import DepartmentKey, seal_remedy

WATCHED_MONTHS = 6


class EntryExamples:
    """One subject on the red list, one watched, one of which an association said something (示例)."""

    def __init__(
        self,
        desk: RemedyDesk,
        *,
        standard: ListStandard,
        officer: Officer,
        name: str,
        key: DepartmentKey,
        penalty: Callable[[int], tuple[UUID, Parts]],
    ) -> None:
        """``name`` is the department's; ``penalty`` records a penalty of a new company under a number."""
        self._desk, self._standard = desk, standard
        self._officer, self._name, self._key, self._penalty = officer, name, key, penalty
        self._today = city_day(desk.ledger.now())

    def make(self, honest: Mapping[str, str]) -> None:
        """All of them; ``honest`` is the company for the red list, with name and code."""
        look = partial(look_before_red_list, self._desk.ledger)
        RedLists(self._desk, look).enter(self._sealed(Kind.RED_LISTED, self._red(honest)))
        record, content = self._penalty(8)
        WatchList(self._desk).enter(self._sealed(Kind.WATCH_ENTERED, self._watch(record)))
        public = content["public"]
        about = {"name": public["CF_XDR_MC"], "code": public["CF_XDR_SHXYM"]}
        References(self._desk).enter(self._sealed(Kind.REFERENCE_ENTERED, self._reference(about)))

    def _red(self, honest: Mapping[str, str]) -> Parts:
        public: Part = {
            "list_code": self._standard.code,
            "version": self._standard.version,
            "subject_kind": "organisation",
            "authority": self._officer.department,
            "authority_name": self._name,
            "document_number": f"示市监信〔{self._today.year}〕1号",
            "decided_on": self._today.isoformat(),
            "public": self._standard.public,
            "basis": "示范市诚信典型选树办法（示例）",
            "incentives": self._standard.incentives,
            "until": last_day(self._standard, self._today),
            **honest,
        }
        return {"public": public, "restricted": {"reason": "示例：守法经营，受到市级表彰"}}

    def _watch(self, record: UUID) -> Parts:
        public = {
            "authority": self._officer.department,
            "entered_on": self._today.isoformat(),
            "until": add_months(self._today, WATCHED_MONTHS).isoformat(),
        }
        why = {"ground": "serious_in_key_field", "field": "life_and_health", "reason": "示例：加强提示"}
        return {"public": public, "restricted": {**why, "records": [str(record)]}}

    def _reference(self, about: Mapping[str, Json]) -> Parts:
        public = {
            "mark": MARK,
            "brought_by": self._officer.department,
            "decided_on": self._today.isoformat(),
            "subject_kind": "organisation",
        }
        said = {
            "source": "示范市食品行业协会（示例）",
            "source_kind": "association",
            "list_name": "诚信会员名单",
            "colour": "red",
            "stated_on": self._today.isoformat(),
        }
        return {"public": public, "restricted": {**said, **about}}

    def _sealed(self, kind: Kind, parts: Parts) -> SealedEntry:
        entry = uuid.uuid4()
        sealed = seal_remedy(
            kind, parts, record=str(entry), ledger_id=self._desk.ledger.id.bytes, key=self._key
        )
        salt, issuer, signature = (bytes.fromhex(sealed[name]) for name in ("salt", "issuer", "signature"))
        return SealedEntry(entry, self._officer, DepartmentAct(sealed["parts"], salt, issuer, signature))
