"""Flags in random histories: raised of refused acts, joined, answered, assigned anew, overdue and closed (ACC-2).

The source orders measures that are on no list; each such act is a cause, and at most one flag about it is open. The
credit office alone assigns and closes it, and against a unit only after that was heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.parties.acting import Officer
from domain.shared.kinds import Kind
from domain.transparency.merkle import leaf_hash
from tests.histories.bench import STALE
from tests.histories.overseeing import working_days_after
from tests.histories.subjects import Subjects
from tests.measures import FOOD

ANSWER_DAYS = 10
WHO = ("unit", "office", "former", "stranger")


@dataclass
class Flag:
    """The flag as the model has it: with whom it lies, until when it is to be answered, whether it was."""

    id: str
    unit: str
    answer_by: date
    times: int
    version: int = 1
    answered: bool = False
    overdue: bool = False


class Flagging(Subjects):
    """What the source tries that is on no list, and what becomes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.flag: Flag | None = None
        self.causes = self.bench.causes
        self.tax = self.bench.officer("tax")

    @rule()
    def order_what_is_on_no_list(self) -> None:
        """Refused, logged, and a cause from now on (MEA-1)."""
        record = sorted(self.subjects[0].records)[0]
        unit = [{"kind": "department", "code": self.source.department}]
        ground = {"kind": "record", "id": str(record)}
        said = {"measure": "W0", "provision": FOOD, "rests_on": ground, "responders": unit}
        self.bench.act("/v1/joint-actions", said, self.source, unlawful={"MEA-1"})
        self.measure_refused(self.source)

    def measure_refused(self, who: Officer) -> None:
        """A cause against the source, of whichever of its acts."""
        super().measure_refused(who)
        if who.department == self.source.department:
            self.causes.append(f"access:{self.bench.head('access')}")

    @rule()
    def look_for_flags(self) -> None:
        """The runner raises one flag of all causes, or lets them join the open one, and says what is overdue, once."""
        bench, flag, causes = self.bench, self.flag, self.causes
        before = bench.head("records")
        self.tick()
        bench.world.flags.run()
        found = [
            (row.topic, event)
            for row, event in zip(bench.rows("records", before), bench.events("records", before), strict=True)
            if row.topic.startswith("flag.") and self.is_ours(event)
        ]
        topics = [topic for topic, _ in found]
        late = flag is not None and not flag.answered and not flag.overdue and flag.answer_by < self.today
        expected = [] if not causes else ["flag.joined" if flag else "flag.raised"]
        assert topics == expected + (["flag.overdue"] if late else []), (topics, flag)
        if causes:
            event = found[0][1]
            # Each history begins on the same day: what one left may be dated after what the next one adds.
            assert (event.times, sorted(place for place, _ in event.evidence)) == (
                len(causes),
                sorted(causes),
            )
            if flag is None:
                due = working_days_after(self.today, ANSWER_DAYS)
                assert event.answer_by == due.isoformat()
                self.flag = Flag(str(event.originator_id), self.source.department, due, len(causes))
            else:
                flag.times, flag.version = flag.times + len(causes), flag.version + 1
            causes.clear()
        if late and flag is not None:
            flag.overdue, flag.version = True, flag.version + 1

    def is_ours(self, event: Any) -> bool:
        """Whether it is about the source's refused measures, and no other unit or rule."""
        raised = self.bench.world.ledger.load(event.originator_id)[0]
        named = (raised.rule, raised.unit, raised.what)  # type: ignore[attr-defined]
        return named == ("ACC-2", self.source.department, "refused")

    def one_who(self, who: str) -> Officer:
        """Who acts: whose flag it is, the office, whose it was, or somebody who never had a part."""
        assert self.flag is not None
        units = {self.source.department: self.source, self.tax.department: self.tax}
        own = units.pop(self.flag.unit)
        return {
            "unit": own,
            "office": self.bench.office,
            "former": next(iter(units.values())),
            "stranger": self.asker,
        }[who]

    @precondition(lambda self: self.flag)
    @rule(
        who=st.sampled_from([*WHO, "unit", "office", "office"]),
        what=st.sampled_from(["answer", "answer", "reassign", "corrected", "unfounded", "corrected"]),
        flaw=st.sampled_from(["", "", "", "said", "stale"]),
    )
    def handle_flag(self, who: str, what: str, flaw: str) -> None:
        self.handle(who, what, flaw)

    def handle(self, who: str, what: str, flaw: str) -> None:
        """A unit answers its own, the office does the rest; for everybody else it is not there."""
        flag, bench = self.flag, self.bench
        assert flag is not None
        acting = self.one_who(who)
        unlawful = {"ACC-1"} if who in ("former", "stranger") else set[str]()
        if (what == "answer") == (who == "office"):
            unlawful.add("ACC-2")
        if flaw == "said" or (what == "corrected" and not flag.answered and not flag.overdue):
            unlawful.add("ACC-2")
        unlawful |= {STALE} if flaw == "stale" else set()
        unit = next(
            u for u in (self.source.department, self.tax.department) if (u == flag.unit) == (flaw == "said")
        )
        path, said = f"/v1/flags/{flag.id}/close", dict[str, Any]()
        if what == "answer":
            path = f"/v1/flags/{flag.id}/answer"
            parts = {"public": {"answers": self.leaf(flaw)}, "restricted": {"statement": "已停止"}}
            said = bench.sealed(Kind.FLAG_ANSWERED, parts, flag.id, acting.department)
        elif what == "reassign":
            path = f"/v1/flags/{flag.id}/reassign"
            said = {"unit": unit, "responsible": "", "reasons": "应由该单位答复"}
        else:
            said = {"outcome": "forgiven" if flaw == "said" else what, "reasons": "已核实"}
        version = flag.version + (flaw == "stale")
        if not bench.act(path, said, acting, unlawful=unlawful, version=version):
            return
        flag.version += 1
        if what == "answer":
            flag.answered = True
        elif what == "reassign":
            flag.unit, flag.answered, flag.overdue = unit, False, False
            flag.answer_by = working_days_after(self.today, ANSWER_DAYS)
        else:
            self.flag = None

    def leaf(self, flaw: str) -> str:
        """The leaf hash of what is answered; another one where the answer shall be wrong."""
        assert self.flag is not None

        rows = self.bench.world.ledger.store.load("records", UUID(self.flag.id))
        return "0" * 64 if flaw == "said" else leaf_hash(rows[0].leaf).hex()

    def close(self) -> None:
        """None is left open: each history begins without one."""
        super().close()
        self.look_for_flags()
        if self.flag is None:
            self.order_what_is_on_no_list()
            self.look_for_flags()
        for who in WHO:
            self.handle(who, "answer", "said")
        for who in ("unit", "former", "stranger"):
            self.handle(who, "unfounded", "")
        self.handle("office", "reassign", "")
        before = self.bench.heads()
        assert self.flag is not None
        told = self.bench.send(
            f"/v1/flags/{self.flag.id}/state", {}, self.one_who("former"), credit_purpose="accountability"
        )
        self.bench.is_refused(told, self.one_who("former"), {"ACC-1"}, before)
        self.handle("office", "corrected", "")
        self.bench.world.clock.advance(days=20)
        self.order_what_is_on_no_list()
        self.look_for_flags()
        self.handle("office", "corrected", "")
        assert self.flag is None, "what nobody answered in time may be closed against its unit"
