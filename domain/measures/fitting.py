"""Decides whether a measure may be applied to a subject now, with every rule that decided (MEA-1 to MEA-5, JNT-4).

Before it stand the list's item and what the measure would rest on; after it the naming, the sealed act, and the answer
to a department that only asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.measures.case import JOINTLY, Measure
from domain.measures.events import MeasureApplied
from domain.measures.items import DEPARTMENT, OTHERS, SLIGHT, MeasureItem, Provision
from domain.parties.acting import is_text
from domain.shared.deadlines import add_months
from domain.shared.refusals import Defect

RECORD, LISTING, LINK, SCORE = "record", "listing", "link", "credit_score"
NO_GROUND = {
    SCORE: ("MEA-4", "measure_on_a_score"),
    "reference": ("JNT-5", "measure_on_a_reference"),
    "watch": ("JNT-3", "measure_on_a_watch"),
}
"""What founds no measure by a rule of its own: 信用分, 供参考的名单, 重点关注名单."""
RULES = ("MEA-1", "MEA-2", "MEA-3", "MEA-4", "MEA-5")
"""What every answer was asked against, in this order."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a measure would rest on (所针对的记录或名单): a record or a listing of the subject, or its link to one.

    ``item`` is the catalogue item (a list has the code of its own), ``until`` the last day of a listing, ISO text or
    empty. ``stands``: it counts today; ``objected``: an objection to it is being verified; ``stopped``: its item or
    list is not executed (INS-2); ``spared``: leniency covers the record, or it is a minor's (DET-4). ``role`` is that
    of a person linked to an organisation's record (DET-7). ``records`` are the facts behind it: a listing's own, else
    the record itself.
    """

    kind: str
    id: str
    item: str
    severity: str
    subject_kind: str
    stands: bool
    objected: bool
    until: str = ""
    stopped: bool = False
    spared: bool = False
    role: str = ""
    records: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a measure may be applied on one ground (可否实施): by which provision, and why not."""

    ground: Ground
    provision: Provision | None
    defects: tuple[Defect, ...]

    @property
    def may(self) -> bool:
        """Whether it may."""
        return not self.defects


def ground_kind_defects(kind: str) -> list[Defect]:
    """That a measure rests on a record, a listing or a link to a record (MEA-1): on no score (MEA-4), on no entry for
    reference (JNT-5) and on no watch (JNT-3)."""
    if kind in NO_GROUND:
        rule, code = NO_GROUND[kind]
        return [Defect(rule, code, "/rests_on/kind")]
    if kind not in (RECORD, LISTING, LINK):
        values = {"values": f"{RECORD}、{LISTING}、{LINK}"}
        return [Defect("MEA-1", "measure_without_ground", "/rests_on/kind", values)]
    return []


def addressee_defects(kinds: Iterable[str]) -> list[Defect]:
    """That nobody but departments is told to apply a measure (MEA-3)."""
    return [
        Defect("MEA-3", "measure_addressed_to_others", f"/responders/{number}/kind")
        for number, kind in enumerate(kinds)
        if kind != DEPARTMENT
    ]


def item_may(item: MeasureItem | None, department: str) -> list[Defect]:
    """That the list in force has the measure, and that this department applies it (MEA-1, MEA-3, INS-2)."""
    if item is None:
        return [Defect("MEA-1", "measure_not_listed", "/measure")]
    about = {"measure": item.code}
    if item.status == "suspended":
        return [Defect("INS-2", "measure_item_suspended", "/measure", {**about, "title": item.stopped_by})]
    if item.carrier in OTHERS:
        return [Defect("MEA-3", "measure_left_to_others", "/measure", about)]
    if item.carrier != DEPARTMENT:
        return [Defect("MEA-1", "measure_of_another_process", "/measure", about)]
    if item.departments and department not in item.departments:
        return [Defect("MEA-1", "measure_not_its_department", "/measure", about)]
    return []


def judge(
    item: MeasureItem | None,
    ground: Ground,
    *,
    department: str,
    cited: Mapping[str, str] | None = None,
    applied: Iterable[Measure] = (),
) -> Verdict:
    """Whether ``department`` may apply the measure on this ground today.

    ``cited`` is the provision that it cites; None asks for any that fits. ``applied`` are the measures that the subject
    has now, and those that were ended because the conduct was corrected.
    """
    defects = item_may(item, department)
    if item is None or defects:
        return Verdict(ground, None, tuple(defects))
    if not ground.stands:
        defects.append(Defect("MEA-1", "measure_ground_gone", "/rests_on/id"))
    if ground.stopped:
        defects.append(Defect("INS-2", "measure_ground_stopped", "/rests_on/id", {"item": ground.item}))
    if ground.spared and item.heavy:
        defects.append(Defect("DET-4", "measure_spared_by_leniency", "/measure", {"measure": item.code}))
    provision, fit = _provision(item, ground, cited)
    defects += fit
    if ground.subject_kind not in item.subject_kinds:
        defects.append(Defect("MEA-2", "measure_of_other_subjects", "/measure", {"measure": item.code}))
    cited_as = {} if provision is None else provision.cited_as
    borne = tuple(applied)
    if any(m.cause == JOINTLY and m.rests_on == ground.id for m in borne):
        defects.append(Defect("JNT-4", "measure_conduct_corrected", "/rests_on/id"))
    own = (m for m in borne if m.is_open and (m.code, m.department) == (item.code, department))
    if any(on_the_same_fact(m, ground.id, ground.records, cited_as) for m in own):
        defects.append(Defect("MEA-2", "measure_stacked", "/measure", {"measure": item.code}))
    if ground.objected:
        defects.append(Defect("MEA-5", "measure_ground_objected", "/rests_on/id"))
    return Verdict(ground, provision, tuple(defects))


def on_the_same_fact(
    measure: Measure, ground: str, records: Iterable[UUID], provision: Mapping[str, str]
) -> bool:
    """Whether a measure rests on this ground, or under the same provision on a fact behind it: a record and a list that
    rests on it are one conduct, which no provision punishes twice (MEA-2)."""
    shared = not set(measure.records).isdisjoint(records) and dict(measure.provision) == dict(provision)
    return measure.rests_on == ground or shared


def term_defects(
    applied: MeasureApplied, provision: Provision, *, first_day: str, ground_until: str, today: date
) -> list[Defect]:
    """That a measure has a term within the legal standard of its provision (JNT-4, MEA-2).

    ``first_day`` is the day on which this measure was first applied on the same fact, empty when never: what was
    applied before counts. ``ground_until`` is the last day of the listing that it rests on, empty when open.
    """
    defects: list[Defect] = []
    days = (_day(applied.from_day), _day(applied.until))
    begins, ends = days
    if begins != today or ends is None or ends < today:
        return [Defect("JNT-4", "measure_term_unusable", "/parts/public/until")]
    first = _day(first_day) or today
    last = add_months(first, provision.months_max)
    if ends > last:
        told = {"last": last.isoformat(), "months": str(provision.months_max)}
        defects.append(Defect("MEA-2", "measure_beyond_the_standard", "/parts/public/until", told))
    if ground_until and applied.until > ground_until:
        told = {"last": ground_until}
        defects.append(Defect("JNT-4", "measure_outlives_its_ground", "/parts/public/until", told))
    return defects


def act_defects(applied: MeasureApplied, measure: Measure, *, named: str) -> Iterator[Defect]:
    """That the sealed act is about the measure that was named: its item, provision, ground and department (MEA-1)."""
    told = (applied.measure, applied.version, dict(applied.provision), applied.department)
    if told != (measure.code, measure.item_version, dict(measure.provision), measure.department):
        yield Defect("MEA-1", "measure_of_other_naming", "/parts/public/measure")
    if applied.named != named or (applied.rests_on or "") != measure.rests_on:
        yield Defect("MEA-1", "measure_of_other_ground", "/parts/public/named")
    if not is_text(applied.content or ""):
        yield Defect("MEA-1", "measure_without_content", "/parts/restricted/content")


def _provision(
    item: MeasureItem, ground: Ground, cited: Mapping[str, str] | None
) -> tuple[Provision | None, list[Defect]]:
    """The provision that is cited, or the first that fits; and what does not fit in it (MEA-1, MEA-2)."""
    if cited is not None:
        found = item.provision(cited)
        if found is None:
            return None, [Defect("MEA-1", "measure_provision_unknown", "/provision", {"measure": item.code})]
        return found, _unfit(item, found, ground)
    judged = [(provision, _unfit(item, provision, ground)) for provision in item.provisions]
    return min(judged, key=lambda pair: len(pair[1]))


def _unfit(item: MeasureItem, provision: Provision, ground: Ground) -> list[Defect]:
    defects = []
    if ground.item not in provision.items:
        about = {"measure": item.code, "item": ground.item}
        defects.append(Defect("MEA-2", "measure_not_related", "/provision", about))
    if ground.severity not in provision.severities:
        heavy = item.heavy and ground.severity == SLIGHT
        code = "measure_too_heavy" if heavy else "measure_severity_unfit"
        told = {"measure": item.code, "severity": ground.severity}
        defects.append(Defect("MEA-2", code, "/provision", told))
    if ground.kind == LINK and ground.role not in provision.linked_roles:
        reached = "、".join(provision.linked_roles) or "-"
        told = {"measure": item.code, "role": ground.role, "values": reached}
        defects.append(Defect("MEA-1", "measure_not_of_linked", "/provision", told))
    return defects


def _day(text: str) -> date | None:
    """A day in its one form, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
