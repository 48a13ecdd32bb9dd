"""The only wiring of adapters to ports: each kind of process gets exactly the logins it needs.

``interfaces/cli`` and ``wsgi.py`` call it; nothing else knows both a port and its adapter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from application.audit.bundle import Exported
from application.audit.fsck import Audited
from application.commands.consents import Consents
from application.commands.drafts import Drafts
from application.commands.remedies import RemedyDesk
from application.deadlines import DeadlineRunner
from application.epochs import EpochMaker
from application.erasing import Erasing
from application.ledger import Ledger, parse_instant
from application.limits import RateLimits
from application.ports import Clock, Log
from application.projections.projector import Projector
from application.queries.evidence import Published
from application.queries.operations import Operations
from application.queries.proofs import Proofs
from application.queries.public import PublicLookup
from application.queries.shared import SharedQueries
from application.queries.subject import SubjectQueries
from application.services import Services
from domain.shared.forms import Form, FormKind
from infrastructure.audit_wiring import ReplayServices, make_audited, make_exported, make_replay
from infrastructure.build import fold_rule, read_build
from infrastructure.clock import ClockError, DemoClock, SystemClock
from infrastructure.embedded import EmbeddedPostgres
from infrastructure.embedded_host import OwnedElsewhere
from infrastructure.keys import (
    GATEWAY,
    GATEWAY_PUBLIC,
    Ed25519Signer,
    FileVault,
    SystemEntropy,
    gateway_issuer,
    verify_ed25519,
)
from infrastructure.log_keys import make_log_key, verify_note
from infrastructure.logs import configuration as log_configuration
from infrastructure.logs import configure_logs
from infrastructure.migrate import has_events, logins, migrate
from infrastructure.postgres.due_cases import PostgresDueCases
from infrastructure.postgres.epochs import PostgresEpochs
from infrastructure.postgres.erasing import PostgresEraserStore
from infrastructure.postgres.operations import PostgresOperations
from infrastructure.postgres.reading import PostgresPublicReading, PostgresSharedReading
from infrastructure.postgres.store import LogReader, Pool, PostgresEventStore, open_pool
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.postgres.views import PostgresViewStore
from infrastructure.private_files import write_private
from infrastructure.remedy_data import load_calendar, load_limits
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
from infrastructure.settings import Settings
from infrastructure.tile_files import MapFiles, PublishedFolder, TileFiles

__all__ = [
    "AuditServices",
    "ClockError",
    "EmbeddedPostgres",
    "EraserServices",
    "NotPrepared",
    "ProjectorServices",
    "SequencerServices",
    "Settings",
    "audit_services",
    "believed",
    "configure_logs",
    "database",
    "demo_clock",
    "eraser_services",
    "export_services",
    "fsck_services",
    "gateway_public_key",
    "ledger_id_of",
    "log_configuration",
    "make_epoch_maker",
    "make_proofs",
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
    "sequencer_services",
    "verify_ed25519",
    "verify_note",
    "web_services",
    "witness_keys",
    "witnessed_files",
]

PROJECT = Path(__file__).resolve().parent.parent
CLOCK_FILE = "demo-clock.json"
CLOCK_ERROR_MAX = timedelta(minutes=5)
"""How far the clocks of a service's machines may be apart."""


class NotPrepared(RuntimeError):
    """The database was never prepared: ``migrate`` (or ``serve``) comes first."""


@dataclass(frozen=True)
class ProjectorServices:
    """What the projector's process holds: the views, the projector, and the deadline runner."""

    projector: Projector
    views: PostgresViewStore
    epochs: EpochMaker
    deadlines: DeadlineRunner


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


def prepare(settings: Settings, admin_url: str) -> list[str]:
    """Bring the database to the newest schema, make keys and logins; the migrations newly applied."""
    _claim(settings)
    applied = migrate(admin_url, folder=PROJECT / "migrations", secrets_dir=settings.secrets_dir)
    missing = FileVault.missing(settings.secrets_dir)
    if missing and has_events(admin_url):
        # New secrets would look like an empty ledger's: nothing would be found and everything taken twice.
        raise NotPrepared(
            f"the ledger has events, but its secrets are gone: {', '.join(missing)}; restore them"
        )
    FileVault.make(settings.secrets_dir)
    if not (settings.secrets_dir / GATEWAY_PUBLIC).exists():
        make_log_key(settings.secrets_dir)  # a copy that is only audited never signs
    for role, url in logins(admin_url, settings.secrets_dir).items():
        write_private(_url_file(settings, role.removeprefix("xinlu_")), url.encode())
    return applied


def _claim(settings: Settings) -> None:
    """Bind the data folder to its kind of database, at the first use.

    Raises ``NotPrepared`` when it belongs to another: a command without DATABASE_URL would otherwise look at
    an empty embedded ledger, find nothing wrong with it, and turn the service's logins to it.
    """
    kind = "embedded" if settings.database_url is None else "server"
    path = settings.data_dir / "database"
    if path.exists():
        found = path.read_text().strip()
        if found != kind:
            hint = "set DATABASE_URL" if found == "server" else "unset DATABASE_URL, or set XINLU_DATA"
            raise NotPrepared(f"this data folder belongs to a ledger on its {found} database: {hint}")
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    write_private(path, f"{kind}\n".encode())


@contextmanager
def database(settings: Settings) -> Iterator[EmbeddedPostgres | None]:
    """A prepared database for as long as the block runs.

    With DATABASE_URL that server; else the embedded one, started here (and given) unless another process of
    ours runs it already. Raises ``EmbeddedError``, ``MigrationError`` or ``psycopg.Error``.
    """
    if settings.database_url is not None:
        prepare(settings, settings.database_url)
        yield None
        return
    _claim(settings)
    server = EmbeddedPostgres(settings.data_dir, settings.secrets_dir)
    try:
        server.start()
    except OwnedElsewhere:
        yield None
        return
    with server:
        prepare(settings, server.url())
        yield server


def open_ledger(settings: Settings) -> Ledger:
    """The ledger as a writer."""
    return _ledger(settings, FileVault(settings.secrets_dir))


def web_services(settings: Settings, forms: Mapping[FormKind, Form]) -> Services:
    """For a web process: logins ``writer`` and ``reader`` only."""
    vault = FileVault(settings.secrets_dir)
    ledger = _ledger(settings, vault)
    store = ledger.store
    assert isinstance(store, PostgresEventStore)
    reader = _pool(settings, "reader")
    reading, operations = PostgresPublicReading(reader), PostgresOperations(reader)
    shared = PostgresSharedReading(reader)
    limits = RateLimits(operations, vault=vault, clock=SystemClock(), changed=settings.rate_limits)
    return Services(
        ledger=ledger,
        forms=forms,
        drafts=Drafts(ledger, store),
        public=PublicLookup(reading, keys=reading, vault=vault, clock=ledger.clock),
        shared=SharedQueries(ledger, shared),
        subject=SubjectQueries(ledger, shared),
        consents=Consents(ledger),
        verify=verify_ed25519,
        gateway_public_key=_gateway(settings).public_key,
        operations=Operations(operations, limits, read_build()),
        proofs=make_proofs(settings, ledger),
        published=PublishedFolder(settings.published_dir),
        desk=lambda: remedy_desk(ledger, forms),
    )


def remedy_desk(ledger: Ledger, forms: Mapping[FormKind, Form]) -> RemedyDesk:
    """The desk of objections and repairs, with the limits and the calendar that the data carries."""
    return RemedyDesk(
        ledger, forms=forms, limits=load_limits(), calendar=load_calendar(), verify=verify_ed25519
    )


def projector_services(settings: Settings) -> ProjectorServices:
    """For the projector's process: login ``projector``, and ``writer`` to record what time brings."""
    vault = FileVault(settings.secrets_dir)
    pool = _pool(settings, "projector")
    reader, views = LogReader(pool), PostgresViewStore(pool)
    return ProjectorServices(
        projector=Projector(reader=reader, keys=reader, views=views, vault=vault),
        views=views,
        epochs=make_epoch_maker(settings, pool, vault),
        deadlines=DeadlineRunner(_ledger(settings, vault), views, PostgresDueCases(pool)),
    )


def sequencer_services(settings: Settings) -> SequencerServices:
    """For the sequencer's process: login ``sequencer``, the keys of the logs, and the folder of tiles."""
    return make_sequencers(settings, open_trees(settings))


def open_trees(settings: Settings) -> PostgresTrees:
    """The heads of the trees, by the login ``sequencer``."""
    return PostgresTrees(_pool(settings, "sequencer"))


def make_proofs(settings: Settings, ledger: Ledger) -> Proofs:
    """Receipts and evidence over the published folder; each question reads the newest checkpoints."""
    tiles, maps = TileFiles(settings.published_dir), MapFiles(settings.published_dir)
    return Proofs(ledger, lambda: Published(tiles, maps))


def make_epoch_maker(settings: Settings, pool: Pool, vault: FileVault) -> EpochMaker:
    """The epoch maker over the login ``projector``."""
    reader = LogReader(pool)
    return EpochMaker(
        store=PostgresEpochs(pool),
        maps=MapFiles(settings.published_dir),
        tiles=TileFiles(settings.published_dir),
        reader=reader,
        keys=reader,
        vault=vault,
        rule=fold_rule(),
    )


def audit_services(settings: Settings) -> AuditServices:
    """For verify: login ``auditor``."""
    return AuditServices(
        reader=LogReader(_pool(settings, "auditor")),
        vault=FileVault(settings.secrets_dir),
        gateway_issuer=gateway_issuer(settings.secrets_dir),
    )


def fsck_services(settings: Settings, forms: Mapping[FormKind, Form]) -> Audited:
    """For fsck: login ``auditor``, and the published folder."""
    return make_audited(settings, _pool(settings, "auditor"), forms)


def export_services(settings: Settings) -> Exported:
    """For an export: login ``auditor``, and the published folder."""
    return make_exported(settings, _pool(settings, "auditor"))


def replay_services(settings: Settings, server: EmbeddedPostgres | None) -> ReplayServices:
    """For a replay: the migrator's own login, as nobody else may write rows.

    Raises :class:`NotPrepared` when another process of ours runs the embedded database.
    """
    url = settings.database_url if server is None else server.url()
    if url is None:
        raise NotPrepared("the database is in use by another process: stop it first")
    return make_replay(
        settings, url, trees=_pool(settings, "sequencer"), projector=_pool(settings, "projector")
    )


def eraser_services(settings: Settings) -> EraserServices:
    """For ``erase``: logins ``eraser``, ``writer`` for its own events, and ``projector`` to rebuild the views."""
    ledger, store = open_ledger(settings), PostgresEraserStore(_pool(settings, "eraser"))

    def rebuild() -> None:
        projector = projector_services(settings).projector
        while projector.run_once():
            pass
        projector.rebuild(force=True)

    vault = FileVault(settings.secrets_dir)
    return EraserServices(store, Erasing(ledger, store, vault.generations, rebuild=rebuild))


def _ledger(settings: Settings, vault: FileVault) -> Ledger:
    return Ledger(
        ledger_id=vault.ledger_id,
        store=PostgresEventStore(_pool(settings, "writer")),
        vault=vault,
        gateway=_gateway(settings),
        clock=_clock(settings, vault.ledger_id),
        entropy=SystemEntropy(),
    )


def demo_clock(settings: Settings, ledger_id: UUID) -> DemoClock:
    """The clock of a demo ledger. Raises ``ClockError`` on a database server unless XINLU_DEMO_CLOCK allows it."""
    if not (settings.demo_clock or _is_embedded(settings)):
        raise ClockError("on a database server there is a demo clock only with XINLU_DEMO_CLOCK=1")
    return DemoClock(settings.data_dir / CLOCK_FILE, ledger_id)


def ledger_id_of(settings: Settings) -> UUID:
    """The ledger's id. Raises ``NotPrepared`` before ``migrate``."""
    try:
        return FileVault(settings.secrets_dir).ledger_id
    except FileNotFoundError:
        raise NotPrepared("the database is not prepared: run migrate or serve first") from None


def require_time(settings: Settings) -> None:
    """Raise ``NotPrepared`` when the last events were recorded well after now: instants must not go back.

    Then the machine's clock is wrong, or the demo clock's file is lost.
    """
    reader = LogReader(_pool(settings, "projector"))
    now = _clock(settings, ledger_id_of(settings)).now()
    logs: tuple[Log, ...] = ("records", "access")
    for log in logs:
        for row in reader.rows(log, after=reader.head(log)[0] - 1, limit=1):
            if parse_instant(row.recorded_at) > now + CLOCK_ERROR_MAX:
                raise NotPrepared(
                    f"the last event of {log} is later than now: set the machine's clock, or restore {CLOCK_FILE}"
                )


def _clock(settings: Settings, ledger_id: UUID) -> Clock:
    """The machine's clock, or the demo clock where there may be one, or was one."""
    possible = settings.demo_clock or _is_embedded(settings)
    if possible or (settings.data_dir / CLOCK_FILE).exists():
        return demo_clock(settings, ledger_id)
    return SystemClock()


def _is_embedded(settings: Settings) -> bool:
    kind = settings.data_dir / "database"
    return kind.exists() and kind.read_text().strip() == "embedded"


def gateway_public_key(settings: Settings) -> bytes:
    """The gateway's public key, the root of trust of this ledger."""
    return _gateway(settings).public_key


def _gateway(settings: Settings) -> Ed25519Signer:
    return Ed25519Signer.load(settings.secrets_dir / GATEWAY)


def _pool(settings: Settings, role: str) -> Pool:
    path = _url_file(settings, role)
    if not path.exists():
        raise NotPrepared("the database is not prepared: run migrate or serve first")
    return open_pool(path.read_text())


def _url_file(settings: Settings, role: str) -> Path:
    return settings.secrets_dir / f"{role}.url"
