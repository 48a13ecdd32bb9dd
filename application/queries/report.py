"""What a credit report says (公共信用信息报告, DOMAIN 7): sections of the records that stand, made from facts alone.

A pure function of what was shown and of what was issued, so that a replay gives the same bytes; ``reporting.py``
decides, logs and reads before it. There is no score, no grade and no rank in it, of anybody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.ledger import instant, parse_instant
from application.ports import Vault
from application.projections.renditions import GONE
from application.queries.history import Moment
from application.topics import event_class
from domain.access.consent import Consent
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import Purpose
from domain.catalogue.items import CatalogueItem
from domain.listing.events import ListingDecided
from domain.listing.red import RedListed
from domain.listing.shown import FORM as LISTING_FORM
from domain.parties.events import SubjectRegistered
from domain.records.events import RecordDetermined
from domain.records.masking import masked_ends
from domain.records.publicity import FORMS, decided_on, item_code, term_end
from domain.remedies.events import RecordAnnotated, RecordCorrected
from domain.remedies.repair_events import RecordReturned
from domain.shared.canonical import Json, Parts
from domain.transparency.epoch import shown_commitment

FIRST_FORM, FORM = "xinlu/report@v1", "xinlu/report@v2"
"""The forms of a report: in which one was issued its event says, one without it is of the first. In the first, what lay
outside a consent had a count of nothing (ADR 0060)."""
REPORT = "report"
SUBJECT, AGENT, DEPARTMENT = "subject", "agent", "department"
KEPT_AT_BOTH_ENDS = 4
"""Characters of a person's document number that a report shows at each end (DOMAIN 6)."""
Items = Callable[[str, date], CatalogueItem | None]
"""The version of a catalogue item that was in force on a day."""
MonthsMax = Callable[[date], tuple[int, ...] | None]
"""The maximum terms of the severity classes that the office had set for records of a day, None for none."""


@dataclass(frozen=True)
class Section:
    """A section (栏目) of every report, and the categories of the catalogue whose records stand in it."""

    id: str
    zh: str
    en: str
    categories: tuple[str, ...] = ()


EVALUATION = "evaluation"
SECTIONS = (
    Section("basics", "基础信息", "Basic information", ("C01", "C04")),
    Section("administration", "行政管理", "Administrative acts", ("C03",)),
    Section("honesty", "诚实守信", "Honours for good faith", ("C11",)),
    Section("serious", "严重失信", "Lists of serious dishonesty", ("C06",)),
    Section("abnormal", "经营异常", "Lists of abnormal operation", ("C05",)),
    Section("promises", "信用承诺", "Credit commitments", ("C08",)),
    Section(EVALUATION, "信用评价", "Credit evaluation", ("C09",)),
    Section("judgments", "司法判决", "Judicial decisions", ("C02",)),
    Section("other", "其他", "Other"),
)
LABELS: Mapping[str, tuple[str, str]] = {
    "honesty": ("守信激励对象", "honoured for good faith"),
    "serious": ("失信惩戒对象", "on a list of serious dishonesty"),
    "abnormal": ("经营异常", "on a list of abnormal operation"),
    "objected": ("有异议处理中", "an objection is pending"),
}
_CONTENT: Mapping[str, tuple[str, str, str]] = {
    "penalty": ("CF_CFJG", "CF_WFXW", "CF_NR"),
    "licence": ("XK_XKJG", "XK_XKWS", "XK_NR"),
    "determination": ("RD_JDJG", "RD_WSMC", "RD_NR"),
}
"""Of each form: who decided, about what, and what."""
_LISTED: Mapping[str, str] = {
    "authority_name": "RD_JDJG", "measures": "RD_WSMC", "incentives": "RD_WSMC", "basis": "RD_NR",
    "document_number": "RD_WSH", "decided_on": "RD_JDRQ", "name": "RD_XDR_MC", "person_name": "RD_XDR_MC",
}  # fmt: skip
"""A decision to list is told as a determination: its contents by that form's codes."""


@dataclass(frozen=True)
class Standing:
    """A record that stands: what is shown of it, merged over its parts, and where in the log that stands."""

    record: str
    position: int
    item: str
    item_zh: str
    item_en: str
    form: str
    fields: Mapping[str, Json]
    recorded_at: str
    until: str
    corrected: bool
    repaired_on: str
    returned_on: str = ""

    @property
    def decided(self) -> str:
        """The day of its decision, ISO."""
        return str(self.fields[FORMS[self.form].decided])


@dataclass(frozen=True)
class Issue:
    """What a report is made of, besides its records: who it is about, the look that showed them, what is issued.

    ``salt`` makes its digest one that nobody can guess; ``scope`` are the items of the consent, None for all.
    """

    ledger: str
    authority: str
    subject: SubjectRegistered
    look: SubjectQueried
    department_name: str
    purpose: Purpose
    consent: Consent | None
    scope: tuple[CatalogueItem, ...] | None
    issued: ReportIssued
    salt: bytes


def _as_determination(public: Mapping[str, Json], item: str) -> dict[str, Json]:
    """What a decision to list says, under the codes of a determination."""
    fields = {code: public[name] for name, code in _LISTED.items() if name in public}
    return {"form": "determination", "item": item, **fields}


def standing(
    record: str, moments: Sequence[Moment], items: Items, months_max: MonthsMax, *, on: date
) -> Standing | None:
    """A record by its history; None when it ended, its term is over on the day, or its content was erased (PUB-4).

    Raises ``KeyError`` for a form that is none of ours.
    """
    parts: Parts | None = None
    held, repaired, returned, corrected, gone = moments[0], "", "", False, False
    listed: str | None = None
    for moment in moments:
        event = event_class(moment.event).from_parts(
            moment.parts, stream_id=UUID(record), version=1, recorded_at=parse_instant(moment.at)
        )
        if isinstance(event, GONE):
            gone = True
        elif isinstance(event, RecordReturned):
            gone, repaired, returned = False, "", event.returned_on
        if isinstance(event, RecordDetermined | RecordCorrected) and "public" in moment.parts:
            parts, held, corrected = event.content, moment, isinstance(event, RecordCorrected)
        elif isinstance(event, ListingDecided | RedListed) and "public" in moment.parts:
            told = {**moment.parts["public"], **moment.parts.get("person/1", {})}
            parts, held = {"public": _as_determination(told, event.list_code)}, moment
            listed = event.until or ""
        elif isinstance(event, RecordAnnotated):
            repaired = event.repaired_on
    if parts is None or gone:
        return None
    item = items(item_code(parts), decided_on(parts))
    if listed is not None:  # its term is its list's own, which may be none
        ends = date.fromisoformat(listed) if listed else None
    else:
        months = months_max(decided_on(parts))
        ends = None if item is None else term_end(item, parts, months_max=months)
    if ends is not None and ends < on:
        return None
    return Standing(
        record=record,
        position=held.position,
        item=item_code(parts),
        item_zh=item.name_zh if item else "",
        item_en=item.name_en if item else "",
        form=str(parts["public"]["form"]),
        fields={code: value for part in parts.values() for code, value in part.items()},
        recorded_at=held.at,
        until="" if ends is None else ends.isoformat(),
        corrected=corrected,
        repaired_on=repaired,
        returned_on=returned,
    )


def shown_standing(shown: Mapping[str, Any]) -> Standing:
    """A record as an answer to a department shows it (``parts`` and ``proofs`` by part, ``until``)."""
    note = shown.get("note") or {}
    fields = {code: value for part in shown["parts"].values() for code, value in part.items()}
    form = str(shown["form"])
    if form == LISTING_FORM:
        form, fields = "determination", _as_determination(fields, str(shown["item"]))
    return Standing(
        record=str(shown["record"]),
        position=min(int(proof["leaf"]) for proof in shown["proofs"].values()) + 1,
        item=str(shown["item"]),
        item_zh=str(shown["item_name_zh"]),
        item_en=str(shown["item_name_en"]),
        form=form,
        fields=fields,
        recorded_at=str(shown["recorded_at"]),
        until=str(shown["until"]),
        corrected="corrects" in shown,
        repaired_on=str(note.get("repaired_on", "")),
        returned_on=str((shown.get("returned") or {}).get("returned_on", "")),
    )


class Shown(Protocol):
    """What a look showed of one part of one record, as a replay gives it."""

    @property
    def record(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def shown(self) -> bytes: ...


def records_of(parts: Iterable[Shown], items: Items, months_max: MonthsMax) -> list[Standing]:
    """The records that a subject's own look showed, by their whole histories."""
    records: list[Standing] = []
    for part in parts:
        if part.shown:
            moments = [Moment(*moment) for moment in json.loads(part.shown)]
            stands = standing(part.record, moments, items, months_max, on=date.min)
            records += [stands] if stands else []
    return records


def within(records: Sequence[Standing], from_day: str | None, to_day: str | None) -> list[Standing]:
    """Those decided within the bounds, newest decision first."""
    found = [r for r in records if (from_day or "") <= r.decided and (not to_day or r.decided <= to_day)]
    return sorted(found, key=lambda r: (r.decided, r.record), reverse=True)


def report(issue: Issue, records: Sequence[Standing]) -> dict[str, Json]:
    """The report as JSON, without score or grade (MEA-4); its canonical bytes are what is committed to."""
    issued, objected = issue.issued, frozenset(issue.issued.objected or ())
    told, form = within(records, issued.from_day, issued.to_day), issued.form or FIRST_FORM
    sections = [_section(section, told, issue.scope, objected, form) for section in SECTIONS]
    untold = {str(s["id"]) for s in sections if "records" not in s}
    return {
        "format": form,
        "number": issued.number,
        "issued_at": instant(issued.timestamp),
        "ledger": issue.ledger,
        "issuer": issue.authority,
        "kind": "individual" if issue.subject.subject_kind == "natural_person" else "organisation",
        "subject": _subject(issue.subject, told),
        "asked": _asked(issue),
        "period": {"from": issued.from_day or "", "to": issued.to_day or ""},
        "look": issued.look,
        "labels": labels(sections),
        **({} if form == FIRST_FORM else {"labels_outside": [code for code in LABELS if code in untold]}),
        "counts": {str(s["id"]): len(_list(s["records"])) for s in sections if "records" in s},
        "sections": [*sections],
        "salt": issue.salt.hex(),
    }


def labels(sections: Sequence[Mapping[str, Json]]) -> list[Json]:
    """The labels (标识) that facts give: a list that a record stands on, an objection that is pending.

    The one place where decisions to list somebody will add theirs. Never an opinion of ours.
    """
    stands = {str(s["id"]) for s in sections if s.get("records")}
    if any("objected" in _list(entry["marks"]) for s in sections for entry in _entries(s)):
        stands.add("objected")
    return [{"code": code, "zh": zh, "en": en} for code, (zh, en) in LABELS.items() if code in stands]


def committed(event: ReportIssued, content: bytes, salt: bytes) -> ReportIssued:
    """The event with what commits to the report's bytes: as to an answer with one part, of leaf index 0, so that
    a verifier of answers can check it (``domain.transparency.epoch``)."""
    digest = hashlib.sha256(content).hexdigest()
    answer = shown_commitment(salt, leaf_index=0, content=content)
    return replace(event, shown=[[event.number, REPORT, digest]], answers=[answer.hex()])


def salt_of(vault: Vault, number: str) -> bytes:
    """The salt of a report: nobody else can draw it, and a replay draws it again."""
    return vault.mac("report", number.encode())


def scope_of(consent: Consent | None, items: Items) -> tuple[CatalogueItem, ...] | None:
    """The items that a consent covers, as they stood on its first day; None when all is shown."""
    if consent is None:
        return None
    found = (items(code, consent.from_day) for code in consent.items)
    return tuple(item for item in found if item is not None)


def _section(
    section: Section,
    records: Sequence[Standing],
    scope: Sequence[CatalogueItem] | None,
    objected: frozenset[str],
    form: str,
) -> dict[str, Json]:
    """A section with its records; one of which nothing is within the consent says so, and not that there is none.

    Of the newer form such a one has no list and no count, and one that the consent covers in part says that there is
    nothing within it, since of the section's other items nobody may be told.
    """
    mine = [_entry(r, section, objected) for r in records if section_of(r.item) == section.id]
    outside = scope is not None and section.id not in {section_of(item.code) for item in scope}
    first = form == FIRST_FORM
    nothing = "none" if first or scope is None else "none_within"
    state = "outside" if outside else "told" if mine else nothing
    told: dict[str, Json] = {} if outside and not first else {"records": [*mine]}
    return {"id": section.id, "zh": section.zh, "en": section.en, "state": state, **told}


def section_of(item: str) -> str:
    """The section in which records of a catalogue item stand, by its category."""
    category = item.partition("-")[0]
    return next((s.id for s in SECTIONS if category in s.categories), SECTIONS[-1].id)


def _entry(record: Standing, section: Section, objected: frozenset[str]) -> dict[str, Json]:
    form, fields = FORMS[record.form], record.fields
    authority, about, what = (str(fields.get(code, "")) for code in _CONTENT[record.form])
    if section.id == EVALUATION:
        # That somebody was evaluated, by whom and when; a result would be a grade in a report that has none.
        about = what = ""
    marks = {
        "objected": record.record in objected,
        "annotated": bool(record.repaired_on),
        "corrected": record.corrected,
        "returned": bool(record.returned_on),
    }
    return {
        "record": record.record,
        "item": record.item,
        "item_zh": record.item_zh,
        "item_en": record.item_en,
        "document": str(fields.get(f"{form.prefix}WSH", "")),
        "authority": authority,
        "decided_on": record.decided,
        "until": record.until,
        "about": about,
        "content": what,
        "marks": [mark for mark, holds in marks.items() if holds],
        "repaired_on": record.repaired_on,
        "recorded_at": record.recorded_at,
        "receipt": f"records:{record.position}",
    }


def _subject(subject: SubjectRegistered, records: Sequence[Standing]) -> dict[str, Json]:
    """Who it is about, under the name of the newest record; a person's number is masked."""
    names = (r.fields.get(f"{FORMS[r.form].prefix}XDR_MC") for r in records)
    name = next((str(name) for name in names if name), "")
    if subject.subject_kind != "natural_person":
        return {"name": name, "code": subject.code or ""}
    number = masked_ends(subject.id_number or "", keep_left=KEPT_AT_BOTH_ENDS, keep_right=KEPT_AT_BOTH_ENDS)
    return {"name": name, "id_type": subject.id_type or "", "id_number": number}


def _asked(issue: Issue) -> dict[str, Json]:
    look, consent = issue.look, issue.consent
    by = look.role if look.role in (SUBJECT, AGENT) else DEPARTMENT
    told: dict[str, Json] = {
        "by": by,
        "department": look.department,
        "department_name": issue.department_name,
        "purpose": look.purpose,
        "purpose_zh": issue.purpose.zh,
        "purpose_en": issue.purpose.en,
        "case": look.case or "",
        "basis": look.basis or "",
    }
    if consent is not None:
        items: list[Json] = [{"code": i.code, "zh": i.name_zh, "en": i.name_en} for i in issue.scope or ()]
        told["consent"] = {"id": look.consent or "", "until": consent.until.isoformat(), "items": items}
    return told


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def _entries(section: Mapping[str, Json]) -> list[dict[str, Json]]:
    return [entry for entry in _list(section.get("records", [])) if isinstance(entry, dict)]
