"""What is wrong with who or what is about to be registered: departments, officers, purposes.

The credit office's acts ask here before they make an event; what is registered already they see themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.parties.identifiers import check_credit_code
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.refusals import Defect
from domain.shared.text import says

DEPARTMENT_ROLES = ("department", CREDIT_OFFICE, "auditor")
OFFICER_ROLES = ("operator", "supervisor", "credit_officer", "auditor", "tip_off_handler")
NAME_CHARACTERS_MAX = 100
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,63}")
"""Pseudonyms and codes of purposes stand in headers of requests as they are."""


def department_defects(*, code: str, name: str, role: str) -> Iterator[Defect]:
    """DET-5: a department has its own 统一社会信用代码, a name and a role."""
    if (fault := check_credit_code(code, rule="DET-5", field="/code")) is not None:
        yield fault
    yield from _name_defects(name, "/name", rule="DET-5")
    yield from _role_defects(role, DEPARTMENT_ROLES)


def officer_defects(*, pseudonym: str, name: str, role: str) -> Iterator[Defect]:
    """DET-5: an officer has a pseudonym that can stand in a request, a name and a role."""
    yield from _word_defects(pseudonym, "/pseudonym", rule="DET-5")
    yield from _name_defects(name, "/name", rule="DET-5")
    yield from _role_defects(role, OFFICER_ROLES)


def purpose_defects(*, code: str, zh: str, en: str) -> Iterator[Defect]:
    """QRY-1: a purpose has a code that can stand in a request, and words in both languages."""
    yield from _word_defects(code, "/code", rule="QRY-1")
    yield from _name_defects(zh, "/zh", rule="QRY-1")
    yield from _name_defects(en, "/en", rule="QRY-1")


def _name_defects(name: str, field: str, *, rule: str) -> Iterator[Defect]:
    if not says(name, most=NAME_CHARACTERS_MAX) or len(name.splitlines()) > 1:
        yield Defect(rule, "registered_without_name", field, {"characters": str(NAME_CHARACTERS_MAX)})


def _word_defects(word: str, field: str, *, rule: str) -> Iterator[Defect]:
    if _WORD.fullmatch(word) is None:
        yield Defect(rule, "registered_word_malformed", field)


def _role_defects(role: str, roles: tuple[str, ...]) -> Iterator[Defect]:
    if role not in roles:
        yield Defect("DET-5", "role_unknown", "/role", {"values": "、".join(roles)})
