"""Listing cases over HTTP for tests: the story's department lists the subject of one of its records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from application.commands.acts import Done, HandleCase
from application.commands.governance import Governance
from application.commands.listings import Listings as ListingCommands
from application.commands.listings import NotifyListing, SpeakInListing
from application.commands.subjects import Identity
from domain.catalogue.items import LegalBasis
from domain.listing.case import Notice, Statement
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.deadlines import add_years
from domain.shared.kinds import Kind
from interfaces.client.listings import Listings
from interfaces.client.remedies import case_of
from tests.remedies import REMEDIES, SECOND, Story
from tests.remedies_http import City

LIST = "C06-04"
NOTICE = {
    "facts": "销售不合格食品，情节严重",
    "grounds": "《市场监督管理严重违法失信名单管理办法》第二条",
    "rights": "自收到本告知之日起五个工作日内可以陈述、申辩",
    "service": "direct",
    "served_on": "2026-11-20",
    "receipt": "d1" * 32,
}
SIX = {
    "basis": "《企业信息公示暂行条例》第十七条",
    "measures": "依法限制参加政府采购",
    "removal_conditions": "列入满一年并履行义务",
    "removal_procedure": "向本机关申请",
    "remedies": "六十日内申请行政复议或者六个月内提起行政诉讼",
}
FACTS = "销售不合格食品，情节严重"


def decision_parts(
    subject: Mapping[str, Any], begun: Mapping[str, Any], records: list[str], *, today: date, **changed: Any
) -> dict[str, Any]:
    """The parts of a decision about the subject of a penalty, after the notice ``begun`` (its receipt)."""
    public: dict[str, Any] = {
        "list_code": LIST,
        "version": 1,
        "notice": begun["leaf_hash"],
        "records": records,
        "subject_kind": "organisation",
        "authority": str(subject["CF_CFJGDM"]),
        "authority_name": "示范市市场监督管理局",
        "authority_rank": "municipal",
        "document_number": str(subject["CF_WSH"]),
        "decided_on": today.isoformat(),
        "until": add_years(today, 3).isoformat(),
        "public": True,
        "name": str(subject["CF_XDR_MC"]),
        "code": str(subject["CF_XDR_SHXYM"]),
        **SIX,
        **{name: value for name, value in changed.items() if name != "facts"},
    }
    facts = changed.get("facts", FACTS)
    return {
        "public": {name: value for name, value in public.items() if value is not None},
        "restricted": {} if facts is None else {"facts": facts},
    }


def of_another_subject(city: City) -> str:
    """A record that the source determined of somebody else than the story's subject."""
    for record in city.world.rows_of("record.determined"):
        opened = city.world.ledger.open_all(city.world.store.load("records", record)[:1], log="records")
        public = opened[0].parts["public"]
        other = public.get("CF_XDR_SHXYM") not in (None, "", city.subject["code"])
        if other and json.loads(opened[0].row.meta)["actor"] == city.story.source:
            return str(record)
    raise AssertionError("the source determined of one subject only")


class Lister:
    """The source department at work on its list, and the portal for the subject."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.source, self.portal = Listings(city.clients["source"]), Listings(city.clients["portal"])
        self.stranger = Listings(city.clients["stranger"])

    def case(self, receipt: dict[str, Any], official: str = SECOND) -> Any:
        """The case as a receipt left it."""
        return case_of("listings", receipt, official=official)

    def begin(self, *records: str, list_code: str = LIST, **notice: str) -> dict[str, Any]:
        """A notice, served yesterday."""
        return self.source.notify(list_code, records, {**NOTICE, **notice}, official=SECOND)

    def parts(self, begun: dict[str, Any], records: list[str], **changed: Any) -> dict[str, Any]:
        """The decision's parts on the city's present day; a changed value None leaves a field out."""
        public, today = self.city.story.content["public"], self.city.world.today
        return decision_parts(public, begun, records, today=today, **changed)

    def list_now(self, record: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Notice, the days for a statement gone by, and the decision: (notice, decision) as receipts."""
        begun = self.begin(record)
        self.city.world.clock.advance(days=8)
        decided = self.source.decide(self.case(begun), self.parts(begun, [record]))
        self.city.world.project()
        return begun, decided

    def on_list(self, list_code: str = LIST) -> list[str]:
        """Whose listings anyone sees on the list, by id."""
        entries = self.city.world.lookup.listed(list_code).entries
        return [str(entry.record_id) for entry in entries]

    def worklist(self) -> dict[str, dict[str, Any]]:
        """What waits for the source, by case."""
        tasks = self.city.clients["source"].worklist(official=SECOND)
        return {task["case"]: task for task in tasks}


class ListingStory:
    """The same by the commands themselves: cases of the story's department that end in every way."""

    def __init__(self, story: Story) -> None:
        self.story, self.world = story, story.world
        self.listings = ListingCommands(story.desk)
        self.officer = Officer(SECOND, story.source)

    def begin(self, record: UUID) -> Done:
        """A notice, served today."""
        served = {**NOTICE, "served_on": self.world.today}
        return self.listings.notify(
            NotifyListing(uuid4(), LIST, (record,), Notice(**served), self.officer)  # type: ignore[arg-type]
        )

    def handling(self, done: Done) -> HandleCase:
        """The department acts on what was done last."""
        return HandleCase(done.case, done.version, self.officer)

    def speaking(self, done: Done) -> SpeakInListing:
        """The subject speaks on what was done last."""
        return SpeakInListing(done.case, done.version, self.story.office, self.story.subject())

    def heard(self, begun: Done, subject: Identity | None = None) -> Done:
        """What the party states, and its answer: the decision may follow on the same day."""
        speaking = replace(self.speaking(begun), subject=subject or self.story.subject())
        said = self.listings.state(speaking, Statement("已整改"))
        return self.listings.answer(self.handling(said), outcome="rejected", reasons="证据不足")

    def listed(self, record: UUID, content: Parts | None = None, **changed: Any) -> Done:
        """A listing from notice through statement and answer to the decision."""
        begun = self.begin(record)
        public = (content or self.story.content)["public"]
        parts = decision_parts(public, begun.told, [str(record)], today=self.world.today, **changed)
        act = self.story.sealed(Kind.LISTING_DECIDED, begun.case, parts)
        return self.listings.decide(self.handling(self.heard(begun)), act)

    def dropped(self, record: UUID) -> None:
        """Statement made and rejected, and yet nobody is listed."""
        heard = self.heard(self.begin(record))
        self.listings.drop(self.handling(heard), reasons="情节轻微")

    def overdue(self, record: UUID) -> None:
        """A statement that nobody answers."""
        self.listings.state(self.speaking(self.begin(record)), Statement("已整改"))

    def removal_refused(self, record: UUID) -> None:
        """Listed, and refused to be taken off, under a standard by which one may apply at once."""
        self.adopt(early_months=0)
        done = self.listed(record, version=self.version())
        applied = self.listings.apply(self.speaking(done), materials=[("proof", "b1" * 32)])
        self.listings.refuse(self.handling(applied), reasons="尚未履行", remedies=REMEDIES)

    def transition(self, until: date) -> None:
        """The list is kept until a day only."""
        text = LegalBasis("示范名单管理办法", "示范部令第9号", "第六十条", "department_rule")
        self.adopt(transition_until=until.isoformat(), transition_basis=text)

    def adopt(self, **changed: Any) -> None:
        """A next version of the standard, otherwise as the newest."""
        newest = self.story.desk.registry.standard(LIST).versions[-1]
        standard = replace(newest, version=newest.version + 1, **changed)
        governance = Governance(self.world.ledger, signer=self.world.keys[self.story.office])
        assert governance.import_standards([standard]) == 1
        self.story.desk.registry.forget()

    def version(self) -> int:
        """The newest version of the standard."""
        return self.story.desk.registry.standard(LIST).versions[-1].version
