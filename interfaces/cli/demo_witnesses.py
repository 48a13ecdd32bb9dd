"""The demo's two witnesses: a province and a peer city, each with a key and a folder of its own, beside the city.

``serve`` runs them; the city's policy then asks for both. Real witnesses are run by others, on their own machines.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from dataclasses import replace

from domain.transparency.policy import Group, Policy, Witness, format_policy
from infrastructure.bootstrap import Settings, publish_policy, witness_keys
from interfaces.cli.seed import demo_folder

NAMES: Mapping[str, str] = {"province": "xinlu.local/demo-province", "peer": "xinlu.local/demo-peer"}
"""Key name of each demo witness: the province (示范省) and a city of the same rank (邻市)."""
ALL = b"every-line"


def demo_witnesses(settings: Settings) -> tuple[Settings, dict[str, list[str]]]:
    """Settings that name both witnesses with a quorum of both, and the command that runs each.

    Their ports are new at each start; names and keys stay. A configuration of the operator's own is left alone:
    then there is nothing to run.
    """
    if settings.witnesses_file.exists():
        return settings, {}
    folder = demo_folder(settings) / "witnesses"
    ports = dict(zip(NAMES, free_ports(len(NAMES)), strict=True))
    keyed = [
        # The quorum counts the Ed25519 keys; those of ML-DSA-44 are carried along, for who checks them.
        Witness(label.encode() + suffix, key, f"http://127.0.0.1:{ports[label]}".encode())
        for label, name in NAMES.items()
        for suffix, key in zip((b"", b"-ml-dsa"), witness_keys(folder / label, name), strict=True)
    ]
    group = Group(ALL, len(NAMES), tuple(label.encode() for label in NAMES))
    path = folder / "policy"
    path.write_bytes(format_policy(Policy((), tuple(keyed), (group,), ALL)))
    named = replace(settings, witnesses=path)
    logs = publish_policy(named)
    return named, {
        label: [
            *(sys.executable, "-m", "interfaces.cli", "witness", "--workers", "1"),
            *("--folder", str(folder / label), "--name", name, "--port", str(ports[label])),
            *("--policy", str(logs)),
        ]
        for label, name in NAMES.items()
    }


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def addresses_of(commands: Mapping[str, list[str]]) -> Mapping[str, str]:
    """Where each of these commands listens."""
    return {
        label: f"http://127.0.0.1:{command[command.index('--port') + 1]}"
        for label, command in commands.items()
    }
