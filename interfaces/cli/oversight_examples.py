"""One live example of oversight in the demo city: relations, a trace, incidents, an officer suspended, cases to check.

Reviews of queries come by themselves: the projector opens them for what is queried off-hours or for an unknown case.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from application.commands.acts import HandleCase
from application.commands.duty import DueCase, Duties
from application.commands.flags import FlagDesk
from application.commands.governance import Governance
from application.commands.incidents import Incidents
from application.commands.relations import RelationOf, Relations
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.ledger import Ledger
from application.queries.asking import admitted
from application.queries.traces import Traces, tracer_of
from application.registry import Registry
from domain.access.model import LEAK_TRACING, Request
from domain.oversight.flags import fold_flag
from domain.parties.acting import Officer
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.client.sealing import DepartmentKey

OFFICE_OFFICER, SUPERVISOR, SUSPENDED = "credit_office-1", "supervisor-1", "suspended-1"
BASIS = "国办发〔2020〕49号(十三)"


def reassigned_flag(desk: RemedyDesk, flags: Iterable[UUID], *, office: str, officer: Officer) -> UUID:
    """ACC-3: of these flags the one about a list that there is not; the office assigns it to who is to answer it."""
    for flag in flags:
        found = fold_flag(desk.ledger.load(flag))
        if found is not None and found.raised.rule == "ACC-3":
            FlagDesk(desk).reassign(
                HandleCase(flag, found.version, Officer(OFFICE_OFFICER, office)),
                unit=officer.department,
                responsible=officer.pseudonym,
                reasons="示例：由经办人说明情况",
            )
            return flag
    raise LookupError("the refused steps raised no flag")


class OversightExamples:
    """The examples of oversight over a company that has records."""

    def __init__(self, ledger: Ledger, *, office: str, key: DepartmentKey, officer: Officer) -> None:
        """``key`` is the credit office's, ``officer`` one of the department that queries."""
        self._ledger, self._office, self._officer = ledger, office, officer
        self._governance = Governance(ledger, signer=key)
        self._today = city_day(ledger.now())

    def make(self, code: str) -> None:
        """All of them, about the company with this code."""
        subject = Identity("organisation", "", code)
        department, officer = self._officer.department, self._officer.pseudonym
        self._governance.register_officer(
            department=department, pseudonym=SUPERVISOR, role="supervisor", name="示例督查"
        )
        relations = Relations(self._ledger)
        said = RelationOf(SUPERVISOR, department, officer, subject, "relative")
        relations.declare(said, once=None)
        colleague = replace(said, relation="colleague")
        relations.declare(colleague, once=None)
        relations.end(colleague, how="ended", reasons="示例：已调离，不再共事", once=None)
        case = f"示信查〔{self._today.year}〕1号"
        asking = Request(self._office, OFFICE_OFFICER, LEAK_TRACING.code, case, BASIS, self._today)
        Traces(self._ledger).of_subject(subject, tracer_of(self._ledger, asking), {})
        incidents = Incidents(self._ledger)
        opened = incidents.open(
            kind="leak",
            facts="示例：网上出现未公示的处罚内容",
            officer=OFFICE_OFFICER,
            department=self._office,
            once=None,
        )
        handling = HandleCase(opened.case, opened.version, Officer(OFFICE_OFFICER, self._office))
        incidents.measure(handling, text="示例：要求有关网站删除，并追查来源")
        self._suspended(incidents)
        self._asked_all_the_same()
        numbers = (f"示许受字〔{self._today.year}〕{number}号" for number in (7, 8))
        due = [DueCase(number, subject, self._today - timedelta(days=1)) for number in numbers]
        Duties(self._ledger).check(due, officer=officer, department=department)

    def _suspended(self, incidents: Incidents) -> None:
        """An officer whose right to query an open incident took; once it is closed the office may give it back."""
        department = self._officer.department
        self._governance.register_officer(
            department=department, pseudonym=SUSPENDED, role="operator", name="示例停权"
        )
        opened = incidents.open(
            kind="misuse",
            facts="示例：查询结果疑被用于谋取私利",
            officer=OFFICE_OFFICER,
            department=self._office,
            once=None,
        )
        handling = HandleCase(opened.case, opened.version, Officer(OFFICE_OFFICER, self._office))
        incidents.measure(handling, text="示例：核查期间停止其查询权限", suspends=SUSPENDED)

    def _asked_all_the_same(self) -> None:
        """Ten looks that the suspended officer is refused: the flag runner finds them (ACC-1)."""
        case = f"示许受字〔{self._today.year}〕9号"
        asking = Request(self._officer.department, SUSPENDED, "licensing", case, BASIS, self._today)
        for number in range(10):
            with suppress(Refused):
                admitted(self._ledger, Registry(self._ledger), asking, attempt=b"look %d" % number)
