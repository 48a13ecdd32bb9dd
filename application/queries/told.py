"""What is told of an answer: its body, for the route that gives it and for the replay that makes it again.

Comes after a query has logged what it shows; nothing here decides, reads or leaves anything out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from application.queries.cases import CaseState
from application.queries.entries import EntriesAnswer
from application.queries.green import GreenAnswer
from application.queries.history import RecordLife
from application.queries.late import late_of
from application.queries.looks import Names
from application.queries.measures import MeasureAnswer, told_verdict
from application.queries.pages import Page
from application.queries.repair_windows import WindowState
from application.queries.reviews import ToldReview
from application.queries.shared import Answer
from application.queries.traces import Trace
from domain.access.model import OF_PLATFORM
from domain.oversight.traces import Disclosed
from domain.shared.deadlines import Calendar
from domain.shared.refusals import Defect, sentence
from domain.shared.rule_settings import RuleSettings

Body = dict[str, Any]
GROUNDS = {
    "clean_record": ("连续三年无不良信用记录", "a clean record for the years that the rule asks for"),
    "red_listed": ("列入红名单", "on a red list"),
    "neither": ("不具备绿色通道条件，按普通程序办理", "neither; served by the ordinary procedure"),
}
"""The grounds of an answer about the green channel as people read them."""
NO_NOTICE = (
    "未见信用修复告知书随决定送达的记载；如何修复可以向作出决定的部门询问",
    "nothing says that the notice of how to repair was served with the decision; its department tells how",
)
"""What is said of a decision without that notice (两书同达)."""


def body_text(body: Mapping[str, Any]) -> bytes:
    """A body as it is sent: JSON, Chinese unescaped, one line."""
    return (json.dumps(body, ensure_ascii=False) + "\n").encode()


def paper_text(name: str, content: bytes, digest: str, position: int) -> bytes:
    """A paper's own bytes, as they were committed to, under its ``name``, with digest and receipt."""
    told = b'{"%s":%s,"digest":"%s","receipt":"access:%d"}\n'
    return told % (name.encode(), content, digest.encode(), position)


def told_answers(answers: Iterable[Answer]) -> Body:
    """The answers of a shared query, one for each subject that was named."""
    return {"answers": [{"receipt": f"access:{a.position}", "records": list(a.records)} for a in answers]}


def told_page(name: str, entries: Iterable[Any], page: Page[Any], **more: Any) -> Body:
    """A page under the name of its entries; ``next`` only where there are more."""
    following = {"next": page.next} if page.next else {}
    return {name: list(entries), **more, **following}


def told_life(life: RecordLife, calendar: Calendar, settings: RuleSettings) -> Body:
    """A record of a dossier, with how late it was published, if it was, and for what a measure is not executed."""
    told: Body = {"record": life.record, "history": [vars(moment) for moment in life.moments]}
    if life.stopped:
        told["stopped"] = life.stopped
    if life.repair_notice is not None:
        told["repair_notice"] = _told_notice(life.repair_notice)
    if late := late_of(life, calendar, settings):
        told["late"] = {"due": late.due.isoformat(), "days": late.days, "provisional": late.provisional}
    return told


def _told_notice(served_on: str) -> Body:
    """That the notice of how to repair was served with the decision, and when; or that nothing is told of it."""
    if served_on:
        return {"served": True, "served_on": served_on}
    zh, en = NO_NOTICE
    return {"served": False, "note_zh": zh, "note_en": en}


def told_entries(answer: EntriesAnswer) -> Body:
    """The entries of a subject that the asker may be told of."""
    return {"entries": list(answer.entries), "receipt": f"access:{answer.position}"}


def told_channel(answer: GreenAnswer) -> Body:
    """Whether the green channel is open, and by which ground."""
    ground = answer.decided.ground
    zh, en = GROUNDS[ground]
    return {
        "eligible": answer.decided.eligible,
        "rule": "JNT-2",
        "ground": ground,
        "ground_zh": zh,
        "ground_en": en,
        "receipt": f"access:{answer.position}",
    }


def told_check(measure: str, answer: MeasureAnswer) -> Body:
    """Whether a measure may be applied, by which rules, on which grounds."""
    return {
        "measure": measure,
        "answer": "yes" if answer.may else "no",
        "rules": [{"rule": rule, "passed": passed} for rule, passed in answer.rules.items()],
        "reasons": _reasons(answer.defects),
        "grounds": [{**told_verdict(v), "reasons": _reasons(v.defects)} for v in answer.verdicts],
        "receipt": f"access:{answer.position}",
    }


def told_state(found: CaseState) -> Body:
    """How a case stands."""
    return {
        "case": str(found.case),
        "version": found.version,
        "state": found.state,
        "waiting": _waiting(found),
        "record": str(found.record),
        "source": found.source,
        "record_leaf_hash": found.leaf_hash,
        "history": list(found.history),
        "receipt": f"access:{found.position}",
    }


def told_window(found: WindowState) -> Body:
    """How an application with all its parts stands."""
    return {
        "application": str(found.application),
        "open": found.open,
        "parts": [told_state(part) for part in found.parts],
    }


def told_review(found: ToldReview) -> Body:
    """A review with the query that it is about."""
    opened = found.review.opened
    return {
        "review": str(found.review.id),
        "version": found.review.version,
        "state": found.review.state,
        "reasons": opened.reasons,
        "look": opened.look,
        "due": opened.due,
        "query": dict(found.query),
        "history": list(found.history),
        "receipt": f"access:{found.position}",
    }


def told_trace(found: Trace, excerpt: Mapping[str, str], names: Names) -> Body:
    """What a trace found, with the names of departments and purposes."""

    def told(answer: Disclosed) -> Body:
        department = names.department(answer.department)
        purpose = OF_PLATFORM.get(answer.purpose) or names.purpose(answer.purpose)
        return {
            **{name: value for name, value in vars(answer).items() if name != "position"},
            "receipt": f"access:{answer.position}",
            "department_name": department.name if department else "",
            "purpose_zh": purpose.zh if purpose else "",
            "shown": [{"record": record, "part": part} for record, part in answer.shown],
            "held": sorted(answer.held),
            "whole": bool(excerpt) and answer.held >= excerpt.keys(),
        }

    return {
        "answers": [told(answer) for answer in found.answers],
        "through": list(found.through),
        "public": found.public,
        "digest": found.digest,
        "receipts": [f"access:{position}" for position in found.positions],
    }


def _waiting(found: CaseState) -> dict[str, object] | None:
    waiting = found.waiting
    if waiting is None:
        return None
    return {
        "step": waiting.step,
        "due": waiting.due,
        "overdue": found.overdue,
        "overdue_recorded": waiting.is_recorded,
        "provisional": waiting.provisional,
    }


def _reasons(defects: Sequence[Defect]) -> list[dict[str, str]]:
    return [
        {"rule": d.rule, "code": d.code, "detail": sentence(d), "detail_en": sentence(d, "en")}
        for d in defects
    ]
