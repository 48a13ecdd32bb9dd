"""What an event writes beside the logs at once: marks, suppression, and whose worklist a case stands on; lines of
``reactions.py``. An audit derives these tables anew from the events by the very same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from application.consequences import Consequences
from application.ports import OpenCase
from domain.listing.events import (
    ListingNotified,
    ListingRemovalApplied,
    ListingRemoved,
    ListingStatementAnswered,
)
from domain.listing.red import RedRemoved
from domain.listing.reference import ReferenceEnded
from domain.listing.standards import ListStandardAdopted
from domain.listing.watch import WatchEnded
from domain.measures.events import (
    MeasureEnded,
    MeasureNamed,
    MeasureObjected,
    MeasureObjectionDecided,
    MeasureReported,
)
from domain.oversight.incident_events import IncidentOpened
from domain.oversight.review_events import QueryReviewOpened
from domain.proposals.events import MeetingCalled, ProposalMade, ProposalPublished, ProposalReviewed
from domain.remedies.entry_objections import EntryObjected, EntryObjectionRejected
from domain.remedies.events import ObjectionDecided, ObjectionFiled, RepairApplied
from domain.remedies.reorganisation import ReorganisationBegun
from domain.remedies.repair_events import RecordReturned, ReorganisationApplied
from domain.remedies.restoration import RestorationBegun
from domain.shared.events import Event

PLATFORM = ""
"""Whose cases are no department's: they wait for a day."""
Reaction = Callable[[Any, Consequences], None]
EntryEnded = RedRemoved | WatchEnded | ReferenceEnded | ListingRemoved


def mark(event: ObjectionFiled | EntryObjected, then: Consequences) -> None:
    """OBJ-2: while the objection pends, every view shows the record, or the entry, as objected to."""
    objected = UUID(event.record) if isinstance(event, ObjectionFiled) else event.originator_id
    then.marks.append((objected, event.originator_id))


def unmark(event: ObjectionDecided | EntryObjectionRejected | EntryEnded, then: Consequences) -> None:
    """OBJ-2: the mark of this objection goes; another one's stays. What ends an entry answers its objection too."""
    objected = UUID(event.record) if isinstance(event, ObjectionDecided) else event.originator_id
    then.unmarks.append((objected, event.originator_id))


def open_case(
    event: ObjectionFiled
    | RepairApplied
    | RestorationBegun
    | ReorganisationApplied
    | ReorganisationBegun
    | ListingNotified
    | ListingRemovalApplied
    | EntryObjected
    | MeasureNamed
    | MeasureObjected,
    then: Consequences,
) -> None:
    """OBJ-1, OBJ-4, REP-2, LST-5, JNT-1: the case stands on the worklist of whoever is to act from now on."""
    kind = event.TOPIC.partition(".")[0]
    if event.originator_version > 1 and isinstance(event, ReorganisationBegun):
        return  # its application waits already
    if isinstance(event, MeasureObjected) and not event.reopens:
        return  # it stands there, and waits for another step
    if isinstance(
        event, ListingNotified | ListingRemovalApplied | EntryObjected | MeasureNamed | MeasureObjected
    ):
        then.opened.append(OpenCase(event.originator_id, kind, event.department))
        return
    then.opened.append(OpenCase(event.originator_id, kind, event.source))


def close_case(event: Event, then: Consequences) -> None:
    """OBJ-3, OBJ-4, REP-2, LST-5: a decided case waits for nobody; a rejected statement decides nothing yet."""
    if isinstance(event, ListingStatementAnswered) and event.outcome == "rejected":
        return
    if isinstance(event, MeasureReported | MeasureEnded | MeasureObjectionDecided) and not event.closes:
        return  # JNT-1: what was done, or that it was lifted, is still to be reported
    then.closed.append(event.originator_id)


def wait_for_reviewer(event: QueryReviewOpened, then: Consequences) -> None:
    """QRY-3: a review waits on the worklist of the department that queried."""
    then.opened.append(OpenCase(event.originator_id, "query_review", event.department))


def wait_for_office(event: IncidentOpened, then: Consequences) -> None:
    """ACC-5: an incident waits on the credit office's worklist until it is closed."""
    then.opened.append(OpenCase(event.originator_id, "incident", event.office))


def wait_for_transition(event: ListStandardAdopted, then: Consequences) -> None:
    """LST-9: a list that is kept over a transition only waits for its end; it is nobody's task."""
    if event.told().transition_until is not None:
        then.opened.append(OpenCase(event.originator_id, "list", PLATFORM))
    else:
        then.closed.append(event.originator_id)


def wait_for_lead(event: ProposalMade, then: Consequences) -> None:
    """CAT-3: what is proposed waits for the lead unit to take it further, until it is published or returned."""
    if event.office is not None:
        then.opened.append(OpenCase(event.originator_id, "proposal", event.office))


def wait_for_review(event: ProposalPublished, then: Consequences) -> None:
    """CAT-3, LST-3: what was published waits for its periodic review, with the department that made it."""
    then.opened.append(OpenCase(event.originator_id, "proposal", event.department))


def wait_for_meeting(event: MeetingCalled, then: Consequences) -> None:
    """CAT-3: each member's view waits on its own worklist, the outcome on that of the office."""
    if event.department is not None:
        then.opened.append(OpenCase(event.originator_id, "meeting_view", event.department))
    else:
        then.opened.append(OpenCase(event.originator_id, "proposal", event.office))


def close_meeting(event: ProposalReviewed, then: Consequences) -> None:
    """CAT-3: with the outcome nobody's view is waited for; what was approved waits to be published."""
    then.closed += [UUID(view["case"]) for view in event.views or ()]
    if event.office is None:
        then.closed.append(event.originator_id)


def suppress(event: Event, then: Consequences) -> None:
    """PUB-4, REP-5, LST-8: record or listing leaves every view now, not when the projector has caught up."""
    then.suppress.append(event.originator_id)


def put_back(event: RecordReturned, then: Consequences) -> None:
    """REP-5: what a repair took out of view, and lawfully comes back, may be shown again from this transaction on."""
    then.returns.append(event.originator_id)


TABLES: tuple[Reaction, ...] = (
    mark,
    unmark,
    open_case,
    close_case,
    wait_for_reviewer,
    wait_for_office,
    wait_for_transition,
    wait_for_lead,
    wait_for_review,
    wait_for_meeting,
    close_meeting,
    suppress,
    put_back,
)
"""All of them; every other reaction makes events, which stand in the log themselves."""
