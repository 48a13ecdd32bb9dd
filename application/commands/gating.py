"""The gate of a record's content: the checks of recording, at intake and for a correction (OBJ-5).

Form checks, then the catalogue; the streams relied on become guards of the append.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from application.ports import Document, HasVault
from application.registry import Registry
from domain.catalogue.gate import gate
from domain.catalogue.items import SUBJECT_KINDS
from domain.records.publicity import item_code
from domain.records.rows import check_row
from domain.shared.canonical import Parts, canonical
from domain.shared.forms import Form
from domain.shared.refusals import Defect
from domain.shared.text import document_number_words, normalise_document_number, normalise_name


def content_defects(
    registry: Registry,
    form: Form,
    parts: Parts,
    *,
    department: str,
    today: date,
    guards: dict[UUID, int],
) -> list[Defect]:
    """Everything that would keep this content from being recorded; ``guards`` gets the item's stream."""
    defects = check_row(form, parts, today=today)
    found = defects or gate_defects(registry, form, parts, department=department, guards=guards)
    # What stands under a suspended item may still be put right; only nothing new comes in (INS-2).
    return [defect for defect in found if defect.code != "catalogue_item_suspended"]


def gate_defects(
    registry: Registry, form: Form, parts: Parts, *, department: str, guards: dict[UUID, int]
) -> list[Defect]:
    """The catalogue's gate at the date of the determination, and the units that a sound row names."""
    public = parts["public"]
    versions = registry.item(item_code(parts))
    guards[versions.stream_id] = versions.stream_version
    found = gate(
        versions.items,
        submitting_department=department,
        authority_code=str(public[form.authority_code]),
        subject_kind=SUBJECT_KINDS[str(public[form.subject_kind])],
        decided=date.fromisoformat(str(public[form.decided])),
    )
    # The gate knows no form, so it cannot name the column that has to be put right.
    columns = {
        "catalogue_not_the_determining_authority": form.authority_code,
        "catalogue_subject_kind": form.subject_kind,
    }
    defects = [replace(defect, field=columns.get(defect.code, defect.field)) for defect in found]
    standards = registry.standard(versions.items[0].code) if versions.items else None
    if standards is not None and any(version.kind == "serious" for version in standards.versions):
        guards[standards.stream_id] = standards.stream_version
        about = {"item": versions.items[0].code}
        defects.append(Defect("LST-4", "list_needs_a_case", "item", about))
    if registry.department(str(public[form.source_code])) is None:
        defects.append(Defect("DET-5", "source_unit_unknown", form.source_code))
    return defects


@dataclass(frozen=True)
class KnownAs:
    """By what one legal document is known, as the ledger remembers it (DET-2).

    ``own``: the number of its authority by code; ``twin``: what that number says, of the authority by name, under
    whatever code and however it is written (ADR 0055). ``assessed``: under what its leniency assessments stand.
    """

    own: Document
    twin: Document
    assessed: bytes

    @property
    def both(self) -> tuple[Document, Document]:
        """Both, as they are looked up and kept."""
        return self.own, self.twin


def document_of(ledger: HasVault, form: Form, parts: Parts, record_id: UUID) -> KnownAs:
    """The legal document that a content names (DET-2)."""
    public = parts["public"]
    number, mac = str(public[form.document_number]), ledger.vault.mac("content", canonical(parts))
    authority = str(public[form.authority_code])
    own = document_fingerprint(ledger, authority, number)
    words = (normalise_name(str(public[form.authority_name])), *document_number_words(number))
    twin = ledger.vault.mac("document_twin", "\n".join(words).encode())
    assessed = assessed_fingerprint(ledger, authority, number)
    return KnownAs(Document(own, record_id, mac), Document(twin, record_id, mac), assessed)


def assessed_fingerprint(ledger: HasVault, authority: str, number: str) -> bytes:
    """The keyed hash under which a document is assessed (DET-4): another spelling of its number is no way around."""
    said = "\n".join((authority, *document_number_words(number)))
    return ledger.vault.mac("document_assessed", said.encode())


def document_fingerprint(ledger: HasVault, authority: str, number: str) -> bytes:
    """The keyed hash by which one legal document is known, whatever the brackets of its number (DET-2)."""
    return ledger.vault.mac("document", f"{authority}\n{normalise_document_number(number)}".encode())
