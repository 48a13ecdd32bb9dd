"""What time it is: the machine's clock, and for a demo ledger one that runs ahead of it by what a file says.

The file lies in the data folder, so all processes of a ledger agree; ``clock --forward`` moves it, never back.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from application.ports import Clock
from infrastructure.private_files import write_private

FORMAT = "xinlu/demo-clock@v1"
AHEAD_MAX = timedelta(days=4 * 365)
"""Less than the five years of the demo city's keys, so that what a tour moves to can still be signed."""


class ClockError(RuntimeError):
    """The demo clock cannot be read or moved; the message says why."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)

    def real(self) -> datetime:
        """The same."""
        return self.now()

    def ahead(self) -> timedelta:
        """Zero."""
        return timedelta()


class EarlierClock:
    """Another clock set back, and brought forward in steps: a demo's history is lived through by it (ADR 0057)."""

    def __init__(self, clock: Clock, behind: timedelta) -> None:
        self._clock, self._behind = clock, behind

    def now(self) -> datetime:
        """The other clock's instant, set back."""
        return self._clock.now() - self._behind

    def real(self) -> datetime:
        """The machine's instant."""
        return self._clock.real()

    def ahead(self) -> timedelta:
        """How far the other clock is moved."""
        return self._clock.ahead()

    def bring(self, *, behind: timedelta) -> None:
        """Bring it forward until it is so far behind. Raises :class:`ClockError` for a step back."""
        if not timedelta() <= behind <= self._behind:
            raise ClockError("时钟只能向前拨 / the clock moves forward only")
        self._behind = behind


class DemoClock:
    """The machine's clock moved forward by what ``path`` says, nothing while there is no file (ADR 0016)."""

    def __init__(self, path: Path, ledger_id: UUID) -> None:
        """Raises :class:`ClockError` for a file that is none of this ledger's clock."""
        self._path, self._ledger_id = path, ledger_id
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._ahead = self._read()

    def now(self) -> datetime:
        """The machine's instant moved forward, in UTC."""
        return self.real() + self.ahead()

    def real(self) -> datetime:
        """The machine's instant, in UTC."""
        return datetime.now(UTC)

    def ahead(self) -> timedelta:
        """How far it is moved; looks at the file each time, and in one process never goes back.

        A file that was spoilt while this runs moves nothing; who starts anew is told by name.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return self._ahead
        with self._lock:
            state = (found.st_ino, found.st_mtime_ns)
            if state != self._seen:
                self._seen = state
                with contextlib.suppress(ClockError):
                    self._ahead = max(self._ahead, self._read())
            return self._ahead

    def forward(self, by: timedelta) -> timedelta:
        """Move it forward for every process of this ledger; how far ahead it is now.

        The file changes whole or not at all. Raises :class:`ClockError` for a step back, or one beyond ``AHEAD_MAX``.
        """
        if by <= timedelta():
            raise ClockError("时钟只能向前拨 / the clock moves forward only")
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ahead = max(self.ahead(), self._read()) + by
            if ahead > AHEAD_MAX:
                raise ClockError(f"最多向前拨 {AHEAD_MAX.days} 天 / at most {AHEAD_MAX.days} days ahead")
            told = {
                "format": FORMAT,
                "ledger": self._ledger_id.hex,
                "ahead_seconds": int(ahead.total_seconds()),
            }
            write_private(self._path, f"{json.dumps(told)}\n".encode())
        return self.ahead()

    def _read(self) -> timedelta:
        """What the file says, zero when there is none. Raises :class:`ClockError` for another file."""
        try:
            told = json.loads(self._path.read_text())
            ahead = timedelta(seconds=int(told["ahead_seconds"]))
            ours = told["format"] == FORMAT and told["ledger"] == self._ledger_id.hex
        except FileNotFoundError:
            return timedelta()
        except (ValueError, KeyError, TypeError, OverflowError):
            ours, ahead = False, timedelta()
        if not ours or not timedelta() <= ahead <= AHEAD_MAX:
            raise ClockError(f"{self._path.name} is no demo clock of this ledger; restore it")
        return ahead
