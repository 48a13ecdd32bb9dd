"""Tip-offs of the public in random histories: filed, opened, handled, followed and erased (WHS-1).

The model knows each tip-off's words, where it lies and what was done; who reported, and about whom, is in no answer but
that to a named handler who opened it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.parties.acting import Officer
from tests.histories.bench import NUMBERS, STALE, Acts

PATH = "/v1/tip-offs"
PURPOSE = "tip_off_handling"
AFTER = {
    "accepted": {"filed", "forwarded"},
    "forwarded": {"filed", "accepted", "forwarded"},
    "answered": {"accepted", "answered"},
    "closed": {"filed", "accepted", "forwarded", "answered"},
}
"""Which step may follow which, as the office's instructions to handlers say."""


@dataclass
class Filed:
    """A tip-off as the model has it: its receipt, its words, where it lies, and its past."""

    number: str
    secret: str
    reporter: tuple[str, str]
    report: tuple[str, str]
    lies: str
    state: str = "filed"
    version: int = 1
    accepted: bool = False
    openings: list[tuple[str, list[str]]] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def words(self) -> set[str]:
        """Everything that is sealed."""
        return {*self.reporter, *self.report}


class TippingOff(Acts):
    """What the public and handlers do with tip-offs."""

    def __init__(self) -> None:
        super().__init__()
        self.tip_offs: list[Filed] = []
        self.handlers = {
            self.bench.story.office: Officer("handler-1", self.bench.story.office),
            self.bench.story.source: Officer("handler-2", self.bench.story.source),
        }

    @rule()
    def tip_off(self) -> None:
        """Anyone, without any signature: one event, and a receipt."""
        number, bench = next(NUMBERS), self.bench
        name, contact, about, text = (f"{word}{number}Zz" for word in ("Name", "Contact", "About", "Text"))
        said = {"about": about, "text": text, "reporter": {"name": name, "contact": contact}}
        before = bench.head("access")
        answer = bench.web.http.post(PATH, json=said)
        assert answer.status_code == 201 and bench.head("access") == before + 1
        told = answer.get_json()
        filed = Filed(told["number"], told["secret"], (name, contact), (about, text), bench.story.office)
        bench.secret |= filed.words
        bench.kept |= filed.words
        bench.tells_no_secret(answer)
        self.tip_offs.append(filed)

    @precondition(lambda self: self.tip_offs)
    @rule(
        data=st.data(),
        show=st.sampled_from(["report", "reporter"]),
        flaw=st.sampled_from(["", "", "who", "why"]),
    )
    def open_tip_off(self, data: st.DataObject, show: str, flaw: str) -> None:
        self.open_sealed(data.draw(st.sampled_from(self.tip_offs)), show, flaw)

    def open_sealed(self, filed: Filed, show: str, flaw: str) -> None:
        """A named handler where it lies, with a reason that names nobody; who reported only once it is accepted."""
        bench, who = self.bench, self.handlers[filed.lies]
        if flaw == "who":
            who = bench.office if filed.lies == bench.story.source else self.handlers[bench.story.source]
        elsewhere = next(h for code, h in self.handlers.items() if code != filed.lies)
        who = elsewhere if flaw == "elsewhere" else who
        reason = f"核实 {filed.reporter[0]}" if flaw == "why" else "核实举报内容"
        early = show == "reporter" and not filed.accepted
        unlawful = {"WHS-1"} if flaw or early or filed.state == "closed" else set[str]()
        before = bench.heads()
        said = {"show": [show], "reason": reason}
        words = filed.reporter if show == "reporter" else filed.report
        path = f"{PATH}/{filed.number}/open"
        answer = bench.send(path, said, who, credit_purpose=PURPOSE, may_tell=() if unlawful else words)
        if unlawful:
            bench.is_refused(answer, who, unlawful, before)
            return
        assert answer.status_code == 200, answer.text
        assert all(word in answer.text for word in words)
        assert bench.head("access") == before["access"] + 1 and bench.head("records") == before["records"]
        filed.version += 1
        filed.openings.append((who.pseudonym, [show]))

    @precondition(lambda self: self.tip_offs)
    @rule(
        data=st.data(),
        step=st.sampled_from(sorted(AFTER)),
        flaw=st.sampled_from(["", "", "", "who", "names", "stale"]),
    )
    def handle_tip_off(self, data: st.DataObject, step: str, flaw: str) -> None:
        self.take_step(data.draw(st.sampled_from(self.tip_offs)), step, flaw)

    def take_step(self, filed: Filed, step: str, flaw: str) -> None:
        """A step in its order, by a handler where it lies, in words that name nobody."""
        who = self.bench.office if flaw == "who" else self.handlers[filed.lies]
        to = next(code for code in self.handlers if code != filed.lies) if step == "forwarded" else ""
        said = {"step": step, "to": to, "text": f"已转 {filed.report[0]}" if flaw == "names" else "已核实"}
        unlawful = {"WHS-1"} if filed.state not in AFTER[step] or flaw in ("who", "names") else set[str]()
        unlawful |= {STALE} if flaw == "stale" else set()
        version = filed.version + (1 if flaw == "stale" else 0)
        path = f"{PATH}/{filed.number}/steps"
        if not self.bench.act(path, said, who, unlawful=unlawful, version=version, log="access"):
            return
        filed.version, filed.state = filed.version + 1, step
        filed.accepted = step != "forwarded" and (filed.accepted or step == "accepted")
        filed.lies = to or filed.lies
        filed.steps.append((step, who.department))

    @precondition(lambda self: self.tip_offs)
    @rule(data=st.data())
    def follow_tip_off(self, data: st.DataObject) -> None:
        self.follow_one(data.draw(st.sampled_from(self.tip_offs)))

    def follow_one(self, filed: Filed) -> None:
        """Whoever holds the receipt is told all that was done and by whom it was opened; nobody else is told it is."""
        http, bench = self.bench.web.http, self.bench
        known = {"number": filed.number, "secret": filed.secret}
        told = http.post(f"{PATH}/follow-up", json=known)
        bench.tells_no_secret(told)
        assert (told.get_json()["state"], told.get_json()["department"]) == (filed.state, filed.lies)
        assert [(o["officer"], o["shown"]) for o in told.get_json()["openings"]] == filed.openings
        assert [(s["step"], s["department"]) for s in told.get_json()["steps"]] == filed.steps
        strange = (
            {**known, "secret": "0" * 40},
            {"number": str(UUID(int=next(NUMBERS))), "secret": filed.secret},
        )
        unknown = [http.post(f"{PATH}/follow-up", json=asked) for asked in strange]
        assert [answer.status_code for answer in unknown] == [404, 404]
        assert unknown[0].get_json() | {"instance": ""} == unknown[1].get_json() | {"instance": ""}

    def close(self) -> None:
        super().close()
        if not self.tip_offs:
            self.tip_off()
        filed = self.tip_offs[0]
        for flaw in ("who", "why", "elsewhere"):
            self.open_sealed(filed, "report", flaw)
        for show in ("reporter", "report"):
            self.open_sealed(filed, show, "")
        for step, flaw in (("accepted", "who"), ("closed", "names"), ("closed", "stale"), ("answered", "")):
            self.take_step(filed, step, flaw)
        for each in self.tip_offs:
            self.follow_one(each)
