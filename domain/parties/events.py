"""The facts about departments, officers, keys and credit subjects.

Governance commands make them; the registry folds them before any act is let in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class DepartmentRegistered(Event):
    """A department (部门) that takes part, under its 统一社会信用代码.

    ``role`` is ``department``, ``credit_office`` (信用办) or ``auditor`` (审计机关).
    """

    TOPIC: ClassVar[str] = "department.registered"
    KIND: ClassVar[Kind] = Kind.DEPARTMENT_REGISTERED
    code: str
    name: str
    role: str


class DepartmentRanked(Event):
    """Of which rank a department is (层级, 49号(八)), as the credit office registered it; the last one holds.

    ``rank`` is national, provincial, municipal, county or township; ``basis`` says by which document; ``member``: it
    belongs to the joint meeting (联席会议成员单位, 49号(一)), left out where it does not.
    """

    TOPIC: ClassVar[str] = "department.ranked"
    KIND: ClassVar[Kind] = Kind.DEPARTMENT_RANKED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``member``."""
    code: str
    rank: str
    basis: str
    member: bool | None = None


class OfficerRegistered(Event):
    """An officer (工作人员) of a department, known outside it by a pseudonym only (49号(十三)).

    ``role`` is ``operator``, ``supervisor`` (督查人员), ``credit_officer``, ``auditor`` or ``tip_off_handler`` (who
    opens tip-offs, WHS-1); ``department`` is the department's code.
    """

    TOPIC: ClassVar[str] = "officer.registered"
    KIND: ClassVar[Kind] = Kind.OFFICER_REGISTERED
    PART_OF: ClassVar[Mapping[str, str]] = {"name": "person/1"}
    department: str
    pseudonym: str
    role: str
    name: str | None = None


class KeyRegistered(Event):
    """A signing key (签名密钥) begins to speak for its holder from this position on.

    ``holder`` is a department's code, an officer's stream id or ``gateway``; ``not_before`` and ``not_after``
    are ISO dates, both inclusive. Of a key that a department registers itself, ``succeeds`` is the issuer id of its
    present key, which signed the wish (``asked``), as the new key did (``possession``); both in hex over
    ``domain.transparency.succession``.
    """

    TOPIC: ClassVar[str] = "key.registered"
    KIND: ClassVar[Kind] = Kind.KEY_REGISTERED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``succeeds``, ``asked`` and ``possession``."""
    issuer: str
    algorithm: str
    public_key: str
    holder_kind: str
    holder: str
    not_before: str
    not_after: str
    succeeds: str | None = None
    asked: str | None = None
    possession: str | None = None


class DepartmentKeyBegun(Event):
    """A department begins to sign (启用密钥), for the first time or again after its last key ended.

    Recorded in the department's own stream by the platform with that key's :class:`KeyRegistered`, so that of two first
    keys registered in one instant the second finds the stream moved.
    """

    TOPIC: ClassVar[str] = "department.key_begun"
    KIND: ClassVar[Kind] = Kind.PLATFORM
    code: str
    issuer: str


class KeyRevoked(Event):
    """A key stops speaking for anyone from this position on; what it signed before stays good (吊销)."""

    TOPIC: ClassVar[str] = "key.revoked"
    KIND: ClassVar[Kind] = Kind.KEY_REVOKED
    issuer: str
    reason: str


class KeyEnded(Event):
    """In the access log: a gateway key that is revoked signs no look from this position on.

    It commits with its :class:`KeyRevoked`, since one log tells nothing about positions of the other.
    """

    TOPIC: ClassVar[str] = "key.ended"
    KIND: ClassVar[Kind] = Kind.KEY_ENDED
    issuer: str


class LogKeyAnnounced(Event):
    """Keys that sign the logs' checkpoints are announced (公布日志密钥); they sign once this entry is in a signed tree.

    ``keys`` are the verifier keys of generation ``number``, of every log and algorithm (FORMATS 1.2, 5.8).
    """

    TOPIC: ClassVar[str] = "key.log_announced"
    KIND: ClassVar[Kind] = Kind.LOG_KEY_ANNOUNCED
    number: int
    keys: list[str]


class LogKeyRetired(Event):
    """A generation of log keys signs no more (停用日志密钥).

    It goes on vouching for trees of each log up to the size given here, and for none beyond.
    """

    TOPIC: ClassVar[str] = "key.log_retired"
    KIND: ClassVar[Kind] = Kind.LOG_KEY_RETIRED
    number: int
    keys: list[str]
    records: int
    access: int
    views: int
    reason: str


class SubjectRegistered(Event):
    """A credit subject (信用主体) met for the first time: organisation, individual business or natural person.

    Its id is random; its identifier is sealed, and its access key (32 random bytes, hex) commits it to the
    list of who looked (STORAGE 4).
    """

    TOPIC: ClassVar[str] = "subject.registered"
    KIND: ClassVar[Kind] = Kind.SUBJECT_REGISTERED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "access_key": "restricted",
        "id_type": "person/1",
        "id_number": "person/1",
    }
    subject_kind: str
    access_key: str | None = None
    code: str | None = None
    id_type: str | None = None
    id_number: str | None = None
