"""Adapters to what a replay of answers reads; ``bootstrap`` gives it the login and the desk, the tests give theirs."""

from __future__ import annotations

from collections.abc import Callable

from application.commands.remedies import RemedyDesk
from application.ledger import Ledger
from application.queries.replay import Replay
from infrastructure.keys import FileVault
from infrastructure.postgres.past import PostgresPastReader
from infrastructure.postgres.store import Pool


def replay_over(pool: Pool, vault: FileVault, desk: Callable[[Ledger], RemedyDesk]) -> Replay:
    """Replays of answers over a pool of the login ``auditor``."""
    return Replay(reader=PostgresPastReader(pool), vault=vault, ledger_id=vault.ledger_id, desk=desk)
