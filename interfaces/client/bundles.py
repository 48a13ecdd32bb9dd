"""Evidence bundles from the service: asked for, waited for, and completed with one's own answer.

``verifier.py`` checks them offline; what they prove is told in docs/verification/evidence-bundle.md.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Mapping
from typing import Any

from domain.shared.canonical import canonical
from interfaces.client.api import SUBJECTS_OWN, Client, Problem

PROVEN_SECONDS_MAX = 10.0
_EVERY_SECONDS = 0.3
_BESIDE = ("parts", "proofs", "until", "objected")
"""What an answer tells beside what was committed to."""


def of_record(
    client: Client, record: str, claim: str, *, subject: Mapping[str, str], show: Iterable[str] = ()
) -> dict[str, Any]:
    """Evidence (``recorded`` or ``shielded``) about a record, or that a listing is gone, for its subject's portal.

    Waits until the trees hold it. Raises :class:`Problem` when it is refused.
    """
    asked = {"claim": claim, "record": record, "subject": dict(subject), "show": list(show)}
    return ask(client, asked, SUBJECTS_OWN)


def of_looks(client: Client, *, subject: Mapping[str, str], at_least: int = 0) -> dict[str, Any]:
    """Evidence that a subject's list of looks is whole up to the newest epoch, once it holds ``at_least`` so many.

    Every time it is asked is a look too. Raises :class:`Problem` when it is refused.
    """
    deadline = time.monotonic() + PROVEN_SECONDS_MAX
    while True:
        bundle = ask(client, {"claim": "who_looked", "subject": dict(subject)}, SUBJECTS_OWN)
        if len(bundle["claims"][0]["looks"]) >= at_least or time.monotonic() > deadline:
            return bundle
        time.sleep(1.0)


def of_answer(client: Client, answer: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Evidence that an answer was logged before it was sent, with the answer's own parts put in.

    ``answer`` is one of those that a query gave; ``headers`` say officer and purpose, in snake case.
    """
    bundle = ask(client, {"claim": "answered", "receipt": answer["receipt"]}, headers)
    bundle["claims"][0]["parts"] = [part for record in answer["records"] for part in answer_parts(record)]
    return bundle


def answer_parts(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of one record in an answer, as a bundle carries them."""
    said = {name: value for name, value in record.items() if name not in _BESIDE}
    return [
        {
            "record": record["record"],
            "part": part,
            **record["proofs"][part],
            "content": base64.b64encode(canonical({**said, "fields": shown})).decode(),
        }
        for part, shown in record["parts"].items()
    ]


def ask(client: Client, asked: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The bundle of a question, waited for until the trees hold what it is about.

    ``headers`` say who asks and why, in snake case. Raises :class:`Problem` when it is refused.
    """
    deadline = time.monotonic() + PROVEN_SECONDS_MAX
    while True:
        try:
            return client.post("/v1/evidence", asked, **headers)
        except Problem as problem:
            late = time.monotonic() > deadline
            if late or problem.members.get("type") != "/problems/not-yet-proven":
                raise
        time.sleep(_EVERY_SECONDS)
