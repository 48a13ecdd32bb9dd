"""Whether a subject is on a list now, by one load of its own stream, and what takes it off when time does.

The desk asks before acts after which a listing may fall; measures ask before they rest on one; the deadline runner
ends what is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from application.bearing import Bearing
from application.ledger import Ledger, OpenedRow, SealedAct
from application.measures import ended_with, measures_of, settle_measures
from application.ports import Append, CaseDays, OpenCase
from application.registry import Standards
from application.sealing import parse_key_reference
from application.side_reactions import PLATFORM
from domain.listing.decision import Borne, fold_borne
from domain.listing.events import ListingDecided, ListingRemoved, SubjectDelisted
from domain.listing.notes import fold_notes
from domain.listing.standards import ListStandardAdopted, transition_of
from domain.measures.case import fold_measured
from domain.remedies.standing import standing_of
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.transparency.merkle import leaf_hash


def lists_of(ledger: Ledger, subject_id: UUID) -> tuple[Borne, ...]:
    """The lists (在列名单) that a subject is on today, oldest first; one load of its stream.

    An act that relies on the answer guards the subject's stream at the version that it saw.
    """
    today = city_day(ledger.now())
    return tuple(borne for borne in fold_borne(ledger.load(subject_id)) if borne.holds_on(today))


def bearing_of(
    ledger: Ledger, subject_id: UUID, *, case: UUID | None = None, record: UUID | None = None
) -> Bearing:
    """A subject with its lists, notes and measures, whatever the day, and the versions of all streams concerned.

    ``case`` is the case that is acted on: a measure of which only the end is still to be reported counts as well.
    With a ``record`` of the subject, the measures of persons linked to it, which rest on it too (DET-7).
    """
    rows = ledger.open_all(ledger.store.load("records", subject_id), log="records")
    events = [row.event for row in rows if "public" in row.opened]
    borne = fold_borne(events)
    notes = fold_notes(events)
    rests = [*(b.listing for b in borne), *(note.entry for note in notes)]
    versions = {stream: ledger.store.load("records", stream)[-1].stream_version for stream in rests}
    repaired = {record for b in borne for record in b.records if not stands(ledger, record)}
    last = rows[-1].row.stream_version if rows else 0
    bearing = Bearing(subject_id, last, borne, versions, frozenset(repaired), notes)
    still = [*fold_measured(events)[0], *([] if case is None else [case])]
    for person in _linked_to(ledger, record, apart_from=subject_id):
        told = ledger.open_all(ledger.store.load("records", person), log="records")
        bearing.linked[person] = told[-1].row.stream_version if told else 0
        still += fold_measured(row.event for row in told if "public" in row.opened)[0]
    found, bearing.keys = measures_of(ledger, dict.fromkeys(still))
    bearing.measures = {
        measure.id: measure
        for measure in found.values()
        if bearing.keys[measure.id][0] not in bearing.linked or record is None or measure.concerns(record)
    }
    return bearing


def _linked_to(ledger: Ledger, record: UUID | None, *, apart_from: UUID) -> list[UUID]:
    """The persons linked to a record, each once."""
    links = [] if record is None else ledger.store.links_of(record)
    owners = dict.fromkeys(parse_key_reference(reference)["public"][0] for _, reference in links)
    return [person for person in owners if person != apart_from]


def stands(ledger: Ledger, record: UUID) -> bool:
    """Whether a record still counts against its subject: neither withdrawn nor repaired in any way."""
    standing = standing_of(ledger.load(record))
    return standing is not None and not standing.is_final and not standing.repair


def standard_append(ledger: Ledger, act: SealedAct, known: Standards, *, meta: Mapping[str, str]) -> Append:
    """The append of a version of a list's standard; the end of a transition is waited for from now on (LST-9)."""
    batch, event = ledger.prepare([act], meta=meta), act.event
    if isinstance(event, ListStandardAdopted):
        standard = event.told()
        waited = transition_of(known.versions) is not None
        if standard.transition_until is None:
            batch.closed = [known.stream_id]
        else:
            batch.opened = [] if waited else [OpenCase(known.stream_id, "list", PLATFORM)]
            last = date.fromisoformat(standard.transition_until)
            batch.days = [CaseDays(known.stream_id, None, last, known.stream_id, None)]
    return batch


def ended_by_time(
    ledger: Ledger, rows: Sequence[OpenedRow], *, cause: str, on: str, meta: dict[str, str]
) -> Append | None:
    """The append that takes a subject off because time did (LST-8, LST-9); None when it is off already.

    ``rows`` are those of the listing's stream. The acts are the platform's, under the subject's keys; the listing is
    suppressed in the same transaction. ``on`` is the day that is told, ISO text.
    """
    decided = next((row for row in rows if row.row.topic == ListingDecided.TOPIC), None)
    if (
        decided is None
        or "public" not in decided.opened
        or any(row.row.topic == ListingRemoved.TOPIC for row in rows)
    ):
        return None
    event = decided.event
    assert isinstance(event, ListingDecided)
    owner = parse_key_reference(decided.row.key_ref)["public"]
    listing, now = event.originator_id, ledger.now()
    removed = ListingRemoved(
        **placed(listing, rows[-1].row.stream_version + 1, now),
        list_code=event.list_code,
        cause=cause,
        removes=leaf_hash(decided.row.leaf).hex(),
        removed_on=on,
    )
    bearing = bearing_of(ledger, owner[0])
    bearing.version += 1
    delisted = SubjectDelisted(
        **placed(owner[0], bearing.version, now),
        listing=str(listing),
        list_code=event.list_code,
        cause=cause,
    )
    acts = [ledger.seal(made, owners={"public": (owner[0], "public")}) for made in (removed, delisted)]
    acts += ended_with(ledger, bearing, listing, cause="delisted")
    batch = ledger.prepare(acts, meta={**meta, "correlation": str(listing)})
    batch.suppress, batch.closed, batch.unmarks = [listing], [listing], [(listing, listing)]
    settle_measures(batch, bearing)
    return batch
