"""A proposal for tests: the standard of a local list, from the market bureau's desk to its publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from application.commands.proposals import HandleProposal, Proposals
from application.commands.remedies import Done
from domain.catalogue.gate import import_item
from domain.catalogue.items import LegalBasis
from domain.listing.standards import COMMENT_DAYS_MIN
from domain.parties.acting import Officer
from infrastructure.remedy_data import load_settings
from interfaces.demo.city import list_standards
from tests.world import DATA, World

OFFICE_OFFICER, MARKET_OFFICER = "credit_office-1", "market-1"
LOCAL_LIST = "W06-01"
LOCAL_BASIS = LegalBasis("示范市社会信用条例", "示范市人大常委会公告第1号", "12", "local_regulation")


def local_standard(**changed: Any) -> dict[str, Any]:
    """A local list's standard as content of a proposal: what a national one says, in a local regulation."""
    national = next(s for s in list_standards(DATA) if s.code == "C06-04")
    values: dict[str, Any] = {
        "code": LOCAL_LIST,
        "scope": "local",
        "standard_bases": (LOCAL_BASIS,),
        "effective_from": "2027-07-01",
        **changed,
    }
    return dict(replace(national, **values).to_json())


def local_list(world: World) -> None:
    """The city's own list enters the catalogue, as an item of its supplement."""
    national = next(item for item in world.city.items if item.code == "C06-04")
    item = replace(national, code=LOCAL_LIST, layer="municipal", bases=(*national.bases, LOCAL_BASIS))
    assert world.governance().import_with([item], import_item) == 1


class Lived:
    """Every step of a proposal by the commands themselves."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.proposals = Proposals(world.ledger, defaults=load_settings())
        departments = {d.key: d.code for d in world.city.departments}
        self.market = Officer(MARKET_OFFICER, departments["market"])
        self.office = Officer(OFFICE_OFFICER, departments["credit_office"])
        local_list(world)

    def made(self) -> Done:
        """The proposal."""
        return self.of("list_standard", local_standard())

    def of(self, what: str, content: Mapping[str, Any]) -> Done:
        """A proposal of the market bureau."""
        proposal = self.world.ledger.entropy.uuid()
        return self.proposals.propose(proposal, what=what, content=content, officer=self.market)

    def through(self, what: str, content: Mapping[str, Any]) -> Done:
        """A proposal through comment and review, nobody having opined; as many days pass as it takes."""
        days = COMMENT_DAYS_MIN if what == "list_standard" else 1
        done = self.of(what, content)
        done = self.proposals.consult(self.on(done), closes=self.world.today + timedelta(days=days))
        self.world.clock.advance(days=days + 1)
        return self.proposals.review(self.on(done), outcome="approved", reasons="同意")

    def on(self, done: Done, officer: Officer | None = None) -> HandleProposal:
        """The next act, by the credit office unless another is named."""
        return HandleProposal(done.case, done.version, officer or self.office)

    def approved(self) -> Done:
        """Through comment, opinions and answers to its approval; 31 days pass."""
        to, world = self.proposals, self.world
        done = to.consult(self.on(self.made()), closes=world.today + timedelta(days=30))
        done = to.opine(self.on(done, self.market), group="department", text="同意", author=None)
        author = {"name": "李四", "contact": "示例邮箱"}
        done = to.opine(self.on(done), group="expert", text="建议缩短期限", author=author)
        for number in (1, 2):
            done = to.answer(self.on(done), number=number, outcome="not_adopted", answer="期限有法定依据")
        world.clock.advance(days=31)
        return to.review(self.on(done), outcome="approved", reasons="同意公布")

    def live(self, *, review_days: int = 400) -> None:
        """To its publication and an evaluation; 31 days pass."""
        to, done = self.proposals, self.approved()
        later = self.world.today + timedelta(days=review_days)
        done = to.publish(self.on(done), review_by=later)
        to.evaluate(self.on(done), by="示范大学", findings="运行良好", review_by=later)
