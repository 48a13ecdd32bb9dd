"""The only wiring of adapters to ports: each kind of process gets exactly the logins it needs.

``interfaces/cli`` and ``wsgi.py`` call it; nothing else knows both a port and its adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from application.audit.bundle import Exported
from application.audit.fsck import Audited
from application.audit.model import Fault
from application.audit.trees import checkpoint_size
from application.commands.consents import Consents
from application.commands.consistency import ConsistencyDesk
from application.commands.drafts import Drafts
from application.commands.remedies import RemedyDesk
from application.commands.settings import SettingsDesk
from application.commands.tip_offs import TipOffs
from application.deadlines import DeadlineRunner
from application.epochs import EpochMaker
from application.erasing import Erasing
from application.flags import FlagRunner
from application.ledger import Ledger
from application.limits import RateLimits
from application.projections.indicators import IndicatorFold
from application.projections.projector import Projector
from application.projections.refusals import RefusalCounts
from application.queries.measures import MeasureChecks
from application.queries.operations import Operations
from application.queries.registers import Registers
from application.queries.replay import Replay
from application.queries.rules import RefusalsSoFar
from application.queries.shared import SharedQueries
from application.queries.subject import SubjectQueries
from application.reviews import ReviewRunner
from application.services import Services
from application.suspensions import suspensions
from domain.shared.forms import Form, FormKind
from domain.transparency.policy import parse_policy
from infrastructure.audit_wiring import ReplayServices, make_audited, make_exported, make_replay
from infrastructure.build import read_build
from infrastructure.clock import ClockError, EarlierClock, SystemClock
from infrastructure.embedded import EmbeddedPostgres
from infrastructure.keeping_time import demo_clock, ledger_clock, ledger_id_of, require_time
from infrastructure.keys import (
    FileGateway,
    FileVault,
    SystemEntropy,
    gateway_issuer,
    verify_ed25519,
)
from infrastructure.log_keys import verify_note
from infrastructure.logs import configuration as log_configuration
from infrastructure.logs import configure_logs
from infrastructure.oversight_wiring import flag_runner, indicator_fold, make_reviews
from infrastructure.postgres.due_cases import PostgresDueCases
from infrastructure.postgres.erasing import PostgresEraserStore
from infrastructure.postgres.flags import PostgresFlagReading
from infrastructure.postgres.indicators import PostgresIndicatorReading
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.operations import PostgresOperations
from infrastructure.postgres.reading import PostgresSharedReading
from infrastructure.postgres.refusals import PostgresRefusalCounts, PostgresRefusalReading
from infrastructure.postgres.registers import PostgresRegisters
from infrastructure.postgres.seals import PostgresSeals
from infrastructure.postgres.store import PostgresEventStore
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.postgres.views import PostgresViewStore
from infrastructure.prepared import NotPrepared, database, prepare, role_pool
from infrastructure.proof_wiring import make_epoch_maker, make_proofs, make_reports
from infrastructure.public_wiring import consistency_desk, public_lookup
from infrastructure.remedy_data import load_calendar, load_limits, load_settings
from infrastructure.replay_wiring import replay_over
from infrastructure.report_seal import ReportSeal
from infrastructure.rotation import log_keyring, retire_log, rotate_gateway, rotate_log
from infrastructure.sequencing import (
    SequencerServices,
    believed,
    make_sequencers,
    make_witness,
    publish_policy,
    published_policy,
    witness_keys,
    witnessed_files,
)
from infrastructure.settings import Settings, TimeAuthoritySettings
from infrastructure.tile_files import PublishedFolder, TileFiles
from infrastructure.time_authority import TokenCheck

__all__ = [
    "AuditServices",
    "ClockError",
    "EarlierClock",
    "EmbeddedPostgres",
    "EraserServices",
    "NotPrepared",
    "ProjectorServices",
    "SequencerServices",
    "Settings",
    "TimeAuthoritySettings",
    "TokenCheck",
    "answer_replay",
    "audit_services",
    "believed",
    "comparisons",
    "configure_logs",
    "database",
    "demo_clock",
    "eraser_services",
    "export_services",
    "fsck_services",
    "gateway_public_key",
    "ledger_id_of",
    "load_calendar",
    "load_settings",
    "log_configuration",
    "log_keyring",
    "make_epoch_maker",
    "make_proofs",
    "make_reports",
    "make_sequencers",
    "make_witness",
    "open_ledger",
    "open_trees",
    "prepare",
    "projector_services",
    "publish_policy",
    "published_policy",
    "remedy_desk",
    "replay_services",
    "require_time",
    "retire_log",
    "rotate_gateway",
    "rotate_log",
    "sequencer_services",
    "settings_desk",
    "size_of_checkpoint",
    "tip_offs",
    "verify_ed25519",
    "verify_note",
    "web_services",
    "witness_keys",
    "witnessed_files",
]


@dataclass(frozen=True)
class ProjectorServices:
    """What the projector's process holds: the views, the projector, the counts of refusals, the runners."""

    projector: Projector
    refusals: RefusalCounts
    views: PostgresViewStore
    epochs: EpochMaker
    deadlines: DeadlineRunner
    flags: FlagRunner
    reviews: ReviewRunner
    indicators: IndicatorFold


@dataclass(frozen=True)
class AuditServices:
    """What verify holds: the whole log, the keys and the gateway's issuer id, the root of trust."""

    reader: LogReader
    vault: FileVault
    gateway_issuer: bytes


@dataclass(frozen=True)
class EraserServices:
    """What the command ``erase`` holds: its own doors, and the work on all erasures."""

    store: PostgresEraserStore
    erasing: Erasing


def open_ledger(settings: Settings) -> Ledger:
    """The ledger as a writer."""
    return _ledger(settings, FileVault(settings.secrets_dir))


def web_services(settings: Settings, forms: Mapping[FormKind, Form]) -> Services:
    """For a web process: logins ``writer`` and ``reader`` only."""
    vault = FileVault(settings.secrets_dir)
    gateway = FileGateway(settings.secrets_dir)
    ledger = _ledger(settings, vault, gateway)
    store = ledger.store
    assert isinstance(store, PostgresEventStore)
    reader = role_pool(settings, "reader")
    operations, shared = PostgresOperations(reader), PostgresSharedReading(reader)
    queries = SharedQueries(ledger, shared)
    limits = RateLimits(operations, vault=vault, clock=SystemClock(), changed=settings.rate_limits)
    return Services(
        ledger=ledger,
        forms=forms,
        drafts=Drafts(ledger, store),
        public=public_lookup(ledger, reader),
        consistency=consistency_desk(ledger, reader),
        shared=queries,
        registers=Registers(PostgresRegisters(reader), partial(suspensions, ledger)),
        subject=SubjectQueries(ledger, shared),
        consents=Consents(ledger, defaults=load_settings()),
        calendar=load_calendar(),
        verify=verify_ed25519,
        gateway_public_key=lambda: gateway().public_key,
        operations=Operations(operations, limits, read_build()),
        proofs=make_proofs(settings, ledger),
        reports=make_reports(settings, ledger, queries, shared),
        seal=ReportSeal(settings.secrets_dir),
        address=settings.address,
        published=PublishedFolder(settings.published_dir),
        refusals=RefusalsSoFar(PostgresRefusalReading(reader), clock=ledger.clock),
        settings=settings_desk(ledger),
        tip_offs=lambda: TipOffs(ledger, PostgresSeals(reader)),
        flags=PostgresFlagReading(reader),
        indicators=PostgresIndicatorReading(reader),
        measures=lambda: MeasureChecks(remedy_desk(ledger, forms), shared),
        desk=lambda: remedy_desk(ledger, forms),
    )


def comparisons(settings: Settings, ledger: Ledger) -> Callable[[str], ConsistencyDesk]:
    """Makes desks for comparisons, once the views have followed the log to its head."""
    projector = projector_services(settings).projector
    while projector.run_once():
        pass
    return consistency_desk(ledger, role_pool(settings, "reader"))


def tip_offs(settings: Settings, ledger: Ledger) -> TipOffs:
    """The desk of tip-offs."""
    return TipOffs(ledger, PostgresSeals(role_pool(settings, "reader")))


def flag_reading(settings: Settings) -> PostgresFlagReading:
    """The flags as the service reads them."""
    return PostgresFlagReading(role_pool(settings, "reader"))


def remedy_desk(ledger: Ledger, forms: Mapping[FormKind, Form]) -> RemedyDesk:
    """The desk of objections and repairs, with the limits and the calendar that the data carries."""
    return RemedyDesk(
        ledger,
        forms=forms,
        limits=load_limits(),
        settings=load_settings(),
        calendar=load_calendar(),
        verify=verify_ed25519,
    )


def settings_desk(ledger: Ledger) -> SettingsDesk:
    """The desk of settings, with the defaults that the data carries."""
    return SettingsDesk(ledger, defaults=load_settings(), verify=verify_ed25519)


def projector_services(settings: Settings) -> ProjectorServices:
    """For the projector's process: login ``projector``, and ``writer`` to record what time brings."""
    vault = FileVault(settings.secrets_dir)
    pool = role_pool(settings, "projector")
    reader, views = LogReader(pool), PostgresViewStore(pool)
    ledger = _ledger(settings, vault)
    return ProjectorServices(
        projector=Projector(reader=reader, keys=reader, views=views, vault=vault),
        refusals=RefusalCounts(reader=reader, keys=reader, store=PostgresRefusalCounts(pool), vault=vault),
        views=views,
        epochs=make_epoch_maker(settings, pool, vault),
        deadlines=DeadlineRunner(ledger, views, PostgresDueCases(pool), load_calendar(), load_settings()),
        flags=flag_runner(ledger, pool),
        reviews=make_reviews(ledger, pool),
        indicators=indicator_fold(ledger, pool),
    )


def sequencer_services(settings: Settings) -> SequencerServices:
    """For the sequencer's process: login ``sequencer``, the keys of the logs, and the folder of tiles."""
    return make_sequencers(settings, open_trees(settings))


def open_trees(settings: Settings) -> PostgresTrees:
    """The heads of the trees, by the login ``sequencer``."""
    return PostgresTrees(role_pool(settings, "sequencer"))


def audit_services(settings: Settings) -> AuditServices:
    """For verify: login ``auditor``."""
    return AuditServices(
        reader=LogReader(role_pool(settings, "auditor")),
        vault=FileVault(settings.secrets_dir),
        gateway_issuer=gateway_issuer(settings.secrets_dir),
    )


def answer_replay(settings: Settings, forms: Mapping[FormKind, Form]) -> Replay:
    """For replays of answers: login ``auditor``."""
    return replay_over(role_pool(settings, "auditor"), settings, partial(remedy_desk, forms=forms))


def size_of_checkpoint(settings: Settings, note: bytes) -> int | Fault:
    """Where a checkpoint kept elsewhere stands in the records log: login ``auditor``, and the published folder."""
    audited = make_audited(settings, role_pool(settings, "auditor"), {})
    return checkpoint_size(
        note,
        log="records",
        origin=f"{audited.authority}/records",
        head=audited.store.tree("records"),
        read=partial(TileFiles(settings.published_dir).read, "records"),
        policy=parse_policy((settings.published_dir / "policy").read_bytes()),
        verify=verify_note,
    )


def fsck_services(settings: Settings, forms: Mapping[FormKind, Form]) -> Audited:
    """For fsck: login ``auditor``, and the published folder."""
    return make_audited(settings, role_pool(settings, "auditor"), forms)


def export_services(settings: Settings) -> Exported:
    """For an export: login ``auditor``, and the published folder."""
    return make_exported(settings, role_pool(settings, "auditor"))


def replay_services(settings: Settings, server: EmbeddedPostgres | None) -> ReplayServices:
    """For a replay: the migrator's own login, as nobody else may write rows.

    Raises :class:`NotPrepared` when another process of ours runs the embedded database.
    """
    url = settings.database_url if server is None else server.url()
    if url is None:
        raise NotPrepared("the database is in use by another process: stop it first")
    return make_replay(
        settings, url, trees=role_pool(settings, "sequencer"), projector=role_pool(settings, "projector")
    )


def eraser_services(settings: Settings) -> EraserServices:
    """For ``erase``: logins ``eraser``, ``writer`` for its own events, and ``projector`` to rebuild the views."""
    ledger, store = open_ledger(settings), PostgresEraserStore(role_pool(settings, "eraser"))

    def rebuild() -> None:
        projector = projector_services(settings).projector
        while projector.run_once():
            pass
        projector.rebuild(force=True)

    vault = FileVault(settings.secrets_dir)
    return EraserServices(store, Erasing(ledger, store, vault.generations, rebuild=rebuild))


def _ledger(settings: Settings, vault: FileVault, gateway: FileGateway | None = None) -> Ledger:
    return Ledger(
        ledger_id=vault.ledger_id,
        store=PostgresEventStore(role_pool(settings, "writer")),
        vault=vault,
        gateway=gateway or FileGateway(settings.secrets_dir),
        clock=ledger_clock(settings, vault.ledger_id),
        entropy=SystemEntropy(),
    )


def gateway_public_key(settings: Settings) -> bytes:
    """The public key that the gateway signs with now."""
    return FileGateway(settings.secrets_dir)().public_key
