"""Objections and repairs over a test's ledger: a record to object to, officers, and acts sealed by departments."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from application.commands.acts import DepartmentAct, Done, HandleCase
from application.commands.governance import Governance
from application.commands.intake import Intake
from application.commands.intake_report import Report
from application.commands.leniency import Leniency
from application.commands.objections import FileObjection, Objections
from application.commands.record_files import RecordFile
from application.commands.remedies import RemedyDesk
from application.commands.reorganisations import ApplyForRest, BeginReorganisation, Reorganisations
from application.commands.repairs import ApplyForRepair, Repairs, SupplyMaterials
from application.commands.restorations import Restorations, WaiveRestoration
from application.commands.revocations import Revocations
from application.commands.seals import SealOfAct
from application.commands.subjects import Identity, SubjectDesk, identity_of
from application.ports import Receipt
from domain.parties.acting import Officer
from domain.records.events import RecordDetermined
from domain.records.leniency import Assessing, Assessment
from domain.remedies.events import RecordCorrected, RecordWithdrawn, RepairDecided
from domain.remedies.objection import Filing
from domain.remedies.reorganisation import Plan
from domain.remedies.repair_case import Application, Material
from domain.remedies.repair_events import RepairRevoked
from domain.remedies.rest_application import RestApplication
from domain.remedies.restoration import RestorationCompleted
from domain.shared.canonical import Parts
from domain.shared.deadlines import Calendar
from domain.shared.kinds import Kind
from domain.transparency.commitment import commit, open_parts
from domain.transparency.leaf import act_message
from domain.transparency.merkle import leaf_hash
from domain.transparency.sealed_file import SealedRow
from infrastructure.keys import verify_ed25519
from infrastructure.remedy_data import load_limits, load_settings
from interfaces.client.form_data import load_forms
from tests.world import DATA, World

SETTINGS, LIMITS = load_settings(), load_limits()
CALENDAR = Calendar.from_data([json.loads((DATA / "workdays_2026.json").read_text(encoding="utf-8"))])
REMEDIES = {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"}
PROOF = Material("performance_proof", "b1" * 32)
LETTER = Material("commitment_letter", "b2" * 32)
FIRST, SECOND = "case-1", "case-2"
"""Two officers of the department that determined."""


@dataclass
class Story:
    """One record of an organisation, its department with two officers, and the desk."""

    world: World
    content: Parts
    source: str
    office: str

    def __post_init__(self) -> None:
        self.forms = load_forms()
        self.desk = RemedyDesk(
            self.world.ledger,
            forms=self.forms,
            limits=LIMITS,
            settings=SETTINGS,
            calendar=CALENDAR,
            verify=verify_ed25519,
        )
        self.objections, self.repairs = Objections(self.desk), Repairs(self.desk)

    @property
    def key(self) -> Any:
        """The determining department's key."""
        return self.world.keys[self.source]

    def subject(self, content: Parts | None = None) -> Identity:
        """Who the record is about."""
        content = content or self.content
        return identity_of(self.forms["penalty"], content)

    def subject_id(self) -> UUID:
        """The id of the one whom the record is about."""
        found = SubjectDesk(self.world.ledger).find(self.subject())
        assert found is not None
        return found

    def content_of(self, **public: str) -> Parts:
        """The content with other public fields."""
        return {**self.content, "public": {**self.content["public"], **public}}

    def determine(self, content: Parts, *, record: UUID | None = None) -> tuple[UUID, Report]:
        """Record a determination sealed by itself."""
        record = record or uuid4()
        row = SealedRow(0, record, os.urandom(32), content, data_row=1, sheet_row=1)
        ledger = self.world.ledger
        message = act_message(
            kind=Kind.RECORD_DETERMINED, commitment=row.commitment(ledger.id.bytes), issuer=self.key.issuer
        )
        seal = SealOfAct(
            row=row,
            ledger_id=ledger.id.bytes,
            form="penalty",
            issuer=self.key.issuer,
            signature=self.key.sign(message),
        )
        intake = Intake(
            ledger,
            self.forms,
            seal,
            department=self.source,
            verify=verify_ed25519,
            calendar=CALENDAR,
            settings=SETTINGS,
        )
        *_, report = intake.take([row])
        return record, report

    def assess_slight(self, number: str, *also: str) -> None:
        """Two officers of the source find documents slight; they are published all the same (DET-4)."""
        given = Assessing(self.source, number, ("slight",), "published", "轻微，已改正，依法仍须公开")

        def receipt(found: tuple[Assessment, ...]) -> Receipt:
            return Receipt(self.source, uuid4().hex, b"r" * 32, 201, {})

        first, second = (
            Leniency(self.world.ledger, officer=o, department=self.source) for o in (FIRST, SECOND)
        )
        made = first.assess(given, receipt, also=also).assessments
        second.decide(made[0].id, "approved", receipt, also=[found.id for found in made[1:]])

    def new_record(self, number: str, *, decided: date, severity: str = "一般") -> UUID:
        """A record of the subject under a document of its own."""
        if severity == "轻微":
            self.assess_slight(number)
        content = self.content_of(
            CF_WSH=number, CF_JDRQ=decided.isoformat(), CF_GSJZQ="2029-01-01", DISCREDIT_LEVEL=severity
        )
        record, report = self.determine(content)
        assert report.taken == 1, report.refused
        return record

    def file(self, record: UUID) -> RecordFile:
        """The record as the desk sees it."""
        return self.desk.record(record, rule="OBJ-1")

    def object(self, record: UUID, **more: Any) -> Done:
        """The subject objects at the credit office."""
        filing = Filing(about="content", grounds="罚款金额与决定书不符", evidence=("e1" * 32,), **more)
        subject = None if filing.by_department else self.subject()
        received = self.source if filing.by_department else self.office
        return self.objections.file(FileObjection(uuid4(), record, received, filing, subject))

    def deciding(self, done: Done, officer: str = SECOND, *, expected: int | None = None) -> HandleCase:
        """An officer of the source decides on what was filed."""
        version = done.version if expected is None else expected
        return HandleCase(done.case, version, Officer(officer, self.source))

    def correction(
        self, record: UUID, objection: UUID, content: Parts, *, corrects: str | None = None
    ) -> DepartmentAct:
        """A correction sealed by the department."""
        heads = {"corrects": corrects or self.file(record).leaf_hash, "objection": str(objection)}
        parts = {**content, "public": {**content["public"], **heads}}
        return self.sealed(RecordCorrected.KIND, record, parts)

    def withdrawal(self, record: UUID, objection: UUID) -> DepartmentAct:
        """A withdrawal sealed by the department."""
        heads = {"withdraws": self.file(record).leaf_hash, "objection": str(objection)}
        return self.sealed(RecordWithdrawn.KIND, record, {"public": heads})

    def sealed(self, kind: Kind, record: UUID, parts: Parts, *, key: Any = None) -> DepartmentAct:
        """Parts sealed as leaf 01."""
        key, salt = key or self.key, os.urandom(32)
        digest = commit(
            kind=kind,
            ledger_id=self.world.ledger.id.bytes,
            record_id=record.bytes,
            opened=open_parts(salt, parts),
        )
        message = act_message(kind=kind, commitment=digest, issuer=key.issuer)
        return DepartmentAct(parts, salt, key.issuer, key.sign(message))

    def apply(self, record: UUID, *materials: Material) -> Done:
        """The subject applies for repair at the credit office."""
        application = Application(materials=materials)
        command = ApplyForRepair(uuid4(), record, self.office, self.subject(), application)
        return self.repairs.apply(command)

    def handling(self, done: Done, officer: str = SECOND) -> HandleCase:
        """An officer of the source handles what was applied for."""
        return HandleCase(done.case, done.version, Officer(officer, self.source))

    def extend(self, done: Done, working_days: int = 10) -> Done:
        """The source takes more time, and told the applicant so."""
        return self.repairs.extend(
            self.handling(done), reasons="须现场核查", notice="a7" * 32, working_days=working_days
        )

    def supplying(self, done: Done, *materials: Material) -> SupplyMaterials:
        """The subject hands in what was asked for."""
        return SupplyMaterials(done.case, done.version, self.office, self.subject(), materials)

    def marks(self) -> set[tuple[UUID, UUID]]:
        """All marks that stand."""
        return set(self.world.owner.execute("SELECT record_id, objection_id FROM ledger.marks").fetchall())

    def shared(self, record: UUID) -> int:
        """How many parts of the record the shared view lets through today."""
        return self.shared_of([record]).get(record, 0)

    def shared_of(self, records: Iterable[UUID]) -> dict[UUID, int]:
        """The same of many; without those of which it lets nothing through."""
        query = (
            "SELECT record_id, count(*) FROM ledger.renditions r WHERE view = 'shared' AND record_id = ANY(%s)"
            " AND (until IS NULL OR until >= %s)"
            " AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id) GROUP BY record_id"
        )
        return dict(self.world.owner.execute(query, (list(records), self.world.today)).fetchall())


def begin(world: World) -> Story:
    """The story's record comes from the demo city's first file of penalties."""
    for record in world.rows_of(RecordDetermined.TOPIC):
        event = world.ledger.load(record)[0]
        assert isinstance(event, RecordDetermined)
        public = event.content["public"]
        if public["form"] == "penalty" and public["CF_XDR_LB"] == "法人及非法人组织":
            content = event.content
            break
    else:
        raise AssertionError("no penalty of an organisation")
    office = world.city.credit_office.code
    governance = Governance(world.ledger, signer=world.keys[office])
    story = Story(world, content, str(content["public"]["CF_CFJGDM"]), office)
    for pseudonym in (FIRST, SECOND):
        governance.register_officer(
            department=story.source, pseudonym=pseudonym, role="operator", name="示例"
        )
    return story


def revoke_repair(story: Story, granted: Done, **said: Any) -> Done:
    """The department revokes a repair that false material obtained."""
    rows = story.world.ledger.store.load("records", granted.case)
    decided = next(row for row in rows if row.topic == RepairDecided.TOPIC)
    parts: Parts = {
        "public": {"revokes": leaf_hash(decided.leaf).hex(), "cause": "false_material", "officer": SECOND},
        "restricted": {"evidence": ["e7" * 32], "reasons": "所附证明系伪造", "remedies": REMEDIES, **said},
    }
    command = HandleCase(granted.case, granted.version, Officer(SECOND, story.source))
    return Revocations(story.desk).revoke(command, story.sealed(RepairRevoked.KIND, granted.case, parts))


def rest(story: Story, record: UUID, *, until: date = date(2028, 6, 30)) -> Done:
    """The department lets a record rest: a court approved its subject's plan of reorganisation."""
    plan = Plan("示范市中级人民法院", "（2026）示01破3号之二", date(2026, 10, 12), until, ("e1" * 32,))
    officer = Officer(SECOND, story.source)
    return Reorganisations(story.desk).begin(BeginReorganisation(uuid4(), record, plan, officer))


def apply_for_rest(story: Story, record: UUID, **more: Any) -> Done:
    """The subject, or its administrator, applies at the credit office for a temporary shield."""
    plan = Plan(
        "示范市中级人民法院", "（2026）示01破3号之二", date(2026, 10, 12), date(2028, 6, 30), ("e1" * 32,)
    )
    command = ApplyForRest(uuid4(), record, story.office, story.subject(), RestApplication(plan, **more))
    return Reorganisations(story.desk).apply(command)


def handling_rest(story: Story, done: Done, officer: str = SECOND) -> HandleCase:
    """An officer of the source handles what was applied for."""
    return HandleCase(done.case, done.version, Officer(officer, story.source))


def end_rest(story: Story, begun: Done, outcome: str) -> Done:
    """The plan was performed, or failed."""
    officer = Officer(SECOND, story.source)
    command = HandleCase(begun.case, begun.version, officer)
    evidence, reasons = ("e2" * 32,), "裁定终止执行"
    return Reorganisations(story.desk).end(command, outcome=outcome, evidence=evidence, reasons=reasons)


def restore(story: Story, upheld: Done) -> Done:
    """The department closes the task of restoring that came with an upheld objection, over its evidence."""
    task = UUID(str(upheld.told["restoration"]))
    begun = leaf_hash(story.world.ledger.store.load("records", task)[0].leaf).hex()
    said = {"restores": begun, "manner": ["letter_to_subject"], "evidence": ["e5" * 32], "officer": SECOND}
    command = HandleCase(task, 1, Officer(SECOND, story.source))
    return Restorations(story.desk).complete(
        command, story.sealed(RestorationCompleted.KIND, task, {"public": said})
    )


def waive(story: Story, upheld: Done) -> Done:
    """The subject declares that nothing needs to be restored."""
    task = UUID(str(upheld.told["restoration"]))
    command = WaiveRestoration(task, 1, story.office, story.subject(), "d5" * 32)
    return Restorations(story.desk).waive(command)
