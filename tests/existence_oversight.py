"""Routes of oversight that take an id, asked by somebody whom it does not concern."""

from __future__ import annotations

from tests.existence import Question

TRACING = {"credit_purpose": 'leak_tracing; case="7"; basis="49"'}

QUESTIONS = (
    Question(
        "traces.trace",
        lambda a: a.anybodys,
        lambda a, i: a.foreign("/v1/traces", {"record": str(i)}, **TRACING),
    ),
)
