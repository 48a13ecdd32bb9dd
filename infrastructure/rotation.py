"""Rotating the keys whose secrets lie in the secrets folder: files and entries, one durable step after the other.

Each function yields the name of a step when it is durable. Stopped after any of them, the next run does what is left:
a secret is there before its entry, the entry before anything signs with it. One run at a time works in a folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from application.commands.governance import Governance
from application.commands.key_changes import LogKeyring, key_lives
from application.ledger import Ledger
from application.sequencer import LOGS, RECORDS
from domain.parties.keys import GATEWAY, KEY_DAYS_MAX
from domain.parties.log_keys import FIRST, LogKeys
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.transparency.policy import Log, Policy
from domain.transparency.signer import Signer
from domain.transparency.vkey import parse_vkey
from infrastructure.keys import gateway_numbers, keep_root, make_next_gateway, next_gateway, use_next_gateway
from infrastructure.log_keys import generation_signers, keep_log_keys, make_log_key
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.private_files import only_one
from infrastructure.sequencing import believed, origins, publish_log_keys
from infrastructure.settings import Settings


def log_keyring(settings: Settings, ledger: Ledger) -> LogKeyring:
    """The generations of the logs' keys; those of the first come from its secret as long as that is there."""
    there = (settings.secrets_dir / f"log-{FIRST}.key").exists()
    return LogKeyring(ledger, _verifier_keys(settings, FIRST) if there else ())


def rotate_log(settings: Settings, ledger: Ledger) -> Iterator[str]:
    """A next generation, unless two stand beside each other already; both sign until the older one retires."""
    folder = settings.secrets_dir
    with only_one(folder):
        keyring = log_keyring(settings, ledger)
        generations = keyring.generations()
        # From now on a secret alone signs nothing: the file names the generations that do.
        keep_log_keys(folder, generations)
        yield "state kept"
        if len([one for one in generations if not one.retired]) < 2:
            number = generations[-1].number + 1
            make_log_key(folder, number)
            yield "secret made"
            generations = keyring.announce(number, _verifier_keys(settings, number))
            yield "announced"
            keep_log_keys(folder, generations)
            yield "in use"
        publish_log_keys(settings)
        yield "policy published"


def retire_log(
    settings: Settings, ledger: Ledger, trees: PostgresTrees, *, number: int, reason: str
) -> Iterator[str]:
    """End a generation at the trees of now. Raises ``Refused`` (DET-5)."""
    folder = settings.secrets_dir
    with only_one(folder):
        keyring = log_keyring(settings, ledger)
        others = [one for one in keyring.generations() if one.number != number and not one.retired]
        if others and not _signed_by(others, trees):
            # Whoever trusts the others only must be able to go on from the trees of this moment.
            raise Refused(Defect("DET-5", "log_key_unused"))
        generations = keyring.retire(
            number, sizes=lambda: {log: trees.tree(log).size for log in LOGS}, reason=reason
        )
        yield "retired"
        keep_log_keys(folder, generations)
        yield "out of use"
        publish_log_keys(settings)
        yield "policy published"


def rotate_gateway(settings: Settings, ledger: Ledger, *, signer: Signer | None = None) -> Iterator[str]:
    """A next key of the gateway, unless two are live already; it seals as soon as it is registered.

    ``signer`` registers it instead of the present one: a credit office's, when that has expired. Raises ``Refused``.
    """
    folder, today = settings.secrets_dir, city_day(ledger.now())
    with only_one(folder):
        if next_gateway(folder) is None and len(live_gateways(ledger, today)) > 1:
            return
        if gateway_numbers(folder)[0] == FIRST:
            keep_root(folder)
            yield "root kept"
        key = make_next_gateway(folder)
        yield "secret made"
        Governance(ledger, signer=signer).register_key(
            public_key=key.public_key,
            holder_kind=GATEWAY,
            holder=GATEWAY,
            not_before=today,
            not_after=today + timedelta(days=KEY_DAYS_MAX),
        )
        yield "registered"
        use_next_gateway(folder)
        yield "in use"


def live_gateways(ledger: Ledger, today: date) -> list[bytes]:
    """The issuer ids of the gateway's keys that may seal today."""
    return [
        bytes.fromhex(one.registered.issuer)
        for one in key_lives(ledger)
        if one.registered.holder_kind == GATEWAY
        and one.until is None
        and one.registered.not_after >= today.isoformat()
    ]


def _verifier_keys(settings: Settings, number: int) -> list[str]:
    folder = settings.secrets_dir
    return [str(s.key) for origin in origins(settings) for s in generation_signers(folder, number, origin)]


def _signed_by(generations: list[LogKeys], trees: PostgresTrees) -> bool:
    keys = tuple(Log(parse_vkey(text)) for one in generations for text in one.keys)
    return believed(Policy(keys, (), (), None), trees.tree(RECORDS).checkpoint)
