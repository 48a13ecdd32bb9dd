"""Looking back as an auditor: what the views showed of one subject or record at a past position or instant.

The look stands in the subject's list before anything is shown.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TextIO
from uuid import UUID

import click

from application.audit.model import Fault
from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger
from application.ports import Append
from application.queries.log_rows import RecordRows
from application.queries.looks import log_look, log_look_at
from application.queries.past import AS_OF, NoSuchRecord, Past, PastViews, moment_of, told_past
from domain.parties.identifiers import normalise
from domain.shared.refusals import Refused, sentence
from infrastructure.bootstrap import (
    AuditServices,
    Settings,
    audit_services,
    database,
    open_ledger,
    size_of_checkpoint,
)
from interfaces.cli.auditor import PURPOSE, ROLE, audited, require_auditor

SUBJECT_CHARACTERS_MAX = 4096
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("as-of")
@click.argument("moment", required=False)
@click.option(
    "--checkpoint", type=FILE, help="The moment of a checkpoint of the records log, kept elsewhere."
)
@click.option("--record", type=click.UUID, help="One record by its id, instead of a subject.")
@click.option(
    "--subject",
    type=click.File(encoding="utf-8"),
    help='File with {"code": ...} or {"id_type": ..., "id_number": ...}; without it, standard input.',
)
@audited
def as_of(
    *,
    moment: str | None,
    checkpoint: Path | None,
    record: UUID | None,
    subject: TextIO | None,
    auditor: str,
    case: str,
    basis: str,
) -> None:
    """Show what the public, the shared and the dossier view held of a subject at MOMENT.

    MOMENT is a position of the records log (which is a size of its tree) or an instant such as
    2026-11-21T10:00:00+08:00; or a checkpoint says it, while it is of this ledger. An identifier is never an
    argument. The look is logged in the subject's list before anything is shown.
    """
    if record is not None and subject is not None:
        raise click.UsageError("--record or --subject, not both")
    if (moment is None) == (checkpoint is None):
        raise click.UsageError("MOMENT or --checkpoint, one of them")
    identity = None if record else identity_in(subject or sys.stdin)
    settings = Settings.from_environment()
    with database(settings):
        found, ledger = audit_services(settings), open_ledger(settings)
        officer = require_auditor(ledger, auditor=auditor, case=case, basis=basis)
        moment = moment or _of_checkpoint(checkpoint, settings)
        position, on = _moment(moment, found, ledger)
        past = Past(RecordRows(reader=found.reader, keys=found.reader, vault=found.vault))
        whom = _whom(past, ledger, identity, record)
        views = PastViews(position, on, (), ())
        if whom is not None:
            views = past.views(whom, position=position, on=on, record=record)

        def logged(subject_id: UUID, before: Sequence[Append]) -> int:
            return log_look(
                ledger,
                subject_id,
                department=officer.department,
                officer=auditor,
                role=ROLE,
                purpose=PURPOSE,
                rules=["QRY-1"],
                view=AS_OF,
                shown=views.shown,
                view_position=position,
                case=case,
                basis=basis,
                as_of=moment,
                objected={r.record for r in views.renditions if r.objected},
                asked={"record": str(record)} if record else None,
                before=before,
            )

        if identity is not None:
            _, receipt = log_look_at(ledger, identity, logged)
        else:
            assert whom is not None
            receipt = logged(whom, ())
    click.echo(told_past(views, receipt), nl=False)


def identity_in(source: TextIO) -> Identity:
    """Whom the auditor names. Raises a usage error that repeats nothing of it."""
    try:
        given = json.loads(source.read(SUBJECT_CHARACTERS_MAX))
        members = {name: normalise(str(given[name])) for name in given}
        if set(members) == {"code"} and members["code"]:
            return Identity("organisation", "", members["code"])
        if set(members) == {"id_type", "id_number"} and all(members.values()):
            return Identity("natural_person", str(given["id_type"]), members["id_number"])
    except (ValueError, TypeError, RecursionError):
        pass
    raise click.UsageError('the subject is {"code": ...} or {"id_type": ..., "id_number": ...}')


def _of_checkpoint(file: Path | None, settings: Settings) -> str:
    """The position up to which a checkpoint speaks. Raises a usage error when the log no longer holds its tree."""
    assert file is not None
    found = size_of_checkpoint(settings, file.read_bytes())
    if isinstance(found, Fault):
        raise click.UsageError(" / ".join(found.sentence()))
    return str(found)


def _moment(moment: str, found: AuditServices, ledger: Ledger) -> tuple[int, date]:
    """Position and day of a moment. Raises a usage error before the first event, beyond the newest, and for neither."""
    newest = found.reader.head("records")[0]
    try:
        return moment_of(moment, found.reader, newest=newest, now=ledger.now())
    except Refused as refused:
        defect = refused.defects[0]
        raise click.UsageError(f"{sentence(defect, 'zh')} / {sentence(defect, 'en')}") from None


def _whom(past: Past, ledger: Ledger, identity: Identity | None, record: UUID | None) -> UUID | None:
    """The subject asked about; None for an identifier that was never met."""
    if identity is not None:
        return SubjectDesk(ledger).find(identity)
    assert record is not None
    try:
        return past.subject_of(record)
    except NoSuchRecord:
        raise click.ClickException("没有这条记录 / there is no such record") from None
