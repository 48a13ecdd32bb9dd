"""The data keys of one transaction: loaded, or drawn and wrapped when an owner has none yet (STORAGE 3).

The ledger asks for keys before it seals; new ones are stored by the same append as what they seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from application.ports import Conflict, Entropy, KeyName, Vault, WrappedKey

KEY_BYTES = 32
ERASED = 0
"""The generation of an erased key: its name stays taken, its bytes are gone."""
WHOLE = "*"
"""The class that an erased owner has: no key is ever made for it again."""


ACCESS_CLASS = "access"
"""The class of the key under which a subject's list of looks is."""


class KeySource(Protocol):
    """Whoever can look wrapped keys up."""

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]: ...


def record_class(part: str, record: UUID | None) -> str:
    """The class of a part's key: ``public``, ``restricted`` or ``person``; with ``record`` one of that record alone.

    A record that may be deleted by itself (REP-5) has keys of its own, still under its subject's name.
    """
    base = part.partition("/")[0]
    return base if record is None else f"{base}:{record}"


def base_class(key_class: str) -> str:
    """``public`` of ``public``, of ``public:<record>`` and of ``public~2``, the second key after an erasure."""
    return key_class.partition("~")[0].partition(":")[0]


def own_record(key_class: str) -> str:
    """The record whose own key a class names, as text; empty for a key shared by a subject's records."""
    return key_class.partition("~")[0].partition(":")[2]


def unwrap_all(vault: Vault, wrapped: Mapping[KeyName, WrappedKey]) -> dict[KeyName, bytes]:
    """The data keys that still exist; of the others nothing is left to say."""
    keys: dict[KeyName, bytes] = {}
    for name, key in wrapped.items():
        if key.generation == ERASED:
            continue
        try:
            keys[name] = vault.unwrap(key.generation, key.wrapped)
        except KeyError:
            continue
    return keys


def keys_for(
    names: Iterable[KeyName], *, source: KeySource, vault: Vault, entropy: Entropy
) -> tuple[dict[KeyName, tuple[KeyName, bytes]], list[WrappedKey]]:
    """For every name the living name with its key, and those keys that are new and must be stored.

    Where the key of a class was erased, the class goes on under a next name. Raises :class:`ErasedKey`.
    """
    wanted = dict.fromkeys(names)  # once each, in the order in which they are needed
    wrapped = source.data_keys_of({owner for owner, _ in wanted})
    living = {name: _living(name, wrapped) for name in wanted}
    unwrapped = unwrap_all(vault, {name: wrapped[name] for name in living.values() if name in wrapped})
    new: list[WrappedKey] = []
    for name in living.values():
        if name in unwrapped:
            continue
        if name in wrapped:
            raise ErasedKey
        key = unwrapped[name] = entropy.bytes(KEY_BYTES)
        generation, wrapped_bytes = vault.wrap(key)
        new.append(WrappedKey(name[0], name[1], generation, wrapped_bytes))
    return {name: (alive, unwrapped[alive]) for name, alive in living.items()}, new


def _living(name: KeyName, wrapped: Mapping[KeyName, WrappedKey]) -> KeyName:
    owner, key_class = name
    if (owner, WHOLE) in wrapped:
        raise ErasedKey
    number = 1
    while name in wrapped and wrapped[name].generation == ERASED:
        number += 1
        name = (owner, f"{key_class}~{number}")
    return name


class ErasedKey(Conflict):
    """An erasure came first: what the key sealed is gone, and nothing new may use it. Look up whose it is again."""

    def __init__(self) -> None:
        super().__init__("data_key")
