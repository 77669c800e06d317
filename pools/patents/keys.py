"""What follows from a patent's numbers: their canonical forms, by which files find it, and its kind of right."""

from typing import Final, TypedDict

from django.db import transaction

from pools.patents.models import Patent, RightKind
from pools.patents.numbers import Stage, read_number

READING: Final = 1
"""Counts up when numbers are read better than before: rows read by less are read again."""

_BATCH: Final = 2_000


class Numbers(TypedDict):
    """The columns of a patent that follow from its numbers."""

    publication_key: str
    application_key: str
    right: str
    numbers_read: int


def numbers_of(publication: str, application: str) -> Numbers:
    """Return what the numbers of a patent say; blank: nothing."""
    published = read_number(publication)
    # An application often stands without its letters; those of the publication are its own.
    filed = read_number(application, office=published.office, stage=Stage.APPLICATION) if application else None
    valid = [number for number in (filed, published) if number is not None and number.is_valid]
    return {
        "publication_key": published.key if published.is_valid else "",
        "application_key": filed.key if filed is not None and filed.is_valid else "",
        "right": next((str(number.right) for number in valid if number.right in RightKind.values), ""),
        "numbers_read": READING,
    }


def read_numbers_again() -> int:
    """Read the numbers of patents that were read by an older version, and return how many those were.

    Of two patents of one application in one country, which older records can have, the second keeps a blank key.
    """
    count = 0
    while rows := _read_some():
        count += rows
    return count


@transaction.atomic
def _read_some() -> int:
    patents = list(
        Patent.objects.select_for_update(skip_locked=True).filter(numbers_read__lt=READING).order_by("pk")[:_BATCH]
    )
    for patent in patents:
        for name, value in numbers_of(patent.publication, patent.application).items():
            setattr(patent, name, value)
    keys = {patent.application_key for patent in patents if patent.application_key}
    others = Patent.objects.filter(application_key__in=keys).exclude(pk__in=[patent.pk for patent in patents])
    taken = set(others.values_list("alliance_id", "application_key", "country"))
    for patent in patents:
        place = (patent.alliance_id, patent.application_key, patent.country)
        if place in taken:
            patent.application_key = ""
        taken.add(place)
    Patent.objects.bulk_update(patents, Numbers.__annotations__.keys(), batch_size=_BATCH)
    return len(patents)
