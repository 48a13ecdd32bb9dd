"""Objections and repairs from the client's side: a portal files for its subject, the source decides.

Each act is one signed request; each gives the receipt, whose ``version`` the next act on the case names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.sealing import seal_remedy

Receipt = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A case as it was last seen: ``kind`` is objections or repairs; ``official`` who acts on it now."""

    kind: str
    id: str
    version: int
    official: str = ""


def case_of(kind: str, receipt: Mapping[str, Any], *, official: str = "") -> Case:
    """The case that a receipt tells of."""
    return Case(kind, str(receipt["case"]), int(receipt["version"]), official)


class Remedies:
    """Objections and repairs (异议与信用修复) at one service, as the client's department.

    Every method raises ``Problem`` when it is refused and ``Unreachable`` when no attempt got through. ``key``
    is an idempotency key of one's own choice.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def object(
        self,
        record: str,
        *,
        about: str,
        grounds: str,
        official: str = "",
        on_behalf_of: str = "",
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """File an objection; at a portal ``on_behalf_of`` is ``subject`` or ``agent``.

        ``more``: ``subject``, ``agent``, ``evidence``, ``contact``.
        """
        said = {"record": record, "about": about, "grounds": grounds, **more}
        return self._filed("objections", said, official=official, on_behalf_of=on_behalf_of, key=key)

    def apply(
        self,
        record: str,
        *,
        subject: Mapping[str, str],
        materials: Sequence[Mapping[str, Any]],
        on_behalf_of: str = "subject",
        official: str = "",
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """Apply for credit repair at a portal; materials have ``kind`` and ``digest``, public service its hours."""
        said = {"record": record, "subject": dict(subject), "materials": list(materials), **more}
        return self._filed("repairs", said, official=official, on_behalf_of=on_behalf_of, key=key)

    def apply_for_all(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        subject: Mapping[str, str],
        on_behalf_of: str = "subject",
        official: str = "",
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """Apply once for several records, each with ``record`` and ``materials``; ``more``: ``agent``, ``contact``."""
        said = {"records": [dict(r) for r in records], "subject": dict(subject), **more}
        return self._filed("repair-applications", said, official=official, on_behalf_of=on_behalf_of, key=key)

    def application(
        self, application: str, *, subject: Mapping[str, str], on_behalf_of: str = "subject"
    ) -> dict[str, Any]:
        """How an application with all its parts stands."""
        return self._client.post(
            f"/v1/repair-applications/{application}/state",
            {"subject": dict(subject)},
            credit_on_behalf_of=on_behalf_of,
            credit_purpose=OWN_RECORDS.code,
        )

    def reject(
        self,
        case: Case,
        *,
        reasons: str,
        remedies: Mapping[str, str],
        basis: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Receipt:
        """Refuse an objection or a repair, with reasons and both remedies."""
        said: dict[str, Any] = {"reasons": reasons, "remedies": dict(remedies)}
        return self.act(case, "reject", said | ({"basis": dict(basis)} if basis else {}), key=key)

    def correct(
        self, case: Case, content: Parts, *, record: str, corrects: str, key: str | None = None
    ) -> Receipt:
        """Uphold an objection by a correction that this department seals; ``corrects`` as the state tells."""
        heads = {"corrects": corrects, "objection": case.id}
        parts = {**content, "public": {**content["public"], **heads}}
        return self.act(case, "correct", self._sealed(Kind.RECORD_CORRECTED, parts, record), key=key)

    def withdraw(self, case: Case, *, record: str, withdraws: str, key: str | None = None) -> Receipt:
        """Uphold an objection by a withdrawal that this department seals."""
        parts = {"public": {"withdraws": withdraws, "objection": case.id}}
        return self.act(case, "withdraw", self._sealed(Kind.RECORD_WITHDRAWN, parts, record), key=key)

    def restore(
        self,
        case: Case,
        *,
        restores: str,
        manner: Sequence[str],
        evidence: Sequence[str],
        key: str | None = None,
    ) -> Receipt:
        """Close a task of restoring reputation by what this department seals; ``restores`` as its state tells."""
        said = {
            "restores": restores,
            "manner": list(manner),
            "evidence": list(evidence),
            "officer": case.official,
        }
        return self.act(
            case, "complete", self._sealed(Kind.RESTORATION_COMPLETED, {"public": said}, case.id), key=key
        )

    def waive_restoration(
        self,
        case: Case,
        *,
        subject: Mapping[str, str],
        declaration: str,
        on_behalf_of: str = "subject",
        key: str | None = None,
        **more: Any,
    ) -> Receipt:
        """The subject's declared waiver, at a portal; ``more``: ``agent``."""
        said = {"subject": dict(subject), "declaration": declaration, **more}
        return self.act(case, "waive", said, on_behalf_of=on_behalf_of, key=key)

    def request_materials(
        self, case: Case, *, unusable: Sequence[str] = (), key: str | None = None
    ) -> Receipt:
        """Ask for everything that is missing, once."""
        return self.act(case, "request-materials", {"unusable": list(unusable)}, key=key)

    def supply(
        self,
        case: Case,
        *,
        subject: Mapping[str, str],
        materials: Sequence[Mapping[str, str]],
        on_behalf_of: str = "subject",
        key: str | None = None,
    ) -> Receipt:
        """Hand in what was asked for, at a portal."""
        said = {"subject": dict(subject), "materials": list(materials)}
        return self.act(case, "supply", said, on_behalf_of=on_behalf_of, key=key)

    def accept(self, case: Case, *, key: str | None = None) -> Receipt:
        """Accept a complete application."""
        return self.act(case, "accept", {}, key=key)

    def extend(
        self, case: Case, *, working_days: int, reasons: str, notice: str, key: str | None = None
    ) -> Receipt:
        """Extend the time to decide a repair, once; ``notice`` is the digest of what the applicant was told."""
        said = {"working_days": working_days, "reasons": reasons, "notice": notice}
        return self.act(case, "extend", said, key=key)

    def grant(self, case: Case, *, key: str | None = None) -> Receipt:
        """Grant a repair."""
        return self.act(case, "grant", {}, key=key)

    def revoke(
        self,
        case: Case,
        *,
        revokes: str,
        cause: str,
        evidence: Sequence[str],
        reasons: str,
        remedies: Mapping[str, str],
        key: str | None = None,
    ) -> Receipt:
        """Revoke a repair by what this department seals; ``revokes`` is the leaf hash of its decision."""
        parts: Parts = {
            "public": {"revokes": revokes, "cause": cause, "officer": case.official},
            "restricted": {"evidence": list(evidence), "reasons": reasons, "remedies": dict(remedies)},
        }
        return self.act(case, "revoke", self._sealed(Kind.REPAIR_REVOKED, parts, case.id), key=key)

    def rest(
        self,
        record: str,
        *,
        court: str,
        ruling: str,
        ruled_on: str,
        until: str,
        evidence: Sequence[str],
        official: str,
        key: str | None = None,
    ) -> Receipt:
        """Let a record rest on a court's ruling, until a day at most; days are ISO text."""
        said = {"record": record, "court": court, "ruling": ruling, "ruled_on": ruled_on, "until": until}
        said_all = {**said, "evidence": list(evidence)}
        return self._filed("reorganisations", said_all, official=official, on_behalf_of="", key=key)

    def apply_for_rest(
        self,
        record: str,
        *,
        subject: Mapping[str, str],
        on_behalf_of: str = "subject",
        key: str | None = None,
        **said: Any,
    ) -> Receipt:
        """Apply for a temporary shield, at the portal: ``said`` as in :meth:`rest`, and perhaps ``agent``."""
        about = {"record": record, "subject": dict(subject), **said}
        return self._filed(
            "reorganisations/applications", about, official="", on_behalf_of=on_behalf_of, key=key
        )

    def end_rest(
        self, case: Case, *, outcome: str, evidence: Sequence[str], reasons: str = "", key: str | None = None
    ) -> Receipt:
        """Say how the plan ended: ``performed``, or ``failed`` with reasons."""
        more = {"reasons": reasons} if reasons else {}
        return self.act(case, "end", {"outcome": outcome, "evidence": list(evidence), **more}, key=key)

    def state(
        self,
        kind: str,
        case: str,
        *,
        official: str = "",
        subject: Mapping[str, str] | None = None,
        on_behalf_of: str = "",
    ) -> dict[str, Any]:
        """How a case stands; a portal names the subject for whom it asks."""
        said = {} if subject is None else {"subject": dict(subject)}
        path = f"/v1/{kind}/{case}/state"
        purpose = OWN_RECORDS if on_behalf_of else CASE_HANDLING
        return self._client.post(
            path,
            said,
            credit_official=official,
            credit_on_behalf_of=on_behalf_of,
            credit_purpose=purpose.code,
        )

    def decision(
        self,
        kind: str,
        case: str,
        *,
        official: str = "",
        subject: Mapping[str, str] | None = None,
        on_behalf_of: str = "",
        media: str = "application/json",
    ) -> bytes:
        """The paper of a decision as JSON or, with ``application/pdf``, sealed; a portal names its subject."""
        return self._client.fetch(
            f"/v1/{kind}/{case}/decision",
            {} if subject is None else {"subject": dict(subject)},
            accept=media,
            credit_official=official,
            credit_on_behalf_of=on_behalf_of,
            credit_purpose=(OWN_RECORDS if on_behalf_of else CASE_HANDLING).code,
        )

    def worklist(self, *, official: str) -> list[dict[str, Any]]:
        """What waits for this department, those filed first on the first page."""
        return self._client.worklist(official=official)

    def overdue_elsewhere(self, *, official: str) -> list[dict[str, Any]]:
        """What is overdue with all other departments, for the credit office; ``KeyError`` for anyone else."""
        tasks: list[dict[str, Any]] = self._worklist(official)["overdue_elsewhere"]
        return tasks

    def _worklist(self, official: str) -> dict[str, Any]:
        purpose = CASE_HANDLING.code
        return self._client.post("/v1/worklist", {}, credit_official=official, credit_purpose=purpose)

    def act(
        self,
        case: Case,
        what: str,
        said: Mapping[str, Any],
        *,
        on_behalf_of: str = "",
        key: str | None = None,
    ) -> Receipt:
        """Any act on a case under the version that was seen."""
        receipt: Receipt = self._client.post(
            f"/v1/{case.kind}/{case.id}/{what}",
            said,
            key=key,
            if_match=f'"{case.version}"',
            credit_official=case.official,
            credit_on_behalf_of=on_behalf_of,
        )["receipt"]
        return receipt

    def _filed(
        self, kind: str, said: Mapping[str, Any], *, official: str, on_behalf_of: str, key: str | None
    ) -> Receipt:
        receipt: Receipt = self._client.post(
            f"/v1/{kind}", said, key=key, credit_official=official, credit_on_behalf_of=on_behalf_of
        )["receipt"]
        return receipt

    def _sealed(self, kind: Kind, parts: Parts, record: str) -> dict[str, Any]:
        ledger_id = bytes.fromhex(self._client.ledger_id)
        return seal_remedy(kind, parts, record=record, ledger_id=ledger_id, key=self._client.department.key)
