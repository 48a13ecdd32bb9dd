"""Joint action in random histories: the source names several departments, and each answers for itself (JNT-1, JNT-4).

One applies, one declines, one lets the day pass; what one of them says counts for no other. With the record behind it a
measure is suspended and ends, and who applied it is to report so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.parties.acting import Officer
from domain.shared.kinds import Kind
from domain.transparency.merkle import leaf_hash
from tests.histories.bench import STALE, Days
from tests.histories.subjects import Known, Subjects
from tests.measures import FOOD, LIGHT, applied_parts

FEEDBACK_DAY = 27
FEEDBACK = (
    date(2026, 11, 27),
    date(2026, 12, 25),
    *(date(2027, month, FEEDBACK_DAY) for month in range(1, 13)),
)
"""The 27th of each month; that of December is a Sunday, and none of 2027 is in the loaded calendar."""
CALENDAR_ENDS = date(2026, 12, 31)
TERM = timedelta(days=200)
WHATS = ("apply", "apply", "decline", "report", "report", "lift")


def feedback_after(day: date) -> date:
    """The first feedback day after a day."""
    return next(due for due in FEEDBACK if due > day)


@dataclass
class Joined:
    """One department's measure as the model has it; ``dues`` are the days that run, the first missed one first."""

    id: str
    known: Known
    record: UUID
    unit: str
    dues: list[date]
    version: int = 1
    state: str = "named"
    settled: bool = False

    @property
    def duty(self) -> str:
        """What its department is to do; empty when nothing is left."""
        if self.settled:
            return ""
        return {"named": "respond", "applied": "report", "ended": "report_lifted", "declined": ""}[self.state]

    @property
    def is_open(self) -> bool:
        """Whether it is applied, or still to be answered."""
        return self.state in ("named", "applied")


class Joining(Subjects, Days):
    """What the source asks other departments to apply, and what these do."""

    def __init__(self) -> None:
        super().__init__()
        self.joined: list[Joined] = []
        others = [a.code for a in self.bench.world.city.agencies if a.code != self.source.department]
        third = next(code for code in others if code != self.asker.department)
        named = next(o for o in self.bench.world.city.officers if o.department == third)
        self.units = [self.source, self.asker, Officer(named.key, third)]
        self.outsider = self.bench.officer("market")

    @rule(
        data=st.data(),
        units=st.sets(st.integers(0, 2), min_size=1),
        flaw=st.sampled_from(["", "", "", "twice", "unknown", "who"]),
    )
    def name_units(self, data: st.DataObject, units: set[int], flaw: str) -> None:
        known = self.drawn(data)
        record = data.draw(st.sampled_from(sorted(known.records)))
        self.name(known, record, [self.units[number].department for number in sorted(units)], flaw)

    def name(self, known: Known, record: UUID, units: list[str], flaw: str) -> None:
        """By who determined it, each department once, on what stands, and none that has the same measure of it."""
        who = self.units[1] if flaw == "who" else self.source
        named = units + (
            units[:1] if flaw == "twice" else ["914201007071161147"] if flaw == "unknown" else []
        )
        named = [self.source.department, *named] if flaw == "who" else named
        stacked = any(j.is_open and j.record == record and j.unit in named for j in self.joined)
        listed = stacked or known.records[record] != "standing"
        unlawful = ({"JNT-1", "MEA-1", "SHR-1"} if flaw else set()) | (
            {"MEA-1", "MEA-2"} if listed else set()
        )
        said: dict[str, Any] = {
            "measure": LIGHT,
            "provision": FOOD,
            "rests_on": {"kind": "record", "id": str(record)},
            "responders": [{"kind": "department", "code": code} for code in named],
        }
        told = self.bench.act("/v1/joint-actions", said, who, unlawful=unlawful)
        if listed:
            self.measure_refused(who)
        if not told:
            return
        due = feedback_after(self.today)
        assert (told["feedback_by"], told["provisional"]) == (due.isoformat(), due > CALENDAR_ENDS)
        assert [case["department"] for case in told["measures"]] == named
        self.joined += [Joined(c["case"], known, record, c["department"], [due]) for c in told["measures"]]

    @precondition(lambda self: self.joined)
    @rule(
        data=st.data(),
        who=st.sampled_from(["own", "own", "own", "initiator", "other", "outsider"]),
        what=st.sampled_from(WHATS),
        flaw=st.sampled_from(["", "", "", "said", "stale"]),
    )
    def answer_naming(self, data: st.DataObject, who: str, what: str, flaw: str) -> None:
        self.answer(data.draw(st.sampled_from(self.joined)), who, what, flaw)

    def answer(self, one: Joined, who: str, what: str, flaw: str = "") -> None:
        """By the department that was named, in its order and with words; nobody speaks for another."""
        own = next(unit for unit in self.units if unit.department == one.unit)
        other = next(unit for unit in self.units[::-1] if unit.department != one.unit)
        acting = {"own": own, "initiator": self.source, "other": other, "outsider": self.outsider}[who]
        lawful = (
            acting.department == one.unit
            and {
                "apply": one.state == "named",
                "decline": one.state == "named",
                "report": one.duty not in ("", "respond"),
                "lift": one.state == "applied",
            }[what]
        )
        unlawful = set[str]() if lawful and flaw != "said" else {"JNT-1", "JNT-4"}
        concerned = acting.department in (one.unit, self.source.department)
        gone = one.known.records[one.record] != "standing"
        beyond = what == "apply" and concerned and (flaw == "said" or gone)
        unlawful |= ({"MEA-1"} if beyond else set()) | ({STALE} if flaw == "stale" else set())
        said, version = self._words(one, what, flaw), one.version + (flaw == "stale")
        path = f"/v1/measure-cases/{one.id}/{what}"
        told = self.bench.act(path, said, acting, unlawful=unlawful, version=version)
        if beyond and flaw != "stale":
            self.measure_refused(acting)
        if not told:
            return
        one.version += 1
        if what == "report":
            one.dues, one.settled = [feedback_after(max(one.dues[0], self.today))], one.state == "ended"
            assert told["feedback_by"] == one.dues[0].isoformat()
        else:
            one.state = {"apply": "applied", "decline": "declined", "lift": "ended"}[what]
            one.settled = what == "lift"

    def _words(self, one: Joined, what: str, flaw: str) -> dict[str, Any]:
        """What is said with an act; nothing but a blank where that is the flaw."""
        words = " " if flaw == "said" else "已列为重点监管对象"
        if what != "apply":
            return {"done" if what == "report" else "reasons": words}
        ledger = self.bench.world.ledger
        first = ledger.store.load("records", UUID(one.id))[0]
        parts = applied_parts(
            {"measure": LIGHT, "version": 1, "provision": FOOD}, str(one.record), one.unit,
            leaf=leaf_hash(first.leaf).hex(), content=words,
            from_day=self.today.isoformat(), until=(self.bench.start.date() + TERM).isoformat(),
        )  # fmt: skip
        return self.bench.sealed(Kind.MEASURE_APPLIED, parts, one.id, one.unit)

    @rule()
    def read_worklists(self) -> None:
        self.is_told_to_everyone()

    def is_told_to_everyone(self) -> None:
        """Each department is told what it is to do itself and by when, and nothing of what the others are."""
        ours = {one.id for one in self.joined}
        for unit in (*self.units, self.outsider):
            tasks = self.bench.tasks(unit)
            assert {
                case: (task["step"], task["due"], task["version"])
                for case, task in tasks.items()
                if case in ours
            } == {
                one.id: (one.duty, one.dues[0].isoformat(), one.version)
                for one in self.joined
                if one.duty and one.unit == unit.department
            }

    def fell(self, known: Known, record: UUID, state: str) -> None:
        """The objection suspended what rested on the record, and its fall ended that."""
        super().fell(known, record, state)
        self.ends(record, events=2)

    def rests_now(self, known: Known, record: UUID) -> None:
        """A measure ends with the record that rests."""
        super().rests_now(known, record)
        self.ends(record, events=1)

    def ends(self, record: UUID, *, events: int) -> None:
        """What was never applied is over; of what was, its end is to be reported."""
        for one in self.joined:
            if one.record == record and one.is_open:
                one.settled, one.state, one.version = one.state == "named", "ended", one.version + events

    def days_passed(self) -> None:
        """A day that passed is recorded once for the department that missed it, and the next one runs beside it."""
        super().days_passed()
        for one in self.joined:
            if one.duty and one.dues[-1] < self.today:
                one.dues.append(feedback_after(self.today - timedelta(days=1)))
                one.version += 1

    def forget(self, known: Known) -> None:
        """Of somebody erased no measure is left."""
        super().forget(known)
        self.joined = [one for one in self.joined if one.known is not known]

    def close(self) -> None:
        """Three are named: one applies and reports, one declines, one says nothing until after the day."""
        super().close()
        known, units = self.subjects[0], [unit.department for unit in self.units]
        self.determine_about(known, "一般")
        record = list(known.records)[-1]
        for flaw in ("who", "twice", "unknown", "", ""):
            self.name(known, record, units, flaw)
        late, applies, declines = self.joined[-3:]
        for one, what in ((applies, "apply"), (declines, "decline")):
            for who, flaw in (
                ("outsider", ""),
                ("other", ""),
                ("own", "said"),
                ("own", "stale"),
                ("own", ""),
            ):
                self.answer(one, who, what, flaw)
        for who in ("initiator", "other", "own", "own"):
            self.answer(applies, who, "report")
        self.answer(declines, "own", "report")
        self.is_told_to_everyone()
        days = applies.dues[0] - timedelta(days=1) - self.today
        self.bench.world.clock.advance(days=days.days)
        self.bench.world.deadlines.run()
        self.days_passed()
        assert len(late.dues) > 1, "its day is over"
        self.is_told_to_everyone()
        self.answer(late, "own", "apply")
        self.answer(late, "own", "report")
        self.answer(late, "own", "lift")
        self.take_back(known, record)
        self.is_told_to_everyone()
        self.answer(applies, "own", "report")
        self.answer(applies, "own", "report")
        self.is_told_to_everyone()
