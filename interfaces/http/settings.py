"""Settings over HTTP: anyone reads them with their history, an officer of the credit office changes one.

A change is sealed by the office's own key over exactly what is sent; it never reaches back (ADR 0026).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.settings import ChangeSetting
from domain.shared.city_time import city_day
from domain.shared.rule_settings import PER_SEVERITY, SETTINGS, TEXT_MAX, RuleSettings, Setting, Value
from domain.shared.rulebook import STATUSES
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.rules import kept
from interfaces.http.schema_fields import count, date, hexadecimal, text
from interfaces.http.services import services

JSON_BYTES_MAX = 1 << 16
blueprint = Blueprint("settings", __name__, url_prefix="/v1/settings")


class SettingValue(Schema):
    """One value that a setting has, had or will have."""

    value = fields.List(fields.Integer(strict=True), required=True)
    from_day = date("自何日起；默认值为 null / since when; null for a default")
    source = text("依据 / the text that it rests on")
    status = text("来源等级 / how sure the source is; NONE where none was found")
    reason = text("调整理由 / why it was changed; empty for a default")
    author = text("经办人 / the officer, by pseudonym; empty for a default")


class SettingEntry(Schema):
    """A setting, its bounds, the value of today and every other one in the order of decision."""

    name = text("名称 / name")
    rule = text("所属规则 / the rule that it serves")
    zh = text("说明")
    en = text("what it is")
    unit = text("单位 / unit")
    least = count("最小值 / least")
    most = count("最大值 / most")
    numbers = count("数值个数；3 为轻微、一般、严重 / how many numbers; 3: one per severity class")
    today = fields.Nested(SettingValue, required=True)
    history = fields.List(fields.Nested(SettingValue), required=True)


class SettingsAnswer(Schema):
    """All settings; ``stream`` is what the seal of a change commits to."""

    day = date("今日 / today")
    stream = fields.UUID(required=True)
    settings = fields.List(fields.Nested(SettingEntry), required=True)


class ChangedSetting(Schema):
    """A change, and the leaf by which the credit office's key seals it: its salt, key and signature."""

    name = fields.String(required=True, validate=validate.OneOf(sorted(SETTINGS)))
    value = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=0, max=10_000)),
        required=True,
        validate=validate.Length(min=1, max=PER_SEVERITY),
    )
    from_day = fields.Date(required=True)
    source = fields.String(required=True, validate=validate.Length(min=1, max=TEXT_MAX))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=TEXT_MAX))
    salt = hexadecimal("盐 / salt", 64)
    issuer = hexadecimal("签名密钥编号 / issuer id of the key", 16)
    signature = hexadecimal("签名 / signature", 128)


class SettingReceipt(Schema):
    """What was changed, and from when on it holds."""

    setting = text("名称 / name")
    value = fields.List(fields.Integer(strict=True), required=True)
    from_day = date("自何日起 / since when")


class SettingAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(SettingReceipt, required=True)
    event_id = fields.String()


@blueprint.get("")
@operation(
    Operation(
        "规则参数",
        "The settings",
        Access.PUBLIC,
        "规则",
        {
            200: Answer(
                "参数及其沿革", "the settings with their history", json_of(SettingsAnswer), ("ETag",)
            ),
            304: Answer("与 If-None-Match 所写的相同", "as in If-None-Match", {}, ("ETag",)),
        },
    )
)
def settings() -> Response:
    """Every limit and threshold with its source, author, reason and effective day, past and to come."""
    found = services()
    read, today = found.settings.read(), city_day(found.ledger.now())
    entries = [_entry(setting, read.settings, today) for setting in SETTINGS.values()]
    told = {"day": today.isoformat(), "stream": str(read.stream_id), "settings": entries}
    return kept(json_response(told, 200))


@blueprint.post("")
@operation(
    Operation(
        "调整规则参数",
        "Change a setting",
        Access.OFFICER,
        "规则",
        {201: Answer("已记录", "recorded", json_of(SettingAnswer))},
        takes=json_of(ChangedSetting),
        problems=(409,),
    )
)
def change_setting() -> Response:
    """An officer of the credit office sets a limit or threshold from a later day on (调整规则参数)."""
    body = read_body(JSON_BYTES_MAX)
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    officer, desk = caller.signed_header("Credit-Official"), services().settings
    with logged_refusals(caller, body):
        desk.require_officer(officer, caller.department)
    given = given_json(ChangedSetting(), body)
    hexes = {name: bytes.fromhex(given.pop(name)) for name in ("salt", "issuer", "signature")}
    command = ChangeSetting(**given | hexes | {"officer": officer, "value": tuple(given["value"])})
    told = {"setting": command.name, "value": given["value"], "from_day": command.from_day.isoformat()}
    receipt = receipt_of(caller, body, told)
    with logged_refusals(caller, body):
        position = desk.change(command, department=caller.department, receipt=receipt)
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)


def _entry(setting: Setting, found: RuleSettings, today: Any) -> dict[str, Any]:
    return {
        "name": setting.name,
        "rule": setting.rule,
        "zh": setting.zh,
        "en": setting.en,
        "unit": setting.unit,
        "least": setting.least,
        "most": setting.most,
        "numbers": setting.numbers,
        "today": _value(found.value(setting.name, on=today)),
        "history": [_value(value) for value in found.history(setting.name)],
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": list(value.numbers),
        "from_day": value.from_day.isoformat() if value.from_day else None,
        "source": value.source,
        "status": value.status,
        "reason": value.reason,
        "author": value.author,
    }
