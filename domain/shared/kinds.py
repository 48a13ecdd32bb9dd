"""The kind byte of every leaf (STORAGE 2): numbered once, never renumbered, never reused."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What kind of act a leaf stands for; visible to everyone in the records log."""

    RECORD_DETERMINED = 1
    FILE_SEALED = 2
    KEY_REGISTERED = 3
    KEY_REVOKED = 4
    DEPARTMENT_REGISTERED = 5
    OFFICER_REGISTERED = 6
    SUBJECT_REGISTERED = 7
    CATALOGUE_ITEM_DRAFTED = 8
    CATALOGUE_ITEM_ADOPTED = 9
    PUBLICITY_ENDED = 10
    OBJECTION_FILED = 11
    OBJECTION_DECIDED = 12
    RECORD_CORRECTED = 13
    RECORD_WITHDRAWN = 14
    REPAIR_APPLIED = 15
    REPAIR_MATERIALS_REQUESTED = 16
    REPAIR_MATERIALS_SUPPLIED = 17
    REPAIR_ACCEPTED = 18
    REPAIR_DECIDED = 19
    RECORD_ANNOTATED = 20
    RECORD_SHIELDED = 21
    PURPOSE_REGISTERED = 22
    CONSENT_GIVEN = 23
    CONSENT_WITHDRAWN = 24
    OBJECTION_OVERDUE = 25
    REPAIR_OVERDUE = 26
    ERASURE_REQUESTED = 27
    ERASURE_APPROVED = 28
    DATA_ERASED = 29
    ERASURE_COMPLETED = 30
    LOG_KEY_ANNOUNCED = 31
    LOG_KEY_RETIRED = 32
    KEY_ENDED = 33
    """In the access log, and the one kind there beside ``ACCESS``: who may sign is for everyone to see."""
    CALENDAR_LOADED = 35
    CASE_DAYS_RECOUNTED = 36
    SETTING_CHANGED = 37
    LIST_STANDARD_DRAFTED = 40
    LIST_STANDARD_ADOPTED = 41
    PROPOSAL_EVALUATED = 42
    LISTING_NOTIFIED = 43
    LISTING_STATEMENT_MADE = 44
    LISTING_STATEMENT_ANSWERED = 45
    LISTING_DECIDED = 46
    LISTING_DROPPED = 47
    LISTING_REMOVED = 48
    LISTING_OVERDUE = 49
    SUBJECT_LISTED = 50
    SUBJECT_DELISTED = 51
    LISTING_REMOVAL_APPLIED = 52
    LISTING_REMOVAL_REFUSED = 53
    PROPOSAL_MADE = 54
    PROPOSAL_CONSULTED = 55
    OPINION_GIVEN = 56
    OPINION_ANSWERED = 57
    PROPOSAL_REVIEWED = 58
    PROPOSAL_PUBLISHED = 59
    ACCESS = 128
    """Every entry of the access log, whatever it tells, so that its leaves say nothing."""
    PLATFORM = 129
    """An act of the platform itself that has no kind of its own."""
