"""A subject's consent to be looked up: what it must say, when it holds, and how it ends (PRV-2).

A portal gives and withdraws it on the subject's behalf; an authorised query cites it and is decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.access.events import ConsentGiven, ConsentWithdrawn
from domain.shared.deadlines import add_months
from domain.shared.events import Event
from domain.shared.refusals import Defect
from domain.shared.text import says

EVERYTHING = ("*", "all", "全部")
TEXT_MAX = 200


@dataclass(frozen=True)
class Consent:
    """A consent (授权): to whom, for what, in which manner, over which items, from and until when."""

    subject: str
    recipient: str
    purpose: str
    manner: str
    items: tuple[str, ...]
    from_day: date
    until: date
    withdrawn: bool = False
    version: int = 1

    def covers(self, *, subject: str, recipient: str, purpose: str, item: str, on: date) -> bool:
        """Whether ``recipient`` may see the subject's records of ``item`` for ``purpose`` on a day."""
        return (
            not self.withdrawn
            and self.from_day <= on <= self.until
            and (subject, recipient, purpose) == (self.subject, self.recipient, self.purpose)
            and item in self.items
        )


def consent_defects(
    *,
    recipient_known: bool,
    purpose_known: bool,
    manner: str,
    items: tuple[str, ...],
    items_known: tuple[str, ...],
    from_day: date,
    until: date | None,
    freely_given: bool,
    months_max: int,
) -> list[Defect]:
    """Everything that keeps a consent from being one (PRV-2): each thing stated, never for life or everything.

    ``months_max`` is the setting of the day on which it is given.
    """
    defects: list[Defect] = []
    if not recipient_known:
        defects.append(Defect("PRV-2", "consent_recipient_unknown", "/recipient"))
    if not purpose_known:
        defects.append(Defect("PRV-2", "consent_purpose_unknown", "/purpose"))
    if not says(manner, most=TEXT_MAX):
        defects.append(Defect("PRV-2", "consent_manner_missing", "/manner", {"most": str(TEXT_MAX)}))
    if not items or any(item.strip().lower() in EVERYTHING for item in items):
        defects.append(Defect("PRV-2", "consent_for_everything", "/items"))
    elif set(items) - set(items_known):
        defects.append(Defect("PRV-2", "consent_item_unknown", "/items"))
    if until is None or until > add_months(from_day, months_max):
        defects.append(Defect("PRV-2", "consent_for_life", "/until", {"months": str(months_max)}))
    elif until < from_day:
        defects.append(Defect("PRV-2", "consent_over_already", "/until"))
    if not freely_given:
        defects.append(Defect("PRV-2", "consent_forced", "/freely_given"))
    return defects


def fold_consent(events: Iterable[Event]) -> Consent | None:
    """The consent as its events leave it; None when there are none (or nothing of them can be opened)."""
    consent: Consent | None = None
    for event in events:
        if isinstance(event, ConsentGiven):
            consent = Consent(
                subject=event.subject,
                recipient=event.recipient,
                purpose=event.purpose,
                manner=event.manner,
                items=tuple(event.items),
                from_day=date.fromisoformat(event.from_day),
                until=date.fromisoformat(event.until),
            )
        elif isinstance(event, ConsentWithdrawn) and consent is not None:
            consent = replace(consent, withdrawn=True, version=event.originator_version)
    return consent
