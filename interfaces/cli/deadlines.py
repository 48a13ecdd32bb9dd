"""What passing time brings: recording terms and due days that are over, and moving a demo ledger's clock forward."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from application.commands.governance import Governance
from application.registry import Registry
from domain.remedies.events import CalendarLoaded
from domain.remedies.recounting import year_of
from domain.shared.city_time import city_day
from domain.shared.deadlines import CalendarYear
from domain.shared.refusals import Refused, sentence
from infrastructure.bootstrap import (
    ClockError,
    Settings,
    database,
    demo_clock,
    ledger_id_of,
    load_calendar,
    open_ledger,
    projector_services,
)
from interfaces.cli.progress import Progress
from interfaces.cli.seed import is_demo
from interfaces.client.sealing import DepartmentKey

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_SPAN = re.compile(r"([0-9]{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="What was recorded as JSON.")
@click.option("--quiet", is_flag=True)
def deadlines(*, as_json: bool, quiet: bool) -> None:
    """Record once what is over by today: terms of publicity, due days of open cases, flags; open reviews of queries.

    ``serve`` does the same every 30 seconds; both at once record nothing twice. Exit 1 when a case could not be
    opened (``verify`` says why).
    """
    settings = Settings.from_environment()
    with database(settings):
        bar = Progress("期限 deadlines", 0, unit="events", quiet=quiet)
        found = projector_services(settings)
        passed, raised = found.deadlines.run(bar.update), found.flags.run()
        reviews = found.reviews.run()
        bar.finish()
    if as_json:
        told = {
            "flags": raised.flags,
            "flags_overdue": raised.overdue,
            "joined": raised.joined,
            "reviews": reviews,
        }
        click.echo(json.dumps({**asdict(passed), **told}))
    else:
        click.echo(f"公示期满 / terms ended: {passed.terms_ended}")
        click.echo(f"办理逾期 / due days missed: {passed.overdue}")
        click.echo(f"期限重算 / cases whose days were counted again: {passed.recounted}")
        click.echo(f"责任线索 / flags raised: {raised.flags}")
        click.echo(f"并入线索的事件 / causes that joined a flag: {raised.joined}")
        click.echo(f"线索逾期未答复 / flags not answered in time: {raised.overdue}")
        click.echo(f"开启的查询审查 / reviews of queries opened: {reviews}")
        if passed.unreadable:
            click.echo(f"无法打开的案件 / cases that do not open: {passed.unreadable}")
    if passed.unreadable:
        sys.exit(1)


@click.command()
@click.option("--load", "file", type=EXISTING, help="A year's holiday notice (JSON) to make known.")
@click.option("--key", type=EXISTING, help="The credit office's key (PEM), to load with.")
@click.option("--json", "as_json", is_flag=True, help="The years as JSON.")
def calendar(*, file: Path | None, key: Path | None, as_json: bool) -> None:
    """Show which years' working days are known; load another year's, as its official notice says.

    FILE holds exactly `year`, `source` (`authority`, `title`, `document_number`, `date`), `holidays` and
    `working_weekend_days`. Days of open cases that were provisional are counted again by the next `deadlines`.
    """
    if (file is None) != (key is None):
        raise click.UsageError("--load and --key go together")
    year, digest = _year(file) if file else (None, "")
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        if year is not None and key is not None:
            try:
                Governance(ledger, signer=DepartmentKey.read(key)).load_calendar(year, digest=digest)
            except (Refused, ValueError) as error:
                raise click.ClickException(_why(error)) from None
        known = Registry(ledger).calendar(load_calendar())
    years = sorted({first.year for first, _ in known.calendar.covered})
    loaded = [asdict(year_of(e)) for e in known.events if isinstance(e, CalendarLoaded)]
    if as_json:
        click.echo(json.dumps({"years": years, "loaded": loaded}, ensure_ascii=False, default=str))
        return
    click.echo(f"已知年份 / years that are known: {'、'.join(map(str, years))}")
    for event in loaded:
        click.echo(f"{event['year']}: {event['source']['authority']}《{event['source']['title']}》")


def _year(file: Path) -> tuple[CalendarYear, str]:
    """The year in a file, and the file's digest. Raises ``click.ClickException`` that says what is wrong."""
    data = file.read_bytes()
    try:
        return CalendarYear.from_data(json.loads(data)), hashlib.sha256(data).hexdigest()
    except (ValueError, TypeError, RecursionError) as error:
        raise click.ClickException(f"{file.name}: {error}") from None


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return "\n".join(f"{sentence(d, 'zh')} / {sentence(d, 'en')}" for d in error.defects)
    return "这不是密钥文件 / this is no key"


class _Span(click.ParamType[timedelta]):
    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """``30d``, ``12h`` or ``90m``."""
        found = _SPAN.fullmatch(str(value))
        if found is None:
            self.fail("a span is a number and d, h or m, as 30d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command()
@click.option("--forward", type=_Span(), help="Move on by so much: 30d, 12h, 90m.")
@click.option("--json", "as_json", is_flag=True, help="The clock as JSON.")
def clock(*, forward: timedelta | None, as_json: bool) -> None:
    """Show what time it is for this ledger; move a demo ledger's clock forward, while it is served or not.

    Never back, and never for a ledger that is not the demo city's.
    """
    settings = Settings.from_environment()
    ledger_id = ledger_id_of(settings)
    if not is_demo(settings, ledger_id):
        raise ClockError("这不是示范账本 / only the demo city's ledger has a clock that moves")
    found = demo_clock(settings, ledger_id)
    if forward is not None:
        found.forward(forward)
    now, ahead = found.now(), found.ahead()
    if as_json:
        told = {
            "now": now.isoformat(),
            "day": city_day(now).isoformat(),
            "ahead_seconds": int(ahead.total_seconds()),
        }
        click.echo(json.dumps(told))
    else:
        click.echo(f"账本日期 / the ledger's day: {city_day(now)}")
        click.echo(f"比真实时间快 / ahead of real time: {ahead}")
