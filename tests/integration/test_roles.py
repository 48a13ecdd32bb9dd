"""What each login may do: the service's own roles cannot read or change events except through their functions."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from application.ports import Append
from tests.world import World, raw_row

TABLES = (
    "heads", "records", "access", "streams", "documents", "subjects", "data_keys", "inbox", "nonces",
    "suppressed", "drafts", "view_state", "renditions", "view_names", "request_counts", "announced_reads",
    "marks", "open_cases", "trees", "epochs", "maps", "map_changes", "key_state",
    "refusal_counts", "refusal_state",
    "registers",
    "oversight_state", "flag_causes", "flags", "review_state", "unit_counts", "stamps",
)  # fmt: skip
LOGS = ("records", "access")
CHANGES = ("UPDATE ledger.{} SET position = position", "DELETE FROM ledger.{}", "TRUNCATE ledger.{}")
ROLES = ("writer", "reader", "projector", "auditor", "sequencer", "eraser")
CALLABLE = {
    "writer": {
        "append", "load_stream", "subjects_of", "documents_of", "data_keys_of", "receipt_of", "use_nonce",
        "save_draft", "load_draft", "drop_draft", "append_marked",
        "append_case", "open_cases_of", "open_cases_page", "append_due", "overdue_cases",
        "append_counted", "append_returned", "open_repairs_of", "save_draft_within", "consents_page",
        "head_of", "look_at", "erasing_acts", "last_erasing", "key_acts", "governing_rows", "versions_of",
        "tip_offs_filed",
        "late_publications", "links_of", "measure_list", "open_cases_about", "open_cases_from",
        "standing_records",
    },
    "reader": {
        "public_subjects", "public_records", "public_records_page", "public_record",
        "status", "data_keys_of", "operations",
        "count_request", "shared_listing", "view_position", "dossier_records", "access_versions", "log_access",
        "read_announced", "logged_read",
        "subjects_of", "objected", "overdue_count", "dossier_page", "position_at", "log_lag",
        "refusals_before",
        "public_of_documents", "public_determined_by",
        "public_list", "register_page", "flags_page", "unit_counts_of", "indicators_folded",
        "key_after_opening",
    },
    "projector": {"terms_over", "cases_due", "mend_due", "cases_to_count", "mend_case", "standing_under",
                  "red_beside"},
    "auditor": {"framed", "position_at"},
    "sequencer": {"leaves", "tree", "move_tree", "keep_stamp", "stamps_after"},
    "eraser": {
        "erasures", "rows_under", "log_heads", "data_keys_of", "erase", "key_generations", "begin_generation",
        "keys_before", "count_keys_before", "rewrap",
    },
}  # fmt: skip
"""Every function that each login may call; a new grant must be written down here too."""
READABLE = {
    "writer": set[str](),
    "reader": set[str](),
    "projector": {
        "records",
        "access",
        "heads",
        "streams",
        "data_keys",
        "view_state",
        "renditions",
        "view_names",
        "trees",
        "epochs",
        "maps",
        "map_changes",
        "refusal_counts",
        "refusal_state",
        "registers",
        "oversight_state",
        "flag_causes",
        "flags",
        "review_state",
        "unit_counts",
    },
    "sequencer": set[str](),
    "auditor": set(TABLES) - {"request_counts"},
    "eraser": set[str](),
}


def url(world: World, role: str) -> str:
    found: str = getattr(world.database, role)
    return found


def ask(where: str, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(where) as conn:
        return conn.execute(query.encode(), values).fetchall()


def refused(where: str, statement: str) -> None:
    """Hold the server to refusing a statement for want of a right, and for no other reason."""
    with psycopg.connect(where) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute(statement.encode())


@pytest.fixture
def world(bare_world: World) -> Iterator[World]:
    """A ledger with one event in each log, so that a statement has something to hit."""
    bare_world.store.append(Append(events=[raw_row(bare_world.ledger.id)]))
    bare_world.store.append(Append(log="access", events=[raw_row(bare_world.ledger.id)]))
    yield bare_world
    for log in LOGS:
        assert ask(bare_world.database.admin, f"SELECT count(*) FROM ledger.{log}") == [(1,)]


def test_the_list_of_tables_here_is_that_of_the_database(world: World) -> None:
    query = (
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'ledger'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
    )
    assert {row[0] for row in ask(world.database.admin, query)} == set(TABLES)


@pytest.mark.parametrize("role", ["writer", "reader", "eraser"])
def test_the_web_process_can_neither_select_nor_change_any_table(world: World, role: str) -> None:
    columns = ask(
        world.database.admin,
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r' AND a.attnum = 1",
    )
    assert {table for table, _ in columns} == set(TABLES)
    for table, column in columns:
        for statement in (
            f"SELECT * FROM ledger.{table}",
            f"SELECT count(*) FROM ledger.{table}",
            f"INSERT INTO ledger.{table} DEFAULT VALUES",
            f"UPDATE ledger.{table} SET {column} = {column}",
            f"DELETE FROM ledger.{table}",
            f"TRUNCATE ledger.{table}",
            f"COPY ledger.{table} TO STDOUT",
            f"LOCK TABLE ledger.{table}",
            f"CREATE TRIGGER t BEFORE INSERT ON ledger.{table} EXECUTE FUNCTION ledger.refuse_change()",
            f"DROP TABLE ledger.{table}",
        ):
            refused(url(world, role), statement)


@pytest.mark.parametrize("role", ROLES)
def test_each_login_reads_the_tables_that_are_written_down_here(world: World, role: str) -> None:
    query = "SELECT t FROM unnest(%s::text[]) AS t WHERE has_table_privilege(%s, 'ledger.' || t, 'SELECT')"
    found = ask(world.database.admin, query, list(TABLES), f"xinlu_{role}")
    assert {row[0] for row in found} == READABLE[role]


@pytest.mark.parametrize("role", ROLES)
def test_no_login_of_the_service_changes_an_event_or_adds_one_past_the_append(
    world: World, role: str
) -> None:
    for log in LOGS:
        for change in (*CHANGES, "INSERT INTO ledger.{} DEFAULT VALUES"):
            refused(url(world, role), change.format(log))


@pytest.mark.parametrize("log", LOGS)
def test_even_the_owner_is_refused_by_the_trigger(world: World, log: str) -> None:
    for change in CHANGES:
        with psycopg.connect(world.database.admin) as conn, pytest.raises(psycopg.Error) as error:
            conn.execute(change.format(log).encode())
        assert error.value.sqlstate == "XL000"


def test_an_update_that_would_hit_no_row_is_refused_as_well(world: World) -> None:
    with psycopg.connect(world.database.admin) as conn, pytest.raises(psycopg.Error) as error:
        conn.execute("DELETE FROM ledger.records WHERE false")
    assert error.value.sqlstate == "XL000"


@pytest.mark.parametrize("role", ROLES)
def test_no_login_owns_anything_or_can_become_more_than_it_is(world: World, role: str) -> None:
    name = f"xinlu_{role}"
    flags = ask(
        world.database.admin,
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit"
        " FROM pg_roles WHERE rolname = %s",
        name,
    )
    assert flags == [(False,) * 6]
    member = "SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole"
    assert ask(world.database.admin, member, name) == [(0,)]
    owned = "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole"
    assert ask(world.database.admin, owned, name) == [(0,)]
    for statement in ("SET session_replication_role = replica", "SET ROLE postgres"):
        with psycopg.connect(url(world, role)) as conn, pytest.raises(psycopg.Error):
            conn.execute(statement.encode())


@pytest.mark.parametrize("role", ROLES)
def test_no_login_makes_objects_that_another_would_trip_over(world: World, role: str) -> None:
    for schema in ("ledger", "public"):
        query = "SELECT has_schema_privilege(%s, %s, 'CREATE')"
        assert ask(world.database.admin, query, f"xinlu_{role}", schema) == [(False,)]


@pytest.mark.parametrize("role", ROLES)
def test_each_login_calls_the_functions_that_are_written_down_here(world: World, role: str) -> None:
    query = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace"
        " AND has_function_privilege(%s, oid, 'EXECUTE')"
    )
    assert {row[0] for row in ask(world.database.admin, query, f"xinlu_{role}")} == CALLABLE[role]


def test_no_function_is_executable_by_public(world: World) -> None:
    query = (
        "SELECT proname FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a"
        " WHERE pronamespace = 'ledger'::regnamespace AND a.grantee = 0"
    )
    assert ask(world.database.admin, query) == []


def test_no_table_or_column_is_granted_to_public(world: World) -> None:
    query = (
        "SELECT relname FROM pg_class, aclexplode(relacl) AS a"
        " WHERE relnamespace = 'ledger'::regnamespace AND a.grantee = 0"
        " UNION SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl) AS a"
        " WHERE c.relnamespace = 'ledger'::regnamespace"
    )
    assert ask(world.database.admin, query) == []


def test_every_definer_function_has_a_fixed_search_path_that_ends_in_pg_temp(world: World) -> None:
    query = "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace AND prosecdef"
    functions = ask(world.database.admin, query)
    assert len(functions) > 10
    for name, config in functions:
        paths = [setting for setting in config or [] if setting.startswith("search_path=")]  # type: ignore[attr-defined]
        assert paths == ["search_path=pg_catalog, pg_temp"], name


def test_a_temporary_table_of_the_caller_does_not_stand_in_for_one_of_ours(world: World) -> None:
    with psycopg.connect(world.database.writer) as conn:
        conn.execute("CREATE TEMPORARY TABLE heads (log text, position bigint, digest bytea)")
        conn.execute("CREATE TEMPORARY TABLE records (position bigint)")
        conn.execute("SET search_path = pg_temp, ledger")
        found = conn.execute(
            "SELECT position FROM ledger.load_stream('records', %s, null, null, false, null)",
            (world.ledger.id,),
        ).fetchall()
    assert found == [(1,)]


def test_a_rolled_back_append_leaves_nothing(world: World) -> None:
    head = world.reader.head("records")
    with psycopg.connect(world.database.writer) as conn:
        conn.execute("SELECT ledger.use_nonce('i', 'n', now(), now() + interval '1 h')")
        conn.rollback()
    assert world.reader.head("records") == head
    with psycopg.connect(world.database.writer) as conn:
        again = conn.execute("SELECT ledger.use_nonce('i', 'n', now(), now() + interval '1 h')").fetchone()
        assert again == (True,)
