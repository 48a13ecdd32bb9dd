"""Everything that may not be inferred: things of every kind that are there or gone, and those who have nothing to
do with them, asking.

``tests/existence_remedies.py`` and its neighbours hold the questions, ``tests/integration/test_existence.py`` asks.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from application.commands.repair_windows import ApplyForRepairs, RepairWindow
from application.registry import ITEM, Registry
from domain.catalogue.gate import import_item
from domain.catalogue.items import Sharing
from domain.remedies.repair_case import Application
from tests.erasure import ask as ask_erasure
from tests.erasure import carry_out as carry_out_erasure
from tests.remedies import LETTER, PROOF, begin, rest
from tests.scene import Scene
from tests.world import World

VOLATILE = ("X-Request-Id", "Signature", "Signature-Input", "Content-Digest", "Date")
"""Headers that no two answers share; all others, the length of the body too, must be the same."""


class Asked(Scene):
    """The scene with things of every kind that are there or gone, and none of the asker's business."""

    def __init__(self, world: World) -> None:
        super().__init__(begin(world))
        story = self.story
        over = self._recorded(1, CF_GSJZQ="2026-12-01")
        shielded, withdrawn = self._recorded(2), self._recorded(3)
        repaired, objected = story.apply(shielded, PROOF, LETTER), story.object(withdrawn)
        story.repairs.grant(story.handling(story.repairs.accept(story.handling(repaired))))
        act = story.withdrawal(withdrawn, objected.case)
        story.objections.withdraw(story.deciding(objected), act)
        self._shown_to_nobody_from_now_on()
        hidden, erased = self._recorded(4), self._recorded(5)
        of_erased = (story.object(erased), story.apply(erased, PROOF))
        ask_erasure(world, "record", stream=erased)
        carry_out_erasure(world)
        world.clock.run_ahead(days=12)
        world.deadlines.run()
        world.publish()
        self.other = {"code": story.office}
        self.records = (hidden, over, shielded, withdrawn, erased)
        self.anybodys = (self.record, *self.records)
        self.objections = (self.objection.case, objected.case, of_erased[0].case, self.repair.case)
        together = ApplyForRepairs(
            uuid.uuid4(), story.office, story.subject(), [(self.record, Application(materials=(PROOF,)))]
        )
        filed = RepairWindow(story.desk).apply(together)
        begun = rest(story, self._recorded(6, CF_JDRQ="2026-05-01"))
        self.reorganisations = (begun.case, self.repair.case, self.record)
        self.applications = (filed.case, self.repair.case, self.record)
        self.restorations = (*world.rows_of("restoration.begun"), objected.case, self.record)
        self.repairs = (self.repair.case, repaired.case, of_erased[1].case, self.objection.case)

    def _recorded(self, number: int, **public: str) -> UUID:
        """A penalty of the subject that may be repaired by now."""
        named = {"CF_WSH": f"示市监罚字〔2026〕910{number}号", "CF_JDRQ": f"2026-05-0{number + 3}"}
        content = self.story.content_of(
            **{**named, "CF_GSJZQ": "2029-01-01", "DISCREDIT_LEVEL": "一般", **public}
        )
        record, report = self.story.determine(content)
        assert report.taken == 1, report.refused
        return record

    def _shown_to_nobody_from_now_on(self) -> None:
        """Penalties of these days are neither public nor shared, and repaired by deletion."""
        ledger, code = self.world.ledger, str(self.story.content["public"]["item"])
        stream, (item,) = ledger.name_id(ITEM, code), Registry(ledger).item(code).items
        hidden = replace(item, sharing=Sharing((), ()), public_organisation=False)
        changed = replace(hidden, version=2, repair="delete", effective_from="2026-05-07")
        event = import_item(changed, stream_id=stream, stream_version=2, recorded_at=ledger.now())
        ledger.record([ledger.seal(event)], meta={"actor": "test"})

    def foreign(self, path: str, said: Any, **headers: str) -> TestResponse:
        """A department that has nothing to do with it, by its officer."""
        return self.post(path, said, self.stranger, **{"credit_official": self.stranger_officer, **headers})

    def another(self, path: str, said: Mapping[str, Any], **headers: str) -> TestResponse:
        """Another subject, at the portal."""
        more = {"credit_on_behalf_of": "subject", **headers}
        return self.post(path, {"subject": self.other, **said}, **more)


Ask = Callable[[Asked, UUID], TestResponse]


@dataclass(frozen=True)
class Question:
    """A route asked by somebody whom it does not concern, with every id that there is for it."""

    endpoint: str
    ids: Callable[[Asked], Sequence[UUID]]
    ask: Ask


def told(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """All that an answer says, its length too, but for what no two answers share."""
    text = re.sub(r"urn:uuid:[0-9a-f-]{36}|access:[0-9]+", "", answer.text)
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE}
    if "Credit-Receipt" in headers:
        headers |= {"Credit-Receipt": "", "Content-Length": str(len(text.encode()))}
    return answer.status_code, text, sorted(headers.items())
