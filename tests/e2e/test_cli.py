"""``serve`` as people start it: as root and as a plain user, with its own database or a given one, stopped cleanly."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infrastructure.embedded import EmbeddedPostgres
from tests.e2e.processes import PROJECT, Serve, alive, descendants, free_port

TREE = ("application", "data", "domain", "infrastructure", "interfaces", "migrations", "tests/samples",
        "wsgi.py", "gunicorn.conf.py", "Makefile", "pyproject.toml")  # fmt: skip
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
USERS = ["root", "nobody"] if os.geteuid() == 0 else ["self"]
# What each of the five commands may end with: an intake that refused a row says so.
EXIT_CODES = {"intake": (0, 1)}


def copied(folder: Path) -> Path:
    """A tree as from a clone that was run before, so that modules are compiled; readable by anyone."""
    for name in TREE:
        source, target = PROJECT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return folder


def interpreter(folder: Path, *, anyone: bool) -> None:
    """The environment that runs this test at ``.venv``; for another user copied, with its Python, if it must be."""
    home, venv = Path(sys.base_prefix), folder / ".venv"
    if not anyone:
        venv.symlink_to(sys.prefix)
        return
    skip = shutil.ignore_patterns("test", "site-packages", "idlelib", "*.a")
    shutil.copytree(home, folder / "python", ignore=skip, symlinks=True)
    packages = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
    skip = shutil.ignore_patterns("playwright", "*mypy*", "ruff*", "pip", "schemathesis", "jsonschema_rs")
    shutil.copytree(Path(sys.prefix) / packages, venv / packages, ignore=skip, symlinks=True)
    (venv / "bin").mkdir()
    program = folder / "python" / "bin" / Path(os.path.realpath(sys.executable)).name
    (venv / "bin" / "python").symlink_to(program)
    (venv / "pyvenv.cfg").write_text(f"home = {program.parent}\ninclude-system-site-packages = false\n")


@pytest.fixture(params=USERS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Serve, Path, dict[str, str], tuple[str, ...]]]:
    """A fresh tree with its service running, as one user; its folder, environment and command prefix."""
    with tempfile.TemporaryDirectory(prefix="xinlu-cli-", dir="/tmp") as name:
        yield from _served(Path(name), request.param)


def _served(
    outer: Path, user: str, **more: str
) -> Iterator[tuple[Serve, Path, dict[str, str], tuple[str, ...]]]:
    outer.chmod(0o755)
    folder = copied(outer / "xinlu")
    interpreter(folder, anyone=user == "nobody")
    prefix = NOBODY if user == "nobody" else ()
    more = dict(more)
    if user == "nobody":
        # A Python built with its own shared library looks for it where it was built.
        more["LD_LIBRARY_PATH"] = str(folder / "python" / "lib")
        subprocess.run(["chown", "-R", "65534:65534", str(folder)], check=True)
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "XINLU_DATA", "PORT")}
    environment = {**kept, "HOME": str(folder), **more}
    serve = Serve(
        environment, outer / "serve.log", port=free_port(), prefix=prefix, cwd=folder,
        python=str(folder / ".venv" / "bin" / "python"),
    )  # fmt: skip
    try:
        serve.start()
        yield serve, folder, environment, prefix
    finally:
        serve.end()


def tour(output: str) -> list[str]:
    """The commands that serve printed."""
    return [line.strip() for line in output.partition("five commands")[2].splitlines()[1:6]]


def assert_tour_works(
    serve: Serve, folder: Path, environment: dict[str, str], prefix: tuple[str, ...]
) -> None:
    commands = tour(serve.output)
    assert len(commands) == 5, serve.output
    for line in commands:
        words = shlex.split(line)
        done = subprocess.run(
            [*prefix, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )
        expected = next((codes for word, codes in EXIT_CODES.items() if word in words), (0,))
        assert done.returncode in expected, (line, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr


def assert_another_is_refused(
    serve: Serve, folder: Path, environment: dict[str, str], prefix: tuple[str, ...]
) -> None:
    """A second serve on the same data says so and leaves the first alone."""
    python = str(folder / ".venv" / "bin" / "python")
    second = subprocess.run(
        [*prefix, python, "-m", "interfaces.cli", "serve", "--port", str(free_port())],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert second.returncode == 1
    assert "另一个进程" in second.stderr
    assert serve.answers()


def test_serve_answers_refuses_a_second_prints_five_commands_that_run_and_stops_cleanly(
    served: tuple[Serve, Path, dict[str, str], tuple[str, ...]],
) -> None:
    serve, folder, environment, prefix = served
    assert f"{serve.url}/" in serve.output
    assert serve.answers()
    assert len(re.findall(r"keys/\w{18}\.pem", serve.output)) >= 7
    assert_another_is_refused(serve, folder, environment, prefix)
    assert_tour_works(serve, folder, environment, prefix)
    assert list(folder.rglob("head.json")), "the remembered head"
    children = descendants(serve.pid)
    postgres = [p for p in children if "postgres" in p.command]
    assert postgres
    assert serve.stop(seconds_max=15) == 0
    assert not any(alive(p.pid) for p in children)
    assert not (folder / "var" / "pg" / "postmaster.pid").exists()
    assert "Traceback" not in serve.output


def test_serve_works_the_same_on_a_given_database() -> None:
    with tempfile.TemporaryDirectory(prefix="xinlu-cli-", dir="/tmp") as name:
        outer = Path(name)
        outer.chmod(0o711)
        with EmbeddedPostgres(outer / "other", outer / "other" / "secrets") as given:
            with psycopg.connect(given.url("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE city")
            for serve, folder, environment, prefix in _served(outer, "self", DATABASE_URL=given.url("city")):
                assert_tour_works(serve, folder, environment, prefix)
                assert not [p for p in descendants(serve.pid) if "postgres -D" in p.command]
                assert not (folder / "var" / "pg").exists()
                assert serve.stop(seconds_max=15) == 0
            with psycopg.connect(given.url("city")) as connection:
                row = connection.execute("SELECT position FROM ledger.heads WHERE log = 'records'").fetchone()
            assert row is not None
            assert row[0] > 500


def test_make_help_lists_every_target() -> None:
    # These tests may themselves run under make, which would add its own lines.
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "help"], cwd=PROJECT, capture_output=True, text=True, timeout=20, env=plain
    )
    assert done.returncode == 0
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"serve", "test", "check", "help"} <= listed
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert set(targets) == listed
    assert (
        subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, env=plain).stdout == done.stdout
    )


def test_every_command_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "interfaces.cli", "--help"], cwd=PROJECT, capture_output=True, text=True
    )
    for name in ("serve", "migrate", "seed", "seal", "intake", "rebuild", "verify"):
        assert re.search(rf"^  {name} ", done.stdout, re.MULTILINE), name
