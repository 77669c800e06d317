"""Offers in a dealing: each a version that stays as it was made, with what became of it."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Standing
from licensing.dealings.lifecycle import OfferState
from licensing.dealings.models.dealing import Dealing, Side
from licensing.terms.models import TermsVersion
from platform_core.identity.models import User
from platform_core.models import Record
from pools.composition.models import ListVersion


class TaxBearer(models.TextChoices):
    """Who bears a tax that is withheld at the source."""

    LICENSOR = "licensor", "The licensor"
    LICENSEE = "licensee", "The licensee"


class TaxPath(models.TextChoices):
    """On which path what is paid is taxed."""

    DOMESTIC = "domestic", "Paid inside the licensor's country, with its tax invoice"
    FROM_ABROAD = "from_abroad", "Paid from abroad, where the payer's country may withhold"
    TO_ABROAD = "to_abroad", "Paid to a licensor abroad: the payer withholds and declares"


class Offer(Record):
    """One side's offer in a dealing: which patents, by which terms, until when it can be accepted; fixed once made."""

    dealing = models.ForeignKey(Dealing, on_delete=models.PROTECT, related_name="offers")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=10, choices=Side)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    list_version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="+")
    """The list of patents that is offered."""
    terms_version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+")
    option = models.CharField(max_length=200, blank=True)
    """The option of the tariff; blank: none."""
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.COMPLIANT)
    fee_basis = models.TextField(help_text="how the fee comes about, in words")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    """Last day in force; blank: open."""

    prices_include_tax = models.BooleanField(default=False)
    tax_path = models.CharField(max_length=20, choices=TaxPath)
    tax_bearer = models.CharField(max_length=10, choices=TaxBearer)
    cure_days = models.PositiveIntegerField(default=30)
    """Days to put a breach right before the licence can be ended for it."""
    run_off_days = models.PositiveIntegerField(default=0)
    """Days after the licence ends in which what is in stock may be sold and is reported and paid for."""
    conditions = models.TextField(blank=True, help_text="what is to hold besides")

    reply_by = models.DateField()
    """Last day on which it can be accepted."""
    state = models.CharField(max_length=20, choices=OfferState, default=OfferState.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, help_text="why it was refused")

    class Meta:
        ordering = ("dealing", "number")
        constraints = (
            models.UniqueConstraint(fields=("dealing", "number"), name="offer_numbered_in_dealing"),
            models.UniqueConstraint(
                fields=("dealing",), condition=Q(state=OfferState.OPEN), name="offer_one_open_in_dealing"
            ),
            models.UniqueConstraint(
                fields=("dealing",), condition=Q(state=OfferState.ACCEPTED), name="offer_one_accepted_in_dealing"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="offer_number_from_one"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="offer_of_one_side"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="offer_state_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="offer_standing_known"),
            models.CheckConstraint(condition=Q(tax_path__in=TaxPath.values), name="offer_tax_path_known"),
            models.CheckConstraint(condition=Q(tax_bearer__in=TaxBearer.values), name="offer_tax_bearer_known"),
            models.CheckConstraint(condition=~Q(fee_basis=""), name="offer_says_how_the_fee_comes_about"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="offer_ends_no_earlier_than_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(cure_days__gte=1, cure_days__lte=366, run_off_days__lte=366), name="offer_days_are_days"
            ),
            models.CheckConstraint(
                condition=(Q(state=OfferState.OPEN, answered_at=None))
                | (~Q(state=OfferState.OPEN) & Q(answered_at__isnull=False)),
                name="offer_answered_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(state=OfferState.REFUSED) & ~Q(reason="") | ~Q(state=OfferState.REFUSED),
                name="offer_refused_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dealing_id} offer {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the dealing."""
        return self.dealing.audit_alliance_id()
