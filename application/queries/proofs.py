"""Who may have which evidence: decided and logged before a bundle leaves, and receipts, which anyone may have.

Routes hand over verified callers; ``evidence.py`` builds the bundles, the published trees give the paths.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger, OpenedRow
from application.ports import Log
from application.queries.evidence import ENDINGS, Evidence, NothingToProve, NotYetProven, Published
from application.queries.looks import log_look, made_again
from application.queries.subject import require_portal
from application.registry import Registry
from application.sealing import parse_key_reference
from application.sequencer import ACCESS, RECORDS
from domain.access.decide import request_defects
from domain.access.events import SubjectQueried
from domain.access.model import OWN_RECORDS, Request
from domain.records.events import RecordDetermined
from domain.shared.canonical import Json, canonical
from domain.shared.refusals import Defect, Refused
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.leaf import parse_leaf
from domain.transparency.merkle import inclusion_proof
from domain.transparency.proof_file import ProofFile
from domain.transparency.tiles import Tile

EVIDENCE = "evidence"
SELF = "subject"
RecordClaim = Literal["recorded", "shielded", "erased"]


class PublishedFiles(Protocol):
    """The published folder, for whoever fetches a file by its name; None where there is none."""

    def policy(self) -> bytes | None: ...
    def checkpoint(self, log: str) -> bytes | None: ...
    def checkpoint_time(self, log: str) -> datetime | None: ...
    def stamp_time(self, log: str) -> datetime | None: ...
    def stamp_failures(self) -> int: ...
    def stamped(self, log: str, size: int, *, token: bool) -> bytes | None: ...
    def tile(self, log: str, tile: Tile) -> bytes | None: ...
    def map_file(self, name: str, node: bytes) -> bytes | None: ...
    def map_heads(self, epoch: int) -> bytes | None: ...
    def delta(self, digest: bytes) -> bytes | None: ...


@dataclass(frozen=True)
class Told:
    """A bundle in canonical JSON, and the position of the access event that says it was given."""

    bundle: bytes
    position: int


class Proofs:
    """Receipts and evidence (凭证与证据) of one web process."""

    def __init__(self, ledger: Ledger, published: Callable[[], Published]) -> None:
        """``published`` gives the trees as they are now, for one question."""
        self._ledger = ledger
        self._published = published

    def exists(self, log: Log, position: int) -> bool:
        """Whether a receipt may be asked for: that there is an event, or of ``access`` any position.

        What is not in its tree is pending whether or not it came, so that nobody counts looks by asking (ADR 0043).
        """
        return position > 0 and (log == ACCESS or position <= self._ledger.store.head_of(log))

    def receipt(self, log: Log, position: int) -> bytes | None:
        """The proof file that an event is in its log's tree (FORMATS 1.7); None while it is not yet.

        While an open log's witnesses are waited for, its checkpoint has no quorum yet; asked later, it has.
        """
        try:
            published = self._published().reaching(log, position)
        except NotYetProven:
            return None
        path = inclusion_proof(position - 1, published.signed.checkpoint.size, published.node)
        return bytes(ProofFile(position - 1, tuple(path), published.signed))

    @made_again
    def of_record_for_source(
        self, request: Request, record: UUID, claim: RecordClaim, *, show: Sequence[str]
    ) -> Told:
        """Evidence about a record for the department that determined it, which may show any of its parts.

        Of a record that has ended it may show none any more. Made again when the record, or the officer's right to
        query, moved before the look was in the log.
        Raises ``Refused`` (QRY-1, REP-5), ``NothingToProve``, ``NotYetProven`` or ``LedgerUnavailable``.
        """
        who, guards = self._asker(request)
        registry = Registry(self._ledger)
        first = self._begun_by(record, claim)
        key = registry.key(parse_leaf(first.row.leaf).issuer) if first else None
        if first is None or key is None or key.holder != request.department:
            # Somebody else's record and no record are not told apart.
            raise NothingToProve
        history = self._history(record)
        if show and any(row.row.topic in ENDINGS for row in history):
            raise Refused(Defect("REP-5", "evidence_of_what_ended", "/show"))
        guards[record] = history[-1].row.stream_version
        evidence = self._begun()
        _claim(evidence, claim, record, show)
        about = [str(record), claim]
        return self._told(evidence, _subject_of(first), who, about, show=show, guards=guards)

    @made_again
    def of_record_for_subject(
        self, portal: str, identity: Identity, record: UUID, claim: RecordClaim, *, show: Iterable[str]
    ) -> Told:
        """Evidence about a record for whom it is about, asked by its portal. Raises like the other."""
        subject = self._subject(portal, identity)
        first = self._begun_by(record, claim)
        if first is None or _subject_of(first) != subject:
            raise NothingToProve
        guards = {record: self._history(record)[-1].row.stream_version}
        evidence = self._begun()
        _claim(evidence, claim, record, show)
        about = [str(record), claim]
        return self._told(evidence, subject, _own(portal), about, show=show, guards=guards)

    @made_again
    def of_looks(self, portal: str, identity: Identity) -> Told:
        """Evidence that a subject's list of looks is whole up to the newest epoch, for its portal."""
        subject = self._subject(portal, identity)
        evidence = self._begun()
        evidence.who_looked(subject)
        return self._told(evidence, subject, _own(portal), [str(subject), "who_looked"])

    @made_again
    def of_answer(self, request: Request, position: int) -> Told:
        """Evidence that an answer to a department was logged; the answer's own parts it puts in by itself.

        ``position`` is that of the answer's receipt. Raises ``NothingToProve`` when that is no answer to it.
        """
        who, guards = self._asker(request)
        place = self._ledger.store.look_at(position)
        rows = self._ledger.store.load(ACCESS, place[0]) if place else []
        found = [row for row in rows if row.position == position]
        for look in self._ledger.open_all(found, log=ACCESS):
            event = look.event
            if isinstance(event, SubjectQueried) and event.department == request.department and event.answers:
                evidence = self._begun()
                evidence.answered(look, [])
                about = [f"{ACCESS}:{position}", "answered"]
                return self._told(evidence, look.row.stream_id, who, about, guards=guards)
        raise NothingToProve

    def of_incident(self, looks: Sequence[OpenedRow]) -> bytes:
        """A bundle that these looks were logged, as evidence of an incident (ACC-5); what they showed is not in it.

        Raises ``NotYetProven`` until the access log's tree holds them.
        """
        evidence = self._begun()
        for look in looks:
            evidence.answered(look, [])
        return canonical(_json(evidence.bundle()))

    def require(self, request: Request) -> None:
        """That a department says who asks and why. Raises ``Refused`` (QRY-1) when it does not."""
        self._asker(request)

    def _begun(self) -> Evidence:
        return Evidence(self._ledger, self._published())

    def _asker(self, request: Request) -> tuple[dict[str, Any], dict[UUID, int]]:
        """Who asks and why, as the log keeps it, and the officer's own stream. Raises ``Refused`` (QRY-1, QRY-3)."""
        registry = Registry(self._ledger)
        officer, purpose = registry.officer(request.officer), registry.purpose(request.purpose)
        defects = request_defects(request, officer, {request.purpose: purpose} if purpose else {})
        if defects or officer is None:
            raise Refused(*defects)
        asker = {"department": request.department, "officer": request.officer, "role": officer.role}
        who = {**asker, "purpose": request.purpose, "case": request.case, "basis": request.basis}
        return who, {registry.officer_stream(officer.pseudonym): officer.version}

    def _told(
        self,
        evidence: Evidence,
        subject: UUID,
        who: Mapping[str, Any],
        about: list[str],
        *,
        show: Iterable[str] = (),
        guards: Mapping[UUID, int] | None = None,
    ) -> Told:
        """The bundle, once the look that says it was given is durable; it names the checkpoints of the trees and the
        sizes of those that were stamped, so that the bundle can be made again of the same."""
        members = evidence.bundle()
        bundle = canonical(_json(members))
        asked: dict[str, Json] = {"show": sorted(show), "checkpoints": members["checkpoints"]}
        if stamps := members.get("timestamps"):
            asked["timestamps"] = {
                log: parse_signed_checkpoint(told["checkpoint"].encode()).checkpoint.size
                for log, told in stamps.items()
            }
        shown = [[*about, hashlib.sha256(bundle).hexdigest()]]
        position = log_look(
            self._ledger,
            subject,
            rules=["PRV-3"],
            view=EVIDENCE,
            shown=shown,
            asked=asked,
            guards=guards,
            **who,
        )
        return Told(bundle, position)

    def _subject(self, portal: str, identity: Identity) -> UUID:
        require_portal(self._ledger, portal)
        subject = SubjectDesk(self._ledger).find(identity)
        if subject is None:
            raise NothingToProve
        return subject

    def _begun_by(self, record: UUID, claim: RecordClaim) -> OpenedRow | None:
        """The act that recorded what a claim may speak of: a determination, or (shielded) also a listing."""
        topics = ENDINGS.values() if claim == "shielded" else (RecordDetermined.TOPIC,)
        return next((row for row in self._history(record) if row.row.topic in topics), None)

    def _history(self, record: UUID) -> list[OpenedRow]:
        return self._ledger.open_all(self._ledger.store.load(RECORDS, record), log=RECORDS)


def _claim(evidence: Evidence, claim: RecordClaim, record: UUID, show: Iterable[str]) -> None:
    if claim == "recorded":
        evidence.recorded(record, show=show)
    elif claim == "shielded":
        evidence.shielded(record)
    else:
        evidence.erased(record)


def _subject_of(first: OpenedRow) -> UUID:
    return parse_key_reference(first.row.key_ref)["public"][0]


def _own(portal: str) -> dict[str, Any]:
    return {"department": portal, "officer": SELF, "role": SELF, "purpose": OWN_RECORDS.code}


def _json(bundle: Mapping[str, Any]) -> dict[str, Json]:
    return dict(bundle)
