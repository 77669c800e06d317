"""Pools, the members who take part in them, and the patents in them."""

from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from platform_core.access.grants.models import GrantedAction
from platform_core.models import Record
from platform_core.spans import no_overlap


class PoolState(models.TextChoices):
    """How far a pool has come."""

    IDEA = "idea", "Idea"
    CALL_OPEN = "call_open", "Call open"
    FORMING = "forming", "Forming"
    AGREED = "agreed", "Agreed"
    LAUNCHED = "launched", "Launched"
    CLOSING = "closing", "Closing"
    CLOSED = "closed", "Closed"


class Pool(Record):
    """Patents of several owners, operated together under one agreement."""

    alliance = models.ForeignKey("identity.Alliance", on_delete=models.PROTECT, related_name="pools")
    code = models.CharField(max_length=200)
    name = models.CharField(max_length=500)
    state = models.CharField(max_length=20, choices=PoolState, default=PoolState.IDEA)

    class Meta:
        ordering = ("alliance", "code")
        constraints = (
            models.UniqueConstraint(fields=("alliance", "code"), name="pool_code_once_in_alliance"),
            models.UniqueConstraint(fields=("id", "alliance"), name="pool_with_its_alliance"),
            models.CheckConstraint(condition=~Q(code=""), name="pool_code_is_given"),
            models.CheckConstraint(condition=Q(state__in=PoolState.values), name="pool_state_is_known"),
        )

    def __str__(self) -> str:
        return self.code


class PoolMember(Record):
    """A member's part in a pool: the segment it counts under, its days, and the figures an allocation may name."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="members")
    membership = models.ForeignKey("memberships.Membership", on_delete=models.PROTECT, related_name="pool_parts")
    segment = models.CharField(max_length=200)
    held = models.BooleanField(default=False)
    """Whether its money is withheld: it earns as usual, but is not paid (suspended, or in dispute)."""
    enters_on = models.DateField(null=True, blank=True)
    """First day it shares in royalties; blank: from the beginning."""
    leaves_on = models.DateField(null=True, blank=True)
    """First day it no longer does; blank: open."""
    figures = models.JSONField(default=dict, blank=True)
    """Figures by name, each a decimal written as text, for allocations by a column (such as spending on research)."""

    class Meta:
        ordering = ("pool", "id")
        constraints = (
            models.UniqueConstraint(fields=("pool", "membership"), name="pool_member_once"),
            models.CheckConstraint(condition=~Q(segment=""), name="pool_member_segment_is_given"),
            models.CheckConstraint(
                condition=Q(leaves_on__isnull=True) | Q(enters_on__isnull=True) | Q(leaves_on__gt=F("enters_on")),
                name="pool_member_leaves_after_it_enters",
            ),
        )

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.pool_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.pool.alliance_id


class Withholding(Record):
    """The days of whose periods a member's money is withheld because its membership is suspended."""

    member = models.ForeignKey(PoolMember, on_delete=models.PROTECT, related_name="withholdings")
    starts_on = models.DateField(null=True, blank=True)
    """First day; blank: from the beginning."""
    ends_on = models.DateField(null=True, blank=True)
    """First day no longer; blank: open."""
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ("member", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="withholding_is_reasoned"),
            # Equal days are a suspension that was taken back before it began.
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="withholding_ends_after_it_starts",
            ),
            no_overlap("withholding_once_at_a_time", keys=("member",), first="starts_on", end="ends_on"),
        )

    def __str__(self) -> str:
        return f"withheld from {self.member_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.member.pool.alliance_id


class PoolEntry(Record):
    """A member's part of a patent in the pool, from its first day in until its first day out."""

    member = models.ForeignKey(PoolMember, on_delete=models.PROTECT, related_name="entries")
    patent = models.ForeignKey("patents.Patent", on_delete=models.PROTECT, related_name="entries")
    share = models.DecimalField(max_digits=13, decimal_places=12, default=Decimal(1))
    """The part of the patent that counts for this member, above 0 and at most 1."""
    class_label = models.CharField(max_length=200, blank=True)
    """The class of the pool's own list, such as main or optional; blank: none."""
    products = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    """Codes of the products it reads on, in ascending order; none named: all products."""
    enters_on = models.DateField(null=True, blank=True)
    """First day in the pool; blank: from the beginning."""
    leaves_on = models.DateField(null=True, blank=True)
    """First day no longer in the pool; blank: open."""

    class Meta:
        ordering = ("member", "id")
        verbose_name_plural = "pool entries"
        constraints = (
            models.CheckConstraint(condition=Q(share__gt=0) & Q(share__lte=1), name="entry_share_is_a_part"),
            models.CheckConstraint(
                condition=Q(leaves_on__isnull=True) | Q(enters_on__isnull=True) | Q(leaves_on__gt=F("enters_on")),
                name="entry_leaves_after_it_enters",
            ),
            no_overlap("entry_once_at_a_time", keys=("member", "patent"), first="enters_on", end="leaves_on"),
        )

    def __str__(self) -> str:
        return f"{self.patent_id} of {self.member_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.member.pool.alliance_id


class ListVersion(Record):
    """A pool's list as it stands on a day, published under a number and fixed for good."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="list_versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField(help_text="the day whose list it is")
    note = models.CharField(max_length=500, blank=True, default="")
    patents = models.PositiveIntegerField(help_text="how many lines it has")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pool", "number")
        constraints = (models.UniqueConstraint(fields=("pool", "number"), name="listversion_numbered_in_pool"),)

    def __str__(self) -> str:
        return f"{self.pool_id} {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.pool.alliance_id


class ListLine(Record):
    """One member's part of a patent as a version of a list has it, whatever becomes of the entry later."""

    version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="lines")
    entry = models.ForeignKey(PoolEntry, on_delete=models.PROTECT, related_name="+", db_index=False)
    publication = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    family_code = models.CharField(max_length=200)
    owner_code = models.CharField(max_length=200)
    owner_name = models.CharField(max_length=500)
    share = models.DecimalField(max_digits=13, decimal_places=12)
    class_label = models.CharField(max_length=200, blank=True, default="")
    products = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    granted_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    enters_on = models.DateField(null=True, blank=True)
    leaves_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("version", "publication", "country", "id")
        constraints = (models.UniqueConstraint(fields=("version", "entry"), name="listline_once_in_version"),)

    def __str__(self) -> str:
        return f"{self.publication} in {self.version_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the pool."""
        return self.version.audit_alliance_id()


class PoolGrant(GrantedAction):
    """An action granted on one pool."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="granted_actions", db_index=False)
