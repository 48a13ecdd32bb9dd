"""Sentences about traces of leaks, reviews of queries and incidents; merged into the one table in ``prose.py``."""

from __future__ import annotations

REVIEW_PROSE: dict[str, tuple[str, str]] = {
    "trace_not_the_office": (
        "只有信用办登记的经办人可以追查泄露（Credit-Official）。",
        "A leak is traced by a registered officer of the credit office only (Credit-Official).",
    ),
    "trace_unknown": (
        "没有这条记录。请核对记录编号，或者按主体追查。",
        "There is no such record. Check its id, or trace by its subject.",
    ),
    "trace_target": (
        "追查的对象写明记录（record）或者主体（subject）之一。",
        "A trace names a record or a subject, one of them.",
    ),
    "trace_excerpt": (
        "泄露的摘录按字段代码写明内容，至多{fields}项，每项不空且不超过{characters}字。",
        "What leaked is given by field codes with their values: at most {fields}, of 1 to {characters} characters.",
    ),
    "trace_too_many": (
        "答复过多（超过{most}次），不能一次查全，不给出不完整的结果；请按单条记录追查。",
        "There are more than {most} answers; a trace that is not complete is not given. Trace by a single record.",
    ),
    "trace_incomplete": (
        "查询登记中有的内容已依法删除，不能保证查全，不给出不完整的结果。",
        "Something of the list of looks was erased by law, so a trace could not be complete and is not given.",
    ),
}
