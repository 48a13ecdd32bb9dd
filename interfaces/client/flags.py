"""Flags from the client's side: a unit reads and answers its own, the credit office reads all and closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.access.model import SUPERVISION
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.sealing import seal_remedy

PATH = "/v1/flags"


class Flags:
    """The flags (责任线索) at one service, as an officer of the client's department.

    Every method raises ``Problem`` when it is refused and ``Unreachable`` when no attempt got through.
    """

    def __init__(self, client: Client, *, official: str) -> None:
        self._client, self._official = client, official

    def page(self, *, open_only: bool = False, cursor: str = "", limit: int = 200) -> dict[str, Any]:
        """A page of flags, oldest first; ``next`` when there are more."""
        said: dict[str, Any] = {"open": open_only, "limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._asked(PATH, said)

    def one(self, flag: str) -> dict[str, Any]:
        """A flag with its evidence and its timeline."""
        return self._asked(f"{PATH}/{flag}/state", {})

    def shown(self, flag: str) -> str:
        """The same as a page."""
        purpose = SUPERVISION.code
        told = self._client.fetch(
            f"{PATH}/{flag}/state",
            {},
            accept="text/html",
            credit_official=self._official,
            credit_purpose=purpose,
        )
        return told.decode()

    def answer(
        self, told: Mapping[str, Any], statement: str, *, materials: Sequence[str] = ()
    ) -> dict[str, Any]:
        """State the unit's case on a flag as it was told last, sealed with the unit's own key."""
        flag, first = told["flag"], told["steps"][0]
        restricted = {"statement": statement} | ({"materials": list(materials)} if materials else {})
        sealed = seal_remedy(
            Kind.FLAG_ANSWERED,
            {"public": {"answers": first["leaf_hash"]}, "restricted": restricted},
            record=flag["flag"],
            ledger_id=bytes.fromhex(self._client.ledger_id),
            key=self._client.department.key,
        )
        return self._acted(flag, "answer", sealed)

    def reassign(
        self, told: Mapping[str, Any], *, unit: str, responsible: str = "", reasons: str
    ) -> dict[str, Any]:
        """Assign a flag as it was told last to another unit or officer; for the credit office."""
        said = {"unit": unit, "responsible": responsible, "reasons": reasons}
        return self._acted(told["flag"], "reassign", said)

    def close(self, told: Mapping[str, Any], *, outcome: str, reasons: str) -> dict[str, Any]:
        """Close a flag as it was told last; for the credit office."""
        return self._acted(told["flag"], "close", {"outcome": outcome, "reasons": reasons})

    def _asked(self, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        return self._client.post(path, said, credit_official=self._official, credit_purpose=SUPERVISION.code)

    def _acted(self, flag: Mapping[str, Any], what: str, said: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"credit_official": self._official, "if_match": f'"{flag["version"]}"'}
        receipt: dict[str, Any] = self._client.post(f"{PATH}/{flag['flag']}/{what}", said, **headers)[
            "receipt"
        ]
        return receipt
