"""Measures for tests: the story's department names the subject of one of its records, another department applies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from application.commands.acts import Done, HandleCase
from application.commands.measure_grounds import RestsOn
from application.commands.measure_objections import MeasureObjections, ObjectToMeasure
from application.commands.measures import Measures as MeasureCommands
from application.commands.measures import NameMeasure
from domain.measures.case import Measure, fold_measure
from domain.measures.fitting import RECORD
from domain.measures.items import MeasureItem
from domain.measures.objections import Outcome
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.client.measures import MEASURES, Measures
from interfaces.client.remedies import case_of
from interfaces.demo.city import measure_items
from tests.remedies import FIRST, REMEDIES, SECOND, Story
from tests.remedies_http import City
from tests.world import DATA

ITEMS: Mapping[str, MeasureItem] = {item.code: item for item in measure_items(DATA)}
LIGHT, HEAVY = "M11", "M01"
"""Key supervision, and restricted entry to the market."""
FOOD = dict(ITEMS[LIGHT].provisions[0].cited_as)
"""Of key supervision: 食品安全法 113, for any severity, a year at most."""
LICENCE = dict(ITEMS[HEAVY].provisions[0].cited_as)
"""Of restricted entry: 行政许可法 78, for 一般 and 严重, a year at most."""
BANNED = dict(next(p for p in ITEMS[HEAVY].provisions if "C06-04" in p.items).cited_as)
"""Of restricted entry: 食品安全法 135, for listings under C06-04, five years at most."""
PURPOSE = ("licensing", "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第六十九条")

SAFETY = dict(next(p for p in ITEMS[HEAVY].provisions if p.items == ("C06-06",)).cited_as)
"""Of restricted entry: 安全生产法 78, for listings under C06-06 alone."""


def applied_parts(
    named: Mapping[str, Any], rests_on: str, department: str, *, leaf: str, **changed: Any
) -> Parts:
    """The parts of an act that applies what was named (the public part of ``measure.named``)."""
    public: dict[str, Any] = {
        "measure": named["measure"],
        "version": named["version"],
        "provision": named["provision"],
        "department": department,
        "named": leaf,
        "from_day": "2026-11-21",
        "until": "2027-11-21",
        **{name: value for name, value in changed.items() if name not in ("rests_on", "content")},
    }
    content = changed.get("content", "列为重点监督检查对象，每季度检查一次")
    return {
        "public": public,
        "restricted": {"rests_on": changed.get("rests_on", rests_on), "content": content},
    }


class Desk:
    """The story's department and a stranger at work on measures over HTTP, and the portal for the subject."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.source, self.portal = Measures(city.clients["source"]), Measures(city.clients["portal"])
        self.stranger = Measures(city.clients["stranger"])

    def code(self, who: str) -> str:
        """The code of one of the city's clients."""
        return self.city.clients[who].department.code

    def official(self, who: str) -> str:
        """An officer of one of the city's clients."""
        return {"source": SECOND, "stranger": self.city.stranger_officer}[who]

    def name(self, ground: str, *responders: str, who: str = "source", **changed: Any) -> dict[str, Any]:
        """Name the subject by a record; for key supervision unless told otherwise."""
        said: dict[str, Any] = {
            "measure": LIGHT,
            "provision": FOOD,
            "rests_on": {"kind": "record", "id": ground},
            "responders": [{"kind": "department", "code": self.code(r)} for r in responders or (who,)],
            **changed,
        }
        desk: Measures = getattr(self, who)
        return desk.name(**said, official=self.official(who))

    def case(self, receipt: Mapping[str, Any], who: str = "source") -> Any:
        """The case as a receipt left it."""
        return case_of(MEASURES, receipt, official=self.official(who))

    def of(self, receipt: Mapping[str, Any], who: str) -> dict[str, Any]:
        """The case of one responding department, as the naming left it."""
        code = self.code(who)
        found = next(case["case"] for case in receipt["measures"] if case["department"] == code)
        return {"case": found, "version": 1}

    def state(self, receipt: Mapping[str, Any], who: str = "source") -> dict[str, Any]:
        """How a measure stands."""
        desk: Measures = getattr(self, who)
        return desk.state(receipt["case"], official=self.official(who))

    def parts(
        self, receipt: Mapping[str, Any], ground: str, who: str = "source", **changed: Any
    ) -> dict[str, Any]:
        """The act by which a department applies what it was named for, for a year from today."""
        first = self.state(receipt, who)["history"][0]
        today = self.city.world.today
        days = {"from_day": today.isoformat(), "until": today.replace(year=today.year + 1).isoformat()}
        named = first["parts"]["public"]
        return dict(
            applied_parts(named, ground, self.code(who), leaf=first["leaf_hash"], **{**days, **changed})
        )

    def apply(self, receipt: Mapping[str, Any], ground: str, who: str = "source", **changed: Any) -> Any:
        """Apply it."""
        desk: Measures = getattr(self, who)
        return desk.apply(self.case(receipt, who), self.parts(receipt, ground, who, **changed))

    def tasks(self, who: str = "source") -> dict[str, dict[str, Any]]:
        """What waits for a department, by case."""
        tasks = self.city.clients[who].worklist(official=self.official(who))
        return {task["case"]: task for task in tasks}

    def found(self, receipt: Mapping[str, Any]) -> Measure:
        """The measure as the ledger has it."""
        measure = fold_measure(self.city.world.ledger.load(UUID(str(receipt["case"]))))
        assert measure is not None
        return measure


class MeasureStory:
    """The same by the commands themselves."""

    def __init__(self, story: Story) -> None:
        self.story, self.world = story, story.world
        self.measures = MeasureCommands(story.desk)
        self.officer = Officer(SECOND, story.source)

    def named(self, record: UUID, **changed: Any) -> Done:
        """The department names its own subject for itself."""
        values: dict[str, Any] = {
            "measure": LIGHT,
            "provision": FOOD,
            "rests_on": RestsOn(changed.pop("ground", RECORD), record),
            "responders": (("department", self.story.source),),
            "officer": self.officer,
            **changed,
        }
        return self.measures.name(NameMeasure(**values))

    def handling(self, done: Done) -> HandleCase:
        """The department acts on what was done last."""
        return HandleCase(done.case, done.version, self.officer)

    def applied(self, ground: UUID, /, *, until: date | None = None, **changed: Any) -> Done:
        """Named and applied, for a year unless told otherwise."""
        named = self.named(ground, **changed)
        event = self.world.ledger.load(named.case)[0]
        today = self.world.today
        parts = applied_parts(
            event.parts()["public"],
            str(ground),
            self.story.source,
            leaf=str(named.told["leaf_hash"]),
            from_day=today.isoformat(),
            until=(until or today.replace(year=today.year + 1)).isoformat(),
        )
        act = self.story.sealed(Kind.MEASURE_APPLIED, named.case, parts)
        return self.measures.apply(self.handling(named), act)

    def objected(self, done: Done) -> Done:
        """The subject objects to the measure itself."""
        said = ObjectToMeasure(done.case, self.story.subject(), self.story.office, "措施与所针对的记录无关")
        return MeasureObjections(self.story.desk).file(said)

    def answered(self, done: Done, outcome: Outcome) -> Done:
        """Another officer of the department answers the objection."""
        handling = HandleCase(done.case, done.version, Officer(FIRST, self.story.source))
        said = {"reasons": "经核实", "remedies": REMEDIES if outcome == "rejected" else None}
        return MeasureObjections(self.story.desk).answer(handling, outcome, **said)  # type: ignore[arg-type]

    def measure(self, done: Done) -> Measure:
        """The measure as the ledger has it."""
        found = fold_measure(self.world.ledger.load(done.case))
        assert found is not None
        return found
