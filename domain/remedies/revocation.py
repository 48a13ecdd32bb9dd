"""Revoking a repair that false material obtained, or whose commitment was broken (REP-5; DOMAIN 3).

Before it stands a granted repair and what its department seals; after it the record returns where that is still lawful,
and a further repair of it is barred for a term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.parties.acting import (
    DIGESTS_MAX,
    Officer,
    answer_defects,
    deciding_defects,
    is_proof,
    texts_of,
    took_part,
)
from domain.remedies.repair_case import Repair
from domain.remedies.repair_events import RecordReturned
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.events import placed
from domain.shared.refusals import Defect

CAUSES = ("false_material", "broken_commitment")
"""Why a repair is revoked: material was false (虚假材料), or the applicant broke its commitment (违反信用承诺)."""


def revocation_defects(
    repair: Repair,
    said: Mapping[str, Any],
    *,
    officer: Officer,
    determined_by: str | None,
    leaf_hash: str,
) -> Iterator[Defect]:
    """What keeps a department's sealed statement from revoking a repair; ``leaf_hash`` is that of its decision.

    ``said`` is what all its parts say together.
    """
    others = took_part(determined_by=determined_by)
    yield from deciding_defects(officer, source=repair.source, others=others, rule="REP-5")
    if not repair.granted or repair.revoked:
        yield Defect("REP-5", "repair_not_revocable")
    if said.get("revokes") != leaf_hash:
        yield Defect("REP-5", "repair_revokes_another", "/parts/public/revokes")
    if said.get("officer") != officer.pseudonym:
        yield Defect("REP-5", "repair_revoked_by_another", "/parts/public/officer")
    if said.get("cause") not in CAUSES:
        yield Defect(
            "REP-5", "repair_revoked_without_cause", "/parts/public/cause", {"values": "、".join(CAUSES)}
        )
    evidence = texts_of(said.get("evidence"))
    if not is_proof(evidence):
        yield Defect(
            "REP-5", "repair_revoked_unproven", "/parts/restricted/evidence", {"most": str(DIGESTS_MAX)}
        )
    reasons, remedies = said.get("reasons"), said.get("remedies")
    told = (
        remedies
        if isinstance(remedies, Mapping) and all(isinstance(r, str) for r in remedies.values())
        else {}
    )
    yield from answer_defects(reasons if isinstance(reasons, str) else "", told, rule="REP-5")


def returned_record(
    repair: Repair,
    standing: Standing,
    *,
    record_id: UUID,
    ends: date | None,
    bar_months: int,
    now: datetime,
) -> RecordReturned | None:
    """The return of a record whose repair was revoked; None where there is nothing lawful to undo.

    That is: what ``repair`` took out of view or annotated, unless the record was withdrawn, is to be deleted, ended, or
    its term is over by now (``ends`` is its last day, None for none).
    """
    today = city_day(now)
    over = ends is not None and ends < today
    undone = standing.status == "shielded" and standing.repair == str(repair.id) and repair.mode == "shield"
    noted = standing.status == "standing" and standing.repair == str(repair.id)
    if over or not (undone or noted):
        return None
    return RecordReturned(
        **placed(record_id, standing.version + 1, now),
        cause="repair_revoked",
        by=str(repair.id),
        shows=standing.content_version,
        returned_on=today.isoformat(),
        barred_until=add_months(today, bar_months).isoformat(),
    )
