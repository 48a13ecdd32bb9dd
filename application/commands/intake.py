"""Taking in what a department sealed, a file or one act: verify the seal, gate every row, record the good ones.

Comes after the client (or a signed draft) has sealed the rows; the views follow from the events recorded here.
Good rows are never lost to bad ones, and the same document never becomes a second record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from application.attempts import ATTEMPTS_MAX
from application.commands.gating import document_of, gate_defects
from application.commands.intake_report import Report
from application.commands.late_rows import LateRows
from application.commands.leniency import Assessments
from application.commands.refusals import log_refused_rows, refused_rows
from application.commands.seals import Seal
from application.commands.subjects import Identity, SubjectDesk, identity_of
from application.ledger import Ledger, SealedAct
from application.ports import Conflict, Document, LedgerUnavailable, Receipt
from application.registry import Registry
from domain.catalogue.items import version_in_force
from domain.parties.keys import SigningKey, require_live
from domain.records.events import RecordDetermined
from domain.records.lateness import PublicationLate
from domain.records.leniency import is_minors, is_slight
from domain.records.publicity import decided_on, item_code
from domain.records.rows import check_row
from domain.shared.canonical import NotCanonical, Parts, canonical
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import placed
from domain.shared.forms import Form, FormKind
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import RuleSettings
from domain.transparency.commitment import OpenedPart, commit, open_parts
from domain.transparency.sealed_file import SealedRow

BATCH_ROWS = 500
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


@dataclass(frozen=True)
class _Good:
    """A row that may be recorded: verified, gated, and what its recording needs."""

    row: SealedRow
    opened: Mapping[str, OpenedPart]
    commitment: bytes
    identity: Identity
    document: Document
    twin: Document
    assessed: bytes
    minor: bool
    slight: bool


class Intake:
    """The intake (归集) of what one department sealed."""

    def __init__(
        self,
        ledger: Ledger,
        forms: Mapping[FormKind, Form],
        seal: Seal,
        *,
        department: str,
        verify: Verify,
        calendar: Calendar,
        settings: RuleSettings,
        officer: str = "",
    ) -> None:
        """Check the seal; ``officer`` is who determined, by pseudonym, where the department says so.

        ``calendar`` and ``settings`` are the data's, before any event. Raises ``Refused`` (DET-5, FORMAT).
        """
        self._ledger = ledger
        self._registry = Registry(ledger)
        self._subjects = SubjectDesk(ledger)
        self._seal = seal
        self._department = department
        self._verify = verify
        self._officer = officer
        self._late = LateRows(
            self._registry.calendar(calendar).calendar, self._registry.settings(settings).settings
        )
        if seal.ledger_id != ledger.id.bytes:
            raise Refused(Defect("DET-5", "seal_for_another_ledger", "/ledger"))
        form = next((form for kind, form in forms.items() if kind == seal.form), None)
        if form is None:
            raise Refused(Defect("FORMAT", "form_unknown", "/form"))
        self._form = form
        self._check_officer()
        self._guards: dict[UUID, int] = {}
        self._commitments = seal.commitments()
        self._sealed_act = self._verified_seal()
        self._seen_documents: dict[bytes, int] = {}
        self._seen_rows: set[int] = set()
        self._seen_ids = {seal.correlation} if self._sealed_act else set[UUID]()
        self._content = hashlib.sha256()
        self._recorded = self._is_recorded()
        self.report = Report(rows=seal.rows)

    @property
    def form(self) -> Form:
        """The form of the file."""
        return self._form

    def take(self, rows: Iterable[SealedRow]) -> Iterator[Report]:
        """Take all rows, a batch per transaction; yields the report after each durable batch.

        Raises ``Refused`` when the department's key is revoked meanwhile, ``LedgerUnavailable`` when the
        database goes away; what was yielded stands, and sending the file again resumes.
        """
        source = iter(rows)
        while batch := list(islice(source, BATCH_ROWS)):
            self._take_batch(batch)
            yield self.report

    def finish(self, receipt: Receipt | None) -> None:
        """Log what was refused (one access event for the file, once) and keep the receipt."""
        log_refused_rows(
            self._ledger,
            refused_rows((row.data_row, row.defects) for row in self.report.refused),
            department=self._department,
            form=self._seal.form,
            content=self._content.hexdigest(),
            receipt=receipt,
        )

    def _meta(self) -> dict[str, str]:
        meta = {
            "actor": self._department,
            "purpose": "determination",
            "correlation": str(self._seal.correlation),
        }
        return {**meta, "officer": self._officer} if self._officer else meta

    def _check_officer(self) -> None:
        """An officer who is named must be one of the department's: objections are decided by another."""
        if self._officer:
            found = self._registry.officer(self._officer)
            if found is None or found.department != self._department:
                raise Refused(Defect("DET-5", "officer_of_another", "Credit-Official"))

    def _check_key(self) -> SigningKey:
        day = city_day(self._ledger.now())
        key = require_live(self._registry.key(self._seal.issuer), holder=self._department, day=day)
        self._guards[self._registry.key_stream(key.issuer)] = key.version
        self._key = key
        return key

    def _is_recorded(self) -> bool:
        """Whether the seal needs no recording: a single act, a resumed file. Raises ``Refused`` for another's id."""
        if self._sealed_act is None:
            return True
        rows = self._ledger.store.load("records", self._seal.correlation)
        if rows and rows[0].leaf != self._sealed_act.leaf:
            raise Refused(Defect("DET-5", "file_id_taken", "/file"))
        return bool(rows)

    def _verified_seal(self) -> SealedAct | None:
        key = self._check_key()
        if not self._verify(key.public_key, self._seal.signature, self._seal.message()):
            raise Refused(Defect("DET-5", "seal_signature_wrong"))
        return self._seal.act(self._ledger)

    def _take_batch(self, batch: list[SealedRow]) -> None:
        today = city_day(self._ledger.now())
        good: list[_Good] = []
        for row in batch:
            checked = self._check(row, today)
            if isinstance(checked, _Good):
                good.append(checked)
            else:
                self.report.refuse(row, checked)
        good = self._lenient(good)
        for _ in range(ATTEMPTS_MAX):
            try:
                return self._record(good)
            except Conflict as conflict:
                if conflict.what == "guard":
                    good = self._judged_again(good)
                elif conflict.what in ("stream", "data_key"):
                    # The id of a record that was erased is taken like any other; only its keys are gone.
                    good = self._with_free_ids(good)
        raise LedgerUnavailable("too many writers at once")

    def _judged_again(self, good: list[_Good]) -> list[_Good]:
        """After a guard moved: the key must still be live, and each row must still pass the catalogue."""
        self._registry.forget()
        self._guards.clear()
        self._check_key()
        still: list[_Good] = []
        for item in good:
            defects = self._gate(item.row.parts)
            if defects:
                self.report.refuse(item.row, defects)
            else:
                still.append(item)
        return self._lenient(still)

    def _lenient(self, good: list[_Good]) -> list[_Good]:
        """DET-4: those that a leniency assessment, or that there is none, does not keep from being recorded.

        What was recorded before is not judged anew: its answer is that it stands.
        """
        asked = [(item.document, item.assessed) for item in good]
        self._assessments = Assessments(self._ledger, self._department, asked)
        field = self._form.document_number
        said = self._assessments.defects
        judged = [
            (item, said(item.document, minor=item.minor, slight=item.slight, field=field)) for item in good
        ]
        doubted = [item.document.fingerprint for item, defects in judged if defects]
        known = self._ledger.store.documents_of(doubted) if doubted else {}
        still: list[_Good] = []
        for item, defects in judged:
            if defects and item.document.fingerprint not in known:
                self.report.refuse(item.row, defects)
            else:
                still.append(item)
        return still

    def _with_free_ids(self, good: list[_Good]) -> list[_Good]:
        """After a stream was there first: this file's seal may stand by now, or a row bears another's id.

        Streams are looked at before documents: whoever recorded the very row committed both at once.
        """
        self._recorded = self._is_recorded()
        store = self._ledger.store
        taken = {i.row.record_id for i in good if store.load("records", i.row.record_id)}
        known = store.documents_of(item.document.fingerprint for item in good)
        still: list[_Good] = []
        for item in good:
            if item.row.record_id in taken and item.document.fingerprint not in known:
                self.report.refuse(item.row, (Defect("DET-5", "record_id_taken"),))
            else:
                still.append(item)
        return still

    def _check(self, row: SealedRow, today: date) -> _Good | list[Defect]:
        """A row that may be recorded, or every reason why not."""
        if not 0 <= row.index < self._seal.rows or row.index in self._seen_rows:
            return [Defect("DET-5", "row_not_under_seal")]
        self._seen_rows.add(row.index)
        if row.record_id in self._seen_ids:
            return [Defect("DET-5", "record_id_taken")]
        self._seen_ids.add(row.record_id)
        kind = Kind.RECORD_DETERMINED
        try:
            opened = open_parts(row.salt, row.parts)
            digest = commit(
                kind=kind, ledger_id=self._ledger.id.bytes, record_id=row.record_id.bytes, opened=opened
            )
            content = canonical(row.parts)  # one level deeper than its parts, so it may fail alone
        except (NotCanonical, ValueError):
            return [Defect("FORMAT", "row_not_canonical")]
        if digest != self._commitments[row.index]:
            return [Defect("DET-5", "row_seal_broken")]
        self._content.update(hashlib.sha256(content).digest())
        defects = check_row(self._form, row.parts, today=today) or self._gate(row.parts)
        if defects:
            return defects
        document = document_of(self._ledger, self._form, row.parts, row.record_id)
        seen = {self._seen_documents.setdefault(d.fingerprint, row.data_row) for d in document.both}
        if seen != {row.data_row}:
            first = {"row": str(min(seen))}
            return [Defect("DET-2", "document_twice_in_file", self._form.document_number, first)]
        owner = identity_of(self._form, row.parts)
        item = version_in_force(self._registry.item(item_code(row.parts)).items, decided_on(row.parts))
        slight = is_slight(row.parts, item.nature if item else "")
        known_as = (*document.both, document.assessed)
        return _Good(row, opened, digest, owner, *known_as, is_minors(row.parts), slight)

    def _gate(self, parts: Parts) -> list[Defect]:
        return gate_defects(
            self._registry, self._form, parts, department=self._department, guards=self._guards
        )

    def _record(self, good: list[_Good]) -> None:
        """One transaction: what is new among the good rows. Raises ``Conflict`` when another came first."""
        store = self._ledger.store
        known = store.documents_of(d.fingerprint for item in good for d in (item.document, item.twin))
        new, refused, already = list[_Good](), list[tuple[SealedRow, Defect]](), 0
        for item in good:
            document = known.get(item.document.fingerprint)
            if document is None and item.twin.fingerprint not in known:
                new.append(item)
            elif document is not None and document.content_mac == item.document.content_mac:
                already += 1
            else:
                code = "document_recorded_elsewhere" if document is None else "document_recorded_otherwise"
                refused.append((item.row, Defect("DET-2", code, self._form.document_number)))
        if new:
            position = self._append(new)
            if self.report.first_position is None:
                self.report.first_position = position
        self.report.taken += len(new)
        self.report.already += already
        for row, defect in refused:
            self.report.refuse(row, [defect])

    def _append(self, new: list[_Good]) -> int:
        now = self._ledger.now()
        # A long file may outlive its key's last day, which no event tells and no guard sees.
        require_live(self._key, holder=self._department, day=city_day(now))
        subjects = self._subjects.find_or_register(item.identity for item in new)
        acts = [self._sealed_act] if self._sealed_act and not self._recorded else []
        acts += subjects.registrations
        first = len(acts)
        acts += [self._act(item, subjects.ids[item.identity], at=now) for item in new]
        count, late = len(acts), self._late_publication(new, now)
        if late is not None:
            acts.append(self._ledger.seal(late))
        batch = self._ledger.prepare(acts, meta=self._meta())
        for place, item in enumerate(new, start=first):
            if lenient := self._assessments.noted(item.document):
                meta = canonical({**self._meta(), **lenient})
                batch.events[place] = replace(batch.events[place], meta=meta)
        batch.guards |= self._guards | self._assessments.guards
        batch.subjects = subjects.blinds
        batch.documents = [document for item in new for document in (item.document, item.twin)]
        position = self._ledger.store.append(batch)[0]
        self._recorded = True
        self.report.last_position = position + count - 1
        self.report.late += len(late.records) if late else 0
        return position

    def _late_publication(self, new: list[_Good], now: datetime) -> PublicationLate | None:
        """DET-6: which of these come too late, as one event for the batch; None when none does."""
        rows = [(item.row.record_id, item.row.parts) for item in new]
        entries = self._late.entries(rows, today=city_day(now))
        if not entries:
            return None
        return PublicationLate(
            **placed(self._ledger.entropy.uuid(), 1, now),
            department=self._department,
            form=self._form.kind,
            records=entries,
        )

    def _act(self, item: _Good, subject: UUID, *, at: datetime) -> SealedAct:
        row = item.row
        event = RecordDetermined(
            **placed(row.record_id, 1, at),
            content=row.parts,
        )
        leaf = self._seal.leaf(item.commitment, row.index)
        deletable = self._registry.item(item_code(row.parts)).deletable
        owners = {
            name: item.identity.owner_of(name, subject=subject, record=row.record_id, deletable=deletable)
            for name in row.parts
        }
        return SealedAct(event, item.opened, leaf, owners)
