"""Our recorders pass the event-sourcing library's own suites, so that whatever is built on it may trust them."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

import eventsourcing.cryptography
import pytest
from eventsourcing.persistence import AggregateRecorder, ApplicationRecorder

from application.ports import Log
from tests.world import World

# The suites' module imports the library's older cipher, which needs a package that nothing else here needs;
# the recorders' suites do not use it. Its newer cipher of the same name stands in.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)

from eventsourcing.tests import persistence as suites  # noqa: E402


class OverWorld:
    """Gives a unittest case the world of our pytest fixture."""

    LOG: ClassVar[Log]
    world: World

    @pytest.fixture(autouse=True)
    def _keep_world(self, bare_world: World) -> None:
        self.world = bare_world


class StreamCase(OverWorld, suites.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.world.stream_recorder(self.LOG)


class LogCase(OverWorld, suites.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.world.log_recorder(self.LOG)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class OrderCase(OverWorld, suites.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.world.log_recorder(self.LOG)


class TestRecordsStreams(StreamCase):
    LOG = "records"


class TestAccessStreams(StreamCase):
    LOG = "access"


class TestRecordsLog(LogCase):
    LOG = "records"


class TestAccessLog(LogCase):
    LOG = "access"


class TestRecordsOrder(OrderCase):
    LOG = "records"


class TestAccessOrder(OrderCase):
    LOG = "access"


# What is only inherited from must not be collected as tests of its own.
del StreamCase, LogCase, OrderCase
