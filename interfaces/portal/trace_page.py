"""What the page of a trace shows: who traced what and why, the looks drawn in time, the same in words (QRY-4).

The signed route shows it, and an auditor's command writes it as one file that needs nothing beside it.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.shared.forms import Form
from interfaces.portal.oversight import ROLES, Words, at, kind_of, lanes

FOLDER = Path(__file__).resolve().parent
TEMPLATE = "portal/trace.html"
KINDS: Mapping[str, Words] = {
    "whole": ("含有全部泄露内容", "held all that leaked"),
    "unclear": ("有的内容已不能重现", "cannot be made again in part"),
    "other": ("含有所查内容", "held what is traced"),
}


@dataclass(frozen=True)
class TraceAsked:
    """Who traced (追查人) in which case, on which ground; the ``record``, empty for all of a subject; when (ISO)."""

    officer: str
    department: str
    case: str
    basis: str
    record: str
    at: str


def trace_page(
    told: Mapping[str, Any], asked: TraceAsked, excerpt: Iterable[str], forms: Iterable[Form]
) -> dict[str, Any]:
    """The values of the template; ``told`` is the body of the answer, ``excerpt`` the codes of what leaked."""
    drawn, first, last = lanes(told["answers"])
    names = {code: (field.name_zh, field.name_en) for form in forms for code, field in form.fields.items()}
    return {
        "told": told,
        "asked": asked,
        "leaked": [names.get(code, (code, "")) for code in excerpt],
        "named": names,
        "roles": ROLES,
        "kinds": {kind: words for kind, words in KINDS.items() if kind in map(kind_of, told["answers"])},
        "names": KINDS,
        "lanes": drawn,
        "first": first,
        "last": last,
        "at": at,
        "kind_of": kind_of,
    }


def page_file(values: Mapping[str, Any], *, demo_day: str) -> str:
    """The page as one file: style and seal are in it, and nothing in it leads anywhere."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.globals["url_for"] = lambda _endpoint, filename: _inlined(FOLDER / "static" / filename)
    return environment.get_template(TEMPLATE).render(**values, demo_day=demo_day, home="#main")


def _inlined(file: Path) -> str:
    content = base64.b64encode(file.read_bytes()).decode()
    return f"data:{mimetypes.guess_type(file.name)[0]};base64,{content}"
