"""The public page of indicators: charts, the table that says the same, the workbook, and whether a notice froze it."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Response, abort, render_template, request

from application.indicators import Indicators, Month
from application.services import Services
from domain.oversight.indicators import NAMES, REFUSED, STEP
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.portal.charts import CHARTS, draw
from interfaces.portal.timeline import city_instant

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A chart brings its own style and nothing else."""


def indicator_routes(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    """The pages on the portal's blueprint."""

    def indicators() -> Indicators:
        found = services()
        return Indicators(found.ledger, found.indicators)

    def told(month: str) -> Month:
        """A month that is over; everything else is no page."""
        try:
            return indicators().month(month)
        except Refused:
            abort(404)

    @blueprint.get("/indicators")
    def indicators_page() -> str:
        """How units did in a month."""
        month = told(request.args.get("month", "") or indicators().last_month())
        notice = indicators().notified(month.month)
        return render_template(
            "portal/indicators.html",
            month=month,
            units=month.told,
            names=NAMES,
            refused=REFUSED,
            step=STEP,
            charts=CHARTS,
            issued_on=city_day(notice.timestamp).isoformat() if notice else "",
            made_at=city_instant(services().ledger.now()),
        )

    @blueprint.get("/indicators/<string(length=7):month>/<what>.svg")
    def indicator_chart(month: str, what: str) -> Response:
        """One chart of a month."""
        if what not in CHARTS or MONTH.fullmatch(month) is None:
            abort(404)
        answer = Response(draw(CHARTS[what], told(month).told), mimetype="image/svg+xml")
        answer.headers["Content-Security-Policy"] = POLICY
        return answer
