"""The clock that a ledger goes by: the machine's, or a demo's that was moved; and that it never goes back.

``infrastructure/bootstrap`` gives it to every process.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from application.ledger import parse_instant
from application.ports import Clock, Log
from infrastructure.clock import ClockError, DemoClock, SystemClock
from infrastructure.keys import FileVault
from infrastructure.postgres.log_reader import LogReader
from infrastructure.prepared import NotPrepared, role_pool
from infrastructure.settings import Settings

CLOCK_FILE = "demo-clock.json"
CLOCK_ERROR_MAX = timedelta(minutes=5)
"""How far the clocks of a service's machines may be apart."""


def demo_clock(settings: Settings, ledger_id: UUID) -> DemoClock:
    """The clock of a demo ledger. Raises ``ClockError`` on a database server unless XINLU_DEMO_CLOCK allows it."""
    if not (settings.demo_clock or _is_embedded(settings)):
        raise ClockError("on a database server there is a demo clock only with XINLU_DEMO_CLOCK=1")
    return DemoClock(settings.data_dir / CLOCK_FILE, ledger_id)


def ledger_id_of(settings: Settings) -> UUID:
    """The ledger's id. Raises ``NotPrepared`` before ``migrate``."""
    try:
        return FileVault(settings.secrets_dir).ledger_id
    except FileNotFoundError:
        raise NotPrepared("the database is not prepared: run migrate or serve first") from None


def require_time(settings: Settings) -> None:
    """Raise ``NotPrepared`` when the last events were recorded well after now: instants must not go back.

    Then the machine's clock is wrong, or the demo clock's file is lost.
    """
    reader = LogReader(role_pool(settings, "projector"))
    now = ledger_clock(settings, ledger_id_of(settings)).now()
    logs: tuple[Log, ...] = ("records", "access")
    for log in logs:
        for row in reader.rows(log, after=reader.head(log)[0] - 1, limit=1):
            if parse_instant(row.recorded_at) > now + CLOCK_ERROR_MAX:
                raise NotPrepared(
                    f"the last event of {log} is later than now: set the machine's clock, or restore {CLOCK_FILE}"
                )


def ledger_clock(settings: Settings, ledger_id: UUID) -> Clock:
    """The machine's clock, or the demo clock where there may be one, or was one."""
    possible = settings.demo_clock or _is_embedded(settings)
    if possible or (settings.data_dir / CLOCK_FILE).exists():
        return demo_clock(settings, ledger_id)
    return SystemClock()


def _is_embedded(settings: Settings) -> bool:
    kind = settings.data_dir / "database"
    return kind.exists() and kind.read_text().strip() == "embedded"
