"""The keys of everyone who signs (密钥): listing, rotating, retiring, revoking; the runbook is docs/operations.md.

What an operator does here leaves one entry each in the ledger; a run that was stopped is completed by the next one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from application.commands.governance import Governance
from application.commands.key_changes import KeyLife, key_lives
from application.ledger import Ledger
from domain.parties.keys import GATEWAY, KEY_DAYS_MAX
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.transparency.leaf import issuer_id
from infrastructure.bootstrap import (
    Settings,
    database,
    log_keyring,
    open_ledger,
    open_trees,
    retire_log,
    rotate_gateway,
    rotate_log,
)
from interfaces.cli.files import EXISTING, URL, department_key, say_problem, told_refusals
from interfaces.client.api import Client, Department, Problem
from interfaces.client.sealing import DepartmentKey

NEW = click.Path(dir_okay=False, path_type=Path)
PUBLIC_KEY_BYTES = 32


@click.group()
def keys() -> None:
    """List, rotate, retire and revoke keys (密钥): what they signed before stays provable (ADR 0023)."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def list_keys(*, as_json: bool) -> None:
    """Every key: holder, algorithm, issuer id, from which index it is live and until which; and the logs' keys."""
    settings = Settings.from_environment()
    with database(settings):
        ledger = open_ledger(settings)
        lives = [_told(ledger, life) for life in key_lives(ledger)]
        generations = log_keyring(settings, ledger).generations()
    logs = [
        {
            "number": one.number,
            "keys": list(one.keys),
            "announced_index": one.announced - 1 if one.announced else None,
            "retired_at_sizes": None if one.sizes is None else dict(one.sizes),
        }
        for one in generations
    ]
    if as_json:
        click.echo(json.dumps({"keys": lives, "logs": logs}, ensure_ascii=False))
        return
    for key in lives:
        click.echo("  ".join(_line(key)))
    for one in generations:
        state = "签署中 signs" if one.sizes is None else f"已停用 retired {dict(one.sizes)}"
        click.echo(f"log {one.number}  {state}")
        for vkey in one.keys:
            click.echo(f"  {vkey}")


@keys.command("make")
@click.argument("file", type=NEW)
def make_key(*, file: Path) -> None:
    """Make a department's key in FILE, for its owner only; the public key is for the credit office to register."""
    try:
        made = DepartmentKey.make(file)
    except FileExistsError:
        raise click.ClickException(
            "文件已存在，不作改动 / the file is there already; nothing was changed"
        ) from None
    click.echo(f"公钥 / public key: {made.public_key.hex()}")
    click.echo(f"密钥编号 / issuer id: {made.issuer.hex()}")


@keys.command("register")
@click.argument("public_key")
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last day (default: in five years).")
@click.option("--office-key", type=EXISTING, required=True, help="The credit office's key (PEM).")
def register_first_key(*, public_key: str, department: str, until: Any, office_key: Path) -> None:
    """Register PUBLIC_KEY (64 hex digits) as a department's first key (首把密钥), or after its last one ended.

    Compare the issuer id with the department by another way first. Exit 1 when it is refused.
    """
    try:
        key = bytes.fromhex(public_key)
    except ValueError:
        key = b""
    if len(key) != PUBLIC_KEY_BYTES:
        raise click.UsageError("PUBLIC_KEY is 64 hex digits")
    settings, signer = Settings.from_environment(), department_key(office_key)
    with database(settings), told_refusals():
        ledger = open_ledger(settings)
        today = city_day(ledger.now())
        last = until.date() if until else today + timedelta(days=KEY_DAYS_MAX - 2)
        new = Governance(ledger, signer=signer).register_first_key(
            department=department, public_key=key, not_before=today, not_after=last
        )
    state = "已登记 / registered" if new else "已是如此 / it stands so already"
    click.echo(f"{state}: {issuer_id(key).hex()}")


@keys.group()
def rotate() -> None:
    """Make the next key; the present one stays good beside it."""


@rotate.command("log")
def rotate_log_keys() -> None:
    """The next generation of the logs' keys: announced under the present one before it signs; then both sign.

    ``sequence`` takes it up by itself. Give witnesses and readers the new policy, then ``keys retire log``.
    """
    settings = Settings.from_environment()
    with database(settings), told_refusals():
        ledger = open_ledger(settings)
        _say(rotate_log(settings, ledger))
        live = [str(g.number) for g in log_keyring(settings, ledger).generations() if not g.retired]
    click.echo(f"并行签署的日志密钥 / generations that sign side by side: {', '.join(live)}")
    click.echo(f"策略 policy: {settings.published_dir / 'policy'}")


@rotate.command("gateway")
@click.option(
    "--office-key", type=EXISTING, help="A credit office's key (PEM) registers it, not the present one."
)
def rotate_gateway_key(*, office_key: Path | None) -> None:
    """The gateway's next key: registered, then it seals at once, also in processes that run.

    Give departments the new answer of /v1/ledger, then revoke the old one.
    """
    settings = Settings.from_environment()
    with database(settings), told_refusals():
        ledger = open_ledger(settings)
        _say(rotate_gateway(settings, ledger, signer=_office(office_key)))
        click.echo(f"网关现用密钥 / the gateway seals with: {ledger.gateway.key_id.hex()}")


@rotate.command("department")
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="Its present key (PEM).")
@click.option(
    "--next", "following", type=NEW, required=True, help="Its next key (PEM); made unless it is there."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last day (default: in five years).")
@click.option("--url", default=URL, show_default=True, help="The service.")
def rotate_department_key(*, department: str, key: Path, following: Path, until: Any, url: str) -> None:
    """A department's next key, asked for by its present one (密钥接续). Both are good until the old one is revoked.

    Exit 1 when it was refused, 3 when the service cannot be reached; then run it again.
    """
    client = Client(url, Department(department, department_key(key)))
    new = department_key(following) if following.exists() else DepartmentKey.make(following)
    last = until.date() if until else city_day(datetime.now(UTC)) + timedelta(days=KEY_DAYS_MAX - 2)
    try:
        receipt = client.register_next_key(new, not_after=last)
    except Problem as problem:
        say_problem(problem, as_json=False)
        sys.exit(1)
    click.echo(f"已登记 / registered: {receipt['issuer']} ({receipt['status']})")


@keys.group()
def retire() -> None:
    """End the overlap of two keys."""


@retire.command("log")
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", default="rotation", show_default=True)
def retire_log_keys(*, number: int, reason: str) -> None:
    """Generation NUMBER of the logs' keys signs no more; older trees stay good under the new policy."""
    settings = Settings.from_environment()
    with database(settings), told_refusals():
        ledger, trees = open_ledger(settings), open_trees(settings)
        _say(retire_log(settings, ledger, trees, number=number, reason=reason))
        one = next(g for g in log_keyring(settings, ledger).generations() if g.number == number)
    click.echo(f"停用 / retired: {dict(one.sizes or ())}")
    click.echo(f"可以销毁 / may be destroyed: {settings.secrets_dir / f'log-{number}.key'}")


@keys.command()
@click.argument("issuer")
@click.option("--reason", required=True, help="Why; no personal data, everyone reads it.")
@click.option("--office-key", type=EXISTING, help="A credit office's key (PEM) revokes it, not the gateway.")
def revoke(*, issuer: str, reason: str, office_key: Path | None) -> None:
    """Revoke the key of ISSUER (an issuer id) from the next index on; run again, it changes nothing."""
    try:
        named = bytes.fromhex(issuer)
    except ValueError:
        raise click.UsageError("ISSUER is 16 hex digits") from None
    settings = Settings.from_environment()
    with database(settings), told_refusals():
        ledger = open_ledger(settings)
        if named == ledger.gateway.key_id:
            raise Refused(Defect("DET-5", "key_in_use"))
        known = next((k for k in key_lives(ledger) if k.registered.issuer == issuer), None)
        if known is None or known.until is None:
            Governance(ledger, signer=_office(office_key)).revoke_key(named, reason=reason)
        found = next(k for k in key_lives(ledger) if k.registered.issuer == issuer)
        for line in _remains(ledger, found):
            click.echo(line)


def _remains(ledger: Ledger, life: KeyLife) -> Iterable[str]:
    """What a revocation leaves provable."""
    yield f"吊销 / revoked from index {life.until} of records on"
    if ended := _ended(ledger, life):
        yield f"　　 / revoked from index {ended} of access on"
    yield (
        "此前用它签署的仍可验证，此后的一律不认；何时入账由检查点和见证人的时间为证"
        " / what it signed before stays provable, nothing after; checkpoints and witnesses' times say when that was"
    )


def _ended(ledger: Ledger, life: KeyLife) -> int | None:
    stream = ledger.key_stream(bytes.fromhex(life.registered.issuer))
    rows = ledger.store.load("access", stream) if life.registered.holder_kind == GATEWAY else []
    return rows[0].position - 1 if rows else None


def _told(ledger: Ledger, life: KeyLife) -> dict[str, Any]:
    key = life.registered
    return {
        "issuer": key.issuer,
        "algorithm": key.algorithm,
        "holder_kind": key.holder_kind,
        "holder": key.holder,
        "not_before": key.not_before,
        "not_after": key.not_after,
        "from_index": life.since,
        "until_index": life.until,
        "until_access_index": _ended(ledger, life) if life.until is not None else None,
        "reason": None if life.revoked is None else life.revoked.reason,
        "live": life.until is None and key.not_after >= city_day(ledger.now()).isoformat(),
    }


def _line(key: dict[str, Any]) -> list[str]:
    state = "有效 live" if key["live"] else "失效 not live"
    until = "" if key["until_index"] is None else f"已吊销 revoked {key['until_index']}"
    told = [key["issuer"], key["algorithm"], key["holder_kind"], key["holder"], f"index {key['from_index']}"]
    return [*told, f"{key['not_before']}..{key['not_after']}", state, *([until] if until else [])]


def _office(path: Path | None) -> DepartmentKey | None:
    return None if path is None else department_key(path)


def _say(steps: Iterable[str]) -> None:
    for step in steps:
        click.echo(step, err=True)
