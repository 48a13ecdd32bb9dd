"""A small ledger in memory, for evidence vectors: every key, id and salt is the hash of a name.

It signs whatever it is told to, so it makes the bundles of honest operators and of the others.
"""

from __future__ import annotations

import copy
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.shared.canonical import canonical
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.commitment import OpenedPart, commit, open_parts, part_commitment
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.epoch import MAPS, Epoch, LogState, look_key, map_key
from domain.transparency.leaf import ActLeaf, RowLeaf, act_message, issuer_id
from domain.transparency.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    root_of,
)
from domain.transparency.prefix_proof import Ending, MapProof
from domain.transparency.prefix_tree import descend, encode_pairs, subtree
from domain.transparency.sealed_file import encode_commitments
from domain.transparency.strict import to_base64
from domain.transparency.vkey import SignatureType
from tests.transparency import TestSigner, sha

SECONDS = 1_795_226_400
"""When every witness signs: 2026-11-21, 10 o'clock in the city."""
LEDGER = sha("evidence ledger")[:16]
AUTHORITY = f"xinlu.example/{LEDGER.hex()}"
OFFICE, AGENCY = "11420100MB0000001X", "11420100MB1D0012X5"
ACCESS_KEY = sha("access key of the subject")


def secret(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha(f"evidence key {name}"))


def public(name: str) -> bytes:
    return secret(name).public_key().public_bytes_raw()


def stream(name: str) -> UUID:
    return UUID(bytes=sha(f"stream {name}")[:16])


def log_signer(log: str, kind: SignatureType = SignatureType.ED25519) -> TestSigner:
    return TestSigner(f"{AUTHORITY}/{log}", kind, f"evidence log {log} {kind}")


def witness(name: str, kind: SignatureType = SignatureType.ED25519_COSIGNATURE) -> TestSigner:
    return TestSigner(f"witness.example/{name}", kind, f"evidence witness {name} {kind}")


@dataclass(frozen=True)
class Entry:
    """A leaf as the ledger holds it, with its parts open."""

    log: str
    index: int
    leaf: bytes
    stream: UUID
    kind: int
    opened: Mapping[str, OpenedPart]

    @property
    def commitment(self) -> bytes:
        return self.leaf[2:34]


@dataclass
class Bench:
    """The ledger: ``act`` and ``row`` append, ``epoch`` states the maps, ``bundle`` proves."""

    logs: dict[str, list[bytes]] = field(default_factory=lambda: {"records": [], "access": [], "views": []})
    named: dict[str, Entry] = field(default_factory=dict)
    maps: dict[str, dict[bytes, bytes]] = field(default_factory=lambda: {name: {} for name in MAPS})
    roots: dict[str, bytes] = field(default_factory=dict)
    """Map roots that epochs state instead of the maps' own."""
    epochs: list[Epoch] = field(default_factory=list)
    signers: dict[str, list[TestSigner]] = field(
        default_factory=lambda: {log: [log_signer(log)] for log in ("records", "access", "views")}
    )
    witnesses: list[TestSigner] = field(default_factory=lambda: [witness("province"), witness("bank")])

    def act(
        self,
        name: str,
        kind: int,
        of: str,
        parts: Mapping[str, Any],
        *,
        by: str,
        log: str = "records",
        key: bytes | None = None,
        signature: bytes | None = None,
    ) -> Entry:
        """Append leaf 01 of stream ``of``, signed by the key named ``by`` unless a signature is given."""
        opened = open_parts(sha(f"salt {name}"), parts)
        digest = commit(kind=kind, ledger_id=LEDGER, record_id=stream(of).bytes, opened=opened)
        issuer = issuer_id(key or public(by))
        message = act_message(kind=kind, commitment=digest, issuer=issuer)
        leaf = ActLeaf(kind, digest, issuer, signature or secret(by).sign(message))
        return self._append(name, log, bytes(leaf), of, kind, opened)

    def row(self, name: str, *, by: str, root: bytes, number: int, kind: int = 1) -> Entry:
        """Append leaf 02."""
        opened = row_parts(name)
        digest = commit(kind=kind, ledger_id=LEDGER, record_id=stream(name).bytes, opened=opened)
        leaf = RowLeaf(kind, digest, issuer_id(public(by)), root, number)
        return self._append(name, "records", bytes(leaf), name, kind, opened)

    def seal(self, name: str, rows: Sequence[str], *, by: str, kind: int = 1) -> bytes:
        """Append the seal over a file of rows; its root."""
        digests = [
            commit(kind=kind, ledger_id=LEDGER, record_id=stream(r).bytes, opened=row_parts(r)) for r in rows
        ]
        root = root_of(bytes([kind]) + digest for digest in digests)
        told = {
            "form": "penalty",
            "root": root.hex(),
            "rows": len(rows),
            "row_kind": kind,
            "commitments": encode_commitments(b"".join(digests)),
        }
        self.act(name, 2, name, {"public": told}, by=by)
        return root

    def key(
        self, name: str, *, holder: str, kind: str = "department", by: str, public_key: bytes = b""
    ) -> None:
        """Append a key's registration."""
        data = public_key or public(name)
        told = {
            "issuer": issuer_id(data).hex(),
            "algorithm": "ed25519",
            "public_key": data.hex(),
            "holder_kind": kind,
            "holder": holder,
            "not_before": "2026-01-01",
            "not_after": "2027-12-31",
        }
        self.act(f"key {name}", 3, f"key {name}", {"public": told}, by=by)

    def department(self, code: str, name: str, role: str, *, by: str) -> None:
        """Append a department's registration."""
        told = {"code": code, "name": name, "role": role}
        self.act(f"department {code}", 5, f"department {code}", {"public": told}, by=by)

    def epoch(self) -> None:
        """Append an entry to the views log: the trees and the maps as they are now."""
        states = {
            log: LogState(len(self.logs[log]), self.root(log), sha(f"digest {log}"))
            for log in ("records", "access")
        }
        roots = {name: subtree(self._pairs(name), 0) for name in MAPS} | self.roots
        maps = {name: (roots[name], len(self.maps[name])) for name in MAPS}
        epoch = Epoch(len(self.epochs), states["records"], states["access"], sha("rule"), maps, sha("delta"))
        self.epochs.append(epoch)
        self.logs["views"].append(bytes(epoch))

    def root(self, log: str) -> bytes:
        return root_of(self.logs[log]) if self.logs[log] else EMPTY_ROOT

    def note(self, log: str, *, seconds: int = SECONDS) -> str:
        """A log's checkpoint, signed by its keys and all witnesses."""
        checkpoint = Checkpoint(f"{AUTHORITY}/{log}", len(self.logs[log]), self.root(log))
        signers = [*self.signers[log], *self.witnesses]
        lines = [str(sign_checkpoint(checkpoint, signer, seconds=seconds)) for signer in signers]
        return f"{checkpoint.text}\n{''.join(lines)}"

    def leaf(self, name: str, *show: str, erased: Iterable[str] = ()) -> dict[str, Any]:
        """A leaf as a bundle holds it."""
        entry = self.named[name]
        node = nodes_of([leaf_hash(data) for data in self.logs[entry.log]])
        parts: dict[str, Any] = {}
        for part, opened in entry.opened.items():
            if part in show and part not in erased:
                parts[part] = {"salt": to_base64(opened.salt), "content": to_base64(opened.content)}
            else:
                parts[part] = {"commitment": to_base64(part_commitment(entry.kind, part, opened))}
        path = inclusion_proof(entry.index, len(self.logs[entry.log]), node)
        return {
            "log": entry.log,
            "index": entry.index,
            "leaf": to_base64(entry.leaf),
            "path": [to_base64(step) for step in path],
            "stream": str(entry.stream),
            "parts": parts,
        }

    def proof(self, name: str, key: bytes) -> dict[str, Any]:
        """What a map holds under a key, or that it holds nothing."""
        siblings, found = descend(self._pairs(name), 0, key)
        if found is None:
            return MapProof(Ending.NON_INCLUSION_PARENT, tuple(siblings)).members()
        if found[0] != key:
            return MapProof(Ending.NON_INCLUSION_LEAF, tuple(siblings), found).members()
        return MapProof(Ending.INCLUSION, tuple(siblings)).members() | {"value": found[1].hex()}

    def bundle(
        self,
        *claims: dict[str, Any],
        leaves: Mapping[str, Sequence[str]],
        logs: Sequence[str] = ("records",),
        epoch: int | None = None,
        governing: Sequence[str] = (
            "key gateway",
            f"department {AGENCY}",
            f"department {OFFICE}",
            "key office",
            "key agency",
        ),
    ) -> dict[str, Any]:
        """A bundle with these claims over these leaves (name: parts to show) and what proves their signers."""
        wanted = {**dict.fromkeys(governing, ("public",)), **leaves}
        bundle: dict[str, Any] = {
            "format": "xinlu/evidence@v1",
            "ledger": LEDGER.hex(),
            "authority": AUTHORITY,
            "claims": copy.deepcopy(list(claims)),
            "leaves": {name.replace(" ", "-"): self.leaf(name, *show) for name, show in wanted.items()},
        }
        notes = [*logs, *(["views"] if epoch is not None else [])]
        if epoch is not None:
            bundle["epoch"] = self._epoch_members(epoch, logs)
        return bundle | {"checkpoints": {log: self.note(log) for log in notes}}

    def _epoch_members(self, index: int, logs: Sequence[str]) -> dict[str, Any]:
        consistency = {}
        for log in logs:
            size = (self.epochs[index].records if log == "records" else self.epochs[index].access).size
            node = nodes_of([leaf_hash(data) for data in self.logs[log]])
            consistency[log] = [to_base64(s) for s in consistency_proof(size, len(self.logs[log]), node)]
        views = self.logs["views"]
        path = inclusion_proof(index, len(views), nodes_of([leaf_hash(data) for data in views]))
        return {
            "index": index,
            "entry": to_base64(views[index]),
            "path": [to_base64(step) for step in path],
            "consistency": consistency,
        }

    def _pairs(self, name: str) -> bytes:
        return encode_pairs(self.maps[name].items())

    def _append(
        self, name: str, log: str, leaf: bytes, of: str, kind: int, opened: Mapping[str, OpenedPart]
    ) -> Entry:
        entry = Entry(log, len(self.logs[log]), leaf, stream(of), kind, opened)
        self.named[name] = entry
        self.logs[log].append(leaf)
        return entry


def row_parts(name: str) -> dict[str, OpenedPart]:
    return open_parts(sha(f"salt {name}"), {"public": {"CF_WSH": name}, "restricted": {"CF_SY": "经查"}})


def founded() -> Bench:
    """Gateway, credit office and one agency, each with its key."""
    bench = Bench()
    bench.key("gateway", holder="gateway", kind="gateway", by="gateway")
    bench.department(OFFICE, "示范市信用办", "credit_office", by="gateway")
    bench.key("office", holder=OFFICE, by="gateway")
    bench.department(AGENCY, "示范市市场监督管理局", "department", by="office")
    bench.key("agency", holder=AGENCY, by="office")
    return bench


def filled() -> Bench:
    """A founded ledger with a file, two records of which one is shielded, a subject, looks, an erasure, no epoch."""
    bench = founded()
    root = bench.seal("file", ["row-0", "row-1", "row-2"], by="agency")
    bench.row("row-0", by="agency", root=root, number=0)
    row = bench.row("row-2", by="agency", root=root, number=2)
    penalty = {
        "public": {"CF_WSH": "示市监罚字〔2026〕1号", "CF_NR": "罚款、没收违法所得"},
        "restricted": {"CF_SY": "经查，事实清楚"},
        "person/1": {"CF_FRDB": "慕容法代"},
    }
    bench.act("ended", 1, "ended", penalty, by="agency")
    bench.act("standing", 1, "standing", penalty, by="agency")
    subject = {"public": {"subject_kind": "organisation"}, "restricted": {"access_key": ACCESS_KEY.hex()}}
    bench.act("subject", 7, "subject", subject, by="gateway")
    content = canonical({"fields": penalty["public"]})
    answers = [hmac.digest(answer_salt(), answer_message(8, content), "sha256").hex(), sha("other").hex()]
    shown = [[str(stream("standing")), part, sha(part).hex()] for part in ("public", "restricted")]
    look(bench, "look-0", shown=shown, answers=answers)
    bench.act("elsewhere", 128, "elsewhere", {"public": {"purpose": "licensing"}}, by="gateway", log="access")
    look(bench, "look-1", shown=[], answers=[])
    shield = bench.act("shield", 21, "ended", {"public": {"repair": "granted"}}, by="agency")
    gone = part_commitment(1, "restricted", row.opened["restricted"])
    erased = [["records", str(row.index + 1), "restricted", gone.hex()]]
    bench.act("erasure", 29, "erasure", {"public": {"number": 1, "count": 1, "erased": erased}}, by="office")
    for view in ("public", "shared"):
        for name in ("standing", "row-0", "row-2"):
            bench.maps[view][map_key(view, stream(name).bytes)] = sha(f"value {view} {name}")
        bench.maps["shield"][map_key(view, stream("ended").bytes)] = shield.index.to_bytes(32, "big")
    for counter, name in enumerate(("look-0", "look-1")):
        bench.maps["access"][look_key(ACCESS_KEY, counter)] = bench.named[name].index.to_bytes(32, "big")
    for number in range(24):
        for pairs in bench.maps.values():
            pairs[sha(f"filler {number}")] = (99 + number).to_bytes(32, "big")
    return bench


def look(bench: Bench, name: str, *, by: str = "gateway", of: str = "subject", **more: Any) -> Entry:
    """Append a look at the subject."""
    told = {
        "department": AGENCY,
        "officer": "officer-1",
        "role": "operator",
        "purpose": "licensing",
        "view": "shared",
    }
    parts = {"public": told | more, "restricted": {"case": "示许受字〔2026〕7号"}}
    return bench.act(name, 128, of, parts, by=by, log="access")


def answer_salt() -> bytes:
    return sha("salt of an answer")


def answer_message(index: int, content: bytes) -> bytes:
    return b"credit/view-part/v1\n" + index.to_bytes(8, "big") + sha(content)


def finished(bench: Bench) -> Bench:
    """With two epochs, and one entry of each log after the newest."""
    bench.epoch()
    bench.act("note", 20, "standing", {"public": {"note": "异议处理中"}}, by="agency")
    bench.epoch()
    bench.act("later", 1, "later", {"public": {"CF_WSH": "later"}}, by="agency")
    look(bench, "look-later", of="later")
    return bench


def policy(*more: str, quorum: str = "both", kind: SignatureType = SignatureType.ED25519) -> str:
    """Trust in the three logs, and in both witnesses together."""
    lines = [f"log {log_signer(log, kind).key}" for log in ("records", "access", "views")]
    lines += [f"witness {name} {witness(name).key}" for name in ("province", "bank")]
    return "\n".join(["# 示范策略", *lines, "group both all province bank", *more, f"quorum {quorum}"]) + "\n"
