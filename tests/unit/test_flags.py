"""What becomes a flag, when, and who may do what with it (ACC-1 to ACC-4), without a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.listing.events import ListingOverdue, ListingRemoved
from domain.oversight.flag_causes import Found, Trace, causes_of, due_flags
from domain.oversight.flag_events import FlagAnswered
from domain.oversight.flags import (
    EVIDENCE_MAX,
    Assignee,
    Flag,
    answer_defects,
    close,
    escalate,
    fold_flag,
    join,
    raise_flag,
    reassign,
)
from domain.parties.acting import Officer
from domain.records.consistency import ConsistencyChecked
from domain.records.events import ActRefused, IntakeReported
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from domain.remedies.restoration import RestorationOverdue
from domain.shared.deadlines import add_working_days
from domain.shared.events import Event
from domain.shared.refusals import Refused
from infrastructure.remedy_data import load_calendar

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
"""A Friday."""
UNIT, OTHER = "11420100MB0000001A", "11420100MB0000002B"
PLACE = {"originator_id": UUID(int=7), "originator_version": 2, "timestamp": NOW}
THRESHOLDS = {
    ("ACC-1", "refused"): 5,
    ("ACC-1", "looks_refused"): 3,
    ("ACC-2", "refused"): 1,
    ("ACC-3", "refused"): 3,
}
OFFICER, OFFICE = Officer("u-1", UNIT), Officer("o-1", "office")


def refused(*rules: str) -> ActRefused:
    return ActRefused(**PLACE, department=UNIT, rules=[[rule, "x", ""] for rule in rules], attempt="00")  # type: ignore[arg-type]


def found(event: Event) -> list[tuple[str, str, str, int]]:
    return [(f.rule, f.what, f.unit, f.times) for f in causes_of(event, actor=UNIT)]


def trace(position: int, cause: Found, day: date = TODAY) -> Trace:
    return Trace(cause, "access", position, bytes([position % 256]) * 32, day)


def flag(**changed: object) -> Flag:
    group = [trace(1, Found("ACC-3", "refused", "", UNIT))]
    raised = raise_flag(
        group, flag_id=UUID(int=1), working_days=10, calendar=load_calendar(), now=NOW, today=TODAY
    )
    told = fold_flag([raised])
    assert told is not None
    return replace(told, **changed)  # type: ignore[arg-type]


def known(events: Sequence[Event]) -> Flag:
    told = fold_flag(events)
    assert told is not None
    return told


def code_of(act: object) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        act()  # type: ignore[operator]
    return raised.value.defects[0].rule, raised.value.defects[0].code


def test_acc_1_refusals_outside_the_catalogue_are_causes_and_those_of_a_draft_or_a_document_are_not() -> None:
    assert found(refused("CAT-1", "CAT-5", "DET-2")) == [("ACC-1", "refused", UNIT, 1)]
    assert found(refused("CAT-2", "CAT-3", "CAT-6", "DET-1", "FORMAT")) == []
    rows = [
        ["1", "CAT-1", "x", ""],
        ["1", "CAT-4", "x", ""],
        ["2", "CAT-1", "x", ""],
        ["3", "DET-2", "x", ""],
    ]
    report = IntakeReported(**PLACE, department=UNIT, form="penalty", refused=rows)  # type: ignore[arg-type]
    assert found(report) == [("ACC-1", "refused", UNIT, 2)]


def looked(code: str, rule: str = "QRY-1", officer: str | None = "u-1") -> ActRefused:
    return ActRefused(**PLACE, department=UNIT, rules=[[rule, code, ""]], attempt="00", officer=officer)  # type: ignore[arg-type]


def test_acc_1_a_refused_look_is_a_cause_about_its_officer_and_an_act_without_one_is_not() -> None:
    refusals = [
        looked("purpose_unknown"),
        looked("officer_suspended", "QRY-3"),
        looked("may_not_speak_for_subjects", "PRV-3", officer=None),
        looked("officer_unknown", officer=None),
        looked("review_own_query", "QRY-3"),
    ]
    causes = [[(f.rule, f.what, f.about, f.unit) for f in causes_of(e, actor=UNIT)] for e in refusals]
    of_officer = ("ACC-1", "looks_refused", "u-1", UNIT)
    assert causes == [[of_officer], [of_officer], [("ACC-1", "looks_refused", "", UNIT)], [], []]


def test_acc_1_refused_looks_wait_for_their_own_threshold_and_count_for_their_officer_alone() -> None:
    def look(position: int, officer: str = "u-1") -> Trace:
        return trace(position, Found("ACC-1", "looks_refused", officer, UNIT))

    acts = [trace(n, Found("ACC-1", "refused", "", UNIT)) for n in range(1, 5)]
    assert due_flags([*acts, look(5), look(6), look(7, "u-2")], THRESHOLDS) == []
    (group,) = due_flags([*acts, look(5), look(6), look(7, "u-2"), look(8)], THRESHOLDS)
    assert [t.position for t in group] == [5, 6, 8]


def test_acc_2_a_refused_measure_is_a_cause_and_acc_3_a_refused_step_of_listing_but_no_removal() -> None:
    assert found(refused("MEA-2")) == [("ACC-2", "refused", UNIT, 1)]
    assert found(refused("LST-4")) == [("ACC-3", "refused", UNIT, 1)]
    assert found(refused("LST-8", "LST-3", "MEA-5", "JNT-1")) == []


def test_acc_3_a_listing_that_its_department_took_back_is_a_cause_and_one_that_fell_with_its_record_is_not() -> (
    None
):
    removed = {"list_code": "C06-04", "removes": "00" * 32, "removed_on": "2026-11-20"}
    own = ListingRemoved(**PLACE, **removed, cause="reversal")  # type: ignore[arg-type]
    assert found(own) == [("ACC-3", "listing_reversed", UNIT, 1)]
    for event in (replace(own, by=str(UUID(int=9))), replace(own, cause="conditions_met")):
        assert found(event) == []


def test_acc_1_what_the_office_found_published_against_the_law_is_a_cause_and_what_a_unit_finds_itself_is_not() -> (
    None
):
    said: dict[str, Any] = dict.fromkeys(
        ("rows", "equal", "missing_here", "missing_there", "content_differs", "term_differs", "not_shown_yet",
         "bad_rows", "view_position"), 0,
    )  # fmt: skip
    said |= {"department": UNIT, "asked_by": "office", "form": "penalty", "must_not_be_public": 2}
    checked = ConsistencyChecked(**said, **PLACE)  # type: ignore[arg-type]
    assert found(checked) == [("ACC-1", "published", UNIT, 2)]
    for other in (replace(checked, asked_by=UNIT), replace(checked, must_not_be_public=0)):
        assert found(other) == []


@pytest.mark.parametrize("kind", [ObjectionOverdue, RepairOverdue, ListingOverdue, RestorationOverdue])
def test_acc_4_every_missed_day_of_a_case_is_a_cause_of_its_department(kind: type[Event]) -> None:
    told = {"record": "r", "step": "decide", "due": "2026-11-19", "department": OTHER, "provisional": False}
    event = kind(**PLACE, **told)  # type: ignore[arg-type]
    assert found(event) == [("ACC-4", "overdue", OTHER, 1)]


def test_acc_1_refusals_wait_for_their_threshold_by_unit_and_the_rest_does_not() -> None:
    few = [trace(n, Found("ACC-1", "refused", "", UNIT)) for n in range(1, 5)]
    strange = [trace(9, Found("ACC-1", "refused", "", OTHER))]
    assert due_flags([*few, *strange], THRESHOLDS) == []
    many = [*few, *strange, trace(5, Found("ACC-1", "refused", "", UNIT))]
    assert [[t.position for t in group] for group in due_flags(many, THRESHOLDS)] == [[1, 2, 3, 4, 5]]
    one_file = [trace(1, Found("ACC-1", "refused", "", UNIT, 5))]
    cases = [trace(n, Found("ACC-4", "overdue", case, UNIT)) for n, case in ((2, "a"), (3, "b"), (4, "a"))]
    groups = due_flags([*one_file, *cases, trace(8, Found("ACC-2", "refused", "", UNIT))], THRESHOLDS)
    assert [[t.position for t in group] for group in groups] == [[1], [2, 4], [3], [8]]


def test_a_flag_names_the_first_events_that_show_it_and_gives_the_unit_its_working_days() -> None:
    group = [
        trace(n, Found("ACC-1", "refused", "", UNIT, 2), TODAY - timedelta(days=1)) for n in range(1, 61)
    ]
    raised = raise_flag(
        group, flag_id=UUID(int=1), working_days=10, calendar=load_calendar(), now=NOW, today=TODAY
    )
    assert (raised.times, len(raised.evidence), raised.answer_by) == (100, EVIDENCE_MAX, "2026-12-04")
    assert raised.evidence[0] == ["access:1", "01" * 32]
    assert (raised.from_day, raised.until_day, raised.provisional) == ("2026-11-19", "2026-11-19", False)


def test_acc_1_what_was_found_beyond_a_flags_evidence_joins_it_once_in_signed_events() -> None:
    group = [trace(n, Found("ACC-1", "refused", "", UNIT, 2)) for n in range(1, 121)]
    raised = raise_flag(
        group, flag_id=UUID(int=1), working_days=10, calendar=load_calendar(), now=NOW, today=TODAY
    )
    events: list[Event] = [raised]
    while (event := join(known(events), group, now=NOW)) is not None:
        assert len(event.evidence) <= EVIDENCE_MAX and event.originator_version == len(events) + 1
        events.append(event)
    told = known(events)
    assert (len(events), told.times, told.answer_by) == (3, 240, "2026-12-04")
    assert told.evidence == tuple((f"access:{n}", f"{n:02x}" * 32) for n in range(1, 121))
    late = [trace(121, Found("ACC-1", "refused", "", UNIT))]
    assert join(flag(closed=closed()), late, now=NOW) is None


def test_acc_4_the_office_alone_assigns_an_open_flag_anew_and_who_gets_it_is_heard_from_the_start() -> None:
    due = add_working_days(date(2026, 12, 7), 10, load_calendar())

    def to(unit: str, responsible: str = "", *, fit: bool = True, its: bool = True, **said: object) -> object:
        given = {"raised": "aa", "reasons": "应由该单位答复", "officer": OFFICE, "is_office": True, **said}
        told = given.pop("of", flag(answered=2, overdue=True, version=3))
        assignee = Assignee(unit, responsible, fit, its)
        return reassign(told, to=assignee, due=due, now=NOW, **given)  # type: ignore[arg-type]

    assert code_of(lambda: to(OTHER, is_office=False)) == ("ACC-3", "flag_not_the_office")
    assert code_of(lambda: to(OTHER, of=flag(closed=closed()))) == ("ACC-3", "flag_closed_already")
    assert code_of(lambda: to(OTHER, fit=False)) == ("ACC-3", "flag_unit_unfit")
    assert code_of(lambda: to(OTHER, "x-1", its=False)) == ("ACC-3", "flag_responsible_unknown")
    assert code_of(lambda: to(UNIT)) == ("ACC-3", "flag_lies_there_already")
    assert code_of(lambda: to(OTHER, reasons=" ")) == ("ACC-3", "remedy_without_reasons")
    event = to(OTHER, "x-1")
    assert isinstance(event, Event)
    told = known([flag().raised, event])
    assert (told.unit, told.responsible, told.state, told.answer_by) == (OTHER, "x-1", "raised", "2026-12-21")
    own = FlagAnswered(**PLACE, answers="aa", statement="已撤销并重新告知")  # type: ignore[arg-type]
    for officer, codes in (
        (OFFICER, ["flag_of_another_unit"]),
        (Officer("x-2", OTHER), ["flag_of_another_officer"]),
        (Officer("x-1", OTHER), []),
    ):
        assert [d.code for d in answer_defects(told, own, officer, raised="aa")] == codes
    assert code_of(lambda: closed(told)) == ("ACC-3", "flag_not_heard")
    assert escalate(told, today=date(2026, 12, 5), now=NOW) is None
    assert to(UNIT, "u-1", of=told)


def test_a_flag_escalates_once_after_its_day_and_never_when_it_was_answered() -> None:
    last = date(2026, 12, 4)
    assert escalate(flag(), today=last, now=NOW) is None
    due = escalate(flag(), today=last + timedelta(days=1), now=NOW)
    assert due is not None and (due.due, due.originator_version) == ("2026-12-04", 2)
    for done in (flag(overdue=True), flag(answered=2)):
        assert escalate(done, today=last + timedelta(days=9), now=NOW) is None


def test_acc_3_a_unit_answers_its_own_open_flag_with_a_statement() -> None:
    own = FlagAnswered(**PLACE, answers="aa", statement="已撤销并重新告知")  # type: ignore[arg-type]

    def codes(event: FlagAnswered, officer: Officer = OFFICER, **changed: object) -> list[str]:
        return [d.code for d in answer_defects(flag(**changed), event, officer, raised="aa")]

    assert codes(own) == [] and codes(replace(own, materials=["b1" * 32])) == []
    assert codes(own, Officer("x", OTHER)) == ["flag_of_another_unit"]
    assert codes(replace(own, answers="bb", statement=" ")) == [
        "flag_answers_another",
        "flag_without_statement",
    ]
    assert codes(replace(own, materials=["b1"])) == ["flag_materials_malformed"]
    assert codes(own, closed=closed()) == ["flag_closed_already"]


def closed(told: Flag | None = None, *, is_office: bool = True, **said: str) -> object:
    given = {"raised": "aa", "outcome": "corrected", "reasons": "已核实", **said}
    return close(
        told or flag(answered=2),
        officer=OFFICE,
        is_office=is_office,
        now=NOW,
        **given,
    )


def test_acc_4_only_the_office_closes_a_flag_and_only_after_the_unit_could_be_heard() -> None:
    assert code_of(lambda: closed(is_office=False)) == ("ACC-3", "flag_not_the_office")
    assert code_of(lambda: closed(flag())) == ("ACC-3", "flag_not_heard")
    assert code_of(lambda: closed(outcome="forgotten")) == ("ACC-3", "flag_outcome_unknown")
    assert code_of(lambda: closed(reasons="")) == ("ACC-3", "remedy_without_reasons")
    assert code_of(lambda: closed(flag(closed=closed()))) == ("ACC-3", "flag_closed_already")
    for heard in (flag(answered=2), flag(overdue=True)):
        assert closed(heard, outcome="held_to_account")
    assert closed(flag(), outcome="unfounded")
