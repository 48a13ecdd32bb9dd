"""What is proven wired to the published folder: receipts and evidence, credit reports, and the maps of the views.

``bootstrap`` gives it the logins; the tests give it theirs.
"""

from __future__ import annotations

from application.epochs import EpochMaker
from application.ledger import Ledger
from application.queries.evidence import Published
from application.queries.proofs import Proofs
from application.queries.reporting import Reports
from application.queries.shared import SharedQueries
from infrastructure.build import fold_rule
from infrastructure.keys import FileVault
from infrastructure.postgres.epochs import PostgresEpochs
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.reading import PostgresSharedReading
from infrastructure.settings import Settings
from infrastructure.tile_files import MapFiles, TileFiles


def make_proofs(settings: Settings, ledger: Ledger) -> Proofs:
    """Receipts and evidence over the published folder; each question reads the newest checkpoints."""
    tiles, maps = TileFiles(settings.published_dir), MapFiles(settings.published_dir)
    return Proofs(ledger, lambda: Published(tiles, maps))


def make_reports(
    settings: Settings, ledger: Ledger, shared: SharedQueries, reading: PostgresSharedReading
) -> Reports:
    """Credit reports, with evidence over the published folder."""
    tiles, maps = TileFiles(settings.published_dir), MapFiles(settings.published_dir)
    return Reports(ledger, shared=shared, reading=reading, published=lambda: Published(tiles, maps))


def make_epoch_maker(settings: Settings, pool: Pool, vault: FileVault) -> EpochMaker:
    """The epoch maker over the login ``projector``."""
    reader = LogReader(pool)
    return EpochMaker(
        store=PostgresEpochs(pool),
        maps=MapFiles(settings.published_dir),
        tiles=TileFiles(settings.published_dir),
        reader=reader,
        keys=reader,
        vault=vault,
        rule=fold_rule(),
    )
