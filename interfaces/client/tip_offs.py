"""Anyone's side of tip-offs over HTTP: report, and follow by the receipt; without key, signature or second attempt."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from interfaces.client.api import TIMEOUT_SECONDS, Problem, Unreachable

PATH = "/v1/tip-offs"


def file_tip_off(url: str, said: Mapping[str, Any]) -> dict[str, str]:
    """Report; the receipt (``number``, ``secret``).

    Sent once: there is no idempotency key, since nobody is named, and a second sending would be a second report.
    Raises ``Problem`` and ``Unreachable``.
    """
    return _post(url, PATH, said)


def follow_tip_off(url: str, number: str, secret: str) -> dict[str, Any]:
    """How a tip-off stands, for whoever holds its receipt. Raises ``Problem`` and ``Unreachable``."""
    return _post(url, f"{PATH}/follow-up", {"number": number, "secret": secret})


def _post(url: str, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", path, json.dumps(said).encode(), {"content-type": "application/json"})
        answer = connection.getresponse()
        status, told = answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        raise Unreachable("the service does not answer") from None
    finally:
        connection.close()
    try:
        members: dict[str, Any] = json.loads(told)
    except ValueError:
        members = {}
    if status >= 400:
        raise Problem(status, members)
    return members
