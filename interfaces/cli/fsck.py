"""Checking everything that is stored and published, against itself and against remembered checkpoints."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from application.audit.fsck import fsck as check
from application.audit.model import AREAS, Report
from application.commands.incidents import incident_of_fault
from infrastructure.bootstrap import Settings, database, fsck_services, open_ledger
from interfaces.cli.progress import Progress
from interfaces.client.form_data import load_forms

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
UNITS = {"rows": "rows", "tree": "leaves", "side": "rows", "fold": "events", "deltas": "epochs"}


@click.command()
@click.option("--checkpoint", "checkpoints", type=FILE, multiple=True, help="A checkpoint kept elsewhere.")
@click.option("--policy", type=FILE, help="The auditor's own policy; without it the published one.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
@click.option("--incidents", is_flag=True, help="Open an incident for the first fault of each area (ACC-5).")
@click.option("--quiet", is_flag=True)
def fsck(
    *, checkpoints: tuple[Path, ...], policy: Path | None, as_json: bool, incidents: bool, quiet: bool
) -> None:
    """Check all that is stored: rows, trees, tiles, epochs, maps, views, side tables, remembered checkpoints.

    Tells the first fault of each area. Exit 1 when something is wrong. A run by the clock takes ``--incidents``.
    """
    settings = Settings.from_environment()
    with database(settings):
        told = Bars(quiet=quiet)
        report = check(
            fsck_services(settings, load_forms()),
            policy=None if policy is None else policy.read_bytes(),
            remembered={path.name: path.read_bytes() for path in checkpoints},
            progress=told.update,
        )
        told.finish()
        if incidents:
            ledger = open_ledger(settings)
            for fault in report.faults:
                about = {"area": fault.area, "place": fault.place, "code": fault.code}
                incident_of_fault(ledger, **about, facts=" / ".join(fault.sentence()))
    tell(report, as_json=as_json)
    if not report.good:
        sys.exit(1)


class Bars:
    """One line of progress for each step."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bars: dict[str, Progress] = {}

    def update(self, what: str, done: int, total: int) -> None:
        """So much of a step is done (``application.audit.fsck.Progress``)."""
        if what not in self._bars:
            self.finish()
            unit = UNITS[what.partition(" ")[0]]
            self._bars = {what: Progress(f"核对 fsck {what}", total, unit=unit, quiet=self._quiet)}
        self._bars[what].update(done, total)

    def finish(self) -> None:
        """Tell the rate of the step that ran last."""
        for bar in self._bars.values():
            bar.finish()
        self._bars = {}


def tell(report: Report, *, as_json: bool) -> None:
    """The outcome on stdout."""
    if as_json:
        click.echo(json.dumps(_data(report), ensure_ascii=False))
        return
    for what, count in report.counts.items():
        click.echo(f"{what}: {count}")
    for chinese, english in report.notes:
        click.echo(f"注意 / note: {chinese} / {english}")
    wrong = {fault.area: fault for fault in report.faults}
    for area in AREAS:
        if area in wrong:
            chinese, english = wrong[area].sentence()
            click.echo(f"有误 / WRONG  {area}: {wrong[area].place}: {chinese} / {english}")
        else:
            click.echo(f"无误 / ok     {area}")


def _data(report: Report) -> dict[str, object]:
    faults = [
        {"area": f.area, "place": f.place, "code": f.code, "why": f.sentence()[0], "why_en": f.sentence()[1]}
        for f in report.faults
    ]
    return {"ok": report.good, "counts": report.counts, "notes": report.notes, "faults": faults}
