"""What this program is: version, commit and newest migration, read from its own files once at start.

Bootstrap hands it to the web process, which tells it at /version and compares it at /readyz.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from application.queries.operations import Build
from infrastructure.migrate import read_steps

PROJECT = Path(__file__).resolve().parent.parent
COMMIT_FILE = "COMMIT"
FOLDED_BY = ("domain", "application/projections", "application/epochs.py")
"""What decides which rows a fold gives: the folds, and all that they call in the domain."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def read_build(folder: Path = PROJECT, environment: Mapping[str, str] | None = None) -> Build:
    """The build in ``folder``: the commit is XINLU_COMMIT, or the file ``COMMIT``, or not known."""
    env = os.environ if environment is None else environment
    version = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    steps = read_steps(folder / "migrations")
    path = folder / COMMIT_FILE
    told = env.get("XINLU_COMMIT") or (path.read_text("utf-8") if path.exists() else "")
    commit = _COMMIT.fullmatch(told.strip().lower())
    return Build(str(version), commit[0] if commit else None, steps[-1].name if steps else "")


def fold_rule(folder: Path = PROJECT) -> bytes:
    """The SHA-256 that an epoch names as its rule: over path and SHA-256 of every file of :data:`FOLDED_BY`.

    Anyone with the same release computes the same.
    """
    found: list[Path] = []
    for name in FOLDED_BY:
        found += (folder / name).rglob("*.py") if (folder / name).is_dir() else [folder / name]
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(found)
    ]
    return hashlib.sha256("".join(lines).encode()).digest()
