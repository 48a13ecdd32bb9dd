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
    INSTRUMENT_ENTERED = 80
    CATALOGUE_ITEM_SUSPENDED = 81
    INSTRUMENT_RETURN_FILED = 82
    INSTRUMENT_OVERDUE = 83
    INSTRUMENT_NOTICE_ISSUED = 84
    ACCESS = 128
    """Every entry of the access log, whatever it tells, so that its leaves say nothing."""
    PLATFORM = 129
    """An act of the platform itself that has no kind of its own."""
