"""Who owns a data folder: at most one process, and never a dead one.

The embedded server asks it before it touches the folder; the kernel lets go when the owner dies.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
from pathlib import Path
from typing import ClassVar

from infrastructure.embedded_host import EmbeddedError


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


def end_leftover_server(cluster: Path) -> None:
    """Stop a server that outlived its owner (it is perhaps stopping already) before a new one begins.

    The caller holds the owner's lock, so no living process wants it. Raises EmbeddedError when it belongs to
    another user.
    """
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        handle = os.pidfd_open(pid)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return
    try:
        if not Path(f"/proc/{pid}/cwd").samefile(cluster):
            return  # the number was given to another process
        for stop_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            signal.pidfd_send_signal(handle, stop_signal)
            if select.select([handle], [], [], 20)[0]:
                return
    except (FileNotFoundError, ProcessLookupError):
        return
    except PermissionError:
        raise EmbeddedError(f"a server of another user (pid {pid}) runs in {cluster}") from None
    finally:
        os.close(handle)
