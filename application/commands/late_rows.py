"""Which rows come later than the rules allow after their decision (DET-6), told to the intake that records them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.records.lateness import Late, lateness, limited_as
from domain.records.publicity import decided_on
from domain.shared.canonical import Parts
from domain.shared.deadlines import Calendar
from domain.shared.rule_settings import PUBLISH_DAYS, RuleSettings


class LateRows:
    """One file's rows against calendar and settings; days that many rows share are counted once."""

    def __init__(self, calendar: Calendar, settings: RuleSettings) -> None:
        self._calendar, self._settings = calendar, settings
        self._counted: dict[tuple[tuple[str, date], date], Late | None] = {}

    def entries(self, rows: Iterable[tuple[UUID, Parts]], *, today: date) -> list[list[str]]:
        """What ``PublicationLate`` says of each record (id, parts) that comes too late today."""
        found = []
        for record, parts in rows:
            form, decided = days = limited_as(parts), decided_on(parts)
            if (days, today) not in self._counted:
                within = self._settings.number(PUBLISH_DAYS, on=decided)
                self._counted[days, today] = lateness(
                    form, decided, recorded_on=today, calendar=self._calendar, within_working_days=within
                )
            if late := self._counted[days, today]:
                found.append(late.entry(str(record)))
        return found
