"""Folders and files that only their owner may read: how a secret reaches the disk.

It decides modes and the atomic swap of a new content; whoever holds a secret (server password, logins, keys)
comes before it, and nothing but the same process's later start reads after it.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make ``path`` a folder of mode 0700, with its parents at the umask's mode; gives ``path`` back.

    Only a folder that this process's user owns is narrowed; parents that exist keep their modes.
    Raises PermissionError when the folder belongs to someone else.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to another user (uid {found.st_uid})")
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Put ``content`` at ``path`` with mode 0600, whole or not at all, and durable before returning.

    Without ``replace`` a file that stands there stays, also when another process makes it at this moment.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(name, path)
        else:
            with suppress(FileExistsError):
                os.link(name, path)
            Path(name).unlink()
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One process at a time in a folder, which itself is the lock, so that no file of it lies there."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def rename_private(path: Path, to: Path) -> None:
    """Give a file its name at once, durable before returning. Raises ``FileNotFoundError`` when it is not there."""
    path.rename(to)
    _sync_folder(to.parent)


def destroy_private(path: Path) -> None:
    """Overwrite a file where it lies, remove it, and make both durable; nothing when there is none.

    Where the file system or the disk writes elsewhere (copy on write, wear levelling), the old bytes may stay
    below it until they are reused: that is the operator's to answer, by an encrypted disk.
    """
    if path.exists():
        with path.open("r+b", buffering=0) as file:
            file.write(os.urandom(path.stat().st_size))
            os.fsync(file.fileno())
        path.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
