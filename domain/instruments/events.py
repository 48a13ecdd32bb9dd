"""The facts of the clean-up ledger: a document entered, a return filed, a day missed, a notice issued, a look.

Units make them through ``application/commands/instruments.py``; the ledger, its notices and what is stopped are folds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.canonical import Json
from domain.shared.events import Event
from domain.shared.kinds import Kind


class InstrumentEntered(Event):
    """A document entered the ledger of constraint measures (失信约束措施台账, 15号 附件1), or its row changed.

    ``unit`` is the issuing department's code, ``form`` the printing that it came in, ``entered_by`` who sent it.
    ``due_on`` is the last day that ``due`` means, left out for a document that is kept. ``sufficient`` is whether
    it rests on a sufficient basis; otherwise it is not executed from this position on (INS-2). Who answers for it
    is a part with a key of its own.
    """

    TOPIC: ClassVar[str] = "instrument.entered"
    KIND: ClassVar[Kind] = Kind.INSTRUMENT_ENTERED
    PART_OF: ClassVar[Mapping[str, str]] = {"contact": "person/1", "phone": "person/1"}
    unit: str
    unit_name: str
    form: str
    title: str
    shares: bool
    lists: bool
    punishes: bool
    summary: str
    national_basis: bool
    local_basis: bool
    basis: str
    disposition: str
    due: str
    sufficient: bool
    entered_by: str
    due_on: str | None = None
    contact: str | None = None
    phone: str | None = None


class ReturnFiled(Event):
    """A unit reported on its clean-up (报送, 15号 二): ``what`` is ``nil``, ``plan``, ``completion``, ``summary``
    or ``omission``.

    ``nil``: nothing to clean up (经梳理不需清理规范). ``plan`` (规范完善方案) has ``steps`` with their days,
    ``completion`` the SHA-256 of its evidence; both stand in their document's stream. ``summary`` (总结报告) has
    the SHA-256 of the report. ``omission`` tells of a ``title`` that ``unit`` left out of its ledger.
    """

    TOPIC: ClassVar[str] = "instrument.return_filed"
    KIND: ClassVar[Kind] = Kind.INSTRUMENT_RETURN_FILED
    what: str
    unit: str
    filed_by: str
    steps: list[dict[str, Json]] | None = None
    evidence: str | None = None
    title: str | None = None


class InstrumentOverdue(Event):
    """A day of the clean-up was missed (逾期): ``what`` is ``plan`` or ``completion``, ``due`` its last day."""

    TOPIC: ClassVar[str] = "instrument.overdue"
    KIND: ClassVar[Kind] = Kind.INSTRUMENT_OVERDUE
    unit: str
    what: str
    due: str


class NoticeIssued(Event):
    """The credit office issued the notice of a month (按月通报, 15号 三(二)): ``content`` as computed from the
    events until the month's end."""

    TOPIC: ClassVar[str] = "instrument.notice_issued"
    KIND: ClassVar[Kind] = Kind.INSTRUMENT_NOTICE_ISSUED
    month: str
    content: dict[str, Json]


class LedgerExported(Event):
    """An officer took the ledger out with its personal columns (导出): of which units, how many documents.

    ``digest`` is the SHA-256 of the workbook. It tells of officers by pseudonym only, and of none in the ledger.
    """

    TOPIC: ClassVar[str] = "instrument.exported"
    KIND: ClassVar[Kind] = Kind.ACCESS
    department: str
    officer: str
    role: str
    purpose: str
    units: list[str]
    documents: int
    digest: str
