"""Operating the service: bringing the database up to date; the process that folds the log and records deadlines."""

from __future__ import annotations

import logging
import signal
import time
from contextlib import suppress
from types import FrameType

import click

from application.ports import LedgerUnavailable
from application.projections.projector import ViewsMoved
from infrastructure.bootstrap import (
    ProjectorServices,
    Settings,
    configure_logs,
    database,
    projector_services,
)

DEADLINES_EVERY_SECONDS = 30.0
WAIT_SECONDS = 1.0
_LOG = logging.getLogger("xinlu")


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema; make keys and logins that are missing."""
    with database(Settings.from_environment()):
        click.echo("数据库已就绪 / the database is ready")


@click.command()
def project() -> None:
    """Keep the views at the head of the log, and record what is over (one process leads, others stand by)."""
    configure_logs()
    stop = Stop()
    found = projector_services(Settings.from_environment())
    while not stop.asked:
        try:
            _lead(found, stop)
        except LedgerUnavailable:
            stop.wait(WAIT_SECONDS)


def _lead(found: ProjectorServices, stop: Stop) -> None:
    with found.views.leadership() as conn:
        if conn is None:
            stop.wait(WAIT_SECONDS)
            return
        conn.execute("LISTEN xinlu_records")
        due = 0.0
        while not stop.asked:
            while found.projector.run_once() and not stop.asked:
                pass
            while found.refusals.run_once() and not stop.asked:
                pass
            while found.indicators.run_once() and not stop.asked:
                pass
            if time.monotonic() >= due:
                passed, more = found.deadlines.step()
                if passed.unreadable:
                    _LOG.error("%s open cases cannot be opened: run verify", passed.unreadable)
                if not more:
                    found.flags.run()
                    found.reviews.run()
                # Long arrears are recorded piece by piece, so that the views never stand still for long.
                due = 0.0 if more else time.monotonic() + DEADLINES_EVERY_SECONDS
            with suppress(ViewsMoved):  # when a rebuild came in between, the next round looks again
                found.epochs.run_once()
            for _ in conn.notifies(timeout=WAIT_SECONDS if due else 0, stop_after=1):
                pass


class Stop:
    """Whether SIGTERM or SIGINT asked this process to end."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Wait a moment before trying again."""
        if not self.asked:
            time.sleep(seconds)
