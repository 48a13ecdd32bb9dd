"""Progress on stderr: a bar on a terminal, elsewhere a plain line with rate and ETA every few seconds."""

from __future__ import annotations

import sys
import time

import click

LINE_SECONDS = 5.0
BAR_SECONDS = 0.1


class Progress:
    """Told how much is done; shows count, rate per second and ETA. ``finish`` always shows the rate."""

    def __init__(self, label: str, total: int, *, unit: str, quiet: bool = False) -> None:
        self._label, self._total, self._unit, self._quiet = label, total, unit, quiet
        self._begun = self._shown = time.monotonic()
        self._done = 0
        self._terminal = sys.stderr.isatty()

    def update(self, done: int, total: int | None = None) -> None:
        """``done`` of ``total`` units are done."""
        self._done = done
        self._total = total if total is not None else self._total
        now = time.monotonic()
        if not self._quiet and now - self._shown >= (BAR_SECONDS if self._terminal else LINE_SECONDS):
            self._shown = now
            self._show("\r" if self._terminal else "", newline=not self._terminal)

    def finish(self) -> None:
        """Show the end result with its rate."""
        if not self._quiet:
            self._show("\r" if self._terminal else "", newline=True)

    @property
    def rate(self) -> float:
        """Units a second so far."""
        return self._done / max(time.monotonic() - self._begun, 1e-6)

    def _show(self, start: str, *, newline: bool) -> None:
        total = f"/{self._total}" if self._total else ""
        left = max(self._total - self._done, 0) / self.rate if self._total and self._done else 0
        eta = f" ETA {left:.0f} s" if left >= 1 else ""
        text = f"{start}{self._label}: {self._done}{total} {self._unit}, {self.rate:.0f}/s{eta}"
        click.echo(text + ("" if newline else "   "), err=True, nl=newline)
