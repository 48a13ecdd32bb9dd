"""Flags as their unit and the credit office read them: a list by pages, and one flag with its timeline (ACC).

Found by the table that the flag runner folds, told from each flag's own events; nothing here names a subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.commands.flags import FlagDesk
from application.ledger import Ledger, OpenedRow
from application.queries.pages import Cursors, Page, PageAsked, Place
from domain.oversight.flags import Flag, fold_flag
from domain.shared.city_time import city_day
from domain.transparency.merkle import leaf_hash

FLAGS = "flags"


class FlagReading(Protocol):
    """The reader's door: flags that lie with a unit (None: all), raised after one position and up to another."""

    def page(
        self, unit: str | None, *, open_only: bool, after: int, through: int, limit: int
    ) -> Sequence[tuple[UUID, int]]: ...


@dataclass(frozen=True)
class Listed:
    """A flag of a list (线索清单)."""

    flag: str
    version: int
    rule: str
    unit: str
    responsible: str
    what: str
    about: str
    times: int
    state: str
    raised_on: str
    answer_by: str


@dataclass(frozen=True)
class Step:
    """One event of a flag (办理过程): its id, the hash of its leaf, the day, and what it says."""

    event: str
    event_id: str
    leaf_hash: str
    on_day: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A flag with its whole timeline; ``listed`` as a list tells it."""

    listed: Listed
    evidence: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


class Flags:
    """The flags (责任线索) of one ledger, for those whom they concern."""

    def __init__(self, ledger: Ledger, desk: FlagDesk, reading: FlagReading) -> None:
        self._ledger, self._desk, self._reading = ledger, desk, reading

    def page(self, department: str, asked: PageAsked, *, open_only: bool) -> Page[Listed]:
        """A unit's flags, for the credit office those of all, oldest first, up to where the listing began.

        Raises ``Refused`` (FORMAT) for a cursor of another list.
        """
        cursors = Cursors(self._ledger.vault, department, FLAGS, "open" if open_only else "all")
        begun = Place(self._ledger.store.head_of("records"), 0)
        place = cursors.read(asked.cursor) if asked.cursor else begun
        found = self._reading.page(
            None if self._desk.is_office(department) else department,
            open_only=open_only,
            after=place.after,
            through=place.begun,
            limit=asked.limit + 1,
        )
        here = found[: asked.limit]
        following = cursors.write(Place(place.begun, here[-1][1])) if len(found) > asked.limit else ""
        flags = (fold_flag(self._ledger.load(flag_id)) for flag_id, _ in here)
        return Page(tuple(listed(flag) for flag in flags if flag is not None), following, place.begun)

    def one(self, flag_id: UUID, department: str) -> Told:
        """A flag with its timeline. Raises ``Refused`` as for an unknown one to whom it does not concern."""
        flag = self._desk.concerned(flag_id, department)
        rows = self._ledger.open_all(self._ledger.store.load("records", flag_id), log="records")
        return Told(listed(flag), flag.evidence, tuple(_step(row) for row in rows))


def listed(flag: Flag) -> Listed:
    """A flag as a list tells it."""
    raised = flag.raised
    return Listed(
        flag=str(flag.id),
        version=flag.version,
        rule=raised.rule,
        unit=flag.unit,
        responsible=flag.responsible,
        what=raised.what,
        about=raised.about,
        times=flag.times,
        state=flag.state,
        raised_on=city_day(raised.timestamp).isoformat(),
        answer_by=flag.answer_by,
    )


def _step(opened: OpenedRow) -> Step:
    event, on = opened.event, city_day(opened.event.timestamp)
    content = {name: value for part in opened.parts.values() for name, value in part.items()}
    return Step(
        event=event.TOPIC,
        event_id=f"records:{opened.row.position}",
        leaf_hash=leaf_hash(opened.row.leaf).hex(),
        on_day=date.isoformat(on),
        content={name: value for name, value in content.items() if name != "evidence"},
    )
