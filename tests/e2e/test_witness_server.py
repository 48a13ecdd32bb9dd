"""``xinlu witness`` as real processes: every status of the protocol over HTTP, and kill -9 in the middle of a race."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random

import pytest

from domain.transparency.checkpoint import Checkpoint, parse_signed_checkpoint
from domain.transparency.cosignature import open_checkpoint
from domain.transparency.witness_request import BODY_BYTES_MAX, parse_cosignatures, parse_size
from infrastructure.bootstrap import witness_keys
from infrastructure.log_keys import verify_note
from tests.transparency import ENTRIES, LOG, VECTORS
from tests.witnesses import City, WitnessProcesses, get, post

NAME = "witness.example.cn/province"
CITIES = [City(f"city-{i}.example.cn/records", [b"%d" % n for n in range(40)]) for i in range(40)]
_NEXT = count()


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WitnessProcesses]:
    keys = [*(city.key for city in CITIES), LOG.key]
    processes = WitnessProcesses(tmp_path_factory.mktemp("witness") / "w", NAME, keys)
    processes.start()
    yield processes
    processes.kill()


@pytest.fixture
def city() -> City:
    """A log that the witness never saw."""
    return CITIES[next(_NEXT)]


def size_of(answer: tuple[int, bytes, str]) -> int:
    assert (answer[0], answer[2]) == (409, "text/x.tlog.size")
    return parse_size(answer[1])


def opened(witness: WitnessProcesses, checkpoint: Checkpoint, lines: bytes) -> set[str]:
    """The types of those of the witness's keys that vouch."""
    keys = witness_keys(witness.folder, NAME)
    found = open_checkpoint(checkpoint.text.encode() + b"\n" + lines, keys, verify_note)
    assert all(vouched.seconds for vouched in found.vouched)
    return {vouched.key.type.name for vouched in found.vouched}


def test_200_cosigns_by_both_algorithms_and_then_knows_the_size(
    witness: WitnessProcesses, city: City
) -> None:
    status, body, _ = post(witness.port, city.request(0, 7))
    both = {"ED25519_COSIGNATURE", "ML_DSA_44_COSIGNATURE"}
    assert status == 200 and len(parse_cosignatures(body)) == 2
    assert opened(witness, city.signed(7).checkpoint, body) == both
    assert post(witness.port, city.request(7, 20))[0] == 200
    assert post(witness.port, city.request(20, 20))[0] == 200
    digest = hashlib.sha256(city.origin.encode()).hexdigest()
    status, note, _ = get(witness.port, f"/{digest}/checkpoint")
    signed = parse_signed_checkpoint(note)
    assert (status, signed.checkpoint) == (200, city.signed(20).checkpoint)
    assert {line.name for line in signed.signatures} == {city.origin, NAME}
    assert opened(witness, signed.checkpoint, note.partition(b"\n\n")[2]) == both


def test_the_request_of_the_public_vectors_is_answered_by_the_size_and_then_cosigned(
    witness: WitnessProcesses,
) -> None:
    body = VECTORS["witness_add_checkpoint_request"].encode()
    assert size_of(post(witness.port, body)) == 0
    assert post(witness.port, City(LOG.name, ENTRIES, LOG.seed).request(0, 257))[0] == 200
    assert post(witness.port, body)[0] == 200


def test_409_tells_the_size_that_is_held(witness: WitnessProcesses, city: City) -> None:
    assert size_of(post(witness.port, city.request(3, 9))) == 0
    assert post(witness.port, city.request(0, 9))[0] == 200
    for old in (0, 8, 10):
        assert size_of(post(witness.port, city.request(old, 20))) == 9
    assert size_of(post(witness.port, city.request(0, 5))) == 9, "an older tree"


def test_422_refuses_what_does_not_grow_out_of_the_tree_that_is_held(
    witness: WitnessProcesses, city: City
) -> None:
    assert post(witness.port, city.request(0, 9))[0] == 200
    other = city.fork(5, [b"other %d" % n for n in range(30)])
    assert post(witness.port, other.request(9, 20))[0] == 422, "another history"
    assert post(witness.port, other.request(9, 9))[0] == 422, "same size, another root"
    body = city.request(9, 20).split(b"\n")
    assert post(witness.port, b"\n".join(body[:1] + body[2:]))[0] == 422, "a step of the proof is missing"
    assert post(witness.port, city.request(9, 20))[0] == 200
    fresh = CITIES[next(_NEXT)]
    proof = city.request(9, 20).split(b"\n")[1]
    no_proof = fresh.request(0, 9)
    assert post(witness.port, no_proof.replace(b"old 0\n", b"old 0\n" + proof + b"\n"))[0] == 422


def test_404_403_and_400_say_no_before_anything_is_kept(witness: WitnessProcesses, city: City) -> None:
    assert post(witness.port, City("nobody.example.cn/records", [b"1"]).request(0, 1))[0] == 404
    good = city.request(0, 9)
    wrong = good[:-8] + (b"AAAA" if good[-8:-4] != b"AAAA" else b"BBBB") + good[-4:]
    assert post(witness.port, wrong)[0] == 403, "a known key's signature is wrong"
    unsigned = good.replace(city.origin.encode() + b" ", b"somebody.else ")
    assert post(witness.port, unsigned)[0] == 403, "no known key signed"
    bad = (
        b"", b"old 0", good[:-1], b"old +0" + good[5:], good.replace(b"\n", b"\r\n"), city.request(10, 9),
        good.replace(b"\n9\n", b"\n9\nextension\n"),
    )  # fmt: skip
    for body in bad:
        assert post(witness.port, body)[0] == 400, body[:20]
    assert size_of(post(witness.port, city.request(1, 9))) == 0, "something was kept"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_400_whatever_its_length_says(
    witness: WitnessProcesses, city: City, chunked: bool
) -> None:
    body = city.request(0, 9) + b"x" * BODY_BYTES_MAX
    try:
        status = post(witness.port, body, chunked=chunked)[0]
    except (BrokenPipeError, ConnectionResetError, http.client.HTTPException):
        status = 400  # it was cut off while it was still sent
    assert status == 400
    assert size_of(post(witness.port, city.request(1, 9))) == 0


def test_other_paths_and_methods_are_refused_in_short(witness: WitnessProcesses) -> None:
    assert get(witness.port, "/add-checkpoint")[0] == 405
    assert get(witness.port, f"/{'0' * 64}/checkpoint")[0] == 404
    assert get(witness.port, "/")[0] == 404
    assert post(witness.port, b"", path="/sign-subtree")[0] == 404


def test_killed_in_the_middle_of_a_race_it_never_goes_back_and_never_signs_two_histories(
    tmp_path: Path,
) -> None:
    honest = City("raced.example.cn/records", [b"%d" % n for n in range(4000)])
    liar = honest.fork(10, [b"other %d" % n for n in range(3990)])
    witness = WitnessProcesses(tmp_path / "w", NAME, [honest.key])
    acknowledged: list[tuple[int, bytes]] = []
    lock, random = threading.Lock(), Random(5)

    def hammer(face: City, stop: threading.Event) -> None:
        old = 0
        while not stop.is_set():
            try:
                answer = post(witness.port, face.request(old, min(old + 1 + old % 3, 4000)))
            except (OSError, http.client.HTTPException):
                return  # killed
            if answer[0] == 409:
                old = min(parse_size(answer[1]), 3999)
            elif answer[0] == 200:
                old = min(old + 1 + old % 3, 4000)
                with lock:
                    acknowledged.append((old, face.signed(old).checkpoint.root))
            else:
                assert answer[0] == 422
                old = 0

    try:
        for _ in range(4):
            witness.start()
            digest = hashlib.sha256(honest.origin.encode()).hexdigest()
            if acknowledged:
                note = get(witness.port, f"/{digest}/checkpoint")[1]
                kept = parse_signed_checkpoint(note).checkpoint
                assert kept.size >= max(size for size, _ in acknowledged), "went back"
            before, stop = len(acknowledged), threading.Event()
            with ThreadPoolExecutor(4) as pool:
                running = [pool.submit(hammer, face, stop) for face in (honest, liar, honest, liar)]
                wanted = before + random.randrange(5, 25)
                while len(acknowledged) < wanted:
                    assert not all(task.done() for task in running), [task.result() for task in running]
                witness.kill()
                stop.set()
                for task in running:
                    task.result()
    finally:
        witness.kill()
    roots = dict(acknowledged)
    assert all(roots[size] == root for size, root in acknowledged), "one size, two roots"
    beyond = [(size, root) for size, root in acknowledged if size > 10]
    assert len(beyond) > 10
    for face, other in ((honest, liar), (liar, honest)):
        if face.signed(beyond[0][0]).checkpoint.root == beyond[0][1]:
            assert all(root != other.signed(size).checkpoint.root for size, root in beyond), "two histories"
