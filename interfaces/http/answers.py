"""Signing what is answered: the gateway's RFC 9421 signature over every answer to a request that was authenticated.

``auth.py`` says which request that is; what is signed stands in ``interfaces/client/evidence.py``, where it is checked.
Answers before authentication and streamed ones carry no signature.
"""

from __future__ import annotations

import base64

from flask import Flask, Response, g
from http_message_signatures import HTTPMessageSigner, algorithms

from interfaces.client import evidence
from interfaces.client.signing import LABEL, key_id, signature_tag
from interfaces.http.services import services


def answer_signed(request: object, *, label: str) -> None:
    """Have the answer to the running request signed: ``request`` as it was verified, under ``label``."""
    g.answer_signed = (request, label)


def register(app: Flask) -> None:
    """Sign answers. Call it right after telemetry, so that all that changes an answer has done so before."""

    @app.after_request
    def sign(answer: Response) -> Response:
        if "answer_signed" in g and not answer.is_streamed:
            _sign(answer, *g.answer_signed)
        return answer


def _sign(answer: Response, request: object, label: str) -> None:
    ledger = services().ledger
    gateway = ledger.gateway
    headers = evidence.joined(answer.headers.items())
    message = evidence.Response(answer.status_code, headers, request)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    prepared = signer.prepare(
        message,
        key_id=key_id(evidence.GATEWAY, gateway.key_id),
        created=ledger.clock.real(),
        label=LABEL,
        tag=signature_tag(ledger.id.hex),
        covered_component_ids=evidence.answer_components(headers, label),
        body=answer.get_data(),
    )
    # Not signer.apply: it builds everything once more to see that nothing has changed in between.
    signature = base64.b64encode(gateway.sign(prepared.signature_base)).decode()
    answer.headers["Content-Digest"] = message.headers["Content-Digest"]
    answer.headers["Signature-Input"] = f"{LABEL}={prepared.signature_params}"
    answer.headers["Signature"] = f"{LABEL}=:{signature}:"
