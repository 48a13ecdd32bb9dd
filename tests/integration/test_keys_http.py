"""A department registers its own next key: asked by its present one, held by the new one, and nothing else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from application.commands.governance import Governance
from application.commands.key_changes import key_lives
from application.verify import Finding
from domain.parties.events import KeyRegistered
from domain.transparency.succession import succession_message
from interfaces.cli.main import cli
from interfaces.client.sealing import DepartmentKey
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("DET-5")
NEUTRAL = bytes([1]) + bytes(31)


class Change:
    """A department about to change its key; ``wish`` is what its client sends."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web, self.world, self.code = web, web.world, web.code()
        self.present = web.key()
        self.following = DepartmentKey.make(folder / "next.pem")
        self.last = self.world.today + timedelta(days=700)

    def message(self, **other: Any) -> bytes:
        said: dict[str, Any] = {
            "ledger_id": self.world.ledger.id.bytes,
            "holder": self.code,
            "present": self.present.issuer,
            "public_key": self.following.public_key,
            "not_after": self.last.isoformat(),
        }
        return succession_message(**said | other)

    def wish(self, *, following: DepartmentKey | None = None, **other: Any) -> dict[str, Any]:
        following = following or self.following
        last = other.pop("not_after", self.last.isoformat())
        message = self.message(public_key=following.public_key, not_after=last, **other)
        return {
            "public_key": following.public_key.hex(),
            "not_after": last,
            "asked": self.present.sign(message).hex(),
            "possession": following.sign(message).hex(),
        }

    def send(self, said: dict[str, Any], *, agency: int = 0, key: str = "") -> TestResponse:
        body = json.dumps(said).encode()
        return self.web.post(
            "/v1/keys", body, media="application/json", agency=agency, idempotency_key=key or uuid.uuid4().hex
        )

    def sealed(self, key: DepartmentKey) -> TestResponse:
        """A file sealed and sent under a key."""
        file = self.web.sealed(self.world.files(penalties=1).files["penalties-1.xlsx"]).signed(key)
        held = self.world.keys[self.code]
        self.world.keys[self.code] = key
        try:
            return self.web.send(file)
        finally:
            self.world.keys[self.code] = held


@pytest.fixture
def change(ledger_world: World, tmp_path: Path) -> Change:
    return Change(Web(ledger_world), tmp_path)


def test_det_5_a_next_key_is_registered_and_both_seal_until_the_old_one_is_revoked(change: Change) -> None:
    world = change.world
    assert change.sealed(change.following).status_code == 401
    key, said = uuid.uuid4().hex, change.wish()
    first = change.send(said, key=key)
    told = {"issuer": change.following.issuer.hex(), "status": "registered"}
    assert first.status_code == 201 and first.get_json()["receipt"] == told
    position = world.reader.head("records")[0]
    assert first.get_json()["event_id"] == f"records:{position}"
    again, anew = change.send(said, key=key), change.send(said)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == anew.get_json() == {"receipt": told}
    assert world.reader.head("records")[0] == position
    assert change.sealed(change.present).status_code == 201
    assert change.sealed(change.following).status_code == 201
    world.governance().revoke_key(change.present.issuer, reason="rotated")
    assert change.sealed(change.present).status_code == 401
    assert change.sealed(change.following).status_code == 201
    assert world.finding() is None


def other_key(folder: Path) -> DepartmentKey:
    return DepartmentKey.make(folder / f"{uuid.uuid4().hex}.pem")


REFUSED: dict[str, tuple[Callable[[Change, Path], dict[str, Any]], str]] = {
    "the present key again": (lambda c, _: c.wish(following=c.present), "key_known"),
    "another department's key": (lambda c, _: c.wish(following=c.web.key(1)), "key_known"),
    "a key that ends today before it begins": (
        lambda c, _: c.wish(not_after=(c.world.today - timedelta(days=1)).isoformat()),
        "key_term",
    ),
    "a key for six years": (
        lambda c, _: c.wish(not_after=(c.world.today + timedelta(days=6 * 366)).isoformat()),
        "key_term",
    ),
    "a key that somebody else holds": (
        lambda c, f: c.wish() | {"possession": other_key(f).sign(c.message()).hex()},
        "key_not_held",
    ),
    "a wish that another key signed": (
        lambda c, f: c.wish() | {"asked": other_key(f).sign(c.message()).hex()},
        "key_not_asked",
    ),
    "a wish of another ledger": (lambda c, _: c.wish(ledger_id=bytes(16)), "key_not_asked"),
    "a wish for another holder": (lambda c, _: c.wish(holder=c.web.code(1)), "key_not_asked"),
    "a key that nobody holds": (lambda c, _: c.wish() | {"public_key": NEUTRAL.hex()}, "key_weak"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_det_5_a_next_key_is_refused_and_logged(change: Change, tmp_path: Path, name: str) -> None:
    make, code = REFUSED[name]
    before = change.web.positions()
    answer = change.send(make(change, tmp_path))
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, code), answer.text
    assert change.web.positions() == (before[0], before[1] + 1)


def test_det_5_a_revoked_key_never_comes_back_nor_asks_for_a_next_one(change: Change, tmp_path: Path) -> None:
    world = change.world
    assert change.send(change.wish()).status_code == 201
    world.governance().revoke_key(change.following.issuer, reason="lost")
    answer = change.send(change.wish())
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (422, "key_known")
    world.governance().revoke_key(change.present.issuer, reason="lost")
    assert change.send(change.wish(following=other_key(tmp_path))).status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        {"public_key": "00"},
        {"public_key": None},
        {"not_after": "soon"},
        {"asked": "zz"},
        {"holder": "x"},
        {"possession": 7},
    ],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_malformed_wish_changes_nothing(change: Change, spoil: dict[str, Any]) -> None:
    before = change.web.positions()
    answer = change.send(change.wish() | spoil)
    assert answer.status_code == 400 and answer.content_type.startswith("application/problem+json")
    assert change.web.positions() == before


def test_det_5_a_next_key_that_its_department_did_not_ask_for_is_found(
    change: Change, tmp_path: Path
) -> None:
    """Whoever holds the gateway's key registers one in a department's name, with signatures that do not hold."""
    world, stranger = change.world, other_key(tmp_path)
    event = KeyRegistered(
        originator_id=world.ledger.key_stream(stranger.issuer),
        originator_version=1,
        timestamp=world.clock.now(),
        issuer=stranger.issuer.hex(),
        algorithm="ed25519",
        public_key=stranger.public_key.hex(),
        holder_kind="department",
        holder=change.code,
        not_before=world.today.isoformat(),
        not_after=change.last.isoformat(),
        succeeds=change.present.issuer.hex(),
        asked="ab" * 64,
        possession=stranger.sign(change.message(public_key=stranger.public_key)).hex(),
    )
    position = world.ledger.record([world.ledger.seal(event)], meta={"actor": "x"})
    assert world.finding() == Finding("records", position, "a key succeeds another, and not both signed")


def test_the_clients_command_makes_and_registers_a_next_key(change: Change, tmp_path: Path) -> None:
    world, path = change.world, tmp_path / "made.pem"
    present = world.folder / "keys" / f"{change.code}.pem"
    with change.web.served() as url:
        said = [
            "keys",
            "rotate",
            "department",
            "--department",
            change.code,
            "--key",
            str(present),
            "--url",
            url,
        ]
        for _ in range(2):
            ended = CliRunner().invoke(cli, [*said, "--next", str(path), "--until", change.last.isoformat()])
            assert ended.exit_code == 0, ended.output
        ended = CliRunner().invoke(cli, [*said, "--next", str(present)])
    assert ended.exit_code == 1 and "已经登记过" in ended.output
    made = DepartmentKey.read(path)
    assert path.stat().st_mode & 0o077 == 0 and made.issuer.hex() in world_keys(world)
    assert change.sealed(made).status_code == 201


def world_keys(world: World) -> set[str]:
    return {life.registered.issuer for life in key_lives(world.ledger)}


def test_the_credit_office_registers_keys_as_before(change: Change) -> None:
    registered = Governance(change.world.ledger).register_key(
        public_key=change.following.public_key, holder_kind="department", holder=change.code,
        not_before=change.world.today, not_after=change.last,
    )  # fmt: skip
    assert registered and change.sealed(change.following).status_code == 201
