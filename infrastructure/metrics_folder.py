"""The folder in which the web workers of one server keep their counters, so that any worker can add them up.

gunicorn.conf.py makes it before a worker starts; prometheus-client finds it by its environment variable.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from infrastructure.private_files import private_folder

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare_metrics_folder(data_dir: Path, *, pid: int | None = None) -> Path:
    """An empty private folder for the server of this process id; folders of servers that ended are removed."""
    own = pid or os.getpid()
    folders = private_folder(data_dir / "metrics")
    for found in folders.iterdir():
        if not found.name.isdigit() or int(found.name) == own or not Path("/proc", found.name).exists():
            shutil.rmtree(found, ignore_errors=True)
    return private_folder(folders / str(own))
