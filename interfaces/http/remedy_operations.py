"""What the routes for objections and repairs say of themselves: a filing, a decision, a question about a case."""

from __future__ import annotations

from marshmallow import Schema

from interfaces.http.case_schemas import CaseAnswer, CaseState, WorklistAnswer
from interfaces.http.describing import Access, Answer, Operation, json_of
from interfaces.http.paging import PageQuestion
from interfaces.http.remedy_schemas import CaseQuestion

TAG = "救济"
LIMITS = ("正文至多 1 MiB。", "A body of at most 1 MiB.")
RECEIPT = Answer(
    "已记录，或此前已记录",
    "recorded, or recorded before",
    json_of(CaseAnswer),
    ("ETag", "Idempotency-Replayed"),
)


def filing(zh: str, en: str, body: type[Schema]) -> Operation:
    """An objection or application comes in: by a portal for its subject, or by a department."""
    return Operation(
        zh,
        en,
        Access.DEPARTMENT,
        TAG,
        {201: RECEIPT},
        takes=json_of(body),
        problems=(403,),
        headers={"Credit-On-Behalf-Of": False, "Credit-Official": False},
        limits=LIMITS,
    )


def supplying(zh: str, en: str, body: type[Schema], *, tag: str = TAG) -> Operation:
    """A portal hands something in for its subject, on the version that it saw."""
    return Operation(
        zh,
        en,
        Access.SUBJECT,
        tag,
        {201: RECEIPT},
        takes=json_of(body),
        problems=(404, 412, 428),
        headers={"If-Match": True},
        limits=LIMITS,
    )


def beginning(zh: str, en: str, body: type[Schema], *, tag: str, problems: tuple[int, ...] = ()) -> Operation:
    """An officer of a department begins a case, or acts without naming the version that was seen."""
    return Operation(
        zh,
        en,
        Access.OFFICER,
        tag,
        {201: RECEIPT},
        takes=json_of(body),
        problems=problems,
        limits=LIMITS,
    )


def deciding(zh: str, en: str, body: type[Schema], *, tag: str = TAG) -> Operation:
    """An officer of the record's source acts on a case, on the version that was seen."""
    return Operation(
        zh,
        en,
        Access.OFFICER,
        tag,
        {201: RECEIPT},
        takes=json_of(body),
        problems=(404, 412, 428),
        headers={"If-Match": True},
        limits=LIMITS,
    )


def asking(zh: str, en: str, *, tag: str = TAG) -> Operation:
    """How a case stands, for those whom it concerns."""
    answer = Answer("案件现状", "how the case stands", json_of(CaseState), ("ETag", "Credit-Receipt"))
    return Operation(
        zh,
        en,
        Access.CASE,
        tag,
        {200: answer},
        takes=json_of(CaseQuestion),
        problems=(404,),
        headers={"Credit-Purpose": True, "Credit-Official": False, "Credit-On-Behalf-Of": False},
        limits=LIMITS,
    )


WORKLIST = Operation(
    "待办清单",
    "What waits for a department",
    Access.OFFICER,
    TAG,
    {200: Answer("待办案件", "open cases", json_of(WorklistAnswer))},
    takes=json_of(PageQuestion),
    headers={"Credit-Purpose": True},
)
