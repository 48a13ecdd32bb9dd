"""Leniency assessments over the ledger: made for documents before they are recorded, and asked by the intake (DET-4).

An assessment stands in a stream named after its department and the keyed hash of its document, so that the intake
finds it without a list; that stream is a guard of the append, also where it is still empty (ADR 0012, 0030).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.attempts import retried
from application.commands.gating import assessed_fingerprint, document_fingerprint
from application.ledger import Ledger, SealedAct
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
    noted,
    recording_defects,
)
from domain.records.publicity import PERSON
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused, refuse_if_any

PURPOSE = "leniency"


def stream_of(ledger: Ledger, department: str, fingerprint: bytes) -> UUID:
    """Where a department's assessments of one document stand."""
    return ledger.name_id("leniency", f"{department}:{fingerprint.hex()}")


@dataclass(frozen=True)
class Decided:
    """What became of assessments: as they stand now, and where the first of their events was recorded."""

    assessments: tuple[Assessment, ...]
    position: int

    @property
    def assessment(self) -> Assessment:
        """The first of them, which the request names."""
        return self.assessments[0]


Made = list[tuple[list[Event], LeniencyAssessed | LeniencyDecided]]
"""For each document what its stream holds, and the event that comes next in it."""


class Leniency:
    """The leniency assessments (从宽评估) of one department's officers."""

    def __init__(self, ledger: Ledger, *, officer: str, department: str) -> None:
        """Raises ``Refused`` (QRY-1) unless the officer is registered with the department."""
        Registry(ledger).acting(officer, department)
        self._ledger = ledger
        self._officer = officer
        self._department = department

    def assess(
        self,
        given: Assessing,
        receipt: Callable[[tuple[Assessment, ...]], Receipt],
        *,
        also: Sequence[str] = (),
    ) -> Decided:
        """Assess a document, and with the same findings those of the same authority whose numbers are ``also`` given.

        All of them or none. Raises ``Refused`` (DET-4), ``Conflict`` (receipt) or ``LedgerUnavailable``.
        """
        every = [given, *(replace(given, number=number) for number in also)]
        ledger = self._ledger
        documents = [document_fingerprint(ledger, one.authority, one.number) for one in every]
        streams = self._streams(every, documents)
        if len(set(streams)) < len(streams):
            raise Refused(Defect("DET-4", "leniency_document_twice", "/also"))

        def make() -> Made:
            now, recorded = ledger.now(), ledger.store.documents_of(documents)
            versions = ledger.store.versions_of(streams)
            made, defects = Made(), list[Defect]()
            for place, (one, document, stream) in enumerate(zip(every, documents, streams, strict=True)):
                events = ledger.load(stream) if stream in versions else []
                try:
                    event = assess(
                        stream,
                        versions.get(stream, 0),
                        fold_assessment(events),
                        one,
                        officer=self._officer,
                        department=self._department,
                        recorded=document in recorded,
                        today=city_day(now),
                        now=now,
                    )
                    made.append((events, event))
                except Refused as refused:
                    defects += _placed(refused.defects, place)
            refuse_if_any(defects)
            return made

        return self._recorded(make, receipt)

    def decide(
        self,
        stream: UUID,
        decision: str,
        receipt: Callable[[tuple[Assessment, ...]], Receipt],
        *,
        also: Sequence[UUID] = (),
    ) -> Decided:
        """Approve or withdraw assessments of the department, all or none. Raises as :meth:`assess`."""

        def make() -> Made:
            return [self._next(one, decision) for one in dict.fromkeys([stream, *also])]

        return self._recorded(make, receipt)

    def _next(self, stream: UUID, decision: str) -> tuple[list[Event], LeniencyDecided]:
        ledger, events = self._ledger, self._ledger.load(stream)
        found = fold_assessment(events)
        if found is None or found.department != self._department:
            raise Refused(Defect("DET-4", "leniency_unknown"))
        document = document_fingerprint(ledger, *found.document)
        recorded = document in ledger.store.documents_of([document])
        return events, decide_leniency(
            found, decision, officer=self._officer, recorded=recorded, now=ledger.now()
        )

    def _streams(self, every: Sequence[Assessing], documents: Sequence[bytes]) -> list[UUID]:
        """Where their assessments stand: whatever the spelling, unless one was made before that was so."""
        ledger, department = self._ledger, self._department
        earlier = [stream_of(ledger, department, document) for document in documents]
        there = ledger.store.versions_of(earlier)
        said = [assessed_fingerprint(ledger, one.authority, one.number) for one in every]
        return [
            before if before in there else stream_of(ledger, department, fingerprint)
            for before, fingerprint in zip(earlier, said, strict=True)
        ]

    def _recorded(
        self, make: Callable[[], Made], receipt: Callable[[tuple[Assessment, ...]], Receipt]
    ) -> Decided:
        def attempt() -> Decided:
            made = make()
            then = tuple(
                found for before, event in made if (found := fold_assessment([*before, event])) is not None
            )
            meta = {
                "actor": self._department,
                "officer": self._officer,
                "purpose": PURPOSE,
                "correlation": str(then[0].id),
            }
            batch = self._ledger.prepare([self._sealed(event) for _, event in made], meta=meta)
            batch.receipt = receipt(then)
            return Decided(then, self._ledger.store.append(batch)[0])

        return retried(attempt)

    def _sealed(self, event: LeniencyAssessed | LeniencyDecided) -> SealedAct:
        """The reason may speak of a person: under a key of its own, so that it is erased alone (PRV-4)."""
        owners: dict[str, KeyName] = self._ledger.own_keys(event.parts())
        if PERSON in owners:
            owners[PERSON] = (event.originator_id, PERSON)
        return self._ledger.seal(event, owners=owners)


def _placed(defects: Iterable[Defect], place: int) -> Iterator[Defect]:
    """The defects of one document at their place in the request; what all of them share is said of the first."""
    for defect in defects:
        if place == 0:
            yield defect
        elif defect.field == "/number":
            yield replace(defect, field=f"/also/{place - 1}")


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

    def defects(self, document: Document, *, minor: bool, slight: bool, field: str) -> list[Defect]:
        """What they say, or that there is none says, to the recording of a document (DET-4)."""
        found = self._found.get(document.fingerprint)
        return list(recording_defects(found, minor=minor, slight=slight, field=field))

    def noted(self, document: Document) -> dict[str, str]:
        """What the envelope of a record says of the assessment of its document; nothing where none is in force."""
        found = self._found.get(document.fingerprint)
        return {} if found is None or found.withdrawn else noted(found)
