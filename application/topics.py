"""Every event by its registered topic: the dictionary of what can stand in the ledger."""

from __future__ import annotations

from domain.access.events import (
    ConsentGiven,
    ConsentWithdrawn,
    PurposeRegistered,
    ReportIssued,
    SubjectQueried,
)
from domain.catalogue.items import CatalogueItemAdopted, CatalogueItemDrafted, CatalogueItemSuspended
from domain.instruments.events import (
    InstrumentEntered,
    InstrumentOverdue,
    LedgerExported,
    NoticeIssued,
    ReturnFiled,
)
from domain.listing.events import (
    ListingDecided,
    ListingDropped,
    ListingNotified,
    ListingOverdue,
    ListingRemovalApplied,
    ListingRemovalRefused,
    ListingRemoved,
    ListingStatementAnswered,
    ListingStatementMade,
    ListStandardSuspended,
    SubjectDelisted,
    SubjectListed,
)
from domain.listing.notes import SubjectNoted, SubjectUnnoted
from domain.listing.red import RedListed, RedRemoved
from domain.listing.reference import ReferenceEnded, ReferenceEntered
from domain.listing.standards import ListStandardAdopted, ListStandardDrafted, ListTransitionEnded
from domain.listing.watch import WatchEnded, WatchEntered
from domain.measures.events import (
    MeasureApplied,
    MeasureDeclined,
    MeasureEnded,
    MeasureNamed,
    MeasureObjected,
    MeasureObjectionDecided,
    MeasureOverdue,
    MeasureReported,
    MeasureResumed,
    MeasureSuspended,
    SubjectMeasured,
    SubjectUnmeasured,
)
from domain.measures.items import MeasureItemAdopted, MeasureItemDrafted, MeasureItemSuspended
from domain.oversight.duty import DutyChecked
from domain.oversight.flag_events import (
    FlagAnswered,
    FlagClosed,
    FlagJoined,
    FlagOverdue,
    FlagRaised,
    FlagReassigned,
)
from domain.oversight.incident_events import (
    IncidentClosed,
    IncidentEvidenceAdded,
    IncidentHandled,
    IncidentOpened,
)
from domain.oversight.indicators import IndicatorsNotified
from domain.oversight.review_events import (
    OfficerReinstated,
    OfficerSuspended,
    QueryReviewDecided,
    QueryReviewOpened,
    QueryReviewOverdue,
    RelationDeclared,
    RelationEnded,
)
from domain.oversight.tip_offs import TipOffFiled, TipOffHandled, TipOffOpened
from domain.parties.events import (
    DepartmentKeyBegun,
    DepartmentRanked,
    DepartmentRegistered,
    KeyEnded,
    KeyRegistered,
    KeyRevoked,
    LogKeyAnnounced,
    LogKeyRetired,
    OfficerRegistered,
    SubjectRegistered,
)
from domain.proposals.events import (
    MeetingCalled,
    MeetingViewGiven,
    OpinionAnswered,
    OpinionGiven,
    ProposalConsulted,
    ProposalEvaluated,
    ProposalMade,
    ProposalPublished,
    ProposalReviewed,
    ProposalSuperseded,
    ReviewOverdue,
)
from domain.records.consistency import ConsistencyChecked
from domain.records.erasure import DataErased, ErasureApproved, ErasureCompleted, ErasureRequested
from domain.records.events import ActRefused, FileSealed, IntakeReported, PublicityEnded, RecordDetermined
from domain.records.lateness import PublicationLate
from domain.records.leniency import LeniencyAssessed, LeniencyDecided
from domain.records.links import PersonLinked
from domain.remedies.entry_objections import EntryObjected, EntryObjectionRejected
from domain.remedies.events import (
    CalendarLoaded,
    ObjectionDecided,
    ObjectionFiled,
    ObjectionOverdue,
    RecordAnnotated,
    RecordCorrected,
    RecordShielded,
    RecordWithdrawn,
    RepairAccepted,
    RepairApplied,
    RepairDecided,
    RepairMaterialsRequested,
    RepairMaterialsSupplied,
    RepairOverdue,
)
from domain.remedies.reorganisation import ReorganisationBegun, ReorganisationEnded
from domain.remedies.repair_events import (
    RecordRested,
    RecordReturned,
    ReorganisationApplied,
    RepairExtended,
    RepairRevoked,
    RepairsFiled,
)
from domain.remedies.restoration import (
    RestorationBegun,
    RestorationCompleted,
    RestorationOverdue,
    RestorationWaived,
)
from domain.shared.events import Event
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.rule_settings import SettingChanged

EVENTS: tuple[type[Event], ...] = (
    DepartmentRanked,
    DepartmentRegistered,
    DepartmentKeyBegun,
    OfficerRegistered,
    KeyRegistered,
    KeyRevoked,
    KeyEnded,
    LogKeyAnnounced,
    LogKeyRetired,
    SubjectRegistered,
    CatalogueItemDrafted,
    CatalogueItemAdopted,
    FileSealed,
    RecordDetermined,
    PublicityEnded,
    ConsistencyChecked,
    IntakeReported,
    ActRefused,
    ObjectionFiled,
    ObjectionDecided,
    ObjectionOverdue,
    RecordCorrected,
    RecordWithdrawn,
    RepairApplied,
    RepairMaterialsRequested,
    RepairMaterialsSupplied,
    RepairAccepted,
    RepairDecided,
    RepairOverdue,
    RepairExtended,
    RepairRevoked,
    RepairsFiled,
    RecordReturned,
    RecordRested,
    ReorganisationApplied,
    ReorganisationBegun,
    ReorganisationEnded,
    RecordAnnotated,
    RecordShielded,
    RestorationBegun,
    RestorationCompleted,
    RestorationWaived,
    RestorationOverdue,
    PurposeRegistered,
    SubjectQueried,
    ConsentGiven,
    ConsentWithdrawn,
    ReportIssued,
    TipOffFiled,
    TipOffOpened,
    TipOffHandled,
    ErasureRequested,
    ErasureApproved,
    DataErased,
    ErasureCompleted,
    SettingChanged,
    CalendarLoaded,
    CaseDaysRecounted,
    ListStandardDrafted,
    ListStandardAdopted,
    ListStandardSuspended,
    ListTransitionEnded,
    ListingNotified,
    ListingStatementMade,
    ListingStatementAnswered,
    ListingDropped,
    ListingDecided,
    ListingRemovalApplied,
    ListingRemovalRefused,
    ListingRemoved,
    ListingOverdue,
    SubjectListed,
    SubjectDelisted,
    RedListed,
    RedRemoved,
    WatchEntered,
    WatchEnded,
    ReferenceEntered,
    ReferenceEnded,
    SubjectNoted,
    SubjectUnnoted,
    EntryObjected,
    EntryObjectionRejected,
    ProposalMade,
    ProposalConsulted,
    OpinionGiven,
    OpinionAnswered,
    MeetingCalled,
    MeetingViewGiven,
    ProposalReviewed,
    ProposalPublished,
    ProposalEvaluated,
    ProposalSuperseded,
    ReviewOverdue,
    MeasureItemDrafted,
    MeasureItemAdopted,
    MeasureItemSuspended,
    MeasureNamed,
    MeasureApplied,
    MeasureDeclined,
    MeasureReported,
    MeasureSuspended,
    MeasureResumed,
    MeasureEnded,
    MeasureOverdue,
    MeasureObjected,
    MeasureObjectionDecided,
    SubjectMeasured,
    SubjectUnmeasured,
    LeniencyAssessed,
    LeniencyDecided,
    PublicationLate,
    PersonLinked,
    CatalogueItemSuspended,
    InstrumentEntered,
    ReturnFiled,
    InstrumentOverdue,
    NoticeIssued,
    LedgerExported,
    FlagRaised,
    FlagJoined,
    FlagReassigned,
    FlagAnswered,
    FlagOverdue,
    FlagClosed,
    RelationDeclared,
    RelationEnded,
    QueryReviewOpened,
    QueryReviewOverdue,
    QueryReviewDecided,
    OfficerSuspended,
    OfficerReinstated,
    IndicatorsNotified,
    IncidentOpened,
    IncidentEvidenceAdded,
    IncidentHandled,
    IncidentClosed,
    DutyChecked,
)
TOPICS: dict[str, type[Event]] = {event.TOPIC: event for event in EVENTS}


def event_class(topic: str) -> type[Event]:
    """The event of a topic. Raises ``KeyError`` for a topic that was never registered."""
    return TOPICS[topic]
