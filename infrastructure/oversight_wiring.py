"""Adapters to the ports of oversight, for the projector's process and the tests."""

from __future__ import annotations

from application.ledger import Ledger
from application.reviews import ReviewRunner
from infrastructure.postgres.reviews import PostgresReviewed
from infrastructure.postgres.store import LogReader, Pool
from infrastructure.remedy_data import load_calendar, load_settings


def make_reviews(ledger: Ledger, pool: Pool) -> ReviewRunner:
    """The review runner over the login ``projector``; the ledger records what it opens."""
    return ReviewRunner(
        ledger, LogReader(pool), PostgresReviewed(pool), defaults=load_settings(), built_in=load_calendar()
    )
