"""``python -m benchmarks.growth FILE``: the chart of docs/performance.md, how trees and maps grow with their size.

``FILE`` is what ``python -m benchmarks --only trees --json FILE`` wrote.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pygal
from pygal.style import CleanStyle

DOCS = Path(__file__).resolve().parents[1] / "docs"
TIMES = {
    "sequencer": "log: leaves to signed tiles",
    "rebuilt and held against every tile": "log: rebuilt, every tile verified",
    "map built and written": "map: built and written",
    "every file of it read and verified": "map: every file verified",
    "rebuilt from pairs, same root": "map: rebuilt",
}
STORED = {"sequencer": "log", "map built and written": "map"}
COLOURS = ("#1f5fa8", "#c2452d", "#3c8c4a", "#8a5bb0", "#b8860b")
_NAME = re.compile(r"(?P<what>.*), (?P<size>[\d,]+)( leaves| keys)?")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Draw docs/growth-time.svg and docs/growth-size.svg, both axes logarithmic."""
    times: dict[str, dict[int, float]] = defaultdict(dict)
    sizes: dict[str, dict[int, float]] = defaultdict(dict)
    for figure in json.loads(file.read_text()):
        found = _NAME.fullmatch(figure["name"])
        if found is None or found["what"] not in TIMES:
            continue
        # The log also holds what founded it, a few leaves more than were asked for.
        count, detail = 10 ** (len(found["size"].replace(",", "")) - 1), figure["detail"]
        times[TIMES[found["what"]]][count] = detail["seconds"]
        if thing := STORED.get(found["what"]):
            sizes[f"{thing}: on the disk"][count] = detail["MB on the disk"]
            sizes[f"{thing}: peak memory"][count] = detail["peak memory, MB"]
    _draw("growth-time.svg", "Seconds / 秒", times, (0.1, 1, 10, 100))
    _draw("growth-size.svg", "MB", sizes, (0.1, 1, 10, 100, 1000))


def _draw(name: str, title: str, rows: Mapping[str, Mapping[int, float]], marks: Sequence[float]) -> None:
    counts = sorted({count for row in rows.values() for count in row})
    style = CleanStyle(font_family="sans-serif", colors=COLOURS, background="white", plot_background="white")
    chart = pygal.Line(title=title, style=style, logarithmic=True, x_title="leaves or keys / 叶或键", js=(),
                       width=640, height=400, legend_at_bottom=True, legend_at_bottom_columns=2,
                       range=(marks[0] / 2, marks[-1]), y_labels=marks, no_prefix=True)  # fmt: skip
    chart.x_labels = [f"{count:,}" for count in counts]
    for label in sorted(rows):
        chart.add(label, [rows[label].get(count) for count in counts])
    (DOCS / name).write_bytes(chart.render())
    click.echo(f"docs/{name}")


if __name__ == "__main__":
    main()
