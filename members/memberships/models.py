"""Who takes part in an alliance."""

from django.db import models
from django.db.models import F, Q

from platform_core.models import Record
from platform_core.spans import no_overlap


class Segment(models.TextChoices):
    """Where in the industry a member stands; an alliance may use further words of its own."""

    UPSTREAM = "upstream", "Upstream"
    MIDSTREAM = "midstream", "Midstream"
    DOWNSTREAM = "downstream", "Downstream"
    RESEARCH = "research", "Research"
    FINANCE = "finance", "Finance"
    SERVICE = "service", "Service"


class Membership(Record):
    """An organisation's part in an alliance, under a member id, from its first day in until its first day out."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="memberships")
    code = models.CharField(max_length=200)
    """The member id by which lists, bundles and statements name the member."""
    segment = models.CharField(max_length=200, blank=True)
    enters_on = models.DateField(null=True, blank=True)
    """First day in; blank: since the alliance began."""
    leaves_on = models.DateField(null=True, blank=True)
    """First day out; blank: open."""

    class Meta:
        ordering = ("alliance", "code")
        constraints = (
            models.UniqueConstraint(fields=("alliance", "code"), name="membership_code_once_in_alliance"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(code__startswith="~"), name="membership_code_is_a_name"),
            models.CheckConstraint(
                condition=Q(leaves_on__isnull=True) | Q(enters_on__isnull=True) | Q(leaves_on__gt=F("enters_on")),
                name="membership_leaves_after_it_enters",
            ),
            no_overlap(
                "membership_once_at_a_time",
                keys=("alliance", "organisation"),
                first="enters_on",
                end="leaves_on",
            ),
        )

    def __str__(self) -> str:
        return self.code
