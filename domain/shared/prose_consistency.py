"""Sentences for the comparison of the public view with what a department publishes itself (PUB-3)."""

from __future__ import annotations

CONSISTENCY_PROSE: dict[str, tuple[str, str]] = {
    "consistency_not_yours": (
        "只有认定部门自己和信用办可以核对该部门的公示清单。请由该部门核对，或报信用办核对。",
        "Only the determining department itself and the credit office may compare its published file. Let that"
        " department compare, or ask the credit office.",
    ),
    "consistency_department_unknown": (
        "没有登记这个部门。请填写已登记部门的统一社会信用代码。",
        "No such department is registered. Give the code of one that is.",
    ),
    "consistency_authority_of_another": (
        "{name}不是被核对的部门。一次只核对一个部门自己认定的信息。",
        "This is another authority's determination. One comparison is of one department's own.",
    ),
}
