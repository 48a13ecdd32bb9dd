"""When an incident may be closed, and what its acts must say (ACC-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.access.model import Officer
from domain.oversight.incidents import (
    BUNDLE_BYTES_MAX,
    Incident,
    add_evidence,
    close_incident,
    fold_incident,
    open_incident,
    take_measure,
    tell_subject,
    waiting_incident,
)
from domain.shared.refusals import Refused

pytestmark = pytest.mark.rule("ACC-5")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFICER, SUBJECT = Officer("office-1", "credit_office", "office"), UUID(int=7)


def incident(kind: str = "leak", source: str = "office") -> Incident:
    event = open_incident(
        UUID(int=1), kind=kind, source=source, about="", facts="网上出现未公示的内容", officer="office-1",
        office="office", now=NOW,
    )  # fmt: skip
    found = fold_incident([event])
    assert found is not None
    return found


def codes(act: Callable[[], Any]) -> list[str]:
    try:
        act()
    except Refused as refused:
        return [d.code for d in refused.defects if d.rule == "ACC-5"]
    return []


def closing(found: Incident, outcome: str = "confirmed", reasons: str = "已查实") -> list[str]:
    return codes(lambda: close_incident(found, OFFICER, outcome=outcome, reasons=reasons, now=NOW))


def test_an_incident_is_of_one_of_four_kinds_and_states_its_facts() -> None:
    def opening(kind: str, facts: str) -> list[str]:
        return codes(
            lambda: open_incident(
                UUID(int=1),
                kind=kind,
                source="office",
                about="",
                facts=facts,
                officer="o",
                office="c",
                now=NOW,
            )
        )

    assert opening("gossip", " ") == ["incident_kind_unknown", "incident_without_facts"]
    assert all(opening(kind, "x") == [] for kind in ("leak", "alteration", "destruction", "theft"))


def test_a_bundle_that_is_too_large_is_attached_in_parts() -> None:
    said: dict[str, Any] = {"subject": SUBJECT, "looks": ["access:7"], "digest": "ab" * 32, "now": NOW}

    def attaching(size: int) -> list[str]:
        return codes(lambda: add_evidence(incident(), OFFICER, bundle="A" * size, **said))

    assert attaching(BUNDLE_BYTES_MAX + 1) == ["incident_bundle_too_large"]
    assert attaching(BUNDLE_BYTES_MAX) == []


def test_a_confirmed_leak_is_closed_with_evidence_a_measure_and_those_concerned_told() -> None:
    bare = incident()
    assert closing(bare) == [
        "incident_without_evidence",
        "incident_without_measure",
        "incident_subject_not_told",
    ]
    proven = replace(bare, evidence=(("ab" * 32, SUBJECT),), measures=1)
    assert closing(proven) == ["incident_subject_not_told"]
    assert closing(replace(proven, told=frozenset({str(UUID(int=8))}))) == ["incident_subject_not_told"]
    assert closing(replace(proven, told=frozenset({str(SUBJECT)}))) == []
    assert closing(bare, "unfounded") == []
    assert closing(bare, "forgotten", " ") == ["incident_outcome", "incident_without_reasons"]


def test_what_fsck_found_is_its_own_evidence_and_tells_nobody() -> None:
    assert closing(replace(incident("alteration", "fsck"), measures=1)) == []
    assert closing(incident("alteration", "fsck")) == ["incident_without_measure"]


def test_acts_say_what_was_done_and_a_closed_incident_takes_none() -> None:
    found = incident()
    oneself = codes(lambda: take_measure(found, OFFICER, text=" ", suspends=OFFICER, now=NOW))
    assert oneself == ["incident_suspends_oneself", "incident_without_measure_text"]

    def telling(of: Incident, **said: Any) -> list[str]:
        whole = {"service": "direct", "served_on": date(2026, 11, 23), "receipt": "d1" * 32, **said}
        return codes(lambda: tell_subject(of, OFFICER, subject=SUBJECT, now=NOW, **whole))

    assert telling(found) == []
    assert telling(found, service="rumour", receipt="") == ["incident_service", "incident_not_served"]
    assert telling(found, served_on=date(2026, 11, 24)) == ["incident_not_served"]
    closed = replace(found, closed=True)
    assert telling(closed) == ["incident_closed_already"] and waiting_incident(closed) is None
    waiting = waiting_incident(found)
    assert waiting is not None and (waiting.step, waiting.department, waiting.due) == ("handle", "office", "")
