"""A department's cases are held against its own logged queries, and the gap is recorded and reported (QRY-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from application.commands.acts import Done, Once
from application.commands.oversight import OversightAct, perform
from application.commands.subjects import Identity, blind_of
from application.ledger import Ledger
from application.registry import Registry
from application.reviews import DUTY
from domain.access.decide import may_speak_for_subjects
from domain.access.events import SubjectQueried
from domain.oversight.duty import GAPS, DutyChecked, Own, case_defects, outcome_of
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused, refuse_if_any


@dataclass(frozen=True)
class DueCase:
    """A case (案件) that had to be checked: its number, whom it is about, and the day of its decision."""

    case: str
    identity: Identity
    day: date


class Duties:
    """Checks of duty (应查必查核对) over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def check(
        self, cases: Sequence[DueCase], *, officer: str, department: str, once: Once | None = None
    ) -> Done:
        """Hold the cases against the department's queries and record what is missing. Raises ``Refused``."""
        acting = Registry(self._ledger).acting(officer, department)
        refuse_if_any(case_defects([(case.case, case.day) for case in cases]))
        stream = self._ledger.name_id(DUTY, department)

        def make() -> OversightAct:
            results = self._results(cases, department)
            gaps = sum(outcome in GAPS for *_, outcome in results)
            event = DutyChecked(
                **placed(
                    stream, self._ledger.store.versions_of([stream]).get(stream, 0) + 1, self._ledger.now()
                ),
                department=department,
                checked_on=city_day(self._ledger.now()).isoformat(),
                cases=len(results),
                gaps=gaps,
                officer=officer,
                results=results,
            )
            return OversightAct([self._ledger.seal(event)], {"sent": len(results), "gaps": gaps})

        return perform(self._ledger, make, acting, once)

    def report(self, *, of_department: str, number: int, officer: str, department: str) -> DutyChecked:
        """One check of a department (``number`` 0: the newest), for itself and the credit office.

        Raises ``Refused``: QRY-1, and QRY-5 alike for what is not there and what is another department's.
        """
        registry = Registry(self._ledger)
        registry.acting(officer, department)
        office = registry.department(department)
        own = of_department == department or (office is not None and may_speak_for_subjects(office.role))
        events = self._ledger.load(self._ledger.name_id(DUTY, of_department)) if own else []
        found = [e for e in events if isinstance(e, DutyChecked) and number in (0, e.originator_version)]
        if not found:
            raise Refused(Defect("QRY-5", "duty_unknown"))
        return found[-1]

    def _results(self, cases: Sequence[DueCase], department: str) -> list[list[str]]:
        ledger, today = self._ledger, city_day(self._ledger.now())
        blinds = {case.identity: blind_of(ledger, case.identity) for case in cases}
        subjects = ledger.store.subjects_of(blinds.values())
        results = []
        for case in cases:
            subject = subjects.get(blinds[case.identity])
            rows = ledger.store.load("access", subject) if subject else []
            opened = ledger.open_all(rows, log="access")
            events = [o.event for o in opened if not o.closed]
            own = [
                Own(city_day(e.timestamp), e.case or "")
                for e in events
                if isinstance(e, SubjectQueried) and e.department == department
            ]
            unclear = len(events) < len(rows)
            outcome = outcome_of(case.case, case.day, own, unclear=unclear, today=today)
            results.append([case.case, case.day.isoformat(), outcome])
        return results
