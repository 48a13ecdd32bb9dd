"""One live example of each process in the demo city: one subject on a list and measured, one told of it, a
standard out for comment.

Made by the same commands as over HTTP, each act sealed by its department's own key.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase
from application.commands.governance import Governance
from application.commands.measure_grounds import RestsOn
from application.commands.measures import Measures, NameMeasure
from application.commands.proposals import Proposals
from application.commands.refusals import log_refusal
from domain.listing.standards import RED
from domain.parties.acting import Officer
from domain.shared.canonical import Part, Parts
from domain.shared.deadlines import add_months
from domain.shared.kinds import Kind
from domain.shared.refusals import Refused
from infrastructure.bootstrap import load_settings
from interfaces.cli.demo_desk import SOURCE, DemoDesk
from interfaces.cli.entry_examples import EntryExamples
from interfaces.cli.listing_examples import LIST, ListingExamples
from interfaces.cli.measure_examples import MeasureExamples
from interfaces.cli.oversight_examples import OversightExamples
from interfaces.cli.own_examples import OwnExamples
from interfaces.cli.process_examples import ProcessExamples
from interfaces.cli.remedy_examples import RemedyExamples

MEASURE, RESPONDER = "M01", "human_resources"
COMMENT_DAYS = 45


class Examples:
    """The examples (示例) of one seeded demo ledger."""

    def __init__(self, desk: DemoDesk) -> None:
        self._desk, self._ledger, self._city = desk, desk.ledger, desk.city
        self._remedies = desk.remedies()
        self._listings = ListingExamples(desk, self._remedies)
        self._market = next(d for d in desk.city.departments if d.key == SOURCE)
        self._officer, self._today = desk.officer, desk.today

    def make(self) -> dict[str, Any]:
        """All of them; of those that wait for somebody where each is seen."""
        record, content = self._desk.penalty(1)
        begun = self._listings.told(record)
        heard = self._listings.heard(begun, content["public"])
        self._listings.listed(begun, heard, record, content["public"], number=1)
        self._measured(begun.case)
        self._listings.told(self._desk.penalty(2)[0])
        self._refused_steps(record)
        self._proposed()
        desk, penalty, office = self._desk, self._desk.penalty, self._desk.office
        RemedyExamples(
            self._remedies, office=office, officer=self._officer, key=desk.key, penalty=penalty
        ).make()
        OversightExamples(self._ledger, office=office, key=desk.keys[office], officer=self._officer).make(
            str(content["public"]["CF_XDR_SHXYM"])
        )
        name, code = desk.company()
        EntryExamples(
            self._remedies,
            standard=next(s for s in self._city.lists if s.kind == RED),
            officer=self._officer,
            name=self._market.name,
            key=desk.key,
            penalty=penalty,
        ).make({"name": name, "code": code})
        OwnExamples(
            self._remedies,
            office=office,
            recipient=desk.department(RESPONDER),
            record=desk.record,
            random=desk.random,
        ).make(content)
        told = ProcessExamples(
            self._remedies,
            self._city,
            officer=self._officer,
            key=desk.key,
            penalty=penalty,
            random=desk.random,
            today=self._today,
        ).make()
        governance = Governance(self._ledger, signer=desk.keys[office])
        measures = MeasureExamples(
            desk.remedies(), self._city, governance, officer=self._officer, sealed=self._sealed
        )
        linked = {"case": measures.of_linked(UUID(told["linked_person"]["link"]))}
        stopped = {"case": measures.to_be_stopped(penalty(15)[0])}
        return {**told, "linked_measure": linked, "stopped_measure": stopped}

    def _sealed(self, kind: Kind, parts: Parts, case: Done) -> DepartmentAct:
        return self._desk.sealed(kind, parts, case.case)

    def _refused_steps(self, record: UUID) -> None:
        """Three attempts at a list that there is not: the flag runner finds them (ACC-3)."""
        for number in range(3):
            try:
                self._listings.told(record, list_code=f"C06-9{number}")
            except Refused as refused:
                attempt = f"listing {number}".encode()
                code = self._market.code
                log_refusal(self._ledger, department=code, defects=refused.defects, attempt=attempt)

    def _measured(self, listing: UUID) -> None:
        """A measure on the listing: applied by the department that decided it, named to another one."""
        measures = Measures(self._desk.remedies())
        item = next(item for item in self._city.measures if item.code == MEASURE)
        provision = next(p for p in item.provisions if LIST in p.items)
        other = self._desk.department(RESPONDER)
        naming = NameMeasure(
            item.code,
            provision.cited_as,
            RestsOn("listing", listing),
            (("department", self._market.code), ("department", other)),
            self._officer,
        )
        named = measures.name(naming)
        public: Part = {
            "measure": item.code,
            "version": item.version,
            "provision": provision.cited_as,
            "department": self._market.code,
            "named": str(named.told["leaf_hash"]),
            "from_day": self._today.isoformat(),
            "until": add_months(self._today, 12).isoformat(),
        }
        restricted: Part = {"rests_on": str(listing), "content": "一年内不受理食品生产经营许可申请"}
        parts = {"public": public, "restricted": restricted}
        act = self._sealed(Kind.MEASURE_APPLIED, parts, named)
        measures.apply(HandleCase(named.case, named.version, self._officer), act)

    def _proposed(self) -> None:
        """A next version of the standard of the city's own list, out for comment."""
        proposals = Proposals(self._ledger, defaults=load_settings())
        standard = next(s for s in self._city.lists if s.kind == RED)
        begins = (self._today + timedelta(days=2 * COMMENT_DAYS)).isoformat()
        content = {
            **standard.to_json(),
            "version": standard.version + 1,
            "term_months": 36,
            "effective_from": begins,
        }
        made = proposals.propose(
            self._ledger.entropy.uuid(), what="list_standard", content=content, officer=self._officer
        )
        handling = HandleCase(made.case, made.version, Officer("credit_office-1", self._desk.office))
        proposals.consult(handling, closes=self._today + timedelta(days=COMMENT_DAYS))
