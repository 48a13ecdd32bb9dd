"""One live example of each remedy in the demo city, beside those of ``examples.py``.

Made by the same commands as over HTTP, each act sealed by its department's own key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from application.commands.acts import DepartmentAct, HandleCase
from application.commands.objections import FileObjection, Objections
from application.commands.remedies import RemedyDesk
from application.commands.reorganisations import ApplyForRest, Reorganisations
from application.commands.repair_windows import ApplyForRepairs, RepairWindow
from application.commands.repairs import Repairs
from application.commands.revocations import Revocations
from application.commands.subjects import identity_of
from domain.parties.acting import Officer
from domain.remedies.objection import Filing
from domain.remedies.reorganisation import Plan
from domain.remedies.repair_case import Application, Material
from domain.remedies.repair_events import RepairsFiled
from domain.remedies.rest_application import RestApplication
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.kinds import Kind
from interfaces.client.sealing import DepartmentKey, seal_remedy

DIGEST = "e1" * 32
RULED_DAYS_AGO, RESTING_DAYS = 20, 90
REMEDIES = {"reconsideration": "六十日内申请行政复议", "litigation": "六个月内提起行政诉讼"}


class RemedyExamples:
    """The examples of remedies (救济示例): ``penalty`` records one of a company of its own, by its number."""

    def __init__(
        self,
        desk: RemedyDesk,
        *,
        office: str,
        officer: Officer,
        key: DepartmentKey,
        penalty: Callable[[int], tuple[UUID, Parts]],
    ) -> None:
        self._desk, self._office, self._officer, self._key = desk, office, officer, key
        self._penalty = penalty

    def make(self) -> None:
        """All of them."""
        self._restoring()
        self._extended()
        self._revoked()
        self._resting()

    def _restoring(self) -> None:
        """OBJ-4: a record was wrong and is withdrawn; its department has a reputation to restore."""
        record, content = self._penalty(3)
        objections = Objections(self._desk)
        subject = identity_of(self._desk.form_of(content), content)
        filing = Filing(about="identity", grounds="示例：被处罚的是同名的另一家企业")
        case = self._desk.ledger.entropy.uuid()
        filed = objections.file(FileObjection(case, record, self._office, filing, subject))
        leaf = self._desk.record(record, rule="OBJ-1").leaf_hash
        parts: Parts = {"public": {"withdraws": leaf, "objection": str(case)}}
        decided = HandleCase(case, filed.version, self._officer)
        objections.withdraw(decided, self._sealed(Kind.RECORD_WITHDRAWN, parts, record))

    def _extended(self) -> None:
        """REP-4: applied for at one window, accepted, and being examined for longer than it first should be."""
        applied = self._applied(20)
        accepted = Repairs(self._desk).accept(HandleCase(applied, 1, self._officer))
        handling = HandleCase(applied, accepted.version, self._officer)
        Repairs(self._desk).extend(
            handling, reasons="示例：须现场核查整改情况", notice=DIGEST, working_days=5
        )

    def _revoked(self) -> None:
        """REP-5: a repair that false material obtained, undone; the record is shown again."""
        applied = self._applied(21)
        repairs = Repairs(self._desk)
        accepted = repairs.accept(HandleCase(applied, 1, self._officer))
        granted = repairs.grant(HandleCase(applied, accepted.version, self._officer))
        leaf, officer = str(granted.told["leaf_hash"]), self._officer.pseudonym
        parts: Parts = {
            "public": {"revokes": leaf, "cause": "false_material", "officer": officer},
            "restricted": {"evidence": [DIGEST], "reasons": "示例：整改证明系伪造", "remedies": REMEDIES},
        }
        revoking = HandleCase(applied, granted.version, self._officer)
        Revocations(self._desk).revoke(revoking, self._sealed(Kind.REPAIR_REVOKED, parts, applied))

    def _resting(self) -> None:
        """REP-5: a record that rests, as its subject applied for, while a plan of reorganisation is performed."""
        record, content = self._penalty(22)
        today = city_day(self._desk.ledger.now())
        ruled, until = today - timedelta(days=RULED_DAYS_AGO), today + timedelta(days=RESTING_DAYS)
        plan = Plan("示范市中级人民法院", f"（{today.year}）示01破1号之一", ruled, until, (DIGEST,))
        case = self._desk.ledger.entropy.uuid()
        subject = identity_of(self._desk.form_of(content), content)
        desk = Reorganisations(self._desk)
        desk.apply(ApplyForRest(case, record, self._office, subject, RestApplication(plan)))
        desk.grant(HandleCase(case, 1, self._officer))

    def _applied(self, number: int) -> UUID:
        """The case of an application for the repair of a penalty, at the one window."""
        record, content = self._penalty(number)
        materials = tuple(Material(kind, DIGEST) for kind in ("performance_proof", "commitment_letter"))
        applied = ApplyForRepairs(
            self._desk.ledger.entropy.uuid(),
            self._office,
            identity_of(self._desk.form_of(content), content),
            [(record, Application(materials=materials))],
        )
        done = RepairWindow(self._desk).apply(applied)
        filed = self._desk.ledger.load(done.case)[0]
        assert isinstance(filed, RepairsFiled)
        return UUID(filed.cases[0][0])

    def _sealed(self, kind: Kind, parts: Parts, stream: UUID) -> DepartmentAct:
        ledger_id = self._desk.ledger.id.bytes
        sealed = seal_remedy(kind, parts, record=str(stream), ledger_id=ledger_id, key=self._key)
        salt, issuer, signature = (bytes.fromhex(sealed[name]) for name in ("salt", "issuer", "signature"))
        return DepartmentAct(sealed["parts"], salt, issuer, signature)
