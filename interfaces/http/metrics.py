"""The counters of a web process, and how all workers' counters become one Prometheus text.

Labels are few and closed (command, outcome, view, status class): a label with an id or a code would name
somebody, and would grow for ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from application.queries.operations import State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_OWN = CollectorRegistry()

REQUESTS = Counter("credit_http_requests", "Answered requests", ["status_class"], registry=_OWN)
SECONDS = Histogram("credit_http_request_seconds", "Duration of requests", registry=_OWN)
COMMANDS = Counter(
    "credit_commands", "Requests that a department signed", ["command", "outcome"], registry=_OWN
)
ROWS = Counter("credit_rows", "Rows of files by what became of them", ["outcome"], registry=_OWN)
QUERIES = Counter("credit_queries", "Look-ups of a view", ["view", "outcome"], registry=_OWN)


@dataclass(frozen=True)
class PublishedState:
    """What the published folder says: seconds since each log's newest checkpoint and time stamp, and how often
    stamping failed since it last went well."""

    checkpoint_ages: Mapping[str, float]
    stamp_ages: Mapping[str, float]
    stamp_failures: int


class _Gauges(Collector):
    """What database and folder say at this moment; of the database only that it is down when it is down."""

    def __init__(
        self, state: State | None, public_count: int | None, now: datetime, published: PublishedState
    ) -> None:
        self._state, self._public, self._now, self._published = state, public_count, now, published

    def collect(self) -> Iterable[GaugeMetricFamily]:
        state = self._state
        yield from self._logs()
        yield GaugeMetricFamily("credit_database_up", "1 when the database answers", value=int(bool(state)))
        if state is None:
            return
        yield GaugeMetricFamily(
            "credit_records_position", "Head of the log of records", value=state.records_position
        )
        yield GaugeMetricFamily(
            "credit_access_position", "Head of the log of accesses", value=state.access_position
        )
        yield GaugeMetricFamily("credit_drafts_waiting", "Drafts not sealed yet", value=state.drafts)
        yield GaugeMetricFamily(
            "credit_deadline_overdue", "Open cases whose due day has passed", value=state.overdue
        )
        lag = GaugeMetricFamily(
            "credit_projection_lag_events", "Events that a view has not folded yet", labels=["view"]
        )
        for view, events in state.lags().items():
            lag.add_metric([view], events)
        yield lag
        if self._public is not None:
            yield GaugeMetricFamily(
                "credit_public_records", "Records that are public today", value=self._public
            )

    def _logs(self) -> Iterable[GaugeMetricFamily]:
        for name, what, ages in (
            ("checkpoint", "Since a log's checkpoint was published", self._published.checkpoint_ages),
            ("timestamp", "Since a checkpoint of a log was stamped", self._published.stamp_ages),
        ):
            age = GaugeMetricFamily(f"credit_{name}_age_seconds", what, labels=["log"])
            for log, seconds in ages.items():
                age.add_metric([log], seconds)
            yield age
        yield GaugeMetricFamily(
            "credit_timestamp_failures",
            "Failed rounds of stamping since the last that went well",
            value=self._published.stamp_failures,
        )
        if self._state is not None:
            lag = GaugeMetricFamily(
                "credit_log_lag_seconds", "How long the oldest entry waits for its tree", labels=["log"]
            )
            for log, seconds in self._state.log_lags(self._now).items():
                lag.add_metric([log], seconds)
            yield lag


def exposition(
    state: State | None, public_count: int | None, *, now: datetime, published: PublishedState
) -> bytes:
    """Counters of all workers of this server and gauges of the database, as Prometheus text."""
    gauges = CollectorRegistry()
    gauges.register(_Gauges(state, public_count, now, published))
    counters = _OWN
    if FOLDER in os.environ:
        counters = CollectorRegistry()
        MultiProcessCollector(counters)  # type: ignore[no-untyped-call]
    return generate_latest(counters) + generate_latest(gauges)
