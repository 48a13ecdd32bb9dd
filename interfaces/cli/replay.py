"""Replaying a past answer as an auditor: the same bytes, and a look of its own in the list of everyone told of."""

from __future__ import annotations

import sys

import click

from application.queries.looks import log_look
from application.queries.replay import REPLAY, NoSuchAnswer, told_replay
from infrastructure.bootstrap import Settings, answer_replay, database, open_ledger
from interfaces.cli.auditor import PURPOSE, ROLE, audited, require_auditor
from interfaces.client.form_data import load_forms


@click.command()
@click.argument("position", type=click.IntRange(min=1))
@click.option(
    "--whole", is_flag=True, help="Give the whole body, byte for byte as it was sent, and nothing else."
)
@audited
def replay(*, position: int, whole: bool, auditor: str, case: str, basis: str) -> None:
    """Reproduce the answer announced at POSITION of the access log, byte for byte.

    The replay is logged in the list of every subject that the answer told of before anything is shown. Exit 1 when
    bytes differ, or cannot be made again any more.
    """
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        officer = require_auditor(ledger, auditor=auditor, case=case, basis=basis)
        found = answer_replay(settings, load_forms())
        try:
            body, answers = found.whole(position) if whole else (b"", [found.answer(position)])
        except NoSuchAnswer:
            raise click.ClickException(
                f"存取日志第{position}位没有可重放的答复 / no answer to replay at access:{position}"
            ) from None
        for answer in answers:
            log_look(
                ledger,
                answer.subject,
                department=officer.department,
                officer=auditor,
                role=ROLE,
                purpose=PURPOSE,
                rules=["QRY-1"],
                view=REPLAY,
                # An issued report comes after what its look showed, and is made of that.
                shown=[
                    [part.record, part.part, digest]
                    for part, (_, _, digest) in zip(answer.parts, answer.event.shown, strict=False)
                ],
                objected=answer.objected,
                asked={"position": position, **({"whole": True} if whole else {})},
                case=case,
                basis=basis,
            )
    if whole:
        click.echo(body, nl=False)
    else:
        click.echo(told_replay(answers[0]), nl=False)
    if not all(answer.equal for answer in answers) or (whole and not body):
        sys.exit(1)
