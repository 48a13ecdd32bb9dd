"""Reading the whole log beside its limit: verification, projecting and rebuilding the views, and fsck of it all.

LR is the same log read in binary and not looked at.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from application.audit.fsck import fsck
from application.verify import Verification
from benchmarks.figures import Figure, forget_peak_memory, interleaved, peak_memory_mb
from benchmarks.limits import reads_per_second
from benchmarks.place import Place, World
from infrastructure.bootstrap import fsck_services, sequencer_services, verify_ed25519
from interfaces.cli.seed import take_in
from interfaces.client.form_data import load_forms

GROUP = "reading the log"


def measure(place: Place, *, quick: bool) -> Iterator[Figure]:
    """Figures of verify, projection and rebuild over a log made by one intake."""
    rows, rounds = (2_000, 1) if quick else (20_000, 3)
    world = place.world()
    agency = place.city.agencies[0].code
    take_in(world.ledger, place.workbook(rows), department=agency, key=world.keys[agency])
    begun, events = time.perf_counter(), 0
    while step := world.projector.projector.run_once():
        events += step
    projected = events / (time.perf_counter() - begun)
    found = interleaved(
        {
            "LR": lambda: reads_per_second(world.admin_url),
            "verify": lambda: _verified_per_second(world),
            "rebuild": lambda: _rebuilt_per_second(world, events),
        },
        rounds,
    )
    yield Figure(GROUP, f"verify, {events:,} events", found["verify"], "events/s", found["LR"], "LR")
    yield Figure(GROUP, "projection into the live views", projected, "events/s", found["LR"], "LR")
    yield Figure(GROUP, "rebuild beside and swap", found["rebuild"], "events/s", found["LR"], "LR")
    for sequencer in sequencer_services(world.settings).sequencers:
        while sequencer.run_once():
            pass
    if not world.projector.epochs.run_once():
        raise RuntimeError("no epoch was made")
    sequencer_services(world.settings).sequencers[-1].run_once()
    forget_peak_memory()
    begun = time.perf_counter()
    report = fsck(fsck_services(world.settings, load_forms()))
    seconds = time.perf_counter() - begun
    if not report.good:
        raise RuntimeError(f"fsck found {report.faults[0].code}")
    detail = {"seconds": seconds, "peak memory, MB": peak_memory_mb()}
    yield Figure(GROUP, "fsck of everything", events / seconds, "events/s", found["LR"], "LR", detail=detail)


def _verified_per_second(world: World) -> float:
    audit = world.audit
    verification = Verification(
        reader=audit.reader,
        keys=audit.reader,
        vault=audit.vault,
        ledger_id=audit.vault.ledger_id.bytes,
        gateway_issuer=audit.gateway_issuer,
        verify=verify_ed25519,
    )
    begun = time.perf_counter()
    outcome = verification.run({})
    if outcome.finding is not None:
        raise RuntimeError(f"the log does not verify: {outcome.finding.what}")
    return sum(outcome.rows.values()) / (time.perf_counter() - begun)


def _rebuilt_per_second(world: World, events: int) -> float:
    begun = time.perf_counter()
    if not world.projector.projector.rebuild().equal:
        raise RuntimeError("the rebuilt views differ from the live ones")
    return events / (time.perf_counter() - begun)
