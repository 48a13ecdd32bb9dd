"""The tour's script: a query and the check of its answer with nothing but curl and openssl."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.web import Web
from tests.world import World

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "tour" / "signed-query.sh"
CODE = "91420100KHDRJHTP5Q"


@pytest.fixture
def web(seeded_world: World) -> Web:
    return Web(seeded_world)


def query(
    web: Web, url: str, *, purpose: str = "licensing", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the script as the first agency."""
    world = web.world
    officer = next(o.key for o in world.city.officers if o.department == web.code())
    key = world.folder / "keys" / f"{web.code()}.pem"
    return subprocess.run(
        ["sh", str(SCRIPT), url, web.code(), str(key), officer, purpose, CODE],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_script_shows_an_answer_only_when_the_gateway_signed_it(web: Web) -> None:
    gateway = web.world.gateway.public_key.hex()
    with web.served() as url:
        for trusted in ({}, {"GATEWAY_KEY": gateway}):
            done = query(web, url, **trusted)
            assert done.returncode == 0 and '"answers"' in done.stdout, done.stderr
        other = query(web, url, GATEWAY_KEY=web.key().public_key.hex())
        refused = query(web, url, purpose="curiosity", GATEWAY_KEY=gateway)
    assert (other.returncode, other.stdout) == (1, "")
    assert refused.returncode == 1 and "QRY-1" in refused.stdout
