"""Returns of units and the credit office's monthly notice over HTTP (INS-3); notices are public."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from application.commands.clean_up import (
    ReturnDesk,
    computed_notice,
    issue_notice,
    issued_notice,
    notice_stream,
)
from application.ledger import instant
from application.ports import Receipt
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.instrument_schemas import FiledReturn, NoticeAnswer, ReturnAnswer
from interfaces.http.instruments import TAG
from interfaces.http.notices import issued, issuing
from interfaces.http.services import services

blueprint = Blueprint("clean_up", __name__, url_prefix="/v1/instruments")


@blueprint.post("/returns")
@operation(
    Operation(
        "报送清理规范进展",
        "File a return",
        Access.DEPARTMENT,
        TAG,
        {201: Answer("已记录", "recorded", json_of(ReturnAnswer), ("Idempotency-Replayed",))},
        takes=json_of(FiledReturn),
    )
)
def file_return() -> Response:
    """A unit's return: nothing to clean up, a plan, a completion, a summary, or a document that another left out."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    given = given_json(FiledReturn(), body)
    told = {"status": "recorded", "what": given["what"]}
    receipt = receipt_of(caller, body, told)
    with logged_refusals(caller, body):
        position = _filed(ReturnDesk(services().ledger, department=caller.department), given, receipt)
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)


@blueprint.get("/notices/<string(length=7):month>")
@operation(
    Operation(
        "按月通报",
        "A month's notice",
        Access.PUBLIC,
        TAG,
        {200: Answer("通报", "the notice", json_of(NoticeAnswer))},
        problems=(400, 422),
    )
)
def notice(month: str) -> Response:
    """The notice of a month that is over: as anyone can compute it from the ledger, and as it was issued. Public."""
    return json_response(told_notice(month), 200)


@blueprint.post("/notices")
@operation(issuing("印发通报", "Issue a month's notice", tag=TAG))
def issue() -> Response:
    """The credit office issues a month's notice that it sealed; recorded only if the ledger computes the same."""
    desk = services().desk()
    return issued(
        lambda act, department, receipt: issue_notice(desk, act, department=department, receipt=receipt)
    )


def told_notice(month: str) -> dict[str, Any]:
    """A month's notice as anyone may see it. Raises ``Refused`` (FORMAT, INS-3)."""
    ledger = services().ledger
    computed, issued = computed_notice(ledger, month), issued_notice(ledger, month)
    return {
        "month": month,
        "notice": str(notice_stream(ledger, month)),
        "computed": computed,
        "issued": issued and {"at": instant(issued.timestamp), "content": issued.content},
    }


def _filed(desk: ReturnDesk, given: dict[str, Any], receipt: Receipt) -> int:
    """Run the return that was filed; its position."""
    what = given["what"]
    if what == "plan":
        steps = [(step["what"], step["by"]) for step in given["steps"]]
        return desk.plan(given["document"], steps, receipt)
    if what == "completion":
        return desk.complete(given["document"], given["evidence"], receipt)
    if what == "summary":
        return desk.summarise(given["evidence"], receipt)
    if what == "omission":
        return desk.tell_omission(given["unit"], given["title"], receipt)
    return desk.return_nil(receipt)
