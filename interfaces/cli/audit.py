"""Auditing: rebuild the views beside the live ones, verify both logs against a remembered head."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import click

from application.ports import Log
from application.verify import LOGS, Outcome, Remembered, Verification
from infrastructure.bootstrap import Settings, audit_services, database, projector_services, verify_ed25519
from interfaces.cli.progress import Progress

HEAD_FORMAT = "xinlu/head@v1"


@click.command()
@click.option("--force", is_flag=True, help="Swap even when the rebuilt rows differ.")
@click.option("--quiet", is_flag=True)
def rebuild(*, force: bool, quiet: bool) -> None:
    """Rebuild the views from the first event beside the live ones, compare, and swap.

    Exit 1 when the rebuilt rows differ from the live ones (and no --force is given, nothing is swapped).
    """
    settings = Settings.from_environment()
    with database(settings):
        bar = Progress("重建视图 rebuild", 0, unit="events", quiet=quiet)
        found = projector_services(settings)
        while found.projector.run_once():
            pass
        swap = found.projector.rebuild(force=force, progress=bar.update)
        bar.finish()
        same_counts = found.refusals.rebuild(force=force)
        same_units = found.indicators.rebuild(force=force)
    click.echo(f"live    {swap.live_root.hex()}")
    click.echo(f"rebuilt {swap.rebuilt_root.hex()}")
    if swap.equal:
        click.echo("一致，已切换 / equal, swapped")
    else:
        click.echo("不一致 / different" + ("，已强制切换 / swapped by force" if swap.swapped else ""))
    if not same_counts:
        counts = "拒绝次数不一致 / the counts of refusals are different"
        click.echo(counts + ("，已强制更正 / replaced by force" if force else ""))
    if not same_units:
        counts = "单位指标不一致 / the indicators of units are different"
        click.echo(counts + ("，已强制更正 / replaced by force" if force else ""))
    if not (swap.equal and same_counts and same_units):
        sys.exit(1)


@click.command()
@click.option(
    "--head", type=click.Path(path_type=Path), help="File of a remembered head: compared, then renewed."
)
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
@click.option("--quiet", is_flag=True)
def verify(*, head: Path | None, as_json: bool, quiet: bool) -> None:
    """Verify every stored row of both logs; name the first bad position.

    Re-hashes every row, opens every payload it may, checks every commitment, signature and place under a
    sealed file's root, and compares with the remembered head. Exit 1 when something is wrong.
    """
    settings = Settings.from_environment()
    with database(settings):
        found = audit_services(settings)
        remembered: dict[Log, Remembered] = _read_head(head, found.vault.ledger_id.hex) if head else {}
        compared = bool(remembered)
        bars: dict[Log, Progress] = {}

        def progress(log: Log, done: int, total: int) -> None:
            if log not in bars:
                bars[log] = Progress(f"验证 verify {log}", total, unit="rows", quiet=quiet)
            bars[log].update(done, total)

        verification = Verification(
            reader=found.reader,
            keys=found.reader,
            vault=found.vault,
            ledger_id=found.vault.ledger_id.bytes,
            gateway_issuer=found.gateway_issuer,
            verify=verify_ed25519,
        )
        outcome = verification.run(remembered, progress=progress)
        for bar in bars.values():
            bar.finish()
    if head and outcome.finding is None:
        _write_head(head, found.vault.ledger_id.hex, outcome, remembered)
    _tell(outcome, head=head, compared=compared, as_json=as_json)
    if outcome.finding:
        sys.exit(1)


def _tell(outcome: Outcome, *, head: Path | None, compared: bool, as_json: bool) -> None:
    finding = outcome.finding
    if as_json:
        data = {
            "ok": finding is None,
            "rows": outcome.rows,
            "heads": {log: digest.hex() for log, digest in outcome.heads.items()},
            "closed_parts": outcome.closed_parts,
            "finding": vars(finding) if finding else None,
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for log, rows in outcome.rows.items():
        click.echo(f"{log}: {rows} rows, head {outcome.heads[log].hex()}")
    if outcome.closed_parts:
        click.echo(f"无法打开的部分（密钥已销毁）/ parts whose key is destroyed: {outcome.closed_parts}")
    if finding:
        click.echo(f"有误 / WRONG: {finding.log} position {finding.position}: {finding.what}")
    elif head and not compared:
        click.echo(
            f"验证通过，从现在起记住这个头 / verified; the head is remembered in {head.name} from now on"
        )
    elif head:
        click.echo(f"验证通过，并与记住的头一致 / verified, and equal to the remembered head in {head.name}")
    else:
        click.echo("验证通过（没有记住的头可比）/ verified; no remembered head to compare with")


def _read_head(path: Path, ledger_id: str) -> dict[Log, Remembered]:
    """The remembered rows; none when the file is not there yet. Raises a usage error for another file."""
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text())
        if data["format"] != HEAD_FORMAT or data["ledger"] != ledger_id:
            raise KeyError
        return {log: _remembered(data[log]) for log in LOGS}
    except (KeyError, ValueError, TypeError):
        raise click.UsageError("the file is no remembered head of this ledger") from None


def _remembered(data: dict[str, str]) -> Remembered:
    """One log's part of the file; an empty log has no last row."""
    rows, digest = bytearray(base64.b64decode(data["rows"])), bytes.fromhex(data["digest"])
    return Remembered(rows, digest if rows else None)


def _write_head(path: Path, ledger_id: str, outcome: Outcome, remembered: dict[Log, Remembered]) -> None:
    data: dict[str, object] = {"format": HEAD_FORMAT, "ledger": ledger_id}
    for log in LOGS:
        rows = base64.b64encode(remembered[log].prefixes).decode()
        data[log] = {"position": outcome.rows[log], "digest": outcome.heads[log].hex(), "rows": rows}
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(data) + "\n")
    temporary.replace(path)
