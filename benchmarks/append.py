"""Appending beside its limits: single durable commands of 1 and 16 callers, and bulk batches.

A command here is decided already: no request signature is checked. Each one carries an idempotency receipt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from application.ledger import Ledger
from application.ports import Append, NewRow, Receipt
from application.verify import LOGS
from benchmarks.figures import Figure, interleaved
from benchmarks.limits import EVENT_BYTES, Pgbench, copies_per_second
from benchmarks.place import Place, World
from domain.records.events import ActRefused
from infrastructure.settings import connection_parameters

BATCH_ROWS = 500
CALLERS = 16
GROUP = "append"
STOCK = "stock save"


def measure(place: Place, *, quick: bool) -> Iterator[Figure]:
    """Figures of appending; ``quick`` takes one short round instead of five."""
    seconds, rounds, bulk_rows = (1, 1, 5_000) if quick else (2, 5, 20_000)
    world = place.world()
    pgbench = Pgbench(place, world.admin_url)
    ready, command = _ready_append(world.ledger), _whole_command(world.ledger)
    with _stock_recorder(world) as stock:
        found = interleaved(
            {
                "L1": lambda: pgbench.inserts_per_second(1, seconds),
                "ready 1": lambda: rate(ready, 1, seconds),
                "command 1": lambda: rate(command, 1, seconds),
                STOCK: lambda: rate(stock.save, 1, seconds),
                "L16": lambda: pgbench.inserts_per_second(CALLERS, seconds),
                "ready 16": lambda: rate(ready, CALLERS, seconds),
                "command 16": lambda: rate(command, CALLERS, seconds),
                "stock 16": lambda: rate(stock.save, CALLERS, seconds),
            },
            rounds,
        )
    for callers, peer in ((1, STOCK), (CALLERS, "stock 16")):
        for kind, name in (
            ("ready", "one event and receipt"),
            ("command", "the same, signed and sealed first"),
        ):
            yield Figure(
                GROUP,
                f"{name}, {callers} caller{'s' if callers > 1 else ''}",
                found[f"{kind} {callers}"],
                "per s",
                *(found[f"L{callers}"], f"L{callers}"),
                *(found[peer], STOCK),
            )
    bulk = interleaved(
        {
            "LC": lambda: copies_per_second(world.admin_url, _rows(bulk_rows)),
            "ours": lambda: _bulk_rate(world, bulk_rows),
        },
        1 if quick else 3,
    )
    yield Figure(
        GROUP,
        f"batches of {BATCH_ROWS} ready events",
        bulk["ours"],
        "events/s",
        *(bulk["LC"], "LC"),
        *(found[STOCK], STOCK),
    )
    grown = interleaved(
        {"L1": lambda: pgbench.inserts_per_second(1, seconds), "ours": lambda: rate(ready, 1, seconds)},
        1 if quick else 3,
    )
    # The same sessions go on, so a plan that suits a small store only would show here.
    name = f"one event and receipt, 1 caller, {_stored(world):,} stored"
    yield Figure(GROUP, name, grown["ours"], "per s", grown["L1"], "L1")


def rate(act: Callable[[], object], callers: int, seconds: float) -> float:
    """Acts a second of so many threads of this process, each doing one after the other."""
    deadline = time.perf_counter() + seconds

    def one() -> int:
        done = 0
        while time.perf_counter() < deadline:
            act()
            done += 1
        return done

    begun = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        done = sum(future.result() for future in [pool.submit(one) for _ in range(callers)])
    return done / (time.perf_counter() - begun)


def _row(sealed: bytes) -> NewRow:
    """A row of the size of a usual event; its content means nothing."""
    return NewRow(
        stream_id=uuid4(),
        stream_version=1,
        topic="bench.happened",
        schema_version=1,
        recorded_at="2026-01-01T00:00:00.000000Z",
        meta=b"{}",
        key_ref="",
        sealed=sealed,
        leaf=bytes(106),
    )


def _rows(number: int) -> list[NewRow]:
    sealed = bytes(EVENT_BYTES)
    return [_row(sealed) for _ in range(number)]


_NUMBER = count(1)


def _receipt() -> Receipt:
    return Receipt("bench", str(next(_NUMBER)), bytes(32), 201, {"status": "recorded"})


def _ready_append(ledger: Ledger) -> Callable[[], object]:
    sealed = bytes(EVENT_BYTES)
    return lambda: ledger.store.append(Append("access", [_row(sealed)], receipt=_receipt()))


def _whole_command(ledger: Ledger) -> Callable[[], object]:
    """A small event of our own, signed by the gateway, sealed under the ledger's keys, with its receipt."""

    def act() -> None:
        event = ActRefused(
            originator_id=uuid4(),
            originator_version=1,
            timestamp=ledger.now(),
            department="bench",
            rules=[["DET-5", "benchmark", ""]],
            attempt="00" * 32,
        )
        batch = ledger.prepare(
            [ledger.seal(event)], meta={"actor": "bench", "purpose": "bench"}, log="access"
        )
        batch.receipt = _receipt()
        ledger.store.append(batch)

    act()  # the first one makes the data key
    return act


def _bulk_rate(world: World, number: int) -> float:
    rows = _rows(number)
    begun = time.perf_counter()
    for at in range(0, number, BATCH_ROWS):
        world.ledger.store.append(Append("records", rows[at : at + BATCH_ROWS]))
    return number / (time.perf_counter() - begun)


def _stored(world: World) -> int:
    return sum(world.audit.reader.head(log)[0] for log in LOGS)


class _stock_recorder:  # noqa: N801 - a context manager used as a function
    """The library's own recorder on the same server, saving one event of the same size."""

    def __init__(self, world: World) -> None:
        parameters = connection_parameters(world.admin_url)
        self._datastore = PostgresDatastore(
            dbname=parameters["dbname"],
            host=parameters["host"],
            port=parameters.get("port", "5432"),
            user=parameters["user"],
            password=parameters["password"],
            pool_size=5,
            max_overflow=10,
        )
        self._recorder = PostgresApplicationRecorder(self._datastore, events_table_name="stock_events")
        self._recorder.create_table()
        self._state = bytes(EVENT_BYTES)

    def __enter__(self) -> _stock_recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._datastore.close()

    def save(self) -> None:
        """One durable event."""
        self._recorder.insert_events([StoredEvent(uuid4(), 1, "bench.happened", self._state)])
