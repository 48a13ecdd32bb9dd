"""Sentences about queries and their purposes; merged into the one table in ``prose.py``."""

from __future__ import annotations

ACCESS_PROSE: dict[str, tuple[str, str]] = {
    "officer_unknown": (
        "查询须写明本部门登记过的经办人（Credit-Official）。",
        "A query names a registered officer of the asking department (Credit-Official).",
    ),
    "purpose_unknown": (
        "查询须写明登记过的用途代码（Credit-Purpose）。",
        "A query names a registered purpose (Credit-Purpose).",
    ),
    "case_missing": (
        "查询须写明所办的案件或事项（case），不超过{most}字。",
        "A query names the case it serves (case), at most {most} characters.",
    ),
    "basis_missing": (
        "查询须写明法律依据（basis），不超过{most}字。",
        "A query names its legal ground (basis), at most {most} characters.",
    ),
    "purpose_header_malformed": (
        'Credit-Purpose 请求头的写法有误：用途代码; case="…"; basis="…"，中文用 RFC 9651 的 Display String。',
        "Credit-Purpose is a token with case and basis; Chinese as RFC 9651 Display Strings.",
    ),
    "may_not_speak_for_subjects": (
        "只有信用办的门户可以代本人查询，并须写明 Credit-On-Behalf-Of: subject。",
        "Only the credit office's portal may ask for a subject, stating Credit-On-Behalf-Of: subject.",
    ),
    "subjects_missing": (
        "一次查询须有1至{most}个主体。",
        "A query names from 1 to {most} subjects.",
    ),
}
