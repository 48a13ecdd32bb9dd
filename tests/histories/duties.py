"""Checks of duty in random histories: what had to be checked is held against the department's own queries (QRY-5).

Which query names which case, and on which day it was made, the model knows of each look; the gap is its arithmetic.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.parties.acting import Officer
from tests.histories.bench import NUMBERS, Days
from tests.histories.subjects import CASE, Known, Subjects

PATH = "/v1/duty-checks"
NAMING = ("shared", "green_channel", "watch_list", "references", "report")
"""What a department sees of a subject for the case that it names."""
GAPS = ("other_case", "late", "missed")


class Dutiful(Subjects, Days):
    """What departments send of their cases, and what they are told of them."""

    @rule(
        data=st.data(),
        who=st.sampled_from(["asker", "asker", "source"]),
        ago=st.integers(-1, 6),
        flaw=st.sampled_from(["", "", "", "who", "twice"]),
    )
    def send_cases(self, data: st.DataObject, who: str, ago: int, flaw: str) -> None:
        day = self.today - timedelta(days=ago)
        self.check(self.asker if who == "asker" else self.source, self.drawn(data), day, flaw)

    def check(self, who: Officer, known: Known, day: date, flaw: str = "") -> None:
        """A list of the case that every query names, of one that none does, and of one whose day is to come."""
        cases = [
            (CASE, known, day),
            (f"示核〔2026〕{next(NUMBERS)}号", known, day),
            (f"示核〔2026〕{next(NUMBERS)}号", self.subjects[0], self.today + timedelta(days=1)),
        ]
        cases += cases[:1] if flaw == "twice" else []
        said = {
            "cases": [{"case": c, "subject": {"code": k.code}, "day": d.isoformat()} for c, k, d in cases]
        }
        acting = replace(who, pseudonym="nobody") if flaw == "who" else who
        unlawful = {"": set[str](), "who": {"QRY-1"}, "twice": {"QRY-5"}}[flaw]
        found = [[c, d.isoformat(), self.outcome(who, c, k, d)] for c, k, d in cases]
        told = self.bench.act(PATH, said, acting, unlawful=unlawful)
        if told:
            gaps = [
                dict(zip(("case", "day", "outcome"), one, strict=True)) for one in found if one[2] in GAPS
            ]
            assert (told["sent"], told["gaps"]) == (len(cases), len(gaps)), (told, found)
            self.is_told(who, told["version"], Counter(one[2] for one in found), gaps)

    def outcome(self, who: Officer, case: str, known: Known, day: date) -> str:
        """What became of a case, by the looks that the department had at its subject."""
        own = [
            (on, view in NAMING and case == CASE)
            for (view, department, _), on in zip(known.looks, known.days, strict=True)
            if department == who.department
        ]
        named = [on for on, names in own if names]
        if any(on <= day for on in named):
            return "checked"
        if day >= self.today:
            return "pending"
        if named:
            return "late"
        return "other_case" if any(on <= day for on, _ in own) else "missed"

    def is_told(self, who: Officer, number: int, counts: Counter[str], gaps: list[dict[str, Any]]) -> None:
        """The department itself and the credit office read which were not checked; for all others it is not there."""
        said = {"department": who.department, "number": number}
        for reader in (who, self.bench.office):
            answer = self.bench.send(f"{PATH}/report", said, reader, credit_purpose="accountability")
            assert answer.status_code == 200, answer.text
            told = answer.get_json()
            assert (told["number"], told["gaps"]) == (number, gaps)
            assert +Counter(told["counts"]) == counts
        stranger = self.asker if who is self.source else self.source
        for asked in (said, {**said, "department": "none"}):
            before = self.bench.heads()
            answer = self.bench.send(f"{PATH}/report", asked, stranger, credit_purpose="accountability")
            self.bench.is_refused(answer, stranger, {"QRY-5"}, before)

    def close(self) -> None:
        """Of a case that was checked in time, one checked too late, and one never, by whoever may and who may not."""
        super().close()
        known = self.meet()
        self.subjects[1] = known
        for flaw in ("who", "twice"):
            self.check(self.asker, known, self.today, flaw)
        yesterday = self.today - timedelta(days=1)
        self.check(self.asker, known, yesterday)
        self.query(known, self.asker)
        for day in (yesterday, self.today):
            self.check(self.asker, known, day)
        self.check(self.source, known, yesterday)
