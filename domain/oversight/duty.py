"""Whether the cases that had to be checked were checked (应查必查, QRY-5): a department's list against its queries.

Pure: the command gives the looks of each subject; what is recorded names cases by their numbers, and no subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.oversight.traces import plain
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect
from domain.shared.text import has_control

CASES_MAX = 200
CASE_CHARACTERS_MAX = 200
OUTCOMES = ("checked", "pending", "unclear", "other_case", "late", "missed")
"""已查、未到期、已删除不能判断、查询未写明该案件、事后补查、未查."""
GAPS = ("other_case", "late", "missed")


class DutyChecked(Event):
    """A department's cases that had to be checked were held against its logged queries (应查必查核对, 001 四(四)).

    In the department's own stream. ``results`` lists ``[case number, day, outcome]``, outcomes of :data:`OUTCOMES`;
    days are ISO text.
    """

    TOPIC: ClassVar[str] = "duty.checked"
    KIND: ClassVar[Kind] = Kind.DUTY_CHECKED
    PART_OF: ClassVar[Mapping[str, str]] = {"officer": "restricted", "results": "restricted"}
    department: str
    checked_on: str
    cases: int
    gaps: int
    officer: str
    results: list[list[str]]


@dataclass(frozen=True)
class Own:
    """One query of the department at the subject: its day and the case that it named."""

    on: date
    case: str


def outcome_of(case: str, day: date, queries: Sequence[Own], *, unclear: bool, today: date) -> str:
    """What became of one case: a query on its very day still counts as before the decision.

    ``unclear``: some look at the subject was erased since, so that nothing is known for sure.
    """
    named = [query for query in queries if plain(query.case) == plain(case)]
    if any(query.on <= day for query in named):
        return "checked"
    if day >= today:
        return "pending"
    if unclear:
        return "unclear"
    if named:
        return "late"
    return "other_case" if any(query.on <= day for query in queries) else "missed"


def case_defects(cases: Sequence[tuple[str, date]]) -> Iterator[Defect]:
    """Each case has a number, and stands on the list once."""
    numbers = [plain(case) for case, _ in cases]
    for place, (case, _) in enumerate(cases):
        if not plain(case) or len(case) > CASE_CHARACTERS_MAX or has_control(case):
            most = {"most": str(CASE_CHARACTERS_MAX)}
            yield Defect("QRY-5", "duty_case_number", f"/cases/{place}/case", most)
        elif numbers.index(plain(case)) < place:
            yield Defect("QRY-5", "duty_case_twice", f"/cases/{place}/case")


def known_cases(events: Iterable[Event]) -> frozenset[str] | None:
    """The numbers of all cases that a department ever sent; None when it sent none."""
    found = [event for event in events if isinstance(event, DutyChecked)]
    return frozenset(plain(case) for event in found for case, *_ in event.results) if found else None
