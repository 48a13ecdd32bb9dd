"""Work in steps that kills itself after one of them, for processes that ``tests/commands.py`` starts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable

import application.erasing
from infrastructure.bootstrap import (
    Settings,
    database,
    eraser_services,
    open_ledger,
    open_trees,
    retire_log,
    rotate_gateway,
    rotate_log,
)


def rotate(what: str, killed_after: str) -> None:
    """A rotation (``log``, ``gateway``, ``retire``) up to the step of that number; 0 lets it end."""
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        steps = {
            "log": lambda: rotate_log(settings, ledger),
            "gateway": lambda: rotate_gateway(settings, ledger),
            "retire": lambda: retire_log(settings, ledger, open_trees(settings), number=1, reason="rotation"),
        }[what]()
        _until(int(killed_after), steps)


def erase(killed_after: str) -> None:
    """All erasures, 25 keys a step, up to the step of that number; 0 lets it end."""
    application.erasing.KEYS_PER_STEP = 25
    settings = Settings.from_environment()
    with database(settings):
        _until(int(killed_after), (step.what for step in eraser_services(settings).erasing.run()))


def _until(killed_after: int, steps: Iterable[object]) -> None:
    for number, step in enumerate(steps, start=1):
        print(step, flush=True)
        if number == killed_after:
            os.kill(os.getpid(), signal.SIGKILL)
