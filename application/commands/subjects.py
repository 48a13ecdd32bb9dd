"""Finding credit subjects by blind index, and registering those met for the first time (STORAGE 3, 5).

Intake (and later queries) ask for ids; the registrations go into the same append as what needed them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from application.data_keys import record_class
from application.ledger import Ledger, SealedAct
from application.ports import HasVault, KeyName
from domain.catalogue.items import SUBJECT_KINDS, SubjectKind
from domain.parties.events import SubjectRegistered
from domain.parties.identifiers import normalise
from domain.shared.canonical import Parts
from domain.shared.events import placed
from domain.shared.forms import Form

ACCESS_KEY_BYTES = 32


@dataclass(frozen=True)
class Identity:
    """Who a record is about: the kind of subject and its normalised identifier.

    ``id_type`` is the kind of document of a natural person (身份证, 护照号 ...), empty for organisations.
    """

    kind: SubjectKind
    id_type: str
    number: str

    def owner_of(self, part: str, *, subject: UUID, record: UUID, deletable: bool) -> KeyName:
        """Whose data key a part of a record about this subject is under.

        A natural person's own parts are under the person's keys; the representative of an organisation is
        somebody else, so that part has a key of its own and can be erased alone. A ``deletable`` record
        (REP-5) has keys that it shares with no other of its subject.
        """
        if part.startswith("person/") and self.kind != "natural_person":
            return record, part
        return subject, record_class(part, record if deletable else None)


@dataclass
class Subjects:
    """Ids of the subjects asked for, and what registering the new ones needs."""

    ids: dict[Identity, UUID] = field(default_factory=dict)
    registrations: list[SealedAct] = field(default_factory=list)
    blinds: dict[bytes, UUID] = field(default_factory=dict)


def identity_of(form: Form, parts: Parts) -> Identity:
    """The subject of a row that passed its checks."""
    kind = SUBJECT_KINDS[str(parts["public"][form.subject_kind])]
    if kind == "natural_person":
        person = parts["person/1"]
        return Identity(kind, str(person[form.id_type]), normalise(str(person[form.id_number])))
    return Identity(kind, "", normalise(str(parts["public"][form.subject_code])))


def blind_of(ledger: HasVault, identity: Identity) -> bytes:
    """The blind index of an identifier: the same for an organisation and an individual business."""
    scope = f"id:{identity.id_type}" if identity.kind == "natural_person" else "code"
    return ledger.vault.mac("subject", f"{scope}\n{identity.number}".encode())


class SubjectDesk:
    """Looks subjects up and registers new ones."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, identity: Identity) -> UUID | None:
        """The id of a subject that was met before, or None."""
        blind = blind_of(self._ledger, identity)
        return self._ledger.store.subjects_of([blind]).get(blind)

    def find_or_register(self, identities: Iterable[Identity]) -> Subjects:
        """Ids for all; new ones come with their registration, to be appended by the caller."""
        blinds = {identity: blind_of(self._ledger, identity) for identity in identities}
        known = self._ledger.store.subjects_of(set(blinds.values()))
        subjects = Subjects()
        for identity, blind in blinds.items():
            subject_id = known.get(blind)
            if subject_id is None:
                subject_id = known[blind] = self._ledger.entropy.uuid()
                subjects.blinds[blind] = subject_id
                subjects.registrations.append(self._registration(identity, subject_id))
            subjects.ids[identity] = subject_id
        return subjects

    def _registration(self, identity: Identity, subject_id: UUID) -> SealedAct:
        natural = identity.kind == "natural_person"
        event = SubjectRegistered(
            **placed(subject_id, 1, self._ledger.now()),
            subject_kind=identity.kind,
            access_key=self._ledger.entropy.bytes(ACCESS_KEY_BYTES).hex(),
            code=None if natural else identity.number,
            id_type=identity.id_type if natural else None,
            id_number=identity.number if natural else None,
        )
        owners = {name: (subject_id, name.partition("/")[0]) for name in event.parts()}
        return self._ledger.seal(event, owners=owners)
