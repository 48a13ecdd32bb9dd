"""The clean-up ledger in random histories: documents entered, found without a basis, and given one (INS-1, INS-2).

What rests on a stopped document stops with it, in force or not; what is drafted on one is not published.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from interfaces.client.instruments import XLSX
from tests.histories.bench import NUMBERS
from tests.histories.proposing import Proposing
from tests.ledger_books import KEPT, ROW, book, row

PATH = "/v1/instruments"


class CleaningUp(Proposing):
    """What units send in their ledgers, about the very regulations on which drafts rest."""

    def __init__(self) -> None:
        super().__init__()
        self.entered: dict[str, str] = {}
        """Regulation -> what its unit said of it last: kept or not."""
        self.contacts: dict[str, set[str]] = {}
        """Regulation -> everybody who ever answered for it."""
        self.transport = self.bench.officer("transport")

    @precondition(lambda self: self.drafts)
    @rule(
        data=st.data(),
        kept=st.sampled_from([False, False, True]),
        flaw=st.sampled_from(["", "", "unit", "cell"]),
    )
    def send_ledger(self, data: st.DataObject, kept: bool, flaw: str) -> None:
        self.send_row(data.draw(st.sampled_from(self.drafts)).regulation, kept, flaw)

    def send_row(self, regulation: str, kept: bool, flaw: str) -> None:
        """A row: taken, standing already, or told why not; a document without basis stops what rests on it."""
        bench, contact = self.bench, f"Contact{next(NUMBERS)}Zz"
        known = self.entered.get(regulation, "")
        said = {
            **(KEPT if kept else {}),
            "title": f"《{regulation}》",
            "contact": known.partition("/")[2] or contact,
        }
        said |= {"unit": {"unit_name": "示范市市场监督管理局"}, "cell": {"shares": "或许"}}.get(flaw, {})
        now = f"{'kept' if kept else ROW['disposition']}/{said['contact']}"
        before = bench.heads()
        answer = bench.send(PATH, book(row(**said)), self.transport, media=XLSX)
        assert answer.status_code == 201, answer.text
        told = answer.get_json()["receipt"]
        unchanged = not flaw and now == known
        expected = (0, 1, 0) if unchanged else (0, 0, 1) if flaw else (1, 0, 0)
        assert (told["taken"], told["unchanged"], told["refused"]) == expected, told
        assert (bench.head("records") > before["records"]) == (expected[0] == 1)
        if flaw:
            (refused,) = bench.events("access", before["access"])
            assert {rule for _, rule, *_ in refused.refused} == {"INS-1"}
        if expected[0]:
            self.entered[regulation] = now
            self.contacts.setdefault(regulation, set()).add(said["contact"])
            bench.kept.add(said["contact"])
            bench.secret.add(said["contact"])
            self.stop(regulation, stopped=not kept)

    def stop(self, regulation: str, *, stopped: bool) -> None:
        """What is in force on it then is suspended, and stays so: only its next version is sound again."""
        (self.stopped.add if stopped else self.stopped.discard)(regulation)
        if stopped:
            self.suspended |= {
                draft.content["code"]
                for draft in self.drafts
                if draft.regulation == regulation and draft.state == "published"
            }

    def is_public(self) -> None:
        """Anyone is told of each document whether it stops, and of nobody who answers for it."""
        answer = self.bench.web.http.get(PATH)
        self.bench.tells_no_secret(answer)
        told = {d["title"].strip("《》"): d["stopped"] for d in answer.get_json()["documents"]}
        assert {name: told.get(name) for name in self.entered} == {
            name: name in self.stopped for name in self.entered
        }

    def close(self) -> None:
        super().close()
        draft = next(iter(self.drafts))
        for flaw in ("unit", "cell", ""):
            self.send_row(draft.regulation, False, flaw)
        self.is_public()
        self.stop_before_publication()
        self.tick()
        self.is_registered()

    def stop_before_publication(self) -> None:
        """What is approved is not published while its regulation has no basis, and is once that has one."""
        self.propose("measure", "")
        draft = self.drafts[-1]
        self.step(draft, "consult", "")
        self.bench.world.clock.advance(days=2)
        self.step(draft, "review", "")
        for kept in (False, True):
            self.send_row(draft.regulation, kept, "")
            self.step(draft, "publish", "")
