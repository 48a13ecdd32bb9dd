"""Any history over all contexts, lawful and unlawful acts mixed, keeps the fifteen promises after each of its steps.

Which check holds which promise stands in ``tests/histories/promises.py``, the rules of each context beside it.
"""

from __future__ import annotations

from tests.histories.bench import Bench, run_histories
from tests.histories.erasing import Erasing
from tests.histories.whole import Model, WholeHistories
from tests.listing import ListingStory
from tests.measures import MeasureStory
from tests.remedies import begin
from tests.remedies_http import City
from tests.world import World

EXAMPLES, STEPS = 3, 40


class AllHistories(Erasing, WholeHistories):
    """Everything that may happen, in one history."""


def test_any_history_of_all_contexts_keeps_the_promises(seeded_world: World) -> None:
    story = begin(seeded_world)
    bench = Bench(story)
    with bench.web.served() as url:
        model = Model(story, city=City(story, url), cases=ListingStory(story), measured=MeasureStory(story))
        run_histories(AllHistories, examples=EXAMPLES, steps=STEPS, model=model, bench=bench)
