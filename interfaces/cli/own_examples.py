"""Live examples of what subjects do themselves: a consent, a repair by public service, an erasure that is asked for.

Made by the same commands as over HTTP; the erasure waits for a second officer of the credit office.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from uuid import UUID

from application.commands.consents import Consents, GiveConsent
from application.commands.erasures import Erasures, RequestErasure
from application.commands.remedies import RemedyDesk
from application.commands.repairs import ApplyForRepair, Repairs
from application.commands.subjects import Identity, identity_of
from domain.remedies.repair_case import Application, Material
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from infrastructure.bootstrap import load_settings
from interfaces.demo.identities import adult_birth, citizen_id, person_name

ITEM, PURPOSE, CONSENT_DAYS = "C03-02", "licensing", 90
OFFICE_OFFICER = "credit_office-1"
OF_ORGANISATIONS = ("CF_XDR_MC", "CF_XDR_SHXYM", "CF_WFXW", "CF_NR", "CF_NR_FK", "DISCREDIT_LEVEL")
HOURS, CERTIFIED_BY = 24, "示范市志愿服务联合会（示例）"


class OwnExamples:
    """The examples of subjects (本人示例): ``record`` records a content, ``usual`` is a penalty of a company."""

    def __init__(
        self,
        desk: RemedyDesk,
        *,
        office: str,
        recipient: str,
        record: Callable[[Parts], UUID],
        random: Random,
    ) -> None:
        self._desk, self._office, self._recipient = desk, office, recipient
        self._record, self._random = record, random
        self._today = city_day(desk.ledger.now())

    def make(self, usual: Parts) -> None:
        """All of them: a company consents, a person applies for repair, another one's data is to be erased."""
        self._consented(usual)
        self._serving(self._person(usual, 31))
        self._to_be_erased(self._person(usual, 32))

    def _consented(self, usual: Parts) -> None:
        """PRV-2: a company lets one department look at one item, for one purpose and a quarter."""
        given = GiveConsent(
            consent_id=self._desk.ledger.entropy.uuid(),
            identity=identity_of(self._desk.form_of(usual), usual),
            recipient=self._recipient,
            purpose=PURPOSE,
            manner="在线查询",
            items=(ITEM,),
            until=self._today + timedelta(days=CONSENT_DAYS),
            freely_given=True,
        )
        consents = Consents(self._desk.ledger, defaults=load_settings())
        consents.give(given, portal=self._office, attempt=b"demo-consent", receipt=None)

    def _serving(self, content: Parts) -> None:
        """REP-7: a person's application with hours of public service, to be accepted."""
        record = self._record(content)
        kinds = ("performance_proof", "commitment_letter")
        materials = [Material(kind, "b3" * 32) for kind in kinds]
        materials.append(Material("public_service", "b4" * 32, hours=HOURS, certified_by=CERTIFIED_BY))
        applied = ApplyForRepair(
            self._desk.ledger.entropy.uuid(),
            record,
            self._office,
            self._identity(content),
            Application(materials=tuple(materials)),
        )
        Repairs(self._desk).apply(applied)

    def _to_be_erased(self, content: Parts) -> None:
        """PRV-4: a person asked that its data be erased; a second officer is to approve."""
        self._record(content)
        asked = RequestErasure(
            erasure_id=self._desk.ledger.entropy.uuid(),
            kind="subject",
            cause="subject_request",
            basis="《中华人民共和国个人信息保护法》第四十七条",
            subject=self._identity(content),
            stream=None,
            name="",
        )
        Erasures(self._desk.ledger).request(
            asked, officer=OFFICE_OFFICER, department=self._office, receipt=None
        )

    def _identity(self, content: Parts) -> Identity:
        return identity_of(self._desk.form_of(content), content)

    def _person(self, usual: Parts, number: int) -> Parts:
        """The penalty of a made-up person: never public, its name and number in a part with a key of its own."""
        birth = adult_birth(self._random, on=self._today - timedelta(days=400))
        public = {name: value for name, value in usual["public"].items() if name not in OF_ORGANISATIONS}
        said = {"CF_WFXW": "未按规定设置广告设施", "CF_SY": "示例：事实清楚、证据确凿。", "CF_NR": "警告"}
        return {
            "public": {
                **public,
                "CF_XDR_LB": "自然人",
                "CF_CFLB": "警告",
                "CF_WSH": f"示市监演罚字〔{self._today.year}〕人{number}号",
            },
            "person/1": {
                "CF_XDR_MC": person_name(self._random),
                "CF_XDR_ZJLX": "身份证",
                "CF_XDR_ZJHM": citizen_id(self._random, birth=birth),
            },
            "restricted": said,
        }
