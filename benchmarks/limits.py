"""The limits that the engine is measured against: what PostgreSQL itself does on this machine, at this moment.

L1 and L16 are pgbench with 1 and 16 clients inserting one event each, LQ1 and LQ16 the
same with one row read after it; LC copies ready rows; LR reads the log.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from application.ports import NewRow
from benchmarks.place import Place
from infrastructure.settings import connection_parameters

EVENT_BYTES = 600
_TABLE = """
CREATE TABLE IF NOT EXISTS bench_events (
    originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text, state bytea,
    notification_id bigserial, PRIMARY KEY (originator_id, originator_version));
CREATE UNIQUE INDEX IF NOT EXISTS bench_events_id ON bench_events (notification_id);
"""
_COPY = (
    "COPY bench_records (position, stream_id, stream_version, topic, schema_version, recorded_at, meta, key_ref,"
    " sealed, leaf, digest) FROM STDIN (FORMAT BINARY)"
)
_COPY_TYPES = ("int8", "uuid", "int8", "text", "int4", "text", "bytea", "text", "bytea", "bytea", "bytea")
PAGE_ROWS = 5000


class Pgbench:
    """pgbench on an event table of its own."""

    def __init__(self, place: Place, admin_url: str) -> None:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(_TABLE.encode())
        self._program = place.bin_dir / "pgbench"
        self._script: Path = place.folder / "insert.sql"
        state = "ab" * EVENT_BYTES
        insert = (
            "INSERT INTO bench_events (originator_id, originator_version, topic, state)"
            f" VALUES (gen_random_uuid(), 1, 'bench.happened', '\\x{state}');\n"
        )
        self._script.write_text(insert)
        self._logged_read: Path = place.folder / "logged-read.sql"
        self._logged_read.write_text(
            f"{insert}\\set n random(1, 1000)\nSELECT state FROM bench_events WHERE notification_id = :n;\n"
        )
        parameters = connection_parameters(admin_url)
        names = {"PGHOST": "host", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
        self._environment = {**os.environ, **{env: parameters[name] for env, name in names.items()}}

    def inserts_per_second(self, clients: int, seconds: int) -> float:
        """Durable one-event transactions a second."""
        return self._rate(self._script, clients, seconds)

    def logged_reads_per_second(self, clients: int, seconds: int) -> float:
        """A durable event, and after its commit one row read by its key: pairs a second."""
        return self._rate(self._logged_read, clients, seconds)

    def _rate(self, script: Path, clients: int, seconds: int) -> float:
        jobs = min(clients, 2)
        command = [str(self._program), "-n", "-M", "prepared", "-f", str(script)]
        command += ["-c", str(clients), "-j", str(jobs), "-T", str(seconds)]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if found is None:
            raise RuntimeError("pgbench told no rate")
        return float(found[1])


def copies_per_second(admin_url: str, rows: Sequence[NewRow]) -> float:
    """LC: ready rows a second through one COPY BINARY into a table like the log, indexes and checks included."""
    digest = bytes(32)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_records")
        connection.execute("CREATE TABLE bench_records (LIKE ledger.records INCLUDING ALL)")
        begun = time.perf_counter()
        with connection.cursor() as cursor, cursor.copy(_COPY.encode()) as copy:
            copy.set_types(_COPY_TYPES)
            for number, row in enumerate(rows, start=1):
                copy.write_row(
                    (
                        *(number, row.stream_id, row.stream_version, row.topic, row.schema_version),
                        *(row.recorded_at, row.meta, row.key_ref, row.sealed, row.leaf, digest),
                    )
                )
        return len(rows) / (time.perf_counter() - begun)


def reads_per_second(admin_url: str) -> float:
    """LR: rows of the records log a second, read in binary, a page at a time, and not looked at."""
    with psycopg.connect(admin_url) as connection, connection.cursor(binary=True) as cursor:
        begun, read = time.perf_counter(), 0
        query = "SELECT * FROM ledger.records WHERE position > %s ORDER BY position LIMIT %s"
        while page := cursor.execute(query, (read, PAGE_ROWS)).fetchall():
            read += len(page)
        return read / (time.perf_counter() - begun)
