"""``python -m benchmarks``: measure, and print every figure beside its limit and its peer of the same run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from benchmarks import append, intake, reading, requests, trees
from benchmarks.figures import Figure, table
from benchmarks.place import Place, temporary_place

PARTS: Mapping[str, Callable[..., Iterator[Figure]]] = {
    "append": append.measure,
    "requests": requests.measure,
    "intake": intake.measure,
    "reading": reading.measure,
    "trees": trees.measure,
}


@click.command()
@click.option("--quick", is_flag=True, help="Small sizes and one round; under a minute.")
@click.option("--only", type=click.Choice(sorted(PARTS)), help="One part instead of all.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write it here too."
)
def main(*, quick: bool, only: str | None, json_file: Path | None) -> None:
    """Measure intake, append and reading beside what the machine can do in the same run.

    L1/L16: pgbench, one-event INSERT, 1/16 clients. LQ1/LQ16: that, and a row read after it.
    LC: COPY BINARY of ready rows. LR: binary read of the log.
    """
    figures: list[Figure] = []
    with temporary_place() as place:
        for name in [only] if only else PARTS:
            click.echo(f"measuring {name} ...", err=True)
            figures += _part(place, name, quick=quick)
    click.echo(f"{os.cpu_count()} cores, Python {platform.python_version()}" + (", quick" if quick else ""))
    click.echo(table(figures))
    if json_file:
        json_file.write_text(json.dumps([f.as_json() for f in figures], ensure_ascii=False, indent=1) + "\n")


def _part(place: Place, name: str, *, quick: bool) -> list[Figure]:
    return list(PARTS[name](place, quick=quick))


if __name__ == "__main__":
    main()
