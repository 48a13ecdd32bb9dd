"""The credit office's acts of governing over HTTP: sealed with its key over the event that each becomes, then sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.shared.canonical import Json, Parts
from domain.shared.kinds import Kind
from domain.shared.names import name_id
from domain.transparency.leaf import issuer_id
from interfaces.client.api import Client
from interfaces.client.sealing import seal_remedy

SEAL = ("salt", "issuer", "signature")
ADOPTED: Mapping[str, tuple[Kind, str, str]] = {
    "catalogue_item": (Kind.CATALOGUE_ITEM_ADOPTED, "catalogue", ""),
    "list_standard": (Kind.LIST_STANDARD_ADOPTED, "list", "standard"),
    "measure": (Kind.MEASURE_ITEM_ADOPTED, "measure", "item"),
}
"""Of what a version is -> the kind of its event, the kind of its stream's name, and the event's member that holds it
(empty: the event holds the version's own members)."""


class GoverningOffice:
    """The credit office at work; the client's department is the office, with the officer who acts.

    Every method gives the receipt and raises ``Problem`` when the act is refused.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def register_department(self, *, code: str, name: str, role: str = "department") -> dict[str, Any]:
        """Register a department that takes part."""
        said = {"code": code, "name": name, "role": role}
        stream = ("department", code)
        return self._send("departments", said, Kind.DEPARTMENT_REGISTERED, stream, {"public": said})

    def rank_department(self, *, code: str, rank: str, basis: str, member: bool = False) -> dict[str, Any]:
        """Register of which rank a department is, and whether it is a member of the joint meeting."""
        said: dict[str, Json] = {"code": code, "rank": rank, "basis": basis}
        said |= {"member": True} if member else {}
        return self._send(
            "department-ranks", said, Kind.DEPARTMENT_RANKED, ("department", code), {"public": said}
        )

    def register_first_key(
        self, *, department: str, public_key: bytes, not_before: date, not_after: date
    ) -> dict[str, Any]:
        """Register the key with which a department begins to sign."""
        days = {"not_before": not_before.isoformat(), "not_after": not_after.isoformat()}
        said = {"department": department, "public_key": public_key.hex(), **days}
        issuer = issuer_id(public_key).hex()
        public: dict[str, Json] = {
            "issuer": issuer,
            "algorithm": "ed25519",
            "public_key": public_key.hex(),
            "holder_kind": "department",
            "holder": department,
            **days,
        }
        return self._send("department-keys", said, Kind.KEY_REGISTERED, ("key", issuer), {"public": public})

    def register_officer(self, *, department: str, pseudonym: str, role: str, name: str) -> dict[str, Any]:
        """Register an officer; the name is sealed as personal data."""
        public: dict[str, Json] = {"department": department, "pseudonym": pseudonym, "role": role}
        parts: Parts = {"public": public, "person/1": {"name": name}}
        said = {**public, "name": name}
        return self._send("officers", said, Kind.OFFICER_REGISTERED, ("officer", pseudonym), parts)

    def register_purpose(self, *, code: str, zh: str, en: str) -> dict[str, Any]:
        """Register a purpose of queries."""
        said = {"code": code, "zh": zh, "en": en}
        return self._send("purposes", said, Kind.PURPOSE_REGISTERED, ("purpose", code), {"public": said})

    def adopt(self, what: str, content: Mapping[str, Json]) -> dict[str, Any]:
        """Adopt the next version of what is made nationally, as its register tells it."""
        kind, name, member = ADOPTED[what]
        held: dict[str, Json] = {**content, "reasons": []}
        code, version = content["code"], content["version"]
        public = {"code": code, "version": version, member: held} if member else held
        said = {"what": what, "content": dict(content)}
        return self._send("adoptions", said, kind, (name, str(code)), {"public": public})

    def _send(
        self, path: str, said: Mapping[str, Any], kind: Kind, stream: tuple[str, str], parts: Parts
    ) -> dict[str, Any]:
        ledger = self._client.ledger_id
        record = str(name_id(UUID(ledger), *stream))
        key = self._client.department.key
        sealed = seal_remedy(kind, parts, record=record, ledger_id=bytes.fromhex(ledger), key=key)
        body = {**said, **{part: sealed[part] for part in SEAL}}
        receipt: dict[str, Any] = self._client.post(f"/v1/{path}", body)["receipt"]
        return receipt
