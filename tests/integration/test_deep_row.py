"""A row nested as deep as a part may be, and so too deep as a payload: refused alone, whatever its seal says."""

from __future__ import annotations

from dataclasses import replace

from application.commands.intake import Intake
from application.commands.seals import SealOfFile
from domain.shared.canonical import DEPTH_MAX, Json
from infrastructure.keys import verify_ed25519
from infrastructure.remedy_data import load_calendar, load_settings
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import seal_file
from interfaces.client.tables import read_table
from interfaces.http.bodies import decoded, sealed_file
from tests.world import World


def test_a_row_nested_too_deep_is_refused_and_the_other_rows_are_taken(ledger_world: World) -> None:
    files, forms = ledger_world.files(), load_forms()
    department = files.sender["people-1.xlsx"]
    table = read_table(files.files["people-1.xlsx"], forms=forms)
    rows = list(read_rows(table, forms))
    deep: Json = "x"
    for _ in range(DEPTH_MAX - 1):
        deep = {"a": deep}
    rows[1] = replace(rows[1], parts={"public": {"a": deep}})
    sealed = seal_file(rows, form=table.kind, ledger_id=ledger_world.ledger.id.bytes)
    assert not sealed.left_out
    body = sealed.signed(ledger_world.keys[department]).body()

    seal, lines = sealed_file(decoded(body, "gzip"))
    intake = Intake(
        ledger_world.ledger,
        forms,
        SealOfFile(seal),
        department=department,
        verify=verify_ed25519,
        calendar=load_calendar(),
        settings=load_settings(),
    )
    for _ in intake.take(lines):
        pass

    assert intake.report.taken == len(rows) - 1
    assert [(r.data_row, [d.code for d in r.defects]) for r in intake.report.refused] == [
        (rows[1].data_row, ["row_not_canonical"])
    ]
