"""Any history of records, queries, consents and remedies keeps what is promised about looks, after each of its steps.

Departments and the portal ask over signed HTTP; a model knows what each may be shown, and what the log must say.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run
from werkzeug.test import TestResponse

from application.commands.acts import Done
from application.commands.consents import GiveConsent
from application.commands.subjects import SubjectDesk
from domain.access.events import SubjectQueried
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.records.events import ActRefused
from domain.shared.refusals import Refused
from interfaces.client.signing import COVERED, purpose_header
from interfaces.demo.identities import credit_code
from tests.remedies import FIRST, LETTER, PROOF, REMEDIES, SECOND, Story, begin
from tests.web import Signing, Web
from tests.world import World

EXAMPLES, STEPS, DAYS_MAX = 6, 14, 100
NUMBERS = itertools.count(1)
CASE, BASIS = "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第三十四条"
ITEM, OTHER_ITEM = "C03-02", "C02-01"
IN_SCOPE, OUT_OF_SCOPE, UNKNOWN = "licensing", "curiosity", "nosiness"
PARTS = ("person/1", "public", "restricted")
DENIED = ("scope", "consent", "purpose", "officer", "portal", "hidden")
Shown = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Expected:
    """One access event as it must stand in the log; ``code`` of the subject is empty for a refusal."""

    department: str
    code: str = ""
    purpose: str = ""
    view: str = ""
    shown: Shown = frozenset()


@dataclass
class Subject:
    """An organisation with its story, its records, and all looks at it."""

    code: str
    story: Story
    records: dict[UUID, str] = field(default_factory=dict)
    looks: list[Expected] = field(default_factory=list)


@dataclass
class Given:
    """A consent, and the last day on which it opens anything."""

    id: UUID
    subject: Subject
    purpose: str
    item: str
    until: date
    withdrawn: bool = False


@dataclass
class Model:
    """One test's ledger, which grows over all histories that are tried."""

    web: Web
    first: Story
    start: datetime

    @property
    def world(self) -> World:
        """The ledger."""
        return self.web.world


class Histories(RuleBasedStateMachine):
    """What may happen around queries over one ledger; a test gives the model."""

    model: ClassVar[Model]

    def __init__(self) -> None:
        super().__init__()
        # Each history begins on the same day: what was tried before must not decide what can happen now.
        self.model.world.clock.at, self.days = self.model.start, 0
        self.world, city = self.model.world, self.model.world.city
        self.asker = next(a.code for a in city.agencies if a.code != self.model.first.source)
        self.officer = next(o.key for o in city.officers if o.department == self.asker)
        self.office = city.credit_office.code
        self.subjects = [self._subject() for _ in range(2)]
        self.shown: dict[UUID, str] = {}
        self.gone: set[UUID] = set()
        self.pending: dict[UUID, tuple[Done, UUID, Subject]] = {}
        self.consents: list[Given] = []
        self.told: dict[int, dict[tuple[str, str], Any]] = {}
        self.position, self.expected = self.head(), list[Expected]()

    def _subject(self) -> Subject:
        """Somebody whom the ledger has never met."""
        code = credit_code(Random(next(NUMBERS)), prefix="91", division="420100")
        first = self.model.first
        content = first.content_of(CF_XDR_SHXYM=code)
        return Subject(code, Story(self.world, content, first.source, first.office))

    # What happens

    @initialize()
    def begin(self) -> None:
        for subject in self.subjects:
            self.determine(subject)
        self.project()
        self.file(self.subjects[0], *self.subjects[0].records)
        self.give(self.subjects[1], purpose=IN_SCOPE, item=ITEM, days=9)

    @rule(data=st.data())
    def determine_one(self, data: st.DataObject) -> None:
        self.determine(data.draw(st.sampled_from(self.subjects)))

    def determine(self, subject: Subject) -> None:
        number = f"示市监罚字〔2026〕问{next(NUMBERS)}号"
        record = subject.story.new_record(number, decided=date(2026, 6, 1))
        subject.records[record] = str(subject.story.content["public"]["CF_NR_FK"])

    @rule()
    def project(self) -> None:
        self.world.project()
        self.shown = {r: fine for subject in self.subjects for r, fine in subject.records.items()}

    @precondition(lambda self: self.days < DAYS_MAX)
    @rule(days=st.sampled_from([1, 10, 30]))
    def advance(self, days: int) -> None:
        self.days += days
        self.world.clock.advance(days=days)

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def file_objection(self, data: st.DataObject) -> None:
        self.file(*data.draw(st.sampled_from(self.standing())))

    def file(self, subject: Subject, record: UUID) -> None:
        done = subject.story.object(record)
        self.pending[done.case] = (done, record, subject)

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), how=st.sampled_from(["reject", "correct", "withdraw"]))
    def decide(self, data: st.DataObject, how: str) -> None:
        done, record, subject = self.pending.pop(data.draw(st.sampled_from(list(self.pending))))
        story = subject.story
        if how == "reject" or record in self.gone:
            story.objections.reject(story.deciding(done), reasons="一致", remedies=REMEDIES)
        elif how == "correct":
            now = story.file(record).standing.content
            fine = f"{next(NUMBERS)}.25"
            fixed = {**now, "public": {**now["public"], "CF_NR_FK": fine}}
            story.objections.correct(story.deciding(done), story.correction(record, done.case, fixed))
            subject.records[record] = fine
        else:
            story.objections.withdraw(story.deciding(done), story.withdrawal(record, done.case))
            self.gone.add(record)

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def repair(self, data: st.DataObject) -> None:
        subject, record = data.draw(st.sampled_from(self.standing()))
        story = subject.story
        done = story.repairs.accept(story.handling(story.apply(record, PROOF, LETTER), FIRST))
        story.repairs.grant(story.handling(done, SECOND))
        self.gone.add(record)

    @rule(
        data=st.data(),
        purpose=st.sampled_from([IN_SCOPE, IN_SCOPE, OUT_OF_SCOPE]),
        item=st.sampled_from([ITEM, ITEM, OTHER_ITEM]),
        days=st.sampled_from([0, 9, 60]),
    )
    def give_consent(self, data: st.DataObject, purpose: str, item: str, days: int) -> None:
        self.give(data.draw(st.sampled_from(self.subjects)), purpose=purpose, item=item, days=days)

    def give(self, subject: Subject, *, purpose: str, item: str, days: int) -> None:
        until = self.world.today + timedelta(days=days)
        command = GiveConsent(
            consent_id=uuid4(),
            identity=subject.story.subject(),
            recipient=self.asker,
            purpose=purpose,
            manner="在线核验",
            items=(item,),
            until=until,
            freely_given=True,
        )
        self.world.services.consents.give(command, portal=self.office, attempt=b"", receipt=None)
        self.consents.append(Given(command.consent_id, subject, purpose, item, until))

    @precondition(lambda self: any(not c.withdrawn for c in self.consents))
    @rule(data=st.data())
    def withdraw_consent(self, data: st.DataObject) -> None:
        consent = data.draw(st.sampled_from([c for c in self.consents if not c.withdrawn]))
        given = (consent.id, consent.subject.story.subject())
        self.world.services.consents.withdraw(*given, portal=self.office, receipt=None)
        consent.withdrawn = True
        with pytest.raises(Refused):
            self.world.services.consents.withdraw(*given, portal=self.office, receipt=None)
        self.ask([consent.subject], consent=consent, purpose=consent.purpose)

    # Who asks

    @rule(
        data=st.data(), purpose=st.sampled_from([IN_SCOPE, IN_SCOPE, OUT_OF_SCOPE]), count=st.integers(1, 3)
    )
    def query(self, data: st.DataObject, purpose: str, count: int) -> None:
        """One subject, both, or one of them twice: each distinct one is one look."""
        picked = data.draw(st.lists(st.sampled_from(self.subjects), min_size=count, max_size=count))
        self.ask(picked, purpose=purpose)

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), purpose=st.sampled_from([IN_SCOPE, OUT_OF_SCOPE]))
    def query_with_consent(self, data: st.DataObject, purpose: str) -> None:
        consent = data.draw(st.sampled_from(self.consents))
        self.ask([data.draw(st.sampled_from(self.subjects))], consent=consent, purpose=purpose)

    @rule(data=st.data(), lacking=st.sampled_from(["purpose", "known purpose", "officer", "case", "basis"]))
    def query_that_lacks_something(self, data: st.DataObject, lacking: str) -> None:
        answer = self.send_query([data.draw(st.sampled_from(self.subjects)).code], lacking=lacking)
        assert answer.status_code == 403 and "records" not in answer.text
        self.expect(Expected(self.asker))

    @rule(data=st.data())
    def who_looked(self, data: st.DataObject) -> None:
        self.read_looks(data.draw(st.sampled_from(self.subjects)))

    def read_looks(self, subject: Subject) -> None:
        answer = self.send_own("who-looked", subject.code)
        told = (self._id_of(subject.code), f"looks@1-{len(subject.looks) + 1}")
        self.expect(Expected(self.office, subject.code, OWN_RECORDS.code, "who_looked", frozenset({told})))
        self.told[self.head()] = {}
        looks = answer.get_json()["looks"]
        assert [look["number"] for look in looks] == list(range(1, len(subject.looks) + 1))
        assert [as_told(look, subject.code) for look in looks] == subject.looks

    @rule(data=st.data())
    def dossier(self, data: st.DataObject) -> None:
        subject = data.draw(st.sampled_from(self.subjects))
        answer = self.send_own("dossier", subject.code)
        mine = {str(r) for r in subject.records if r in self.shown}
        assert {life["record"] for life in answer.get_json()["records"]} == mine
        told = frozenset((record, "history") for record in mine)
        self.expect(Expected(self.office, subject.code, OWN_RECORDS.code, "dossier", told))
        self.told[self.head()] = {}

    @precondition(lambda self: self.pending)
    @rule(data=st.data())
    def state_of_a_case(self, data: st.DataObject) -> None:
        self.read_state(data.draw(st.sampled_from(list(self.pending))))

    def read_state(self, case: UUID) -> None:
        _, _, subject = self.pending[case]
        source = subject.story.source
        answer = self.send_state(case, source, SECOND)
        told = answer.get_json()["history"]
        parts = frozenset(
            (str(case), f"{name}@{event['version']}") for event in told for name in event["parts"]
        )
        self.expect(Expected(source, subject.code, CASE_HANDLING.code, "objection", parts))
        self.told[self.head()] = {}
        others = [self.send_state(asked, self.asker, self.officer) for asked in (case, uuid4())]
        self.expect(Expected(self.asker), Expected(self.asker))
        assert others[0].status_code == 404 and shape(others[0]) == shape(others[1])

    @rule()
    def register(self) -> None:
        """A purpose and an officer count from their registration on; a new purpose is in no item's scope."""
        purpose, officer, subject = f"new-{next(NUMBERS)}", f"new-{next(NUMBERS)}", self.subjects[0]
        assert self.send_query([subject.code], purpose=purpose).status_code == 403
        assert self.send_query([subject.code], officer=officer).status_code == 403
        self.expect(Expected(self.asker), Expected(self.asker))
        governance = self.world.governance()
        governance.register_purpose(code=purpose, zh="新用途", en="new")
        governance.register_officer(department=self.asker, pseudonym=officer, role="operator", name="示例")
        self.ask([subject], purpose=purpose)
        self.ask([subject], officer=officer)

    @rule(data=st.data(), how=st.sampled_from(DENIED))
    def denied_cannot_tell(self, data: st.DataObject, how: str) -> None:
        self.denied(data.draw(st.sampled_from(self.subjects)), how)

    def denied(self, known: Subject, how: str) -> None:
        """Somebody with records and somebody never heard of are answered alike."""
        nobody = self._subject()
        if how == "hidden":
            hidden = [s for s in self.subjects if not self.visible(s)]
            known = hidden[0] if hidden else self._subject()
        asked: dict[str, dict[str, Any]] = {
            "scope": {"purpose": OUT_OF_SCOPE},
            "consent": {"consent": uuid4()},
            "purpose": {"purpose": UNKNOWN},
            "officer": {"officer": SECOND},
            "hidden": {},
        }
        answers = []
        for subject in (known, nobody):
            if how == "portal":
                answers.append(self.send_own("dossier", subject.code, department=self.asker))
            else:
                answers.append(self.send_query([subject.code], **asked[how]))
            if how in ("scope", "consent", "hidden"):
                purpose = asked[how].get("purpose", IN_SCOPE)
                self.expect(Expected(self.asker, subject.code, purpose, "shared"), of=subject)
            else:
                self.expect(Expected(self.asker))
        assert shape(answers[0]) == shape(answers[1])

    # What must hold

    @invariant()
    def the_log_says_what_was_shown_and_refused_and_nothing_else(self) -> None:
        rows = self.world.reader.rows("access", after=self.position, limit=200)
        first = self.position + 1
        assert [row.position for row in rows] == list(range(first, first + len(rows)))
        found = [opened.event for opened in self.world.ledger.open_all(rows, log="access")]
        assert [self._as_logged(event) for event in found] == self.expected
        self.position += len(rows)
        self.expected.clear()

    @invariant()
    def nothing_that_ended_is_visible(self) -> None:
        for record in self.gone:
            assert self.world.lookup.record(record) is None
            assert self.subjects[0].story.shared(record) == 0

    def teardown(self) -> None:
        if not self.expected and self.head() == self.position:  # else a step has failed
            self.close()
            self.the_log_says_what_was_shown_and_refused_and_nothing_else()
        replay = self.world.replay
        for position, told in self.told.items():
            again = replay.answer(position)
            assert again.equal
            made = {(p.record, p.part): json.loads(p.shown) for p in again.parts}
            assert not told or {place: part["fields"] for place, part in made.items()} == told
        assert self.world.finding() is None

    def close(self) -> None:
        """At the end of each history, whatever it was: every consent, case, denial and list once more."""
        for consent in self.consents:
            self.ask([consent.subject], consent=consent, purpose=consent.purpose)
        for case in self.pending:
            self.read_state(case)
        for how in DENIED:
            self.denied(self.subjects[0], how)
        for subject in self.subjects:
            self.read_looks(subject)

    # How it is asked and known

    def ask(
        self,
        picked: list[Subject],
        *,
        purpose: str = IN_SCOPE,
        officer: str = "",
        consent: Given | None = None,
    ) -> None:
        """A query that may be made; held to what the model may be shown, whatever that is."""
        codes = [subject.code for subject in picked]
        asked = self.send_query(
            codes, purpose=purpose, officer=officer or self.officer, consent=consent.id if consent else None
        )
        assert asked.status_code == 200, asked.text
        answers = asked.get_json()["answers"]
        distinct = {subject.code: subject for subject in picked}
        for subject in distinct.values():
            records = self.visible(subject) if self.allowed(subject, purpose, consent) else {}
            told = next(a for a, code in zip(answers, codes, strict=True) if code == subject.code)
            assert {UUID(r["record"]): r["parts"]["public"]["CF_NR_FK"] for r in told["records"]} == records
            assert {UUID(r["record"]) for r in told["records"] if r["objected"]} == set(records) & {
                record for _, record, _ in self.pending.values()
            }
            parts = {(r["record"], part): f for r in told["records"] for part, f in r["parts"].items()}
            assert {part for _, part in parts} in (set(), set(PARTS))
            self.expect(Expected(self.asker, subject.code, purpose, "shared", frozenset(parts)))
            self.told[int(told["receipt"].partition(":")[2])] = parts

    def allowed(self, subject: Subject, purpose: str, consent: Given | None) -> bool:
        """Whether a query of the asking department is shown anything."""
        if consent is None:
            return purpose == IN_SCOPE
        covers = (consent.subject, consent.purpose, consent.item) == (subject, purpose, ITEM)
        return covers and not consent.withdrawn and self.world.today <= consent.until

    def visible(self, subject: Subject) -> dict[UUID, str]:
        """The records of a subject that the shared view lets through, each with its fine."""
        return {r: self.shown[r] for r in subject.records if r in self.shown and r not in self.gone}

    def standing(self) -> list[tuple[Subject, UUID]]:
        """Records that have not ended."""
        return [(s, r) for s in self.subjects for r in s.records if r not in self.gone]

    def expect(self, *events: Expected, of: Subject | None = None) -> None:
        """These stand in the log next."""
        subjects = {s.code: s for s in (*self.subjects, *([of] if of else []))}
        for event in events:
            self.expected.append(event)
            if event.code:
                subjects[event.code].looks.append(event)

    def head(self) -> int:
        """The newest position of the access log."""
        return self.world.reader.head("access")[0]

    def _as_logged(self, event: object) -> Expected:
        if isinstance(event, ActRefused):
            return Expected(event.department)
        assert isinstance(event, SubjectQueried)
        code = self._code_of(event.originator_id)
        shown = frozenset((record, part) for record, part, _ in event.shown)
        return Expected(event.department, code, event.purpose, event.view, shown)

    def _code_of(self, subject_id: UUID) -> str:
        codes = {event.code for event in self.expected if event.code}
        return next((code for code in codes if self._id_of(code) == str(subject_id)), "unexpected")

    def _id_of(self, code: str) -> str:
        first = self.model.first
        identity = first.subject(first.content_of(CF_XDR_SHXYM=code))
        return str(SubjectDesk(self.world.ledger).find(identity))

    # Requests

    def send_query(
        self,
        codes: list[str],
        *,
        purpose: str = IN_SCOPE,
        officer: str = "",
        consent: UUID | None = None,
        lacking: str = "",
    ) -> TestResponse:
        """A shared or authorised query of the asking department."""
        said = {"case": "" if lacking == "case" else CASE, "basis": " " if lacking == "basis" else BASIS}
        purpose = UNKNOWN if lacking == "known purpose" else purpose
        headers = {
            "credit-official": "" if lacking == "officer" else officer or self.officer,
            "credit-purpose": "" if lacking == "purpose" else purpose_header(purpose, **said),
        }
        body: dict[str, Any] = {"subjects": [{"code": code} for code in codes]}
        if consent:
            body["consent"] = str(consent)
        return self.send("/v1/queries", body, self.asker, headers)

    def send_own(self, what: str, code: str, *, department: str = "") -> TestResponse:
        """A subject's own question, asked by the portal."""
        headers = {"credit-on-behalf-of": "subject", "credit-purpose": OWN_RECORDS.code}
        body = {"subjects": [{"code": code}]}
        return self.send(f"/v1/subject/{what}", body, department or self.office, headers)

    def send_state(self, case: UUID, department: str, officer: str) -> TestResponse:
        """How an objection stands, asked by an officer."""
        headers = {"credit-official": officer, "credit-purpose": CASE_HANDLING.code}
        return self.send(f"/v1/objections/{case}/state", {}, department, headers)

    def send(self, path: str, data: object, department: str, headers: dict[str, str]) -> TestResponse:
        """A signed POST; empty headers are not sent."""
        given = {name: value for name, value in headers.items() if value}
        sent = {"content-type": "application/json", "idempotency-key": uuid4().hex, **given}
        key, ledger = self.world.keys[department], self.world.ledger.id.hex
        signing = Signing(department, key, ledger, covered=(*COVERED, *given))
        body = json.dumps(data).encode()
        return self.model.web.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))


def as_told(look: dict[str, Any], code: str) -> Expected:
    """A look as who-looked tells it."""
    shown = frozenset((part["record"], part["part"]) for part in look["shown"])
    return Expected(look["department"], code, look["purpose"], look["view"], shown)


def shape(answer: TestResponse) -> tuple[int, list[tuple[str, str]], str]:
    """All of an answer but what differs between any two: ids, positions, digests and signatures."""
    varying = {"x-request-id", "signature", "content-digest", "content-length"}
    headers = [(n.lower(), _steady(v)) for n, v in answer.headers.items() if n.lower() not in varying]
    return answer.status_code, sorted(headers), _steady(answer.text)


def _steady(text: str) -> str:
    return re.sub(r"access:\d+|urn:uuid:[0-9a-f-]+|created=\d+|:[A-Za-z0-9+/=]{40,}:", "*", text)


def test_any_history_of_queries_keeps_the_promises(seeded_world: World) -> None:
    """PRV-3, QRY-1, QRY-2, SHR-1, SHR-2: every look is logged as it was, and nobody sees or infers more."""
    model = Model(Web(seeded_world), begin(seeded_world), seeded_world.clock.at)
    seeded_world.governance().register_purpose(code=OUT_OF_SCOPE, zh="好奇", en="curiosity")
    run(
        type("HistoriesHere", (Histories,), {"model": model}),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
