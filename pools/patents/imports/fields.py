"""Which columns of a row go where, and how a row is compared with what is on record."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a row that goes to one of the same name in a table of patents."""

    name: str
    blank: str
    """SQL that is true where the row says nothing of it; `{}` stands for the column."""
    value: str = "{}"
    """SQL of what is kept."""

    def of(self, row: str) -> str:
        """Return the SQL of what a row says."""
        return self.value.format(f'{row}."{self.name}"')

    def says_nothing(self, row: str) -> str:
        """Return the SQL condition that a row says nothing of it."""
        return self.blank.format(f'{row}."{self.name}"')

    def differs(self, row: str, kept: str) -> str:
        """Return the SQL condition that a row says something else than what is kept."""
        return f'(NOT {self.says_nothing(row)} AND {self.of(row)} IS DISTINCT FROM {kept}."{self.name}")'


def _text(name: str, longest: int) -> Field:
    return Field(name, "({} = '')", f"left({{}}, {longest})")


def _day(name: str) -> Field:
    return Field(name, "({} IS NULL)")


def _list(name: str, longest: int) -> Field:
    return Field(name, "(cardinality({}) = 0)", f"{{}}::varchar({longest})[]")


OF_PATENT: Final = (
    Field("right", "({} = '')"),
    _text("title", 1000),
    _day("filed_on"),
    _day("granted_on"),
    _day("ends_on"),
)
OF_BIBLIOGRAPHY: Final = (
    _text("title_en", 1000),
    Field("abstract", "({} = '')"),
    Field("first_claim", "({} = '')"),
    _list("applicants", 300),
    _list("inventors", 300),
    _text("address", 500),
    _text("agency", 300),
    _list("agents", 300),
    _list("ipc", 20),
    _list("cpc", 20),
    Field("priorities", "({} = '[]'::jsonb)"),
    _day("priority_on"),
    Field("claims_count", "({} IS NULL)"),
    _list("standards", 200),
    _text("office_status", 200),
)
ALL: Final = (*OF_PATENT, *OF_BIBLIOGRAPHY)

# A row that contradicts itself is doubtful. Taken all the same, it says of the days only what can be true.
CONSISTENT: Final = {
    "granted_on": "{row}.granted_on < {row}.filed_on",
    "ends_on": "{row}.ends_on < {row}.granted_on",
}
"""SQL conditions that a row's own days take a field's word away."""


def kept(field: Field, row: str) -> str:
    """Return the SQL of what a new patent keeps of a row."""
    if field.name not in CONSISTENT:
        return field.of(row)
    return f"CASE WHEN {CONSISTENT[field.name].format(row=row)} THEN NULL ELSE {field.of(row)} END"


NEVER_FILLED: Final = ("granted_on", "ends_on")
"""Days by which closes count a right: what offices and dockets say of them is put before people, never taken over."""
