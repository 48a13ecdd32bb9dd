"""The bodies and answers of the routes about flags (责任线索); ``flags.py`` loads and gives them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.oversight.flag_causes import CAUSES
from domain.oversight.flags import OUTCOMES
from domain.parties.acting import SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from interfaces.http.paging import PageQuestion
from interfaces.http.schema_fields import count, date, hexadecimal, text
from interfaces.http.schemas import Paged

EVENT_ID = r"^(records|access):[1-9][0-9]*$"


class FlagsQuestion(PageQuestion):
    """Which page of flags; ``open`` leaves out those that are closed."""

    open = fields.Boolean(load_default=False)


class FlagQuestion(Schema):
    """Nothing but the question itself."""


class ClosedFlag(Schema):
    """How the credit office closes a flag, and why."""

    outcome = fields.String(
        required=True,
        validate=validate.Length(min=1, max=32),
        metadata={"description": " / ".join(OUTCOMES)},
    )
    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class ReassignedFlag(Schema):
    """To which unit, or which officer of a unit, the credit office assigns a flag, and why."""

    unit = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Z]{18}$"))
    responsible = fields.String(
        load_default="",
        validate=validate.Length(max=SHORT_CHARACTERS_MAX),
        metadata={
            "description": "责任人代号，其后由其一人答复 / the one officer who is to answer from then on"
        },
    )
    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class ListedFlag(Schema):
    """A flag of a list."""

    flag = fields.UUID(required=True)
    version = count("版本，用于 If-Match / the version, for If-Match")
    rule = text("ACC-1, ACC-2, ACC-3, ACC-4")
    unit = text("被交办单位 / the unit that is to answer")
    responsible = text(
        "责任人代号，没有指定则为空 / the one officer who is to answer, empty for any of the unit"
    )
    what = fields.String(required=True, validate=validate.OneOf(list(CAUSES)))
    about = text("所涉目录项、案件或名单决定，拒绝类为空 / item, case or listing; empty for refusals")
    times = count("次数 / how often")
    state = text("raised, answered, overdue, closed")
    raised_on = fields.Date(required=True)
    answer_by = date("答复期限 / the unit's last day")


class FlagsAnswer(Paged):
    """A unit's flags, oldest first; for the credit office those of all units."""

    flags = fields.List(fields.Nested(ListedFlag), required=True)


class Evidence(Schema):
    """An event that shows the cause: anyone who has the flag checks it by its receipt."""

    event_id = fields.String(required=True, validate=validate.Regexp(EVENT_ID))
    leaf_hash = hexadecimal("叶子哈希 / hash of the leaf", 64)


class FlagStep(Schema):
    """One event of a flag."""

    event = text("事件 / topic of the event")
    event_id = fields.String(required=True, validate=validate.Regexp(EVENT_ID))
    leaf_hash = hexadecimal("叶子哈希，答复时以此指明线索 / by which an answer names the flag", 64)
    on_day = fields.Date(required=True)
    content = fields.Dict(required=True, keys=fields.String())


class FlagAnswer(Schema):
    """A flag with its evidence and its timeline (办理过程)."""

    flag = fields.Nested(ListedFlag, required=True)
    evidence = fields.List(fields.Nested(Evidence), required=True)
    steps = fields.List(fields.Nested(FlagStep), required=True)
