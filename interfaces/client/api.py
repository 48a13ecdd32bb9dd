"""The department's side over HTTP: send a sealed file or a draft, watch its progress, get the report.

A broken connection is tried again with the same sealed file: rows that were recorded are answered as such.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.shared.canonical import Parts
from domain.transparency.sealed_file import MEDIA_TYPE
from domain.transparency.succession import succession_message
from interfaces.client.sealing import DepartmentKey, drafted_message, seal_act
from interfaces.client.signing import purpose_header
from interfaces.client.wire import (
    NDJSON,
    TIMEOUT_SECONDS,
    Department,
    Problem,
    Progress,
    Unproven,
    Unreachable,
    Wire,
)

__all__ = [
    "HANDLING",
    "SUBJECTS_OWN",
    "TIMEOUT_SECONDS",
    "Client",
    "Department",
    "Problem",
    "Unproven",
    "Unreachable",
]

HANDLING = {"credit_purpose": CASE_HANDLING.code}
SUBJECTS_OWN = {"credit_on_behalf_of": "subject", "credit_purpose": OWN_RECORDS.code}


class Client(Wire):
    """What a department does and asks over HTTP."""

    def send_sealed(self, body: bytes, *, progress: Progress | None = None) -> dict[str, Any]:
        """Send a signed sealed file (``SealedFile.body``) until the service has answered for every row.

        Gives the service's report. Raises :class:`Problem` when it is refused, :class:`Unreachable` when no
        attempt got through.
        """
        headers = {"content-type": MEDIA_TYPE, "content-encoding": "gzip", "accept": NDJSON}

        def send() -> dict[str, Any]:
            keyed = {**headers, "idempotency-key": str(uuid.uuid4())}
            return self._retrying(lambda: self._stream("/v1/intakes", body, keyed, progress))

        report = send()
        # An attempt that was finished while its answer was lost leaves its receipt only: a new key asks for
        # the reasons again, and nothing is recorded twice.
        return report if "refused" in report else send()

    def send_draft(self, data: bytes, *, content_type: str) -> dict[str, Any]:
        """Upload a file as it is; the service drafts it and says what to sign."""
        return self.send_file("/v1/intakes", data, content_type=content_type)

    def seal_draft(self, draft: Mapping[str, Any], *, progress: Progress | None = None) -> dict[str, Any]:
        """Sign a draft's root: its rows become records; the report.

        What is signed is built here from the draft's own members: no service can have us sign another act.
        Raises ``ValueError`` when the draft does not hold together, :class:`Problem` when it is refused,
        :class:`Unreachable` when no attempt got through or the report was lost on the way: uploading the file
        again records nothing twice and gives it.
        """
        message = drafted_message(draft, bytes.fromhex(self.ledger_id), self.department.key)
        signature = self.department.key.sign(message).hex()
        body = json.dumps({"issuer": self.department.key.issuer.hex(), "signature": signature}).encode()
        headers = {
            "content-type": "application/json",
            "accept": NDJSON,
            "idempotency-key": str(uuid.uuid4()),
        }
        path = f"/v1/intakes/{draft['draft']}/seal"
        report = self._retrying(lambda: self._stream(path, body, headers, progress))
        if "refused" not in report:
            raise Unreachable("the rows are recorded, but the report was lost: send the file again")
        return report

    def determine(self, parts: Parts, *, form: str) -> dict[str, Any]:
        """Seal one determination and have it recorded; the receipt. Raises :class:`Problem` when refused."""
        act = seal_act(parts, form=form, ledger_id=bytes.fromhex(self.ledger_id), key=self.department.key)
        receipt: dict[str, Any] = self.post("/v1/determinations", act)["receipt"]
        return receipt

    def query(
        self,
        subjects: Sequence[Mapping[str, str]],
        *,
        official: str,
        purpose: str,
        case: str,
        basis: str,
        consent: str = "",
    ) -> list[dict[str, Any]]:
        """What the department may see of subjects (``{"code": ...}`` or ``{"id_type": ..., "id_number": ...}``).

        With the id of a consent it is an authorised query. One answer for each subject, with its receipt and
        records. Raises :class:`Problem` when it is refused.
        """
        headers = {
            "content-type": "application/json",
            "credit-official": official,
            "credit-purpose": purpose_header(purpose, case=case, basis=basis),
        }
        asked: dict[str, Any] = {"subjects": list(subjects)}
        body = json.dumps({**asked, "consent": consent} if consent else asked).encode()

        def attempt() -> dict[str, Any]:
            return self._json("POST", "/v1/queries", body, {**headers, "idempotency-key": str(uuid.uuid4())})

        answers: list[dict[str, Any]] = self._retrying(attempt)["answers"]
        return answers

    def who_looked(self, subject: Mapping[str, str]) -> list[dict[str, Any]]:
        """Who looked at a subject, asked by its portal page by page. Raises :class:`Problem` when it is refused."""
        return self._pages("/v1/subject/who-looked", "looks", {"subjects": [dict(subject)]}, SUBJECTS_OWN)

    def dossier(self, subject: Mapping[str, str], *, as_of: str = "") -> list[dict[str, Any]]:
        """A subject's own records with their history, asked by its portal page by page, also ``as_of`` a past
        instant (RFC 3339) or position. Raises :class:`Problem`."""
        asked: dict[str, Any] = {"subjects": [dict(subject)]} | ({"as_of": as_of} if as_of else {})
        return self._pages("/v1/subject/dossier", "records", asked, SUBJECTS_OWN)

    def consents(self, subject: Mapping[str, str]) -> list[dict[str, Any]]:
        """The consents that a subject gave, asked by its portal page by page. Raises :class:`Problem`."""
        return self._pages("/v1/subject/consents", "consents", {"subjects": [dict(subject)]}, SUBJECTS_OWN)

    def worklist(self, *, official: str) -> list[dict[str, Any]]:
        """What waits for this department, asked page by page, those filed first on the first page."""
        return self._pages("/v1/worklist", "tasks", {}, {"credit_official": official, **HANDLING})

    def _pages(
        self, path: str, name: str, asked: Mapping[str, Any], headers: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """All entries of a list; every page is a question of its own, and a look where the list is of a subject."""
        entries: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.post(path, {**asked, **cursor}, **headers)
            entries += answer[name]
            if not answer.get("next"):
                return entries
            cursor = {"cursor": str(answer["next"])}

    def register_next_key(self, following: DepartmentKey, *, not_after: date) -> dict[str, Any]:
        """Register the department's next key, asked by its present one and held by the new one; the receipt.

        Repeating it changes nothing. Raises :class:`Problem` when it is refused.
        """
        message = succession_message(
            ledger_id=bytes.fromhex(self.ledger_id),
            holder=self.department.code,
            present=self.department.key.issuer,
            public_key=following.public_key,
            not_after=not_after.isoformat(),
        )
        said = {
            "public_key": following.public_key.hex(),
            "not_after": not_after.isoformat(),
            "asked": self.department.key.sign(message).hex(),
            "possession": following.sign(message).hex(),
        }
        receipt: dict[str, Any] = self.post("/v1/keys", said)["receipt"]
        return receipt

    def give_consent(self, consent: Mapping[str, Any]) -> dict[str, Any]:
        """Give a consent for a subject (the members of ``POST /v1/consents``); its receipt."""
        receipt: dict[str, Any] = self._on_behalf("/v1/consents", consent)["receipt"]
        return receipt

    def withdraw_consent(self, consent: str, subject: Mapping[str, str]) -> dict[str, Any]:
        """Take a subject's consent back; the receipt."""
        path = f"/v1/consents/{consent}/withdraw"
        receipt: dict[str, Any] = self._on_behalf(path, {"subject": dict(subject)})["receipt"]
        return receipt

    def _on_behalf(self, path: str, members: Mapping[str, Any]) -> dict[str, Any]:
        headers = {
            "content-type": "application/json",
            "credit-on-behalf-of": "subject",
            "idempotency-key": str(uuid.uuid4()),
        }
        body = json.dumps(members).encode()
        return self._retrying(lambda: self._json("POST", path, body, headers))
