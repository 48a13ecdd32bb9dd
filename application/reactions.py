"""What else happens, in the same transaction, when an event is recorded: the table of contents of the system.

A command hands its events to :func:`react` and appends what comes back together with them; nobody else
reacts. A reaction decides nothing that a rule of the domain should: it carries a decision out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from application.consequences import Consequences
from application.side_reactions import (
    Reaction,
    close_case,
    close_meeting,
    mark,
    open_case,
    put_back,
    suppress,
    unmark,
    wait_for_lead,
    wait_for_meeting,
    wait_for_office,
    wait_for_review,
    wait_for_reviewer,
    wait_for_transition,
)
from domain.listing.decision import Borne
from domain.listing.events import (
    ListingDecided,
    ListingDropped,
    ListingNotified,
    ListingRemovalApplied,
    ListingRemovalRefused,
    ListingRemoved,
    ListingStatementAnswered,
    SubjectDelisted,
)
from domain.listing.notes import unnoted
from domain.listing.red import RedRemoved
from domain.listing.reference import ReferenceEnded
from domain.listing.standards import ListStandardAdopted, ListTransitionEnded
from domain.listing.watch import WatchEnded
from domain.measures.case import JOINTLY
from domain.measures.events import (
    MeasureDeclined,
    MeasureEnded,
    MeasureNamed,
    MeasureObjected,
    MeasureObjectionDecided,
    MeasureReported,
)
from domain.oversight.incident_events import IncidentClosed, IncidentOpened
from domain.oversight.review_events import QueryReviewDecided, QueryReviewOpened
from domain.proposals.events import (
    MeetingCalled,
    MeetingViewGiven,
    ProposalMade,
    ProposalPublished,
    ProposalReviewed,
    ProposalSuperseded,
)
from domain.records.erasure import by_repair
from domain.records.events import PublicityEnded
from domain.remedies.entry_objections import EntryObjected, EntryObjectionRejected
from domain.remedies.events import (
    ObjectionDecided,
    ObjectionFiled,
    RecordAnnotated,
    RecordCorrected,
    RecordShielded,
    RecordWithdrawn,
    RepairApplied,
    RepairDecided,
)
from domain.remedies.reorganisation import ReorganisationBegun, ReorganisationEnded
from domain.remedies.repair import close_repair
from domain.remedies.repair_events import RecordRested, RecordReturned, ReorganisationApplied
from domain.remedies.rest_application import close_application
from domain.remedies.restoration import RestorationBegun, RestorationCompleted, RestorationWaived
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed


def reverse_listings(event: RecordWithdrawn | RecordCorrected, then: Consequences) -> None:
    """LST-8: a listing rests on the determination as it was; when that falls or becomes another, the listing falls."""
    assert then.bearing is not None
    for borne in then.bearing.borne:
        if event.originator_id in borne.records:
            _remove(borne, then, cause="reversal", by=event.originator_id)


REPAIRED = ("granted", "performed")
"""Outcomes after which a record is repaired for good: of an application, or of a plan of reorganisation."""


def lift_listings(event: RepairDecided | ReorganisationEnded, then: Consequences) -> None:
    """LST-8: where the standard says so, a listing ends with the repair of the last record that it rests on."""
    assert then.bearing is not None
    repaired = then.bearing.repaired | {then.record_id}
    for borne in then.bearing.borne:
        rests = then.record_id in borne.records and repaired.issuperset(borne.records)
        if event.outcome in REPAIRED and borne.repair_removes and rests:
            _remove(borne, then, cause="repair", by=event.originator_id)


def _remove(borne: Borne, then: Consequences, *, cause: str, by: UUID) -> None:
    assert then.bearing is not None
    then.bearing.versions[borne.listing] += 1
    then.events.append(
        ListingRemoved(
            **placed(borne.listing, then.bearing.versions[borne.listing], then.at),
            list_code=borne.list_code,
            cause=cause,
            removes=borne.decision,
            removed_on=city_day(then.at).isoformat(),
            by=str(by),
        )
    )


def delist(event: ListingRemoved, then: Consequences) -> None:
    """LST-8: the subject's own stream says at once that it is on the list no more."""
    assert then.bearing is not None
    then.bearing.version += 1
    then.events.append(
        SubjectDelisted(
            **placed(then.bearing.subject_id, then.bearing.version, then.at),
            listing=str(event.originator_id),
            list_code=event.list_code,
            cause=event.cause,
        )
    )


def stop_watching(
    event: RecordCorrected | RecordWithdrawn | RepairDecided | ReorganisationEnded, then: Consequences
) -> None:
    """JNT-3: a watch rests on its records as they were; when one falls, is repaired or becomes another, it ends."""
    assert then.bearing is not None
    if isinstance(event, RepairDecided | ReorganisationEnded) and event.outcome not in REPAIRED:
        return
    for note in then.bearing.notes:
        if note.kind != "watch" or then.record_id not in note.records:
            continue
        then.bearing.versions[note.entry] += 1
        then.events.append(
            WatchEnded(
                **placed(note.entry, then.bearing.versions[note.entry], then.at),
                cause="record_fell",
                ends=note.leaf,
                ended_on=city_day(then.at).isoformat(),
            )
        )


def unnote(event: RedRemoved | WatchEnded, then: Consequences) -> None:
    """JNT-2, JNT-3: the subject's own stream says at once that it is on the red list, or watched, no more."""
    assert then.bearing is not None
    note = next(n for n in then.bearing.notes if n.entry == event.originator_id)
    then.bearing.version += 1
    subject, version = then.bearing.subject_id, then.bearing.version
    then.events.append(unnoted(note, subject=subject, version=version, cause=event.cause, at=then.at))


def suspend_measures(event: ObjectionFiled, then: Consequences) -> None:
    """MEA-5: while it is verified, no measure that rests on the record, or on a listing of it, is executed."""
    assert then.bearing is not None
    then.events += then.bearing.suspended(UUID(event.record), objection=event.originator_id, at=then.at)


def resume_measures(event: ObjectionDecided, then: Consequences) -> None:
    """MEA-5: a rejected objection suspends nothing any more; upheld, what it brings about ends the measures."""
    assert then.bearing is not None
    if event.outcome == "rejected":
        then.events += then.bearing.resumed(objection=event.originator_id, at=then.at)


def suspend_on_listing(event: EntryObjected, then: Consequences) -> None:
    """MEA-5: while an objection to a listing itself is verified, no measure that rests on it is executed."""
    if then.bearing is not None:
        own = event.originator_id
        then.events += then.bearing.suspended(own, objection=own, at=then.at)


def resume_on_listing(event: EntryObjectionRejected, then: Consequences) -> None:
    """MEA-5: the listing stands, and so does what rests on it."""
    if then.bearing is not None:
        then.events += then.bearing.resumed(objection=event.originator_id, at=then.at)


ENDS: Mapping[type[Event], str] = {
    RecordCorrected: "reversal",
    RecordWithdrawn: "reversal",
    RecordAnnotated: "repair",
    RecordShielded: "repair",
    RecordRested: "repair",
    PublicityEnded: "ground_expired",
    ListingRemoved: "delisted",
}
"""What becomes of a record or a listing -> why the measures that rest on it end."""


def end_measures(event: Event, then: Consequences) -> None:
    """REP-5, MEA-1: a measure ends with the record or the listing that it rests on."""
    assert then.bearing is not None
    ground = event.originator_id
    then.events += then.bearing.ended(ground, cause=ENDS[type(event)], by=str(ground), at=then.at)


def lift_wrong(event: MeasureObjectionDecided, then: Consequences) -> None:
    """OBJ-4: a measure that is found wrong itself is lifted with the answer."""
    assert then.bearing is not None
    if event.outcome == "upheld":
        then.events += then.bearing.lifted(event.originator_id, at=then.at)


def end_jointly(event: MeasureEnded, then: Consequences) -> None:
    """JNT-4: once the conduct is corrected nobody applies what was named for it, and each department is told."""
    assert then.bearing is not None
    if event.cause == JOINTLY and event.by is None:
        then.events += then.bearing.corrected(event.originator_id, at=then.at)


def free_subject(event: MeasureDeclined | MeasureEnded, then: Consequences) -> None:
    """JNT-4: the subject's own stream says at once that the measure is over."""
    assert then.bearing is not None
    then.events += then.bearing.freed(event, at=then.at)


def keep_annotated(event: RecordCorrected, then: Consequences) -> None:
    """REP-5: the note of a repair, or of its revocation, stands on the content; a new content gets it again."""
    standing = then.standing
    if standing.repair and standing.status != "shielded":
        then.events.append(
            RecordAnnotated(
                **then.place(),
                repair=standing.repair,
                annotates=event.originator_version,
                repaired_on=standing.repaired_on,
            )
        )
    elif standing.rest and standing.status == "resting":
        then.events.append(RecordRested(**then.place(), by=standing.rest.by, until=standing.rest.until))
    elif standing.returned and standing.status == "standing" and not then.term_over:
        told = {n: getattr(standing.returned, n) for n in ("cause", "by", "returned_on", "barred_until")}
        then.events.append(RecordReturned(**then.place(), shows=event.originator_version, **told))


def keep_ended(_: RecordCorrected, then: Consequences) -> None:
    """PUB-4: what had ended does not come back by a correction, and a corrected term may be over at once."""
    until = then.standing.until if then.standing.status == "ended" else then.term_over
    if until:
        then.events.append(PublicityEnded(**then.place(), until=until))


def close_repairs(event: RecordWithdrawn | RecordShielded, then: Consequences) -> None:
    """REP-1, REP-5: a record that is shown no more needs no repair or rest; what was applied for is closed so."""
    for repair in then.waiting:
        if isinstance(event, RecordWithdrawn) or str(repair.id) != event.repair:
            then.events.append(close_repair(repair, because=event.TOPIC, at=then.at))
    then.events += [close_application(case, because=event.TOPIC, at=then.at) for case in then.resting]


def carry_out(event: RepairDecided, then: Consequences) -> None:
    """REP-5: a granted repair takes the effect that the item says.

    Deletion hides the record at once and asks for its erasure, which waits for two officers.
    """
    on = city_day(then.at).isoformat()
    repair = str(event.originator_id)
    if event.outcome == "granted" and event.mode == "annotate":
        annotates = then.standing.content_version
        then.events.append(
            RecordAnnotated(**then.place(), repair=repair, annotates=annotates, repaired_on=on)
        )
    elif event.outcome == "granted":
        then.events.append(RecordShielded(**then.place(), repair=repair, repaired_on=on))
        if event.mode == "delete":
            place = placed(then.erasure_id, 1, then.at)
            then.events.append(by_repair(record=then.record_id, repair=repair, place=place))


REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    ObjectionFiled: (mark, open_case, suspend_measures),
    ObjectionDecided: (unmark, close_case, resume_measures),
    RecordCorrected: (keep_annotated, keep_ended, reverse_listings, stop_watching, end_measures),
    RecordWithdrawn: (suppress, close_repairs, reverse_listings, stop_watching, end_measures),
    RepairApplied: (open_case,),
    RepairDecided: (carry_out, close_case, lift_listings, stop_watching),
    RecordAnnotated: (end_measures,),
    RecordShielded: (suppress, close_repairs, end_measures),
    RecordReturned: (put_back,),
    RecordRested: (suppress, end_measures),
    ReorganisationApplied: (open_case,),
    ReorganisationBegun: (open_case,),
    ReorganisationEnded: (close_case, lift_listings, stop_watching),
    RestorationBegun: (open_case,),
    RestorationCompleted: (close_case,),
    RestorationWaived: (close_case,),
    PublicityEnded: (suppress, end_measures),
    ListStandardAdopted: (wait_for_transition,),
    ListTransitionEnded: (close_case,),
    ProposalMade: (wait_for_lead,),
    MeetingCalled: (wait_for_meeting,),
    MeetingViewGiven: (close_case,),
    ProposalReviewed: (close_meeting,),
    ProposalPublished: (wait_for_review,),
    ProposalSuperseded: (close_case,),
    ListingNotified: (open_case,),
    ListingStatementAnswered: (close_case,),
    ListingDropped: (close_case,),
    ListingDecided: (close_case,),
    ListingRemovalApplied: (open_case,),
    ListingRemovalRefused: (close_case,),
    ListingRemoved: (suppress, close_case, unmark, delist, end_measures),
    EntryObjected: (mark, open_case, suspend_on_listing),
    EntryObjectionRejected: (unmark, close_case, resume_on_listing),
    RedRemoved: (suppress, close_case, unmark, unnote),
    WatchEnded: (suppress, close_case, unmark, unnote),
    ReferenceEnded: (suppress, close_case, unmark),
    QueryReviewOpened: (wait_for_reviewer,),
    QueryReviewDecided: (close_case,),
    IncidentOpened: (wait_for_office,),
    IncidentClosed: (close_case,),
    MeasureNamed: (open_case,),
    MeasureDeclined: (close_case, free_subject),
    MeasureReported: (close_case,),
    MeasureObjected: (open_case,),
    MeasureObjectionDecided: (close_case, lift_wrong),
    MeasureEnded: (close_case, end_jointly, free_subject),
}
"""Event -> what follows from it at once, in this order. What follows an event that a reaction made, follows too."""

FALLING = (
    RecordCorrected, RecordWithdrawn, RepairDecided, ListingRemoved, ObjectionFiled, ObjectionDecided,
    MeasureDeclined, MeasureReported, MeasureEnded, MeasureObjected, MeasureObjectionDecided,
    ReorganisationBegun, ReorganisationEnded, EntryObjected, EntryObjectionRejected,
)  # fmt: skip
"""After these a subject may be on a list no more, or a measure stop, so its bearing is asked for."""


def react(events: Sequence[Event], then: Consequences) -> Consequences:
    """``then`` with everything that follows from ``events``, and from what follows."""
    waiting = list(events)
    while waiting:
        event = waiting.pop(0)
        if then.bearing is not None:
            then.bearing.take(event)
        made = len(then.events)
        for reaction in REACTIONS.get(type(event), ()):
            reaction(event, then)
        waiting += then.events[made:]
    return then
