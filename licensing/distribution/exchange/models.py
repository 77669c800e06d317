"""Tables of rates, and what of members' shares was converted at them."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.distribution.exchange.lifecycle import ConversionState, RateSource, RatesState
from licensing.distribution.models.runs import DistributionItem
from members.memberships.models import Membership
from platform_core.identity.models import OperatingEntity, User
from platform_core.ledger.models import Entry
from platform_core.models import Record

_CURRENCY = "^[A-Z]{3}$"


class RateSheet(Record):
    """A table of rates of exchange: brought by one person, confirmed by another, and used from then on."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="rate_sheets")
    source = models.CharField(max_length=10, choices=RateSource)
    name = models.CharField(max_length=200)
    """Who publishes the rates, as members read it."""
    content_sha256 = models.CharField(max_length=64, blank=True)
    """Of the file they are from; blank: written by hand."""
    first_on = models.DateField()
    last_on = models.DateField()
    rates_count = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RatesState, default=RatesState.ENTERED)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "distribution"
        ordering = ("-entered_at", "-id")
        verbose_name = "table of rates"
        verbose_name_plural = "tables of rates"
        indexes = (models.Index(fields=("entered_at", "id"), name="ratesheet_by_entry"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name="") & Q(rates_count__gte=1), name="ratesheet_has_rates"),
            models.CheckConstraint(condition=Q(source__in=RateSource.values), name="ratesheet_source_known"),
            models.CheckConstraint(
                condition=Q(
                    state=RatesState.ENTERED, confirmed_at=None, confirmed_by=None, withdrawn_at=None, reason=""
                )
                | Q(
                    state=RatesState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    withdrawn_at=None,
                    reason="",
                )
                | (
                    Q(state=RatesState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="ratesheet_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")), name="ratesheet_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.last_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.operating_entity.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose table it is."""
        return self.operating_entity_id


class ReferenceRate(Record):
    """What one unit of a currency is in another one on a day."""

    sheet = models.ForeignKey(RateSheet, on_delete=models.PROTECT, related_name="rates", db_index=False)
    on = models.DateField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=30, decimal_places=12)
    """Units of the second currency for one of the first."""

    class Meta:
        app_label = "distribution"
        ordering = ("sheet", "-on", "base", "quote")
        verbose_name = "reference rate"
        constraints = (
            models.UniqueConstraint(fields=("sheet", "on", "base", "quote"), name="referencerate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="referencerate_above_zero"),
            models.CheckConstraint(
                condition=Q(base__regex=_CURRENCY, quote__regex=_CURRENCY) & ~Q(base=F("quote")),
                name="referencerate_between_two",
            ),
        )

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose rate it is."""
        return self.sheet.operating_entity_id


class Conversion(Record):
    """What a member is owed, converted to the currency it is paid in: drafted at a rate, confirmed by another."""

    item = models.ForeignKey(DistributionItem, on_delete=models.PROTECT, related_name="conversions")
    """The statement with which it was converted."""
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="conversions")
    source_currency = models.CharField(max_length=3)
    target_currency = models.CharField(max_length=3)
    source_minor = models.BigIntegerField()
    target_minor = models.BigIntegerField()
    rate = models.DecimalField(max_digits=30, decimal_places=12)
    """Units of the second currency for one of the first; the amount follows from it, rounded once."""
    rate_on = models.DateField()
    """The day the rate is of."""
    made_of = models.CharField(max_length=200)
    """The rates it is made of, as they were published."""
    sheet = models.ForeignKey(RateSheet, on_delete=models.PROTECT, related_name="conversions")
    state = models.CharField(max_length=10, choices=ConversionState, default=ConversionState.DRAFTED)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="why it is cancelled")

    class Meta:
        app_label = "distribution"
        ordering = ("-drafted_at", "-id")
        indexes = (models.Index(fields=("drafted_at", "id"), name="conversion_by_drafting"),)
        constraints = (
            models.UniqueConstraint(
                fields=("item", "target_currency"),
                condition=Q(state=ConversionState.DRAFTED),
                name="conversion_one_to_confirm",
            ),
            models.CheckConstraint(
                condition=Q(source_minor__gt=0, target_minor__gt=0, rate__gt=0), name="conversion_of_something"
            ),
            models.CheckConstraint(
                condition=Q(source_currency__regex=_CURRENCY, target_currency__regex=_CURRENCY)
                & ~Q(source_currency=F("target_currency")),
                name="conversion_between_two",
            ),
            models.CheckConstraint(
                condition=Q(state=ConversionState.DRAFTED, confirmed_at=None, confirmed_by=None, entry=None, reason="")
                | Q(
                    state=ConversionState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    entry__isnull=False,
                    reason="",
                )
                | (Q(state=ConversionState.CANCELLED, confirmed_at=None, entry=None) & ~Q(reason="")),
                name="conversion_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("drafted_by")), name="conversion_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_currency} to {self.target_currency}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member it is paid to."""
        return self.membership.organisation_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return who pays it."""
        return self.item.audit_operating_entity_id()
