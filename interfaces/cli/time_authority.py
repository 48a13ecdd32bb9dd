"""A time stamping authority for demo and tests: ``openssl ts`` behind HTTP on loopback, with key and root of its own.

``demo_authority.py`` lets ``serve`` run it. A real authority (时间戳机构) is somebody else's, on their own machine.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT, CERTIFICATE, KEY, CONFIG = "root.pem", "authority.pem", "authority.key", "openssl.conf"
POLICY = "1.2.3.4.1"
QUERY_BYTES_MAX = 4096
_DAYS = 3650
_PEM = serialization.Encoding.PEM
# Without ``certs``: openssl would put the chain into its answers in an order that strict readers refuse.
_CONFIG = """[tsa]
default_tsa = demo
[demo]
serial = serial
signer_cert = {certificate}
signer_key = {key}
signer_digest = sha256
ess_cert_id_alg = sha256
default_policy = {policy}
digests = sha256
"""


def make_authority(folder: Path, *, days: int = _DAYS) -> None:
    """Make a root, a certificate that it issues for stamping, good for so many days from yesterday on, and the
    configuration of openssl; nothing where they are."""
    if (folder / CONFIG).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / ROOT).write_bytes(_issued("root", root, root, days=_DAYS))
    (folder / CERTIFICATE).write_bytes(_issued("authority", own, root, days=days))
    plain = serialization.NoEncryption()
    (folder / KEY).touch(mode=0o600)
    (folder / KEY).write_bytes(own.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, plain))
    (folder / "serial").write_text("01\n")
    (folder / CONFIG).write_text(_CONFIG.format(certificate=CERTIFICATE, key=KEY, policy=POLICY))


def _issued(
    name: str, key: ec.EllipticCurvePrivateKey, root: ec.EllipticCurvePrivateKey, *, days: int
) -> bytes:
    since = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=key is root, path_length=None), critical=True)
    )
    if key is not root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = certificate.add_extension(usage, critical=True)
    return certificate.sign(root, hashes.SHA256()).public_bytes(_PEM)


def _named(name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"信录示范时间戳 Xinlu demo time stamps ({name})")]
    )


def replying(folder: Path) -> WSGIApplication:
    """An application that answers each query (RFC 3161 3.4) with what ``openssl ts`` says of it."""
    one_at_a_time = threading.Lock()  # openssl counts the serial numbers in a file

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        size = environ.get("CONTENT_LENGTH") or "0"
        if environ["REQUEST_METHOD"] != "POST" or not size.isdigit() or int(size) > QUERY_BYTES_MAX:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"POST a time stamp query\n"]
        query = environ["wsgi.input"].read(int(size))
        with one_at_a_time:
            command = ["openssl", "ts", "-reply", "-config", CONFIG, "-queryfile", "/dev/stdin"]
            done = subprocess.run(command, input=query, capture_output=True, cwd=folder, check=False)
        if done.returncode:
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [b"openssl failed\n"]
        start_response("200 OK", [("Content-Type", "application/timestamp-reply")])
        return [done.stdout]

    return answer


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: the service's log is for the service."""


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--port", type=click.IntRange(1, 65535), required=True)
def time_authority(*, folder: Path, port: int) -> None:
    """Run the demo's time stamping authority on 127.0.0.1 (its times are this machine's, so they prove nothing)."""
    make_authority(folder)
    with make_server("127.0.0.1", port, replying(folder), handler_class=_Quiet) as server:
        server.serve_forever()
