"""Evidence bundles over a test's published ledger, and what the offline verifier says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from application.queries.evidence import Evidence, Published
from infrastructure.tile_files import MapFiles, TileFiles
from interfaces.client.verifier import Report, verify
from tests.world import World


def begin(world: World) -> Evidence:
    """An empty bundle over what is published now."""
    return Evidence(world.ledger, Published(TileFiles(world.published), MapFiles(world.published)))


def judge(world: World, bundle: Mapping[str, Any]) -> Report:
    """What the verifier says of a bundle, under the policy of this ledger."""
    data = json.dumps(bundle, ensure_ascii=False).encode()
    return verify(data, (world.published / "policy").read_bytes())
