"""The bodies of the routes for objections and repairs; a member that no schema names is refused.

``objections.py`` and ``repairs.py`` load them; the interface's description is made from them.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.parties.acting import DIGESTS_MAX, REMEDIES, SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from domain.remedies.public_service import HOURS_MAX
from interfaces.http.queries import Subject


def _hex(digits: int) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(rf"^[0-9a-f]{{{digits}}}$"))


def _short() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=SHORT_CHARACTERS_MAX))


def _text(*, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class Agent(Schema):
    """Who acts for the subject, with the digest (SHA-256) of the power of attorney."""

    name = _short()
    id_type = _short()
    id_number = _short()
    power_of_attorney = _hex(64)


class Material(Schema):
    """A document handed in: its kind and the digest (SHA-256) of its file."""

    kind = _short()
    digest = _hex(64)


class RepairMaterial(Material):
    """A material of a repair; of ``public_service`` also its hours and who certified them (REP-7)."""

    hours = fields.Integer(strict=True, validate=validate.Range(min=1, max=HOURS_MAX))
    certified_by = fields.String(validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))


class Remedies(Schema):
    """Which remedies are open to whoever is refused."""

    reconsideration = _text(required=True)
    litigation = _text(required=True)


assert set(REMEDIES) == set(Remedies().fields)


class FiledObjection(Schema):
    """An objection: to which record, about what, on which grounds; ``subject`` and ``agent`` by a portal only."""

    record = fields.UUID(required=True)
    about = _short()
    grounds = _text(required=True)
    evidence = fields.List(_hex(64), validate=validate.Length(max=DIGESTS_MAX), load_default=list)
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    subject = fields.Nested(Subject)
    agent = fields.Nested(Agent)


class Rejection(Schema):
    """Why an objection is not upheld, and the remedies."""

    reasons = _text(required=True)
    remedies = fields.Nested(Remedies, required=True)


class SealedByDepartment(Schema):
    """A correction or withdrawal as its department sealed it (leaf 01): parts, salt, key, signature.

    The public part names what it corrects (``corrects`` or ``withdraws``) and the ``objection`` it follows.
    """

    parts = fields.Dict(
        required=True,
        keys=fields.String(validate=validate.Regexp(r"^[\x21-\x7e]{1,64}$")),
        values=fields.Dict(),
        validate=validate.Length(min=1),
    )
    salt = _hex(64)
    issuer = _hex(16)
    signature = _hex(128)
    reasons = _text()


class AppliedRepair(Schema):
    """An application for repair. It has no member for an amount, and any such member is refused (REP-3)."""

    record = fields.UUID(required=True)
    subject = fields.Nested(Subject, required=True)
    materials = fields.List(
        fields.Nested(RepairMaterial), validate=validate.Length(max=DIGESTS_MAX), load_default=list
    )
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    agent = fields.Nested(Agent)


class RequestedMaterials(Schema):
    """Which materials were handed in but cannot be used; what is missing is found by itself."""

    unusable = fields.List(_short(), validate=validate.Length(max=DIGESTS_MAX), load_default=list)


class ExtendedRepair(Schema):
    """By how many working days, why, and the digest (SHA-256) of what the applicant was told."""

    working_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=60))
    reasons = _text(required=True)
    notice = _hex(64)


class SuppliedMaterials(Schema):
    """What was asked for."""

    subject = fields.Nested(Subject, required=True)
    materials = fields.List(
        fields.Nested(RepairMaterial), required=True, validate=validate.Length(min=1, max=DIGESTS_MAX)
    )


class Basis(Schema):
    """The law, administrative regulation or central policy that excludes a repair."""

    title = _short()
    document_number = _short()
    article = _short()
    level = _short()


class RefusedRepair(Schema):
    """Why a repair is refused, the remedies, and the provision when the record cannot be repaired at all."""

    reasons = _text(required=True)
    remedies = fields.Nested(Remedies, required=True)
    basis = fields.Nested(Basis)


class Nothing(Schema):
    """An empty object: everything is said by the path and the signed headers."""


class CaseQuestion(Schema):
    """For whom a portal asks how a case stands; a department leaves it out."""

    subject = fields.Nested(Subject)
