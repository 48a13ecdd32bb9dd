"""A whole ledger for tests: real database, real vault, real keys, and a clock that the test sets.

The fixtures ``ledger_world`` (demo city governed, no file taken in), ``seeded_world`` (also a file of each sort,
some rows refused) and ``full`` (every kind of event, ``tests.full_ledger``) of ``conftest.py`` give a
:class:`World`. Each is lived through once in a session, by the product's own commands, and is then a template:
a database without connections beside a folder with its vault, keys and published files. A test gets a copy of both,
of its own to change and break, which costs a few hundredths of a second (``tests.databases``); nothing is shared.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from application.audit.fsck import fsck
from application.audit.model import Report
from application.commands.consents import Consents
from application.commands.drafts import Drafts
from application.commands.governance import Governance
from application.commands.intake import Intake
from application.commands.tip_offs import TipOffs
from application.deadlines import DeadlineRunner
from application.epochs import EpochMaker
from application.erasing import Erasing
from application.flags import FlagRunner
from application.ledger import Ledger, instant
from application.limits import LIMITS, RateLimits
from application.ports import Clock, Log, NewRow
from application.projections.indicators import IndicatorFold
from application.projections.projector import Projector
from application.projections.refusals import RefusalCounts
from application.queries.measures import MeasureChecks
from application.queries.operations import Operations
from application.queries.public import PublicLookup
from application.queries.registers import Registers
from application.queries.replay import Replay
from application.queries.rules import RefusalsSoFar
from application.queries.shared import SharedQueries
from application.queries.subject import SubjectQueries
from application.reviews import ReviewRunner
from application.sequencer import Sequencer
from application.services import Services
from application.suspensions import suspensions
from application.verify import Finding, Outcome, Remembered, Verification
from domain.catalogue.items import CatalogueItem
from domain.shared.city_time import city_day
from infrastructure.audit_wiring import make_audited
from infrastructure.bootstrap import (
    SequencerServices,
    make_epoch_maker,
    make_proofs,
    make_reports,
    make_sequencers,
    remedy_desk,
    settings_desk,
)
from infrastructure.build import read_build
from infrastructure.clock import SystemClock
from infrastructure.keys import (
    GATEWAY,
    Ed25519Signer,
    FileGateway,
    FileVault,
    SystemEntropy,
    verify_ed25519,
)
from infrastructure.log_keys import make_log_key
from infrastructure.migrate import ROLES
from infrastructure.oversight_wiring import flag_runner, indicator_fold, make_reviews
from infrastructure.postgres.due_cases import PostgresDueCases
from infrastructure.postgres.erasing import PostgresEraserStore
from infrastructure.postgres.flags import PostgresFlagReading
from infrastructure.postgres.indicators import PostgresIndicatorReading
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.operations import PostgresOperations
from infrastructure.postgres.pool import Pool, open_pool
from infrastructure.postgres.reading import PostgresSharedReading
from infrastructure.postgres.recorder import LogRecorder, StreamRecorder
from infrastructure.postgres.refusals import PostgresRefusalCounts, PostgresRefusalReading
from infrastructure.postgres.registers import PostgresRegisters
from infrastructure.postgres.seals import PostgresSeals
from infrastructure.postgres.store import PostgresEventStore
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.postgres.views import PostgresViewStore
from infrastructure.public_wiring import consistency_desk, public_lookup
from infrastructure.remedy_data import load_calendar, load_settings
from infrastructure.replay_wiring import replay_over
from infrastructure.report_seal import ReportSeal, make_report_seal
from infrastructure.settings import Settings
from infrastructure.tile_files import PublishedFolder
from interfaces.cli.seed import govern, take_in
from interfaces.client.form_data import load_forms
from interfaces.client.sealing import DepartmentKey
from interfaces.demo.city import DemoCity, read_city
from interfaces.demo.generator import GeneratedCity, generate_city

DATA = Path(__file__).resolve().parent.parent / "data"
START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
"""When every test world begins: 10 o'clock in the city."""
SEED = 7


@dataclass(frozen=True)
class Database:
    """A test's own database: connection URLs of its owner (who may see all) and of the service's logins."""

    admin: str
    writer: str
    reader: str
    projector: str
    auditor: str
    sequencer: str
    eraser: str


class SettableClock:
    """The port ``Clock``, standing still until the test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The instant that the test set."""
        return self.at

    def real(self) -> datetime:
        """The instant without what a demo moved it by."""
        return self.at - self._ahead

    def ahead(self) -> timedelta:
        """How far :meth:`run_ahead` moved it."""
        return self._ahead

    def run_ahead(self, **amount: int) -> None:
        """Move on as a demo clock does: the machine's time stays."""
        self._ahead += timedelta(**amount)
        self.advance(**amount)

    def advance(self, **amount: int) -> None:
        """Move on by ``days=1``, ``hours=2`` ... as ``timedelta`` takes them."""
        self.at += timedelta(**amount)


def raw_row(
    stream: UUID, version: int = 1, *, topic: str = "raw.test", sealed: bytes = b"sealed", meta: bytes = b"{}"
) -> NewRow:
    """A row as the store takes it, of bytes that mean nothing: the store does not look into them."""
    return NewRow(stream, version, topic, 1, instant(START), meta, "", sealed, bytes([1]) * 106)


class World:
    """One ledger with everything that tests need of it.

    ``folder`` is laid out like a data folder: ``secrets/`` (vault, gateway key, logins) and ``keys/`` (the
    departments' keys). Each property opens its adapter with the login that the service would use.
    """

    def __init__(self, database: Database, folder: Path, logins_file: Path) -> None:
        """Make the vault in ``folder`` unless it holds one (a copy of another world) already."""
        self.database = database
        self.folder = folder
        self.secrets = folder / "secrets"
        FileVault.make(self.secrets)
        make_log_key(self.secrets)
        make_report_seal(self.secrets)
        if logins_file.parent != self.secrets:
            shutil.copy(logins_file, self.secrets)
        self.vault = FileVault(self.secrets)
        self.gateway = Ed25519Signer.load_or_make(self.secrets / GATEWAY)
        self.signing = FileGateway(self.secrets)
        """The key that seals now; ``gateway`` is the first one, the root of trust."""
        self.clock = SettableClock()
        self.city: DemoCity = read_city(DATA)
        self.keys: dict[str, DepartmentKey] = {}
        self.limits: Mapping[str, int] | None = None
        self._pools: dict[str, Pool] = {}

    def pool(self, role: str) -> Pool:
        """The one pool of a login (``writer``, ``reader``, ``projector``, ``auditor``)."""
        if role not in self._pools:
            most = min(ROLES[f"xinlu_{role}"], 12)
            self._pools[role] = open_pool(getattr(self.database, role), size_max=most)
        return self._pools[role]

    @cached_property
    def owner(self) -> psycopg.Connection:
        """One connection of the database's owner, kept for a test that often asks what no login of the service may."""
        return psycopg.connect(self.database.admin, autocommit=True)

    def close(self) -> None:
        """Close every connection."""
        if "owner" in self.__dict__:
            self.owner.close()
        for pool in self._pools.values():
            pool.close()

    @cached_property
    def store(self) -> PostgresEventStore:
        """The writer's doors."""
        return PostgresEventStore(self.pool("writer"))

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, writing as login ``writer`` at the test's clock."""
        return Ledger(
            ledger_id=self.vault.ledger_id,
            store=self.store,
            vault=self.vault,
            gateway=self.signing,
            clock=self.clock,
            entropy=SystemEntropy(),
        )

    def governance(self) -> Governance:
        """The demo city's credit office at work."""
        return Governance(self.ledger, signer=self.keys[self.city.credit_office.code])

    @property
    def services(self) -> Services:
        """What a web process holds, at the test's clock."""
        reading = PostgresSharedReading(self.pool("reader"))
        shared = SharedQueries(self.ledger, reading)
        return Services(
            ledger=self.ledger,
            forms=load_forms(),
            drafts=Drafts(self.ledger, self.store),
            public=self.lookup,
            consistency=consistency_desk(self.ledger, self.pool("reader")),
            shared=shared,
            consents=Consents(self.ledger, defaults=load_settings()),
            registers=Registers(PostgresRegisters(self.pool("reader")), partial(suspensions, self.ledger)),
            subject=SubjectQueries(self.ledger, reading),
            calendar=load_calendar(),
            verify=verify_ed25519,
            gateway_public_key=lambda: self.signing().public_key,
            operations=self.operations,
            proofs=make_proofs(self.settings, self.ledger),
            reports=make_reports(self.settings, self.ledger, shared, reading),
            seal=ReportSeal(self.secrets),
            address=self.settings.address,
            published=PublishedFolder(self.published),
            refusals=RefusalsSoFar(PostgresRefusalReading(self.pool("reader")), clock=self.clock),
            settings=settings_desk(self.ledger),
            tip_offs=lambda: TipOffs(self.ledger, PostgresSeals(self.pool("reader"))),
            flags=PostgresFlagReading(self.pool("reader")),
            indicators=PostgresIndicatorReading(self.pool("reader")),
            measures=lambda: MeasureChecks(remedy_desk(self.ledger, load_forms()), reading),
            desk=lambda: remedy_desk(self.ledger, load_forms()),
        )

    @cached_property
    def reader(self) -> LogReader:
        """Both logs whole, as login ``auditor``."""
        return LogReader(self.pool("auditor"))

    @property
    def replay(self) -> Replay:
        """Replays of answers, as login ``auditor``."""
        return replay_over(self.pool("auditor"), self.settings, partial(remedy_desk, forms=load_forms()))

    @cached_property
    def views(self) -> PostgresViewStore:
        """The views, as login ``projector``."""
        return PostgresViewStore(self.pool("projector"))

    def new_projector(self) -> Projector:
        """A projector as a newly started process has it."""
        reader = LogReader(self.pool("projector"))
        return Projector(reader=reader, keys=reader, views=self.views, vault=self.vault)

    def new_refusals(self) -> RefusalCounts:
        """The counts of refusals as a newly started projector has them."""
        pool = self.pool("projector")
        reader, store = LogReader(pool), PostgresRefusalCounts(pool)
        return RefusalCounts(reader=reader, keys=reader, store=store, vault=self.vault)

    @property
    def deadlines(self) -> DeadlineRunner:
        """A deadline runner as a newly started process has it."""
        return DeadlineRunner(
            self.ledger,
            self.views,
            PostgresDueCases(self.pool("projector")),
            load_calendar(),
            load_settings(),
        )

    @property
    def flags(self) -> FlagRunner:
        """A runner of flags as a newly started process has it."""
        return flag_runner(self.ledger, self.pool("projector"))

    @property
    def reviews(self) -> ReviewRunner:
        """A review runner as a newly started process has it."""
        return make_reviews(self.ledger, self.pool("projector"))

    @property
    def indicators(self) -> IndicatorFold:
        """The fold of indicators as a newly started projector has it."""
        return indicator_fold(self.ledger, self.pool("projector"))

    @property
    def published(self) -> Path:
        """The folder of what anyone may fetch."""
        return self.settings.published_dir

    def new_sequencers(self) -> list[Sequencer]:
        """The sequencers of all logs as a newly started process has them."""
        return list(self.sequencing.sequencers)

    @property
    def sequencing(self) -> SequencerServices:
        """The sequencer's process, newly started, with its way to the witnesses (file ``witnesses`` in ``folder``)."""
        return make_sequencers(self.settings, PostgresTrees(self.pool("sequencer")))

    def new_epoch_maker(self) -> EpochMaker:
        """An epoch maker as a newly started process has it."""
        return make_epoch_maker(self.settings, self.pool("projector"), self.vault)

    def sequence(self) -> None:
        """Sign and publish all that is committed."""
        for sequencer in self.new_sequencers():
            while sequencer.run_once():
                pass

    def publish(self) -> None:
        """Views folded, trees signed, an epoch made and signed: as the service stands a second later."""
        self.project()
        self.sequence()
        self.new_epoch_maker().run_once()
        self.sequence()

    @cached_property
    def lookup(self) -> PublicLookup:
        """The public look-up, as login ``reader``."""
        return public_lookup(self.ledger, self.pool("reader"))

    @cached_property
    def operations(self) -> Operations:
        """Readiness, and limits that no test meets by chance; with ``limits`` those, by the test's clock."""
        reading = PostgresOperations(self.pool("reader"))
        clock: Clock = SystemClock() if self.limits is None else self.clock
        changed = dict.fromkeys(map(str, LIMITS), 10**9) if self.limits is None else self.limits
        limits = RateLimits(reading, vault=self.vault, clock=clock, changed=changed)
        return Operations(reading, limits, read_build())

    def stream_recorder(self, log: Log) -> StreamRecorder:
        """The library's aggregate recorder over one log."""
        return StreamRecorder(
            self.store,
            log=log,
            ledger_id=self.ledger.id,
            gateway=self.gateway,
            vault=self.vault,
            now=self.clock.now,
        )

    def log_recorder(self, log: Log) -> LogRecorder:
        """The library's application recorder over one log."""
        return LogRecorder(
            self.store,
            follower=self.pool("projector"),
            log=log,
            ledger_id=self.ledger.id,
            gateway=self.gateway,
            vault=self.vault,
            now=self.clock.now,
        )

    @property
    def today(self) -> date:
        """The city's date."""
        return city_day(self.clock.now())

    def govern(self) -> None:
        """Found the ledger: departments, their keys (``keys`` by department code), officers, catalogue."""
        self.keys = govern(
            self.ledger, self.gateway.public_key, self.city, self.folder / "keys", today=self.today
        )

    def adopt(self, item: CatalogueItem) -> None:
        """The next version of an item that was made elsewhere."""
        self.governance().adopt("catalogue_item", item.to_json())

    def files(self, *, penalties: int = 12, licences: int = 10, people: int = 3) -> GeneratedCity:
        """What the demo agencies send: per agency a file of each sort with so many rows."""
        return generate_city(
            self.city, SEED, today=START.date(), penalties=penalties, licences=licences, people=people
        )

    def take_in(self, files: GeneratedCity, *names: str) -> list[Intake]:
        """Seal files as their departments and take them in (all, or those that are named)."""
        return [
            take_in(self.ledger, files.files[n], department=files.sender[n], key=self.keys[files.sender[n]])
            for n in names or sorted(files.files)
        ]

    def erasing(self) -> Erasing:
        """Erasures at work, as the command ``erase`` does it."""
        store = PostgresEraserStore(self.pool("eraser"))

        def rebuild() -> None:
            self.project()
            self.new_projector().rebuild(force=True)

        return Erasing(self.ledger, store, self.vault.generations, rebuild=rebuild)

    def project(self) -> None:
        """Bring the live views to the head."""
        projector, refusals = self.new_projector(), self.new_refusals()
        while projector.run_once():
            pass
        while refusals.run_once():
            pass
        indicators = self.indicators
        while indicators.run_once():
            pass

    def verify(self, remembered: dict[Log, Remembered] | None = None) -> Outcome:
        """Verify both logs as login ``auditor``; ``remembered`` grows like the file of ``verify --head``."""
        return Verification(
            reader=self.reader,
            keys=self.reader,
            vault=self.vault,
            ledger_id=self.ledger.id.bytes,
            gateway_issuer=self.gateway.key_id,
            verify=verify_ed25519,
        ).run({} if remembered is None else remembered)

    def fsck(self, **more: Any) -> Report:
        """Check everything that is stored and published, as login ``auditor``."""
        audited = make_audited(self.settings, self.pool("auditor"), load_forms(), wait_seconds=0)
        return fsck(audited, **more)

    def finding(self, remembered: dict[Log, Remembered] | None = None) -> Finding | None:
        """What verify finds first, or None."""
        return self.verify(remembered).finding

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """A superuser's connection for which no trigger fires: someone who changes history. Commits at the end."""
        with psycopg.connect(self.database.admin) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection

    def rows_of(self, topic: str, log: Log = "records") -> list[UUID]:
        """The streams of all events of a topic, in order of position."""
        return [row.stream_id for row in self.reader.rows(log, after=0, limit=100_000) if row.topic == topic]

    @property
    def settings(self) -> Settings:
        """The same ledger as settings, for ``infrastructure.bootstrap``."""
        return Settings(self.folder, self.database.admin)

    @property
    def environment(self) -> dict[str, str]:
        """The environment with which a command line process works on this ledger."""
        return {**os.environ, "XINLU_DATA": str(self.folder), "DATABASE_URL": self.database.admin}
