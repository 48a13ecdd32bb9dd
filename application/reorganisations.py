"""The end of a temporary shield because its day passed: the record returns, or its term is over by now (REP-5).

The deadline runner appends it, one case in one transaction; a department ends one by a command of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from application.ledger import Ledger, OpenedRow
from application.ports import Append
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import version_in_force
from domain.records.events import PublicityEnded
from domain.records.publicity import decided_on, item_code, term_end
from domain.remedies.reorganisation import after_reorganisation, expired, fold_reorganisation
from domain.remedies.repair_events import RecordReturned
from domain.remedies.standing import Standing, standing_of


def expired_append(ledger: Ledger, rows: Sequence[OpenedRow], *, meta: Mapping[str, str]) -> Append | None:
    """The append that ends the temporary shield of these rows because its day passed; None before that."""
    found = fold_reorganisation(row.event for row in rows)
    ended = None if found is None else expired(found, now=ledger.now())
    if found is None or ended is None:
        return None
    owner = parse_key_reference(rows[0].row.key_ref)["public"]
    acts = [ledger.seal(ended, owners={"public": owner})]
    records = ledger.open_all(ledger.store.load("records", found.record), log="records")
    standing = standing_of(row.event for row in records if "public" in row.opened)
    then = None
    if standing is not None:
        last = last_day(Registry(ledger), standing)
        then = after_reorganisation(ended, standing, record_id=found.record, ends=last)
    if then is not None:
        of_record = parse_key_reference(records[0].row.key_ref)["public"]
        acts.append(ledger.seal(then, owners={"public": (of_record[0], "public")}))
    batch = ledger.prepare(acts, meta={**meta, "correlation": str(found.id)})
    batch.closed = [found.id]
    batch.returns = [found.record] if isinstance(then, RecordReturned) else []
    batch.suppress = [found.record] if isinstance(then, PublicityEnded) else []
    return batch


def last_day(registry: Registry, standing: Standing) -> date | None:
    """The last day of a record's term, as the views apply it; None for none."""
    content = standing.content
    item = version_in_force(registry.item(item_code(content)).items, decided_on(content))
    months = registry.months_max(decided_on(content), {})
    return None if item is None else term_end(item, content, months_max=months)
