"""Listing cases from the client's side: the department begins, decides and ends them, a portal speaks for the subject.

Each act is one signed request; each gives the receipt, whose ``version`` the next act on the case names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.remedies import Case, Receipt, Remedies
from interfaces.client.sealing import seal_remedy

LISTINGS = "listings"


class Listings:
    """Listing cases (列入案件) at one service, as the client's department; errors as for ``Remedies``.

    A :class:`~interfaces.client.remedies.Case` of kind ``listings`` names the case and the version seen.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._cases = Remedies(client)

    def notify(
        self,
        list_code: str,
        records: Sequence[str],
        notice: Mapping[str, str],
        *,
        official: str,
        key: str | None = None,
    ) -> Receipt:
        """Begin a case by the notice that was served; ``notice`` as the interface's description has it."""
        said = {"list": list_code, "records": list(records), "notice": dict(notice)}
        receipt: Receipt = self._client.post("/v1/listings", said, key=key, credit_official=official)[
            "receipt"
        ]
        return receipt

    def state_case(
        self,
        case: Case,
        *,
        subject: Mapping[str, str],
        grounds: str,
        on_behalf_of: str = "subject",
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """The subject's statement, at a portal; ``more``: ``evidence``, ``contact``, ``agent``."""
        said = {"subject": dict(subject), "grounds": grounds, **more}
        return self._cases.act(case, "statement", said, on_behalf_of=on_behalf_of, key=key)

    def answer(self, case: Case, *, outcome: str, reasons: str, key: str | None = None) -> Receipt:
        """Answer a statement: ``accepted`` or ``rejected``."""
        return self._cases.act(case, "answer", {"outcome": outcome, "reasons": reasons}, key=key)

    def drop(self, case: Case, *, reasons: str, key: str | None = None) -> Receipt:
        """List nobody."""
        return self._cases.act(case, "drop", {"reasons": reasons}, key=key)

    def decide(self, case: Case, parts: Parts, *, key: str | None = None) -> Receipt:
        """List by a decision that this department seals; ``parts`` as ``listing.decided`` has them."""
        return self._cases.act(case, "decide", self._sealed(Kind.LISTING_DECIDED, parts, case), key=key)

    def remove(
        self,
        case: Case,
        *,
        list_code: str,
        cause: str,
        removes: str,
        removed_on: str,
        key: str | None = None,
    ) -> Receipt:
        """Take the subject off: ``conditions_met`` or ``reversal``; ``removes`` is the decision's leaf hash."""
        told = {
            "list_code": list_code,
            "cause": cause,
            "removes": removes,
            "removed_on": removed_on,
            "by": "",
        }
        sealed = self._sealed(Kind.LISTING_REMOVED, {"public": told}, case)
        return self._cases.act(case, "remove", sealed, key=key)

    def apply(
        self,
        case: Case,
        *,
        subject: Mapping[str, str],
        materials: Sequence[Mapping[str, str]],
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """The subject applies to be taken off early, at a portal."""
        said = {"subject": dict(subject), "materials": list(materials), **more}
        return self._cases.act(case, "apply", said, on_behalf_of="subject", key=key)

    def refuse(
        self, case: Case, *, reasons: str, remedies: Mapping[str, str], key: str | None = None
    ) -> Receipt:
        """Refuse an application for removal."""
        return self._cases.act(case, "refuse", {"reasons": reasons, "remedies": dict(remedies)}, key=key)

    def state(
        self, case: str, *, official: str = "", subject: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """How a case stands, for its department, or for its subject at a portal."""
        on_behalf_of = "" if subject is None else "subject"
        return self._cases.state(
            LISTINGS, case, official=official, subject=subject, on_behalf_of=on_behalf_of
        )

    def _sealed(self, kind: Kind, parts: Parts, case: Case) -> dict[str, Any]:
        ledger_id = bytes.fromhex(self._client.ledger_id)
        return seal_remedy(kind, parts, record=case.id, ledger_id=ledger_id, key=self._client.department.key)
