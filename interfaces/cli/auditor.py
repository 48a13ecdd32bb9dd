"""What every command of an auditor asks first: who audits, in which case, on which legal ground."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from application.ledger import Ledger
from application.registry import Registry
from domain.access.model import Officer

PURPOSE, ROLE = "audit", "auditor"


def audited(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--auditor``, ``--case`` and ``--basis`` of a command."""
    for option in (
        click.option("--basis", required=True, help="Its legal ground."),
        click.option("--case", required=True, help="The case that this serves."),
        click.option(
            "--auditor", required=True, help="Pseudonym of a registered officer with the role auditor."
        ),
    ):
        command = option(command)
    return command


def require_auditor(ledger: Ledger, *, auditor: str, case: str, basis: str) -> Officer:
    """The registered auditor. Raises a usage error without one, or without a case and a ground."""
    officer = Registry(ledger).officer(auditor)
    if officer is None or officer.role != ROLE:
        raise click.UsageError("--auditor is no registered auditor")
    if not case.strip() or not basis.strip():
        raise click.UsageError("--case and --basis say why")
    return officer
