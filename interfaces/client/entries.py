"""Red lists, the watch list, entries for reference and the green channel from the client's side.

A department seals its entry under an id that it draws; each act is one signed request and gives the receipt.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.remedies import Receipt
from interfaces.client.sealing import seal_remedy
from interfaces.client.signing import purpose_header

Sort = Literal["red", "watch", "reference"]
_ROUTES: Mapping[Sort, tuple[str, str, Kind, Kind]] = {
    "red": ("/v1/red-list-entries", "remove", Kind.RED_LISTED, Kind.RED_REMOVED),
    "watch": ("/v1/watch-list-entries", "end", Kind.WATCH_ENTERED, Kind.WATCH_ENDED),
    "reference": ("/v1/reference-entries", "end", Kind.REFERENCE_ENTERED, Kind.REFERENCE_ENDED),
}


class Entries:
    """Entries (列入) at one service, as the client's department; errors as for ``Remedies``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def enter(self, sort: Sort, parts: Parts, *, official: str, key: str | None = None) -> Receipt:
        """Enter a subject; ``parts`` as the event of the sort has them. The receipt's ``case`` is the entry."""
        path, _, kind, _ = _ROUTES[sort]
        entry = str(uuid.uuid4())
        said = {"entry": entry, **self._sealed(kind, parts, entry)}
        receipt: Receipt = self._client.post(path, said, key=key, credit_official=official)["receipt"]
        return receipt

    def end(self, sort: Sort, entry: str, parts: Parts, *, official: str, key: str | None = None) -> Receipt:
        """End an entry of this department; ``parts`` name it by the leaf hash of its receipt, and give the reason."""
        path, what, _, kind = _ROUTES[sort]
        said = self._sealed(kind, parts, entry)
        receipt: Receipt = self._client.post(
            f"{path}/{entry}/{what}", said, key=key, credit_official=official
        )["receipt"]
        return receipt

    def object(
        self,
        entry: str,
        *,
        subject: Mapping[str, str],
        grounds: str,
        evidence: Sequence[str] = (),
        agent: Mapping[str, str] | None = None,
    ) -> Receipt:
        """The subject of an entry, or its ``agent``, objects to it at a portal."""
        said = {"subject": dict(subject), "grounds": grounds, "evidence": list(evidence)}
        said |= {} if agent is None else {"agent": dict(agent)}
        receipt: Receipt = self._client.post(
            f"/v1/entries/{entry}/object", said, credit_on_behalf_of="agent" if agent else "subject"
        )["receipt"]
        return receipt

    def reject(self, entry: str, *, official: str, reasons: str, remedies: Mapping[str, str]) -> Receipt:
        """Reject an objection to an entry of this department."""
        said = {"reasons": reasons, "remedies": dict(remedies)}
        receipt: Receipt = self._client.post(f"/v1/entries/{entry}/reject", said, credit_official=official)[
            "receipt"
        ]
        return receipt

    def green_channel(
        self, subject: Mapping[str, str], *, official: str, purpose: str, case: str, basis: str
    ) -> dict[str, Any]:
        """Whether the green channel is open to a subject, by which ground; logged in the subject's own list."""
        return self._asked(
            "/v1/green-channel", subject, official, purpose_header(purpose, case=case, basis=basis)
        )

    def query(
        self,
        sort: Literal["watch", "reference"],
        subject: Mapping[str, str],
        *,
        official: str,
        purpose: str,
        case: str,
        basis: str,
    ) -> list[dict[str, Any]]:
        """This department's own watches of a subject, or what is there for reference; logged as any query."""
        path = f"{_ROUTES[sort][0]}/query"
        answer = self._asked(path, subject, official, purpose_header(purpose, case=case, basis=basis))
        entries: list[dict[str, Any]] = answer["entries"]
        return entries

    def _asked(self, path: str, subject: Mapping[str, str], official: str, purpose: str) -> dict[str, Any]:
        said = {"subjects": [dict(subject)]}
        return self._client.post(path, said, credit_official=official, credit_purpose=purpose)

    def _sealed(self, kind: Kind, parts: Parts, entry: str) -> dict[str, Any]:
        ledger_id = bytes.fromhex(self._client.ledger_id)
        return seal_remedy(kind, parts, record=entry, ledger_id=ledger_id, key=self._client.department.key)
