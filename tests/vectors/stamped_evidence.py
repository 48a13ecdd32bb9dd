"""Evidence vectors with time stamps: a token of a real authority, made once, and what may not pass for it.

``stamp/records.tst`` is over the checkpoint of :func:`~tests.evidence_bench.filled`, under ``stamp/root.pem``.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from domain.transparency.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, nodes_of
from domain.transparency.strict import to_base64
from tests.evidence_bench import AUTHORITY, Bench, filled, finished, policy

FOLDER = Path(__file__).parent / "stamp"
TOKEN = (FOLDER / "records.tst").read_bytes()
CONTENT_TYPE = bytes.fromhex("060b2a864886f70d0109100104")
ALGORITHMS = bytes.fromhex("310f300d0609")


def _stamp(bench: Bench) -> dict[str, Any]:
    """The stamp of a filled ledger, as part of one that has grown since."""
    old, node = filled(), nodes_of([leaf_hash(data) for data in bench.logs["records"]])
    steps = consistency_proof(len(old.logs["records"]), len(bench.logs["records"]), node)
    note, path = old.note("records"), [to_base64(step) for step in steps]
    return {"checkpoint": note, "consistency": path, "token": to_base64(TOKEN)}


def hidden() -> bytes:
    """The token with a second content in its list of digest algorithms, which nobody signed, before the signed one."""
    content, algorithms = TOKEN.index(CONTENT_TYPE) - 2, TOKEN.index(ALGORITHMS)
    other = TOKEN[content:].replace(hashlib.sha256(filled().note("records").encode()).digest(), bytes(32))[
        :111
    ]
    longer = b"\x31" + bytes([15 + len(other)]) + TOKEN[algorithms + 2 : algorithms + 17] + other
    return TOKEN[:algorithms] + longer + TOKEN[algorithms + 17 :]


def _token(token: bytes) -> Callable[[dict[str, Any], Bench], object]:
    return lambda told, bench: told.update(token=to_base64(token))


def _newest(told: dict[str, Any], bench: Bench) -> None:
    told.update(checkpoint=bench.note("records"), consistency=[])


def _larger(told: dict[str, Any], bench: Bench) -> None:
    larger = copy.deepcopy(bench)
    larger.act("more", 20, "standing", {"public": {"note": "x"}}, by="agency")
    told.update(checkpoint=larger.note("records"), consistency=[])


def _empty(told: dict[str, Any], bench: Bench) -> None:
    line = f"— stranger.example {to_base64(bytes(68))}\n"
    told["checkpoint"] = f"{AUTHORITY}/records\n0\n{to_base64(EMPTY_ROOT)}\n\n{line}"


def _spoilt(told: dict[str, Any], bench: Bench) -> None:
    other = bench.note("records").split("\n")
    lines = told["checkpoint"].split("\n")
    told["checkpoint"] = "\n".join([*lines[:4], other[4], *lines[5:]])


CHANGES: dict[str, tuple[Callable[[dict[str, Any], Bench], object], str | None]] = {
    "good-stamped": (lambda told, bench: None, None),
    "stamp-of-another-checkpoint": (_newest, "stamp"),
    "stamp-of-larger-tree": (_larger, "consistency"),
    "stamp-of-empty-tree": (_empty, "malformed"),
    "stamp-consistency-short": (lambda told, bench: told["consistency"].pop(), "consistency"),
    "stamp-checkpoint-signature": (_spoilt, "bad_signature"),
    "stamp-checkpoint-missing": (lambda told, bench: told.pop("checkpoint"), "malformed"),
    "stamp-token-cut": (_token(TOKEN[:140]), "malformed"),
    "stamp-token-with-hidden-content": (_token(hidden()), "malformed"),
    "stamp-token-shifted": (_token(b"\x00" + TOKEN), "malformed"),
    "stamp-token-spaced": (lambda told, bench: told.update(token=told["token"] + "\n"), "malformed"),
}


def stamped() -> Iterator[tuple[str, dict[str, Any]]]:
    """Bundles with a stamp, and attack files."""
    bench = finished(filled())
    bundle = bench.bundle({"type": "recorded", "leaf": "standing"}, leaves={"standing": ("public",)})
    for name, (change, code) in CHANGES.items():
        told = _stamp(bench)
        change(told, bench)
        given = copy.deepcopy(bundle) | {"timestamps": {"records": told}}
        yield name, {"policy": policy(), "bundle": given, "expected": code}
    for name, stamps, code in (
        ("good-stamp-of-no-log", {"notes": {}}, None),
        ("stamps-a-list", [], "malformed"),
        ("stamps-null", None, "malformed"),
        ("stamp-no-object", {"records": "x"}, "malformed"),
    ):
        given = copy.deepcopy(bundle) | {"timestamps": stamps}
        yield name, {"policy": policy(), "bundle": given, "expected": code}
