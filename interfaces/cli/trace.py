"""Tracing a leak as an auditor (QRY-4): the same question as the credit office's, logged in the same lists."""

from __future__ import annotations

import json
import sys
from typing import TextIO
from uuid import UUID

import click

from application.queries.traces import Tracer, Traces
from domain.shared.refusals import Refused, sentence
from infrastructure.bootstrap import Settings, database, open_ledger
from interfaces.cli.as_of import identity_in
from interfaces.cli.auditor import PURPOSE, audited, require_auditor

EXCERPT_CHARACTERS_MAX = 1 << 16


@click.command()
@click.option("--record", type=click.UUID, help="The record or listing that leaked.")
@click.option("--subject", type=click.File("r"), help="JSON that names a subject; - reads it from the input.")
@click.option("--excerpt", type=click.File("r"), help="JSON of what leaked: field codes with their values.")
@audited
def trace(
    *,
    record: UUID | None,
    subject: TextIO | None,
    excerpt: TextIO | None,
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
