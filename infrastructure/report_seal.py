"""The seal on credit reports and decisions in PDF: a key and a certificate in the secrets folder, PAdES B-B by pyHanko.

``prepare`` makes a self-issued pair once; an operator puts a pair of an authority's in its place. The web process
signs with it; whoever holds a report checks with the certificate that ``/v1/ledger`` names.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infrastructure.private_files import write_private

KEY, CERTIFICATE = "report.key.pem", "report.cert.pem"
FIELD = "Seal"
_YEARS_DAYS = 3650


def make_report_seal(folder: Path) -> None:
    """Make a P-256 key and a certificate that it issues to itself, unless a pair is there.

    The certificate is written last: a key without one is replaced. P-256 since every reader of PDF
    knows it, which cannot be said of Ed25519.
    """
    if (folder / CERTIFICATE).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "信录 Xinlu"),
            x509.NameAttribute(NameOID.COMMON_NAME, "信用报告专用章 credit report seal (self-issued)"),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_YEARS_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_only(), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(folder / KEY, private)
    write_private(folder / CERTIFICATE, certificate.public_bytes(pem))


class ReportSeal:
    """The seal (签章) of one process; reads the pair at each use, so that a new one needs no restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def certificate(self) -> str:
        """The certificate and what the operator put behind it, PEM. Raises ``FileNotFoundError``."""
        return (self._folder / CERTIFICATE).read_text(encoding="ascii")

    def sign(self, pdf: bytes, *, reason: str) -> bytes:
        """The PDF with a signature over all of it (ETSI EN 319 142-1, baseline B), as an incremental update.

        Raises ``ValueError`` when the pair cannot be read.
        """
        # Half a second that only who signs a report should wait.
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
        from pyhanko.sign import fields, signers  # noqa: PLC0415

        signer = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
            str(self._folder / KEY), str(self._folder / CERTIFICATE)
        )
        if signer is None:
            raise ValueError("the report's key or certificate cannot be read")
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
        )
        signed = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)
        return bytes(signed.getvalue())


def _signs_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
