"""Keeping the logs' signed trees at their heads: one process leads, others stand by."""

from __future__ import annotations

import time

import click

from application.ports import LedgerUnavailable
from application.sequencer import Rounds
from infrastructure.bootstrap import SequencerServices, Settings, configure_logs, make_sequencers, open_trees
from interfaces.cli.operate import WAIT_SECONDS, Stop

BATCH_EVERY_SECONDS = 0.15
"""How often a tree may grow: a receipt waits for the next batch, and one checkpoint covers all of it."""


@click.command()
def sequence() -> None:
    """Sign the logs as trees, publish their tiles and have them witnessed (one process leads, others stand by)."""
    configure_logs()
    stop = Stop()
    settings = Settings.from_environment()
    trees = open_trees(settings)
    found = make_sequencers(settings, trees)
    while not stop.asked:
        try:
            if found.keys_changed():
                found = make_sequencers(settings, trees)
            _lead(found, stop)
        except LedgerUnavailable:
            stop.wait(WAIT_SECONDS)


def _lead(found: SequencerServices, stop: Stop) -> None:
    with found.trees.leadership() as conn:
        if conn is None:
            stop.wait(WAIT_SECONDS)
            return
        for sequencer in found.sequencers:
            sequencer.catch_up()
        rounds = Rounds()
        with found.witnessing.running(), found.stamping.running():
            while not stop.asked and not found.keys_changed():
                begun = time.monotonic()
                conn.execute("SELECT")  # the lock is gone with its connection: then another may lead already
                found.witnessing.check()
                at_least = rounds.begin(time.time())
                for sequencer in found.sequencers:
                    sequencer.run_once(at_least=at_least[sequencer.log])
                stop.wait(max(BATCH_EVERY_SECONDS - (time.monotonic() - begun), 0))
