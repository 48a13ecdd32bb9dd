"""The public view wired to the login ``reader``: for the look-up, and beside what a department publishes itself."""

from __future__ import annotations

from collections.abc import Callable

from application.commands.consistency import ConsistencyDesk
from application.comparing import PublicComparison
from application.ledger import Ledger
from application.queries.public import PublicLookup
from application.registry import Registry
from domain.shared.city_time import city_day
from infrastructure.postgres.comparing import PostgresComparedReading
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.reading import PostgresPublicReading
from infrastructure.remedy_data import load_settings


def public_lookup(ledger: Ledger, pool: Pool) -> PublicLookup:
    """The public look-up of a ledger."""
    reading = PostgresPublicReading(pool)
    return PublicLookup(
        reading,
        keys=reading,
        vault=ledger.vault,
        clock=ledger.clock,
        stopped=lambda: Registry(ledger).is_stopped,
    )


def consistency_desk(ledger: Ledger, pool: Pool) -> Callable[[str], ConsistencyDesk]:
    """What makes a desk for one comparison that a department asks for, by its code."""
    keys = PostgresPublicReading(pool)

    def make(asked_by: str) -> ConsistencyDesk:
        registry = Registry(ledger)
        view = PublicComparison(
            PostgresComparedReading(pool),
            keys=keys,
            vault=ledger.vault,
            stopped=registry.is_stopped,
            on=city_day(ledger.now()),
        )
        return ConsistencyDesk(ledger, view, registry=registry, defaults=load_settings(), asked_by=asked_by)

    return make
