"""What may be registered: codes, pseudonyms, names and roles that later acts can name, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from domain.parties.registration import department_defects, officer_defects, purpose_defects
from domain.shared.refusals import Defect, sentence

Check = Callable[..., Iterator[Defect]]
DEPARTMENT = {"code": "11420100MB0000001C", "name": "示范市新设局", "role": "department"}
OFFICER = {"pseudonym": "newcomer-1", "name": "示例新", "role": "operator"}
PURPOSE = {"code": "rural_support", "zh": "乡村振兴扶持", "en": "rural support"}


@pytest.mark.parametrize(
    ("check", "given"),
    [(department_defects, DEPARTMENT), (officer_defects, OFFICER), (purpose_defects, PURPOSE)],
)
def test_what_is_well_formed_may_be_registered(check: Check, given: dict[str, str]) -> None:
    assert not list(check(**given))


@pytest.mark.rule("DET-5", "QRY-1")
@pytest.mark.parametrize(
    ("check", "given", "field", "value", "code"),
    [
        (department_defects, DEPARTMENT, "code", "11420100MB0000001D", "credit_code_check"),
        (department_defects, DEPARTMENT, "name", "\u3000", "registered_without_name"),
        (department_defects, DEPARTMENT, "role", "office", "role_unknown"),
        (officer_defects, OFFICER, "pseudonym", "示例新", "registered_word_malformed"),
        (officer_defects, OFFICER, "pseudonym", "a" * 65, "registered_word_malformed"),
        (officer_defects, OFFICER, "name", "示" * 101, "registered_without_name"),
        (officer_defects, OFFICER, "role", "credit_office", "role_unknown"),
        (purpose_defects, PURPOSE, "code", 'a; case="1"', "registered_word_malformed"),
        (purpose_defects, PURPOSE, "zh", "", "registered_without_name"),
        (purpose_defects, PURPOSE, "en", "a\nb", "registered_without_name"),
    ],
)
def test_what_no_later_act_could_name_is_not_registered(
    check: Check, given: dict[str, str], field: str, value: str, code: str
) -> None:
    defects = list(check(**{**given, field: value}))
    assert [(d.rule, d.code, d.field) for d in defects] == [
        ("QRY-1" if check is purpose_defects else "DET-5", code, f"/{field}")
    ]
    assert all(sentence(d, language) for d in defects for language in ("zh", "en"))
