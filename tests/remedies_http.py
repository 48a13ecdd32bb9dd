"""The story's departments as the product's own clients: the portal, the source, and a department that has no part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from interfaces.client.api import Client, Department, Problem
from interfaces.client.remedies import Case, Remedies, case_of
from tests.remedies import SECOND, Story

PROOF = {"kind": "performance_proof", "digest": "b1" * 32}
LETTER = {"kind": "commitment_letter", "digest": "b2" * 32}
GROUNDS = "罚款金额与决定书不符"
AGENT = {
    "name": "李四",
    "id_type": "身份证",
    "id_number": "990106190001010017",
    "power_of_attorney": "a0" * 32,
}


class City:
    """The story's departments as clients: the portal (credit office), the source, and a stranger."""

    def __init__(self, story: Story, url: str) -> None:
        self.story, self.world = story, story.world
        stranger = next(d.code for d in self.world.city.agencies if d.code != story.source)
        self.clients = {
            name: Client(url, Department(code, self.world.keys[code]), attempts_max=1)
            for name, code in (("portal", story.office), ("source", story.source), ("stranger", stranger))
        }
        self.portal, self.source, self.stranger = (Remedies(c) for c in self.clients.values())
        self.subject = {"code": str(story.content["public"]["CF_XDR_SHXYM"])}
        self.stranger_officer = next(o.key for o in self.world.city.officers if o.department == stranger)

    def determine(self, number: str = "示市监罚字〔2026〕9001号", decided: str = "2026-06-01") -> str:
        """A penalty recorded over HTTP and shown; its record."""
        content = self.story.content_of(
            CF_WSH=number, CF_JDRQ=decided, CF_GSJZQ="2029-01-01", DISCREDIT_LEVEL="一般"
        )
        receipt = self.clients["source"].determine(content, form="penalty")
        self.world.project()
        return str(receipt["record"])

    def object(self, record: str, **more: Any) -> dict[str, Any]:
        """The subject objects at the portal."""
        said = {"about": "content", "grounds": GROUNDS, "subject": self.subject, "on_behalf_of": "subject"}
        return self.portal.object(record, **{**said, **more})

    def apply(self, record: str, *materials: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The subject applies for repair at the portal."""
        return self.portal.apply(record, subject=self.subject, materials=materials, **more)

    def shared(self, record: str) -> list[dict[str, Any]]:
        """What another department sees of the record in a logged query."""
        answers = self.clients["stranger"].query(
            [self.subject],
            official=self.stranger_officer,
            purpose="licensing",
            case="示许受字〔2026〕7号",
            basis="《中华人民共和国行政许可法》第三十四条",
        )
        return [r for r in answers[0]["records"] if r["record"] == record]

    def public(self, record: str) -> Any:
        """The record in the public look-up, or None."""
        return self.world.lookup.record(UUID(record))


def deciding(kind: str, receipt: dict[str, Any]) -> Case:
    return case_of(kind, receipt, official=SECOND)


def problem(act: Callable[[], object], status: int) -> dict[str, Any]:
    """The problem with which an act is turned away."""
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.status == status, refused.value.members
    return dict(refused.value.members)


def code_of(found: dict[str, Any]) -> str:
    return str(found["errors"][0]["code"])
