"""Every route asked by schemathesis what its description allows, and what it does not, as every role.

Requests are signed where they enter the application, over the bytes that were generated, so that they get past
the signature and reach what is behind it.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from http_message_signatures import HTTPMessageSignaturesException
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.media_types import MEDIA_TYPE_STRATEGIES
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.transparency.sealed_file import MEDIA_TYPE
from tests.remedies import FIRST, LETTER, PROOF, SECOND, Story, begin
from tests.web import CSV, XLSX, Signing, Web
from tests.world import World

EXAMPLES = 4
"""Of each route and mode; each is asked by every role, as making one up costs more than asking."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
)
SIGNED = ("Content-Encoding", "Credit-Purpose", "Credit-Official", "Credit-On-Behalf-Of", "If-Match")
Answered = Callable[..., Any]


@dataclass
class Signer:
    """A WSGI application that signs what comes in, as one department, and hands it on."""

    web: Web
    department: str = ""
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Answered) -> Iterable[bytes]:
        """Sign unless nobody is to; headers that are there and must be signed are covered."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        as_asked = not self.department or self._sign(environ, body)

        def start(status: str, *more: Any) -> Any:
            if as_asked:
                self.statuses.setdefault(self.department, set()).add(int(status[:3]))
            return start_response(status, *more)

        return self.web.app(environ, start)

    def _sign(self, environ: dict[str, Any], body: bytes) -> bool:
        """Whether a signature can stand over such a path and such headers at all."""
        world = self.web.world
        key = environ.setdefault("HTTP_IDEMPOTENCY_KEY", uuid.uuid4().hex)
        sent = {"idempotency-key": key}
        for name in ("Content-Type", *SIGNED):
            value = environ.get("CONTENT_TYPE" if name == "Content-Type" else _variable(name), "")
            if value:
                sent[name.lower()] = value
        covered = ("@method", "@path", "@query", "content-digest", *sent)
        signing = Signing(self.department, world.keys[self.department], world.ledger.id.hex, covered=covered)
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        where = f"{path}?{query}" if query else path
        try:
            signed = signing.headers(environ["REQUEST_METHOD"], where, body, sent)
        except HTTPMessageSignaturesException:
            return False  # no route has such a path, no client sends such a header
        for name in ("Content-Digest", "Signature-Input", "Signature"):
            environ[_variable(name)] = signed[name]
        return True


def _variable(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")


@dataclass
class Service:
    """The application over a ledger with a record, an objection and a repair, and its schema."""

    story: Story
    signer: Signer
    schema: Any
    cases: tuple[str, ...]
    record: str
    subject: dict[str, str]
    officers: tuple[str, ...]


@pytest.fixture
def service(seeded_world: World) -> Iterator[Service]:
    story = begin(seeded_world)
    web = Web(seeded_world)
    signer = Signer(web)
    kept = dict(MEDIA_TYPE_STRATEGIES)
    files = seeded_world.files()
    sealed = web.sealed(files.files["penalties-2.xlsx"]).body()
    for media, good in (
        (MEDIA_TYPE, [sealed, sealed[:-40]]),
        (XLSX, [files.files["people-2.xlsx"], files.files["people-2.xlsx"][:900]]),
        (CSV, [files.files["licences-1.csv"], "处罚,\n1".encode("gb18030")]),
    ):
        schemathesis.openapi.media_type(media, st.sampled_from(good) | st.binary(max_size=200))
    schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", signer)
    schema.validate()
    record = story.new_record("示〔2025〕1号", decided=seeded_world.today - timedelta(days=200))
    cases = (str(story.object(record).case), str(story.apply(record, PROOF, LETTER).case))
    yield Service(
        story=story,
        signer=signer,
        schema=schema,
        cases=cases,
        record=str(record),
        subject={"code": story.subject().number},
        officers=(FIRST, SECOND, *(o.key for o in seeded_world.city.officers[:3])),
    )
    MEDIA_TYPE_STRATEGIES.clear()
    MEDIA_TYPE_STRATEGIES.update(kept)


def helped(service: Service, case: Case, helps: set[str], number: int) -> None:
    """Put some of what is there in the place of what was made up, so that more than the first check is met."""
    likely = {
        "Credit-Official": service.officers[number % len(service.officers)],
        "Credit-Purpose": ('licensing; case="7"; basis="34"', "own_records", "case_handling")[number % 3],
        "Credit-On-Behalf-Of": ("subject", "agent")[number % 2],
        "If-Match": f'"{number % 3 + 1}"',
    }
    for name, value in likely.items():
        if name in helps:
            case.headers[name] = value
    if "path" in helps:
        for name in case.path_parameters:
            case.path_parameters[name] = service.cases[number % 2]
    if "body" in helps and isinstance(case.body, dict):
        there: dict[str, Any] = {
            "record": service.record,
            "subject": service.subject,
            "subjects": [service.subject],
        }
        case.body.update({name: value for name, value in there.items() if name in case.body})


ANY_TEXT = ({"type": "string", "minLength": 1}, {"type": "string"})
HELP = ("Credit-Official", "Credit-Purpose", "Credit-On-Behalf-Of", "If-Match", "path", "body")


def test_no_request_breaks_a_route_or_is_answered_otherwise_than_described(service: Service) -> None:
    story, signer = service.story, service.signer
    stranger = next(a.code for a in story.world.city.agencies if a.code != story.source)
    for found in service.schema.get_all_operations():
        operation = found.ok()
        signer.statuses.clear()
        for mode in GenerationMode:
            if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                _asked(service, operation, mode, by=("", story.source, stranger, story.office))
        told = service.schema.raw_schema["paths"][operation.path][operation.method]
        for department, statuses in signer.statuses.items():
            if told["security"] and not department:
                assert statuses <= {400, 401, 404}, operation.label
            else:
                assert 401 not in statuses, operation.label


def _asked(service: Service, operation: Any, mode: GenerationMode, *, by: Sequence[str]) -> None:
    """One route asked in one mode, by departments, or by nobody for an empty one."""
    strategy = operation.as_strategy(generation_mode=mode)

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, helps=st.sets(st.sampled_from(HELP)), number=st.integers(0, 11))
    def ask(case: Case, helps: set[str], number: int) -> None:
        helped(service, case, helps, number)
        for department in by:
            service.signer.department = department
            case.validate_response(case.call(), checks=list(CHECKS))

    ask()


def _can_be_wrong(operation: Any) -> bool:
    """Whether a request can be other than described: not with nothing but texts of any form in path and headers."""
    said = [one.definition for one in (*operation.path_parameters, *operation.headers)]
    bound = [
        one for one in said if one["schema"] not in ANY_TEXT or (one["in"] == "header" and one["required"])
    ]
    return bool(bound or operation.query or operation.cookies or operation.body)
