"""The public pages: front page, look-up, one record, the rules; and errors in the same dress for browsers.

Before them stands the public look-up, which leaves out what is suppressed or past its term. After them there
is nothing: they set no cookie, write down nobody who asks, and change nothing but that they take tip-offs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from jinja2 import StrictUndefined
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from application.ledger import parse_instant
from application.queries.public import SUBJECTS_MAX
from application.queries.registers import REGISTERS
from application.services import Services
from domain.shared.city_time import city_day
from domain.shared.text import without_blanks
from interfaces.portal.indicators import indicator_routes
from interfaces.portal.instruments import instrument_routes
from interfaces.portal.registers import register_pages
from interfaces.portal.rules import STATUS_NAMES, show_rules, show_settings
from interfaces.portal.showing import show_record, show_subject
from interfaces.portal.timeline import city_instant
from interfaces.portal.tip_offs import tip_off_routes
from interfaces.portal.verifier_page import PAGE
from interfaces.rulebook import rulebook

IDENTIFIER_CHARACTERS_MAX = 200
"""The longest name that a form holds; nothing longer can be found."""
LOOKUP_BODY_BYTES_MAX = 4096
"""The longest identifier, each of its characters percent-encoded from four bytes, and some room."""
REPORT_NUMBER = re.compile(r"[0-9]{8}-[A-Z2-7]{16}")
FORM_TYPE = "application/x-www-form-urlencoded"
PROBLEM_TYPE = "application/problem+json"

EMPTY = ("请填写统一社会信用代码或全称。", "Enter a unified social credit code or a full name.")
TOO_LONG = (
    f"最多 {IDENTIFIER_CHARACTERS_MAX} 个字符。",
    f"At most {IDENTIFIER_CHARACTERS_MAX} characters.",
)


def portal(services: Callable[[], Services]) -> Blueprint:
    """The pages, with their templates and static files; ``services`` gives those of the application that is asked."""
    blueprint = Blueprint(
        "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    blueprint.record_once(_prepare_templates)

    @blueprint.app_context_processor
    def clock() -> dict[str, str]:
        """When a demo clock runs ahead, every page says so by the ledger's day."""
        ledger = services().ledger
        return {"demo_day": city_day(ledger.now()).isoformat() if ledger.clock.ahead() else ""}

    _routes(blueprint, services)
    _report_route(blueprint, services)
    register_pages(blueprint, services)
    indicator_routes(blueprint, services)
    instrument_routes(blueprint, services)
    tip_off_routes(blueprint, services)
    _verifier_route(blueprint)
    blueprint.after_request(_never_kept)
    blueprint.after_app_request(_dressed)
    return blueprint


def _routes(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    def home(fault: tuple[str, str] | None = None) -> str:
        """What this is, the form, and how far the public view reaches."""
        status = services().public.status()
        return render_template("portal/home.html", status=status, fault=fault, registers=REGISTERS)

    @blueprint.get("/")
    def front() -> str:
        return home()

    @blueprint.get("/lookup")
    def lookup_by_link() -> AnyResponse:
        """Identifiers never stand in a URL, so a link or a typed address leads to the form."""
        return redirect("/", code=303)

    # No CSRF token: this POST changes nothing and uses no cookie or login that another site could borrow.
    # It is a POST only to keep the identifier out of URLs, histories and logs of proxies.
    @blueprint.post("/lookup")
    def lookup() -> str | tuple[str, int]:
        request.max_content_length = LOOKUP_BODY_BYTES_MAX
        if request.mimetype != FORM_TYPE:
            raise UnsupportedMediaType
        text = request.form.get("identifier", "")
        if not without_blanks(text):
            return home(EMPTY), 400
        if len(text) > IDENTIFIER_CHARACTERS_MAX:
            return home(TOO_LONG), 400
        found = services()
        now = found.ledger.now()
        today = city_day(now)
        cursor = request.form.get("cursor", "")
        subjects = [show_subject(s, found.forms, today=today) for s in found.public.find(text, cursor)]
        if not subjects:
            # Nothing of what was asked is repeated: "unknown" and "none" are one and the same page.
            return render_template("portal/none.html")
        return render_template(
            "portal/result.html",
            subjects=subjects,
            asked=text,
            at_most=SUBJECTS_MAX if len(subjects) >= SUBJECTS_MAX else 0,
            made_at=city_instant(now),
        )

    @blueprint.get("/records/<uuid:record_id>")
    def record(record_id: UUID) -> str:
        found = services()
        public = found.public.record(record_id)
        if public is None:
            abort(404)
        now = found.ledger.now()
        shown = show_record(public, found.forms, today=city_day(now))
        return render_template("portal/record.html", record=shown, made_at=city_instant(now))

    @blueprint.get("/rules")
    def rules() -> str:
        """The rulebook (规则集) with its refusals so far."""
        found = services()
        before, counts = found.refusals.told()
        book = rulebook()
        return render_template(
            "portal/rules.html",
            groups=show_rules(book, counts),
            count=len(book),
            before=before.isoformat(),
            statuses=STATUS_NAMES,
            settings=show_settings(found.settings.read().settings, today=before),
        )


def _report_route(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    @blueprint.get("/r/<number>")
    def certified(number: str) -> str:
        """What a report's QR code leads to: that it was issued, with which digest and receipt; never what it says."""
        issued = services().reports.certified(number) if REPORT_NUMBER.fullmatch(number) else None
        if issued is None:
            abort(404)
        at = city_instant(parse_instant(issued.issued_at))
        return render_template("portal/certified.html", issued=issued, issued_at=at)


def _verifier_route(blueprint: Blueprint) -> None:
    match = re.search('Content-Security-Policy" content="([^"]+)"', PAGE.read_text(encoding="utf-8"))
    assert match is not None, "the page states its policy"
    policy = f"{match[1]}; frame-ancestors 'none'"

    @blueprint.get("/verify")
    def verify() -> Response:
        """The offline verifier, the very file that works from disk."""
        return blueprint.send_static_file(PAGE.name)

    @blueprint.after_request
    def own_policy(answer: Response) -> Response:
        if request.path in ("/verify", f"/static/{PAGE.name}"):
            answer.headers["Content-Security-Policy"] = policy
        return answer


def _prepare_templates(state: BlueprintSetupState) -> None:
    """A name that a template misspells fails in a test instead of showing as nothing."""
    environment = state.app.jinja_env
    environment.undefined = StrictUndefined
    environment.globals["identifier_characters_max"] = IDENTIFIER_CHARACTERS_MAX


def _never_kept(answer: Response) -> Response:
    """Pages are not kept by anyone: what stops being public today must not come back out of a cache."""
    if request.endpoint != "portal.static":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _dressed(answer: Response) -> Response:
    """A problem as a page, for browsers outside the interface for machines; status and headers stay."""
    if answer.mimetype != PROBLEM_TYPE or request.path.startswith("/v1/"):
        return answer
    answer.vary.add("Accept")
    if request.accept_mimetypes.best_match((PROBLEM_TYPE, "application/json", "text/html")) != "text/html":
        return answer
    problem = json.loads(answer.get_data())
    answer.set_data(render_template("portal/problem.html", problem=problem))
    answer.content_type = "text/html; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    return answer
