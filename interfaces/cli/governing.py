"""The credit office governs at the command line (治理): who takes part, and of which rank a department is.

Each act is one event under the office's key, as ``application.commands.governance`` decides; what stands so already is
left alone, so that a run may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from application.commands.governance import Governance
from application.instruments import units
from application.registry import Registry
from infrastructure.bootstrap import Settings, database, open_ledger
from interfaces.cli.files import EXISTING, department_key, told_refusals

office_key = click.option(
    "--key", type=EXISTING, required=True, help="The credit office's key (PEM), which seals the act."
)


@click.group()
def departments() -> None:
    """Departments (部门) that take part, and the rank (层级) of each: without one a department lists nobody."""


@departments.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def list_departments(*, as_json: bool) -> None:
    """Every registered department: code, role, rank, name; `-` where no rank is registered."""
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        registry = Registry(ledger)
        told = [
            {"code": d.code, "name": d.name, "role": d.role, "rank": registry.rank(d.code).rank or None}
            for d in units(ledger).values()
        ]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one['code']}  {one['role']}  {one['rank'] or '-'}  {one['name']}")


@departments.command("rank")
@click.argument("code")
@click.argument("rank")
@click.option("--basis", required=True, help="The document that says so; everyone reads it.")
@office_key
def rank_department(*, code: str, rank: str, basis: str, key: Path) -> None:
    """Register of which RANK the department of CODE (统一社会信用代码) is (LST-7); the last one holds.

    RANK is national, provincial, municipal, county or township. Exit 1 when it is refused.
    """
    _govern(key, lambda office: office.rank_department(code, rank=rank, basis=basis))


def _govern(key: Path, act: Callable[[Governance], bool]) -> None:
    """Do an act of the office and say whether it is new."""
    settings, signer = Settings.from_environment(), department_key(key)
    with database(settings), told_refusals():
        new = act(Governance(open_ledger(settings), signer=signer))
    click.echo(
        "已登记 / registered" if new else "已是如此，没有增加 / it stands so already; nothing was added"
    )
