"""Which witnesses are configured, and the files that asking them leaves, published or kept over a restart.

The configuration is a policy file without ``log`` lines; the logs' own keys are added to make ``published/policy``.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from application.sequencer import LOGS
from domain.transparency.policy import Policy, RefusedPolicy, parse_policy
from infrastructure.settings import BadSetting
from infrastructure.tile_files import TileFiles, tell, write_files
from infrastructure.witness_http import allowed_url

STATUS = "witnesses.json"
NOBODY = Policy((), (), (), None)


def read_witnesses(path: Path) -> Policy:
    """The witnesses, groups and quorum of a configuration, nobody when there is no such file.

    Raises ``BadSetting``, which names the file and what is wrong, when it cannot be used.
    """
    if not path.exists():
        return NOBODY
    try:
        policy = parse_policy(path.read_bytes())
    except RefusedPolicy as refused:
        raise BadSetting(f"the witnesses' file {path.name} is no policy: {refused.code}") from None
    if policy.logs:
        raise BadSetting(f"the witnesses' file {path.name} must have no log line: the logs are our own")
    if not all(allowed_url(witness.url) for witness in policy.witnesses):
        raise BadSetting(f"a witness URL in {path.name} must be https, or http on a loopback address")
    return policy


class WitnessedFiles(TileFiles):
    """See ``application.witness_asking.WitnessedStore``."""

    def __init__(self, published: Path, kept: Path) -> None:
        super().__init__(published)
        self._published = published
        self._kept = kept
        self._contradicting = threading.Lock()

    def collect(self, log: str, note: bytes) -> None:
        """Keep the newest tree with every line that is there, which a carried request starts from."""
        write_files(self._kept, {f"{log}.collected": note})

    def collected(self, log: str) -> bytes:
        """What was collected last, b"" when nothing was."""
        try:
            return (self._kept / f"{log}.collected").read_bytes()
        except FileNotFoundError:
            return b""

    def contradict(self, log: str, note: bytes) -> None:
        """Keep the note that contradicts a log until an operator takes it away."""
        with self._contradicting:  # several witnesses may show it at the same moment
            write_files(self._kept, {f"{log}.contradiction": note})

    def contradictions(self) -> Sequence[str]:
        """The logs that a kept note contradicts."""
        return [log for log in LOGS if (self._kept / f"{log}.contradiction").exists()]

    def tell_witnesses(self, status: Mapping[str, object]) -> None:
        """Publish how far the witnesses are; not waited for, since it is only told."""
        tell(self._published, STATUS, status)
