"""Any history of drafts, documents without basis and tip-offs keeps the promises, after each of its steps."""

from __future__ import annotations

from tests.histories.bench import Bench, run_histories
from tests.histories.cleaning import CleaningUp
from tests.histories.promises import Promises
from tests.histories.tipping import TippingOff
from tests.remedies import begin
from tests.world import World

EXAMPLES, STEPS = 2, 20


class Governing(TippingOff, CleaningUp, Promises):
    """All of them in one history."""


def test_any_history_of_governing_keeps_the_promises(seeded_world: World) -> None:
    run_histories(Governing, examples=EXAMPLES, steps=STEPS, bench=Bench(begin(seeded_world)))
