"""What one web process holds of a ledger: its use cases, made by bootstrap, used by the routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from application.commands.consents import Consents
from application.commands.consistency import ConsistencyDesk
from application.commands.drafts import Drafts
from application.commands.remedies import RemedyDesk
from application.commands.settings import SettingsDesk
from application.commands.tip_offs import TipOffs
from application.indicators import IndicatorReading
from application.ledger import Ledger
from application.ports import PaperSeal
from application.queries.flags import FlagReading
from application.queries.measures import MeasureChecks
from application.queries.operations import Operations
from application.queries.proofs import Proofs, PublishedFiles
from application.queries.public import PublicLookup
from application.queries.registers import Registers
from application.queries.reporting import Reports
from application.queries.rules import RefusalsSoFar
from application.queries.shared import SharedQueries
from application.queries.subject import SubjectQueries
from domain.shared.deadlines import Calendar
from domain.shared.forms import Form, FormKind


@dataclass(frozen=True)
class Services:
    """One ledger's use cases (服务); ``verify`` is (public key, signature, message) -> good or not."""

    ledger: Ledger
    forms: Mapping[FormKind, Form]
    drafts: Drafts
    public: PublicLookup
    consistency: Callable[[str], ConsistencyDesk]
    """Makes a desk for one comparison of a publication with the public view, asked for by a department."""
    shared: SharedQueries
    registers: Registers
    subject: SubjectQueries
    consents: Consents
    calendar: Calendar
    verify: Callable[[bytes, bytes, bytes], bool]
    gateway_public_key: Callable[[], bytes]
    operations: Operations
    proofs: Proofs
    reports: Reports
    seal: PaperSeal
    address: str
    """Where anyone reaches this service: what a printed report leads to."""
    published: PublishedFiles
    refusals: RefusalsSoFar
    settings: SettingsDesk
    flags: FlagReading
    indicators: IndicatorReading
    measures: Callable[[], MeasureChecks]
    desk: Callable[[], RemedyDesk]
    """Makes a desk for one command or question: what it has read of the registry is never stale for long."""
    tip_offs: Callable[[], TipOffs]
    """Makes a desk of tip-offs for one request."""
