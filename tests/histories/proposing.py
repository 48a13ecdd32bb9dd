"""Proposals in random histories: measures and standards drafted, commented on, reviewed, published, evaluated (CAT-3).

Each rests on a local regulation of its own, so that the clean-up ledger may stop it before or after it is in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from application.commands.acts import Done
from domain.catalogue.items import LegalBasis
from tests.histories.bench import NUMBERS, STALE, Days
from tests.measures import ITEMS, LIGHT
from tests.proposals import local_standard

PATH = "/v1/proposals"
LAW = {"measure": "CAT-3", "list_standard": "LST-3"}
COMMENT_DAYS = {"measure": 1, "list_standard": 30}
"""For how long the public is asked at least (49号(七)): 30 days for the standard of a list."""
FLAWS = ("", "", "", "", "who", "stale", "said")


@dataclass
class Draft:
    """A proposal as the model has it; ``regulation`` is what it rests on, ``answered`` each opinion by its number,
    ``authors`` who gave it."""

    case: str
    what: str
    content: dict[str, Any] = field(repr=False)
    regulation: str
    version: int = 1
    state: str = "proposed"
    closes: date = date.min
    answered: dict[int, bool] = field(default_factory=dict)
    authors: dict[int, str] = field(default_factory=dict)


class Proposing(Days):
    """What departments and the credit office do with drafts."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: list[Draft] = []
        self.stopped = set[str]()
        """Regulations of this history that were found without a basis of their own, and are so now."""
        self.suspended = set[str]()
        """Codes of what was in force when its regulation was stopped."""
        self.market = self.bench.officer("market")

    @rule(what=st.sampled_from(["measure", "measure", "list_standard"]), flaw=st.sampled_from(FLAWS))
    def propose(self, what: str, flaw: str) -> None:
        """The next version of something that can be read, by an officer of a department."""
        number = next(NUMBERS)
        regulation = f"示范市第{number}号条例"
        basis = LegalBasis(regulation, f"示人发〔2020〕{number}号", "第九条", "local_regulation")
        if what == "measure":
            provision = replace(ITEMS[LIGHT].provisions[0], basis=basis)
            own: dict[str, Any] = {"code": f"W{number}", "layer": "local", "effective_from": "2028-01-01"}
            content = dict(replace(ITEMS[LIGHT], provisions=(provision,), **own).to_json())
        else:
            content = local_standard(
                code=f"W06-{number}", standard_bases=(basis,), effective_from="2028-01-01"
            )
        said = {**content, "version": 7} if flaw in ("said", "stale") else content
        who = replace(self.market, pseudonym="nobody") if flaw == "who" else self.market
        unlawful = {"": (), "who": ("QRY-1",)}.get(flaw, ("CAT-3",))
        if told := self.bench.act(PATH, {"what": what, "content": said}, who, unlawful=unlawful):
            self.drafts.append(Draft(told["case"], what, content, regulation))

    @precondition(lambda self: self.drafts)
    @rule(
        data=st.data(),
        step=st.sampled_from(
            [
                "consult",
                "consult",
                "opinions",
                "answer",
                "review",
                "review",
                "publish",
                "publish",
                "revise",
                "evaluate",
            ]
        ),
        flaw=st.sampled_from(FLAWS),
    )
    def go_on(self, data: st.DataObject, step: str, flaw: str) -> None:
        """Any step on any draft: lawful only in its order, by whom it is for, with what it needs."""
        self.step(data.draw(st.sampled_from(self.drafts)), step, flaw)

    def step(self, draft: Draft, step: str, flaw: str) -> None:
        if (
            step == "review"
            and not flaw
            and draft.state == "consulting"
            and not self._against(draft, step, {})
        ):
            self.hold_meeting(draft)
            return
        law = LAW[draft.what]
        said, needed, reasons = self._said(draft, step, flaw)
        reasons |= self._against(draft, step, said) | (set() if draft.state == needed else {law})
        who, version = self.market if step in ("revise", "evaluate") else self.bench.office, draft.version
        if flaw == "who":
            who = self.market if who is self.bench.office else self.bench.officer("tax")
            reasons |= {law, "CAT-3"}
        if flaw == "stale" and step != "opinions":
            version, reasons = version + 1, reasons | {STALE}
        path = f"{PATH}/{draft.case}/{step}"
        if self.bench.act(path, said, who, unlawful=reasons, version=version):
            self._done(draft, step, said)

    def hold_meeting(self, draft: Draft) -> None:
        """The joint meeting is called, its members give their views, and the second officer records the outcome."""
        done = self.bench.lived.met(Done(UUID(draft.case), draft.version, 0, {}))
        draft.version, draft.state = done.version, "approved"

    def _against(self, draft: Draft, step: str, said: dict[str, Any]) -> set[str]:
        """Why a step is not lawful now, whoever takes it."""
        law, over = {LAW[draft.what]}, self.today > draft.closes
        if step == "publish":
            stopped = {"INS-2"} if draft.regulation in self.stopped else set()
            return stopped | (
                {"CAT-1", *law} if draft.what == "list_standard" else set()
            )  # its list is in no catalogue
        against = {
            "opinions": over,
            "review": not over or not all(draft.answered.values()),
            "answer": draft.answered.get(said.get("number", 0), True),
        }
        return law if against.get(step) else set()

    def _done(self, draft: Draft, step: str, said: dict[str, Any]) -> None:
        """What a lawful step leaves."""
        draft.version += 1
        if step == "consult":
            draft.state, draft.closes = "consulting", date.fromisoformat(said["closes"])
        elif step == "opinions":
            number, author = len(draft.answered) + 1, said["author"]["name"]
            draft.answered[number], draft.authors[number] = False, author
            self.bench.kept.add(author)
            self.bench.secret.add(author)
        elif step == "answer":
            draft.answered[said["number"]] = True
        else:
            draft.state = {"publish": "published"}.get(step, draft.state)

    def _said(self, draft: Draft, step: str, flaw: str) -> tuple[dict[str, Any], str, set[str]]:
        """What is said with a step, the state that it needs, and why what is said is not lawful."""
        today, wrong = self.today, flaw == "said"
        later = str(today if wrong else today + timedelta(days=400))
        law = {LAW[draft.what]} if wrong else set[str]()
        if step == "consult":
            closes = today + timedelta(days=COMMENT_DAYS[draft.what] - (1 if wrong else 0))
            return {"closes": str(closes)}, "proposed", law
        if step == "opinions":
            author = {"name": f"Author{next(NUMBERS)}Zz", "contact": "示例邮箱地址"}
            text = "联系电话：02712345678" if wrong else "期限过长"
            return (
                {"group": "public", "text": text, "author": author},
                "consulting",
                {"PUB-2"} if wrong else law,
            )
        if step == "answer":
            number = next((n for n, done in draft.answered.items() if not done), len(draft.answered) + 1)
            said = {
                "number": number,
                "outcome": "forgotten" if wrong else "not_adopted",
                "answer": "期限有法定依据",
            }
            return said, "consulting", law
        if step == "review":  # before no meeting
            return {"outcome": "approved", "reasons": "同意", "held_on": str(today)}, "meeting", law
        if step == "revise":
            content = {**draft.content, "version": 9} if wrong else draft.content
            return {"content": content}, "returned", {"CAT-3"} if wrong else law
        if step == "publish":
            return {"review_by": later}, "approved", law
        said = {"by": "示范大学", "findings": "运行良好", "outcome": "keep", "review_by": later}
        return said, "published", law

    def is_registered(self) -> None:
        """The register tells what was published and nothing else, and of that what rests on a stopped document."""
        for draft in self.drafts:
            answer = self.bench.web.http.get(f"/v1/measures/{draft.content['code']}")
            self.bench.tells_no_secret(answer)
            if draft.state != "published":
                assert answer.status_code == 404, draft
                continue
            (version,) = answer.get_json()["versions"]
            status = "suspended" if draft.content["code"] in self.suspended else "in_force"
            assert version["content"]["status"] == status, draft

    def close(self) -> None:
        """One draft goes all the way, with everybody who may not trying first."""
        super().close()
        if not self.drafts:
            self.propose("measure", "")
        draft = next(
            (d for d in self.drafts if d.what == "measure" and d.state != "published"), self.drafts[0]
        )
        for step in ("consult", "opinions", "answer", "review", "publish", "evaluate"):
            self.step(draft, step, "who")
            self.step(draft, step, "said")
            if step == "review" and draft.state == "consulting":
                self.step(draft, step, "")
                self.bench.world.clock.advance(days=2)
            self.step(draft, step, "")
        self.tick()
        self.is_registered()
