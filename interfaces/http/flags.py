"""Flags over HTTP: the unit concerned reads and answers, the credit office reads all and closes (ACC-1 to ACC-4).

For everyone else a flag is not there; a unit's systems show the page that a flag gives as HTML.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from application.commands.acts import Done, HandleCase
from application.commands.flags import FlagDesk
from application.queries.flags import Flags, Told
from application.registry import Registry
from domain.access.model import SUPERVISION
from domain.oversight.flag_causes import CAUSES
from domain.oversight.flags import OUTCOMES
from domain.parties.acting import Officer
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.flag_schemas import (
    ClosedFlag,
    FlagAnswer,
    FlagQuestion,
    FlagsAnswer,
    FlagsQuestion,
    ReassignedFlag,
)
from interfaces.http.media import HTML, page_wanted, shown
from interfaces.http.paging import asked_page, page_response, read_json
from interfaces.http.queries import for_purpose
from interfaces.http.remedies import Command, command, sealed_act, version_of
from interfaces.http.remedy_operations import deciding
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.services import services
from interfaces.rulebook import rulebook

TAG = "监督"
STEPS = {
    "flag.raised": ("线索入账并交办", "raised and assigned"),
    "flag.joined": ("同类线索并入", "more of the same joined"),
    "flag.reassigned": ("信用办改派", "assigned anew by the credit office"),
    "flag.answered": ("单位答复", "answered by the unit"),
    "flag.overdue": ("逾期未答复，报信用办", "not answered in time: escalated"),
    "flag.closed": ("信用办办结", "closed by the credit office"),
}
STATES = {
    "raised": ("等待单位答复", "waits for the unit's answer"),
    "answered": ("单位已答复，等待信用办办结", "answered: waits for the credit office"),
    "overdue": ("逾期未答复", "not answered in time"),
    "closed": ("已办结", "closed"),
}
blueprint = Blueprint("flags", __name__, url_prefix="/v1/flags")


@blueprint.post("")
@operation(
    Operation(
        "责任线索清单",
        "The flags",
        Access.OFFICER,
        TAG,
        {200: Answer("线索清单", "flags", json_of(FlagsAnswer))},
        takes=json_of(FlagsQuestion),
        headers={"Credit-Purpose": True},
    )
)
def flags() -> Response:
    """A unit's flags (责任线索), oldest first; the credit office is told those of all units."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        given = read_json(FlagsQuestion(), body)
        page = _flags(caller).page(caller.department, asked_page(given), open_only=given["open"])
    return page_response("flags", [asdict(flag) for flag in page.entries], page)


@blueprint.post("/<uuid:flag_id>/state")
@operation(
    Operation(
        "责任线索办理情况",
        "A flag with its timeline",
        Access.OFFICER,
        TAG,
        {
            200: Answer(
                "线索、证据和办理过程",
                "the flag, its evidence and its timeline",
                {**json_of(FlagAnswer), HTML: Raw("网页", "a page")},
                ("ETag",),
            )
        },
        takes=json_of(FlagQuestion),
        problems=(404, 406),
        headers={"Credit-Purpose": True},
    )
)
def flag_state(flag_id: UUID) -> Response:
    """A flag with the events that show its cause, for its unit and the credit office; everyone else gets 404."""
    body = read_body()
    caller = authenticated(body)
    page_wanted()
    with logged_refusals(caller, body):
        read_json(FlagQuestion(), body)
        told = _flags(caller).one(flag_id, caller.department)
    answer = shown(
        _told(told),
        "portal/flag.html",
        told=told,
        rule=rulebook()[told.listed.rule],
        causes=CAUSES,
        outcomes=OUTCOMES,
        states=STATES,
        names=STEPS,
        department=_name,
    )
    answer.headers["ETag"] = f'"{told.listed.version}"'
    return answer


@blueprint.post("/<uuid:flag_id>/answer")
@operation(deciding("答复责任线索", "Answer a flag", SealedByDepartment, tag=TAG))
def answer_flag(flag_id: UUID) -> Response:
    """The unit states its case, sealed with its own key (线索答复)."""

    def run(given: Command) -> Done:
        desk, handling = _handling(given, flag_id)
        return desk.answer(
            handling, sealed_act(given_json(SealedByDepartment(), given.body)), once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:flag_id>/reassign")
@operation(deciding("改派责任线索", "Assign a flag anew", ReassignedFlag, tag=TAG))
def reassign_flag(flag_id: UUID) -> Response:
    """The credit office assigns a flag to another unit, or to one officer of a unit, with its reasons (线索改派)."""

    def run(given: Command) -> Done:
        desk, handling = _handling(given, flag_id)
        return desk.reassign(handling, **given_json(ReassignedFlag(), given.body), once=given.once)

    return command(run)


@blueprint.post("/<uuid:flag_id>/close")
@operation(deciding("办结责任线索", "Close a flag", ClosedFlag, tag=TAG))
def close_flag(flag_id: UUID) -> Response:
    """The credit office closes a flag with its reasons, once its unit was heard or let its day pass (线索办结)."""

    def run(given: Command) -> Done:
        desk, handling = _handling(given, flag_id)
        said = given_json(ClosedFlag(), given.body)
        return desk.close(handling, outcome=said["outcome"], reasons=said["reasons"], once=given.once)

    return command(run)


def _flags(caller: Caller) -> Flags:
    """The flags, for an officer of the caller who states why. Raises ``Refused`` (QRY-1)."""
    found, desk = services(), services().desk()
    for_purpose(caller, SUPERVISION)
    desk.registry.acting(caller.signed_header("Credit-Official"), caller.department)
    return Flags(found.ledger, FlagDesk(desk), found.flags)


def _handling(given: Command, flag_id: UUID) -> tuple[FlagDesk, HandleCase]:
    """The version that was seen, for whom the flag concerns. Raises ``ProblemError``, ``Refused``, ``StaleVersion``."""
    tag, desk = given.tag_of_version(), FlagDesk(given.desk)
    desk.concerned(flag_id, given.caller.department)
    return desk, HandleCase(flag_id, version_of(tag), Officer(given.officer, given.caller.department))


def _name(code: str) -> str:
    """What a unit is called; its code where it is not registered."""
    found = Registry(services().ledger).department(code)
    return found.name if found else code


def _told(told: Told) -> dict[str, Any]:
    return {
        "flag": asdict(told.listed),
        "evidence": [{"event_id": event, "leaf_hash": found} for event, found in told.evidence],
        "steps": [asdict(step) for step in told.steps],
    }
