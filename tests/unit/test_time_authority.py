"""Tokens of a real authority, and of one that lies, is late, or is somebody else: none but the good one is kept."""

from __future__ import annotations

import hashlib
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.stamping import StampFailed
from domain.transparency.timestamp import _LENGTH, _SHA_2, TOKEN, RefusedToken, stated
from infrastructure import time_authority
from infrastructure.settings import PROJECT, TimeAuthoritySettings
from infrastructure.time_authority import HttpTimeAuthority, TokenCheck
from interfaces.client import verifier
from tests.listening import listening
from tests.time_authority import Authority, client, needs_openssl
from tests.vectors.stamped_evidence import FOLDER
from tests.vectors.stamped_evidence import TOKEN as TOKEN_OF_VECTOR
from tests.world import SettableClock

pytestmark = needs_openssl
DATA = "示例 a checkpoint\n".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def told(authority: Authority) -> Iterator[TimeAuthoritySettings]:
    with authority.listening() as told:
        yield told


@pytest.fixture(autouse=True)
def honest(authority: Authority) -> Iterator[None]:
    yield
    authority.query, authority.reply, authority.status = bytes, lambda reply: [reply], ""


@pytest.fixture(scope="module")
def token(told: TimeAuthoritySettings) -> bytes:
    return client(told).stamp(DATA)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(StampFailed) as failed:
        yield
    assert str(failed.value) == code


def test_a_token_is_the_authoritys_over_these_bytes_now_and_openssl_agrees(
    told: TimeAuthoritySettings, token: bytes, tmp_path: Path
) -> None:
    digest = hashlib.sha256(DATA).digest()
    found = stated(token)
    assert found.digest == digest
    assert abs(datetime.fromisoformat(found.time) - datetime.now(UTC)) < timedelta(minutes=1)
    TokenCheck(told.roots, told.policy).check(token, DATA)
    (tmp_path / "token").write_bytes(token)
    command = ["openssl", "ts", "-verify", "-digest", digest.hex(), "-in", str(tmp_path / "token")]
    done = subprocess.run(
        [*command, "-token_in", "-CAfile", str(told.roots)], capture_output=True, check=False
    )
    assert done.stdout == b"Verification: OK\n"


def test_a_token_of_other_bytes_is_not_taken(told: TimeAuthoritySettings, token: bytes) -> None:
    with refused("imprint"):
        TokenCheck(told.roots).check(token, DATA + b" ")


def test_a_token_under_another_policy_is_not_taken(told: TimeAuthoritySettings, token: bytes) -> None:
    with refused("policy"):
        TokenCheck(told.roots, "1.2.3.4.2").check(token, DATA)


@pytest.mark.parametrize(
    ("junk", "code"), [(b"", "malformed"), (bytes(600), "malformed"), (bytes(70_000), "token_too_large")]
)
def test_what_is_no_token_of_any_length_is_refused_with_a_reason(
    told: TimeAuthoritySettings, junk: bytes, code: str
) -> None:
    with refused(code):
        TokenCheck(told.roots).check(junk, DATA)


def test_an_authority_that_our_roots_do_not_name_is_not_believed(token: bytes, tmp_path: Path) -> None:
    with refused("untrusted"):
        TokenCheck(Authority(tmp_path / "other").roots).check(token, DATA)
    with refused("roots"):
        TokenCheck(tmp_path / "missing").check(token, DATA)


def test_an_authority_whose_certificate_has_expired_is_not_believed(tmp_path: Path) -> None:
    with Authority(tmp_path, days=0).listening() as told, refused("untrusted"):
        client(told).stamp(DATA)


def test_an_answer_to_another_question_is_not_taken(
    authority: Authority, told: TimeAuthoritySettings
) -> None:
    answers: list[bytes] = []

    def first(reply: bytes) -> list[bytes]:
        answers.append(reply)
        return answers[:1]

    authority.reply = first
    client(told).stamp(DATA)
    with refused("nonce"):
        client(told).stamp(DATA)


def test_a_token_over_another_digest_is_not_taken(authority: Authority, told: TimeAuthoritySettings) -> None:
    authority.query = lambda query: query.replace(hashlib.sha256(DATA).digest(), bytes(32))
    with refused("imprint"):
        client(told).stamp(DATA)


def test_a_refusal_is_told_as_one(authority: Authority, told: TimeAuthoritySettings) -> None:
    sha256, sha1_of_32 = bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040202")
    authority.query = lambda query: query.replace(sha256, sha1_of_32)
    with refused("refused"):
        client(told).stamp(DATA)


@pytest.mark.parametrize(
    ("status", "code"), [("302 Found", "status_302"), ("503 Service Unavailable", "status_503")]
)
def test_what_is_no_answer_is_not_followed(
    authority: Authority, told: TimeAuthoritySettings, status: str, code: str
) -> None:
    authority.status = status
    with refused(code):
        client(told).stamp(DATA)


def test_an_answer_beyond_its_limit_is_not_read_on(authority: Authority, told: TimeAuthoritySettings) -> None:
    authority.reply = lambda reply: (bytes(60_000) for _ in range(1000))
    with refused("too_large"):
        client(told).stamp(DATA)


def test_an_authority_that_hangs_or_drips_is_left_in_time(
    authority: Authority, told: TimeAuthoritySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_authority, "ANSWER_SECONDS_MAX", 0.3)
    ended = threading.Event()

    def drips(reply: bytes) -> Iterator[bytes]:
        for at in range(len(reply)):
            ended.wait(0.1)
            yield reply[at : at + 1]

    def hangs(reply: bytes) -> Iterator[bytes]:
        ended.wait(5)
        yield reply

    try:
        for late in (drips, hangs):
            authority.reply = late
            with refused("unreachable"):
                client(told).stamp(DATA)
    finally:
        ended.set()


def test_an_authority_that_is_away_is_unreachable(told: TimeAuthoritySettings) -> None:
    with listening(lambda *_: []) as port:
        pass
    with refused("unreachable"):
        client(replace(told, url=f"http://127.0.0.1:{port}/")).stamp(DATA)


def test_a_token_of_another_time_than_ours_is_not_taken(told: TimeAuthoritySettings) -> None:
    ahead = SettableClock(datetime.now(UTC) + timedelta(minutes=6))
    with refused("time"):
        HttpTimeAuthority(told.url, TokenCheck(told.roots), ahead).stamp(DATA)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.data())
def test_a_changed_token_never_passes_and_raises_nothing_else(
    told: TimeAuthoritySettings, token: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(token) - 1))
    change = data.draw(st.integers(1, 255))
    changed = token[:at] + bytes([token[at] ^ change]) + token[at + 1 :]
    try:
        TokenCheck(told.roots).check(changed, DATA)
    except StampFailed:
        return
    # A byte that the signature does not cover may say anything, but not another digest or time.
    assert stated(changed) == stated(token)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_token_state_nothing(told: TimeAuthoritySettings, data: bytes) -> None:
    with pytest.raises(RefusedToken):
        stated(data)
    with pytest.raises(StampFailed):
        TokenCheck(told.roots).check(data, DATA)


def test_nothing_can_stand_before_what_the_authority_signed(token: bytes) -> None:
    """The list of digest algorithms is not signed: a content hidden in it would be read first by a search."""
    content = token.index(bytes.fromhex("060b2a864886f70d0109100104")) - 2
    hidden = token[content:].replace(hashlib.sha256(DATA).digest(), bytes(32))[:111]
    algorithms = token.index(bytes.fromhex("310f300d0609"))
    longer = b"\x31" + bytes([15 + len(hidden)]) + token[algorithms + 2 : algorithms + 17] + hidden
    with pytest.raises(RefusedToken):
        stated(token[:algorithms] + longer + token[algorithms + 17 :])


def test_the_verifiers_read_a_token_by_the_very_pattern_of_the_ledger() -> None:
    assert verifier.STAMPED.pattern == f"^{TOKEN.pattern}"
    script = (PROJECT / "interfaces" / "portal" / "static" / "verifier.js").read_text(encoding="utf-8")
    [form] = re.findall(r'const STAMPED = new RegExp\(\s*\("(.*?)"\s*\+ "(.*?)"\)', script, re.DOTALL)
    assert "".join(form).replace("L", _LENGTH).replace("S", _SHA_2) == verifier.STAMPED.pattern


def test_a_token_whose_content_was_changed_is_read_by_verifiers_and_refused_by_who_checks_signatures() -> (
    None
):
    """What the verifiers name as not checked is what this finds: the digest is another, signed by nobody."""
    other = TOKEN_OF_VECTOR.replace(stated(TOKEN_OF_VECTOR).digest, hashlib.sha256(DATA).digest(), 1)
    assert stated(other).digest == hashlib.sha256(DATA).digest()
    with refused("untrusted"):
        TokenCheck(FOLDER / "root.pem").check(other, DATA)
