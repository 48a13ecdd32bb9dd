"""A department's own publication beside the public view, through HTTP and the command (PUB-3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from application.commands.flags import FlagDesk
from application.commands.governance import Governance
from domain.oversight.flags import Flag
from domain.records.consistency import KINDS, ConsistencyChecked
from interfaces.cli.main import cli
from tests.published import Row, public_rows, published
from tests.remedies import LETTER, PROOF, Story, begin
from tests.web import CSV, Signing, Web
from tests.world import World

PATH = "/v1/consistency-checks"


@dataclass
class Bench:
    """The story's department, what it publishes, and who asks."""

    world: World
    story: Story
    web: Web
    rows: dict[UUID, Row]

    def ask(
        self, rows: Iterable[Mapping[str, str]], *, by: str = "", path: str = PATH, **headers: str
    ) -> TestResponse:
        """The comparison of a publication, as the department or ``by`` another."""
        code, data = by or self.story.source, published(rows)
        key = hashlib.sha256(data + path.encode()).hexdigest()
        sent = {"content-type": CSV, "idempotency-key": key, **headers}
        signing = Signing(code, self.world.keys[code], self.world.ledger.id.hex)
        return self.web.http.post(path, data=data, headers=signing.headers("POST", path, data, sent))

    def told(self, rows: Iterable[Mapping[str, str]], **more: str) -> dict[str, Any]:
        """The answer."""
        answer = self.ask(rows, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


@pytest.fixture
def bench(seeded_world: World) -> Bench:
    story = begin(seeded_world)
    return Bench(seeded_world, story, Web(seeded_world), public_rows(seeded_world, story.source))


def counts(told: Mapping[str, Any]) -> dict[str, int]:
    """What was counted and is not 0."""
    names = ("rows", "equal", *KINDS, "bad_rows")
    return {name: told["receipt"][name] for name in names if told["receipt"][name]}


@pytest.mark.rule("PUB-3")
def test_pub_3_a_copy_of_what_is_public_gives_no_difference_and_every_change_to_it_is_told(
    bench: Bench,
) -> None:
    rows = list(bench.rows.values())
    assert len(rows) > 5
    same = bench.told(rows)
    assert counts(same) == {"rows": len(rows), "equal": len(rows)} and same["differences"] == []

    first, second, third, fourth, *others = bench.rows
    spoilt = {
        **bench.rows,
        first: {**bench.rows[first], "CF_WFXW": "另一违法行为"},
        second: {**bench.rows[second], "CF_GSJZQ": "2026-11-30"},
        fourth: {**bench.rows[fourth], "CF_WSH": ""},
    }
    del spoilt[third]
    unknown = {**bench.rows[first], "CF_WSH": "示市监罚字〔2026〕从未报送1号"}
    foreign = {**unknown, "CF_CFJGDM": bench.web.code(1)}
    told = bench.told([*spoilt.values(), unknown, foreign])
    assert counts(told) == {
        "rows": len(rows) + 1, "equal": len(others), "missing_here": 1, "missing_there": 2, "content_differs": 1,
        "term_differs": 1, "bad_rows": 2,
    }  # fmt: skip
    by_kind = {d["kind"]: d for d in told["differences"]}
    assert by_kind["content_differs"]["fields"] == ["CF_WFXW"]
    assert by_kind["content_differs"]["field_names"] == ["违法行为类型"]
    assert by_kind["content_differs"]["record"] == str(first)
    public = bench.world.lookup.record(second)
    assert public is not None and by_kind["term_differs"]["here"] == str(public.until)
    assert by_kind["term_differs"]["there"] == "2026-11-30"
    missing = {d["record"]: d["document"] for d in told["differences"] if d["kind"] == "missing_there"}
    assert missing == {str(r): bench.rows[r]["CF_WSH"] for r in (third, fourth)}
    reasons = {(r["rule"], r["code"]) for row in told["bad_rows"] for r in row["reasons"]}
    assert reasons == {("DET-2", "missing_document_number"), ("PUB-3", "consistency_authority_of_another")}


@pytest.mark.rule("PUB-3")
def test_pub_3_what_was_shielded_or_is_over_must_not_be_published_and_no_reason_is_told(bench: Bench) -> None:
    story, world = bench.story, bench.world
    over = story.content_of(CF_WSH="示〔2026〕9701号", CF_JDRQ="2026-05-01", CF_GSJZQ="2026-12-01")
    assert story.determine(over)[1].taken == 1
    repaired = story.new_record("示〔2026〕9702号", decided=date(2026, 5, 20))
    world.project()
    rows = list(public_rows(world, story.source).values())
    late = story.content_of(CF_WSH="示〔2026〕9703号", CF_JDRQ="2026-05-02", CF_GSJZQ="2028-01-01")
    assert story.determine(late)[1].taken == 1
    waiting = {**rows[0], "CF_WSH": "示〔2026〕9703号"}
    assert counts(bench.told([*rows, waiting]))["not_shown_yet"] == 1
    world.project()
    rows = list(public_rows(world, story.source).values())
    accepted = story.repairs.accept(story.handling(story.apply(repaired, PROOF, LETTER)))
    story.repairs.grant(story.handling(accepted))
    world.clock.advance(days=11)
    told = bench.told(rows, **{"idempotency-key": "after the end"})
    assert counts(told)["must_not_be_public"] == 2
    # What it finds itself it mends; what the office finds, it is asked about (ACC-1).
    assert _published(bench) == []
    bench.told(rows, by=story.office, path=f"{PATH}?department={story.source}")
    assert [(f.raised.rule, f.unit, f.raised.about, f.times) for f in _published(bench)] == [
        ("ACC-1", story.source, "penalty", 2)
    ]
    ended = [d for d in told["differences"] if d["kind"] == "must_not_be_public"]
    # Shielded and over are told alike: by row and record, and nothing else.
    assert all(not any(d[name] for name in ("fields", "here", "there", "document")) for d in ended)
    assert str(repaired) in {d["record"] for d in ended}
    without = [row for row in rows if row["CF_WSH"] not in ("示〔2026〕9701号", "示〔2026〕9702号")]
    assert "9702" not in bench.ask(without).text


def _published(bench: Bench) -> list[Flag]:
    """The flags about what was published against the law."""
    bench.world.project()
    bench.world.flags.run()
    desk = FlagDesk(bench.story.desk)
    found = [desk.concerned(flag, bench.story.office) for flag in bench.world.rows_of("flag.raised")]
    return [flag for flag in found if flag.raised.what == "published"]


def test_pub_3_a_document_twice_in_a_file_is_one_bad_row(bench: Bench) -> None:
    rows = list(bench.rows.values())
    told = bench.told([*rows, rows[0]])
    assert counts(told) == {"rows": len(rows) + 1, "equal": len(rows), "bad_rows": 1}
    assert told["bad_rows"][0]["reasons"][0]["code"] == "document_twice_in_file"


@pytest.mark.rule("PUB-3")
def test_pub_3_only_the_department_itself_and_the_credit_office_may_compare(bench: Bench) -> None:
    source, office, stranger = bench.story.source, bench.story.office, bench.web.code(1)
    rows = list(bench.rows.values())
    refused = bench.ask(rows, by=stranger, path=f"{PATH}?department={source}")
    assert refused.status_code == 403
    error = refused.get_json()["errors"][0]
    assert (error["rule"], error["code"]) == ("PUB-3", "consistency_not_yours") and error["instead"]
    unknown = bench.ask(rows, by=office, path=f"{PATH}?department=91420100MA4KX00G1D")
    assert unknown.get_json()["errors"][0]["code"] == "consistency_department_unknown"
    assert bench.ask(rows, path=f"{PATH}?department=x").status_code == 400
    told = bench.told(rows, by=office, path=f"{PATH}?department={source}")
    assert counts(told) == {"rows": len(rows), "equal": len(rows)}
    # As its own the stranger's file holds nothing that can be compared, whatever stands in the ledger.
    assert counts(bench.told(rows, by=stranger)) == {"rows": len(rows), "bad_rows": len(rows)}


def test_pub_3_what_a_key_that_is_gone_had_sealed_is_compared_all_the_same(bench: Bench) -> None:
    governance = Governance(bench.world.ledger, signer=bench.world.keys[bench.story.office])
    governance.revoke_key(bench.world.keys[bench.story.source].issuer, reason="lost")
    rows = list(bench.rows.values())
    told = bench.told(rows[1:], by=bench.story.office, path=f"{PATH}?department={bench.story.source}")
    assert counts(told)["missing_there"] == 1


def test_pub_3_the_counts_are_recorded_once_and_stand_in_the_public_register(bench: Bench) -> None:
    rows, world = list(bench.rows.values()), bench.world
    before = len(world.rows_of(ConsistencyChecked.TOPIC))
    told = bench.told(rows[1:])
    again = bench.ask(rows[1:])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == {"receipt": told["receipt"]}
    (stream,) = world.rows_of(ConsistencyChecked.TOPIC)[before:]
    event = world.ledger.load(stream)[-1]
    assert isinstance(event, ConsistencyChecked)
    assert event.file == told["receipt"]["file"] and event.missing_there == 1
    assert "file" not in event.parts()["public"]
    world.project()
    key = f"{bench.story.source}-penalty"
    entry = bench.web.http.get(f"/v1/consistency-checks/{key}").get_json()["versions"][-1]
    assert entry["content"]["missing_there"] == 1 and str(event.file) not in json.dumps(entry)
    page = bench.web.http.get(f"/registers/consistency-checks/{key}").text
    assert "本平台有、部门没有" in page
    assert world.verify().finding is None


def test_pub_3_the_differences_are_told_as_csv_and_as_a_page(bench: Bench) -> None:
    rows = [dict(row) for row in bench.rows.values()]
    rows[0]["CF_WFXW"] = "另一违法行为"
    sheet = bench.ask(rows[:-1], accept="text/csv")
    assert sheet.mimetype == CSV and sheet.data.startswith(b"\xef\xbb\xbf")
    lines = sheet.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 3 and "CF_WFXW" in lines[1] and rows[-1]["CF_WSH"] in lines[2]
    page = bench.ask(rows[:-2], accept="text/html")
    assert page.mimetype == "text/html" and 'data-kind="missing_there">2<' in page.text
    assert bench.ask(rows[:-3], accept="image/png").status_code == 406
    assert bench.ask(rows, **{"content-type": "text/plain"}).status_code == 415


def test_pub_3_the_command_compares_and_says_by_its_exit_whether_anything_differs(
    bench: Bench, tmp_path: Path
) -> None:
    rows = list(bench.rows.values())
    same, less, out = tmp_path / "same.csv", tmp_path / "less.csv", tmp_path / "out.csv"
    same.write_bytes(published(rows))
    less.write_bytes(published(rows[1:]))
    key = bench.world.folder / "keys" / f"{bench.story.source}.pem"
    with bench.web.served() as url:
        who = ["--department", bench.story.source, "--key", str(key), "--url", url]
        ended = CliRunner().invoke(cli, ["compare", str(same), *who])
        assert ended.exit_code == 0, ended.output
        ended = CliRunner().invoke(cli, ["compare", str(less), *who])
        assert ended.exit_code == 1 and rows[0]["CF_WSH"] in ended.output
        ended = CliRunner().invoke(cli, ["compare", str(less), *who, "--csv", str(out)])
        assert ended.exit_code == 1 and rows[0]["CF_WSH"] in out.read_text("utf-8-sig")
