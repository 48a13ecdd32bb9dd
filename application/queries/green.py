"""Whether the green channel is open to a subject: asked with a purpose, logged in its own list, then answered (JNT-2).

The answer is the ground that decided and nothing else; the look keeps a digest of it, so that it can be held to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from application.adverse import AdverseRecords, dossier_of
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger
from application.noted import held_by
from application.queries.asking import admitted, logged
from application.queries.looks import log_look, log_look_at, made_again
from application.registry import Registry
from domain.access.model import RED_LISTING, Request
from domain.listing.adverse import GreenChannel, green_channel
from domain.parties.acting import Officer
from domain.shared.canonical import canonical

VIEW = "green_channel"
RULES = ("QRY-1", "JNT-2")


@dataclass(frozen=True)
class GreenAnswer:
    """The answer (绿色通道查询结果), and the position of the look that says so."""

    decided: GreenChannel
    position: int


def look_before_red_list(ledger: Ledger, identity: Identity, officer: Officer, entry: UUID) -> UUID:
    """Log that a department looks at what counts against a subject before it may put it on a red list; the subject.

    Raises ``LedgerUnavailable``.
    """
    known = Registry(ledger).officer(officer.pseudonym)
    subject, _ = log_look_at(
        ledger,
        identity,
        lambda subject, before: log_look(
            ledger,
            subject,
            department=officer.department,
            officer=officer.pseudonym,
            role=known.role if known else "",
            purpose=RED_LISTING.code,
            rules=RULES,
            view=RED_LISTING.code,
            shown=[],
            case=str(entry),
            before=before,
        ),
    )
    return subject


def told_green(decided: GreenChannel) -> bytes:
    """An answer in canonical JSON, as its look announces it."""
    return canonical({"eligible": decided.eligible, "ground": decided.ground})


class GreenChannelQueries:
    """Questions whether somebody may be served by the green channel (绿色通道)."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    @made_again
    def ask(self, request: Request, identity: Identity, *, attempt: bytes) -> GreenAnswer:
        """The answer for one subject, as far as the views are; its look is durable before it is given (QRY-2).

        Made again when the subject's own stream, a record that was looked at, its item, a red list's, a setting, or
        the officer's right to query moved meanwhile. Raises ``Refused`` (QRY-1, logged before) and
        ``LedgerUnavailable``.
        """
        registry = Registry(self._ledger)
        officer = admitted(self._ledger, registry, request, attempt=attempt)
        decided, reached, guards = self._decided(request, identity, registry)
        told = told_green(decided)
        position = logged(
            self._ledger,
            identity,
            request,
            officer,
            rules=RULES,
            view=VIEW,
            shown=lambda look: [[str(look.originator_id), VIEW, hashlib.sha256(told).hexdigest()]],
            reached=reached,
            guards=guards,
        )
        return GreenAnswer(decided, position)

    def _decided(
        self, request: Request, identity: Identity, registry: Registry
    ) -> tuple[GreenChannel, int, dict[UUID, int]]:
        """What the rule says on the day, how far the dossiers were, and the streams that it was read from.

        Who was never met has a clean record.
        """
        self._desk.registry.forget()
        guards: dict[UUID, int] = {}
        years = self._desk.settings(guards).number("green_channel.clean_years", on=request.on)
        subject = SubjectDesk(self._ledger).find(identity)
        if subject is None:
            return green_channel((), (), years=years, today=request.on), 0, guards
        adverse = AdverseRecords(self._ledger, registry, lambda day: self._desk.months_max(day, guards))
        dossier = dossier_of(self._ledger, subject)
        held, red = held_by(self._ledger, subject), []
        for note in (note for note in held.notes if note.kind == "red" and note.holds_on(request.on)):
            guards |= registry.item(note.list_code).guards
            if not registry.is_stopped(note.list_code):
                versions = registry.standard(note.list_code).versions
                red += [v.excludes for v in versions if v.version == note.version]
        decided = green_channel(adverse.among(dossier.entries), red, years=years, today=request.on)
        return decided, dossier.reached, {**guards, subject: held.version, **adverse.guards}
