"""What anyone may fetch: the logs' checkpoints, tiles and maps, the policy, and receipts (FORMATS 1.5, 5.4, 5.5).

The same files can be served by any web server from the folder that the sequencer writes; nothing here names anyone.
"""

from __future__ import annotations

import re
import time
from threading import BoundedSemaphore

from flask import Blueprint, Response, abort, request
from marshmallow import Schema, fields, validate

from application.ports import Log
from application.sequencer import LOGS
from domain.transparency.epoch import MAPS
from domain.transparency.strict import Refused
from domain.transparency.tiles import parse_tile_path
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.services import services

WAIT_SECONDS_MAX = 5
_LOOK_EVERY_SECONDS = 0.05
WAITING_MAX = 2
WAITING = BoundedSemaphore(WAITING_MAX)
"""Who waits holds a thread of the process, which has few; anyone beyond these is told at once that it is pending."""
_EVENT = re.compile(r"(records|access):([1-9]\d{0,18})")
_HASH = re.compile(r"[0-9a-f]{64}")
_WAIT = re.compile(r"(?:^|,)\s*wait=(\d{1,3})\s*(?:,|$)")
_IMMUTABLE = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=1"
_OCTETS = "application/octet-stream"
_TEXT = "text/plain; charset=utf-8"
_STAMP = "application/timestamp-token"
blueprint = Blueprint("logs", __name__)


class ReceiptState(Schema):
    """How far an event is: ``pending``, or ``included`` with the proof (tlog-proof) that its log holds it."""

    event_id = fields.String(required=True, metadata={"description": "事件编号 / id of the event"})
    status = fields.String(required=True, validate=validate.OneOf(("pending", "included")))
    proof = fields.String(metadata={"description": "证明文件 / the proof, c2sp.org/tlog-proof@v1"})


def _file(zh: str, en: str, media: str) -> Operation:
    return Operation(
        zh,
        en,
        Access.PUBLIC,
        "透明日志",
        {200: Answer(zh, en, {media.partition(";")[0]: Raw(zh, en)})},
        problems=(404,),
    )


def _served(data: bytes | None, media: str, cache: str) -> Response:
    if data is None:
        abort(404)
    answer = Response(data, content_type=media)
    answer.headers["Cache-Control"] = cache
    # Static and public: a page opened from disk or from elsewhere may read them.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/logs/policy")
@operation(_file("信任策略：日志公钥与见证", "The policy: the logs' keys and witnesses", _TEXT))
def policy() -> Response:
    """Whom to trust, as this ledger says it (tlog-policy): get it elsewhere too before you rely on it."""
    return _served(services().published.policy(), _TEXT, _SHORT)


@blueprint.get("/logs/<log>/checkpoint")
@operation(_file("日志的签名树首", "A log's signed checkpoint", _TEXT))
def checkpoint(log: str) -> Response:
    """The newest checkpoint of ``records``, ``access`` or ``views``."""
    found = services().published.checkpoint(log) if log in LOGS else None
    return _served(found, _TEXT, _SHORT)


@blueprint.get("/logs/<log>/timestamps/<int:size>")
@operation(_file("盖过时间戳的检查点", "A checkpoint that was stamped", _TEXT))
def stamped(log: str, size: int) -> Response:
    """The checkpoint of a size at which the log was stamped, as it was published then."""
    found = services().published.stamped(log, size, token=False) if log in LOGS else None
    return _served(found, _TEXT, _IMMUTABLE)


@blueprint.get("/logs/<log>/timestamps/<int:size>.tst")
@operation(_file("检查点的时间戳（RFC 3161）", "The time stamp token over a checkpoint (RFC 3161)", _STAMP))
def timestamp(log: str, size: int) -> Response:
    """The token over the bytes of that checkpoint: ``openssl ts -verify -data SIZE -in SIZE.tst -token_in``."""
    found = services().published.stamped(log, size, token=True) if log in LOGS else None
    return _served(found, _STAMP, _IMMUTABLE)


@blueprint.get("/logs/<log>/tile/<path:rest>")
@operation(_file("哈希瓦片与条目束", "A tile or entry bundle", _OCTETS))
def tile(log: str, rest: str) -> Response:
    """A tile of a log, as tlog-tiles names it."""
    try:
        found = services().published.tile(log, parse_tile_path(f"tile/{rest}")) if log in LOGS else None
    except Refused:
        found = None
    return _served(found, _OCTETS, _IMMUTABLE)


@blueprint.get("/logs/maps/<name>/<node>")
@operation(_file("视图映射的一份文件", "A file of a map, by the node it folds to", _OCTETS))
def map_file(name: str, node: str) -> Response:
    """A bucket or tile of a map: it tells whether any of its keys is there, and not which one was asked for."""
    known = name in MAPS and _HASH.fullmatch(node)
    return _served(
        services().published.map_file(name, bytes.fromhex(node)) if known else None, _OCTETS, _IMMUTABLE
    )


@blueprint.get("/logs/maps/heads/<int:epoch>")
@operation(_file("某一期各映射的切分", "How an epoch's maps are cut", _TEXT))
def map_heads(epoch: int) -> Response:
    """Root, count, bucket depth of every map of an epoch: a help to read its files, proven by the epoch's entry."""
    return _served(services().published.map_heads(epoch), _TEXT, _IMMUTABLE)


@blueprint.get("/logs/deltas/<digest>")
@operation(_file("某一期的变更清单", "An epoch's list of changes", _TEXT))
def delta(digest: str) -> Response:
    """The changes that led to an epoch, by the SHA-256 that its entry states."""
    found = services().published.delta(bytes.fromhex(digest)) if _HASH.fullmatch(digest) else None
    return _served(found, _TEXT, _IMMUTABLE)


@blueprint.get("/v1/receipts/<event>")
@operation(
    Operation(
        "入账回执：事件已在签名的日志中",
        "A receipt: that an event is in its signed log",
        Access.PUBLIC,
        "透明日志",
        {200: Answer("入账回执", "the receipt", json_of(ReceiptState))},
        problems=(404,),
        headers={"Prefer": False},
        limits=(f"Prefer: wait 至多 {WAIT_SECONDS_MAX} 秒。", f"Prefer: wait at most {WAIT_SECONDS_MAX} s."),
    )
)
def receipt(event: str) -> Response:
    """Whether an event (``records:7``) is in its log's tree, with the proof; ``Prefer: wait=3`` waits for it."""
    named = _EVENT.fullmatch(event)
    if named is None:
        abort(404)
    log: Log = "records" if named[1] == "records" else "access"
    position = int(named[2])
    wanted = _WAIT.search(request.headers.get("Prefer", ""))
    until = time.monotonic() + min(int(wanted[1]) if wanted else 0, WAIT_SECONDS_MAX)
    found = services()
    if not found.proofs.exists(log, position):
        abort(404)
    proof = found.proofs.receipt(log, position)
    if proof is None and time.monotonic() < until and WAITING.acquire(blocking=False):
        try:
            while proof is None and time.monotonic() < until:
                time.sleep(_LOOK_EVERY_SECONDS)
                proof = found.proofs.receipt(log, position)
        finally:
            WAITING.release()
    told = {"event_id": event, "status": "included" if proof else "pending"}
    return json_response(told | ({"proof": proof.decode()} if proof else {}), 200)
