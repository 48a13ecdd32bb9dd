"""What is applied for about a record and not decided: an act that takes the record away closes it (REP-1, REP-5)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.ledger import Ledger
from domain.remedies.events import RecordShielded, RecordWithdrawn, RepairDecided
from domain.remedies.reorganisation import Reorganisation, ReorganisationEnded, fold_reorganisation
from domain.remedies.repair_case import Repair, fold_repair
from domain.shared.events import Event

TAKING_AWAY = RecordWithdrawn | RecordShielded | RepairDecided | ReorganisationEnded


def applied_for(
    ledger: Ledger, record: UUID, made: Iterable[Event]
) -> tuple[list[Repair], list[Reorganisation]]:
    """The repairs and the temporary shields of a record that wait for an answer; none when no event of those ``made``
    may take the record away. What an event itself decides is left out."""
    events = [event for event in made if isinstance(event, TAKING_AWAY)]
    if not events:
        return [], []
    store, decided = ledger.store, {event.originator_id for event in events}
    repairs = [fold_repair(ledger.load(case)) for case in store.open_repairs_of(record)]
    cases = [case for case, _ in store.open_cases_about("reorganisation", [record]) if case not in decided]
    rests = [fold_reorganisation(ledger.load(case)) for case in cases]
    return (
        [repair for repair in repairs if repair and repair.record == record and not repair.decided],
        [rest for rest in rests if rest and rest.state == "applied"],
    )
