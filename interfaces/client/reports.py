"""Credit reports from the client's side: asked for as JSON, page or PDF, and a PDF checked without the service.

``verifier.py`` checks the evidence inside; the certificate is that of ``/v1/ledger``, got on a way of one's own.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interfaces.client.api import SUBJECTS_OWN, Client
from interfaces.client.signing import purpose_header
from interfaces.client.verifier import Report, verify

PATH = "/v1/reports"
JSON, PAGE, PDF = "application/json", "text/html", "application/pdf"
MEDIA: Mapping[str, str] = {"json": JSON, "html": PAGE, "pdf": PDF}
REPORT_FILE, EVIDENCE_FILE = "report.json", "evidence.json"


@dataclass(frozen=True)
class Checked:
    """What one PDF proves (核对结果): its report, the evidence's findings, and whether its seal holds.

    ``sealed`` is None where no certificate was given to check it with.
    """

    report: Mapping[str, Any]
    evidence: Report
    sealed: bool | None

    @property
    def good(self) -> bool:
        """Whether the report is the one that was logged, and the seal is not broken."""
        return self.evidence.good and self.sealed is not False


class NoReport(Exception):
    """A file that is no PDF of a credit report; its text names nothing of it."""


def own_report(
    client: Client, subject: Mapping[str, str], *, media: str = JSON, entrustment: str = "", **bounds: str
) -> bytes:
    """A subject's own report, asked by its portal; with the number of a letter of attorney, by its agent.

    ``bounds``: ``from_day``, ``to_day``, ISO. Raises ``Problem`` when it is refused.
    """
    asked = {"subject": dict(subject), **bounds, **({"entrustment": entrustment} if entrustment else {})}
    behalf = {"credit_on_behalf_of": "agent"} if entrustment else {}
    return client.fetch(PATH, asked, accept=media, **{**SUBJECTS_OWN, **behalf})


def authorised_report(
    client: Client,
    subject: Mapping[str, str],
    *,
    consent: str,
    official: str,
    purpose: str,
    case: str,
    basis: str,
    media: str = JSON,
    **bounds: str,
) -> bytes:
    """A report for a department that the subject consented to. Raises ``Problem`` when it is refused."""
    asked = {"subject": dict(subject), "consent": consent, **bounds}
    stated = purpose_header(purpose, case=case, basis=basis)
    return client.fetch(PATH, asked, accept=media, credit_official=official, credit_purpose=stated)


def check_pdf(pdf: bytes, policy: bytes, *, certificate: bytes | None = None) -> Checked:
    """Check a PDF with nothing but a policy and, for its seal, a certificate (PEM). Raises :class:`NoReport`.

    What is proven: the attached report is the one that the evidence shows to be logged. What the pages show is
    the seal's to vouch for.
    """
    # Half a second that only who checks a report should wait.
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        attached = _attached(reader)
        content, bundle = attached[REPORT_FILE], attached[EVIDENCE_FILE]
        report, members = json.loads(content), json.loads(bundle)
        [claim] = members["claims"]
        [part] = claim["parts"]
        same = base64.b64decode(part["content"]) == content and claim["type"] == "answered"
    except (PdfError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        raise NoReport from None
    if not same or not isinstance(report, dict):
        raise NoReport
    sealed = None if certificate is None else _sealed(reader, certificate)
    return Checked({**report, "digest": hashlib.sha256(content).hexdigest()}, verify(bundle, policy), sealed)


def _attached(reader: Any) -> dict[str, bytes]:
    """The files that a PDF carries, by name."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[i]): names[i + 1]["/EF"]["/F"].data for i in range(0, len(names), 2)}


def _sealed(reader: Any, certificate: bytes) -> bool:
    """Whether one signature that the certificate vouches for covers the whole file."""
    from pyhanko.keys import load_certs_from_pemder_data  # noqa: PLC0415
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    try:
        [signature] = reader.embedded_signatures
        trusted = list(load_certs_from_pemder_data(certificate))
        context = ValidationContext(trust_roots=trusted[-1:], other_certs=trusted, allow_fetching=False)
        status = validate_pdf_signature(signature, context)
    except (SignatureValidationError, ValueError):
        return False
    return bool(status.bottom_line) and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
