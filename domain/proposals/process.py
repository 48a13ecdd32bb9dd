"""Decides on each step of a proposal, so that none is skipped: proposed, consulted on, answered, reviewed, published.

The same for whatever is drafted (CAT-3, LST-3); the gate of the content itself is asked by the command, before it is
published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.parties.acting import Officer
from domain.proposals.events import (
    MeetingCalled,
    OpinionAnswered,
    OpinionGiven,
    ProposalConsulted,
    ProposalEvaluated,
    ProposalMade,
    ProposalPublished,
    ProposalReviewed,
    ProposalSuperseded,
    ReviewOverdue,
)
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import says

LIST_STANDARD = "list_standard"
RULES: Mapping[str, str] = {"catalogue_item": "CAT-3", LIST_STANDARD: "LST-3", "measure": "CAT-3"}
"""What may be proposed, and the rule of its process."""
GROUPS = ("department", "market_entity", "trade_association", "legal_service", "expert", "public")
"""Whose opinions are asked (49号(一)): 部门, 市场主体, 行业协会商会, 法律服务机构, 专家学者, 社会公众."""
OUTCOMES = ("adopted", "partly_adopted", "not_adopted")
REVISE = "revise"
EVALUATED = ("keep", REVISE)
"""What an evaluation leads to: 继续施行, 修订."""
TEXT_CHARACTERS_MAX = 2000
OPINIONS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal (提案) as its events leave it.

    ``state`` is proposed, consulting, meeting, approved, returned, published or superseded; ``open_opinions`` are those
    not answered. ``opens`` and ``closes`` are the days of comment on the present revision, ISO text; ``members`` the
    departments of the meeting before which it lies, held from ``meets_on`` on, and ``office`` the lead unit.
    ``drafted_by`` and ``consulted_by`` are officers; ``revise``: an evaluation asked for a next version.
    """

    id: UUID
    version: int
    what: str
    code: str
    department: str
    content: Mapping[str, Json]
    revision: int = 1
    state: str = "proposed"
    opens: str = ""
    closes: str = ""
    opinions: int = 0
    open_opinions: frozenset[int] = field(default_factory=frozenset)
    review_by: str = ""
    overdue: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    drafted_by: str = ""
    consulted_by: str = ""
    members: tuple[str, ...] = ()
    meets_on: str = ""
    office: str = ""
    revise: bool = False

    @property
    def rule(self) -> str:
        """The rule of its process."""
        return RULES[self.what]


def fold_proposal(events: Iterable[Event]) -> Proposal | None:
    """The proposal of a stream; None when it holds none."""
    return fold_case(events, _made, _left_by)


def _made(event: Event) -> Proposal | None:
    if not isinstance(event, ProposalMade):
        return None
    return Proposal(
        event.originator_id, event.originator_version, event.what, event.code, event.department,
        event.content, drafted_by=event.officer or "", office=event.office or "",
    )  # fmt: skip


def _left_by(event: Event, so_far: Proposal) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, ProposalMade):
        anew: dict[str, Any] = {
            "content": event.content,
            "revision": event.revision,
            "drafted_by": event.officer or "",
        }
        anew |= {"closes": "", "members": (), "meets_on": "", "office": event.office or so_far.office}
        return {**anew, "state": "proposed"}
    if isinstance(event, ProposalConsulted):
        days = {"opens": event.opens, "closes": event.closes}
        return {**days, "state": "consulting", "consulted_by": event.officer or ""}
    if isinstance(event, MeetingCalled):
        asked = {"members": tuple(event.members), "meets_on": event.meets_on, "office": event.office}
        return {**asked, "state": "meeting"}
    if isinstance(event, OpinionGiven):
        return {"opinions": event.number, "open_opinions": so_far.open_opinions | {event.number}}
    if isinstance(event, OpinionAnswered):
        return {"open_opinions": so_far.open_opinions - {event.number}}
    if isinstance(event, ProposalReviewed):
        return {"state": event.outcome}
    if isinstance(event, ProposalPublished):
        return {"state": "published", "review_by": event.review_by}
    if isinstance(event, ProposalEvaluated):
        return {"review_by": event.review_by, "revise": event.outcome == REVISE}
    if isinstance(event, ProposalSuperseded):
        return {"state": "superseded"}
    if isinstance(event, ReviewOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {}


def propose(
    proposal_id: UUID,
    *,
    what: str,
    code: str,
    content: Mapping[str, Json],
    officer: Officer,
    office: str | None,
    now: datetime,
) -> ProposalMade:
    """A department proposes a version to the lead unit (CAT-3). Raises ``Refused`` for what is never drafted."""
    if what not in RULES:
        values = "、".join(RULES)
        refuse_if_any([Defect("CAT-3", "proposal_of_nothing_known", "/what", {"values": values})])
    return ProposalMade(
        **placed(proposal_id, 1, now),
        what=what,
        code=code,
        revision=1,
        content=content,
        department=officer.department,
        officer=officer.pseudonym,
        office=office,
    )


def revise(
    proposal: Proposal, *, content: Mapping[str, Json], officer: Officer, office: str | None, now: datetime
) -> ProposalMade:
    """Its department proposes it anew after it was returned; comment and review begin again."""
    defects = step_defects(proposal, "returned")
    if officer.department != proposal.department:
        defects.append(Defect(proposal.rule, "remedy_not_the_source"))
    refuse_if_any(defects)
    return ProposalMade(
        **next_of(proposal, now),
        what=proposal.what,
        code=proposal.code,
        revision=proposal.revision + 1,
        content=content,
        department=officer.department,
        officer=officer.pseudonym,
        office=office,
    )


def consult(
    proposal: Proposal, *, closes: date, days_min: int, officer: str, now: datetime
) -> ProposalConsulted:
    """Open it for comment from today to a day: for ``days_min`` for the standard of a list (LST-3), else for one.

    Whoever drafted it does not open it.
    """
    defects, today = [*step_defects(proposal, "proposed"), *apart(proposal, officer)], city_day(now)
    least = days_min if proposal.what == LIST_STANDARD else 1
    if closes < today + timedelta(days=least):
        defects.append(Defect(proposal.rule, "proposal_comment_too_short", "/closes", {"least": str(least)}))
    refuse_if_any(defects)
    days = {"opens": today.isoformat(), "closes": closes.isoformat()}
    return ProposalConsulted(**next_of(proposal, now), **days, officer=officer)


def give_opinion(
    proposal: Proposal,
    *,
    group: str,
    text: str,
    department: str | None,
    author: Mapping[str, str] | None,
    now: datetime,
) -> OpinionGiven:
    """An opinion while it is open for comment; a department opines under its own name, all others under an author's."""
    defects, today = step_defects(proposal, "consulting"), city_day(now).isoformat()
    if proposal.state == "consulting" and today > proposal.closes:
        defects.append(Defect(proposal.rule, "proposal_comment_over", "", {"last": proposal.closes}))
    if group not in GROUPS or (group == "department") != (department is not None):
        values = "、".join(GROUPS)
        defects.append(Defect(proposal.rule, "proposal_group_unknown", "/group", {"values": values}))
    if (author is None) != (department is not None):
        defects.append(Defect(proposal.rule, "proposal_author", "/author"))
    if proposal.opinions >= OPINIONS_MAX:
        defects.append(Defect(proposal.rule, "proposal_opinions_full", "", {"most": str(OPINIONS_MAX)}))
    refuse_if_any([*defects, *text_defects(proposal, text, "/text")])
    return OpinionGiven(
        **next_of(proposal, now),
        number=proposal.opinions + 1,
        group=group,
        text=text,
        given_on=today,
        department=department,
        author=author,
    )


def answer_opinion(
    proposal: Proposal, *, number: int, outcome: str, answer: str, now: datetime
) -> OpinionAnswered:
    """What came of an opinion; each is answered once, also after the comment closed."""
    defects = step_defects(proposal, "consulting")
    if number not in proposal.open_opinions:
        defects.append(Defect(proposal.rule, "proposal_no_such_opinion", "/number"))
    if outcome not in OUTCOMES:
        values = "、".join(OUTCOMES)
        defects.append(Defect(proposal.rule, "listing_outcome_unknown", "/outcome", {"values": values}))
    refuse_if_any([*defects, *text_defects(proposal, answer, "/answer")])
    return OpinionAnswered(**next_of(proposal, now), number=number, outcome=outcome, answer=answer)


def publish(proposal: Proposal, *, review_by: date, months_max: int, now: datetime) -> ProposalPublished:
    """Publish what was approved; it is reviewed again by a day, at most so many months from now."""
    defects = step_defects(proposal, "approved")
    refuse_if_any([*defects, *_review_day(proposal, review_by, months_max, now)])
    return ProposalPublished(
        **next_of(proposal, now),
        revision=proposal.revision,
        department=proposal.department,
        review_by=review_by.isoformat(),
    )


def evaluate(
    proposal: Proposal,
    *,
    by: str,
    findings: str,
    outcome: str,
    review_by: date,
    months_max: int,
    parties: Collection[str],
    now: datetime,
) -> ProposalEvaluated:
    """A third party's evaluation of what was published, and when the next, or the next version, is due (LST-3).

    ``parties`` are the names and codes of all departments that take part: none of them is a third party.
    """
    defects = [*step_defects(proposal, "published"), *_review_day(proposal, review_by, months_max, now)]
    if by.strip() in parties:
        defects.append(Defect(proposal.rule, "proposal_evaluated_by_a_party", "/by"))
    if outcome not in EVALUATED:
        values = "、".join(EVALUATED)
        defects.append(Defect(proposal.rule, "listing_outcome_unknown", "/outcome", {"values": values}))
    defects += [*text_defects(proposal, by, "/by"), *text_defects(proposal, findings, "/findings")]
    refuse_if_any(defects)
    told = {"by": by, "findings": findings, "outcome": outcome, "review_by": review_by.isoformat()}
    return ProposalEvaluated(**next_of(proposal, now), **told)


def supersede(proposal: Proposal, *, by: UUID, now: datetime) -> ProposalSuperseded:
    """What a later version of the same does to one that was published."""
    return ProposalSuperseded(**next_of(proposal, now), by=str(by))


def apart(proposal: Proposal, *others: str) -> list[Defect]:
    """That whoever acts now neither drafted the present revision nor, where it was opened, opened it for comment."""
    own = (
        {proposal.drafted_by, proposal.consulted_by} if proposal.state == "meeting" else {proposal.drafted_by}
    )
    mixed = any(officer in own for officer in others)
    return [Defect(proposal.rule, "proposal_same_officer", "Credit-Official")] if mixed else []


def step_defects(proposal: Proposal, state: str) -> list[Defect]:
    """CAT-3, LST-3: no step is skipped or done twice."""
    if proposal.state == state:
        return []
    return [Defect(proposal.rule, "proposal_step", "", {"state": proposal.state, "needed": state})]


def text_defects(proposal: Proposal, text: str, where: str) -> list[Defect]:
    """That a text says something, within its bound."""
    if says(text, most=TEXT_CHARACTERS_MAX):
        return []
    return [Defect(proposal.rule, "remedy_text_unusable", where)]


def _review_day(proposal: Proposal, day: date, months_max: int, now: datetime) -> list[Defect]:
    """A later day, and not so far away that nothing is reviewed again (定期)."""
    today, last = city_day(now), add_months(city_day(now), months_max)
    if day <= today:
        return [Defect(proposal.rule, "proposal_review_day", "/review_by")]
    about = {"last": last.isoformat()}
    return [Defect(proposal.rule, "proposal_review_too_late", "/review_by", about)] if day > last else []
