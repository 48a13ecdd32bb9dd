"""The data keys of one transaction: loaded, or drawn and wrapped when an owner has none yet (STORAGE 3).

The ledger asks for keys before it seals; new ones are stored by the same append as what they seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from application.ports import Entropy, KeyName, Vault, WrappedKey

KEY_BYTES = 32


class KeySource(Protocol):
    """Whoever can look wrapped keys up."""

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]: ...


def unwrap_all(vault: Vault, wrapped: Mapping[KeyName, WrappedKey]) -> dict[KeyName, bytes]:
    """The data keys whose generation still exists; of the others nothing is left to say."""
    keys: dict[KeyName, bytes] = {}
    for name, key in wrapped.items():
        try:
            keys[name] = vault.unwrap(key.generation, key.wrapped)
        except KeyError:
            continue
    return keys


def keys_for(
    names: Iterable[KeyName], *, source: KeySource, vault: Vault, entropy: Entropy
) -> tuple[dict[KeyName, bytes], list[WrappedKey]]:
    """Keys for all ``names`` and those among them that are new and must be stored with what they seal."""
    wanted = dict.fromkeys(names)  # once each, in the order in which they are needed
    wrapped = source.data_keys_of({owner for owner, _ in wanted})
    keys = unwrap_all(vault, {name: key for name, key in wrapped.items() if name in wanted})
    new: list[WrappedKey] = []
    for name in wanted:
        if name in keys:
            continue
        if name in wrapped:
            raise ErasedKey
        key = keys[name] = entropy.bytes(KEY_BYTES)
        generation, wrapped_bytes = vault.wrap(key)
        new.append(WrappedKey(name[0], name[1], generation, wrapped_bytes))
    return keys, new


class ErasedKey(Exception):
    """A data key whose generation was destroyed: what it sealed is gone, and nothing new may use it."""
