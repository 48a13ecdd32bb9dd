"""Signed trees and maps: how fast leaves become tiles, how long a receipt takes, what a proof costs, and how it grows.

Rows are put in behind the append, since it is the sequencer that is measured; receipts go the whole way.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import psycopg

from application.audit.trees import TreePass, standing
from application.ledger import instant
from application.ports import Append, NewRow
from application.queries.evidence import Evidence, Published
from benchmarks.figures import Figure, forget_peak_memory, peak_memory_mb
from benchmarks.place import PROJECT, Place, World
from domain.transparency.merkle import included, leaf_hash
from domain.transparency.policy import parse_policy
from domain.transparency.prefix_map import MapFile, MapHead, PrefixMap, build
from domain.transparency.prefix_proof import present
from domain.transparency.prefix_tree import encode_pairs
from domain.transparency.proof_file import parse_proof_file, proved
from domain.transparency.vkey import Verify
from infrastructure.bootstrap import fsck_services, make_proofs, sequencer_services
from infrastructure.log_keys import verify_note
from infrastructure.tile_files import MapFiles, TileFiles
from interfaces.client import verifier as offline

GROUP, MAPS = "signed trees", "maps"
LEAVES_PER_SECOND_MIN = 5_000
PROOF_MS_MAX = 5.0
PROOFS_PER_SECOND_MIN = 5_000
RECEIPT_SECONDS_MAX = 1.0
BATCH = 500


def measure(place: Place, *, quick: bool) -> Iterator[Figure]:
    """Figures of trees and maps for each size, then of receipts while leaves keep coming."""
    for size in (2_000,) if quick else (10_000, 100_000, 1_000_000):
        yield from _tree(place.world(), size)
        yield from _map(place.folder, size)
    yield from _receipts(place.world(), seconds=3 if quick else 20)


def _timed(group: str, name: str, count: int, unit: str, work: Callable[[], object], *kept: Path) -> Figure:
    """Leaves or keys a second, with time, peak memory and what lies on the disk."""
    forget_peak_memory()
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    detail = {"seconds": seconds, "peak memory, MB": peak_memory_mb()}
    if kept:
        stored = sum(map(_bytes, kept))
        detail |= {"MB on the disk": stored / 1e6, "bytes each": stored / count}
    least, name_of_least = (LEAVES_PER_SECOND_MIN, "least") if name.startswith("sequencer") else (0, "")
    return Figure(group, name, count / seconds, f"{unit}/s", least, name_of_least, detail=detail)


def _tree(world: World, size: int) -> Iterator[Figure]:
    _fill(world.admin_url, size)
    records = sequencer_services(world.settings).sequencers[0]

    def sequence() -> None:
        while records.run_once():
            pass

    done = world.ledger.store.head_of("records")
    folder = world.settings.published_dir / "records"
    yield _timed(GROUP, f"sequencer, {done:,} leaves", done, "leaves", sequence, folder)
    audited = fsck_services(world.settings, {})

    def audit() -> None:
        store, files = audited.store, audited.files
        whole = TreePass("records", standing("records", store, files), store, files)
        assert not list(whole.run((), through=done, progress=lambda _: None))

    yield _timed(GROUP, f"rebuilt and held against every tile, {done:,}", done, "leaves", audit)
    proofs, times = make_proofs(world.settings, world.ledger), []
    policy = parse_policy((world.settings.published_dir / "policy").read_bytes())
    found = []
    for index in random.Random(size).sample(range(done), 200):
        at = time.perf_counter()
        data = proofs.receipt("records", index + 1)
        times.append((time.perf_counter() - at) * 1000)
        assert data is not None
        found.append((index, data))
    yield Figure(
        GROUP,
        f"a proof made from tiles, p50 of {done:,}",
        statistics.median(times),
        "ms",
        PROOF_MS_MAX,
        "most",
    )
    if done < 100_000:
        return
    leaves = {index: _leaf(world.admin_url, index) for index, _ in found}
    parsed = [(leaf_hash(leaves[index]), parse_proof_file(data)) for index, data in found]
    tree = parsed[0][1].checkpoint.checkpoint
    begun = time.perf_counter()
    for _ in range(20):
        for leaf, proof in parsed:
            assert included(leaf, index=proof.index, size=tree.size, root=tree.root, path=proof.path)
    each = 20 * len(parsed) / (time.perf_counter() - begun)
    yield Figure(GROUP, "inclusion proofs verified", each, "proofs/s", PROOFS_PER_SECOND_MIN, "least")
    checks: list[tuple[str, Verify]] = [
        ("both signatures", verify_note),
        ("one verified head", cache(verify_note)),
    ]
    for name, verifies in checks:
        begun = time.perf_counter()
        for leaf, proof in parsed:
            proved(proof, leaf, policy, verifies)
        each = len(parsed) / (time.perf_counter() - begun)
        yield Figure(GROUP, f"proof files verified, {name}", each, "proofs/s")
    yield from _offline(world)


def _offline(world: World) -> Iterator[Figure]:
    """The verifier that ships: entries of one bundle, each with its signer's signature, and whole bundles."""
    folder, count = world.settings.published_dir, 2_000
    evidence = Evidence(world.ledger, Published(TileFiles(folder), MapFiles(folder)))
    with psycopg.connect(world.admin_url) as conn:
        row = conn.execute(
            "SELECT stream_id FROM ledger.records WHERE topic = 'purpose.registered'"
        ).fetchone()
    assert row is not None
    evidence.recorded(row[0], show=["public"])
    one = evidence.bundle()
    name = one["claims"][0]["leaf"]
    copies = {f"{name}-{number}": one["leaves"][name] for number in range(count)}
    many = json.dumps(one | {"leaves": one["leaves"] | copies}).encode()
    policy = (folder / "policy").read_bytes()
    begun = time.perf_counter()
    assert offline.verify(many, policy).good
    each = count / (time.perf_counter() - begun)
    yield Figure(
        GROUP, "entries of one bundle verified offline", each, "proofs/s", PROOFS_PER_SECOND_MIN, "least"
    )
    alone, trusted = json.dumps(one).encode(), offline.Policy(policy)
    for how, given in (("all anew", policy), ("one verified head", trusted)):
        begun = time.perf_counter()
        for _ in range(count // 4):
            assert offline.verify(alone, given).good
        each = count / 4 / (time.perf_counter() - begun)
        leaves = len(one["leaves"])
        yield Figure(GROUP, f"bundles of {leaves} entries verified offline, {how}", each, "bundles/s")


def _map(folder: Path, size: int) -> Iterator[Figure]:
    kept = folder / f"maps-{size}"
    files = MapFiles(kept)
    pairs = {sha256(b"key %d" % n).digest(): sha256(b"value %d" % n).digest() for n in range(size)}
    heads = []
    yield _timed(
        MAPS,
        f"map built and written, {size:,} keys",
        size,
        "keys",
        lambda: heads.append(_built(files, pairs, epoch=1)),
        kept,
    )
    (head,) = heads

    def read(_file: MapFile, node: bytes) -> bytes:
        return files.read("public", node)

    current, some = PrefixMap(head, read), random.Random(size).sample(sorted(pairs), 200)
    times, proofs = [], []
    for key in some:
        at = time.perf_counter()
        value, proof = PrefixMap(head, read).prove(key)
        times.append((time.perf_counter() - at) * 1000)
        assert value is not None
        proofs.append((key, value, proof))
    yield Figure(
        MAPS, f"a map proof, p50 of {size:,} keys", statistics.median(times), "ms", PROOF_MS_MAX, "most"
    )
    begun = time.perf_counter()
    for key, value, proof in proofs:
        assert present(head.root, key, value, proof)
    yield Figure(MAPS, "map proofs verified", len(proofs) / (time.perf_counter() - begun), "proofs/s")
    changed = {key: sha256(key).digest() for key in some[:100]}
    begun, written = time.perf_counter(), dict[tuple[str, bytes], bytes]()
    after = current.update(changed, lambda _f, data, node: written.__setitem__(("public", node), data))
    files.write(written, epoch=2, heads={"public": after}, delta=b"")
    yield Figure(
        MAPS, f"100 changes among {size:,} keys, written", (time.perf_counter() - begun) * 1000, "ms"
    )

    def verify() -> None:
        assert PrefixMap(after, read).pairs() == encode_pairs((pairs | changed).items())

    def rebuild() -> None:
        assert build(encode_pairs((pairs | changed).items()), lambda *_: None).root == after.root

    yield _timed(MAPS, f"every file of it read and verified, {size:,}", size, "keys", verify)
    yield _timed(MAPS, f"rebuilt from pairs, same root, {size:,}", size, "keys", rebuild)


def _built(files: MapFiles, pairs: dict[bytes, bytes], *, epoch: int) -> MapHead:
    written: dict[tuple[str, bytes], bytes] = {}
    data = encode_pairs(pairs.items())
    head = build(data, lambda _f, content, node: written.__setitem__(("public", node), content))
    files.write(written, epoch=epoch, heads={"public": head}, delta=b"")
    return head


def _receipts(world: World, *, seconds: int) -> Iterator[Figure]:
    """Time from a commit to its proof, while half the least rate of leaves comes in, in batches."""
    environment = os.environ | {"XINLU_DATA": str(world.settings.data_dir)}
    command = [sys.executable, "-m", "interfaces.cli", "sequence"]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    proofs, waits = make_proofs(world.settings, world.ledger), []
    every = BATCH / (LEAVES_PER_SECOND_MIN / 2)
    try:
        while proofs.receipt("records", 1) is None:
            time.sleep(0.05)
        began = time.perf_counter()
        for number in range(int(seconds / every)):
            time.sleep(max(began + number * every - time.perf_counter(), 0))
            last = world.ledger.store.append(Append(events=[_row() for _ in range(BATCH)]))[0] + BATCH - 1
            at = time.perf_counter()
            while proofs.receipt("records", last) is None:
                time.sleep(0.005)
            waits.append(time.perf_counter() - at)
    finally:
        process.terminate()
        process.wait()
    waits.sort()
    rate = len(waits) * BATCH / max(time.perf_counter() - began, 0.001)
    detail = {"p50, s": statistics.median(waits), "leaves a second meanwhile": rate}
    p99 = waits[int(len(waits) * 0.99)]
    yield Figure(
        GROUP, "receipt proven after its commit, p99", p99, "s", RECEIPT_SECONDS_MAX, "most", detail=detail
    )


def _row() -> NewRow:
    at = instant(datetime.now(UTC))
    return NewRow(uuid.uuid4(), 1, "bench.raw", 1, at, b"{}", "", b"sealed", b"\x01" + os.urandom(105))


def _fill(admin_url: str, size: int) -> None:
    """Rows of nothing but a leaf each, after those of the governed ledger."""
    with psycopg.connect(admin_url) as conn:
        conn.execute(
            "INSERT INTO ledger.records SELECT position + n, gen_random_uuid(), 1, 'bench.raw', 1,"
            " '2026-11-21T00:00:00.000000Z', '{}', '', 'sealed', substr(h || h || h || h, 1, 106), h"
            " FROM ledger.heads, generate_series(1, %s) AS n, sha256(n::text::bytea) AS h WHERE log = 'records'",
            (size,),
        )
        conn.execute("UPDATE ledger.heads SET position = position + %s WHERE log = 'records'", (size,))


def _leaf(admin_url: str, index: int) -> bytes:
    with psycopg.connect(admin_url) as conn:
        row = conn.execute("SELECT leaf FROM ledger.records WHERE position = %s", (index + 1,)).fetchone()
    assert row is not None
    return bytes(row[0])


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
