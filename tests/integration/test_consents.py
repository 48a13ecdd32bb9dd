"""Consents: everything stated, never for life, never forced, withdrawn at once; what they open and what not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.commands.consents import GiveConsent
from application.commands.subjects import Identity
from application.queries.shared import Answer, SharedQueries
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.client.api import Client, Department, Problem
from tests.integration.test_queries import ASKER, request, subject_with_records
from tests.web import Web
from tests.world import World


@pytest.fixture
def world(seeded_world: World) -> World:
    return seeded_world


def give(world: World, who: Identity, **changes: Any) -> GiveConsent:
    today = city_day(world.clock.now())
    values: dict[str, Any] = {
        "consent_id": uuid4(),
        "identity": who,
        "recipient": world.city.agencies[ASKER].code,
        "purpose": "licensing",
        "manner": "在线核验一次",
        "items": ("C03-02",),
        "until": today + timedelta(days=90),
        "freely_given": True,
        **changes,
    }
    command = GiveConsent(**values)
    world.services.consents.give(
        command, portal=world.city.credit_office.code, attempt=b"attempt", receipt=None
    )
    return command


def ask(world: World, who: Identity, consent: GiveConsent, **changes: Any) -> Answer:
    asked = request(world, consent=str(consent.consent_id), **changes)
    return world.services.shared.ask(asked, [who], attempt=b"body")[0]


@pytest.mark.rule("PRV-2")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": None}, "consent_for_life"),
        ({"until": date(2099, 12, 31)}, "consent_for_life"),
        ({"until": date(2020, 1, 1)}, "consent_over_already"),
        ({"items": ()}, "consent_for_everything"),
        ({"items": ("*",)}, "consent_for_everything"),
        ({"items": ("C03-02", "全部")}, "consent_for_everything"),
        ({"items": ("C99-99",)}, "consent_item_unknown"),
        ({"manner": " "}, "consent_manner_missing"),
        ({"purpose": "curiosity"}, "consent_purpose_unknown"),
        ({"recipient": "nobody"}, "consent_recipient_unknown"),
        ({"freely_given": False}, "consent_forced"),
    ],
)
def test_prv_2_a_consent_that_does_not_state_all_is_refused_and_the_refusal_logged(
    world: World, change: dict[str, Any], code: str
) -> None:
    records, access = (world.reader.head(log)[0] for log in ("records", "access"))
    with pytest.raises(Refused) as refused:
        give(world, subject_with_records(world), **change)
    assert [d.code for d in refused.value.defects] == [code]
    assert world.reader.head("records")[0] == records
    assert world.reader.rows("access", after=access, limit=5)[0].topic == "act.refused"


@pytest.mark.rule("PRV-2")
@pytest.mark.rule("SHR-2")
def test_shr_2_an_authorised_query_shows_what_its_consent_covers_until_it_ends(world: World) -> None:
    who = subject_with_records(world)
    consent = give(world, who)
    assert ask(world, who, consent).records
    assert ask(world, who, consent, purpose="supervision").records == ()
    world.clock.advance(days=91)
    assert ask(world, who, consent).records == ()
    looks = world.services.subject.who_looked(who, portal=world.city.credit_office.code).entries
    assert [bool(look.shown) for look in looks[:3]] == [True, False, False]


@pytest.mark.rule("SHR-2")
def test_shr_2_a_consent_opens_its_own_items_of_its_own_subject_only(world: World) -> None:
    who = subject_with_records(world)
    assert ask(world, who, give(world, who, items=("C02-01",))).records == ()
    other = Identity("natural_person", "身份证", "990101198001010017")
    assert ask(world, who, give(world, other)).records == ()


@pytest.mark.rule("PRV-2")
def test_prv_2_a_consent_withdrawn_between_decision_and_log_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, office = subject_with_records(world), world.city.credit_office.code
    consent = give(world, who)
    assert ask(world, who, consent).records
    decided = SharedQueries._decided
    withdrawn: list[int] = []

    def then_withdrawn(*given: Any) -> Any:
        decision = decided(*given)
        if not withdrawn:
            withdrawn.append(
                world.services.consents.withdraw(consent.consent_id, who, portal=office, receipt=None)
            )
        return decision

    monkeypatch.setattr(SharedQueries, "_decided", staticmethod(then_withdrawn))
    assert ask(world, who, consent).records == ()
    assert withdrawn


@pytest.mark.rule("PRV-2")
def test_prv_2_a_withdrawn_consent_opens_nothing_any_more(world: World) -> None:
    who, office = subject_with_records(world), world.city.credit_office.code
    consent = give(world, who)
    stranger = Identity("natural_person", "身份证", "990101198001010017")
    with pytest.raises(Refused) as of_another:
        world.services.consents.withdraw(consent.consent_id, stranger, portal=office, receipt=None)
    assert [(d.rule, d.code) for d in of_another.value.defects] == [("PRV-2", "consent_unknown")]
    world.services.consents.withdraw(consent.consent_id, who, portal=office, receipt=None)
    assert ask(world, who, consent).records == ()
    with pytest.raises(Refused):
        world.services.consents.withdraw(consent.consent_id, who, portal=office, receipt=None)
    assert world.finding({}) is None


@pytest.mark.rule("PRV-2")
def test_prv_2_only_the_portal_gives_a_consent_for_a_subject(world: World) -> None:
    agency = world.city.agencies[ASKER].code
    command = GiveConsent(
        uuid4(),
        subject_with_records(world),
        agency,
        "licensing",
        "一次",
        ("C03-02",),
        None,
        freely_given=True,
    )
    with pytest.raises(Refused) as refused:
        world.services.consents.give(command, portal=agency, attempt=b"", receipt=None)
    assert refused.value.defects[0].rule == "PRV-3"


@pytest.mark.rule("PRV-2")
@pytest.mark.rule("SHR-2")
def test_shr_2_a_consent_is_given_used_and_withdrawn_over_http(seeded_world: World) -> None:
    web, world = Web(seeded_world), seeded_world
    who = subject_with_records(world)
    office, agency = world.city.credit_office.code, world.city.agencies[ASKER].code
    officer = next(o.key for o in world.city.officers if o.department == agency)
    subject = {"code": who.number}
    consent: dict[str, Any] = {
        "consent": str(uuid4()),
        "subject": subject,
        "recipient": agency,
        "purpose": "licensing",
        "manner": "在线核验一次",
        "items": ["C03-02"],
        "until": (city_day(world.clock.now()) + timedelta(days=30)).isoformat(),
        "freely_given": True,
    }
    asked: dict[str, Any] = {
        "official": officer,
        "purpose": "licensing",
        "case": "七号案",
        "basis": "本人授权",
        "consent": consent["consent"],
    }
    with web.served() as url:
        portal = Client(url, Department(office, world.keys[office]))
        department = Client(url, Department(agency, world.keys[agency]))
        with pytest.raises(Problem) as refused:
            portal.give_consent({**consent, "until": "2099-12-31"})
        assert (refused.value.status, refused.value.members["rule"]) == (422, "PRV-2")
        with pytest.raises(Problem) as forbidden:
            department.give_consent(consent)
        assert forbidden.value.status == 403
        assert department.query([subject], **asked)[0]["records"] == []  # of a consent that nobody gave
        assert portal.give_consent(consent)["status"] == "given"
        assert department.query([subject], **asked)[0]["records"]
        assert portal.withdraw_consent(consent["consent"], subject)["status"] == "withdrawn"
        assert department.query([subject], **asked)[0]["records"] == []
        with pytest.raises(Problem) as gone:
            portal.withdraw_consent(consent["consent"], subject)
        told = gone.value.members
        assert (told["rule"], told["errors"][0]["code"]) == ("PRV-2", "consent_unknown") and told["clause"]


@pytest.mark.rule("PRV-3")
def test_prv_3_a_subject_lists_its_consents_by_pages_and_each_page_is_a_look_that_can_be_replayed(
    world: World,
) -> None:
    who = subject_with_records(world)
    first, second, third = (give(world, who, manner=f"第{number}次") for number in "一二三")
    give(world, Identity("organisation", "", world.city.credit_office.code))
    office = world.city.credit_office.code
    world.services.consents.withdraw(second.consent_id, who, portal=office, receipt=None)
    with Web(world).served() as url:
        portal = Client(url, Department(office, world.keys[office]), attempts_max=1)
        subject = {"code": who.number}
        told = portal.consents(subject)
        assert [c["consent"] for c in told] == [str(c.consent_id) for c in (third, second, first)]
        assert [c["state"] for c in told] == ["holds", "withdrawn", "holds"]
        assert [c["withdrawn_on"] for c in told] == ["", world.today.isoformat(), ""]
        assert told[0]["recipient_name"] == world.city.agencies[ASKER].name and told[0]["manner"] == "第三次"
        asked = {"subjects": [subject], "limit": 2}
        own = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}
        page = portal.post("/v1/subject/consents", asked, **own)
        give(world, who)
        rest = portal.post("/v1/subject/consents", {**asked, "cursor": page["next"]}, **own)
        assert [*page["consents"], *rest["consents"]] == told and "next" not in rest
        for headers in ({**own, "credit_purpose": "licensing"}, {"credit_purpose": "own_records"}):
            with pytest.raises(Problem) as refused:
                portal.post("/v1/subject/consents", asked, **headers)
            assert refused.value.status == 403
        views = [look["view"] for look in portal.who_looked(subject)]
    assert views == ["consents", "consents", "consents", "who_looked"]
    world.clock.run_ahead(days=91)
    (page_now, *_) = world.services.subject.consents(who, portal=office).entries[-1:]
    assert page_now.state == "over"
    replay = world.replay
    looks = [
        r.position for r in world.reader.rows("access", after=0, limit=1000) if r.topic == "subject.queried"
    ]
    again = replay.answer(looks[0])
    assert again.event.view == "consents" and again.equal and len(again.parts) == 3
