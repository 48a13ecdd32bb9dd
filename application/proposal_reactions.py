"""What follows at once from a step of a proposal: whose worklist it stands on now; lines of ``reactions.py``."""

from __future__ import annotations

from uuid import UUID

from application.consequences import Consequences
from application.ports import OpenCase
from domain.proposals.events import MeetingCalled, ProposalPublished, ProposalReviewed


def wait_for_review(event: ProposalPublished, then: Consequences) -> None:
    """CAT-3, LST-3: what was published waits for its periodic review."""
    then.opened.append(OpenCase(event.originator_id, "proposal", event.department))


def wait_for_meeting(event: MeetingCalled, then: Consequences) -> None:
    """CAT-3: each member's view waits on its own worklist, the outcome on that of the office."""
    if event.department is not None:
        then.opened.append(OpenCase(event.originator_id, "meeting_view", event.department))
    else:
        then.opened.append(OpenCase(event.originator_id, "proposal", event.office))


def close_meeting(event: ProposalReviewed, then: Consequences) -> None:
    """CAT-3: with the outcome nobody's view is waited for."""
    then.closed += [event.originator_id, *(UUID(view["case"]) for view in event.views or ())]
