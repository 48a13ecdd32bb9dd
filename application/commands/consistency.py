"""Comparing a department's own publication with the public view, row by row, and recording that it was done (PUB-3).

Before it the client's readers have read the file; every difference goes back to who asked, the counts into the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from application.attempts import retried
from application.commands.gating import document_fingerprint
from application.comparing import Found, PublicComparison
from application.ledger import Ledger
from application.ports import Receipt
from application.registry import Registry
from domain.catalogue.items import version_in_force
from domain.parties.events import KeyRegistered
from domain.parties.keys import CREDIT_OFFICE
from domain.records.consistency import (
    KINDS,
    MISSING_HERE,
    MISSING_THERE,
    NOT_PUBLIC,
    NOT_YET,
    ConsistencyChecked,
    Difference,
    differences,
    row_defects,
)
from domain.records.publicity import decided_on, item_code
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.forms import ITEMS, Form
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import MAXIMUM_MONTHS, RuleSettings, maximum_months

BATCH_ROWS = 500
PURPOSE = "consistency"
STREAM = "consistency"


@dataclass(frozen=True)
class SentRow:
    """A row of the file as its reader read it; ``parts`` is None for one that cannot be told into columns."""

    data_row: int
    sheet_row: int
    parts: Parts | None
    defects: tuple[Defect, ...]


@dataclass
class Result:
    """What the comparison found (核对结果): every difference in order, every row that could not be compared."""

    department: str
    form: Form
    view_position: int
    rows: int = 0
    equal: int = 0
    differences: list[Difference] = field(default_factory=list)
    bad: list[tuple[SentRow, list[Defect]]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The counts as the event tells them."""
        found = Counter(difference.kind for difference in self.differences)
        kinds = {kind: found[kind] for kind in KINDS}
        return {"rows": self.rows, "equal": self.equal, **kinds, "bad_rows": len(self.bad)}


class ConsistencyDesk:
    """The desk (窗口) for one comparison, asked for by a department; made anew for each."""

    def __init__(
        self,
        ledger: Ledger,
        view: PublicComparison,
        *,
        registry: Registry,
        defaults: RuleSettings,
        asked_by: str,
    ) -> None:
        self._ledger, self._view, self._registry = ledger, view, registry
        self._asked_by = asked_by
        self._terms = registry.settings(defaults).settings.history(MAXIMUM_MONTHS)
        self._today = city_day(ledger.now())
        self._seen: dict[bytes, int] = {}
        self._listed: set[bytes] = set()

    def whose(self, department: str) -> str:
        """Whose publication is compared: one's own, any registered department's for the credit office.

        Raises ``Refused`` (PUB-3).
        """
        if department in ("", self._asked_by):
            return self._asked_by
        asking = self._registry.department(self._asked_by)
        if asking is None or asking.role != CREDIT_OFFICE:
            raise Refused(Defect("PUB-3", "consistency_not_yours", "department"))
        if self._registry.department(department) is None:
            raise Refused(Defect("PUB-3", "consistency_department_unknown", "department"))
        return department

    def compare(self, form: Form, rows: Iterable[SentRow], *, department: str) -> Result:
        """Compare all rows with the view and the view with them. Raises ``Refused`` and ``LedgerUnavailable``."""
        result = Result(self.whose(department), form, self._view.position)
        source = iter(rows)
        while batch := list(islice(source, BATCH_ROWS)):
            self._compare_batch(batch, result)
        result.differences += self._missing_there(result)
        return result

    def record(self, result: Result, *, file: str, receipt: Receipt) -> int:
        """Record that it was compared; the position. Raises ``Conflict`` (receipt) or ``LedgerUnavailable``."""
        stream = self._ledger.name_id(STREAM, f"{result.department}:{result.form.kind}")

        def attempt() -> int:
            event = ConsistencyChecked(
                **placed(stream, len(self._ledger.store.load("records", stream)) + 1, self._ledger.now()),
                department=result.department,
                asked_by=self._asked_by,
                form=result.form.kind,
                view_position=result.view_position,
                file=file,
                **result.counts,
            )
            batch = self._ledger.prepare(
                [self._ledger.seal(event)], meta={"actor": self._asked_by, "purpose": PURPOSE}
            )
            batch.receipt = receipt
            return self._ledger.store.append(batch)[0]

        return retried(attempt)

    def _compare_batch(self, batch: list[SentRow], result: Result) -> None:
        prints = {row.data_row: self._fingerprint(row.parts, result) for row in batch}
        known = self._view.of_documents({found for found in prints.values() if found is not None})
        for row in batch:
            result.rows += 1
            fingerprint = prints[row.data_row]
            document = None if fingerprint is None else known.get(fingerprint)
            if document is not None:
                self._listed.add(document.record_id.bytes)
            defects = self._defects(row, fingerprint, result)
            if defects:
                result.bad.append((row, defects))
                continue
            assert row.parts is not None
            told = list(self._compared(row, row.parts, document))
            result.differences += told
            result.equal += not told

    def _fingerprint(self, parts: Parts | None, result: Result) -> bytes | None:
        """The document that a row names, if it names one of this department's."""
        public, form = (parts or {}).get("public", {}), result.form
        number = public.get(form.document_number)
        if public.get(form.authority_code) != result.department or not isinstance(number, str):
            return None
        return document_fingerprint(self._ledger, result.department, number)

    def _defects(self, row: SentRow, fingerprint: bytes | None, result: Result) -> list[Defect]:
        """Every reason why a row cannot be compared."""
        form = result.form
        if row.parts is None:
            return list(row.defects)
        kind = str(row.parts.get("public", {}).get(form.subject_kind, ""))
        unread = [
            d for d in row.defects if d.field not in form.fields or form.part_of(d.field, kind) == "public"
        ]
        fields = {d.field for d in unread}
        found = row_defects(form, row.parts, department=result.department, today=self._today)
        defects = [*unread, *(d for d in found if d.field not in fields)]
        if not defects and fingerprint is not None:
            first = self._seen.setdefault(fingerprint, row.data_row)
            if first != row.data_row:
                defects = [
                    Defect("DET-2", "document_twice_in_file", form.document_number, {"row": str(first)})
                ]
        return defects

    def _compared(self, row: SentRow, parts: Parts, document: Found | None) -> Iterator[Difference]:
        where = (row.data_row, row.sheet_row)
        if document is None:
            yield Difference(MISSING_HERE, *where)
        elif document.members is None:
            later = document.begun_at > self._view.position
            yield Difference(NOT_YET if later else NOT_PUBLIC, *where, str(document.record_id))
        else:
            decided = decided_on(parts)
            item = version_in_force(self._registry.item(item_code(parts)).items, decided)
            months = maximum_months(self._terms, on=decided)
            for kind, fields, here, there in differences(
                document.members, parts, item=item, months_max=months
            ):
                yield Difference(kind, *where, str(document.record_id), fields, here, there)

    def _missing_there(self, result: Result) -> Iterator[Difference]:
        """What is public here under this form and is not in the file."""
        form = result.form
        others = {item for item in ITEMS.values() if item and item != form.item}
        for shown in self._view.determined_by(
            self._issuers(result.department),
            items=lambda i: i == form.item or (not form.item and i not in others),
        ):
            if shown.record_id.bytes not in self._listed:
                number, until = (
                    shown.members["fields"].get(form.document_number, ""),
                    shown.members.get("until", ""),
                )
                yield Difference(
                    MISSING_THERE, record=str(shown.record_id), here=str(until), document=str(number)
                )

    def _issuers(self, department: str) -> list[bytes]:
        """Every key that the department ever had: what it sealed with one that ended is its own as well."""
        acts = self._ledger.open_all(self._ledger.store.key_acts(), log="records")
        keys = (act.event for act in acts if act.row.topic == KeyRegistered.TOPIC)
        return [
            bytes.fromhex(k.issuer) for k in keys if isinstance(k, KeyRegistered) and k.holder == department
        ]
