"""The bodies of the routes for listing cases; a member that no schema names is refused.

``listings.py`` loads them; the interface's description is made from them.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.listing.case import RECORDS_MAX
from domain.listing.standards import CODE_CHARACTERS_MAX
from domain.parties.acting import DIGESTS_MAX, SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from interfaces.http.queries import Subject
from interfaces.http.remedy_schemas import Agent, Material, Remedies


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class ServedNotice(Schema):
    """The notice (告知书) as it was served: facts, grounds, rights; how, when, and the digest of the proof."""

    facts = _text()
    grounds = _text()
    rights = _text()
    service = fields.String(required=True, validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    served_on = fields.Date(required=True)
    receipt = fields.String(required=True, validate=validate.Length(max=64))


class BegunListing(Schema):
    """A listing case: on which list, resting on which records, and the notice served."""

    list_code = fields.String(
        required=True, data_key="list", validate=validate.Length(min=1, max=CODE_CHARACTERS_MAX)
    )
    records = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=RECORDS_MAX))
    notice = fields.Nested(ServedNotice, required=True)


class MadeStatement(Schema):
    """What the subject says to the notice, by its portal."""

    subject = fields.Nested(Subject, required=True)
    grounds = _text()
    evidence = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=DIGESTS_MAX),
        load_default=list,
    )
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    agent = fields.Nested(Agent)


class AnsweredStatement(Schema):
    """What came of it: ``accepted`` (nobody is listed) or ``rejected``, with reasons."""

    outcome = fields.String(required=True, validate=validate.OneOf(["accepted", "rejected"]))
    reasons = _text()


class DroppedListing(Schema):
    """Why nobody is listed."""

    reasons = _text()


class AppliedRemoval(Schema):
    """An application to be taken off early; it has no member for an amount."""

    subject = fields.Nested(Subject, required=True)
    materials = fields.List(fields.Nested(Material), required=True, validate=validate.Length(max=DIGESTS_MAX))
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))


class RefusedRemoval(Schema):
    """Why the subject stays on the list, and the remedies."""

    reasons = _text()
    remedies = fields.Nested(Remedies, required=True)
