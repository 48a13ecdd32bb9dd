"""What a credit report says: facts in sections, nothing that judges, and a paper that shows every character."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from application.queries.history import Moment
from application.queries.report import (
    FORM,
    SECTIONS,
    Issue,
    Standing,
    labels,
    report,
    section_of,
    standing,
    within,
)
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import OWN_RECORDS
from domain.parties.events import SubjectRegistered
from domain.shared.canonical import canonical
from infrastructure.report_seal import ReportSeal, make_report_seal
from interfaces.demo.city import read_city
from interfaces.portal import report_paper, report_sheet
from interfaces.portal.report_sheet import checking_link, sheet
from tests.world import DATA

AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
NUMBER = "20261121-MFRGGZDFMZTWQ2LK"
ITEM = read_city(DATA).items[0]
JUDGING = (
    "评分",
    "得分",
    "分数",
    "信用分",
    "等级",
    "评级",
    "排名",
    "名次",
    "score",
    "grade",
    "rating",
    "rank",
)


def record(item: str = "C03-02", **changes: Any) -> Standing:
    fields = {
        "CF_WSH": "示市监罚字〔2026〕1号",
        "CF_CFJG": "示例市市场监督管理局",
        "CF_JDRQ": "2026-05-20",
        "CF_WFXW": "销售过期食品",
        "CF_NR": "罚款",
        "CF_XDR_MC": "示例𠮷商贸有限公司",
    }
    made = Standing(
        record="0f0e0d0c-0b0a-4a0b-8c0d-0e0f00010203",
        position=7,
        item=item,
        item_zh="行政处罚信息",
        item_en="Administrative penalties",
        form="penalty",
        fields=fields,
        recorded_at="2026-05-21T02:00:00.000000Z",
        until="2027-05-20",
        corrected=False,
        repaired_on="",
    )
    return replace(made, **changes)


def issue(**registered: Any) -> Issue:
    stream: dict[str, Any] = {"originator_id": UUID(int=1), "originator_version": 1, "timestamp": AT}
    about: dict[str, Any] = {"subject_kind": "organisation", "code": "91420100MA4KXXXX0A", **registered}
    return Issue(
        ledger="00" * 16,
        authority="ledger.test",
        subject=SubjectRegistered(**stream, **about),
        look=SubjectQueried(
            **stream,
            department="office",
            officer="subject",
            role="subject",
            purpose="own_records",
            rules=["PRV-3"],
            view="report",
            view_position=9,
            shown=[],
        ),
        department_name="信用办",
        purpose=OWN_RECORDS,
        consent=None,
        scope=None,
        issued=ReportIssued(
            **stream, number=NUMBER, look="access:1", media="application/pdf", shown=[], answers=[]
        ),
        salt=bytes(32),
    )


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(text for inner in value.values() for text in texts(inner))]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def on_sheet(told: Any) -> dict[str, Any]:
    return sheet(told, digest="ab" * 32, receipt="access:2", link="http://x/r/1#y")


@pytest.mark.rule("MEA-4")
def test_mea_4_nothing_that_a_report_says_or_is_laid_out_with_scores_grades_or_ranks_anybody() -> None:
    graded = record("C09-01", fields={**record().fields, "CF_WFXW": "信用评级A级", "CF_NR": "得分98"})
    told = report(issue(), [record(), graded])
    portal = Path(report_sheet.__file__).parent
    templates = [
        portal / "paper" / "report.typ",
        *(portal / "templates" / "portal" / n for n in ("report.html", "certified.html")),
    ]
    said = [*texts(told), *texts(on_sheet(told)), *(path.read_text(encoding="utf-8") for path in templates)]
    assert "示市监罚字〔2026〕1号" in said  # the evaluation is named by its document and shows no result
    assert not [word for word in JUDGING for text in said if word in text.lower()]
    assert not any(isinstance(value, float) for value in json.loads(json.dumps(told)).values())
    plain = report(issue(), [replace(graded, item="C03-02")])
    assert [word for word in JUDGING for text in texts(plain) if word in text.lower()], "the walk finds them"


def test_every_record_stands_in_the_section_of_its_category_and_an_unknown_one_under_other() -> None:
    assert [s.id for s in SECTIONS] == [
        "basics", "administration", "honesty", "serious", "abnormal", "promises", "evaluation", "judgments", "other",
    ]  # fmt: skip
    assert section_of("C06-01") == "serious" and section_of("C07-01") == section_of("L99-01") == "other"
    told: Any = report(issue(), [record("C06-01"), record()])
    assert told["counts"]["serious"] == told["counts"]["administration"] == 1 and told["counts"]["other"] == 0
    shown = on_sheet(told)
    empty = {s["id"]: s["empty"][0] for s in shown["sections"] if not s["entries"]}
    assert set(empty.values()) == {"无"} and "basics" in empty


def test_labels_come_from_facts_alone() -> None:
    sections: Any = report(issue(), [record("C06-01")])["sections"]
    assert [label["code"] for label in labels(sections)] == ["serious"]  # type: ignore[index, call-overload]
    assert labels(report(issue(), [record()])["sections"]) == []  # type: ignore[arg-type]


@pytest.mark.rule("PRV-2")
def test_prv_2_a_report_says_nothing_of_what_lies_outside_the_consent_and_no_count_that_reads_as_none() -> (
    None
):
    def made(form: str | None, *codes: str) -> Any:
        limited = replace(issue(), scope=tuple(replace(ITEM, code=code) for code in codes))
        return report(replace(limited, issued=replace(limited.issued, form=form)), [record()])

    told = made(FORM, "C03-02", "C11-01")
    sections = {s["id"]: s for s in told["sections"]}
    assert sections["serious"]["state"] == "outside" and "records" not in sections["serious"]
    assert set(told["counts"]) == {"honesty", "administration"} and told["labels_outside"] == [
        "serious",
        "abnormal",
    ]
    # Within the consent there is none, and of the section's other items nobody was asked.
    assert (sections["honesty"]["state"], told["counts"]["honesty"]) == ("none_within", 0)
    assert (sections["administration"]["state"], told["counts"]["administration"]) == ("told", 1)
    shown = sheet(
        {**told, "asked": {**told["asked"], "consent": {}}}, digest="ab" * 32, receipt="access:2", link="x"
    )
    assert {zh: n for zh, _, n in shown["counts"]}["严重失信"] == "—"
    assert "“—”" in shown["notes"][0][0] and "不表示没有" in shown["notes"][0][0]
    assert "授权之外" in shown["notes"][0][0] and "授权事项内无" in shown["no_label"][0]
    whole: Any = report(replace(issue(), issued=replace(issue().issued, form=FORM)), [record()])
    assert set(whole["counts"].values()) == {0, 1} and whole["labels_outside"] == []
    assert {s["state"] for s in whole["sections"]} == {"told", "none"}
    assert "标识：无" in on_sheet(whole)["no_label"] and on_sheet(whole)["notes"] == report_sheet.NOTES


def test_a_report_of_the_first_form_is_made_again_as_it_was_to_the_byte() -> None:
    """The digests were taken when there was no other form."""
    first = report(issue(), [record("C06-01"), record()]), report(replace(issue(), scope=()), [])
    assert [hashlib.sha256(canonical(told)).hexdigest() for told in first] == [
        "dd631bf3dafb7f4ff25e803cff2c948252ba3cd8f4cd091e33f365b069cc5edd",
        "0037e90799b5c9aa0b9aee4237ff988054b326f245b8533ba4f083aa6a325577",
    ]


def test_bounds_are_inclusive_and_the_newest_decision_comes_first() -> None:
    old, new = record(fields={**record().fields, "CF_JDRQ": "2025-01-01"}), record()
    assert within([old, new], None, None) == [new, old]
    assert within([old, new], "2025-01-01", "2025-01-01") == [old]
    assert within([old, new], "2025-01-02", "2026-05-20") == [new]


def test_a_persons_number_is_masked_and_a_report_of_a_person_says_so() -> None:
    told: Any = report(
        issue(subject_kind="natural_person", code=None, id_type="身份证", id_number="990101198001010017"), []
    )
    assert told["kind"] == "individual" and told["subject"]["id_number"] == "9901**********0017"
    assert on_sheet(told)["title"][0] == "公共信用信息报告（自然人）"


def test_paper_shows_a_character_that_its_font_lacks_by_code_point_and_is_the_same_every_time() -> None:
    told: Any = report(issue(), [record()])
    shown = on_sheet(told)
    link = checking_link("http://x", NUMBER, digest="ab" * 32, receipt="access:2")
    made = [
        report_paper.typeset(shown, link=link, report=b"{}", evidence=b"{}", issued_at=AT) for _ in range(2)
    ]
    assert made[0] == made[1]
    text = pypdfium2.PdfDocument(made[0])[0].get_textpage().get_text_range()
    assert "示例〔U+20BB7〕商贸有限公司" in text.replace("\r\n", "") and "第 1 页 / 共" in text


def test_no_character_that_anyone_may_write_keeps_a_paper_from_being_made() -> None:
    """Emoji, variation selectors, marks on a letter, private and unassigned characters, scripts that the font lacks."""
    written = "甲👨\u200d👩✔\ufe0f葛\U000e0100e\u0338\u0339\ue000\u0378\ufdd0क्षम𓀀乙"
    told: Any = report(issue(), [record(fields={**record().fields, "CF_WFXW": written})])
    made = report_paper.typeset(
        on_sheet(told), link="http://x/r/1", report=b"{}", evidence=b"{}", issued_at=AT
    )
    pages = pypdfium2.PdfDocument(made)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    text = "".join(text.split()).replace("\ufffe", "")
    assert all(f"〔U+{ord(c):04X}〕" in text for c in "👨👩✔\u0338\ue000\u0378\ufdd0क𓀀")
    assert "原字见所附" in text and b"pdfaid:conformance>A<" in made, "what stands for them is explained"
    assert "甲〔U+1F468〕" in text and "e〔U+0338〕" in text and "葛" in text and "乙" in text


def test_a_paper_with_nothing_on_it_is_one_page_and_no_run_of_letters_goes_beyond_its_edge() -> None:
    told: Any = report(issue(), [])
    long: Any = report(issue(), [record(fields={**record().fields, "CF_WFXW": "W" * 150})])
    empty, full = (
        pypdfium2.PdfDocument(
            report_paper.typeset(on_sheet(each), link="http://x", report=b"{}", evidence=b"{}", issued_at=AT)
        )
        for each in (told, long)
    )
    assert len(empty) == 1 and "没有该主体的记录" in empty[0].get_textpage().get_text_range()
    text = full[0].get_textpage()
    rights = [text.get_charbox(i)[2] for i in range(text.count_chars())]
    assert text.get_text_range().replace("\r\n", "").count("W") >= 150
    assert max(rights) <= full[0].get_width() - 50


def test_an_operators_own_certificate_seals_as_well_and_needs_no_restart(tmp_path: Path) -> None:
    make_report_seal(tmp_path)
    seal, first = ReportSeal(tmp_path), (tmp_path / "report.cert.pem").read_bytes()
    make_report_seal(tmp_path)
    assert (tmp_path / "report.cert.pem").read_bytes() == first, "a pair that is there stays"
    told: Any = report(issue(), [])
    pdf = report_paper.typeset(on_sheet(told), link="http://x", report=b"{}", evidence=b"{}", issued_at=AT)
    key, pem = rsa.generate_private_key(public_exponent=65537, key_size=2048), serialization.Encoding.PEM
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority")])
    usage = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.KeyUsage).value
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(1), now + timedelta(9))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(pem)
    )
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "report.key.pem").write_bytes(private)
    (tmp_path / "report.cert.pem").write_bytes(certificate)
    sealed = PdfFileReader(io.BytesIO(seal.sign(pdf, reason="x"))).embedded_signatures[0]
    for trusted, holds in ((certificate, True), (first, False)):
        roots = list(load_certs_from_pemder_data(trusted))
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        assert validate_pdf_signature(sealed, context).bottom_line is holds


@pytest.mark.rule("PUB-4")
def test_pub_4_a_report_tells_the_last_day_that_the_views_apply_with_what_the_office_has_set() -> None:
    public = {"form": "penalty", "item": "C03-02", "CF_JDRQ": "2026-05-20", "CF_GSJZQ": "2029-05-20"}
    moments = [Moment("record.determined", "2026-05-21T00:00:00.000000Z", 7, {"public": public})]
    item = next(found for found in read_city(DATA).items if found.code == "C03-02")

    def stands(*months: int, on: date = date(2027, 6, 1)) -> str | None:
        found = standing(str(UUID(int=7)), moments, lambda _, __: item, lambda _: months or None, on=on)
        return None if found is None else found.until

    assert stands(on=date(2027, 5, 20)) == "2027-05-20" and stands() is None
    assert stands(3, 6, 36, on=date(2026, 11, 20)) == "2026-11-20"
    assert stands(3, 6, 36, on=date(2026, 11, 21)) is None
