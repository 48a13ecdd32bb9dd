"""One live example of each remedy in the demo city, beside those of ``examples.py``.

Made by the same commands as over HTTP, each act sealed by its department's own key.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from application.commands.objections import DecideObjection, FileObjection, Objections
from application.commands.remedies import DepartmentAct, RemedyDesk
from application.commands.subjects import identity_of
from domain.parties.acting import Officer
from domain.remedies.objection import Filing
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.client.sealing import DepartmentKey, seal_remedy


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
        decided = DecideObjection(case, filed.version, self._officer)
        objections.withdraw(decided, self._sealed(Kind.RECORD_WITHDRAWN, parts, record))

    def _sealed(self, kind: Kind, parts: Parts, stream: UUID) -> DepartmentAct:
        ledger_id = self._desk.ledger.id.bytes
        sealed = seal_remedy(kind, parts, record=str(stream), ledger_id=ledger_id, key=self._key)
        salt, issuer, signature = (bytes.fromhex(sealed[name]) for name in ("salt", "issuer", "signature"))
        return DepartmentAct(sealed["parts"], salt, issuer, signature)
