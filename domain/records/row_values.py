"""Decides nothing by itself: one row's values by field, and how a defect of the row is worded.

:mod:`domain.records.rows` makes it from the payload parts; :mod:`domain.records.row_rules` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.shared.forms import Form
from domain.shared.refusals import Defect


@dataclass(frozen=True)
class RowValues:
    """The values (数据项) of one row by full field code, without those that say nothing (无, /).

    ``today`` is the day of intake.
    """

    form: Form
    values: Mapping[str, str]
    today: date

    def get(self, code: str) -> str:
        """The value of a field by its full code, or ""."""
        return self.values.get(code, "")

    def own(self, suffix: str) -> str:
        """The value of a field that both forms have, by its code without prefix, or ""."""
        return self.values.get(self.form.code(suffix), "")

    @property
    def subject_kind(self) -> str:
        """The kind of subject (行政相对人类别) as sent."""
        return self.own("XDR_LB")

    def names(self, code: str) -> dict[str, str]:
        """The field's names for a sentence."""
        described = self.form.fields[code]
        return {"name": described.name_zh, "name_en": described.name_en}

    def defect(self, rule: str, fault: str, code: str, **data: str) -> Defect:
        """A defect in a field of this row; ``data`` must not hold personal data."""
        return Defect(rule, fault, code, {**self.names(code), **data})
