"""Live examples of the demo city that wait for somebody: objections, a repair, an assessment, a linked person.

Made by the same commands as over HTTP; ``examples.json`` beside the demo's files says where each can be seen.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from application.commands.acts import DepartmentAct, HandleCase, Once
from application.commands.leniency import Leniency
from application.commands.links import LinkPerson, Links
from application.commands.measure_grounds import RestsOn
from application.commands.measure_objections import MeasureObjections, ObjectToMeasure
from application.commands.measures import Measures, NameMeasure
from application.commands.objections import FileObjection, Objections
from application.commands.remedies import RemedyDesk
from application.commands.repairs import ApplyForRepair, Repairs
from application.commands.subjects import identity_of
from application.ports import Receipt
from domain.oversight.tip_offs import HANDLER
from domain.parties.acting import Officer
from domain.records.leniency import Assessing, Assessment
from domain.records.links import PersonLinked
from domain.remedies.objection import Filing
from domain.remedies.repair_case import Application, Material
from domain.shared.canonical import Parts
from interfaces.client.sealing import DepartmentKey, seal_remedy
from interfaces.demo.city import DemoCity
from interfaces.demo.identities import adult_birth, citizen_id, person_name

Penalty = Callable[..., tuple[UUID, Parts]]
SUPERVISION = "M11"
"""Key supervision (重点监管), which any penalty may found."""


class ProcessExamples:
    """The examples that wait (在办示例): ``penalty`` records one of a company of its own, by its number."""

    def __init__(
        self, desk: RemedyDesk, city: DemoCity, *, officer: Officer, key: DepartmentKey, penalty: Penalty,
        random: Random, today: date,
    ) -> None:  # fmt: skip
        self._desk, self._city, self._officer, self._key = desk, city, officer, key
        self._penalty, self._random, self._today = penalty, random, today
        self._office = city.credit_office.code

    def make(self) -> dict[str, Any]:
        """All of them, each with where it is seen: a page, or what the department's worklist shows."""
        return {
            "objection": self._objected(),
            "repair": self._repairing(),
            "leniency": self._lenient(),
            "linked_person": self._linked(),
            "measure_objection": self._measure_objected(),
        }

    def _objected(self) -> dict[str, str]:
        record, content = self._penalty(11)
        filing = Filing(about="content", grounds="示例：罚款数额与决定书不符")
        subject = identity_of(self._desk.form_of(content), content)
        case = uuid.uuid4()
        Objections(self._desk).file(FileObjection(case, record, self._office, filing, subject))
        return {"case": str(case), "page": f"/records/{record}"}

    def _measure_objected(self) -> dict[str, str]:
        """OBJ-4: its subject objects to a measure that it was named for; the department is to answer."""
        record, content = self._penalty(14)
        item = next(item for item in self._city.measures if item.code == SUPERVISION)
        naming = NameMeasure(
            item.code,
            item.provisions[0].cited_as,
            RestsOn("record", record),
            (("department", self._officer.department),),
            self._officer,
        )
        case = Measures(self._desk).name(naming).case
        subject = identity_of(self._desk.form_of(content), content)
        objecting = ObjectToMeasure(case, subject, self._office, grounds="示例：措施与所针对的记录无关")
        MeasureObjections(self._desk).file(objecting)
        return {"case": str(case), "page": f"/records/{record}"}

    def _repairing(self) -> dict[str, str]:
        record, content = self._penalty(12)
        repairs, case = Repairs(self._desk), uuid.uuid4()
        materials = (Material("performance_proof", "b1" * 32), Material("commitment_letter", "b2" * 32))
        subject = identity_of(self._desk.form_of(content), content)
        applied = repairs.apply(
            ApplyForRepair(case, record, self._office, subject, Application(materials=materials))
        )
        repairs.accept(HandleCase(case, applied.version, self._officer))
        return {"case": str(case), "page": f"/records/{record}"}

    def _lenient(self) -> dict[str, str]:
        """DET-4: two officers found a document slight; it is recorded and never public."""
        source, number = self._officer.department, f"示市监演罚字〔{self._today.year}〕宽1号"

        def receipt(found: tuple[Assessment, ...]) -> Receipt:
            return Receipt(source, f"demo-leniency-{found[0].version}", b"l" * 32, 201, {})

        given = Assessing(source, number, ("slight",), "not_published", "示例：情节轻微，已及时改正")
        second = next(
            o.key
            for o in self._city.officers
            if o.department == source and o.role == HANDLER and o.key != self._officer.pseudonym
        )
        ledger = self._desk.ledger
        assessed = Leniency(ledger, officer=self._officer.pseudonym, department=source).assess(given, receipt)
        decided = Leniency(ledger, officer=second, department=source).decide(
            assessed.assessment.id, "approved", receipt
        )
        return {"document": number, "receipt": f"/v1/receipts/records:{decided.position}"}

    def _linked(self) -> dict[str, str]:
        """DET-7: the legal representative of a company with a serious record."""
        record, _ = self._penalty(13, DISCREDIT_LEVEL="严重")
        link, birth = uuid.uuid4(), adult_birth(self._random, on=self._today - timedelta(days=400))
        parts: Parts = {
            "public": {
                "record": str(record),
                "links": self._desk.record(record, rule="DET-7").leaf_hash,
                "role": "法定代表人",
                "basis": "《示范市社会信用条例》第二十条（示例）",
            },
            "person/1": {
                "name": person_name(self._random),
                "id_type": "身份证",
                "id_number": citizen_id(self._random, birth=birth),
            },
        }
        sealed = seal_remedy(
            PersonLinked.KIND, parts, record=str(link), ledger_id=self._desk.ledger.id.bytes, key=self._key
        )
        salt, issuer, signature = (bytes.fromhex(sealed[name]) for name in ("salt", "issuer", "signature"))
        act = DepartmentAct(sealed["parts"], salt, issuer, signature)
        source = self._officer.department
        position = Links(self._desk).link(
            LinkPerson(link, record, source, act), Once(source, "demo-linked-person", b"k" * 32)
        )
        return {
            "link": str(link),
            "page": f"/records/{record}",
            "receipt": f"/v1/receipts/records:{position}",
        }
