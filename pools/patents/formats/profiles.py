"""How other systems head their tables."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from platform_core.exchange.reading import normalise_heading

_DATA: Final = Path(__file__).with_name("profiles.toml")

FIELDS: Final = (
    "publication",
    "application",
    "grant_number",
    "office",
    "kind",
    "country",
    "title",
    "title_en",
    "abstract",
    "first_claim",
    "filed_on",
    "published_on",
    "granted_on",
    "ends_on",
    "priority_on",
    "national_phase_on",
    "right",
    "status",
    "applicants",
    "applicants_by_comma",
    "owners",
    "owners_by_comma",
    "inventors",
    "inventors_by_comma",
    "agency",
    "agents",
    "address",
    "ipc",
    "cpc",
    "priorities",
    "treaty_application",
    "treaty_publication",
    "claims_count",
    "family_code",
    "family",
    "standards",
)
"""What a column can be to us. `…_by_comma`: several in a cell, parted by commas, which part no names elsewhere."""

DAYS: Final = tuple(name for name in FIELDS if name.endswith("_on"))


@dataclass(frozen=True, slots=True)
class Profile:
    """How one system heads its tables."""

    code: str
    zh: str
    en: str
    verified: bool
    """Tried on a file that the system itself wrote; otherwise by its headings alone."""
    is_family_rows: bool
    mark: frozenset[str]
    """Headings that are this system's own."""
    columns: dict[str, str]
    """Field by heading, both as compared."""


@cache
def profiles() -> tuple[Profile, ...]:
    """Return the profiles of the systems we know."""
    found = []
    for code, rows in tomllib.loads(_DATA.read_text(encoding="utf-8")).items():
        columns = {}
        for name, headings in rows["columns"].items():
            if name not in FIELDS:
                raise ValueError(f"{code}: {name} is no field")
            columns.update({normalise_heading(heading): name for heading in headings})
        found.append(
            Profile(
                code=code,
                zh=rows["zh"],
                en=rows["en"],
                verified=rows["verified"],
                is_family_rows=rows.get("family_rows", False),
                mark=frozenset(map(normalise_heading, rows["mark"])),
                columns=columns,
            )
        )
    return tuple(found)


@cache
def known_headings() -> frozenset[str]:
    """Return all headings that any profile knows, to find the row of headings by."""
    return frozenset(heading for profile in profiles() for heading in (*profile.columns, *profile.mark))
