"""Subjects of their own in random histories: what stands about each, who looked at it, what may be shown (QRY, PRV).

The model holds each record's state by what was done to it; every answer is held to it, and kept to be made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from application.commands.acts import Done
from application.commands.reorganisations import Reorganisations
from domain.parties.acting import Officer
from domain.remedies.reorganisation import OUTCOMES
from domain.shared.refusals import Refused
from interfaces.client.signing import purpose_header
from interfaces.demo.identities import credit_code
from tests.histories.bench import NUMBERS
from tests.histories.promises import Promises
from tests.remedies import SECOND, Story, apply_for_rest, end_rest, handling_rest, rest

CASE, BASIS = "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第三十四条"
IN_SCOPE = "licensing"
Look = tuple[str, str, str]
"""View, department and purpose of a look, as its subject is told of it."""


@dataclass
class Resting:
    """A temporary shield: its case as it was left last, and whether it was applied for only."""

    record: UUID
    done: Done
    applied: bool


@dataclass
class Known:
    """A subject as the model has it: each record with its state and severity, the looks at it, and by name
    itself and the person who represents it."""

    code: str
    name: str
    person: str
    story: Story
    records: dict[UUID, str] = field(default_factory=dict)
    severity: dict[UUID, str] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    rests: list[Resting] = field(default_factory=list)
    red: dict[str, str] = field(default_factory=dict)
    """Its entry on the red list with the leaf hash, while it stands; of all that ever were, one at most."""
    watched: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    referred: dict[str, str] = field(default_factory=dict)

    @property
    def standing(self) -> set[UUID]:
        """The records that any view shows."""
        return {record for record, state in self.records.items() if state == "standing"}

    def __repr__(self) -> str:
        return f"Known({self.code})"


class Subjects(Promises):
    """What happens to two subjects, and who asks about them."""

    def __init__(self) -> None:
        super().__init__()
        city, source = self.bench.world.city, self.bench.story.source
        self.asker = next(Officer(o.key, o.department) for o in city.officers if self._asks(o.department))
        self.source = Officer(SECOND, source)
        self.subjects = [self.meet() for _ in range(2)]

    def _asks(self, department: str) -> bool:
        return department in {a.code for a in self.bench.world.city.agencies} - {self.bench.story.source}

    def meet(self) -> Known:
        """Somebody whom the ledger has never met, with a name found nowhere else."""
        number, first = next(NUMBERS), self.bench.story
        code = credit_code(Random(number), prefix="91", division="420100")
        name, person = f"示范市标{number}Zz有限公司", f"Head{number}Zz"
        content = {**first.content_of(CF_XDR_SHXYM=code, CF_XDR_MC=name), "person/1": {"CF_FRDB": person}}
        known = Known(code, name, person, Story(first.world, content, first.source, first.office))
        self.determine_about(known, "一般")
        return known

    @contextmanager
    def refused_if(self, unlawful: bool) -> Iterator[None]:
        """The command in it is refused exactly when it is unlawful, and then nothing of it is recorded."""
        before = self.bench.heads()
        if not unlawful:
            yield
            return
        with pytest.raises(Refused):
            yield
        assert before == self.bench.heads()

    @rule(data=st.data(), severity=st.sampled_from(["一般", "严重"]))
    def determine_another(self, data: st.DataObject, severity: str) -> None:
        self.determine_about(self.drawn(data), severity)

    def determine_about(self, known: Known, severity: str) -> None:
        """A record more, in the views."""
        number = f"示市监罚字〔2026〕标{next(NUMBERS)}号"
        record = known.story.new_record(number, decided=date(2026, 6, 1), severity=severity)
        known.records[record], known.severity[record] = "standing", severity
        self.bench.kept |= {known.name, known.person}
        self.tick()

    def drawn(self, data: st.DataObject) -> Known:
        """One of the subjects."""
        return data.draw(st.sampled_from(self.subjects))

    @rule(data=st.data())
    def withdraw_one(self, data: st.DataObject) -> None:
        known = self.drawn(data)
        if known.standing:
            self.take_back(known, data.draw(st.sampled_from(sorted(known.standing))))

    def take_back(self, known: Known, record: UUID) -> None:
        """The subject objects, and its source finds that the record should not stand."""
        story = known.story
        filed = story.object(record)
        story.objections.withdraw(story.deciding(filed), story.withdrawal(record, filed.case))
        self.fell(known, record, "withdrawn")

    def fell(self, known: Known, record: UUID, state: str) -> None:
        """A record stands no more, and neither does what rested on it."""
        known.records[record] = state
        known.watched = {e: held for e, held in known.watched.items() if held[1] != record}

    def rests_now(self, known: Known, record: UUID) -> None:
        """A record is in no view until its plan fails, or for good once it is performed."""
        known.records[record] = "resting"

    @rule(data=st.data(), how=st.sampled_from(["begin", "apply"]))
    def let_rest(self, data: st.DataObject, how: str) -> None:
        """A court approved a plan: the source lets a record rest, or its subject asks for it; only what stands may."""
        known = self.drawn(data)
        record = data.draw(st.sampled_from(sorted(known.records)))
        with self.refused_if(known.records[record] != "standing"):
            if how == "begin":
                known.rests.append(Resting(record, rest(known.story, record), applied=False))
                self.rests_now(known, record)
            else:
                known.rests.append(Resting(record, apply_for_rest(known.story, record), applied=True))

    @rule(data=st.data(), end=st.sampled_from(["grant", "refuse", *OUTCOMES, *OUTCOMES]))
    def end_a_rest(self, data: st.DataObject, end: str) -> None:
        known = self.drawn(data)
        if known.rests:
            self.end_one(known, data.draw(st.sampled_from(known.rests)), end)

    def end_one(self, known: Known, resting: Resting, end: str) -> None:
        """An application is granted or refused once, a plan performed or failed once; who may not decide is refused."""
        desk, story, record = Reorganised(known.story), known.story, resting.record
        state = known.records[record]
        if end in ("grant", "refuse"):
            lawful = resting.applied and (end == "refuse" or state == "standing")
            if resting.applied and state in ("withdrawn", "shielded"):
                return  # closed by the act that took the record away
            with self.refused_if(not lawful):
                resting.done = desk.answered(resting.done, end)
                resting.applied = False
                if end == "grant":
                    self.rests_now(known, record)
                else:
                    known.rests.remove(resting)
            return
        if not resting.applied and state != "resting":
            return
        with self.refused_if(resting.applied):
            end_rest(story, resting.done, end)
            known.rests.remove(resting)
            if end == "performed":
                self.fell(known, record, "shielded")
            else:
                known.records[record] = "standing"
        self.tick()

    @rule(data=st.data())
    def query_one(self, data: st.DataObject) -> None:
        self.query(self.drawn(data), self.asker)

    def query(self, known: Known, who: Officer, *, unlawful: str = "") -> int:
        """A logged query shows exactly what stands, and is one look more; where its receipt says."""
        before = self.bench.heads()
        said = {"subjects": [{"code": known.code}]}
        answer = self.bench.send("/v1/queries", said, who, credit_purpose=asking())
        if unlawful:
            self.bench.is_refused(answer, who, {unlawful}, before)
            return 0
        assert answer.status_code == 200, answer.text
        (told,) = answer.get_json()["answers"]
        assert {UUID(r["record"]) for r in told["records"]} == known.standing | set(map(UUID, known.red))
        position = int(told["receipt"].partition(":")[2])
        assert self.bench.head("access") == position == before["access"] + 1
        self.looked(known, position, ("shared", who.department, IN_SCOPE))
        self.answered[position] = answer.data
        return position

    def looked(self, known: Known, position: int, look: Look) -> None:
        """A look stands in the subject's list from now on."""
        known.looks.append(look)
        known.positions.append(position)
        known.days.append(self.today)

    @rule(data=st.data())
    def ask_who_looked(self, data: st.DataObject) -> None:
        self.read_looks(self.drawn(data))

    def read_looks(self, known: Known) -> None:
        """Promise 9: the list is the model's, look by look, and its own reading is the last."""
        answer = self.own("/v1/subject/who-looked", {"subjects": [{"code": known.code}]})
        self.looked(
            known, self.bench.head("access"), ("who_looked", self.bench.office.department, "own_records")
        )
        told = answer.get_json()["looks"]
        assert [look["number"] for look in told] == list(range(1, len(known.looks) + 1))
        assert [(look["view"], look["department"], look["purpose"]) for look in told] == known.looks

    def own(self, path: str, said: Any, *, by: str = "subject") -> Any:
        """A subject's own question, by its portal."""
        portal = Officer("", self.bench.office.department)
        behalf = {"credit_on_behalf_of": by, "credit_purpose": "own_records"}
        answer = self.bench.send(path, said, portal, **behalf)
        assert answer.status_code == 200, answer.text
        return answer

    def close(self) -> None:
        super().close()
        resting = self.subjects[0]
        self.determine_about(resting, "一般")
        record = list(resting.records)[-1]
        resting.rests.append(Resting(record, rest(resting.story, record), applied=False))
        self.rests_now(resting, record)
        self.query(resting, self.asker)
        self.end_one(resting, resting.rests[-1], "failed")
        for known in self.subjects:
            self.query(known, self.asker)
            for record, state in known.records.items():
                shown = self.bench.world.lookup.record(record)
                assert (shown is not None) == (state == "standing"), state
            self.read_looks(known)

    def shown_and_gone(self) -> tuple[set[UUID], set[UUID]]:
        """Also the records of both subjects."""
        shown, gone = super().shown_and_gone()
        for known in self.subjects:
            shown |= known.standing | set(map(UUID, known.red))
            gone |= known.records.keys() - known.standing
        return shown, gone

    def may_return(self) -> set[UUID]:
        """What rests comes back when the plan fails."""
        resting = (r for known in self.subjects for r, state in known.records.items() if state == "resting")
        return super().may_return() | set(resting)

    def measure_refused(self, who: Officer) -> None:
        """What somebody ordered was refused just now by a rule of the measures list (MEA-1 to MEA-3)."""

    def forget(self, known: Known) -> None:
        """Somebody is erased: nothing that was answered about it can be made again."""
        for position in known.positions:
            self.answered.pop(position, None)
            self.papers.pop(position, None)
        self.subjects[self.subjects.index(known)] = self.meet()


class Reorganised:
    """The source's answers to applications for a temporary shield."""

    def __init__(self, story: Story) -> None:
        self.story, self.desk = story, Reorganisations(story.desk)

    def answered(self, done: Done, how: str) -> Done:
        """Granted, or refused with reasons and remedies."""
        handling = handling_rest(self.story, done)
        if how == "grant":
            return self.desk.grant(handling)
        remedies = {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"}
        return self.desk.refuse(handling, reasons="裁定书与申请不符", remedies=remedies)


def asking(purpose: str = IN_SCOPE) -> str:
    """The header of a department's purpose with its case and basis."""
    return purpose_header(purpose, case=CASE, basis=BASIS)
