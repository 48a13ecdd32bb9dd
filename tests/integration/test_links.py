"""Persons linked to an organisation's serious record: who may, what they see, their remedies, their erasure (DET-7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.commands.acts import Done
from domain.records.links import PersonLinked
from interfaces.client.api import Problem
from interfaces.client.sealing import seal_remedy
from interfaces.demo.identities import citizen_id
from tests.erasure import carry_out
from tests.integration.test_erasure_http import post
from tests.remedies import begin
from tests.remedies_http import PROOF, City, deciding, problem
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("DET-7")
PERSON = {"id_type": "身份证", "id_number": citizen_id(Random(3), birth=date(1980, 1, 1))}
NAME = "示例责任人"


class Linking:
    """A serious record and its department, which links persons to it over HTTP."""

    def __init__(self, city: City, web: Web) -> None:
        self.city, self.web, self.world = city, web, city.world
        story = city.story
        content = story.content_of(
            CF_WSH="示严罚〔2026〕1号", CF_JDRQ="2026-11-16", CF_GSJZQ="2029-01-01", DISCREDIT_LEVEL="严重"
        )
        self.record = str(city.clients["source"].determine(content, form="penalty")["record"])
        self.world.project()

    def link(self, record: str = "", *, by: str = "source", link: str = "", **changed: Any) -> dict[str, Any]:
        """A link sealed and sent; its receipt."""
        record, client = record or self.record, self.city.clients[by]
        link = link or str(uuid4())
        public = {"record": record, "links": self.city.story.file(UUID(record)).leaf_hash, "role": "法定代表人",
                  "basis": "《示范市社会信用条例》第二十条"}  # fmt: skip
        person = {"name": NAME, **PERSON}
        public |= {k: v for k, v in changed.items() if k in public}
        person |= {k: v for k, v in changed.items() if k in person}
        sealed = seal_remedy(
            PersonLinked.KIND, {"public": public, "person/1": person}, record=link,
            ledger_id=self.world.ledger.id.bytes, key=client.department.key,
        )  # fmt: skip
        receipt: dict[str, Any] = client.post("/v1/record-links", {"link": link, "record": record, **sealed})
        self.world.project()
        return receipt["receipt"]

    def refused(self, status: int, **how: Any) -> set[str]:
        """The codes with which a link is turned away."""
        found: Problem | dict[str, Any] = problem(lambda: self.link(**how), status)
        assert isinstance(found, dict)
        return {e["code"] for e in found["errors"]}

    def dossier(self) -> dict[str, list[dict[str, Any]]]:
        """The linked person's dossier: histories by the id under which they stand."""
        return {r["record"]: r["history"] for r in self.city.clients["portal"].dossier(PERSON)}


@pytest.fixture
def linking(seeded_world: World) -> Iterator[Linking]:
    web = Web(seeded_world)
    with web.served() as url:
        yield Linking(City(begin(seeded_world), url), web)


def test_det_7_a_person_is_linked_to_a_serious_record_only_and_by_its_department_only(
    linking: Linking,
) -> None:
    general = linking.city.determine("示般罚〔2026〕1号", "2026-11-16")
    assert linking.refused(422, record=general) == {"link_not_serious"}
    assert linking.refused(422, by="stranger") == {"remedy_record_not_yours"}
    assert linking.refused(422, role="亲属") == {"link_role"}
    assert linking.refused(422, basis="领导要求") == {"link_basis"}
    assert linking.refused(422, basis="《示范市公共信用信息管理办法》第二十条") == {"link_basis"}
    assert linking.refused(422, links="00" * 32) == {"link_of_other_version"}
    assert linking.refused(422, name=" ") == {"link_person_unnamed"}
    minor = citizen_id(Random(4), birth=date(2010, 1, 1))
    assert linking.refused(422, id_number=minor) == {"link_of_a_minor"}
    recorded = linking.link()
    assert recorded["status"] == "recorded"
    assert linking.refused(422, link=recorded["link"]) == {"link_id_taken"}


def test_det_7_the_linked_person_sees_the_link_and_the_public_part_and_nobody_else_sees_the_person(
    linking: Linking,
) -> None:
    link = linking.link()["link"]
    history = linking.dossier()[link]
    assert [moment["event"] for moment in history] == ["record.person_linked", "record.determined"]
    assert history[0]["parts"]["public"]["role"] == "法定代表人"
    assert set(history[1]["parts"]) == {"public"}
    looks = linking.city.clients["portal"].who_looked(PERSON)
    assert link in str(looks[-2]["shown"])
    # The organisation's dossier, the public page and a shared query tell nothing of the person.
    city = linking.city
    for told in (
        city.clients["portal"].dossier(city.subject),
        city.shared(linking.record),
        city.public(linking.record),
        linking.web.http.get(f"/records/{linking.record}").text,
    ):
        assert told and NAME not in str(told) and PERSON["id_number"] not in str(told)
    linking.world.new_projector().rebuild()
    assert linking.dossier()[link] == history and linking.world.finding() is None


def test_det_7_a_linked_person_objects_and_repairs_by_the_link_and_a_stranger_does_not(
    linking: Linking,
) -> None:
    link, city = linking.link()["link"], linking.city
    stranger = {"id_type": "身份证", "id_number": citizen_id(Random(5), birth=date(1981, 1, 1))}
    assert {e["code"] for e in problem(lambda: city.object(link, subject=stranger), 422)["errors"]} == {
        "remedy_record_not_yours"
    }
    assert problem(lambda: city.object(linking.record, subject=PERSON), 422)
    receipt = city.object(link, subject=PERSON)
    assert receipt["record"] == linking.record
    # The case is the person's own: the organisation is told nothing of it, the person all.
    case = deciding("objections", receipt)
    told = city.portal.state("objections", receipt["case"], on_behalf_of="subject", subject=PERSON)
    assert told["state"] == "pending"
    assert problem(
        lambda: city.portal.state(
            "objections", receipt["case"], on_behalf_of="subject", subject=city.subject
        ),
        404,
    )
    city.source.reject(case, reasons="经核实一致", remedies={"reconsideration": "复议", "litigation": "诉讼"})
    assert (
        city.portal.state("objections", receipt["case"], on_behalf_of="subject", subject=PERSON)["state"]
        == "rejected"
    )
    linking.world.clock.advance(days=400)
    applied = city.portal.apply(link, subject=PERSON, materials=[PROOF])
    assert applied["record"] == linking.record
    # An objection of the organisation that is upheld closes the person's repair, under the person's own keys.
    story, record = linking.city.story, UUID(linking.record)
    filed = story.object(record)
    story.objections.withdraw(story.deciding(filed), story.withdrawal(record, filed.case))
    closed = city.portal.state("repairs", applied["case"], on_behalf_of="subject", subject=PERSON)
    assert closed["state"] == "closed" and linking.world.finding() is None


def test_det_7_a_link_ends_with_its_record(linking: Linking) -> None:
    link, city, story = linking.link()["link"], linking.city, linking.city.story
    receipt = city.object(link, subject=PERSON)
    record, objection = UUID(linking.record), UUID(receipt["case"])
    decision = story.deciding(Done(objection, receipt["version"], 0, receipt))
    story.objections.withdraw(decision, story.withdrawal(record, objection))
    linking.world.project()
    assert [m["event"] for m in linking.dossier()[link]][-1] == "record.withdrawn"
    assert "link_record_ended" in linking.refused(422)
    assert problem(lambda: city.object(link, subject=PERSON), 422)


def test_det_7_a_link_is_erased_alone_and_with_its_person_and_the_record_stays(linking: Linking) -> None:
    first, second = linking.link()["link"], linking.link(role="主要负责人")["link"]
    assert set(linking.dossier()) == {first, second}
    _erase(linking, {"kind": "record", "record": first})
    assert set(linking.dossier()) == {second}
    _erase(linking, {"kind": "subject", "subject": PERSON})
    assert not linking.dossier()
    store, ledger = linking.world.store, linking.world.ledger
    for link in (first, second):
        (row,) = ledger.open_all(store.load("records", UUID(link)), log="records")
        assert not row.opened
    assert linking.city.public(linking.record) is not None and linking.city.shared(linking.record)
    assert linking.world.finding() is None


def _erase(linking: Linking, target: dict[str, Any]) -> None:
    asked = {
        "erasure": str(uuid4()),
        "cause": "purpose_ended",
        "basis": "个人信息保护法第四十七条",
        "target": target,
    }
    office = linking.world.city.credit_office.code
    linking.world.governance().register_officer(
        department=office, pseudonym=f"second-{asked['erasure']}", role="operator", name="示例"
    )
    for path, body, officer in (
        ("", asked, "credit_office-1"),
        (f"/{asked['erasure']}/approve", {}, f"second-{asked['erasure']}"),
    ):
        assert post(linking.web, f"/v1/erasures{path}", body, officer=officer).status_code == 201
    carry_out(linking.world)
