"""Decides what a row's subject, codes, amounts and dates must be, field against field.

Called by :mod:`domain.records.rows` once the shape of the row is known; missing fields are reported there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.instruments.basis import cited_levels
from domain.parties.identifiers import (
    check_citizen_id,
    check_credit_code,
    is_filler,
    is_individual_business_code,
)
from domain.records.row_values import RowValues
from domain.shared.forms import (
    INDIVIDUAL_BUSINESS,
    NOTICE_DATE,
    NOTICE_DIGEST,
    ORGANISATION,
    CodeTable,
    Field,
)
from domain.shared.legal_basis import SUFFICIENT_LEVELS
from domain.shared.refusals import Defect

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AMOUNT = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
OTHER_DOCUMENT = "法律法规或者党中央国务院政策文件规定的其他文书"
IN_EFFECT = "已生效"
EARLIEST_YEAR = 1949
_RULED_ALONE = frozenset({"RD_WSLX", "RD_WSZT"})
"""Enumerations whose unlawful values have a rule and a sentence of their own."""
CITIZEN_ID = "身份证"
OTHER_MAX_CHARACTERS = 64


def subject_defects(row: RowValues) -> Iterator[Defect]:
    """Kind of subject (CAT-4), its credit code, its and its representative's identity documents (DET-3)."""
    kind, kind_code = row.subject_kind, row.form.code("XDR_LB")
    table = row.form.fields[kind_code].table
    if kind and table is not None and table.canonical(kind) is None:
        yield row.defect("CAT-4", "unknown_subject_kind", kind_code, values=table.listing())
    field = row.form.code("XDR_SHXYM")
    if code := row.get(field):
        fault = check_credit_code(code, field=field, **row.names(field))
        if fault:
            yield fault
        elif kind == INDIVIDUAL_BUSINESS and not is_individual_business_code(code):
            yield row.defect("DET-3", "individual_business_prefix", field)
        elif kind == ORGANISATION and is_individual_business_code(code):
            yield row.defect("DET-3", "organisation_prefix", field)
    yield from _identity_defects(row, "XDR_ZJLX", "XDR_ZJHM")
    yield from _identity_defects(row, "FR_ZJLX", "FR_ZJHM")


def _identity_defects(row: RowValues, type_suffix: str, number_suffix: str) -> Iterator[Defect]:
    field = row.form.code(number_suffix)
    number = row.get(field)
    if not number:
        return
    kind = row.own(type_suffix)
    if kind == CITIZEN_ID or (not kind and _EIGHTEEN.fullmatch(number)):
        fault = check_citizen_id(number, today=row.today, field=field, **row.names(field))
        if fault:
            yield fault
    elif is_filler(number):
        yield row.defect("DET-3", "citizen_id_filler", field)


def authority_defects(row: RowValues) -> Iterator[Defect]:
    """The codes of the authority and of the data source can be codes at all (DET-2)."""
    for field in (row.form.authority_code, row.form.source_code):
        if code := row.get(field):
            fault = check_credit_code(code, rule="DET-2", field=field, **row.names(field))
            if fault:
                yield fault


def table_defects(row: RowValues) -> Iterator[Defect]:
    """Values of enumerations other than the kind of subject stand in their code tables (DET-3)."""
    for field in (*row.form.by_kind["enum"], *row.form.by_kind.get("multi_enum", ())):
        value = row.get(field.code)
        if (
            value
            and field.table is not None
            and field.code not in _RULED_ALONE
            and not field.code.endswith("_XDR_LB")
        ):
            yield from _listed_defects(row, field, field.table, value)


def _listed_defects(row: RowValues, field: Field, table: CodeTable, value: str) -> Iterator[Defect]:
    """Every single value is lawful in its sealed spelling; a text behind 其他- has a bound of its own.

    The whole list has none: all lawful values together may exceed the length that one database once gave it.
    """
    singles = value.split(";") if field.kind == "multi_enum" else [value]
    longest = max(field.max_length or 0, OTHER_MAX_CHARACTERS)
    known = [table.canonical(single) for single in singles]
    if None in known:
        yield row.defect("DET-3", "unknown_value", field.code, values=table.listing())
    elif known != singles or len(set(singles)) < len(singles):
        yield row.defect("DET-3", "not_canonical_value", field.code)
    elif any(len(single) > longest for single in singles):
        yield row.defect("DET-3", "too_long", field.code, max=str(longest))


def penalty_defects(row: RowValues) -> Iterator[Defect]:
    """Fine, confiscation and certificate agree with the categories of the penalty (DET-3)."""
    if row.form.kind != "penalty":
        return
    categories = row.get("CF_CFLB")
    for category, field, missing, surplus in (
        ("罚款", "CF_NR_FK", "fine_without_amount", "amount_without_fine"),
        ("没收", "CF_NR_WFFF", "confiscation_without_amount", "amount_without_confiscation"),
    ):
        amount = row.get(field)
        if category in categories and not amount:
            yield row.defect("DET-3", missing, field)
        elif amount and category in categories and _is_positive(amount) is False:
            yield row.defect("DET-3", "amount_zero", field)
        elif amount and categories and category not in categories and _is_positive(amount):
            yield row.defect("DET-3", surplus, field)
    if ("暂扣" in categories or "吊销" in categories) and not row.get("CF_NR_ZKDX"):
        yield row.defect("DET-3", "revocation_without_certificate", "CF_NR_ZKDX")


def document_defects(row: RowValues) -> Iterator[Defect]:
    """The document of a general determination has legal force (DET-1) and is in effect (DET-2)."""
    if row.form.kind != "determination":
        return
    kind, table = row.get("RD_WSLX"), row.form.fields["RD_WSLX"].table
    if kind and table is not None and table.canonical(kind) is None:
        yield row.defect("DET-1", "document_without_legal_force", "RD_WSLX", values=table.listing())
    if kind == OTHER_DOCUMENT and SUFFICIENT_LEVELS.isdisjoint(cited_levels(row.get("RD_YJ"))):
        yield row.defect("DET-1", "other_document_without_basis", "RD_YJ")
    if row.get("RD_WSZT") not in ("", IN_EFFECT):
        yield row.defect("DET-2", "document_not_in_effect", "RD_WSZT")
    digest = row.get("RD_WSZY")
    if digest and not _DIGEST.fullmatch(digest):
        yield row.defect("DET-2", "document_digest_malformed", "RD_WSZY")
    decided, effective = _day(row.get("RD_JDRQ")), _day(row.get("RD_SXRQ"))
    if effective and effective > row.today:
        yield row.defect("DET-2", "document_not_yet_effective", "RD_SXRQ")
    if effective and decided and effective < decided:
        yield row.defect("DET-2", "effective_before_decision", "RD_SXRQ")


def _is_positive(amount: str) -> bool | None:
    """Whether an amount is above zero; None when it is no amount or negative (reported by itself)."""
    match = _AMOUNT.fullmatch(amount)
    return None if not match or match[1] else any(c != "0" for c in match[2] + (match[3] or ""))


def amount_defects(row: RowValues) -> Iterator[Defect]:
    """Amounts are plain decimals in 万元 within decimal(18,6), none below zero (DET-3)."""
    for field in row.form.by_kind.get("decimal", ()):
        value = row.get(field.code)
        if not value:
            continue
        match = _AMOUNT.fullmatch(value)
        if not match:
            yield row.defect("DET-3", "amount_not_a_number", field.code)
        elif match[1]:
            yield row.defect("DET-3", "amount_negative", field.code)
        elif len(match[2].lstrip("0")) > field.precision - field.scale:
            yield row.defect("DET-3", "amount_too_large", field.code)
        elif len((match[3] or "").rstrip("0")) > field.scale:
            yield row.defect("DET-3", "amount_too_precise", field.code, scale=str(field.scale))
        elif value != _plain(value):
            yield row.defect("DET-3", "not_canonical_value", field.code)


def _plain(value: str) -> str:
    text = format(Decimal(value), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def date_defects(row: RowValues) -> Iterator[Defect]:
    """Dates exist and are not before 1949; the decision is past (DET-2), terms run forward (PUB-4, DET-3)."""
    dates: dict[str, date] = {}
    decision = row.form.code("JDRQ")
    for field in row.form.by_kind["date"]:
        value = row.get(field.code)
        if not value:
            continue
        rule = "DET-2" if field.code == decision else "DET-3"
        day = _day(value)
        if day is None:
            yield row.defect(rule, "bad_date", field.code)
        elif day.year < EARLIEST_YEAR:
            yield row.defect(rule, "date_too_early", field.code)
        else:
            dates[field.code] = day
    end = row.form.code("GSJZQ")
    decided, ends = dates.get(decision), dates.get(end)
    if decided and decided > row.today:
        yield row.defect("DET-2", "future_decision", decision)
    if decided and ends and ends < decided:
        yield row.defect("PUB-4", "publicity_before_decision", end)
    begins, expires = dates.get("XK_YXQZ"), dates.get("XK_YXQZI")
    if begins and expires and begins > expires:
        yield row.defect("DET-3", "validity_reversed", "XK_YXQZI")


def repair_notice_defects(row: RowValues) -> Iterator[Defect]:
    """REP-2: who says that the notice of how to repair was served says when, no sooner than the decision, and which."""
    served, digest = row.get(NOTICE_DATE), row.get(NOTICE_DIGEST)
    if bool(served) != bool(digest):
        yield row.defect("REP-2", "repair_notice_incomplete", NOTICE_DIGEST if served else NOTICE_DATE)
    if digest and not _DIGEST.fullmatch(digest):
        yield row.defect("REP-2", "document_digest_malformed", NOTICE_DIGEST)
    if served and not row.own("JDRQ") <= served <= row.today.isoformat():
        yield row.defect("REP-2", "repair_notice_day", NOTICE_DATE)


def _day(value: str) -> date | None:
    if not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
