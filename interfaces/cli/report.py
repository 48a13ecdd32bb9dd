"""Credit reports from the command line: asked for as a portal or a department, and a PDF checked offline."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from interfaces.cli.files import EXISTING, URL, WRITABLE
from interfaces.client.api import Client, Department, Problem, Unproven
from interfaces.client.reports import MEDIA, NoReport, authorised_report, check_pdf, own_report
from interfaces.client.sealing import DepartmentKey
from interfaces.client.verifier import REASONS


@click.command()
@click.option("--department", required=True, help="The asking department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="Its key (PEM).")
@click.option("--code", default="", help="The organisation's 统一社会信用代码.")
@click.option("--id-number", is_flag=True, help="A person's 身份证 number, asked for on the terminal.")
@click.option("--entrustment", default="", help="The letter of attorney's number, for an agent.")
@click.option(
    "--consent", default="", help="The consent of an authorised report; with --official and the next."
)
@click.option("--official", default="", help="The officer, by pseudonym.")
@click.option("--purpose", default="", help="A registered purpose.")
@click.option("--case", default="")
@click.option("--basis", default="")
@click.option("--as", "media", type=click.Choice(sorted(MEDIA)), default="pdf", show_default=True)
@click.option("--output", "-o", type=WRITABLE, required=True)
@click.option("--url", default=URL, show_default=True, help="The service.")
def report(
    *,
    department: str,
    key: Path,
    code: str,
    id_number: bool,
    entrustment: str,
    consent: str,
    official: str,
    purpose: str,
    case: str,
    basis: str,
    media: str,
    output: Path,
    url: str,
) -> None:
    """Have a credit report issued: a subject's own by its portal, or with --consent an authorised one.

    Issuing it is a look, logged in the subject's list.
    """
    if bool(code) == id_number:
        raise click.UsageError("--code, or --id-number")
    # A person's number stands in no command line, which other users of a machine can read.
    subject = (
        {"code": code}
        if code
        else {"id_type": "身份证", "id_number": click.prompt("身份证", hide_input=True)}
    )
    try:
        client = Client(url, Department(department, DepartmentKey.read(key)))
    except (ValueError, TypeError):
        raise click.UsageError("--url is no address, or --key no Ed25519 key in PEM form") from None
    try:
        if consent:
            told = authorised_report(
                client,
                subject,
                consent=consent,
                official=official,
                purpose=purpose,
                case=case,
                basis=basis,
                media=MEDIA[media],
            )
        else:
            told = own_report(client, subject, media=MEDIA[media], entrustment=entrustment)
    except Problem as problem:
        members = problem.members
        told_zh, told_en = members.get("detail", ""), members.get("detail_en", "")
        raise click.ClickException(f"{members.get('rule', '')} {told_zh} {told_en}") from None
    except Unproven as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    output.write_bytes(told)
    click.echo(f"已写入 / written: {output.name}, {len(told)} bytes")


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--policy", type=EXISTING, required=True, help="Whom you trust (tlog-policy).")
@click.option("--certificate", type=EXISTING, help="The seal's certificate (PEM), as /v1/ledger tells.")
def report_check(*, file: Path, policy: Path, certificate: Path | None) -> None:
    """Check a report in PDF offline: that it was logged as it is, and with a certificate its seal. Exit 1 if not."""
    try:
        checked = check_pdf(
            file.read_bytes(),
            policy.read_bytes(),
            certificate=certificate.read_bytes() if certificate else None,
        )
    except NoReport:
        raise click.ClickException("不是信用报告的 PDF / no PDF of a credit report") from None
    click.echo(
        f"{checked.report['number']}  {checked.report['issued_at']}  sha256:{checked.report['digest']}"
    )
    for line in checked.evidence.checked:
        click.echo(f"  ✓ {line}")
    for line in checked.evidence.unchecked:
        click.echo(f"  ? {line}")
    seal = {True: "✓ 签章有效 / the seal holds", False: "✗ 签章不成立 / the seal does not hold"}
    click.echo(seal.get(checked.sealed, "? 未核对签章 / the seal was not checked"))  # type: ignore[arg-type]
    if checked.evidence.refused:
        chinese, english = REASONS[checked.evidence.refused.code]
        click.echo(f"✗ {chinese} / {english}")
    if not checked.good:
        sys.exit(1)
