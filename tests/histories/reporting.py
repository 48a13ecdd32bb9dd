"""Credit reports in random histories: the subject's own, and one that it consented to (PRV-2, PRV-3).

A report holds what stands and nothing else; it is logged before it leaves, and made again to the byte.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.parties.acting import Officer
from tests.histories.subjects import IN_SCOPE, Known, Subjects, asking


class Reporting(Subjects):
    """Who asks for a report about a subject, with and without its consent."""

    @rule(data=st.data(), by=st.sampled_from(["subject", "agent"]))
    def ask_for_report(self, data: st.DataObject, by: str) -> None:
        self.read_report(self.drawn(data), by)

    def read_report(self, known: Known, by: str) -> None:
        """The subject's own report: what stands and nothing else; without a consent a department gets none."""
        before = self.bench.heads()
        said: dict[str, Any] = {"subject": {"code": known.code}}
        denied = self.bench.send("/v1/reports", said, self.asker, credit_purpose=asking())
        self.bench.is_refused(denied, self.asker, {"PRV-2"}, before)
        said |= {"entrustment": "委2026-1"} if by == "agent" else {}
        told = self.own("/v1/reports", said, by=by).get_json()
        shown = {UUID(e["record"]) for section in told["report"]["sections"] for e in section["records"]}
        assert shown == known.standing | set(map(UUID, known.red))
        assert told["report"]["subject"]["code"] == known.code
        position = self.bench.head("access")
        self.looked(known, position, ("report", self.bench.office.department, "own_records"))
        self.papers[position] = told["report"]

    @rule(data=st.data(), covers=st.sampled_from(["", "", "purpose", "subject"]))
    def report_by_consent(self, data: st.DataObject, covers: str) -> None:
        """A department has a report within the consent that it was given, for that purpose and subject alone."""
        self.ask_by_consent(self.drawn(data), covers)

    def ask_by_consent(self, known: Known, covers: str) -> None:
        """``covers`` says what the consent is not for: purpose, subject, or the day that it is (``over``)."""
        consent, other = str(uuid4()), next(k for k in self.subjects if k is not known)
        until = self.today.isoformat() if covers == "over" else "2027-02-01"
        given = {
            "consent": consent, "subject": {"code": (other if covers == "subject" else known).code},
            "recipient": self.asker.department, "purpose": "honours" if covers == "purpose" else IN_SCOPE,
            "manner": "once", "items": ["C03-02"], "until": until, "freely_given": True,
        }  # fmt: skip
        office = Officer("", self.bench.office.department)
        self.bench.act("/v1/consents", given, office, credit_on_behalf_of="subject")
        self.bench.world.clock.advance(days=1 if covers == "over" else 0)
        before = self.bench.heads()
        said = {"subject": {"code": known.code}, "consent": consent}
        answer = self.bench.send("/v1/reports", said, self.asker, credit_purpose=asking())
        if covers:
            self.bench.is_refused(answer, self.asker, {"PRV-2"}, before)
            return
        assert answer.status_code == 200, answer.text
        told = answer.get_json()["report"]
        assert {UUID(e["record"]) for s in told["sections"] for e in s.get("records", [])} == known.standing
        self.looked(known, self.bench.head("access"), ("report", self.asker.department, IN_SCOPE))
        self.papers[self.bench.head("access")] = told

    def close(self) -> None:
        super().close()
        for known in self.subjects:
            self.read_report(known, "subject")
            self.read_looks(known)
        self.ask_by_consent(self.subjects[0], "over")
