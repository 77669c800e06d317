"""Who owned which part of a patent when: its chain of title."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.models import Record
from platform_core.spans import no_overlap
from pools.patents.models.rights import Patent


class Ownership(Record):
    """An owner's part of a patent, from its first day as owner until the first day it is one no longer."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="ownerships")
    # Held true by a key over both columns, in the database.
    alliance = models.ForeignKey(
        "identity.Alliance", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """The alliance of the patent, by which an owner is tied to it."""
    # The first column of an index, it needs none of its own.
    owner = models.ForeignKey(
        "identity.Organisation", on_delete=models.PROTECT, related_name="ownerships", db_index=False
    )
    share = models.DecimalField(max_digits=13, decimal_places=12, null=True, blank=True)
    """The agreed part, above 0 and at most 1; blank: owned jointly without agreed parts."""
    from_on = models.DateField(null=True, blank=True)
    """First day as owner; blank: from the beginning."""
    to_on = models.DateField(null=True, blank=True)
    """First day no longer owner; blank: open."""
    # Asked for among the ownerships of given patents alone.
    source = models.ForeignKey(
        "patents.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    """The file that told of it; blank: it was recorded by hand, or with the patent."""

    class Meta:
        ordering = ("patent", "from_on", "id")
        indexes = (models.Index(fields=("owner", "alliance"), name="ownership_by_owner"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(share__isnull=True) | (Q(share__gt=0) & Q(share__lte=1)), name="ownership_share_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(from_on__isnull=True) | Q(to_on__gt=F("from_on")),
                name="ownership_ends_after_it_begins",
            ),
            no_overlap("ownership_once_at_a_time", keys=("patent", "owner"), first="from_on", end="to_on"),
        )

    def __str__(self) -> str:
        return f"{self.owner_id} in {self.patent_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.alliance_id
