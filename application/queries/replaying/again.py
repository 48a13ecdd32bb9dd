"""The very query once more: by view, how the question of a look is asked again of the ledger as it stood then.

What is asked stands in the look; the answer becomes the body that its route sent, and the contents that were announced.
Answers of the shared view are not here: they are put together from the renditions that were announced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.queries.cases import RULES, Asker, CaseKind, CaseQueries
from application.queries.entries import TOLD, EntryQueries, Sort
from application.queries.evidence import Published
from application.queries.green import VIEW as GREEN
from application.queries.green import GreenChannelQueries, told_green
from application.queries.incidents import VIEW as INCIDENT
from application.queries.incidents import attached_bundle
from application.queries.looks import OFFICERS_TOLD, looks_content, told_of
from application.queries.measures import VIEW as MEASURE_CHECK
from application.queries.measures import MeasureChecks, told_verdict
from application.queries.pages import LIMIT_MAX, PageAsked
from application.queries.proofs import EVIDENCE, Proofs, RecordClaim
from application.queries.repair_windows import window_state
from application.queries.replaying.past_ledger import PastLedger
from application.queries.replaying.published_then import Held
from application.queries.report import AGENT
from application.queries.reviews import ask_review
from application.queries.subject import CONSENTS, OWN_PURPOSE, WHO_LOOKED, SubjectQueries
from application.queries.told import (
    body_text,
    told_channel,
    told_check,
    told_entries,
    told_life,
    told_page,
    told_review,
    told_state,
    told_trace,
    told_window,
)
from application.queries.traces import TRACE, Tracer, Traces
from application.registry import Registry
from application.reviews import OWN_VIEW as REVIEW
from domain.access.events import SubjectQueried
from domain.access.model import Officer, Request
from domain.shared.canonical import canonical
from domain.shared.city_time import city_day


@dataclass(frozen=True)
class Question:
    """A question as it was asked: the look that logged it (of several the first), who it was about, and the ledger, the
    desk and, under the checkpoints that are given, the published trees of then."""

    look: SubjectQueried
    identity: Identity
    ledger: PastLedger
    desk: RemedyDesk
    published: Callable[[Held], Published]

    @property
    def asked(self) -> Mapping[str, Any]:
        """What was asked beside what the look says by itself."""
        return self.look.asked or {}

    @property
    def officers(self) -> bool:
        """Whether the subject was told under which pseudonyms officers acted."""
        return OFFICERS_TOLD.items() <= self.asked.items()

    @property
    def request(self) -> Request:
        """The request of a department's officer."""
        look = self.look
        on = city_day(look.timestamp)
        return Request(look.department, look.officer, look.purpose, look.case or "", look.basis or "", on)

    @property
    def officer(self) -> Officer:
        """The officer as the look names one."""
        return Officer(self.look.officer, self.look.role, self.look.department)

    @property
    def page(self) -> PageAsked:
        """The page that was asked for."""
        limit, cursor = self.asked.get("limit", LIMIT_MAX), self.asked.get("cursor", "")
        return PageAsked(limit, cursor, self.look.as_of or "")

    @property
    def asker(self) -> Asker:
        """Who asked about a case."""
        look = self.look
        if look.purpose == OWN_PURPOSE:
            return Asker(look.department, "", self.identity, look.role == AGENT, self.officers)
        return Asker(look.department, look.officer)


@dataclass(frozen=True)
class Again:
    """An answer made again: the body as it was sent, empty where that is a paper's, and what was announced of it, by
    digest (SHA-256 in hexadecimal, unless what was announced is kept sealed)."""

    body: bytes
    announced: Mapping[str, bytes]


def _of(body: bytes, contents: Iterable[bytes] = ()) -> Again:
    return Again(body, {hashlib.sha256(content).hexdigest(): content for content in contents})


def _channel(question: Question) -> Again:
    answer = GreenChannelQueries(question.desk).ask(question.request, question.identity, attempt=b"")
    return _of(body_text(told_channel(answer)), [told_green(answer.decided)])


def _entries(question: Question) -> Again:
    sort = cast(Sort, question.look.view)
    answer = EntryQueries(question.ledger).ask(sort, question.request, question.identity, attempt=b"")
    return _of(body_text(told_entries(answer)), [canonical(entry) for entry in answer.entries])


def _check(question: Question) -> Again:
    measure = question.asked["measure"]
    answer = MeasureChecks(question.desk, question.ledger.reading).ask(
        question.request, question.identity, measure, question.asked.get("provision")
    )
    told = told_check(measure, answer)
    return _of(body_text(told), [canonical(told_verdict(verdict)) for verdict in answer.verdicts])


def _case(question: Question) -> Again:
    look, asked = question.look, question.asked
    if "application" in asked:
        window = window_state(question.desk, UUID(asked["application"]), question.asker)
        return _of(body_text(told_window(window)), [part.shown for c in window.parts for part in c.told])
    kind, case = cast(CaseKind, look.view), UUID(look.case or "")
    paper, queries = bool(asked.get("paper")), CaseQueries(question.desk)
    found = queries.found(kind, case, question.asker, paper=paper)
    told = queries.logged(kind, found, question.asker, asked=asked)
    return _of(b"" if paper else body_text(told_state(told)), [part.shown for part in found.told])


def _subject(question: Question) -> Again:
    look, queries = question.look, SubjectQueries(question.ledger, question.ledger.reading)
    asking: dict[str, Any] = {"portal": look.department, "asked": question.page}
    if look.view == WHO_LOOKED:
        looks = queries.who_looked(question.identity, officers=question.officers, **asking)
        told = told_page("looks", [told_of(one) for one in looks.entries], looks)
        return _of(body_text(told), [looks_content(looks.entries)])
    if look.view == CONSENTS:
        consents = queries.consents(question.identity, **asking)
        return _of(body_text(told_page("consents", [vars(one) for one in consents.entries], consents)))
    page = queries.dossier(question.identity, **asking)
    desk = question.desk
    lives = [told_life(life, desk.calendar, desk.settings({})) for life in page.entries]
    return _of(body_text(told_page("records", lives, page, position=page.position)))


def _review(question: Question) -> Again:
    look = question.look
    found = ask_review(
        question.ledger, UUID(look.case or ""), officer=look.officer, department=look.department
    )
    return _of(body_text(told_review(found)), [canonical(dict(found.query))])


def _incident(question: Question) -> Again:
    look = question.look
    bundle, _ = attached_bundle(question.ledger, UUID(look.case or ""), look.shown[0][2], question.officer)
    return _of(bundle, [bundle])


def _trace(question: Question) -> Again:
    look, asked = question.look, question.asked
    tracer = Tracer(question.officer, look.purpose, look.case or "", look.basis or "")
    traces, excerpt = Traces(question.ledger), asked.get("excerpt", {})
    if "record" in asked:
        found = traces.of_record(UUID(asked["record"]), tracer, excerpt)
    else:
        found = traces.of_subject(question.identity, tracer, excerpt)
    body = told_trace(found, excerpt, Registry(question.ledger))
    return _of(body_text(body), found.contents)


def _evidence(question: Question) -> Again:
    look, asked = question.look, question.asked
    held, show = Held(asked["checkpoints"], asked.get("timestamps", {})), asked["show"]
    proofs = Proofs(question.ledger, lambda: question.published(held))
    about, part, _ = look.shown[0]
    if part == "answered":
        told = proofs.of_answer(question.request, int(about.partition(":")[2]))
    elif part == "who_looked":
        told = proofs.of_looks(look.department, question.identity)
    else:
        record, claim = UUID(about), cast(RecordClaim, part)
        if look.purpose == OWN_PURPOSE:
            told = proofs.of_record_for_subject(look.department, question.identity, record, claim, show=show)
        else:
            told = proofs.of_record_for_source(question.request, record, claim, show=show)
    return _of(told.bundle + b"\n", [told.bundle])


AGAIN: Mapping[str, Callable[[Question], Again]] = {
    **dict.fromkeys(("dossier", CONSENTS, WHO_LOOKED), _subject),
    **dict.fromkeys(RULES, _case),
    **dict.fromkeys(TOLD, _entries),
    GREEN: _channel,
    MEASURE_CHECK: _check,
    REVIEW: _review,
    INCIDENT: _incident,
    EVIDENCE: _evidence,
    TRACE: _trace,
}
"""By view, how its question is asked again."""
