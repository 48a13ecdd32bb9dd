"""The bodies and answers of the routes for red lists, the watch list, entries for reference and the green channel."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from interfaces.http.queries import Subject
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.schema_fields import text


class SealedEntryBody(SealedByDepartment):
    """An entry as its department sealed it under the id ``entry``, which the department drew."""

    entry = fields.UUID(required=True, validate=lambda given: given.version == 4)


class RedListEntry(SealedEntryBody):
    """An entry of a red list (``redlist.listed``): the public part says list and version, authority, document, day,
    basis, the standard's incentives, until when, and an organisation's name and code; the restricted one the reason;
    person/1 a natural person."""


class WatchListEntry(SealedEntryBody):
    """An entry of the watch list (``watchlist.entered``): the public part says who watches, from when and until when;
    the restricted one the ground, the records it rests on, the key field and the reason."""


class EntryForReference(SealedEntryBody):
    """An entry for reference (``reference.entered``): the public part says its mark, who brings it in and when; the
    restricted one source, list, colour, day, and an organisation's name and code; person/1 a natural person."""


class EndedEntry(SealedByDepartment):
    """The end of an entry as its department sealed it: the public part names the entry by its leaf hash, the restricted
    one has the reason."""


class GreenQuestion(Schema):
    """Whose case may be served by the green channel; one subject."""

    subjects = fields.List(fields.Nested(Subject), required=True, validate=validate.Length(equal=1))


class GreenAnswerBody(Schema):
    """Whether the green channel is open, the rule and which of its grounds decided; nothing else of the subject."""

    eligible = fields.Boolean(required=True)
    rule = fields.String(required=True, validate=validate.Equal("JNT-2"))
    ground = fields.String(required=True, validate=validate.OneOf(["clean_record", "red_listed", "neither"]))
    ground_zh = text("依据 / the ground, in Chinese")
    ground_en = text("依据（英文） / the ground, in English")
    receipt = text("查询登记 / the look")
