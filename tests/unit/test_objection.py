"""What an objection needs, by when it is answered, and who may decide it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.parties.acting import Agent, Officer
from domain.records.events import PublicityEnded, RecordDetermined
from domain.remedies.events import (
    ObjectionDecided,
    ObjectionFiled,
    RecordAnnotated,
    RecordCorrected,
    RecordShielded,
    RecordWithdrawn,
)
from domain.remedies.limits import RemedyLimits
from domain.remedies.objection import (
    Filing,
    Objection,
    correction_defects,
    file_objection,
    fold_objection,
    reject_objection,
    uphold_objection,
)
from domain.remedies.standing import Standing, standing_of
from domain.shared.refusals import Refused, sentence
from tests.remedies import CALENDAR, LIMITS, REMEDIES, SETTINGS
from tests.world import DATA

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # a Friday
CASE, RECORD = UUID(int=1), UUID(int=2)
SOURCE, OFFICE = "11420100XK7BQ3M22B", "11420100DEM0XYB175"
CONTENT = {"public": {"form": "penalty", "item": "C03-02", "CF_NR_FK": "3"}}
STANDING = Standing(version=1, content=CONTENT, content_version=1)
FILING = Filing(about="content", grounds="金额有误")
AGENT = Agent("李四", "身份证", "990106190001010017", "a0" * 32)


def filed(filing: Filing = FILING, **changed: Any) -> ObjectionFiled:
    how: dict[str, Any] = {"received_by": OFFICE, "standing": STANDING, "now": NOW, **changed}
    return file_objection(
        filing,
        objection_id=CASE,
        record_id=RECORD,
        source=SOURCE,
        limits=LIMITS,
        calendar=CALENDAR,
        **how,
    )


def objection(filing: Filing = FILING) -> Objection:
    found = fold_objection([filed(filing)])
    assert found is not None
    return found


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    assert all(sentence(d, "zh") and sentence(d, "en") for d in refused.value.defects)
    return {f"{d.rule}:{d.code}" for d in refused.value.defects}


def test_obj_1_the_source_is_told_within_two_days_and_answers_within_seven() -> None:
    event = filed()
    assert (event.route, event.forward_by, event.answer_by) == ("source_unit", "2026-11-24", "2026-12-01")
    assert (event.filed_by, event.provisional) == ("subject", False)


def test_obj_1_the_sources_own_scope_is_three_days_and_nothing_to_forward() -> None:
    event = filed(received_by=SOURCE)
    assert (event.route, event.forward_by, event.answer_by) == ("own", "2026-11-20", "2026-11-25")


def test_obj_1_a_limit_beyond_the_loaded_calendar_is_provisional() -> None:
    event = filed(now=datetime(2026, 12, 28, 2, tzinfo=UTC))
    assert event.provisional and event.answer_by == "2027-01-06"


def test_obj_1_days_are_counted_in_the_city_not_in_utc() -> None:
    assert filed(now=datetime(2026, 11, 19, 17, tzinfo=UTC)).answer_by == filed().answer_by


@pytest.mark.parametrize(
    ("filing", "code"),
    [
        (replace(FILING, grounds=" "), "OBJ-1:objection_without_grounds"),
        (replace(FILING, grounds="长" * 2001), "OBJ-1:objection_without_grounds"),
        (replace(FILING, about="weather"), "OBJ-1:objection_about_unknown"),
        (replace(FILING, evidence=("xx",)), "OBJ-1:remedy_evidence_malformed"),
        (replace(FILING, evidence=("e1" * 32,) * 21), "OBJ-1:remedy_evidence_malformed"),
        (replace(FILING, contact="\x00"), "OBJ-1:remedy_text_unusable"),
        (replace(FILING, agent=replace(AGENT, power_of_attorney="")), "OBJ-1:remedy_power_of_attorney"),
        (replace(FILING, agent=replace(AGENT, name="")), "OBJ-1:remedy_agent_unnamed"),
        (replace(FILING, by_department=True), "OBJ-1:remedy_officer_missing"),
        (replace(FILING, by_department=True, officer="o", agent=AGENT), "OBJ-1:remedy_agent_of_a_department"),
    ],
)
def test_obj_1_an_objection_that_lacks_something_is_refused(filing: Filing, code: str) -> None:
    with pytest.raises(Refused) as refused:
        filed(filing)
    assert codes(refused) == {code}


def test_obj_1_an_agent_has_a_power_of_attorney_and_stands_in_a_part_of_its_own() -> None:
    event = filed(replace(FILING, agent=AGENT, contact="电话"))
    assert event.filed_by == "agent"
    parts = event.parts()
    assert set(parts) == {"public", "restricted", "person/1", "person/2"}
    assert not {"李四", "990106190001010017", "金额有误", "电话"} & set(map(str, parts["public"].values()))


@pytest.mark.parametrize("status", ["shielded", "withdrawn"])
def test_obj_1_a_record_that_is_gone_is_not_objected_to(status: Any) -> None:
    with pytest.raises(Refused) as refused:
        filed(standing=replace(STANDING, status=status))
    assert codes(refused) == {"OBJ-1:remedy_record_gone"}
    assert filed(standing=replace(STANDING, status="ended")).record == str(RECORD)


def rejected(found: Objection, officer: Officer, **changed: Any) -> ObjectionDecided:
    how: dict[str, Any] = {"determined_by": None, "reasons": "一致", "remedies": REMEDIES, **changed}
    return reject_objection(found, officer=officer, now=NOW, **how)


def test_obj_3_a_rejection_says_why_and_both_remedies() -> None:
    officer = Officer("o-2", SOURCE)
    event = rejected(objection(), officer)
    assert (event.outcome, event.originator_version) == ("rejected", 2)
    assert set(event.parts()["restricted"]) == {"reasons", "remedies"}
    for changed, code in (
        ({"reasons": ""}, "remedy_without_reasons"),
        ({"remedies": {"litigation": "起诉"}}, "remedy_without_remedies"),
        ({"remedies": {**REMEDIES, "reconsideration": " "}}, "remedy_without_remedies"),
    ):
        with pytest.raises(Refused) as refused:
            rejected(objection(), officer, **changed)
        assert codes(refused) == {f"OBJ-3:{code}"}


def test_obj_3_another_officer_of_the_source_decides_once() -> None:
    found = objection(replace(FILING, by_department=True, officer="o-1"))
    with pytest.raises(Refused) as refused:
        rejected(found, Officer("o-1", SOURCE))
    assert codes(refused) == {"OBJ-3:remedy_decided_by_filer"}
    with pytest.raises(Refused) as refused:
        rejected(found, Officer("o-2", SOURCE), determined_by="o-2")
    assert codes(refused) == {"OBJ-3:remedy_decided_by_determiner"}
    with pytest.raises(Refused) as refused:
        rejected(found, Officer("o-2", OFFICE))
    assert codes(refused) == {"OBJ-3:remedy_not_the_source"}
    decided = fold_objection([filed(), rejected(found, Officer("o-2", SOURCE))])
    assert decided is not None and decided.decided
    with pytest.raises(Refused) as refused:
        rejected(decided, Officer("o-3", SOURCE))
    assert codes(refused) == {"OBJ-3:objection_decided_already"}


def test_obj_5_nothing_that_is_gone_is_corrected_but_what_is_shielded_can_be_withdrawn() -> None:
    def upheld(status: Any, effect: Any) -> ObjectionDecided:
        return uphold_objection(
            objection(),
            officer=Officer("o-2", SOURCE),
            determined_by=None,
            effect=effect,
            reasons=None,
            standing=replace(STANDING, status=status),
            now=NOW,
        )

    assert upheld("standing", "corrected").effect == "corrected"
    assert upheld("shielded", "withdrawn").effect == "withdrawn"
    for status, effect in (("shielded", "corrected"), ("withdrawn", "withdrawn"), ("withdrawn", "corrected")):
        with pytest.raises(Refused) as refused:
            upheld(status, effect)
        assert codes(refused) == {"OBJ-5:remedy_record_gone"}


def test_obj_5_a_correction_changes_something_of_the_same_form_and_subject() -> None:
    changed = {"public": {**CONTENT["public"], "CF_NR_FK": "2"}}
    other = {"public": {**changed["public"], "form": "licence"}}
    assert not list(correction_defects(CONTENT, changed, same_subject=True))
    assert [d.code for d in correction_defects(CONTENT, CONTENT, same_subject=True)] == [
        "correction_changes_nothing"
    ]
    assert [d.code for d in correction_defects(CONTENT, other, same_subject=False)] == [
        "correction_other_form",
        "correction_other_subject",
    ]


PLACE: dict[str, Any] = {"originator_id": RECORD, "timestamp": NOW}
HAPPENINGS: dict[str, Any] = {
    "corrected": lambda v: RecordCorrected(
        **PLACE, originator_version=v, content={"public": {"n": v}}, corrects="", objection=""
    ),
    "annotated": lambda v: RecordAnnotated(
        **PLACE, originator_version=v, repair="r", annotates=1, repaired_on="2026-11-20"
    ),
    "ended": lambda v: PublicityEnded(**PLACE, originator_version=v, until="2026-11-19"),
    "shielded": lambda v: RecordShielded(**PLACE, originator_version=v, repair="r", repaired_on="2026-11-20"),
    "withdrawn": lambda v: RecordWithdrawn(**PLACE, originator_version=v, withdraws="", objection=""),
}


@given(st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=8))
def test_obj_5_a_record_stands_as_the_last_of_its_events_leaves_it(names: list[str]) -> None:
    events = [RecordDetermined(**PLACE, originator_version=1, content=CONTENT)]
    events += [HAPPENINGS[name](number) for number, name in enumerate(names, start=2)]
    standing = standing_of(events)
    assert standing is not None and standing.version == len(events)
    final = [n for n in names if n in ("shielded", "withdrawn")]
    ended = "ended" if "ended" in names else "standing"
    assert standing.status == (final[-1] if final else ended)
    assert standing.content_version == max(
        [1, *(v for v, n in enumerate(names, start=2) if n == "corrected")]
    )
    assert bool(standing.repair) == bool({"annotated", "shielded"} & set(names))
    assert standing_of(events[1:]) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["repair"]["materials"].update(source=" "),
        lambda d: d["repair"]["materials"]["value"].update({"C03-02": ["gift"]}),
        lambda d: d["repair"]["materials"].update(value={}),
    ],
    ids=[
        "no source",
        "unknown material",
        "no default",
    ],
)
def test_limits_without_source_or_sense_are_refused(change: Any) -> None:
    data = json.loads((DATA / "remedy_limits.json").read_text(encoding="utf-8"))
    RemedyLimits.from_data(data, SETTINGS)
    change(data)
    with pytest.raises(ValueError):  # noqa: PT011 - which sentence does not matter here
        RemedyLimits.from_data(data, SETTINGS)
