"""The offline verifier as one page (离线验证页): its script and style inside it, allowed by their hashes alone.

``python -m interfaces.cli.generate`` writes it to ``static/verifier.html``, which works from disk as it stands.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from interfaces.client.verifier import CHECKED, REASONS, UNCHECKED

_HERE = Path(__file__).parent
PAGE = _HERE / "static" / "verifier.html"


def verifier_page() -> str:
    """The page from its sources: ``verifier/page.*`` and ``static/verifier.js``."""
    logic = (_HERE / "static" / "verifier.js").read_text(encoding="utf-8")
    html, style, around = (
        (_HERE / "verifier" / f"page.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    sentences = json.dumps({"checked": CHECKED, "unchecked": UNCHECKED}, ensure_ascii=False, indent=4)
    reasons = json.dumps(REASONS, ensure_ascii=False, indent=4)
    logic, around = logic.replace("/*sentences*/{}", sentences), around.replace("/*reasons*/{}", reasons)
    script = f"\n{logic}\n{around}"
    style = f"\n{style}"
    return (
        html.replace("{policy}", content_security_policy(script, style))
        .replace("{style}", style)
        .replace("{script}", script)
    )


def content_security_policy(script: str, style: str) -> str:
    """Nothing but this script and this style, and one question to the own service: its policy file."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script';"
        " trusted-types 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
