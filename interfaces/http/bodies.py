"""Request bodies within limits: whole bytes as signed, and the lines of a sealed file, decoded as they are read."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import ClientDisconnected

from application.commands.seals import ROWS_MAX
from application.queries.pages import LIMIT_MAX
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.sealed_file import FileSeal, SealedRow
from interfaces.http.malformed import faults

BODY_BYTES_MAX = 64 << 20
JSON_BYTES_MAX = 1 << 20
DECODED_BYTES_MAX = 768 << 20
ROW_LINE_BYTES_MAX = 1 << 20
SEAL_LINE_BYTES_MAX = 16 << 20
LINES_MAX = ROWS_MAX + 1_000
_CHUNK = 1 << 18


def read_body(most: int = JSON_BYTES_MAX) -> bytes:
    """The body as received, in memory only.

    It is read before anyone is known to have signed it, so that only a route that takes files reads more than
    ``JSON_BYTES_MAX``. Raises 413 beyond ``most`` bytes, ``Refused`` for a cut body.
    """
    request.max_content_length = most
    length = request.content_length
    try:
        body = request.stream.read()
    except ClientDisconnected:
        raise Refused(Defect("FORMAT", "body_incomplete")) from None
    if length is not None and len(body) != length:
        raise Refused(Defect("FORMAT", "body_incomplete"))
    return body


def decoded(body: bytes, encoding: str) -> Iterator[bytes]:
    """The content in chunks; ``encoding`` is empty or gzip (several members are one content).

    Raises ``Refused`` (FORMAT) for another encoding, broken gzip, or content that unpacks beyond the limit.
    """
    if encoding in ("", "identity"):
        yield body
        return
    if encoding != "gzip":
        raise Refused(Defect("FORMAT", "encoding_unknown", "Content-Encoding"))
    total = 0
    for chunk in _unzipped(body):
        total += len(chunk)
        if total > DECODED_BYTES_MAX:
            raise _too_much()
        yield chunk


def _unzipped(body: bytes) -> Iterator[bytes]:
    """Every gzip member of ``body``, a bounded chunk at a time."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            while chunk := packed.read(_CHUNK):
                yield chunk
    except (OSError, EOFError, zlib.error):
        raise Refused(Defect("FORMAT", "gzip_broken")) from None


def _too_much() -> Refused:
    about = {"most": str(DECODED_BYTES_MAX >> 20), "lines": str(LINES_MAX)}
    return Refused(Defect("FORMAT", "content_unpacks_too_large", "", about))


def _too_long(limit: int) -> Refused:
    return Refused(Defect("FORMAT", "line_too_long", "", {"most": str(limit >> 20)}))


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Non-empty lines. Raises ``Refused`` (FORMAT) for one beyond its limit, of which the first has a larger
    one, and for more lines, empty ones too, than any file has: a small body may unpack to hundreds of millions.
    """
    buffer, count = b"", 0
    limit = SEAL_LINE_BYTES_MAX
    for chunk in chunks:
        pieces = (buffer + chunk).split(b"\n")
        buffer = pieces.pop()
        count += len(pieces)
        if count > LINES_MAX:
            raise _too_much()
        for line in pieces:
            if len(line) > limit:
                raise _too_long(limit)
            limit = ROW_LINE_BYTES_MAX
            if line.strip():
                yield line
        if len(buffer) > limit:
            raise _too_long(limit)
    if buffer.strip():
        yield buffer


def sealed_file(chunks: Iterable[bytes]) -> tuple[FileSeal, Iterator[SealedRow]]:
    """A sealed file's seal and its rows, parsed as they are asked for; :func:`require_whole` comes first.

    Raises ``MalformedSealedFile`` or ``Refused`` (FORMAT).
    """
    lines = lines_of(chunks)
    first = next(lines, None)
    if first is None:
        raise Refused(Defect("FORMAT", "body_empty"))
    return FileSeal.from_line(first), (SealedRow.from_line(line) for line in lines)


def require_whole(chunks: Iterable[bytes]) -> None:
    """Read a sealed file to its end, so that a broken tail is known before its first row is recorded.

    Raises ``MalformedSealedFile`` or ``Refused`` (FORMAT).
    """
    for _ in sealed_file(chunks)[1]:
        pass


def given_json(schema: Schema, body: bytes) -> dict[str, Any]:
    """A JSON body as its schema loads it.

    Raises ``Refused`` (FORMAT) that points at a member of the schema and says what it should be; a member's name that
    was made up by the sender is not repeated.
    """
    try:
        return loaded_json(schema, body)
    except (ValidationError, ValueError, RecursionError) as error:
        told = error.messages_dict if isinstance(error, ValidationError) else {}
        if "limit" in told and "limit" in schema.fields:
            most = {"most": str(LIMIT_MAX)}
            raise Refused(Defect("FORMAT", "limit_out_of_bounds", "/limit", most)) from None
        raise Refused(*faults(schema, told)) from None


def require_used(given: Mapping[str, Any], used: Collection[str]) -> None:
    """Raise ``Refused`` (FORMAT) for members that this question of this asker has no use for: nobody is to believe
    that they counted."""
    unused = sorted(name for name in given if name not in used)
    refuse_if_any([Defect("FORMAT", "member_unused", f"/{name}", {"where": f"/{name}"}) for name in unused])


def loaded_json(schema: Schema, body: bytes) -> dict[str, Any]:
    """A JSON body as its schema loads it.

    Raises ``ValidationError``, ``RecursionError`` when it is too deep, and ``ValueError`` for what is no JSON, names a
    member twice (only one would count), or holds half a character (a lone surrogate), which no hash and no database
    could take later.
    """
    data = json.loads(body, object_pairs_hook=_named_once)
    json.dumps(data, ensure_ascii=False).encode()
    found: dict[str, Any] = schema.load(data)
    return found


def _named_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member is named twice")
    return found
