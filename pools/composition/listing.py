"""Versions of a pool's list: what stands in one, and what is new, gone or changed from one to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pools.composition.models import ListLine, ListVersion, PoolEntry

_FROM: Final = {
    "publication": "patent__publication",
    "country": "patent__country",
    "family_code": "patent__family__code",
    "owner_code": "member__membership__code",
    "share": "share",
    "class_label": "class_label",
    "products": "products",
    "granted_on": "patent__granted_on",
    "ends_on": "patent__ends_on",
    "enters_on": "enters_on",
    "leaves_on": "leaves_on",
}
"""The columns of a line, and where an entry has them; the owner's name is put beside."""

COMPARED: Final = (*_FROM, "owner_name")


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that differs between two versions."""

    before: ListLine
    after: ListLine


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What is new, gone and changed from one version of a list to another."""

    added: list[ListLine]
    removed: list[ListLine]
    changed: list[ChangedLine]


def listed_on(pool_id: UUID, day: date) -> QuerySet[PoolEntry]:
    """Return the entries on a pool's list on a day: in the pool, and of patents that are not over."""
    return PoolEntry.objects.filter(
        Q(enters_on=None) | Q(enters_on__lte=day),
        Q(leaves_on=None) | Q(leaves_on__gt=day),
        Q(patent__ends_on=None) | Q(patent__ends_on__gt=day),
        member__pool=pool_id,
    )


def lines_of(version: ListVersion) -> Iterator[ListLine]:
    """Make the lines of a version that is not saved yet, or is being."""
    entries = listed_on(version.pool_id, version.effective_on).select_related(
        "patent__family", "member__membership__organisation"
    )
    for entry in entries.order_by("pk").iterator(chunk_size=2000):
        line = ListLine(version=version, entry=entry, owner_name=str(entry.member.membership.organisation))
        for column, path in _FROM.items():
            value: Any = entry
            for step in path.split("__"):
                value = getattr(value, step)
            setattr(line, column, value)
        yield line


@dataclass(frozen=True, slots=True)
class MemberCount:
    """How many patents and families of a member are on the list today, and on a later day."""

    code: str
    name: str
    patents: int
    patents_then: int
    families: int
    families_then: int


def counts_of(today: QuerySet[PoolEntry], then: QuerySet[PoolEntry]) -> list[MemberCount]:
    """Count what each member has on a list today and on a later day, in the order of their codes."""
    path = "member__membership"
    found: list[dict[str, tuple[str, int, int]]] = []
    for rows in (today, then):
        of_member: dict[str, tuple[str, int, int]] = {}
        columns = (f"{path}__code", f"{path}__organisation__name_zh", f"{path}__organisation__name_en")
        for code, zh, en, patents, families in (
            rows.order_by()
            .values(*columns)
            .annotate(patents=Count("patent", distinct=True), families=Count("patent__family", distinct=True))
            .values_list(*columns, "patents", "families")
        ):
            of_member[code] = (zh or en, patents, families)
        found.append(of_member)
    before, after = found
    nothing = ("", 0, 0)
    return [
        MemberCount(
            code=code,
            name=before.get(code, nothing)[0] or after.get(code, nothing)[0],
            patents=before.get(code, nothing)[1],
            patents_then=after.get(code, nothing)[1],
            families=before.get(code, nothing)[2],
            families_then=after.get(code, nothing)[2],
        )
        for code in sorted({*before, *after})
    ]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two pools have in common on a day, and how large each is: a licensee of both may pay for it twice."""

    day: date
    patents: int
    other_patents: int
    families: int
    other_families: int
    common_families: list[str]
    common: list[PoolEntry]
    """The first pool's entries of patents that are in the other one too."""


def overlap_of(own: QuerySet[PoolEntry], other: QuerySet[PoolEntry], day: date) -> Overlap:
    """Compare two lists, as far as they are seen: the same patents, and the same inventions."""

    def ids(rows: QuerySet[PoolEntry], path: str) -> set[UUID]:
        return set(rows.order_by().values_list(path, flat=True))

    patents, others = ids(own, "patent"), ids(other, "patent")
    families, other_families = ids(own, "patent__family"), ids(other, "patent__family")
    common = own.filter(patent__in=patents & others).order_by("patent__publication", "patent__country", "pk")
    codes = own.filter(patent__family__in=families & other_families).order_by("patent__family__code")
    return Overlap(
        day=day,
        patents=len(patents),
        other_patents=len(others),
        families=len(families),
        other_families=len(other_families),
        common_families=list(dict.fromkeys(codes.values_list("patent__family__code", flat=True))),
        common=list(common.select_related("patent__family", "member__membership__organisation", "member__pool")),
    )


def changes_between(before: ListVersion | None, after: list[ListLine]) -> ListChanges:
    """Compare a version with the lines of a later one, entry by entry."""
    old = {line.entry_id: line for line in before.lines.all()} if before is not None else {}
    new = {line.entry_id: line for line in after}
    order = {entry_id: (line.publication, line.country) for entry_id, line in {**old, **new}.items()}
    both = sorted(old.keys() & new.keys(), key=lambda entry_id: order[entry_id])
    return ListChanges(
        added=[new[entry_id] for entry_id in sorted(new.keys() - old.keys(), key=lambda each: order[each])],
        removed=[old[entry_id] for entry_id in sorted(old.keys() - new.keys(), key=lambda each: order[each])],
        changed=[
            ChangedLine(old[entry_id], new[entry_id])
            for entry_id in both
            if any(getattr(old[entry_id], column) != getattr(new[entry_id], column) for column in COMPARED)
        ],
    )
