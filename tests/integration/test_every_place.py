"""Every place that could show a record, asked before it ends, right after, when views follow, and when an epoch does.

A route or page that no place asks fails here, unless it stands in ``HOLDS_NOTHING`` with its reason. The list for
operators is the table in docs/operations.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping

import pytest
from werkzeug.test import TestResponse

from tests.places import HOLDS_NOTHING, NONE, PLACES
from tests.remedies import begin
from tests.scene import MARKS, Held, Scene, is_kept_by_nobody, marks_in
from tests.world import World


@pytest.fixture
def scene(seeded_world: World) -> Scene:
    return Scene(begin(seeded_world))


@pytest.mark.rule("REP-5")
@pytest.mark.parametrize("how", ["shielded", "withdrawn"])
def test_rep_5_no_place_but_the_subjects_own_and_an_auditors_shows_a_record_that_ended(
    scene: Scene, how: str
) -> None:
    with scene.logging():
        for name, place in PLACES.items():
            if place.while_open:
                told = scene.hold(place.ask(scene))
                assert told.marks == place.before, f"{name}, before"
                _kept_by_nobody(name, told)
        scene.world.publish()
        scene.end(how)
        project, publish = scene.world.project, scene.world.publish
        stages: Mapping[str, tuple[Callable[[], object], bool]] = {
            "before any projector ran": (lambda: None, False),
            "once the views followed": (project, False),
            "after an epoch": (publish, True),
            "after a rebuild": (lambda: scene.world.new_projector().rebuild(), True),
        }
        for stage, (follow, in_tree) in stages.items():
            follow()
            for name, place in PLACES.items():
                told = scene.hold(place.ask(scene))
                # A subject's evidence waits for the tree that holds the end; nothing else shows less at first.
                waits = name == "evidence for the subject" and not in_tree
                assert told.marks == (NONE if waits else place.after), f"{name}, {stage}"
                if place.before:
                    _kept_by_nobody(name, told)
    there = {rule.endpoint for rule in scene.web.app.url_map.iter_rules()}
    assert there - (scene.asked & there) == set(HOLDS_NOTHING)


def _kept_by_nobody(name: str, told: Held) -> None:
    """That whatever showed the record, and what it says now, may be kept by no cache."""
    for answer in told.answers:
        if isinstance(answer, TestResponse) and (marks_in(answer.data) or PLACES[name].before):
            assert is_kept_by_nobody(answer, versioned=PLACES[name].versioned), name


@pytest.mark.parametrize("part", MARKS)
def test_a_mark_is_found_however_it_is_written(part: str) -> None:
    mark = f"一{MARKS[part]}二"
    assert marks_in(mark.encode()) == {part}
    assert marks_in(json.dumps(mark).encode()) == marks_in(mark.encode().hex().upper().encode()) == {part}
    for before in range(3):
        assert marks_in(base64.b64encode(b"x" * before + mark.encode())) == {part}
