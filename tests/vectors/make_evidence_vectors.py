"""Makes the evidence vectors: good bundles of every claim, and attack files with the refusal that each must meet.

``python -m tests.vectors.make_evidence_vectors`` writes the files that are missing and never changes one. Each file
holds ``policy`` (text), ``bundle`` (JSON) or ``bundle_base64`` (bytes that are no such JSON), ``expected`` (the
refusal's code, or null) and, where it differs, ``expected_without_ml_dsa`` of a verifier that has no ML-DSA-44.
"""

from __future__ import annotations

import base64
import copy
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from domain.shared.canonical import canonical
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.commitment import commit, part_commitment
from domain.transparency.cosignature import signed_message
from domain.transparency.epoch import look_key, map_key
from domain.transparency.leaf import issuer_id
from domain.transparency.note import NoteSignature
from domain.transparency.prefix_tree import map_leaf, map_node
from domain.transparency.strict import to_base64
from domain.transparency.vkey import SignatureType
from tests.evidence_bench import (
    ACCESS_KEY,
    AGENCY,
    AUTHORITY,
    LEDGER,
    SECONDS,
    Bench,
    answer_salt,
    filled,
    finished,
    founded,
    log_signer,
    look,
    policy,
    public,
    row_parts,
    stream,
    witness,
)
from tests.transparency import TestSigner, sha
from tests.vectors.stamped_evidence import stamped

FOLDER = Path(__file__).parent / "evidence"
ML_DSA = SignatureType.ML_DSA_44_COSIGNATURE
BASE_POINT = bytes([0x58]) + bytes([0x66]) * 31
NEUTRAL = bytes([1]) + bytes(31)
Vector = tuple[str, dict[str, Any]]


def claims(bench: Bench) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Of every claim of a finished ledger: the claim, and what its bundle holds beside it."""
    newest = len(bench.epochs) - 1
    gone, there = stream("ended").bytes, stream("standing").bytes
    views = ("public", "shared")
    content = canonical({"fields": {"CF_WSH": "示市监罚字〔2026〕1号", "CF_NR": "罚款、没收违法所得"}})
    part = {
        "record": str(stream("standing")),
        "part": "public",
        "leaf": 8,
        "salt": answer_salt().hex(),
        "content": to_base64(content),
    }
    absence = {view: bench.proof(view, map_key(view, gone)) for view in views}
    shield = {view: bench.proof("shield", map_key(view, gone)) for view in views}
    looks = ["look-0", "look-1"]
    counted = [bench.proof("access", look_key(ACCESS_KEY, counter)) for counter in range(3)]
    both = ("records", "access")
    return {
        "recorded": ({"leaf": "standing"}, {"leaves": {"standing": ("public",)}}),
        "recorded-row": ({"leaf": "row-0"}, {"leaves": {"file": ("public",), "row-0": ("restricted",)}}),
        "absent": ({"record": str(stream("ended")), "proofs": absence}, {"leaves": {}, "epoch": newest}),
        "present": (
            {
                "record": str(stream("standing")),
                "proofs": {v: bench.proof(v, map_key(v, there)) for v in views},
            },
            {"leaves": {}, "epoch": newest},
        ),
        "shielded": (
            {"recorded": "ended", "act": "shield", "proofs": absence, "shield": shield},
            {"leaves": {"ended": (), "shield": ()}, "epoch": newest},
        ),
        "who_looked": (
            {"subject": "subject", "looks": looks, "proofs": counted},
            {
                "leaves": {
                    "subject": ("restricted",),
                    "look-0": ("public",),
                    "look-1": ("public", "restricted"),
                },
                "epoch": newest,
                "logs": both,
            },
        ),
        "answered": ({"look": "look-0", "parts": [part]}, {"leaves": {"look-0": ("public",)}, "logs": both}),
        "erased": (
            {"act": "erasure", "leaves": ["row-2"]},
            {"leaves": {"file": ("public",), "row-2": ("public",), "erasure": ("public",)}},
        ),
    }


def made(bench: Bench, name: str, **more: Any) -> dict[str, Any]:
    """The bundle of one claim."""
    claim, given = claims(bench)[name]
    kind = {"recorded-row": "recorded", "present": "absent"}.get(name, name)
    return bench.bundle({"type": kind, **claim}, **(given | more))


def whole(bench: Bench) -> dict[str, Any]:
    """One bundle with every claim that holds."""
    bundle: dict[str, Any] = {}
    for name in claims(bench):
        if name != "present":
            one = made(bench, name)
            for member in ("claims", "leaves", "checkpoints"):
                one[member] = (
                    bundle.get(member, []) + one[member]
                    if member == "claims"
                    else bundle.get(member, {}) | one[member]
                )
            if "consistency" in bundle.get("epoch", {}):
                one.setdefault("epoch", bundle["epoch"])["consistency"] |= bundle["epoch"]["consistency"]
            bundle |= one
    return bundle


def good() -> Iterator[Vector]:
    """Bundles that prove what they claim."""
    bench = finished(filled())
    for name in claims(bench):
        if name != "present":
            yield f"good-{name}", {"policy": policy(), "bundle": made(bench, name), "expected": None}
    yield "good-whole", {"policy": policy(), "bundle": whole(bench), "expected": None}
    yield (
        "good-nobody-looked",
        {"policy": policy(), "bundle": _quiet(filled(), "records", "access"), "expected": None},
    )
    bench.witnesses = []
    alone = policy(quorum="none")
    yield "good-unwitnessed", {"policy": alone, "bundle": made(bench, "recorded"), "expected": None}


def post_quantum() -> Iterator[Vector]:
    """The same under ML-DSA-44, which WebCrypto lacks."""
    national, also = witness("national", ML_DSA), f"witness national {witness('national', ML_DSA).key}"
    bench = finished(filled())
    bench.signers["records"].append(log_signer("records", ML_DSA))
    bench.witnesses.append(national)
    bundle = made(bench, "recorded")
    both = policy(also, f"log {log_signer('records', ML_DSA).key}")
    yield "ml-dsa-beside", {"policy": both, "bundle": bundle, "expected": None}
    needed = policy(also, "group three all both national", quorum="three")
    yield (
        "ml-dsa-witness",
        {"policy": needed, "bundle": bundle, "expected": None, "expected_without_ml_dsa": "quorum"},
    )
    only = policy(kind=ML_DSA)
    yield (
        "ml-dsa-log",
        {"policy": only, "bundle": bundle, "expected": None, "expected_without_ml_dsa": "untrusted"},
    )
    wrong = copy.deepcopy(bundle)
    wrong["checkpoints"]["records"] = _spoilt(bundle["checkpoints"]["records"], f"{AUTHORITY}/records", 3000)
    yield (
        "ml-dsa-wrong",
        {"policy": both, "bundle": wrong, "expected": "bad_signature", "expected_without_ml_dsa": None},
    )


def _spoilt(note: str, name: str, size_min: int = 0) -> str:
    """A note with one bit of the last byte of a signature of ``name`` changed."""
    lines = note.split("\n")
    for at, line in enumerate(lines):
        if line.startswith(f"— {name} ") and len(line) > size_min:
            head, _, blob = line.rpartition(" ")
            data = bytearray(base64.b64decode(blob))
            data[20] ^= 1
            lines[at] = f"{head} {to_base64(bytes(data))}"
    return "\n".join(lines)


Change = Callable[[dict[str, Any]], object]


def _claim(bundle: dict[str, Any]) -> Any:
    return bundle["claims"][0]


def _swapped_leaf(bundle: dict[str, Any]) -> None:
    proof, other = _claim(bundle)["proofs"]["public"], sha("filler 3")
    _claim(bundle)["proofs"]["public"] = {
        **proof,
        "kind": "nonInclusionLeaf",
        "leaf": [other.hex(), sha("v").hex()],
    }


def _fewer_looks(bundle: dict[str, Any]) -> None:
    _claim(bundle)["looks"].pop()
    del _claim(bundle)["proofs"][1]


def _other_content(bundle: dict[str, Any]) -> None:
    _claim(bundle)["parts"][0]["content"] = to_base64(b'{"fields":{}}')


def _other_purpose(bundle: dict[str, Any]) -> None:
    shown = bundle["leaves"]["look-0"]["parts"]["public"]
    told = json.loads(base64.b64decode(shown["content"])) | {"purpose": "other"}
    shown["content"] = to_base64(canonical(told))


def _more_erased(bundle: dict[str, Any]) -> None:
    _claim(bundle)["leaves"].append("file")


def _half_path(bundle: dict[str, Any], leaf: str = "standing") -> None:
    bundle["leaves"][leaf]["path"].pop()


def _spoil(log: str, name: str) -> Change:
    def change(bundle: dict[str, Any]) -> None:
        bundle["checkpoints"][log] = _spoilt(bundle["checkpoints"][log], name)

    return change


def _lines(log: str, keep: Callable[[list[str]], list[str]]) -> Change:
    def change(bundle: dict[str, Any]) -> None:
        text, _, signatures = bundle["checkpoints"][log].partition("\n\n")
        lines = keep(signatures.split("\n")[:-1])
        bundle["checkpoints"][log] = f"{text}\n\n" + "".join(f"{line}\n" for line in lines)

    return change


def _replaced(log: str, old: str, new: str) -> Change:
    def change(bundle: dict[str, Any]) -> None:
        assert old in bundle["checkpoints"][log]
        bundle["checkpoints"][log] = bundle["checkpoints"][log].replace(old, new, 1)

    return change


def _more_lines(*lines: str) -> Change:
    return _lines("records", lambda known: [*known, *lines])


def _own_leaf(bundle: dict[str, Any]) -> None:
    """The record's own leaf shown as another's."""
    for view, proof in _claim(bundle)["proofs"].items():
        own = map_key(view, stream("standing").bytes).hex()
        proof.update(kind="nonInclusionLeaf", leaf=[own, proof.pop("value")])


def _renamed_part(bundle: dict[str, Any]) -> None:
    parts = bundle["leaves"]["standing"]["parts"]
    parts["Public"] = parts.pop("public")


CHANGES: dict[str, tuple[str, Change, str]] = {
    "no-claims": ("recorded", lambda b: b["claims"].clear(), "malformed"),
    "claim-unknown": ("recorded", lambda b: _claim(b).update(type="lawful"), "claim"),
    "format-unknown": ("recorded", lambda b: b.update(format="xinlu/evidence@v2"), "malformed"),
    "leaf-missing": ("recorded", lambda b: b["leaves"].pop("standing"), "malformed"),
    "leaf-of-views": ("recorded", lambda b: b["leaves"]["standing"].update(log="views"), "malformed"),
    "leaf-elsewhere": ("recorded", lambda b: b["leaves"]["standing"].update(index=10), "inclusion"),
    "index-negative": ("recorded", lambda b: b["leaves"]["standing"].update(index=-1), "malformed"),
    "index-true": ("recorded", lambda b: b["leaves"]["standing"].update(index=True), "malformed"),
    "path-short": ("recorded", _half_path, "inclusion"),
    "path-long": (
        "recorded",
        lambda b: b["leaves"]["standing"]["path"].append(to_base64(bytes(32))),
        "inclusion",
    ),
    "hash-short": ("recorded", lambda b: b["leaves"]["standing"]["path"].append("AAAA"), "malformed"),
    "record-other": (
        "recorded",
        lambda b: b["leaves"]["standing"].update(stream=str(stream("x"))),
        "opening",
    ),
    "record-shouting": (
        "recorded",
        lambda b: b["leaves"]["standing"].update(stream=str(stream("standing")).upper()),
        "malformed",
    ),
    "part-left-out": ("recorded", lambda b: b["leaves"]["standing"]["parts"].pop("person/1"), "opening"),
    "ledger-other": ("recorded", lambda b: b.update(ledger=sha("other")[:16].hex()), "opening"),
    "gateway-missing": ("recorded", lambda b: b["leaves"].pop("key-gateway"), "key"),
    "key-missing": ("recorded", lambda b: b["leaves"].pop("key-agency"), "key"),
    "office-missing": ("recorded", lambda b: b["leaves"].pop("key-office"), "key"),
    "row-without-seal": ("recorded-row", lambda b: b["leaves"].pop("file"), "opening"),
    "authority-other": ("recorded", lambda b: b.update(authority="other.example"), "malformed"),
    "head-signature": ("recorded", _spoil("records", f"{AUTHORITY}/records"), "bad_signature"),
    "witness-signature": ("recorded", _spoil("records", "witness.example/bank"), "bad_signature"),
    "head-size": ("recorded", _replaced("records", "\n15\n", "\n16\n"), "bad_signature"),
    "head-size-padded": ("recorded", _replaced("records", "\n15\n", "\n015\n"), "malformed"),
    "head-extension": ("recorded", _replaced("records", "\n\n—", "\nextension\n\n—"), "malformed"),
    "head-unsigned": ("recorded", _lines("records", lambda lines: []), "malformed"),
    "head-by-witnesses-alone": ("recorded", _lines("records", lambda lines: lines[1:]), "untrusted"),
    "one-witness-missing": ("recorded", _lines("records", lambda lines: lines[:2]), "quorum"),
    "one-witness-thrice": (
        "recorded",
        _lines("records", lambda lines: [*lines[:2], *[lines[1]] * 2]),
        "quorum",
    ),
    "head-missing": ("absent", lambda b: b["checkpoints"].pop("views"), "malformed"),
    "head-not-text": ("absent", lambda b: b["checkpoints"].update(views=7), "malformed"),
    "epoch-missing": ("absent", lambda b: b.pop("epoch"), "malformed"),
    "epoch-index": ("absent", lambda b: b["epoch"].update(index=0), "inclusion"),
    "consistency-missing": ("absent", lambda b: b["epoch"].update(consistency={}), "malformed"),
    "consistency-wrong": ("absent", lambda b: b["epoch"]["consistency"]["records"].pop(), "consistency"),
    "absent-from-nothing": ("absent", lambda b: _claim(b).update(proofs={}), "malformed"),
    "absent-another-map": (
        "absent",
        lambda b: _claim(b)["proofs"].update(public=_claim(b)["proofs"]["shared"]),
        "map",
    ),
    "absent-a-leaf-from-elsewhere": ("absent", _swapped_leaf, "map"),
    "absent-no-siblings": ("absent", lambda b: _claim(b)["proofs"]["public"].update(siblings=[]), "map"),
    "absent-siblings-257": (
        "absent",
        lambda b: _claim(b)["proofs"]["public"].update(siblings=[sha("s").hex()] * 257),
        "map",
    ),
    "absent-other-record": ("absent", lambda b: _claim(b).update(record=str(stream("x"))), "map"),
    "present": ("present", lambda b: None, "present"),
    "absent-own-leaf": ("present", _own_leaf, "map"),
    "absent-view-unknown": (
        "absent",
        lambda b: _claim(b)["proofs"].update(access=_claim(b)["proofs"]["public"]),
        "malformed",
    ),
    "absent-leaf-of-three": (
        "absent",
        lambda b: _claim(b)["proofs"]["public"].update(kind="nonInclusionLeaf", leaf=[sha("x").hex()] * 3),
        "malformed",
    ),
    "absent-kind-unknown": (
        "absent",
        lambda b: _claim(b)["proofs"]["public"].update(kind="missing"),
        "malformed",
    ),
    "ledger-shouting": ("recorded", lambda b: b.update(ledger=b["ledger"].upper()), "malformed"),
    "ledger-short": ("recorded", lambda b: b.update(ledger=b["ledger"][2:]), "malformed"),
    "path-no-list": ("recorded", lambda b: b["leaves"]["standing"].update(path={}), "malformed"),
    "part-shouting": ("recorded", _renamed_part, "malformed"),
    "leaf-in-views": ("shielded", lambda b: b["leaves"]["ended"].update(log="views"), "malformed"),
    "leaf-without-head": ("answered", lambda b: b["checkpoints"].pop("access"), "malformed"),
    "look-recorded": ("answered", lambda b: _claim(b).update(type="recorded", leaf="look-0"), "malformed"),
    "looks-proof-missing": ("who_looked", lambda b: _claim(b)["proofs"].pop(), "incomplete"),
    "head-size-beyond-2-53": (
        "recorded",
        _replaced("records", "\n15\n", "\n9007199254740993\n"),
        "malformed",
    ),
    "head-without-newline": (
        "recorded",
        lambda b: b["checkpoints"].update(records=b["checkpoints"]["records"][:-1]),
        "malformed",
    ),
    "head-without-empty-line": ("recorded", _replaced("records", "\n\n", "\n"), "malformed"),
    "head-line-junk": ("recorded", _more_lines("junk"), "malformed"),
    "head-line-hyphen": ("recorded", _more_lines("- name AAAAAAAA"), "malformed"),
    "head-line-plus": ("recorded", _more_lines("— a+b AAAAAAAA"), "malformed"),
    "head-line-id-alone": ("recorded", _more_lines("— name AAAAAA=="), "malformed"),
    "head-lines-65": ("recorded", _more_lines(*["— name AAAAAAAA"] * 62), "malformed"),
    "shield-one-view": ("shielded", lambda b: _claim(b)["proofs"].pop("shared"), "malformed"),
    "shield-not-in-map": (
        "shielded",
        lambda b: _claim(b)["shield"].update(public=_claim(b)["proofs"]["public"]),
        "map",
    ),
    "shield-roles-swapped": (
        "shielded",
        lambda b: _claim(b).update(recorded="shield", act="ended"),
        "malformed",
    ),
    "looks-cut": (
        "who_looked",
        lambda b: (_claim(b)["looks"].pop(), _claim(b)["proofs"].pop()),
        "incomplete",
    ),
    "looks-thinned": ("who_looked", _fewer_looks, "map"),
    "looks-swapped": ("who_looked", lambda b: _claim(b)["looks"].reverse(), "incomplete"),
    "looks-without-key": (
        "who_looked",
        lambda b: b["leaves"]["subject"]["parts"].pop("restricted"),
        "opening",
    ),
    "answer-other-content": ("answered", _other_content, "answer"),
    "answer-other-part": ("answered", lambda b: _claim(b)["parts"][0].update(part="restricted"), "answer"),
    "answer-other-leaf": ("answered", lambda b: _claim(b)["parts"][0].update(leaf=9), "answer"),
    "answer-other-purpose": ("answered", _other_purpose, "opening"),
    "answer-in-records": ("answered", lambda b: _claim(b).update(look="key-agency"), "malformed"),
    "erased-nothing": ("erased", lambda b: _claim(b).update(leaves=[]), "malformed"),
    "erased-not-named": ("erased", _more_erased, "malformed"),
    "erased-by-another-act": ("erased", lambda b: _claim(b).update(act="file"), "malformed"),
}
"""Good bundles that someone changed: of which claim, how, and the refusal."""


def changed() -> Iterator[Vector]:
    """Attack files by whoever got hold of a bundle."""
    bench = finished(filled())
    for name, (claim, change, code) in CHANGES.items():
        bundle = made(bench, claim)
        change(bundle)
        yield name, {"policy": policy(), "bundle": bundle, "expected": code}


def spelled() -> Iterator[Vector]:
    """Bytes that one reader of JSON takes and another does not, or differently."""
    text = json.dumps(made(finished(filled()), "recorded"), ensure_ascii=False)
    deep = "[" * 64 + "]" * 64
    spellings: dict[str, bytes] = {
        "json-member-twice": text.replace('"format"', '"format":"x","format"', 1).encode(),
        "json-fraction": text.replace('"index": 0,', '"index": 0.0,', 1).encode(),
        "json-exponent": text.replace('"index": 0,', '"index": 0e0,', 1).encode(),
        "json-beyond-2-53": text.replace('"index": 0,', '"index": 9007199254740993,', 1).encode(),
        "json-not-a-number": text.replace('"format"', '"more":NaN,"format"', 1).encode(),
        "json-half-a-character": text.replace('"format"', '"more":"\\ud83d","format"', 1).encode(),
        "json-half-a-name": text.replace('"format"', '"\\udc00":1,"format"', 1).encode(),
        "json-too-deep": text.replace('"format"', f'"more":{deep},"format"', 1).encode(),
        "json-comma": (text[:-1] + ",}").encode(),
        "json-tail": (text + "{}").encode(),
        "json-mark": b"\xef\xbb\xbf" + text.encode(),
        "json-not-utf-8": text.encode().replace(b'"format"', b'"\xff":1,"format"', 1),
        "json-utf-16": text.encode("utf-16"),
        "json-list": b"[]",
        "json-nothing": b"",
        "base64-loose": text.replace('=="', '="', 1).encode(),
        "base64-spaced": text.replace('=="', '== "', 1).encode(),
        "base64-trailing-bits": _other_bits(text).encode(),
    }
    for name, data in spellings.items():
        told = {"policy": policy(), "bundle_base64": to_base64(data), "expected": "malformed"}
        yield name, told
    names = {
        "leaf": "key-office",
        "__proto__": "constructor",
        "😀": "\u2028",
        "depth": json.loads("[" * 62 + "]" * 62),
    }
    bundle = made(finished(filled()), "recorded") | {"more": names, "number": -(2**53) + 1}
    yield "good-more-members", {"policy": policy(), "bundle": bundle, "expected": None}


def _other_bits(text: str) -> str:
    """The first base64 that ends in ``=``, with bits set that decoders drop."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text[: text.index('="')].rstrip("=")) - 1
    return text[:at] + letters[letters.index(text[at]) ^ 1] + text[at + 1 :]


def _vkey(name: str, key: bytes) -> str:
    """A witness's key as text, whatever its name and length."""
    blob = bytes([SignatureType.ED25519_COSIGNATURE]) + key
    return f"{name}+{sha(name.encode() + bytes([10]) + blob)[:4].hex()}+{to_base64(blob)}"


def trusted() -> Iterator[Vector]:
    """Policies that must not be followed, under a bundle that is good."""
    bundle = made(finished(filled()), "recorded")
    base, bank = policy(), witness("bank").key
    weak = sha(b"weak\n" + bytes([4]) + NEUTRAL)[:4].hex()
    twin = type(witness("bank"))("witness.example/twin", witness("bank").type, witness("bank").seed).key
    policies = {
        "policy-empty": ("", "policy"),
        "policy-without-log": ("quorum none\n", "policy"),
        "policy-without-quorum": (base.replace("quorum both\n", ""), "policy"),
        "policy-two-quorums": (base + "quorum none\n", "policy"),
        "policy-unknown-quorum": (base.replace("quorum both", "quorum all"), "policy"),
        "policy-without-newline": (base[:-1], "policy"),
        "policy-same-key-twice": (base.replace("group", f"witness twin {twin}\ngroup"), "policy"),
        "policy-same-name-twice": (base.replace("group", f"witness bank {bank}\ngroup"), "policy"),
        "policy-member-twice": (base.replace("all province bank", "all province province"), "policy"),
        "policy-group-of-later": (base.replace("group both all", "group both all later"), "policy"),
        "policy-threshold-0": (base.replace("all province", "0 province"), "policy"),
        "policy-threshold-3": (base.replace("all province", "3 province"), "policy"),
        "policy-threshold-02": (base.replace("all province", "02 province"), "policy"),
        "policy-key-id": (base.replace(bank.key_id.hex(), "00000000"), "policy"),
        "policy-key-name-with-space-of-unicode": (
            base.replace("group", f"witness far {_vkey(chr(0x3000) + 'far', public('far'))}\ngroup"),
            "policy",
        ),
        "policy-key-short": (
            base.replace("group", f"witness far {_vkey('far', public('far')[:31])}\ngroup"),
            "policy",
        ),
        "policy-weak-key": (
            base.replace("group", f"witness weak weak+{weak}+{to_base64(bytes([4]) + NEUTRAL)}\ngroup"),
            "policy",
        ),
        "policy-control-character": (base.replace("# ", "#\x0c"), "policy"),
        "policy-space-of-unicode": (base.replace("quorum both", "quorum\u3000both"), "policy"),
        "policy-of-others": (base.replace(LEDGER.hex(), "0" * 32), "policy"),
        "policy-witness-as-log": (base.replace("quorum", f"log {witness('x').key}\nquorum"), "policy"),
        "policy-log-as-witness": (
            base.replace("quorum", f"witness l {log_signer('x').key}\nquorum"),
            "policy",
        ),
        "policy-trusts-other-log": (
            f"log {log_signer('views').key}\nquorum none\n",
            "untrusted",
        ),
    }
    for name, (text, code) in policies.items():
        yield name, {"policy": text, "bundle": bundle, "expected": code}
    tabs = base.replace(" ", "\t").replace("all\t", "2 \t ")
    yield "good-policy-tabs", {"policy": tabs, "bundle": bundle, "expected": None}


def _old_epoch(bench: Bench) -> dict[str, Any]:
    return made(finished(bench), "absent", epoch=0)


def _unsigned_time(bench: Bench) -> dict[str, Any]:
    """A witness that states no time vouches for no largest tree."""
    bundle = made(finished(bench), "recorded")
    signer, note = witness("bank"), bundle["checkpoints"]["records"]
    checkpoint = Checkpoint(f"{AUTHORITY}/records", len(bench.logs["records"]), bench.root("records"))
    message = signed_message(checkpoint, signer.key, SECONDS).replace(str(SECONDS).encode(), b"0", 1)
    line = NoteSignature(signer.key.name, signer.key.key_id, bytes(8) + signer.sign(message))
    _lines("records", lambda lines: [*lines[:2], str(line).rstrip("\n")])(bundle)
    assert bundle["checkpoints"]["records"] != note
    return bundle


def _later_key(bench: Bench) -> dict[str, Any]:
    bench.act("early", 1, "early", {"public": {"CF_WSH": "early"}}, by="late")
    bench.key("late", holder=AGENCY, by="office")
    return _recorded(bench, "early", "key late")


def _recorded(bench: Bench, name: str, *governing: str) -> dict[str, Any]:
    leaves = {**dict.fromkeys(governing, ("public",)), name: ("public",)}
    return finished(bench).bundle({"type": "recorded", "leaf": name.replace(" ", "-")}, leaves=leaves)


def _self_appointed(bench: Bench) -> dict[str, Any]:
    bench.key("friend", holder="friend", by="agency")
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="friend")
    return _recorded(bench, "act", "key friend")


def _named_gateway(bench: Bench) -> dict[str, Any]:
    """A department whose code is that of the gateway is no gateway."""
    bench.key("impostor", holder="gateway", by="office")
    bench.key("friend", holder="friend", by="impostor")
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="friend")
    return _recorded(bench, "act", "key impostor", "key friend")


def _revoked(bench: Bench) -> dict[str, Any]:
    told = {"issuer": issuer_id(public("agency")).hex(), "reason": "lost"}
    bench.act("revocation", 4, "key agency", {"public": told}, by="office")
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="agency")
    return _recorded(bench, "act", "revocation")


def _before_revocation(bench: Bench) -> dict[str, Any]:
    told = {"issuer": issuer_id(public("agency")).hex(), "reason": "lost"}
    bench.act("revocation", 4, "key agency", {"public": told}, by="office")
    return _recorded(bench, "standing", "revocation")


def _look_under(bench: Bench, *, by: str, ended: str, after: bool) -> dict[str, Any]:
    """A look before or after the second gateway's key ended the first one's, which its revocation alone does not."""
    bench.key("gateway-2", holder="gateway", kind="gateway", by="gateway")
    told = {"issuer": issuer_id(public("gateway")).hex()}
    revoked = told | {"reason": "stolen"}
    if not after:
        look(bench, "look-x", by=by, shown=[], answers=[])
    bench.act("revocation", 4, "key gateway", {"public": revoked}, by="gateway-2")
    bench.act("end", 33, "key gateway", {"public": told}, by=ended, log="access")
    if after:
        look(bench, "look-x", by=by, shown=[], answers=[])
    names = ("look-x", "key gateway-2", "revocation", "end")
    claim = {"type": "answered", "look": "look-x", "parts": []}
    bench.epoch()
    return bench.bundle(claim, leaves=dict.fromkeys(names, ("public",)), logs=("records", "access"))


def _retired(name: str, bench: Bench, size: int | None) -> Vector:
    """A bundle under a log key that a policy believes up to a size only, or (None) does not know."""
    old, new = log_signer("records"), TestSigner(f"{AUTHORITY}/records", log_signer("records").type, "next")
    bundle = made(finished(bench), "recorded")
    held = len(bench.logs["records"])
    line = "" if size is None else f"#retired {held + size} {old.key}\n"
    text = policy().replace(f"log {old.key}\n", f"log {new.key}\n{line}")
    return name, {"policy": text, "bundle": bundle, "expected": None if size == 0 else "untrusted"}


def _overlap(bench: Bench) -> Vector:
    """Both keys signed a tree beyond the old one's last: the new one's line counts, the other is a stranger's."""
    old, new = log_signer("records"), TestSigner(f"{AUTHORITY}/records", log_signer("records").type, "next")
    bench.signers["records"].append(new)
    bundle = made(finished(bench), "recorded")
    text = policy().replace(f"log {old.key}\n", f"log {new.key}\n#retired 3 {old.key}\n")
    return "good-overlap", {"policy": text, "bundle": bundle, "expected": None}


def rotated() -> Iterator[Vector]:
    """Keys that were rotated, retired or revoked: what was signed under them, before and after."""
    yield _retired("good-retired-log", filled(), 0)
    yield _retired("retired-log-larger-tree", filled(), -1)
    yield _retired("unknown-log-key", filled(), None)
    yield _overlap(filled())
    old = log_signer("records").key
    lawful = policy()
    for name, line in {
        "policy-retired-twice": f"#retired 9 {old}",
        "policy-retired-size": f"#retired 09 {log_signer('x').key}",
        "policy-retired-short": f"#retired {log_signer('x').key}",
    }.items():
        bundle = made(finished(filled()), "recorded")
        yield name, {"policy": f"{lawful}{line}\n", "bundle": bundle, "expected": "policy"}
    bundles = {
        "good-before-revocation": (_before_revocation(filled()), None),
        "good-look-before-end": (_look_under(filled(), by="gateway", ended="gateway-2", after=False), None),
        "good-look-after-rotation": (
            _look_under(filled(), by="gateway-2", ended="gateway-2", after=True),
            None,
        ),
        "operator-look-after-end": (
            _look_under(filled(), by="gateway", ended="gateway-2", after=True),
            "revoked",
        ),
        "operator-end-by-department": (
            _look_under(filled(), by="gateway", ended="agency", after=True),
            "key",
        ),
    }
    for name, (bundle, code) in bundles.items():
        yield name, {"policy": lawful, "bundle": bundle, "expected": code}


LISTED: dict[str, tuple[int, int]] = {"delisted": (46, 48), "red-delisted": (90, 91)}
"""Kinds of what puts on a list and of what takes off it."""


def _listed(bench: Bench, name: str, kinds: tuple[int, int] = (46, 48)) -> None:
    """Put on a list and taken off it again."""
    bench.act(f"{name}-notice", 43, name, {"public": {"list_code": "C06-04"}}, by="agency")
    bench.act(name, kinds[0], name, {"public": {"list_code": "C06-04"}}, by="agency")
    removal = bench.act(f"{name}-off", kinds[1], name, {"public": {"cause": "reversal"}}, by="agency")
    for view in ("public", "shared"):
        bench.maps["shield"][map_key(view, stream(name).bytes)] = removal.index.to_bytes(32, "big")


def _off_list(
    bench: Bench, recorded: str = "listing", act: str = "listing-off", **more: Any
) -> dict[str, Any]:
    """That a listing is in no outward view any more."""
    bench = finished(bench)
    key = {view: map_key(view, stream("listing").bytes) for view in ("public", "shared")}
    claim = {
        "type": "shielded",
        "recorded": recorded,
        "act": act,
        "proofs": {view: bench.proof(view, key[view]) for view in key},
        "shield": {view: bench.proof("shield", key[view]) for view in key},
    }
    given: dict[str, Any] = {"leaves": {recorded: (), act: ()}, "epoch": len(bench.epochs) - 1}
    return bench.bundle(claim, **(given | more))


def _still_listed(bench: Bench) -> None:
    for view in ("public", "shared"):
        bench.maps[view][map_key(view, stream("listing").bytes)] = sha("value of a listing")


def delisted() -> Iterator[Vector]:
    """Listings taken off their list: proven, and everything that may not pass for it."""

    def told(bundle: dict[str, Any], expected: str | None) -> dict[str, Any]:
        return {"policy": policy(), "bundle": bundle, "expected": expected}

    for name, kinds in LISTED.items():
        bench = filled()
        _listed(bench, "listing", kinds)
        yield f"good-{name}", told(_off_list(bench), None)
    bench = filled()
    _listed(bench, "listing")
    older = copy.deepcopy(bench)
    yield "operator-delisted-old-epoch", told(_off_list(older, epoch=0), "not_newest")
    still = copy.deepcopy(bench)
    _still_listed(still)
    yield "operator-delisted-present", told(_off_list(still), "present")
    _listed(bench, "another")
    yield (
        "delisted-by-removal-of-another",
        told(_off_list(copy.deepcopy(bench), act="another-off"), "malformed"),
    )
    yield "delisted-by-notice", told(_off_list(copy.deepcopy(bench), act="listing-notice"), "malformed")
    yield (
        "delisted-from-notice",
        told(_off_list(copy.deepcopy(bench), recorded="listing-notice"), "malformed"),
    )
    yield "delisted-as-a-record", told(_off_list(copy.deepcopy(bench), recorded="ended"), "malformed")
    shielding = copy.deepcopy(bench)
    shielding.act("listing-shield", 21, "listing", {"public": {"repair": "granted"}}, by="agency")
    yield "operator-delisted-by-shield", told(_off_list(shielding, act="listing-shield"), "malformed")
    for view in ("public", "shared"):
        del bench.maps["shield"][map_key(view, stream("listing").bytes)]
    yield "operator-delisted-unlisted-in-shield", told(_off_list(bench), "map")


def early() -> Iterator[Vector]:
    """An epoch that came before the first look: nothing of that log is proven by it, whatever path is given."""
    bench = founded()
    bench.act("standing", 1, "standing", {"public": {"CF_WSH": "standing"}}, by="agency")
    bench.epoch()
    look(bench, "look-0", of="standing")
    proofs = {"public": bench.proof("public", map_key("public", stream("x").bytes))}
    claim = {"type": "absent", "record": str(stream("x")), "proofs": proofs}
    bundle = bench.bundle(claim, leaves={}, logs=("records",), epoch=0)
    bundle["checkpoints"]["access"] = bench.note("access")
    for name, path in {"good-epoch-of-no-look": [], "good-epoch-of-no-look-with-path": [sha("x")]}.items():
        told = copy.deepcopy(bundle)
        told["epoch"]["consistency"]["access"] = [to_base64(step) for step in path]
        yield name, {"policy": policy(), "bundle": told, "expected": None}
    bundle["epoch"]["consistency"], bundle["checkpoints"] = [], {"views": bundle["checkpoints"]["views"]}
    bundle["leaves"] = {}
    yield "epoch-consistency-a-list", {"policy": policy(), "bundle": bundle, "expected": "malformed"}


def _signed_by_another(bench: Bench) -> dict[str, Any]:
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="office", key=public("agency"))
    return _recorded(bench, "act")


def _held_by_nobody(bench: Bench) -> dict[str, Any]:
    """Under the neutral point this signature holds for every message."""
    bench.key("nobody", holder=AGENCY, by="office", public_key=NEUTRAL)
    forged = BASE_POINT + bytes([1]) + bytes(31)
    bench.act("act", 1, "act", {"public": {"CF_WSH": "act"}}, by="office", key=NEUTRAL, signature=forged)
    return _recorded(bench, "act", "key nobody")


def _row_of_nobody(bench: Bench) -> dict[str, Any]:
    root = bench.seal("file-2", ["row-a"], by="agency")
    bench.row("row-b", by="agency", root=root, number=0)
    return _recorded(bench, "row-b", "file-2")


def _row_number(bench: Bench) -> dict[str, Any]:
    root = bench.seal("file-2", ["row-a"], by="agency")
    bench.row("row-a", by="agency", root=root, number=1)
    return _recorded(bench, "row-a", "file-2")


def _row_before_seal(bench: Bench) -> dict[str, Any]:
    digest = commit(kind=1, ledger_id=LEDGER, record_id=stream("row-a").bytes, opened=row_parts("row-a"))
    bench.row("row-a", by="agency", root=sha(b"\x00\x01" + digest), number=0)
    bench.seal("file-2", ["row-a"], by="agency")
    return _recorded(bench, "row-a", "file-2")


def _row_by_another(bench: Bench) -> dict[str, Any]:
    root = bench.seal("file-2", ["row-a"], by="agency")
    bench.row("row-a", by="office", root=root, number=0)
    return _recorded(bench, "row-a", "file-2")


def _look_by_a_department(bench: Bench) -> dict[str, Any]:
    look(bench, "look-x", by="agency", shown=[], answers=[])
    claim = {"type": "answered", "look": "look-x", "parts": []}
    return finished(bench).bundle(claim, leaves={"look-x": ("public",)}, logs=("records", "access"))


def _look_in_records(bench: Bench) -> dict[str, Any]:
    told: dict[str, Any] = {"public": {"shown": [], "answers": []}}
    bench.act("look-x", 128, "subject", told, by="gateway")
    claim = {"type": "answered", "look": "look-x", "parts": []}
    return finished(bench).bundle(claim, leaves={"look-x": ("public",)})


def _late_shield(bench: Bench) -> dict[str, Any]:
    """The map names a later act than the one that is shown."""
    for view in ("public", "shared"):
        bench.maps["shield"][map_key(view, stream("ended").bytes)] = (13).to_bytes(32, "big")
    return made(finished(bench), "shielded")


def _shield_after_epoch(bench: Bench) -> dict[str, Any]:
    finished(bench).act("shield", 21, "ended", {"public": {"repair": "granted"}}, by="agency")
    return made(bench, "shielded")


def _forked(bench: Bench) -> dict[str, Any]:
    """The epoch was made over another history than the one that is shown."""
    bench.logs["records"].append(b"another")
    bench.epoch()
    bench.logs["records"].pop()
    bench.act("note", 20, "standing", {"public": {"note": "x"}}, by="agency")
    bench.act("later", 1, "later", {"public": {"CF_WSH": "later"}}, by="agency")
    return made(bench, "absent")


def _look_left_out_of_map(bench: Bench) -> dict[str, Any]:
    """The map counts two looks; the bundle tells of one and shows the absence of a third."""
    bundle = made(finished(bench), "who_looked")
    _claim(bundle)["looks"].pop()
    del _claim(bundle)["proofs"][1]
    return bundle


def _other_erasure(bench: Bench) -> dict[str, Any]:
    told = {"erased": [["records", str(bench.named["row-2"].index + 1), "restricted", sha("other").hex()]]}
    bench.act("erasure", 29, "erasure", {"public": told}, by="office")
    return made(finished(bench), "erased")


def _misnamed_key(bench: Bench) -> dict[str, Any]:
    """A key registered under another's id."""
    told = {"issuer": sha("x")[:8].hex(), "algorithm": "ed25519", "public_key": public("x").hex()}
    holder = {"holder_kind": "department", "holder": AGENCY}
    bench.act("key x", 3, "key x", {"public": told | holder}, by="office")
    return _recorded(bench, "ended", "key x")


def _key_of_another_algorithm(bench: Bench) -> dict[str, Any]:
    told = {"issuer": issuer_id(public("x")).hex(), "algorithm": "sm2", "public_key": public("x").hex()}
    holder = {"holder_kind": "department", "holder": AGENCY}
    bench.act("key x", 3, "key x", {"public": told | holder}, by="office")
    return _recorded(bench, "ended", "key x")


def _row_in_access(bench: Bench) -> dict[str, Any]:
    root = bench.seal("file-2", ["row-a"], by="gateway")
    entry = bench.row("row-a", by="gateway", root=root, number=0)
    bench.logs["access"].append(bench.logs["records"].pop())
    bench.named["row-a"] = replace(entry, log="access", index=len(bench.logs["access"]) - 1)
    leaves = {"file-2": ("public",), "row-a": (), "ended": ()}
    claim = {"type": "recorded", "leaf": "ended"}
    return finished(bench).bundle(claim, leaves=leaves, logs=("records", "access"))


def _seal(bench: Bench, kind: int, root: bytes, digest: bytes) -> None:
    told = {
        "form": "penalty",
        "root": root.hex(),
        "rows": 1,
        "row_kind": kind,
        "commitments": to_base64(digest),
    }
    bench.act("file-2", 2, "file-2", {"public": told}, by="agency")


def _row_of_another_kind(bench: Bench) -> dict[str, Any]:
    digest = commit(kind=1, ledger_id=LEDGER, record_id=stream("row-a").bytes, opened=row_parts("row-a"))
    root = sha(bytes([0, 14]) + digest)
    _seal(bench, 14, root, digest)
    bench.row("row-a", by="agency", root=root, number=0)
    return _recorded(bench, "row-a", "file-2")


def _seal_of_other_rows(bench: Bench) -> dict[str, Any]:
    digest = commit(kind=1, ledger_id=LEDGER, record_id=stream("row-a").bytes, opened=row_parts("row-a"))
    _seal(bench, 1, sha("another root"), digest)
    bench.row("row-a", by="agency", root=sha("another root"), number=0)
    return _recorded(bench, "row-a", "file-2")


def _seal_kept_closed(bench: Bench) -> dict[str, Any]:
    return made(finished(bench), "recorded-row", leaves={"file": (), "row-0": ("public",)})


def _long_leaf(bench: Bench) -> dict[str, Any]:
    entry = bench.act("long", 1, "long", {"public": {"CF_WSH": "long"}}, by="agency")
    bench.logs["records"][-1] = entry.leaf + bytes(1)
    bench.named["long"] = replace(entry, leaf=entry.leaf + bytes(1))
    return _recorded(bench, "long")


def _epoch_text(old: bytes, new: bytes) -> Callable[[Bench], dict[str, Any]]:
    """An epoch whose entry is not written as epochs are."""

    def make(bench: Bench) -> dict[str, Any]:
        views = finished(bench).logs["views"]
        assert old in views[-1]
        views[-1] = views[-1].replace(old, new, 1)
        return made(bench, "absent")

    return make


def _epoch_tail(bench: Bench) -> dict[str, Any]:
    """An epoch whose entry goes on after its last line."""
    finished(bench).logs["views"][-1] += b"more"
    return made(bench, "absent")


def _epoch_digests(bench: Bench) -> dict[str, Any]:
    return _epoch_text(b"\ndigest 14 ", b"\ndigest 7 ")(bench)


def _map_of_one_leaf(bench: Bench) -> dict[str, Any]:
    """A map whose root is stated to be a leaf: no tree has one at the top."""
    key = map_key("public", stream("ended").bytes)
    index = bench.named["shield"].index.to_bytes(32, "big")
    bench.roots["shield"] = map_leaf(key, index)
    bundle = made(finished(bench), "shielded")
    _claim(bundle)["shield"]["public"] = {"kind": "inclusion", "siblings": [], "value": index.hex()}
    return bundle


def _map_of_another_shape(bench: Bench) -> dict[str, Any]:
    """Two missing children side by side: a second shape of the same map, in which anything could be absent."""
    key, top = map_key("public", stream("standing").bytes), sha("top")
    lower = map_node(bytes(32), bytes(32))
    bench.roots["public"] = map_node(top, lower) if key[0] >> 7 else map_node(lower, top)
    bundle = made(finished(bench), "present")
    siblings = [top.hex(), bytes(32).hex()]
    _claim(bundle)["proofs"] = {"public": {"kind": "nonInclusionParent", "siblings": siblings}}
    return bundle


def _shield_unlisted(bench: Bench) -> dict[str, Any]:
    for view in ("public", "shared"):
        del bench.maps["shield"][map_key(view, stream("ended").bytes)]
    return made(finished(bench), "shielded")


def _shield_before_record(bench: Bench) -> dict[str, Any]:
    bench.act("again", 1, "ended", {"public": {"CF_WSH": "again"}}, by="agency")
    bundle = made(finished(bench), "shielded")
    bundle["leaves"]["ended"] = bench.leaf("again")
    return bundle


def _shield_in_access(bench: Bench) -> dict[str, Any]:
    for number in range(9):
        look(bench, f"look-x-{number}")
    bench.act("shield", 21, "ended", {"public": {"repair": "granted"}}, by="gateway", log="access")
    return made(finished(bench), "shielded", logs=("records", "access"))


def _nobody_looked(bench: Bench, kind: int, log: str) -> dict[str, Any]:
    """Another act gives the subject another access key, under which nobody looked."""
    key = sha("another access key")
    parts = {"restricted": {"access_key": key.hex()}}
    bench.act("subject", kind, "subject", parts, by="gateway", log=log)
    bundle = made(finished(bench), "who_looked")
    _claim(bundle).update(looks=[], proofs=[bench.proof("access", look_key(key, 0))])
    return bundle


def _quiet(bench: Bench, *logs: str) -> dict[str, Any]:
    """A subject at whom nobody looked."""
    key = sha("quiet access key")
    bench.act("quiet", 7, "quiet", {"restricted": {"access_key": key.hex()}}, by="gateway")
    newest = len(finished(bench).epochs) - 1
    claim = {
        "type": "who_looked",
        "subject": "quiet",
        "looks": [],
        "proofs": [bench.proof("access", look_key(key, 0))],
    }
    return bench.bundle(claim, leaves={"quiet": ("restricted",)}, logs=logs, epoch=newest)


USUAL_LOOK = {"kind": 128, "of": "subject", "log": "access"}


def _look_elsewhere(**more: Any) -> Callable[[Bench], dict[str, Any]]:
    """The map counts an entry that is no look at the subject."""

    def make(bench: Bench) -> dict[str, Any]:
        told = {"public": {"purpose": "licensing"}}
        kind, of, log = (more.get(name, usual) for name, usual in USUAL_LOOK.items())
        index = bench.act("look-1", kind, of, told, by="gateway", log=log).index
        bench.maps["access"][look_key(ACCESS_KEY, 1)] = index.to_bytes(32, "big")
        return made(finished(bench), "who_looked")

    return make


def _erasure(words: list[Any], *, kind: int = 29, log: str = "records") -> Callable[[Bench], dict[str, Any]]:
    """An erasure by another kind of act, in another log, or in other words."""

    def make(bench: Bench) -> dict[str, Any]:
        gone = base64.b64decode(bench.leaf("row-2")["parts"]["restricted"]["commitment"]).hex()
        told = {"erased": [["records", str(bench.named["row-2"].index + 1), "restricted", gone, *words]]}
        bench.act("erasure", kind, "erasure", {"public": told}, by="gateway", log=log)
        return made(finished(bench), "erased", logs=("records", "access"))

    return make


def _erased_before(bench: Bench) -> dict[str, Any]:
    """The act says what will be erased of an entry that comes later."""
    gone = part_commitment(1, "restricted", row_parts("row-a")["restricted"])
    erased = [["records", str(len(bench.logs["records"]) + 3), "restricted", gone.hex()]]
    bench.act("erasure", 29, "erasure", {"public": {"erased": erased}}, by="office")
    root = bench.seal("file-2", ["row-a"], by="agency")
    bench.row("row-a", by="agency", root=root, number=0)
    leaves = {"file-2": ("public",), "row-a": ("public",), "erasure": ("public",)}
    return finished(bench).bundle({"type": "erased", "act": "erasure", "leaves": ["row-a"]}, leaves=leaves)


OPERATORS: dict[str, tuple[Callable[[Bench], dict[str, Any]], str]] = {
    "operator-old-epoch": (_old_epoch, "not_newest"),
    "operator-witness-without-time": (_unsigned_time, "quorum"),
    "operator-key-after-leaf": (_later_key, "order"),
    "operator-key-by-department": (_self_appointed, "key"),
    "operator-holder-named-gateway": (_named_gateway, "key"),
    "operator-revoked-key": (_revoked, "revoked"),
    "operator-signature-of-another": (_signed_by_another, "bad_signature"),
    "operator-key-held-by-nobody": (_held_by_nobody, "key"),
    "operator-row-not-in-file": (_row_of_nobody, "opening"),
    "operator-row-number": (_row_number, "opening"),
    "operator-row-before-seal": (_row_before_seal, "order"),
    "operator-row-by-another": (_row_by_another, "opening"),
    "operator-look-by-department": (_look_by_a_department, "key"),
    "operator-look-in-records": (_look_in_records, "malformed"),
    "operator-shield-later": (_late_shield, "map"),
    "operator-shield-after-epoch": (_shield_after_epoch, "order"),
    "operator-forked": (_forked, "consistency"),
    "operator-look-left-out": (_look_left_out_of_map, "map"),
    "operator-erasure-of-other": (_other_erasure, "opening"),
    "operator-erasure-by-another-kind": (_erasure([], kind=20), "malformed"),
    "operator-erasure-in-access": (_erasure([], log="access"), "malformed"),
    "operator-erasure-in-five-words": (_erasure(["x"]), "malformed"),
    "operator-erased-before": (_erased_before, "order"),
    "operator-key-misnamed": (_misnamed_key, "key"),
    "operator-key-of-another-algorithm": (_key_of_another_algorithm, "key"),
    "operator-row-in-access": (_row_in_access, "key"),
    "operator-row-of-another-kind": (_row_of_another_kind, "opening"),
    "operator-seal-of-other-rows": (_seal_of_other_rows, "opening"),
    "operator-seal-kept-closed": (_seal_kept_closed, "opening"),
    "operator-leaf-long": (_long_leaf, "malformed"),
    "operator-epoch-not-ascii": (_epoch_text(b"delta ", "délta ".encode()), "malformed"),
    "operator-epoch-longer": (_epoch_text(b"\nrule ", b"\nmore x\nrule "), "malformed"),
    "operator-epoch-more-words": (_epoch_text(b"\nepoch ", b"\nepoch 0 "), "malformed"),
    "operator-epoch-maps-renamed": (_epoch_text(b"map public", b"map shared"), "malformed"),
    "operator-epoch-digest-elsewhere": (_epoch_digests, "malformed"),
    "operator-epoch-access-digest-elsewhere": (
        _epoch_text(b"\naccess-digest 3 ", b"\naccess-digest 2 "),
        "malformed",
    ),
    "operator-epoch-tail": (_epoch_tail, "malformed"),
    "operator-epoch-cut": (_epoch_text(b"\ndelta ", b"\n"), "malformed"),
    "operator-map-of-one-leaf": (_map_of_one_leaf, "map"),
    "operator-map-of-another-shape": (_map_of_another_shape, "map"),
    "operator-shield-unlisted": (_shield_unlisted, "map"),
    "operator-shield-before-record": (_shield_before_record, "order"),
    "operator-shield-in-access": (_shield_in_access, "malformed"),
    "operator-subject-of-another-kind": (lambda b: _nobody_looked(b, 20, "records"), "malformed"),
    "operator-subject-in-access": (lambda b: _nobody_looked(b, 7, "access"), "malformed"),
    "operator-looks-of-no-log": (lambda b: _quiet(b, "records"), "malformed"),
    "operator-look-at-another": (_look_elsewhere(of="standing"), "incomplete"),
    "operator-look-of-another-kind": (_look_elsewhere(kind=20), "malformed"),
    "operator-look-among-records": (_look_elsewhere(log="records"), "malformed"),
}
"""Ledgers whose operator signs what it should not; the refusal each bundle must meet."""


def operators() -> Iterator[Vector]:
    """Attack files by whoever holds the keys of the logs."""
    for name, (make, code) in OPERATORS.items():
        yield name, {"policy": policy(), "bundle": make(filled()), "expected": code}


def vectors() -> Iterator[Vector]:
    """All of them."""
    for source in (
        good,
        post_quantum,
        changed,
        spelled,
        trusted,
        operators,
        rotated,
        delisted,
        early,
        stamped,
    ):
        yield from source()


def main() -> None:
    """Write what is missing."""
    FOLDER.mkdir(exist_ok=True)
    for name, vector in vectors():
        path = FOLDER / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
