"""Oversight over a test's ledger by the commands themselves: a query that is reviewed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from application.commands.acts import HandleCase
from application.commands.duty import DueCase, Duties
from application.commands.governance import Governance
from application.commands.incidents import Incidents
from application.commands.officers import Officers
from application.commands.relations import RelationOf, Relations
from application.commands.reviews import Reviews
from domain.access.model import Request
from domain.oversight.review_events import QueryReviewOpened
from domain.parties.acting import Officer
from tests.remedies import Story

WATCHED, CHIEF, OFFICE = "watched-1", "chief-1", "credit_office-1"
BASIS = "《中华人民共和国行政许可法》第三十四条"


class Overseeing:
    """A department whose officer queries a declared relative, and its supervisor."""

    def __init__(self, story: Story) -> None:
        self.story, self.world = story, story.world
        self.reviews = Reviews(self.world.ledger)
        self.department = self.world.city.agencies[-2].code
        """Neither the source nor the stranger of other tests."""
        governance = Governance(self.world.ledger, signer=self.world.keys[story.office])
        for pseudonym, role in ((WATCHED, "operator"), (CHIEF, "supervisor")):
            governance.register_officer(
                department=self.department, pseudonym=pseudonym, role=role, name="示例"
            )

    def declare(self) -> None:
        """The story's subject is a relative of the officer."""
        said = RelationOf(CHIEF, self.department, WATCHED, self.story.subject(), "relative")
        Relations(self.world.ledger).declare(said, once=None)

    def query(self, case: str = "示许受字〔2026〕7号") -> int:
        """The officer queries the subject; the position of the look."""
        request = Request(self.department, WATCHED, "licensing", case, BASIS, self.world.today)
        return self.world.services.shared.ask(request, [self.story.subject()], attempt=b"x")[0].position

    def opened(self) -> list[UUID]:
        """The reviews of the officer's queries, once the runner looked at them."""
        self.world.publish()
        self.world.reviews.run()
        streams = dict.fromkeys(self.world.rows_of(QueryReviewOpened.TOPIC))
        events = [self.world.ledger.load(stream)[0] for stream in streams]
        return [e.originator_id for e in events if isinstance(e, QueryReviewOpened) and e.officer == WATCHED]

    def suspend(self, review: UUID) -> None:
        """The supervisor finds it improper and takes the right to query."""
        self.decide(review, consequence="suspended")

    def reinstate(self, review: UUID) -> None:
        """The relation ends, what else is open is decided, and the credit office gives the right to query back."""
        said = RelationOf(CHIEF, self.department, WATCHED, self.story.subject(), "relative")
        Relations(self.world.ledger).end(said, how="ended", reasons="关系已终止", once=None)
        for other in self.opened():
            if other != review:
                self.decide(other, consequence="warning")
        Officers(self.world.ledger).reinstate(
            officer=OFFICE,
            department=self.story.office,
            pseudonym=WATCHED,
            case=review,
            reasons="已整改",
            once=None,
        )

    def decide(self, review: UUID, *, consequence: str) -> Mapping[str, object]:
        """The supervisor finds it improper; the receipt."""
        handling = HandleCase(review, 1, Officer(CHIEF, self.department))
        done = self.reviews.decide(
            handling, finding="improper", consequence=consequence, reasons="查询本人亲属"
        )
        return done.told

    def check(self) -> None:
        """The department's list of cases that had to be checked: one was, one was not."""
        cases = [
            DueCase(f"示许受字〔2026〕{number}号", self.story.subject(), self.world.today - timedelta(days=1))
            for number in (7, 8)
        ]
        Duties(self.world.ledger).check(cases, officer=CHIEF, department=self.department)

    def incident(self, look: int) -> None:
        """An incident about a look that a signed tree holds, from its opening to its close."""
        incidents, office = Incidents(self.world.ledger), self.story.office
        opened = incidents.open(
            kind="leak", facts="网上出现未公示的内容", officer=OFFICE, department=office, once=None
        )

        def at(version: int) -> HandleCase:
            return HandleCase(opened.case, version, Officer(OFFICE, office))

        incidents.attach(at(1), self.world.services.proofs.of_incident, [look])
        incidents.measure(at(2), text="停止该经办人的查询")
        served = {"service": "direct", "served_on": self.world.today, "receipt": "d1" * 32}
        incidents.notify(at(3), self.story.subject(), **served)  # type: ignore[arg-type]
        incidents.close(at(4), outcome="confirmed", reasons="已查实")
