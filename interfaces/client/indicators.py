"""Indicators from the client's side: a unit asks for its own, the credit office for all, and issues the notice."""

from __future__ import annotations

from typing import Any

from domain.access.model import SUPERVISION
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.sealing import seal_remedy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATH = "/v1/indicators"


class Indicators:
    """The indicators (考核指标) at one service, as an officer of the client's department.

    Every method raises ``Problem`` when it is refused and ``Unreachable`` when no attempt got through.
    """

    def __init__(self, client: Client, *, official: str) -> None:
        self._client = client
        self._headers = {"credit_official": official, "credit_purpose": SUPERVISION.code}

    def public(self, month: str = "") -> dict[str, Any]:
        """A month as anyone is told; the last one that is over if left out."""
        return self._client.get(f"{PATH}?month={month}" if month else PATH)

    def exact(self, month: str = "") -> dict[str, Any]:
        """The exact numbers of one's own unit, for the credit office of all."""
        return self._client.post(PATH, {"month": month} if month else {}, **self._headers)

    def year(self, year: str) -> dict[str, Any]:
        """The exact numbers of a year so far, for the yearly assessment (年度目标考核)."""
        return self._client.post(PATH, {"year": year}, **self._headers)

    def workbook(self, month: str = "") -> bytes:
        """The same as a workbook."""
        return self._client.fetch(PATH, {"month": month} if month else {}, accept=XLSX, **self._headers)

    def issue(self, month: str) -> dict[str, Any]:
        """Seal a month's notice as it is computed, with the credit office's key, and have it recorded."""
        told = self.exact(month)
        content = {"until": told["until"], "units": told["units"]}
        sealed = seal_remedy(
            Kind.INDICATORS_NOTIFIED,
            {
                "public": {"month": month, "digest": told["digest"], "content": content},
                "restricted": {"exact": told["exact"]},
            },
            record=told["notice"],
            ledger_id=bytes.fromhex(self._client.ledger_id),
            key=self._client.department.key,
        )
        receipt: dict[str, Any] = self._client.post(f"{PATH}/notices", sealed)["receipt"]
        return receipt
