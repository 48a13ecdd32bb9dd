"""Proposals over HTTP: a department proposes, everyone opines, the joint meeting reviews, the office publishes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.attempts import StaleVersion
from application.commands.acts import Done, HandleCase
from application.commands.meetings import Meetings
from application.commands.proposals import Proposals
from domain.parties.acting import SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, Officer
from domain.shared.refusals import Defect
from interfaces.http.bodies import given_json
from interfaces.http.describing import operation
from interfaces.http.problems import ProblemError
from interfaces.http.remedies import Command, command, sealed_act
from interfaces.http.remedy_operations import beginning, deciding
from interfaces.http.schema_fields import hexadecimal
from interfaces.http.services import services

TAG = "提案"
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')
blueprint = Blueprint("proposals", __name__, url_prefix="/v1/proposals")


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


def _short() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))


class MadeProposal(Schema):
    """What is proposed, and the whole version as its register tells it."""

    what = _short()
    content = fields.Dict(required=True, keys=fields.String())


class RevisedProposal(Schema):
    """The whole version anew."""

    content = fields.Dict(required=True, keys=fields.String())


class OpenedComment(Schema):
    """The last day of comment."""

    closes = fields.Date(required=True)


class Author(Schema):
    """Who opines; told to nobody."""

    name = _short()
    contact = _short()


class StatedOpinion(Schema):
    """An opinion; ``author`` for everyone but departments, by the credit office's portal."""

    group = _short()
    text = _text()
    author = fields.Nested(Author)


class StatedAnswer(Schema):
    """What came of an opinion."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10_000))
    outcome = _short()
    answer = _text()


class CalledMeeting(Schema):
    """From which day on the meeting is held."""

    meets_on = fields.Date(required=True)


class SealedView(Schema):
    """A member's view (``proposal.view_given``) as its department sealed it: everything in the public part."""

    parts = fields.Dict(
        required=True, keys=fields.String(validate=validate.OneOf(("public",))), values=fields.Dict()
    )
    salt = hexadecimal("盐 / salt", 64)
    issuer = hexadecimal("签名密钥编号 / issuer id of the key", 16)
    signature = hexadecimal("签名 / signature", 128)


class StatedReview(Schema):
    """``approved`` or ``returned``, why, and on which day the meeting was held."""

    outcome = _short()
    reasons = _text()
    held_on = fields.Date(required=True)


class Publication(Schema):
    """By when it is reviewed again."""

    review_by = fields.Date(required=True)


class Evaluation(Schema):
    """Who evaluated, what was found, what comes of it, and by when the next evaluation, or version, is due."""

    by = _text()
    findings = _text()
    outcome = _short()
    review_by = fields.Date(required=True)


def _desk() -> Meetings:
    return Meetings(services().desk(), defaults=services().settings.defaults)


@blueprint.post("")
@operation(beginning("提出", "Propose a version", MadeProposal, tag=TAG))
def make_proposal() -> Response:
    """A department proposes the next version of a catalogue item, the standard of a list or a measure (提出, CAT-3)."""

    def run(given: Command) -> Done:
        officer = given.acting()
        said = given_json(MadeProposal(), given.body)
        proposal_id = services().ledger.entropy.uuid()
        return _desk().propose(
            proposal_id, what=said["what"], content=said["content"], officer=officer, once=given.once
        )

    return command(run)


def _acting(schema: Schema, act: Callable[[Meetings, HandleCase, dict[str, Any], Command], Done]) -> Any:
    """A route's function: the version seen, the body, one command."""

    def view(proposal_id: UUID) -> Response:
        def run(given: Command) -> Done:
            tag = given.caller.signed_header("If-Match")
            if not tag:
                raise ProblemError(428, "if-match", Defect("FORMAT", "if_match_missing", "If-Match"))
            found = _TAG.fullmatch(tag)
            if found is None:
                raise StaleVersion
            officer = Officer(given.officer, given.caller.department)
            handling = HandleCase(proposal_id, int(found[1]), officer)
            return act(_desk(), handling, given_json(schema, given.body), given)

        return command(run)

    return view


def _give_view(to: Meetings, handling: HandleCase, said: dict[str, Any], given: Command) -> Done:
    return to.give_view(handling, sealed_act(said), once=given.once)


def _opine(to: Proposals, handling: HandleCase, said: dict[str, Any], given: Command) -> Done:
    author = said.get("author")
    return to.opine(handling, group=said["group"], text=said["text"], author=author, once=given.once)


ACTS: tuple[tuple[str, str, str, type[Schema], Any, str], ...] = (
    ("revise", "重新提出", "Propose it anew", RevisedProposal,
     lambda p, h, s, g: p.revise(h, **s, once=g.once),
     "Its department proposes it anew after it was returned (重新提出, CAT-3)."),
    ("consult", "公开征求意见", "Open it for comment", OpenedComment,
     lambda p, h, s, g: p.consult(h, **s, once=g.once),
     "The credit office opens it for comment; at least 30 days for a list's standard (公开征求意见, LST-3)."),
    ("opinions", "提出意见", "Give an opinion", StatedOpinion, _opine,
     "An opinion while it is open; who opines is told to nobody (意见, CAT-3)."),
    ("answer", "答复意见", "Answer an opinion", StatedAnswer,
     lambda p, h, s, g: p.answer(h, **s, once=g.once),
     "The credit office answers an opinion (意见采纳情况, CAT-3)."),
    ("meeting", "提请联席会议审定", "Lay it before the joint meeting", CalledMeeting,
     lambda p, h, s, g: p.call(h, **s, once=g.once),
     "The credit office lays it before the members of the joint meeting, once every opinion is answered"
     " (提请审定, CAT-3)."),
    ("views", "成员单位意见", "Give a member's view", SealedView, _give_view,
     "A member of the joint meeting agrees or disagrees, under its own seal (成员单位意见, CAT-3); If-Match names the"
     " proposal's version, not that of the case on the member's worklist."),
    ("review", "审定", "Record the meeting's outcome", StatedReview,
     lambda p, h, s, g: p.conclude(h, **s, once=g.once),
     "Another officer of the credit office records the meeting: approved if enough members agreed, else returned"
     " (审定, CAT-3)."),
    ("publish", "公布", "Publish it", Publication,
     lambda p, h, s, g: p.publish(h, **s, once=g.once),
     "It is published, and its content adopted, if it passes its gate (公布, CAT-3)."),
    ("evaluate", "第三方评估", "Record an evaluation", Evaluation,
     lambda p, h, s, g: p.evaluate(h, **s, once=g.once),
     "The department that made it, or the credit office, records a third party's evaluation"
     " (第三方评估, LST-3)."),
)  # fmt: skip
"""Path, names, body, command and description of every act on a proposal that there is."""
for _path, _zh, _en, _schema, _act, _about in ACTS:
    _view = _acting(_schema(), _act)
    _view.__doc__ = _about
    operation(deciding(_zh, _en, _schema, tag=TAG))(_view)
    blueprint.add_url_rule(f"/<uuid:proposal_id>/{_path}", endpoint=_path, view_func=_view, methods=["POST"])
