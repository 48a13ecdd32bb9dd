"""Leniency assessments over the ledger: made for a document before it is recorded, and asked by the intake (DET-4).

An assessment stands in a stream named after its department and the keyed hash of its document, so that the intake
finds it without a list; that stream is a guard of the append, also where it is still empty (ADR 0012, 0030).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from application.attempts import retried
from application.commands.gating import assessed_fingerprint, document_fingerprint
from application.ledger import Ledger
from application.ports import Document, KeyName, Receipt
from application.registry import Registry
from domain.records.leniency import (
    Assessing,
    Assessment,
    LeniencyAssessed,
    LeniencyDecided,
    assess,
    decide_leniency,
    fold_assessment,
)
from domain.records.publicity import PERSON
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

PURPOSE = "leniency"


def stream_of(ledger: Ledger, department: str, fingerprint: bytes) -> UUID:
    """Where a department's assessments of one document stand."""
    return ledger.name_id("leniency", f"{department}:{fingerprint.hex()}")


@dataclass(frozen=True)
class Decided:
    """What became of an assessment: as it stands now, and where that was recorded."""

    assessment: Assessment
    position: int


class Leniency:
    """The leniency assessments (从宽评估) of one department's officers."""

    def __init__(self, ledger: Ledger, *, officer: str, department: str) -> None:
        """Raises ``Refused`` (QRY-1) unless the officer is registered with the department."""
        Registry(ledger).acting(officer, department)
        self._ledger = ledger
        self._officer = officer
        self._department = department

    def assess(self, given: Assessing, receipt: Callable[[Assessment], Receipt]) -> Decided:
        """Assess a document. Raises ``Refused`` (DET-4), ``Conflict`` (receipt) or ``LedgerUnavailable``."""
        ledger = self._ledger
        fingerprint = document_fingerprint(ledger, given.authority, given.number)
        stream = self._stream(given, fingerprint)

        def make() -> tuple[list[Event], LeniencyAssessed]:
            events = ledger.load(stream)
            now = ledger.now()
            return events, assess(
                stream,
                len(ledger.store.load("records", stream)),
                fold_assessment(events),
                given,
                officer=self._officer,
                department=self._department,
                recorded=self._is_recorded(fingerprint),
                today=city_day(now),
                now=now,
            )

        return self._recorded(make, receipt)

    def decide(self, stream: UUID, decision: str, receipt: Callable[[Assessment], Receipt]) -> Decided:
        """Approve or withdraw an assessment of the department. Raises as :meth:`assess`."""

        def make() -> tuple[list[Event], LeniencyDecided]:
            events = self._ledger.load(stream)
            found = fold_assessment(events)
            if found is None or found.department != self._department:
                raise Refused(Defect("DET-4", "leniency_unknown"))
            recorded = self._is_recorded(document_fingerprint(self._ledger, *found.document))
            now = self._ledger.now()
            return events, decide_leniency(found, decision, officer=self._officer, recorded=recorded, now=now)

        return self._recorded(make, receipt)

    def _stream(self, given: Assessing, fingerprint: bytes) -> UUID:
        """Where the document's assessments stand: whatever the spelling, unless one was made before that was so."""
        earlier = stream_of(self._ledger, self._department, fingerprint)
        if self._ledger.store.versions_of([earlier]):
            return earlier
        said = assessed_fingerprint(self._ledger, given.authority, given.number)
        return stream_of(self._ledger, self._department, said)

    def _is_recorded(self, fingerprint: bytes) -> bool:
        return fingerprint in self._ledger.store.documents_of([fingerprint])

    def _recorded(
        self,
        make: Callable[[], tuple[list[Event], LeniencyAssessed | LeniencyDecided]],
        receipt: Callable[[Assessment], Receipt],
    ) -> Decided:
        def attempt() -> Decided:
            before, event = make()
            then = fold_assessment([*before, event])
            assert then is not None
            # The reason may speak of a person: a key of its own, so that it is erased alone (PRV-4).
            owners: dict[str, KeyName] = self._ledger.own_keys(event.parts())
            if PERSON in owners:
                owners[PERSON] = (event.originator_id, PERSON)
            meta = {
                "actor": self._department,
                "officer": self._officer,
                "purpose": PURPOSE,
                "correlation": str(event.originator_id),
            }
            batch = self._ledger.prepare([self._ledger.seal(event, owners=owners)], meta=meta)
            batch.receipt = receipt(then)
            return Decided(then, self._ledger.store.append(batch)[0])

        return retried(attempt)


class Assessments:
    """What a department's assessments say of the documents of one batch: one look-up for all of them.

    ``guards`` holds the stream of every document with the version that was seen, 0 where nobody has assessed it,
    so that an assessment made, approved or withdrawn meanwhile stops the append.
    """

    def __init__(self, ledger: Ledger, department: str, documents: Iterable[tuple[Document, bytes]]) -> None:
        """``documents`` stand beside the hash under which each is assessed."""
        streams, earlier = dict[bytes, UUID](), dict[bytes, UUID]()
        for document, assessed in documents:
            streams[document.fingerprint] = stream_of(ledger, department, assessed)
            earlier[document.fingerprint] = stream_of(ledger, department, document.fingerprint)
        versions = ledger.store.versions_of([*streams.values(), *earlier.values()])
        # Nothing is assessed any more in a stream of before that does not exist.
        relied = [*streams.values(), *(stream for stream in earlier.values() if stream in versions)]
        self.guards = {stream: versions.get(stream, 0) for stream in relied}
        self._found: dict[bytes, Assessment | None] = {}
        for fingerprint in streams:
            told = (
                fold_assessment(ledger.load(s))
                for s in (streams[fingerprint], earlier[fingerprint])
                if s in versions
            )
            found = [one for one in told if one is not None]
            if found:
                self._found[fingerprint] = next((one for one in found if not one.withdrawn), found[0])

    def of(self, document: Document) -> Assessment | None:
        """The newest assessment of a document, withdrawn ones too; None when there is none."""
        return self._found.get(document.fingerprint)
