"""Live examples of measures in the demo city: one of a linked person, one that stops with the document it rests on.

Made by the same commands as over HTTP; the document is found without a basis when its unit sends its clean-up ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase
from application.commands.governance import Governance
from application.commands.measure_grounds import RestsOn
from application.commands.measures import Measures, NameMeasure
from application.commands.remedies import RemedyDesk
from domain.catalogue.items import LegalBasis
from domain.measures.items import MeasureItem, Provision
from domain.parties.acting import Officer
from domain.shared.canonical import Part, Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.kinds import Kind
from interfaces.demo.city import DemoCity

HEAVY, LIGHT, OWN = "M01", "M11", "S01"
"""Of the list: restricted entry and key supervision; of the city itself: more inspections."""
LIST = "C06-04"
DOCUMENT, NUMBER = "示范市垃圾分类管理条例", "示人发〔2020〕1号"
"""What the city's own measure rests on; it stands in the demo city's clean-up ledger as without a basis."""
Sealed = Callable[[Kind, Parts, Done], DepartmentAct]


class MeasureExamples:
    """The examples of measures (措施示例); ``sealed`` makes the department's own act on a case."""

    def __init__(
        self, desk: RemedyDesk, city: DemoCity, governance: Governance, *, officer: Officer, sealed: Sealed
    ) -> None:
        self._city, self._governance, self._officer = city, governance, officer
        self._sealed, self._measures = sealed, Measures(desk)
        self._today = city_day(desk.ledger.now())

    def of_linked(self, link: UUID) -> str:
        """MEA-1, DET-7: the legal representative of a company with a serious record is named; the case."""
        item = self._item(HEAVY)
        provision = next(p for p in item.provisions if LIST in p.items)
        return str(self._named(item, provision, RestsOn("link", link)).case)

    def to_be_stopped(self, record: UUID) -> str:
        """INS-2: a measure of the city's own list is applied, which rests on a local regulation alone; the case."""
        first = self._item(LIGHT)
        basis = LegalBasis(DOCUMENT, NUMBER, "第四十条", "local_regulation")
        provision = replace(first.provisions[0], basis=basis)
        item = replace(
            first,
            code=OWN,
            layer="local",
            name_zh="增加检查频次（示例）",
            name_en="More frequent inspections (example)",
            provisions=(provision,),
            decided_by=self._city.mark,
        )
        self._governance.import_measures([item])
        named = self._named(item, provision, RestsOn("record", record))
        public: Part = {
            "measure": item.code,
            "version": item.version,
            "provision": provision.cited_as,
            "department": self._officer.department,
            "named": str(named.told["leaf_hash"]),
            "from_day": self._today.isoformat(),
            "until": add_months(self._today, 6).isoformat(),
        }
        restricted: Part = {"rests_on": str(record), "content": "半年内每月检查一次"}
        act = self._sealed(Kind.MEASURE_APPLIED, {"public": public, "restricted": restricted}, named)
        self._measures.apply(HandleCase(named.case, named.version, self._officer), act)
        return str(named.case)

    def _named(self, item: MeasureItem, provision: Provision, ground: RestsOn) -> Done:
        responder = (("department", self._officer.department),)
        return self._measures.name(
            NameMeasure(item.code, provision.cited_as, ground, responder, self._officer)
        )

    def _item(self, code: str) -> MeasureItem:
        return next(item for item in self._city.measures if item.code == code)
