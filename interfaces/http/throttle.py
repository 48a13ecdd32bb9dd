"""How often a client may ask over HTTP: departments by their code once they have signed, all others by address.

Addresses are counted before any work and any body; a request that was to be signed and was not, after it.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from flask import Flask, Response, current_app, g, request

from application.limits import Bucket, TooManyRequests
from application.ports import LedgerUnavailable
from interfaces.http import problems
from interfaces.http.describing import Access, described
from interfaces.http.services import services
from interfaces.http.telemetry import TIP_OFFS, note

_PUBLISHED = ("policy", "checkpoint", "tile", "map_file", "map_heads", "delta")
FREE = frozenset({"healthz", "operations.version", "portal.static", "docs.static"}) | {
    f"logs.{name}" for name in _PUBLISHED
}
"""Answered from memory or a file: asking for them costs less than counting. Who audits a log fetches all its files."""


def register(app: Flask) -> None:
    """Count every request of the application. Call it last, so that what it answers passes all the rest."""

    @app.before_request
    def before() -> None:
        bucket = _bucket()
        if bucket is None:
            return
        g.counted = True
        try:
            services().operations.limits.spend(bucket, client())
        except LedgerUnavailable:
            # Readiness and metrics say by themselves that the database is away.
            if bucket != "operations":
                raise

    @app.after_request
    def after(answer: Response) -> Response:
        if "counted" in g or note().department or request.endpoint in FREE:
            return answer
        try:
            services().operations.limits.spend("unsigned", client())
        except TooManyRequests as refused:
            # Nothing was done for it, so nothing is lost with its answer; a good signature from the same
            # address is never refused for a neighbour's bad ones.
            answer.close()
            return problems.response(problems.of_exception(refused))
        except LedgerUnavailable:
            return answer
        return answer


def count_command(department: str) -> None:
    """Count a command of a department. Raises ``TooManyRequests`` or ``LedgerUnavailable``."""
    note().department = department
    services().operations.limits.spend("commands", department)


def client() -> str:
    """The client's address as it is counted: of IPv6 its network, since one client has all addresses in it."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else address.packed[:8].hex()
    return str(address)


def _bucket() -> Bucket | None:
    """What is counted by address before the work; None for what costs nothing or will show a signature."""
    if request.endpoint in FREE:
        return None
    if request.blueprint == "operations":
        return "operations"
    if request.endpoint in TIP_OFFS:
        return "tip_offs"
    if request.blueprint == "portal":
        return "lookup"
    return None if "Signature" in request.headers and _takes_signatures() else "unsigned"


def _takes_signatures() -> bool:
    """Whether the route asks who sends: where anyone may ask, a header that looks like a signature buys nothing."""
    said = described(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return said is not None and said.access is not Access.PUBLIC
