"""The public's page for tip-offs: a form, the receipt, and what becomes of it by the receipt (WHS-1).

It takes and tells what ``/v1/tip-offs`` does, by the same desk, without script, cookie or line in any log; what is
sealed is sealed by the service before it is written (ADR 0041).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.exceptions import UnsupportedMediaType

from application.registry import Registry
from application.services import Services
from domain.oversight.tip_offs import TEXT_MAX, TipOff
from domain.parties.acting import SHORT_CHARACTERS_MAX
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused, sentence

BODY_BYTES_MAX = 64 << 10
FORM_TYPE = "application/x-www-form-urlencoded"
FIELDS = ("about", "code", "text", "name", "contact")
STATES: Mapping[str, tuple[str, str]] = {
    "filed": ("已收到", "received"),
    "accepted": ("已受理", "accepted"),
    "forwarded": ("已转办", "forwarded"),
    "answered": ("已答复", "answered"),
    "closed": ("已办结", "closed"),
}
SHOWN = {"report": ("举报内容", "the report"), "reporter": ("举报人信息", "who reported")}
_SECRET = re.compile(r"[0-9a-f]{40}")


def tip_off_routes(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    """The pages on the portal's blueprint."""

    def form(
        faults: Mapping[str, tuple[str, str]] | None = None, typed: Mapping[str, str] | None = None
    ) -> str:
        """Both forms; what was typed stays, and stands in no address."""
        return render_template(
            "portal/tip_off.html",
            faults=faults or {},
            typed=typed or dict.fromkeys((*FIELDS, "number"), ""),
            text_max=TEXT_MAX,
            short_max=SHORT_CHARACTERS_MAX,
        )

    @blueprint.get("/tip-offs")
    @blueprint.get("/tip-offs/follow-up")
    def tip_off_page() -> str:
        """Where anyone reports, and follows a report (举报)."""
        return form()

    # No CSRF token: there is no cookie or login that another site could borrow; anyone may report.
    @blueprint.post("/tip-offs")
    def tip_off_filed() -> str | tuple[str, int]:
        """The receipt, told this once."""
        typed = _typed(FIELDS)
        said = {**typed, "code": "".join(typed["code"].split()).upper()}
        try:
            filed = services().tip_offs().file(**said)
        except Refused as refused:
            faults = {
                d.field.removeprefix("/"): (sentence(d, "zh"), sentence(d, "en")) for d in refused.defects
            }
            return form(faults, {**typed, "number": ""}), 422
        return render_template("portal/tip_off_receipt.html", number=str(filed.number), secret=filed.secret)

    @blueprint.post("/tip-offs/follow-up")
    def tip_off_followed() -> str | tuple[str, int]:
        """How it stands, for whoever holds the receipt; everyone else is told one and the same."""
        typed = _typed(("number", "secret"))
        found = services()
        try:
            number, secret = _receipt(typed["number"], typed["secret"])
            tip_off = found.tip_offs().follow(number, secret)
        except Refused as refused:
            (defect,) = refused.defects
            fault = {"number": (sentence(defect, "zh"), sentence(defect, "en"))}
            return form(fault, {**dict.fromkeys(FIELDS, ""), "number": typed["number"]}), 404
        return render_template("portal/tip_off_state.html", **_told(tip_off, Registry(found.ledger)))


def _typed(names: tuple[str, ...]) -> dict[str, str]:
    request.max_content_length = BODY_BYTES_MAX
    if request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}


def _receipt(number: str, secret: str) -> tuple[UUID, str]:
    """A receipt as it was typed, blanks and capitals aside; what is none is one that there is not."""
    secret = "".join(secret.split()).lower()
    try:
        found = UUID("".join(number.split()))
    except ValueError:
        found = UUID(int=0)
    return found, secret if _SECRET.fullmatch(secret) else "0" * 40


def _told(tip_off: TipOff, registry: Registry) -> dict[str, Any]:
    def name(code: str) -> str:
        found = registry.department(code)
        return found.name if found else code

    steps = [
        (
            city_day(s.timestamp).isoformat(),
            STATES[s.step],
            name(s.department),
            name(s.to) if s.to else "",
            s.text,
        )
        for s in tip_off.steps
    ]
    openings = [
        (
            city_day(o.timestamp).isoformat(),
            name(o.department),
            o.officer,
            [SHOWN[w] for w in o.shown],
            o.reason,
        )
        for o in tip_off.openings
    ]
    return {
        "number": str(tip_off.id),
        "state": STATES[tip_off.state],
        "filed_on": city_day(tip_off.filed_at).isoformat(),
        "department": name(tip_off.department),
        "steps": steps,
        "openings": openings,
    }
