"""Oversight as a department's own client: traces of leaks, reviews of queries, relations of officers, incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.access.model import INCIDENT_HANDLING, LEAK_TRACING, QUERY_REVIEW, SUPERVISION
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

    def shown(self, path: str, said: Mapping[str, Any], *, purpose: str) -> str:
        """The page of what ``path`` tells, logged before it leaves as the JSON is. Raises ``Problem``."""
        page = self.client.fetch(
            path, said, accept="text/html", credit_official=self.official, credit_purpose=purpose
        )
        return page.decode()

    def review(self, review: str) -> dict[str, Any]:
        """A review with its query, for whoever may decide it. Raises ``Problem``."""
        path = f"/v1/reviews/{review}/state"
        return self.client.post(path, {}, credit_official=self.official, credit_purpose=QUERY_REVIEW.code)

    def decide(
        self, review: str, *, version: int, finding: str, consequence: str, reasons: str
    ) -> dict[str, Any]:
        """Decide a review on the version that was seen; the receipt. Raises ``Problem``."""
        said = {"finding": finding, "consequence": consequence, "reasons": reasons}
        return self._done(f"/v1/reviews/{review}/decide", said, version=version)

    def declare(self, officer: str, subject: Mapping[str, str], *, relation: str) -> dict[str, Any]:
        """Declare a relative or colleague of an officer of the department; the receipt. Raises ``Problem``."""
        said = {"officer": officer, "subject": dict(subject), "relation": relation}
        return self._done("/v1/officer-relations", said)

    def end_relation(
        self, officer: str, subject: Mapping[str, str], *, relation: str, how: str, reasons: str
    ) -> dict[str, Any]:
        """End a relation that was declared, as another officer of the department; the receipt. Raises ``Problem``."""
        said = {"officer": officer, "subject": dict(subject), "relation": relation}
        return self._done("/v1/officer-relations/end", {**said, "how": how, "reasons": reasons})

    def reinstate(self, officer: str, *, case: str, reasons: str) -> dict[str, Any]:
        """Give an officer the right to query back, as the credit office; the receipt. Raises ``Problem``."""
        return self._done(
            "/v1/officer-reinstatements", {"officer": officer, "case": case, "reasons": reasons}
        )

    def standing(self, officer: str) -> dict[str, Any]:
        """Whether an officer may query, and every suspension and reinstatement. Raises ``Problem``."""
        purpose = SUPERVISION.code
        return self.client.post(
            "/v1/officers/standing",
            {"officer": officer},
            credit_official=self.official,
            credit_purpose=purpose,
        )

    def open_incident(self, *, kind: str, facts: str) -> dict[str, Any]:
        """Open an incident as the credit office; the receipt. Raises ``Problem``."""
        return self._done("/v1/incidents", {"kind": kind, "facts": facts})

    def act(self, incident: str, what: str, *, version: int, **said: Any) -> dict[str, Any]:
        """An act (evidence, measure, notice, close) on an incident; the receipt. Raises ``Problem``."""
        return self._done(f"/v1/incidents/{incident}/{what}", said, version=version)

    def incident(self, incident: str) -> dict[str, Any]:
        """How an incident stands. Raises ``Problem``."""
        return self._about(f"/v1/incidents/{incident}/state", {})

    def bundle(self, incident: str, digest: str) -> dict[str, Any]:
        """An attached bundle. Raises ``Problem``."""
        return self._about(f"/v1/incidents/{incident}/bundle", {"digest": digest})

    def send_cases(self, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Send cases that had to be checked (``case``, ``subject``, ``day``); the receipt counts the gap."""
        return self._done("/v1/duty-checks", {"cases": [dict(case) for case in cases]})

    def gap(self, **asked: Any) -> dict[str, Any]:
        """The newest check, or the one that is asked for, with the cases that were not checked."""
        purpose = SUPERVISION.code
        return self.client.post(
            "/v1/duty-checks/report", asked, credit_official=self.official, credit_purpose=purpose
        )

    def _about(self, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        purpose = INCIDENT_HANDLING.code
        return self.client.post(path, said, credit_official=self.official, credit_purpose=purpose)

    def _done(self, path: str, said: Mapping[str, Any], *, version: int = 0) -> dict[str, Any]:
        seen = f'"{version}"' if version else ""
        receipt: dict[str, Any] = self.client.post(path, said, credit_official=self.official, if_match=seen)[
            "receipt"
        ]
        return receipt
