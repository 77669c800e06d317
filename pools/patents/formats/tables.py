"""Understanding the tables of other systems, row by row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from platform_core.codes import COUNTRIES
from platform_core.exchange.reading import (
    DayOrder,
    NoDay,
    Row,
    Table,
    clean,
    find_day_order,
    normalise_heading,
    open_table,
    read_day,
    split_many,
)
from pools.patents.formats.profiles import DAYS, FIELDS, Profile, known_headings, profiles
from pools.patents.formats.records import Doubt, Person, ReadPatent, Refusal
from pools.patents.formats.symbols import symbols
from pools.patents.numbers import Check, PatentNumber, Stage, read_number

_SAMPLED = 2_000
_FORMULA: Final = ("=", "@", "\t=")
_COMMA = re.compile(
    r"\s*,\s*+(?!(?:Inc|Ltd|LLC|L\.?L\.?C|Co|Corp|S\.?A|S\.?p\.?A|N\.?V|B\.?V|GmbH|K\.?K)\b)", re.IGNORECASE
)
_PRIORITY = re.compile(r"(.*?\S)\s+(\d{8}|\d{4}[-./]\d{1,2}[-./]\d{1,2})")
_RIGHTS: Final = (("外观", "design"), ("design", "design"), ("实用新型", "utility_model"), ("utility", "utility_model"))

Mapping = dict[str, str]
"""Which field each heading is, by the heading as compared (`normalise_heading`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a table was taken for, for people to see and change."""

    profile: Profile | None
    """None: no system we know; the mapping is a guess by single headings."""
    mapping: Mapping
    not_taken: tuple[str, ...]
    """Headings that are nothing to us."""
    day_order: DayOrder
    day_samples: tuple[str, ...] = field(default=())
    """Cells by which the order of day and month was decided, or could not be."""


def open_patent_table(path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "") -> Table:
    """Open a table of patents; see `open_table`."""
    return open_table(path, known=known_headings(), encoding=encoding, delimiter=delimiter, sheet=sheet)


def recognise(table: Table) -> Recognised:
    """Say which system a table is from, by its headings, and what each column is."""
    compared = [normalise_heading(heading) for heading in table.headings]
    present = set(compared)
    best = max(profiles(), key=lambda profile: (len(profile.mark & present), len(present & profile.columns.keys())))
    profile = best if len(best.mark & present) >= 2 else None
    known = profile.columns if profile else _all_columns()
    mapping = {heading: known[heading] for heading in compared if heading in known}
    cells = _day_cells(table, mapping)
    return Recognised(
        profile=profile,
        mapping=mapping,
        not_taken=tuple(
            heading for heading, name in zip(table.headings, compared, strict=True) if heading and name not in mapping
        ),
        day_order=find_day_order(cells),
        day_samples=tuple(dict.fromkeys(cell for cell in cells if cell))[:5],
    )


def read_patents(
    table: Table, mapping: Mapping, *, day_order: DayOrder, is_family_rows: bool = False
) -> Iterator[ReadPatent | Refusal]:
    """Yield what each row tells, or why it is refused; a row that names several publications yields one for each."""
    reader = _Reader(table.headings, mapping, day_order)
    for row in table.rows():
        yield from reader.read(row, is_family_rows)


def _all_columns() -> Mapping:
    found: Mapping = {}
    for profile in profiles():
        for heading, name in profile.columns.items():
            found.setdefault(heading, name)
    for name in FIELDS:
        found.setdefault(normalise_heading(name), name)
    return found


def _day_cells(table: Table, mapping: Mapping) -> list[str]:
    places = [
        place for place, heading in enumerate(table.headings) if mapping.get(normalise_heading(heading), "") in DAYS
    ]
    cells = []
    for _, row in zip(range(_SAMPLED), table.rows(), strict=False):
        cells += [clean(row.cells[place]) for place in places]
    return cells


class _Reader:
    """Reads rows by a mapping, with the place of each field looked up once."""

    def __init__(self, headings: Sequence[str], mapping: Mapping, day_order: DayOrder) -> None:
        self._places: dict[str, list[int]] = {}
        for place, heading in enumerate(headings):
            if name := mapping.get(normalise_heading(heading)):
                self._places.setdefault(name, []).append(place)
        self._headings = headings
        self._order = day_order

    def read(self, row: Row, is_family_rows: bool) -> Iterator[ReadPatent | Refusal]:
        """Yield what a row tells."""
        if formula := next((cell for cell in row.cells if cell.startswith(_FORMULA)), None):
            yield Refusal(
                row.line, "", "formula", f"A cell begins as a formula does: “{formula[:40]}”. Write it as text."
            )
            return
        told = split_many(self._text(row, "publication")) if is_family_rows else [self._text(row, "publication")]
        if not is_family_rows:
            yield self._one(row, told[0])
            return
        members = []
        for number in told:
            read = self._one(row, number)
            if isinstance(read, ReadPatent):
                read.family = told
            members.append(read)
        yield from members

    def _one(self, row: Row, published: str) -> ReadPatent | Refusal:
        patent = ReadPatent(line=row.line)
        office = self._office(row)
        kind = self._text(row, "kind")
        self._numbers(patent, row, published, office, kind)
        usable = [number for number in (patent.publication, patent.application) if number and number.is_valid]
        if not usable:
            given = patent.publication or patent.application
            if given is None:
                return Refusal(row.line, "publication", "no_number", "The row names no publication and no application.")
            which = "publication" if patent.publication else "application"
            text = published if patent.publication else self._text(row, "application")
            return Refusal(row.line, which, given.flaws[0].code, given.flaws[0].detail, text)
        self._country(patent, row, usable[0], office)
        for name in ("title", "title_en", "abstract", "first_claim", "status", "agency", "address", "family_code"):
            setattr(patent, name, self._text(row, name))
        self._days(patent, row)
        self._people(patent, row)
        self._classes(patent, row)
        self._rest(patent, row)
        _compare(patent)
        return patent

    def _text(self, row: Row, name: str) -> str:
        """Return the first cell of a field that says something."""
        for place in self._places.get(name, ()):
            if place < len(row.cells) and (text := clean(row.cells[place])):
                return text
        return ""

    def _many(self, row: Row, name: str) -> list[str]:
        found: list[str] = []
        for place in self._places.get(name, ()):
            if place < len(row.cells):
                found += split_many(row.cells[place])
        return list(dict.fromkeys(found))

    def _office(self, row: Row) -> str:
        office = self._text(row, "office").upper()
        return office if len(office) == 2 and office.isalpha() else ""

    def _numbers(self, patent: ReadPatent, row: Row, published: str, office: str, kind: str) -> None:
        if published:
            patent.publication = _number(published, office, kind, None)
        if filed := self._text(row, "application"):
            patent.application = read_number(filed, office=office, stage=Stage.APPLICATION)
            self._check(patent, "application", patent.application)
        granted = self._text(row, "grant_number")
        if granted and not patent.application:
            patent.application = read_number(granted, office=office or "CN")
            self._check(patent, "application", patent.application)
        if patent.publication and patent.publication.flaws:
            self._check(patent, "publication", patent.publication)

    def _check(self, patent: ReadPatent, name: str, number: PatentNumber) -> None:
        patent.doubts += [Doubt(name, flaw.code, flaw.detail) for flaw in number.flaws]

    def _country(self, patent: ReadPatent, row: Row, number: PatentNumber, office: str) -> None:
        told = self._text(row, "country").upper()
        country = number.country or (told if told in COUNTRIES else "") or number.office or office
        patent.country = country
        if number.country and told in COUNTRIES and told != number.country:
            patent.doubts.append(
                Doubt("country", "countries_differ", f"The number says {number.country}, the column {told}.")
            )

    def _days(self, patent: ReadPatent, row: Row) -> None:
        for name in ("filed_on", "published_on", "granted_on", "ends_on", "priority_on"):
            text = self._text(row, name)
            if not text:
                continue
            try:
                setattr(patent, name, read_day(text, self._order))
            except NoDay as problem:
                patent.doubts.append(Doubt(name, "no_day", f"{problem}."))

    def _people(self, patent: ReadPatent, row: Row) -> None:
        for name in ("applicants", "owners", "inventors"):
            names = self._many(row, name)
            for cell in self._many(row, f"{name}_by_comma"):
                names += [part for part in map(clean, _COMMA.split(cell)) if part]
            setattr(patent, name, [Person(one) for one in dict.fromkeys(names)])
        patent.agents = self._many(row, "agents")

    def _classes(self, patent: ReadPatent, row: Row) -> None:
        for name in ("ipc", "cpc"):
            found = [symbol for cell in self._many(row, name) for symbol in symbols(cell)]
            setattr(patent, name, list(dict.fromkeys(found)))

    def _rest(self, patent: ReadPatent, row: Row) -> None:
        patent.family = patent.family or self._many(row, "family")
        patent.standards = self._many(row, "standards")
        for text in self._many(row, "priorities"):
            patent.priorities.append(_priority(text))
        if count := self._text(row, "claims_count"):
            if count.isdigit() and int(count) < 10_000:
                patent.claims_count = int(count)
            else:
                patent.doubts.append(Doubt("claims_count", "no_count", f"“{count[:20]}” is no number of claims."))
        told = self._text(row, "right").casefold()
        number = patent.application or patent.publication
        patent.right = next(
            (right for word, right in _RIGHTS if word in told), str(number.right) if number and number.right else ""
        )


def _number(text: str, office: str, kind: str, stage: Stage | None) -> PatentNumber:
    number = read_number(text, office=office, stage=stage)
    if kind and number.is_valid and not number.kind:
        with_kind = read_number(f"{text} {kind}", office=office, stage=stage)
        if with_kind.is_valid and with_kind.key == number.key:
            return with_kind
    return number


def _priority(text: str) -> tuple[str, date | None]:
    found = _PRIORITY.fullmatch(text)
    if not found:
        return text, None
    try:
        return found[1], read_day(found[2])
    except NoDay:
        return text, None


def _compare(patent: ReadPatent) -> None:
    """Note what the row says that cannot all be true."""

    def doubt(name: str, code: str, detail: str) -> None:
        patent.doubts.append(Doubt(name, code, detail))

    filed, application, publication = patent.filed_on, patent.application, patent.publication
    if filed and patent.granted_on and patent.granted_on < filed:
        doubt("granted_on", "granted_before_filed", "It is said to be granted before it was filed.")
    if filed and patent.published_on and patent.published_on < filed:
        doubt("published_on", "published_before_filed", "It is said to be published before it was filed.")
    rights = {number.right for number in (application, publication) if number and number.right}
    if len(rights) > 1:
        doubt("application", "rights_differ", "Application and publication are numbered as different kinds of right.")
    is_chinese = application is not None and application.office == "CN" and application.check is not Check.WRONG
    if is_chinese and filed and application and application.year and application.year != filed.year:
        # The number of a divisional has the year of its division, the filing date is the parent's.
        doubt("filed_on", "years_differ", "The year of the number is not that of filing: perhaps a divisional.")
