"""Finding patents, their families and their owners."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.search.asked import asked
from pools.patents.events import standard_asked
from pools.patents.models import Ownership, Patent, PatentFamily
from pools.patents.search import ids_by_number
from pools.patents.words import PEOPLE, class_query, query


def patents(*, actor: Actor) -> VisibleQuerySet[Patent]:
    """List the patents the actor may see, with their families and owners."""
    owners = Ownership.objects.visible_to(actor).select_related("owner").order_by("from_on", "id")
    return Patent.objects.visible_to(actor).select_related("family").prefetch_related(Prefetch("ownerships", owners))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What patents are looked for by; blank: anything."""

    text: str = ""
    """Words of titles, abstracts, people and classes, all of which are met; or a number in any form."""
    applicant: str = ""
    """Words of an applicant's name."""
    symbol: str = ""
    """A class of IPC or CPC; what stands below it is meant as well."""
    standing: str = ""
    """One of `STANDINGS`, as of today."""

    @property
    def is_search(self) -> bool:
        """Say whether an index is asked that knows no order."""
        return bool(self.text or self.applicant or self.symbol)


STANDINGS: Final = ("in_force", "pending", "ended")


def find_patents(rows: QuerySet[Patent], wanted: Wanted, *, today: date) -> QuerySet[Patent]:
    """Narrow patents to what is wanted of them."""
    conditions = []
    if wanted.text:
        number = asked(wanted.text)
        if number is not None and (of_number := ids_by_number(number)) is not None:
            rows = rows.filter(pk__in=of_number)
        else:
            conditions.append(query(wanted.text))
    if wanted.applicant:
        conditions.append(query(wanted.applicant, PEOPLE))
    if wanted.symbol:
        conditions.append(class_query(wanted.symbol))
    if not all(conditions):
        # What was asked for holds no word, or is no class.
        return rows.none()
    if conditions:
        rows = rows.filter(indexed__words__meets=" & ".join(conditions))
    match wanted.standing:
        case "in_force":
            return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today), granted_on__lte=today)
        case "pending":
            return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today)).filter(
                Q(granted_on__isnull=True) | Q(granted_on__gt=today)
            )
        case "ended":
            return rows.filter(ends_on__lte=today)
    return rows


def on_standard(rows: QuerySet[Patent], standard: str, *, actor: Actor) -> QuerySet[Patent]:
    """Narrow patents to those that read on a standard, as far as the actor may know that they do."""
    found: list[Q] = []
    with transaction.atomic():
        standard_asked.tell(actor, standard, found)
    return rows.filter(reduce(or_, found)) if found else rows.none()


def get_patent(patent_id: UUID, *, actor: Actor, for_change: bool = False) -> Patent:
    """Return one patent the actor may see, locked if it is to be changed."""
    return get_visible(Patent, patent_id, actor=actor, for_change=for_change)


def families(*, actor: Actor) -> VisibleQuerySet[PatentFamily]:
    """List the families of the patents the actor may see."""
    return PatentFamily.objects.visible_to(actor)


def ownerships(*, actor: Actor) -> VisibleQuerySet[Ownership]:
    """List who owned which part of the patents the actor may see."""
    return Ownership.objects.visible_to(actor).select_related("owner", "patent")
