"""Who owns a data folder: at most one process, and never a dead one.

The embedded server asks it before it touches the folder; the kernel lets go when the owner dies.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
from pathlib import Path
from typing import ClassVar

FLOCK = "hhqqi4x"  # struct flock of 64-bit Linux: type, whence, start, length, pid


class OwnerLock:
    """A POSIX record lock on one file, held by one process.

    A record lock is not inherited by forked children (worker processes that outlive a killed owner would keep
    an flock), but it does not keep the same process from locking twice: ``_held`` here does.
    """

    _held: ClassVar[dict[Path, int]] = {}

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._pid = 0

    def held(self) -> bool:
        """Whether this object holds the lock in this very process."""
        return self._handle is not None and self._pid == os.getpid()

    def owner(self) -> str | None:
        """Who holds the lock, as ``pid 123``; None when nobody does. Asking takes nothing."""
        if self._held.get(self._path.resolve()) == os.getpid():
            return f"pid {os.getpid()}, this very process"  # not opened: closing it would drop our lock
        try:
            handle = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            question = struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack(FLOCK, fcntl.fcntl(handle, fcntl.F_GETLK, question))
        finally:
            os.close(handle)
        return None if kind == fcntl.F_UNLCK else f"pid {pid}"

    def acquire(self) -> str | None:
        """Take the lock: None when taken, else its owner as ``owner`` names it."""
        path = self._path.resolve()
        if self._held.get(path) == os.getpid():
            return self.owner()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return self.owner() or "one that has just ended: try again"
        except BaseException:
            os.close(handle)
            raise
        self._handle, self._pid, self._held[path] = handle, os.getpid(), os.getpid()
        return None

    def release(self) -> None:
        """Give the lock up; the file stays, since removing it would let two owners hold two files."""
        if self._handle is not None and self.held():
            os.close(self._handle)
            self._held.pop(self._path.resolve(), None)
        self._handle = None


def end_leftover_server(cluster: Path) -> None:
    """Stop a server that outlived its owner (it is perhaps stopping already) before a new one begins.

    The caller holds the owner's lock, so no living process wants it. A pid file without its server is
    removed: PostgreSQL would take the number for alive while a killed server is a zombie that nobody reaps,
    or after the number was given to another process. Were it wrong, the new server would still refuse to
    start, since the old one's shared memory is found by the folder and not by that file.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if _serves(pid, cluster):
        _end(pid)
    if not _serves(pid, cluster):
        pid_file.unlink(missing_ok=True)


def _end(pid: int) -> None:
    """Stop a server that is not our child, ever less gently, and wait until it is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            signal.pidfd_send_signal(handle, stop_signal)
            if select.select([handle], [], [], 20)[0]:
                return
    except ProcessLookupError:
        return  # it ended by itself just now
    finally:
        os.close(handle)


def _serves(pid: int, cluster: Path) -> bool:
    """Whether a process is a cluster's living server: it runs in it, as its owner. A zombie runs nowhere."""
    try:
        same_user = Path(f"/proc/{pid}").stat().st_uid == cluster.stat().st_uid
        return same_user and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
