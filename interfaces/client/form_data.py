"""Loads the form reference (2018 data standard of the 双公示) that the repository carries in ``data/``.

The domain gets it as an argument; readers and checks use the two forms built here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from domain.shared.forms import Form, FormKind

DATA = Path(__file__).resolve().parents[2] / "data"


@cache
def load_forms(folder: Path = DATA) -> Mapping[FormKind, Form]:
    """All forms by kind; ``OSError`` or ``ValueError`` when the reference is missing or damaged.

    The general determination shares the code tables of the two 双公示 forms and adds its own.
    """
    data = json.loads((folder / "shuanggongshi.json").read_text(encoding="utf-8"))
    own = json.loads((folder / "determination.json").read_text(encoding="utf-8"))
    own["code_tables"] = {**data["code_tables"], **own["code_tables"]}
    return {
        "penalty": Form.from_reference(data, "penalty"),
        "licence": Form.from_reference(data, "licence"),
        "determination": Form.from_reference(own, "determination"),
    }
