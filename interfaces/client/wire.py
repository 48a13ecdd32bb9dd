"""Signed requests to one service and their answers: sent, tried again, proven by the gateway's signature, kept.

After it come the acts and questions of a department (``api.py`` and its neighbours).
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from interfaces.client.evidence import Exchange, Gateway, NotProven, joined, prove
from interfaces.client.sealing import DepartmentKey
from interfaces.client.signing import Message, sign_request

NDJSON = "application/x-ndjson"
ATTEMPTS_MAX = 8
WAIT_SECONDS_MAX = 3.0
RETRY_AFTER_SECONDS_MAX = 60.0
TIMEOUT_SECONDS = 60.0
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


class Wire:
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
