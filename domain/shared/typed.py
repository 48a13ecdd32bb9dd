"""Decides whether a value is of the form that its class says, through all its members: what came as JSON need not be.

Asked of a version that somebody gives, before its gate judges what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints


def misfits(value: object, form: Any, where: str = "") -> Iterator[str]:
    """The places (JSON pointers below ``where``) at which ``value`` is not of ``form``; none when it is.

    ``form`` is a plain type, a ``Literal``, one of these or None, ``tuple[one, ...]``, or a dataclass of such members.
    True is no number, and no text is a list.
    """
    args = get_args(form)
    if get_origin(form) is Literal:
        fits = isinstance(value, str) and value in args
    elif NoneType in args:
        if value is not None:
            yield from misfits(value, next(one for one in args if one is not NoneType), where)
        return
    elif get_origin(form) is tuple:
        fits = isinstance(value, tuple)
        for place, one in enumerate(value if isinstance(value, tuple) else ()):
            yield from misfits(one, args[0], f"{where}/{place}")
    elif is_dataclass(form):
        fits, hints = type(value) is form, get_type_hints(form)
        for member in fields(form) if fits else ():
            yield from misfits(getattr(value, member.name), hints[member.name], f"{where}/{member.name}")
    else:
        fits = type(value) is form
    if not fits:
        yield where
