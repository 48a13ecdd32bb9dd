"""The settings at the command line: list them with their history, or change one with the credit office's key."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from application.commands.settings import ChangeSetting
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused, sentence
from domain.shared.rule_settings import SETTINGS, Value
from domain.shared.rulebook import STATUSES
from infrastructure.bootstrap import Settings, database, open_ledger, settings_desk
from interfaces.client.sealing import DepartmentKey
from interfaces.client.settings import sealed_change


@click.group()
def settings() -> None:
    """Limits and thresholds of the rules (规则参数), each in force from a day on."""


@settings.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every value there was and will be.")
def list_settings(*, as_json: bool) -> None:
    """Every setting with the value of today, its source, and what was decided."""
    environment = Settings.from_environment()
    with database(environment):
        ledger = open_ledger(environment)
        found, today = settings_desk(ledger).read().settings, city_day(ledger.now())
    if as_json:
        told = {
            name: [{**_told(v), "author": v.author, "reason": v.reason} for v in found.history(name)]
            for name in SETTINGS
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, setting in SETTINGS.items():
        now = found.value(name, on=today)
        click.echo(f"{name} = {_numbers(now)} {setting.unit}  [{now.status}] {now.source}  ({setting.rule})")
        for value in found.history(name)[1:]:
            click.echo(f"    {value.from_day}: {_numbers(value)}  {value.author}  {value.reason}")


@settings.command("set")
@click.argument("name", type=click.Choice(sorted(SETTINGS)))
@click.argument("value")
@click.option(
    "--from", "from_day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Tomorrow or later."
)
@click.option("--source", required=True, help="The text that it rests on.")
@click.option("--status", required=True, type=click.Choice(STATUSES), help="How sure that source is.")
@click.option("--reason", required=True)
@click.option("--officer", required=True, help="Pseudonym of a registered officer of the credit office.")
@click.option("--department", required=True, help="The credit office's code.")
@click.option("--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def set_setting(
    *,
    name: str,
    value: str,
    from_day: datetime,
    source: str,
    status: str,
    reason: str,
    officer: str,
    department: str,
    key: Path,
) -> None:
    """Change a setting; VALUE is a number, or three of them for 轻微,一般,严重. Exit 1 when it is refused."""
    try:
        numbers = [int(number) for number in value.split(",")]
    except ValueError:
        raise click.UsageError("VALUE is a whole number, or three with commas") from None
    said = {
        "name": name,
        "value": numbers,
        "from_day": from_day.date().isoformat(),
        "source": source,
        "status": status,
        "reason": reason,
    }
    environment = Settings.from_environment()
    with database(environment):
        ledger = open_ledger(environment)
        desk, owner = settings_desk(ledger), DepartmentKey.read(key)
        sealed = sealed_change(
            said, officer=officer, stream=str(desk.read().stream_id), ledger_id=ledger.id.bytes, key=owner
        )
        seal = {part: bytes.fromhex(sealed[part]) for part in ("salt", "issuer", "signature")}
        command = ChangeSetting(
            name=name,
            value=tuple(numbers),
            from_day=from_day.date(),
            source=source,
            status=status,
            reason=reason,
            officer=officer,
            **seal,
        )
        try:
            position = desk.change(command, department=department)
        except Refused as refused:
            for defect in refused.defects:
                click.echo(f"{defect.rule}: {sentence(defect)} / {sentence(defect, 'en')}", err=True)
            sys.exit(1)
    click.echo(f"records:{position}")


def _told(value: Value) -> dict[str, object]:
    return {
        "value": list(value.numbers),
        "from_day": value.from_day.isoformat() if value.from_day else None,
        "source": value.source,
        "status": value.status,
    }


def _numbers(value: Value) -> str:
    return ",".join(map(str, value.numbers))
