"""One live example of each process in the demo city: one subject on a list and measured, one told of it, a
standard out for comment.

Made by the same commands as over HTTP, each act sealed by its department's own key.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase
from application.commands.governance import Governance
from application.commands.intake import Intake
from application.commands.listings import Listings, NotifyListing, SpeakInListing
from application.commands.measure_grounds import RestsOn
from application.commands.measures import Measures, NameMeasure
from application.commands.proposals import Proposals
from application.commands.refusals import log_refusal
from application.commands.seals import SealOfAct
from application.commands.subjects import Identity
from application.ledger import Ledger
from domain.listing.case import Notice, Statement
from domain.listing.decision import last_day
from domain.listing.standards import RED
from domain.parties.acting import Officer
from domain.shared.canonical import Part, Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.kinds import Kind
from domain.shared.refusals import Refused
from domain.transparency.leaf import act_message
from domain.transparency.sealed_file import ROW_KIND, SealedRow
from infrastructure.bootstrap import load_calendar, load_settings, remedy_desk, verify_ed25519
from interfaces.cli.entry_examples import EntryExamples
from interfaces.cli.measure_examples import MeasureExamples
from interfaces.cli.oversight_examples import OversightExamples
from interfaces.cli.own_examples import OwnExamples
from interfaces.cli.process_examples import ProcessExamples
from interfaces.cli.remedy_examples import RemedyExamples
from interfaces.client.form_data import load_forms
from interfaces.client.sealing import DepartmentKey, seal_remedy
from interfaces.demo.city import DemoCity
from interfaces.demo.identities import company_name, credit_code
from interfaces.demo.penalty import penalty_of

LIST, SOURCE, OFFICER = "C06-04", "market", "market-1"
MEASURE, RESPONDER = "M01", "human_resources"
COMMENT_DAYS = 45
STATEMENT = "示例：已停止违法行为并缴清罚款，请求不予列入"
ANSWER = "示例：经核实，改正不影响对情节严重的认定"
FACTS = "示例：违法行为情节严重，受到较重行政处罚"
SIX = {
    "basis": "《企业信息公示暂行条例》第十七条",
    "measures": "依法列为重点监督管理对象",
    "removal_conditions": "列入满一年，自觉履行处罚义务，消除危害后果",
    "removal_procedure": "向列入机关提出申请，由其审查决定",
    "remedies": "六十日内申请行政复议，或者六个月内提起行政诉讼",
}


class Examples:
    """The examples (示例) of one seeded demo ledger."""

    def __init__(
        self, ledger: Ledger, city: DemoCity, keys: Mapping[str, DepartmentKey], *, seed: int
    ) -> None:
        self._ledger, self._city = ledger, city
        self._forms = load_forms()
        self._desk = remedy_desk(ledger, self._forms)
        self._listings = Listings(self._desk)
        self._market = next(d for d in city.departments if d.key == SOURCE)
        self._key, self._office_key = keys[self._market.code], keys[city.credit_office.code]
        self._officer = Officer(OFFICER, self._market.code)
        self._today = city_day(ledger.now())
        self._random = Random(seed)  # noqa: S311 - made-up names, the same in every demo city

    def make(self) -> dict[str, Any]:
        """All of them; of those that wait for somebody where each is seen."""
        record, content = self._penalty(1)
        begun = self._told(record)
        self._listed(begun, record, content["public"])
        self._measured(begun.case)
        self._told(self._penalty(2)[0])
        self._refused_steps(record)
        self._proposed()
        RemedyExamples(
            self._desk,
            office=self._city.credit_office.code,
            officer=self._officer,
            key=self._key,
            penalty=self._penalty,
        ).make()
        office = self._city.credit_office.code
        OversightExamples(self._ledger, office=office, key=self._office_key, officer=self._officer).make(
            str(content["public"]["CF_XDR_SHXYM"])
        )
        name, code = self._company()
        EntryExamples(
            self._desk,
            standard=next(s for s in self._city.lists if s.kind == RED),
            officer=self._officer,
            name=self._market.name,
            key=self._key,
            penalty=self._penalty,
        ).make({"name": name, "code": code})
        OwnExamples(
            self._desk,
            office=office,
            recipient=next(d for d in self._city.departments if d.key == RESPONDER).code,
            record=self._record,
            random=self._random,
        ).make(content)
        told = ProcessExamples(
            self._desk,
            self._city,
            officer=self._officer,
            key=self._key,
            penalty=self._penalty,
            random=self._random,
            today=self._today,
        ).make()
        governance = Governance(self._ledger, signer=self._office_key)
        measures = MeasureExamples(
            remedy_desk(self._ledger, self._forms),
            self._city,
            governance,
            officer=self._officer,
            sealed=self._sealed,
        )
        linked = {"case": measures.of_linked(UUID(told["linked_person"]["link"]))}
        stopped = {"case": measures.to_be_stopped(self._penalty(15)[0])}
        return {**told, "linked_measure": linked, "stopped_measure": stopped}

    def _company(self) -> tuple[str, str]:
        """Name and code of a company that there was not before."""
        name = company_name(self._random)
        return name, credit_code(self._random, prefix="91", division=self._city.division_code)

    def _penalty(self, number: int, **public: str) -> tuple[UUID, Parts]:
        """A penalty to rest on, sealed by its department; ``public`` are fields other than usual."""
        name, code = self._company()
        usual = penalty_of(self._market, name, code, number=900 + number, today=self._today)
        content = {**usual, "public": {**usual["public"], **public}}
        return self._record(content), content

    def _record(self, content: Parts) -> UUID:
        """A penalty with this content, sealed by its department and taken in."""
        row = SealedRow(0, uuid.uuid4(), os.urandom(32), content, data_row=1, sheet_row=1)
        message = act_message(
            kind=ROW_KIND, commitment=row.commitment(self._ledger.id.bytes), issuer=self._key.issuer
        )
        seal = SealOfAct(
            row=row,
            ledger_id=self._ledger.id.bytes,
            form="penalty",
            issuer=self._key.issuer,
            signature=self._key.sign(message),
        )
        intake = Intake(
            self._ledger,
            self._forms,
            seal,
            department=self._market.code,
            verify=verify_ed25519,
            calendar=load_calendar(),
            settings=load_settings(),
        )
        *_, report = intake.take([row])
        assert report.taken == 1, report.refused
        return row.record_id

    def _told(self, record: UUID, *, list_code: str = LIST) -> Done:
        notice = Notice(
            facts=FACTS,
            grounds="《市场监督管理严重违法失信名单管理办法》第二条",
            rights="自收到告知之日起五个工作日内可以陈述、申辩",
            service="direct",
            served_on=self._today,
            receipt="d1" * 32,
        )
        case = self._ledger.entropy.uuid()
        return self._listings.notify(NotifyListing(case, list_code, (record,), notice, self._officer))

    def _refused_steps(self, record: UUID) -> None:
        """Three attempts at a list that there is not: the flag runner finds them (ACC-3)."""
        for number in range(3):
            try:
                self._told(record, list_code=f"C06-9{number}")
            except Refused as refused:
                attempt = f"listing {number}".encode()
                code = self._market.code
                log_refusal(self._ledger, department=code, defects=refused.defects, attempt=attempt)

    def _heard(self, begun: Done, subject: Part) -> Done:
        """What the party says to the notice, and its answer."""
        party = Identity("organisation", "", str(subject["CF_XDR_SHXYM"]))
        office = self._city.credit_office.code
        speaking = SpeakInListing(begun.case, begun.version, office, party)
        said = self._listings.state(speaking, Statement(STATEMENT))
        handling = HandleCase(said.case, said.version, self._officer)
        return self._listings.answer(handling, outcome="rejected", reasons=ANSWER)

    def _listed(self, begun: Done, record: UUID, subject: Part) -> None:
        heard = self._heard(begun, subject)
        standard = next(s for s in self._city.lists if s.code == LIST)
        public: Part = {
            "list_code": LIST,
            "version": standard.version,
            "notice": str(begun.told["leaf_hash"]),
            "records": [str(record)],
            "subject_kind": "organisation",
            "authority": self._market.code,
            "authority_name": self._market.name,
            "authority_rank": "municipal",
            "document_number": f"示市监列字〔{self._today.year}〕1号",
            "decided_on": self._today.isoformat(),
            "until": last_day(standard, self._today),
            "public": standard.public,
            "name": subject["CF_XDR_MC"],
            "code": subject["CF_XDR_SHXYM"],
            **SIX,
        }
        act = self._sealed(Kind.LISTING_DECIDED, {"public": public, "restricted": {"facts": FACTS}}, begun)
        self._listings.decide(HandleCase(heard.case, heard.version, self._officer), act)

    def _measured(self, listing: UUID) -> None:
        """A measure on the listing: applied by the department that decided it, named to another one."""
        measures = Measures(remedy_desk(self._ledger, self._forms))
        item = next(item for item in self._city.measures if item.code == MEASURE)
        provision = next(p for p in item.provisions if LIST in p.items)
        other = next(d for d in self._city.departments if d.key == RESPONDER)
        naming = NameMeasure(
            item.code,
            provision.cited_as,
            RestsOn("listing", listing),
            (("department", self._market.code), ("department", other.code)),
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

    def _sealed(self, kind: Kind, parts: Parts, case: Done) -> DepartmentAct:
        """An act on a case under the department's own seal."""
        ledger_id = self._ledger.id.bytes
        sealed = seal_remedy(kind, parts, record=str(case.case), ledger_id=ledger_id, key=self._key)
        salt, issuer, signature = (bytes.fromhex(sealed[name]) for name in ("salt", "issuer", "signature"))
        return DepartmentAct(sealed["parts"], salt, issuer, signature)

    def _proposed(self) -> None:
        """A next version of the standard of the city's own list, out for comment."""
        proposals, office = Proposals(self._ledger, defaults=load_settings()), self._city.credit_office.code
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
        handling = HandleCase(made.case, made.version, Officer("credit_office-1", office))
        proposals.consult(handling, closes=self._today + timedelta(days=COMMENT_DAYS))
