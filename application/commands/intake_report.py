"""What became of the rows of a file: taken, recorded before, or refused with every reason.

The intake fills it batch by batch; the routes show it as progress and as the report at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.shared.refusals import Defect
from domain.transparency.sealed_file import SealedRow


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken, with every reason."""

    data_row: int
    sheet_row: int
    defects: tuple[Defect, ...]


@dataclass
class Report:
    """What became of a file's rows so far; ``already`` rows were recorded before, word for word.

    ``late`` of those taken came later than the rules allow (DET-6).
    """

    rows: int
    taken: int = 0
    late: int = 0
    already: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    first_position: int | None = None
    last_position: int | None = None

    @property
    def done(self) -> int:
        """Rows that have their answer."""
        return self.taken + self.already + len(self.refused)

    def refuse(self, row: SealedRow, defects: Iterable[Defect]) -> None:
        """A row is answered with why it is not taken."""
        self.refused.append(RefusedRow(row.data_row, row.sheet_row, tuple(defects)))
