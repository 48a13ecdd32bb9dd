"""The whole service over HTTP for tests: the Flask application over a test's ledger, and requests signed by hand.

:class:`Web` speaks to the application directly, so that a test can spoil any header or byte of a request;
``Web.served`` puts the same application behind a socket for the product's own client.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from http_message_signatures import HTTPMessageSigner, algorithms
from werkzeug.test import TestResponse

from domain.transparency.commitment import SALT_BYTES
from domain.transparency.merkle import root_of
from domain.transparency.sealed_file import MEDIA_TYPE, ROW_KIND, FileSeal, SealedRow, encode_commitments
from interfaces.client.api import Client, Department
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, SealedFile, seal_file
from interfaces.client.signing import COVERED, OF_CONTENT, Message, key_id, signature_tag
from interfaces.client.tables import read_table
from interfaces.http.app import create_app
from tests.answers import Held
from tests.listening import listening
from tests.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
NDJSON = "application/x-ndjson"
FORMS = load_forms()
HOST = "http://localhost"


@dataclass(frozen=True)
class Signing:
    """How a request is signed; a test replaces what it wants to be wrong."""

    department: str
    key: DepartmentKey
    ledger_id: str
    created: datetime | None = None
    nonce: str | None = ""
    covered: Sequence[str] = COVERED
    content: bool = True
    key_id: str = ""
    label: str = "credit"

    def headers(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers with Content-Digest, Signature-Input and Signature added."""
        message = Message(method, f"{HOST}{path}", dict(headers))
        given = {name.lower() for name, value in headers.items() if value}
        of_content = [n for n in OF_CONTENT if self.content and n in given and n not in self.covered]
        prepared = HTTPMessageSigner(signature_algorithm=algorithms.ED25519).prepare(
            message,
            key_id=self.key_id or key_id(self.department, self.key.issuer),
            created=self.created or datetime.now(UTC),
            nonce=uuid.uuid4().hex if self.nonce == "" else self.nonce,
            label=self.label,
            tag=signature_tag(self.ledger_id),
            covered_component_ids=(*self.covered, *of_content),
            body=body,
        )
        # Not the library's own apply: it builds everything once more to see that nothing has changed in between.
        signature = base64.b64encode(self.key.private.sign(prepared.signature_base)).decode()
        message.headers["Signature-Input"] = f"{self.label}={prepared.signature_params}"
        message.headers["Signature"] = f"{self.label}=:{signature}:"
        return message.headers


class Web:
    """One ledger's service; requests come from the department that a test names (by number, from 0)."""

    def __init__(self, world: World, *, limits: Mapping[str, int] | None = None) -> None:
        self.world = world
        world.limits = limits
        self.app: Flask = create_app(world.services)
        self.app.wsgi_app = Held(self.app)  # type: ignore[method-assign]
        self.http = self.app.test_client()

    def code(self, agency: int = 0) -> str:
        """The code of the demo city's agency of that number."""
        return self.world.city.agencies[agency].code

    def key(self, agency: int = 0) -> DepartmentKey:
        """That agency's key."""
        return self.world.keys[self.code(agency)]

    def signing(self, agency: int = 0) -> Signing:
        """How that agency signs its requests."""
        return Signing(self.code(agency), self.key(agency), self.world.ledger.id.hex)

    def post(
        self,
        path: str,
        body: bytes,
        *,
        media: str = MEDIA_TYPE,
        agency: int = 0,
        **headers: str,
    ) -> TestResponse:
        """A signed POST; ``headers`` in snake case (``content_encoding="gzip"``)."""
        sent = {"content-type": media, "idempotency-key": str(uuid.uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        signed = self.signing(agency).headers("POST", path, body, sent)
        return self.http.post(path, data=body, headers=signed)

    def say(self, path: str, said: Any, department: str, *, key: str = "", **headers: str) -> TestResponse:
        """A POST of JSON, or of bytes, that a department signs together with every header of ours."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        sent = {"content-type": "application/json", "idempotency-key": key or uuid.uuid4().hex}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        covered = (*COVERED, *(n for n in sent if n.startswith("credit-") or n == "if-match"))
        signing = Signing(department, self.world.keys[department], self.world.ledger.id.hex, covered=covered)
        return self.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))

    def sealed(self, data: bytes, *, agency: int = 0, signed: bool = True) -> SealedFile:
        """A file as that agency's client seals it."""
        table = read_table(data, forms=FORMS)
        file = seal_file(read_rows(table, FORMS), form=table.kind, ledger_id=self.world.ledger.id.bytes)
        return file.signed(self.key(agency)) if signed else file

    def send(self, file: SealedFile, *, agency: int = 0, **headers: str) -> TestResponse:
        """A sealed file to ``/v1/intakes``."""
        return self.post("/v1/intakes", file.body(), agency=agency, **{"content_encoding": "gzip", **headers})

    def draft(self, data: bytes, *, agency: int = 0, media: str = "", **headers: str) -> TestResponse:
        """A raw upload."""
        kind = media or (XLSX if data.startswith(b"PK") else CSV)
        return self.post("/v1/intakes", data, media=kind, agency=agency, **headers)

    def seal(self, draft: Mapping[str, Any], *, agency: int = 0, **headers: str) -> TestResponse:
        """The signature over a draft's root."""
        key = self.key(agency)
        body = {"issuer": key.issuer.hex(), "signature": key.sign(bytes.fromhex(draft["to_sign"])).hex()}
        path = f"/v1/intakes/{draft['draft']}/seal"
        return self.post(path, json.dumps(body).encode(), agency=agency, media="application/json", **headers)

    def positions(self) -> tuple[int, int]:
        """The heads of both logs."""
        return self.world.reader.head("records")[0], self.world.reader.head("access")[0]

    def drafts(self) -> int:
        """How many chunks of drafts the database holds."""
        with self.world.superuser() as connection:
            row = connection.execute("SELECT count(*) FROM ledger.drafts").fetchone()
        assert row is not None
        return int(row[0])

    @contextmanager
    def served(self) -> Iterator[str]:
        """The application behind a socket on loopback; its URL."""
        with listening(self.app) as port:
            yield f"http://127.0.0.1:{port}"

    def client(self, url: str, *, agency: int = 0) -> Client:
        """The product's own client, as that agency."""
        return Client(url, Department(self.code(agency), self.key(agency)), attempts_max=1)


def resign(file: SealedFile, key: DepartmentKey, **changes: Any) -> SealedFile:
    """The file with members of its seal changed and signed again: a liar that holds a good key."""
    return replace(file, seal=replace(file.seal, **changes)).signed(key)


def rows_of(file: SealedFile) -> list[SealedRow]:
    """The rows of a sealed file."""
    return [SealedRow.from_line(line) for line in gzip.decompress(file.row_lines).splitlines()]


def body_of(seal: FileSeal, rows: Iterable[SealedRow]) -> bytes:
    """A request body with this seal and these rows, not compressed."""
    return seal.to_line() + b"".join(row.to_line() for row in rows)


def sealed_again(
    web: Web, rows: Sequence[SealedRow], *, agency: int = 0, form: str = "penalty"
) -> tuple[SealedFile, list[SealedRow]]:
    """A seal, good in every way, over rows that a test has changed (contents, ids), numbered anew."""
    ledger_id = web.world.ledger.id.bytes
    numbered = [replace(row, index=index) for index, row in enumerate(rows)]
    commitments = [row.commitment(ledger_id) for row in numbered]
    kind = bytes([ROW_KIND])
    seal = FileSeal(
        ledger_id=ledger_id,
        file_id=uuid.uuid4(),
        salt=os.urandom(SALT_BYTES),
        form=form,
        root=root_of(kind + commitment for commitment in commitments),
        rows=len(numbered),
        commitments=encode_commitments(b"".join(commitments)),
    )
    return SealedFile(seal, b"", ()).signed(web.key(agency)), numbered
