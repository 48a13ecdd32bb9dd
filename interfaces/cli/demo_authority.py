"""The demo's time stamping authority, beside the city: its times are this machine's, so they prove nothing to others.

``serve`` runs it where the machine has openssl. A real authority (时间戳机构) is somebody else's, on their own machine.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

from infrastructure.bootstrap import Settings, TimeAuthoritySettings
from interfaces.cli.demo_witnesses import free_ports
from interfaces.cli.seed import demo_folder
from interfaces.cli.time_authority import POLICY, ROOT, make_authority

DEMO_SECONDS = 20


def demo_authority(settings: Settings) -> tuple[Settings, dict[str, list[str]]]:
    """Settings that name the demo's authority, and the command that runs it; nothing where one is configured, or
    where openssl is not there."""
    if settings.time_authority or shutil.which("openssl") is None:
        return settings, {}
    folder = demo_folder(settings) / "time-authority"
    make_authority(folder)
    [port] = free_ports(1)
    named = TimeAuthoritySettings(f"http://127.0.0.1:{port}", folder / ROOT, POLICY, DEMO_SECONDS)
    command = [sys.executable, "-m", "interfaces.cli", "time-authority", "--folder", str(folder)]
    return replace(settings, time_authority=named), {"time-authority": [*command, "--port", str(port)]}
