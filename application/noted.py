"""Which red lists a subject is on and whether it is watched, by one load of its own stream; what ends that by itself.

Commands ask before they enter or end one; the deadline runner ends what is over, and red entries whose criteria exclude
what was recorded since (JNT-2, JNT-3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.adverse import AdverseRecords
from application.ledger import Ledger, OpenedRow
from application.ports import Append
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import CatalogueItemAdopted
from domain.listing.notes import Note, fold_notes, unnoted
from domain.listing.red import RedListed, RedRemoved, excluding
from domain.listing.watch import WatchEnded, WatchEntered
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.transparency.merkle import leaf_hash

META = {"actor": "platform", "purpose": "red_listing"}
ENTRIES = (RedListed.TOPIC, WatchEntered.TOPIC)
"""The topics with which the stream of a noted entry begins."""


@dataclass(frozen=True)
class Held:
    """A subject with the notes in its own stream, and the version at which they were read."""

    subject: UUID
    version: int
    notes: tuple[Note, ...]

    def note(self, entry: UUID) -> Note | None:
        """The note of an entry that stands, or None."""
        return next((note for note in self.notes if note.entry == entry), None)


def held_by(ledger: Ledger, subject: UUID) -> Held:
    """The subject's notes and the version of its stream, to be guarded or gone on from."""
    rows = ledger.store.load("records", subject)
    opened = ledger.open_all(rows, log="records")
    events = (row.event for row in opened if "public" in row.opened)
    return Held(subject, rows[-1].stream_version if rows else 0, fold_notes(events))


def negative_items(ledger: Ledger) -> list[str]:
    """The codes of all catalogue items of which some version is negative: what may count against a subject."""
    rows = ledger.store.governing_rows([CatalogueItemAdopted.TOPIC])
    events = [row.event for row in ledger.open_all(rows, log="records")]
    return sorted({e.code for e in events if isinstance(e, CatalogueItemAdopted) and e.nature == "negative"})


def end_contradicted(ledger: Ledger, registry: Registry, entry: UUID, beside: tuple[UUID, str]) -> int:
    """End an entry of a red list whose criteria exclude the record beside it, with its item (JNT-2); 0 if they do not.

    Raises ``Conflict``. A term that is over was ended before this is asked, so no maximum needs to be known.
    """
    adverse = next(AdverseRecords(ledger, registry, lambda _: None).among([beside]), None)
    rows = ledger.open_all(ledger.store.load("records", entry), log="records")
    listed = rows[0].event if rows and "public" in rows[0].opened else None
    if adverse is None or not isinstance(listed, RedListed):
        return 0
    standards = registry.standard(listed.list_code).versions
    standard = next(found for found in standards if found.version == listed.version)
    if excluding(standard, [adverse]) is None:
        return 0
    batch = ended_by_platform(ledger, rows, cause="adverse_record", meta=META, by=str(adverse.id))
    if batch is None:
        return 0
    ledger.store.append(batch)
    return 1


def ended_by_platform(
    ledger: Ledger, rows: Sequence[OpenedRow], *, cause: str, meta: dict[str, str], by: str = ""
) -> Append | None:
    """The append that ends an entry because time did, or its criteria ask for it; None when it ended already.

    ``rows`` are those of the entry's stream. The acts are the platform's, under the subject's keys; the entry
    leaves the views in the same transaction.
    """
    first = rows[0]
    subject = parse_key_reference(first.row.key_ref)["public"][0]
    held = held_by(ledger, subject)
    note = held.note(first.row.stream_id)
    if note is None or "public" not in first.opened:
        return None
    place = placed(note.entry, rows[-1].row.stream_version + 1, ledger.now())
    on, leaf = city_day(ledger.now()).isoformat(), leaf_hash(first.row.leaf).hex()
    event: RedRemoved | WatchEnded
    if note.kind == "red":
        code = note.list_code
        event = RedRemoved(**place, list_code=code, cause=cause, removes=leaf, removed_on=on, by=by)
    else:
        event = WatchEnded(**place, cause=cause, ends=leaf, ended_on=on)
    told = unnoted(note, subject=subject, version=held.version + 1, cause=cause, at=ledger.now())
    acts = [ledger.seal(made, owners={"public": (subject, "public")}) for made in (event, told)]
    batch = ledger.prepare(acts, meta={**meta, "correlation": str(note.entry)})
    batch.suppress, batch.closed, batch.unmarks = [note.entry], [note.entry], [(note.entry, note.entry)]
    return batch
