"""Policy files: which logs are believed, and which witnesses together are enough (FORMATS 1.8, tlog-policy.md).

A verifier is given one; :func:`judged` is the whole question about a checkpoint. The file is octets: names are
compared byte by byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from domain.transparency.checkpoint import SignedCheckpoint
from domain.transparency.cosignature import OpenedCheckpoint, opened
from domain.transparency.strict import Refused, decimal
from domain.transparency.vkey import SignatureType, VerifierKey, Verify, parse_vkey

POLICY_BYTES_MAX = 262_144
ENTRIES_MAX = 32
"""At most so many logs, so many witnesses and so many groups."""
_NONE = b"none"
_RETIRED = b"#retired"
_LOG_TYPES = frozenset({SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE})
_WITNESS_TYPES = frozenset({SignatureType.ED25519_COSIGNATURE, SignatureType.ML_DSA_44_COSIGNATURE})


class RefusedPolicy(Refused):
    """Bytes that are no policy, or a checkpoint that the policy does not believe."""


@dataclass(frozen=True)
class Log:
    """A log by its key, whose name is the origin."""

    key: VerifierKey
    url: bytes | None = None


@dataclass(frozen=True)
class Witness:
    """A witness by the name it has in this file only, and its key."""

    name: bytes
    key: VerifierKey
    url: bytes | None = None


@dataclass(frozen=True)
class Group:
    """Stands for its members when at least ``threshold`` of them stand; members are witnesses or earlier groups."""

    name: bytes
    threshold: int
    members: tuple[bytes, ...]


@dataclass(frozen=True)
class RetiredLog:
    """A key that signed a log once and vouches for trees up to ``size`` only."""

    key: VerifierKey
    size: int


@dataclass(frozen=True)
class Policy:
    """Any one of ``logs`` signed, or one of ``retired`` a tree no larger than its size, and ``quorum`` (a witness or
    group; None: nobody) stands.

    A retired key is a line ``#retired <size> <vkey>``: to whoever does not know it a comment, so that the key is none.
    """

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: bytes | None
    retired: tuple[RetiredLog, ...] = ()


def keys_of(logs: Iterable[Log], retired: Iterable[RetiredLog]) -> list[VerifierKey]:
    """The keys of both."""
    return [*(log.key for log in logs), *(log.key for log in retired)]


def satisfied(policy: Policy, cosigners: Collection[VerifierKey]) -> bool:
    """Are these keys, each of which cosigned, enough for the quorum? Keys of no witness count nothing."""
    if policy.quorum is None:
        return True
    keys = set(cosigners)
    standing = {witness.name for witness in policy.witnesses if witness.key in keys}
    for group in policy.groups:
        if sum(member in standing for member in group.members) >= group.threshold:
            standing.add(group.name)
    return policy.quorum in standing


def judged(policy: Policy, signed: SignedCheckpoint, verify: Verify) -> OpenedCheckpoint:
    """The checkpoint, believed, with everyone of the policy who vouches for it.

    A witness without a time vouches for no largest tree and is not counted. Raises :class:`RefusedPolicy`:
    ``log_unknown``, ``log_signature_missing``, ``quorum_missing``, or what ``cosignature.opened`` says.
    """
    origin, size = signed.checkpoint.origin, signed.checkpoint.size
    known = [key for key in keys_of(policy.logs, policy.retired) if key.name == origin]
    if not known:
        raise RefusedPolicy("log_unknown")
    # A line of a key that was retired at a smaller tree counts as that of a stranger.
    beyond = {retired.key for retired in policy.retired if size > retired.size}
    logs = {key for key in known if key not in beyond}
    try:
        result = opened(signed, logs | {witness.key for witness in policy.witnesses}, verify)
    except Refused as refused:
        raise RefusedPolicy(refused.code) from None
    if not any(vouched.key in logs for vouched in result.vouched):
        raise RefusedPolicy("log_signature_missing")
    if not satisfied(policy, [vouched.key for vouched in result.vouched if vouched.seconds]):
        raise RefusedPolicy("quorum_missing")
    return result


def parse_policy(data: bytes) -> Policy:
    """The policy of a file. Raises :class:`RefusedPolicy`."""
    if len(data) > POLICY_BYTES_MAX:
        raise RefusedPolicy("policy_too_large")
    if any((octet < 0x20 and octet not in b"\t\n") or octet == 0x7F for octet in data):
        raise RefusedPolicy("policy_control_character")
    lines = data.split(b"\n")
    if lines.pop():
        raise RefusedPolicy("policy_newline")
    reading = _Reading()
    for line in lines:
        # Only spaces and tabs separate; bytes.split() would also take what is refused above.
        words = line.replace(b"\t", b" ").split(b" ")
        words = [word for word in words if word]
        if words and (words[0] == _RETIRED or not words[0].startswith(b"#")):
            reading.take(words)
    return reading.policy()


def format_policy(policy: Policy) -> bytes:
    """A file that reads back as this policy; thresholds as numbers.

    Raises :class:`RefusedPolicy` when no file does.
    """
    lines: list[Sequence[bytes]] = []
    lines += [(b"log", *_keyed(log.key, log.url)) for log in policy.logs]
    lines += [(_RETIRED, str(one.size).encode(), str(one.key).encode()) for one in policy.retired]
    lines += [(b"witness", one.name, *_keyed(one.key, one.url)) for one in policy.witnesses]
    lines += [(b"group", one.name, str(one.threshold).encode(), *one.members) for one in policy.groups]
    lines.append((b"quorum", _NONE if policy.quorum is None else policy.quorum))
    data = b"".join(b" ".join(words) + b"\n" for words in lines)
    if parse_policy(data) != policy:
        raise RefusedPolicy("policy_form")
    return data


def _keyed(key: VerifierKey, url: bytes | None) -> list[bytes]:
    return [str(key).encode(), *([] if url is None else [url])]


class _Reading:
    """What has been read of a file so far."""

    def __init__(self) -> None:
        self._logs: list[Log] = []
        self._retired: list[RetiredLog] = []
        self._witnesses: list[Witness] = []
        self._groups: list[Group] = []
        self._quorums: list[bytes] = []
        self._names: set[bytes] = set()
        self._members: set[bytes] = set()

    def take(self, words: list[bytes]) -> None:
        match words:
            case [b"log", vkey, *url] if len(url) < 2:
                self._logs.append(Log(self._log_key(vkey), *url))
            case [b"#retired", digits, vkey]:
                size = decimal(digits.decode("latin-1"))
                if size is None:
                    raise RefusedPolicy("retired_size")
                self._retired.append(RetiredLog(self._log_key(vkey), size))
            case [b"witness", name, vkey, *url] if len(url) < 2:
                self._define(name)
                key = _key(vkey, _WITNESS_TYPES, [witness.key for witness in self._witnesses])
                self._witnesses.append(Witness(name, key, *url))
            case [b"group", name, threshold, _, *_]:
                self._group(name, threshold, words[3:])
            case [b"quorum", name]:
                if name != _NONE and name not in self._names:
                    raise RefusedPolicy("name_unknown")
                self._quorums.append(name)
            case _:
                raise RefusedPolicy("policy_line")
        if max(len(self._logs), len(self._witnesses), len(self._groups)) > ENTRIES_MAX:
            raise RefusedPolicy("policy_too_many")

    def policy(self) -> Policy:
        if len(self._quorums) != 1:
            raise RefusedPolicy("quorum_count")
        quorum = None if self._quorums[0] == _NONE else self._quorums[0]
        logs, retired = tuple(self._logs), tuple(self._retired)
        return Policy(logs, tuple(self._witnesses), tuple(self._groups), quorum, retired)

    def _log_key(self, vkey: bytes) -> VerifierKey:
        return _key(vkey, _LOG_TYPES, keys_of(self._logs, self._retired))

    def _group(self, name: bytes, threshold: bytes, members: list[bytes]) -> None:
        for member in members:
            if member not in self._names:
                raise RefusedPolicy("name_unknown")
            if member in self._members:
                raise RefusedPolicy("member_twice")
            self._members.add(member)
        self._define(name)
        count = {b"any": 1, b"all": len(members)}.get(threshold) or decimal(threshold.decode("latin-1"))
        if count is None or not 1 <= count <= len(members):
            raise RefusedPolicy("group_threshold")
        self._groups.append(Group(name, count, tuple(members)))

    def _define(self, name: bytes) -> None:
        if name == _NONE or name in self._names:
            raise RefusedPolicy("name_taken")
        self._names.add(name)


def _key(vkey: bytes, types: Collection[SignatureType], others: Sequence[VerifierKey]) -> VerifierKey:
    try:
        key = parse_vkey(vkey.decode("utf-8"))
    except UnicodeDecodeError:
        raise RefusedPolicy("key_form") from None
    except Refused as refused:
        raise RefusedPolicy(refused.code) from None
    if key.type not in types:
        raise RefusedPolicy("key_type")
    # One key under two names would vote twice.
    if any(other.signer == key.signer for other in others):
        raise RefusedPolicy("key_twice")
    return key
