"""Red lists, the watch list, entries for reference and the green channel over HTTP: all of them signed.

Each act is one sealed entry or its end; the work is the commands'. Who may not end an entry is not told of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema

from application.commands.acts import Done
from application.commands.entries import SealedEntry
from application.commands.entry_objections import EntryObjections
from application.commands.red_lists import RedLists
from application.commands.references import References
from application.commands.subjects import Identity
from application.commands.watching import WatchList
from application.queries.entries import EntryQueries, Sort
from application.queries.green import GreenChannelQueries, look_before_red_list
from application.queries.told import told_channel, told_entries
from domain.access.model import Request
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.entry_schemas import (
    EndedEntry,
    EntryForReference,
    GreenAnswerBody,
    ObjectedToEntry,
    OneSubject,
    RedListEntry,
    ReferenceAnswer,
    RejectedObjection,
    WatchAnswer,
    WatchListEntry,
)
from interfaces.http.paging import read_json
from interfaces.http.queries import asked_of, identity_of
from interfaces.http.remedies import AGENT, ON_BEHALF, SUBJECT, Command, command, sealed_act
from interfaces.http.remedy_operations import LIMITS, RECEIPT, beginning
from interfaces.http.services import services

TAG = "激励与关注"
blueprint = Blueprint("entries", __name__, url_prefix="/v1")


@blueprint.post("/red-list-entries")
@operation(beginning("列入红名单", "Put a subject on a red list", RedListEntry, tag=TAG))
def enter_red_list() -> Response:
    """Put a subject on a red list (列入红名单, JNT-2) by the competent department's sealed entry: the look at what
    counts against the subject is logged before anything is told."""
    return _entering(RedListEntry(), lambda given: _red_lists(given).enter)


@blueprint.post("/red-list-entries/<uuid:entry_id>/remove")
@operation(beginning("移出红名单", "Take a subject off a red list", EndedEntry, tag=TAG, problems=(404,)))
def leave_red_list(entry_id: UUID) -> Response:
    """Take a subject off a red list (移出红名单), with the reason: in no view from then on."""
    return _ending(entry_id, lambda given: _red_lists(given).remove)


@blueprint.post("/watch-list-entries")
@operation(beginning("列入重点关注名单", "Watch a subject", WatchListEntry, tag=TAG))
def enter_watch_list() -> Response:
    """Watch a subject (列入重点关注名单, JNT-3) on records that reach the threshold: never public, no punishment."""
    return _entering(WatchListEntry(), lambda given: WatchList(given.desk).enter)


@blueprint.post("/watch-list-entries/<uuid:entry_id>/end")
@operation(beginning("移出重点关注名单", "Watch a subject no more", EndedEntry, tag=TAG, problems=(404,)))
def leave_watch_list(entry_id: UUID) -> Response:
    """Watch a subject no more (移出重点关注名单), with the reason."""
    return _ending(entry_id, lambda given: WatchList(given.desk).end)


@blueprint.post("/reference-entries")
@operation(beginning("报送供参考信息", "Bring an entry in for reference", EntryForReference, tag=TAG))
def enter_reference() -> Response:
    """Bring in what an association or agency lists (供参考信息, JNT-5): kept apart, and nothing ever rests on it."""
    return _entering(EntryForReference(), lambda given: References(given.desk).enter)


@blueprint.post("/reference-entries/<uuid:entry_id>/end")
@operation(
    beginning("撤下供参考信息", "Take an entry for reference back", EndedEntry, tag=TAG, problems=(404,))
)
def leave_reference(entry_id: UUID) -> Response:
    """Take back what was brought in for reference (撤下供参考信息), with the reason."""
    return _ending(entry_id, lambda given: References(given.desk).end)


@blueprint.post("/entries/<uuid:entry_id>/object")
@operation(
    Operation(
        "对列入提出异议",
        "Object to an entry",
        Access.SUBJECT,
        TAG,
        {201: RECEIPT},
        takes=json_of(ObjectedToEntry),
        problems=(404,),
        limits=LIMITS,
    )
)
def object_to_entry(entry_id: UUID) -> Response:
    """The subject, or its agent, objects to its entry on a serious list, a red list, the watch list or for reference
    (对列入的异议, OBJ-1). What rests on a listing is not executed until it is answered (MEA-5)."""

    def run(given: Command) -> Done:
        if given.caller.signed_header(ON_BEHALF) not in (SUBJECT, AGENT):
            raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", ON_BEHALF))
        said = given_json(ObjectedToEntry(), given.body)
        subject, agent = given.speaking(said, naming_agent=True)
        return EntryObjections(given.desk).file(
            entry_id,
            subject,
            portal=given.caller.department,
            grounds=said["grounds"],
            evidence=said["evidence"],
            agent=agent,
            once=given.once,
        )

    return command(run)


@blueprint.post("/entries/<uuid:entry_id>/reject")
@operation(
    beginning(
        "不支持对列入的异议", "Reject an objection to an entry", RejectedObjection, tag=TAG, problems=(404,)
    )
)
def reject_entry_objection(entry_id: UUID) -> Response:
    """Reject an objection to an entry, with reasons and remedies (OBJ-3), by another officer than the one who made it.

    Upheld, its department ends the entry, or takes the subject off the list.
    """

    def run(given: Command) -> Done:
        officer = given.acting()
        said = given_json(RejectedObjection(), given.body)
        return EntryObjections(given.desk).reject(entry_id, officer, **said, once=given.once)

    return command(run)


def _questioning(zh: str, en: str, answer: type[Schema]) -> Operation:
    """A question about one subject, logged before it is answered."""
    told = Answer("答复", "the answer", json_of(answer), ("Credit-Receipt",))
    return Operation(zh, en, Access.QUERY, TAG, {200: told}, takes=json_of(OneSubject))


@blueprint.post("/watch-list-entries/query")
@operation(_questioning("查询本部门的重点关注", "Ask for the own watch", WatchAnswer))
def ask_watch_list() -> Response:
    """Whether the asking department itself watches a subject (重点关注查询, JNT-3); no other department is told."""
    return _told_entries("watch_list")


@blueprint.post("/reference-entries/query")
@operation(_questioning("查询供参考信息", "Ask for entries for reference", ReferenceAnswer))
def ask_references() -> Response:
    """What associations and agencies said of a subject (供参考信息查询, JNT-5), under its mark: for reference only."""
    return _told_entries("references")


@blueprint.post("/green-channel")
@operation(_questioning("绿色通道查询", "Ask for the green channel", GreenAnswerBody))
def ask_green_channel() -> Response:
    """Whether the green channel is open to a subject (绿色通道, JNT-2): answered by the ground alone, logged before."""
    asked = _asked()
    answer = GreenChannelQueries(services().desk()).ask(asked.request, asked.identity, attempt=asked.body)
    response = json_response(told_channel(answer), 200)
    response.headers["Credit-Receipt"] = f"access:{answer.position}"
    return response


def _red_lists(given: Command) -> RedLists:
    return RedLists(given.desk, partial(look_before_red_list, given.desk.ledger))


@dataclass(frozen=True)
class _Asked:
    """A question about one subject as it was signed: who asks and why, about whom, and its body."""

    request: Request
    identity: Identity
    body: bytes


def _asked() -> _Asked:
    """The verified question; its purpose is admitted by the query."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        given = read_json(OneSubject(), body)
        identity = identity_of(given["subjects"][0], "/subjects/0")
        request = asked_of(caller)
    return _Asked(request, identity, body)


def _told_entries(sort: Sort) -> Response:
    asked = _asked()
    queries = EntryQueries(services().ledger)
    answer = queries.ask(sort, asked.request, asked.identity, attempt=asked.body)
    response = json_response(told_entries(answer), 200)
    response.headers["Credit-Receipt"] = f"access:{answer.position}"
    return response


Act = Callable[[Command], Callable[..., Done]]


def _entering(schema: Schema, of: Act) -> Response:
    def run(given: Command) -> Done:
        officer = given.acting()
        said = given_json(schema, given.body)
        return of(given)(SealedEntry(said["entry"], officer, sealed_act(said)), once=given.once)

    return command(run)


def _ending(entry_id: UUID, of: Act) -> Response:
    def run(given: Command) -> Done:
        officer = given.acting()
        said = given_json(EndedEntry(), given.body)
        return of(given)(SealedEntry(entry_id, officer, sealed_act(said)), once=given.once)

    return command(run)
