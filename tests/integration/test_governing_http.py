"""What the credit office registers over HTTP: under its own seal alone, once, refused with reasons (DET-5, CAT-6)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from application.registry import Registry
from domain.shared.canonical import Json
from interfaces.client.api import Client, Department, Problem
from interfaces.client.evidence import Exchange
from interfaces.client.governing import GoverningOffice
from interfaces.client.sealing import DepartmentKey
from tests.erasure import dump
from tests.proposals import LOCAL_BASIS
from tests.racing import race
from tests.web import Web
from tests.world import World

LOCAL = "adoption_not_national"
NEWCOMER, BASIS = "11420100MB0000001C", "示编〔2026〕1号"
Acting = Callable[[], dict[str, Any]]


@dataclass
class City:
    """The credit office, another department, and somebody who seals with a key that is not the office's."""

    world: World
    office: GoverningOffice
    agency: GoverningOffice
    usurper: GoverningOffice

    @property
    def registry(self) -> Registry:
        """What is registered now."""
        return Registry(self.world.ledger)

    def refused(self, act: Acting) -> tuple[int, str, str]:
        """Status, rule and code of a refusal; nothing was recorded."""
        before = self.world.reader.head("records")
        with pytest.raises(Problem) as refused:
            act()
        told = refused.value.members
        assert told["instead"] and told["quote"] and self.world.reader.head("records") == before
        return refused.value.status, told["rule"], told["errors"][0]["code"]


class Forging(Client):
    """An office's client that seals acts with another department's key, and signs its requests with the office's."""

    def __init__(self, url: str, office: Department, forged: DepartmentKey) -> None:
        super().__init__(url, office, attempts_max=1)
        self._honest, self._forged = office, replace(office, key=forged)
        self.department = self._forged

    def post(self, path: str, data: Any, **more: Any) -> dict[str, Any]:
        """Sent as the office."""
        self.department = self._honest
        try:
            return super().post(path, data, **more)
        finally:
            self.department = self._forged


class Repeating(Client):
    """An office's client that sends each act again under its idempotency key, and then another one under that key."""

    def __init__(self, url: str, office: Department) -> None:
        self._told: list[Exchange] = []
        super().__init__(url, office, attempts_max=1, keep=self._told.append)

    def post(self, path: str, data: Any, **more: Any) -> dict[str, Any]:
        """What every time was told, to the byte."""
        key = uuid.uuid4().hex
        first = super().post(path, data, key=key, **more)
        assert super().post(path, data, key=key, **more) == first
        answered, again = (e for e in self._told if e.request.headers["idempotency-key"] == key)
        assert (again.status, again.told) == (answered.status, answered.told)
        assert [a.headers.get("idempotency-replayed") for a in (answered, again)] == [None, "true"]
        with pytest.raises(Problem) as refused:
            super().post(path, {**data, "salt": "00" * 32}, key=key, **more)
        told = (refused.value.status, refused.value.members["errors"][0]["code"])
        assert told == (422, "idempotency_key_reused")
        return first


@pytest.fixture
def city(ledger_world: World) -> Iterator[City]:
    world, code = ledger_world, ledger_world.city.credit_office.code
    agency = world.city.agencies[0].code
    with Web(world).served() as url:
        office = Department(code, world.keys[code], "credit_office-1")
        other = Department(agency, world.keys[agency], "market-1")
        yield City(
            world,
            GoverningOffice(Repeating(url, office)),
            GoverningOffice(Client(url, other, attempts_max=1)),
            GoverningOffice(Forging(url, office, world.keys[agency])),
        )


def statuses(act: Acting) -> tuple[str, str]:
    """What is told of an act that is sent twice, by two requests."""
    return act()["status"], act()["status"]


@pytest.mark.rule("DET-5")
@pytest.mark.rule("LST-7")
@pytest.mark.rule("QRY-1")
def test_det_5_who_takes_part_is_registered_once_under_the_offices_own_seal_alone(
    city: City, tmp_path: Any
) -> None:
    world, office = city.world, city.office
    days = {"not_before": world.today, "not_after": world.today + timedelta(days=900)}
    key = DepartmentKey.make(tmp_path / "first.pem")
    department: dict[str, Any] = {"code": NEWCOMER, "name": "示范市新设局"}
    officer = {"department": NEWCOMER, "pseudonym": "newcomer-1", "role": "operator", "name": "欧阳示例"}
    acts: tuple[Callable[[GoverningOffice], dict[str, Any]], ...] = (
        lambda of: of.register_department(**department),
        lambda of: of.rank_department(code=NEWCOMER, rank="county", basis=BASIS, member=True),
        lambda of: of.register_officer(**officer),
        lambda of: of.register_first_key(department=NEWCOMER, public_key=key.public_key, **days),
        lambda of: of.register_purpose(code="rural_support", zh="乡村振兴扶持", en="rural support"),
    )
    for act in acts:
        assert city.refused(partial(act, city.agency)) == (403, "DET-5", "governing_not_the_office")
        forged = city.refused(partial(act, city.usurper))
        assert forged == (422, "DET-5", "key_of_another")
        assert statuses(partial(act, office)) == ("recorded", "stands")
    registry = city.registry
    found, rank = registry.officer("newcomer-1"), registry.rank(NEWCOMER)
    assert found is not None and (found.department, rank.rank, rank.member) == (NEWCOMER, "county", True)
    assert registry.key(key.issuer) is not None and registry.purpose("rural_support") is not None
    assert "欧阳示例" not in dump(world)

    for wrong, code in (
        (
            lambda: office.register_department(**{**department, "name": "别的名称"}),
            "department_known_otherwise",
        ),
        (lambda: office.register_officer(**{**officer, "role": "supervisor"}), "officer_known_otherwise"),
        (lambda: office.rank_department(code=NEWCOMER, rank="village", basis=BASIS), "rank_unknown"),
        (
            lambda: office.register_purpose(code="rural_support", zh="其他", en="other"),
            "purpose_known_otherwise",
        ),
    ):
        assert city.refused(wrong)[::2] == (422, code)
    # The newcomer speaks for itself now, and is asked for its next key by nobody else.
    second = DepartmentKey.make(tmp_path / "second.pem")
    again = acts_of_key(city, second, days)
    assert city.refused(again) == (422, "DET-5", "key_not_the_first")
    world.governance().revoke_key(key.issuer, reason="lost")
    assert city.refused(acts_of_key(city, key, days)) == (422, "DET-5", "key_known")
    late = {**days, "not_after": world.today + timedelta(days=9000)}
    assert city.refused(acts_of_key(city, second, late)) == (422, "DET-5", "key_days")
    assert again()["status"] == "recorded"
    acting = [json.loads(row.meta) for row in world.reader.rows("records", after=0, limit=10_000)][-1]
    assert acting["officer"] == "credit_office-1" and world.finding() is None


@pytest.mark.rule("DET-5")
def test_det_5_of_two_first_keys_in_one_instant_the_first_stands_and_the_second_is_refused(
    city: City, tmp_path: Any
) -> None:
    world = city.world
    city.office.register_department(code=NEWCOMER, name="示范市新设局")
    days = {"not_before": world.today, "not_after": world.today + timedelta(days=900)}
    first, second = (DepartmentKey.make(tmp_path / f"{name}.pem") for name in ("first", "second"))

    def told(key: DepartmentKey) -> str:
        try:
            return str(acts_of_key(city, key, days)()["status"])
        except Problem as problem:
            return str(problem.members["errors"][0]["code"])

    keys = (first, second, first)
    assert race(world, [partial(told, key) for key in keys]) == ["recorded", "key_not_the_first", "stands"]
    registered = [key for key in (first, second) if city.registry.key(key.issuer)]
    assert registered == [first] and len(world.rows_of("department.key_begun")) == 1
    # Another act on the department moves its stream as well, and refuses no key.
    world.governance().revoke_key(first.issuer, reason="lost")
    ranked = partial(city.office.rank_department, code=NEWCOMER, rank="county", basis=BASIS)
    acts: list[Callable[[], str]] = [lambda: str(ranked()["status"]), partial(told, second)]
    assert race(world, acts) == ["recorded"] * 2
    assert world.finding() is None and not world.fsck().faults


def acts_of_key(city: City, key: DepartmentKey, days: dict[str, date]) -> Acting:
    """The registration of a key as the newcomer's first."""
    return lambda: city.office.register_first_key(department=NEWCOMER, public_key=key.public_key, **days)


@pytest.mark.rule("CAT-6")
@pytest.mark.rule("LST-2")
@pytest.mark.rule("MEA-1")
@pytest.mark.rule("CAT-3")
def test_cat_6_the_next_national_version_is_entered_as_it_was_published_and_nothing_local(city: City) -> None:
    world, office = city.world, city.office
    item = next(i for i in world.city.items if i.code == "C03-02")
    standard = next(s for s in world.city.lists if s.code == "C06-04")
    measure = next(m for m in world.city.measures if m.code == "M01")
    versions: tuple[tuple[str, dict[str, Json], dict[str, Any], tuple[str, str]], ...] = (
        (
            "catalogue_item",
            replace(item, version=2, name_en="Penalties").to_json(),
            {"layer": "municipal", "bases": [*[b.to_json() for b in item.bases], LOCAL_BASIS.to_json()]},
            ("CAT-6", LOCAL),
        ),
        (
            "list_standard",
            replace(standard, version=2).to_json(),
            {"scope": "local"},
            ("LST-2", LOCAL),
        ),
        (
            "measure",
            replace(measure, version=2).to_json(),
            {"layer": "local"},
            ("MEA-1", LOCAL),
        ),
    )
    for what, content, ours, refusal in versions:
        given = json.loads(json.dumps(content))
        assert city.refused(partial(city.agency.adopt, what, given))[0] == 403
        assert city.refused(partial(office.adopt, what, {**given, **ours}))[1:] == refusal
        unread = partial(office.adopt, what, {**given, "fee": 1})
        assert city.refused(unread)[1:] == ("CAT-3", "proposal_content_unreadable")
        assert office.adopt(what, given)["status"] == "recorded"
        assert city.refused(partial(office.adopt, what, given))[1:] == ("CAT-3", "proposal_version")
    bare = replace(item, version=3, bases=tuple(replace(b, level="department_rule") for b in item.bases))
    assert city.refused(lambda: office.adopt("catalogue_item", bare.to_json()))[1:] == (
        "CAT-2",
        "catalogue_basis_insufficient",
    )
    registry = city.registry
    newest = (
        registry.item("C03-02").items,
        registry.standard("C06-04").versions,
        registry.measure("M01").items,
    )
    assert [(v[-1].version, v[-1].status) for v in newest] == [(2, "in_force")] * 3
    world.project()
    assert world.new_projector().rebuild().equal and world.finding() is None
