"""Red lists, the watch list and entries for reference for tests: parts as departments seal them, and who sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Literal
from uuid import UUID, uuid4

from application.commands.acts import Done
from application.commands.entries import SealedEntry
from application.commands.entry_objections import EntryObjections
from application.commands.red_lists import RedLists
from application.commands.references import References
from application.commands.subjects import Identity
from application.commands.watching import WatchList
from application.queries.green import look_before_red_list
from domain.listing.reference import MARK
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.deadlines import add_months
from domain.shared.kinds import Kind
from interfaces.client.entries import Entries
from interfaces.client.sealing import seal_remedy
from interfaces.demo.city import DemoCity
from tests.remedies import FIRST, REMEDIES, SECOND, Story
from tests.remedies_http import City

RED = "C11-01"
REASON = {"reason": "经核实符合条件"}


def _parts(changed: Mapping[str, Any], public: Mapping[str, Any], restricted: Mapping[str, Any]) -> Parts:
    """The parts with what a test changes; None leaves a field out."""
    told = {"public": dict(public), "restricted": dict(restricted)}
    for name, value in changed.items():
        part = "public" if name in public else "restricted"
        told[part][name] = value
    return {
        part: {name: value for name, value in of.items() if value is not None} for part, of in told.items()
    }


def red_parts(
    city: DemoCity, subject: Mapping[str, str], department: str, today: date, **changed: Any
) -> Parts:
    """An entry of the demo city's red list; ``subject`` has name and code."""
    standard = next(s for s in city.lists if s.code == RED)
    assert standard.term_months is not None
    public = {
        "list_code": RED,
        "version": 1,
        "subject_kind": "organisation",
        "authority": department,
        "authority_name": "示范市市场监督管理局",
        "document_number": "示市监信〔2026〕1号",
        "decided_on": today.isoformat(),
        "public": True,
        "basis": "《示范市诚信典型选树办法》",
        "incentives": standard.incentives,
        "until": add_months(today, standard.term_months).isoformat(),
        **subject,
    }
    return _parts(changed, public, REASON)


def watch_parts(records: list[str], department: str, today: date, **changed: Any) -> Parts:
    """An entry of the watch list for half a year, for repeated slight records."""
    public = {
        "authority": department,
        "entered_on": today.isoformat(),
        "until": add_months(today, 6).isoformat(),
    }
    return _parts(changed, public, {"ground": "repeated_slight", "records": records, **REASON})


def reference_parts(subject: Mapping[str, str], department: str, today: date, **changed: Any) -> Parts:
    """What an association says of a subject, for reference."""
    public = {
        "mark": MARK,
        "brought_by": department,
        "decided_on": today.isoformat(),
        "subject_kind": "organisation",
    }
    restricted = {
        "source": "示范市食品行业协会",
        "source_kind": "association",
        "list_name": "行业失信会员名单",
        "colour": "black",
        "stated_on": "2026-10-01",
        **subject,
    }
    return _parts(changed, public, restricted)


class Enterer:
    """The source department of a story at work on entries, and a department that has no part."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.source, self.stranger = Entries(city.clients["source"]), Entries(city.clients["stranger"])
        self.portal = Entries(city.clients["portal"])
        public = city.story.content["public"]
        self.subject = {"name": str(public["CF_XDR_MC"]), "code": str(public["CF_XDR_SHXYM"])}

    def red(self, **changed: Any) -> dict[str, Any]:
        """The story's subject on the red list."""
        city, today = self.city.world.city, self.city.world.today
        parts = red_parts(city, self.subject, self.city.story.source, today, **changed)
        return self.source.enter("red", parts, official=SECOND)

    def watch(self, *records: str, **changed: Any) -> dict[str, Any]:
        """The story's subject watched on these records."""
        parts = watch_parts(list(records), self.city.story.source, self.city.world.today, **changed)
        return self.source.enter("watch", parts, official=SECOND)

    def refer(self, **changed: Any) -> dict[str, Any]:
        """An entry for reference about the story's subject."""
        parts = reference_parts(self.subject, self.city.story.source, self.city.world.today, **changed)
        return self.source.enter("reference", parts, official=SECOND)

    def referred(self, entry: str) -> dict[str, Any]:
        """The same under an id that its department did not draw."""
        parts = reference_parts(self.subject, self.city.story.source, self.city.world.today)
        client, ledger_id = self.city.clients["source"], self.city.world.ledger.id.bytes
        sealed = seal_remedy(
            Kind.REFERENCE_ENTERED, parts, record=entry, ledger_id=ledger_id, key=client.department.key
        )
        return dict(client.post("/v1/reference-entries", {"entry": entry, **sealed}, credit_official=SECOND))

    def object(self, receipt: dict[str, Any]) -> dict[str, Any]:
        """The subject objects to an entry at the portal."""
        return self.portal.object(receipt["case"], subject=self.city.subject, grounds="列入有误")

    def worklist(self) -> dict[str, dict[str, Any]]:
        """What waits for the source, by case."""
        tasks = self.city.clients["source"].worklist(official=SECOND)
        return {task["case"]: task for task in tasks}

    def green(self, **changed: str) -> dict[str, Any]:
        """The stranger asks whether the green channel is open."""
        asked = {
            "official": self.city.stranger_officer,
            "purpose": "licensing",
            "case": "示许受字〔2026〕7号",
            "basis": "武信用办〔2018〕13号 二(二)",
            **changed,
        }
        return self.stranger.green_channel({"code": self.subject["code"]}, **asked)

    def query(self, sort: Literal["watch", "reference"], *, by: str = "stranger") -> list[dict[str, Any]]:
        """The source, or the stranger, asks for entries about the subject."""
        entries, officer = (
            (self.stranger, self.city.stranger_officer) if by == "stranger" else (self.source, SECOND)
        )
        subject = {"code": self.subject["code"]}
        asked = {"purpose": "honours", "case": "示监〔2026〕7号", "basis": "武信用办〔2018〕13号 四(六)"}
        return entries.query(sort, subject, official=officer, **asked)

    def slight(self, number: int, decided: str = "2026-10-10", severity: str = "轻微") -> str:
        """A slight record of the subject, or one of another severity, in view."""
        document = f"示市监罚字〔2026〕95{number:02}号"
        if severity == "轻微":
            self.city.story.assess_slight(document)
        content = self.city.story.content_of(
            CF_WSH=document,
            CF_JDRQ=decided,
            CF_GSJZQ="2034-01-01",
            DISCREDIT_LEVEL=severity,
        )
        receipt = self.city.clients["source"].determine(content, form="penalty")
        self.city.world.project()
        return str(receipt["record"])

    def dossier(self) -> dict[str, list[str]]:
        """What the subject's dossier holds: each record's events by its id."""
        self.city.world.project()
        found = self.city.clients["portal"].dossier(self.city.subject)
        return {str(r["record"]): [m["event"] for m in r["history"]] for r in found}

    def history(self, entry: str) -> list[dict[str, Any]]:
        """What the subject's dossier tells of one entry."""
        self.city.world.project()
        found = self.city.clients["portal"].dossier(self.city.subject)
        return next(list(r["history"]) for r in found if str(r["record"]) == entry)

    def looks(self) -> list[tuple[str, str]]:
        """View and department of each look at the subject that its portal is told of."""
        found = self.city.clients["portal"].who_looked(self.city.subject)
        return [(look["view"], look["department"]) for look in found]

    def on_list(self) -> list[str]:
        """Who stands on the public red list, by entry."""
        return [str(entry.record_id) for entry in self.city.world.lookup.listed(RED).entries]


class EntryStory:
    """The same by the commands themselves: entries of the story's department, of each sort and every end."""

    def __init__(self, story: Story) -> None:
        self.story, self.world = story, story.world
        self.officer = Officer(SECOND, story.source)
        self.red_lists = RedLists(story.desk, partial(look_before_red_list, story.world.ledger))
        self.watch_list, self.references = WatchList(story.desk), References(story.desk)
        court = next(d for d in self.world.city.departments if d.key == "court")
        self.honest = {"name": court.name, "code": court.code}

    def sealed(self, kind: Kind, parts: Parts, entry: UUID | None = None) -> SealedEntry:
        """An entry, or the end of one, under the department's seal."""
        entry = entry or uuid4()
        return SealedEntry(entry, self.officer, self.story.sealed(kind, entry, parts))

    def red(self) -> Done:
        """Somebody without any record on the red list."""
        parts = red_parts(self.world.city, self.honest, self.story.source, self.world.today)
        return self.red_lists.enter(self.sealed(Kind.RED_LISTED, parts))

    def objected(self, done: Done) -> EntryObjections:
        """The subject of an entry objects to it."""
        subject, objections = (
            Identity("organisation", "", self.honest["code"]),
            EntryObjections(self.story.desk),
        )
        objections.file(done.case, subject, portal=self.story.office, grounds="列入有误", evidence=())
        return objections

    def rejected(self, done: Done) -> None:
        """The same, and is told by another officer that it stays."""
        objections, other = self.objected(done), Officer(FIRST, self.story.source)
        objections.reject(done.case, other, reasons="经核实一致", remedies=REMEDIES)

    def red_removed(self, done: Done) -> None:
        """Taken off by the department."""
        public = {
            "list_code": RED,
            "cause": "own_request",
            "removes": str(done.told["leaf_hash"]),
            "removed_on": self.world.today.isoformat(),
            "by": "",
        }
        self.red_lists.remove(
            self.sealed(Kind.RED_REMOVED, {"public": public, "restricted": REASON}, done.case)
        )

    def watch(self, record: UUID) -> Done:
        """The story's subject watched for a fairly serious record."""
        field = {"ground": "serious_in_key_field", "field": "life_and_health"}
        parts = watch_parts([str(record)], self.story.source, self.world.today, **field)
        return self.watch_list.enter(self.sealed(Kind.WATCH_ENTERED, parts))

    def watch_ended(self, done: Done) -> None:
        """Watched no more."""
        self.watch_list.end(self.sealed(Kind.WATCH_ENDED, self._end(done, cause="corrected"), done.case))

    def refer(self) -> Done:
        """An entry for reference."""
        parts = reference_parts(self.honest, self.story.source, self.world.today)
        return self.references.enter(self.sealed(Kind.REFERENCE_ENTERED, parts))

    def reference_ended(self, done: Done) -> None:
        """Taken back."""
        self.references.end(self.sealed(Kind.REFERENCE_ENDED, self._end(done), done.case))

    def _end(self, done: Done, **public: str) -> Parts:
        told = {"ends": str(done.told["leaf_hash"]), "ended_on": self.world.today.isoformat(), **public}
        return {"public": told, "restricted": REASON}
