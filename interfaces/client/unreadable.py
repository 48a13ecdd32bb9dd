"""What a file reader refuses as a whole, and the bounds within which it reads.

Raised by the workbook and CSV readers before any row is taken; interfaces turn it into one clear problem.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.shared.refusals import Defect, Refused

FORMAT = "FORMAT"


@dataclass(frozen=True)
class Limits:
    """Bounds on a file (上限): bytes sent and unpacked, their ratio, entries, rows, columns, cells."""

    file_max_bytes: int = 64 * 1024 * 1024
    unpacked_max_bytes: int = 768 * 1024 * 1024
    unpacked_ratio_max: int = 200
    entries_max: int = 1_000
    rows_max: int = 200_000
    columns_max: int = 100
    cells_max: int = 12_000_000
    cell_max_characters: int = 32_767


class UnreadableFile(Refused):
    """A file that cannot be read at all; ``defect`` tells why (rule ``FORMAT``)."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(Defect(FORMAT, code, "", data))

    @property
    def defect(self) -> Defect:
        """The one reason."""
        return self.defects[0]
