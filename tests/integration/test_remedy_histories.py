"""Any history of records, objections, corrections and repairs keeps the promises after each of its steps."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, precondition, rule

from application.attempts import StaleVersion
from application.commands.acts import Done
from domain.shared.canonical import Parts
from domain.shared.refusals import Refused
from tests.histories.bench import Bench, run_histories
from tests.histories.promises import Promises
from tests.remedies import FIRST, LETTER, PROOF, REMEDIES, SECOND, Story, begin
from tests.world import World

NUMBERS = itertools.count(1)
EXAMPLES, STEPS = 8, 14
MONTHS = {"轻微": 3, "一般": 12, "严重": 36}
"""How long a penalty is public at most (国办发〔2025〕22号 二)."""
DECISIONS = {
    "slight": (date(2026, 11, 1), "轻微"),
    "repairable": (date(2026, 6, 1), "一般"),
    "too early": (date(2026, 10, 1), "一般"),
    "grave": (date(2025, 6, 1), "严重"),
}


@dataclass
class Model:
    """What must hold in one test's ledger, by what was sent to it: it grows over all histories that are tried.

    ``content`` is what each record must say now, ``corrections`` how often it was corrected. ``gone`` is in no view:
    ``withdrawn``, ``shielded``, or what its own term has ended (``is_over``).
    """

    story: Story
    first_sent: dict[UUID, Parts] = field(default_factory=dict)
    content: dict[UUID, Parts] = field(default_factory=dict)
    corrections: Counter[UUID] = field(default_factory=Counter)
    early: set[UUID] = field(default_factory=set)
    ended: set[UUID] = field(default_factory=set)
    withdrawn: set[UUID] = field(default_factory=set)
    shielded: set[UUID] = field(default_factory=set)
    pending: dict[UUID, Done] = field(default_factory=dict)
    object_of: dict[UUID, UUID] = field(default_factory=dict)
    repairs: dict[UUID, Done] = field(default_factory=dict)
    repaired: dict[UUID, UUID] = field(default_factory=dict)
    left: dict[UUID, Done] = field(default_factory=dict)

    @property
    def gone(self) -> set[UUID]:
        """The records that no view shows any more."""
        return self.withdrawn | self.shielded | self.ended

    def sent(self, record: UUID, content: Parts) -> None:
        """A department sent what a record says from now on; what had ended does not come back by it."""
        self.content[record] = content
        if is_over(content, self.story.world.today):
            self.ended.add(record)

    def begin(self) -> None:
        """A new history: what earlier ones left pending stays so, and is not drawn again."""
        self.left |= self.pending
        self.pending.clear()
        self.repairs.clear()


def is_over(content: Parts, today: date) -> bool:
    """Whether the term has passed: the day that was sent, or so many months from the decision, whichever is sooner."""
    public = content["public"]
    decided = date.fromisoformat(str(public["CF_JDRQ"]))
    years, month = divmod(decided.month - 1 + MONTHS[str(public.get("DISCREDIT_LEVEL", "一般"))], 12)
    most = decided.replace(year=decided.year + years, month=month + 1)
    return min(most, date.fromisoformat(str(public["CF_GSJZQ"]))) < today


class Histories(Promises):
    """What may happen to records over one ledger; a test gives the model."""

    model: ClassVar[Model]
    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.model.begin()
        self.earlier = len(self.model.first_sent)

    @property
    def mine(self) -> list[UUID]:
        """The records of this history: those of earlier ones are looked at when it ends."""
        return list(self.model.first_sent)[self.earlier :]

    @property
    def story(self) -> Story:
        """The records' department at work."""
        return self.model.story

    def has_pending(self) -> bool:
        """Whether an objection of this history waits for its answer."""
        return bool(self.model.pending)

    def has_repairs(self) -> bool:
        """Whether an application of this history waits for its decision."""
        return bool(self.model.repairs)

    @rule(target=records, sort=st.sampled_from(sorted(DECISIONS)))
    def determine(self, sort: str) -> UUID:
        decided, severity = DECISIONS[sort]
        number = f"示市监罚字〔2026〕史{next(NUMBERS)}号"
        content = self.story.content_of(
            CF_WSH=number, CF_JDRQ=decided.isoformat(), CF_GSJZQ="2029-01-01", DISCREDIT_LEVEL=severity
        )
        if severity == "轻微":
            assert self.story.determine(content)[1].taken == 0
            self.story.assess_slight(number)
        record, report = self.story.determine(content)
        assert report.taken == 1
        self.model.first_sent[record] = content
        self.model.sent(record, content)
        if sort == "too early":
            self.model.early.add(record)
        return record

    @rule(record=records, by_department=st.booleans())
    def object(self, record: UUID, by_department: bool) -> None:
        officer = FIRST if by_department else None
        if record in self.model.withdrawn | self.model.shielded:
            with pytest.raises(Refused):
                self.story.object(record)
            return
        done = self.story.object(record, by_department=by_department, officer=officer)
        self.model.pending[done.case], self.model.object_of[done.case] = done, record

    @precondition(has_pending)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(list(self.model.pending)))
        with pytest.raises(StaleVersion):
            self.story.objections.reject(
                self.story.deciding(self.model.pending[case], expected=7), reasons="一致", remedies=REMEDIES
            )
        self.story.objections.reject(
            self.story.deciding(self.model.pending.pop(case)), reasons="一致", remedies=REMEDIES
        )

    @precondition(has_pending)
    @rule(data=st.data(), fine=st.integers(1, 99), shorter=st.sampled_from([False, False, False, True]))
    def correct(self, data: st.DataObject, fine: int, shorter: bool) -> None:
        case = data.draw(st.sampled_from(list(self.model.pending)))
        record = self.model.object_of[case]
        now = self.model.content[record]
        fields = {"CF_NR_FK": f"{fine}.5", "CF_CFLB": "罚款"}
        if shorter:
            fields["CF_GSJZQ"] = "2026-11-20"
        content = {**now, "public": {**now["public"], **fields}}
        act = self.story.correction(record, case, content)
        if record in self.model.withdrawn | self.model.shielded or content == now:
            with pytest.raises(Refused):
                self.story.objections.correct(self.story.deciding(self.model.pending[case]), act)
            return
        self.story.objections.correct(self.story.deciding(self.model.pending.pop(case)), act)
        self.model.corrections[record] += 1
        self.model.sent(record, content)

    @precondition(has_pending)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(list(self.model.pending)))
        record = self.model.object_of[case]
        act = self.story.withdrawal(record, case)
        if record in self.model.withdrawn:
            with pytest.raises(Refused):
                self.story.objections.withdraw(self.story.deciding(self.model.pending[case]), act)
            return
        self.story.objections.withdraw(self.story.deciding(self.model.pending.pop(case)), act)
        self.model.withdrawn.add(record)

    @rule(record=records, complete=st.booleans())
    def apply(self, record: UUID, complete: bool) -> None:
        materials = (PROOF, LETTER) if complete else (PROOF,)
        if record in self.model.gone or record in self.model.early:
            with pytest.raises(Refused):
                self.story.apply(record, *materials)
            return
        done = self.story.apply(record, *materials)
        self.model.repairs[done.case], self.model.repaired[done.case] = done, record

    @precondition(has_repairs)
    @rule(data=st.data(), grant=st.booleans())
    def decide(self, data: st.DataObject, grant: bool) -> None:
        case = data.draw(st.sampled_from(list(self.model.repairs)))
        done = self.model.repairs.pop(case)
        found = self.story.repairs.find(case)
        assert found is not None
        if found.decided:
            return  # closed by the act that took the record away
        if self.model.repaired[case] in self.model.gone:
            with pytest.raises(Refused):  # its term is over: nothing is left to repair
                self.story.repairs.accept(self.story.handling(done, FIRST))
            return
        if LETTER.kind not in found.given:
            done = self.story.repairs.request_materials(self.story.handling(done))
            done = self.story.repairs.supply(self.story.supplying(done, LETTER))
        done = self.story.repairs.accept(self.story.handling(done, FIRST))
        record = self.model.repaired[case]
        if grant:
            self.story.repairs.grant(self.story.handling(done, SECOND))
            self.model.shielded.add(record)
        else:
            self.story.repairs.reject(self.story.handling(done), reasons="未履行", remedies=REMEDIES)

    @rule(record=records)
    def send_again(self, record: UUID) -> None:
        _, report = self.story.determine(self.model.first_sent[record])
        assert (report.taken, report.already) == (0, 1)

    @rule()
    def project(self) -> None:
        self.story.world.project()
        for record in self.model.first_sent:
            assert (self.story.world.lookup.record(record) is None) == (record in self.model.gone)

    @invariant()
    def nothing_suppressed_is_visible(self) -> None:
        self.is_hidden(self.mine)

    def is_hidden(self, records: list[UUID]) -> None:
        """Promise 7: of these, what is gone is in no view."""
        gone = self.model.gone.intersection(records)
        assert not self.story.shared_of(gone)
        for record in gone:
            assert self.story.world.lookup.record(record) is None

    @invariant()
    def marks_are_the_pending_objections(self) -> None:
        pending = {**self.model.left, **self.model.pending}
        objected = {(self.model.object_of[case], case) for case in pending}
        assert self.story.marks() == objected | self.also_marked()
        self.is_marked(self.mine)

    def is_marked(self, records: list[UUID]) -> None:
        """Of these, what is objected to is shown so, and nothing else."""
        objected = {self.model.object_of[case] for case in (*self.model.left, *self.model.pending)}
        for record in records:
            shown = self.story.world.lookup.record(record)
            assert shown is None or shown.objected == (record in objected)

    def shown_and_gone(self) -> tuple[set[UUID], set[UUID]]:
        """Also the records of this history."""
        shown, gone = super().shown_and_gone()
        mine = set(self.mine)
        return shown | (mine - self.model.gone), gone | (mine & self.model.gone)

    def end_a_term(self) -> None:
        """A correction makes a term shorter than it has run already: what it is about is in no view at once."""
        record: Any = self.determine("repairable")
        filed = self.story.object(record)
        now = self.model.content[record]
        content = {**now, "public": {**now["public"], "CF_GSJZQ": "2026-11-20"}}
        act = self.story.correction(record, filed.case, content)
        self.story.objections.correct(self.story.deciding(filed), act)
        self.model.corrections[record] += 1
        self.model.sent(record, content)
        assert record in self.model.ended

    def close(self) -> None:
        super().close()
        self.end_a_term()
        for record, content in self.model.content.items():
            assert self.story.file(record).standing.content == content
        self.is_hidden(list(self.model.first_sent))
        self.is_marked(list(self.model.first_sent))


def test_any_history_of_remedies_keeps_the_promises(seeded_world: World) -> None:
    model = Model(begin(seeded_world))
    run_histories(Histories, examples=EXAMPLES, steps=STEPS, model=model, bench=Bench(model.story))
