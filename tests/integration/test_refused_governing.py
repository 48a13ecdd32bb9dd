"""What governs the ledger is sealed by the credit office alone, and follows what stands (DET-5, CAT-1)."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from click.testing import CliRunner

from application.commands.governance import Governance
from domain.shared.prose import PROSE
from domain.shared.refusals import Refused
from interfaces.cli.main import cli
from interfaces.rulebook import rulebook
from tests.world import World


def code(act: Callable[[], object]) -> tuple[str, str]:
    """The one rule and code with which an act of governing is refused."""
    with pytest.raises(Refused) as refused:
        act()
    (defect,) = refused.value.defects
    return defect.rule, defect.code


@pytest.mark.rule("DET-5")
def test_det_5_no_act_of_governing_by_anybody_but_the_credit_office_is_ever_recorded(
    refusing_world: World,
) -> None:
    world, agency = refusing_world, refusing_world.city.agencies[0]
    key, before = world.keys[agency.code], world.reader.head("records")
    usurper = Governance(world.ledger, signer=key)
    for act in (
        partial(usurper.register_purpose, code="curiosity", zh="好奇", en="curiosity"),
        partial(usurper.rank_department, agency.code, rank="provincial", basis="示编〔2026〕1号"),
        partial(usurper.revoke_key, key.issuer, reason="lost"),
    ):
        assert code(act) == ("DET-5", "may_not_govern")
    office = world.governance()
    renamed = partial(office.register_department, code=agency.code, name="另一个名称", role=agency.role)
    assert code(renamed) == ("DET-5", "department_known_otherwise")
    assert not office.register_department(code=agency.code, name=agency.name, role=agency.role)
    nowhere = partial(
        office.register_officer, department="11420100MB0000001C", pseudonym="new-1", role="operator"
    )
    assert code(partial(nowhere, name="示例新")) == ("DET-5", "department_unknown")
    for rank, basis, refused in (
        ("village", "示编〔2026〕1号", "rank_unknown"),
        ("county", " ", "rank_without_basis"),
    ):
        assert code(partial(office.rank_department, agency.code, rank=rank, basis=basis)) == (
            "LST-7",
            refused,
        )
    assert world.reader.head("records") == before


@pytest.mark.rule("DET-5")
@pytest.mark.rule("QRY-1")
def test_det_5_a_name_that_is_taken_and_the_key_that_seals_are_refused_at_the_command_line(
    refusing_world: World,
) -> None:
    world = refusing_world
    officer, before = world.city.officers[0], world.reader.head("records")
    office = ["--key", str(world.folder / "keys" / f"{world.city.credit_office.code}.pem")]
    other = next(d.code for d in world.city.departments if d.code != officer.department)
    for arguments, refusal in (
        (["officers", "register", officer.key, "--department", other, "--role", officer.role, *office],
         ("DET-5", "officer_known_otherwise")),
        (["purposes", "register", "licensing", "--zh", "别的用途", "--en", "another purpose", *office],
         ("QRY-1", "purpose_known_otherwise")),
        (["keys", "revoke", world.ledger.gateway.key_id.hex(), "--reason", "lost"], ("DET-5", "key_in_use")),
    ):  # fmt: skip
        assert said(world, *arguments) == refusal
    assert world.reader.head("records") == before


def said(world: World, *arguments: str) -> tuple[str, str]:
    """Rule and code of the refusal that a command ends with, told in its own words in both languages."""
    ended = CliRunner().invoke(cli, arguments, input="示例新", env=world.environment)
    told, _, lawful = ended.output.removeprefix("Error: ").strip().partition("\n")
    assert ended.exit_code == 1 and rulebook()[told.partition(": ")[0]].instead_en in lawful
    del ended
    gc.collect()  # its pools end here, as they would with its process
    rule, _, words = told.partition(": ")
    return rule, next(code for code, both in PROSE.items() if " / ".join(both) == words)


@pytest.mark.rule("CAT-3")
def test_cat_3_a_version_of_an_item_follows_the_last(refusing_world: World) -> None:
    item = next(i for i in refusing_world.city.items if i.code == "C03-02")
    for version in (1, 3):
        again = partial(refusing_world.adopt, replace(item, version=version))
        assert code(again) == ("CAT-3", "proposal_version")
