"""Taking the clean-up ledger out with who answers for its documents: asked with a purpose, logged, only then told.

The workbook is made by the route; what it may hold, and that the log knew of it first, is decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from application.instruments import clean_up
from application.ledger import Ledger
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.access.model import INSTRUMENT_CLEANUP
from domain.instruments.events import LedgerExported
from domain.instruments.ledger import Instrument
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused

WorkbookOf = Callable[[tuple[Instrument, ...]], bytes]


@dataclass(frozen=True)
class Export:
    """A workbook and the position of the access event that tells of it."""

    workbook: bytes
    position: int


def export_ledger(
    ledger: Ledger, *, department: str, officer: str, unit: str, workbook: WorkbookOf
) -> Export:
    """The ledger of a unit, or of all (``unit`` empty) for the credit office, logged before it leaves.

    Raises ``Refused``: QRY-1 for an officer who is none of the department's, QRY-3 for one who may not query, INS-1 for
    the ledger of another unit.
    """
    registry = Registry(ledger)
    known, own = registry.acting(officer, department), registry.department(department)
    if known.suspended:
        raise Refused(Defect("QRY-3", "officer_suspended", "Credit-Official"))
    if own is None or not may_speak_for_subjects(own.role):
        unit = unit or department
        if unit != department:
            raise Refused(Defect("INS-1", "ledger_not_the_office", "/unit"))
    now = clean_up(ledger)
    documents = now.of(unit) if unit else now.documents
    made = workbook(documents)
    event = LedgerExported(
        **placed(ledger.entropy.uuid(), 1, ledger.now()),
        department=department,
        officer=officer,
        role=known.role,
        purpose=INSTRUMENT_CLEANUP.code,
        units=sorted({document.unit for document in documents}),
        documents=len(documents),
        digest=hashlib.sha256(made).hexdigest(),
    )
    meta = {"actor": department, "officer": officer, "purpose": INSTRUMENT_CLEANUP.code}
    return Export(made, ledger.record([ledger.seal(event)], meta=meta, log="access"))
