"""Evidence vectors through the verifier in Python, and mutations of good bundles: nothing raises, nothing passes."""

from __future__ import annotations

import base64
import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.projections.renditions import ENDED
from application.queries.evidence import ENDINGS
from domain.listing.events import ListingDecided
from domain.listing.red import RedListed
from domain.records.events import RecordDetermined
from interfaces.client import verifier
from interfaces.client.verifier import REASONS, Policy, main, verify
from tests.evidence_bench import filled, finished, founded, policy
from tests.evidence_vectors import CHANGES, NAMES, POLICY, STAMPED, WHOLE, load, oversize, proven
from tests.vectors.make_evidence_vectors import vectors

PROVEN = {
    line for one in (WHOLE, STAMPED) for line in proven(verify(json.dumps(one).encode(), POLICY).checked)
}


@pytest.mark.parametrize("name", NAMES)
def test_every_vector_meets_its_verdict(name: str) -> None:
    vector = load(name)
    report = verify(vector.bundle, vector.policy)
    assert (report.refused.code if report.refused else None) == vector.expected
    assert report.checked or report.refused
    assert report.unchecked or report.refused


@pytest.mark.parametrize("name", NAMES)
def test_without_ml_dsa_it_is_named_as_not_checked_and_never_counts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier, "MLDSA44PublicKey", None)
    vector = load(name)
    report = verify(vector.bundle, vector.policy)
    assert (report.refused.code if report.refused else None) == vector.expected_without_ml_dsa
    if name.startswith("ml-dsa-"):
        assert "ML-DSA-44" in " ".join(report.unchecked)


def test_every_act_that_ends_what_views_show_is_known_to_evidence_and_verifier() -> None:
    known = {event.TOPIC: event.KIND for event in (*ENDED, RecordDetermined, ListingDecided, RedListed)}
    assert ENDINGS.keys() == {event.TOPIC for event in ENDED}
    assert {known[end]: known[begun] for end, begun in ENDINGS.items()} == {
        kind: verifier.LISTED.get(kind, verifier.RECORD_DETERMINED) for kind in verifier.SHIELDING
    }


def test_the_vectors_are_those_of_the_script() -> None:
    """All but ML-DSA signatures, which are hedged, come out the same again."""
    told = dict(vectors())
    assert sorted(told) == NAMES
    for name, vector in told.items():
        if not name.startswith("ml-dsa-"):
            assert json.loads(json.dumps(vector)) == json.loads(load(name).text)
    assert {vector["expected"] for vector in told.values()} >= REASONS.keys() - {"too_large", None}


@settings(max_examples=1000, derandomize=True, database=None, deadline=None)
@given(st.data(), CHANGES)
def test_a_changed_bundle_never_raises_and_proves_nothing_that_the_good_one_does_not(
    data: st.DataObject, change: Any
) -> None:
    report = verify(change(data.draw, data.draw(st.sampled_from((WHOLE, WHOLE, STAMPED)))), POLICY)
    assert report.refused is None or report.refused.code in REASONS
    assert report.refused or proven(report.checked) <= PROVEN


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    assert verify(data, POLICY).refused
    assert verify(b"{}", data).refused


def test_a_policy_remembers_a_checkpoint_by_its_exact_text_only() -> None:
    trusted, bundle = Policy(POLICY), copy.deepcopy(WHOLE)
    first, again = (verify(json.dumps(bundle).encode(), trusted) for _ in range(2))
    assert (
        first.good and again == first and again.checked == verify(json.dumps(bundle).encode(), POLICY).checked
    )
    note = bundle["checkpoints"]["records"]
    assert (f"{bundle['authority']}/records", note) in trusted.heads
    kept = dict(trusted.heads)
    text, _, lines = note.rpartition("\n\n")
    bundle["checkpoints"]["records"] = f"{text}\n\n" + lines.replace("\n", "", 1)
    refused = verify(json.dumps(bundle).encode(), trusted).refused
    assert refused is not None and refused.code == "malformed"
    origin, size, root = text.split("\n")
    bundle["checkpoints"]["records"] = f"{origin}\n{int(size) - 1}\n{root}\n\n{lines}"
    refused = verify(json.dumps(bundle).encode(), trusted).refused
    assert refused is not None and refused.code == "bad_signature"
    assert trusted.heads == kept


def test_too_large_files_are_refused_unread() -> None:
    bundle = verify(bytes(verifier.BUNDLE_BYTES_MAX + 1), POLICY).refused
    assert bundle is not None and (bundle.code, bundle.where) == ("too_large", "bundle")
    for given_bundle, given_policy, where in oversize():
        refused = verify(given_bundle, given_policy).refused
        assert refused is not None and (refused.code, refused.where) == ("too_large", where)


def test_what_a_bundle_says_writes_no_lines_of_the_verifier(tmp_path: Any, capsys: Any) -> None:
    bench = founded()
    code = "\x1b[2K\n✓ 成立 VERIFIED"
    bench.department(code, "局\n✓ 成立", "department", by="office")
    bench.key("x", holder=code, by="office")
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="x")
    leaves = {f"department {code}": ("public",), "key x": ("public",), "act": ("public",)}
    bundle = bench.bundle({"type": "recorded", "leaf": "act"}, leaves=leaves)
    (tmp_path / "policy").write_text(policy(), encoding="utf-8")
    lines = []
    for claim in ({"type": "recorded", "leaf": "act"}, {"type": "lawful"}):
        (tmp_path / "bundle.json").write_text(json.dumps(bundle | {"claims": [claim]}), encoding="utf-8")
        main([str(tmp_path / "bundle.json"), "--policy", str(tmp_path / "policy")])
        lines.append(capsys.readouterr().out)
    assert "\x1b" not in "".join(lines)
    assert [sum(line.startswith("✓") for line in told.splitlines()) for told in lines] == [1, 0]


def test_many_rows_of_a_large_file_take_time_in_proportion() -> None:
    bench = founded()
    names = [f"row-{number}" for number in range(3000)]
    root = bench.seal("file", names, by="agency")
    for number, name in enumerate(names[:60]):
        bench.row(name, by="agency", root=root, number=number)
    leaves: dict[str, Any] = {"file": ("public",), names[0]: ()}
    one = bench.bundle({"type": "recorded", "leaf": names[0]}, leaves=leaves)
    many = copy.deepcopy(one)
    many["leaves"] |= {f"{names[0]}-{copied}": one["leaves"][names[0]] for copied in range(2000)}
    started = time.process_time()
    assert verify(json.dumps(many).encode(), policy().encode()).good
    assert time.process_time() - started < 5  # once a row it would be 6 million hashes


def test_of_many_entries_whose_signers_are_wrong_the_first_in_order_is_named() -> None:
    bench = founded()
    bench.act("good", 1, "good", {"public": {"CF_WSH": "1"}}, by="agency")
    bench.act("forged", 1, "forged", {"public": {"CF_WSH": "2"}}, by="agency", signature=bytes(64))
    bench.act("foreign", 1, "foreign", {"public": {"CF_WSH": "3"}}, by="nobody")
    one = bench.bundle(
        {"type": "recorded", "leaf": "good"}, leaves=dict.fromkeys(("good", "forged", "foreign"), ("public",))
    )
    wrong = {name: one["leaves"].pop(name) for name in ("forged", "foreign")}
    one["leaves"] |= {f"good-{copied}": one["leaves"]["good"] for copied in range(250)}
    assert verify(json.dumps(one).encode(), policy().encode()).good
    for first, second, code in (("forged", "foreign", "bad_signature"), ("foreign", "forged", "key")):
        leaves = one["leaves"] | {first: wrong[first]}
        leaves |= {f"good-{copied}-again": leaves["good"] for copied in range(150)} | {second: wrong[second]}
        refused = verify(json.dumps(one | {"leaves": leaves}).encode(), policy().encode()).refused
        assert refused is not None and (refused.code, refused.where) == (code, f"leaves/{first}")


def test_a_part_given_twice_counts_once() -> None:
    bundle = json.loads(load("good-answered").text)["bundle"]
    bundle["claims"][0]["parts"] *= 2
    report = verify(json.dumps(bundle).encode(), POLICY)
    assert report.good and any(" 1/2 " in line for line in report.checked)
    assert any("not in this bundle" in line for line in report.unchecked)


def test_a_witness_time_of_any_size_is_told() -> None:
    bench = finished(filled())
    bundle = bench.bundle({"type": "recorded", "leaf": "ended"}, leaves={"ended": ()})
    bundle["checkpoints"]["records"] = bench.note("records", seconds=2**63 - 1)
    assert verify(json.dumps(bundle).encode(), POLICY).good


def test_a_weak_signature_point_is_not_taken() -> None:
    forged = base64.b64encode(bytes([1]) + bytes(63)).decode()
    bundle = json.loads(load("good-recorded").text)["bundle"]
    note = bundle["checkpoints"]["records"].split("\n")
    head, _, blob = note[4].rpartition(" ")
    spoilt = base64.b64decode(blob)[:4] + base64.b64decode(forged)
    note[4] = f"{head} {base64.b64encode(spoilt).decode()}"
    bundle["checkpoints"]["records"] = "\n".join(note)
    refused = verify(json.dumps(bundle).encode(), POLICY).refused
    assert refused is not None and refused.code == "bad_signature"
