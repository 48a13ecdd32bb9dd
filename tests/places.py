"""Every place that could show a record: how each is asked, what it shows while the record stands, and what after.

The list for operators is the table in docs/operations.md; ``tests/integration/test_every_place.py`` asks them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from interfaces.client.sealing import seal_act
from tests.ledger_books import book, row
from tests.remedies import REMEDIES, SECOND
from tests.scene import JSON, NUMBER, PURPOSE, Came, Scene
from tests.web import XLSX

ALL = frozenset({"public", "restricted", "person/1", "number"})
PUBLIC = frozenset({"public", "number"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """How a place is asked, what of the record it shows while the record stands, and what once it has ended.

    ``while_open`` is False for acts that would change how the record stands: they are asked after its end only.
    """

    ask: Callable[[Scene], Came]
    before: frozenset[str] = NONE
    after: frozenset[str] = NONE
    while_open: bool = True


def page(path: str, **headers: str) -> Callable[[Scene], Came]:
    """A GET of a path, with the record's id where it says so; in HTML, in JSON and as a problem."""

    def ask(scene: Scene) -> Came:
        where = path.format(record=scene.record, then=scene.then, code=scene.code)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        for accept in ("text/html", JSON, "*/*"):
            yield scene.web.http.get(where, headers={"Accept": accept, **sent})

    return ask


def looked_up(scene: Scene, text: str, query: str = "") -> Came:
    yield scene.web.http.post(f"/lookup{query}", data={"identifier": text})
    yield scene.web.http.post(f"/lookup{query}", data={"identifier": text}, headers={"Accept": JSON})


def of_case(kind: str) -> Callable[[Scene], Came]:
    """How a case stands, for its source, its subject, the credit office, and a stranger."""

    def ask(scene: Scene) -> Came:
        path = f"/v1/{kind}/{scene.case(kind).case}/state"
        yield scene.handling(path, scene.story.source, SECOND)
        yield scene.own(path)
        yield scene.handling(path, scene.story.office, "credit_office-1")
        yield scene.handling(path, scene.stranger, scene.stranger_officer)

    return ask


def sent_again(scene: Scene) -> Came:
    """The same file, and another one with the same document: as drafts that are sealed, and under the first key."""
    for data in (scene.file, scene.changed()):
        draft = scene.upload(data)
        yield draft
        yield scene.sealed_draft(draft)
        streamed = scene.upload(data)
        yield scene.web.seal(streamed.get_json(), accept="application/x-ndjson")
    kept = scene.sealed_first()
    assert kept.headers["Idempotency-Replayed"] == "true"
    yield kept


def checked(scene: Scene) -> Came:
    """A dry run of another file with the same document."""
    yield scene.upload(scene.changed(), "/v1/intakes/check", accept=JSON)


def reasons(scene: Scene) -> Came:
    yield scene.upload(scene.changed(), "/v1/intakes/check", accept=XLSX)


def determined_again(scene: Scene) -> Came:
    """The same document as a single determination, by its source and by another department."""
    public = {**scene.story.content["public"], "CF_WSH": NUMBER, "CF_JDRQ": "2026-05-20"}
    for agency in (0, 1):
        ledger_id = scene.world.ledger.id.bytes
        act = seal_act(
            {**scene.story.content, "public": public},
            form="penalty",
            ledger_id=ledger_id,
            key=scene.web.key(agency),
        )
        yield scene.post("/v1/determinations", act, scene.web.code(agency))


def objected_now(scene: Scene) -> Came:
    said = {"record": str(scene.record), "about": "content", "grounds": "不符"}
    yield scene.post("/v1/objections", {**said, **scene.subject}, credit_on_behalf_of="subject")
    yield scene.post("/v1/objections", said, scene.story.source, credit_official=SECOND)
    yield scene.post("/v1/objections", said, scene.stranger, credit_official=scene.stranger_officer)


def applied_now(scene: Scene) -> Came:
    said = {"record": str(scene.record), **scene.subject, "materials": []}
    yield scene.post("/v1/repairs", said, credit_on_behalf_of="subject")


def decided_now(scene: Scene) -> Came:
    """Every act on its cases, under the version that was seen before and under the newest."""
    leaf = scene.story.file(scene.record).leaf_hash
    sealed = {"parts": {"public": {"withdraws": leaf}}, "salt": "00" * 32, "issuer": "00" * 8,
              "signature": "00" * 64}  # fmt: skip
    rejection = {"reasons": "一致", "remedies": REMEDIES}
    materials = [{"kind": "performance_proof", "digest": "b1" * 32}]
    for version in (1, scene.version("objections")):
        for what, said in (("reject", rejection), ("correct", sealed), ("withdraw", sealed)):
            yield scene.acting("objections", what, said, version=version)
    for version in (1, scene.version("repairs")):
        for what, said in (("grant", {}), ("request-materials", {}), ("accept", {}), ("reject", rejection)):
            yield scene.acting("repairs", what, said, version=version)
        supplied = {**scene.subject, "materials": materials}
        path = f"/v1/repairs/{scene.repair.case}/supply"
        yield scene.post(path, supplied, credit_on_behalf_of="subject", if_match=f'"{version}"')


def published(scene: Scene) -> Came:
    """Every published file, as it lies there and as it is served."""
    for path in sorted(p for p in scene.world.published.rglob("*") if p.is_file()):
        name = path.relative_to(scene.world.published).as_posix()
        yield name.encode() + b"\n" + path.read_bytes()
        if name.startswith("maps/") and not name.startswith("maps/heads/"):
            name = f"{name.rpartition('/')[0].rpartition('/')[0]}/{path.name}"
        answer = scene.web.http.get(f"/logs/{name}")
        assert answer.status_code == 200, name
        yield answer


def receipts(scene: Scene) -> Came:
    for log, head in (("records", scene.then + 4), ("access", scene.world.reader.head("access")[0])):
        for position in range(max(1, head - 8), head + 1):
            yield scene.web.http.get(f"/v1/receipts/{log}:{position}")


def reports(scene: Scene, kind: str) -> Came:
    """A credit report as JSON and as a page, and what its paper shows."""
    for media in (JSON, "text/html"):
        if kind == "own":
            headers = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records", "accept": media}
            yield scene.post("/v1/reports", scene.subject, **headers)
        else:
            headers = {"credit_official": scene.stranger_officer, "credit_purpose": PURPOSE, "accept": media}
            yield scene.post(
                "/v1/reports", {**scene.subject, "consent": scene.consent}, scene.stranger, **headers
            )


def by_number(scene: Scene) -> Came:
    """What anyone is told of a report that was issued, and of one that was not."""
    issued = scene.own("/v1/reports")
    assert issued.status_code == 200
    for number in (issued.get_json()["report"]["number"], "20261121-MFRGGZDFMZTWQ2LK"):
        yield scene.web.http.get(f"/r/{number}")


def questions_of_the_past(scene: Scene) -> Came:
    """As of a moment when it was public, asked by everybody but its subject and an auditor."""
    moment = str(scene.then)
    yield scene.query(as_of=moment)
    yield scene.query(path=f"/v1/queries?as_of={moment}")
    yield scene.own("/v1/subject/who-looked", as_of=moment)
    yield scene.handling("/v1/worklist", scene.story.source, SECOND, as_of=moment)
    yield scene.evidence("recorded", "public", as_of=moment)
    yield scene.web.http.get(f"/records/{scene.record}?as_of={moment}")
    yield from looked_up(scene, scene.code, f"?as_of={moment}")
    for department in (scene.stranger, scene.story.source):
        headers = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}
        yield scene.post("/v1/subject/dossier", {**scene.subjects, "as_of": moment}, department, **headers)


def asked_wrongly(scene: Scene) -> Came:
    """What cannot be answered: the texts of its errors."""
    record, http = str(scene.record), scene.web.http
    yield http.post(f"/records/{record}")
    yield http.get(f"/records/{record}/parts")
    yield http.get(f"/records/{record.upper()}0")
    yield http.post("/lookup", data=b"{}", content_type=JSON)
    yield http.post("/v1/queries", data=scene.code)
    yield scene.query(consent=record)
    yield scene.evidence("recorded", "public", record=f"{record}0")
    yield scene.evidence("answered", receipt="access:1")
    yield scene.own(f"/v1/objections/{record}/state")
    yield scene.post("/v1/determinations", {"record": record}, scene.story.source)
    yield scene.post("/v1/intakes", scene.file, scene.stranger, content_type="text/plain")


def consents(scene: Scene) -> Came:
    consent = str(uuid.uuid4())
    yield scene.give(consent)
    yield scene.give(scene.consent)
    yield scene.post(f"/v1/consents/{consent}/withdraw", scene.subject, credit_on_behalf_of="subject")


def next_key(scene: Scene) -> Came:
    """A department's wish for a next key, which nobody holds."""
    said = {"public_key": "ab" * 32, "not_after": "2027-01-01", "asked": "00" * 64, "possession": "00" * 64}
    yield scene.post("/v1/keys", said, scene.story.source)


def erasing(scene: Scene) -> Came:
    """An erasure asked for, by those who may and may not, and approved by nobody who may."""
    office, officer = scene.story.office, "credit_office-1"
    asked = {"erasure": str(uuid.uuid4()), "cause": "legal_duty", "basis": "47"}
    whole = {**asked, "target": {"kind": "subject", **scene.subject}}
    approve = f"/v1/erasures/{asked['erasure']}/approve"
    yield scene.post("/v1/erasures", whole, scene.stranger, credit_official=scene.stranger_officer)
    yield scene.post("/v1/erasures", whole, scene.story.source, credit_official=SECOND)
    for target in ({"kind": "record", "record": str(scene.record)}, whole["target"]):
        yield scene.post("/v1/erasures", {**asked, "target": target}, office, credit_official=officer)
    same = scene.post(approve, {}, office, credit_official=officer)
    assert same.status_code == 403
    yield same


def proven(scene: Scene) -> Came:
    """Bundles of the source that show no part, and of the subject about looks and its end."""
    yield scene.evidence("recorded")
    yield scene.evidence("shielded")
    yield scene.evidence("answered", receipt=scene.seen.headers["Credit-Receipt"])
    yield scene.own("/v1/evidence", claim="shielded", record=str(scene.record))
    yield scene.own("/v1/evidence", claim="who_looked")


def cleaned_up(scene: Scene) -> Came:
    """The clean-up ledger, in and out: it holds documents and no records."""
    body = book(row())
    yield scene.post("/v1/instruments", body, scene.stranger, content_type=XLSX)
    headers = {"credit_official": "credit_office-1", "credit_purpose": "instrument_cleanup"}
    yield scene.post("/v1/instruments/export", {}, **headers)
    yield scene.web.http.get("/v1/instruments")
    yield scene.web.http.get("/v1/instruments/workbook")
    yield scene.post("/v1/instruments/returns", {"what": "nil"}, scene.story.source)
    yield scene.post("/v1/instruments/notices", {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8,
                     "signature": "00" * 64})  # fmt: skip
    for path in ("/v1/instruments/notices/2026-10", "/instruments", "/instruments/notices/2026-10"):
        yield scene.web.http.get(path)


def operated(scene: Scene) -> Came:
    for path in ("/healthz", "/readyz", "/version", "/metrics", "/v1/ledger", "/v1/openapi.json"):
        yield scene.web.http.get(path)


def log_lines(scene: Scene) -> Came:
    told = scene.logged.getvalue().encode()
    assert told.count(b"duration_ms") > 20 and b"/records/" in told
    return [told]


def audited(scene: Scene) -> Came:
    """An auditor's commands on the machine, each logged: the answer of then again, and the views of then."""
    position = scene.seen.headers["Credit-Receipt"].partition(":")[2]
    return [
        scene.command("replay", position),
        scene.command("as-of", str(scene.then), "--record", str(scene.record)),
    ]


def tagged(scene: Scene) -> Came:
    """What a cache asks that holds the page from before."""
    for headers in (
        {"If-None-Match": "*"},
        {"If-None-Match": '"1"'},
        {"If-Modified-Since": "Sat, 21 Nov 2099 02:00:00 GMT"},
        {"Range": "bytes=0-99999"},
    ):
        yield scene.web.http.get(f"/records/{scene.record}", headers=headers)


PLACES: Mapping[str, Place] = {
    "record page": Place(page("/records/{record}"), PUBLIC),
    "record page, kept in a cache": Place(tagged, PUBLIC),
    "look-up by code": Place(lambda s: looked_up(s, s.code), PUBLIC),
    "look-up by name": Place(lambda s: looked_up(s, str(s.story.content["public"]["CF_XDR_MC"])), PUBLIC),
    "look-up by link": Place(page("/lookup?identifier={code}")),
    "front page": Place(page("/")),
    "shared query": Place(lambda s: [s.query()], ALL),
    "shared query of the source": Place(lambda s: [s.query(source=True)], ALL),
    "query with a consent": Place(lambda s: [s.query(consent=s.consent)], ALL),
    "query under its old key": Place(lambda s: [s.query(key=s.query_key)], ALL),
    "dossier": Place(lambda s: [s.own("/v1/subject/dossier")], ALL, ALL),
    "dossier as of then": Place(lambda s: [s.own("/v1/subject/dossier", as_of=str(s.then))], ALL, ALL),
    "own report": Place(lambda s: reports(s, "own"), PUBLIC),
    "authorised report": Place(lambda s: reports(s, "authorised"), PUBLIC),
    "report by its number": Place(by_number),
    "own consents": Place(lambda s: [s.own("/v1/subject/consents")]),
    "who looked": Place(lambda s: [s.own("/v1/subject/who-looked")]),
    "as of then, by anyone else": Place(questions_of_the_past),
    "worklists": Place(
        lambda s: [
            s.handling("/v1/worklist", s.story.source, SECOND),
            s.handling("/v1/worklist", s.story.office, "credit_office-1"),
        ]
    ),
    "state of an objection": Place(of_case("objections")),
    "state of a repair": Place(of_case("repairs")),
    "the same file again": Place(sent_again),
    "dry run": Place(checked),
    # The workbook gives back the rows that were sent with it, and nothing of what is recorded.
    "reasons workbook": Place(reasons, frozenset({"number"}), frozenset({"number"})),
    "the same document again": Place(determined_again),
    "objection now": Place(objected_now, while_open=False),
    "repair now": Place(applied_now, while_open=False),
    "decision now": Place(decided_now, while_open=False),
    "consents": Place(consents),
    "erasure asked for": Place(erasing),
    "next key": Place(next_key),
    "evidence for the source": Place(
        lambda s: [s.evidence("recorded", "public", "restricted", "person/1")], ALL
    ),
    "evidence for the subject": Place(
        lambda s: [
            s.own("/v1/evidence", claim="recorded", record=str(s.record), show=sorted(ALL - {"number"}))
        ],
        ALL,
        ALL,
    ),
    "evidence without parts": Place(proven),
    "published files": Place(published),
    "receipts": Place(receipts),
    "error texts": Place(asked_wrongly),
    "clean-up ledger": Place(cleaned_up),
    "operators' routes": Place(operated),
    "log lines": Place(log_lines),
    "an auditor's replay and look back": Place(audited, ALL, ALL),
}
HOLDS_NOTHING: Mapping[str, str] = {
    "portal.static": "files of the program",
    "docs.static": "files of the program",
    "docs.page": "made from the program alone",
    "docs.problems": "made from the program alone",
    "docs.problem": "made from the program alone",
    "portal.rules": "the rules of the program, and counts of refusals by rule and day",
    "rules.rules": "the same for machines",
    "settings.settings": "numbers that the office set, for everyone alike",
    "settings.change_setting": "takes such a number and tells it back",
    "portal.verify": "a page that works on what is dropped on it, without a network",
}
"""Routes that ask neither log nor any view of records."""
