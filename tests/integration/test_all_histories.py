"""Any history over all contexts, lawful and unlawful acts mixed, keeps the fifteen promises after each of its steps.

Which check holds which promise stands in ``tests/histories/promises.py``, the rules of each context beside it.
"""

from __future__ import annotations

from tests.histories.bench import Bench, run_histories
from tests.histories.disputing import Disputing
from tests.histories.duties import Dutiful
from tests.histories.enduring import Enduring
from tests.histories.erasing import Erasing
from tests.histories.flagging import Flagging
from tests.histories.joining import FEEDBACK_DAY, Joining
from tests.histories.overseeing import Overseeing
from tests.histories.publishing import Publishing
from tests.histories.whole import Model, WholeHistories
from tests.listing import ListingStory
from tests.measures import MeasureStory
from tests.remedies import begin
from tests.remedies_http import City
from tests.rule_settings import change_setting
from tests.world import World

EXAMPLES, STEPS = 2, 30


class AllHistories(
    Publishing, Joining, Dutiful, Enduring, Disputing, Flagging, Overseeing, Erasing, WholeHistories
):
    """Everything that may happen, in one history."""


def test_any_history_of_all_contexts_keeps_the_promises(seeded_world: World) -> None:
    story = begin(seeded_world)
    # Nothing is drawn by chance, and the first day is a Monday.
    change_setting(seeded_world, "review.sample_per_10000", 0)
    change_setting(seeded_world, "joint.feedback_day", FEEDBACK_DAY)
    seeded_world.clock.advance(days=2)
    bench = Bench(story)
    with bench.web.served() as url:
        model = Model(story, city=City(story, url), cases=ListingStory(story), measured=MeasureStory(story))
        run_histories(AllHistories, examples=EXAMPLES, steps=STEPS, model=model, bench=bench)
