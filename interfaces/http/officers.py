"""Officers over HTTP: relations declared and ended, how one stands, the right to query given back (QRY-3)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done
from application.commands.officers import Officers
from application.commands.relations import RelationOf, Relations
from application.queries.officers import standing_of
from domain.access.model import SUPERVISION
from domain.oversight.officers import ENDINGS, RELATIONS
from domain.parties.acting import SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, for_purpose, identity_of
from interfaces.http.remedies import Command, command
from interfaces.http.remedy_operations import beginning
from interfaces.http.reviews import ReviewMoment
from interfaces.http.schema_fields import count, text
from interfaces.http.services import services

TAG = "监督"
blueprint = Blueprint("officers", __name__, url_prefix="/v1")


def _pseudonym() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))


def _word(values: tuple[str, ...]) -> fields.String:
    about = {"description": " / ".join(values)}
    return fields.String(required=True, validate=validate.Length(max=32), metadata=about)


class DeclaredRelation(Schema):
    """Whom the department declares as a relative or colleague of which of its officers."""

    officer = _pseudonym()
    subject = fields.Nested(Subject, required=True)
    relation = _word(RELATIONS)


class EndedRelation(DeclaredRelation):
    """Which relation stands no more: named as it was declared, how it ended, and why."""

    how = _word(ENDINGS)
    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class LiftedSuspension(Schema):
    """Whose suspension is lifted, the review or incident that found it, and why."""

    officer = _pseudonym()
    case = fields.UUID(required=True)
    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class StandingQuestion(Schema):
    """Which officer."""

    officer = _pseudonym()


class OfficerMoment(ReviewMoment):
    """One event of an officer's own stream; the name is left out."""

    event_id = text("事件编号 / id of the event")


class StandingAnswer(Schema):
    """How an officer stands, with every suspension and reinstatement."""

    officer = text("经办人代号 / the officer's pseudonym")
    department = text("部门 / department")
    role = text("角色 / role")
    suspended = fields.Boolean(required=True)
    version = count("版本 / version")
    history = fields.List(fields.Nested(OfficerMoment), required=True)


@blueprint.post("/officer-relations")
@operation(beginning("申报利害关系人", "Declare a relation of an officer", DeclaredRelation, tag=TAG))
def declare_relation() -> Response:
    """A department declares relatives and colleagues of its officer (申报利害关系人); queries of them are reviewed."""

    def run(given: Command) -> Done:
        desk = _relations(given)
        said = given_json(DeclaredRelation(), given.body)
        return desk.declare(_relation(given, said), once=given.once)

    return command(run)


@blueprint.post("/officer-relations/end")
@operation(beginning("解除利害关系申报", "End a relation of an officer", EndedRelation, tag=TAG))
def end_relation() -> Response:
    """Another officer of the department says that a relation ended or was declared by mistake (解除利害关系申报)."""

    def run(given: Command) -> Done:
        desk = _relations(given)
        said = given_json(EndedRelation(), given.body)
        return desk.end(_relation(given, said), how=said["how"], reasons=said["reasons"], once=given.once)

    return command(run)


@blueprint.post("/officer-reinstatements")
@operation(beginning("恢复查询权限", "Give an officer the right to query back", LiftedSuspension, tag=TAG))
def reinstate() -> Response:
    """The credit office lifts a suspension, once every case about the officer is closed (恢复查询权限)."""

    def run(given: Command) -> Done:
        officers = Officers(services().ledger)
        officers.require_office(given.officer, given.caller.department)
        said = given_json(LiftedSuspension(), given.body)
        return officers.reinstate(
            officer=given.officer,
            department=given.caller.department,
            pseudonym=said["officer"],
            case=said["case"],
            reasons=said["reasons"],
            once=given.once,
        )

    return command(run)


@blueprint.post("/officers/standing")
@operation(
    Operation(
        "经办人查询权限",
        "How an officer stands",
        Access.OFFICER,
        TAG,
        {200: Answer("经办人和其停权、恢复的历史", "the officer and its history", json_of(StandingAnswer))},
        takes=json_of(StandingQuestion),
        problems=(404,),
        headers={"Credit-Purpose": True},
    )
)
def officer_standing() -> Response:
    """Whether an officer may query, and every suspension and reinstatement (经办人查询权限): for itself, its
    department's supervision and the credit office; for everyone else there is no such officer."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_purpose(caller, SUPERVISION)
        given = read_json(StandingQuestion(), body)
        asking, department = caller.signed_header("Credit-Official"), caller.department
        found = standing_of(services().ledger, given["officer"], officer=asking, department=department)
    told = {
        "officer": found.officer.pseudonym,
        "department": found.officer.department,
        "role": found.officer.role,
        "suspended": found.officer.suspended,
        "version": found.officer.version,
        "history": list(found.history),
    }
    return json_response(told, 200)


def _relations(given: Command) -> Relations:
    """The desk, for a registered officer. Raises ``Refused`` (QRY-1) for anybody else, whatever was named."""
    desk = Relations(services().ledger)
    desk.officer(given.officer, given.caller.department)
    return desk


def _relation(given: Command, said: dict[str, Any]) -> RelationOf:
    subject = identity_of(said["subject"], "/subject")
    return RelationOf(given.officer, given.caller.department, said["officer"], subject, said["relation"])
