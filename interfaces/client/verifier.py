"""Offline verifier of evidence bundles 离线验证器: one file, the standard library and ``cryptography``, no network.

It decides whether a bundle (docs/verification/evidence-bundle.md) proves what it claims under a policy that its
reader brings along, and says what it could not check. Run it: ``python verifier.py BUNDLE --policy POLICY``.

Read it from top to bottom: what it can say; strict reading; trees and maps; whom to trust; checkpoints; entries and
keys; the claims; the command. Whatever is not as it must be ends in one place, :func:`demand`. The same for browsers,
in the same order and under the same names, is ``interfaces/portal/static/verifier.js``.
"""

from __future__ import annotations

import argparse
import binascii
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
except ImportError:  # an older library: such signatures are named as not checked
    MLDSA44PublicKey = None  # type: ignore[assignment,misc]

FORMAT = "xinlu/evidence@v1"
BUNDLE_BYTES_MAX, POLICY_BYTES_MAX, NOTE_BYTES_MAX = 64 * 1024 * 1024, 256 * 1024, 256 * 1024
NOTE_SIGNATURES_MAX, POLICY_NAMES_MAX, NAME_BYTES_MAX, DEPTH_MAX = 64, 32, 255, 64
NUMBER_MAX = 2**53 - 1
"""The largest number that every reader of JSON reads alike (RFC 8785; STORAGE 1)."""
PLACE_SHOWN_MAX, WORD_SHOWN_MAX, AT_ONCE = 300, 100, 100
LOGS = RECORDS, ACCESS, VIEWS = "records", "access", "views"
OUTWARD = "public", "shared"
MAPS = (*OUTWARD, "shield", "access")
CLAIMS = "recorded", "absent", "shielded", "who_looked", "answered", "erased"
EPOCH_FORM = (
    "credit/view-epoch@v1\nepoch #\nrecords # *\ndigest # *\naccess # *\naccess-digest # *\nrule *\n"
    "map public * #\nmap shared * #\nmap shield * #\nmap access * #\ndelta *\n"
)
RECORD_DETERMINED, FILE_SEALED, SUBJECT_REGISTERED, PARTS_ERASED, LOOKED = 1, 2, 7, 29, 128
KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED, KEY_ENDED = 3, 4, 5, 33
GOVERNING = {RECORDS: (KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED), ACCESS: (KEY_ENDED,)}
"""Kinds of acts about who may sign, by log; an end in ``access`` is what a revocation is in ``records``."""
SHIELDING = {10: "publicity_ended", 14: "withdrawn", 21: "shielded", 48: "delisted", 91: "delisted"}
"""Kinds of acts that take something out of every outward view, for good, with their sentence."""
LISTED = {48: 46, 91: 90}
"""By the kind of an act that takes off a list, the kind that put it there; the others end a record."""
ED25519_NOTE, COSIGNATURE, MLDSA44 = 1, 4, 6
PUBLIC_KEY_BYTES = {ED25519_NOTE: 32, COSIGNATURE: 32, MLDSA44: 1312}
KEY_LINES = {"log": (0, (1, 2), COSIGNATURE), "#retired": (1, (2,), COSIGNATURE), "witness": (1, (2, 3), 1)}
"""Lines of a policy that hold a key: which word it is, of how many, and the algorithm that it may not have."""
FIELD = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
WEAK = {0, 1, FIELD - 1, ORDER_8, FIELD - ORDER_8}
"""The y of the points of small order: under such a key anyone can make signatures that hold."""
STAMPED = re.compile(  # a time stamp token (RFC 3161) in hex: the SHA-256 stamped, the digits of the time
    "^30L06092a864886f70d010702a0L30L020103(?:310f300dS[1-3]0500|310d300bS[1-3])30L060b2a864886f70d0109100104a0L04L"
    "30L02010106(?:..){2,60}?(?:3031300dS10500|302f300bS1)0420(.{64})02(?:..){2,40}?18[01].((?:3[0-9]){14})"
    .replace("L", "(?:[0-7].|81[89a-f].|82(?!00)....)").replace("S", "060960864801650304020")
)  # fmt: skip
ZERO = bytes(32)
"""A missing child of a map's node."""
SENTENCES = """
    malformed | 格式不对 | is not in the format
    too_large | 太大 | is too large
    policy | 策略文件不可用 | the policy cannot be used
    untrusted | 没有策略所信任的签名 | no signature that the policy trusts
    bad_signature | 签名不成立 | a signature does not hold
    quorum | 见证人不足 | too few witnesses for the policy's quorum
    inclusion | 不在日志所签的树中 | is not in the tree that the log signed
    consistency | 两个检查点不一致 | two checkpoints do not agree
    stamp | 时间戳盖的不是所附检查点 | the time stamp is of another checkpoint
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

    checkpoint | {origin}：检查点按策略签名，{size} 条，见证 {by} | {size} entries, signed as the policy asks
    entries | 所附条目都在日志所签的树中，所示部分即所承诺 | all entries are in the signed trees, shown as committed
    stamped | {origin}：时间戳盖的是其前 {size} 条的检查点 | a time stamp is of the tree of its first {size} entries
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

    truth | 认定是否合法、内容是否属实 | whether an act was lawful and what it says is true
    competence | 签名部门是否有权、密钥当日是否在有效期内 | whether the signer was competent, its key within its days
    left_out | 未附上的吊销、再次登记、更正 | revocations, second registrations, corrections not in this bundle
    unwitnessed | 没有见证：运营者是否对他人出示另一份账 | unwitnessed: whether others are shown another history
    authority | 时间戳所述 {time} 的签名 | openssl ts -verify -digest {digest} -in {log}.tst -token_in -CAfile ROOTS.pem
    unstamped | 有日志没有涵盖所附条目的时间戳 | since when the entries of some log exist: no time stamp covers them
    later | 该期之后发生的事 | what happened after that epoch
    not_given | 答复中未附的部分 | parts of the answer that are not in this bundle
    ml_dsa | ML-DSA-44 签名（此处不支持）：{name} | signatures of ML-DSA-44, not supported here
"""
REASONS, CHECKED, UNCHECKED = (
    {code: (zh, en) for code, zh, en in (re.split(r"\s+\|\s+", line.strip(), maxsplit=2) for line in lines)}
    for lines in (block.strip().split("\n") for block in SENTENCES.split("\n\n"))
)
"""Sentences by code, Chinese and English: of refusals, what was checked, and what was not; braces are filled in."""
ALWAYS_UNCHECKED = "truth", "competence", "left_out"


class Refused(Exception):
    """Why a bundle proves nothing: ``code`` of :data:`REASONS` and ``where`` in the bundle."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{where}: {code}")
        self.code, self.where = code, _plain(where, PLACE_SHOWN_MAX)


def demand(condition: object, code: str, where: str) -> None:
    """The one way to refuse. Raises :class:`Refused` unless the condition holds."""
    if not condition:
        raise Refused(code, where)


def _plain(text: str, most: int) -> str:
    """What a bundle says must not move the reader's cursor or write lines of ours."""
    return "".join(c if c.isprintable() else "?" for c in text[:most])


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


# --- strict reading: one spelling for each value, or a refusal
class Told:
    """A value that a bundle tells and its place: read in the one spelling that it may have, or malformed there."""

    __slots__ = ("value", "where")

    def __init__(self, value: Any, where: str) -> None:
        self.value, self.where = value, where

    def members(self) -> dict[str, Any]:
        found = self.value
        if not isinstance(found, dict):
            raise Refused("malformed", self.where)
        return found

    def get(self, name: str, where: str = "") -> Told:
        """A member of an object; it has the object's place unless it is given its own."""
        return Told(self.members().get(name), where or self.where)

    def items(self) -> list[Told]:
        demand(isinstance(self.value, list), "malformed", self.where)
        return [Told(one, self.where) for one in self.value]

    def text(self, form: str = "") -> str:
        found = self.value
        if not isinstance(found, str) or (form and not re.fullmatch(form, found)):
            raise Refused("malformed", self.where)
        return found

    def number(self) -> int:
        demand(type(self.value) is int and 0 <= self.value <= NUMBER_MAX, "malformed", self.where)
        return int(self.value)

    def decimal(self) -> int:
        """A number as its canonical decimal only: no sign, no space, no leading zero, ASCII digits."""
        return Told(int(self.text("0|[1-9][0-9]{0,15}")), self.where).number()

    def hex(self, size: int) -> bytes:
        return bytes.fromhex(self.text(f"[0-9a-f]{{{2 * size}}}"))

    def uuid(self) -> bytes:
        return bytes.fromhex(self.text("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").replace("-", ""))

    def base64(self, size: int | None = None) -> bytes:
        return _base64(self.value, self.where, size)

    def hashes(self) -> list[bytes]:
        demand(isinstance(self.value, list), "malformed", self.where)
        return [_base64(one, self.where, 32) for one in self.value]

    def filled(self, form: str) -> list[Any]:
        """The values of a text that is a form filled in, word by word: ``#`` a number, ``*`` a hash."""
        words, places = re.split("([ \n])", self.text()), re.split("([ \n])", form)
        demand(len(words) == len(places), "malformed", self.where)
        values: list[Any] = []
        for told, place in zip((Told(word, self.where) for word in words), places, strict=True):
            demand(place in ("#", "*") or told.value == place, "malformed", self.where)
            if place in ("#", "*"):
                values.append(told.decimal() if place == "#" else told.base64(32))
        return values


def _base64(text: Any, where: str, size: int | None) -> bytes:
    try:
        data = binascii.a2b_base64(text)
        if binascii.b2a_base64(data, newline=False).decode() == text and size in (None, len(data)):
            return data
    except (TypeError, ValueError):
        pass
    raise Refused("malformed", where)


def _whole(text: str) -> int:
    if abs(int(text)) > NUMBER_MAX:
        raise ValueError
    return int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError
    return members


STRICT = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole, parse_float=_whole, parse_constant=_whole
)
"""Reads what has one meaning for every reader of JSON: no member twice, no fraction, no large number."""


def _json(data: bytes, where: str) -> Told:
    """A JSON object with one meaning for every reader, and no half of a character."""
    try:
        text = data.decode("utf-8")
        value = STRICT.decode(text)
        if "\\u" in text:  # what else could spell half of a character, which has no bytes
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("malformed", where) from None
    level, depth = [value], 0
    while level and depth <= DEPTH_MAX:
        holders = [one for one in level if isinstance(one, dict | list)]
        level = [inner for one in holders for inner in (one.values() if isinstance(one, dict) else one)]
        depth += 1
    demand(isinstance(value, dict) and depth <= DEPTH_MAX, "malformed", where)
    return Told(value, where)


# --- trees and maps (RFC 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2; STORAGE 1)
def _sha256(*data: bytes) -> bytes:
    return hashlib.sha256(b"".join(data)).digest()


def _fold(node: bytes, siblings: Sequence[bytes], sides: Sequence[bool], prefix: bytes = b"\x01") -> bytes:
    """The hash above, from a node and its siblings upwards; a side is True where the sibling stands left."""
    for sibling, left in zip(siblings, sides, strict=True):
        node = hashlib.sha256(prefix + (sibling + node if left else node + sibling)).digest()
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


def _way(key: bytes) -> list[bool]:
    """A key's way from a map's root: True where it goes right, so that the sibling stands left."""
    return [bit == "1" for bit in f"{int.from_bytes(key, 'big'):0256b}"]


def _map_value(root: bytes, key: bytes, proof: Told) -> bytes | None:
    """The value of a key in the map of a root, or None when it is proven absent."""
    kind, where = proof.get("kind").value, proof.where
    siblings, way = [one.hex(32) for one in proof.get("siblings").items()], _way(key)
    depth, leaf = len(siblings), list[bytes]()
    if kind == "inclusion":
        leaf = [key, proof.get("value").hex(32)]
    elif kind == "nonInclusionLeaf":
        leaf = [one.hex(32) for one in proof.get("leaf").items()]
        demand(len(leaf) == 2, "malformed", where)
        # A leaf from elsewhere in the map says nothing about this key.
        demand(leaf[0] != key and _way(leaf[0])[:depth] == way[:depth], "map", where)
    else:
        demand(kind == "nonInclusionParent", "malformed", where)
    demand(depth <= len(way) and (depth or not leaf), "map", where)
    # A leaf beside a missing child would have moved up: no other map has one shape.
    demand(not depth or siblings[-1] != ZERO or (depth == 1 and leaf), "map", where)
    node = _sha256(b"\x02", *leaf) if leaf else ZERO
    demand(_fold(node, siblings[::-1], way[:depth][::-1], b"\x03") == root, "map", where)
    return leaf[1] if kind == "inclusion" else None


# --- whom to trust: keys and the policy (C2SP signed-note, tlog-policy)
class Key:
    """A verifier key of a vkey text: name, algorithm byte, key id and public key. Raises :class:`Refused`."""

    def __init__(self, text: str) -> None:
        self.name, key_id, encoded = [*text.split("+", 2), "", ""][:3]
        blob = Told(encoded, "vkey").base64()
        self.algorithm, self.public = blob[0] if blob else 0, blob[1:]
        self.id = _sha256(self.name.encode(), b"\n", blob)[:4]
        whole = PUBLIC_KEY_BYTES.get(self.algorithm) == len(self.public) and key_id == self.id.hex()
        demand(whole and _lawful(self.name), "policy", "vkey")
        demand(self.algorithm == MLDSA44 or not _weak(self.public), "policy", "vkey")

    def signed(self, blob: bytes, text: str, tree: bytes) -> tuple[bytes, bytes, int]:
        """Message, signature and time (0: none) of this key's line under a note; ``blob`` comes after the key id."""
        if self.algorithm == ED25519_NOTE:
            return text.encode(), blob, 0
        time, signature, seconds = blob[:8], blob[8:], int.from_bytes(blob[:8], "big")
        if self.algorithm == COSIGNATURE:
            return b"cosignature/v1\ntime %d\n" % seconds + text.encode(), signature, seconds
        return b"subtree/v1\n\x00" + _label(self.name) + time + tree, signature, seconds


def _lawful(name: str) -> bool:
    """A key's name (signed-note): no ``+``, no control character, no space of any script, at most 255 bytes."""
    spaces = "\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    return bool(re.fullmatch(f"[^+{spaces}]+", name)) and len(name.encode()) <= NAME_BYTES_MAX


def _label(name: str) -> bytes:
    return bytes([len(name.encode())]) + name.encode()


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
        self.logs: dict[Key, int] = {}
        """A log's key, and the size of the last tree that it vouches for."""
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, Sequence[str]]] = {}
        self.quorum = ""
        self.lines: list[str] = []
        self.heads: dict[tuple[str, str], Head] = {}
        """What was verified under this policy, by the exact note."""
        demand(len(data) <= POLICY_BYTES_MAX, "too_large", "policy")
        try:
            text = data.decode("utf-8")
            demand(re.fullmatch("[^\x00-\x08\x0b-\x1f\x7f]*\n", text), "policy", "policy")
            for line in text.split("\n"):
                words = re.findall("[^ \t]+", line)
                if words and (words[0] == "#retired" or not words[0].startswith("#")):
                    self._take(*words)
            demand("log" in self.lines and self.quorum, "policy", "policy")
        except (UnicodeDecodeError, Refused):
            raise Refused("policy", "policy") from None

    def _take(self, kind: str, *rest: str) -> None:
        """One line. A key may stand in a policy once, a name once, a member in one group."""
        names, good = {"none", *self.witnesses, *self.groups}, False
        self.lines.append(kind)
        if kind in KEY_LINES:
            at, lengths, foreign = KEY_LINES[kind]
            demand(len(rest) in lengths, "policy", kind)
            key = Key(rest[at])
            known = [other.public for other in (*self.logs, *self.witnesses.values())]
            good = key.algorithm != foreign and key.public not in known
            if kind == "witness":
                good = good and rest[0] not in names
                self.witnesses[rest[0]] = key
            else:
                self.logs[key] = NUMBER_MAX if kind == "log" else Told(rest[0], kind).decimal()
        elif kind == "group" and len(rest) >= 3:
            name, threshold, *inside = rest
            taken = {"none", *(member for _, members in self.groups.values() for member in members)}
            good = name not in names and len(set(inside)) == len(inside) and set(inside) <= names - taken
            need = {"any": 1, "all": len(inside)}.get(threshold) or Told(threshold, kind).decimal()
            good = good and 1 <= need <= len(inside)
            self.groups[name] = (need, inside)
        elif kind == "quorum" and len(rest) == 1:
            good = rest[0] in names and not self.quorum
            self.quorum = rest[0]
        demand(good and (kind == "#retired" or self.lines.count(kind) <= POLICY_NAMES_MAX), "policy", kind)

    def satisfied(self, name: str, signed: dict[str, int]) -> bool:
        """Whether the witnesses that signed make up the group, witness or ``none``."""
        if name == "none" or name in signed:
            return True
        need, inside = self.groups.get(name, (1, ()))
        return sum(self.satisfied(member, signed) for member in inside) >= need


# --- checkpoints (C2SP tlog-checkpoint, tlog-cosignature)
class Head:
    """A signed tree head: how many keys of its log signed it, which witnesses and when, which keys were not tried.

    Raises :class:`Refused` also when one line of a key that the policy knows is wrong.
    """

    def __init__(self, note: str, origin: str, policy: Policy) -> None:
        self.logs, self.witnesses, self.untried = 0, dict[str, int](), list[str]()
        where = f"checkpoints/{origin}"
        demand(len(note.encode()) <= NOTE_BYTES_MAX, "too_large", where)
        text, gap, signatures = note.rpartition("\n\n")
        lines = signatures.split("\n")
        demand(gap and not lines.pop() and not re.search("[\x00-\x09\x0b-\x1f]", note), "malformed", where)
        demand(0 < len(lines) <= NOTE_SIGNATURES_MAX and _lawful(origin), "malformed", where)
        self.size, self.root = Told(text, where).filled(f"{origin}\n#\n*")  # no extension lines (FORMATS 1.3)
        tree = _label(origin) + bytes(8) + self.size.to_bytes(8, "big") + self.root
        own = [("", key) for key, last in policy.logs.items() if key.name == origin and self.size <= last]
        for line in lines:
            words = line.split(" ")
            demand(len(words) == 3 and words[0] == "—" and _lawful(words[1]), "malformed", where)
            blob = Told(words[2], where).base64()
            demand(len(blob) >= 5, "malformed", where)
            for witness, key in (*own, *policy.witnesses.items()):
                if (key.name, key.id) != (words[1], blob[:4]):
                    continue
                message, signature, seconds = key.signed(blob[4:], f"{text}\n", tree)
                holds = _holds(key.algorithm, key.public, message, signature)
                demand(holds is not False, "bad_signature", where)
                if holds is None:
                    self.untried.append(key.name)
                elif not witness:
                    self.logs += 1
                elif seconds:  # who states no time does not say that it knows no larger tree
                    self.witnesses[witness] = seconds


# --- entries and keys (STORAGE 1, 2; FORMATS 5.4)
class Leaf:
    """A leaf that its log includes: ``parts`` are those that the bundle opens, ``closed`` the others' commitments.

    All of them, names and commitments, are what the leaf commits to. Raises :class:`Refused`.
    """

    def __init__(self, told: Told, log: str, data: bytes, index: int, ledger: bytes) -> None:
        self.name, self.log, self.data, self.index = told.where, log, data, index
        self.single = data[:1] == b"\x01"
        demand((len(data), data[:1]) in ((106, b"\x01"), (78, b"\x02")), "malformed", self.name)
        self.kind, kind, self.issuer = data[1], data[1:2], data[34:42]
        self.governs = self.single and self.kind in GOVERNING[log]
        self.stream, self.parts, self.closed = told.get("stream"), dict[str, Told](), dict[str, bytes]()
        digest = [b"credit/commit/v1\n", kind, ledger, self.stream.uuid()]
        for name, value in sorted(told.get("parts").members().items()):
            demand(re.fullmatch("[a-z0-9_/]{1,64}", name), "malformed", self.name)
            part, label = Told(value, self.name), b"\x00" + _label(name)
            if "content" in part.members():
                content, salt = part.get("content").base64(), part.get("salt").base64(32)
                message = b"".join((b"credit/part/v1\n", kind, label, b"\n", content))
                digest += [label, hmac.digest(salt, message, "sha256")]
                self.parts[name] = _json(content, self.name)
            else:
                self.closed[name] = part.get("commitment").base64(32)
                digest += [label, self.closed[name]]
        shown = self.parts or self.closed
        demand(shown and _sha256(*digest) == data[2:34], "opening", self.name)

    def part(self, name: str, where: str = "") -> Told:
        """An opened part. Raises :class:`Refused` when the bundle does not open it."""
        demand(name in self.parts, "malformed", f"{self.name}/{name}")
        return Told(self.parts[name].value, where or self.name)


class Verifier:
    """One bundle, read and checked from its checkpoints up; a claim then speaks of what was found here."""

    def __init__(self, bundle: Told, policy: Policy, report: Report) -> None:
        demand(bundle.get("format").value == FORMAT, "malformed", "format")
        self.policy, self.report = policy, report
        self.ledger = bundle.get("ledger", "ledger").hex(16)
        self.authority = bundle.get("authority", "authority").text()
        notes, leaves = bundle.get("checkpoints", "checkpoints"), bundle.get("leaves", "leaves")
        self.heads = {log: self._believed(log, notes) for log in notes.members() if log in LOGS}
        self.leaves = {name: self._leaf(leaves.get(name, f"leaves/{name}")) for name in leaves.members()}
        self.keys: dict[bytes, tuple[int, bytes, str, str]] = {}
        """By issuer: the index of the key's registration, the key, the kind of its holder and the holder."""
        self.ended: dict[tuple[str, bytes], int] = {}
        self.departments: dict[str, Told] = {}
        self.seals: dict[tuple[bytes, bytes], tuple[int, int, bytes]] = {}
        """By issuer and root of a sealed file: the first seal's index, the kind of its rows, their commitments."""
        self._learn_keys()
        self._read_seals()
        # Acts about who may sign were checked while learning from them.
        rest = [leaf for leaf in self.leaves.values() if not leaf.governs]
        for leaf, signed in zip(rest, self._signed(rest), strict=True):
            self._check_signer(leaf, signed)
        for code in ("entries", "signers") if self.leaves else ():
            report.say(code)
        for log in self.heads:
            self._read_stamp(log, Told(bundle.members().get("timestamps", {}), "timestamps"))
        self.covered: dict[str, int] = {}
        self.maps: dict[str, bytes] = {}
        if "epoch" in bundle.members():
            self._read_epoch(bundle.get("epoch", "epoch"))

    def _believed(self, log: str, notes: Told) -> Head:
        """The head of a checkpoint that the policy believes."""
        note, origin = notes.get(log, f"checkpoints/{log}").text(), f"{self.authority}/{log}"
        head = self.policy.heads.get((origin, note)) or Head(note, origin, self.policy)
        for name in head.untried:
            self.report.say("ml_dsa", name=name)
        demand(head.logs, "untrusted", f"checkpoints/{origin}")
        demand(self.policy.satisfied(self.policy.quorum, head.witnesses), "quorum", f"checkpoints/{origin}")
        self.policy.heads[origin, note] = head
        by = ", ".join(f"{name} ({_when(head.witnesses[name])})" for name in sorted(head.witnesses))
        self.report.say("checkpoint", origin=origin, size=head.size, by=by or "-")
        return head

    def _read_stamp(self, log: str, stamps: Told) -> None:
        """Since when a tree that this log's begins with was there, as a token states; whose it is, is not checked."""
        if log not in stamps.members():
            self.report.say("unstamped")
            return
        told, origin = stamps.get(log, f"timestamps/{log}"), f"{self.authority}/{log}"
        note, found = told.get("checkpoint").text(), STAMPED.findall(told.get("token").base64().hex())
        head, digest = Head(note, origin, self.policy), _sha256(note.encode()).hex()
        demand(head.size and found, "malformed", told.where)
        _check_consistent(head.size, head.root, self.heads[log], told.get("consistency").hashes(), told.where)
        demand(found[0][0] == digest, "stamp", told.where)
        time = re.sub("(....)(..)(..)(..)(..)(..)", r"\1-\2-\3T\4:\5:\6Z", found[0][1][1::2])
        self.report.say("stamped", origin=origin, size=head.size)
        self.report.say("authority", log=log, digest=digest, time=time)

    def _entry(self, log: str, told: Told, data: bytes) -> int:
        """The index at which a log holds the bytes of an entry."""
        index, path = told.get("index").number(), told.get("path").hashes()
        demand(log in self.heads, "malformed", told.where)
        head = self.heads[log]
        sides = _sides(index, head.size - 1, path, "inclusion", told.where)
        demand(_fold(_sha256(b"\x00", data), path, sides) == head.root, "inclusion", told.where)
        return index

    def _leaf(self, told: Told) -> Leaf:
        log, data = told.get("log").text(), told.get("leaf").base64()
        demand(log != VIEWS, "malformed", told.where)
        return Leaf(told, log, data, self._entry(log, told, data), self.ledger)

    def _acts(self, log: str, *kinds: int) -> list[Leaf]:
        """The single acts of these kinds among the entries given, in the log's order."""
        acts = [act for act in self.leaves.values() if act.log == log and act.single and act.kind in kinds]
        return sorted(acts, key=lambda act: act.index)

    def _learn_keys(self) -> None:
        """Keys as the log itself lets them in: entry 0 registers the gateway's own key; the gateway, and the
        departments that it registered as credit offices, register departments and keys, and end keys."""
        for act in (act for log in GOVERNING for act in self._acts(log, *GOVERNING[log])):
            told = act.part("public")
            issuer = b"" if act.kind == DEPARTMENT_REGISTERED else told.get("issuer").hex(8)
            if act.kind == KEY_REGISTERED and act.index == 0:
                demand(issuer == act.issuer, "key", act.name)
                self._take_key(act, told, issuer)
            self._check_signer(act, *self._signed([act]))
            _, _, kind, holder = self.keys[act.issuer]
            role = self.departments[holder].get("role").value if holder in self.departments else None
            demand(kind == "gateway" or role == "credit_office", "key", act.name)
            if act.kind == DEPARTMENT_REGISTERED:
                self.departments[told.get("code").text()] = told
            elif act.kind == KEY_REGISTERED:
                self._take_key(act, told, issuer)
            else:
                self.ended.setdefault((act.log, issuer), act.index)

    def _take_key(self, act: Leaf, told: Told, issuer: bytes) -> None:
        public = told.get("public_key").hex(32)
        named = _sha256(b"credit/key/v1\n\x01", public)[:8] == issuer
        demand(named and told.get("algorithm").value == "ed25519" and not _weak(public), "key", act.name)
        holder = told.get("holder_kind").text(), told.get("holder").text()
        self.keys.setdefault(issuer, (act.index, public, *holder))

    def _signed(self, leaves: list[Leaf]) -> list[bool]:
        """Whether each, if it is a single act of a known signer, has that signer's signature: many, on all cores."""

        def signed(leaf: Leaf) -> bool:
            public, message = self.keys.get(leaf.issuer, (0, b""))[1], b"credit/leaf/v1\n" + leaf.data[:42]
            return leaf.single and _holds(ED25519_NOTE, public, message, leaf.data[42:]) is True

        some = [leaves[at : at + AT_ONCE] for at in range(0, len(leaves), AT_ONCE)]
        if len(some) < 2:
            return [signed(leaf) for leaf in leaves]
        with ThreadPoolExecutor() as threads:  # the library lets other threads on while it checks a signature
            return [holds for part in threads.map(lambda part: [*map(signed, part)], some) for holds in part]

    def _check_signer(self, leaf: Leaf, signed: bool) -> None:
        """The leaf's signature, or for a row its place under the root of the file that its department sealed."""
        demand(leaf.issuer in self.keys, "key", leaf.name)
        since, _, holder_kind, _ = self.keys[leaf.issuer]
        if leaf.log == ACCESS:  # what was asked is logged by nobody else
            demand(holder_kind == "gateway" and leaf.single, "key", leaf.name)
        else:
            demand(since <= leaf.index, "order", leaf.name)
        demand(self.ended.get((leaf.log, leaf.issuer), leaf.index) >= leaf.index, "revoked", leaf.name)
        if leaf.single:
            demand(signed, "bad_signature", leaf.name)
            return
        row = 32 * int.from_bytes(leaf.data[74:], "big")
        index, kind, rows = self.seals.get((leaf.issuer, leaf.data[42:74]), (0, 0, b""))
        demand(rows[row : row + 32] == leaf.data[2:34] and kind == leaf.kind, "opening", leaf.name)
        demand(index <= leaf.index, "order", leaf.name)

    def _read_seals(self) -> None:
        for seal in (seal for seal in self._acts(RECORDS, FILE_SEALED) if "public" in seal.parts):
            told = seal.part("public")
            root, rows = told.get("root").hex(32), told.get("commitments").base64()
            kind = told.get("row_kind").number()
            demand(len(rows) % 32 == 0 and kind <= 255, "opening", seal.name)
            hashes = [_sha256(bytes([0, kind]), rows[at : at + 32]) for at in range(0, len(rows), 32)]
            demand(_rows_root(hashes) == root, "opening", seal.name)
            self.seals.setdefault((seal.issuer, root), (seal.index, kind, rows))

    def _read_epoch(self, told: Told) -> None:
        """The last entry of the views log: what of the other logs it covers, and the root of every map."""
        entry, where = told.get("entry").base64(), "epoch/entry"
        demand(self._entry(VIEWS, told, entry) == self.heads[VIEWS].size - 1, "not_newest", "epoch")
        words = Told(entry.decode("latin-1"), where).filled(EPOCH_FORM)
        number, records, records_root, records_again, _, access, access_root, access_again, *_ = words
        demand(records_again == records and access_again == access, "malformed", where)
        self.covered = {RECORDS: records, ACCESS: access}
        self.maps = dict(zip(MAPS, words[10:18:2], strict=True))
        proofs = Told(told.get("consistency").members(), "epoch")
        for log, root in ((RECORDS, records_root), (ACCESS, access_root)):
            path = proofs.get(log).hashes() if log in self.heads else []
            if log in self.heads and self.covered[log]:
                _check_consistent(self.covered[log], root, self.heads[log], path, f"epoch/{log}")
        self.report.say("epoch", number=number)
        self.report.say("later")

    # --- the claims
    def check(self, claims: list[Told]) -> None:
        """Check every claim, then say what no claim checks. Raises :class:`Refused` at the first that fails."""
        demand(claims, "malformed", "claims")
        for number, told in enumerate(claims):
            claim = Told(told.members(), f"claims/{number}")
            kind = claim.get("type").text()
            demand(kind in CLAIMS, "claim", claim.where)
            getattr(self, kind)(claim)
        for code in ALWAYS_UNCHECKED:
            self.report.say(code)
        if not all(head.witnesses for head in self.heads.values()):
            self.report.say("unwitnessed")

    def _named(self, name: Told, log: str = "", *kinds: int) -> Leaf:
        """The leaf of a name, of that log and one of those kinds where they are given."""
        demand(name.text() in self.leaves, "malformed", name.where)
        leaf = self.leaves[name.text()]
        demand(log in ("", leaf.log) and (not kinds or leaf.kind in kinds), "malformed", name.where)
        return leaf

    def _value(self, name: str, key: bytes, proof: Told) -> bytes | None:
        demand(name in self.maps, "malformed", proof.where)
        return _map_value(self.maps[name], key, proof)

    def recorded(self, claim: Told) -> None:
        """已入账: the holder of a key signed this record, and it stands in the log."""
        leaf = self._named(claim.get("leaf"), RECORDS)
        code = self.keys[leaf.issuer][3]
        holder = f"{_said(self.departments.get(code, Told({}, '')), 'name')} {code}".strip()
        parts = ", ".join(sorted(leaf.parts)) or "-"
        self.report.say("recorded", leaf=leaf.name, number=leaf.index + 1, holder=holder, parts=parts)

    def absent(self, claim: Told) -> None:
        """不在视图: the newest epoch's maps of these views do not hold the record."""
        record, proofs = claim.get("record"), claim.get("proofs")
        uuid, views = record.uuid(), proofs.members()
        demand(views and views.keys() <= set(OUTWARD), "malformed", claim.where)
        for view in views:
            demand(self._value(view, _map_key(view, uuid), proofs.get(view)) is None, "present", claim.where)
            self.report.say("absent", record=record.text(), view=view)

    def shielded(self, claim: Told) -> None:
        """已屏蔽: an act ended the record or listing, and it is in neither view and in the map that only grows."""
        act = self._named(claim.get("act"), RECORDS, *SHIELDING)
        recorded = self._named(claim.get("recorded"), RECORDS, LISTED.get(act.kind, RECORD_DETERMINED))
        demand(recorded.stream.value == act.stream.value, "malformed", claim.where)
        demand(recorded.index < act.index < self.covered.get(RECORDS, 0), "order", claim.where)
        proofs, shields = claim.get("proofs").members(), claim.get("shield")
        demand(shields.members() is not None and proofs.keys() == set(OUTWARD), "malformed", claim.where)
        self.absent(Told({"record": act.stream.value, "proofs": proofs}, claim.where))
        for view in OUTWARD:
            value = self._value("shield", _map_key(view, act.stream.uuid()), shields.get(view))
            demand(value is not None and value <= act.index.to_bytes(32, "big"), "map", claim.where)
        self.report.say(SHIELDING[act.kind], record=act.stream.value)

    def who_looked(self, claim: Told) -> None:
        """谁看过: the subject's looks one after the other, and proof that there is no next one."""
        subject = self._named(claim.get("subject"), RECORDS, SUBJECT_REGISTERED)
        demand(self.maps and ACCESS in self.heads, "malformed", claim.where)
        access_key = subject.part("restricted", claim.where).get("access_key").hex(32)
        looks = [self._named(name) for name in claim.get("looks").items()]
        proofs = claim.get("proofs").items()
        demand(len(proofs) == len(looks) + 1, "incomplete", claim.where)
        keys = [hmac.digest(access_key, number.to_bytes(8, "big"), "sha256") for number in range(len(proofs))]
        for number, look in enumerate(looks):
            value = self._value("access", keys[number], proofs[number])
            held = value == look.index.to_bytes(32, "big") and look.stream.value == subject.stream.value
            demand(held, "incomplete", claim.where)
            demand(look.log == ACCESS and look.kind == LOOKED, "malformed", claim.where)
            told = _said(look.part("public"), "department", "role", "purpose", "view")
            self.report.say("look", number=number + 1, told=told)
        demand(self._value("access", keys[-1], proofs[-1]) is None, "incomplete", claim.where)
        self.report.say("looks", count=len(looks), size=self.covered[ACCESS])

    def answered(self, claim: Told) -> None:
        """答复已登记: every part given is one that the look logged before it was sent, to the byte."""
        look = self._named(claim.get("look"), ACCESS, LOOKED).part("public", claim.where)
        shown, answers = look.get("shown").items(), look.get("answers").items()
        demand(len(shown) == len(answers), "malformed", claim.where)
        rows = [[*one.items()[:2], answer] for one, answer in zip(shown, answers, strict=True)]
        logged = {tuple(word.text() for word in row) for row in rows}
        given = set[tuple[str, ...]]()
        for part in claim.get("parts").items():
            content, salt = part.get("content").base64(), part.get("salt").hex(32)
            message = (
                b"credit/view-part/v1\n" + part.get("leaf").number().to_bytes(8, "big") + _sha256(content)
            )
            digest = hmac.digest(salt, message, "sha256").hex()
            given.add((part.get("record").text(), part.get("part").text(), digest))
        demand(given <= logged, "answer", claim.where)
        words = _said(look, "department", "officer", "purpose", "number", "media")  # the last two of a report
        self.report.say("answered", count=len(given), all=len(shown), told=words)
        if len(given) < len(shown):
            self.report.say("not_given")

    def erased(self, claim: Told) -> None:
        """已删除: a recorded act erased parts of these leaves; their commitments, and all else, still verify."""
        act = self._named(claim.get("act"), RECORDS, PARTS_ERASED)
        names = claim.get("leaves").items()
        demand(names, "malformed", claim.where)
        gone: dict[tuple[str, int], dict[str, set[bytes]]] = {}
        for row in act.part("public", claim.where).get("erased").items():
            words = row.items()
            demand(len(words) == 4, "malformed", claim.where)
            log, position, part, commitment = words
            parts = gone.setdefault((log.text(), position.decimal() - 1), {})
            parts.setdefault(part.text(), set()).add(commitment.hex(32))
        for name in names:
            leaf = self._named(name)
            demand((leaf.log, leaf.index) in gone, "malformed", claim.where)
            parts = gone[leaf.log, leaf.index]
            demand(all({leaf.closed.get(part)} == parts[part] for part in parts), "opening", claim.where)
            demand(leaf.log != RECORDS or leaf.index <= act.index, "order", claim.where)
            self.report.say("erased", leaf=leaf.name, parts=", ".join(parts))


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds < 2**33 else f"{seconds} s"


def _said(told: Told, *names: str) -> str:
    words = [told.get(name).value for name in names]
    return " ".join(word[:WORD_SHOWN_MAX] for word in words if isinstance(word, str))


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
        Verifier(told, trusted, report).check(told.get("claims", "claims").items())
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
    refused, lines = report.refused, {"checked": report.checked, "unchecked": report.unchecked}
    if given.json:
        reason = {"code": refused.code, "where": refused.where} if refused else None
        print(json.dumps({"good": report.good, "refused": reason, **lines}, ensure_ascii=False, indent=2))
        return int(not report.good)
    print(*(f"  ✓ {line}\n" for line in report.checked), sep="", end="")
    print(*(f"  ? 未查 not checked: {line}\n" for line in report.unchecked), sep="", end="")
    at = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")
    why = f"({refused.where}): {' / '.join(REASONS[refused.code])}" if refused else ""
    print(f"✗ 不成立 REFUSED {why}" if refused else f"✓ 成立 VERIFIED {at}")
    return int(not report.good)


if __name__ == "__main__":
    raise SystemExit(main())
