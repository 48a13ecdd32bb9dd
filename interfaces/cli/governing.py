"""The credit office governs at the command line (治理): who takes part, and of which rank a department is.

Each act is one event under the office's key, as ``application.commands.governance`` decides; what stands so already is
left alone, so that a run may be repeated.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from application.commands.contents import CONTENTS
from application.commands.governance import Governance
from application.instruments import units
from application.registry import Registry
from infrastructure.bootstrap import Settings, database, open_ledger
from interfaces.cli.files import EXISTING, department_key, told_refusals

NAME_FILE_CHARACTERS_MAX = 1000
CONTENT_BYTES_MAX = 1 << 20
office_key = click.option(
    "--key", type=EXISTING, required=True, help="The credit office's key (PEM), which seals the act."
)


@click.group()
def departments() -> None:
    """Departments (部门) that take part, and the rank (层级) of each: without one a department lists nobody."""


@departments.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def list_departments(*, as_json: bool) -> None:
    """Every registered department: code, role, rank, name; `-` where no rank is registered, `*` for a member of the
    joint meeting (联席会议)."""
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        registry = Registry(ledger)
        told = [
            {"code": d.code, "name": d.name, "role": d.role, "rank": rank.rank or None, "member": rank.member}
            for d in units(ledger).values()
            for rank in (registry.rank(d.code),)
        ]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        rank = f"{one['rank'] or '-'}{'*' if one['member'] else ''}"
        click.echo(f"{one['code']}  {one['role']}  {rank}  {one['name']}")


@departments.command("rank")
@click.argument("code")
@click.argument("rank")
@click.option("--basis", required=True, help="The document that says so; everyone reads it.")
@click.option("--member", is_flag=True, help="It is a member of the joint meeting (联席会议成员单位).")
@office_key
def rank_department(*, code: str, rank: str, basis: str, member: bool, key: Path) -> None:
    """Register of which RANK the department of CODE (统一社会信用代码) is (LST-7); the last act holds.

    RANK is national, provincial, municipal, county or township. Exit 1 when it is refused.
    """
    _govern(key, lambda office: office.rank_department(code, rank=rank, basis=basis, member=member))


@departments.command("register")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--role", default="department", show_default=True, help="Or credit_office, or auditor.")
@office_key
def register_department(*, code: str, name: str, role: str, key: Path) -> None:
    """Register a department under CODE, its 统一社会信用代码. Exit 1 when it is refused."""
    _govern(key, lambda office: office.register_department(code=code, name=name, role=role))


@click.group()
def officers() -> None:
    """Officers (工作人员) of departments, known outside by a pseudonym only."""


@officers.command("register")
@click.argument("pseudonym")
@click.option("--department", required=True, help="The 统一社会信用代码 of its department.")
@click.option(
    "--role", required=True, help="operator, supervisor, credit_officer, auditor or tip_off_handler."
)
@click.option(
    "--name",
    type=click.File(encoding="utf-8"),
    help="File with the officer's name; without it, standard input.",
)
@office_key
def register_officer(*, pseudonym: str, department: str, role: str, name: TextIO | None, key: Path) -> None:
    """Register an officer under PSEUDONYM. The name comes by file, sealed as personal data; exit 1 when refused."""
    try:
        said = (name or sys.stdin).read(NAME_FILE_CHARACTERS_MAX).strip()
    except UnicodeDecodeError:
        raise click.UsageError("姓名文件须为 UTF-8 / the file with the name is in UTF-8") from None
    _govern(
        key,
        lambda office: office.register_officer(
            department=department, pseudonym=pseudonym, role=role, name=said
        ),
    )


@click.group()
def purposes() -> None:
    """Purposes (用途) for which officers may query."""


@purposes.command("register")
@click.argument("code")
@click.option("--zh", required=True, help="Its Chinese words.")
@click.option("--en", required=True, help="Its English words.")
@office_key
def register_purpose(*, code: str, zh: str, en: str, key: Path) -> None:
    """Register a purpose of queries under CODE; catalogue items name it in their scope. Exit 1 when it is refused."""
    _govern(key, lambda office: office.register_purpose(code=code, zh=zh, en=en))


@click.command()
@click.argument("what", type=click.Choice(list(CONTENTS)))
@click.argument("file", type=click.File("rb"))
@office_key
def adopt(*, what: str, file: BinaryIO, key: Path) -> None:
    """Adopt the next version of what was made nationally (采用国家版本): FILE is JSON, as its register tells `content`.

    Exit 1 when it is refused, with every reason. What is local is proposed (POST /v1/proposals).
    """
    try:
        content = json.loads(file.read(CONTENT_BYTES_MAX))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise click.UsageError("版本文件须为 JSON / the file with the version is in JSON")

    def act(office: Governance) -> bool:
        office.adopt(what, content)
        return True

    _govern(key, act)


def _govern(key: Path, act: Callable[[Governance], bool]) -> None:
    """Do an act of the office and say whether it is new."""
    settings, signer = Settings.from_environment(), department_key(key)
    with database(settings), told_refusals():
        new = act(Governance(open_ledger(settings), signer=signer))
    click.echo(
        "已登记 / registered" if new else "已是如此，没有增加 / it stands so already; nothing was added"
    )
