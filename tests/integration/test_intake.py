"""Files taken in through the real application and a real database: what is taken, refused, and never twice."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.shared.forms import Form
from domain.transparency.sealed_file import SealedRow
from interfaces.cli.main import cli
from interfaces.client.reasons import HEADING
from interfaces.client.rows import read_rows
from interfaces.client.sealing import SealedFile
from interfaces.client.tables import read_table
from tests.web import FORMS, XLSX, Web, body_of, rows_of, sealed_again
from tests.world import World

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PROJECT = SAMPLES.parents[1]
PLANTED: dict[str, Any] = json.loads((SAMPLES / "planted-defects.json").read_text(encoding="utf-8"))["files"]
CHINESE = re.compile(r"[一-鿿].*。$")
# Planted defect -> (rule, code, field without its prefix): what the report has to say.
EXPECTED = {
    "filler_code": ("DET-3", "credit_code_filler", "XDR_SHXYM"),
    "bad_check": ("DET-3", "credit_code_check", "XDR_SHXYM"),
    "missing_document_number": ("DET-2", "missing_document_number", "WSH"),
    "missing_basis": ("DET-1", "missing_basis", "YJ"),
    "missing_content": ("DET-3", "missing_content", "NR"),
    "fine_without_amount": ("DET-3", "fine_without_amount", "NR_FK"),
    "unknown_subject_kind": ("CAT-4", "unknown_subject_kind", "XDR_LB"),
    "future_decision": ("DET-2", "future_decision", "JDRQ"),
    "publicity_before_decision": ("PUB-4", "publicity_before_decision", "GSJZQ"),
    "prohibited_remark": ("PRV-1", "prohibited_remark", "BZ"),
    "duplicate_document": ("DET-2", "document_twice_in_file", "WSH"),
}
AUTHORITY_CODES = {"CF": "CFJGDM", "XK": "XKJGDM"}


@pytest.fixture
def web(ledger_world: World) -> Web:
    return Web(ledger_world)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def agency_of(name: str) -> int:
    return int(re.findall(r"-(\d)", name)[0]) - 1


def by_sealing(web: Web, name: str) -> dict[str, Any]:
    file = web.sealed(sample(name), agency=agency_of(name))
    assert file.left_out == ()
    answer = web.send(file, agency=agency_of(name))
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def by_draft(web: Web, name: str) -> dict[str, Any]:
    draft = web.draft(sample(name), agency=agency_of(name))
    assert draft.status_code == 201, draft.text
    assert draft.get_json()["left_out"] == []
    answer = web.seal(draft.get_json(), agency=agency_of(name))
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def expected_reason(planted: str, prefix: str) -> set[tuple[str, str, str]]:
    if planted == "unknown_authority":
        return {("CAT-5", "catalogue_not_the_determining_authority", f"{prefix}_{AUTHORITY_CODES[prefix]}")}
    rule, code, field = EXPECTED[planted]
    return {(rule, code, field if field == "BZ" else f"{prefix}_{field}")}


def penalties(agency_code: str, *rows: dict[str, str]) -> bytes:
    """A CSV of penalties, each a variation of one sound row of the samples."""
    return variations("penalties-1.xlsx", agency_code, rows)


@cache
def sound_row(name: str) -> tuple[Form, dict[str, str]]:
    """The form of a sample and the cells of its first row."""
    table = read_table(sample(name), forms=FORMS)
    form = FORMS[table.kind]
    first = next(iter(read_rows(table, FORMS)))
    assert first.parts
    return form, {c: str(v) for part in first.parts.values() for c, v in part.items() if c in form.fields}


def variations(name: str, agency_code: str, rows: Iterable[dict[str, str]]) -> bytes:
    form, cells = sound_row(name)
    sound = cells | {form.authority_code: agency_code, form.source_code: agency_code}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(form.fields))
    writer.writeheader()
    writer.writerows({**sound, **row} for row in rows)
    return out.getvalue().encode()


def take(web: Web, data: bytes, *, agency: int = 0) -> dict[str, Any]:
    answer = web.send(web.sealed(data, agency=agency), agency=agency)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def reasons_of(report: dict[str, Any]) -> dict[int, set[tuple[str, str]]]:
    return {r["data_row"]: {(x["rule"], x["code"]) for x in r["reasons"]} for r in report["refused"]}


@pytest.mark.rule("DET-1")
@pytest.mark.rule("DET-2")
@pytest.mark.rule("DET-3")
@pytest.mark.rule("CAT-4")
@pytest.mark.rule("CAT-5")
@pytest.mark.rule("PRV-1")
@pytest.mark.rule("PUB-2")
@pytest.mark.parametrize("send", [by_sealing, by_draft])
def test_the_sample_files_refuse_the_planted_rows_and_no_other(
    web: Web, send: Callable[[Web, str], dict[str, Any]]
) -> None:
    for name, planted in PLANTED.items():
        report = send(web, name)
        prefix = "XK" if name.startswith("licences") else "CF"
        found = {
            str(row["data_row"]): {(r["rule"], r["code"], r["field"]) for r in row["reasons"]}
            for row in report["refused"]
        }
        assert found == {n: expected_reason(p, prefix) for n, p in planted["planted"].items()}, name
        assert (report["rows"], report["taken"]) == (planted["rows"], planted["rows"] - planted["refuse"])
        headers = 1 if name.endswith("csv") else 2
        for row in report["refused"]:
            assert row["sheet_row"] == row["data_row"] + headers
            for reason in row["reasons"]:
                assert CHINESE.match(reason["zh"])
                assert reason["en"]
                assert reason["field_name"], reason
    web.world.project()
    assert web.world.lookup.status().public_count > 0
    assert_no_person_is_public(web)
    assert web.world.finding() is None


def assert_no_person_is_public(web: Web) -> None:
    people = set()
    for name in (n for n in PLANTED if n.startswith("people")):
        for row in read_rows(read_table(sample(name), forms=FORMS), FORMS):
            assert row.parts
            people |= {str(v) for k, v in row.parts["person/1"].items() if k in ("CF_XDR_MC", "CF_XDR_ZJHM")}
    assert len(people) > 100
    for text in people:
        assert web.world.lookup.find(text) == []
    with web.world.superuser() as connection:
        shown = connection.execute("SELECT bytes FROM ledger.renditions WHERE view = 'public'").fetchall()
    together = b"\n".join(bytes(row[0]) for row in shown)
    assert not any(text.encode() in together for text in people)


@pytest.mark.parametrize("send", [by_sealing, by_draft])
@pytest.mark.parametrize("name", ["penalties-2.xlsx", "people-3.xlsx"])
def test_the_same_file_again_adds_no_event_to_either_log(
    web: Web, send: Callable[[Web, str], dict[str, Any]], name: str
) -> None:
    first = send(web, name)
    before = web.positions()
    again = send(web, name)
    assert web.positions() == before
    assert (again["taken"], again["already"]) == (0, first["taken"])
    assert again["refused"] == first["refused"]


def test_a_file_sealed_here_and_uploaded_there_is_still_one_file(web: Web) -> None:
    by_sealing(web, "licences-1.csv")
    before = web.positions()
    assert by_draft(web, "licences-1.csv")["taken"] == 0
    assert web.positions() == before


@pytest.mark.rule("DET-2")
@pytest.mark.parametrize("style", ["[2026]", "（2026）", "(2026)", "【2026】", "［2026］", "〔２０２６〕"])
def test_det_2_one_document_is_recorded_once_whatever_its_brackets(web: Web, style: str) -> None:
    number = "示市场罚字〔2026〕777号"
    assert take(web, penalties(web.code(), {"CF_WSH": number}))["taken"] == 1
    head = web.positions()[0]
    report = take(web, penalties(web.code(), {"CF_WSH": number.replace("〔2026〕", style)}))
    assert report["taken"] == 0
    assert web.positions()[0] == head


@pytest.mark.rule("DET-2")
def test_det_2_other_content_under_a_recorded_number_is_refused(web: Web) -> None:
    sound = {"CF_WSH": "示市场罚字〔2026〕777号"}
    assert take(web, penalties(web.code(), sound))["taken"] == 1
    head = web.positions()[0]
    report = take(web, penalties(web.code(), {**sound, "CF_NR_FK": "99"}))
    assert reasons_of(report) == {1: {("DET-2", "document_recorded_otherwise")}}
    assert web.positions()[0] == head


@pytest.mark.rule("CAT-5")
def test_cat_5_another_departments_row_is_refused(web: Web) -> None:
    data = penalties(web.code(1), {"CF_WSH": "甲〔2026〕1号"})
    report = take(web, data, agency=0)
    assert reasons_of(report) == {1: {("CAT-5", "catalogue_not_the_determining_authority")}}
    assert take(web, data, agency=1)["taken"] == 1


@pytest.mark.rule("CAT-1")
def test_cat_1_a_row_dated_before_the_catalogue_is_refused(web: Web) -> None:
    early = {"CF_JDRQ": "2021-12-15", "CF_GSJZQ": "2022-06-15"}
    on_the_day = {"CF_JDRQ": "2021-12-16", "CF_GSJZQ": "2022-06-16", "CF_WSH": "甲〔2021〕2号"}
    report = take(web, penalties(web.code(), early, on_the_day))
    assert reasons_of(report) == {1: {("CAT-1", "catalogue_item_not_in_force")}}
    assert report["taken"] == 1


@pytest.mark.rule("CAT-1")
@pytest.mark.rule("CAT-2")
def test_cat_1_an_item_that_is_a_draft_for_want_of_a_basis_takes_nothing(bare_world: World) -> None:
    items = tuple(replace(i, bases=()) if i.code == "C03-02" else i for i in bare_world.city.items)
    bare_world.city = replace(bare_world.city, items=items)
    bare_world.govern()
    web = Web(bare_world)
    report = take(web, penalties(web.code(), {}))
    assert reasons_of(report) == {1: {("CAT-1", "catalogue_item_draft")}}
    assert bare_world.rows_of("record.determined") == []


@pytest.mark.rule("PUB-2")
def test_pub_2_natural_persons_are_taken_and_nothing_becomes_public(web: Web) -> None:
    report = by_sealing(web, "people-1.xlsx")
    assert (report["taken"], report["refused"]) == (10, [])
    web.world.project()
    assert web.world.lookup.status().public_count == 0
    assert_no_person_is_public(web)


@pytest.mark.rule("PUB-4")
def test_pub_4_a_term_already_over_is_recorded_and_never_public(web: Web) -> None:
    over = {"CF_JDRQ": "2025-01-06", "CF_GSJZQ": "2026-01-06", "CF_WSH": "甲〔2025〕1号"}
    assert take(web, penalties(web.code(), over))["taken"] == 1
    web.world.project()
    assert len(web.world.rows_of("record.determined")) == 1
    assert web.world.lookup.status().public_count == 0


def first_half(file: SealedFile) -> list[SealedRow]:
    rows = rows_of(file)
    return rows[: len(rows) // 2]


@pytest.mark.parametrize("salts", ["same", "new"])
def test_an_interrupted_run_resumes_and_records_nothing_twice(web: Web, salts: str) -> None:
    file = web.sealed(sample("penalties-1.xlsx"))
    half = web.post("/v1/intakes", body_of(file.seal, first_half(file)))
    assert half.status_code == 201, half.text
    taken = half.get_json()["taken"]
    whole = file if salts == "same" else web.sealed(sample("penalties-1.xlsx"))
    report = web.send(whole).get_json()
    assert report["already"] == taken
    assert report["taken"] + taken == 94
    assert len(web.world.rows_of("record.determined")) == 94
    assert len(web.world.rows_of("file.sealed")) == (1 if salts == "same" else 2)
    assert web.world.finding() is None


def test_the_same_idempotency_key_gives_the_same_receipt_and_does_nothing(web: Web) -> None:
    file = web.sealed(sample("people-1.xlsx"))
    first = web.send(file, idempotency_key="the-same-key")
    before = web.positions()
    again = web.send(file, idempotency_key="the-same-key")
    assert again.status_code == first.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.get_json()["receipt"] == first.get_json()["receipt"]
    assert web.positions() == before


def test_an_idempotency_key_used_for_another_body_or_path_is_refused(web: Web) -> None:
    web.send(web.sealed(sample("people-1.xlsx")), idempotency_key="the-same-key")
    before = web.positions()
    other = web.send(web.sealed(sample("people-1.xlsx")), idempotency_key="the-same-key")
    assert (other.status_code, other.get_json()["errors"][0]["code"]) == (422, "idempotency_key_reused")
    elsewhere = web.post(f"/v1/intakes/{uuid.uuid4()}/seal", b"{}", idempotency_key="the-same-key")
    assert elsewhere.status_code == 422
    assert web.positions() == before


def test_two_departments_may_use_the_same_idempotency_key(web: Web) -> None:
    for name in ("people-1.xlsx", "people-2.xlsx"):
        agency = agency_of(name)
        answer = web.send(web.sealed(sample(name), agency=agency), agency=agency, idempotency_key="a-b-c-d-e")
        assert answer.get_json()["taken"] == 10


def workbook_rows(data: bytes) -> list[list[str]]:
    return [[str(cell) for cell in cells] for _, cells in read_table(data, forms=FORMS).rows()]


def assert_reasons(rows: list[list[str]], remark: int, reasons: dict[int, str]) -> None:
    assert rows[0][-1] == rows[1][-1] == HEADING
    for data_row, row in enumerate(rows[2:], 1):
        rule = reasons.get(data_row, "")
        assert row[-1].startswith(f"[{rule}]") if rule else row[-1] == ""
        assert rule != "PRV-1" or row[remark] == ""


def test_the_reasons_workbook_comes_from_the_check_without_anything_kept(web: Web) -> None:
    before = web.positions()
    answer = web.post("/v1/intakes/check", sample("penalties-2.xlsx"), media=XLSX, accept=XLSX)
    assert answer.status_code == 200
    assert answer.content_type == XLSX
    rows = workbook_rows(answer.data)
    remark = rows[1].index("BZ")
    assert_reasons(rows, remark, {14: "DET-2", 32: "PRV-1", 34: "DET-3", 43: "PUB-4"})
    told = web.post("/v1/intakes/check", sample("penalties-2.xlsx"), media=XLSX).get_json()
    assert [row["data_row"] for row in told["refused"]] == [14, 32, 34, 43]
    assert (web.positions(), web.drafts()) == (before, 0)


@pytest.mark.parametrize("extra", [[], ["--draft"]])
def test_the_command_line_writes_the_reasons_workbook(web: Web, tmp_path: Path, extra: Sequence[str]) -> None:
    key, out = web.world.folder / "keys" / f"{web.code(1)}.pem", tmp_path / "reasons.xlsx"
    file = SAMPLES / "penalties-2.xlsx"
    with web.served() as url:
        command = ["intake", str(file), "--department", web.code(1), "--key", str(key), "--url", url]
        done = subprocess.run(
            [sys.executable, "-m", "interfaces.cli", *command, "--reasons", str(out), "--json", *extra],
            capture_output=True, text=True, timeout=60, cwd=PROJECT,
        )  # fmt: skip
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert [r["data_row"] for r in report["refused"]] == [14, 32, 34, 43, 61, 63]
    rows = workbook_rows(out.read_bytes())
    planted = {14: "DET-2", 32: "PRV-1", 34: "DET-3", 43: "PUB-4", 61: "DET-2", 63: "CAT-5"}
    assert_reasons(rows, rows[1].index("BZ"), planted)


def test_the_command_line_believes_only_the_gateway_that_it_is_told_to_trust(
    web: Web, tmp_path: Path
) -> None:
    key, file = web.world.folder / "keys" / f"{web.code(1)}.pem", SAMPLES / "licences-1.csv"
    told = web.http.get("/v1/ledger").get_json()
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    ours, theirs, none = (tmp_path / name for name in ("ours", "theirs", "none"))
    ours.write_text(json.dumps(told))
    theirs.write_text(json.dumps({**told, "gateway_public_key": other}))
    none.write_text("[]")

    def send(gateway: Path, url: str) -> tuple[int, str]:
        command = ["intake", str(file), "--department", web.code(1), "--key", str(key), "--url", url]
        ended = CliRunner().invoke(cli, [*command, "--gateway", str(gateway), "--quiet"])
        return ended.exit_code, ended.output

    with web.served() as url:
        code, output = send(ours, url)
        assert "不予采信" not in output and code in (0, 1)
        code, output = send(theirs, url)
        assert (code, "不予采信" in output) == (1, True)
        assert send(none, url)[0] == 2


SECRET = "不该采集的值七七四三"


def with_unknown_column() -> bytes:
    text = sample("licences-1.csv").decode("gb18030").splitlines()
    return "\n".join([f"{text[0]},宗教信仰", *(f"{line},{SECRET}" for line in text[1:])]).encode()


def test_unknown_columns_are_named_and_their_values_stand_nowhere(web: Web) -> None:
    data = with_unknown_column()
    draft = web.draft(data).get_json()
    assert draft["dropped_columns"] == ["宗教信仰"]
    told = web.post("/v1/intakes/check", data, media="text/csv")
    assert told.get_json()["dropped_columns"] == ["宗教信仰"]
    assert SECRET not in told.text
    report = web.seal(draft)
    assert report.get_json()["taken"] == 47
    assert SECRET not in report.text
    for log in ("records", "access"):
        for row in opened_contents(web.world, log):
            assert SECRET.encode() not in row
    back = web.post("/v1/intakes/check", data, media="text/csv", accept=XLSX)
    assert not any(SECRET in cell for row in workbook_rows(back.data) for cell in row)


def opened_contents(world: World, log: Any) -> Iterator[bytes]:
    rows = world.reader.rows(log, after=0, limit=10_000)
    for opened in world.ledger.open_all(rows, log=log):
        assert not opened.closed
        yield from (part.content for part in opened.opened.values())


def test_the_products_client_streams_progress_and_gets_the_report(web: Web) -> None:
    steps: list[int] = []
    with web.served() as url:
        client = web.client(url)
        report = client.send_sealed(
            web.sealed(sample("penalties-1.xlsx")).body(), progress=lambda s: steps.append(int(s["done"]))
        )
    assert report["taken"] == 94
    assert steps == [100]
    assert report["receipt"]["status"] == "recorded"


def test_a_seal_whose_rows_share_a_record_id_loses_only_the_second(web: Web) -> None:
    file = web.sealed(penalties(web.code(), {"CF_WSH": "甲〔2026〕1号"}, {"CF_WSH": "甲〔2026〕2号"}))
    rows = rows_of(file)
    file, rows = sealed_again(web, [rows[0], replace(rows[1], record_id=rows[0].record_id)])
    report = web.post("/v1/intakes", body_of(file.seal, rows))
    assert report.status_code == 201, report.text
    assert reasons_of(report.get_json()) == {2: {("DET-5", "record_id_taken")}}
    assert report.get_json()["taken"] == 1


def test_a_record_id_that_is_recorded_already_is_refused_for_another_document(web: Web) -> None:
    first = web.sealed(penalties(web.code(), {"CF_WSH": "甲〔2026〕1号"}))
    assert web.send(first).get_json()["taken"] == 1
    other = web.sealed(penalties(web.code(), {"CF_WSH": "甲〔2026〕2号"}, {"CF_WSH": "甲〔2026〕3号"}))
    rows = rows_of(other)
    file, rows = sealed_again(web, [replace(rows[0], record_id=rows_of(first)[0].record_id), rows[1]])
    report = web.post("/v1/intakes", body_of(file.seal, rows)).get_json()
    assert reasons_of(report) == {1: {("DET-5", "record_id_taken")}}
    assert report["taken"] == 1
    assert web.world.finding() is None


def test_the_same_file_sent_twice_at_once_is_recorded_once(web: Web) -> None:
    body = web.sealed(sample("penalties-1.xlsx")).body()
    with web.served() as url, ThreadPoolExecutor(4) as senders:
        reports = list(senders.map(lambda _: web.client(url).send_sealed(body), range(4)))
    assert sum(report["taken"] for report in reports) == 94
    assert all(report["taken"] + report["already"] == 94 for report in reports)
    assert len(web.world.rows_of("record.determined")) == 94
    assert len(web.world.rows_of("file.sealed")) == 1
    assert web.world.finding() is None
