"""An issued report, or the paper of a decision, made again of what its look showed (ADR 0029, ADR 0036).

Comes after that look was replayed; the paper itself is one part more, and its body is the answer that left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from uuid import UUID

from application.ledger import Ledger, OpenedRow
from application.ports import Vault
from application.queries.cases import RULES
from application.queries.decisions import Issue as Decision
from application.queries.decisions import Place, decision, place_of
from application.queries.log_rows import RecordRows
from application.queries.replaying.model import NoSuchAnswer, PastReader, ReplayedAnswer, ReplayedPart
from application.queries.report import (
    FIRST_FORM,
    REPORT,
    Issue,
    records_of,
    report,
    salt_of,
    scope_of,
    shown_standing,
)
from application.queries.subject import OWN_PURPOSE
from application.queries.told import paper_text
from application.registry import Registry
from application.sequencer import authority_of
from domain.access.consent import fold_consent
from domain.access.events import ReportIssued
from domain.access.model import OF_PLATFORM, Purpose
from domain.catalogue.items import CatalogueItem, version_in_force
from domain.parties.events import SubjectRegistered
from domain.shared.canonical import canonical

JSON = "application/json"
"""The medium whose body is the paper's own bytes; a page and a PDF are other forms of them."""


class Papers:
    """Issued papers over both logs."""

    def __init__(
        self,
        reader: PastReader,
        rows: RecordRows,
        vault: Vault,
        *,
        ledger_id: UUID,
    ) -> None:
        self._reader, self._rows, self._vault = reader, rows, vault
        self._ledger_id = ledger_id

    def again(self, opened: OpenedRow, look: ReplayedAnswer, ledger: Ledger) -> ReplayedAnswer:
        """The paper of a row of the access log, of the look that it names, with the names and the catalogue that the
        ledger of then holds. Raises :class:`NoSuchAnswer`."""
        issued = opened.event
        if opened.closed or not isinstance(issued, ReportIssued):
            raise NoSuchAnswer
        registry = Registry(ledger)
        of_case = look.event.view in RULES
        content = self._decision(issued, look, registry) if of_case else self._report(issued, look, registry)
        digest = hashlib.sha256(content).hexdigest()
        equal = digest == issued.shown[0][2]
        erased = not equal and any(part.erased for part in look.parts)
        shown = content if equal else b""
        part = ReplayedPart(issued.number, REPORT, equal=equal, shown=shown, erased=erased)
        body, name = b"", "decision" if of_case else REPORT
        if equal and issued.media == JSON:
            body = paper_text(name, content, digest, opened.row.position)
        return ReplayedAnswer(opened.row.position, look.subject, look.event, (*look.parts, part), body=body)

    def _report(self, issued: ReportIssued, look: ReplayedAnswer, registry: Registry) -> bytes:
        def item(code: str, on: date) -> CatalogueItem | None:
            return version_in_force(registry.item(code).items, on)

        issue = self._issue(issued, look, registry, item)
        if look.event.purpose == OWN_PURPOSE:
            # A paper of the first form told the terms of the data, whatever the office had set.
            first = (issued.form or FIRST_FORM) == FIRST_FORM
            told = records_of(look.parts, item, lambda on: None if first else registry.months_max(on, {}))
            return canonical(report(issue, told))
        return canonical(report(issue, [shown_standing(record) for record in look.records]))

    def _decision(self, issued: ReportIssued, look: ReplayedAnswer, registry: Registry) -> bytes:
        """The paper of a decision, made again of the parts of its case."""

        def moment(case: str, version: int) -> Place:
            row = self._reader.row_of("records", UUID(case), version)
            if row is None:
                raise NoSuchAnswer
            return place_of(row)

        told = [part for part in look.parts if part.equal]
        if len(told) < len(look.parts):
            raise NoSuchAnswer
        salt = salt_of(self._vault, issued.number)
        made = Decision(self._ledger_id.hex, authority_of(self._ledger_id), look.event, issued, salt)
        return canonical(decision(made, told, moment, registry))

    def _issue(
        self,
        issued: ReportIssued,
        look: ReplayedAnswer,
        registry: Registry,
        item: Callable[[str, date], CatalogueItem | None],
    ) -> Issue:
        """What the report was made of, besides its records. Raises :class:`NoSuchAnswer` when that was erased."""
        registered = self._rows.open(self._reader.stream("records", look.subject)[:1])
        subject = registered[0].event if registered and not registered[0].closed else None
        if not isinstance(subject, SubjectRegistered):
            raise NoSuchAnswer
        consent = None
        if look.event.consent:
            given = self._rows.open(self._reader.stream("records", UUID(look.event.consent))[:1])
            consent = fold_consent(o.event for o in given if not o.closed)
        department, code = registry.department(look.event.department), look.event.purpose
        return Issue(
            ledger=self._ledger_id.hex,
            authority=authority_of(self._ledger_id),
            subject=subject,
            look=look.event,
            department_name=department.name if department else "",
            purpose=OF_PLATFORM.get(code) or registry.purpose(code) or Purpose(code, "", ""),
            consent=consent,
            scope=scope_of(consent, item),
            issued=issued,
            salt=salt_of(self._vault, issued.number),
        )
