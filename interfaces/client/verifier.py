"""Offline verifier of evidence bundles 离线验证器: one file, the standard library and ``cryptography``, no network.

It decides whether a bundle (docs/verification/evidence-bundle.md) proves what it claims under a policy that its
reader brings along, and says what it could not check. Run it: ``python verifier.py BUNDLE --policy POLICY``.

Read it from top to bottom: what it can say; strict reading; trees and maps; whom to trust; checkpoints; entries and
keys; the claims; the command. Whatever is not as it must be ends in one place, :func:`demand`.
"""

from __future__ import annotations

import argparse
import binascii
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
except ImportError:  # an older library: such signatures are named as not checked
    MLDSA44PublicKey = None  # type: ignore[assignment,misc]

FORMAT = "xinlu/evidence@v1"
BUNDLE_BYTES_MAX = 64 * 1024 * 1024
POLICY_BYTES_MAX = NOTE_BYTES_MAX = 256 * 1024
NOTE_SIGNATURES_MAX, POLICY_NAMES_MAX, NAME_BYTES_MAX, DEPTH_MAX = 64, 32, 255, 64
NUMBER_MAX = 2**53 - 1
"""The largest number that every reader of JSON reads alike (RFC 8785; STORAGE 1)."""
PLACE_SHOWN_MAX, WORD_SHOWN_MAX = 300, 100
LOGS = RECORDS, ACCESS, VIEWS = "records", "access", "views"
OUTWARD = "public", "shared"
MAPS = (*OUTWARD, "shield", "access")
EPOCH_FORM = (
    "credit/view-epoch@v1\nepoch #\nrecords # *\ndigest # *\naccess # *\naccess-digest # *\nrule *\n"
    "map public * #\nmap shared * #\nmap shield * #\nmap access * #\ndelta *\n"
)
RECORD_DETERMINED, FILE_SEALED, SUBJECT_REGISTERED, PARTS_ERASED, LOOKED = 1, 2, 7, 29, 128
GOVERNING = KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED = 3, 4, 5
KEY_ENDED = 33
"""In ``access`` what a revocation is in ``records``: from that index on a gateway's key signs nothing there."""
LISTING_DECIDED, RED_LISTED = 46, 90
SHIELDING = {
    10: (RECORD_DETERMINED, "publicity_ended"),
    14: (RECORD_DETERMINED, "withdrawn"),
    21: (RECORD_DETERMINED, "shielded"),
    48: (LISTING_DECIDED, "delisted"),
    91: (RED_LISTED, "delisted"),
}
"""Kinds of acts that take something out of every outward view for good: the kind that put it there, their sentence."""
ED25519_NOTE, ED25519_COSIGNATURE, MLDSA44 = 1, 4, 6
PUBLIC_KEY_BYTES = {ED25519_NOTE: 32, ED25519_COSIGNATURE: 32, MLDSA44: 1312}
FIELD = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
WEAK = {0, 1, FIELD - 1, ORDER_8, FIELD - ORDER_8}
"""The y of the points of small order: under such a key anyone can make signatures that hold."""
ZERO = bytes(32)
"""A missing child of a map's node."""


def _table(text: str) -> dict[str, tuple[str, str]]:
    """Sentences by code, Chinese and English; what stands in braces is filled in."""
    rows = (re.split(r"\s+\|\s+", line.strip(), maxsplit=2) for line in text.strip().split("\n"))
    return {code: (zh, en) for code, zh, en in rows}


REASONS = _table("""
    malformed | 格式不对 | is not in the format
    too_large | 太大 | is too large
    policy | 策略文件不可用 | the policy cannot be used
    untrusted | 没有策略所信任的签名 | no signature that the policy trusts
    bad_signature | 签名不成立 | a signature does not hold
    quorum | 见证人不足 | too few witnesses for the policy's quorum
    inclusion | 不在日志所签的树中 | is not in the tree that the log signed
    consistency | 两个检查点不一致 | two checkpoints do not agree
    opening | 所示内容与叶子的承诺不符 | what is shown is not what the leaf commits to
    key | 签名者的密钥没有证明 | the signer's key is not proven
    revoked | 签名者的密钥当时已吊销 | the signer's key was revoked by then
    order | 先后次序不对 | stands in the wrong order
    not_newest | 不是最新一期 | is not the newest epoch
    map | 视图映射的证明不成立 | the map's proof does not hold
    present | 记录仍在视图中 | the record is still in the view
    incomplete | 清单不完整 | the list is not complete
    answer | 所示答复不是当时登记的答复 | the answer is not the one that was logged
    claim | 未知的主张 | an unknown claim
""")
CHECKED = _table("""
    checkpoint | {origin}：检查点按策略签名，{size} 条，见证 {by} | {size} entries, signed as the policy asks
    entries | 所附条目都在日志所签的树中，所示部分即所承诺 | all entries are in the signed trees, shown as committed
    signers | 所附条目的签名都成立，密钥当时已登记 | all entries are signed by keys registered by then
    epoch | 第 {number} 期是所附检查点的最新一期 | epoch {number} is the newest of the checkpoint given
    recorded | {leaf}：{holder} 签署入账的第 {number} 条，所示 {parts} | entry {number}, signed by that holder
    absent | 记录 {record} 不在 {view} 视图中 | the record is not in the {view} view
    publicity_ended | 记录 {record} 公示结束，不在任何对外视图中 | publicity ended: in no outward view, for good
    withdrawn | 记录 {record} 已撤回，不在任何对外视图中 | withdrawn: in no outward view, for good
    shielded | 记录 {record} 已屏蔽，不在任何对外视图中 | shielded: in no outward view
    delisted | 名单条目 {record} 已移出，不在任何对外视图中 | removed from its list: in no outward view, for good
    look | 第 {number} 次查询：{told} | look {number}, as it was logged
    looks | 共 {count} 次查询，一次不缺 | {count} looks, none left out, up to access entry {size}
    answered | 答复 {count}/{all} 部分在答复前已登记为：{told} | these parts were logged before they were sent
    erased | {leaf} 的 {parts} 已依法删除，其余仍可验证 | was erased by a recorded act; the rest still verifies
""")
UNCHECKED = _table("""
    truth | 认定是否合法、内容是否属实 | whether an act was lawful and what it says is true
    competence | 签名部门是否有权、密钥当日是否在有效期内 | whether the signer was competent, its key within its days
    left_out | 未附上的吊销、再次登记、更正 | revocations, second registrations, corrections not in this bundle
    unwitnessed | 没有见证：运营者是否对他人出示另一份账 | unwitnessed: whether others are shown another history
    later | 该期之后发生的事 | what happened after that epoch
    not_given | 答复中未附的部分 | parts of the answer that are not in this bundle
    ml_dsa | ML-DSA-44 签名（此处不支持）：{name} | signatures of ML-DSA-44, not supported here
""")
ALWAYS_UNCHECKED = "truth", "competence", "left_out"


class Refused(Exception):
    """Why a bundle proves nothing: ``code`` of :data:`REASONS` and ``where`` in the bundle."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{where}: {code}")
        self.code = code
        self.where = _plain(where, PLACE_SHOWN_MAX)


def demand(condition: object, code: str, where: str) -> None:
    """The one way to refuse. Raises :class:`Refused` unless the condition holds."""
    if not condition:
        raise Refused(code, where)


@dataclass
class Report:
    """What was checked, what was not, and why it was refused if it was (验证结果)."""

    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    refused: Refused | None = None

    def say(self, code: str, **words: object) -> None:
        """Add a sentence of :data:`CHECKED`, or once one of :data:`UNCHECKED`."""
        table, lines = (CHECKED, self.checked) if code in CHECKED else (UNCHECKED, self.unchecked)
        shown = {name: _plain(str(word), PLACE_SHOWN_MAX) for name, word in words.items()}
        line = " / ".join(one.format_map(shown) for one in table[code])
        if code in CHECKED or line not in lines:
            lines.append(line)

    @property
    def good(self) -> bool:
        """Whether every claim of the bundle holds."""
        return self.refused is None


def _plain(text: str, most: int) -> str:
    """What a bundle says must not move the reader's cursor or write lines of ours."""
    return "".join(c if c.isprintable() else "?" for c in text[:most])


def _said(told: dict[str, Any], *names: str) -> str:
    return " ".join(told[name][:WORD_SHOWN_MAX] for name in names if isinstance(told.get(name), str))


# --- strict reading: one spelling for each value, or a refusal
T = TypeVar("T", dict[str, Any], list[Any], str)


def _as(kind: type[T], value: Any, where: str) -> T:
    demand(isinstance(value, kind), "malformed", where)
    found: T = value
    return found


def _number(value: Any, where: str) -> int:
    demand(type(value) is int and 0 <= value <= NUMBER_MAX, "malformed", where)
    return int(value)


def _decimal(text: str, where: str) -> int:
    """A number as its canonical decimal only: no sign, no space, no leading zero, ASCII digits."""
    demand(re.fullmatch(r"0|[1-9][0-9]{0,15}", text), "malformed", where)
    return _number(int(text), where)


def _base64(value: Any, where: str, size: int | None = None) -> bytes:
    try:
        data = binascii.a2b_base64(_as(str, value, where))
    except ValueError:
        raise Refused("malformed", where) from None
    once_more = binascii.b2a_base64(data, newline=False).decode()
    demand(once_more == value and size in (None, len(data)), "malformed", where)
    return data


def _hex(value: Any, where: str, size: int) -> bytes:
    demand(re.fullmatch(f"[0-9a-f]{{{2 * size}}}", _as(str, value, where)), "malformed", where)
    return bytes.fromhex(value)


def _uuid(value: Any, where: str) -> bytes:
    groups = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    demand(re.fullmatch(groups, _as(str, value, where)), "malformed", where)
    return bytes.fromhex(value.replace("-", ""))


def _filled(text: str, form: str, where: str) -> list[Any]:
    """The values of a text that is a form filled in, word by word: ``#`` a number, ``*`` a hash."""
    words, places = re.split("([ \n])", text), re.split("([ \n])", form)
    demand(len(words) == len(places), "malformed", where)
    values: list[Any] = []
    for word, place in zip(words, places, strict=True):
        demand(place in ("#", "*") or word == place, "malformed", where)
        if place == "#":
            values.append(_decimal(word, where))
        elif place == "*":
            values.append(_base64(word, where, 32))
    return values


def _hashes(value: Any, where: str) -> list[bytes]:
    return [_base64(item, where, 32) for item in _as(list, value, where)]


def _json(data: bytes, where: str) -> dict[str, Any]:
    """A JSON object with one meaning for every reader: no member twice, no fraction, no half of a character."""

    def whole(text: str) -> int:
        demand(abs(int(text)) <= NUMBER_MAX, "malformed", where)
        return int(text)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        demand(len(members) == len(pairs), "malformed", where)
        return members

    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=once, parse_int=whole, parse_float=whole, parse_constant=whole
        )
        level, depth = [value], 0
        while level:
            depth += 1
            demand(depth <= DEPTH_MAX, "malformed", where)
            holders = [
                one.values() if isinstance(one, dict) else one
                for one in level
                if isinstance(one, dict | list)
            ]
            level = [inner for holder in holders for inner in holder]
        if "\\u" in text:  # what else could spell half of a character, which has no bytes
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("malformed", where) from None
    return _as(dict, value, where)


# --- trees and maps (RFC 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2; STORAGE 1)
def _sha256(*data: bytes) -> bytes:
    return hashlib.sha256(b"".join(data)).digest()


def _fold(node: bytes, siblings: Sequence[bytes], sides: Sequence[bool], prefix: bytes = b"\x01") -> bytes:
    """The hash above, from a node and its siblings upwards; a side is True where the sibling stands left."""
    for sibling, left in zip(siblings, sides, strict=True):
        node = _sha256(prefix, sibling, node) if left else _sha256(prefix, node, sibling)
    return node


def _sides(node: int, last: int, path: Sequence[bytes], code: str, where: str) -> list[bool]:
    """The sides of a path's siblings, from a node of the level that ends at ``last``, all the way to the root."""
    demand(node <= last, code, where)
    sides: list[bool] = []
    while last and len(sides) < len(path):
        left = bool(node & 1) or node == last
        while left and node and not node & 1:  # nothing stands right of it: it moves up as it is
            node, last = node >> 1, last >> 1
        sides.append(left)
        node, last = node >> 1, last >> 1
    demand(last == 0 and len(sides) == len(path), code, where)
    return sides


def _check_consistent(size: int, root: bytes, head: Head, path: list[bytes], where: str) -> None:
    """That the tree of a head begins with the tree of that size and root. Raises :class:`Refused`."""
    if size == head.size:
        demand(not path and root == head.root, "consistency", where)
        return
    demand(size < head.size and path, "consistency", where)
    node, last = size - 1, head.size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first, *above = path if node else [root, *path]  # a whole tree's root is known and not repeated
    sides = _sides(node, last, above, "consistency", where)
    lefts = [sibling for sibling, left in zip(above, sides, strict=True) if left]
    demand(_fold(first, lefts, [True] * len(lefts)) == root, "consistency", where)
    demand(_fold(first, above, sides) == head.root, "consistency", where)


def _rows_root(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes: pairs level by level, an odd one moves up."""
    while len(hashes) > 1:
        pairs = [_sha256(b"\x01", a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = pairs + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0] if hashes else _sha256()


def _map_key(view: str, record: bytes) -> bytes:
    return _sha256(b"credit/map/v1\n", view.encode(), b"\n", record)


def _map_value(root: bytes, key: bytes, told: Any, where: str) -> bytes | None:
    """The value of a key in the map of a root, or None when it is proven absent."""
    proof = _as(dict, told, where)
    kind, siblings = (
        proof.get("kind"),
        [_hex(one, where, 32) for one in _as(list, proof.get("siblings"), where)],
    )
    depth, ways = len(siblings), _ways(key)
    leaf: list[bytes] = []
    if kind == "inclusion":
        leaf = [key, _hex(proof.get("value"), where, 32)]
    elif kind == "nonInclusionLeaf":
        leaf = [_hex(one, where, 32) for one in _as(list, proof.get("leaf"), where)]
        demand(len(leaf) == 2, "malformed", where)
        # A leaf from elsewhere in the map says nothing about this key.
        demand(leaf[0] != key and _ways(leaf[0])[:depth] == ways[:depth], "map", where)
    else:
        demand(kind == "nonInclusionParent", "malformed", where)
    node = _sha256(b"\x02", *leaf) if leaf else ZERO
    demand(depth <= len(ways) and (depth or not leaf), "map", where)
    # A leaf beside a missing child would have moved up: no other map has one shape.
    demand(not depth or siblings[-1] != ZERO or (depth == 1 and leaf), "map", where)
    demand(_fold(node, siblings[::-1], ways[:depth][::-1], b"\x03") == root, "map", where)
    return leaf[1] if kind == "inclusion" else None


def _ways(key: bytes) -> list[bool]:
    """A key's way from a map's root: True where it goes right, so that the sibling stands left."""
    return [bit == "1" for bit in f"{int.from_bytes(key, 'big'):0256b}"]


# --- whom to trust: keys and the policy (C2SP signed-note, tlog-policy)
@dataclass(frozen=True)
class Key:
    """A verifier key: name, algorithm byte, key id and public key."""

    name: str
    algorithm: int
    id: bytes
    public: bytes

    @classmethod
    def of(cls, text: str) -> Key:
        """The key of a vkey text. Raises :class:`Refused`."""
        name, key_id, encoded = [*text.split("+", 2), "", ""][:3]
        blob = _base64(encoded, "vkey")
        key = cls(name, blob[0] if blob else 0, _sha256(name.encode(), b"\n", blob)[:4], blob[1:])
        demand(_lawful(name) and PUBLIC_KEY_BYTES.get(key.algorithm) == len(key.public), "policy", "vkey")
        demand(_hex(key_id, "vkey", 4) == key.id, "policy", "vkey")
        demand(key.algorithm == MLDSA44 or not _weak(key.public), "policy", "vkey")
        return key


def _lawful(name: str) -> bool:
    """A key's name (signed-note): no ``+``, no control character, no space of any script, at most 255 bytes."""
    spaces = "\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    return bool(re.fullmatch(f"[^+{spaces}]+", name)) and len(name.encode()) <= NAME_BYTES_MAX


def _weak(point: bytes) -> bool:
    """Whether an Ed25519 point is of small order, or spelled in a second way."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y >= FIELD or y in WEAK


def _holds(algorithm: int, public: bytes, message: bytes, signature: bytes) -> bool | None:
    """Whether a signature holds; None when this library lacks the algorithm."""
    reader: Any = MLDSA44PublicKey if algorithm == MLDSA44 else Ed25519PublicKey
    try:
        if reader is None:
            return None
        reader.from_public_bytes(public).verify(signature, message)
    except UnsupportedAlgorithm:
        return None
    except (InvalidSignature, ValueError):
        return False
    return algorithm == MLDSA44 or not _weak(signature[:32])


class Policy:
    """Whom the reader trusts: the logs' keys, the witnesses, and which of them must have signed (信任策略)."""

    def __init__(self, data: bytes) -> None:
        self.logs: list[Key] = []
        self.retired: dict[
            Key, int
        ] = {}  # log keys of once, and the size of the last tree that they vouch for
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, Sequence[str]]] = {}
        self.quorum = ""
        self.heads: dict[tuple[str, str], Head] = {}  # what was verified under this policy, by the exact note
        demand(len(data) <= POLICY_BYTES_MAX, "too_large", "policy")
        try:
            text = data.decode("utf-8")
            demand(
                text.endswith("\n") and not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), "policy", "policy"
            )
            for line in text.split("\n"):
                words = re.findall("[^ \t]+", line)
                if words and (words[0] == "#retired" or not words[0].startswith("#")):
                    self._take(*words)
        except (UnicodeDecodeError, Refused):
            raise Refused("policy", "policy") from None
        demand(self.logs and self.quorum, "policy", "policy")

    def _take(self, kind: str, *rest: str) -> None:
        """One line. A key may stand in a policy once, a name once, a member in one group."""
        names = {"none", *self.witnesses, *self.groups}
        publics = [key.public for key in (*self.logs, *self.retired, *self.witnesses.values())]
        good = False
        if kind == "log" and len(rest) in (1, 2):
            key = Key.of(rest[0])
            good = key.algorithm != ED25519_COSIGNATURE and key.public not in publics
            self.logs.append(key)
        elif kind == "#retired" and len(rest) == 2:
            key = Key.of(rest[1])
            good = key.algorithm != ED25519_COSIGNATURE and key.public not in publics
            self.retired[key] = _decimal(rest[0], kind)
        elif kind == "witness" and len(rest) in (2, 3):
            key = Key.of(rest[1])
            good = rest[0] not in names and key.algorithm != ED25519_NOTE and key.public not in publics
            self.witnesses[rest[0]] = key
        elif kind == "group" and len(rest) >= 3:
            name, threshold, *inside = rest
            taken = {member for _, members in self.groups.values() for member in members} | {"none"}
            good = name not in names and len(set(inside)) == len(inside) and set(inside) <= names - taken
            need = {"any": 1, "all": len(inside)}.get(threshold) or _decimal(threshold, "group")
            good = good and 1 <= need <= len(inside)
            self.groups[name] = (need, inside)
        elif kind == "quorum" and len(rest) == 1:
            good = rest[0] in names and not self.quorum
            self.quorum = rest[0]
        most = max(len(self.logs), len(self.witnesses), len(self.groups))
        demand(good and most <= POLICY_NAMES_MAX, "policy", kind)

    def satisfied(self, name: str, signed: dict[str, int]) -> bool:
        """Whether the witnesses that signed make up the group, witness or ``none``."""
        if name == "none" or name in signed:
            return True
        need, inside = self.groups.get(name, (1, ()))
        return sum(self.satisfied(member, signed) for member in inside) >= need


# --- checkpoints (C2SP tlog-checkpoint, tlog-cosignature)
@dataclass(frozen=True)
class Head:
    """A signed tree head: how many log keys signed it, which witnesses at what time, and which keys were not tried."""

    size: int
    root: bytes
    logs: int
    witnesses: dict[str, int]
    untried: list[str]


def _head(note: str, origin: str, policy: Policy) -> Head:
    """A note's tree head. Raises :class:`Refused` also when one line of a key that the policy knows is wrong."""
    where = f"checkpoints/{origin}"
    demand(len(note.encode()) <= NOTE_BYTES_MAX, "too_large", where)
    text, gap, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    demand(gap and not lines.pop() and not re.search("[\x00-\x09\x0b-\x1f]", note), "malformed", where)
    demand(0 < len(lines) <= NOTE_SIGNATURES_MAX and _lawful(origin), "malformed", where)
    size, root = _filled(text, f"{origin}\n#\n*", where)  # no extension lines (FORMATS 1.3)
    tree = bytes([len(origin.encode())]) + origin.encode() + bytes(8) + size.to_bytes(8, "big") + root
    logs, signed, untried = 0, dict[str, int](), list[str]()
    believed = [*policy.logs, *(key for key, largest in policy.retired.items() if size <= largest)]
    known = [("", key) for key in believed if key.name == origin] + list(policy.witnesses.items())
    for line in lines:
        words = line.split(" ")
        demand(len(words) == 3 and words[0] == "—" and _lawful(words[1]), "malformed", where)
        blob = _base64(words[2], where)
        demand(len(blob) >= 5, "malformed", where)
        for witness, key in known:
            if (key.name, key.id) != (words[1], blob[:4]):
                continue
            message, signature, seconds = _signed(key, f"{text}\n".encode(), tree, blob[4:])
            holds = _holds(key.algorithm, key.public, message, signature)
            demand(holds is not False, "bad_signature", where)
            if holds is None:
                untried.append(key.name)
            elif not witness:
                logs += 1
            elif seconds:  # who states no time does not say that it knows no larger tree
                signed[witness] = seconds
    return Head(size, root, logs, signed, untried)


def _signed(key: Key, text: bytes, tree: bytes, blob: bytes) -> tuple[bytes, bytes, int]:
    """Message, signature and time (0: none) of a signature line's blob after the key id."""
    if key.algorithm == ED25519_NOTE:
        return text, blob, 0
    time, signature, seconds = blob[:8], blob[8:], int.from_bytes(blob[:8], "big")
    if key.algorithm == ED25519_COSIGNATURE:
        return b"cosignature/v1\ntime %d\n" % seconds + text, signature, seconds
    name = key.name.encode()
    return b"subtree/v1\n\x00" + bytes([len(name)]) + name + time + tree, signature, seconds


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds < 2**33 else f"{seconds} s"


# --- entries and keys (STORAGE 1, 2; FORMATS 5.4)
@dataclass(frozen=True)
class Leaf:
    """A leaf that its log includes: ``parts`` are those that the bundle opens, ``closed`` the others' commitments."""

    name: str
    log: str
    index: int
    data: bytes
    stream: str
    parts: dict[str, Any]
    closed: dict[str, bytes]
    kind: int
    issuer: bytes
    single: bool

    def part(self, name: str) -> dict[str, Any]:
        """An opened part. Raises :class:`Refused` when the bundle does not open it."""
        return _as(dict, self.parts.get(name), f"{self.name}/{name}")


class Verifier:
    """One bundle, read and checked from its checkpoints up; a claim then speaks of what was found here."""

    def __init__(self, bundle: dict[str, Any], policy: Policy, report: Report) -> None:
        demand(bundle.get("format") == FORMAT, "malformed", "format")
        self.policy, self.report = policy, report
        self.ledger = _hex(bundle.get("ledger"), "ledger", 16)
        self.authority = _as(str, bundle.get("authority"), "authority")
        notes = _as(dict, bundle.get("checkpoints"), "checkpoints")
        self.heads = {log: self._believed(log, notes[log]) for log in notes if log in LOGS}
        leaves = _as(dict, bundle.get("leaves"), "leaves")
        self.leaves = {name: self._leaf(f"leaves/{name}", leaves[name]) for name in leaves}
        self.keys: dict[bytes, tuple[int, dict[str, Any]]] = {}
        self.revoked: dict[bytes, int] = {}
        self.ended: dict[bytes, int] = {}
        self.governing: set[str] = set()
        self.departments: dict[str, dict[str, Any]] = {}
        self._learn_keys()
        self.seals: dict[tuple[bytes, bytes], tuple[int, int, bytes]] = {}
        self._read_seals()
        for leaf in self.leaves.values():
            if leaf.name not in self.governing:  # those were checked while learning from them
                self._check_signer(leaf)
        for code in ("entries", "signers") if leaves else ():
            report.say(code)
        self.covered: dict[str, int] = {}
        self.maps: dict[str, bytes] = {}
        if "epoch" in bundle:
            self._read_epoch(_as(dict, bundle["epoch"], "epoch"))

    def _believed(self, log: str, value: Any) -> Head:
        """The head of a checkpoint that the policy believes."""
        note, origin = _as(str, value, f"checkpoints/{log}"), f"{self.authority}/{log}"
        head = self.policy.heads.get((origin, note)) or _head(note, origin, self.policy)
        for name in head.untried:
            self.report.say("ml_dsa", name=name)
        demand(head.logs, "untrusted", f"checkpoints/{origin}")
        demand(self.policy.satisfied(self.policy.quorum, head.witnesses), "quorum", f"checkpoints/{origin}")
        self.policy.heads[origin, note] = head
        by = [f"{name} ({_when(seconds)})" for name, seconds in sorted(head.witnesses.items())]
        self.report.say("checkpoint", origin=origin, size=head.size, by=", ".join(by) or "-")
        return head

    def _entry(self, log: str, told: dict[str, Any], data: bytes, where: str) -> int:
        """The index at which a log holds the bytes of an entry."""
        index, path = _number(told.get("index"), where), _hashes(told.get("path"), where)
        demand(log in self.heads, "malformed", where)
        head = self.heads[log]
        sides = _sides(index, head.size - 1, path, "inclusion", where)
        demand(_fold(_sha256(b"\x00", data), path, sides) == head.root, "inclusion", where)
        return index

    def _leaf(self, where: str, value: Any) -> Leaf:
        told = _as(dict, value, where)
        log, data = _as(str, told.get("log"), where), _base64(told.get("leaf"), where)
        demand(log != VIEWS, "malformed", where)
        index = self._entry(log, told, data, where)
        single = data[:1] == b"\x01"
        demand(len(data) == 106 if single else (len(data), data[:1]) == (78, b"\x02"), "malformed", where)
        stream = _uuid(told.get("stream"), where)
        parts, closed = self._open(data, stream, _as(dict, told.get("parts"), where), where)
        return Leaf(where, log, index, data, told["stream"], parts, closed, data[1], data[34:42], single)

    def _open(
        self, data: bytes, stream: bytes, parts: dict[str, Any], where: str
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The opened parts and the commitments of the others; every part must be there in one of the two ways."""
        opened, closed, kind = dict[str, Any](), dict[str, bytes](), data[1:2]
        digest = [b"credit/commit/v1\n", kind, self.ledger, stream]
        for name, value in sorted(parts.items()):
            demand(re.fullmatch("[a-z0-9_/]{1,64}", name), "malformed", where)
            shown, label = _as(dict, value, where), bytes([0, len(name)]) + name.encode()
            if "content" in shown:
                content, salt = _base64(shown["content"], where), _base64(shown.get("salt"), where, 32)
                message = b"".join((b"credit/part/v1\n", kind, label, b"\n", content))
                digest += [label, hmac.digest(salt, message, "sha256")]
                opened[name] = _json(content, where)
            else:
                closed[name] = _base64(shown.get("commitment"), where, 32)
                digest += [label, closed[name]]
        demand(parts and _sha256(*digest) == data[2:34], "opening", where)
        return opened, closed

    def _acts(self, *kinds: int, log: str = RECORDS) -> list[Leaf]:
        """The single acts of these kinds among the entries given, in the log's order."""
        acts = [leaf for leaf in self.leaves.values() if leaf.log == log and leaf.single]
        return sorted((act for act in acts if act.kind in kinds), key=lambda act: act.index)

    def _learn_keys(self) -> None:
        """Keys as the log itself lets them in: entry 0 registers the gateway's own key; the gateway, and the
        departments that it registered as credit offices, register departments and keys."""
        for act in self._acts(*GOVERNING):
            self.governing.add(act.name)
            told = act.part("public")
            issuer = b"" if act.kind == DEPARTMENT_REGISTERED else _hex(told.get("issuer"), act.name, 8)
            if act.kind == KEY_REGISTERED and act.index == 0:
                demand(issuer == act.issuer, "key", act.name)
                self._take_key(act, told, issuer)
            self._check_governs(act)
            if act.kind == DEPARTMENT_REGISTERED:
                self.departments[_as(str, told.get("code"), act.name)] = told
            elif act.kind == KEY_REVOKED:
                self.revoked.setdefault(issuer, act.index)
            else:
                self._take_key(act, told, issuer)
        for act in self._acts(KEY_ENDED, log=ACCESS):
            self._check_governs(act)
            self.ended.setdefault(_hex(act.part("public").get("issuer"), act.name, 8), act.index)

    def _check_governs(self, act: Leaf) -> None:
        self._check_signer(act)
        signer = self.keys[act.issuer][1]
        office = self.departments.get(signer["holder"], {}).get("role") == "credit_office"
        demand(signer["holder_kind"] == "gateway" or office, "key", act.name)

    def _take_key(self, act: Leaf, told: dict[str, Any], issuer: bytes) -> None:
        public = _hex(told.get("public_key"), act.name, 32)
        named = _sha256(b"credit/key/v1\n\x01", public)[:8] == issuer and told.get("algorithm") == "ed25519"
        demand(named and not _weak(public), "key", act.name)
        for name in ("holder_kind", "holder"):
            _as(str, told.get(name), act.name)
        self.keys.setdefault(issuer, (act.index, told))

    def _check_signer(self, leaf: Leaf) -> None:
        """The leaf's signature, or for a row its place under the root of the file that its department sealed."""
        demand(leaf.issuer in self.keys, "key", leaf.name)
        since, signer = self.keys[leaf.issuer]
        if leaf.log == ACCESS:  # what was asked is logged by nobody else
            demand(signer["holder_kind"] == "gateway" and leaf.single, "key", leaf.name)
            demand(self.ended.get(leaf.issuer, leaf.index) >= leaf.index, "revoked", leaf.name)
        else:
            demand(since <= leaf.index, "order", leaf.name)
            demand(self.revoked.get(leaf.issuer, leaf.index) >= leaf.index, "revoked", leaf.name)
        if leaf.single:
            public, message = bytes.fromhex(signer["public_key"]), b"credit/leaf/v1\n" + leaf.data[:42]
            demand(_holds(ED25519_NOTE, public, message, leaf.data[42:]), "bad_signature", leaf.name)
            return
        row = 32 * int.from_bytes(leaf.data[74:], "big")
        index, kind, rows = self.seals.get((leaf.issuer, leaf.data[42:74]), (0, 0, b""))
        demand(rows[row : row + 32] == leaf.data[2:34] and kind == leaf.kind, "opening", leaf.name)
        demand(index <= leaf.index, "order", leaf.name)

    def _read_seals(self) -> None:
        """The first seal of each file: by issuer and root its index, the kind of its rows, their commitments."""
        for seal in self._acts(FILE_SEALED):
            if "public" not in seal.parts:
                continue
            told = seal.part("public")
            root, rows = _hex(told.get("root"), seal.name, 32), _base64(told.get("commitments"), seal.name)
            kind = _number(told.get("row_kind"), seal.name)
            demand(len(rows) % 32 == 0 and kind <= 255, "opening", seal.name)
            hashes = [_sha256(bytes([0, kind]), rows[at : at + 32]) for at in range(0, len(rows), 32)]
            demand(_rows_root(hashes) == root, "opening", seal.name)
            self.seals.setdefault((seal.issuer, root), (seal.index, kind, rows))

    def _read_epoch(self, told: dict[str, Any]) -> None:
        """The last entry of the views log: what of the other logs it covers, and the root of every map."""
        entry, where = _base64(told.get("entry"), "epoch"), "epoch/entry"
        index = self._entry(VIEWS, told, entry, "epoch")
        demand(index == self.heads[VIEWS].size - 1, "not_newest", "epoch")
        words = _filled(entry.decode("latin-1"), EPOCH_FORM, where)
        number, records, records_root, records_again, _, access, access_root, access_again, *_ = words
        demand(records_again == records and access_again == access, "malformed", where)
        self.covered, self.maps = (
            {RECORDS: records, ACCESS: access},
            dict(zip(MAPS, words[10:18:2], strict=True)),
        )
        proofs = _as(dict, told.get("consistency"), "epoch")
        for log, root in ((RECORDS, records_root), (ACCESS, access_root)):
            path = _hashes(proofs.get(log), "epoch") if log in self.heads else []
            if log in self.heads and self.covered[log]:
                _check_consistent(self.covered[log], root, self.heads[log], path, f"epoch/{log}")
        self.report.say("epoch", number=number)
        self.report.say("later")

    # --- the claims
    def check(self, claims: list[Any]) -> None:
        """Check every claim, then say what no claim checks. Raises :class:`Refused` at the first that fails."""
        demand(claims, "malformed", "claims")
        for number, value in enumerate(claims):
            claim, where = _as(dict, value, "claims"), f"claims/{number}"
            kind = _as(str, claim.get("type"), where)
            demand(kind in CLAIMS, "claim", where)
            CLAIMS[kind](self, claim, where)
        for code in ALWAYS_UNCHECKED:
            self.report.say(code)
        if not all(head.witnesses for head in self.heads.values()):
            self.report.say("unwitnessed")

    def _named(self, name: Any, where: str, log: str = "", *kinds: int) -> Leaf:
        """The leaf of a name, of that log and one of those kinds where they are given."""
        demand(_as(str, name, where) in self.leaves, "malformed", where)
        leaf = self.leaves[name]
        demand(log in ("", leaf.log) and (not kinds or leaf.kind in kinds), "malformed", where)
        return leaf

    def _value(self, name: str, key: bytes, proof: Any, where: str) -> bytes | None:
        demand(name in self.maps, "malformed", where)
        return _map_value(self.maps[name], key, proof, where)

    def recorded(self, claim: dict[str, Any], where: str) -> None:
        """已入账: the holder of a key signed this record, and it stands in the log."""
        leaf = self._named(claim.get("leaf"), where, RECORDS)
        code = self.keys[leaf.issuer][1]["holder"]
        holder = f"{_said(self.departments.get(code, {}), 'name')} {code}".strip()
        parts = ", ".join(sorted(leaf.parts)) or "-"
        self.report.say("recorded", leaf=leaf.name, number=leaf.index + 1, holder=holder, parts=parts)

    def absent(self, claim: dict[str, Any], where: str) -> None:
        """不在视图: the newest epoch's maps of these views do not hold the record."""
        record, proofs = _uuid(claim.get("record"), where), _as(dict, claim.get("proofs"), where)
        demand(proofs and proofs.keys() <= set(OUTWARD), "malformed", where)
        for view, proof in proofs.items():
            demand(self._value(view, _map_key(view, record), proof, where) is None, "present", where)
            self.report.say("absent", record=claim["record"], view=view)

    def shielded(self, claim: dict[str, Any], where: str) -> None:
        """已屏蔽: an act ended the record or listing, and it is in neither view and in the map that only grows."""
        act = self._named(claim.get("act"), where, RECORDS, *SHIELDING)
        begun, ended = SHIELDING[act.kind]
        recorded = self._named(claim.get("recorded"), where, RECORDS, begun)
        demand(recorded.stream == act.stream, "malformed", where)
        demand(recorded.index < act.index < self.covered.get(RECORDS, 0), "order", where)
        proofs, shields = (_as(dict, claim.get(name), where) for name in ("proofs", "shield"))
        demand(proofs.keys() == set(OUTWARD), "malformed", where)
        self.absent({"record": act.stream, "proofs": proofs}, where)
        for view in OUTWARD:
            key = _map_key(view, _uuid(act.stream, where))
            value = self._value("shield", key, shields.get(view), where)
            demand(value is not None and value <= act.index.to_bytes(32, "big"), "map", where)
        self.report.say(ended, record=act.stream)

    def who_looked(self, claim: dict[str, Any], where: str) -> None:
        """谁看过: the subject's looks one after the other, and proof that there is no next one."""
        subject = self._named(claim.get("subject"), where, RECORDS, SUBJECT_REGISTERED)
        demand(self.maps and ACCESS in self.heads, "malformed", where)
        access_key = _hex(subject.part("restricted").get("access_key"), where, 32)
        looks = [self._named(name, where) for name in _as(list, claim.get("looks"), where)]
        proofs = _as(list, claim.get("proofs"), where)
        demand(len(proofs) == len(looks) + 1, "incomplete", where)
        keys = [hmac.digest(access_key, number.to_bytes(8, "big"), "sha256") for number in range(len(proofs))]
        for number, look in enumerate(looks):
            value = self._value("access", keys[number], proofs[number], where)
            held = value == look.index.to_bytes(32, "big") and look.stream == subject.stream
            demand(held, "incomplete", where)
            demand(look.log == ACCESS and look.kind == LOOKED, "malformed", where)
            told = _said(look.part("public"), "department", "role", "purpose", "view")
            self.report.say("look", number=number + 1, told=told)
        demand(self._value("access", keys[-1], proofs[-1], where) is None, "incomplete", where)
        self.report.say("looks", count=len(looks), size=self.covered[ACCESS])

    def answered(self, claim: dict[str, Any], where: str) -> None:
        """答复已登记: every part given is one that the look logged before it was sent, to the byte."""
        look = self._named(claim.get("look"), where, ACCESS, LOOKED)
        told = look.part("public")
        shown, answers = (_as(list, told.get(name), where) for name in ("shown", "answers"))
        demand(len(shown) == len(answers), "malformed", where)
        rows = [[*_as(list, one, where)[:2], answer] for one, answer in zip(shown, answers, strict=True)]
        logged = {tuple(_as(str, word, where) for word in row) for row in rows}
        given = set[tuple[str, ...]]()
        for value in _as(list, claim.get("parts"), where):
            part = _as(dict, value, where)
            content, salt = _base64(part.get("content"), where), _hex(part.get("salt"), where, 32)
            index = _number(part.get("leaf"), where).to_bytes(8, "big")
            digest = hmac.digest(salt, b"credit/view-part/v1\n" + index + _sha256(content), "sha256").hex()
            given.add((*(_as(str, part.get(name), where) for name in ("record", "part")), digest))
        demand(given <= logged, "answer", where)
        words = _said(told, "department", "officer", "purpose")
        self.report.say("answered", count=len(given), all=len(shown), told=words)
        if len(given) < len(shown):
            self.report.say("not_given")

    def erased(self, claim: dict[str, Any], where: str) -> None:
        """已删除: a recorded act erased parts of these leaves; their commitments, and all else, still verify."""
        act = self._named(claim.get("act"), where, RECORDS, PARTS_ERASED)
        names = _as(list, claim.get("leaves"), where)
        demand(names, "malformed", where)
        gone: dict[tuple[str, int], dict[str, list[bytes]]] = {}
        for row in _as(list, act.part("public").get("erased"), where):
            demand(len(_as(list, row, where)) == 4, "malformed", where)
            log, position, part, commitment = (_as(str, word, where) for word in row)
            parts = gone.setdefault((log, _decimal(position, where) - 1), {})
            parts.setdefault(part, []).append(_hex(commitment, where, 32))
        for name in names:
            leaf = self._named(name, where)
            demand((leaf.log, leaf.index) in gone, "malformed", where)
            parts = gone[leaf.log, leaf.index]
            demand(all({leaf.closed.get(part)} == set(parts[part]) for part in parts), "opening", where)
            demand(leaf.log != RECORDS or leaf.index <= act.index, "order", where)
            self.report.say("erased", leaf=leaf.name, parts=", ".join(parts))


CLAIMS: dict[str, Callable[[Verifier, dict[str, Any], str], None]] = {
    "recorded": Verifier.recorded,
    "absent": Verifier.absent,
    "shielded": Verifier.shielded,
    "who_looked": Verifier.who_looked,
    "answered": Verifier.answered,
    "erased": Verifier.erased,
}


# --- the command
def verify(bundle: bytes, policy: bytes | Policy) -> Report:
    """Check a bundle under a policy; never raises for what it is given.

    A report with ``refused`` set proves nothing, whatever stands among its ``checked`` lines. A :class:`Policy` in
    place of its bytes remembers the checkpoints that it verified, for many bundles under the same ones.
    """
    report = Report()
    try:
        demand(len(bundle) <= BUNDLE_BYTES_MAX, "too_large", "bundle")
        trusted = policy if isinstance(policy, Policy) else Policy(policy)
        told = _json(bundle, "bundle")
        Verifier(told, trusted, report).check(_as(list, told.get("claims"), "claims"))
    except Refused as refused:
        report.refused = refused
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when all holds, 1 when refused, 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(description="离线验证证据包 / verify an evidence bundle offline")
    parser.add_argument("bundle", type=Path, help="证据包 / the bundle (.json)")
    parser.add_argument("--policy", type=Path, required=True, help="信任策略 / whom you trust (tlog-policy)")
    parser.add_argument("--json", action="store_true", help="机器可读 / machine readable")
    given = parser.parse_args(arguments)
    try:
        report = verify(given.bundle.read_bytes(), given.policy.read_bytes())
    except OSError as error:
        print(f"读不到文件 / cannot read: {error.filename}", file=sys.stderr)
        return 2
    refused = report.refused
    if given.json:
        reason = {"code": refused.code, "where": refused.where} if refused else None
        lines = {"checked": report.checked, "unchecked": report.unchecked}
        print(json.dumps({"good": report.good, "refused": reason, **lines}, ensure_ascii=False, indent=2))
        return 0 if report.good else 1
    print(*(f"  ✓ {line}\n" for line in report.checked), sep="", end="")
    print(*(f"  ? 未查 not checked: {line}\n" for line in report.unchecked), sep="", end="")
    if refused:
        print(f"✗ 不成立 REFUSED ({refused.where}): {' / '.join(REASONS[refused.code])}")
        return 1
    at = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")
    print(f"✓ 成立 VERIFIED {at}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
