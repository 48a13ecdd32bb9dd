"""The clean-up ledger from a unit's side: its workbook sent and taken out, what anyone may see of it."""

from __future__ import annotations

from typing import Any

from domain.access.model import INSTRUMENT_CLEANUP
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.sealing import seal_remedy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATH = "/v1/instruments"


class Instruments:
    """The clean-up ledger (失信约束措施台账) at one service, as the client's department.

    Every method raises ``Problem`` when it is refused and ``Unreachable`` when no attempt got through.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def send(self, workbook: bytes) -> dict[str, Any]:
        """Send a ledger in the form's columns; the receipt and the refused rows. Sending it again changes nothing."""
        return self._client.send_file(PATH, workbook, content_type=XLSX)

    def take_out(self, *, official: str, unit: str = "") -> bytes:
        """The ledger's workbook with who answers for it: one's own, for the credit office any unit's or all."""
        said = {"unit": unit} if unit else {}
        purpose = INSTRUMENT_CLEANUP.code
        return self._client.fetch(
            f"{PATH}/export", said, accept=XLSX, credit_official=official, credit_purpose=purpose
        )

    def file(self, what: str, **said: Any) -> dict[str, Any]:
        """File a return: ``nil``; ``plan`` (document, steps); ``completion`` (document, evidence); ``summary``
        (evidence); ``omission`` (unit, title)."""
        receipt: dict[str, Any] = self._client.post(f"{PATH}/returns", {"what": what, **said})["receipt"]
        return receipt

    def notice(self, month: str) -> dict[str, Any]:
        """A month's notice (``2026-11``) as the ledger computes it and as it was issued."""
        return self._client.get(f"{PATH}/notices/{month}")

    def issue(self, month: str) -> dict[str, Any]:
        """Seal a month's notice as it is computed, with the credit office's key, and have it recorded."""
        told = self.notice(month)
        sealed = seal_remedy(
            Kind.INSTRUMENT_NOTICE_ISSUED,
            {"public": {"month": month, "content": told["computed"]}},
            record=str(told["notice"]),
            ledger_id=bytes.fromhex(self._client.ledger_id),
            key=self._client.department.key,
        )
        receipt: dict[str, Any] = self._client.post(f"{PATH}/notices", sealed)["receipt"]
        return receipt

    def public(self, unit: str = "") -> dict[str, Any]:
        """The ledger as anyone may see it."""
        return self._client.get(f"{PATH}?unit={unit}" if unit else PATH)
