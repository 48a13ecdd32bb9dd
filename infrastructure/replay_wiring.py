"""Adapters to what a replay of answers reads; ``bootstrap`` gives it the login and the desk, the tests give theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from application.commands.remedies import RemedyDesk
from application.ledger import Ledger
from application.queries.replay import Replay
from application.queries.replaying.published_then import published_then
from infrastructure.keys import FileVault
from infrastructure.postgres.past import PostgresPastReader
from infrastructure.postgres.pool import Pool
from infrastructure.settings import Settings
from infrastructure.tile_files import MapFiles, PublishedFolder, TileFiles


def replay_over(pool: Pool, settings: Settings, desk: Callable[[Ledger], RemedyDesk]) -> Replay:
    """Replays of answers over a pool of the login ``auditor``, and the published folder."""
    vault, folder = FileVault(settings.secrets_dir), settings.published_dir
    return Replay(
        reader=PostgresPastReader(pool),
        vault=vault,
        ledger_id=vault.ledger_id,
        desk=desk,
        published=partial(published_then, TileFiles(folder), MapFiles(folder), PublishedFolder(folder)),
    )
