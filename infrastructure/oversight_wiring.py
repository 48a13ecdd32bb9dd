"""Adapters to the ports of oversight, for the projector's process and the tests."""

from __future__ import annotations

from application.flags import FlagRunner
from application.ledger import Ledger
from application.projections.indicators import IndicatorFold
from application.registry import Registry
from application.reviews import ReviewRunner
from infrastructure.postgres.flags import PostgresFlags
from infrastructure.postgres.indicators import PostgresUnitCounts
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.reviews import PostgresReviewed
from infrastructure.postgres.views import PostgresViewStore
from infrastructure.remedy_data import load_calendar, load_settings


def flag_runner(ledger: Ledger, pool: Pool) -> FlagRunner:
    """The runner of flags over the login ``projector``; the ledger records what it raises."""
    reader, views = LogReader(pool), PostgresViewStore(pool)
    return FlagRunner(
        ledger,
        reader=reader,
        keys=reader,
        store=PostgresFlags(pool),
        reached=lambda: views.live()[1],
        defaults=load_settings(),
        built_in=load_calendar(),
    )


def indicator_fold(ledger: Ledger, pool: Pool) -> IndicatorFold:
    """The fold of indicators over the login ``projector``."""
    reader = LogReader(pool)
    return IndicatorFold(
        reader=reader,
        keys=reader,
        store=PostgresUnitCounts(pool),
        vault=ledger.vault,
        calendar=lambda before: Registry(ledger).calendar(load_calendar(), before=before).calendar,
    )


def make_reviews(ledger: Ledger, pool: Pool) -> ReviewRunner:
    """The review runner over the login ``projector``; the ledger records what it opens."""
    return ReviewRunner(
        ledger, LogReader(pool), PostgresReviewed(pool), defaults=load_settings(), built_in=load_calendar()
    )
