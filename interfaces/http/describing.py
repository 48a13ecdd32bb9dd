"""What a route says of itself for the OpenAPI document: one decorator directly above its function.

``openapi.py`` reads it together with the route; what all routes of one kind have in common is not said here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from marshmallow import Schema

JSON = "application/json"
View = TypeVar("View", bound=Callable[..., Any])


class Access(Enum):
    """Who may call a route, and what its request must carry."""

    PUBLIC = "public"
    """Anyone; nothing about anyone is in the answer."""
    DEPARTMENT = "department"
    """A department's signature: it gives, or asks for what is its own."""
    QUERY = "query"
    """A signature that covers officer and purpose: reads what is not public."""
    SUBJECT = "subject"
    """A signature that covers on whose behalf is asked: a subject's portal."""
    OFFICER = "officer"
    """A signature that covers an officer of the department: what waits for it, and decisions."""
    CASE = "case"
    """A signature that covers either an officer or on whose behalf is asked: a case for those it concerns."""


@dataclass(frozen=True)
class Raw:
    """Content that is no JSON: what it is, in Chinese and English."""

    zh: str
    en: str


Content = type[Schema] | Raw | tuple[type[Schema], ...]
"""One schema, several of which any may be meant, or raw content."""


@dataclass(frozen=True)
class Answer:
    """A good answer: what it means, its content by media type, and headers of its own (``HEADERS``)."""

    zh: str
    en: str
    content: Mapping[str, Content]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One route's description (接口说明).

    ``takes`` is the body by media type, empty for none; ``gives`` the good answers by status; ``problems`` the
    statuses beyond those of every route of its ``access``; ``query`` the schema of the query string;
    ``headers`` request headers beyond those of its access, required where the value is True; ``limits`` a
    sentence each in Chinese and English.
    """

    zh: str
    en: str
    access: Access
    tag: str
    gives: Mapping[int, Answer]
    takes: Mapping[str, Content] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[int, ...] = ()
    query: type[Schema] | None = None
    headers: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    limits: tuple[str, str] = ("", "")


_DESCRIBED: dict[Callable[..., Any], Operation] = {}


def operation(described: Operation) -> Callable[[View], View]:
    """Describe a view. It stands below the route's own decorator, so that the route has the same function."""

    def keep(view: View) -> View:
        _DESCRIBED[view] = described
        return view

    return keep


def described(view: Callable[..., Any]) -> Operation | None:
    """What a view says of itself; None for one that says nothing."""
    return _DESCRIBED.get(view)


def json_of(*schemas: type[Schema]) -> Mapping[str, Content]:
    """A JSON body of one of these schemas."""
    return {JSON: schemas[0] if len(schemas) == 1 else schemas}
