"""Evidence bundles from the command line: asked for as a department or as a subject's portal, kept as a file.

``interfaces/client/verifier.py`` checks the file offline, ``stamp-check`` its time stamps. Getting one is logged.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from interfaces.cli.files import EXISTING, URL, WRITABLE
from interfaces.client.api import SUBJECTS_OWN, Client, Department, Problem, Unproven
from interfaces.client.bundles import ask
from interfaces.client.sealing import DepartmentKey
from interfaces.client.signing import purpose_header

CLAIMS = ("recorded", "shielded", "erased", "who_looked", "answered")


@click.command()
@click.argument("claim", type=click.Choice(CLAIMS))
@click.option("--record", help="The record (or for shielded a listing), by its id.")
@click.option("--show", multiple=True, help="A part to show, such as public; may be repeated.")
@click.option("--receipt", help="The receipt of an answer, such as access:7, for answered.")
@click.option("--department", required=True, help="The asking department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="Its key (PEM).")
@click.option("--code", default="", help="As a portal: the organisation's 统一社会信用代码.")
@click.option(
    "--id-number", is_flag=True, help="As a portal: a person's 身份证 number, asked for on the terminal."
)
@click.option("--official", default="", help="As a department: the officer, by pseudonym.")
@click.option("--purpose", default="", help="As a department: a registered purpose; with --case and --basis.")
@click.option("--case", default="")
@click.option("--basis", default="")
@click.option("--output", "-o", type=WRITABLE, required=True)
@click.option("--url", default=URL, show_default=True, help="The service.")
def evidence(
    *,
    claim: str,
    record: str | None,
    show: tuple[str, ...],
    receipt: str | None,
    department: str,
    key: Path,
    code: str,
    id_number: bool,
    official: str,
    purpose: str,
    case: str,
    basis: str,
    output: Path,
    url: str,
) -> None:
    """Get the bundle that proves a CLAIM offline; what was just recorded is waited for.

    A department names officer and purpose; a portal whom it asks for. The answer's own parts are added by who has them.
    """
    if (code or id_number) == bool(official) or (code and id_number):
        raise click.UsageError("--code or --id-number as a portal; --official and --purpose as a department")
    asked: dict[str, Any] = {"claim": claim}
    asked |= {name: told for name, told in (("record", record), ("receipt", receipt)) if told}
    asked |= {"show": list(show)} if show else {}
    headers = {"credit_official": official, "credit_purpose": purpose_header(purpose, case=case, basis=basis)}
    if not official:
        headers = dict(SUBJECTS_OWN)
        # A person's number stands in no command line, which other users of a machine can read.
        person = {} if code else {"id_type": "身份证", "id_number": click.prompt("身份证", hide_input=True)}
        asked["subject"] = {"code": code} if code else person
    try:
        bundle = ask(Client(url, Department(department, DepartmentKey.read(key))), asked, headers)
    except Problem as problem:
        members = problem.members
        told = f"{members.get('rule', '')} {members.get('detail', '')} {members.get('detail_en', '')}"
        raise click.ClickException(told.strip()) from None
    except Unproven as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    except (ValueError, TypeError):
        raise click.UsageError("--url is no address, or --key no Ed25519 key in PEM form") from None
    output.write_text(json.dumps(bundle, ensure_ascii=False) + "\n", encoding="utf-8")
    stamps = ", ".join(sorted(bundle.get("timestamps", {}))) or "-"
    click.echo(f"已写入 / written: {output.name}; 时间戳 / time stamps: {stamps}")
