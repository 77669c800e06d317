"""Which licences accumulate together: a named group, or the licensee by itself under a key that no name can take."""

from typing import Final
from uuid import UUID

OWN_ENTERPRISE: Final = "organisation:"
"""How the key of a licensee by itself begins; no group may be named so."""


def own_enterprise(organisation_id: UUID) -> str:
    """Return the key under which an organisation's licences accumulate outside of any group, whatever its name."""
    return f"{OWN_ENTERPRISE}{organisation_id}"


def is_own_enterprise(enterprise: str) -> bool:
    """Say whether an enterprise is a licensee by itself rather than a named group."""
    return enterprise.startswith(OWN_ENTERPRISE)
