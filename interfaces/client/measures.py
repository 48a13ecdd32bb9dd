"""Measures from the client's side: asked about, named, applied under the department's own seal, reported on, lifted.

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
from interfaces.client.signing import purpose_header

MEASURES = "measure-cases"


class Measures:
    """Measures (惩戒措施) at one service, as the client's department; errors as for ``Remedies``.

    A :class:`~interfaces.client.remedies.Case` of kind ``measure-cases`` names the case and the version seen.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._cases = Remedies(client)

    def check(
        self,
        subject: Mapping[str, str],
        measure: str,
        *,
        official: str,
        purpose: tuple[str, str, str],
        provision: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Whether a measure may be applied to a subject now; ``purpose`` is its code, the case and the ground."""
        said: dict[str, Any] = {"subject": dict(subject), "measure": measure}
        if provision is not None:
            said["provision"] = dict(provision)
        code, case, basis = purpose
        header = purpose_header(code, case=case, basis=basis)
        return self._client.post("/v1/measure-checks", said, credit_official=official, credit_purpose=header)

    def name(
        self,
        measure: str,
        provision: Mapping[str, str],
        rests_on: Mapping[str, str],
        responders: Sequence[Mapping[str, str]],
        *,
        official: str,
        key: str | None = None,
    ) -> Receipt:
        """Name a subject by what the measure rests on; the receipt tells the case of each department."""
        said = {
            "measure": measure,
            "provision": dict(provision),
            "rests_on": dict(rests_on),
            "responders": [dict(responder) for responder in responders],
        }
        answer = self._client.post("/v1/joint-actions", said, key=key, credit_official=official)
        receipt: Receipt = answer["receipt"]
        return receipt

    def apply(self, case: Case, parts: Parts, *, key: str | None = None) -> Receipt:
        """Apply it by an act that this department seals; ``parts`` as ``measure.applied`` has them."""
        ledger_id, own = bytes.fromhex(self._client.ledger_id), self._client.department.key
        sealed = seal_remedy(Kind.MEASURE_APPLIED, parts, record=case.id, ledger_id=ledger_id, key=own)
        return self._cases.act(case, "apply", sealed, key=key)

    def decline(self, case: Case, *, reasons: str, key: str | None = None) -> Receipt:
        """Say why it is not applied."""
        return self._cases.act(case, "decline", {"reasons": reasons}, key=key)

    def report(self, case: Case, *, done: str, key: str | None = None) -> Receipt:
        """Report what was done."""
        return self._cases.act(case, "report", {"done": done}, key=key)

    def lift(self, case: Case, *, reasons: str, cause: str = "corrected", key: str | None = None) -> Receipt:
        """Lift it before its term; ``wrongly_applied`` where the measure itself was wrong, ``conduct_corrected`` where
        its initiator ends all measures on the same ground."""
        return self._cases.act(case, "lift", {"reasons": reasons, "cause": cause}, key=key)

    def object(
        self,
        case: str,
        *,
        subject: Mapping[str, str],
        grounds: str,
        evidence: Sequence[str] = (),
        agent: Mapping[str, str] | None = None,
    ) -> Receipt:
        """The subject of a measure, or its ``agent``, objects to it at a portal."""
        said = {"subject": dict(subject), "grounds": grounds, "evidence": list(evidence)}
        said |= {} if agent is None else {"agent": dict(agent)}
        answer = self._client.post(
            f"/v1/{MEASURES}/{case}/object", said, credit_on_behalf_of="agent" if agent else "subject"
        )
        receipt: Receipt = answer["receipt"]
        return receipt

    def reject(self, case: Case, *, reasons: str, remedies: Mapping[str, str]) -> Receipt:
        """Answer that a measure which was objected to stands."""
        said = {"reasons": reasons, "remedies": dict(remedies)}
        return self._cases.act(case, "reject-objection", said)

    def uphold(self, case: Case, *, reasons: str) -> Receipt:
        """Answer that a measure which was objected to was wrong: it is lifted."""
        return self._cases.act(case, "uphold-objection", {"reasons": reasons})

    def state(
        self, case: str, *, official: str = "", subject: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """How a measure stands, for a department concerned, or for its subject at a portal."""
        on_behalf_of = "" if subject is None else "subject"
        return self._cases.state(
            MEASURES, case, official=official, subject=subject, on_behalf_of=on_behalf_of
        )
