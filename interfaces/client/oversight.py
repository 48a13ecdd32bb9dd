"""Oversight as a department's own client: traces of leaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.access.model import LEAK_TRACING
from interfaces.client.api import Client
from interfaces.client.signing import purpose_header


class Oversight:
    """What the credit office asks and does about queries, by one officer."""

    def __init__(self, client: Client, official: str) -> None:
        self.client, self.official = client, official

    def trace(
        self,
        *,
        case: str,
        basis: str,
        record: str = "",
        subject: Mapping[str, str] | None = None,
        excerpt: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Which answers held a record, or anything of a subject, the likeliest source of an excerpt first.

        Raises ``Problem`` when it is refused: by rule QRY-4 also where it could not be complete.
        """
        target: dict[str, Any] = {"record": record} if record else {}
        target |= {"subject": dict(subject)} if subject else {}
        said = {**target, "excerpt": dict(excerpt or {})}
        purpose = purpose_header(LEAK_TRACING.code, case=case, basis=basis)
        return self.client.post("/v1/traces", said, credit_official=self.official, credit_purpose=purpose)
