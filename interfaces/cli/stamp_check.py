"""The time stamps of an evidence bundle, checked whole: what the verifier names as not checked (ADR 0053)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from application.sequencer import LOGS
from application.stamping import StampFailed
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.strict import Refused, from_base64
from domain.transparency.timestamp import stated
from infrastructure.bootstrap import TokenCheck

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("bundle", type=FILE)
@click.option("--roots", type=FILE, required=True, help="Roots of the authority you trust (PEM).")
@click.option("--policy-id", help="The policy (OID) that the time stamps must name.")
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep each checkpoint and its token here, for other programs.",
)
def stamp_check(*, bundle: Path, roots: Path, policy_id: str | None, save: Path | None) -> None:
    """Check imprint, signature and chain of a BUNDLE's time stamps offline. Exit 1 if one fails, or there is none.

    That the checkpoints are the bundle's own is for the verifier to say: run it as well.
    """
    try:
        stamps = json.loads(bundle.read_bytes()).get("timestamps", {})
        told = {
            log: (stamps[log]["checkpoint"].encode(), from_base64(stamps[log]["token"]) or b"")
            for log in LOGS
            if log in stamps
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise click.ClickException("不是证据包 / no evidence bundle") from None
    if not told:
        raise click.ClickException("证据包中没有时间戳 / the bundle carries no time stamp")
    good = [_told(log, note, token, TokenCheck(roots, policy_id)) for log, (note, token) in told.items()]
    if save is not None and all(good):
        save.mkdir(parents=True, exist_ok=True)
        for log, (note, token) in told.items():
            (save / f"{log}.checkpoint").write_bytes(note)
            (save / f"{log}.tst").write_bytes(token)
    if not all(good):
        sys.exit(1)


def _told(log: str, note: bytes, token: bytes, check: TokenCheck) -> bool:
    try:
        check.check(token, note)
        size, at = parse_signed_checkpoint(note).checkpoint.size, stated(token).time
    except (StampFailed, Refused) as failed:
        click.echo(f"✗ {log}: 时间戳不成立 / the time stamp does not hold ({failed})")
        return False
    click.echo(f"✓ {log}: 前 {size} 条在 {at} 前已存在 / the first {size} entries existed by then")
    return True
