"""How often an act is decided and committed anew when something that it read moved meanwhile, and when it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from application.ports import Conflict, LedgerUnavailable

ATTEMPTS_MAX = 8
Made = TypeVar("Made")


class StaleVersion(Conflict):
    """The case moved since its version was read (If-Match); nothing was written."""

    def __init__(self) -> None:
        super().__init__("stream")


def retried(attempt: Callable[[], Made], *, forget: Callable[[], None] = lambda: None) -> Made:
    """What ``attempt`` decides and commits; decided again, after ``forget``, when something that it read moved.

    Raises ``LedgerUnavailable`` when it moves each time. ``StaleVersion``, and ``Conflict`` (receipt) when the same
    idempotency key was used meanwhile, are not for another attempt.
    """
    for _ in range(ATTEMPTS_MAX):
        try:
            return attempt()
        except Conflict as conflict:
            if isinstance(conflict, StaleVersion) or conflict.what == "receipt":
                raise
            forget()
    raise LedgerUnavailable("too many writers at once")
