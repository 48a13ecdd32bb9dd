"""The clean-up ledger from a unit's side: its workbook sent and taken out, what anyone may see of it."""

from __future__ import annotations

from typing import Any

from domain.access.model import INSTRUMENT_CLEANUP
from interfaces.client.api import Client

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

    def public(self, unit: str = "") -> dict[str, Any]:
        """The ledger as anyone may see it."""
        return self._client.get(f"{PATH}?unit={unit}" if unit else PATH)
