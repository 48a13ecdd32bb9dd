"""What every route of an act keeps to: refusals are logged, what was done already is answered again, JSON is JSON.

Comes after the caller is verified (``auth.py``), around the one command that a route runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Response, request

from application.commands.refusals import log_refusal
from application.ports import Receipt
from application.queries.told import body_text
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import Caller
from interfaces.http.problems import ProblemError
from interfaces.http.services import services

OFFICIAL = "Credit-Official"
ACTING = (OFFICIAL, "Credit-On-Behalf-Of")
"""Headers that say who acts in the department's name, or for whom."""


@contextmanager
def logged_refusals(caller: Caller, body: bytes) -> Iterator[None]:
    """A refusal by a rule, at once or on the way, becomes one access event; a malformed request does not."""
    try:
        yield
    except Refused as refused:
        if any(d.rule != "FORMAT" for d in refused.defects):
            ledger = services().ledger
            named = request.headers.get(OFFICIAL, "") if OFFICIAL.lower() in caller.covered else ""
            log_refusal(
                ledger, department=caller.department, officer=named, defects=refused.defects, attempt=body
            )
        raise


def replayed(caller: Caller, body: bytes) -> Response | None:
    """The answer of a request that was done already, or None. Raises as :func:`kept_receipt`."""
    kept = kept_receipt(caller, body)
    if kept is None:
        return None
    answer = json_response({"receipt": dict(kept.receipt)}, kept.status)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def kept_receipt(caller: Caller, body: bytes) -> Receipt | None:
    """The kept receipt for this idempotency key. Raises 422 when it was used for something else."""
    kept = services().ledger.store.receipt_of(caller.department, caller.idempotency_key)
    if kept is not None and kept.fingerprint not in (fingerprint(body), _keyed(_digest(body)), _digest(body)):
        raise ProblemError(
            422, "idempotency-key", Defect("FORMAT", "idempotency_key_reused", "Idempotency-Key")
        )
    return kept


def receipt_of(caller: Caller, body: bytes, told: Mapping[str, object], *, status: int = 201) -> Receipt:
    """The receipt to keep under this request's idempotency key."""
    return Receipt(caller.department, caller.idempotency_key, fingerprint(body), status, told)


def fingerprint(body: bytes) -> bytes:
    """What an idempotency key stands for: a keyed hash of method, path and body of this request, and of who acts by it.

    Nobody is told of another officer's act as of its own. Without the key, whoever reads the table could try the
    identifiers of people in a small body. Receipts of old know nothing of who acted.
    """
    acting = "".join(f"\n{name}: {value}" for name in ACTING if (value := request.headers.get(name)))
    return _keyed(_digest(body) + acting.encode())


def _keyed(message: bytes) -> bytes:
    return services().ledger.vault.mac("request", message)


def _digest(body: bytes) -> bytes:
    """The same without a key, as receipts kept it before the hash was keyed."""
    digest = hashlib.sha256(body).digest()
    return hashlib.sha256(f"{request.method}\n{request.path}\n".encode() + digest).digest()


def json_response(data: dict[str, Any], status: int) -> Response:
    """An answer in JSON, Chinese unescaped."""
    return Response(body_text(data), status=status, content_type="application/json")
