"""One request to somebody outside: no redirect is followed, the answer is short and whole within its time.

``witness_http`` and ``time_authority`` say whom they ask, and what an answer means.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

_PIECE = 16_384


class NoAnswer(Exception):
    """No answer came, or none that may be read to its end; the text is ``unreachable`` or ``too_large``."""


def exchange(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    bytes_max: int,
    seconds_max: float,
) -> tuple[int, bytes]:
    """Status and body of the answer, over http or https by the system's roots. Raises :class:`NoAnswer`."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds_max)
    # A timeout of the socket is one of each piece: who sends a byte now and then is cut off by this.
    held: list[socket.socket] = []  # the connection forgets its socket when the answer is to end with it
    deadline = threading.Timer(seconds_max, _cut, args=(connection, held))
    deadline.daemon = True
    deadline.start()
    try:
        connection.connect()
        held.append(connection.sock)
        connection.request(method, parts.path or "/", body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
        data = b""
        while piece := answer.read1(_PIECE):
            data += piece
            if len(data) > bytes_max:
                raise NoAnswer("too_large")
        if answer.length:
            raise NoAnswer("unreachable")  # it ended before it was whole
        return answer.status, data
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NoAnswer("unreachable") from error
    finally:
        deadline.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection, held: list[socket.socket]) -> None:
    for one in [*held, connection.sock]:
        if one is not None:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
