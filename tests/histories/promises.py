"""The fifteen promises (``ARCHITECTURE.md`` 4) over random histories: which check holds each, and where it stands.

1, 2  ``rows_are_dense_chained_and_sealed``, after each step, by arithmetic of its own; ``Publishing.witness`` for trees
      and tiles; ``fsck`` when a history ends, also against what was cosigned earlier in it (``is_whole``).
3     ``Enduring.log_is_down``: no half step, and what is sent again is done once; ``Bench.heads`` reads in another
      session what was acknowledged. Not here: ``fsync`` and a process that is killed (``tests/e2e/test_crash.py``).
4     ``Bench.act``, ``Bench.is_refused``: what an act, a look or a refusal adds to the access log, to the event;
      ``Enduring.log_is_down``: 503 while nothing can be logged.
5     ``rows_are_dense_chained_and_sealed``: each leaf's signature, and whose; ``all_opens_but_what_is_erased``.
6     ``holds_to_the_end``: a rebuild when a history ends is equal to the live views.
7     ``nothing_suppressed_is_visible`` in ``test_remedy_histories.py``; ``Subjects.query``, ``Reporting.read_report``;
      ``Publishing.is_in_the_maps`` for both outward maps of the newest epoch.
8     ``all_opens_but_what_is_erased``; ``Bench.tells_no_secret`` over every answer.
9     ``Subjects.read_looks``, ``test_query_histories.py``: a subject's list is the model's, look by look.
10    ``every_answer_is_made_again``: each answer of a history, to the byte.
11    ``send_again`` in ``test_remedy_histories.py``; ``Disputing.reuse``: no id is used again.
12    ``Publishing.is_proven``: a bundle of what stands and what is gone, by the verifier; refused with one bit changed.
      Not here: answers, looks, stamps, and the same checks in the browser (``tests/integration/test_evidence.py``).
13    ``Bench.act``: each act is sent twice and done once; flaw ``stale``: 412, and nothing is lost.
14    ``rows_are_dense_chained_and_sealed`` knows every key that signs; keys change in ``test_keys.py``.
15    ``Enduring.over_a_limit``: one more than may be of bytes, subjects, cases, entries, text, responders.
      Not here: queues, times and rates (``test_bad_input.py``, ``test_operations.py``).
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis.errors import HypothesisException
from hypothesis.stateful import invariant

from application.data_keys import unwrap_all
from application.ledger import open_rows
from application.ports import KeyName, Log
from domain.records.erasure import DataErased
from domain.transparency.digest import StoredRow
from tests.histories.bench import LOGS, Acts, Bench

BY_DEPARTMENT = (
    "record.determined", "record.corrected", "record.withdrawn", "record.person_linked", "listing.decided",
    "measure.applied", "flag.answered", "redlist.listed", "watchlist.entered", "reference.entered",
)  # fmt: skip
"""What the department that answers for it seals itself, never the platform (DET-5)."""
ACT_LEAF_BYTES = 106
Place = tuple[str, str, str]
"""Log, position and part."""


class Seals:
    """Who sealed what: the keys of departments and of the gateway, by the name that a leaf gives them."""

    def __init__(self, bench: Bench) -> None:
        keys = {code: key.public_key for code, key in bench.world.keys.items()} | {
            "": bench.world.gateway.public_key
        }
        self.holders = {
            hashlib.sha256(b"credit/key/v1\n\x01" + public).digest()[:8]: (code, public)
            for code, public in keys.items()
        }

    def holder(self, row: StoredRow) -> str:
        """The department that signed a leaf of one act, empty for the gateway. Raises when nobody known did."""
        leaf = row.leaf
        assert (len(leaf), leaf[0]) == (ACT_LEAF_BYTES, 1), row.topic
        holder, public = self.holders[leaf[34:42]]
        Ed25519PublicKey.from_public_bytes(public).verify(leaf[42:], b"credit/leaf/v1\n" + leaf[:42])
        return holder


def chained(previous: bytes, row: StoredRow) -> bytes:
    """The digest of a row by the words of STORAGE 4."""
    whole = hashlib.sha256(b"credit/row/v1\n" + previous)
    for field in (
        row.position.to_bytes(8), row.stream_id.bytes, row.stream_version.to_bytes(8), row.topic.encode(),
        row.schema_version.to_bytes(4), row.recorded_at.encode(), row.meta, row.key_ref.encode(), row.sealed, row.leaf,
    ):  # fmt: skip
        whole.update(len(field).to_bytes(4) + field)
    return whole.digest()


class Promises(Acts):
    """What holds after every step, cheaply; what is dear is looked at when a history ends."""

    def __init__(self) -> None:
        super().__init__()
        bench = self.bench
        self.seals = Seals(bench)
        self.at: dict[Log, tuple[int, bytes]] = {log: bench.world.reader.head(log) for log in LOGS}
        self.answered: dict[int, bytes] = {}
        """Position of a look -> the bytes that were answered, for every answer of this history."""
        self.papers: dict[int, Any] = {}
        """Position of an issued report -> the report, for every one of this history."""

    @invariant()
    def rows_are_dense_chained_and_sealed(self) -> None:
        """Promises 1, 2, 5, 14: what is new in both logs follows on what was there, and somebody signed for it."""
        for log in LOGS:
            position, digest = self.at[log]
            for row in self.bench.rows(log, position):
                position += 1
                digest = chained(digest, row)
                assert (row.position, row.digest) == (position, digest)
                holder, actor = self.seals.holder(row), json.loads(row.meta).get("actor", "")
                named = {"credit_office": self.bench.office.department}.get(actor, actor)
                assert holder in ("", named), (row.topic, "sealed by another than who acted")
                assert holder or row.topic not in BY_DEPARTMENT, (
                    row.topic,
                    "sealed by nobody who answers for it",
                )
            assert self.bench.world.reader.head(log) == (position, digest)
            self.at[log] = (position, digest)

    def every_answer_is_made_again(self) -> None:
        """Promise 10: the same bytes, or for a paper the same paper, from the logs alone."""
        replay = self.bench.world.replay
        for position, body in self.answered.items():
            again, _ = replay.whole(position)
            assert again == body, f"access:{position}"
        for position, paper in self.papers.items():
            made = replay.answer(position)
            assert made.equal and json.loads(made.parts[-1].shown) == paper, f"access:{position}"

    def all_opens_but_what_is_erased(self) -> None:
        """Promises 5, 8: in all rows just what an erasure names is closed; a kept word is there, an erased one not."""
        bench, closed, named, said = self.bench, set[Place](), set[Place](), ""
        for log in LOGS:
            for one in open_rows(self._all(log), log=log, keys=self._keys):
                closed |= {(log, str(one.row.position), part) for part in one.closed}
                if isinstance(one.event, DataErased):
                    named |= {(of, at, part) for of, at, part, _ in one.event.erased}
                said += json.dumps(one.parts, ensure_ascii=False)
        assert closed == named
        assert not [word for word in bench.erased if word in said], "an erased word opens"
        assert not [word for word in bench.kept - bench.erased if word not in said], "a word is lost"

    def _keys(self, owners: Iterable[UUID]) -> dict[KeyName, bytes]:
        """Every key that there is: an auditor's, to whom no seal of a tip-off is closed."""
        world = self.bench.world
        return unwrap_all(world.vault, world.reader.data_keys_of(owners))

    def _all(self, log: Log) -> list[StoredRow]:
        rows: list[StoredRow] = []
        while more := self.bench.rows(log, len(rows)):
            rows += more
        return rows

    def teardown(self) -> None:
        """The end of each history: every flaw once more, then everything that a check of the whole can find."""
        failure = sys.exc_info()[1]
        try:
            if failure is None:
                self.holds_to_the_end()
        except Exception as found:
            self.bench.failure = self.bench.failure or found
            raise
        if isinstance(failure, Exception) and not isinstance(failure, HypothesisException):
            self.bench.failure = self.bench.failure or failure

    def holds_to_the_end(self) -> None:
        """Promises 1 to 8, 10 and 12 of the whole ledger."""
        self.close()
        self.rows_are_dense_chained_and_sealed()
        self.tick()
        self.every_answer_is_made_again()
        self.all_opens_but_what_is_erased()
        assert self.bench.world.new_projector().rebuild().equal
        self.is_whole()

    def is_whole(self) -> None:
        """Rows, trees, files, maps, views and side tables hold against each other, and against what is remembered."""
        report = self.bench.world.fsck(remembered=self.remembered())
        assert report.good, report.faults
        assert report.counts["remembered checkpoints"] == len(self.remembered())

    def remembered(self) -> Mapping[str, bytes]:
        """Checkpoints that somebody outside kept, by names of their own."""
        return {}

    def also_marked(self) -> set[tuple[UUID, UUID]]:
        """What is objected to beside records, each with its case."""
        return set()

    def shown_and_gone(self) -> tuple[set[UUID], set[UUID]]:
        """By the model: what every outward view holds now of this history, and what none does."""
        return set(), set()

    def may_return(self) -> set[UUID]:
        """What is gone now, but not for good."""
        return set()
