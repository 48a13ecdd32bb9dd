"""The bodies and answers of the routes for red lists, the watch list, entries for reference and the green channel."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.listing.reference import MARK
from domain.parties.acting import DIGESTS_MAX, TEXT_CHARACTERS_MAX
from interfaces.http.queries import Subject
from interfaces.http.remedy_schemas import Agent, Remedies, SealedByDepartment
from interfaces.http.schema_fields import drawn_id, text


class SealedEntryBody(SealedByDepartment):
    """An entry as its department sealed it under the id ``entry``, which the department drew."""

    entry = drawn_id()


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


class ObjectedToEntry(Schema):
    """What the subject of an entry, or its agent, says against it by its portal; digests (SHA-256) of its evidence."""

    subject = fields.Nested(Subject, required=True)
    agent = fields.Nested(Agent)
    grounds = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))
    evidence = fields.List(
        fields.String(validate=validate.Length(max=64)),
        validate=validate.Length(max=DIGESTS_MAX),
        load_default=list,
    )


class RejectedObjection(Schema):
    """Why the entry stays, and the remedies."""

    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))
    remedies = fields.Nested(Remedies, required=True)


class OneSubject(Schema):
    """Whom a question is about; one subject."""

    subjects = fields.List(fields.Nested(Subject), required=True, validate=validate.Length(equal=1))


class GreenAnswerBody(Schema):
    """Whether the green channel is open, the rule and which of its grounds decided; nothing else of the subject."""

    eligible = fields.Boolean(required=True)
    rule = fields.String(required=True, validate=validate.Equal("JNT-2"))
    ground = fields.String(required=True, validate=validate.OneOf(["clean_record", "red_listed", "neither"]))
    ground_zh = text("依据 / the ground, in Chinese")
    ground_en = text("依据（英文） / the ground, in English")
    receipt = text("查询登记 / the look")


class WatchTold(Schema):
    """An entry of the watch list as the department that made it is told."""

    entry = fields.UUID(required=True)
    entered_on = text("列入日期 / from when")
    until = text("截止日期 / the last day")
    ground = text("情形 / the ground")
    field = text("重点领域 / the key field", required=False)
    records = fields.List(fields.UUID(), required=True)
    reason = text("理由 / the reason")


class WatchAnswer(Schema):
    """The asking department's own entries about the subject."""

    entries = fields.List(fields.Nested(WatchTold), required=True)
    receipt = text("查询登记 / the look")


class ReferenceTold(Schema):
    """An entry for reference, under its mark: no authority's determination."""

    entry = fields.UUID(required=True)
    mark = fields.String(required=True, validate=validate.Equal(MARK))
    brought_by = text("报送部门 / who brought it in")
    source_kind = text("来源类别 / sort of source")
    source = text("来源 / the source")
    list_name = text("名单 / its list")
    colour = text("红或黑 / red or black")
    stated_on = text("来源作出日期 / when the source said so")


class ReferenceAnswer(Schema):
    """What associations and agencies said of the subject."""

    entries = fields.List(fields.Nested(ReferenceTold), required=True)
    receipt = text("查询登记 / the look")
