"""Settings come from the environment, with defaults, and a bad one is named without its value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.settings import (
    PROJECT,
    BadSetting,
    Settings,
    TimeAuthoritySettings,
    connection_parameters,
    connection_url,
)

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


def test_an_empty_environment_gives_the_defaults() -> None:
    for environment in ({}, {"PORT": "", "HOST": "", "XINLU_DATA": "", "DATABASE_URL": ""}):
        found = Settings.from_environment(environment)
        assert found == Settings(PROJECT / "var", None, "127.0.0.1", 8000)


def test_what_is_given_is_taken(tmp_path: Path) -> None:
    environment = {
        "PORT": "9000",
        "HOST": "::1",
        "XINLU_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://a:b@c/d",
    }
    assert Settings.from_environment(environment) == Settings(tmp_path, "postgresql://a:b@c/d", "::1", 9000)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "８０", "80 80"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(BadSetting, match="PORT"):
        Settings.from_environment({"PORT": port})


def test_proxies_and_rate_limits_are_taken_and_checked() -> None:
    found = Settings.from_environment({"XINLU_PROXIES": "2", "XINLU_RATE_LIMITS": "commands=5, lookup=60"})
    assert (found.proxies, found.rate_limits) == (2, {"commands": 5, "lookup": 60})
    for name, value in (
        ("XINLU_PROXIES", "6"),
        ("XINLU_PROXIES", "yes"),
        ("XINLU_RATE_LIMITS", "everything=1"),
        ("XINLU_RATE_LIMITS", "commands=0"),
        ("XINLU_RATE_LIMITS", "commands"),
    ):
        with pytest.raises(BadSetting, match=name):
            Settings.from_environment({name: value})


def test_a_time_authority_needs_its_roots_and_a_pause_and_is_off_by_default(tmp_path: Path) -> None:
    good = {"XINLU_TSA_URL": "http://tsa.example/stamp", "XINLU_TSA_CA": str(tmp_path / "roots.pem")}
    told = TimeAuthoritySettings("http://tsa.example/stamp", tmp_path / "roots.pem")
    assert Settings.from_environment(good).time_authority == told
    more = Settings.from_environment(good | {"XINLU_TSA_POLICY": "1.2.3.4.1", "XINLU_TSA_SECONDS": "60"})
    assert more.time_authority == replace(told, policy="1.2.3.4.1", every_seconds=60)
    assert Settings.from_environment({"XINLU_TSA_CA": "roots.pem"}).time_authority is None
    for name, value in (
        ("XINLU_TSA_URL", "ftp://tsa.example"),
        ("XINLU_TSA_URL", "https://user@tsa.example"),
        ("XINLU_TSA_URL", "https://tsa.example:x"),
        ("XINLU_TSA_CA", ""),
        ("XINLU_TSA_POLICY", "1.2.03"),
        ("XINLU_TSA_SECONDS", "4"),
        ("XINLU_TSA_SECONDS", "hourly"),
    ):
        with pytest.raises(BadSetting, match=name):
            Settings.from_environment(good | {name: value})


def test_a_bad_database_url_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.from_environment({"DATABASE_URL": "postgresql://a:hush@hush@c/d"})
    assert "hush" not in str(refused.value)


def test_the_password_is_not_shown_by_repr() -> None:
    assert "hush" not in repr(Settings(Path("x"), "postgresql://a:hush@c/d"))


def test_the_secrets_folder_is_private(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir(mode=0o755)
    assert Settings(tmp_path).secrets_dir.stat().st_mode & 0o777 == 0o700


@given(user=TEXT, password=TEXT, dbname=TEXT, host=TEXT.filter(lambda t: "@" not in t))
def test_connection_parameters_survive_their_url(user: str, password: str, dbname: str, host: str) -> None:
    parameters = {"user": user, "password": password, "dbname": dbname, "host": host}
    assert connection_parameters(connection_url(parameters)) == parameters
