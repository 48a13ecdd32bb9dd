"""A list's standard that rests on a stopped document: suspended, founds nothing, and is not published on it (INS-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue.items import LegalBasis
from domain.instruments.ledger import Stopped
from domain.listing.standard_gate import adopt_standard, import_standard
from domain.listing.standards import ListStandard, fold_standard, standard_in_force
from domain.listing.suspension import stopped_defects, suspend_standard, suspended_defects
from domain.shared.refusals import Refused
from tests.unit.test_listing import LOCAL, NATIONAL

pytestmark = pytest.mark.rule("INS-2")
STREAM = UUID(int=9)
TITLE = "《示范市信用办法》（示人发〔2020〕1号）"
STOPPED = [Stopped(UUID(int=7), "unit", TITLE)]
RESTING = LegalBasis("示范市信用办法", "示人发〔2020〕1号", "第九条", "local_regulation")


def place(version: int) -> dict[str, Any]:
    at = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
    return {"stream_id": STREAM, "stream_version": version, "recorded_at": at}


def resting(**changed: Any) -> ListStandard:
    return replace(NATIONAL, area_bases=(*NATIONAL.area_bases, RESTING), **changed)


def test_ins_2_a_standard_is_suspended_with_the_document_that_it_cites_beside_others() -> None:
    adopted = import_standard(resting(), known_item=True, **place(1))
    (version,) = fold_standard([adopted])
    event = suspend_standard([version], STOPPED, **place(2))
    assert event is not None and (event.versions, event.title) == ([version.version], TITLE)
    (suspended,) = fold_standard([adopted, event])
    assert standard_in_force([suspended], date(2026, 12, 1)) == suspended
    assert [d.code for d in suspended_defects(suspended, field="/list")] == ["list_suspended"]
    assert suspended.to_json() == version.to_json()
    assert suspend_standard([suspended], STOPPED, **place(3)) is None, "once"
    other = import_standard(replace(NATIONAL, version=NATIONAL.version + 1), known_item=True, **place(3))
    later = standard_in_force(fold_standard([adopted, event, other]), date(2026, 12, 1))
    assert later is not None and suspended_defects(later, field="/list") == []


def test_ins_2_a_standard_that_cites_nothing_stopped_stays() -> None:
    assert suspend_standard([NATIONAL], STOPPED, **place(2)) is None
    assert stopped_defects(NATIONAL, STOPPED) == []


def test_ins_2_nothing_is_published_on_a_document_that_is_not_executed() -> None:
    found = stopped_defects(resting(), STOPPED)
    assert [(d.rule, d.code) for d in found] == [("INS-2", "list_basis_stopped")]
    drafted = import_standard(resting(), known_item=True, stopped=found, **place(1))
    assert drafted.told().status == "draft" and drafted.told().reasons == ("list_basis_stopped",)
    with pytest.raises(Refused) as refused:
        adopt_standard(LOCAL, stopped=found, **place(1))
    assert "list_basis_stopped" in [d.code for d in refused.value.defects]
