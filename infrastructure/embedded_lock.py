"""Who owns a data folder: at most one process, and never a dead one.

The embedded server asks it before it touches the folder; the kernel lets go when the owner dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class OwnerLock:
    """A POSIX record lock on one file, held by one process.

    A record lock is not inherited by forked children (worker processes that outlive a killed owner would keep
    an flock), but it does not keep the same process from locking twice: ``_held`` here does.
    """

    _held: dict[Path, int] = {}

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._pid = 0

    def held(self) -> bool:
        """Whether this object holds the lock in this very process."""
        return self._handle is not None and self._pid == os.getpid()

    def acquire(self) -> str | None:
        """Take the lock: None when taken, else the name of the owner (``pid 123``)."""
        path = self._path.resolve()
        if self._held.get(path) == os.getpid():
            return f"this one, pid {os.getpid()}"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 32).decode("ascii", "replace").strip()
            os.close(handle)
            return f"pid {owner}" if owner else "just starting"
        except BaseException:
            os.close(handle)
            raise
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle, self._pid, self._held[path] = handle, os.getpid(), os.getpid()
        return None

    def release(self) -> None:
        """Give the lock up; the file stays, since removing it would let two owners hold two files."""
        if self._handle is not None and self.held():
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._held.pop(self._path.resolve(), None)
        self._handle = None
