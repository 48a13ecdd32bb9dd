"""Which purposes there are: those that the credit office registered, and the platform's own (QRY-1).

Reads the events that register them, and nothing about anyone.
"""

from __future__ import annotations

from application.ledger import Ledger
from domain.access.events import PurposeRegistered
from domain.access.model import Purpose
from domain.access.purposes import Stated, stated_purposes


def purposes(ledger: Ledger) -> list[Stated]:
    """Every purpose that may be stated, with who may and by which rules."""
    rows = ledger.store.governing_rows([PurposeRegistered.TOPIC])
    events = (opened.event for opened in ledger.open_all(rows, log="records"))
    return stated_purposes(Purpose(e.code, e.zh, e.en) for e in events if isinstance(e, PurposeRegistered))
