"""Puts exactly the packages of a lock file into .venv, from their hashes, and proves it.

`make venv` and its like call it with the system's python3 and nothing else; everything of ours runs after it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
STAMP = VENV / "installed.json"
RUNTIME, DEV = "requirements.lock", "requirements-dev.lock"

CHECK = """
import importlib.metadata, re, sys
from pip._vendor.packaging.requirements import Requirement
def normal(name): return re.sub(r"[-_.]+", "-", name).lower()
wanted = {}
for line in open(sys.argv[1], encoding="utf-8"):
    if line[0] not in " #\\n":
        found = Requirement(line.rstrip().rstrip("\\\\"))
        if found.marker is None or found.marker.evaluate():
            wanted[normal(found.name)] = str(found.specifier).lstrip("=")
have = {normal(d.metadata["Name"]): d.version for d in importlib.metadata.distributions()}
for own in ("pip", "setuptools"):
    if own not in wanted:
        have.pop(own, None)
wrong = sorted(n for n in wanted.keys() | have.keys() if wanted.get(n) != have.get(n))
sys.exit("not as locked: " + ", ".join(wrong) if wrong else 0)
"""


def lock_digest(name: str) -> str:
    """SHA-256 of a lock file."""
    return hashlib.sha256((PROJECT / name).read_bytes()).hexdigest()


def interpreter() -> str:
    """What a venv is bound to: the program and its version."""
    return f"{os.path.realpath(sys.executable)} {sys.version}"


def read_stamp() -> dict[str, str]:
    """What the last whole installation noted; empty when there was none."""
    try:
        found: dict[str, str] = json.loads(STAMP.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def is_current(lock: str, stamp: dict[str, str]) -> bool:
    """Whether .venv holds what is asked for: the tests' set contains the service's set."""
    if stamp.get("interpreter") != interpreter() or not (VENV / "bin" / "python").exists():
        return False
    held = stamp.get("lock", "")
    covers = held == lock or (lock == RUNTIME and held == DEV)
    return covers and stamp.get("digest") == lock_digest(held)


def run(*command: str | Path) -> None:
    """Run a command, its output shown; ends this program with its status when it fails."""
    done = subprocess.run([str(part) for part in command], check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def install(lock: str) -> None:
    """Make .venv anew, or add the tests' packages to a current one, check the set and note it."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python cannot make virtual environments: install the package python3-venv.")
    stamp = read_stamp()
    STAMP.unlink(missing_ok=True)
    if not (lock == DEV and stamp and stamp.get("digest") == lock_digest(RUNTIME) and is_bound(stamp)):
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV)
    python = VENV / "bin" / "python"
    print(f"Installing {lock} into .venv ...", flush=True)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    run(*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", PROJECT / lock)
    run(python, "-c", CHECK, PROJECT / lock)
    STAMP.write_text(
        json.dumps({"lock": lock, "digest": lock_digest(lock), "interpreter": interpreter()}), "utf-8"
    )


def is_bound(stamp: dict[str, str]) -> bool:
    """Whether the noted .venv belongs to this interpreter."""
    return stamp.get("interpreter") == interpreter() and (VENV / "bin" / "python").exists()


def main() -> None:
    """Install the lock file named on the command line where .venv is not as it says."""
    if sys.version_info < (3, 11):  # noqa: UP036 (run by whatever python3 there is)
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    lock = sys.argv[1] if len(sys.argv) == 2 else ""
    if lock not in (RUNTIME, DEV):
        sys.exit(f"usage: install.py {RUNTIME} | {DEV}")
    if not is_current(lock, read_stamp()):
        install(lock)


if __name__ == "__main__":
    main()
