"""A proposal for tests: the standard of a local list, from the market bureau's desk to its publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from application.commands.acts import Done, HandleCase
from application.commands.meetings import Meetings
from domain.catalogue.gate import import_item
from domain.catalogue.items import LegalBasis
from domain.listing.standards import COMMENT_DAYS_MIN
from domain.parties.acting import Officer
from infrastructure.bootstrap import remedy_desk
from infrastructure.remedy_data import load_settings
from interfaces.client.form_data import load_forms
from interfaces.client.meetings import sealed_view
from interfaces.demo.city import list_standards
from interfaces.http.remedies import sealed_act
from tests.world import DATA, World

OFFICE_OFFICER, MARKET_OFFICER, SECOND_OFFICER = "credit_office-1", "market-1", "credit_office-2"
LOCAL_LIST, LOCAL_ITEM = "W06-01", "W03-09"
LOCAL_BASIS = LegalBasis("示范市社会信用条例", "示范市人大常委会公告第1号", "12", "local_regulation")


def local_standard(**changed: Any) -> dict[str, Any]:
    """A local list's standard as content of a proposal: what a national one says, in a local regulation."""
    national = next(s for s in list_standards(DATA) if s.code == "C06-04")
    values: dict[str, Any] = {
        "code": LOCAL_LIST,
        "scope": "local",
        "standard_bases": (LOCAL_BASIS,),
        "published_at": "信用中国（示范市）、示范市市场监督管理局网站",
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
        self.proposals = Meetings(remedy_desk(world.ledger, load_forms()), defaults=load_settings())
        departments = {d.key: d.code for d in world.city.departments}
        self.market = Officer(MARKET_OFFICER, departments["market"])
        self.office = Officer(OFFICE_OFFICER, departments["credit_office"])
        self.second = Officer(SECOND_OFFICER, departments["credit_office"])
        asked = [d for d in world.city.departments if d.member and d.code != self.market.department]
        self.members = [Officer(f"{d.key}-1", d.code) for d in asked]
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
        return self.met(done)

    def called(self, done: Done) -> Done:
        """The meeting, held today."""
        return self.proposals.call(self.on(done), meets_on=self.world.today)

    def sealed(self, done: Done, member: Officer, **said: Any) -> dict[str, Any]:
        """A member's view under its seal: it agrees, unless told otherwise."""
        proposal = self.proposals.find(done.case)
        assert proposal is not None
        told: dict[str, Any] = {
            "proposal": str(proposal.id),
            "revision": proposal.revision,
            "department": member.department,
            "officer": member.pseudonym,
            "view": "agree",
            "reasons": "依据充分",
            **said,
        }
        ledger_id, key = self.world.ledger.id.bytes, self.world.keys[member.department]
        return sealed_view(**told, ledger_id=ledger_id, key=key)

    def met(self, done: Done) -> Done:
        """Laid before the meeting, agreed to by as many members as it takes, and recorded by the second officer."""
        called = self.called(done)
        for member in (self.members[0], self.members[-1]):
            self.proposals.give_view(self.on(called, member), sealed_act(self.sealed(called, member)))
        return self.proposals.conclude(
            self.on(called, self.second), outcome="approved", reasons="审定通过", held_on=self.world.today
        )

    def on(self, done: Done, officer: Officer | None = None) -> HandleCase:
        """The next act, by the credit office unless another is named."""
        return HandleCase(done.case, done.version, officer or self.office)

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
        return self.met(done)

    def live(self, *, review_days: int = 400) -> None:
        """To its publication and an evaluation; 31 days pass."""
        to, done = self.proposals, self.approved()
        later = self.world.today + timedelta(days=review_days)
        done = to.publish(self.on(done), review_by=later)
        found: dict[str, Any] = {"by": "示范大学", "findings": "运行良好", "outcome": "keep"}
        to.evaluate(self.on(done, self.market), review_by=later, **found)
        self.superseded()

    def superseded(self) -> None:
        """An item of the city's own, published twice; 4 days pass."""
        first = next(item for item in self.world.city.items if item.code == "C03-03")
        for version in (1, 2):
            begins = (self.world.today + timedelta(days=30)).isoformat()
            ours = replace(first, code=LOCAL_ITEM, layer="municipal", bases=(LOCAL_BASIS,))
            item = replace(ours, version=version, effective_from=begins)
            done = self.through("catalogue_item", item.to_json())
            self.proposals.publish(self.on(done), review_by=self.world.today + timedelta(days=300))
