"""Listing cases over HTTP: begun, decided and ended by the department, spoken to by the subject through its portal."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from application.commands.acts import Done
from application.commands.listings import Listings, NotifyListing, SpeakInListing
from domain.listing.case import Notice, Statement
from interfaces.http.bodies import given_json
from interfaces.http.describing import operation
from interfaces.http.listing_schemas import (
    AnsweredStatement,
    AppliedRemoval,
    BegunListing,
    DroppedListing,
    MadeStatement,
    RefusedRemoval,
)
from interfaces.http.remedies import Command, command, sealed_act, state
from interfaces.http.remedy_operations import asking, beginning, deciding, supplying
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.services import services

TAG = "名单"
blueprint = Blueprint("listings", __name__, url_prefix="/v1/listings")


@blueprint.post("")
@operation(beginning("列入告知", "Begin a listing case by the notice served", BegunListing, tag=TAG))
def notify() -> Response:
    """Record the notice that was served (告知, LST-4): the subject may speak until the day that the receipt tells."""
    return command(_notify)


@blueprint.post("/<uuid:listing_id>/statement")
@operation(supplying("陈述申辩", "State one's case", MadeStatement, tag=TAG))
def make_statement(listing_id: UUID) -> Response:
    """The subject states its case or objects (陈述申辩, LST-5): no decision before it is answered."""

    def run(given: Command) -> Done:
        given.tag_of_version()
        said = given_json(MadeStatement(), given.body)
        subject, agent = given.speaking(said, naming_agent=True)
        seen = given.handling("listing", listing_id, subject=subject).expected
        speaking = SpeakInListing(listing_id, seen, given.caller.department, subject)
        statement = Statement(
            grounds=said["grounds"],
            evidence=tuple(said["evidence"]),
            contact=said.get("contact"),
            agent=agent,
        )
        return Listings(given.desk).state(speaking, statement, once=given.once)

    return command(run)


@blueprint.post("/<uuid:listing_id>/answer")
@operation(deciding("答复陈述申辩", "Answer a statement", AnsweredStatement, tag=TAG))
def answer_statement(listing_id: UUID) -> Response:
    """Answer what the subject said (核实反馈, LST-5); accepted, nobody is listed."""

    def run(given: Command) -> Done:
        handling = given.handling("listing", listing_id)
        said = given_json(AnsweredStatement(), given.body)
        return Listings(given.desk).answer(handling, **said, once=given.once)

    return command(run)


@blueprint.post("/<uuid:listing_id>/drop")
@operation(deciding("不予列入", "List nobody", DroppedListing, tag=TAG))
def drop_listing(listing_id: UUID) -> Response:
    """End the case without a listing (不予列入)."""

    def run(given: Command) -> Done:
        handling = given.handling("listing", listing_id)
        said = given_json(DroppedListing(), given.body)
        return Listings(given.desk).drop(handling, reasons=said["reasons"], once=given.once)

    return command(run)


@blueprint.post("/<uuid:listing_id>/decide")
@operation(deciding("列入决定", "Decide to list", SealedByDepartment, tag=TAG))
def decide_listing(listing_id: UUID) -> Response:
    """List by the department's own sealed decision with its six contents (列入决定书, LST-6)."""

    def run(given: Command) -> Done:
        handling = given.handling("listing", listing_id)
        said = given_json(SealedByDepartment(), given.body)
        return Listings(given.desk).decide(handling, sealed_act(said), once=given.once)

    return command(run)


@blueprint.post("/<uuid:listing_id>/remove")
@operation(deciding("移出名单", "Take a subject off", SealedByDepartment, tag=TAG))
def remove_listing(listing_id: UUID) -> Response:
    """Take the subject off by the department's own sealed act (移出, LST-8): in no view from then on."""

    def run(given: Command) -> Done:
        handling = given.handling("listing", listing_id)
        said = given_json(SealedByDepartment(), given.body)
        return Listings(given.desk).remove(handling, sealed_act(said), once=given.once)

    return command(run)


@blueprint.post("/<uuid:listing_id>/apply")
@operation(supplying("申请提前移出", "Apply to be taken off early", AppliedRemoval, tag=TAG))
def apply_for_removal(listing_id: UUID) -> Response:
    """The subject applies to be taken off early (提前移出申请, LST-8); free of charge."""

    def run(given: Command) -> Done:
        given.tag_of_version()
        said = given_json(AppliedRemoval(), given.body)
        subject, _ = given.speaking(said, naming_agent=False)
        seen = given.handling("listing", listing_id, subject=subject).expected
        speaking = SpeakInListing(listing_id, seen, given.caller.department, subject)
        materials = [(material["kind"], material["digest"]) for material in said["materials"]]
        return Listings(given.desk).apply(
            speaking, materials=materials, contact=said.get("contact"), once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:listing_id>/refuse")
@operation(deciding("不予移出", "Refuse a removal", RefusedRemoval, tag=TAG))
def refuse_removal(listing_id: UUID) -> Response:
    """Refuse an application for removal, with reasons and remedies (LST-8)."""

    def run(given: Command) -> Done:
        handling = given.handling("listing", listing_id)
        said = given_json(RefusedRemoval(), given.body)
        return Listings(given.desk).refuse(
            handling, reasons=said["reasons"], remedies=said["remedies"], once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:listing_id>/state")
@operation(asking("列入事项办理情况", "How a listing case stands", tag=TAG))
def listing_state(listing_id: UUID) -> Response:
    """How a listing case stands, for its department, its subject and the credit office; everyone else gets 404."""
    return state("listing", listing_id)


def _notify(given: Command) -> Done:
    officer = given.acting()
    said = given_json(BegunListing(), given.body)
    beginning = NotifyListing(
        services().ledger.entropy.uuid(),
        said["list_code"],
        tuple(said["records"]),
        Notice(**said["notice"]),
        officer,
    )
    return Listings(given.desk).notify(beginning, once=given.once)
