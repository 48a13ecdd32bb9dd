"""Offline verifier of evidence bundles 离线验证器: one file, the standard library and ``cryptography``, no network.

It decides whether a bundle (docs/verification/evidence-bundle.md) proves what it claims under a policy that its
reader brings along, and says what it could not check. Run it: ``python verifier.py BUNDLE --policy POLICY``.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Sequence
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
BUNDLE_BYTES_MAX = 64 * 1024 * 1024
POLICY_BYTES_MAX = NOTE_BYTES_MAX = 256 * 1024
NOTE_SIGNATURES_MAX = 64
POLICY_NAMES_MAX = 32
NAME_BYTES_MAX = 255
DEPTH_MAX = 64
NUMBER_MAX = 2**53 - 1
"""The largest number that every reader of JSON reads alike (RFC 8785; STORAGE 1)."""
WORDS_SHOWN_MAX = 300
LOGS = ("records", "access", "views")
RECORD_DETERMINED, FILE_SEALED, SUBJECT_REGISTERED, PARTS_ERASED, LOOKED = 1, 2, 7, 29, 128
GOVERNING = KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED = 3, 4, 5
SHIELDING = {10: "公示结束 publicity ended", 14: "撤回 withdrawn", 21: "屏蔽 shielded"}
"""Kinds of acts after which a record is in no outward view, for good."""
ED25519_NOTE, ED25519_COSIGNATURE, MLDSA44 = 1, 4, 6
PUBLIC_KEY_BYTES = {ED25519_NOTE: 32, ED25519_COSIGNATURE: 32, MLDSA44: 1312}
FIELD = 2**255 - 19
ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
WEAK = {0, 1, FIELD - 1, ORDER_8, FIELD - ORDER_8}
"""The y of the points of small order: under such a key anyone can make signatures that hold."""

REASONS = {
    "malformed": ("格式不对", "is not in the format"),
    "too_large": ("太大", "is too large"),
    "policy": ("策略文件不可用", "the policy cannot be used"),
    "untrusted": ("没有策略所信任的签名", "no signature that the policy trusts"),
    "bad_signature": ("签名不成立", "a signature does not hold"),
    "quorum": ("见证人不足", "too few witnesses for the policy's quorum"),
    "inclusion": ("不在日志所签的树中", "is not in the tree that the log signed"),
    "consistency": ("两个检查点不一致", "two checkpoints do not agree"),
    "opening": ("所示内容与叶子的承诺不符", "what is shown is not what the leaf commits to"),
    "key": ("签名者的密钥没有证明", "the signer's key is not proven"),
    "revoked": ("签名者的密钥当时已吊销", "the signer's key was revoked by then"),
    "order": ("先后次序不对", "stands in the wrong order"),
    "not_newest": ("不是最新一期", "is not the newest epoch"),
    "map": ("视图映射的证明不成立", "the map's proof does not hold"),
    "present": ("记录仍在视图中", "the record is still in the view"),
    "incomplete": ("清单不完整", "the list is not complete"),
    "answer": ("所示答复不是当时登记的答复", "the answer is not the one that was logged"),
    "claim": ("未知的主张", "an unknown claim"),
}


UNCHECKED = (
    "认定是否合法、内容是否属实 / whether an act was lawful and what it says is true",
    "签名部门是否有权、密钥当日是否在有效期内 / whether the signer was competent, its key within its days",
    "未附上的条目：吊销、再次登记、其后的更正 / entries not in this bundle: revocations, second registrations,"
    " later corrections",
)
UNWITNESSED = "没有见证：运营者是否对他人出示另一份账 / unwitnessed: whether others are shown another history"


class Refused(Exception):
    """Why a bundle proves nothing: ``code`` of :data:`REASONS` and ``where`` in the bundle."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{where}: {code}")
        self.code = code
        self.where = _plain(where)


@dataclass
class Report:
    """What was checked, what was not, and why it was refused if it was (验证结果)."""

    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    refused: Refused | None = None

    def holds(self, line: str) -> None:
        """Add a line on what was checked."""
        self.checked.append(_plain(line))

    def open(self, line: str) -> None:
        """Add a line on what was not checked, once."""
        if _plain(line) not in self.unchecked:
            self.unchecked.append(_plain(line))

    @property
    def good(self) -> bool:
        """Whether every claim of the bundle holds."""
        return self.refused is None


def _plain(text: str) -> str:
    """What a bundle says must not move the reader's cursor or write lines of ours."""
    return "".join(c if c.isprintable() else "?" for c in text[:WORDS_SHOWN_MAX])


# --- strict reading ------------------------------------------------------------------------------------------


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refused("malformed", where)
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("malformed", where)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise Refused("malformed", where)
    return value


def _number(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_MAX:
        raise Refused("malformed", where)
    return value


def _decimal(text: str, where: str) -> int:
    """A number as its canonical decimal only: no sign, no space, no leading zero, ASCII digits."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", text):
        raise Refused("malformed", where)
    return _number(int(text), where)


def _base64(value: Any, where: str, size: int | None = None) -> bytes:
    try:
        text = _text(value, where).encode("ascii")
        data = base64.b64decode(text, validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refused("malformed", where) from None
    if base64.b64encode(data) != text or (size is not None and len(data) != size):
        raise Refused("malformed", where)
    return data


def _hex(value: Any, where: str, size: int) -> bytes:
    if not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", _text(value, where)):
        raise Refused("malformed", where)
    return bytes.fromhex(value)


def _uuid(value: Any, where: str) -> bytes:
    try:
        found = uuid.UUID(_text(value, where))
    except ValueError:
        raise Refused("malformed", where) from None
    if str(found) != value:
        raise Refused("malformed", where)
    return found.bytes


def _path(value: Any, where: str) -> list[bytes]:
    return [_base64(item, where, 32) for item in _list(value, where)]


def _texts(value: Any) -> Iterable[str]:
    return value if isinstance(value, dict) else [value] if isinstance(value, str) else []


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else []


def _json(data: bytes, where: str) -> Any:
    """JSON with one meaning for every reader: no member twice, no fraction, no half of a character, not too deep."""

    def refuse(_: str) -> Any:
        raise ValueError

    def whole(text: str) -> int:
        return _number(abs(int(text)), where) and int(text)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError
        return members

    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=once,
            parse_int=whole,
            parse_float=refuse,
            parse_constant=refuse,
        )
        level = [value]
        for _ in range(DEPTH_MAX):
            "".join(text for one in level for text in _texts(one)).encode()
            level = [inner for one in level for inner in _inside(one)]
        if level:
            raise ValueError
        return value
    except (ValueError, RecursionError):
        raise Refused("malformed", where) from None


# --- hashing (RFC 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2; STORAGE 1) ------------------------------------------


def _sha256(*data: bytes) -> bytes:
    return hashlib.sha256(b"".join(data)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01", left, right)


def _root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    if not 0 <= index < size:
        return None
    fn, sn, root = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = _node(sibling, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = _node(root, sibling)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


def _consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    nodes = list(path)
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = nodes[0]
    for sibling in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = _node(sibling, fr), _node(sibling, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = _node(sr, sibling)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == new_root and sn == 0


def _rows_root(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes: pairs level by level, an odd one moves up."""
    while len(hashes) > 1:
        pairs = [_node(a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = pairs + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0] if hashes else _sha256()


def _map_key(view: str, record: bytes) -> bytes:
    return _sha256(b"credit/map/v1\n", view.encode(), b"\n", record)


# --- policy, notes, checkpoints (C2SP tlog-policy, signed-note, tlog-checkpoint, tlog-cosignature) -------------


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
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        blob = _base64(encoded, "vkey")
        kind, public = blob[0] if blob else 0, blob[1:]
        if not _lawful(name) or PUBLIC_KEY_BYTES.get(kind) != len(public):
            raise Refused("policy", "vkey")
        expected = _sha256(name.encode(), b"\n", blob)[:4]
        if _hex(key_id, "vkey", 4) != expected or (kind != MLDSA44 and _weak(public)):
            raise Refused("policy", "vkey")
        return cls(name, kind, expected, public)


def _lawful(name: str) -> bool:
    """A key's name (signed-note): no ``+``, no control character, no space of any script, at most 255 bytes."""
    spaces = "\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    return bool(re.fullmatch(f"[^+{spaces}]+", name)) and len(name.encode()) <= NAME_BYTES_MAX


def _weak(point: bytes) -> bool:
    """Whether an Ed25519 point is of small order, or spelled in a second way."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y >= FIELD or y in WEAK


@dataclass
class Policy:
    """Whom the reader trusts (tlog-policy): the logs' keys, the witnesses, and which of them must have signed."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = "none"

    @classmethod
    def of(cls, data: bytes) -> Policy:
        """The policy of a file. Raises :class:`Refused` with code ``policy``."""
        policy, done, members = cls(), False, set[str]()
        if len(data) > POLICY_BYTES_MAX:
            raise Refused("too_large", "policy")
        try:
            lines = data.decode("utf-8").split("\n")
            if lines.pop() or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
                raise Refused("policy", "policy")
            for line in lines:
                words = [word for word in re.split("[ \t]", line) if word]
                if words and not words[0].startswith("#"):
                    if done and words[0] == "quorum":
                        raise Refused("policy", "quorum")
                    done = policy._take(words, members) or done
        except (UnicodeDecodeError, Refused):
            raise Refused("policy", "policy") from None
        if not policy.logs or not done:
            raise Refused("policy", "policy")
        return policy

    def _take(self, words: list[str], members: set[str]) -> bool:
        kind, rest = words[0], words[1:]
        names = self.witnesses.keys() | self.groups.keys() | {"none"}
        keys = [*self.logs, *self.witnesses.values()]
        if kind == "log" and len(rest) in (1, 2) and len(self.logs) < POLICY_NAMES_MAX:
            key = Key.of(rest[0])
            if key.algorithm == ED25519_COSIGNATURE or any(k.public == key.public for k in keys):
                raise Refused("policy", "log")
            self.logs.append(key)
        elif kind == "witness" and len(rest) in (2, 3) and len(self.witnesses) < POLICY_NAMES_MAX:
            key = Key.of(rest[1])
            if rest[0] in names or key.algorithm == ED25519_NOTE or any(k.public == key.public for k in keys):
                raise Refused("policy", "witness")
            self.witnesses[rest[0]] = key
        elif kind == "group" and len(rest) >= 3 and len(self.groups) < POLICY_NAMES_MAX:
            inside = rest[2:]
            if rest[0] in names or len(set(inside)) != len(inside) or members & set(inside):
                raise Refused("policy", "group")
            if not set(inside) <= names - {"none"}:
                raise Refused("policy", "group")
            need = {"any": 1, "all": len(inside)}.get(rest[1]) or _decimal(rest[1], "group")
            if not 1 <= need <= len(inside):
                raise Refused("policy", "group")
            members |= set(inside)
            self.groups[rest[0]] = (need, inside)
        elif kind == "quorum" and len(rest) == 1 and rest[0] in names:
            self.quorum = rest[0]
            return True
        else:
            raise Refused("policy", kind)
        return False

    def satisfied(self, name: str, signed: set[str]) -> bool:
        """Whether the witnesses that signed make up the group, witness or ``none``."""
        if name == "none" or name in signed:
            return True
        need, inside = self.groups.get(name, (1, []))
        return sum(self.satisfied(member, signed) for member in inside) >= need


@dataclass(frozen=True)
class Head:
    """A checkpoint whose signatures were verified: size, root, and whether witnesses vouch for it."""

    size: int
    root: bytes
    witnessed: bool


def _signed_bytes(
    key: Key, text: bytes, blob: bytes, head: tuple[str, int, bytes]
) -> tuple[bytes, bytes, int]:
    """Message, signature and time (0: none) of a signature line's blob after the key id."""
    if key.algorithm == ED25519_NOTE:
        return text, blob, 0
    seconds = int.from_bytes(blob[:8], "big")
    if key.algorithm == ED25519_COSIGNATURE:
        return b"cosignature/v1\ntime %d\n" % seconds + text, blob[8:], seconds
    origin, size, root = head
    cosigner, log = (bytes([len(n)]) + n for n in (key.name.encode(), origin.encode()))
    message = b"subtree/v1\n\x00" + cosigner + blob[:8] + log + bytes(8) + size.to_bytes(8, "big") + root
    return message, blob[8:], seconds


def _holds(key: Key, message: bytes, signature: bytes) -> bool | None:
    """Whether a signature holds; None when this library lacks the algorithm."""
    try:
        if key.algorithm == MLDSA44:
            if MLDSA44PublicKey is None:
                return None
            MLDSA44PublicKey.from_public_bytes(key.public).verify(signature, message)
            return True
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except UnsupportedAlgorithm:
        return None
    except (InvalidSignature, ValueError):
        return False
    return not _weak(signature[:32])


def _vouching(
    lines: Sequence[str],
    known: Sequence[Key],
    witnesses: dict[Key, str],
    signed_text: tuple[bytes, str, int, bytes],
    report: Report,
) -> tuple[int, dict[str, int]]:
    """How many log keys vouch, and which witnesses since when; one wrong line of a known key spoils the whole."""
    text, origin, size, root = signed_text
    where = f"checkpoints/{origin}"
    logs, signed = 0, dict[str, int]()
    for line in lines:
        words = line.split(" ")
        if len(words) != 3 or words[0] != "—" or not _lawful(words[1]):
            raise Refused("malformed", where)
        blob = _base64(words[2], where)
        if len(blob) < 5:
            raise Refused("malformed", where)
        for key in (k for k in [*known, *witnesses] if (k.name, k.id) == (words[1], blob[:4])):
            message, signature, seconds = _signed_bytes(key, text, blob[4:], (origin, size, root))
            holds = _holds(key, message, signature)
            if holds is None:
                report.open(
                    f"ML-DSA-44 签名（此处不支持）/ signatures of ML-DSA-44, not supported here: {key.name}"
                )
            elif not holds:
                raise Refused("bad_signature", where)
            elif key not in witnesses:
                logs += 1
            elif seconds:  # who states no time does not say that it knows no larger tree
                signed[witnesses[key]] = seconds
    return logs, signed


def _checkpoint(note: str, origin: str, policy: Policy, report: Report) -> Head:
    """The head that a signed checkpoint gives under the policy. Raises :class:`Refused`."""
    where = f"checkpoints/{origin}"
    data = note.encode()
    if len(data) > NOTE_BYTES_MAX:
        raise Refused("too_large", where)
    text, empty_line, signatures = note.rpartition("\n\n")
    body, lines = text.split("\n"), signatures.split("\n")
    if not empty_line or lines.pop() or not lines or re.search("[\x00-\x09\x0b-\x1f]", note):
        raise Refused("malformed", where)
    if len(body) != 3 or body[0] != origin or not _lawful(origin) or len(lines) > NOTE_SIGNATURES_MAX:
        raise Refused("malformed", where)  # extension lines are never used (FORMATS 1.3)
    size, root = _decimal(body[1], where), _base64(body[2], where, 32)
    known = [k for k in policy.logs if k.name == origin]
    witnesses = {k: name for name, k in policy.witnesses.items()}
    signed_text = (f"{text}\n".encode(), origin, size, root)
    logs, signed = _vouching(lines, known, witnesses, signed_text, report)
    if not logs:
        raise Refused("untrusted", where)
    if not policy.satisfied(policy.quorum, set(signed)):
        raise Refused("quorum", where)
    by = ", ".join(f"{name} ({_when(seconds)})" for name, seconds in sorted(signed.items()))
    report.holds(
        f"{origin}: 检查点已签名 signed checkpoint, {size} 条 entries"
        + (f"，见证 witnesses: {by}" if by else "")
    )
    return Head(size, root, bool(signed))


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds < 2**33 else f"{seconds} s"


# --- leaves, openings, keys (STORAGE 1, 2) --------------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """A leaf that its log includes: ``parts`` are those that the bundle opens, ``closed`` the others' commitments."""

    name: str
    log: str
    index: int
    kind: int
    commitment: bytes
    issuer: bytes
    data: bytes
    stream: bytes
    parts: dict[str, Any]
    closed: dict[str, bytes]

    def part(self, name: str) -> dict[str, Any]:
        """An opened part. Raises :class:`Refused` when the bundle does not open it."""
        return _object(self.parts.get(name), f"{self.name}/{name}")


@dataclass(frozen=True)
class Signer:
    """A key as the records log let it in: from which index on, whose it is, and of what kind of holder."""

    since: int
    public: bytes
    kind: str
    holder: str


class Verifier:
    """One run over one bundle; collects its findings in ``report``."""

    def __init__(self, bundle: dict[str, Any], policy: Policy, report: Report) -> None:
        self.report = report
        if bundle.get("format") != FORMAT:
            raise Refused("malformed", "format")
        self._bundle = bundle
        self.ledger = _hex(bundle.get("ledger"), "ledger", 16)
        self.authority = _text(bundle.get("authority"), "authority")
        self.heads = {
            log: _checkpoint(_text(note, f"checkpoints/{log}"), f"{self.authority}/{log}", policy, report)
            for log, note in _object(bundle.get("checkpoints"), "checkpoints").items()
            if log in LOGS
        }
        self.leaves: dict[str, Leaf] = {}
        self.keys: dict[bytes, Signer] = {}
        self.revoked: dict[bytes, int] = {}
        self.departments: dict[str, dict[str, Any]] = {}
        for name, value in _object(bundle.get("leaves"), "leaves").items():
            self.leaves[name] = self._leaf(name, _object(value, f"leaves/{name}"))
        self._learn_keys()
        self._seals = self._read_seals()
        for leaf in self.leaves.values():
            self._check_issuer(leaf)
        self.epoch = self._epoch(bundle["epoch"]) if "epoch" in bundle else None

    def leaf(self, name: Any, where: str) -> Leaf:
        """The leaf of a name. Raises :class:`Refused`."""
        found = self.leaves.get(_text(name, where))
        if found is None:
            raise Refused("malformed", where)
        return found

    def _leaf(self, name: str, value: dict[str, Any]) -> Leaf:
        where = f"leaves/{name}"
        log = _text(value.get("log"), where)
        head = self.heads.get(log)
        index, data = _number(value.get("index"), where), _base64(value.get("leaf"), where)
        if head is None or log == "views":
            raise Refused("malformed", where)
        path = _path(value.get("path"), where)
        if _root_from_path(_sha256(b"\x00", data), index, head.size, path) != head.root:
            raise Refused("inclusion", where)
        if (len(data), data[:1]) not in ((106, b"\x01"), (78, b"\x02")):
            raise Refused("malformed", where)
        stream = _uuid(value.get("stream"), where)
        parts = self._open(data, stream, _object(value.get("parts"), where), where)
        return Leaf(where, log, index, data[1], data[2:34], data[34:42], data, stream, *parts)

    def _open(
        self, data: bytes, stream: bytes, parts: dict[str, Any], where: str
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The opened parts and the commitments of the others; every part must be there in one of the two ways."""
        opened, closed = dict[str, Any](), dict[str, bytes]()
        digest = [b"credit/commit/v1\n", data[1:2], self.ledger, stream]
        for name, value in sorted(parts.items()):
            if not re.fullmatch(r"[a-z0-9_/]{1,64}", name):
                raise Refused("malformed", where)
            shown, label = _object(value, where), name.encode()
            if "content" in shown:
                content = _base64(shown["content"], where)
                message = b"".join(
                    (b"credit/part/v1\n", data[1:2], len(label).to_bytes(2, "big"), label, b"\n")
                )
                salt = _base64(shown.get("salt"), where, 32)
                committed = hmac.digest(salt, message + content, "sha256")
                opened[name] = _object(_json(content, where), where)
            else:
                committed = closed[name] = _base64(shown.get("commitment"), where, 32)
            digest += [len(label).to_bytes(2, "big"), label, committed]
        if not parts or _sha256(*digest) != data[2:34]:
            raise Refused("opening", where)
        return opened, closed

    def _learn_keys(self) -> None:
        """Keys as the log itself lets them in, in its order: entry 0 registers the gateway's own key; the gateway, and
        the departments that it registered as credit offices, register departments and keys."""
        for leaf in sorted(self.leaves.values(), key=lambda leaf: leaf.index):
            if leaf.log != "records" or leaf.kind not in GOVERNING or len(leaf.data) != 106:
                continue
            told = leaf.part("public")
            if leaf.kind == DEPARTMENT_REGISTERED:
                self._check_governs(leaf)
                self.departments[_text(told.get("code"), leaf.name)] = told
                continue
            issuer = _hex(told.get("issuer"), leaf.name, 8)
            if leaf.index == 0 and leaf.kind == KEY_REGISTERED:
                if issuer != leaf.issuer:
                    raise Refused("key", leaf.name)
                self._take_key(leaf, told, issuer)
            self._check_governs(leaf)
            if leaf.kind == KEY_REVOKED:
                self.revoked[issuer] = min(leaf.index, self.revoked.get(issuer, leaf.index))
            else:
                self._take_key(leaf, told, issuer)

    def _check_governs(self, leaf: Leaf) -> None:
        self._check_issuer(leaf)
        signer = self.keys[leaf.issuer]
        office = self.departments.get(signer.holder, {}).get("role") == "credit_office"
        if signer.kind != "gateway" and not office:
            raise Refused("key", leaf.name)

    def _take_key(self, leaf: Leaf, told: dict[str, Any], issuer: bytes) -> None:
        public = _hex(told.get("public_key"), leaf.name, 32)
        named = _sha256(b"credit/key/v1\n\x01", public)[:8] == issuer and told.get("algorithm") == "ed25519"
        if not named or _weak(public):
            raise Refused("key", leaf.name)
        kind, holder = (_text(told.get(name), leaf.name) for name in ("holder_kind", "holder"))
        self.keys.setdefault(issuer, Signer(leaf.index, public, kind, holder))

    def _check_issuer(self, leaf: Leaf) -> None:
        """The leaf's signature, or for a row its place under the root of the file that its department sealed."""
        signer = self.keys.get(leaf.issuer)
        if signer is None:
            raise Refused("key", leaf.name)
        if leaf.log == "access":
            if signer.kind != "gateway" or len(leaf.data) != 106:  # what was asked is logged by nobody else
                raise Refused("key", leaf.name)
        elif signer.since > leaf.index:
            raise Refused("order", leaf.name)
        elif self.revoked.get(leaf.issuer, leaf.index) < leaf.index:
            raise Refused("revoked", leaf.name)
        if len(leaf.data) == 78:
            self._check_row(leaf)
        elif not _holds(Key("", 1, b"", signer.public), b"credit/leaf/v1\n" + leaf.data[:42], leaf.data[42:]):
            raise Refused("bad_signature", leaf.name)

    def _read_seals(self) -> dict[tuple[bytes, bytes], tuple[int, int, bytes]]:
        """The first seal of each file: by issuer and root its index, the kind of its rows, their commitments."""
        seals: dict[tuple[bytes, bytes], tuple[int, int, bytes]] = {}
        for leaf in sorted(self.leaves.values(), key=lambda leaf: leaf.index):
            if leaf.log != "records" or leaf.kind != FILE_SEALED or len(leaf.data) != 106:
                continue
            if "public" not in leaf.parts:
                continue
            told = leaf.part("public")
            root, rows = _hex(told.get("root"), leaf.name, 32), _base64(told.get("commitments"), leaf.name)
            kind = _number(told.get("row_kind"), leaf.name)
            prefix = b"\x00" + kind.to_bytes(8, "big")[-1:]
            hashes = [_sha256(prefix, rows[at : at + 32]) for at in range(0, len(rows), 32)]
            if len(rows) % 32 or kind > 255 or _rows_root(hashes) != root:
                raise Refused("opening", leaf.name)
            seals.setdefault((leaf.issuer, root), (leaf.index, kind, rows))
        return seals

    def _check_row(self, leaf: Leaf) -> None:
        row = int.from_bytes(leaf.data[74:], "big")
        index, kind, rows = self._seals.get((leaf.issuer, leaf.data[42:74]), (0, 0, b""))
        if rows[32 * row : 32 * row + 32] != leaf.commitment or kind != leaf.kind:
            raise Refused("opening", leaf.name)
        if index > leaf.index:
            raise Refused("order", leaf.name)

    def _epoch(self, value: Any) -> Epoch:
        where = "epoch"
        told = _object(value, where)
        head = self.heads.get("views")
        if head is None:
            raise Refused("malformed", where)
        entry, index = _base64(told.get("entry"), where), _number(told.get("index"), where)
        path = _path(told.get("path"), where)
        if _root_from_path(_sha256(b"\x00", entry), index, head.size, path) != head.root:
            raise Refused("inclusion", where)
        if index != head.size - 1:
            raise Refused("not_newest", where)
        epoch = Epoch.of(entry)
        consistency = _object(told.get("consistency"), where)
        for log in ("records", "access"):
            size, root = epoch.logs[log]
            known = self.heads.get(log)
            if known is None:
                continue
            steps = _path(consistency.get(log), where)
            if size and not _consistent(size, root, known.size, known.root, steps):
                raise Refused("consistency", f"epoch/{log}")
        self.report.holds(
            f"第 {epoch.number} 期是所附检查点的最新一期 / epoch {epoch.number} is the newest of the checkpoint given"
        )
        self.report.open("该期之后发生的事 / what happened after that epoch")
        return epoch

    # --- claims -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Check every claim. Raises :class:`Refused` at the first that does not hold."""
        claims = _list(self._bundle.get("claims"), "claims")
        if not claims:
            raise Refused("malformed", "claims")
        kinds: dict[str, Callable[[dict[str, Any], str], None]] = {
            "recorded": self._recorded,
            "absent": self._absent,
            "shielded": self._shielded,
            "who_looked": self._who_looked,
            "answered": self._answered,
            "erased": self._erased,
        }
        for number, value in enumerate(claims):
            claim, where = _object(value, "claims"), f"claims/{number}"
            check = kinds.get(_text(claim.get("type"), where))
            if check is None:
                raise Refused("claim", where)
            check(claim, where)
        for line in UNCHECKED:
            self.report.open(line)
        if not all(head.witnessed for head in self.heads.values()):
            self.report.open(UNWITNESSED)

    def _recorded(self, claim: dict[str, Any], where: str) -> None:
        leaf = self.leaf(claim.get("leaf"), where)
        if leaf.log != "records":
            raise Refused("malformed", where)
        code = self.keys[leaf.issuer].holder
        holder = f"{_said(self.departments.get(code, {}), 'name')} {code}".strip()
        shown = ", ".join(sorted(leaf.parts)) or "-"
        self.report.holds(
            f"{leaf.name} 第 {leaf.index + 1} 条由 {holder} 签署并入账 / entry {leaf.index + 1} was sealed by"
            f" {holder} and recorded; 所示部分 parts shown: {shown}"
        )

    def _map(self, name: str, key: bytes, value: Any, where: str) -> bytes | None:
        """The value of a key in a map of the epoch, or None when it is proven absent."""
        if self.epoch is None or name not in self.epoch.maps:
            raise Refused("malformed", where)
        proof = _object(value, where)
        kind = _text(proof.get("kind"), where)
        siblings = [_hex(item, where, 32) for item in _list(proof.get("siblings"), where)]
        depth, wanted = len(siblings), int.from_bytes(key, "big")
        found_key, found_value, node = key, bytes(32), bytes(32)
        if kind == "nonInclusionLeaf":
            leaf = _list(proof.get("leaf"), where)
            if len(leaf) != 2:
                raise Refused("malformed", where)
            found_key, found_value = _hex(leaf[0], where, 32), _hex(leaf[1], where, 32)
            other = int.from_bytes(found_key, "big")
            # A leaf from elsewhere in the tree says nothing about this key.
            if found_key == key or not 0 < depth <= 256 or wanted >> (256 - depth) != other >> (256 - depth):
                raise Refused("map", where)
        elif kind == "inclusion":
            found_value = _hex(proof.get("value"), where, 32)
        elif kind != "nonInclusionParent":
            raise Refused("malformed", where)
        if kind != "nonInclusionParent":
            node = _sha256(b"\x02", found_key, found_value)
            if not depth:
                raise Refused("map", where)
        # A leaf beside a missing child would have moved up: no other tree has one shape.
        if depth > 256 or (depth and siblings[-1] == bytes(32) and (depth > 1 or node == bytes(32))):
            raise Refused("map", where)
        for level in range(depth - 1, -1, -1):
            pair = (siblings[level], node) if wanted >> (255 - level) & 1 else (node, siblings[level])
            node = _sha256(b"\x03", *pair)
        if node != self.epoch.maps[name][0]:
            raise Refused("map", where)
        return found_value if kind == "inclusion" else None

    def _absent(self, claim: dict[str, Any], where: str) -> None:
        record, proofs = _uuid(claim.get("record"), where), _object(claim.get("proofs"), where)
        if not proofs:
            raise Refused("malformed", where)
        for view, proof in proofs.items():
            if view not in ("public", "shared"):
                raise Refused("malformed", where)
            if self._map(view, _map_key(view, record), proof, where) is not None:
                raise Refused("present", where)
            self.report.holds(
                f"记录 {claim['record']} 不在 {view} 视图中 / the record is not in the {view} view"
            )

    def _shielded(self, claim: dict[str, Any], where: str) -> None:
        recorded, act = self.leaf(claim.get("recorded"), where), self.leaf(claim.get("act"), where)
        if recorded.kind != RECORD_DETERMINED or act.kind not in SHIELDING or recorded.stream != act.stream:
            raise Refused("malformed", where)
        if recorded.log != "records" or act.log != "records":
            raise Refused("malformed", where)
        if self.epoch is None or not recorded.index < act.index < self.epoch.logs["records"][0]:
            raise Refused("order", where)
        record = str(uuid.UUID(bytes=act.stream))
        proofs = _object(claim.get("proofs"), where)
        if set(proofs) != {"public", "shared"}:
            raise Refused("malformed", where)
        self._absent({"record": record, "proofs": proofs}, where)
        shields = _object(claim.get("shield"), where)
        for view in ("public", "shared"):
            value = self._map("shield", _map_key(view, act.stream), shields.get(view), where)
            if value is None or int.from_bytes(value, "big") > act.index:
                raise Refused("map", where)
        self.report.holds(
            f"记录 {record} 已{SHIELDING[act.kind]}，不在任何对外视图中 / is in no outward view, for good"
        )

    def _who_looked(self, claim: dict[str, Any], where: str) -> None:
        subject = self.leaf(claim.get("subject"), where)
        if subject.kind != SUBJECT_REGISTERED or subject.log != "records":
            raise Refused("malformed", where)
        if self.epoch is None or "access" not in self.heads:
            raise Refused("malformed", where)
        access_key = _hex(subject.part("restricted").get("access_key"), where, 32)
        looks = [self.leaf(name, where) for name in _list(claim.get("looks"), where)]
        proofs = _list(claim.get("proofs"), where)
        if len(proofs) != len(looks) + 1:
            raise Refused("incomplete", where)
        for counter, proof in enumerate(proofs):
            key = hmac.digest(access_key, counter.to_bytes(8, "big"), "sha256")
            value = self._map("access", key, proof, where)
            if counter == len(looks):
                if value is not None:
                    raise Refused("incomplete", where)
                break
            look = looks[counter]
            if value != look.index.to_bytes(32, "big") or look.stream != subject.stream:
                raise Refused("incomplete", where)
            if look.log != "access" or look.kind != LOOKED:
                raise Refused("malformed", where)
            told = look.part("public")
            self.report.holds(
                f"查询 look {counter + 1}: {_said(told, 'department', 'role', 'purpose', 'view')}"
            )
        self.report.holds(
            f"共 {len(looks)} 次查询，一次不缺 / {len(looks)} looks, none left out, up to access entry"
            f" {self.epoch.logs['access'][0]}"
        )

    def _answered(self, claim: dict[str, Any], where: str) -> None:
        look = self.leaf(claim.get("look"), where)
        told = look.part("public")
        shown, answers = _list(told.get("shown"), where), _list(told.get("answers"), where)
        if look.log != "access" or look.kind != LOOKED or len(shown) != len(answers):
            raise Refused("malformed", where)
        logged = {
            (*(_text(word, where) for word in _list(one, where)[:2]), _text(answer, where))
            for one, answer in zip(shown, answers, strict=True)
        }
        given = set[tuple[str, ...]]()
        for value in _list(claim.get("parts"), where):
            part = _object(value, where)
            content, salt = _base64(part.get("content"), where), _hex(part.get("salt"), where, 32)
            index = _number(part.get("leaf"), where).to_bytes(8, "big")
            digest = hmac.digest(salt, b"credit/view-part/v1\n" + index + _sha256(content), "sha256").hex()
            given.add((_text(part.get("record"), where), _text(part.get("part"), where), digest))
        if not given <= logged:
            raise Refused("answer", where)
        self.report.holds(
            f"答复 {len(given)}/{len(shown)} 部分在答复前已登记为 / parts were logged before they were sent:"
            f" {_said(told, 'department', 'officer', 'purpose')}"
        )
        if len(given) < len(shown):
            self.report.open("答复中未附的部分 / parts of the answer that are not in this bundle")

    def _erased(self, claim: dict[str, Any], where: str) -> None:
        act, names = self.leaf(claim.get("act"), where), _list(claim.get("leaves"), where)
        if act.kind != PARTS_ERASED or act.log != "records" or not names:
            raise Refused("malformed", where)
        gone: dict[tuple[str, int], list[tuple[str, bytes]]] = {}
        for named in _list(act.part("public").get("erased"), where):
            words = _list(named, where)
            if len(words) != 4:
                raise Refused("malformed", where)
            row = (_text(words[0], where), _decimal(_text(words[1], where), where) - 1)
            gone.setdefault(row, []).append((_text(words[2], where), _hex(words[3], where, 32)))
        for name in names:
            leaf = self.leaf(name, where)
            parts = gone.get((leaf.log, leaf.index))
            if parts is None:
                raise Refused("malformed", where)
            if any(leaf.closed.get(part) != commitment for part, commitment in parts):
                raise Refused("opening", where)
            if leaf.log == "records" and leaf.index > act.index:
                raise Refused("order", where)
            self.report.holds(
                f"{leaf.name} 的 {', '.join(part for part, _ in parts)} 已依法删除，其余仍可验证 / was erased by a"
                " recorded act; the rest still verifies"
            )


def _said(told: dict[str, Any], *names: str) -> str:
    return " ".join(told[name][:100] for name in names if isinstance(told.get(name), str))


@dataclass(frozen=True)
class Epoch:
    """One entry of the views log (FORMATS 5.4): which records and looks it covers, and the root of every map."""

    number: int
    logs: dict[str, tuple[int, bytes]]
    maps: dict[str, tuple[bytes, int]]

    @classmethod
    def of(cls, entry: bytes) -> Epoch:
        """The epoch of an entry's bytes. Raises :class:`Refused`."""
        where = "epoch/entry"
        try:
            lines = entry.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Refused("malformed", where) from None
        words = [line.split(" ") for line in lines]
        shape = ["credit/view-epoch@v1", "epoch", "records", "digest", "access", "access-digest", "rule"]
        maps = ["public", "shared", "shield", "access"]
        if [w[0] for w in words] != [*shape, *["map"] * 4, "delta", ""]:
            raise Refused("malformed", where)
        if [len(w) for w in words] != [1, 2, 3, 3, 3, 3, 2, 4, 4, 4, 4, 2, 1] or [
            w[1] for w in words[7:11]
        ] != maps:
            raise Refused("malformed", where)
        if words[3][1] != words[2][1] or words[5][1] != words[4][1]:
            raise Refused("malformed", where)
        for text in (words[3][2], words[5][2], words[6][1], words[11][1]):
            _base64(text, where, 32)
        return cls(
            _decimal(words[1][1], where),
            {w[0]: (_decimal(w[1], where), _base64(w[2], where, 32)) for w in (words[2], words[4])},
            {w[1]: (_base64(w[2], where, 32), _decimal(w[3], where)) for w in words[7:11]},
        )


def verify(bundle: bytes, policy: bytes) -> Report:
    """Check a bundle under a policy; never raises for what it is given.

    A report with ``refused`` set proves nothing, whatever stands among its ``checked`` lines.
    """
    report = Report()
    try:
        if len(bundle) > BUNDLE_BYTES_MAX:
            raise Refused("too_large", "bundle")
        trusted = Policy.of(policy)
        Verifier(_object(_json(bundle, "bundle"), "bundle"), trusted, report).run()
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
        told = {
            "good": report.good,
            "refused": reason,
            "checked": report.checked,
            "unchecked": report.unchecked,
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0 if report.good else 1
    for line in report.checked:
        print(f"  ✓ {line}")
    for line in report.unchecked:
        print(f"  ? 未查 not checked: {line}")
    if refused:
        zh, en = REASONS[refused.code]
        print(f"✗ 不成立 REFUSED ({refused.where}): {zh} / {en}")
        return 1
    at = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")
    print(f"✓ 成立 VERIFIED {at}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
