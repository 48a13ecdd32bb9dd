"""Audit bundles: the whole ledger as a file, and on another machine from that file again."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from application.audit.bundle import BundleRefused, Export, written
from application.audit.fsck import fsck
from application.audit.replay import load, publish_maps
from infrastructure.bootstrap import (
    Settings,
    database,
    export_services,
    fsck_services,
    replay_services,
)
from interfaces.cli.fsck import FILE, Bars, tell
from interfaces.client.form_data import load_forms

WHY = {
    "run_fsck": ("账本本身有误，请先运行 fsck", "the ledger itself is not sound: run fsck first"),
    "no_such_position": ("记录日志没有这个位置", "the records log has no such position"),
    "line_form": ("不是审计包的行", "no line of an audit bundle"),
    "bundle_changed": ("审计包被改动", "the bundle was changed"),
    "bundle_cut_off": ("审计包不完整", "the bundle is cut off"),
    "bundle_format": ("不是本版本的审计包", "no bundle of this version"),
    "other_ledger": (
        "审计包属于另一账本：请先放好它的密钥",
        "another ledger's bundle: put its secrets in place first",
    ),
    "row_place": ("行的位置不连续", "a row is not in its place"),
    "row_digest": ("行与其摘要不符", "a row is not what its digest says"),
    "row_twice": ("同一行出现两次", "a row stands twice"),
    "assertion": ("与审计包断言的大小、根或摘要不符", "size, root or digest are not those asserted"),
    "epoch": ("期与其变更清单不符", "an epoch and its list of changes do not agree"),
    "not_empty": ("数据库不是空的", "the database is not empty"),
}


@click.group()
def audit() -> None:
    """Export the ledger for an audit on another machine, and replay it there."""


@audit.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="*.gz is compressed."
)
@click.option("--through", type=click.IntRange(min=1), help="Last position of the records log.")
@click.option("--quiet", is_flag=True)
def export(*, out: Path, through: int | None, quiet: bool) -> None:
    """Write the ledger as lines: rows sealed as they are, roots asserted, checkpoints as signed.

    The file appears when it is whole. Without the generation keys nobody can read what is sealed in it.
    """
    settings = Settings.from_environment()
    beside = out.with_name(f".{out.name}.new")
    with database(settings):
        bars = Bars(quiet=quiet)
        try:
            with _opened(beside, "wb", zipped=out.suffix == ".gz") as file:
                lines = Export(export_services(settings), through=through, progress=bars.update).lines()
                for line in written(lines):
                    file.write(line)
        except BundleRefused as refused:
            beside.unlink(missing_ok=True)
            raise _told(refused) from None
        bars.finish()
    beside.replace(out)
    click.echo(f"已导出 / exported: {out.name}, {out.stat().st_size} bytes")


@audit.command()
@click.argument("file", type=FILE)
@click.option("--policy", type=FILE, help="The auditor's own policy; without it the bundle's.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
@click.option("--quiet", is_flag=True)
def replay(*, file: Path, policy: Path | None, as_json: bool, quiet: bool) -> None:
    """Rebuild a ledger from an exported FILE in an empty database, and compare all roots.

    Rows come in one transaction or not at all; run again, it goes on where it was cut off. Exit 1 when
    something differs.
    """
    settings = Settings.from_environment()

    def lines() -> Iterator[bytes]:
        with _opened(file, "rb", zipped=file.suffix == ".gz") as opened:
            yield from opened

    with database(settings) as server:
        found, bars = replay_services(settings, server), Bars(quiet=quiet)
        try:
            loaded, fresh = load(
                lines,
                found.store,
                ledger=found.vault.ledger_id.hex,
                vault=found.vault,
                forms=load_forms(),
                progress=bars.update,
            )
        except BundleRefused as refused:
            raise _told(refused) from None
        except (OSError, EOFError) as error:
            raise click.ClickException(
                f"审计包无法读取 / the bundle cannot be read: {type(error).__name__}"
            ) from None
        bars.finish()
        if not as_json:
            click.echo("已写入 / put in" if fresh else "此前已写入，继续 / was put in before, going on")
        found.publish(loaded)
        publish_maps(lines, found.maps)
        while found.projector.run_once():
            pass
        report = fsck(
            fsck_services(settings, load_forms()),
            policy=None if policy is None else policy.read_bytes(),
            asserted=loaded.views,
            progress=bars.update,
        )
        bars.finish()
    tell(report, as_json=as_json)
    if not report.good:
        sys.exit(1)


def _opened(path: Path, mode: str, *, zipped: bool) -> IO[bytes]:
    if zipped:
        return gzip.open(path, mode)  # type: ignore[return-value]
    return path.open(mode)


def _told(refused: BundleRefused) -> click.ClickException:
    chinese, english = WHY[refused.code]
    at = f"第{refused.line}行 / line {refused.line}: " if refused.line else ""
    return click.ClickException(f"{at}{chinese} / {english}")
