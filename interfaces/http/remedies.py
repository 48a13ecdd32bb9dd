"""What the routes for objections and repairs share: who acts for whom, the version that was seen, the receipt.

Each command passes: verified, not done before under this key, loaded by its schema, run, answered with its ETag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response

from application.attempts import StaleVersion
from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.ports import Conflict, Receipt
from application.queries.cases import Asker, CaseKind, CaseQueries
from application.queries.told import told_state
from domain.access.decide import may_speak_for_subjects
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.parties.acting import Agent as AgentOfSubject
from domain.parties.acting import Officer
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import fingerprint, json_response, kept_receipt, logged_refusals
from interfaces.http.malformed import missing
from interfaces.http.paging import read_json
from interfaces.http.problems import ProblemError
from interfaces.http.queries import for_purpose, identified
from interfaces.http.remedy_schemas import CaseQuestion
from interfaces.http.services import services

SUBJECT, AGENT = "subject", "agent"
ON_BEHALF = "Credit-On-Behalf-Of"
_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


@dataclass(frozen=True)
class Command:
    """A verified request for an act: its caller, its body, the desk, and the key of its receipt."""

    caller: Caller
    body: bytes
    desk: RemedyDesk
    once: Once

    @property
    def officer(self) -> str:
        """The acting officer's pseudonym as signed; empty without one."""
        return self.caller.signed_header("Credit-Official")

    def acting(self) -> Officer:
        """The registered officer who acts. Raises ``Refused`` (QRY-1) before anything that was named is looked at."""
        self.desk.registry.acting(self.officer, self.caller.department)
        return Officer(self.officer, self.caller.department)

    def tag_of_version(self) -> str:
        """The tag of the version that was seen. Raises ``ProblemError`` 428 without If-Match."""
        tag = self.caller.signed_header("If-Match")
        if not tag:
            raise ProblemError(428, "if-match", Defect("FORMAT", "if_match_missing", "If-Match"))
        return tag

    def handling(self, kind: CaseKind, case_id: UUID, *, subject: Identity | None = None) -> HandleCase:
        """The version of a case that was seen and the officer who acts on it, for a caller (and the ``subject`` for
        whom it acts, if any) whom the case concerns.

        Raises ``ProblemError`` 428 without If-Match, ``Refused`` as for an unknown case to anyone else, and
        ``StaleVersion`` for a tag that is none of ours.
        """
        tag = self.tag_of_version()
        concerned = CaseQueries(self.desk).require_concerned
        concerned(kind, case_id, self.caller.department, subject=subject)
        return HandleCase(case_id, version_of(tag), Officer(self.officer, self.caller.department))

    def on_behalf(
        self, given: Mapping[str, Any], *, naming_agent: bool
    ) -> tuple[Identity | None, AgentOfSubject | None]:
        """The subject for whom a portal acts, and its agent; neither when a department acts for itself."""
        return on_behalf(self.caller, self.desk, given, naming_agent=naming_agent)

    def speaking(
        self, given: Mapping[str, Any], *, naming_agent: bool
    ) -> tuple[Identity, AgentOfSubject | None]:
        """The subject for whom a portal acts, and its agent. Raises ``Refused`` (PRV-3) when it acts for nobody."""
        subject, agent = self.on_behalf(given, naming_agent=naming_agent)
        if subject is None:
            raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", ON_BEHALF))
        return subject, agent


def version_of(tag: str) -> int:
    """The version that a tag names. Raises ``StaleVersion`` for a tag that is none of ours."""
    found = _TAG.fullmatch(tag)
    if found is None:
        raise StaleVersion
    return int(found[1])


def command(run: Callable[[Command], Done]) -> Response:
    """Verify the request, run it once for its idempotency key, and answer with the receipt.

    Whoever sends the same again gets the same answer; a twin that came first while this one ran counts too.
    """
    caller, body = _verified()
    if kept := kept_receipt(caller, body):
        return _replayed(kept)
    once = Once(caller.department, caller.idempotency_key, fingerprint(body))
    try:
        with logged_refusals(caller, body):
            done = run(Command(caller, body, services().desk(), once))
    except Conflict:
        if kept := kept_receipt(caller, body):
            return _replayed(kept)
        raise
    return _receipt(done.told, done.position, status=once.status)


def state(kind: CaseKind, case_id: UUID) -> Response:
    """How a case stands, for those whom it concerns; logged before it leaves."""
    caller, body = _verified()
    desk = services().desk()
    with logged_refusals(caller, body):
        given = read_json(CaseQuestion(), body)
        subject, _ = on_behalf(caller, desk, given, naming_agent=False)
        for_purpose(caller, OWN_RECORDS if subject else CASE_HANDLING)
        agent = caller.signed_header(ON_BEHALF) == AGENT
        asker = Asker(caller.department, caller.signed_header("Credit-Official"), subject, agent)
        found = CaseQueries(desk).state(kind, case_id, asker)
    answer = json_response(told_state(found), 200)
    answer.headers["ETag"] = f'"{found.version}"'
    answer.headers["Credit-Receipt"] = f"access:{found.position}"
    return answer


def on_behalf(
    caller: Caller, desk: RemedyDesk, given: Mapping[str, Any], *, naming_agent: bool
) -> tuple[Identity | None, AgentOfSubject | None]:
    """Subject and agent named in a body, which only the credit office's portal may speak for (PRV-3).

    ``Credit-On-Behalf-Of`` says ``subject`` or ``agent``; ``naming_agent``: the body names the agent then.
    Raises ``Refused``.
    """
    header = caller.signed_header(ON_BEHALF)
    subject, agent = given.get("subject"), given.get("agent")
    if not header and subject is None and agent is None:
        return None, None
    department = desk.registry.department(caller.department)
    allowed = department is not None and may_speak_for_subjects(department.role)
    if header not in (SUBJECT, AGENT) or not allowed:
        raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", ON_BEHALF))
    if subject is None:
        raise Refused(missing("/subject"))
    if naming_agent and header == AGENT and agent is None:
        raise Refused(missing("/agent"))
    if naming_agent and header != AGENT and agent is not None:
        raise Refused(Defect("FORMAT", "member_unused", "/agent", {"where": "/agent"}))
    identity, defect = identified(subject, where="/subject")
    if defect:
        raise Refused(defect)
    return identity, None if agent is None else AgentOfSubject(**agent)


def sealed_act(given: Mapping[str, Any]) -> DepartmentAct:
    """The department's own act in a loaded body."""
    salt, issuer, signature = (bytes.fromhex(given[name]) for name in ("salt", "issuer", "signature"))
    return DepartmentAct(given["parts"], salt, issuer, signature)


def _verified() -> tuple[Caller, bytes]:
    body = read_body()
    return authenticated(body), body


def _replayed(kept: Receipt) -> Response:
    """The same answer again: what was told, with the position that its event has."""
    case, version = UUID(str(kept.receipt["case"])), kept.receipt["version"]
    rows = services().ledger.store.load("records", case)
    position = next(row.position for row in rows if row.stream_version == version)
    answer = _receipt(kept.receipt, position, status=kept.status)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _receipt(told: Mapping[str, object], position: int, *, status: int) -> Response:
    # In one order, so that the same receipt is the same bytes: the database keeps no order of members.
    receipt = {"event_id": f"records:{position}", "position": position, **dict(sorted(told.items()))}
    answer = json_response({"receipt": receipt}, status)
    answer.headers["ETag"] = f'"{told["version"]}"'
    return answer
