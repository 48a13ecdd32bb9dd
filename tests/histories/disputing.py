"""Objections to entries in random histories: filed at the portal, answered by another officer, upheld, overdue (OBJ-1).

Of whom an entry is, and whether it stands, the model of ``entering.py`` knows; here it knows besides what is said
against it, and until when it is to be answered. An id that was an entry's, a record's or a case's is nobody's again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.parties.acting import Officer
from domain.remedies.events import ObjectionOverdue
from domain.shared.kinds import Kind
from tests.entries import RED
from tests.histories.entering import EXCLUDED, Entering
from tests.histories.overseeing import working_days_after
from tests.histories.subjects import Known
from tests.remedies import FIRST, REMEDIES

CALENDAR_ENDS = date(2026, 12, 31)
"""Beyond this day no calendar is loaded: what is due later is provisional."""
PATHS = {
    "red": "/v1/red-list-entries",
    "watch": "/v1/watch-list-entries",
    "reference": "/v1/reference-entries",
}
ENDS = {"red": Kind.RED_REMOVED, "watch": Kind.WATCH_ENDED, "reference": Kind.REFERENCE_ENDED}


class Disputing(Entering):
    """What subjects say against their entries, and what the department that made them answers."""

    def __init__(self) -> None:
        super().__init__()
        self.disputes: dict[str, date] = {}
        """Entry -> the last day for the answer, while it is waited for."""
        self.ever: dict[str, tuple[Known, str]] = {}
        """Every entry of this history, whose it is and of which sort, also when it ended."""

    def entries(self) -> Iterator[tuple[str, Known, str]]:
        """What stands."""
        for known in self.subjects:
            held: dict[str, Iterable[str]] = {
                "red": known.red,
                "watch": known.watched,
                "reference": known.referred,
            }
            yield from ((entry, known, sort) for sort, of in held.items() for entry in of)

    def follow(self) -> None:
        """What ended takes the objection to it along, whoever ended it."""
        stands = {entry: (known, sort) for entry, known, sort in self.entries()}
        self.ever |= stands
        self.disputes = {entry: due for entry, due in self.disputes.items() if entry in stands}

    def also_marked(self) -> set[tuple[UUID, UUID]]:
        """OBJ-2: each entry that is objected to, and no other."""
        self.follow()
        return super().also_marked() | {(UUID(entry), UUID(entry)) for entry in self.disputes}

    @precondition(lambda self: any(self.entries()) or self.ever)
    @rule(data=st.data(), flaw=st.sampled_from(["", "", "", "other", "nobody", "grounds", "who"]))
    def dispute(self, data: st.DataObject, flaw: str) -> None:
        self.follow()
        self.dispute_one(data.draw(st.sampled_from(sorted(self.ever))), flaw)

    def dispute_one(self, entry: str, flaw: str) -> None:
        """By its own subject alone, with grounds, while it stands and nothing is said against it yet."""
        self.follow()
        known, _ = self.ever[entry]
        subject = next(k for k in self.subjects if k is not known) if flaw == "other" else known
        named = str(uuid4()) if flaw == "nobody" else entry
        said: dict[str, Any] = {
            "subject": {"code": subject.code},
            "grounds": " " if flaw == "grounds" else "列入有误",
        }
        who = (
            replace(self.asker, pseudonym="") if flaw == "who" else Officer("", self.bench.office.department)
        )
        ended = entry not in {one for one, *_ in self.entries()}
        unlawful = (
            {"PRV-3"} if flaw == "who" else {"OBJ-1"} if flaw or ended or entry in self.disputes else set()
        )
        path = f"/v1/entries/{named}/object"
        told = self.bench.act(path, said, who, unlawful=unlawful, credit_on_behalf_of="subject")
        if told:
            due = working_days_after(self.today, self.bench.answer_days)
            assert (told["answer_by"], told["provisional"]) == (due.isoformat(), due > CALENDAR_ENDS)
            self.disputes[entry] = due
            self.is_marked_in_view(entry)

    def is_marked_in_view(self, entry: str) -> None:
        """OBJ-2: everybody who sees it is told that it is objected to; it stays, until it is answered."""
        self.tick()
        known, sort = self.ever[entry]
        if sort == "red":
            shown = self.bench.world.lookup.record(UUID(entry))
            assert (shown is not None) == (entry in known.red)
            assert shown is None or shown.objected == (entry in self.disputes)

    @precondition(lambda self: self.ever)
    @rule(
        data=st.data(),
        who=st.sampled_from(["other", "other", "same", "elsewhere", "nobody"]),
        reasons=st.sampled_from(["经核实一致", "经核实一致", " "]),
    )
    def answer_dispute(self, data: st.DataObject, who: str, reasons: str) -> None:
        self.follow()
        waiting = sorted(self.disputes) or sorted(self.ever)
        self.reject_one(data.draw(st.sampled_from(waiting)), who, reasons)

    def reject_one(self, entry: str, who: str, reasons: str = "经核实一致") -> None:
        """By another officer of the department than who made the entry, with reasons, once."""
        self.follow()
        source = self.source.department
        officer = {
            "other": Officer(FIRST, source),
            "same": self.source,
            "elsewhere": self.asker,
            "nobody": Officer("nobody", source),
        }[who]
        pending = entry in self.disputes
        lawful = who == "other" and pending and reasons.strip()
        unlawful = set() if lawful else {"QRY-1"} if who == "nobody" else {"OBJ-3"}
        said = {"reasons": reasons, "remedies": REMEDIES}
        if self.bench.act(f"/v1/entries/{entry}/reject", said, officer, unlawful=unlawful):
            del self.disputes[entry]
            self.is_marked_in_view(entry)

    def uphold(self, entry: str) -> None:
        """The department ends the entry, which answers the objection: in no view and on no worklist from then on."""
        known, sort = self.ever[entry]
        of = {"red": known.red, "reference": known.referred}
        leaf = known.watched[entry][0] if sort == "watch" else of[sort][entry]
        today, path = self.today.isoformat(), f"{PATHS[sort]}/{entry}/{'remove' if sort == 'red' else 'end'}"
        public = {"ends": leaf, "ended_on": today}
        if sort == "red":
            public = {"list_code": RED, "removes": leaf, "removed_on": today, "by": ""}
        if sort != "reference":
            public["cause"] = "criteria_lost" if sort == "red" else "corrected"
        self.end_entry(ENDS[sort], entry, path, public, set())
        if sort == "red":
            self.leaves_red_list(known)
        else:
            (known.watched if sort == "watch" else known.referred).pop(entry)
        self.follow()
        self.waits_for_answers()

    def waits_for_answers(self) -> None:
        """What the department is told to answer, and until when: these objections and no other to an entry."""
        self.follow()
        tasks = {case: task for case, task in self.bench.tasks(self.source).items() if case in self.ever}
        assert {case: task["due"] for case, task in tasks.items()} == {
            entry: due.isoformat() for entry, due in self.disputes.items()
        }

    def days_passed(self) -> None:
        """Which answer is late is recorded once, and the objection waits on."""
        super().days_passed()
        self.follow()
        for entry, due in self.disputes.items():
            events = self.bench.world.ledger.load(UUID(entry))
            late = [event for event in events if isinstance(event, ObjectionOverdue)]
            assert len(late) == (due < self.today), (entry, due)

    @rule(data=st.data(), sort=st.sampled_from(sorted(PATHS)))
    def use_id_again(self, data: st.DataObject, sort: str) -> None:
        known = self.drawn(data)
        taken = data.draw(st.sampled_from(sorted({*self.ever, *map(str, known.records)})))
        self.reuse(known, sort, taken)

    def reuse(self, known: Known, sort: str, taken: str) -> None:
        """An entry under an id that something has already is refused, whatever it says."""
        if sort == "red":
            self.put_on_red_list(known, "", taken)
        elif sort == "watch":
            self.watch_one(known, sorted(known.standing or known.records)[0], "", taken)
        else:
            self.refer_one(known, "", taken)

    def forget(self, known: Known) -> None:
        """Nobody objects to an entry of somebody erased."""
        super().forget(known)
        self.ever = {entry: of for entry, of in self.ever.items() if of[0] is not known}

    def close(self) -> None:
        """An entry of each sort is objected to by whoever may not and by whom it is; rejected, upheld, left overdue."""
        super().close()
        known, other = self.subjects
        for record in sorted(known.standing):
            if known.severity[record] in EXCLUDED:
                self.take_back(known, record)
        self.put_on_red_list(known, "")
        self.determine_about(other, "一般")
        if not other.watched:
            self.watch_one(other, sorted(other.standing)[-1], "")
        self.refer_one(known, "")
        self.follow()
        (red,), (watched,) = known.red, other.watched
        referred = list(known.referred)[-1]
        for entry, flaws in (
            (red, ("other", "grounds", "who", "")),
            (watched, ("nobody", "")),
            (referred, ("",)),
        ):
            for flaw in flaws:
                if flaw or entry not in self.disputes:
                    self.dispute_one(entry, flaw)
        self.dispute_one(red, "")
        for who in ("same", "elsewhere", "nobody"):
            self.reject_one(red, who)
        self.reject_one(watched, "same")
        self.reject_one(red, "other", " ")
        self.reject_one(red, "other")
        self.reject_one(red, "other")
        self.dispute_one(red, "")
        self.uphold(watched)
        self.uphold(red)
        self.dispute_one(red, "")
        self.reject_one(red, "other")
        self.reuse(known, "red", red)
        self.reuse(known, "reference", watched)
        self.reuse(known, "reference", str(sorted(known.records)[0]))
        late = max(self.disputes.values()) - self.today + timedelta(days=1)
        for days in (late.days, 1):
            self.bench.world.clock.advance(days=days)
            self.bench.world.deadlines.run()
            self.days_passed()
        for entry in sorted(self.disputes):
            self.reject_one(entry, "other")
        self.waits_for_answers()
