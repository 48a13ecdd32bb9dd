"""Seeding the demo city: governance from the data that the repo carries, files from the seeded generator.

The departments' keys and files lie in a folder of their own, since they are theirs and not the service's.
Every step is skipped when it stands already, so seeding twice adds nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import click

from application.commands.consistency import SentRow
from application.commands.governance import Governance
from application.commands.instruments import CleanUpDesk, LedgerReport, LedgerRow
from application.commands.intake import Intake
from application.commands.leniency import Leniency
from application.commands.seals import SealOfFile
from application.ledger import Ledger
from application.ports import Receipt
from domain.catalogue.items import SEVERITIES
from domain.instruments.form import NATIONAL, read_entry
from domain.parties.acting import Officer
from domain.records.leniency import Assessing, Assessment
from domain.records.publicity import severity_of
from domain.records.rows import check_row
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.forms import Form
from domain.shared.text import normalise_document_number
from infrastructure.bootstrap import (
    EarlierClock,
    Settings,
    comparisons,
    database,
    flag_reading,
    gateway_public_key,
    load_calendar,
    load_settings,
    open_ledger,
    projector_services,
    remedy_desk,
    tip_offs,
    verify_ed25519,
)
from interfaces.cli.demo_desk import OFFICER, SOURCE, DemoDesk
from interfaces.cli.examples import Examples
from interfaces.cli.history_examples import DAYS, HistoryExamples
from interfaces.cli.oversight_examples import reassigned_flag
from interfaces.cli.progress import Progress
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, seal_file
from interfaces.client.tables import read_table
from interfaces.demo.city import DemoCity, read_city
from interfaces.demo.generator import generate_city
from interfaces.http.bodies import decoded, sealed_file

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "data"
SEED = 20261121
KEY_YEARS = 5
RANK_BASIS = "示范市机构编制方案（示例）"
ROWS = {"penalties": 40, "licences": 20, "people": 5}
OPERATOR = "operator"
DONE = "seeded"
EXAMPLES, TIP_OFF = "examples.json", "tip-off.json"


def demo_folder(settings: Settings) -> Path:
    """Where the demo departments keep their keys and files: beside the data folder, never in it."""
    return settings.data_dir.parent / "demo-city"


def is_demo(settings: Settings, ledger_id: UUID) -> bool:
    """Whether this ledger is the demo city's: its files were seeded into it."""
    return _is_seeded(demo_folder(settings), ledger_id)


def _is_seeded(folder: Path, ledger_id: UUID) -> bool:
    done = folder / DONE
    return done.exists() and done.read_text().strip() == ledger_id.hex


@click.command()
@click.option("--quiet", is_flag=True)
def seed(*, quiet: bool) -> None:
    """Seed the demo city (示范市): departments, officers, keys, catalogue, and its departments' files."""
    settings = Settings.from_environment()
    with database(settings):
        seed_city(open_ledger(settings), gateway_public_key(settings), settings, quiet=quiet)


def seed_city(ledger: Ledger, gateway_key: bytes, settings: Settings, *, quiet: bool) -> None:
    """Seed everything that the ledger lacks; files once for each ledger.

    A ledger without an event is founded on an earlier day, and lives through its history since then (ADR 0057).
    """
    city, folder = read_city(DATA), demo_folder(settings)
    behind = timedelta() if ledger.store.head_of("records") else timedelta(days=DAYS)
    until = city_day(ledger.now()) + timedelta(days=365 * KEY_YEARS)
    clock = EarlierClock(ledger.clock, behind)
    ledger = ledger.by(clock)
    keys = govern(ledger, gateway_key, city, folder / "keys", today=city_day(ledger.now()), until=until)
    if _is_seeded(folder, ledger.id):
        return
    desk = DemoDesk(ledger, city, keys, Random(SEED))  # noqa: S311 - made-up names, the same in every demo city
    told = HistoryExamples(desk, clock).live() if behind else {}
    today = city_day(ledger.now())
    files = generate_city(city, SEED, today=today, **ROWS)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    total = len(files.files)
    bar = Progress("示范市文件 demo files", total, unit="files", quiet=quiet)
    for number, (name, data) in enumerate(sorted(files.files.items()), start=1):
        (folder / "files" / name).write_bytes(data)
        department = files.sender[name]
        officers = [o.key for o in city.officers if (o.department, o.role) == (department, OPERATOR)]
        take_in(ledger, data, department=department, key=keys[department], officers=officers)
        bar.update(number)
    bar.finish()
    told |= Examples(desk).make()
    for unit, rows in city.ledgers.items():
        seed_ledger(ledger, rows, unit=unit)
    name = next(n for n in sorted(files.files) if n.startswith("penalties"))
    told["comparison"] = seed_comparison(
        ledger, settings, files.files[name], department=files.sender[name], file=name
    )
    told["tip_off"] = seed_tip_off(ledger, settings, folder)
    told["reassigned_flag"] = seed_flag(ledger, settings, city)
    told["indicators"] = {"month": (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]}
    (folder / EXAMPLES).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / DONE).write_text(ledger.id.hex + "\n")


def govern(
    ledger: Ledger,
    gateway_key: bytes,
    city: DemoCity,
    folder: Path,
    *,
    today: date,
    until: date | None = None,
) -> dict[str, DepartmentKey]:
    """Found the ledger and register who takes part; the keys by department code, good for five years or ``until``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = until or today + timedelta(days=365 * KEY_YEARS)
    founding = Governance(ledger)
    founding.found(public_key=gateway_key, not_before=today, not_after=until)
    office = city.credit_office
    keys = {d.code: _key(folder / f"{d.code}.pem") for d in city.departments}
    founding.register_department(code=office.code, name=office.name, role=office.role)
    office_key = keys[office.code]
    founding.register_key(
        public_key=office_key.public_key,
        holder_kind="department",
        holder=office.code,
        not_before=today,
        not_after=until,
    )
    governance = Governance(ledger, signer=office_key)
    for department in city.departments:
        governance.register_department(code=department.code, name=department.name, role=department.role)
        governance.rank_department(
            department.code, rank=department.rank, basis=RANK_BASIS, member=department.member
        )
        governance.register_key(
            public_key=keys[department.code].public_key,
            holder_kind="department",
            holder=department.code,
            not_before=today,
            not_after=until,
        )
    codes = {d.key: d.code for d in city.departments}
    for officer in city.officers:
        department_code = codes.get(officer.department, officer.department)
        governance.register_officer(
            department=department_code, pseudonym=officer.key, role=officer.role, name=officer.name
        )
    for code, (zh, en) in city.purposes.items():
        governance.register_purpose(code=code, zh=zh, en=en)
    governance.import_catalogue(city.items)
    governance.import_standards(city.lists)
    governance.import_measures(city.measures)
    return keys


def take_in(
    ledger: Ledger, data: bytes, *, department: str, key: DepartmentKey, officers: Sequence[str] = ()
) -> Intake:
    """Seal a file as its department and take it in, in this process; the intake with its report.

    What it holds of slight conduct is assessed first where the department has two ``officers``, else it is refused.
    """
    forms = load_forms()
    table = read_table(data, forms=forms)
    if len(officers) > 1:
        read = (row.parts for row in read_rows(table, forms) if row.parts and not row.defects)
        assess_slight(ledger, forms[table.kind], read, department=department, officers=officers)
    sealed = seal_file(read_rows(table, forms), form=table.kind, ledger_id=ledger.id.bytes).signed(key)
    seal, rows = sealed_file(decoded(sealed.body(), "gzip"))
    intake = Intake(
        ledger,
        forms,
        SealOfFile(seal),
        department=department,
        verify=verify_ed25519,
        calendar=load_calendar(),
        settings=load_settings(),
    )
    for _ in intake.take(rows):
        pass
    intake.finish(None)
    return intake


def assess_slight(
    ledger: Ledger, form: Form, rows: Iterable[Parts], *, department: str, officers: Sequence[str]
) -> None:
    """DET-4: two officers find the documents of slight conduct in a file slight, before it is sent."""
    today = city_day(ledger.now())
    slight = (
        p["public"] for p in rows if severity_of(p) == SEVERITIES[0] and not check_row(form, p, today=today)
    )
    by_number = {normalise_document_number(n): n for p in slight if (n := str(p[form.document_number]))}
    if not by_number:
        return
    number, *also = by_number.values()
    given = Assessing(department, number, ("slight",), "not_published", "示例：情节轻微，已及时改正")

    def receipt(found: tuple[Assessment, ...]) -> Receipt:
        return Receipt(department, f"demo-slight-{found[0].version}", b"s" * 32, 201, {})

    first, second = (Leniency(ledger, officer=o, department=department) for o in officers[:2])
    made = first.assess(given, receipt, also=also).assessments
    second.decide(made[0].id, "approved", receipt, also=[found.id for found in made[1:]])


def seed_ledger(ledger: Ledger, rows: Sequence[Mapping[str, str]], *, unit: str) -> LedgerReport:
    """Have a unit send its clean-up ledger, in this process; what became of the rows."""
    judged = [
        LedgerRow(number, number, read_entry(row, NATIONAL)) for number, row in enumerate(rows, start=1)
    ]
    content = ledger.vault.mac("upload", repr(rows).encode()).hex()
    return CleanUpDesk(ledger, department=unit).take(NATIONAL, judged, content=content)


def seed_comparison(
    ledger: Ledger, settings: Settings, data: bytes, *, department: str, file: str
) -> dict[str, str]:
    """Compare a file as its department sent it with what became public of it (PUB-3); where the result is seen."""
    forms, desk = load_forms(), comparisons(settings, ledger)(department)
    table = read_table(data, forms=forms)
    rows = (SentRow(r.data_row, r.sheet_row, r.parts, r.defects) for r in read_rows(table, forms))
    result = desk.compare(forms[table.kind], rows, department=department)
    receipt = Receipt(department, "demo-comparison", b"c" * 32, 201, {"status": "recorded"})
    desk.record(result, file=hashlib.sha256(data).hexdigest(), receipt=receipt)
    return {"file": file, "page": f"/registers/consistency-checks/{department}-{table.kind}"}


def seed_flag(ledger: Ledger, settings: Settings, city: DemoCity) -> dict[str, str]:
    """Record what passed by itself (ACC-4), raise the flags that are due (ACC-3), and have one assigned anew; where it
    is seen."""
    services, unit = projector_services(settings), next(d.code for d in city.departments if d.key == SOURCE)
    services.deadlines.run()
    services.flags.run()
    flags = flag_reading(settings)
    found = flags.page(unit, open_only=True, after=0, through=ledger.store.head_of("records"), limit=20)
    flag = reassigned_flag(
        remedy_desk(ledger, load_forms()),
        [flag for flag, _ in found],
        office=city.credit_office.code,
        officer=Officer(OFFICER, unit),
    )
    return {"flag": str(flag), "state": f"/v1/flags/{flag}/state"}


def seed_tip_off(ledger: Ledger, settings: Settings, folder: Path) -> dict[str, str]:
    """A tip-off of a made-up citizen (WHS-1) that waits for its handler; its receipt lies in a file of its own."""
    desk = tip_offs(settings, ledger)
    filed = desk.file(
        about="示范市示例工程有限公司", code="", text="示例：出借资质投标", name="示例市民", contact="示例"
    )
    receipt = {"number": str(filed.number), "secret": filed.secret}
    (folder / TIP_OFF).write_text(json.dumps(receipt) + "\n", encoding="utf-8")
    return {"receipt_file": TIP_OFF, "follow": "/v1/tip-offs/follow-up", "page": "/tip-offs"}


def _key(path: Path) -> DepartmentKey:
    return DepartmentKey.read(path) if path.exists() else DepartmentKey.make(path)
