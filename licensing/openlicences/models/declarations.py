"""Declarations of open licences as they are filed with the office, and who consented to them."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, Organisation, User
from platform_core.models import Record
from pools.patents.models import Encumbrance, Patent


class DeclarationState(models.TextChoices):
    """How far a declaration of an open licence has come."""

    DRAFT = "draft", "Draft"
    FILED = "filed", "Filed with the office"
    ANNOUNCED = "announced", "Announced"
    REFUSED = "refused", "Not announced"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CANCELLED = "cancelled", "Given up before it was announced"


STANDING_STATES = (DeclarationState.FILED, DeclarationState.ANNOUNCED)
"""States in which an owner may license nobody alone, for anybody may be licensed or soon may."""

PUBLIC_STATES = (DeclarationState.ANNOUNCED, DeclarationState.WITHDRAWN)
"""States of what the office has told everybody."""


class PriceScheme(models.TextChoices):
    """How a licensee pays."""

    LUMP_SUM = "lump_sum", "Lump sum 一次性支付"
    RUNNING = "running", "Running royalty 提成支付"
    ENTRY_RUNNING = "entry_running", "Entry fee and running royalty 入门费加提成"


SUM_SCHEMES = (PriceScheme.LUMP_SUM, PriceScheme.ENTRY_RUNNING)
"""Schemes with a sum that is due after the notice."""
RUNNING_SCHEMES = (PriceScheme.RUNNING, PriceScheme.ENTRY_RUNNING)
"""Schemes under which a licensee states what it used, period by period."""


class RoyaltyBase(models.TextChoices):
    """What a running royalty is a part of."""

    NET_SALES = "net_sales", "Net sales 净销售额"
    PROFIT = "profit", "Profit 利润"


class ReportFinding(models.TextChoices):
    """What the office's evaluation report (专利权评价报告) says."""

    PATENTABLE = "patentable", "No ground against patentability found"
    NOT_PATENTABLE = "not_patentable", "Does not meet the conditions of patentability"


class OpenDeclaration(Record):
    """An owner's declaration to the office that anybody may take a licence of a patent at its price (专利法 art. 50).

    What was filed stays as it is: another price is another declaration.
    """

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    """The alliance that keeps the patent."""
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="open_declarations")
    """Who declares it, for all owners."""
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="open_declarations")
    scheme = models.CharField(max_length=20, choices=PriceScheme)
    currency = models.CharField(max_length=3)
    sum_minor = models.BigIntegerField(null=True, blank=True)
    """The lump sum, or the entry fee, in minor units."""
    sum_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """Within how many days of its notice a licensee pays the sum."""
    base = models.CharField(max_length=10, choices=RoyaltyBase, blank=True)
    rate_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    """The running rate in percent of the base."""
    period_months = models.PositiveSmallIntegerField(null=True, blank=True)
    """How many months a licensee's statement covers: 1, 3, 6 or 12, ending with the calendar's."""
    pays_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """Within how many days of a period's end a licensee states and pays."""
    ends_on = models.DateField(null=True, blank=True)
    """Last day of the licences; blank: as long as the patent lasts."""
    basis = models.CharField(max_length=2000, blank=True)
    """The short account of how the price was worked out, which the office's form asks for."""
    contact = models.CharField(max_length=500, blank=True)
    """How to reach the owner with a notice, as the statement says."""
    guidance_reason = models.CharField(max_length=500, blank=True)
    """Why the price lies above what guidance names."""
    report = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The evaluation report, which utility models and designs need."""
    report_on = models.DateField(null=True, blank=True)
    report_finding = models.CharField(max_length=20, choices=ReportFinding, blank=True)
    state = models.CharField(max_length=10, choices=DeclarationState, default=DeclarationState.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    filed_on = models.DateField(null=True, blank=True)
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    statement_sha256 = models.CharField(max_length=64, blank=True)
    """By which hash the statement as it was filed is known."""
    announced_on = models.DateField(null=True, blank=True)
    announcement_number = models.CharField(max_length=60, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=500, blank=True)
    """Why the office does not announce it."""
    withdrawal_filed_on = models.DateField(null=True, blank=True)
    """When the owner filed the withdrawal, which nobody else knows before it is announced."""
    withdrawal_reason = models.CharField(max_length=500, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    """When the office announced the withdrawal: what was taken before stays."""
    withdrawal_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "declaration of an open licence"
        verbose_name_plural = "declarations of open licences"
        constraints = (
            models.CheckConstraint(condition=Q(state__in=DeclarationState.values), name="opendeclaration_state_known"),
            models.CheckConstraint(condition=Q(scheme__in=PriceScheme.values), name="opendeclaration_scheme_known"),
            models.CheckConstraint(condition=Q(currency="CNY"), name="opendeclaration_in_yuan"),
            models.CheckConstraint(
                condition=Q(base="") | Q(base__in=RoyaltyBase.values), name="opendeclaration_base_known"
            ),
            models.CheckConstraint(
                condition=Q(report_finding="") | Q(report_finding__in=ReportFinding.values),
                name="opendeclaration_finding_known",
            ),
            models.CheckConstraint(
                condition=Q(sum_minor=None) | Q(sum_minor__gt=0), name="opendeclaration_sum_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(rate_percent=None) | Q(rate_percent__gt=0, rate_percent__lte=100),
                name="opendeclaration_rate_is_a_part",
            ),
            models.CheckConstraint(
                condition=Q(period_months=None) | Q(period_months__in=(1, 3, 6, 12)),
                name="opendeclaration_periods_divide_a_year",
            ),
            models.UniqueConstraint(
                fields=("patent",),
                condition=Q(state__in=("filed", "announced")),
                name="opendeclaration_one_stands_of_a_patent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | Q(filed_on__isnull=False, statement_sha256__regex="^[0-9a-f]{64}$"),
                name="opendeclaration_filed_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("announced", "withdrawn"))
                | (Q(announced_on__gte=F("filed_on")) & ~Q(announcement_number="")),
                name="opendeclaration_announced_after_filed",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (Q(refused_on__gte=F("filed_on")) & ~Q(refusal_reason="")),
                name="opendeclaration_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawal_filed_on=None)
                | (Q(withdrawal_filed_on__gte=F("announced_on")) & ~Q(withdrawal_reason="")),
                name="opendeclaration_withdrawal_after_announced",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, state__in=("draft", "filed", "announced", "refused", "cancelled"))
                | (Q(state="withdrawn", withdrawn_on__gte=F("withdrawal_filed_on")) & ~Q(withdrawal_number="")),
                name="opendeclaration_withdrawn_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("filed", "announced", "withdrawn"))
                | (
                    (
                        Q(scheme="running", sum_minor=None)
                        | (~Q(scheme="running") & Q(sum_minor__isnull=False, sum_within_days__isnull=False))
                    )
                    & (
                        Q(scheme="lump_sum", rate_percent=None)
                        | (
                            ~Q(scheme="lump_sum")
                            & Q(
                                rate_percent__isnull=False,
                                period_months__isnull=False,
                                pays_within_days__isnull=False,
                            )
                            & ~Q(base="")
                        )
                    )
                ),
                name="opendeclaration_filed_with_its_price",
            ),
        )

    def __str__(self) -> str:
        return self.patent.publication

    def audit_alliance_id(self) -> UUID | None:
        """Return no alliance: a draft and its price are the owner's, and no office learns of them."""
        return None

    def concerned_organisation_id(self) -> UUID | None:
        """Return the owner."""
        return self.owner_id


class OpenConsent(Record):
    """A co-owner's or a pledgee's consent to a declaration as it was drafted then, with the paper that shows it."""

    declaration = models.ForeignKey(OpenDeclaration, on_delete=models.PROTECT, related_name="consents")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The co-owner that consents; blank: a pledgee does."""
    pledge = models.ForeignKey(Encumbrance, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The pledge whose holder consents; blank: a co-owner does."""
    given_on = models.DateField()
    contents_sha256 = models.CharField(max_length=64)
    """What was consented to; it counts for no other contents."""
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("declaration", "id")
        verbose_name = "consent to an open licence"
        verbose_name_plural = "consents to open licences"
        constraints = (
            models.CheckConstraint(
                condition=Q(owner__isnull=False, pledge=None) | Q(owner=None, pledge__isnull=False),
                name="openconsent_of_owner_or_pledgee",
            ),
            models.CheckConstraint(
                condition=Q(contents_sha256__regex="^[0-9a-f]{64}$"), name="openconsent_contents_by_their_hash"
            ),
            models.UniqueConstraint(
                fields=("declaration", "owner", "pledge", "contents_sha256"),
                nulls_distinct=False,
                name="openconsent_once",
            ),
        )

    def __str__(self) -> str:
        return f"consent of {self.owner_id or self.pledge_id} to {self.declaration_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return what its declaration says."""
        return self.declaration.audit_alliance_id()

    def concerned_organisation_id(self) -> UUID | None:
        """Return the owner that declares."""
        return self.declaration.owner_id
