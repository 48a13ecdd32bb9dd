"""Everything stored against everything else: rows, trees, tiles, checkpoints, epochs, maps, views, side tables.

It runs beside a live ledger: each thing is read in the order in which the service writes it last, so nothing that is
only on its way is taken for missing. The first fault of each area is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from application.audit.epochs import delta_faults, epoch_faults, map_file_faults, parsed
from application.audit.folding import MemoryViews, ViewFold
from application.audit.maps import MapCheck
from application.audit.model import (
    AREAS,
    AuditStore,
    Fault,
    PublishedFiles,
    Report,
    SideTables,
    StoredEpochs,
)
from application.audit.side import Derived, side_faults
from application.audit.stamps import TokenCheck, stamp_faults
from application.audit.trees import (
    COSIGNED,
    LogTree,
    Standing,
    TreePass,
    checkpoint_faults,
    remembered_faults,
    standing,
)
from application.data_keys import KeySource
from application.ports import Log, Vault
from application.projections.projector import LogRows
from application.sealing import BrokenSeal
from application.sequencer import ACCESS, LOGS, RECORDS, VIEWS
from application.stamping import STAMPS
from application.verify import LOGS as ROW_LOGS
from application.verify import Outcome, Verification
from domain.shared.forms import Form, FormKind
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.epoch import Epoch
from domain.transparency.policy import Policy, parse_policy
from domain.transparency.strict import Refused
from domain.transparency.vkey import Verify

BATCH_ROWS = 1000
UNREADABLE = (BrokenSeal, ValueError, KeyError, TypeError, AttributeError, NotImplementedError)
"""What rows and entries that were tampered with raise when they are folded."""
Progress = Callable[[str, int, int], None]
"""Told (what, how much is done, of how much)."""


@dataclass(frozen=True)
class ViewsAsserted:
    """A root of all views at a position of the records log, asserted elsewhere."""

    position: int
    root: bytes


@dataclass(frozen=True)
class Audited:
    """Everything an audit reads."""

    verification: Verification
    store: AuditStore
    files: PublishedFiles
    reader: LogRows
    keys: KeySource
    vault: Vault
    forms: Mapping[FormKind, Form]
    authority: str
    rule: bytes
    verify: Verify
    check_token: TokenCheck | None = None
    """By the roots of the authority that is configured; without one signatures of tokens are not checked."""


@dataclass
class _State:
    """One run: what was read first, and what is found."""

    side: SideTables
    stored: StoredEpochs
    epochs: list[Epoch]
    live: tuple[int, bytes] | None
    starts: dict[str, Standing]
    policy: Policy | None
    trees: dict[str, LogTree] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)


def fsck(
    audited: Audited,
    *,
    policy: bytes | None = None,
    remembered: Mapping[str, bytes] | None = None,
    asserted: ViewsAsserted | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Report:
    """Check everything. ``policy`` is the auditor's own, None the published one; ``remembered`` are checkpoints by
    name. Raises ``LedgerUnavailable``."""
    report = Report()
    state = _begin(audited, policy, report)
    notes = {**_cosigned(audited.files), **(remembered or {})}
    _rows(audited, state, report, progress)
    if state.epochs and not state.faults.get("epochs"):
        _keep(state, map_file_faults(state.epochs[-1], state.stored.heads, audited.files))
    _trees(audited, state, notes, progress)
    _after_trees(audited, state, notes, report)
    _from_events(audited, state, report, asserted, progress)
    if "epochs" not in state.faults:
        total = len(state.epochs)
        _keep(state, delta_faults(state.epochs, audited.files, lambda n: progress("deltas", n, total)))
    report.faults = [state.faults[area] for area in AREAS if area in state.faults]
    return report


def _cosigned(files: PublishedFiles) -> dict[str, bytes]:
    """What witnesses vouched for last, by its published name: the tree must still grow from it."""
    notes: dict[str, bytes] = {}
    for log in LOGS:
        with suppress(FileNotFoundError):
            if note := files.read(f"{log}/{COSIGNED}"):
                notes[f"{log}/{COSIGNED}"] = note
    return notes


def _begin(audited: Audited, policy: bytes | None, report: Report) -> _State:
    store = audited.store
    starts = {log: standing(log, store, audited.files) for log in LOGS}
    stored, live, side = store.epochs(), store.views(), store.side_tables()
    epochs, faults = parsed(stored)
    state = _State(side, stored, epochs, live, starts, None)
    _keep(state, faults)
    try:
        state.policy = parse_policy(audited.files.read("policy") if policy is None else policy)
    except (Refused, FileNotFoundError) as error:
        if any(start.head.size for start in starts.values()):
            code = error.code if isinstance(error, Refused) else "policy_missing"
            _keep(state, [Fault("checkpoints", "policy", "policy", code)])
    if epochs and epochs[-1].rule != audited.rule:
        report.notes.append(
            (
                "最新一期由另一版程序折叠；映射若不同，先换用该版程序核对",
                "the newest epoch was folded by another release; where maps differ, check with that release",
            )
        )
    return state


def _keep(state: _State, faults: Iterable[Fault]) -> None:
    """The first fault of each area stays."""
    for fault in faults:
        state.faults.setdefault(fault.area, fault)


def _rows(audited: Audited, state: _State, report: Report, progress: Progress) -> None:
    outcome: Outcome = audited.verification.run(
        {}, progress=lambda log, done, total: progress(f"rows {log}", done, total)
    )
    report.counts |= {f"{log} rows": rows for log, rows in outcome.rows.items()}
    report.counts["closed parts"] = outcome.closed_parts
    found = outcome.finding
    if found is not None:
        _keep(state, [Fault("rows", f"{found.log}:{found.position or ''}", "row", found.what)])


def _trees(audited: Audited, state: _State, notes: Mapping[str, bytes], progress: Progress) -> None:
    wanted: dict[str, set[int]] = {log: {start.published} for log, start in state.starts.items()}
    for epoch in state.epochs:
        wanted[RECORDS].add(epoch.records.size)
        wanted[ACCESS].add(epoch.access.size)
    for log, start in state.starts.items():
        wanted[log].update(start.stamped)
    for data in notes.values():
        try:
            checkpoint = parse_signed_checkpoint(data).checkpoint
        except Refused:
            continue
        for log in LOGS:
            if checkpoint.origin == f"{audited.authority}/{log}":
                wanted[log].add(checkpoint.size)
    ends: dict[str, int] = {str(log): position for log, position in state.side.positions.items()}
    ends[VIEWS] = len(state.stored.entries)
    for log in LOGS:
        total = ends[log]
        run = TreePass(log, state.starts[log], audited.store, audited.files)

        def told(done: int, log: str = log, total: int = total) -> None:
            progress(f"tree {log}", done, total)

        _keep(state, run.run(wanted[log], through=total, progress=told))
        state.trees[log] = run.tree


def _after_trees(audited: Audited, state: _State, notes: Mapping[str, bytes], report: Report) -> None:
    _keep(state, epoch_faults(state.epochs, state.trees))
    report.counts["epochs"] = len(state.epochs)
    for log in LOGS:
        start, tree = state.starts[log], state.trees[log]
        report.counts[f"{log} tree"] = start.head.size
        waiting = tree.count - start.head.size
        if waiting > 0:
            report.notes.append(
                (f"{log}: {waiting} 行还不在已签的树中", f"{log}: {waiting} rows are in no signed tree yet")
            )
        if state.policy is not None:
            origin = f"{audited.authority}/{log}"
            _keep(
                state,
                checkpoint_faults(
                    log, origin, start=start, tree=tree, files=audited.files,
                    policy=state.policy, verify=audited.verify,
                ),
            )  # fmt: skip
    if state.policy is not None:
        faults = remembered_faults(
            notes,
            origins={f"{audited.authority}/{log}": log for log in LOGS},
            trees=state.trees,
            heads={log: start.head for log, start in state.starts.items()},
            policy=state.policy,
            verify=audited.verify,
        )
        _keep(state, faults)
    report.counts["remembered checkpoints"] = len(notes)
    _stamps(audited, state, report)


def _stamps(audited: Audited, state: _State, report: Report) -> None:
    for log, start in state.starts.items():
        names = [name for name in start.names if name.startswith(f"{STAMPS}/")]
        report.counts[f"{log} time stamps"] = len(start.stamped)
        _keep(
            state,
            stamp_faults(
                log, f"{audited.authority}/{log}", sizes=start.stamped, names=names, store=audited.store,
                files=audited.files, tree=state.trees[log], policy=state.policy, verify=audited.verify,
                check=audited.check_token,
            ),
        )  # fmt: skip
    if audited.check_token is None and any(start.stamped for start in state.starts.values()):
        report.notes.append(
            (
                "未配置时间戳机构（XINLU_TSA_CA），时间戳的签名与证书链未核对",
                "no authority is configured (XINLU_TSA_CA): signatures and chains of time stamps were not checked",
            )
        )


def _from_events(
    audited: Audited, state: _State, report: Report, asserted: ViewsAsserted | None, progress: Progress
) -> None:
    """Side tables, maps and views against what the events give."""
    derived = Derived(keys=audited.keys, vault=audited.vault, forms=audited.forms)

    def side() -> None:
        for log in ROW_LOGS:
            _derive(audited, derived, log, state.side.positions[log], progress)
        _keep(state, side_faults(state.side, derived))

    if _readable(state, "side", side):
        steps = _folded(audited, state, report, derived, asserted, progress)
        for _, area, step in sorted(steps, key=lambda found: found[0]):
            if not _readable(state, area, step):
                return


def _folded(
    audited: Audited,
    state: _State,
    report: Report,
    derived: Derived,
    asserted: ViewsAsserted | None,
    progress: Progress,
) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """One fold on its way through the log: where it stops, for which area, and what is compared there."""
    fold = ViewFold(audited.reader, audited.keys, audited.vault)

    def at(position: int) -> MemoryViews:
        fold.to(position, lambda done: progress("fold", done, position))
        return fold.views

    def maps(epoch: Epoch) -> None:
        check = MapCheck(epoch, derived, audited.files, state.stored.heads)
        _keep(state, check.faults(at(epoch.records.size)))
        report.counts["map pairs not rebuilt"] = check.unknown

    def views(position: int, root: bytes, code: str) -> None:
        if at(position).root() != root:
            _keep(state, [Fault("views", f"records:{position}", code)])

    if state.epochs:
        newest = state.epochs[-1]
        yield newest.records.size, "maps", lambda: maps(newest)
    if state.live is not None:
        live, root = state.live
        yield live, "views", lambda: views(live, root, "view_rows")
    if asserted is not None:
        yield asserted.position, "views", lambda: views(asserted.position, asserted.root, "views_root")


def _derive(audited: Audited, derived: Derived, log: Log, through: int, progress: Progress) -> None:
    after = 0
    while after < through:
        limit = min(BATCH_ROWS, through - after)
        rows = audited.reader.rows(log, after=after, limit=limit)
        if not rows:
            return
        derived.take(log, rows)
        after = rows[-1].position
        progress(f"side {log}", after, through)


def _readable(state: _State, area: str, step: Callable[[], None]) -> bool:
    """Whether the step could be made; rows that do not even open are told as that."""
    try:
        step()
    except UNREADABLE as error:
        # The rows' own check says where and why; here only that nothing further could be compared.
        _keep(state, [Fault(area, "", "unreadable", type(error).__name__)])
        return False
    return True
