"""Live examples of proposals before the joint meeting: one in the middle of it, one concluded and evaluated since, one
whose review is overdue.

Each is lived through day by day (``history_examples.py``), since a comment runs and members take their time.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from application.commands.acts import Done, HandleCase
from application.commands.meetings import Meetings
from domain.catalogue.items import LegalBasis
from domain.parties.acting import Officer
from domain.shared.canonical import Json
from infrastructure.bootstrap import load_settings
from interfaces.cli.demo_desk import DemoDesk, act_of
from interfaces.client.meetings import sealed_view

BASIS = LegalBasis("示范市社会信用条例", "示范市人大常委会公告第1号", "第十二条", "local_regulation")
ITEM, MEASURE = "C03-03", "M11"
"""Of the national lists: what the city's own item and measure are like."""
Story = Generator[int, None, None]
"""One process; each number is how many days ago it goes on."""


class MeetingExamples:
    """The examples of the joint meeting (联席会议示例); ``told`` says where each is seen."""

    def __init__(self, desk: DemoDesk) -> None:
        self._desk = desk
        self._meetings = Meetings(desk.remedies(), defaults=load_settings())
        self._first, self._second = (Officer(f"credit_office-{n}", desk.office) for n in (1, 2))
        members = [d for d in desk.city.departments if d.member and d.code != desk.market]
        self._members = [Officer(f"{d.key}-1", d.code) for d in members]
        self.told: dict[str, dict[str, str]] = {}

    def stories(self) -> list[Story]:
        """All of them."""
        return [self._evaluated(), self._overdue(), self._meeting()]

    def _evaluated(self) -> Story:
        """CAT-3: approved by two of three members, published, evaluated since, to be reviewed again."""
        content = self._item("W03-01", "信用承诺履约信息（示例）", "Commitments kept (example)", begins_in=40)
        done = yield from self._published("catalogue_item", content, begun=110, review_days=60)
        yield 25
        self._meetings.evaluate(
            self._on(done, self._desk.officer),
            by="示范大学（示例）",
            findings="示例：执行平稳，未见不当扩大",
            outcome="keep",
            review_by=self._in(300),
        )
        self._tell("evaluated_proposal", done)

    def _overdue(self) -> Story:
        """CAT-3: published, and nobody reviewed it again by the day that was set."""
        content = self._measure("S02", "增加抽查比例（示例）", "More spot checks (example)", begins_in=40)
        done = yield from self._published("measure", content, begun=105, review_days=60)
        self._tell("overdue_review", done)

    def _meeting(self) -> Story:
        """CAT-3: laid before the members; one gave its view, the others are asked, the day is still to come."""
        content = self._item("W03-02", "信用培训参加信息（示例）", "Training taken (example)", begins_in=180)
        done = yield from self._called("catalogue_item", content, begun=12)
        yield 1
        done = self._view(done, self._members[0], "agree", "示例：依据充分，范围适当")
        self._tell("meeting", done)

    def _called(self, what: str, content: Mapping[str, Json], *, begun: int) -> Generator[int, None, Done]:
        """Proposed so many days ago, open for comment for five days, answered, and laid before the meeting."""
        to = self._meetings
        yield begun
        market = self._desk.officer
        done = to.propose(self._desk.ledger.entropy.uuid(), what=what, content=content, officer=market)
        yield begun - 1
        done = to.consult(self._on(done, self._first), closes=self._in(5))
        yield begun - 3
        transport = Officer("transport-1", self._desk.department("transport"))
        done = to.opine(self._on(done, transport), group="department", text="示例：无不同意见", author=None)
        author = {"name": "示例", "contact": "示例邮箱"}
        expert = self._on(done, self._first)
        done = to.opine(expert, group="expert", text="示例：建议明确归集频次", author=author)
        yield begun - 8
        for number, outcome in ((1, "adopted"), (2, "partly_adopted")):
            done = to.answer(
                self._on(done, self._first), number=number, outcome=outcome, answer="示例：按季度归集"
            )
        yield begun - 9
        return to.call(self._on(done, self._first), meets_on=self._in(10))

    def _published(
        self, what: str, content: Mapping[str, Json], *, begun: int, review_days: int
    ) -> Generator[int, None, Done]:
        """Also agreed to by two of three members, concluded by another officer on its day, and published."""
        done = yield from self._called(what, content, begun=begun)
        for days, view in enumerate(("agree", "disagree", "agree"), start=1):
            yield begun - 10 - days
            called = self._members[days - 1]
            self._view(done, called, view, f"示例：{'同意' if view == 'agree' else '认为频次过高'}")
        yield begun - 19
        concluding = self._on(done, self._second)
        done = self._meetings.conclude(
            concluding, outcome="approved", reasons="示例：多数成员单位同意", held_on=self._desk.today
        )
        yield begun - 20
        return self._meetings.publish(self._on(done, self._first), review_by=self._in(review_days))

    def _view(self, done: Done, member: Officer, view: str, reasons: str) -> Done:
        """A member's view under its own seal; how the proposal stands then, which no view moves."""
        sealed = sealed_view(
            proposal=str(done.case),
            revision=1,
            department=member.department,
            officer=member.pseudonym,
            view=view,
            reasons=reasons,
            ledger_id=self._desk.ledger.id.bytes,
            key=self._desk.keys[member.department],
        )
        self._meetings.give_view(self._on(done, member), act_of(sealed))
        return done

    def _item(self, code: str, zh: str, en: str, *, begins_in: int) -> dict[str, Any]:
        """An item of the city's own, in force so many days after the history begins."""
        national = next(item for item in self._desk.city.items if item.code == ITEM)
        begins = self._in(begins_in).isoformat()
        ours = replace(national, code=code, layer="municipal", bases=(BASIS,), name_zh=zh, name_en=en)
        return dict(replace(ours, effective_from=begins).to_json())

    def _measure(self, code: str, zh: str, en: str, *, begins_in: int) -> dict[str, Any]:
        """A measure of the city's own, likewise."""
        national = next(item for item in self._desk.city.measures if item.code == MEASURE)
        provision = replace(national.provisions[0], basis=BASIS)
        ours = replace(national, code=code, layer="local", provisions=(provision,), name_zh=zh, name_en=en)
        return dict(replace(ours, effective_from=self._in(begins_in).isoformat()).to_json())

    def _tell(self, name: str, done: Done) -> None:
        self.told[name] = {"proposal": str(done.case), "page": f"/registers/proposals/{done.case}"}

    def _in(self, days: int) -> Any:
        return self._desk.today + timedelta(days=days)

    @staticmethod
    def _on(done: Done, officer: Officer) -> HandleCase:
        return HandleCase(done.case, done.version, officer)
