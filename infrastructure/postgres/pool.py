"""Connections to PostgreSQL: pools with limits on every wait, and what goes wrong, in the words of the ports.

Every adapter of this folder takes a pool, each of one login (migrations/0001).
"""

from __future__ import annotations

import hashlib
import select
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from application.ports import Conflict, LedgerUnavailable

Pool = ConnectionPool[psycopg.Connection[TupleRow]]
CONFLICTS = {
    "XL001": "stream",
    "XL002": "document",
    "XL003": "subject",
    "XL004": "data_key",
    "XL005": "guard",
    "XL006": "receipt",
    "XL007": "generation",
}


def open_pool(
    url: str, *, size_max: int = 8, timeout_seconds: float = 5.0, lock_timeout_seconds: float = 5.0
) -> Pool:
    """A pool of autocommit connections with limits on every wait; connections are opened on first use."""
    pool: Pool = ConnectionPool(
        url,
        min_size=0,
        max_size=size_max,
        timeout=timeout_seconds,
        open=False,
        check=_check,
        kwargs={
            "autocommit": True,
            "options": f"-c lock_timeout={lock_timeout_seconds * 1000:.0f}ms -c statement_timeout=60s"
            " -c idle_in_transaction_session_timeout=10s",
        },
    )
    pool.open(wait=False)
    return pool


def _check(conn: psycopg.Connection[TupleRow]) -> None:
    """That an idle connection still stands, asked of the server only when something came in on it.

    A server that stops says so or closes, and either makes the socket readable; asking every time cost a quarter
    of a query (docs/performance.md). Raises ``psycopg.Error`` when it is gone.
    """
    waiting = select.poll()
    waiting.register(conn.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(conn)


@contextmanager
def connection(pool: Pool) -> Iterator[psycopg.Connection[TupleRow]]:
    """A pooled connection; what stands in the way comes out as Conflict or LedgerUnavailable."""
    try:
        with pool.connection() as conn:
            yield conn
    except PoolTimeout:
        raise LedgerUnavailable("no connection in time") from None
    except psycopg.Error as error:
        what = CONFLICTS.get(error.sqlstate or "")
        if what is not None:
            raise Conflict(what) from None
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            raise LedgerUnavailable(type(error).__name__) from None
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            raise LedgerUnavailable("the right was revoked") from None
        raise


@contextmanager
def leading(pool: Pool, of: str) -> Iterator[psycopg.Connection[TupleRow] | None]:
    """A connection that holds the advisory lock of one kind of process, or None while another process leads."""
    lock = int.from_bytes(hashlib.sha256(f"xinlu/{of}".encode()).digest()[:8], "big", signed=True)
    with connection(pool) as conn:
        row = conn.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone()
        if row is None or not row[0]:
            yield None
            return
        try:
            yield conn
        finally:
            conn.execute("SELECT pg_advisory_unlock(%s)", (lock,))
