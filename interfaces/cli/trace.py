"""Tracing a leak as an auditor (QRY-4): the same question as the credit office's, logged in the same lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import click

from application.ledger import Ledger, instant
from application.queries.told import told_trace
from application.queries.traces import Tracer, Traces
from application.registry import Registry
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused, sentence
from infrastructure.bootstrap import Settings, database, open_ledger
from interfaces.cli.as_of import identity_in
from interfaces.cli.auditor import PURPOSE, audited, require_auditor
from interfaces.cli.files import WRITABLE
from interfaces.client.form_data import load_forms
from interfaces.portal.oversight import at, kind_of
from interfaces.portal.trace_page import KINDS, TraceAsked, page_file, trace_page

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
        told = told_trace(found, leaked, Registry(ledger))
        if page is not None:
            _written(page, ledger, told, tracer, leaked, record)
    _said(told)


def _said(told: Mapping[str, Any]) -> None:
    """What was found: the trace's own receipts and digest, how much was gone through, and a line for each answer."""
    answers, through = told["answers"], "、".join(map(str, told["through"]))
    click.echo(f"{' '.join(told['receipts'])}  {told['digest']}")
    click.echo(
        f"查过的查询 {through}，含有所查内容的答复 {len(answers)}"
        f" / looks gone through {through}, answers that held it {len(answers)}"
    )
    if told["public"]:
        click.echo("所查内容曾经公示 / what is traced once was public")
    for answer in answers:
        who = f"{answer['department_name']}（{answer['department']}）  {answer['officer']}"
        why = f"{answer['purpose_zh'] or answer['purpose']}  {answer['case']}".rstrip()
        mark = " ".join(KINDS[kind_of(answer)])
        click.echo(f"{mark}  {answer['receipt']}  {at(answer['at'])}  {who}  {why}")


def _written(
    page: Path,
    ledger: Ledger,
    told: Mapping[str, Any],
    tracer: Tracer,
    leaked: Mapping[str, str],
    record: UUID | None,
) -> None:
    """Write the page that the credit office's route shows, for its owner's eyes: it names officers by pseudonym."""
    department = Registry(ledger).department(tracer.officer.department)
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
    page.chmod(0o600)
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
