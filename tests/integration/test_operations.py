"""Operating the service: readiness, version, metrics, log lines, rate limits, and a log that cannot be written."""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.stdlib import ProcessorFormatter
from werkzeug.test import TestResponse

from application.limits import LIMITS, WINDOW_SECONDS, TooManyRequests
from application.queries.operations import LOG_LAG_SECONDS_MAX, VIEW_LAG_EVENTS_MAX
from application.services import Services
from domain.transparency.sealed_file import MEDIA_TYPE
from infrastructure.build import read_build
from infrastructure.logs import configuration
from infrastructure.metrics_folder import prepare_metrics_folder
from infrastructure.migrate import ROLES
from infrastructure.postgres.pool import open_pool
from interfaces.client.rows import read_rows
from interfaces.client.tables import read_table
from interfaces.http.app import create_app
from interfaces.http.services import EXTENSION
from tests.integration.test_intake import PROJECT, agency_of, by_draft, by_sealing, penalties, sample
from tests.web import FORMS, NDJSON, Web
from tests.world import World

PEOPLE = [f"people-{number}.xlsx" for number in range(1, 7)]
LABELS = {"command", "outcome", "view", "log", "status_class", "le"}


@pytest.fixture
def web(ledger_world: World) -> Web:
    return Web(ledger_world)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that the process logs, as a server of ours writes it."""
    settings = dict(configuration()["formatters"]["json"])
    formatter = settings.pop("()")(**settings)
    assert isinstance(formatter, ProcessorFormatter)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def check_of(answer: TestResponse, name: str) -> dict[str, Any]:
    return next(c for c in answer.get_json()["checks"] if c["name"] == name)


def admin(world: World, statement: str) -> None:
    with psycopg.connect(world.database.admin, autocommit=True) as connection:
        connection.execute(statement.encode())


def services_of(web: Web) -> Services:
    found = web.app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found


def lookup(web: Web, address: str = "192.0.2.1", **headers: str) -> TestResponse:
    return web.http.post(
        "/lookup",
        data={"identifier": "91420100MA4KXXXX0X"},
        environ_base={"REMOTE_ADDR": address},
        headers=headers,
    )


# Readiness, version, metrics


def test_ready_names_every_check_and_nothing_else(seeded_world: World) -> None:
    seeded_world.publish()
    answer = Web(seeded_world).http.get("/readyz")
    assert answer.status_code == 200
    assert [(c["name"], c["ok"]) for c in answer.get_json()["checks"]] == [
        ("database", True), ("migration", True), ("views", True), ("logs", True), ("signing-key", True),
    ]  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("database", "REVOKE EXECUTE ON FUNCTION ledger.operations FROM xinlu_reader"),
        ("migration", "INSERT INTO schema_migrations (name, digest) VALUES ('9999_later.sql', '')"),
        ("migration", "DELETE FROM schema_migrations"),
        ("views", f"UPDATE ledger.heads SET position = position + {VIEW_LAG_EVENTS_MAX + 1}"),
    ],
)
def test_not_ready_is_a_problem_that_says_which_check_and_why(
    seeded_world: World, check: str, statement: str
) -> None:
    admin(seeded_world, statement)
    answer = Web(seeded_world).http.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "1"
    found = check_of(answer, check)
    assert found["ok"] is False
    assert found["why"]
    assert found["why_en"]
    assert check_of(answer, "signing-key")["ok"] is True


def test_entries_that_wait_too_long_for_their_tree_make_it_not_ready_and_show_in_the_metrics(
    seeded_world: World,
) -> None:
    seeded_world.publish()
    web = Web(seeded_world)
    assert samples_of(web.http.get("/metrics"))["credit_log_lag_seconds", "records"] == 0
    by_draft(web, "people-1.xlsx")
    waited = LOG_LAG_SECONDS_MAX + 1
    seeded_world.clock.at += timedelta(seconds=waited)
    found = samples_of(web.http.get("/metrics"))
    assert waited <= found["credit_log_lag_seconds", "records"] < waited + 60
    assert found["credit_checkpoint_age_seconds", "records"] >= 0
    assert check_of(web.http.get("/readyz"), "logs")["ok"] is False
    seeded_world.publish()
    assert check_of(web.http.get("/readyz"), "logs")["ok"] is True


def test_applications_of_one_process_share_routes_and_never_services(web: Web) -> None:
    other = create_app(replace(services_of(web), gateway_public_key=lambda: bytes(32)))
    told = [app.test_client().get("/v1/ledger").get_json() for app in (other, web.app, other)]
    assert told[0] == told[2] != told[1]
    assert other.url_map is web.app.url_map


def test_a_key_that_does_not_fit_what_clients_are_told_is_not_ready(web: Web) -> None:
    web.app.extensions[EXTENSION] = replace(services_of(web), gateway_public_key=lambda: bytes(32))
    answer = web.http.get("/readyz")
    assert answer.status_code == 503
    assert check_of(answer, "signing-key")["ok"] is False
    assert check_of(answer, "database")["ok"] is True


def test_version_says_what_runs_here(web: Web) -> None:
    found = web.http.get("/version").get_json()
    assert (
        found["version"]
        == re.findall(r'^version = "(.*)"$', (PROJECT / "pyproject.toml").read_text(), re.M)[0]
    )
    assert found["migration"] == max(path.name for path in (PROJECT / "migrations").glob("*.sql"))
    assert found["events"]["record.determined"] == 1


def test_the_commit_comes_from_the_build_or_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "migrations").mkdir()
    assert read_build(tmp_path, {}).commit is None
    (tmp_path / "COMMIT").write_text("920556a\n")
    assert read_build(tmp_path, {}).commit == "920556a"
    assert read_build(tmp_path, {"XINLU_COMMIT": "F" * 40}).commit == "f" * 40
    assert read_build(tmp_path, {"XINLU_COMMIT": "<script>"}).commit is None


def samples_of(answer: TestResponse) -> dict[tuple[str, str], float]:
    assert answer.status_code == 200
    found: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample_ in family.samples:
            assert set(sample_.labels) <= LABELS, sample_.name
            found[sample_.name, ",".join(v for k, v in sample_.labels.items() if k != "le")] = sample_.value
    return found


def test_metrics_count_commands_and_tell_what_the_database_says(web: Web) -> None:
    before = samples_of(web.http.get("/metrics"))
    by_draft(web, "people-1.xlsx")
    assert web.draft(sample("people-2.xlsx"), agency=1).status_code == 201
    lookup(web)
    answer = web.http.get("/metrics")
    found = samples_of(answer)

    def grown(name: str, labels: str) -> float:
        return found[name, labels] - before.get((name, labels), 0)

    assert grown("credit_commands_total", "take_in,done") == 2
    assert grown("credit_commands_total", "seal_draft,done") == 1
    assert grown("credit_queries_total", "done,public") == 1
    assert grown("credit_rows_total", "taken") == len(people("people-1.xlsx"))
    records, access = web.positions()
    assert found["credit_database_up", ""] == 1
    assert found["credit_records_position", ""] == records
    assert found["credit_access_position", ""] == access
    assert found["credit_drafts_waiting", ""] == 1
    assert found["credit_projection_lag_events", "public"] == records
    assert found["credit_public_records", ""] == 0
    web.world.project()
    assert samples_of(web.http.get("/metrics"))["credit_projection_lag_events", "public"] == 0
    assert not [value for value in personal() if value in answer.text]


def test_metrics_are_given_while_the_database_is_away(web: Web) -> None:
    admin(web.world, "REVOKE EXECUTE ON FUNCTION ledger.operations, ledger.count_request FROM xinlu_reader")
    assert samples_of(web.http.get("/metrics"))["credit_database_up", ""] == 0


def test_the_folder_of_counters_is_private_empty_and_without_those_of_servers_that_ended(
    tmp_path: Path,
) -> None:
    own = prepare_metrics_folder(tmp_path)
    (own / "counter_1.db").write_bytes(b"x")
    (tmp_path / "metrics" / "4194304999").mkdir()
    assert prepare_metrics_folder(tmp_path) == own
    assert list((tmp_path / "metrics").iterdir()) == [own]
    assert list(own.iterdir()) == []
    assert own.stat().st_mode & 0o777 == 0o700


# Log lines


def people(name: str) -> list[dict[str, str]]:
    """The person's fields of every row of a file."""
    rows = read_rows(read_table(sample(name), forms=FORMS), FORMS)
    return [{f: str(v) for f, v in (row.parts or {})["person/1"].items()} for row in rows]


def personal() -> set[str]:
    """Every name and number of a person in the samples of natural persons."""
    fields = ("XDR_MC", "XDR_ZJHM")
    return {v for name in PEOPLE for row in people(name) for f, v in row.items() if f.endswith(fields)}


def test_no_line_of_an_intake_names_a_person(web: Web, lines: io.StringIO) -> None:
    for name in PEOPLE:
        by_draft(web, name) if agency_of(name) % 2 else by_sealing(web, name)
        again = web.sealed(sample(name), agency=agency_of(name))
        assert web.send(again, agency=agency_of(name), accept=NDJSON).get_data()
    wanted = personal()
    assert len(wanted) > 20
    for value in wanted:
        web.http.get(f"/v1/intakes/{value}?subject={value}", headers={"X-Subject": value})
        web.http.open("/lookup", method=value if value.isascii() else "GET", data={"identifier": value})
        web.http.post("/lookup", data={"identifier": value})
    text = lines.getvalue()
    assert len(told(lines)) > 3 * len(wanted)
    assert not [value for value in wanted if value in text or json.dumps(value)[1:-1] in text]
    assert not re.search(r"\d{17}[\dX]", text)


def test_a_request_is_one_line_with_its_correlation_and_what_became_of_it(
    web: Web, lines: io.StringIO
) -> None:
    file = web.sealed(sample("people-1.xlsx"))
    with web.send(file, accept=NDJSON) as answer:
        assert answer.get_data()
    line = told(lines)[-1]
    rows = len(people("people-1.xlsx"))
    assert line["time"].endswith("Z")
    assert line["duration_ms"] > 0
    assert {k: line[k] for k in line if k not in ("time", "duration_ms")} == {
        "event": "request", "level": "info", "request": answer.headers["X-Request-Id"], "method": "POST",
        "route": "/v1/intakes", "status": 201, "department": web.code(), "command": "take_in",
        "outcome": "done", "rows_taken": rows, "rows_already": 0, "rows_refused": 0,
    }  # fmt: skip
    problem = web.post("/v1/determinations", b"{}", media="application/json")
    line = told(lines)[-1]
    assert problem.get_json()["instance"] == f"urn:uuid:{line['request']}"
    assert (line["status"], line["problem"], line["outcome"]) == (400, "malformed", "malformed")


def test_the_web_server_s_own_messages_are_told_without_what_they_quote(lines: io.StringIO) -> None:
    secret = "110101199003070011"
    log = logging.getLogger("gunicorn.error.test")
    log.warning(f"Invalid request from ip=192.0.2.7: Invalid Header '{secret}'")  # noqa: G004 - as the server does
    log.error("Worker (pid:%s) exited with code %s.", 17, 1)
    try:
        raise ValueError(secret)
    except ValueError as error:
        log.exception("Error handling request %s", f"/records/{secret}")
        log.exception(error)  # noqa: TRY401 - as the server does
    text, found = lines.getvalue(), told(lines)
    assert secret not in text
    assert "192.0.2.7" not in text
    assert [line["event"] for line in found] == [
        "Invalid request", "Worker (pid:17) exited with code 1.", "Error handling request -", "ValueError",
    ]  # fmt: skip
    assert found[2]["error"] == "ValueError"
    assert found[2]["trace"]


# Rate limits


def limited(world: World, **limits: int) -> Web:
    return Web(world, limits={name: 10**6 for name in LIMITS} | limits)  # noqa: C420 - the keys are literals


def assert_limited(answer: TestResponse) -> None:
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert 1 <= int(answer.headers["Retry-After"]) <= WINDOW_SECONDS
    assert answer.get_json()["rule"] == "SERVICE"
    assert answer.get_json()["retry_after"] == int(answer.headers["Retry-After"])


def test_a_department_s_commands_are_limited_for_itself_alone_until_the_window_ends(
    ledger_world: World,
) -> None:
    web = limited(ledger_world, commands=2)
    body = b"{}"
    answers = [web.post("/v1/determinations", body, media="application/json") for _ in range(3)]
    assert [a.status_code for a in answers] == [400, 400, 429]
    assert_limited(answers[-1])
    assert web.post("/v1/determinations", body, media="application/json", agency=1).status_code == 400
    web.world.clock.advance(seconds=int(answers[-1].headers["Retry-After"]))
    fresh = web.signing()
    signed = replace(fresh, created=None).headers(
        "POST", "/v1/determinations", body,
        {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())},
    )  # fmt: skip
    assert web.http.post("/v1/determinations", data=body, headers=signed).status_code == 400


def test_the_public_look_up_is_limited_by_address_in_all_workers_together(ledger_world: World) -> None:
    workers = [limited(ledger_world, lookup=3), limited(ledger_world, lookup=3)]
    statuses = [lookup(workers[n % 2]).status_code for n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert_limited(lookup(workers[0]))
    assert lookup(workers[0], "192.0.2.2").status_code == 200
    assert workers[0].http.get("/", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 429
    ledger_world.clock.advance(seconds=WINDOW_SECONDS)
    assert lookup(workers[1]).status_code == 200


def test_an_ipv6_client_does_not_escape_by_another_address_of_its_network(ledger_world: World) -> None:
    web = limited(ledger_world, lookup=1)
    assert lookup(web, "2001:db8:0:1::1").status_code == 200
    assert lookup(web, "2001:db8:0:1:ffff::2").status_code == 429
    assert lookup(web, "2001:db8:0:2::1").status_code == 200


def test_the_address_behind_our_own_proxy_counts_and_a_made_up_one_does_not(ledger_world: World) -> None:
    web = limited(ledger_world, lookup=1)
    assert lookup(web, **{"X-Forwarded-For": "198.51.100.1"}).status_code == 200
    assert lookup(web, **{"X-Forwarded-For": "198.51.100.2"}).status_code == 429
    behind = create_app(services_of(web), proxies=1).test_client()

    def asked(forwarded: str) -> int:
        return behind.get("/", headers={"X-Forwarded-For": forwarded}).status_code

    assert asked("198.51.100.3") == 200
    assert asked("203.0.113.9, 198.51.100.3") == 429


def test_what_nobody_signed_is_limited_by_address_before_its_body_is_read(ledger_world: World) -> None:
    web = limited(ledger_world, unsigned=2)
    statuses = [web.http.post("/v1/intakes", data=b"x" * 10).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]
    assert_limited(web.http.get("/v1/ledger"))
    assert_limited(web.http.get("/nowhere"))


def test_what_anyone_may_ask_is_limited_before_its_work_whatever_looks_like_a_signature(
    ledger_world: World,
) -> None:
    web, same = limited(ledger_world, unsigned=1), {"REMOTE_ADDR": "127.0.0.1"}
    assert web.http.get("/v1/ledger", headers={"Signature": "x"}, environ_base=same).status_code == 200
    for path in ("/v1/ledger", "/v1/rules", "/v1/instruments", "/v1/receipts/records:1", "/nowhere"):
        asked = web.app.test_request_context(path, headers={"Signature": "x"}, environ_base=same)
        with asked, pytest.raises(TooManyRequests):
            web.app.preprocess_request()


def test_bad_signatures_are_limited_and_never_cost_a_good_one_from_the_same_address(
    ledger_world: World,
) -> None:
    web = limited(ledger_world, unsigned=2)
    wrong = replace(web.signing(), key=web.key(1))
    sent = {"content-type": MEDIA_TYPE}

    def bad() -> int:
        headers = wrong.headers("POST", "/v1/intakes", b"x", sent | {"idempotency-key": str(uuid.uuid4())})
        return web.http.post("/v1/intakes", data=b"x", headers=headers).status_code

    assert [bad() for _ in range(4)] == [401, 401, 429, 429]
    assert web.post("/v1/intakes/check", penalties(web.code(), {}), media="text/csv").status_code == 200


def test_a_replayed_request_does_not_use_up_its_department_s_limit(ledger_world: World) -> None:
    web = limited(ledger_world, commands=2)
    headers = web.signing().headers(
        "POST", "/v1/determinations", b"{}",
        {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())},
    )  # fmt: skip
    statuses = [
        web.http.post("/v1/determinations", data=b"{}", headers=headers).status_code for _ in range(4)
    ]
    assert statuses == [400, 401, 401, 401]
    assert web.post("/v1/determinations", b"{}", media="application/json").status_code == 400


def test_health_version_static_and_published_files_are_free(ledger_world: World) -> None:
    web = limited(ledger_world, unsigned=1, lookup=1, operations=1)
    web.world.sequence()
    size = int(web.http.get("/logs/records/checkpoint").text.split("\n")[1])
    tiles = [f"/logs/records/tile/{level}/000.p/{size}" for level in ("0", "entries")]
    for path in ("/healthz", "/version", "/logs/policy", "/logs/records/checkpoint", *tiles):
        assert [web.http.get(path).status_code for _ in range(3)] == [200] * 3, path
    assert [web.http.get("/v1/receipts/records:1").status_code for _ in range(2)] == [200, 429]
    assert [web.http.get("/metrics").status_code for _ in range(2)] == [200, 429]


def test_who_asked_is_not_in_the_database_and_old_counts_leave(ledger_world: World) -> None:
    web = limited(ledger_world)
    lookup(web, "192.0.2.77")
    web.post("/v1/determinations", b"{}", media="application/json")

    def counts() -> list[tuple[Any, ...]]:
        with web.world.superuser() as connection:
            return connection.execute("SELECT bucket, key, count FROM ledger.request_counts").fetchall()

    assert {row[0] for row in counts()} == {"lookup", "commands"}
    kept = b"".join(row[1] for row in counts())
    assert b"192.0.2.77" not in kept
    assert web.code().encode() not in kept
    web.world.clock.advance(seconds=3 * WINDOW_SECONDS)
    lookup(web)
    assert [row[2] for row in counts()] == [1]


def test_every_limit_stands_in_the_page_for_operators() -> None:
    page = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    for name, limit in LIMITS.items():
        assert re.search(rf"^\| `{name}` \| {limit.most:,} \|", page, re.M), name
    gunicorn: dict[str, Any] = {}
    for name, value in re.findall(r"^(\w+) = (\d+)$", (PROJECT / "gunicorn.conf.py").read_text(), re.M):
        gunicorn[name] = int(value)
        assert re.search(rf"^\| `{name}` \| {int(value):,}\b", page, re.M), name
    assert gunicorn["graceful_timeout"] < 15
    assert f"| {VIEW_LAG_EVENTS_MAX:,} events; {LOG_LAG_SECONDS_MAX} s |" in page


# The log cannot be written


@pytest.fixture
def held(ledger_world: World, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A service whose writer gives up on a lock after a fifth of a second."""
    pool = open_pool(
        ledger_world.database.writer, size_max=min(ROLES["xinlu_writer"], 12), lock_timeout_seconds=0.2
    )
    monkeypatch.setitem(ledger_world._pools, "writer", pool)
    return Web(ledger_world)


def kept(web: Web) -> list[Any]:
    """All that an act could have left."""
    tables = ("documents", "subjects", "data_keys", "inbox", "suppressed", "streams", "records", "access")
    with web.world.superuser() as connection:
        counts = [connection.execute(f"SELECT count(*) FROM ledger.{t}".encode()).fetchone() for t in tables]
    return [web.positions(), *counts]


def assert_unavailable(answer: TestResponse, lines: io.StringIO) -> None:
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "1"
    assert answer.get_json()["type"] == "/problems/ledger-unavailable"
    said = answer.text + lines.getvalue()
    assert not re.search(r"\d{17}[\dX]|heads|append|lock|SELECT|psycopg|permission", said)
    assert not [value for value in personal() if value in said]


@pytest.mark.parametrize("how", ["revoked", "locked"])
def test_a_log_that_cannot_be_written_is_503_leaves_nothing_and_recovers(
    held: Web, lines: io.StringIO, how: str
) -> None:
    web = held
    file = web.sealed(sample("people-1.xlsx"))
    draft = web.draft(sample("people-2.xlsx"), agency=1).get_json()
    before, key = kept(web), str(uuid.uuid4())
    with psycopg.connect(web.world.database.admin, autocommit=True) as connection:
        if how == "revoked":
            connection.execute("REVOKE EXECUTE ON FUNCTION ledger.append FROM xinlu_writer")
        else:
            connection.execute("BEGIN")
            connection.execute("SELECT FROM ledger.heads FOR UPDATE")
        assert_unavailable(web.send(file, idempotency_key=key), lines)
        assert_unavailable(web.seal(draft, agency=1), lines)
        with web.send(file, accept=NDJSON) as streamed:
            last = json.loads(streamed.get_data().splitlines()[-1])
        assert last["problem"]["status"] == 503
        # A refusal that cannot be logged is not told either.
        liar = replace(file, seal=replace(file.seal, issuer=web.key(1).issuer))
        assert_unavailable(web.send(liar), lines)
        assert lookup(web).status_code == 200
        if how == "revoked":
            connection.execute("GRANT EXECUTE ON FUNCTION ledger.append TO xinlu_writer")
        else:
            connection.execute("ROLLBACK")
    assert kept(web) == before
    answer = web.send(file, idempotency_key=key)
    assert answer.status_code == 201
    assert answer.get_json()["taken"] == len(people("people-1.xlsx"))
    assert web.seal(draft, agency=1).status_code == 201
    assert {line["problem"] for line in told(lines) if "problem" in line} == {"ledger-unavailable"}
