"""The fields of which the answers' schemas are made, each with its description for the OpenAPI document."""

from __future__ import annotations

from uuid import UUID

from marshmallow import ValidationError, fields, validate


def text(zh: str, *, required: bool = True) -> fields.String:
    """A string with its description."""
    return fields.String(required=required, metadata={"description": zh})


def hexadecimal(zh: str, digits: int, *, required: bool = True) -> fields.String:
    """So many lower-case hex digits."""
    return fields.String(
        required=required,
        validate=validate.Regexp(rf"^[0-9a-f]{{{digits}}}$"),
        metadata={"description": zh},
    )


def date(zh: str) -> fields.String:
    """A day as ISO text, or null."""
    return fields.String(
        allow_none=True,
        validate=validate.Regexp(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        metadata={"description": zh},
    )


def count(zh: str, *, required: bool = True) -> fields.Integer:
    """A number from 0."""
    return fields.Integer(
        required=required, strict=True, validate=validate.Range(min=0), metadata={"description": zh}
    )


def drawn_id() -> fields.UUID:
    """An id that the caller drew at random (UUID version 4, STORAGE 5): the ids of departments, keys, items, notices
    and assessments follow from their names, and could be taken before their owners come."""
    return fields.UUID(required=True, validate=_random)


def _random(given: UUID) -> None:
    """Raise ``ValidationError``: a validator's answer counts for nothing."""
    if given.version != 4:
        raise ValidationError("not random")
