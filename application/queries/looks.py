"""Writing a look into its subject's own list, durable before anything is shown; and telling looks to the subject.

The subject's own questions and an auditor's use it; shared queries write theirs in the call that reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

from application.commands.subjects import Identity, SubjectDesk
from application.data_keys import ACCESS_CLASS
from application.ledger import Ledger, instant
from application.ports import Append, Conflict, LedgerUnavailable
from domain.access.events import SubjectQueried
from domain.access.model import OF_PLATFORM, Purpose
from domain.parties.events import DepartmentRegistered
from domain.shared.canonical import Json, canonical
from domain.shared.events import placed

ATTEMPTS_MAX = 4
OFFICERS_TOLD: Mapping[str, Json] = {"officers": True}
"""What a look of a subject's own says in ``asked`` since officers' pseudonyms are told to it (ADR 0060); a replay tells
them where it does."""
Answer = TypeVar("Answer")
Params = ParamSpec("Params")


class HasLedger(Protocol):
    """Queries over a ledger."""

    _ledger: Ledger


Asking = TypeVar("Asking", bound=HasLedger)


class Overtaken(Exception):
    """What an answer relies on moved before its look was in the log; nothing was written, and nothing may be told."""


Shown = list[list[str]]
"""``[record, part, digest]`` of everything that an answer shows."""


class Names(Protocol):
    """What departments and purposes are called."""

    def department(self, code: str) -> DepartmentRegistered | None: ...
    def purpose(self, code: str) -> Purpose | None: ...


@dataclass(frozen=True)
class Look:
    """One look (查询记录) at a subject: by whom, when, why, and what was shown by record and part.

    ``number`` counts a subject's looks from 1 without a gap, so that none can be left out unseen. ``as_of`` is
    the past instant or position that was asked for, empty for the present. ``officer`` is the pseudonym of who looked,
    empty where the subject itself asked; None, and not told, as it was before ADR 0060.
    """

    number: int
    at: str
    department: str
    department_name: str
    role: str
    purpose: str
    purpose_zh: str
    case: str
    basis: str
    view: str
    as_of: str
    shown: tuple[Mapping[str, str], ...]
    officer: str | None = None


def told_look(event: SubjectQueried, names: Names, *, officers: bool) -> Look:
    """A look as its subject is told of it: which office and officer, by pseudonym; what was shown, not its digest."""
    department = names.department(event.department)
    purpose = OF_PLATFORM.get(event.purpose) or names.purpose(event.purpose)
    return Look(
        number=event.originator_version,
        at=instant(event.timestamp),
        department=event.department,
        department_name=department.name if department else "",
        role=event.role,
        purpose=event.purpose,
        purpose_zh=purpose.zh if purpose else "",
        case=event.case or "",
        basis=event.basis or "",
        view=event.view,
        as_of=event.as_of or "",
        shown=tuple({"record": record, "part": part} for record, part, _ in event.shown),
        officer=None if not officers else "" if event.officer == event.role else event.officer,
    )


def told_of(look: Look) -> dict[str, Json]:
    """A look as it is told, without what is not."""
    told: dict[str, Json] = {**vars(look), "shown": [dict(shown) for shown in look.shown]}
    if look.officer is None:
        del told["officer"]
    return told


def looks_content(looks: Sequence[Look]) -> bytes:
    """A run of looks in canonical JSON, as an access event announces it."""
    return canonical([told_of(look) for look in looks])


def looks_digest(looks: Sequence[Look]) -> str:
    """SHA-256 of :func:`looks_content`, in hexadecimal."""
    return hashlib.sha256(looks_content(looks)).hexdigest()


def asked_again(ledger: Ledger, ask: Callable[[], Answer]) -> Answer:
    """The answer of ``ask``, made anew while it is overtaken: by a stream that it relies on, or by any erasure.

    What was opened before an erasure leaves after none (PRV-4); no stream that was read says that its keys went.
    Raises ``LedgerUnavailable`` when it is overtaken each time.
    """
    for _ in range(ATTEMPTS_MAX):
        erased = ledger.store.last_erasing()
        try:
            answer = ask()
        except Overtaken:
            continue
        if ledger.store.last_erasing() == erased:
            return answer
    raise LedgerUnavailable("what was asked about moved while it was answered")


def made_again(
    ask: Callable[Concatenate[Asking, Params], Answer],
) -> Callable[Concatenate[Asking, Params], Answer]:
    """A question that its ledger's queries ask, answered as by :func:`asked_again`."""

    @wraps(ask)
    def answered(queries: Asking, /, *args: Params.args, **kwargs: Params.kwargs) -> Answer:
        return asked_again(queries._ledger, lambda: ask(queries, *args, **kwargs))

    return answered


def log_look_at(
    ledger: Ledger, identity: Identity, logged: Callable[[UUID, Sequence[Append]], int]
) -> tuple[UUID, int]:
    """Log a look at whoever has this identifier; who was never met is registered with it, so that its list begins.

    ``logged`` calls :func:`log_look` for the subject with the appends to make before. The subject and the
    position of the look. Raises ``LedgerUnavailable``.
    """
    for _ in range(ATTEMPTS_MAX):
        found = SubjectDesk(ledger).find_or_register([identity])
        subject = found.ids[identity]
        before: list[Append] = []
        if found.registrations:
            meta = {"actor": "platform", "purpose": "first_query"}
            registering = ledger.prepare(found.registrations, meta=meta)
            registering.subjects = found.blinds
            before.append(registering)
        try:
            return subject, logged(subject, before)
        except Conflict:
            continue
    raise LedgerUnavailable("too many looks at once")


def log_look(
    ledger: Ledger,
    subject: UUID,
    *,
    department: str,
    officer: str,
    role: str,
    purpose: str,
    rules: Sequence[str],
    view: str,
    shown: Shown | Callable[[SubjectQueried], Shown],
    view_position: int = 0,
    case: str | None = None,
    basis: str | None = None,
    as_of: str = "",
    objected: Iterable[UUID] = (),
    asked: Mapping[str, Json] | None = None,
    before: Sequence[Append] = (),
    guards: Mapping[UUID, int] | None = None,
) -> int:
    """The position of the look; ``before`` is appended in the same transaction (a registration).

    ``shown`` may depend on the look itself: then it gets the event with nothing shown, once its number is known.
    ``objected`` are records told under the mark of an objection, ``asked`` what was asked that nothing else here says.
    ``guards`` are the streams of records that the answer relies on, with the versions that were read.

    Raises ``LedgerUnavailable``; ``Conflict`` when ``before`` is overtaken, ``Overtaken`` when a guard is.
    """
    for attempt in range(ATTEMPTS_MAX):
        event = SubjectQueried(
            **placed(subject, _last_version(ledger, subject) + 1, ledger.now()),
            department=department,
            officer=officer,
            role=role,
            purpose=purpose,
            rules=list(rules),
            view=view,
            view_position=view_position,
            shown=[] if callable(shown) else shown,
            case=case,
            basis=basis,
            as_of=as_of or None,
            objected=marked(objected),
            reached=ledger.store.head_of("records"),
            asked=dict(asked) if asked else None,
        )
        if callable(shown):
            event = replace(event, shown=shown(event))
        owners = dict.fromkeys(event.parts(), (subject, ACCESS_CLASS))
        meta = {"actor": department, "officer": officer, "purpose": purpose}
        look = ledger.prepare([ledger.seal(event, owners=owners)], meta=meta, log="access")
        look.guards |= guards or {}
        try:
            return ledger.store.append(*before, look)[-1]
        except Conflict as conflict:
            if guards and conflict.what == "guard":
                raise Overtaken from conflict
            if before or attempt + 1 == ATTEMPTS_MAX:
                raise
    raise LedgerUnavailable("too many looks at once")


def marked(objected: Iterable[UUID]) -> list[str] | None:
    """Records under the mark of an objection as a look announces them; None for none."""
    return sorted(map(str, objected)) or None


def _last_version(ledger: Ledger, subject: UUID) -> int:
    """The number of the newest look at a subject, 0 for none."""
    newest = ledger.store.load_slice("access", subject, descending=True, limit=1)
    return newest[0].stream_version if newest else 0
