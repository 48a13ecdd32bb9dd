"""Adapters to the ports of an audit: what fsck reads, what an export reads, what a replay writes with.

``bootstrap`` gives it the logins; the tests give it theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from application.audit.bundle import Exported
from application.audit.fsck import Audited
from application.audit.replay import Loaded
from application.projections.projector import Projector
from application.sequencer import LOGS, Sequencer, TreeBroken, authority_of
from application.stamping import Stamping
from application.verify import Verification
from domain.shared.forms import Form, FormKind
from infrastructure.build import fold_rule
from infrastructure.clock import SystemClock
from infrastructure.keys import FileVault, gateway_issuer, verify_ed25519
from infrastructure.log_keys import verify_note
from infrastructure.postgres.auditing import PostgresAudit
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.restoring import PostgresRestore
from infrastructure.postgres.stamps import PostgresStamps
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.postgres.views import PostgresViewStore
from infrastructure.published import BEHIND_SECONDS_MAX, AuditedFolder
from infrastructure.settings import Settings
from infrastructure.tile_files import MapFiles, TileFiles, write_files
from infrastructure.time_authority import TokenCheck


@dataclass(frozen=True)
class ReplayServices:
    """What a replay of an audit bundle holds; ``publish`` makes policy, tiles, checkpoints and stamps from what was
    loaded."""

    store: PostgresRestore
    vault: FileVault
    projector: Projector
    maps: MapFiles
    publish: Callable[[Loaded], None]


def make_audited(
    settings: Settings,
    pool: Pool,
    forms: Mapping[FormKind, Form],
    *,
    wait_seconds: float = BEHIND_SECONDS_MAX,
) -> Audited:
    """Everything that fsck reads, over the login ``auditor``; it waits so long for what is on its way."""
    vault, reader, told = FileVault(settings.secrets_dir), LogReader(pool), settings.time_authority
    verification = Verification(
        reader=reader,
        keys=reader,
        vault=vault,
        ledger_id=vault.ledger_id.bytes,
        gateway_issuer=gateway_issuer(settings.secrets_dir),
        verify=verify_ed25519,
    )
    return Audited(
        verification=verification,
        store=PostgresAudit(pool),
        files=AuditedFolder(settings.published_dir, wait_seconds=wait_seconds),
        reader=reader,
        keys=reader,
        vault=vault,
        forms=forms,
        authority=authority_of(vault.ledger_id),
        rule=fold_rule(),
        verify=verify_note,
        check_token=TokenCheck(told.roots).check if told else None,
    )


def make_exported(settings: Settings, pool: Pool) -> Exported:
    """What an export reads, over the login ``auditor``."""
    ledger_id, audit = FileVault(settings.secrets_dir).ledger_id, PostgresAudit(pool)
    return Exported(
        store=audit,
        reader=LogReader(pool),
        keys=audit,
        files=AuditedFolder(settings.published_dir),
        ledger=ledger_id.hex,
        authority=authority_of(ledger_id),
    )


def make_replay(settings: Settings, admin_url: str, *, trees: Pool, projector: Pool) -> ReplayServices:
    """What a replay writes with: rows as the owner, views as login ``projector``; the trees' heads are only read."""
    vault, reader = FileVault(settings.secrets_dir), LogReader(projector)
    store, files = PostgresTrees(trees), TileFiles(settings.published_dir)
    authority = authority_of(vault.ledger_id)

    def publish(loaded: Loaded) -> None:
        write_files(settings.published_dir, {"policy": loaded.policy})
        for log in LOGS:
            # It signs nothing: the checkpoints are those of the bundle.
            sequencer = Sequencer(
                log, origin=f"{authority}/{log}", store=store, tiles=files, signers=(), clock=SystemClock()
            )
            with suppress(TreeBroken):  # a root that the leaves do not give is for fsck to tell
                sequencer.restore(store.tree(log))
        stamps, clock = PostgresStamps(trees), SystemClock()
        Stamping(None, store=stamps, files=files, every_seconds=0, clock=clock).restore()

    return ReplayServices(
        store=PostgresRestore(admin_url),
        vault=vault,
        projector=Projector(reader=reader, keys=reader, views=PostgresViewStore(projector), vault=vault),
        maps=MapFiles(settings.published_dir),
        publish=publish,
    )
