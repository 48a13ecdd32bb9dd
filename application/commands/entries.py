"""What red lists, the watch list and entries for reference share: an entry sealed by its department, and its end.

Each entry has a stream of its own under its subject's keys; each act is one transaction. ``red_lists.py``,
``watching.py`` and ``references.py`` ask the domain and hand over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from application.attempts import retried
from application.bearing import Bearing
from application.commands.acts import DepartmentAct, Done, Once, commit
from application.commands.department_acts import require_whole
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity, Subjects
from application.consequences import Consequences
from application.data_keys import record_class
from application.ledger import SealedAct
from application.noted import Held
from application.ports import CaseDays, KeyName
from application.reactions import react
from application.sealing import parse_key_reference
from domain.listing.notes import Note, SubjectNoted, SubjectUnnoted
from domain.listing.red import RedRemoved
from domain.listing.reference import ReferenceEnded
from domain.listing.watch import WatchEnded
from domain.parties.acting import Officer
from domain.parties.identifiers import check_credit_code, normalise
from domain.remedies.standing import Standing
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.transparency.merkle import leaf_hash

NO_RECORD = Standing(version=0, content={}, content_version=0)
"""An entry is no record: no reaction to one asks for its standing."""
ENDS = (RedRemoved.TOPIC, WatchEnded.TOPIC, ReferenceEnded.TOPIC)


@dataclass(frozen=True)
class SealedEntry:
    """An entry, or its end, as its department sealed it: its own id, drawn by the caller, and who acts."""

    entry_id: UUID
    officer: Officer
    act: DepartmentAct


@dataclass(frozen=True)
class OwnEntry:
    """An entry of the department that acts: whose it is, its stream's version, the leaf hash (hex) that names it, and
    whether an act of one of the topics asked for has ended it."""

    subject: UUID
    version: int
    leaf: str
    ended: bool


@dataclass
class Entering:
    """What one transaction does: the sealed act, further acts, what it relied on, the notes it may end (``held``)."""

    event: Event
    seal: SealedAct
    officer: Officer
    purpose: str
    guards: dict[UUID, int]
    subjects: Subjects = field(default_factory=Subjects)
    follows: Sequence[SealedAct] = ()
    held: Held | None = None
    told: Mapping[str, object] = field(default_factory=dict)
    days: Sequence[CaseDays] = ()


class EntryDesk:
    """The desk (窗口) of entries of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def perform(self, make: Callable[[], Entering], once: Once | None) -> Done:
        """Append what ``make`` decides; decide again when something moved. Raises as ``RemedyDesk.perform``."""
        return retried(lambda: self._append(make(), once), forget=self._desk.registry.forget)

    def _append(self, found: Entering, once: Once | None) -> Done:
        before = found.subjects.registrations
        meta = {
            "actor": found.officer.department,
            "purpose": found.purpose,
            "correlation": str(found.event.originator_id),
        }
        if found.officer.pseudonym:
            meta["officer"] = found.officer.pseudonym
        then = self._consequences(found)
        made = [self.noted(event) for event in then.events if isinstance(event, SubjectUnnoted)]
        batch = self._ledger.prepare([*before, found.seal, *found.follows, *made], meta=meta)
        batch.subjects = found.subjects.blinds
        batch.guards |= found.guards
        batch.suppress, batch.marks, batch.unmarks = then.suppress, then.marks, then.unmarks
        batch.opened, batch.closed, batch.days = then.opened, then.closed, list(found.days)
        done = commit(self._ledger, batch, found.seal, once, found.told)
        return replace(done, position=done.position + len(before))

    def require_free(self, entry: UUID, rule: str) -> None:
        """That an id drawn by the caller is nobody's yet. Raises ``Refused``."""
        if self._ledger.store.load("records", entry):
            raise Refused(Defect(rule, "remedy_id_taken", "/entry"))

    def own(self, command: SealedEntry, topic: str, *, rule: str) -> OwnEntry:
        """The entry that its department ends. Raises ``Refused`` alike for anybody else's and for none."""
        rows = self._ledger.store.load("records", command.entry_id)
        entered_by = json.loads(rows[0].meta)["actor"] if rows and rows[0].topic == topic else ""
        opened = self._ledger.open_all(rows[:1], log="records")
        if entered_by != command.officer.department or "public" not in opened[0].opened:
            raise Refused(Defect(rule, "entry_not_yours", "/entry"))
        subject = parse_key_reference(rows[0].key_ref)["public"][0]
        ended = any(row.topic in ENDS for row in rows)
        return OwnEntry(subject, rows[-1].stream_version, leaf_hash(rows[0].leaf).hex(), ended)

    def sealed(self, command: SealedEntry, event: Event, subject: UUID, guards: dict[UUID, int]) -> SealedAct:
        """The act under its department's own seal and its subject's keys. Raises ``Refused`` (FORMAT, DET-5)."""
        require_whole(event, command.act.parts)
        owners: dict[str, KeyName] = {name: (subject, record_class(name, None)) for name in event.parts()}
        seal, stream, version = self._desk.sealed_by(
            command.act, event, department=command.officer.department, owners=owners
        )
        guards[stream] = version
        return seal

    def noted(self, event: SubjectNoted | SubjectUnnoted) -> SealedAct:
        """What the subject's own stream tells, under its key."""
        return self._ledger.seal(event, owners={"public": (event.originator_id, "public")})

    def _consequences(self, found: Entering) -> Consequences:
        """What follows from the act by the table of reactions."""
        held = found.held
        bearing = None if held is None else Bearing(held.subject, held.version, (), {}, notes=held.notes)
        then = Consequences(
            record_id=found.event.originator_id,
            standing=NO_RECORD,
            at=found.event.timestamp,
            version=found.event.originator_version,
            erasure_id=found.event.originator_id,
            bearing=bearing,
        )
        return react([found.event], then)


def identity_of_act(*, code: str | None, id_type: str | None, id_number: str | None) -> Identity:
    """Whom a sealed act names: an organisation by its code, a natural person by kind and number of the document.

    Raises ``Refused`` (FORMAT) for a code that is none.
    """
    if id_number and id_type:
        return Identity("natural_person", id_type, normalise(id_number))
    where = "/parts"
    if defect := check_credit_code(code or "", rule="FORMAT", field=where, name="代码", name_en="code"):
        raise Refused(defect)
    return Identity("organisation", "", normalise(code or ""))


def note_of(held: Held, entry: UUID, *, rule: str) -> Note:
    """The note of an entry that stands. Raises ``Refused`` when it ended."""
    found = held.note(entry)
    if found is None:
        raise Refused(Defect(rule, "entry_ended", "/entry"))
    return found
