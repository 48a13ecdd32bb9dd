"""The monthly notice (按月通报, 15号 三(二)): which units are late, left a document out, or issued a new one amiss.

A pure function of the ledger as it stood when the month ended, so that anyone computes the same from the events.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.instruments.basis import cites, year_of
from domain.instruments.events import ReturnFiled
from domain.instruments.ledger import Instrument
from domain.shared.canonical import Json
from domain.shared.refusals import Defect, Refused

OPINION_YEAR = 2020
"""49号 was issued in December 2020: no document of a later year may set measures against it (15号 二(一))."""
UNITS_BELOW = frozenset({"local_government_rule", "normative_document", "internal"})
"""Levels of documents that a unit of the city issues, and that belong into its ledger when an item cites them."""
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Cited:
    """A document of a unit that a catalogue item in force cites as a basis."""

    item: str
    title: str
    number: str


def last_of(month: str, *, today: date, rule: str = "INS-3") -> date:
    """The last day of a month that is over (``2026-11``). Raises ``Refused`` (FORMAT, ``rule``) for any other text."""
    found = _MONTH.fullmatch(month)
    if found is None:
        raise Refused(Defect("FORMAT", "member_invalid", "/month", {"where": "/month"}))
    year, number = int(found[1]), int(found[2])
    last = date(year, number, monthrange(year, number)[1])
    if last >= today:
        raise Refused(Defect(rule, "notice_month_not_over", "/month"))
    return last


def notice_of(
    last: date,
    *,
    units: Mapping[str, str],
    documents: Sequence[Instrument],
    returns: Iterable[ReturnFiled],
    cited: Iterable[Cited],
) -> dict[str, Json]:
    """The notice of the month that ended on ``last``; ``units`` are names by code, all else as it stood then."""
    filed = list(returns)
    told: list[Json] = [
        _of_unit(
            last, code, name, [d for d in documents if d.unit == code], [f for f in filed if f.unit == code]
        )
        for code, name in sorted(units.items())
    ]
    left_out: list[Json] = [
        {"item": found.item, "title": found.title}
        for found in sorted(cited, key=lambda c: (c.item, c.title))
        if not any(cites(d.entry.title, title=found.title, number=found.number) for d in documents)
    ]
    return {"until": last.isoformat(), "units": told, "cited_and_left_out": left_out}


def _of_unit(
    last: date, code: str, name: str, documents: Sequence[Instrument], returns: Sequence[ReturnFiled]
) -> dict[str, Json]:
    late: list[Json] = [
        {"title": document.entry.title, "what": what, "due": due}
        for document in documents
        for what, due in document.missed(last + timedelta(days=1))
    ]
    told_of = {f.title for f in returns if f.what == "omission" and f.title}
    omitted: list[Json] = [
        title
        for title in sorted(told_of)
        if not any(cites(d.entry.title, title=title, number="") for d in documents)
    ]
    new: list[Json] = [
        document.entry.title
        for document in documents
        if not document.sufficient
        and year_of(document.entry.title) > OPINION_YEAR
        and (document.entered_on.year, document.entered_on.month) == (last.year, last.month)
    ]
    return {
        "unit": code,
        "name": name,
        "documents": len(documents),
        "stopped": sum(document.stopped is not None for document in documents),
        "completed": sum(document.completed_on is not None for document in documents),
        "no_ledger": not documents and not any(f.what == "nil" for f in returns),
        "late": late,
        "omitted": omitted,
        "new_nonconforming": new,
        "summary_filed": any(f.what == "summary" for f in returns),
    }
