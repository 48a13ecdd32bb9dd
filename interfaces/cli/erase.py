"""Erasing as an operator: carry out what two officers approved, go on after a crash, or list what there is."""

from __future__ import annotations

import json
import sys

import click

from application.ports import LedgerUnavailable
from infrastructure.bootstrap import EraserServices, Settings, database, eraser_services
from interfaces.cli.progress import Progress


@click.group()
def erase() -> None:
    """Erase what two officers of the credit office approved (PRV-4); they do so over HTTP, nobody is named here."""


@erase.command()
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
@click.option("--quiet", is_flag=True)
def run(*, as_json: bool, quiet: bool) -> None:
    """Destroy the keys of everything approved, wrap all others anew, destroy the old generation key.

    The service may run. Stopped at any moment, run it again: it goes on where it was.
    """
    settings = Settings.from_environment()
    with database(settings):
        found = eraser_services(settings)
        with found.store.alone() as alone:
            if not alone:
                raise LedgerUnavailable("another process erases already")
            counts = _run(found, quiet=quiet)
    if as_json:
        click.echo(json.dumps(counts))
    else:
        for what, count in counts.items():
            click.echo(f"{what}: {count}")
        click.echo("没有未完成的删除 / nothing is left to erase")


@erase.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def list_erasures(*, as_json: bool) -> None:
    """Every erasure that was asked for: its id, what kind of thing, how many officers want it, its state.

    Exit 1 when one is approved or erased and not completed.
    """
    settings = Settings.from_environment()
    with database(settings):
        erasures = eraser_services(settings).erasing.all()
    told = [
        {
            "erasure": str(e.id),
            "target": e.target.kind,
            "name": e.target.name,
            "officers": len(e.officers),
            "state": e.state,
        }
        for e in erasures
    ]
    if as_json:
        click.echo(json.dumps(told))
    else:
        for one in told:
            click.echo("  ".join(str(value) for value in one.values()))
    if any(e.state in ("approved", "erased") for e in erasures):
        sys.exit(1)


def _run(found: EraserServices, *, quiet: bool) -> dict[str, int]:
    """All steps with their progress; how many there were of each kind."""
    counts: dict[str, int] = {}
    bars: dict[str, Progress] = {}
    for step in found.erasing.run():
        counts[step.what] = step.done
        if step.what not in bars:
            bars[step.what] = Progress(f"删除 {step.what}", step.total, unit="", quiet=quiet)
        bars[step.what].update(step.done, step.total)
        if step.done == step.total:
            bars[step.what].finish()
    return counts
