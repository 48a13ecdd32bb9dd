"""Bad input over HTTP: each gets its clear problem, never a 500, and leaves nothing behind."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import re
import struct
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from application.commands import drafts
from application.commands.governance import Governance
from domain.transparency.sealed_file import MEDIA_TYPE
from interfaces.client.sealing import DepartmentKey
from interfaces.client.signing import COVERED, key_id
from interfaces.http.bodies import JSON_BYTES_MAX
from interfaces.http.logs import WAITING, WAITING_MAX
from tests.integration.test_intake import penalties, reasons_of, sample
from tests.unit.test_tables import xlsx_bytes
from tests.web import CSV, FORMS, XLSX, Signing, Web, body_of, resign, rows_of, sealed_again
from tests.world import World

PROBLEM = "application/problem+json"
SEAL_PATH = "/v1/intakes/5f9b2f0e-3c1d-4b8a-9e77-0a4c6d2e1b35/seal"
Before = tuple[tuple[int, int], int]


@pytest.fixture
def web(ledger_world: World) -> Web:
    return Web(ledger_world)


@pytest.fixture
def refusing(refusing_world: World) -> Web:
    """For what is refused as a whole: all such tests share a ledger, as each finds it as it was."""
    return Web(refusing_world)


@pytest.fixture(autouse=True)
def nobody_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test sends: no name, no code, no number of it may stand in the application's log."""
    caplog.set_level(logging.DEBUG)
    yield
    logged = "\n".join(f"{r.getMessage()} {r.exc_text or ''}" for r in caplog.records)
    assert not re.search(r"\d{17}[\dX]|9142\w{14}|朱敏强|示范", logged)
    assert "internal error" not in logged


def state(web: Web) -> Before:
    return web.positions(), web.drafts()


def assert_problem(
    web: Web, answer: TestResponse, status: int, code: str, before: Before, *, logged: int = 0
) -> None:
    """The right problem, in full, and nothing new anywhere but ``logged`` access events of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == PROBLEM
    found = answer.get_json()
    assert found["status"] == status
    assert re.fullmatch(r"/problems/[a-z0-9-]+", found["type"])
    assert re.search("[一-鿿]", found["title"])
    assert re.search("[一-鿿]", found["detail"])
    assert re.search("[A-Za-z]", found["detail_en"])
    assert re.fullmatch(r"[A-Z]+(-\d)?", found["rule"])
    assert found["errors"]
    for error in found["errors"]:
        assert error["zh"] and error["en"] and error["rule"] and error["code"]
    assert found["errors"][0]["code"] == code, answer.text
    (records, access), drafts = before
    assert state(web) == ((records, access + logged), drafts)
    if logged:
        rows = web.world.reader.rows("access", after=access, limit=10)
        assert [row.topic for row in rows] == ["act.refused"] * logged


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def zip_that_lies() -> bytes:
    """A workbook whose sheet says that it unpacks to 2 GB."""
    data = bytearray(zipped(xl__workbook_xml=b"<workbook/>", xl__worksheets__sheet1_xml=b"0" * 1000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2_000_000_000)
    return bytes(data)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048)
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512)
FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", XLSX, "file_empty"),
    "blank": (lambda: b" \r\n", CSV, "file_empty"),
    "text": (lambda: b"hello, world", XLSX, "no_header"),
    "pdf": (lambda: b"%PDF-1.7\n" + os.urandom(3000), XLSX, "not_a_workbook"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), XLSX, "not_a_workbook"),
    "zip": (lambda: zipped(readme=b"no workbook"), XLSX, "not_a_workbook"),
    "torn zip": (lambda: sample("penalties-1.xlsx")[:9000], XLSX, "not_a_workbook"),
    "zip bomb": (
        lambda: zipped(xl__workbook_xml=b"<w/>", xl__worksheets__sheet1_xml=b"0" * 300_000_000),
        XLSX,
        "archive_bomb",
    ),
    "lying zip": (zip_that_lies, XLSX, "archive_bomb"),
    "ole": (lambda: OLE, XLSX, "old_workbook"),
    "encrypted": (lambda: ENCRYPTED, XLSX, "encrypted_workbook"),
    "utf-16": (lambda: "CF_WSH,CF_CFJG\n号,局\n".encode("utf-16"), CSV, ""),
    "big5": (lambda: sample("licences-1.csv").decode("gb18030")[:900].encode("utf-8") + b"\xff\xfe\xc1", CSV, ""),
    "no columns": ("甲,乙\n1,2\n".encode, CSV, "no_header"),
    "two of a column": (lambda: b"CF_WSH,CF_WSH,CF_CFJG,CF_JDRQ\n1,2,3,4\n", CSV, "duplicate_column"),
    "only formulas": (lambda: xlsx_bytes([["CF_WSH", "CF_CFJG", "CF_JDRQ"], ["=1+1", "局", "x"]]), XLSX,
                      "file_without_good_rows"),
    "only NUL": (f"CF_WSH,CF_CFJG,CF_JDRQ\n号{'号' * 40}\0,局,2026-01-01\n".encode, CSV,
                 "file_without_good_rows"),
    "only a huge cell": (f"CF_WSH,CF_CFJG,CF_SY\n号,局,{'长' * 40_000}\n".encode, CSV,
                         "file_without_good_rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("path", ["/v1/intakes", "/v1/intakes/check"])
def test_an_unreadable_upload_is_refused_as_a_whole(refusing: Web, name: str, path: str) -> None:
    make, media, code = FILES[name]
    before = state(refusing)
    answer = refusing.post(path, make(), media=media)
    if code == "file_without_good_rows" and path.endswith("check"):
        assert [row["data_row"] for row in answer.get_json()["refused"]] == [1]
        assert state(refusing) == before
        return
    assert_problem(refusing, answer, 400, code or answer.get_json()["errors"][0]["code"], before)


CELLS = {
    "=SUM(A1)": "formula_cell",
    "号\x07": "control_character",
    "长" * 40_000: "cell_too_long",
    "#REF!": "cell_error",
}


def test_one_bad_cell_costs_its_row_only(web: Web) -> None:
    answer = web.draft(penalties(web.code(), *({"CF_SY": cell} for cell in CELLS), {}))
    assert answer.status_code == 201, answer.text
    left_out = answer.get_json()["left_out"]
    assert [(r["data_row"], [x["code"] for x in r["reasons"]]) for r in left_out] == [
        (row, [code]) for row, code in enumerate(CELLS.values(), 1)
    ]
    assert answer.get_json()["rows"] == 1


def test_what_a_file_lacks_and_which_sheets_were_not_read_is_told_with_what_becomes_of_it(
    refusing: Web,
) -> None:
    data = xlsx_bytes(
        [["CF_WSH", "CF_CFJG", "CF_JDRQ"], ["示〔2026〕1号", "局", "2026-01-01"]], extra=["二月"]
    )
    before = state(refusing)
    checked = refusing.post("/v1/intakes/check", data, media=XLSX).get_json()
    assert state(refusing) == before
    told = {(w["code"], w["field"]) for w in checked["warnings"]}
    assert {("other_sheet_ignored", ""), ("column_missing", "CF_XDR_MC")} <= told
    missing = next(w for w in checked["warnings"] if w["field"] == "CF_XDR_MC")
    assert missing["field_name"] and missing["field_name"] in missing["zh"]
    assert "二月" in next(w["zh"] for w in checked["warnings"] if w["code"] == "other_sheet_ignored")


def test_a_lone_surrogate_in_a_workbook_is_never_stored(web: Web) -> None:
    data = xlsx_bytes([["CF_WSH", "CF_CFJG", "CF_JDRQ"], ["号QQ", "局", "2026-01-01"]])
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry in source.namelist():
            archive.writestr(entry, source.read(entry).replace(b"QQ", b"&#xD800;"))
    before = state(web)
    answer = web.draft(out.getvalue())
    if answer.status_code == 201:
        report = web.seal(answer.get_json()).get_json()
        assert report["taken"] == 0
        assert state(web)[0][0] == before[0][0]
    else:
        assert_problem(web, answer, 400, answer.get_json()["errors"][0]["code"], before)


def lines(web: Web) -> list[bytes]:
    """A sound sealed file of three penalties as its lines."""
    rows = [{"CF_WSH": f"甲〔2026〕{n}号"} for n in range(1, 4)]
    file = web.sealed(penalties(web.code(), *rows))
    return [line + b"\n" for line in (file.seal.to_line() + gzip.decompress(file.row_lines)).splitlines()]


def changed(line: bytes, **members: Any) -> bytes:
    data = {**json.loads(line), **members}
    return json.dumps({k: v for k, v in data.items() if v is not ...}).encode() + b"\n"


def without(member: str) -> Callable[[bytes], bytes]:
    return lambda line: changed(line, **{member: ...})


def uncovered(component: str) -> Callable[[Web], Signing]:
    return lambda web: replace(web.signing(), covered=[c for c in COVERED if c != component])


SEAL_LINES: dict[str, Callable[[bytes], bytes]] = {
    "not JSON": lambda line: b"{\n",
    "an array": lambda line: b"[]\n",
    "a number": lambda line: b"9" * 5000 + b"\n",
    "not UTF-8": lambda line: b"\xff\xfe\n",
    "NUL": lambda line: line.replace(b"penalty", b"pen\0alty"),
    "deep": lambda line: b"[" * 100_000 + b"\n",
    "deep member": lambda line: changed(line, form=...)[:-2] + b',"form":' + b"[" * 5000 + b"]" * 5000 + b"}\n",
    "no format": lambda line: changed(line, format="xinlu/other"),
    **{f"no {m}": without(m)
       for m in ("ledger", "file", "salt", "form", "root", "rows", "commitments", "issuer", "signature")},
    "short hex": lambda line: changed(line, root="ab"),
    "upper hex": lambda line: changed(line, root="AB" * 32),
    "no hex": lambda line: changed(line, salt="zz" * 32),
    "rows as text": lambda line: changed(line, rows="3"),
    "rows negative": lambda line: changed(line, rows=-1),
    "rows true": lambda line: changed(line, rows=True),
    "id of a version that names": lambda line: changed(line, file=str(uuid.uuid5(uuid.NAMESPACE_DNS, "x"))),
}  # fmt: skip


@pytest.mark.parametrize("name", SEAL_LINES)
def test_a_malformed_first_line_is_refused(refusing: Web, name: str) -> None:
    first, *rest = lines(refusing)
    before = state(refusing)
    answer = refusing.post("/v1/intakes", SEAL_LINES[name](first) + b"".join(rest))
    assert_problem(refusing, answer, 400, "sealed_file_malformed", before)


ROW_LINES: dict[str, Callable[[bytes], bytes]] = {
    "not JSON": lambda line: line[:-5] + b"\n",
    "deep": lambda line: b'{"parts":' + b'{"a":' * 50_000 + b"\n",
    "no parts": lambda line: changed(line, parts={}),
    "parts of text": lambda line: changed(line, parts={"public": "x"}),
    "Chinese part name": lambda line: changed(line, parts={"公开": {}}),
    **{f"no {m}": without(m)
       for m in ("i", "record", "salt", "parts", "data_row", "sheet_row")},
    "salt short": lambda line: changed(line, salt="00"),
    "record in capitals": lambda line: changed(line, record=str(uuid.uuid4()).upper()),
    "index of 2^40": lambda line: changed(line, i=2**40),
}  # fmt: skip


@pytest.mark.parametrize("name", ROW_LINES)
def test_a_malformed_row_line_is_refused_before_anything_is_recorded(refusing: Web, name: str) -> None:
    seal, first, second, third = lines(refusing)
    before = state(refusing)
    answer = refusing.post("/v1/intakes", seal + first + second + ROW_LINES[name](third))
    assert_problem(refusing, answer, 400, "sealed_file_malformed", before)


def test_a_broken_tail_is_found_before_the_first_batch_is_recorded(web: Web) -> None:
    rows = [{"CF_WSH": f"甲〔2026〕{n}号"} for n in range(600)]
    file = web.sealed(penalties(web.code(), *rows))
    before = state(web)
    for body, code in (
        (file.body()[:-40], "gzip_broken"),
        (file.body() + gzip.compress(b"{"), "sealed_file_malformed"),
        (file.body() + b"garbage after the end", "gzip_broken"),
    ):
        answer = web.post("/v1/intakes", body, content_encoding="gzip")
        assert_problem(web, answer, 400, code, before)


BODIES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "", "body_empty"),
    "empty gzip": (lambda: gzip.compress(b""), "gzip", "body_empty"),
    "only newlines": (lambda: b"\n\n\n", "", "body_empty"),
    "huge first line": (lambda: b"9" * (17 << 20), "", "line_too_long"),
    "huge row line": (lambda: b"{}\n" + b"9" * (2 << 20), "", "sealed_file_malformed"),
    "not gzip": (lambda: b"{}", "gzip", "gzip_broken"),
    "other encoding": (lambda: b"{}", "br", "encoding_unknown"),
    "gzip bomb in one line": (lambda: gzip.compress(b"0" * (200 << 20)), "gzip", "line_too_long"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(refusing: Web, name: str) -> None:
    make, encoding, code = BODIES[name]
    before = state(refusing)
    answer = refusing.post("/v1/intakes", make(), content_encoding=encoding)
    assert_problem(refusing, answer, 400, code, before)


def test_a_gzip_bomb_of_empty_lines_is_refused(web: Web) -> None:
    piece = gzip.compress(b"\n" * (64 << 20), 1)
    before = state(web)
    answer = web.post(
        "/v1/intakes", lines(web)[0] and gzip.compress(lines(web)[0]) + piece * 13, content_encoding="gzip"
    )
    assert_problem(web, answer, 400, "content_unpacks_too_large", before)


def test_a_row_line_beyond_its_limit_is_refused(web: Web) -> None:
    seal, first, *_ = lines(web)
    before = state(web)
    answer = web.post("/v1/intakes", seal + first + changed(first, more="9" * (2 << 20)))
    assert_problem(web, answer, 400, "line_too_long", before)


def test_a_body_of_70_mebibytes_is_refused(web: Web) -> None:
    before = state(web)
    whole = web.http.post("/v1/intakes", data=b"0" * (70 << 20), headers={"content-type": MEDIA_TYPE})
    assert_problem(web, whole, 413, "body_too_large", before)
    assert str(64 << 20) in whole.get_json()["detail"]


def test_only_a_route_that_takes_files_reads_much_of_what_nobody_signed(refusing: Web) -> None:
    much = b" " * (JSON_BYTES_MAX + 1)
    sent = {"content-type": "application/json", "signature": "x"}
    before = state(refusing)
    for path in ("/v1/queries", "/v1/determinations", "/v1/consents", "/v1/keys", "/v1/tip-offs"):
        answer = refusing.http.post(path, data=much, headers=sent)
        assert_problem(refusing, answer, 413, "body_too_large", before)
    assert refusing.http.post("/v1/intakes/check", data=much, headers=sent).status_code == 400


def test_beyond_a_few_nobody_waits_for_a_receipt_on_a_thread_of_the_service(refusing: Web) -> None:
    for _ in range(WAITING_MAX):
        assert WAITING.acquire(blocking=False)
    try:
        started = time.monotonic()
        answer = refusing.http.get("/v1/receipts/records:1", headers={"prefer": "wait=5"})
        assert answer.get_json() == {"event_id": "records:1", "status": "pending"}
        assert time.monotonic() - started < 5
    finally:
        WAITING.release(WAITING_MAX)


def test_a_body_shorter_than_it_says_is_refused(web: Web) -> None:
    before = state(web)
    answer = web.http.post("/v1/intakes", data=b"123", environ_overrides={"CONTENT_LENGTH": "9"})
    assert_problem(web, answer, 400, "body_incomplete", before)


@pytest.mark.rule("DET-5")
def test_det_5_a_seal_that_does_not_hold_is_refused_and_logged(web: Web) -> None:
    file = web.sealed(penalties(web.code(), {}))
    signature = bytes([file.seal.signature[0] ^ 1]) + file.seal.signature[1:]
    other = web.sealed(penalties(web.code(), {}), agency=1)
    for spoiled, code in (
        (replace(file, seal=replace(file.seal, signature=signature)), "seal_signature_wrong"),
        (replace(file, seal=replace(file.seal, signature=b"", issuer=b"")), "key_unknown"),
        (resign(file, web.key(), root=os.urandom(32)), "seal_root_wrong"),
        (resign(file, web.key(), commitments=file.seal.commitments[:-4] + "AAA="), "seal_root_wrong"),
        (resign(file, web.key(), commitments="!!!"), "seal_root_wrong"),
        (resign(file, web.key(), rows=2), "seal_root_wrong"),
        (resign(file, web.key(), ledger_id=os.urandom(16)), "seal_for_another_ledger"),
        (other, "key_of_another"),
    ):
        before = state(web)
        assert_problem(web, web.send(spoiled), 422, code, before, logged=1)


def test_a_form_that_nobody_knows_is_refused(web: Web) -> None:
    file = web.sealed(penalties(web.code(), {}))
    for form in ("", "other", "pen\0alty", "\ud800", "x" * 100_000):
        before = state(web)
        answer = web.post("/v1/intakes", changed(file.seal.to_line(), form=form) + b"")
        assert_problem(web, answer, 400, "form_unknown", before)


@pytest.mark.rule("DET-5")
def test_det_5_the_id_of_a_file_that_was_taken_in_is_no_other_files(web: Web) -> None:
    first, second = (web.sealed(penalties(web.code(), {"CF_WSH": f"甲〔2026〕{n}号"})) for n in (1, 2))
    assert web.send(first).status_code == 201
    before = state(web)
    taken = resign(second, web.key(), file_id=first.seal.file_id)
    assert_problem(web, web.send(taken), 422, "file_id_taken", before, logged=1)


@pytest.mark.parametrize("rows", [0, 200_001, 2**32 - 1])
def test_a_file_of_no_rows_or_too_many_is_refused(web: Web, rows: int) -> None:
    file = resign(web.sealed(penalties(web.code(), {})), web.key(), rows=rows)
    before = state(web)
    assert_problem(web, web.send(file), 400, "file_rows_out_of_bounds", before)


@pytest.mark.rule("DET-5")
def test_det_5_a_tampered_row_is_refused_and_the_others_are_taken(web: Web) -> None:
    seal, first, second, third = lines(web)
    tampered = second.replace("甲〔2026〕2号".encode(), "甲〔2026〕9号".encode())
    assert tampered != second
    surrogate = json.loads(third)
    surrogate["parts"]["public"]["CF_CFJG"] = "\ud800"
    answer = web.post("/v1/intakes", seal + first + tampered + json.dumps(surrogate).encode())
    assert answer.status_code == 201, answer.text
    report = answer.get_json()
    assert reasons_of(report) == {2: {("DET-5", "row_seal_broken")}, 3: {("FORMAT", "row_not_canonical")}}
    assert report["taken"] == 1
    assert web.world.finding() is None


def hostile_row_lines(first: bytes) -> Iterator[bytes]:
    hostile: list[dict[str, Any]] = [
        {"public": {"form": "penalty", "item": {"a": []}}},
        {"public": {"CF_NR_FK": 1.5}},
        {"public": {"CF_NR_FK": None}},
        {"public": {"CF_NR_FK": 2**60}},
        {"public": {"字段": "x"}},
        {"person/1": {"CF_XDR_MC": "\udfff"}},
        {"public": {"a": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}},
    ]
    for parts in hostile:
        yield changed(first, parts=parts)


def test_hostile_contents_are_refused_row_by_row(web: Web) -> None:
    seal, first, _second, _third = lines(web)
    for hostile in hostile_row_lines(first):
        head = web.positions()[0]
        answer = web.post("/v1/intakes", seal + hostile)
        assert answer.status_code == 201, answer.text
        assert (answer.get_json()["taken"], len(answer.get_json()["refused"])) == (0, 1)
        assert web.positions()[0] == head


def test_contents_that_are_lawless_though_sealed_are_refused_by_rule(web: Web) -> None:
    row = rows_of(web.sealed(penalties(web.code(), {})))[0]
    public = row.parts["public"]
    lawless: list[tuple[dict[str, Any], str]] = [
        ({**row.parts, "public": {**public, "CF_SY": "事由"}}, "misplaced_field"),
        ({**row.parts, "public": {**public, "CF_WFXW": "号\0"}}, "control_character"),
        ({**row.parts, "public": {**public, "EXTRA": "值"}}, "unknown_field"),
        ({**row.parts, "public": {**public, "CF_JDRQ": {"a": ["b"]}}}, "not_canonical_value"),
        ({**row.parts, "secret": {"a": "b"}}, "unknown_part"),
        ({"restricted": {}}, "wrong_form"),
        ({"public": {"form": "penalty"}}, "wrong_form"),
        ({"public": {"form": "licence", "item": "C03-02"}}, "wrong_form"),
    ]
    for parts, code in lawless:
        file, rows = sealed_again(web, [replace(row, record_id=uuid.uuid4(), parts=parts)], form="penalty")
        head = web.positions()[0]
        answer = web.post("/v1/intakes", body_of(file.seal, rows))
        assert answer.status_code == 201, answer.text
        assert (answer.get_json()["taken"], len(answer.get_json()["refused"])) == (0, 1)
        assert code in {reason["code"] for reason in answer.get_json()["refused"][0]["reasons"]}
        assert web.positions()[0] == head


@pytest.mark.rule("DET-5")
def test_det_5_a_row_index_twice_or_out_of_range_is_refused(web: Web) -> None:
    seal, first, second, third = lines(web)
    answer = web.post("/v1/intakes", seal + first + first + changed(second, i=3) + third)
    report = answer.get_json()
    assert answer.status_code == 201, answer.text
    assert report["taken"] == 2
    assert [r["reasons"][0]["code"] for r in report["refused"]] == ["row_not_under_seal"] * 2


# --- who sends -----------------------------------------------------------------------------------------------


def stranger(web: Web) -> Signing:
    return replace(web.signing(), key=DepartmentKey.make(web.world.folder / "stranger.pem"))


def stale(web: Web, **age: int) -> Signing:
    return replace(web.signing(), created=datetime.now(UTC) - timedelta(**age))


SIGNINGS: dict[str, tuple[Callable[[Web], Signing], str]] = {
    "unregistered key": (stranger, "key_unknown"),
    "key of another department": (
        lambda web: replace(web.signing(), key_id=key_id(web.code(0), web.key(1).issuer), key=web.key(1)),
        "key_of_another",
    ),
    "a good key's name with another's signature": (
        lambda web: replace(web.signing(), key=web.key(1), key_id=key_id(web.code(0), web.key(0).issuer)),
        "signature_not_accepted",
    ),
    "key id without issuer": (lambda web: replace(web.signing(), key_id=web.code()), "key_unknown"),
    "key id not hex": (lambda web: replace(web.signing(), key_id="dept#zz"), "signature_not_accepted"),
    "stale": (lambda web: stale(web, minutes=7), "signature_not_accepted"),
    "from the future": (lambda web: stale(web, minutes=-7), "signature_not_accepted"),
    "for another ledger": (
        lambda web: replace(web.signing(), ledger_id=uuid.uuid4().hex), "signature_not_accepted",
    ),
    "no nonce": (lambda web: replace(web.signing(), nonce=None), "signature_nonce_missing"),
    "short nonce": (lambda web: replace(web.signing(), nonce="short"), "signature_nonce_missing"),
    "long nonce": (lambda web: replace(web.signing(), nonce="n" * 500), "signature_nonce_missing"),
    **{f"without {component}": (
        uncovered(component),
        "signature_not_accepted",
    ) for component in COVERED if component != "content-digest"},
    "without what says how to read the body": (
        lambda web: replace(web.signing(), content=False), "signature_not_accepted",
    ),
}  # fmt: skip


@pytest.mark.rule("DET-5")
@pytest.mark.parametrize(
    ("signed", "arrives"),
    [
        ({"content-type": CSV}, {"content-type": XLSX}),
        ({"content-type": CSV}, {"content-type": MEDIA_TYPE}),
        ({"content-type": CSV}, {"content-encoding": "gzip"}),
        ({}, {"content-type": CSV}),
        ({"content-type": CSV}, {"content-type": ""}),
    ],
)
def test_det_5_how_a_body_is_to_be_read_does_not_change_on_its_way(
    web: Web, signed: dict[str, str], arrives: dict[str, str]
) -> None:
    body = penalties(web.code(), {})
    headers = web.signing().headers("POST", "/v1/intakes", body, {"idempotency-key": "on-its-way", **signed})
    before = state(web)
    answer = web.http.post("/v1/intakes", data=body, headers={**headers, **arrives})
    assert_problem(web, answer, 401, "signature_not_accepted", before)
    if signed:
        assert web.http.post("/v1/intakes", data=body, headers=headers).status_code == 201


@pytest.mark.rule("DET-5")
@pytest.mark.parametrize("name", SIGNINGS)
def test_det_5_a_request_that_its_department_did_not_sign_is_refused(refusing: Web, name: str) -> None:
    make, code = SIGNINGS[name]
    body = refusing.sealed(penalties(refusing.code(), {})).body()
    sent = {"content-type": MEDIA_TYPE, "content-encoding": "gzip", "idempotency-key": "a-good-key"}
    headers = make(refusing).headers("POST", "/v1/intakes", body, sent)
    before = state(refusing)
    answer = refusing.http.post("/v1/intakes", data=body, headers=headers)
    assert_problem(refusing, answer, 401, code, before)
    assert answer.headers["WWW-Authenticate"].startswith("Signature")


def signed(web: Web, body: bytes, path: str = "/v1/intakes") -> dict[str, str]:
    sent = {"content-type": MEDIA_TYPE, "content-encoding": "gzip", "idempotency-key": uuid.uuid4().hex}
    return web.signing().headers("POST", path, body, sent)


HEADERS: dict[str, tuple[Callable[[dict[str, str]], dict[str, str]], int, str]] = {
    "unsigned": (lambda h: {k: v for k, v in h.items() if not k.lower().startswith("signature")}, 401,
                 "signature_not_accepted"),
    "no digest": (lambda h: {k: v for k, v in h.items() if k.lower() != "content-digest"}, 401,
                  "signature_not_accepted"),
    "another digest": (lambda h: {**h, "Content-Digest": "sha-256=:" + "A" * 43 + "=:"}, 401,
                       "signature_not_accepted"),
    "another key than signed": (lambda h: {**h, "idempotency-key": "another-key"}, 401,
                                "signature_not_accepted"),
    "no idempotency key": (lambda h: {k: v for k, v in h.items() if k != "idempotency-key"}, 400,
                           "idempotency_key_missing"),
    "short idempotency key": (lambda h: {**h, "idempotency-key": "short"}, 400, "idempotency_key_missing"),
    "signature input of rubbish": (lambda h: {**h, "Signature-Input": "credit=(((;;"}, 401,
                                   "signature_not_accepted"),
    "signature of text": (lambda h: {**h, "Signature": 'credit="text"'}, 401, "signature_not_accepted"),
    "signature of no base64": (lambda h: {**h, "Signature": "credit=:%%%:"}, 401, "signature_not_accepted"),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_a_request_with_other_headers_than_signed_is_refused(refusing: Web, name: str) -> None:
    change, status, code = HEADERS[name]
    body = refusing.sealed(penalties(refusing.code(), {})).body()
    before = state(refusing)
    answer = refusing.http.post("/v1/intakes", data=body, headers=change(signed(refusing, body)))
    assert_problem(refusing, answer, status, code, before)


def test_a_body_other_than_signed_is_refused(web: Web) -> None:
    body = web.sealed(penalties(web.code(), {})).body()
    headers = signed(web, body)
    before = state(web)
    other = web.sealed(penalties(web.code(), {})).body()
    answer = web.http.post("/v1/intakes", data=other, headers=headers)
    assert_problem(web, answer, 401, "signature_not_accepted", before)


def test_a_replayed_request_is_refused(web: Web) -> None:
    body = web.sealed(penalties(web.code(), {})).body()
    headers = signed(web, body)
    assert web.http.post("/v1/intakes", data=body, headers=headers).status_code == 201
    before = state(web)
    answer = web.http.post("/v1/intakes", data=body, headers=headers)
    assert_problem(web, answer, 401, "signature_replayed", before)


def test_a_second_signature_does_not_lend_its_nonce_to_a_replay(web: Web) -> None:
    body = web.sealed(penalties(web.code(), {})).body()
    headers = signed(web, body)
    assert web.http.post("/v1/intakes", data=body, headers=headers).status_code == 201
    sent = {k: v for k, v in headers.items() if not k.startswith(("Signature", "Content-Digest"))}
    lent = replace(web.signing(1), label="aaa").headers("POST", "/v1/intakes", body, sent)
    both = {**headers}
    for name in ("Signature-Input", "Signature"):
        both[name] = f"{lent[name]}, {headers[name]}"
    before = state(web)
    answer = web.http.post("/v1/intakes", data=body, headers=both)
    assert_problem(web, answer, 401, "signature_not_accepted", before)


@pytest.mark.rule("DET-5")
def test_det_5_a_revoked_key_seals_and_signs_no_more(web: Web) -> None:
    file = web.sealed(penalties(web.code(), {}))
    office = web.world.keys[web.world.city.credit_office.code]
    Governance(web.world.ledger, signer=office).revoke_key(web.key().issuer, reason="lost")
    before = state(web)
    assert_problem(web, web.send(file), 401, "key_revoked", before)
    spare = DepartmentKey.make(web.world.folder / "spare.pem")
    Governance(web.world.ledger, signer=office).register_key(
        public_key=spare.public_key, holder_kind="department", holder=web.code(),
        not_before=web.world.today, not_after=web.world.today + timedelta(days=9),
    )  # fmt: skip
    revoked_key, web.world.keys[web.code()] = web.key(), spare
    before = state(web)
    assert_problem(web, web.send(file), 422, "key_revoked", before, logged=1)
    assert web.send(file.signed(spare)).get_json()["taken"] == 1
    assert revoked_key.issuer != spare.issuer


@pytest.mark.rule("DET-5")
def test_det_5_a_key_revoked_on_the_way_stops_the_rest_and_is_logged(web: Web) -> None:
    rows = [{"CF_WSH": f"甲〔2026〕{n}号"} for n in range(700)]
    file = web.sealed(penalties(web.code(), *rows))
    office = web.world.keys[web.world.city.credit_office.code]
    sent = {"content-type": MEDIA_TYPE, "content-encoding": "gzip", "accept": "application/x-ndjson",
            "idempotency-key": "revoked-on-the-way"}  # fmt: skip
    headers = web.signing().headers("POST", "/v1/intakes", file.body(), sent)
    answer = web.http.post("/v1/intakes", data=file.body(), headers=headers, buffered=False)
    steps = answer.iter_encoded()
    assert json.loads(next(steps))["progress"]["taken"] == 500
    Governance(web.world.ledger, signer=office).revoke_key(web.key().issuer, reason="lost")
    last = json.loads(list(steps)[-1])
    assert (last["problem"]["status"], last["problem"]["errors"][0]["code"]) == (422, "key_revoked")
    assert len(web.world.rows_of("record.determined")) == 500
    assert len(web.world.rows_of("act.refused", "access")) == 1
    assert web.world.finding() is None


@pytest.mark.rule("DET-5")
def test_det_5_an_expired_key_is_refused(web: Web) -> None:
    file = web.sealed(penalties(web.code(), {}))
    web.world.clock.advance(days=6 * 365)
    before = state(web)
    assert_problem(web, web.send(file), 401, "key_not_live", before)


# --- who asks ------------------------------------------------------------------------------------------------

ASKED = 'licensing; case="2026-7"; basis="art. 34"'
SUBJECT = {"code": "91420100KHDRJHTP5Q"}
QUESTIONS: dict[str, tuple[str, dict[str, Any], dict[str, str], int, str, str]] = {
    "purpose not as RFC 9651 writes it": (
        "/v1/queries", {"subjects": [SUBJECT]}, {"credit-purpose": 'licensing; case="'}, 403, "QRY-1",
        "purpose_header_malformed",
    ),
    "a number for the case": (
        "/v1/queries", {"subjects": [SUBJECT]}, {"credit-purpose": "licensing; case=7"}, 403, "QRY-1",
        "purpose_header_malformed",
    ),
    "nobody": ("/v1/queries", {"subjects": []}, {"credit-purpose": ASKED}, 400, "FORMAT", "subjects_missing"),
    "more than may be": (
        "/v1/queries", {"subjects": [SUBJECT] * 501}, {"credit-purpose": ASKED}, 400, "FORMAT", "subjects_missing",
    ),
    "for a subject, by no portal": (
        "/v1/subject/who-looked", {"subjects": [SUBJECT]},
        {"credit-purpose": "own_records", "credit-on-behalf-of": "subject"}, 403, "PRV-3",
        "may_not_speak_for_subjects",
    ),
    "for nobody": (
        "/v1/subject/dossier", {"subjects": [SUBJECT]}, {"credit-purpose": "own_records"}, 403, "PRV-3",
        "may_not_speak_for_subjects",
    ),
    "for an agent, what is the subject's alone": (
        "/v1/subject/dossier", {"subjects": [SUBJECT]},
        {"credit-purpose": "own_records", "credit-on-behalf-of": "agent"}, 403, "PRV-3",
        "only_the_subject_itself",
    ),
}  # fmt: skip


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize("name", QUESTIONS)
def test_qry_1_a_question_that_may_not_be_asked_says_what_would_be_lawful(refusing: Web, name: str) -> None:
    path, said, headers, status, rule, code = QUESTIONS[name]
    before = state(refusing)
    signing = replace(refusing.signing(), covered=(*COVERED, *headers))
    body = json.dumps(said).encode()
    sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex, **headers}
    answer = refusing.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))
    assert_problem(refusing, answer, status, code, before, logged=int(rule != "FORMAT"))
    found = answer.get_json()
    assert found["rule"] == rule and ("instead" in found) == (rule != "FORMAT")
    assert SUBJECT["code"] not in answer.text


@pytest.mark.parametrize("path", ["/v1/measures/M99", "/v1/measures/%C2%A0", "/v1/lists/C99-99"])
def test_what_no_register_holds_is_not_there(refusing: Web, path: str) -> None:
    before = state(refusing)
    assert_problem(refusing, refusing.http.get(path), 404, "register_unknown", before)


# --- drafts, paths, methods, the database ---------------------------------------------------------------------


def test_a_draft_is_its_departments_alone(web: Web) -> None:
    draft = web.draft(penalties(web.code(), {})).get_json()
    before = state(web)
    assert_problem(web, web.seal(draft, agency=1), 404, "draft_unknown", before)
    assert web.seal(draft).get_json()["taken"] == 1


def test_an_expired_draft_is_gone(web: Web) -> None:
    draft = web.draft(penalties(web.code(), {})).get_json()
    web.world.clock.advance(hours=25)
    before = state(web)
    assert_problem(web, web.seal(draft), 404, "draft_unknown", before)


def test_a_department_has_so_many_drafts_and_then_its_own_are_refused_with_the_limit(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "DRAFTS_MAX", 2)
    file, other = penalties(web.code(), {}), penalties(web.code(1), {})
    first, _ = web.draft(file), web.draft(file)
    web.world.clock.run_ahead(hours=1)
    before, chunks = state(web), web.drafts()
    answer = web.draft(file)
    assert_problem(web, answer, 429, "drafts_too_many", before)
    assert (web.drafts(), answer.headers["Retry-After"]) == (chunks, str(23 * 3600))
    assert web.draft(other, agency=1).status_code == 201
    assert web.seal(first.get_json()).status_code == 201
    assert web.draft(file).status_code == 201
    monkeypatch.setattr(drafts, "DRAFTS_MAX", 40)
    monkeypatch.setattr(drafts, "BYTES_MAX", 100)
    assert web.draft(file).status_code == 429
    web.world.clock.run_ahead(hours=25)
    monkeypatch.setattr(drafts, "BYTES_MAX", 1 << 20)
    assert web.draft(file).status_code == 201 and web.drafts() == 1


def test_a_draft_is_sealed_once(web: Web) -> None:
    draft = web.draft(penalties(web.code(), {})).get_json()
    assert web.seal(draft).get_json()["taken"] == 1
    assert web.drafts() == 0
    before = state(web)
    assert_problem(web, web.seal(draft), 404, "draft_unknown", before)


@pytest.mark.rule("DET-5")
def test_det_5_a_draft_under_a_wrong_signature_stays_a_draft(web: Web) -> None:
    draft = web.draft(penalties(web.code(), {})).get_json()
    before = state(web)
    wrong = {"issuer": web.key().issuer.hex(), "signature": "00" * 64}
    answer = web.post(
        f"/v1/intakes/{draft['draft']}/seal", json.dumps(wrong).encode(), media="application/json"
    )
    assert_problem(web, answer, 422, "seal_signature_wrong", before, logged=1)
    assert web.seal(draft).get_json()["taken"] == 1


NO_OBJECTS = [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"\\ud800": 1}', b"9" * 5000]
EMPTY = [b"{}", b'{"110101199003070038": "x"}']
SEALS = [b'{"issuer": 1, "signature": 2}', b'{"issuer": "' + b"9" * 16 + b'", "signature": "zz"}',
         b'{"issuer": "0000000000000000\\n", "signature": ""}']  # fmt: skip


@pytest.mark.parametrize("path", [SEAL_PATH, "/v1/determinations"])
@pytest.mark.parametrize("body", [*NO_OBJECTS, *EMPTY, *SEALS])
def test_a_malformed_json_body_is_refused(refusing: Web, path: str, body: bytes) -> None:
    before = state(refusing)
    answer = refusing.post(path, body, media="application/json")
    code = "member_malformed" if path == SEAL_PATH and body in SEALS else "member_missing"
    assert_problem(refusing, answer, 400, "member_invalid" if body in NO_OBJECTS else code, before)
    assert "110101199003070038" not in answer.text


@pytest.mark.parametrize(
    "media", ["", "application/json", "text/html", "multipart/form-data; boundary=x", "x" * 500]
)
def test_an_unknown_media_type_is_refused(refusing: Web, media: str) -> None:
    before = state(refusing)
    assert_problem(
        refusing, refusing.post("/v1/intakes", b"x", media=media), 415, "media_type_unknown", before
    )


def test_a_path_with_escapes_is_refused(web: Web) -> None:
    body = web.sealed(penalties(web.code(), {})).body()
    before = state(web)
    for raw in ("/v1/%69ntakes", "/v1/intakes%00"):
        answer = web.http.post(
            "/v1/intakes", data=body, headers=signed(web, body), environ_overrides={"RAW_URI": raw}
        )
        assert_problem(web, answer, 400, "path_not_ascii", before)


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/intakes/x/seal", "/v1/intakes/", "/v1/%00", "/v1/密"])
def test_an_unknown_path_is_not_there(refusing: Web, path: str) -> None:
    before = state(refusing)
    assert_problem(refusing, refusing.http.post(path), 404, "http-404", before)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/v1/intakes", "OPTIONS, POST"), ("/v1/intakes/check", "OPTIONS, POST"),
     (SEAL_PATH, "OPTIONS, POST")],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused_with_those_allowed(
    refusing: Web, method: str, path: str, allowed: str
) -> None:
    before = state(refusing)
    answer = refusing.http.open(path, method=method)
    assert_problem(refusing, answer, 405, "http-405", before)
    assert answer.headers["Allow"] == allowed


@pytest.fixture
def closed_database(web: Web) -> Callable[[bool], None]:
    """Takes the service's right to connect away (and cuts its connections), or gives it back."""

    web.world.pool("writer").timeout = 0.5

    def allow(allowed: bool) -> None:
        with psycopg.connect(web.world.database.admin, autocommit=True) as connection:
            name = connection.info.dbname
            word = "LOGIN" if allowed else "NOLOGIN"
            connection.execute(f"ALTER ROLE xinlu_writer {word}".encode())
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = 'xinlu_writer'", [name],
            )  # fmt: skip

    return allow


def once_back(web: Web, send: Callable[[], TestResponse]) -> dict[str, Any]:
    """The first answer that is no 503: the pool takes a moment to connect again."""
    answer = send()
    for _ in range(40):
        if answer.status_code != 503:
            break
        answer = send()
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def test_with_the_database_gone_the_answer_is_503_and_nothing_is_half_done(
    web: Web, closed_database: Callable[[bool], None]
) -> None:
    file = web.sealed(penalties(web.code(), {}))
    before = state(web)
    closed_database(False)
    try:
        answers = [web.send(file), web.draft(penalties(web.code(), {}))]
    finally:
        closed_database(True)
    for answer in answers:
        assert answer.headers["Retry-After"]
        assert_problem(web, answer, 503, "ledger-unavailable", before)
    assert once_back(web, lambda: web.send(file))["taken"] == 1


def test_a_database_that_goes_away_on_the_way_loses_nothing_that_was_told(
    web: Web, closed_database: Callable[[bool], None]
) -> None:
    rows = [{"CF_WSH": f"甲〔2026〕{n}号"} for n in range(700)]
    file = web.sealed(penalties(web.code(), *rows))
    sent = {"content-type": MEDIA_TYPE, "content-encoding": "gzip", "accept": "application/x-ndjson",
            "idempotency-key": "gone-on-the-way"}  # fmt: skip
    headers = web.signing().headers("POST", "/v1/intakes", file.body(), sent)
    steps = web.http.post("/v1/intakes", data=file.body(), headers=headers, buffered=False).iter_encoded()
    assert json.loads(next(steps))["progress"]["taken"] == 500
    closed_database(False)
    try:
        last = json.loads(list(steps)[-1])
    finally:
        closed_database(True)
    assert last["problem"]["status"] == 503
    assert len(web.world.rows_of("record.determined")) == 500
    report = once_back(web, lambda: web.send(file, idempotency_key="gone-on-the-way"))
    assert (report["already"], report["taken"]) == (500, 200)
    assert web.world.finding() is None


# --- anything at all -----------------------------------------------------------------------------------------

FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@FUZZ
@given(body=st.binary(max_size=300), media=st.sampled_from([MEDIA_TYPE, XLSX, CSV, "application/json"]),
       path=st.sampled_from(["/v1/intakes", "/v1/intakes/check", "/v1/determinations"]))  # fmt: skip
def test_any_bytes_get_an_answer_below_500(web: Web, body: bytes, media: str, path: str) -> None:
    answer = web.post(path, body, media=media)
    assert answer.status_code < 500, answer.text
    assert web.world.rows_of("record.determined") == []


@FUZZ
@given(member=st.sampled_from(["ledger", "file", "salt", "form", "root", "rows", "commitments", "issuer",
                               "signature", "format"]), value=JSON)  # fmt: skip
def test_any_member_of_a_seal_gets_an_answer_below_500(web: Web, member: str, value: object) -> None:
    first, *rest = lines(web)
    answer = web.post("/v1/intakes", changed(first, **{member: value}) + b"".join(rest))
    assert answer.status_code in (400, 422), answer.text


@FUZZ
@given(member=st.sampled_from(["i", "record", "salt", "parts", "data_row", "sheet_row"]), value=JSON)
def test_any_member_of_a_row_gets_an_answer_below_500(web: Web, member: str, value: object) -> None:
    seal, first, *_ = lines(web)
    answer = web.post("/v1/intakes", seal + changed(first, **{member: value}))
    assert answer.status_code in (201, 400), answer.text


@FUZZ
@given(parts=st.fixed_dictionaries({"public": st.dictionaries(
    st.sampled_from([*FORMS["penalty"].fields, "form", "item"]), st.text(max_size=12), max_size=12)}))  # fmt: skip
def test_any_contents_well_sealed_are_judged_and_never_a_500(
    web: Web, parts: dict[str, dict[str, str]]
) -> None:
    row = rows_of(web.sealed(penalties(web.code(), {})))[0]
    try:
        file, rows = sealed_again(web, [replace(row, record_id=uuid.uuid4(), parts=parts)], form="penalty")
    except ValueError:
        return  # no canonical form, so nobody can seal it
    answer = web.post("/v1/intakes", body_of(file.seal, rows))
    assert answer.status_code == 201, answer.text


@FUZZ
@given(name=st.sampled_from(["Signature", "Signature-Input", "Content-Digest", "Content-Type", "Accept",
                             "Idempotency-Key", "Content-Encoding"]),
       value=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
                     max_size=60))  # fmt: skip
def test_any_header_gets_an_answer_below_500(web: Web, name: str, value: str) -> None:
    body = web.sealed(penalties(web.code(), {})).body()
    headers = {k: v for k, v in signed(web, body).items() if k.lower() != name.lower()}
    answer = web.http.post("/v1/intakes", data=body, headers={**headers, name: value})
    assert answer.status_code < 500, answer.text
