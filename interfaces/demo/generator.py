"""Makes the files that the demo city's agencies send: same seed, same day, same bytes.

The files go through the ordinary client and intake like any other; the planted defects say which rows
must be refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from random import Random

import xlsxwriter  # type: ignore[import-untyped]

from domain.catalogue.items import SEVERITIES
from interfaces.demo.city import DemoCity
from interfaces.demo.rows import (
    LICENCE_DEFECTS,
    PENALTY_DEFECTS,
    Cell,
    Maker,
    Row,
    licence,
    penalty_of_organisation,
    penalty_of_person,
    spoil,
)

SHEET = "行政处罚"
SEVERITY_COLUMN = ("失信严重程度", "DISCREDIT_LEVEL")
PLANTED_MAX = {"penalties": 6, "licences": 3}
ROWS_PER_PLANTED = 10
ITEMS = {"penalty": "C03-02", "licence": "C03-01"}


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect put into a file on purpose: data row 1 is the first row under the headers."""

    file: str
    row: int
    defect: str


@dataclass(frozen=True)
class GeneratedCity:
    """All files by name, and the defects that stand in them; ``sender`` names each file's department code."""

    files: dict[str, bytes]
    sender: dict[str, str]
    planted: tuple[Planted, ...]


def generate_city(
    city: DemoCity, seed: int, *, today: date, penalties: int, licences: int, people: int
) -> GeneratedCity:
    """The files of all six agencies, so many rows per file and agency.

    ``penalties-N.xlsx`` and ``people-N.xlsx`` have two header rows (Chinese names, codes),
    ``licences-N.csv`` is GB18030 with codes. Penalties of every second agency carry a severity column.
    ``people`` files have no defect. Decisions lie in the 300 days up to ``today`` within the items'
    term; raises ``ValueError`` when ``today`` is before that term.
    """
    files: dict[str, bytes] = {}
    sender: dict[str, str] = {}
    planted: list[Planted] = []
    for number, agency in enumerate(city.agencies, start=1):
        random = Random(f"{seed}/{agency.key}")  # noqa: S311 - made-up data must come out the same again
        maker = _maker(city, seed, number - 1, today=today)
        severe = number % 2 == 0
        columns = (*city.penalty_columns, SEVERITY_COLUMN) if severe else city.penalty_columns
        serials = count(1)
        name = f"penalties-{number}.xlsx"
        rows = [
            penalty_of_organisation(random, maker, next(serials), with_severity=severe)
            for _ in range(penalties)
        ]
        planted += _plant(name, rows, PENALTY_DEFECTS, random=random, today=today)
        files[name] = workbook(columns, rows, created=today)
        name = f"people-{number}.xlsx"
        persons = (penalty_of_person(random, maker, next(serials)) for _ in range(people))
        files[name] = workbook(city.penalty_columns, persons, created=today)
        name = f"licences-{number}.csv"
        rows = [licence(random, maker, serial) for serial in range(1, licences + 1)]
        planted += _plant(name, rows, LICENCE_DEFECTS, random=random, today=today)
        files[name] = table(city.licence_columns, rows)
        for kind in ("penalties-{}.xlsx", "people-{}.xlsx", "licences-{}.csv"):
            sender[kind.format(number)] = agency.code
    return GeneratedCity(files, sender, tuple(planted))


def big_workbook(city: DemoCity, rows: int, seed: int, *, today: date) -> bytes:
    """One workbook of ``rows`` faultless penalties of the first agency, made in constant memory.

    None is slight: such a one waits for its leniency assessment (DET-4).
    """
    random = Random(f"{seed}/big")  # noqa: S311 - made-up data must come out the same again
    maker = _maker(city, seed, 0, today=today)

    def penalties() -> Iterator[Row]:
        for serial in range(1, rows + 1):
            # Large serials keep these numbers apart from those of generate_city with the same seed.
            row = penalty_of_organisation(random, maker, 500_000 + serial, with_severity=True)
            yield (
                row if row["DISCREDIT_LEVEL"] != SEVERITIES[0] else {**row, "DISCREDIT_LEVEL": SEVERITIES[1]}
            )

    return workbook((*city.penalty_columns, SEVERITY_COLUMN), penalties(), created=today)


def workbook(columns: Sequence[tuple[str, str]], rows: Iterable[Row], *, created: date) -> bytes:
    """An xlsx with a row of Chinese names, a row of codes, then ``rows``; dates are Excel dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    # Without a fixed instant the same seed would not give the same bytes.
    book.set_properties({"created": _instant(created)})
    sheet = book.add_worksheet(SHEET)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    # Constant memory means row by row: a row that was left cannot be written to again.
    for header in (0, 1):
        for column, heading in enumerate(columns):
            sheet.write_string(header, column, heading[header])
    for number, row in enumerate(rows, start=2):
        for column, (_, code) in enumerate(columns):
            value = row.get(code)
            if isinstance(value, date):
                sheet.write_datetime(number, column, _instant(value), day)
            elif isinstance(value, float):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, value)
    book.close()
    return out.getvalue()


def table(columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> bytes:
    """A CSV in GB18030 with one row of codes, then ``rows``; dates are ISO text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([code for _, code in columns])
    for row in rows:
        writer.writerow([_text(row.get(code, "")) for _, code in columns])
    return out.getvalue().encode("gb18030")


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a workbook knows no time zones


def _text(value: Cell) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _maker(city: DemoCity, seed: int, agency: int, *, today: date) -> Maker:
    used = [item for item in city.items if item.code in ITEMS.values()]
    earliest = max(date.fromisoformat(item.effective_from) for item in used)
    if today < earliest:
        raise ValueError("no catalogue item is in force yet on that day")
    return Maker(city.agencies[agency], seed, today, earliest, city.division_code)


def _plant(
    name: str, rows: Sequence[Row], defects: Sequence[str], *, random: Random, today: date
) -> list[Planted]:
    """Spoil a few of ``rows``, never the first, which a duplicate repeats; return what was planted."""
    most = PLANTED_MAX[name.partition("-")[0]]
    wanted = min(most, len(rows) // ROWS_PER_PLANTED, len(defects))
    chosen = sorted(random.sample(range(1, len(rows)), wanted)) if wanted else []
    planted = []
    for position, defect in zip(chosen, random.sample(list(defects), wanted), strict=True):
        spoil(rows[position], defect, first=rows[0], today=today, random=random)
        planted.append(Planted(name, position + 1, defect))
    return planted
