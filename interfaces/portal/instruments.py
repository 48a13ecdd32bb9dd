"""The public pages of the clean-up ledger: every document with its standing, and the notices that were issued.

They show no person: who answers for a document is in the workbook of its unit and the credit office only.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template

from application.commands.clean_up import issued_notice
from application.instruments import clean_up, notices, units
from application.services import Services
from domain.shared.city_time import city_day
from interfaces.portal.timeline import city_instant

WHAT = {"plan": ("规范完善方案", "plan"), "completion": ("完成清理规范", "completion")}


def instrument_routes(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    """The pages on the portal's blueprint."""

    @blueprint.get("/instruments")
    def clean_up_page() -> str:
        """The clean-up ledger and the list of notices."""
        ledger = services().ledger
        now, names = clean_up(ledger), units(ledger)
        nil = {names[filed.unit].name for filed in now.returns if filed.what == "nil"}
        return render_template(
            "portal/instruments.html",
            documents=now.documents,
            nil=sorted(nil),
            months=[event.month for event in notices(ledger)],
            what=WHAT,
            made_at=city_instant(ledger.now()),
        )

    @blueprint.get("/instruments/notices/<string(length=7):month>")
    def notice_page(month: str) -> str:
        """A notice as it was issued."""
        ledger = services().ledger
        issued = issued_notice(ledger, month)
        if issued is None:
            abort(404)
        return render_template(
            "portal/notice.html",
            month=month,
            notice=issued.content,
            issued_on=city_day(issued.timestamp).isoformat(),
            what=WHAT,
            made_at=city_instant(ledger.now()),
        )
