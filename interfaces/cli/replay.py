"""Replaying a past answer as an auditor: the same bytes, and a look of its own in the subject's list."""

from __future__ import annotations

import json
import sys

import click

from application.queries.looks import log_look
from application.queries.replay import NoSuchAnswer, Replay
from infrastructure.bootstrap import Settings, audit_services, database, open_ledger
from interfaces.cli.auditor import PURPOSE, ROLE, audited, require_auditor

VIEW = "replay"


@click.command()
@click.argument("position", type=click.IntRange(min=1))
@audited
def replay(*, position: int, auditor: str, case: str, basis: str) -> None:
    """Reproduce the answer announced at POSITION of the access log, byte for byte.

    The replay is logged in the subject's list before anything is shown. Exit 1 when bytes differ.
    """
    settings = Settings.from_environment()
    with database(settings):
        found, ledger = audit_services(settings), open_ledger(settings)
        officer = require_auditor(ledger, auditor=auditor, case=case, basis=basis)
        try:
            answer = Replay(
                reader=found.reader, keys=found.reader, vault=found.vault, ledger_id=found.vault.ledger_id
            ).answer(position)
        except NoSuchAnswer:
            raise click.ClickException(
                f"存取日志第{position}位没有可重放的答复 / no answer to replay at access:{position}"
            ) from None
        log_look(
            ledger,
            answer.subject,
            department=officer.department,
            officer=auditor,
            role=ROLE,
            purpose=PURPOSE,
            rules=["QRY-1"],
            view=VIEW,
            # An issued report comes after what its look showed, and is made of that.
            shown=[
                [part.record, part.part, digest]
                for part, (_, _, digest) in zip(answer.parts, answer.event.shown, strict=False)
            ],
            case=case,
            basis=basis,
        )
    event = answer.event
    click.echo(
        f"access:{position} {event.timestamp.isoformat()} {event.department} {event.officer} {event.purpose}"
    )
    for part in answer.parts:
        mark = "一致 equal" if part.equal else "已删除 erased" if part.erased else "不一致 DIFFERENT"
        click.echo(f"{mark}  {part.record}  {part.part}")
        if part.equal:
            click.echo(json.dumps(json.loads(part.shown), ensure_ascii=False))
    if not answer.equal:
        sys.exit(1)
