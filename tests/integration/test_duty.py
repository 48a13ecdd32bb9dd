"""Cases that had to be checked, over HTTP: the gap is reported to the department and the credit office (QRY-5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.oversight.review_events import QueryReviewOpened
from interfaces.client.oversight import Oversight
from tests.oversight import OFFICE
from tests.remedies import SECOND, begin
from tests.remedies_http import City, code_of, problem
from tests.rule_settings import change_setting
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("QRY-5")
NAMED = "示许受字〔2026〕7号"
"""The case that ``City.shared`` names."""


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def test_qry_5_what_had_to_be_checked_and_was_not_is_reported(city: City) -> None:
    """将信用信息查询使用嵌入审批、监管和公共服务工作流程，确保“应查必查”。"""
    world, day = city.world, city.world.today.isoformat()
    change_setting(world, "review.sample_per_10000", 0)
    duty = Oversight(city.clients["stranger"], city.stranger_officer)
    record = city.determine()
    city.shared(record)
    world.clock.advance(days=2)
    other = {"code": world.city.agencies[0].code}
    ahead = (world.today + timedelta(days=9)).isoformat()
    cases: list[dict[str, Any]] = [
        {"case": NAMED, "subject": city.subject, "day": day},
        {"case": "示许受字〔2026〕8号", "subject": city.subject, "day": day},
        {"case": "示许受字〔2026〕9号", "subject": other, "day": day},
        {"case": "示许受字〔2026〕10号", "subject": other, "day": ahead},
    ]
    receipt = duty.send_cases(cases)
    assert (receipt["sent"], receipt["gaps"]) == (4, 2)
    found = duty.gap()
    assert [(g["case"], g["outcome"]) for g in found["gaps"]] == [
        ("示许受字〔2026〕8号", "other_case"),
        ("示许受字〔2026〕9号", "missed"),
    ]
    assert found["counts"] == {
        "checked": 1,
        "pending": 1,
        "unclear": 0,
        "other_case": 1,
        "late": 0,
        "missed": 1,
    }
    stranger = city.clients["stranger"].department.code
    assert Oversight(city.clients["portal"], OFFICE).gap(department=stranger, number=1) == found
    foreign = Oversight(city.clients["source"], SECOND)
    hidden = problem(lambda: foreign.gap(department=stranger), 404)
    assert (hidden["rule"], code_of(hidden)) == ("QRY-5", "duty_unknown") and hidden["instead"]
    assert {**hidden, "instance": ""} == {
        **problem(lambda: foreign.gap(department="none"), 404),
        "instance": "",
    }

    # From now on a query for a case that the department does not keep here is reviewed (QRY-3).
    city.shared(record)
    client, asked = city.clients["stranger"], {"purpose": "licensing", "case": "无此案", "basis": "b"}
    client.query([city.subject], official=city.stranger_officer, **asked)
    world.publish()
    world.reviews.run()
    reviews = [world.ledger.load(stream)[0] for stream in world.rows_of(QueryReviewOpened.TOPIC)]
    reasons = [event.reasons for event in reviews if isinstance(event, QueryReviewOpened)]
    assert reasons.count(["no_open_case"]) == 1
    assert world.finding() is None


def test_qry_5_a_list_names_each_case_once_and_an_officer_of_the_department(city: City) -> None:
    duty = Oversight(city.clients["stranger"], city.stranger_officer)
    case = {"case": NAMED, "subject": city.subject, "day": "2026-11-20"}
    twice = problem(lambda: duty.send_cases([case, case]), 422)
    assert (twice["rule"], code_of(twice)) == ("QRY-5", "duty_case_twice")
    nobody = Oversight(city.clients["stranger"], "nobody")
    assert problem(lambda: nobody.send_cases([case]), 403)["rule"] == "QRY-1"
    assert problem(lambda: duty.send_cases([]), 400)["errors"]
