"""The public look-up: what anyone may see of a subject, found by exact code or exact name (PUB-1, SHR-2).

Reads renditions only, never events; what is suppressed or past its term is not there. Names nobody who asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ports import Clock, Vault
from application.projections.renditions import Rendition, open_rendition
from application.queries.pages import FIRST_PAGE, Cursors, Page, PageAsked, Place
from domain.parties.identifiers import normalise
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.shared.text import normalise_name

RECORDS_MAX = 200
"""Records of a subject on one page."""
SUBJECTS_MAX = 20
LIST = "list"


@dataclass(frozen=True)
class Status:
    """How far log and public view are, and how many records are public today."""

    records_position: int
    access_position: int
    public_position: int
    public_count: int


class PublicReading(Protocol):
    """The reader's doors to the public view; every one leaves out what is suppressed or past its term."""

    def subjects(self, blind: bytes) -> Sequence[UUID]: ...
    def records(self, subject: UUID, *, on: date, before: int | None, limit: int) -> Sequence[Rendition]: ...
    def record(self, record_id: UUID, *, on: date) -> Rendition | None: ...
    def listed(
        self, list_code: str, *, on: date, through: int | None, before: int | None, limit: int
    ) -> tuple[int, Sequence[Rendition]]: ...
    def status(self, *, on: date) -> Status: ...


@dataclass(frozen=True)
class PublicRecord:
    """One public record (公示记录): its position in the log, its last public day, and what it shows.

    ``objected`` is whether an objection to it is pending now (OBJ-2).
    """

    record_id: UUID
    position: int
    until: date | None
    shown: dict[str, Any]
    objected: bool = False


@dataclass(frozen=True)
class PublicSubject:
    """A subject with at least one public record: a page of them, newest first.

    ``next`` is the cursor of the next page, empty on the last; ``continued``: this is not the first.
    """

    subject_id: UUID
    records: tuple[PublicRecord, ...]
    next: str = ""
    continued: bool = False


class PublicLookup:
    """Look-up for anyone (公示查询)."""

    def __init__(
        self,
        reading: PublicReading,
        *,
        keys: KeySource,
        vault: Vault,
        clock: Clock,
        stopped: Callable[[], Callable[[str], bool]],
    ) -> None:
        """``stopped`` makes, for one question, what tells whether a catalogue item is suspended now (INS-2)."""
        self._reading = reading
        self._stopped = stopped
        self._keys = keys
        self._vault = vault
        self._clock = clock

    def find(self, text: str, cursor: str = "") -> list[PublicSubject]:
        """Subjects with this exact code or exact name that have public records; most recent records first.

        Someone who has none is not told apart from someone who does not exist. With a ``cursor``, the next page of the
        one subject that it is of; it holds where the page before ended, and nothing about anyone. Raises ``Refused``
        (FORMAT) for one that is of none of them.
        """
        ids: dict[UUID, None] = {}
        for label, message in (("subject", f"code\n{normalise(text)}"), ("name", normalise_name(text))):
            for subject in self._reading.subjects(self._vault.mac(label, message.encode())):
                ids.setdefault(subject)
        subjects = list(ids)[:SUBJECTS_MAX]
        if cursor:
            return self._pages([self._continued(subjects, cursor)])
        return self._pages([(subject, None) for subject in subjects])

    def _continued(self, subjects: Sequence[UUID], cursor: str) -> tuple[UUID, Place]:
        """Whose next page a cursor asks for, and where it begins."""
        for subject in subjects:
            with suppress(Refused):
                return subject, self._cursors(subject).read(cursor)
        raise Refused(Defect("FORMAT", "cursor_invalid", "/cursor"))

    def _pages(self, asked: Sequence[tuple[UUID, Place | None]]) -> list[PublicSubject]:
        found, stopped = [], self._stopped()
        for subject, place in asked:
            before = place.after if place else None
            listed = self._reading.records(subject, on=self._today(), before=before, limit=RECORDS_MAX + 1)
            records, more = listed[:RECORDS_MAX], len(listed) > RECORDS_MAX
            # Asked after the reading: what was suspended before this answer is not in it.
            standing = [rendition for rendition in records if not stopped(rendition.item)]
            shown = tuple(r for rendition in standing if (r := self._shown(rendition)) is not None)
            if shown:
                begun = place.begun if place else records[0].position
                following = self._cursors(subject).write(Place(begun, records[-1].position)) if more else ""
                found.append(PublicSubject(subject, shown, following, continued=place is not None))
        return found

    def _cursors(self, subject: UUID) -> Cursors:
        return Cursors(self._vault, "public", str(subject))

    def record(self, record_id: UUID) -> PublicRecord | None:
        """One public record, or None when there is none to show."""
        rendition = self._reading.record(record_id, on=self._today())
        if rendition is None or self._stopped()(rendition.item):
            return None
        return self._shown(rendition)

    def listed(self, list_code: str, asked: PageAsked = FIRST_PAGE) -> Page[PublicRecord]:
        """Who is on a public list (名单公示), newest first, as it stood where this listing began; by pages.

        Nobody while the list is not executed (INS-2). Raises ``Refused`` (FORMAT) for a cursor of another list.
        """
        cursors = Cursors(self._vault, "public", LIST, list_code)
        place = cursors.read(asked.cursor) if asked.cursor else None
        through, before = (place.begun, place.after) if place else (None, None)
        reached, found = self._reading.listed(
            list_code, on=self._today(), through=through, before=before, limit=asked.limit + 1
        )
        more, found = len(found) > asked.limit, found[: asked.limit]
        if self._stopped()(list_code):
            return Page((), "", reached)
        shown = tuple(r for rendition in found if (r := self._shown(rendition)) is not None)
        following = cursors.write(Place(reached, found[-1].position)) if more else ""
        return Page(shown, following, reached)

    def status(self) -> Status:
        """For the front page and health checks."""
        return self._reading.status(on=self._today())

    def _today(self) -> date:
        return city_day(self._clock.now())

    def _shown(self, rendition: Rendition) -> PublicRecord | None:
        content = rendition.content
        if rendition.key is not None:
            key = unwrap_all(self._vault, self._keys.data_keys_of([rendition.key[0]])).get(rendition.key)
            if key is None:
                return None
            content = open_rendition(rendition, key=key)
        return PublicRecord(
            rendition.record_id,
            rendition.position,
            rendition.until,
            json.loads(content),
            objected=rendition.objected,
        )
