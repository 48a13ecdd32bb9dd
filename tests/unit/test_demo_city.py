"""The demo city is made up, well formed, and the same whenever it is made again."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from stdnum.cn import ric, uscc

from domain.catalogue.items import EVERY_DEPARTMENT
from domain.parties.identifiers import has_consistent_organisation_code, is_minor
from interfaces.demo import identities
from interfaces.demo.city import read_city
from interfaces.demo.generator import GeneratedCity, big_workbook, generate_city
from interfaces.demo.rows import DEFECTS, FILLER_CODE

DATA = Path(__file__).resolve().parents[2] / "data"
CITY = read_city(DATA)
TODAY = date(2026, 11, 21)


def made(seed: int = 7) -> GeneratedCity:
    return generate_city(CITY, seed, today=TODAY, penalties=40, licences=30, people=5)


MADE = made()


def sheet(data: bytes) -> tuple[list[str], list[dict[str, object]]]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    codes = [str(cell) for cell in rows[1]]
    return [str(cell) for cell in rows[0]], [dict(zip(codes, row, strict=True)) for row in rows[2:]]


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("gb18030"), newline="")))


def rows_of(name: str) -> list[dict[str, object]]:
    if name.endswith(".csv"):
        return [dict(row) for row in table(MADE.files[name])]
    return sheet(MADE.files[name])[1]


def test_every_department_has_a_well_formed_code_of_its_own() -> None:
    codes = [department.code for department in CITY.departments]
    assert len(set(codes)) == len(codes) == 9
    for code in codes:
        assert uscc.is_valid(code)
        assert has_consistent_organisation_code(code)


def test_the_city_has_its_officers_and_says_that_its_decisions_are_not_law() -> None:
    roles = sorted(officer.role for officer in CITY.officers)
    assert roles == [
        "auditor",
        "credit_officer",
        "credit_officer",
        *["operator"] * 9,
        *["tip_off_handler"] * 2,
    ]
    codes = {department.code for department in CITY.departments}
    assert {officer.department for officer in CITY.officers} == codes
    assert "not law" in CITY.mark
    assert all(item.decided_by == CITY.mark for item in CITY.items)
    assert CITY.agencies[0].key == "market"
    assert CITY.credit_office.name == "示范市信用办"


def test_decisions_name_only_purposes_and_departments_that_exist() -> None:
    codes = {department.code for department in CITY.departments} | {EVERY_DEPARTMENT}
    for item in CITY.items:
        assert item.sharing is not None
        assert set(item.sharing.purposes) <= set(CITY.purposes)
        assert set(item.sharing.departments) <= codes


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert made().files == MADE.files
    other = made(8)
    assert other.files.keys() == MADE.files.keys()
    assert all(other.files[name] != MADE.files[name] for name in other.files)


def test_all_six_agencies_send_three_files_each_of_the_asked_size() -> None:
    assert len(MADE.files) == 18
    assert set(MADE.sender.values()) == {agency.code for agency in CITY.agencies}
    for name in MADE.files:
        asked = {"penalties": 40, "licences": 30, "people": 5}[name.split("-")[0]]
        assert len(rows_of(name)) == asked


def test_a_workbook_has_two_header_rows_and_every_second_one_a_severity() -> None:
    names, rows = sheet(MADE.files["penalties-1.xlsx"])
    assert tuple(zip(names, rows[0], strict=True)) == CITY.penalty_columns
    assert "DISCREDIT_LEVEL" not in rows[0]
    assert {row["DISCREDIT_LEVEL"] for row in sheet(MADE.files["penalties-2.xlsx"])[1]} <= {
        "轻微", "一般", "严重",
    }  # fmt: skip


def test_rows_without_a_planted_defect_hold_valid_codes_dates_and_their_own_authority() -> None:
    spoiled = {(planted.file, planted.row) for planted in MADE.planted}
    for name in MADE.files:
        prefix = "XK_" if name.endswith(".csv") else "CF_"
        for number, row in enumerate(rows_of(name), start=1):
            if (name, number) in spoiled:
                continue
            decided = date.fromisoformat(str(row[f"{prefix}JDRQ"]))
            assert date(2021, 12, 16) <= decided <= TODAY
            assert row[f"{prefix}CFJGDM" if prefix == "CF_" else "XK_XKJGDM"] == MADE.sender[name]
            if row[f"{prefix}XDR_LB"] == "自然人":
                number_text = str(row[f"{prefix}XDR_ZJHM"])
                assert number_text.startswith("9901")
                assert not is_minor(number_text, on=decided)
            else:
                code = str(row[f"{prefix}XDR_SHXYM"])
                assert uscc.is_valid(code)
                assert has_consistent_organisation_code(code)
                shop = row[f"{prefix}XDR_LB"] == "个体工商户"
                assert code.startswith("92" if shop else "91")


def test_no_document_number_stands_twice_but_where_it_was_planted() -> None:
    numbers = [
        str(row["XK_WSH" if name.endswith(".csv") else "CF_WSH"])
        for name in MADE.files
        for row in rows_of(name)
    ]
    filled = [number for number in numbers if number]
    duplicates = sum(planted.defect == "duplicate_document" for planted in MADE.planted)
    assert len(filled) - len(set(filled)) == duplicates


def test_planted_defects_are_where_the_list_says() -> None:
    assert {planted.defect for planted in MADE.planted} <= set(DEFECTS)
    assert len(MADE.planted) == 6 * (4 + 3)
    for planted in MADE.planted:
        row = rows_of(planted.file)[planted.row - 1]
        prefix = "XK_" if planted.file.endswith(".csv") else "CF_"
        code = str(row[f"{prefix}XDR_SHXYM"])
        assert (code == FILLER_CODE) == (planted.defect == "filler_code")
        assert (row[f"{prefix}WSH"] == "") == (planted.defect == "missing_document_number")
        assert ("血型" in str(row["BZ"])) == (planted.defect == "prohibited_remark")
        assert (row[f"{prefix}XDR_LB"] == "法人") == (planted.defect == "unknown_subject_kind")
        assert (str(row[f"{prefix}JDRQ"]) > TODAY.isoformat()) == (planted.defect == "future_decision")
        assert uscc.is_valid(code) == (planted.defect not in {"bad_check", "filler_code"})


def test_every_defect_can_be_planted() -> None:
    seen = {planted.defect for seed in range(6) for planted in made(seed).planted}
    assert seen == set(DEFECTS)


def test_a_big_workbook_has_its_rows_and_no_defect() -> None:
    data = big_workbook(CITY, 300, 7, today=TODAY)
    assert data == big_workbook(CITY, 300, 7, today=TODAY)
    rows = sheet(data)[1]
    assert len(rows) == 300
    assert len({row["CF_WSH"] for row in rows}) == 300
    assert all(uscc.is_valid(str(row["CF_XDR_SHXYM"])) for row in rows)


def test_before_the_catalogue_is_in_force_nothing_is_made() -> None:
    with pytest.raises(ValueError, match="in force"):
        generate_city(CITY, 1, today=date(2021, 12, 15), penalties=1, licences=1, people=1)


@given(st.integers(0, 10**6), st.dates(min_value=date(1930, 1, 1), max_value=date(2010, 1, 1)))
def test_made_up_identifiers_are_always_well_formed(seed: int, birth: date) -> None:
    random = Random(seed)
    code = identities.credit_code(random, prefix="91", division="420100")
    assert uscc.is_valid(code)
    assert not uscc.is_valid(identities.broken_code(code))
    number = identities.citizen_id(random, birth=birth)
    assert ric.calc_check_digit(number) == number[-1]
    assert number.startswith("9901")
