"""Reviews of queries over HTTP: read and decided by somebody else than who queried (QRY-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done, HandleCase
from application.commands.reviews import Reviews
from application.queries.reviews import ask_review
from application.queries.told import told_review
from application.registry import Registry
from domain.access.model import OF_PLATFORM, QUERY_REVIEW
from domain.oversight.reviews import CONSEQUENCES, FINDINGS, REASONS
from domain.parties.acting import TEXT_CHARACTERS_MAX, Officer
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.media import HTML, page_wanted, shown
from interfaces.http.paging import read_json
from interfaces.http.queries import for_purpose
from interfaces.http.remedies import Command, command, version_of
from interfaces.http.remedy_operations import deciding
from interfaces.http.schema_fields import count, text
from interfaces.http.services import services
from interfaces.http.traces import Shown
from interfaces.portal.oversight import REASONS as REASON_NAMES
from interfaces.portal.oversight import ROLES, VALUES, at, steps

TAG = "监督"
blueprint = Blueprint("reviews", __name__, url_prefix="/v1")


class ReviewQuestion(Schema):
    """Nothing but the question itself."""


class DecidedReview(Schema):
    """The finding, what follows from it, and why."""

    finding = fields.String(
        required=True, validate=validate.Length(max=32), metadata={"description": " / ".join(FINDINGS)}
    )
    consequence = fields.String(
        required=True, validate=validate.Length(max=32), metadata={"description": " / ".join(CONSEQUENCES)}
    )
    reasons = fields.String(required=True, validate=validate.Length(max=TEXT_CHARACTERS_MAX))


class ReviewedQuery(Schema):
    """The query under review; empty where its content was erased since."""

    at = text("时间 / when", required=False)
    department = text("部门 / department", required=False)
    officer = text("经办人代号 / the officer's pseudonym", required=False)
    role = text("经办人角色 / the officer's role", required=False)
    purpose = text("目的 / purpose", required=False)
    case = text("所办案件 / case", required=False)
    basis = text("依据 / ground", required=False)
    view = text("视图 / view", required=False)
    shown = fields.List(fields.Nested(Shown))


class ReviewMoment(Schema):
    """One event of a review."""

    event = text("事件类型 / type of the event")
    at = text("时间 / when")
    version = count("版本 / version")
    parts = fields.Dict(required=True, keys=fields.String(), values=fields.Dict())


class ReviewAnswer(Schema):
    """A review as it stands."""

    review = fields.UUID(required=True)
    version = count("版本，用于 If-Match / the version, for If-Match")
    state = text("open, decided")
    reasons = fields.List(fields.String(), required=True, metadata={"description": " / ".join(REASONS)})
    look = text("该次查询的回执 / the receipt of the query")
    due = text("办结期限 / by when")
    query = fields.Nested(ReviewedQuery, required=True)
    history = fields.List(fields.Nested(ReviewMoment), required=True)
    receipt = text("回执 / receipt")


@blueprint.post("/reviews/<uuid:review_id>/state")
@operation(
    Operation(
        "查询审查现状",
        "How a review stands",
        Access.OFFICER,
        TAG,
        {
            200: Answer(
                "审查和所审的查询",
                "the review and its query",
                {**json_of(ReviewAnswer), HTML: Raw("可打印的网页", "a page to print")},
                ("ETag", "Credit-Receipt"),
            )
        },
        takes=json_of(ReviewQuestion),
        problems=(404, 406),
        headers={"Credit-Purpose": True},
    )
)
def review_state(review_id: UUID) -> Response:
    """A review with its query (查询审查), for a supervisor of the department or the credit office, but never for who
    queried; logged in the list of the subject before it leaves."""
    body = read_body()
    caller = authenticated(body)
    page_wanted()
    with logged_refusals(caller, body):
        read_json(ReviewQuestion(), body)
        for_purpose(caller, QUERY_REVIEW)
        officer, department = caller.signed_header("Credit-Official"), caller.department
        found = ask_review(services().ledger, review_id, officer=officer, department=department)
    told = told_review(found)
    answer = shown(
        told,
        "portal/review.html",
        told=told,
        state=VALUES[found.review.state],
        reasons=[REASON_NAMES[reason] for reason in found.review.opened.reasons],
        steps=steps(found.history),
        at=at,
        **_asked_by(told["query"]),
    )
    answer.headers["ETag"] = f'"{found.review.version}"'
    answer.headers["Credit-Receipt"] = f"access:{found.position}"
    return answer


def _asked_by(query: Mapping[str, Any]) -> dict[str, Any]:
    """Department, role and purpose of the query as people read them; nothing of one that was erased."""
    if not query:
        return {}
    registry, code = Registry(services().ledger), query["purpose"]
    department, purpose = (
        registry.department(query["department"]),
        OF_PLATFORM.get(code) or registry.purpose(code),
    )
    return {
        "department": department.name if department else query["department"],
        "role": ROLES.get(query["role"], (query["role"], "")),
        "purpose": (purpose.zh, purpose.en) if purpose else (code, ""),
    }


@blueprint.post("/reviews/<uuid:review_id>/decide")
@operation(deciding("作出审查结论", "Decide a review", DecidedReview, tag=TAG))
def decide_review(review_id: UUID) -> Response:
    """The finding on a query and its consequence (审查结论), by somebody else than who queried."""

    def run(given: Command) -> Done:
        handling = HandleCase(review_id, seen_version(given), Officer(given.officer, given.caller.department))
        reviews = Reviews(services().ledger)
        # Whom it does not concern learns nothing by what else is wrong with the request.
        reviews.concerned(review_id, given.officer, given.caller.department)
        return reviews.decide(handling, **given_json(DecidedReview(), given.body), once=given.once)

    return command(run)


def seen_version(given: Command) -> int:
    """The version that was seen. Raises ``ProblemError`` 428 without one, ``StaleVersion`` for what is none of ours."""
    return version_of(given.tag_of_version())
