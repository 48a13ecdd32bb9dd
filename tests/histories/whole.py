"""Lists, measures, linked persons, leniency, settings and logged queries in random histories, over the same records.

To what ``test_remedy_histories.py`` does to them it adds what hangs on them; what must hold there holds here too.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from application.commands.acts import HandleCase, Once
from application.commands.leniency import Leniency
from application.commands.links import LinkPerson, Links
from application.listings import lists_of
from application.ports import Receipt
from domain.listing.events import ListingDecided, ListingRemoved
from domain.measures.case import Measure, fold_measure
from domain.records.leniency import NOT_RECORDED, Assessing, Assessment
from domain.records.links import PersonLinked
from domain.shared.refusals import Refused
from domain.transparency.merkle import leaf_hash
from interfaces.demo.identities import citizen_id
from tests.histories.bench import Days
from tests.integration import test_remedy_histories as remedies
from tests.listing import LIST, ListingStory, decision_parts
from tests.measures import MeasureStory
from tests.remedies import FIRST, SECOND
from tests.remedies_http import City
from tests.rule_settings import change_setting
from tests.world import World

NUMBERS = itertools.count(1)
ADULT = {"id_type": "身份证", "id_number": citizen_id(Random(3), birth=date(1980, 1, 1))}
LIMIT = "objection.own_scope_working_days"


@dataclass
class Model(remedies.Model):
    """What holds beside the records: each listing with its record as it was then, links, and the first limits told."""

    city: City = field(kw_only=True)
    cases: ListingStory = field(kw_only=True)
    measured: MeasureStory = field(kw_only=True)
    measures: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    listed: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    taken_off: set[UUID] = field(default_factory=set)
    links: dict[UUID, UUID] = field(default_factory=dict)
    promised: dict[UUID, str] = field(default_factory=dict)


class WholeHistories(remedies.Histories, Days):
    """What may happen to records and to whatever hangs on them; a test gives the model."""

    model: ClassVar[Model]

    def __init__(self) -> None:
        super().__init__()
        self.listed = list[UUID]()

    @property
    def world(self) -> World:
        """The ledger."""
        return self.story.world

    @contextmanager
    def refused_if(self, unlawful: bool) -> Iterator[None]:
        """The act in it is refused exactly when it is unlawful, and then nothing of it is recorded."""
        if not unlawful:
            yield
            return
        head = self.world.reader.head("records")
        with pytest.raises(Refused):
            yield
        assert self.world.reader.head("records") == head

    def on_list(self) -> set[UUID]:
        """The listings that the subject's own stream says hold today."""
        return {borne.listing for borne in lists_of(self.world.ledger, self.story.subject_id())}

    def decided_leaf(self, listing: UUID) -> str:
        """The leaf hash of the decision to list."""
        rows = self.world.ledger.store.load("records", listing)
        return next(leaf_hash(row.leaf).hex() for row in rows if row.topic == ListingDecided.TOPIC)

    @initialize(target=remedies.Histories.records)
    def begin_with_a_listing(self) -> Any:
        """Each history meets a record on which a listing rests, or would."""
        for left in self.on_list():
            self.take_off(left)
        record = self.determine("repairable")
        self.put_on_the_list(record, heard=True)
        self.look()
        return record

    @rule(record=remedies.Histories.records, heard=st.sampled_from([True, True, False]))
    def put_on_the_list(self, record: UUID, heard: bool) -> None:
        cases, model = self.model.cases, self.model
        # Where only the term of publicity is over, the determination still stands, and may found a listing.
        public = model.content[record]["public"]
        slight = public.get("DISCREDIT_LEVEL") == "轻微"
        with self.refused_if(slight or record in model.withdrawn | model.shielded):
            begun = cases.begin(record)
            parts = decision_parts(public, begun.told, [str(record)], today=self.world.today)
            act = self.story.sealed(ListingDecided.KIND, begun.case, parts)
            seen = cases.heard(begun) if heard else begun
            with self.refused_if(not heard or bool(self.on_list())):
                cases.listings.decide(cases.handling(seen), act)
                self.listed.append(begun.case)
                model.listed[begun.case] = (record, model.corrections[record])

    @precondition(lambda self: self.listed)
    @rule(data=st.data())
    def take_off_the_list(self, data: st.DataObject) -> None:
        self.take_off(data.draw(st.sampled_from(self.listed)))

    def take_off(self, listing: UUID) -> None:
        found = self.model.cases.listings.find(listing)
        assert found is not None
        heads = {"list_code": LIST, "cause": "conditions_met", "removes": self.decided_leaf(listing)}
        parts = {"public": {**heads, "removed_on": self.world.today.isoformat(), "by": ""}}
        act = self.story.sealed(ListingRemoved.KIND, listing, parts)
        handling = HandleCase(listing, found.version, self.model.cases.officer)
        with self.refused_if(listing not in self.on_list()):
            self.model.cases.listings.remove(handling, act)
            self.model.taken_off.add(listing)

    @rule(record=remedies.Histories.records, role=st.sampled_from(["法定代表人", "法定代表人", "亲属"]))
    def link_a_person(self, record: UUID, role: str) -> None:
        link = uuid4()
        public = {
            "record": str(record),
            "links": self.story.file(record).leaf_hash,
            "role": role,
            "basis": "《示范市社会信用条例》第二十条",
        }
        parts = {"public": public, "person/1": {"name": "示例责任人", **ADULT}}
        act = self.story.sealed(PersonLinked.KIND, link, parts)
        grave = self.model.content[record]["public"].get("DISCREDIT_LEVEL") == "严重"
        with self.refused_if(not grave or record in self.model.gone or role == "亲属"):
            once = Once(self.story.source, link.hex, os.urandom(32))
            Links(self.story.desk).link(LinkPerson(link, record, self.story.source, act), once)
            self.model.links[link] = record

    @rule(record=remedies.Histories.records)
    def apply_a_measure(self, record: UUID) -> None:
        """On a record that stands, is not objected to, and while nothing of the kind is applied yet."""
        open_already = any(map(self.holds, self.model.measures.values()))
        unlawful = record in self.model.gone or record in self.objected() or open_already
        try:
            # Within the legal standard of whichever was the first, also when days have passed (MEA-2).
            done = self.model.measured.applied(record, until=self.bench.start.date() + timedelta(days=300))
        except Refused:
            assert unlawful
        else:
            assert record not in self.model.gone
            self.model.measures[done.case] = (record, self.model.corrections[record])

    @rule(approved=st.booleans())
    def be_lenient(self, approved: bool) -> None:
        """What a second officer agreed not to record is refused, and as long as he may; taken back, it is recorded."""
        number = f"示市监罚字〔2026〕宽{next(NUMBERS)}号"
        given = Assessing(self.story.source, number, ("force_majeure",), NOT_RECORDED, "因洪水停产")
        assessment = self._officer(FIRST).assess(given, self._receipt).assessment.id
        content = self.story.content_of(CF_WSH=number, CF_JDRQ="2026-06-01", CF_GSJZQ="2029-01-01")
        assert self.story.determine(content)[1].taken == 0
        with self.refused_if(True):
            self._officer(FIRST).decide(assessment, "approved", self._receipt)
        self._officer(SECOND).decide(assessment, "approved" if approved else "withdrawn", self._receipt)
        record, report = self.story.determine(content)
        assert report.taken == (0 if approved else 1)
        if not approved:
            self.model.first_sent[record] = content
            self.model.sent(record, content)

    @rule(days=st.integers(3, 30))
    def change_a_limit(self, days: int) -> None:
        """A running case keeps the limit that it began with."""
        change_setting(self.world, LIMIT, days)
        self.bench.limits.append((self.world.today + timedelta(days=1), days))
        self.story.desk.registry.forget()

    def days_passed(self) -> None:
        """The department reads its cases again."""
        super().days_passed()
        model, story = self.model, self.story
        for record, content in model.content.items():
            model.sent(record, content)
        for case, done in {**model.pending, **model.left}.items():
            objection = story.objections.find(case)
            assert objection is not None
            kept = model.pending if case in model.pending else model.left
            kept[case] = replace(done, version=objection.version)
        for case, done in model.repairs.items():
            repair = story.repairs.find(case)
            assert repair is not None
            model.repairs[case] = replace(done, version=repair.version)

    @rule()
    def look(self) -> None:
        """A department's logged query shows exactly what stands, and is one look more for the subject."""
        self.world.project()
        answer = self.model.city.clients["stranger"].query(
            [self.model.city.subject],
            official=self.model.city.stranger_officer,
            purpose="licensing",
            case="示许受字〔2026〕7号",
            basis="《中华人民共和国行政许可法》第三十四条",
        )
        shown = {UUID(r["record"]) for r in answer[0]["records"]}
        assert self.model.first_sent.keys() - shown == self.model.gone
        assert shown & self.model.listed.keys() == self.on_list()
        assert not shown & self.model.links.keys()

    @invariant()
    def a_list_holds_as_long_as_what_it_rests_on(self) -> None:
        on = self.on_list()
        assert on <= self.model.listed.keys()
        for listing, ground in self.model.listed.items():
            record, corrections = ground
            rests = record not in self.model.withdrawn | self.model.shielded
            rests = rests and corrections == self.model.corrections[record]
            assert (listing in on) == (rests and listing not in self.model.taken_off)
            if listing not in on:
                assert self.story.shared(listing) == 0

    @invariant()
    def a_measure_rests_on_what_stands_and_rests_while_that_is_objected_to(self) -> None:
        for case, ground in self.model.measures.items():
            measure = self._measure(case)
            assert measure.is_open == self.holds(ground)
            if measure.is_open:
                assert bool(measure.suspended_by) == (ground[0] in self.objected())

    def holds(self, ground: tuple[UUID, int]) -> bool:
        """Whether what a measure rests on is as it was: the record stands, and was not corrected since."""
        record, corrections = ground
        return record not in self.model.gone and corrections == self.model.corrections[record]

    @invariant()
    def no_link_is_in_any_view(self) -> None:
        for link in self.model.links:
            assert self.world.lookup.record(link) is None and self.story.shared(link) == 0

    @invariant()
    def a_running_case_keeps_its_limit(self) -> None:
        for case in self.model.pending:
            found = self.story.objections.find(case)
            assert found is not None
            assert self.model.promised.setdefault(case, found.answer_by) == found.answer_by

    def objected(self) -> set[UUID]:
        """The records to which an objection is being verified."""
        return {self.model.object_of[case] for case in (*self.model.pending, *self.model.left)}

    def _measure(self, case: UUID) -> Measure:
        measure = fold_measure(self.world.ledger.load(case))
        assert measure is not None
        return measure

    def _officer(self, pseudonym: str) -> Leniency:
        return Leniency(self.world.ledger, officer=pseudonym, department=self.story.source)

    def _receipt(self, _: tuple[Assessment, ...]) -> Receipt:
        return Receipt(self.story.source, uuid4().hex, os.urandom(32), 201, {})
