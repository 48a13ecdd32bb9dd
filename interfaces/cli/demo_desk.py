"""What the live examples of the demo city share: the market bureau's desk, its penalties, and acts under its seal.

Made by the same commands as over HTTP; every act happens at the instant of the ledger's clock.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import date
from random import Random
from uuid import UUID

from application.commands.acts import DepartmentAct
from application.commands.intake import Intake
from application.commands.remedies import RemedyDesk
from application.commands.seals import SealOfAct
from application.ledger import Ledger
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.kinds import Kind
from domain.transparency.leaf import act_message
from domain.transparency.sealed_file import ROW_KIND, SealedRow
from infrastructure.bootstrap import load_calendar, load_settings, remedy_desk, verify_ed25519
from interfaces.client.form_data import load_forms
from interfaces.client.sealing import DepartmentKey, seal_remedy
from interfaces.demo.city import DemoCity
from interfaces.demo.identities import company_name, credit_code
from interfaces.demo.penalty import penalty_of

SOURCE, OFFICER = "market", "market-1"


class DemoDesk:
    """The market bureau of a demo city at work (示例承办单位) in one ledger, with everybody's keys at hand."""

    def __init__(
        self, ledger: Ledger, city: DemoCity, keys: Mapping[str, DepartmentKey], random: Random
    ) -> None:
        self.ledger, self.city, self.keys, self.random = ledger, city, keys, random
        self.forms = load_forms()
        self.market = self.department(SOURCE)
        self.key = keys[self.market]
        self.office = city.credit_office.code
        self.officer = Officer(OFFICER, self.market)

    @property
    def today(self) -> date:
        """The day of the ledger's clock."""
        return city_day(self.ledger.now())

    def department(self, key: str) -> str:
        """The code of a department of the city."""
        return next(d.code for d in self.city.departments if d.key == key)

    def remedies(self) -> RemedyDesk:
        """A desk of remedies that has read nothing yet."""
        return remedy_desk(self.ledger, self.forms)

    def company(self) -> tuple[str, str]:
        """Name and code of a company that there was not before."""
        name = company_name(self.random)
        return name, credit_code(self.random, prefix="91", division=self.city.division_code)

    def penalty(self, number: int, *, fresh: bool = False, **public: str) -> tuple[UUID, Parts]:
        """A penalty to rest on, sealed by the bureau; ``fresh``: of today; ``public`` are fields other than usual."""
        source, (name, code) = next(d for d in self.city.departments if d.code == self.market), self.company()
        usual = penalty_of(source, name, code, number=900 + number, today=self.today)
        days = {"CF_JDRQ": self.today.isoformat()} if fresh else {}
        content = {**usual, "public": {**usual["public"], **days, **public}}
        return self.record(content), content

    def record(self, content: Parts) -> UUID:
        """A penalty with this content, sealed by the bureau and taken in."""
        row = SealedRow(0, uuid.uuid4(), os.urandom(32), content, data_row=1, sheet_row=1)
        message = act_message(
            kind=ROW_KIND, commitment=row.commitment(self.ledger.id.bytes), issuer=self.key.issuer
        )
        seal = SealOfAct(
            row=row,
            ledger_id=self.ledger.id.bytes,
            form="penalty",
            issuer=self.key.issuer,
            signature=self.key.sign(message),
        )
        intake = Intake(
            self.ledger,
            self.forms,
            seal,
            department=self.market,
            verify=verify_ed25519,
            calendar=load_calendar(),
            settings=load_settings(),
        )
        *_, report = intake.take([row])
        assert report.taken == 1, report.refused
        return row.record_id

    def sealed(self, kind: Kind, parts: Parts, stream: UUID) -> DepartmentAct:
        """An act in a stream under the bureau's own seal."""
        ledger_id = self.ledger.id.bytes
        return act_of(seal_remedy(kind, parts, record=str(stream), ledger_id=ledger_id, key=self.key))


def act_of(sealed: Mapping[str, object]) -> DepartmentAct:
    """What a department sealed and would send, as the service takes it in."""
    salt, issuer, signature = (bytes.fromhex(str(sealed[name])) for name in ("salt", "issuer", "signature"))
    return DepartmentAct(sealed["parts"], salt, issuer, signature)  # type: ignore[arg-type]
