"""Decides whether what a department publishes itself is what the public view shows of it (PUB-3).

Before it stand a row of the department's own file and what the view shows of the same document; after it the result of
the comparison and the event that it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from domain.catalogue.items import CatalogueItem
from domain.records.publicity import FORMS, VALID_TO, Months, Publicity, public_rendition, term_end
from domain.records.rows import check_row
from domain.shared.canonical import Parts
from domain.shared.events import Event
from domain.shared.forms import ITEM_FIELD, Form
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect

MISSING_HERE, MISSING_THERE = "missing_here", "missing_there"
CONTENT, TERM = "content_differs", "term_differs"
NOT_PUBLIC, NOT_YET = "must_not_be_public", "not_shown_yet"
KINDS = (MISSING_HERE, MISSING_THERE, CONTENT, TERM, NOT_PUBLIC, NOT_YET)
"""Every way in which file and view can differ, in the order in which a result counts them."""


class ConsistencyChecked(Event):
    """The public view was compared with what a department publishes itself (公示一致性核对, 49号(五)): the counts.

    ``department`` is whose publication it is, ``asked_by`` it or the credit office; ``rows`` of the file are ``equal``,
    differ, or are ``bad_rows`` that cannot be compared. ``view_position`` is how far the public view was. ``file`` is
    the SHA-256 of the file, in a part of its own salt: whoever holds both can show that it was this one.
    """

    TOPIC: ClassVar[str] = "consistency.checked"
    KIND: ClassVar[Kind] = Kind.CONSISTENCY_CHECKED
    PART_OF: ClassVar[Mapping[str, str]] = {"file": "restricted"}
    department: str
    asked_by: str
    form: str
    rows: int
    equal: int
    missing_here: int
    missing_there: int
    content_differs: int
    term_differs: int
    must_not_be_public: int
    not_shown_yet: int
    bad_rows: int
    view_position: int
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which file and view differ (差异).

    ``data_row`` and ``sheet_row`` say where in the file, 0 for what is not in it; ``record`` is the record's id, empty
    when there is none here. ``fields`` are the form's codes of what differs; ``here`` and ``there`` are last public
    days (ISO text, empty for none). ``document`` is the number of a public record that the file lacks.
    """

    kind: str
    data_row: int = 0
    sheet_row: int = 0
    record: str = ""
    fields: tuple[str, ...] = ()
    here: str = ""
    there: str = ""
    document: str = ""


def row_defects(form: Form, parts: Parts, *, department: str, today: date) -> list[Defect]:
    """What keeps a row from being compared: it cannot be told which document it is, or it is another authority's.

    The rules of recording judge the fields that tell it, and no others: that a content is not as it should be is a
    difference, and what is not public (an identity number that the department masked) is not compared.
    """
    ends = FORMS[form.kind].sent_end
    needed = {
        form.authority_code,
        form.document_number,
        form.decided,
        form.subject_kind,
        ITEM_FIELD,
        ends,
        VALID_TO,
    }
    found = check_row(form, parts, today=today)
    # That no term is published is a difference, and no reason not to compare.
    no_term = ends not in parts["public"]
    defects = [d for d in found if d.field in needed and not (no_term and d.field == ends)]
    if not defects and parts["public"][form.authority_code] != department:
        names = {"name": form.fields[form.authority_code].name_zh}
        defects.append(Defect("PUB-3", "consistency_authority_of_another", form.authority_code, names))
    return defects


def differences(
    shown: Mapping[str, Any], parts: Parts, *, item: CatalogueItem | None, months_max: Months
) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """How a row of the file differs from what is ``shown`` of its document: kind, fields, last day here and there.

    The row is shown as the view would show it, so that masked names are compared masked and terms by the same rules;
    ``item`` is in force on the row's day of determination, None when none is.
    """
    ends = FORMS[str(parts["public"]["form"])].sent_end
    there, until = _as_shown(parts, item, months_max)
    here = shown["fields"]
    differing = [code for code in sorted(here.keys() | there.keys()) if here.get(code) != there.get(code)]
    if content := tuple(code for code in differing if code != ends):
        yield CONTENT, content, "", ""
    shown_until = str(shown.get("until", ""))
    if ends is not None and ends in differing:
        yield TERM, (ends,), shown_until, str(there.get(ends, ""))
    elif item is not None and until != shown_until:
        yield TERM, (), shown_until, until


def _as_shown(parts: Parts, item: CatalogueItem | None, months_max: Months) -> tuple[Mapping[str, Any], str]:
    """The fields of a row as the public view would show them, and its last public day."""
    if item is None:
        return {code: value for code, value in parts["public"].items() if code not in ("form", "item")}, ""
    ends = term_end(item, parts, months_max=months_max)
    told = public_rendition(item, {"person/1": {}, **parts}, Publicity(True, ends, (), ""))
    fields = told["fields"]
    assert isinstance(fields, dict)
    return fields, "" if ends is None else ends.isoformat()
