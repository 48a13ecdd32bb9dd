"""Credit reports over HTTP: who may have one, what is logged before, what is in it, and that one file proves itself."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from werkzeug.test import TestResponse

from domain.access.events import ReportIssued, SubjectQueried
from domain.shared.canonical import canonical
from infrastructure.report_seal import make_report_seal
from interfaces.cli.main import cli
from interfaces.client.reports import NoReport, check_pdf
from interfaces.client.verifier import verify
from tests.remedies import begin
from tests.scene import JSON, MARKS, NUMBER, PURPOSE, Scene
from tests.world import World

PDF, HTML = "application/pdf", "text/html"
REPORTS = "/v1/reports"


@pytest.fixture
def scene(seeded_world: World) -> Scene:
    return Scene(begin(seeded_world))


def own(scene: Scene, media: str = JSON, *, behalf: str = "subject", **said: Any) -> TestResponse:
    headers = {"credit_on_behalf_of": behalf, "credit_purpose": "own_records", "accept": media}
    return scene.post(REPORTS, {**scene.subject, **said}, **headers)


def authorised(scene: Scene, media: str = JSON, *, purpose: str = PURPOSE, **said: Any) -> TestResponse:
    headers = {"credit_official": scene.stranger_officer, "credit_purpose": purpose, "accept": media}
    return scene.post(REPORTS, {**scene.subject, **said}, scene.stranger, **headers)


def entries(answer: TestResponse) -> dict[str, Any]:
    """The records of a report by id."""
    assert answer.status_code == 200, answer.text
    return {e["record"]: e for s in answer.get_json()["report"]["sections"] for e in s.get("records", [])}


def events(scene: Scene, answer: TestResponse) -> tuple[SubjectQueried, ReportIssued, int]:
    """The look and the issue that an answer's receipts name, and where the issue stands."""
    at = [int(r.partition(":")[2]) for r in answer.headers["Credit-Receipt"].split(", ")]
    rows = [scene.world.reader.rows("access", after=position - 1, limit=1)[0] for position in at]
    look, issued = (o.event for o in scene.world.ledger.open_all(rows, log="access"))
    assert isinstance(look, SubjectQueried) and isinstance(issued, ReportIssued)
    return look, issued, at[1]


def is_reproduced(scene: Scene, answer: TestResponse) -> bool:
    world = scene.world
    replay = world.replay
    again = replay.answer(events(scene, answer)[2])
    return again.equal and again.parts[-1].shown == canonical(answer.get_json()["report"])


@contextmanager
def sequencing(world: World) -> Iterator[None]:
    """The sequencer at work beside the service."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            world.sequence()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.rule("PRV-3")
def test_prv_3_a_subjects_own_report_is_logged_before_it_leaves_and_replays_byte_for_byte(
    scene: Scene,
) -> None:
    answer = own(scene)
    told, record = answer.get_json(), str(scene.record)
    report = told["report"]
    entry = entries(answer)[record]
    assert (entry["document"], entry["marks"]) == (NUMBER, ["objected"])
    assert entry["decided_on"] == "2026-05-20" and MARKS["public"] in entry["about"]
    assert {label["code"] for label in report["labels"]} == {"objected", "serious"}
    look, issued, position = events(scene, answer)
    digest = hashlib.sha256(canonical(report)).hexdigest()
    assert told["digest"] == issued.shown[0][2] == digest and told["receipt"] == f"access:{position}"
    assert (look.view, look.role, look.purpose) == ("report", "subject", "own_records")
    assert {shown for shown, _, _ in look.shown} == set(entries(answer))
    assert issued.look == report["look"] and issued.media == JSON and issued.objected == [record]
    assert {s["state"] for s in report["sections"]} == {"told", "none"}
    looks = scene.own("/v1/subject/who-looked").get_json()["looks"]
    assert "report" in [look["view"] for look in looks]
    assert is_reproduced(scene, answer)
    by_agent = own(scene, behalf="agent", entrustment="委2026-1", from_day="2026-05-20", to_day="2026-05-20")
    assert record in entries(by_agent) and by_agent.get_json()["report"]["asked"]["by"] == "agent"
    assert {e["decided_on"] for e in entries(by_agent).values()} == {"2026-05-20"}
    assert events(scene, by_agent)[0].case == "委2026-1" and is_reproduced(scene, by_agent)
    scene.end("withdrawn")
    # At once, before any view has followed; what was issued before is still reproduced.
    assert record not in entries(own(scene))
    assert is_reproduced(scene, answer)
    scene.world.project()
    fsck_and_verify(scene)


def fsck_and_verify(scene: Scene) -> None:
    outcome = scene.world.verify()
    assert outcome.finding is None, outcome


@pytest.mark.rule("PRV-2")
def test_prv_2_a_department_has_a_report_within_a_consent_in_force_only_and_never_an_empty_one_instead(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [
        authorised(scene),
        authorised(scene, consent=str(uuid.uuid4())),
        authorised(scene, consent=scene.consent, purpose='tendering; case="1"; basis="1"'),
    ]
    assert {(r.status_code, r.get_json()["rule"]) for r in refusals[:2]} == {(422, "PRV-2")}
    assert refusals[1].get_json()["errors"][0]["code"] == "report_not_consented"
    assert refusals[2].status_code in (403, 422)
    missing = authorised(scene, consent=scene.consent, purpose="licensing")
    assert (missing.status_code, missing.get_json()["rule"]) == (403, "QRY-1")
    head = scene.world.reader.head("access")[0]
    assert scene.world.reader.rows("access", after=head - 1, limit=1)[0].topic == "act.refused"
    answer = authorised(scene, consent=scene.consent)
    assert str(scene.record) in entries(answer)
    report = answer.get_json()["report"]
    assert report["asked"]["by"] == "department" and report["asked"]["case"] == "2026-7"
    assert [item["code"] for item in report["asked"]["consent"]["items"]] == ["C03-02"]
    assert {e["item"] for e in entries(answer).values()} == {"C03-02"}
    states = {s["id"]: s["state"] for s in report["sections"]}
    assert states.pop("administration") == "told" and set(states.values()) == {"outside"}
    assert set(report["counts"]) == {"administration"}
    assert report["labels_outside"] == ["honesty", "serious", "abnormal"]
    look, issued, _ = events(scene, answer)
    assert look.view == "report" and look.consent == scene.consent and issued.objected == [str(scene.record)]
    assert is_reproduced(scene, answer)
    page = authorised(scene, consent=scene.consent, media=HTML)
    assert page.status_code == 200 and "不表示没有" in page.text and "标识：无" not in page.text
    with monkeypatch.context() as before:
        before.setattr("application.queries.reporting.FORM", None)
        first = authorised(scene, consent=scene.consent)
    # One that was issued before there was another form says what it said then, and is made again as it was.
    assert len(first.get_json()["report"]["counts"]) == len(states) + 1 and is_reproduced(scene, first)
    path = f"/v1/consents/{scene.consent}/withdraw"
    assert scene.post(path, scene.subject, credit_on_behalf_of="subject").status_code == 201
    assert authorised(scene, consent=scene.consent).get_json()["rule"] == "PRV-2"


def test_a_report_is_refused_for_strangers_malformed_questions_and_types_nobody_makes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = own(scene, behalf="agent")
    assert (told.status_code, told.get_json()["errors"][0]["code"]) == (400, "report_entrustment_missing")
    assert own(scene, entrustment="委1").status_code == 400
    turned = own(scene, from_day="2026-02-01", to_day="2026-01-01")
    assert (turned.status_code, turned.get_json()["errors"][0]["code"]) == (400, "report_period_reversed")
    assert own(scene, behalf="neighbour").status_code == 403
    assert own(scene, "image/png").status_code == 406
    head = scene.world.reader.head("access")[0]
    headers = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}
    assert scene.post(REPORTS, scene.subject, scene.stranger, **headers).status_code == 403
    assert scene.world.reader.rows("access", after=head, limit=1)[0].topic == "act.refused"
    for number in ("20261121-MFRGGZDFMZTWQ2LK", "x", "20261121-mfrggzdfmztwq2lk"):
        assert scene.web.http.get(f"/r/{number}").status_code == 404
    monkeypatch.setattr("application.queries.reporting.RECORDS_MAX", 0)
    cut = own(scene)
    assert (cut.status_code, cut.get_json()["errors"][0]["code"]) == (400, "report_too_large")


def test_a_pdf_is_sealed_leads_to_its_proof_and_carries_what_a_stranger_needs_to_check_it(
    scene: Scene,
) -> None:
    with sequencing(scene.world):
        answer = own(scene, PDF)
    assert (answer.status_code, answer.mimetype) == (200, PDF), answer.text
    _, issued, position = events(scene, answer)
    certificates = scene.web.http.get("/v1/ledger").get_json()["report_certificate"]
    assert seal_of(answer.data, certificates).bottom_line
    spoilt = answer.data.replace(issued.number.encode(), b"20261121-AAAAAAAAAAAAAAAA", 1)
    spoilt = spoilt if spoilt != answer.data else answer.data.replace(b"/Type", b"/Tipe", 1)
    assert not seal_of(spoilt, certificates).bottom_line

    pdf = pypdfium2.PdfDocument(answer.data)
    pages = [page.get_textpage().get_text_range().replace("\r\n", "") for page in pdf]
    for number, page in enumerate(pages, 1):
        assert issued.number in page and f"第 {number} 页 / 共 {len(pages)} 页" in page
    text = "".join(pages)
    assert "公共信用信息报告（法人和非法人组织）" in text and "Administrative acts" in text
    assert NUMBER in text and "异议处理中" in text

    attached = {
        a.get_name(): bytes(a.get_data()) for a in map(pdf.get_attachment, range(pdf.count_attachments()))
    }
    assert hashlib.sha256(attached["report.json"]).hexdigest() == issued.shown[0][2]
    policy = scene.web.http.get("/logs/policy").data
    proven = verify(attached["evidence.json"], policy)
    assert proven.good and any(line.startswith("答复 1/1") for line in proven.checked)
    checked = check_pdf(answer.data, policy, certificate=certificates.encode())
    assert checked.good and checked.sealed and checked.report["number"] == issued.number
    assert not check_pdf(spoilt, policy, certificate=certificates.encode()).sealed
    other = verify(attached["evidence.json"], policy.replace(b"log ", b"# ", 9))
    assert not other.good
    for nothing in (b"", b"%PDF-1.7\n", answer.data[:2000], attached["report.json"]):
        with pytest.raises(NoReport):
            check_pdf(nothing, policy)
    bundle = json.loads(attached["evidence.json"])
    part = bundle["claims"][0]["parts"][0]
    part["content"] = (
        part["content"][:40] + ("A" if part["content"][40] != "A" else "B") + part["content"][41:]
    )
    assert not verify(json.dumps(bundle).encode(), policy).good

    link = qr_of(pdf)
    digest = issued.shown[0][2]
    assert link == f"{scene.web.world.services.address}/r/{issued.number}#access:{position}.sha256:{digest}"
    page = scene.web.http.get(f"/r/{issued.number}")
    assert page.status_code == 200 and digest in page.text and f"access:{position}" in page.text
    assert not [word for word in (scene.code, NUMBER, *MARKS.values()) if word in page.text + link]


def test_a_page_to_print_says_what_the_json_says_and_needs_nothing_from_elsewhere(scene: Scene) -> None:
    answer = own(scene, HTML)
    assert answer.status_code == 200 and answer.mimetype == HTML
    report_of = events(scene, answer)[1]
    assert report_of.number in answer.text and NUMBER in answer.text and 'class="qr"' in answer.text
    assert answer.text.count("<section data-section=") == 9 and "no information" in answer.text
    assert not re.search(r'(?:src|href)="https?:', answer.text) and "style=" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_command_has_a_report_issued_and_checks_one_offline(scene: Scene, tmp_path: Path) -> None:
    key, out = scene.world.folder / "keys" / f"{scene.story.office}.pem", tmp_path / "report.pdf"
    (tmp_path / "policy").write_bytes(scene.web.http.get("/logs/policy").data)
    certificate = scene.web.http.get("/v1/ledger").get_json()["report_certificate"]
    (tmp_path / "seal.pem").write_text(certificate)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments))

    with sequencing(scene.world), scene.web.served() as url:
        asking = ("report", "--url", url, "--key", str(key), "-o", str(out), "--code", scene.code)
        made = run(*asking, "--department", scene.story.office)
        stranger = run(*asking, "--department", scene.story.office, "--consent", str(uuid.uuid4()))
    assert made.exit_code == 0, made.output
    assert stranger.exit_code == 1 and "QRY-1" in stranger.output
    checking = ("report-check", "--policy", str(tmp_path / "policy"))
    good = run(*checking, "--certificate", str(tmp_path / "seal.pem"), str(out))
    assert good.exit_code == 0 and "签章有效" in good.output and "答复 1/1" in good.output
    make_report_seal(tmp_path)
    foreign = run(*checking, "--certificate", str(tmp_path / "report.cert.pem"), str(out))
    assert foreign.exit_code == 1 and "签章不成立" in foreign.output
    assert run(*checking, str(tmp_path / "policy")).exit_code == 1


def seal_of(data: bytes, certificates: str) -> Any:
    """What the validator says of a PDF's signature, trusting the published certificate alone."""
    roots = list(load_certs_from_pemder_data(certificates.encode()))
    signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    return validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))


def qr_of(pdf: Any) -> str:
    """What the QR code on the first page says, read off the page as it looks."""
    picture = pdf[0].render(scale=3, grayscale=True)
    pixels = memoryview(bytes(picture.buffer)).cast("B", shape=[picture.height, picture.stride])
    return str(zxingcpp.read_barcodes(pixels)[0].text)
