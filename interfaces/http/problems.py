"""Problem details (RFC 9457): the one table from exceptions to status, type and sentence.

Every error of every route passes here; the sentences are Chinese first, English beside, and name nobody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from application.attempts import StaleVersion
from application.commands.drafts import BYTES_MAX, DRAFTS_MAX, TooManyDrafts
from application.limits import TooManyRequests
from application.ports import Conflict, LedgerUnavailable
from application.queries.evidence import NotYetProven
from domain.shared.refusals import Defect, Refused, sentence
from domain.transparency.sealed_file import MalformedSealedFile
from interfaces.http.describing import described
from interfaces.http.telemetry import note
from interfaces.rulebook import lawful, rulebook

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("xinlu.http")

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("请求格式有误", "The request is malformed"),
    401: ("请求未通过签名验证", "The request's signature was not accepted"),
    403: ("无权进行此操作", "This is not permitted"),
    404: ("没有这个资源", "There is nothing here"),
    405: ("不支持这种请求方法", "This method is not supported here"),
    406: ("不能以所要的类型答复", "There is no answer of the type asked for"),
    409: ("与已有的内容冲突", "This conflicts with what is there"),
    411: ("请求须写明长度", "The request must state its length"),
    412: ("所见的版本已不是最新", "The version that was seen is not the newest"),
    413: ("请求过大", "The request is too large"),
    415: ("不支持这种内容类型", "This content type is not supported"),
    422: ("规则不允许", "A rule forbids this"),
    428: ("缺少必需的请求头", "A required header is missing"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("服务内部错误，未作任何改动", "Internal error; nothing was changed"),
    503: ("账本暂时不可用，请稍后再试", "The ledger is unavailable; try again later"),
}


NOT_PERMITTED = frozenset(
    {
        "remedy_not_the_source",
        "remedy_officer_unknown",
        "remedy_decided_by_determiner",
        "remedy_decided_by_filer",
        "measure_decided_by_applier",
        "measure_decided_by_namer",
        "as_of_not_allowed",
        "erasure_not_the_credit_office",
        "erasure_same_officer",
        "setting_not_the_credit_office",
        "consistency_not_yours",
        "tip_off_not_a_handler",
        "proposal_not_the_office",
        "proposal_same_officer",
        "meeting_not_a_member",
        "leniency_same_officer",
        "ledger_not_the_office",
        "trace_not_the_office",
        "flag_not_the_office",
        "indicators_not_the_office",
        "flag_of_another_unit",
        "flag_of_another_officer",
        "governing_not_the_office",
        "officer_suspended",
        "officer_not_the_office",
        "officer_reinstates_oneself",
        "relation_of_oneself",
        "incident_not_the_office",
        "incident_suspends_oneself",
        "review_own_query",
        "review_not_the_supervision",
    }
)
"""What forbids the act to this caller or officer, and not the act itself."""
UNFOUNDED = frozenset(
    {
        "officer_unknown",
        "purpose_unknown",
        "purpose_other",
        "purpose_header_malformed",
        "case_missing",
        "basis_missing",
        "may_not_speak_for_subjects",
        "only_the_subject_itself",
    }
)
"""Who asks for nobody, for no purpose, case or ground, or in a subject's place without being its portal."""
NOT_THERE = frozenset(
    {
        "remedy_case_unknown",
        "tip_off_unknown",
        "duty_unknown",
        "erasure_unknown",
        "leniency_unknown",
        "consent_unknown",
        "entry_not_yours",
    }
)
"""What the address names and is not there, or not for this caller: the two are not told apart (ADR 0025)."""


class ProblemError(Exception):
    """A request that a route refuses by itself: status, type and the defects to name."""

    def __init__(self, status: int, kind: str, *defects: Defect) -> None:
        super().__init__(kind)
        self.status, self.kind, self.defects = status, kind, defects


def media_type_unknown(*types: str) -> ProblemError:
    """That a body is of another media type than those that its route takes."""
    about = {"types": "、".join(types), "types_en": ", ".join(types)}
    return ProblemError(415, "media-type", Defect("FORMAT", "media_type_unknown", "Content-Type", about))


def reasons(defects: Iterable[Defect]) -> list[dict[str, str]]:
    """Defects as the members of ``errors``: rule, code, field, both sentences, and what is lawful instead."""
    return [
        {"rule": d.rule, "code": d.code, "field": d.field, "zh": sentence(d, "zh"), "en": sentence(d, "en")}
        | _lawful(d)
        for d in defects
    ]


def _lawful(defect: Defect) -> dict[str, str]:
    """What would be lawful instead of what was refused; nothing for what is no rule of the rulebook."""
    told = lawful(defect)
    return {} if told is None else {"instead": told[0], "instead_en": told[1]}


def _attempted() -> dict[str, str]:
    """What the request wanted, as its route is described; nothing outside a route of the interface."""
    said = described(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return {} if said is None else {"attempted": said.zh, "attempted_en": said.en}


def members(status: int, kind: str, defects: tuple[Defect, ...] = ()) -> dict[str, Any]:
    """The members of a problem; ``rule`` and ``detail`` are those of the first defect.

    ``clause`` and ``quote`` are those of a rule that stands in the rulebook, ``instead`` what would be lawful;
    ``attempted`` is what the request wanted.

    Without defects it is the protocol (``FORMAT``) or the service's own state (``SERVICE``) that says no.
    """
    note().problem, note().problem_status = kind, status
    zh, en = TITLES.get(status, TITLES[400] if 400 <= status < 500 else TITLES[500])
    found: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": f"{zh} / {en}",
        "status": status,
        "instance": note().instance,
    }
    if defects:
        found["detail"] = sentence(defects[0], "zh")
        found["detail_en"] = sentence(defects[0], "en")
        found["rule"] = defects[0].rule
        if found["rule"] in rulebook():
            rule = rulebook()[found["rule"]]
            found["clause"], found["quote"] = rule.clause, rule.quote
            found |= _lawful(defects[0]) | _attempted()
        found["errors"] = reasons(defects)
    else:
        found["detail"], found["detail_en"] = f"{zh}。", f"{en}."
        found["rule"] = "SERVICE" if status in (409, 429) or status >= 500 else "FORMAT"
        found["errors"] = [
            {
                "rule": found["rule"],
                "code": kind,
                "field": "",
                "zh": found["detail"],
                "en": found["detail_en"],
            }
        ]
    return found


def of_exception(error: Exception) -> dict[str, Any]:
    """The problem that an exception is."""
    if isinstance(error, ProblemError):
        return members(error.status, error.kind, error.defects)
    if isinstance(error, Refused):
        return _of_refusal(error.defects)
    if isinstance(error, MalformedSealedFile):
        defect = Defect("FORMAT", "sealed_file_malformed", str(error), {"where": str(error) or "/"})
        return members(400, "malformed", (defect,))
    if isinstance(error, StaleVersion):
        return members(412, "stale-version", (Defect("FORMAT", "version_stale", "If-Match"),))
    if isinstance(error, Conflict):
        return members(409, "conflict", (Defect("SERVICE", "conflict"),))
    if isinstance(error, LedgerUnavailable):
        return members(503, "ledger-unavailable")
    if isinstance(error, TooManyRequests):
        return members(429, "too-many-requests") | {"retry_after": error.retry_after_seconds}
    if isinstance(error, TooManyDrafts):
        about = {"most": str(DRAFTS_MAX), "mebibytes": str(BYTES_MAX >> 20)}
        found = members(429, "too-many-drafts", (Defect("SERVICE", "drafts_too_many", "", about),))
        return found | {"retry_after": error.retry_after_seconds}
    if isinstance(error, NotYetProven):
        return members(409, "not-yet-proven", (Defect("SERVICE", "not_yet_proven"),))
    if isinstance(error, RequestEntityTooLarge):
        about = {"most": str(request.max_content_length)}
        return members(413, f"http-{error.code}", (Defect("FORMAT", "body_too_large", "", about),))
    if isinstance(error, HTTPException):
        return members(error.code or 500, f"http-{error.code or 500}")
    # Only the type and the correlation go to the log: a message could carry what was sent.
    found = members(500, "internal")
    log.error(
        "internal error %s %s", type(error).__name__, found["instance"], exc_info=_without_message(error)
    )
    return found


def _of_refusal(defects: tuple[Defect, ...]) -> dict[str, Any]:
    """The problem of an act that rules forbid: not there, not for this caller, malformed, or refused as such."""
    codes = {d.code for d in defects}
    if "nothing_to_prove" in codes:
        return members(404, "nothing-to-prove", defects)
    if codes & NOT_THERE:
        return members(404, "case-unknown", defects)
    if codes & UNFOUNDED:
        return members(403, "purpose", defects)
    if codes & NOT_PERMITTED:
        return members(403, "not-permitted", defects)
    malformed = all(d.rule == "FORMAT" for d in defects)
    return members(400 if malformed else 422, "malformed" if malformed else "refused", defects)


def response(found: Mapping[str, Any]) -> Response:
    """A problem as an HTTP answer."""
    body = json.dumps(found, ensure_ascii=False) + "\n"
    answer = Response(body, status=int(found["status"]), content_type=MEDIA_TYPE)
    if found["status"] in (429, 503):
        answer.headers["Retry-After"] = str(found.get("retry_after", 1))
    if found["status"] == 401:
        answer.headers["WWW-Authenticate"] = 'Signature realm="xinlu"'
    return answer


def register(app: Flask) -> None:
    """Answer every exception of every route with its problem."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        answer = response(of_exception(error))
        if isinstance(error, HTTPException) and error.code == 405:
            answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return answer

    @app.after_request
    def harden(answer: Response) -> Response:
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "no-referrer")
        answer.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        )
        if request.path.startswith("/v1/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def _without_message(error: Exception) -> tuple[type[BaseException], BaseException, Any]:
    """The traceback without the exception's own text."""
    bare = RuntimeError(type(error).__name__)
    return RuntimeError, bare, error.__traceback__
