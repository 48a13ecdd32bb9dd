"""The way to a witness: https, or http on loopback; no redirect is followed, answers are short and in time.

``application/witnessing.py`` decides what is asked and what an answer means.
"""

from __future__ import annotations

import hashlib
import ipaddress
from urllib.parse import urlsplit

from application.witness_asking import Reply, Unreachable
from domain.transparency.note import NOTE_BYTES_MAX
from infrastructure.plain_http import NoAnswer, exchange

ANSWER_SECONDS_MAX = 5.0


def allowed_url(url: bytes | None) -> bool:
    """Whether a witness may be asked there: a plain https URL, or http on a loopback address; None is asked by hand."""
    if url is None:
        return True
    try:
        parts = urlsplit(url.decode("ascii"))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HttpWitnessDoor:
    """See ``application.witness_asking.WitnessDoor``."""

    def add_checkpoint(self, url: str, body: bytes) -> Reply:
        """Send the body of a request to cosign."""
        return self._ask(url, "POST", "add-checkpoint", body)

    def checkpoint(self, url: str, origin: str) -> Reply:
        """The checkpoint that the witness last cosigned of a log."""
        return self._ask(url, "GET", f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint", None)

    def _ask(self, url: str, method: str, path: str, body: bytes | None) -> Reply:
        if not allowed_url(url.encode()):
            raise Unreachable
        try:
            return Reply(
                *exchange(
                    method,
                    f"{url.rstrip('/')}/{path}",
                    body,
                    {"Content-Type": "text/plain; charset=utf-8"},
                    bytes_max=NOTE_BYTES_MAX,
                    seconds_max=ANSWER_SECONDS_MAX,
                )
            )
        except NoAnswer as error:
            raise Unreachable from error
