"""Reporting serious dishonesty and following a report from the command line, as anyone (WHS-1).

What names somebody is asked for at the terminal, so that it stands in no history of commands.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import click

from interfaces.cli.files import URL, say_problem
from interfaces.client.api import Problem
from interfaces.client.tip_offs import file_tip_off, follow_tip_off
from interfaces.portal.tip_offs import SHOWN, STATES


@click.group()
def tip_off() -> None:
    """Report serious dishonesty of an enterprise, or follow a report by its receipt."""


@tip_off.command("file")
@click.argument("text", type=click.File(encoding="utf-8"))
@click.option(
    "--named", is_flag=True, help="Ask for your name and how to reach you; without it you stay unnamed."
)
@click.option("--url", default=URL, show_default=True, help="The service.")
@click.option("--json", "as_json", is_flag=True, help="The receipt as JSON on stdout.")
def file(*, text: TextIO, named: bool, url: str, as_json: bool) -> None:
    """Report what the file TEXT says; about whom, and who you are if you wish, is asked for.

    The receipt is told once: write number and secret down.
    """
    said: dict[str, Any] = {
        "about": click.prompt("被举报单位的名称 / name of the enterprise", err=True),
        "code": click.prompt(
            "统一社会信用代码 / its code, if known", default="", show_default=False, err=True
        ),
        "text": text.read().strip(),
    }
    if named:
        said["reporter"] = {
            "name": click.prompt("您的姓名 / your name", default="", show_default=False, err=True),
            "contact": click.prompt("联系方式 / how to reach you", default="", show_default=False, err=True),
        }
    receipt = _asked(lambda: file_tip_off(url, said), as_json=as_json)
    if as_json:
        click.echo(json.dumps(receipt))
    else:
        click.echo(f"回执编号 / number: {receipt['number']}")
        click.echo(f"查询密码，仅此一次告知 / secret, told this once: {receipt['secret']}")


@tip_off.command("follow")
@click.argument("number")
@click.option("--url", default=URL, show_default=True, help="The service.")
@click.option("--json", "as_json", is_flag=True, help="How it stands as JSON on stdout.")
def follow(*, number: str, url: str, as_json: bool) -> None:
    """How the report with this NUMBER stands, and every opening of its seal; the secret is asked for."""
    secret = click.prompt("查询密码 / secret", hide_input=True, err=True)
    told = _asked(lambda: follow_tip_off(url, number, secret), as_json=as_json)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{_both(STATES[told['state']])} · {told['filed_on']} · {told['department']}")
    for step in told["steps"]:
        to = f" → {step['to']}" if step["to"] else ""
        click.echo(
            f"  {step['on']} {_both(STATES[step['step']])} {step['department']}{to} {step['text']}".rstrip()
        )
    for opened in told["openings"]:
        what = "、".join(_both(SHOWN[name]) for name in opened["shown"])
        by = f"{opened['department']} {opened['officer']}"
        click.echo(f"  {opened['on']} 开启 / opened: {what} {by} {opened['reason']}")


def _both(words: tuple[str, str]) -> str:
    return " / ".join(words)


def _asked(ask: Callable[[], Mapping[str, Any]], *, as_json: bool) -> Mapping[str, Any]:
    try:
        return ask()
    except Problem as problem:
        say_problem(problem, as_json=as_json)
        sys.exit(1)
