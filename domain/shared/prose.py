"""The sentences for every refusal, Chinese and English, by code.

Placeholders are filled from ``Defect.data``; no sentence ever carries personal data.
"""

from __future__ import annotations

from domain.shared.prose_access import ACCESS_PROSE
from domain.shared.prose_catalogue import PROSE_CATALOGUE
from domain.shared.prose_consistency import CONSISTENCY_PROSE
from domain.shared.prose_erasure import ERASURE_PROSE
from domain.shared.prose_files import FILE_PROSE
from domain.shared.prose_instruments import INSTRUMENT_PROSE
from domain.shared.prose_ledger import LEDGER_PROSE
from domain.shared.prose_leniency import LENIENCY_PROSE
from domain.shared.prose_listing import LISTING_PROSE
from domain.shared.prose_measures import MEASURE_PROSE
from domain.shared.prose_oversight import OVERSIGHT_PROSE
from domain.shared.prose_proposals import PROPOSAL_PROSE
from domain.shared.prose_red_lists import RED_LIST_PROSE
from domain.shared.prose_remedies import REMEDY_PROSE
from domain.shared.prose_restoration import RESTORATION_PROSE
from domain.shared.prose_reviews import REVIEW_PROSE
from domain.shared.prose_rows import ROW_PROSE
from domain.shared.prose_tip_offs import TIP_OFF_PROSE

PROSE: dict[str, tuple[str, str]] = {
    "told": ("{zh}", "{en}"),
    **ROW_PROSE,
    **TIP_OFF_PROSE,
    **FILE_PROSE,
    **PROSE_CATALOGUE,
    **LEDGER_PROSE,
    **CONSISTENCY_PROSE,
    **ACCESS_PROSE,
    **REMEDY_PROSE,
    **REVIEW_PROSE,
    **RESTORATION_PROSE,
    **ERASURE_PROSE,
    **LISTING_PROSE,
    **MEASURE_PROSE,
    **PROPOSAL_PROSE,
    **LENIENCY_PROSE,
    **INSTRUMENT_PROSE,
    **OVERSIGHT_PROSE,
    **RED_LIST_PROSE,
}
