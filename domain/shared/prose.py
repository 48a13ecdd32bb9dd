"""The sentences for every refusal, Chinese and English, by code.

Placeholders are filled from ``Defect.data``; no sentence ever carries personal data.
"""

from __future__ import annotations

PROSE: dict[str, tuple[str, str]] = {
    "not_canonical": ("内容不能规范化：{why}。", "The content has no canonical form: {why}."),
}
