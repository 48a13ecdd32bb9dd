"""The bodies of the routes for measures and their answers; a member that no schema names is refused."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from application.commands.measures import RESPONDERS_MAX
from domain.measures.case import BY_DEPARTMENT
from domain.parties.acting import DIGESTS_MAX, SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from interfaces.http.queries import Subject
from interfaces.http.remedy_schemas import Agent
from interfaces.http.schema_fields import text

CODE_MAX = 18
KIND_MAX = 32


def _short(most: int = SHORT_CHARACTERS_MAX) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, max=most))


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class CitedProvision(Schema):
    """The provision that is cited directly, as the measures list has it."""

    title = _short()
    document_number = _short()
    article = _short()


class RestsOn(Schema):
    """What a measure rests on: ``record``, ``listing``, or a person's ``link`` to a record of an organisation, with
    its id; any other kind is refused by its rule."""

    kind = _short(KIND_MAX)
    id = fields.UUID()


class Responder(Schema):
    """Who is to apply it: a ``department`` by its code; any other kind is refused by its rule."""

    kind = _short(KIND_MAX)
    code = _short(CODE_MAX)


class NamedMeasure(Schema):
    """A measure of the list, under which provision, on what, and by whom it is to be applied."""

    measure = _short(16)
    provision = fields.Nested(CitedProvision, required=True)
    rests_on = fields.Nested(RestsOn, required=True)
    responders = fields.List(
        fields.Nested(Responder), required=True, validate=validate.Length(max=RESPONDERS_MAX)
    )


class Reasons(Schema):
    """Why the department does not apply the measure, or lifts it."""

    reasons = _text()


class LiftedMeasure(Reasons):
    """Why the measure is lifted: the conduct was ``corrected``, or the measure was ``wrongly_applied``; or why its
    initiator ends all that it named on the same ground: ``conduct_corrected``."""

    cause = fields.String(load_default="corrected", validate=validate.OneOf(BY_DEPARTMENT))


class ObjectedToMeasure(Schema):
    """What the subject, or its agent, says against the measure itself; digests (SHA-256) of the evidence."""

    subject = fields.Nested(Subject, required=True)
    agent = fields.Nested(Agent)
    grounds = _text()
    evidence = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=DIGESTS_MAX),
        load_default=list,
    )


class MeasureReport(Schema):
    """What the department did."""

    done = _text()


class MeasureQuestion(Schema):
    """Whether a measure may be applied to a subject; under one provision, or under any that fits."""

    subject = fields.Nested(Subject, required=True)
    measure = _short(16)
    provision = fields.Nested(CitedProvision)


class DecidingRule(Schema):
    """A rule that decided, and whether it lets the measure pass."""

    rule = text("规则编号 / id of the rule")
    passed = fields.Boolean(required=True)


class Reason(Schema):
    """A reason against it."""

    rule = text("规则编号 / id of the rule")
    code = text("原因代码 / code of the reason")
    detail = text("原因 / the reason in Chinese")
    detail_en = text("原因（英文） / the reason in English")


class JudgedGround(Schema):
    """A record, listing or link of the subject, and whether the measure may rest on it."""

    kind = text("record, listing, link")
    id = fields.UUID(required=True)
    severity = text("严重程度 / severity")
    may = fields.Boolean(required=True)
    provision = fields.Nested(CitedProvision)
    months_max = fields.Integer(required=True, metadata={"description": "最长期限（月） / longest term"})
    listed_until = text("名单的最后一日，无则为空 / last day of the listing, empty for none")
    reasons = fields.List(fields.Nested(Reason), required=True)


class MeasureAnswer(Schema):
    """Yes or no, with every rule that decided and every ground that was asked."""

    measure = text("措施编码 / code of the measure")
    answer = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))
    rules = fields.List(fields.Nested(DecidingRule), required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
    grounds = fields.List(fields.Nested(JudgedGround), required=True)
    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[0-9]+$"))
