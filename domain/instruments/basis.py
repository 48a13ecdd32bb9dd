"""At which level of law a text cites its basis, and when a citation means a given document.

The clean-up ledger states a basis in words (依据的具体内容), so its level is judged by title and number, as the
catalogue's own bases are by their stated level; what cannot be recognised does not suffice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.shared.legal_basis import LOCAL_LEVELS, NATIONAL_LEVELS, SUFFICIENT_LEVELS, Level
from domain.shared.text import normalise_document_number, normalise_name

_TITLE = re.compile(r"《([^《》]{2,200})》([^《》]{0,200})")
_NUMBER = re.compile(r"[(（]([^()（）]{1,80})[)）]")
_CENTRAL = re.compile(r"(?:中发|中办发|国发|国办发|国函|国办函|国发明电|国办发明电)[〔\[(（]?\d{4}")
_ORDERS: tuple[tuple[str, Level], ...] = (
    ("主席令", "law"),
    ("国务院令", "admin_regulation"),
    ("法释", "judicial_interpretation"),
    ("政府令", "local_government_rule"),
)
_RULE_ORDER = re.compile(r"(?:部|局|署|委|委员会|总局|银行|办公室)令")
_PLACE = re.compile(r"^(?!中华人民共和国|城市)[^国]{2,12}?(?:省|市|自治区|自治州|自治县|县)")
_ISSUERS = ("国务院关于", "国务院办公厅", "中共中央", "党中央")
_NOTICES = ("通知", "意见", "方案", "要点", "通报", "纪要", "函", "备忘录")
_NEVER_SUFFICIENT = ("department_rule", "local_government_rule", "judicial_interpretation")
_EDITION = re.compile(r"[（(][^（）()]*[)）]$")
_SINCE = re.compile(r"[〔\[(（【](\d{4})[〕\])）】]")


def sufficient_levels(text: str, *, national: bool, local: bool) -> frozenset[Level]:
    """The sufficient levels that ``text`` cites, of those claimed: national (法律、行政法规、党中央国务院政策文件)
    or local (地方性法规). Empty: no sufficient basis, whatever the columns say (INS-2, 15号 一)."""
    claimed = (NATIONAL_LEVELS if national else frozenset()) | (LOCAL_LEVELS if local else frozenset())
    return frozenset(level for level in cited_levels(text) if level in claimed)


def cited_levels(text: str) -> Iterator[Level]:
    """The level of each document that a text names in 《》, by its number where one follows, else by its title."""
    for title, after in _TITLE.findall(text):
        yield _level(title, after)


def is_misstated(title: str, number: str, level: str) -> bool:
    """Whether a basis cannot be of the level that somebody states for it, by its own title and number.

    A notice, an opinion or a plan is no law, no regulation and no department rule, nor is what bears the number of
    another kind; and central policy bears one. What cannot be recognised is left to whoever reviews it.
    """
    name = title.strip().strip("《》")
    read = _level(name, f"({number})")
    if level == "central_policy":
        return read != level
    others = [found for found in (*_NEVER_SUFFICIENT, "central_policy") if found != level]
    return level in (*SUFFICIENT_LEVELS, "department_rule") and (
        read in others or _EDITION.sub("", name).endswith(_NOTICES)
    )


def _level(title: str, after: str) -> Level:
    found = _NUMBER.match(after)
    number = found[1] if found else ""
    if _CENTRAL.search(number):
        return "central_policy"
    for order, level in _ORDERS:
        if order in number:
            return level
    if _RULE_ORDER.search(number):
        return "department_rule"
    name = _EDITION.sub("", title.strip())
    if name.endswith("条例"):
        return "local_regulation" if _PLACE.match(name) else "admin_regulation"
    if name.endswith("法") and not name.endswith("办法"):
        return "law"
    if name.startswith(_ISSUERS) and not number:
        return "central_policy"
    return "normative_document"


def parts_of(title: str) -> tuple[str, str]:
    """Name and number of a document as the form's column holds both: 《…》(文号); empty where there is none."""
    found = _TITLE.search(title)
    if found is None:
        return title, ""
    number = _NUMBER.search(found[2])
    return found[1], number[1] if number else ""


def cites(document: str, *, title: str, number: str) -> bool:
    """Whether a citation by title and number means the ``document`` of the ledger: the same name or number."""
    name, document_number = parts_of(document)
    cited, _ = parts_of(title)
    if normalise_name(name) == normalise_name(cited):
        return True
    own = normalise_document_number(document_number)
    return bool(own) and own == normalise_document_number(number)


def year_of(document: str) -> int:
    """The year in a document's number, 0 when it has none."""
    found = _SINCE.search(document.rpartition("》")[2])
    return int(found[1]) if found else 0
