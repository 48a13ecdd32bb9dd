"""Time stamps as they are kept and published: each over a checkpoint of this very log, by an authority we trust.

Comes after the trees of ``fsck``: what was stamped must stand in the log as it is now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from application.audit.model import Fault, PublishedFiles
from application.audit.trees import LogTree, log_checkpoint
from application.stamping import BATCH_STAMPS, STAMPS, TOKEN, Stamp, StampFailed
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.policy import Policy
from domain.transparency.strict import Refused
from domain.transparency.timestamp import stated
from domain.transparency.vkey import Verify

TokenCheck = Callable[[bytes, bytes], None]
"""Checks a token over some bytes against the roots that are trusted. Raises ``StampFailed``."""


class StampRows(Protocol):
    """What is kept, by the auditor's login."""

    def stamp_sizes(self, log: str) -> list[int]: ...
    def stamps(self, log: str, *, after: int, limit: int) -> list[Stamp]: ...


def stamp_faults(
    log: str,
    origin: str,
    *,
    sizes: Iterable[int],
    names: Iterable[str],
    store: StampRows,
    files: PublishedFiles,
    tree: LogTree,
    policy: Policy | None,
    verify: Verify,
    check: TokenCheck | None,
) -> Iterator[Fault]:
    """What is wrong with a log's stamps; ``sizes`` were read before ``names``, so that all of them have files."""
    wanted, after = set(sizes), 0
    while found := store.stamps(log, after=after, limit=BATCH_STAMPS):
        for stamp in found:
            if stamp.size in wanted:  # what came since stands in a larger tree than was gone through
                yield from _one(stamp, origin, tree=tree, policy=policy, verify=verify, check=check)
                yield from _published(stamp, files)
        after = found[-1].size
    known = {f"{STAMPS}/{size}{end}" for size in store.stamp_sizes(log) for end in ("", TOKEN)}
    for name in sorted(set(names) - known):
        yield Fault("timestamps", f"{log}/{name}", "file_extra")


def _one(
    stamp: Stamp,
    origin: str,
    *,
    tree: LogTree,
    policy: Policy | None,
    verify: Verify,
    check: TokenCheck | None,
) -> Iterator[Fault]:
    place = f"{stamp.log}:{stamp.size}"
    try:
        if stated(stamp.token).digest != hashlib.sha256(stamp.note).digest():
            yield Fault("timestamps", place, "stamp_other")
        elif check is not None:
            check(stamp.token, stamp.note)
    except (Refused, StampFailed) as wrong:
        yield Fault("timestamps", place, "stamp_token", str(wrong))
    if policy is None:
        return
    try:
        found = log_checkpoint(stamp.note, policy, verify)
    except Refused as refused:
        yield Fault("timestamps", place, "signature", refused.code)
        return
    if found != Checkpoint(origin, stamp.size, tree.roots.get(stamp.size, b"")):
        yield Fault("timestamps", place, "stamp_tree")


def _published(stamp: Stamp, files: PublishedFiles) -> Iterator[Fault]:
    for end, data in (("", stamp.note), (TOKEN, stamp.token)):
        name = f"{stamp.log}/{STAMPS}/{stamp.size}{end}"
        try:
            if files.read(name) != data:
                yield Fault("timestamps", name, "file_changed")
        except FileNotFoundError:
            yield Fault("timestamps", name, "file_missing")
