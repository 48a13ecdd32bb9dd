"""A department's process: reads a workbook, seals it, sends it, and tells how long that took and what it held.

``python -m benchmarks.department FILE DEPARTMENT KEY URL`` prints one line of JSON; the intake benchmark runs it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.figures import peak_memory_mb
from benchmarks.stages import Stages
from interfaces.client.api import Client, Department
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, seal_file
from interfaces.client.tables import read_table


def main(file: str, code: str, key_file: str, url: str) -> None:
    """Send one file; its report's numbers, the seconds by stage and the peak of memory on stdout."""
    stages, forms = Stages(), load_forms()
    key = DepartmentKey.read(Path(key_file))
    client = Client(url, Department(code, key))
    with stages.of("open workbook"):
        table = read_table(Path(file).read_bytes(), forms=forms)
    with stages.of("read and seal"):
        rows = stages.each("read rows", read_rows(table, forms))
        sealed = seal_file(rows, form=table.kind, ledger_id=bytes.fromhex(client.ledger_id)).signed(key)
    stages.seconds["seal"] = stages.seconds.pop("read and seal") - stages.seconds["read rows"]
    with stages.of("send, service's work, report"):
        report = client.send_sealed(sealed.body())
    told = {
        "taken": report["taken"],
        "refused": len(report["refused"]) + len(sealed.left_out),
        "seconds": stages.seconds,
        "peak_memory_mb": peak_memory_mb(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
