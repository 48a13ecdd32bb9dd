"""A listing on a serious list in the demo city, step by step: the notice, what the party says to it, the decision."""

from __future__ import annotations

from uuid import UUID

from application.commands.acts import Done, HandleCase
from application.commands.listings import Listings, NotifyListing, SpeakInListing
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from domain.listing.case import Notice, Statement
from domain.listing.decision import last_day
from domain.shared.canonical import Part
from domain.shared.kinds import Kind
from interfaces.cli.demo_desk import SOURCE, DemoDesk

LIST = "C06-04"
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


class ListingExamples:
    """The market bureau's listings (示例列入) in one ledger, each step on the day of the ledger's clock."""

    def __init__(self, desk: DemoDesk, remedies: RemedyDesk) -> None:
        self._desk, self._listings = desk, Listings(remedies)

    def told(self, record: UUID, *, list_code: str = LIST) -> Done:
        """LST-4: the party is told what is intended."""
        notice = Notice(
            facts=FACTS,
            grounds="《市场监督管理严重违法失信名单管理办法》第二条",
            rights="自收到告知之日起五个工作日内可以陈述、申辩",
            service="direct",
            served_on=self._desk.today,
            receipt="d1" * 32,
        )
        case = self._desk.ledger.entropy.uuid()
        return self._listings.notify(NotifyListing(case, list_code, (record,), notice, self._desk.officer))

    def heard(self, begun: Done, subject: Part) -> Done:
        """LST-5: what the party says to the notice, and its answer."""
        party = Identity("organisation", "", str(subject["CF_XDR_SHXYM"]))
        speaking = SpeakInListing(begun.case, begun.version, self._desk.office, party)
        said = self._listings.state(speaking, Statement(STATEMENT))
        handling = HandleCase(said.case, said.version, self._desk.officer)
        return self._listings.answer(handling, outcome="rejected", reasons=ANSWER)

    def listed(self, begun: Done, heard: Done, record: UUID, subject: Part, *, number: int) -> Done:
        """LST-6: the decision, sealed by the bureau; ``number`` is its document's in this year."""
        desk = self._desk
        market = next(d for d in desk.city.departments if d.key == SOURCE)
        standard = next(s for s in desk.city.lists if s.code == LIST)
        public: Part = {
            "list_code": LIST,
            "version": standard.version,
            "notice": str(begun.told["leaf_hash"]),
            "records": [str(record)],
            "subject_kind": "organisation",
            "authority": market.code,
            "authority_name": market.name,
            "authority_rank": "municipal",
            "document_number": f"示市监列字〔{desk.today.year}〕{number}号",
            "decided_on": desk.today.isoformat(),
            "until": last_day(standard, desk.today),
            "public": standard.public,
            "name": subject["CF_XDR_MC"],
            "code": subject["CF_XDR_SHXYM"],
            **SIX,
        }
        parts = {"public": public, "restricted": {"facts": FACTS}}
        act = desk.sealed(Kind.LISTING_DECIDED, parts, begun.case)
        return self._listings.decide(HandleCase(heard.case, heard.version, desk.officer), act)
