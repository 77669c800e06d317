"""Patents, their families, who owned which part of them when, and what is on record about them."""

from pools.patents.models.differences import Difference, DifferenceState, OutsideRecord
from pools.patents.models.encumbrances import Encumbrance, EncumbranceKind
from pools.patents.models.events import ImportedEvent, LegalEvent
from pools.patents.models.imports import ImportedPatent, Outcome
from pools.patents.models.ownership import Ownership
from pools.patents.models.records import Bibliography, Publication, Source
from pools.patents.models.rights import Patent, PatentFamily, PatentGrant, RightKind
from pools.patents.models.words import PatentWords

__all__ = [
    "Bibliography",
    "Difference",
    "DifferenceState",
    "Encumbrance",
    "EncumbranceKind",
    "ImportedEvent",
    "ImportedPatent",
    "LegalEvent",
    "Outcome",
    "OutsideRecord",
    "Ownership",
    "Patent",
    "PatentFamily",
    "PatentGrant",
    "PatentWords",
    "Publication",
    "RightKind",
    "Source",
]
