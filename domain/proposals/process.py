"""Decides on each step of a proposal, so that none is skipped: proposed, consulted on, answered, reviewed, published.

The same for whatever is drafted (CAT-3, LST-3); the gate of the content itself is asked by the command, before it is
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.proposals.events import (
    OpinionAnswered,
    OpinionGiven,
    ProposalConsulted,
    ProposalEvaluated,
    ProposalMade,
    ProposalPublished,
    ProposalReviewed,
    ReviewOverdue,
)
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import says

LIST_STANDARD = "list_standard"
RULES: Mapping[str, str] = {"catalogue_item": "CAT-3", LIST_STANDARD: "LST-3", "measure": "CAT-3"}
"""What may be proposed, and the rule of its process."""
GROUPS = ("department", "market_entity", "trade_association", "legal_service", "expert", "public")
"""Whose opinions are asked (49号(一)): 部门, 市场主体, 行业协会商会, 法律服务机构, 专家学者, 社会公众."""
OUTCOMES = ("adopted", "partly_adopted", "not_adopted")
TEXT_CHARACTERS_MAX = 2000
OPINIONS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal (提案) as its events leave it.

    ``state`` is proposed, consulting, approved, returned or published; ``open_opinions`` are those not answered.
    ``opens`` and ``closes`` are the days of comment on the present revision, ISO text.
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

    @property
    def rule(self) -> str:
        """The rule of its process."""
        return RULES[self.what]


def fold_proposal(events: Iterable[Event]) -> Proposal | None:
    """The proposal of a stream; None when it holds none."""
    found: Proposal | None = None
    for event in events:
        if isinstance(event, ProposalMade) and found is None:
            found = Proposal(
                event.originator_id, event.originator_version, event.what, event.code, event.department,
                event.content,
            )  # fmt: skip
        elif found is not None:
            found = replace(found, version=event.originator_version, **_left_by(event, found))
    return found


def _left_by(event: Event, so_far: Proposal) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, ProposalMade):
        return {"content": event.content, "revision": event.revision, "state": "proposed", "closes": ""}
    if isinstance(event, ProposalConsulted):
        return {"state": "consulting", "opens": event.opens, "closes": event.closes}
    if isinstance(event, OpinionGiven):
        return {"opinions": event.number, "open_opinions": so_far.open_opinions | {event.number}}
    if isinstance(event, OpinionAnswered):
        return {"open_opinions": so_far.open_opinions - {event.number}}
    if isinstance(event, ProposalReviewed):
        return {"state": event.outcome}
    if isinstance(event, ProposalPublished):
        return {"state": "published", "review_by": event.review_by}
    if isinstance(event, ProposalEvaluated):
        return {"review_by": event.review_by}
    if isinstance(event, ReviewOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {}


def propose(
    proposal_id: UUID, *, what: str, code: str, content: Mapping[str, Json], department: str, now: datetime
) -> ProposalMade:
    """A department proposes a version (CAT-3). Raises ``Refused`` for what is never drafted."""
    if what not in RULES:
        values = "、".join(RULES)
        refuse_if_any([Defect("CAT-3", "proposal_of_nothing_known", "/what", {"values": values})])
    return ProposalMade(
        originator_id=proposal_id,
        originator_version=1,
        timestamp=now,
        what=what,
        code=code,
        revision=1,
        content=content,
        department=department,
    )


def revise(
    proposal: Proposal, *, content: Mapping[str, Json], department: str, now: datetime
) -> ProposalMade:
    """Its department proposes it anew after it was returned; comment and review begin again."""
    defects = _step(proposal, "returned")
    if department != proposal.department:
        defects.append(Defect(proposal.rule, "remedy_not_the_source"))
    refuse_if_any(defects)
    return ProposalMade(
        **_next(proposal, now),
        what=proposal.what,
        code=proposal.code,
        revision=proposal.revision + 1,
        content=content,
        department=department,
    )


def consult(proposal: Proposal, *, closes: date, days_min: int, now: datetime) -> ProposalConsulted:
    """Open it for comment from today to a day: for ``days_min`` for the standard of a list (LST-3), else for one."""
    defects, today = _step(proposal, "proposed"), city_day(now)
    least = days_min if proposal.what == LIST_STANDARD else 1
    if closes < today + timedelta(days=least):
        defects.append(Defect(proposal.rule, "proposal_comment_too_short", "/closes", {"least": str(least)}))
    refuse_if_any(defects)
    return ProposalConsulted(**_next(proposal, now), opens=today.isoformat(), closes=closes.isoformat())


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
    defects, today = _step(proposal, "consulting"), city_day(now).isoformat()
    if proposal.state == "consulting" and today > proposal.closes:
        defects.append(Defect(proposal.rule, "proposal_comment_over", "", {"last": proposal.closes}))
    if group not in GROUPS or (group == "department") != (department is not None):
        values = "、".join(GROUPS)
        defects.append(Defect(proposal.rule, "proposal_group_unknown", "/group", {"values": values}))
    if (author is None) != (department is not None):
        defects.append(Defect(proposal.rule, "proposal_author", "/author"))
    if proposal.opinions >= OPINIONS_MAX:
        defects.append(Defect(proposal.rule, "proposal_opinions_full", "", {"most": str(OPINIONS_MAX)}))
    refuse_if_any([*defects, *_text(proposal, text, "/text")])
    return OpinionGiven(
        **_next(proposal, now),
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
    defects = _step(proposal, "consulting")
    if number not in proposal.open_opinions:
        defects.append(Defect(proposal.rule, "proposal_no_such_opinion", "/number"))
    if outcome not in OUTCOMES:
        values = "、".join(OUTCOMES)
        defects.append(Defect(proposal.rule, "listing_outcome_unknown", "/outcome", {"values": values}))
    refuse_if_any([*defects, *_text(proposal, answer, "/answer")])
    return OpinionAnswered(**_next(proposal, now), number=number, outcome=outcome, answer=answer)


def review(proposal: Proposal, *, outcome: str, reasons: str, now: datetime) -> ProposalReviewed:
    """Review it once the comment is over and every opinion is answered."""
    defects = _step(proposal, "consulting")
    if proposal.state == "consulting" and city_day(now).isoformat() <= proposal.closes:
        defects.append(Defect(proposal.rule, "proposal_comment_runs", "", {"last": proposal.closes}))
    if proposal.open_opinions:
        count = {"count": str(len(proposal.open_opinions))}
        defects.append(Defect(proposal.rule, "proposal_opinions_open", "", count))
    if outcome not in ("approved", "returned"):
        values = "approved、returned"
        defects.append(Defect(proposal.rule, "listing_outcome_unknown", "/outcome", {"values": values}))
    refuse_if_any([*defects, *_text(proposal, reasons, "/reasons")])
    return ProposalReviewed(
        **_next(proposal, now), outcome=outcome, reasons=reasons, revision=proposal.revision
    )


def publish(proposal: Proposal, *, review_by: date, now: datetime) -> ProposalPublished:
    """Publish what was approved; it is reviewed again by a day."""
    defects = _step(proposal, "approved")
    refuse_if_any([*defects, *_later(proposal, review_by, now)])
    return ProposalPublished(
        **_next(proposal, now),
        revision=proposal.revision,
        department=proposal.department,
        review_by=review_by.isoformat(),
    )


def evaluate(
    proposal: Proposal, *, by: str, findings: str, review_by: date, now: datetime
) -> ProposalEvaluated:
    """A third party's evaluation of what was published, and when the next is due (LST-3)."""
    defects = [*_step(proposal, "published"), *_later(proposal, review_by, now)]
    refuse_if_any([*defects, *_text(proposal, by, "/by"), *_text(proposal, findings, "/findings")])
    return ProposalEvaluated(
        **_next(proposal, now), by=by, findings=findings, review_by=review_by.isoformat()
    )


def _step(proposal: Proposal, state: str) -> list[Defect]:
    """CAT-3, LST-3: no step is skipped or done twice."""
    if proposal.state == state:
        return []
    return [Defect(proposal.rule, "proposal_step", "", {"state": proposal.state, "needed": state})]


def _later(proposal: Proposal, day: date, now: datetime) -> list[Defect]:
    late = day <= city_day(now)
    return [Defect(proposal.rule, "proposal_review_day", "/review_by")] if late else []


def _text(proposal: Proposal, text: str, where: str) -> list[Defect]:
    return (
        [] if says(text, most=TEXT_CHARACTERS_MAX) else [Defect(proposal.rule, "remedy_text_unusable", where)]
    )


def _next(proposal: Proposal, now: datetime) -> dict[str, Any]:
    return {
        "originator_id": proposal.id,
        "originator_version": proposal.version + 1,
        "timestamp": now,
    }
