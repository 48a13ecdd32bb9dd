"""Tracing a leak as an auditor (QRY-4): the same question as the credit office's, logged in the same lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from uuid import UUID

import click

from application.ledger import Ledger, instant
from application.queries.told import told_trace
from application.queries.traces import Trace, Tracer, Traces
from application.registry import Registry
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused, sentence
from infrastructure.bootstrap import Settings, database, open_ledger
from interfaces.cli.as_of import identity_in
from interfaces.cli.auditor import PURPOSE, audited, require_auditor
from interfaces.cli.files import WRITABLE
from interfaces.client.form_data import load_forms
from interfaces.portal.trace_page import TraceAsked, page_file, trace_page

EXCERPT_CHARACTERS_MAX = 1 << 16


@click.command()
@click.option("--record", type=click.UUID, help="The record or listing that leaked.")
@click.option("--subject", type=click.File("r"), help="JSON that names a subject; - reads it from the input.")
@click.option("--excerpt", type=click.File("r"), help="JSON of what leaked: field codes with their values.")
@click.option("--page", type=WRITABLE, help="Write what was found here, drawn as a page to print.")
@audited
def trace(
    *,
    record: UUID | None,
    subject: TextIO | None,
    excerpt: TextIO | None,
    page: Path | None,
    auditor: str,
    case: str,
    basis: str,
) -> None:
    """Show which answers held a record, or anything of a subject, the likeliest source of an excerpt first.

    The trace is logged in the list of everyone concerned before anything is shown. Complete or refused.
    """
    if (record is None) == (subject is None):
        raise click.UsageError("--record or --subject, one of them")
    leaked = _excerpt(excerpt)
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        officer = require_auditor(ledger, auditor=auditor, case=case, basis=basis)
        tracer = Tracer(officer, PURPOSE, case, basis)
        try:
            if record is not None:
                found = Traces(ledger).of_record(record, tracer, leaked)
            else:
                found = Traces(ledger).of_subject(identity_in(subject or sys.stdin), tracer, leaked)
        except Refused as refused:
            defect = refused.defects[0]
            raise click.ClickException(f"{sentence(defect, 'zh')} / {sentence(defect, 'en')}") from None
        if page is not None:
            _written(page, ledger, found, tracer, leaked, record)
    receipts = " ".join(f"access:{position}" for position in found.positions)
    click.echo(f"{receipts}  {found.digest}")
    if found.public:
        click.echo("所查内容曾经公示 / what is traced once was public")
    for answer in found.answers:
        whole = leaked and answer.held >= leaked.keys()
        mark = (
            "全部 whole"
            if whole
            else "不明 unclear"
            if answer.unclear
            else f"{len(answer.held)}/{len(leaked)}"
        )
        click.echo(
            f"{mark}  access:{answer.position}  {answer.at}  {answer.department}  {answer.officer}  {answer.role}"
            f"  {answer.purpose}  {answer.case}"
        )


def _written(
    page: Path, ledger: Ledger, found: Trace, tracer: Tracer, leaked: Mapping[str, str], record: UUID | None
) -> None:
    """Write the page that the credit office's route shows, for its owner's eyes: it names officers by pseudonym."""
    registry = Registry(ledger)
    told, department = told_trace(found, leaked, registry), registry.department(tracer.officer.department)
    asked = TraceAsked(
        officer=tracer.officer.pseudonym,
        department=department.name if department else "",
        case=tracer.case,
        basis=tracer.basis,
        record=str(record or ""),
        at=instant(ledger.now()),
    )
    values = trace_page(told, asked, leaked, load_forms().values())
    day = city_day(ledger.now()).isoformat() if ledger.clock.ahead() else ""
    page.touch(mode=0o600)
    page.write_text(page_file(values, demo_day=day), encoding="utf-8")


def _excerpt(file: TextIO | None) -> dict[str, str]:
    """The leaked fields. Raises a usage error that repeats nothing of them."""
    if file is None:
        return {}
    try:
        given = json.loads(file.read(EXCERPT_CHARACTERS_MAX))
        if isinstance(given, dict) and all(isinstance(value, str) for value in given.values()):
            return given
    except (ValueError, RecursionError):
        pass
    raise click.UsageError("the excerpt is a JSON object of field codes with their values")
