"""How gunicorn runs ``wsgi:app``, read by itself from the program's folder; docs/operations.md explains the limits.

``serve`` and a gunicorn started by hand both come here, so limits, logs and metrics are the same.
"""

from __future__ import annotations

import os
import socket
import struct
from importlib import import_module
from typing import TYPE_CHECKING

from infrastructure.logs import configuration
from infrastructure.metrics_folder import VARIABLE, prepare_metrics_folder
from infrastructure.settings import Settings

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

SILENCE_SECONDS_MAX = 30
"""How long a client may stand still in the middle of its request or answer while it holds a thread."""

workers = 2
threads = 4
worker_class = "gthread"
timeout = 120
graceful_timeout = 10
keepalive = 5
backlog = 512
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
control_socket_disable = True
logconfig_dict = configuration()

# Before prometheus-client is imported, which looks once.
os.environ[VARIABLE] = str(prepare_metrics_folder(Settings.from_environment().data_dir))


def on_starting(server: Arbiter) -> None:  # noqa: ARG001 - gunicorn's signature
    """Import the program and make its routes once, for all workers forked later: connections are their own."""
    import_module("infrastructure.bootstrap")
    import_module("interfaces.http.app").routed()


def when_ready(server: Arbiter) -> None:
    """Bound the silence of clients: connections inherit the times of the socket that accepted them."""
    span = struct.pack("ll", SILENCE_SECONDS_MAX, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, span)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, span)


def child_exit(server: Arbiter, worker: Worker) -> None:  # noqa: ARG001 - gunicorn's signature
    """Let the metrics forget what only a living worker can say."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - after the folder is set

    mark_process_dead(worker.pid)
