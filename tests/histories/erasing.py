"""Erasure in random histories: asked for by one officer, approved by another, carried out, and gone everywhere (PRV-4).

What is erased opens in no row and stands in no answer; everything else opens, verifies and is answered as before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.parties.acting import Officer
from tests.histories.bench import NUMBERS, OFFICE_OFFICERS
from tests.histories.cleaning import CleaningUp
from tests.histories.entering import Entering
from tests.histories.reporting import Reporting
from tests.histories.subjects import Known
from tests.histories.tipping import Filed, TippingOff

PATH = "/v1/erasures"
BASIS = "个人信息保护法第四十七条"
KINDS = ("subject", "tip-off", "author", "contact")


@dataclass
class Asked:
    """An erasure as the model has it: of whom or what, by whom it is wanted."""

    id: str
    target: dict[str, Any]
    words: set[str]
    of: Known | Filed | None
    wanted: set[str]


class Erasing(Entering, Reporting, TippingOff, CleaningUp):
    """What the credit office's officers ask for, of subjects, reporters, authors of opinions and contacts."""

    def __init__(self) -> None:
        super().__init__()
        self.erasures: list[Asked] = []

    @rule(data=st.data(), kind=st.sampled_from(KINDS), flaw=st.sampled_from(["", "", "", "who", "nobody"]))
    def ask_for_erasure(self, data: st.DataObject, kind: str, flaw: str) -> None:
        targets = self.targets(kind)
        if targets:
            self.ask_to_erase(data.draw(st.sampled_from(targets)), flaw)

    def targets(self, kind: str) -> list[Asked]:
        """What of a kind could be erased now, and is not asked for yet."""
        if kind == "subject":
            targets: list[tuple[dict[str, Any], set[str], Known | Filed | None]] = [
                ({"kind": "subject", "subject": {"code": k.code}}, {k.name, k.person}, k)
                for k in self.subjects
            ]
        elif kind == "tip-off":
            targets = [({"kind": "record", "record": f.number}, f.words, f) for f in self.tip_offs]
        elif kind == "author":
            targets = [
                ({"kind": "part", "record": d.case, "name": f"person/{number}"}, {author}, None)
                for d in self.drafts
                for number, author in d.authors.items()
            ]
        else:
            documents = self.bench.web.http.get("/v1/instruments").get_json()["documents"]
            targets = [
                ({"kind": "part", "record": d["document"], "name": "person/1"}, self.contacts[title], None)
                for d in documents
                if (title := d["title"].strip("《》")) in self.contacts
            ]
        asked = [erasure.target for erasure in self.erasures]
        return [Asked("", target, words, of, set()) for target, words, of in targets if target not in asked]

    def ask_to_erase(self, target: Asked, flaw: str) -> None:
        """By an officer of the credit office, about somebody whom the ledger knows."""
        who = self.market if flaw == "who" else self.bench.office
        erasure = replace(target, id=str(uuid4()), wanted={who.pseudonym})
        named = {"kind": "record", "record": str(uuid4())} if flaw == "nobody" else target.target
        said = {"erasure": erasure.id, "target": named, "cause": "subject_request", "basis": BASIS}
        if self.bench.act(PATH, said, who, unlawful={"PRV-4"} if flaw else set()):
            self.erasures.append(erasure)

    @precondition(lambda self: self.erasures)
    @rule(data=st.data(), who=st.sampled_from([*OFFICE_OFFICERS, "market"]))
    def approve_erasure(self, data: st.DataObject, who: str) -> None:
        self.approve_one(data.draw(st.sampled_from(self.erasures)), who)

    def approve_one(self, erasure: Asked, who: str) -> None:
        """By another officer of the credit office than who asked, once."""
        officer = self.market if who == "market" else Officer(who, self.bench.office.department)
        unlawful = (
            {"PRV-4"} if who == "market" or who in erasure.wanted or len(erasure.wanted) > 1 else set[str]()
        )
        if self.bench.act(f"{PATH}/{erasure.id}/approve", {}, officer, unlawful=unlawful):
            erasure.wanted.add(who)

    @precondition(lambda self: any(len(erasure.wanted) > 1 for erasure in self.erasures))
    @rule()
    def carry_out(self) -> None:
        """What two officers want is erased, and nothing else."""
        world, before = self.bench.world, self.bench.head("records")
        due = [erasure for erasure in self.erasures if len(erasure.wanted) > 1]
        list(world.erasing().run())
        done = [row for row in self.bench.rows("records", before) if row.topic == "data.erased"]
        assert {str(row.stream_id) for row in done} == {erasure.id for erasure in due}
        for erasure in due:
            self.bench.erased |= erasure.words
            self.bench.secret |= erasure.words
            self.erasures.remove(erasure)
            self.gone(erasure.of)
        self.tick()

    def gone(self, of: Known | Filed | None) -> None:
        """Nobody finds it any more, neither who knows its name nor who holds its receipt."""
        http = self.bench.web.http
        if isinstance(of, Known):
            for record in of.records:
                assert self.bench.world.lookup.record(record) is None
            assert self.bench.world.lookup.find(of.name) == [] and self.bench.world.lookup.find(of.code) == []
            self.forget(of)
        elif of is not None:
            known = {"number": of.number, "secret": of.secret}
            assert http.post("/v1/tip-offs/follow-up", json=known).status_code == 404
            self.tip_offs.remove(of)

    def close(self) -> None:
        super().close()
        for kind in KINDS:
            for target in self.targets(kind)[:1]:
                self.ask_to_erase(target, f"{'who' if next(NUMBERS) % 2 else 'nobody'}")
                self.ask_to_erase(target, "")
                for who in ("market", OFFICE_OFFICERS[0]):
                    self.approve_one(self.erasures[-1], who)
                if kind != "author":
                    self.approve_one(self.erasures[-1], OFFICE_OFFICERS[1])
        self.carry_out()
        self.is_public()
        for filed in self.tip_offs:
            self.follow_one(filed)
        for known in self.subjects:
            self.query(known, self.asker)
            self.read_looks(known)
