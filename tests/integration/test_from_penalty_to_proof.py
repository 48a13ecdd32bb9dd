"""One case carried through the whole law over HTTP, from the penalty to the proof that nothing of it is shown.

Each step is what the texts say comes next: penalty, notice, statement, listing, measure, objection, repair. Nothing is
used but the product's own client and the verifier that ships alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from interfaces.client.remedies import case_of
from interfaces.client.verifier import verify
from tests.listing import Lister
from tests.measures import BANNED, HEAVY, PURPOSE, Desk
from tests.remedies import REMEDIES, begin
from tests.remedies_http import LETTER, PROOF, City, deciding
from tests.web import Web
from tests.world import World

OWN = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records"}


class Walk:
    """The city, its lists and its measures, over one service."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.city = world, City(begin(world), url)
        self.lists, self.measures = Lister(self.city), Desk(self.city)

    def evidence(self, claim: str, **said: Any) -> bytes:
        """A bundle for the subject, asked for at its portal."""
        question = {"claim": claim, "subject": self.city.subject, **said}
        return self.city.clients["portal"].fetch("/v1/evidence", question, accept="application/json", **OWN)

    def seen(self, entry: str) -> tuple[bool, bool]:
        """Whether another department's logged query shows an entry, and whether the public does."""
        self.world.project()
        return bool(self.city.shared(entry)), self.city.public(entry) is not None


@pytest.fixture
def walk(seeded_world: World) -> Iterator[Walk]:
    with Web(seeded_world).served() as url:
        yield Walk(seeded_world, url)


def test_a_case_goes_from_the_penalty_to_the_proof_that_it_is_gone(walk: Walk) -> None:
    city, lists, measures = walk.city, walk.lists, walk.measures
    record = city.determine()
    assert walk.seen(record) == (True, True)

    begun = lists.begin(record)
    said = lists.portal.state_case(case_of("listings", begun), subject=city.subject, grounds="已经整改")
    answered = lists.source.answer(lists.case(said), outcome="rejected", reasons="整改材料不足")
    decided = lists.source.decide(lists.case(answered), lists.parts(begun, [record]))
    listing = decided["case"]
    assert walk.seen(listing) == (True, True) and lists.on_list() == [listing]

    ground = {"kind": "listing", "id": listing}
    asked = measures.source.check(
        city.subject, HEAVY, official=measures.official("source"), purpose=PURPOSE, provision=BANNED
    )
    assert asked["answer"] == "yes" and [g["id"] for g in asked["grounds"] if g["may"]] == [listing]
    named = measures.name(listing, measure=HEAVY, provision=BANNED, rests_on=ground)
    applied = measures.apply(measures.of(named, "source"), listing)
    assert measures.state(applied)["state"] == "applied"

    objected = city.object(record)
    assert city.public(record).objected and measures.state(applied)["state"] == "suspended"
    city.source.reject(deciding("objections", objected), reasons="经核实一致", remedies=REMEDIES)
    assert not city.public(record).objected and measures.state(applied)["state"] == "applied"

    repair = city.apply(record, PROOF, LETTER)
    accepted = city.source.accept(deciding("repairs", repair))
    city.source.grant(deciding("repairs", accepted))
    assert walk.seen(record) == walk.seen(listing) == (False, False) and lists.on_list() == []
    own = measures.portal.state(applied["case"], subject=city.subject)
    assert (own["state"], own["history"][-1]["event"]) == ("ended", "measure.ended")

    walk.world.publish()
    policy = (walk.world.published / "policy").read_bytes()
    for bundle in (walk.evidence("shielded", record=record), walk.evidence("who_looked")):
        checked = verify(bundle, policy)
        assert checked.good, checked
    assert walk.world.finding() is None and walk.world.new_projector().rebuild().equal
