"""The service that histories act on: each act is one signed request, judged beforehand by a model of the test's own.

What the model calls lawful is recorded, receipted, and done once when it is sent again; what it calls unlawful is
refused by the rule that it names, and leaves nothing in either log but that refusal.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from application.ports import Log
from application.projections.projector import Projector
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from domain.transparency.digest import StoredRow
from interfaces.client.sealing import seal_remedy
from tests.proposals import Lived
from tests.remedies import Story
from tests.web import Signing, Web
from tests.world import World

JSON = "application/json"
LOGS: tuple[Log, ...] = ("records", "access")
NUMBERS = itertools.count(1)
STALE = "stale"
"""Why an act is refused that names a version which is not the newest: with 412, and that is logged nowhere."""
RULE = "hypothesis_stateful_rule"
"""How the library marks a rule of a machine."""
DAYS_MAX = 15
"""Days that one history may last."""
ANSWER_DAYS = 3
"""Working days in which an objection is answered, until the office decides otherwise (河南省社会信用条例41)."""
OFFICE_OFFICERS = ("credit_office-1", "credit_office-2")


@dataclass
class Bench:
    """One ledger's service; ``secret`` are words that no answer may hold, to whomever it goes.

    ``erased`` are words that no part of any row may hold any more, ``kept`` those that some part must still hold.
    """

    story: Story
    secret: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    limits: list[tuple[date, int]] = field(default_factory=list)
    """Working days in which an objection is to be answered, from a day on, as they were decided in this ledger."""
    causes: list[str] = field(default_factory=list)
    """Refused acts of the source that no flag holds yet, by their places in the log."""
    leaf_hashes: dict[str, list[bytes]] = field(default_factory=dict)
    """Of each log, as far as anybody computed them over all histories."""
    failure: Exception | None = None
    """What failed first: the same history tried again meets another ledger, and would fail otherwise."""

    def __post_init__(self) -> None:
        self.world: World = self.story.world
        self.web = Web(self.world)
        self.office = Officer(OFFICE_OFFICERS[0], self.story.office)
        self.start = self.world.clock.at

    @cached_property
    def projector(self) -> Projector:
        """One that runs as long as the service."""
        return self.world.new_projector()

    @cached_property
    def lived(self) -> Lived:
        """The joint meeting and its members."""
        return Lived(self.world)

    def officer(self, unit: str) -> Officer:
        """The first officer of a unit of the demo city, by the unit's key."""
        code = next(d.code for d in self.world.city.departments if d.key == unit)
        return Officer(f"{unit}-1", code)

    @property
    def answer_days(self) -> int:
        """The working days of the day that it is."""
        today = self.world.today
        begun = [(day, place, days) for place, (day, days) in enumerate(self.limits) if day <= today]
        return max(begun)[2] if begun else ANSWER_DAYS

    def head(self, log: Log) -> int:
        """The newest position of a log."""
        return self.heads()[log]

    def heads(self) -> dict[Log, int]:
        """The newest position of each, as another session than the service's has them: what is committed."""
        found = self.world.owner.execute("SELECT log, position FROM ledger.heads").fetchall()
        return dict(found)

    def grown(self, before: Mapping[Log, int]) -> dict[Log, int]:
        """How many events there are more by log."""
        return {log: head - before[log] for log, head in self.heads().items()}

    def rows(self, log: Log, after: int) -> list[StoredRow]:
        """What stands in a log after a position."""
        return list(self.world.reader.rows(log, after=after, limit=1000))

    def events(self, log: Log, after: int) -> list[Any]:
        """The events after a position, opened."""
        return [one.event for one in self.world.ledger.open_all(self.rows(log, after), log=log)]

    def sealed(self, kind: Kind, parts: Parts, stream: UUID | str, department: str) -> dict[str, Any]:
        """Parts as a department seals them itself."""
        ledger_id, key = self.world.ledger.id.bytes, self.world.keys[department]
        return seal_remedy(kind, parts, record=str(stream), ledger_id=ledger_id, key=key)

    def send(
        self,
        path: str,
        said: Any,
        who: Officer,
        *,
        key: str = "",
        may_tell: Collection[str] = (),
        media: str = JSON,
        **headers: str,
    ) -> TestResponse:
        """A signed POST, whose answer holds no secret but what it may tell; empty headers are not sent."""
        given = {"credit_official": who.pseudonym, **headers}
        sent = {"content-type": media, "idempotency-key": key or uuid4().hex}
        sent |= {name.replace("_", "-"): value for name, value in given.items() if value}
        covered = ("@method", "@path", "@query", "content-digest", *sent)
        signing = Signing(
            who.department, self.world.keys[who.department], self.world.ledger.id.hex, covered=covered
        )
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        answer = self.web.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))
        self.tells_no_secret(answer, may_tell)
        return answer

    def tells_no_secret(self, answer: TestResponse, may_tell: Collection[str] = ()) -> None:
        """WHS-1, PRV-4: whatever is sealed or erased stands in no answer, however it was asked for."""
        text = answer.get_data(as_text=True)
        assert not [word for word in self.secret if word in text and word not in may_tell]

    def act(
        self,
        path: str,
        said: Any,
        who: Officer,
        *,
        unlawful: Collection[str] = (),
        version: int = 0,
        log: Log = "records",
        looks: int = 0,
        **headers: Any,
    ) -> dict[str, Any]:
        """One act, refused exactly when there is a reason, by that rule; the receipt, empty for a refusal.

        ``looks`` stand in the access log before it, whatever comes of it.
        """
        key, before = uuid4().hex, self.heads()
        if version:
            headers["if_match"] = f'"{version}"'
        answer = self.send(path, said, who, key=key, **headers)
        grown = self.grown(before)
        if unlawful:
            self.is_refused(answer, who, set(unlawful), {**before, "access": before["access"] + looks})
            return {}
        other: Log = "access" if log == "records" else "records"
        assert answer.status_code in (200, 201), (answer.text, path)
        assert grown[log] > 0 and grown[other] == looks, grown
        first = json.loads(self.rows(log, before[log])[0].meta)
        assert (first["actor"], first.get("officer", who.pseudonym)) == (who.department, who.pseudonym)
        again = self.send(path, said, who, key=key, **headers)
        assert again.status_code == answer.status_code
        assert again.get_json()["receipt"] == answer.get_json()["receipt"]
        assert grown == self.grown(before), "what is sent again is done once"
        receipt: dict[str, Any] = answer.get_json()["receipt"]
        return receipt

    def tasks(self, who: Officer) -> dict[str, dict[str, Any]]:
        """What waits for a department, by case."""
        found: dict[str, dict[str, Any]] = {}
        asked: dict[str, str] = {}
        while True:
            answer = self.send("/v1/worklist", asked, who, credit_purpose="case_handling")
            assert answer.status_code == 200, answer.text
            told = answer.get_json()
            found |= {task["case"]: task for task in told["tasks"]}
            if not told.get("next"):
                return found
            asked = {"cursor": told["next"]}

    def is_refused(
        self, answer: TestResponse, who: Officer, reasons: set[str], before: Mapping[Log, int]
    ) -> None:
        """It was turned away by one of these rules, and nothing stands in the logs but one refusal by it."""
        told = answer.get_json()
        assert 400 <= answer.status_code < 500, f"not refused: {sorted(reasons)}"
        grown = self.grown(before)
        assert not grown["records"]
        if answer.status_code == 412:
            assert STALE in reasons and not grown["access"], told
            return
        assert told["rule"] in reasons, (told, reasons)
        if told["rule"] != "FORMAT":
            left = self.events("access", before["access"])
            assert len(left) == 1, (told, left)
            assert left[0].department == who.department
            assert told["rule"] in {rule for rule, *_ in left[0].rules}


class Acts(RuleBasedStateMachine):
    """What every file of rules stands on: the one bench of a test, and its clock."""

    bench: ClassVar[Bench]

    @property
    def today(self) -> Any:
        """The city's date."""
        return self.bench.world.today

    def tick(self) -> None:
        """The views follow, by a projector that goes on; others are new to the ledger, and the last rebuilds it."""
        while self.bench.projector.run_once():
            pass

    def close(self) -> None:
        """At the end of each history, whatever it was: what must be tried or seen once more."""


class Days(Acts):
    """Days pass, and each history begins on the same one: what was tried before must not decide what can happen now."""

    def __init__(self) -> None:
        super().__init__()
        self.bench.world.clock.at, self.days = self.bench.start, 0

    @precondition(lambda self: self.days < DAYS_MAX)
    @rule(days=st.integers(1, 5))
    def let_days_pass(self, days: int) -> None:
        """The deadline runner records what is overdue."""
        self.days += days
        self.bench.world.clock.advance(days=days)
        self.bench.world.deadlines.run()
        self.days_passed()

    def days_passed(self) -> None:
        """What a department reads again on another day."""


def run_histories(machine: type[Acts], *, examples: int, steps: int, **model: Any) -> None:
    """Try so many histories of so many steps over one ledger; ``XINLU_HISTORIES`` times as many.

    No file of rules may hide a rule of another by using its name.
    """
    named = {name for of in machine.__mro__ for name, act in vars(of).items() if hasattr(act, RULE)}
    hidden = [name for name in named if not hasattr(getattr(machine, name), RULE)]
    assert not hidden, hidden
    try:
        run_state_machine_as_test(
            type(f"{machine.__name__}Here", (machine,), model),
            settings=settings(
                max_examples=examples * int(os.environ.get("XINLU_HISTORIES", "1")),
                stateful_step_count=steps,
                deadline=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:
        raise model["bench"].failure or error from error
