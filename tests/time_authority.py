"""A real time stamping authority for tests: ``openssl ts`` behind a socket, honest or as a test wants it to lie."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from application.stamping import Stamping
from infrastructure.bootstrap import make_sequencers
from infrastructure.clock import SystemClock
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.settings import TimeAuthoritySettings
from infrastructure.time_authority import HttpTimeAuthority, TokenCheck
from interfaces.cli.time_authority import POLICY, ROOT, make_authority, replying
from tests.listening import listening
from tests.world import World

MISSING = shutil.which("openssl") is None
needs_openssl = pytest.mark.skipif(MISSING, reason="openssl is not installed")


class Authority:
    """The authority of a folder; ``asked`` counts, ``query`` and ``reply`` change what comes in and goes out."""

    def __init__(self, folder: Path, *, days: int = 3650) -> None:
        make_authority(folder, days=days)
        self.roots, self.asked = folder / ROOT, 0
        self.query: Callable[[bytes], bytes] = bytes
        self.reply: Callable[[bytes], Iterable[bytes]] = lambda reply: [reply]
        self.status = ""
        self._answer = replying(folder)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked += 1
        if self.status:
            start_response(self.status, [("Location", "http://127.0.0.1:1/")])
            return [b""]
        query = self.query(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        environ = environ | {"wsgi.input": io.BytesIO(query), "CONTENT_LENGTH": str(len(query))}
        return self.reply(b"".join(self._answer(environ, start_response)))

    @contextmanager
    def listening(self) -> Iterator[TimeAuthoritySettings]:
        """Settings that name it while it answers."""
        with listening(self) as port:
            yield TimeAuthoritySettings(f"http://127.0.0.1:{port}/tsa", self.roots, POLICY)


def stamp(world: World, told: TimeAuthoritySettings | None) -> Stamping:
    """One round of stamping, by a newly started sequencer's process."""
    settings = replace(world.settings, time_authority=told)
    found = make_sequencers(settings, PostgresTrees(world.pool("sequencer"))).stamping
    found.round()
    return found


def client(told: TimeAuthoritySettings) -> HttpTimeAuthority:
    """The service's side of it."""
    return HttpTimeAuthority(told.url, TokenCheck(told.roots, told.policy), SystemClock())
