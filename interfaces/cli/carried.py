"""Witnessing over separated networks (FORMATS 5.6): the request and the answer as small files that someone carries."""

from __future__ import annotations

from pathlib import Path

import click

from application.sequencer import LOGS
from application.witness_asking import WitnessFailed, cosignatures
from application.witnessing import publish_witnessed
from domain.transparency.checkpoint import SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.cosignature import opened
from domain.transparency.merkle import consistency_proof, tree_root
from domain.transparency.note import NoteSignature
from domain.transparency.policy import Policy
from domain.transparency.strict import Refused
from domain.transparency.tiles import tile_nodes
from domain.transparency.witness_request import AddCheckpoint, parse_add_checkpoint, parse_size
from infrastructure.bootstrap import (
    Settings,
    believed,
    open_trees,
    published_policy,
    verify_note,
    witnessed_files,
)

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("witness-request")
@click.argument("log", type=click.Choice(LOGS))
@click.argument("request", type=FILE)
@click.option(
    "--old", type=click.IntRange(min=0), default=0, show_default=True, help="Size it cosigned last."
)
def witness_request(*, log: str, request: Path, old: int) -> None:
    """Write the newest tree of LOG as an add-checkpoint body to REQUEST, to be carried to a witness."""
    settings = Settings.from_environment()
    files = witnessed_files(settings)
    # With the log's own lines only: cosignatures of others tell a witness nothing, and some take 10 KiB at most.
    signed = _newest([open_trees(settings).tree(log).checkpoint])
    size = signed.checkpoint.size
    if old > size:
        raise click.UsageError(f"--old: 该日志只有 {size} 条 / the log has only {size} entries")
    try:
        path = consistency_proof(old, size, tile_nodes(size, lambda tile: files.read(log, tile)))
    except FileNotFoundError:
        raise click.ClickException("文件尚未写全，请重试 / tiles are being written, try again") from None
    request.write_bytes(bytes(AddCheckpoint(old, tuple(path), signed)))
    click.echo(f"{log} {old} -> {size}")


@click.command("witness-response")
@click.argument("request", type=FILE)
@click.argument("answer", type=FILE)
def witness_response(*, request: Path, answer: Path) -> None:
    """Take the ANSWER that a witness gave to REQUEST; published when the policy's quorum is there."""
    settings = Settings.from_environment()
    policy = published_policy(settings)
    told = answer.read_bytes()
    try:
        signed = parse_add_checkpoint(request.read_bytes()).signed
        log = _own_log(policy, signed)
        lines = cosignatures(told, signed.checkpoint, [w.key for w in policy.witnesses], verify_note)
    except WitnessFailed as failed:
        raise click.ClickException(_refusal(told, str(failed))) from None
    except Refused as refused:
        raise click.ClickException(f"不是请求文件 / not a request of this ledger: {refused.code}") from None
    files = witnessed_files(settings)
    size = signed.checkpoint.size
    if tree_root(size, tile_nodes(size, lambda tile: files.read(log, tile))) != signed.checkpoint.root:
        raise click.ClickException("所签的树不是本日志的 / the tree that was cosigned is not this log's")
    known = _newest([bytes(signed), files.collected(log)])
    base = known if known.checkpoint == signed.checkpoint else signed
    note = bytes(SignedCheckpoint(signed.checkpoint, _joined(base.signatures, tuple(lines.values()))))
    if known.checkpoint.size <= size:
        files.collect(log, note)
    if not believed(policy, note):
        click.echo("已收下，法定见证尚未凑够 / taken, the quorum is not there yet")
        return
    publish_witnessed(files, policy, log, note)
    click.echo(f"已收下并发布 / taken and published: {log} {size}")


def _own_log(policy: Policy, signed: SignedCheckpoint) -> str:
    """The name of our log that signed it. Raises ``Refused`` when none did."""
    keys = [log.key for log in policy.logs if log.key.name == signed.checkpoint.origin]
    if not keys:
        raise Refused("log_unknown")
    opened(signed, keys, verify_note)
    return signed.checkpoint.origin.rpartition("/")[2]


def _newest(notes: list[bytes]) -> SignedCheckpoint:
    found = []
    for note in notes:
        try:
            found.append(parse_signed_checkpoint(note))
        except Refused:
            continue
    if not found:
        raise click.ClickException("该日志尚无已签名的树 / the log has no signed tree yet")
    return max(found, key=lambda signed: (signed.checkpoint.size, len(signed.signatures)))


def _joined(known: tuple[NoteSignature, ...], fresh: tuple[NoteSignature, ...]) -> tuple[NoteSignature, ...]:
    """All lines, the fresh one where a key has two."""
    return tuple({(line.name, line.key_id): line for line in (*known, *fresh)}.values())


def _refusal(told: bytes, code: str) -> str:
    """An answer that carries the size the witness holds says what to ask for instead."""
    try:
        held = parse_size(told)
    except Refused:
        return f"答复不能采用 / the answer cannot be used: {code}"
    return f"见证人已签到 {held}，请重做请求 / it holds {held}, make the request again: --old {held}"
