"""What governs the ledger is sealed by the credit office alone, and follows what stands (DET-5, CAT-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from application.commands.governance import Governance
from domain.shared.refusals import Refused
from tests.world import World


def code(act: Callable[[], object]) -> tuple[str, str]:
    """The one rule and code with which an act of governing is refused."""
    with pytest.raises(Refused) as refused:
        act()
    (defect,) = refused.value.defects
    return defect.rule, defect.code


@pytest.mark.rule("DET-5")
def test_det_5_no_act_of_governing_by_anybody_but_the_credit_office_is_ever_recorded(
    refusing_world: World,
) -> None:
    world, agency = refusing_world, refusing_world.city.agencies[0]
    key, before = world.keys[agency.code], world.reader.head("records")
    usurper = Governance(world.ledger, signer=key)
    for act in (
        partial(usurper.register_purpose, code="curiosity", zh="好奇", en="curiosity"),
        partial(usurper.rank_department, agency.code, rank="provincial", basis="示编〔2026〕1号"),
        partial(usurper.revoke_key, key.issuer, reason="lost"),
    ):
        assert code(act) == ("DET-5", "may_not_govern")
    office = world.governance()
    renamed = partial(office.register_department, code=agency.code, name="另一个名称", role=agency.role)
    assert code(renamed) == ("DET-5", "department_known_otherwise")
    assert not office.register_department(code=agency.code, name=agency.name, role=agency.role)
    assert world.reader.head("records") == before


@pytest.mark.rule("CAT-1")
def test_cat_1_a_version_of_an_item_follows_the_last(refusing_world: World) -> None:
    item = next(i for i in refusing_world.city.items if i.code == "C03-02")
    for version in (1, 3):
        again = partial(refusing_world.governance().adopt_version, replace(item, version=version))
        assert code(again) == ("CAT-1", "catalogue_version_not_next")
