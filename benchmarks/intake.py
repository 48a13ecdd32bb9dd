"""Intake of a large workbook beside its targets: in process with time per stage, and over HTTP with memory.

Everything is real: the workbook, the client in a process of its own, gunicorn, the database. In this workbook
nearly every row is about a subject never seen before, the dearest case: two events and three data keys a row.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from application.commands.intake import Intake
from application.commands.seals import SealOfFile
from benchmarks.figures import Figure
from benchmarks.place import PROJECT, Place, World
from benchmarks.service import Service, service
from benchmarks.stages import Stages, TimedLedger
from infrastructure.bootstrap import verify_ed25519
from infrastructure.remedy_data import load_calendar, load_settings
from interfaces.client.api import Client, Department
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import seal_file
from interfaces.client.tables import read_table
from interfaces.http.bodies import decoded, sealed_file

GROUP = "intake"
TARGET_ROWS = 10_000.0
TARGET = "target"
MEMORY_MB_MAX = 500.0
SAMPLES = PROJECT / "tests" / "samples"
SAMPLE_SECONDS_MAX = 5.0
CLIENT_SECONDS_MAX = 900


def measure(place: Place, *, quick: bool) -> Iterator[Figure]:
    """Figures of intake; ``quick`` takes 3,000 rows instead of 100,000."""
    rows = 3_000 if quick else 100_000
    place.workbook(rows)
    yield _in_process(place, rows)
    world = place.world()
    with service(world) as running:
        yield _samples(place, world, running)
        yield from _over_http(place, world, running, rows)


def _in_process(place: Place, rows: int) -> Figure:
    """One process does the client's and the service's work, stage by stage."""
    world, forms, stages = place.world(), load_forms(), Stages()
    agency = place.city.agencies[0].code
    data = place.workbook(rows)
    ledger = TimedLedger(world.ledger, stages)
    begun = time.perf_counter()
    with stages.of("open workbook"):
        table = read_table(data, forms=forms)
    with stages.of("seal"):
        source = stages.each("read rows", read_rows(table, forms))
        sealed = seal_file(source, form=table.kind, ledger_id=ledger.id.bytes).signed(world.keys[agency])
    stages.seconds["seal"] -= stages.seconds["read rows"]
    seal, lines = sealed_file(decoded(sealed.body(), "gzip"))
    with stages.of("verify and gate rows"):
        intake = Intake(
            ledger,
            forms,
            SealOfFile(seal),
            department=agency,
            verify=verify_ed25519,
            calendar=load_calendar(),
            settings=load_settings(),
        )
        for _ in intake.take(stages.each("parse sealed rows", lines)):
            pass
    counted = ("parse sealed rows", "append (database)", "look-ups (database)", "sign new subjects")
    inside = sum(stages.seconds[name] for name in counted)
    # The look-up of data keys is counted as a look-up and within encryption; once is enough.
    stages.seconds["verify and gate rows"] -= inside + stages.seconds["encrypt (with its look-ups)"]
    with stages.of("report"):
        intake.finish(None)
    seconds = time.perf_counter() - begun
    if intake.report.taken != rows:
        raise RuntimeError(f"only {intake.report.taken} of {rows} rows were taken")
    detail = {f"{name}, s": spent for name, spent in stages.seconds.items()}
    return Figure(
        GROUP, f"{rows:,} rows, one process", rows / seconds, "rows/s", TARGET_ROWS, TARGET, detail=detail
    )


def _over_http(place: Place, world: World, running: Service, rows: int) -> Iterator[Figure]:
    """The client in a process of its own sends to gunicorn; both tell their peak of memory.

    Then another department sends the same file, of which every row is refused: the longest report there is.
    """
    begun = time.perf_counter()
    told = _sent(place, world, running, rows, agency=0)
    seconds = time.perf_counter() - begun
    if told["taken"] != rows:
        raise RuntimeError(f"only {told['taken']} of {rows} rows were taken")
    detail = {f"{name}, s": float(spent) for name, spent in told["seconds"].items()}
    yield Figure(
        GROUP, f"{rows:,} rows over HTTP", rows / seconds, "rows/s", TARGET_ROWS, TARGET, detail=detail
    )
    yield from _memory(told, running, "every row taken")
    told = _sent(place, world, running, rows, agency=1)
    if told["refused"] != rows:
        raise RuntimeError(f"only {told['refused']} of {rows} rows were refused")
    yield from _memory(told, running, "every row refused")


def _sent(place: Place, world: World, running: Service, rows: int, *, agency: int) -> dict[str, Any]:
    """What the department's process told after it sent the large workbook."""
    file = place.folder / f"rows-{rows}.xlsx"
    code = place.city.agencies[agency].code
    key = world.settings.data_dir / "keys" / f"{code}.pem"
    command = [sys.executable, "-m", "benchmarks.department", str(file), code, str(key), running.url]
    done = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, timeout=CLIENT_SECONDS_MAX, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _memory(told: Mapping[str, Any], running: Service, case: str) -> Iterator[Figure]:
    """Peaks so far, the web worker's over all requests since it started."""
    for name, peak in (("client", float(told["peak_memory_mb"])), ("web worker", running.peak_memory_mb())):
        yield Figure(GROUP, f"peak memory of the {name}, {case}", peak, "MB", MEMORY_MB_MAX, "most")


def _samples(place: Place, world: World, running: Service) -> Figure:
    """The sample files of all agencies, one after another, sealed here and sent to the service."""
    forms, rows, refused = load_forms(), 0, 0
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".csv", ".xlsx"))
    begun = time.perf_counter()
    for path in files:
        agency = place.city.agencies[int(path.stem.rpartition("-")[2]) - 1].code
        key = world.keys[agency]
        table = read_table(path.read_bytes(), forms=forms)
        sealed = seal_file(read_rows(table, forms), form=table.kind, ledger_id=world.ledger.id.bytes)
        report = Client(running.url, Department(agency, key)).send_sealed(sealed.signed(key).body())
        rows += report["rows"] + len(sealed.left_out)
        refused += len(report["refused"]) + len(sealed.left_out)
    seconds = time.perf_counter() - begun
    name = f"sample files over HTTP ({len(files)} files)"
    detail = {"rows": float(rows), "refused": float(refused)}
    return Figure(GROUP, name, seconds, "s", SAMPLE_SECONDS_MAX, "most", detail=detail)
