"""Incidents over HTTP: leaks, alteration, destruction, theft, handled and closed by the credit office alone (ACC-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done, HandleCase
from application.commands.incidents import Incidents
from application.queries.incidents import attached_bundle
from domain.access.model import INCIDENT_HANDLING
from domain.listing.case import SERVICES
from domain.oversight.incidents import KINDS, LOOKS_MAX, OUTCOMES
from domain.parties.acting import SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, Officer
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.media import HTML, page_wanted, shown
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, for_purpose, identity_of
from interfaces.http.remedies import Command, command
from interfaces.http.remedy_operations import beginning, deciding
from interfaces.http.reviews import ReviewMoment, ReviewQuestion, seen_version
from interfaces.http.schema_fields import count, hexadecimal, text
from interfaces.http.services import services
from interfaces.portal.oversight import VALUES, steps

TAG = "监督"
RECEIPT = r"^access:[1-9][0-9]{0,17}$"
blueprint = Blueprint("incidents", __name__, url_prefix="/v1/incidents")


def _word(values: tuple[str, ...]) -> fields.String:
    about = {"description": " / ".join(values)}
    return fields.String(required=True, validate=validate.Length(min=1, max=32), metadata=about)


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class OpenedIncident(Schema):
    """What is known to have happened."""

    kind = _word(KINDS)
    facts = _text()


class AttachedEvidence(Schema):
    """Receipts of looks at one subject, as a trace told them."""

    looks = fields.List(
        fields.String(validate=validate.Regexp(RECEIPT)),
        required=True,
        validate=validate.Length(min=1, max=LOOKS_MAX),
    )


class TakenMeasure(Schema):
    """What was done; ``suspends`` names an officer whose right to query is taken."""

    text = _text()
    suspends = fields.String(load_default="", validate=validate.Length(max=SHORT_CHARACTERS_MAX))


class ToldSubject(Schema):
    """Who was told, how and when, with the digest of the proof."""

    subject = fields.Nested(Subject, required=True)
    service = _word(SERVICES)
    served_on = fields.Date(required=True)
    receipt = hexadecimal("送达凭证的摘要 / SHA-256 of the proof", 64)


class ClosedIncident(Schema):
    """How it is closed, and why."""

    outcome = _word(OUTCOMES)
    reasons = _text()


class BundleQuestion(Schema):
    """Which bundle of the incident."""

    digest = hexadecimal("证据包的摘要 / SHA-256 of the bundle", 64)


class IncidentAnswer(Schema):
    """An incident as it stands; bundles are given apart."""

    incident = fields.UUID(required=True)
    version = count("版本，用于 If-Match / the version, for If-Match")
    kind = text(", ".join(KINDS))
    state = text("open, closed")
    source = text("office, review, fsck")
    history = fields.List(fields.Nested(ReviewMoment), required=True)


class IncidentBundle(Schema):
    """An evidence bundle (``docs/verification/evidence-bundle.md``), byte for byte as it was attached."""

    format = text("xinlu/evidence@v1")
    ledger = text("账本 / ledger")
    authority = text("机构 / authority")
    claims = fields.List(fields.Dict(), required=True)
    leaves = fields.Dict(required=True)
    checkpoints = fields.Dict(required=True)


_STANDS = Answer(
    "事件",
    "the incident",
    {**json_of(IncidentAnswer), HTML: Raw("可打印的网页", "a page to print")},
    ("ETag",),
)
_BUNDLE = Answer("证据包", "the bundle", json_of(IncidentBundle), ("Credit-Receipt",))


@blueprint.post("")
@operation(beginning("开启安全事件", "Open an incident", OpenedIncident, tag=TAG))
def open_incident() -> Response:
    """The credit office opens an incident (安全事件): information leaked, was altered, destroyed, stolen, used for gain
    or traded."""

    def run(given: Command) -> Done:
        incidents = _desk(given)
        said = given_json(OpenedIncident(), given.body)
        return incidents.open(
            **said, officer=given.officer, department=given.caller.department, once=given.once
        )

    return command(run)


def _acting(schema: Schema, act: Callable[[Incidents, HandleCase, dict[str, Any], Command], Done]) -> Any:
    """A route's function: who may, the version seen, the body, one command."""

    def view(incident_id: UUID) -> Response:
        def run(given: Command) -> Done:
            tag = seen_version(given)
            incidents = _desk(given)
            incidents.find(incident_id)
            handling = HandleCase(incident_id, tag, Officer(given.officer, given.caller.department))
            return act(incidents, handling, given_json(schema, given.body), given)

        return command(run)

    return view


def _attach(to: Incidents, handling: HandleCase, said: dict[str, Any], given: Command) -> Done:
    looks = [int(receipt.partition(":")[2]) for receipt in said["looks"]]
    return to.attach(handling, services().proofs.of_incident, looks, once=given.once)


def _notify(to: Incidents, handling: HandleCase, said: dict[str, Any], given: Command) -> Done:
    identity = identity_of(said.pop("subject"), "/subject")
    return to.notify(handling, identity, **said, once=given.once)


ACTS: tuple[tuple[str, str, str, type[Schema], Any, str], ...] = (
    ("evidence", "附证据包", "Attach evidence", AttachedEvidence, _attach,
     "A bundle that these looks were logged is made, sealed under the subject's keys and attached (证据包)."),
    ("measure", "记录处置措施", "Record a measure", TakenMeasure,
     lambda i, h, s, g: i.measure(h, **s, once=g.once), "A measure that was taken (处置措施)."),
    ("notice", "记录告知主体", "Record that a subject was told", ToldSubject, _notify,
     "A subject was told of it, with proof (告知主体)."),
    ("close", "办结安全事件", "Close an incident", ClosedIncident,
     lambda i, h, s, g: i.close(h, **s, once=g.once),
     "It is closed: confirmed with evidence, a measure and those concerned told, or unfounded (办结)."),
)  # fmt: skip
"""Path, names, body, command and description of every act on an incident."""
for _path, _zh, _en, _schema, _act, _about in ACTS:
    _view = _acting(_schema(), _act)
    _view.__doc__ = _about
    operation(deciding(_zh, _en, _schema, tag=TAG))(_view)
    blueprint.add_url_rule(f"/<uuid:incident_id>/{_path}", endpoint=_path, view_func=_view, methods=["POST"])


def _reading(
    zh: str, en: str, takes: type[Schema], answer: Answer, *, problems: tuple[int, ...] = (404,)
) -> Operation:
    return Operation(
        zh,
        en,
        Access.OFFICER,
        TAG,
        {200: answer},
        takes=json_of(takes),
        problems=problems,
        headers={"Credit-Purpose": True},
    )


@blueprint.post("/<uuid:incident_id>/state")
@operation(
    _reading(
        "安全事件现状",
        "How an incident stands",
        ReviewQuestion,
        _STANDS,
        problems=(404, 406),
    )
)
def incident_state(incident_id: UUID) -> Response:
    """An incident with all that was done (安全事件), for the credit office; subjects stand in it by random ids."""
    body = read_body()
    caller = authenticated(body)
    page_wanted()
    with logged_refusals(caller, body):
        read_json(ReviewQuestion(), body)
        for_purpose(caller, INCIDENT_HANDLING)
        _officer(caller)
        found = Incidents(services().ledger).find(incident_id)
    ledger = services().ledger
    rows = ledger.open_all(ledger.store.load("records", incident_id), log="records")
    history = [
        {
            "event": o.row.topic,
            "at": o.row.recorded_at,
            "version": o.row.stream_version,
            "parts": {name: part for name, part in o.parts.items() if not name.startswith("person/")},
        }
        for o in rows
    ]
    told = {
        "incident": str(found.id),
        "version": found.version,
        "kind": found.opened.kind,
        "state": "closed" if found.closed else "open",
        "source": found.opened.source,
        "history": history,
    }
    answer = shown(
        told,
        "portal/incident.html",
        told=told,
        kind=VALUES[found.opened.kind],
        state=VALUES["closed" if found.closed else "open"],
        source=VALUES[found.opened.source],
        steps=steps(history),
    )
    answer.headers["ETag"] = f'"{found.version}"'
    return answer


@blueprint.post("/<uuid:incident_id>/bundle")
@operation(
    _reading(
        "下载证据包",
        "An incident's bundle",
        BundleQuestion,
        _BUNDLE,
    )
)
def incident_bundle(incident_id: UUID) -> Response:
    """An attached evidence bundle (证据包), checked offline; logged in its subject's list before it leaves."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_purpose(caller, INCIDENT_HANDLING)
        officer = _officer(caller)
        incidents = Incidents(services().ledger)
        incidents.find(incident_id)
        given = read_json(BundleQuestion(), body)
        bundle, position = attached_bundle(services().ledger, incident_id, given["digest"], officer)
    answer = Response(bundle, content_type="application/json")
    answer.headers["Credit-Receipt"] = f"access:{position}"
    return answer


def _officer(caller: Caller) -> Any:
    return Incidents(services().ledger).officer(caller.signed_header("Credit-Official"), caller.department)


def _desk(given: Command) -> Incidents:
    """The desk, for an officer of the credit office. Raises ``Refused`` for anybody else, whatever was named."""
    incidents = Incidents(services().ledger)
    incidents.officer(given.officer, given.caller.department)
    return incidents
