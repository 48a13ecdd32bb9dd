"""Lists by pages: every page a look of its own, all pages together one whole, no cursor good for another question."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from application.queries.pages import Cursors, PageAsked, Place
from application.queries.worklist import Worklist
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.shared.refusals import Refused
from infrastructure.keys import FileVault
from interfaces.client.api import Client, Department
from tests.remedies import REMEDIES, Story, begin
from tests.web import Web
from tests.world import World

DOSSIER, LOOKS, WORK = "/v1/subject/dossier", "/v1/subject/who-looked", "/v1/worklist"


@pytest.fixture
def story(seeded_world: World) -> Story:
    """A subject with five records and an objection to the newest."""
    story = begin(seeded_world)
    for number in range(4):
        story.new_record(f"示市监罚字〔2026〕页{number}号", decided=date(2026, 6, 1 + number))
    seeded_world.project()
    return story


@pytest.fixture
def web(story: Story) -> Web:
    return Web(story.world)


def question(story: Story, **more: Any) -> dict[str, Any]:
    return {"subjects": [{"code": story.subject().number}], **more}


def asked(web: Web, path: str, members: Any, *, department: str = "", **headers: str) -> TestResponse:
    """A question by a department's portal, the credit office's unless another is named."""
    body = json.dumps(members).encode()
    code = department or web.world.city.credit_office.code
    sent = {"content-type": "application/json", "idempotency-key": "k" * 16}
    purpose = CASE_HANDLING if path == WORK else OWN_RECORDS
    sent |= {"credit-on-behalf-of": "subject", "credit-purpose": purpose.code}
    sent |= {k.replace("_", "-"): v for k, v in headers.items()}
    signing = web.signing()
    covered = tuple(signing.covered) + tuple(n for n in sent if n.startswith("credit-"))
    signed = type(signing)(code, web.world.keys[code], signing.ledger_id, covered=covered)
    return web.http.post(path, data=body, headers=signed.headers("POST", path, body, sent))


def pages(web: Web, path: str, name: str, members: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    cursor: dict[str, str] = {}
    while True:
        answer = asked(web, path, members | cursor)
        assert answer.status_code == 200, answer.text
        assert answer.json is not None
        yield answer.json[name]
        if "next" not in answer.json:
            return
        cursor = {"cursor": answer.json["next"]}


@pytest.mark.rule("PRV-3")
def test_prv_3_pages_of_a_dossier_are_the_whole_of_it_whatever_is_recorded_between_them(
    story: Story, web: Web
) -> None:
    before = asked(web, DOSSIER, question(story)).json
    assert before is not None and len(before["records"]) >= 5 and "next" not in before
    told = pages(web, DOSSIER, "records", question(story, limit=2))
    found = next(told)
    # A correction of a record of a later page, an end of one of an earlier page, and a new record.
    last, first = before["records"][-1]["record"], before["records"][0]["record"]
    _correct(story, last)
    _withdraw(story, first)
    story.new_record("示市监罚字〔2026〕后来号", decided=date(2026, 7, 1))
    story.world.project()
    rest = list(told)
    assert all(len(page) <= 2 for page in [found, *rest]) and len(rest) >= 2
    assert [*found, *(r for page in rest for r in page)] == before["records"]
    now = asked(web, DOSSIER, question(story)).json
    assert now is not None and len(now["records"]) == len(before["records"]) + 3
    # The new record, and for each of the two that were wrong a reputation to restore (OBJ-4).
    assert now["position"] > before["position"]


@pytest.mark.rule("PRV-3")
def test_prv_3_every_page_is_a_look_and_is_replayed_byte_for_byte(story: Story, web: Web) -> None:
    world = story.world
    first = world.reader.head("access")[0] + 1
    dossier = list(pages(web, DOSSIER, "records", question(story, limit=2)))
    looks = list(pages(web, LOOKS, "looks", question(story, limit=2)))
    assert len(dossier) >= 3 and len(looks) >= 2
    assert world.reader.head("access")[0] == first + len(dossier) + len(looks) - 1
    _withdraw(story, dossier[0][0]["record"])
    world.project()
    replay = world.replay
    for position, page in enumerate(dossier, first):
        again = replay.answer(position)
        assert again.equal and [p.record for p in again.parts] == [r["record"] for r in page]
        assert [json.loads(p.shown) for p in again.parts] == [
            [[m["event"], m["at"], m["position"], m["parts"]] for m in r["history"]] for r in page
        ]
    for position, page in enumerate(looks, first + len(dossier)):
        again = replay.answer(position)
        assert again.equal and [json.loads(p.shown) for p in again.parts] == [page]


def test_the_list_of_who_looked_ends_with_the_look_that_began_it(story: Story, web: Web) -> None:
    for _ in range(3):
        asked(web, DOSSIER, question(story))
    found = [look for page in pages(web, LOOKS, "looks", question(story, limit=2)) for look in page]
    assert [look["number"] for look in found] == [1, 2, 3, 4]
    assert [look["view"] for look in found] == ["dossier", "dossier", "dossier", "who_looked"]
    assert found[3]["shown"][0]["part"] == "looks@1-2"
    again = asked(web, LOOKS, question(story)).json
    assert again is not None
    assert [look["number"] for look in again["looks"]] == [1, 2, 3, 4, 5, 6]
    assert [s["part"] for look in again["looks"][4:] for s in look["shown"]] == ["looks@3-4", "looks@1-6"]


def test_a_cursor_is_good_for_its_own_question_only(story: Story, web: Web) -> None:
    world = story.world
    answer = asked(web, DOSSIER, question(story, limit=1)).json
    assert answer is not None
    cursor = answer["next"]
    assert story.subject().number not in cursor and answer["records"][0]["record"] not in cursor
    other = {"code": world.city.credit_office.code}
    head = world.reader.head("access")[0]
    for path, members in (
        (LOOKS, question(story, cursor=cursor)),
        (DOSSIER, {"subjects": [other], "cursor": cursor}),
        (DOSSIER, question(story, cursor=cursor, as_of=str(answer["position"]))),
        (DOSSIER, question(story, cursor="B" + cursor[1:])),
        (DOSSIER, question(story, cursor=cursor[:-4])),
        (DOSSIER, question(story, cursor="文" * 64)),
        (WORK, {"cursor": cursor}),
    ):
        official = {"credit_official": world.city.officers[0].key} if path == WORK else {}
        department = world.city.officers[0].department if path == WORK else ""
        refused = asked(web, path, members, department=department, **official)
        assert refused.status_code == 400, (path, refused.text)
        assert refused.json is not None and refused.json["errors"][0]["code"] == "cursor_invalid"
    assert world.reader.head("access")[0] == head
    assert asked(web, DOSSIER, question(story, limit=1, cursor=cursor)).status_code == 200


@settings(max_examples=200, deadline=None)
@given(bits=st.integers(0, 48 * 8 - 1), begun=st.integers(0, 2**63), after=st.integers(0, 2**63))
def test_no_bit_of_a_cursor_can_be_changed(vault: FileVault, bits: int, begun: int, after: int) -> None:
    cursors = Cursors(vault, "somebody", "dossier", "a subject", "")
    cursor = cursors.write(Place(begun, after))
    assert cursors.read(cursor) == Place(begun, after)
    raw = bytearray(base64.urlsafe_b64decode(cursor))
    raw[bits // 8] ^= 1 << bits % 8
    with pytest.raises(Refused):
        cursors.read(base64.urlsafe_b64encode(raw).decode())
    with pytest.raises(Refused):
        Cursors(vault, "somebody else", "dossier", "a subject", "").read(cursor)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> FileVault:
    folder = tmp_path_factory.mktemp("secrets")
    FileVault.make(folder)
    return FileVault(folder)


@pytest.mark.parametrize("limit", [0, -1, 201, 10**30, 1.5, "2", True, None])
@pytest.mark.parametrize("path", [DOSSIER, LOOKS, WORK])
def test_a_page_has_from_1_to_200_entries(story: Story, web: Web, path: str, limit: Any) -> None:
    head = story.world.reader.head("access")[0]
    officer = story.world.city.officers[0]
    if path == WORK:
        refused = asked(
            web, path, {"limit": limit}, department=officer.department, credit_official=officer.key
        )
    else:
        refused = asked(web, path, question(story, limit=limit))
    assert refused.status_code == 400 and refused.json is not None
    assert (refused.json["errors"][0]["code"], refused.json["errors"][0]["field"]) == (
        "limit_out_of_bounds",
        "/limit",
    )
    assert story.world.reader.head("access")[0] == head


def test_a_dossier_beyond_one_page_is_told_whole_by_the_client(story: Story, web: Web) -> None:
    world, office = story.world, story.office
    for number in range(205):
        story.new_record(f"示市监罚字〔2026〕多{number}号", decided=date(2026, 6, 1))
    world.project()
    with web.served() as url:
        records = Client(url, Department(office, world.keys[office])).dossier(question(story)["subjects"][0])
        looks = Client(url, Department(office, world.keys[office])).who_looked(question(story)["subjects"][0])
    assert len(records) == len({r["record"] for r in records}) >= 210
    begun = [r["history"][0]["position"] for r in records]
    assert begun == sorted(begun, reverse=True)
    assert [look["view"] for look in looks] == ["dossier", "dossier", "who_looked"]


def test_a_worklist_in_pages_holds_each_waiting_case_once(story: Story) -> None:
    world = story.world
    records = _records(story)
    cases = [story.object(record) for record in records]
    assert len(cases) >= 5
    work = Worklist(world.ledger, story.desk.calendar)
    head = world.reader.head("access")[0]
    first = work.page(story.source, PageAsked(limit=2))
    assert [t.case for t in first.entries] == [c.case for c in cases[:2]] and first.next
    story.objections.reject(story.deciding(cases[0]), reasons="一致", remedies=REMEDIES)
    story.objections.reject(story.deciding(cases[3]), reasons="一致", remedies=REMEDIES)
    later = story.object(records[0])
    found, page = list(first.entries), first
    while page.next:
        page = work.page(story.source, PageAsked(limit=2, cursor=page.next))
        found += page.entries
    assert [t.case for t in found] == [c.case for c in cases if c != cases[3]]
    again = {t.case for t in work.page(story.source).entries}
    assert again == {c.case for c in cases[1:] if c != cases[3]} | {later.case}
    assert world.reader.head("access")[0] == head
    with pytest.raises(Refused):
        work.page(story.office, PageAsked(cursor=first.next))


def _records(story: Story) -> list[UUID]:
    dossier = story.world.services.subject.dossier(story.subject(), portal=story.office)
    return [UUID(life.record) for life in dossier.entries]


def _correct(story: Story, record: str) -> None:
    done = story.object(UUID(record))
    now = story.file(UUID(record)).standing.content
    content = {**now, "public": {**now["public"], "CF_NR_FK": "9.5", "CF_CFLB": "罚款"}}
    story.objections.correct(story.deciding(done), story.correction(UUID(record), done.case, content))


def _withdraw(story: Story, record: str) -> None:
    done = story.object(UUID(record))
    story.objections.withdraw(story.deciding(done), story.withdrawal(UUID(record), done.case))
