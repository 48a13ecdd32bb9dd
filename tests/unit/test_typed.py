"""Whether what came as JSON is of the form that its class says, and where it is not (CAT-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.items import CatalogueItem, LegalBasis, MaskedField
from domain.shared.typed import misfits
from interfaces.demo.city import read_city
from tests.world import DATA

ITEM = next(item for item in read_city(DATA).items if item.code == "C03-02")


@pytest.mark.rule("CAT-3")
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, []),
        ({"masking": None, "effective_to": "2030-01-01"}, []),
        ({"version": True}, ["/version"]),
        ({"nature": "adverse", "name_en": 5}, ["/name_en", "/nature"]),
        ({"subject_kinds": ("organisation", "robot")}, ["/subject_kinds/1"]),
        ({"collectors": "market"}, ["/collectors"]),
        ({"bases": (LegalBasis("法", "", 5, "law"),)}, ["/bases/0/article"]),  # type: ignore[arg-type]
        ({"masking": (MaskedField("XDR_MC", "name", "1"),)}, ["/masking/0/keep_left"]),  # type: ignore[arg-type]
        ({"sharing": "all"}, ["/sharing"]),
    ],
)
def test_cat_3_what_is_not_of_its_form_is_named_by_its_place(
    changes: dict[str, Any], where: list[str]
) -> None:
    assert list(misfits(replace(ITEM, **changes), CatalogueItem)) == where
