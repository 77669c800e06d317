"""Which licences accumulate together: a named group, or the licensee by itself under a key that no name can take."""

import csv
from collections.abc import Collection
from typing import Final
from uuid import UUID

from platform_core.csv_text import csv_bytes

OWN_ENTERPRISE: Final = "organisation:"
"""How the key of a licensee by itself begins; no group may be named so."""


OF_LICENCES: Final = ("licences.csv", "licence_changes.csv", "charges.csv", "bilaterals.csv", "payments.csv")
"""The tables of a bundle whose rows are each of one licence."""


def own_enterprise(organisation_id: UUID) -> str:
    """Return the key under which an organisation's licences accumulate outside of any group, whatever its name."""
    return f"{OWN_ENTERPRISE}{organisation_id}"


def is_own_enterprise(enterprise: str) -> bool:
    """Say whether an enterprise is a licensee by itself rather than a named group."""
    return enterprise.startswith(OWN_ENTERPRISE)


def rows_of_licences(codes: Collection[str], table: bytes) -> bytes:
    """Keep the rows of a bundle's table that are of some licences, by their codes, as CSV in UTF-8."""
    rows = list(csv.reader(table.decode().splitlines()))
    at = rows[0].index("licence_id")
    return csv_bytes(rows[0], (row for row in rows[1:] if row[at] in codes))
