"""Every place that could show a record: how each is asked, what it shows while the record stands, and what after.

The list for operators is the table in docs/operations.md; ``tests/integration/test_every_place.py`` asks them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from interfaces.client.sealing import seal_act
from tests.ledger_books import book, row
from tests.remedies import REMEDIES, SECOND
from tests.scene import JSON, NUMBER, PURPOSE, Came, Scene
from tests.web import XLSX

ALL = frozenset({"public", "restricted", "person/1", "number"})
PUBLIC = frozenset({"public", "number"})
NONE: frozenset[str] = frozenset()
LISTED = frozenset({"listing"})
REGISTERS = (
    "/v1/catalogue", "/v1/catalogue/C03-02", "/v1/list-standards", "/v1/list-standards/C06-04",
    "/v1/measures", "/v1/measures/M01",
    "/v1/proposals", "/v1/proposals/x", "/registers/catalogue", "/registers/catalogue/C03-02",
    "/v1/consistency-checks", "/v1/consistency-checks/x", "/registers/consistency-checks",
)  # fmt: skip
"""What anyone reads about no subject."""


MEASURE_ACTS: Mapping[str, Mapping[str, Any]] = {
    "apply": {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64},
    "decline": {"reasons": "x"},
    "report": {"done": "x"},
    "lift": {"reasons": "x"},
    "uphold-objection": {"reasons": "x"},
    "reject-objection": {"reasons": "x", "remedies": REMEDIES},
}


@dataclass(frozen=True)
class Place:
    """How a place is asked, what of the record it shows while the record stands, and what once it has ended.

    ``while_open`` is False for acts that would change how the record stands: they are asked after its end only.
    ``versioned``: its answers name by their ETag the version that an act on the case must name.
    """

    ask: Callable[[Scene], Came]
    before: frozenset[str] = NONE
    after: frozenset[str] = NONE
    while_open: bool = True
    versioned: bool = False


def page(path: str, **headers: str) -> Callable[[Scene], Came]:
    """A GET of a path, with the record's id where it says so; in HTML, in JSON and as a problem."""

    def ask(scene: Scene) -> Came:
        where = path.format(record=scene.record, then=scene.then, code=scene.code, listing=scene.listing)
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


def papers(scene: Scene) -> Came:
    """The papers of the decisions on its cases, for its source, its subject, the credit office, and a stranger."""
    for kind in ("objections", "repairs"):
        path = f"/v1/{kind}/{scene.case(kind).case}/decision"
        yield scene.handling(path, scene.story.source, SECOND)
        yield scene.own(path)
        yield scene.handling(path, scene.story.office, "credit_office-1")
        yield scene.handling(path, scene.stranger, scene.stranger_officer)


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


def compared(scene: Scene) -> Came:
    """The source's publication without and with the record, as JSON, CSV and a page; by the office, and a stranger."""
    for data, accept in ((scene.without(), JSON), (scene.without(), "text/csv"), (scene.file, "text/html")):
        yield scene.upload(data, "/v1/consistency-checks", accept=accept)
    path = f"/v1/consistency-checks?department={scene.story.source}"
    for department in (scene.story.office, scene.stranger):
        yield scene.post(path, scene.without(), department, content_type="text/csv")


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
        extended = {"working_days": 5, "reasons": "核查", "notice": "a7" * 32}
        yield scene.acting("repairs", "extend", extended, version=version)
        yield scene.acting("repairs", "revoke", sealed, version=version)
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


def applied_together(scene: Scene) -> Came:
    """One application that names the record, and how one stands."""
    said = {"records": [{"record": str(scene.record), "materials": []}], **scene.subject}
    yield scene.post("/v1/repair-applications", said, credit_on_behalf_of="subject")
    yield scene.post("/v1/repair-applications", said, scene.stranger)
    for application in (*scene.world.rows_of("repairs.filed"), scene.record):
        yield scene.own(f"/v1/repair-applications/{application}/state")


def rested(scene: Scene) -> Came:
    """A temporary shield asked for, ended and asked about, by its source and by a stranger."""
    said = {"record": str(scene.record), "court": "x", "ruling": "x", "ruled_on": "2026-11-20",
            "until": "2028-06-30", "evidence": ["e1" * 32]}  # fmt: skip
    yield scene.post("/v1/reorganisations", said, scene.stranger, credit_official=scene.stranger_officer)
    yield scene.post("/v1/reorganisations", said, scene.story.source, credit_official=SECOND)
    applying = "/v1/reorganisations/applications"
    applied = scene.post(applying, {**said, **scene.subject}, credit_on_behalf_of="subject")
    yield applied
    path = f"/v1/reorganisations/{applied.get_json().get('receipt', {}).get('case', scene.record)}"
    for what, decided in (("refuse", {"reasons": "一致", "remedies": REMEDIES}), ("grant", {})):
        yield scene.post(
            f"{path}/{what}", decided, scene.story.source, credit_official=SECOND, if_match='"1"'
        )
    path = f"/v1/reorganisations/{scene.record}"
    ended = {"outcome": "performed", "evidence": ["e1" * 32]}
    yield scene.post(f"{path}/end", ended, scene.story.source, credit_official=SECOND, if_match='"1"')
    yield scene.handling(f"{path}/state", scene.story.source, SECOND)
    yield scene.own(f"{path}/state")


def restored(scene: Scene) -> Came:
    """The tasks of restoring that came of the record, and every act on them."""
    tasks = scene.world.rows_of("restoration.begun")
    sealed = {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64}
    waived = {**scene.subject, "declaration": "d1" * 32}
    for task in (*tasks, scene.record):
        path = f"/v1/restorations/{task}"
        headers = {"credit_official": SECOND, "if_match": '"1"'}
        yield scene.post(f"{path}/complete", sealed, scene.story.source, **headers)
        yield scene.post(f"{path}/waive", waived, scene.stranger, if_match='"1"')
        yield scene.own(f"{path}/state")
        yield scene.handling(f"{path}/state", scene.story.source, SECOND)
        yield scene.handling(f"{path}/state", scene.stranger, scene.stranger_officer)
        yield scene.post(f"{path}/waive", waived, credit_on_behalf_of="subject", if_match='"1"')


def leniency(scene: Scene) -> Came:
    """The record's own document, assessed too late, by its source and as its own by a stranger; and decided on."""
    said = {"authority": scene.story.source, "number": NUMBER, "grounds": ["slight"], "effect": "not_published",
            "reason": "轻微"}  # fmt: skip
    yield scene.post("/v1/leniency-assessments", said, scene.story.source, credit_official=SECOND)
    yield scene.post("/v1/leniency-assessments", said, scene.stranger, credit_official=SECOND)
    for what in ("approve", "withdraw"):
        path = f"/v1/leniency-assessments/{scene.record}/{what}"
        yield scene.post(path, {}, scene.story.source, credit_official=SECOND)


def linked(scene: Scene) -> Came:
    """A person linked to it by a stranger, and by its source under a signature that does not hold."""
    said = {"link": str(uuid.uuid4()), "record": str(scene.record), "parts": {"public": {}}, "salt": "00" * 32,
            "issuer": "00" * 8, "signature": "00" * 64}  # fmt: skip
    yield scene.post("/v1/record-links", said, scene.stranger)
    yield scene.post("/v1/record-links", said, scene.story.source)


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


def listing_acts(scene: Scene) -> Came:
    """A listing case begun on the record, and every act on it as a stranger and as the source would send it."""
    notice = {"facts": "x", "grounds": "x", "rights": "x", "service": "direct", "served_on": "2026-11-20",
              "receipt": "d1" * 32}  # fmt: skip
    said = {"list": "C06-04", "records": [str(scene.record)], "notice": notice}
    yield scene.post("/v1/listings", said, scene.stranger, credit_official=scene.stranger_officer)
    began = scene.post("/v1/listings", said, scene.story.source, credit_official=SECOND)
    yield began
    case = began.get_json().get("receipt", {}).get("case", str(uuid.uuid4()))
    sealed: Mapping[str, Any] = {
        "parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64,
    }  # fmt: skip
    acts: Mapping[str, Mapping[str, Any]] = {
        "decide": sealed,
        "remove": sealed,
        "answer": {"outcome": "rejected", "reasons": "x"},
        "refuse": {"reasons": "x", "remedies": REMEDIES},
        "drop": {"reasons": "x"},
    }
    spoken = {**scene.subject, "grounds": "x"}
    subject = {"credit_on_behalf_of": "subject", "if_match": '"1"'}
    yield scene.post(f"/v1/listings/{case}/statement", {**spoken, "contact": "x"}, **subject)
    yield scene.post(f"/v1/listings/{case}/apply", {**scene.subject, "materials": []}, **subject)
    path = f"/v1/listings/{case}/state"
    yield scene.handling(path, scene.story.source, SECOND)
    yield scene.own(path)
    yield scene.handling(path, scene.stranger, scene.stranger_officer)
    for version in (1, 2):
        for what, body in acts.items():
            headers = {"credit_official": SECOND, "if_match": f'"{version}"'}
            yield scene.post(f"/v1/listings/{case}/{what}", body, scene.story.source, **headers)


def entered(scene: Scene) -> Came:
    """Entries of every sort, and their ends, as a stranger and the source would send them; and the green channel."""
    sealed = {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64}
    sorts = {"red-list-entries": "remove", "watch-list-entries": "end", "reference-entries": "end"}
    for path, end in sorts.items():
        for who, officer in ((scene.stranger, scene.stranger_officer), (scene.story.source, SECOND)):
            said = {"entry": str(uuid.uuid4()), **sealed}
            yield scene.post(f"/v1/{path}", said, who, credit_official=officer)
            yield scene.post(f"/v1/{path}/{scene.record}/{end}", sealed, who, credit_official=officer)
    headers = {"credit_official": scene.stranger_officer, "credit_purpose": PURPOSE}
    own = {"credit_on_behalf_of": "subject"}
    yield scene.post(f"/v1/entries/{scene.record}/object", {**scene.subject, "grounds": "x"}, **own)
    said = {"reasons": "x", "remedies": REMEDIES}
    yield scene.post(f"/v1/entries/{scene.record}/reject", said, scene.story.source, credit_official=SECOND)
    for path in ("green-channel", "watch-list-entries/query", "reference-entries/query"):
        yield scene.post(f"/v1/{path}", scene.subjects, scene.stranger, **headers)


def measure_acts(scene: Scene) -> Came:
    """A measure named on the record by a stranger and by its source, asked about, and every act on it."""
    cited = {"title": "中华人民共和国食品安全法", "document_number": "2021修正", "article": "113"}
    case = str(uuid.uuid4())
    for who, officer in ((scene.stranger, scene.stranger_officer), (scene.story.source, SECOND)):
        said = {"measure": "M11", "provision": cited, "rests_on": {"kind": "record", "id": str(scene.record)},
                "responders": [{"kind": "department", "code": who}]}  # fmt: skip
        yield scene.post("/v1/joint-actions", said, who, credit_official=officer)
        asked = {**scene.subject, "measure": "M11"}
        headers = {"credit_official": officer, "credit_purpose": PURPOSE}
        yield scene.post("/v1/measure-checks", asked, who, **headers)
        path = f"/v1/measure-cases/{case}"
        yield scene.handling(f"{path}/state", who, officer)
        for what, body in MEASURE_ACTS.items():
            yield scene.post(f"{path}/{what}", body, who, credit_official=officer, if_match='"1"')
    own = {"credit_on_behalf_of": "subject"}
    yield scene.post(f"/v1/measure-cases/{case}/object", {**scene.subject, "grounds": "x"}, **own)
    yield scene.own(f"/v1/measure-cases/{case}/state")


def state_of_listing(scene: Scene) -> Came:
    """How the listing stands, for its department, the credit office, and a stranger."""
    path = f"/v1/listings/{scene.listing}/state"
    yield scene.handling(path, scene.story.source, SECOND)
    yield scene.handling(path, scene.story.office, "credit_office-1")
    yield scene.handling(path, scene.stranger, scene.stranger_officer)


def proposing(scene: Scene) -> Came:
    """A proposal and every act on it, none of which is about anyone."""
    said = {"what": "catalogue_item", "content": {"code": "C03-02"}}
    yield scene.post("/v1/proposals", said, scene.story.source, credit_official=SECOND)
    acts = ("revise", "consult", "opinions", "answer", "meeting", "views", "review", "publish", "evaluate")
    for what in acts:
        path = f"/v1/proposals/{uuid.uuid4()}/{what}"
        yield scene.post(path, {}, credit_official="credit_office-1", if_match='"1"')


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


def overseen(scene: Scene) -> Came:
    """Flags, listed and asked for one by one, and acts on them that are refused: they name no subject."""
    scene.world.flags.run()
    asking = {"credit_purpose": "accountability"}
    acts: Mapping[str, Mapping[str, Any]] = {
        "answer": {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8, "signature": "00" * 64},
        "close": {"outcome": "corrected", "reasons": ""},
        "reassign": {"unit": scene.story.source, "reasons": ""},
    }
    for department, officer in ((scene.story.source, SECOND), (scene.story.office, "credit_office-1")):
        listed = scene.post("/v1/flags", {}, department, credit_official=officer, **asking)
        yield listed
        for flag in [f["flag"] for f in listed.get_json()["flags"]] or [str(uuid.uuid4())]:
            yield scene.post(f"/v1/flags/{flag}/state", {}, department, credit_official=officer, **asking)
            for what, said in acts.items():
                headers = {"credit_official": officer, "if_match": '"1"'}
                yield scene.post(f"/v1/flags/{flag}/{what}", said, department, **headers)


def indicated(scene: Scene) -> Came:
    """Indicators of the month before, everywhere and to everyone: they are counts."""
    for path in ("", "/workbook"):
        yield scene.web.http.get(f"/v1/indicators{path}?month=2026-10")
    registered = ("/v1/indicator-notices", "/v1/indicator-notices/2026-10", "/registers/indicator-notices")
    for path in ("/indicators", "/indicators?month=2026-10", "/indicators/2026-10/repairs.svg", *registered):
        yield scene.web.http.get(path)
    for department, officer in ((scene.story.source, SECOND), (scene.story.office, "credit_office-1")):
        headers = {"credit_official": officer, "credit_purpose": "accountability"}
        yield scene.post("/v1/indicators", {}, department, **headers)
    yield scene.post("/v1/indicators/notices", {"parts": {"public": {}}, "salt": "00" * 32, "issuer": "00" * 8,
                     "signature": "00" * 64})  # fmt: skip


def tipped_off(scene: Scene) -> Came:
    """A tip-off about the subject by anyone, followed, listed, opened and handled: it holds no record."""
    http = scene.web.http
    filed = http.post("/v1/tip-offs", json={"about": "x", "code": scene.code, "text": "x"})
    receipt = filed.get_json()
    yield filed
    yield http.post("/v1/tip-offs/follow-up", json=receipt)
    yield http.get("/tip-offs")
    yield http.post("/tip-offs", data={"about": "x", "code": scene.code, "text": "x"})
    yield http.post("/tip-offs/follow-up", data=receipt)
    headers = {"credit_official": "handler-1", "credit_purpose": "tip_off_handling"}
    yield scene.post("/v1/tip-offs/list", {}, **headers)
    path, shown = f"/v1/tip-offs/{receipt['number']}", {"show": ["report"], "reason": "x"}
    opened = scene.post(f"{path}/open", shown, **headers)
    assert opened.status_code == 200
    yield opened
    yield scene.post(f"{path}/steps", {"step": "accepted"}, credit_official="handler-1", if_match='"2"')


def operated(scene: Scene) -> Came:
    for path in ("/healthz", "/readyz", "/version", "/metrics", "/v1/ledger", "/v1/openapi.json"):
        yield scene.web.http.get(path)


def traced(scene: Scene) -> Came:
    """A trace of the record and of all about its subject, by the credit office and by a stranger."""
    purpose = 'leak_tracing; case="2026-1"; basis="49 13"'
    for said in ({"record": str(scene.record), "excerpt": {"CF_WSH": NUMBER}}, scene.subject):
        yield scene.post("/v1/traces", said, credit_official="credit_office-1", credit_purpose=purpose)
        headers = {"credit_official": scene.stranger_officer, "credit_purpose": purpose}
        yield scene.post("/v1/traces", said, scene.stranger, **headers)


def reviewed(scene: Scene) -> Came:
    """Reviews of whatever was queried, for the credit office and a stranger; a relation declared; decided by nobody."""
    scene.world.reviews.run()
    reviews = [*dict.fromkeys(scene.world.rows_of("review.opened"))][:2]
    said = {"finding": "x", "consequence": "x", "reasons": ""}
    for review in (*reviews, uuid.uuid4()):
        for department, officer in (
            (scene.story.office, "credit_office-2"),
            (scene.stranger, scene.stranger_officer),
        ):
            headers = {"credit_official": officer}
            yield scene.post(
                f"/v1/reviews/{review}/state", {}, department, credit_purpose="query_review", **headers
            )
            yield scene.post(f"/v1/reviews/{review}/decide", said, department, if_match='"1"', **headers)
    declared = {"officer": SECOND, **scene.subject, "relation": "relative"}
    yield scene.post("/v1/officer-relations", declared, scene.story.source, credit_official=SECOND)
    yield scene.post("/v1/officer-relations", declared, scene.stranger, credit_official=SECOND)
    ended = {**declared, "how": "mistaken", "reasons": "x"}
    yield scene.post("/v1/officer-relations/end", ended, scene.story.source, credit_official=SECOND)
    lifted = {"officer": SECOND, "case": str(scene.record), "reasons": "x"}
    for department, officer in (
        (scene.story.office, "credit_office-1"),
        (scene.stranger, scene.stranger_officer),
    ):
        yield scene.post("/v1/officer-reinstatements", lifted, department, credit_official=officer)
        asking = {"credit_official": officer, "credit_purpose": "accountability"}
        yield scene.post("/v1/officers/standing", {"officer": SECOND}, department, **asking)


def incidents(scene: Scene) -> Came:
    """An incident about a look at the subject, and every act on it, by the credit office and by a stranger."""
    office = (scene.story.office, "credit_office-1")
    said = {"kind": "leak", "facts": "x"}
    opened = scene.post("/v1/incidents", said, office[0], credit_official=office[1])
    yield opened
    path = f"/v1/incidents/{opened.get_json()['receipt']['case']}"
    looks = {"looks": [scene.seen.headers["Credit-Receipt"]]}
    notice = {**scene.subject, "service": "direct", "served_on": "2026-11-20", "receipt": "d1" * 32}
    acts = {
        "evidence": looks,
        "measure": {"text": "x"},
        "notice": notice,
        "close": {"outcome": "x", "reasons": "x"},
    }
    digest = "00" * 32
    for version, (what, body) in enumerate(acts.items(), start=1):
        for department, officer in (office, (scene.stranger, scene.stranger_officer)):
            headers = {"credit_official": officer, "if_match": f'"{version}"'}
            done = scene.post(f"{path}/{what}", body, department, **headers)
            yield done
            if what == "evidence" and done.status_code == 201:
                digest = done.get_json()["receipt"]["digest"]
    for department, officer in (office, (scene.stranger, scene.stranger_officer)):
        headers = {"credit_official": officer, "credit_purpose": "incident_handling"}
        yield scene.post(f"{path}/state", {}, department, **headers)
        yield scene.post(f"{path}/bundle", {"digest": digest}, department, **headers)


def checked_duty(scene: Scene) -> Came:
    """Cases about the subject that had to be checked, and the gap, for the department and for a stranger."""
    said = {"cases": [{"case": "2026-7", **scene.subject, "day": "2026-11-20"}]}
    yield scene.post("/v1/duty-checks", said, scene.story.source, credit_official=SECOND)
    for department, officer in ((scene.story.source, SECOND), (scene.stranger, scene.stranger_officer)):
        asked = {"department": scene.story.source}
        headers = {"credit_official": officer, "credit_purpose": "supervision"}
        yield scene.post("/v1/duty-checks/report", asked, department, **headers)


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
    "look-up by code": Place(lambda s: looked_up(s, s.code), PUBLIC | LISTED),
    "look-up by name": Place(
        lambda s: looked_up(s, str(s.story.content["public"]["CF_XDR_MC"])), PUBLIC | LISTED
    ),
    "look-up by link": Place(page("/lookup?identifier={code}")),
    "front page": Place(page("/")),
    "shared query": Place(lambda s: [s.query()], ALL | LISTED),
    "shared query of the source": Place(lambda s: [s.query(source=True)], ALL | LISTED),
    "query with a consent": Place(lambda s: [s.query(consent=s.consent)], ALL),
    "own report": Place(lambda s: reports(s, "own"), PUBLIC | LISTED),
    "authorised report": Place(lambda s: reports(s, "authorised"), PUBLIC),
    "report by its number": Place(by_number),
    "own consents": Place(lambda s: [s.own("/v1/subject/consents")]),
    "query under its old key": Place(lambda s: [s.query(key=s.query_key)], ALL | LISTED),
    "dossier": Place(lambda s: [s.own("/v1/subject/dossier")], ALL | LISTED, ALL | LISTED),
    "dossier as of then": Place(
        lambda s: [s.own("/v1/subject/dossier", as_of=str(s.then))], ALL | LISTED, ALL | LISTED
    ),
    "who looked": Place(lambda s: [s.own("/v1/subject/who-looked")]),
    "as of then, by anyone else": Place(questions_of_the_past),
    "worklists": Place(
        lambda s: [
            s.handling("/v1/worklist", s.story.source, SECOND),
            s.handling("/v1/worklist", s.story.office, "credit_office-1"),
        ]
    ),
    "late publications": Place(
        lambda s: [
            s.handling("/v1/late-publications", s.story.source, SECOND),
            s.handling("/v1/late-publications", s.story.office, "credit_office-1"),
        ]
    ),
    "state of an objection": Place(of_case("objections")),
    "state of a repair": Place(of_case("repairs")),
    # What was decided about a record names its document, to those whom the decision concerns.
    "papers of decisions": Place(papers, frozenset(), frozenset({"number"})),
    "the same file again": Place(sent_again),
    "dry run": Place(checked),
    # Of what is public and not in the file its number is told, of what ended nothing but its id.
    "publication compared": Place(compared, frozenset({"number"})),
    # The workbook gives back the rows that were sent with it, and nothing of what is recorded.
    "reasons workbook": Place(reasons, frozenset({"number"}), frozenset({"number"})),
    "the same document again": Place(determined_again),
    "objection now": Place(objected_now, while_open=False),
    "repair now": Place(applied_now, while_open=False),
    "decision now": Place(decided_now, while_open=False),
    "consents": Place(consents),
    "erasure asked for": Place(erasing),
    "next key": Place(next_key),
    "temporary shield": Place(rested, while_open=False),
    "repairs of several": Place(applied_together, while_open=False),
    "reputation restored": Place(restored, while_open=False),
    "leniency assessed": Place(leniency),
    "person linked": Place(linked),
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
    "flags": Place(overseen, versioned=True),
    "indicators": Place(indicated),
    "tip-offs": Place(tipped_off),
    "operators' routes": Place(operated),
    "public registers": Place(lambda s: [a for path in REGISTERS for a in page(path)(s)]),
    "listing cases": Place(listing_acts),
    "red lists, the watch list, references, the green channel": Place(entered),
    "measures": Place(measure_acts),
    "proposals": Place(proposing),
    "a list": Place(lambda s: [a for p in ("/v1/lists/C06-04", "/lists/C06-04") for a in page(p)(s)], LISTED),
    "a listing's own page": Place(page("/records/{listing}"), LISTED),
    "state of a listing": Place(state_of_listing, LISTED, versioned=True),
    "state of a listing, for its subject": Place(
        lambda s: [s.own(f"/v1/listings/{s.listing}/state")], LISTED, LISTED, versioned=True
    ),
    "traces of a leak": Place(traced),
    "cases that had to be checked": Place(checked_duty),
    "incidents": Place(incidents, versioned=True),
    "reviews of queries": Place(reviewed, versioned=True),
    "log lines": Place(log_lines),
    "an auditor's replay and look back": Place(audited, ALL | LISTED, ALL | LISTED),
}
HOLDS_NOTHING: Mapping[str, str] = {
    "portal.static": "files of the program",
    "docs.static": "files of the program",
    "docs.page": "made from the program alone",
    "docs.problems": "made from the program alone",
    "docs.problem": "made from the program alone",
    "portal.rules": "the rules of the program, and counts of refusals by rule and day",
    "rules.rules": "the same for machines",
    "purposes.stated": "purposes that the office registered, and who may state them",
    "repair_terms.terms": "what catalogue, settings and the program say of items",
    "settings.settings": "numbers that the office set, for everyone alike",
    "settings.change_setting": "takes such a number and tells it back",
    "governing.register_department": "takes who takes part, and tells that it stands",
    "governing.rank_department": "the same",
    "governing.register_first_key": "the same",
    "governing.register_officer": "the same",
    "governing.register_purpose": "the same",
    "governing.adopt_version": "takes a version of the catalogue or a list, and tells that it stands",
    "logs.stamped": "a signed checkpoint of a log: its size and root",
    "logs.timestamp": "an outside authority's token over such a checkpoint",
    "portal.verify": "a page that works on what is dropped on it, without a network",
}
"""Routes that ask neither log nor any view of records."""
