"""Loads the form reference (2018 data standard of the 双公示) that the repository carries in ``data/``.

The domain gets it as an argument; readers and checks use the two forms built here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from domain.shared.forms import Form, FormKind

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "shuanggongshi.json"


@cache
def load_forms(path: Path = REFERENCE) -> Mapping[FormKind, Form]:
    """Both forms by kind; ``OSError`` or ``ValueError`` when the reference is missing or damaged."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return {"penalty": Form.from_reference(data, "penalty"), "licence": Form.from_reference(data, "licence")}
