"""Having a department's own publication compared with the public view, from the client's side (PUB-3)."""

from __future__ import annotations

from typing import Any

from interfaces.client.api import Client
from interfaces.client.workbooks import looks_like_workbook

XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
PATH = "/v1/consistency-checks"


def compare(client: Client, data: bytes, *, department: str = "") -> dict[str, Any]:
    """Every difference between a published file (xlsx or CSV, in the columns of intake) and the public view.

    ``department`` is whose publication it is, for the credit office. A repeated answer that was lost on the way holds
    the receipt only: comparing again gives all. Raises ``Problem`` or ``Unreachable``.
    """
    return client.send_file(_path(department), data, content_type=_type(data))


def compare_csv(client: Client, data: bytes, *, department: str = "") -> bytes:
    """The same as CSV, a difference a line. Raises as :func:`compare`."""
    return client.fetch(_path(department), data, accept=CSV, content_type=_type(data))


def _path(department: str) -> str:
    return f"{PATH}?department={department}" if department else PATH


def _type(data: bytes) -> str:
    return XLSX if looks_like_workbook(data) else CSV
