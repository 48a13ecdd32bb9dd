"""One measured figure and how a run's figures are shown: beside their limit and their peer, as table or JSON.

The parts of the benchmarks make figures; ``__main__`` prints them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """What was measured: ``limit`` and ``peer`` are of the same unit and the same run, 0 where there is none."""

    group: str
    name: str
    value: float
    unit: str
    limit: float = 0.0
    limit_name: str = ""
    peer: float = 0.0
    peer_name: str = ""
    detail: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Every member, with the ratios."""
        ratios = {"of_limit": _ratio(self.value, self.limit), "of_peer": _ratio(self.value, self.peer)}
        return asdict(self) | ratios

    def lines(self) -> list[str]:
        """The row of the table, and one line for each detail."""
        limit = f"{_number(self.limit)} {self.limit_name}" if self.limit else ""
        peer = f"{_number(self.peer)} {self.peer_name}" if self.peer else ""
        cells = (
            f"{self.name:<52}{_number(self.value):>10} {self.unit:<9}",
            f"{limit:<22}{_ratio(self.value, self.limit):>6}",
            f"  {peer:<22}{_ratio(self.value, self.peer):>6}",
        )
        return ["".join(cells).rstrip()] + [f"    {k:<48}{_number(v):>10}" for k, v in self.detail.items()]


HEADING = f"{'':<52}{'ours':>10} {'unit':<9}{'limit':<22}{'ratio':>6}  {'peer':<22}{'ratio':>6}"


def _ratio(value: float, other: float) -> str:
    return f"{value / other:.2f}" if other else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def interleaved(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each measure over ``rounds`` rounds, in every one of which each is taken once.

    Other work on the machine then falls on all of them alike, which is what makes their ratios worth reading.
    """
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def table(figures: Sequence[Figure]) -> str:
    """All figures under the names of their groups."""
    lines = [HEADING]
    group = ""
    for figure in figures:
        if figure.group != group:
            group = figure.group
            lines += ["", group]
        lines += figure.lines()
    return "\n".join(lines)


def peak_memory_mb(process: int | str = "self") -> float:
    """The largest resident size that a process had so far (VmHWM), in MB of 10^6 bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    kibibytes = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return int(kibibytes) * 1024 / 1e6


def forget_peak_memory() -> None:
    """From now on the peak of this process is told anew (proc(5), ``clear_refs``)."""
    Path("/proc/self/clear_refs").write_text("5")
