"""Licences with what belongs to them, and the exchange rates they are settled at."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.access.grants.models import GrantedAction
from platform_core.models import Record


class Standing(models.TextChoices):
    """Whether a licensee keeps what the tariff's better conditions ask for."""

    STANDARD = "standard", "Standard"
    COMPLIANT = "compliant", "Compliant"


class LicenceState(models.TextChoices):
    """How far a licence has come."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent to the licensee"
    SIGNED = "signed", "Signed by the licensee"
    IN_FORCE = "in_force", "In force"
    SUSPENDED = "suspended", "Suspended"
    EXPIRED = "expired", "Expired"
    TERMINATED = "terminated", "Terminated"
    CANCELLED = "cancelled", "Cancelled before it was in force"


BINDING_STATES = (LicenceState.IN_FORCE, LicenceState.SUSPENDED, LicenceState.EXPIRED, LicenceState.TERMINATED)
"""States of licences that are or were in force; only these take part in closes and are named to others."""

PARTY_STATES = (
    LicenceState.SENT,
    LicenceState.SIGNED,
    LicenceState.IN_FORCE,
    LicenceState.SUSPENDED,
    LicenceState.TERMINATED,
)
"""States of licences whose licensee the alliance's office has to stand apart from, until the last day in force."""

KEPT_STATES = (LicenceState.SIGNED, *BINDING_STATES)
"""States of licences that keep a price that was agreed, as long as they last."""

UNBOUND_STATES = (LicenceState.DRAFT, LicenceState.SENT, LicenceState.CANCELLED)
"""States in which no version of the terms has been agreed yet."""


class Licence(Record):
    """A licensee's licence under a programme; its last day is the last one it is in force."""

    programme = models.ForeignKey("terms.Programme", on_delete=models.PROTECT, related_name="licences")
    terms_version = models.ForeignKey(
        "terms.TermsVersion", on_delete=models.PROTECT, related_name="licences", null=True, blank=True
    )
    """The version of the terms it was signed under; blank until it is signed."""
    licensee = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="licences")
    code = models.CharField(max_length=200)
    """The licence id by which reports, bundles and invoices name it."""
    enterprise = models.CharField(max_length=200, blank=True)
    """The group whose affiliates accumulate together; blank: the licensee by itself."""
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    """First day in force; blank: open."""
    ends_on = models.DateField(null=True, blank=True)
    """Last day in force, as contracts write it; blank: open. Of one that was ended: the last day of its sell-off."""
    terminated_on = models.DateField(null=True, blank=True)
    """Last day in force where it was ended before its time: what is sold off from then on until it ends is reported
    and paid for like anything else."""
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.STANDARD)
    option = models.CharField(max_length=200, blank=True)
    """The option of the tariff that was chosen; blank: none."""
    state = models.CharField(max_length=20, choices=LicenceState, default=LicenceState.DRAFT)
    price_locked = models.BooleanField(default=False)
    """Whether it keeps the price of the terms it was signed under: no later version may bill it otherwise."""
    renewal_ceiling_percent = models.DecimalField(max_digits=15, decimal_places=12, null=True, blank=True)
    """By how much the rates of its renewal may rise at most, in percent; blank: nothing was agreed."""
    renews = models.ForeignKey("self", on_delete=models.PROTECT, related_name="renewals", null=True, blank=True)
    """The earlier licence of the same licensee and programme that it takes the place of."""

    class Meta:
        ordering = ("programme", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("renews",), condition=~Q(state=LicenceState.CANCELLED), name="licence_renewed_once"
            ),
            models.CheckConstraint(
                condition=Q(renewal_ceiling_percent__isnull=True)
                | Q(renewal_ceiling_percent__gte=0, renewal_ceiling_percent__lte=100),
                name="licence_renewal_ceiling_is_a_percentage",
            ),
            models.CheckConstraint(condition=~Q(renews=F("id")), name="licence_renews_another"),
            models.UniqueConstraint(fields=("id", "programme"), name="licence_with_its_programme"),
            models.UniqueConstraint(fields=("programme", "code"), name="licence_code_once_in_programme"),
            models.CheckConstraint(condition=~Q(code=""), name="licence_code_is_given"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="licence_standing_is_known"),
            models.CheckConstraint(condition=Q(state__in=LicenceState.values), name="licence_state_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="licence_ends_no_earlier_than_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(terminated_on=None) | Q(ends_on__gte=F("terminated_on")),
                name="licence_sells_off_after_its_end",
            ),
            models.CheckConstraint(
                condition=Q(terms_version__isnull=False) | Q(state__in=UNBOUND_STATES),
                name="licence_signed_has_its_terms",
            ),
            models.CheckConstraint(
                condition=~Q(state=LicenceState.TERMINATED) | Q(ends_on__isnull=False),
                name="licence_terminated_has_its_last_day",
            ),
        )

    def __str__(self) -> str:
        return self.code

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, whose royalties it tells of."""
        return self.licensee_id

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme."""
        return self.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme, whose finance is not to learn what is not in force yet."""
        return self.programme.operating_entity_id if self.state in BINDING_STATES else None


class LicenceChange(Record):
    """What changed with a licence from a month on; a blank field changed nothing."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="changes")
    month = models.DateField()
    """First day of the month from which it holds."""
    standing = models.CharField(max_length=20, choices=Standing, blank=True)
    enterprise = models.CharField(max_length=200, blank=True)
    """The group joined; the licensee's own key (`own_enterprise`): it left its group."""
    option = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("licence", "month")
        constraints = (
            models.UniqueConstraint(fields=("licence", "month"), name="licence_change_once_a_month"),
            models.CheckConstraint(
                condition=Q(standing__in=("", *Standing.values)), name="licence_change_standing_is_known"
            ),
            models.CheckConstraint(
                condition=~(Q(standing="") & Q(enterprise="") & Q(option="")), name="licence_change_changes_something"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="licence_change_from_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.licence_id} from {self.month:%Y-%m}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme."""
        return self.licence.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class Charge(Record):
    """Money owed without sales: entry fee, lump sum, instalment, interest, audit shortfall."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="charges")
    month = models.DateField()
    """First day of the month it falls in."""
    kind = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=21, decimal_places=6)
    """Above 0, in major units of the currency."""
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    """Set when it was raised in error; it stays on record, and no close counts it any more."""

    class Meta:
        ordering = ("licence", "month", "id")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_above_zero"),
            models.CheckConstraint(condition=~Q(kind=""), name="charge_kind_is_given"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="charge_currency_is_a_code"),
            models.CheckConstraint(condition=Q(month__day=1), name="charge_in_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.licence_id} in {self.month:%Y-%m}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class BilateralLicence(Record):
    """A licence a licensee already holds from a member of the pool, which the pool's royalty is credited for."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="bilaterals")
    member = models.ForeignKey("composition.PoolMember", on_delete=models.PROTECT, related_name="bilaterals")
    starts_on = models.DateField(null=True, blank=True)
    """First day; blank: open."""
    ends_on = models.DateField(null=True, blank=True)
    """Last day, as contracts write it; blank: open."""

    class Meta:
        ordering = ("licence", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("licence", "member", "starts_on", "ends_on"),
                nulls_distinct=False,
                name="bilateral_recorded_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="bilateral_ends_no_earlier_than_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member_id} to {self.licence_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme; the alliance's office is not to hear of it."""
        return self.licence.programme.operating_entity_id


class ExchangeRate(Record):
    """What one unit of a currency is worth in a programme's own, for one month."""

    programme = models.ForeignKey("terms.Programme", on_delete=models.PROTECT, related_name="exchange_rates")
    month = models.DateField()
    """First day of the month it is for."""
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=30, decimal_places=12)
    """Units of the programme's currency per unit of this one, above 0."""
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("programme", "month", "currency")
        constraints = (
            models.UniqueConstraint(fields=("programme", "month", "currency"), name="exchange_rate_once_a_month"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_above_zero"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="exchange_rate_currency_is_a_code"),
            models.CheckConstraint(condition=Q(month__day=1), name="exchange_rate_for_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.currency} in {self.month:%Y-%m}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the programme."""
        return self.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class Receipt(Record):
    """Money received from a licensee for one reporting period; a correction is a further row, never an edit."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="receipts")
    period = models.CharField(max_length=7)
    """The period it was paid for, written 2025-03, 2025Q1, 2025H1 or 2025."""
    amount_minor = models.BigIntegerField()
    """Minor units of the programme's currency; below 0 for a refund or a correction."""
    received_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("licence", "period", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(amount_minor=0), name="receipt_amount_is_not_zero"),
            models.CheckConstraint(
                condition=Q(period__regex=r"^[0-9]{4}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?$"), name="receipt_period_is_one"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} for {self.period} of {self.licence_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class LicenceGrant(GrantedAction):
    """An action granted on one licence."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(
        Licence, on_delete=models.PROTECT, related_name="granted_actions", db_index=False
    )
