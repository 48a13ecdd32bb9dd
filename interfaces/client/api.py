"""The department's side over HTTP: send a sealed file or a draft, watch its progress, get the report.

A broken connection is tried again with the same sealed file: rows that were recorded are answered as such.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.shared.canonical import Parts
from domain.transparency.sealed_file import MEDIA_TYPE
from domain.transparency.succession import succession_message
from interfaces.client.evidence import Exchange, Gateway, NotProven, joined, prove
from interfaces.client.sealing import DepartmentKey, drafted_message, seal_act
from interfaces.client.signing import Message, purpose_header, sign_request

NDJSON = "application/x-ndjson"
ATTEMPTS_MAX = 8
WAIT_SECONDS_MAX = 3.0
RETRY_AFTER_SECONDS_MAX = 60.0
TIMEOUT_SECONDS = 60.0
HANDLING = {"credit_purpose": CASE_HANDLING.code}
SUBJECTS_OWN = {"credit_on_behalf_of": "subject", "credit_purpose": OWN_RECORDS.code}
Told = TypeVar("Told")
Progress = Callable[[Mapping[str, Any]], None]


class Problem(Exception):
    """The service's answer to a request that it refused: status and the problem+json members."""

    def __init__(self, status: int, members: Mapping[str, Any], retry_after_seconds: float = 0.0) -> None:
        super().__init__(f"{status} {members.get('type', 'about:blank')}")
        self.status = status
        self.members = members
        self.retry_after_seconds = retry_after_seconds


class Unproven(Exception):
    """An answer that the trusted gateway did not sign: what it says (``members``) need not be the service's word.

    Before a request is authenticated (401, most 400, 503 without the database) no answer is signed.
    """

    def __init__(self, status: int, members: Mapping[str, Any], retry_after_seconds: float = 0.0) -> None:
        super().__init__(f"{status}, not signed by the gateway")
        self.status = status
        self.members = members
        self.retry_after_seconds = retry_after_seconds


class Unreachable(Exception):
    """The service could not be reached, or broke off, as often as was tried."""


@dataclass(frozen=True)
class Department:
    """Who sends: the department's code and its key, and the officer who acts, by pseudonym, where one does."""

    code: str
    key: DepartmentKey
    official: str = ""


class Client:
    """One service, spoken to as one department.

    With a ``gateway`` every answer to a signed request must carry its signature, else :class:`Unproven` is raised;
    no method says so again. ``keep`` is given each signed exchange, as :meth:`Exchange.save` writes it.
    """

    def __init__(
        self,
        base_url: str,
        department: Department,
        *,
        attempts_max: int = ATTEMPTS_MAX,
        gateway: Gateway | None = None,
        keep: Callable[[Exchange], object] | None = None,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the service's URL begins with http:// or https://")
        self._scheme, self._host, self._port = parts.scheme, parts.hostname, parts.port
        self.department = department
        self._attempts_max = attempts_max
        self._gateway, self._keep = gateway, keep
        self._ledger_id: str | None = gateway.ledger_id if gateway else None

    @property
    def ledger_id(self) -> str:
        """The ledger's id (hex): that of the gateway that is trusted, else asked of the service once."""
        if self._ledger_id is None:
            self._ledger_id = self.published_gateway().ledger_id
        return self._ledger_id

    def published_gateway(self) -> Gateway:
        """The gateway that the service itself names, unsigned: compare it with what the credit office gave out."""
        return Gateway.of(self.get("/v1/ledger"))

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

    def post(
        self, path: str, data: Mapping[str, Any], *, key: str | None = None, **headers: str
    ) -> dict[str, Any]:
        """A signed POST of JSON, tried again under the same idempotency key (``key``, else a new one).

        ``headers`` in snake case; empty ones are not sent. Raises :class:`Problem` or :class:`Unreachable`.
        """
        sent = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items() if value}
        body = json.dumps(data, ensure_ascii=False).encode()
        return self._retrying(lambda: self._json("POST", path, body, sent))

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

    def fetch(self, path: str, data: Mapping[str, Any] | bytes, *, accept: str, **headers: str) -> bytes:
        """What a signed POST of JSON, or of a file, is answered with, of the type asked for: bytes as they were signed.

        Every attempt is a question of its own, and a look. Raises :class:`Problem` or :class:`Unreachable`.
        """
        sent = {"content-type": "application/json", "accept": accept}
        sent |= {name.replace("_", "-"): value for name, value in headers.items() if value}
        body = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()

        def attempt() -> bytes:
            message, response = self._open("POST", path, body, {**sent, "idempotency-key": str(uuid.uuid4())})
            return self._proven(message, body, response)

        return self._retrying(attempt)

    def send_file(self, path: str, data: bytes, *, content_type: str) -> dict[str, Any]:
        """A signed POST of a file, tried again under one idempotency key. Raises as :meth:`post`."""
        headers = {"content-type": content_type, "idempotency-key": str(uuid.uuid4())}
        return self._retrying(lambda: self._json("POST", path, data, headers))

    def get(self, path: str) -> dict[str, Any]:
        """What anyone may fetch as JSON."""
        return self._retrying(lambda: self._json("GET", path, b"", {}))

    def _retrying(self, attempt: Callable[[], Told]) -> Told:
        """Try until it works, waiting longer each time, and as long as a full service asks for."""
        for number in range(self._attempts_max):
            wait = min(0.2 * 2**number, WAIT_SECONDS_MAX)
            last = number + 1 == self._attempts_max
            try:
                return attempt()
            except (OSError, http.client.HTTPException):
                pass
            except (Problem, Unproven) as problem:
                if last or problem.status not in (429, 503):
                    raise
                if problem.retry_after_seconds > RETRY_AFTER_SECONDS_MAX:
                    raise  # a limit that no waiting of ours outlasts, such as that of drafts
                wait = max(wait, min(problem.retry_after_seconds, RETRY_AFTER_SECONDS_MAX))
            if not last:
                time.sleep(wait)
        raise Unreachable("the service does not answer")

    def _open(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[Message, http.client.HTTPResponse]:
        kind = http.client.HTTPSConnection if self._scheme == "https" else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
        port = f":{self._port}" if self._port else ""
        message = Message(method, f"{self._scheme}://{self._host}{port}{path}", dict(headers))
        if method != "GET":
            if self.department.official:
                message.headers.setdefault("credit-official", self.department.official)
            sign_request(
                message,
                body=body,
                department=self.department.code,
                key=self.department.key,
                ledger_id_hex=self.ledger_id,
            )
        connection.request(method, path, body=body or None, headers=message.headers)
        return message, connection.getresponse()

    def _json(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        message, response = self._open(method, path, body, headers)
        return self._answer(message, body, response)

    def _answer(self, message: Message, body: bytes, response: http.client.HTTPResponse) -> dict[str, Any]:
        """The members of an answer."""
        return _members(self._proven(message, body, response))

    def _proven(self, message: Message, body: bytes, response: http.client.HTTPResponse) -> bytes:
        """The bytes of an answer, which is proven and kept where that is asked for."""
        told, status = response.read(), response.status
        members = _members(told)
        after = response.getheader("retry-after") or ""
        seconds = float(after) if after.isdigit() else 0.0
        if message.method != "GET":
            exchange = Exchange(message, body, status, joined(response.getheaders()), told)
            if self._gateway:
                try:
                    prove(exchange, self._gateway)
                except NotProven:
                    raise Unproven(status, members, seconds) from None
            if self._keep and "signature" in exchange.headers:
                self._keep(exchange)
        if status >= 400:
            raise Problem(status, members, seconds)
        return told

    def _stream(
        self, path: str, body: bytes, headers: Mapping[str, str], progress: Progress | None
    ) -> dict[str, Any]:
        message, response = self._open("POST", path, body, headers)
        if not (response.getheader("content-type") or "").startswith(NDJSON):
            return self._answer(message, body, response)
        last: dict[str, Any] = {}
        while line := response.readline():
            if not line.endswith(b"\n"):
                raise http.client.IncompleteRead(line)
            last = json.loads(line)
            if "problem" in last:
                status = int(last["problem"]["status"])
                raise (Unproven if self._gateway else Problem)(status, last["problem"])
            if progress and "progress" in last:
                progress(last["progress"])
        if "report" not in last:
            raise http.client.IncompleteRead(b"")
        report: dict[str, Any] = last["report"]
        if self._gateway or self._keep:
            self._confirm(path, body, headers, report)
        return report

    def _confirm(self, path: str, body: bytes, headers: Mapping[str, str], report: Mapping[str, Any]) -> None:
        """Ask again without a stream, which carries no signature: the same key gives the receipt, signed."""
        whole = {name: value for name, value in headers.items() if name != "accept"}
        confirmed = self._json("POST", path, body, whole)
        if confirmed.get("receipt") != report.get("receipt"):
            raise Unproven(201, report)


def _members(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
