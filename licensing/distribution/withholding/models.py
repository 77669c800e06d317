"""By which rules tax is withheld from members abroad, what was withheld of each share, and when it was paid on."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from licensing.distribution.models.runs import DistributionItem
from licensing.distribution.withholding.lifecycle import ReliefState, RemittanceState
from members.memberships.models import Membership
from platform_core.identity.models import OperatingEntity, User
from platform_core.ledger.models import Entry
from platform_core.models import Part, Record
from platform_core.treasury.models import StatementLine

_COUNTRY = Q(country__regex="^[A-Z]{2}$")


class WithholdingRule(Record):
    """The tax that an operating entity withholds from members of a country, while the rule holds. Two people.

    It counts once another person than who recorded it has confirmed it. While no tax was withheld by it, another one
    for the same day takes its place when that is confirmed.
    """

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="withholding_rules")
    country = models.CharField(max_length=2)
    """Where the member has its seat."""
    from_on = models.DateField()
    """First day of the releases it holds for."""
    until_on = models.DateField(null=True, blank=True)
    """Last day; blank: until the next one of the country."""
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    treaty_percent = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    """What a treaty lowers it to, for members whose residence is proved; blank: there is none."""
    treaty = models.CharField(max_length=300, blank=True)
    """Which treaty, and which article of it."""
    basis = models.CharField(max_length=300)
    """What law the rate is from."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Blank: the operator at the command line, or whoever set it before rules took two people."""
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="when another was confirmed in its place")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="when it was taken back before it counted")
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        app_label = "distribution"
        ordering = ("operating_entity", "country", "-from_on")
        verbose_name = "withholding rule"
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity", "country", "from_on"),
                condition=Q(confirmed_at__isnull=False, replaced_at=None),
                name="withholdingrule_once_from_a_day",
            ),
            models.UniqueConstraint(
                fields=("operating_entity", "country", "from_on"),
                condition=Q(confirmed_at=None, withdrawn_at=None),
                name="withholdingrule_recorded_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, recorded_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("recorded_by"))),
                name="withholdingrule_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(confirmed_at__isnull=False), name="withholdingrule_replaced_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False, confirmed_at=None),
                name="withholdingrule_withdrawn_unconfirmed",
            ),
            models.CheckConstraint(condition=_COUNTRY, name="withholdingrule_country_is_a_code"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lt=100), name="withholdingrule_percent_is_one"),
            models.CheckConstraint(
                condition=Q(treaty_percent=None, treaty="")
                | (Q(treaty_percent__gte=0, treaty_percent__lte=F("percent")) & ~Q(treaty="")),
                name="withholdingrule_treaty_lowers",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="withholdingrule_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="withholdingrule_has_a_basis"),
        )

    def __str__(self) -> str:
        return f"{self.country} from {self.from_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.operating_entity.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose rule it is."""
        return self.operating_entity_id


class TreatyRelief(Record):
    """A member's proof of residence, for which a treaty lowers the tax: entered by one person, confirmed by another."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="treaty_reliefs")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="treaty_reliefs")
    country = models.CharField(max_length=2)
    from_on = models.DateField()
    until_on = models.DateField()
    certificate = models.CharField(max_length=100, help_text="number of the certificate of residence")
    state = models.CharField(max_length=10, choices=ReliefState, default=ReliefState.ENTERED)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="why it is withdrawn")

    class Meta:
        app_label = "distribution"
        ordering = ("-entered_at", "-id")
        verbose_name = "treaty relief"
        indexes = (models.Index(fields=("entered_at", "id"), name="treatyrelief_by_entry"),)
        constraints = (
            models.CheckConstraint(condition=_COUNTRY, name="treatyrelief_country_is_a_code"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="treatyrelief_days_in_order"),
            models.CheckConstraint(condition=~Q(certificate=""), name="treatyrelief_is_proved"),
            models.CheckConstraint(
                condition=Q(
                    state=ReliefState.ENTERED, confirmed_at=None, confirmed_by=None, withdrawn_at=None, reason=""
                )
                | Q(
                    state=ReliefState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    withdrawn_at=None,
                    reason="",
                )
                | (
                    Q(state=ReliefState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="treatyrelief_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")), name="treatyrelief_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} until {self.until_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.operating_entity.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return who withholds."""
        return self.operating_entity_id

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose residence it proves."""
        return self.membership.organisation_id


class TaxRemittance(Record):
    """Tax on its way to the tax office: put together by one person, confirmed by another, paid as the bank says."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="tax_remittances")
    currency = models.CharField(max_length=3)
    through_on = models.DateField(help_text="what was released by this day is in it")
    amount_minor = models.BigIntegerField()
    reference = models.CharField(max_length=100, help_text="of the declaration at the tax office")
    state = models.CharField(max_length=10, choices=RemittanceState, default=RemittanceState.PREPARED)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paid_on = models.DateField(null=True, blank=True)
    line = models.OneToOneField(
        StatementLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="by which it was paid",
    )
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.CharField(
        max_length=100, blank=True, help_text="number of the tax office's certificate of payment"
    )
    reason = models.CharField(max_length=500, blank=True, help_text="why it is cancelled")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        app_label = "distribution"
        ordering = ("-prepared_at", "-id")
        verbose_name = "tax remittance"
        indexes = (models.Index(fields=("prepared_at", "id"), name="taxremittance_by_preparing"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="taxremittance_of_something"),
            models.CheckConstraint(condition=~Q(reference=""), name="taxremittance_is_declared"),
            models.CheckConstraint(condition=Q(state__in=RemittanceState.values), name="taxremittance_state_known"),
            models.UniqueConstraint(
                fields=("operating_entity", "currency"),
                condition=Q(state=RemittanceState.PREPARED),
                name="taxremittance_one_to_confirm",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RemittanceState.PREPARED,
                    confirmed_at=None,
                    confirmed_by=None,
                    paid_on=None,
                    entry=None,
                    receipt="",
                    reason="",
                )
                | Q(
                    state=RemittanceState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    paid_on=None,
                    entry=None,
                    receipt="",
                    reason="",
                )
                | Q(
                    state=RemittanceState.PAID,
                    confirmed_by__isnull=False,
                    paid_on__isnull=False,
                    entry__isnull=False,
                    reason="",
                )
                | (Q(state=RemittanceState.CANCELLED, paid_on=None, entry=None, receipt="") & ~Q(reason="")),
                name="taxremittance_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("prepared_by")), name="taxremittance_two_people"
            ),
            models.CheckConstraint(
                condition=Q(line=None) | Q(state=RemittanceState.PAID), name="taxremittance_line_of_what_is_paid"
            ),
            # Those cancelled before this was a rule do not say by whom.
            models.CheckConstraint(
                condition=Q(state=RemittanceState.CANCELLED, cancelled_at__isnull=False, cancelled_by__isnull=False)
                | (~Q(state=RemittanceState.CANCELLED) & Q(cancelled_at=None, cancelled_by=None)),
                name="taxremittance_cancelled_by_someone",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.operating_entity.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return who pays it."""
        return self.operating_entity_id


class RemittanceUndoing(Part):
    """Taking back what two people decided on a remittance: asked for by one person, agreed or refused by another.

    It undoes the confirmation, which gives the remittance up, or that a line of the bank paid it.
    """

    remittance = models.ForeignKey(TaxRemittance, on_delete=models.PROTECT, related_name="undoings")
    undoes = models.CharField(max_length=10, choices=RemittanceState, help_text="confirmed or paid, as it stood then")
    reason = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_agreed = models.BooleanField(null=True, help_text="blank: it waits")
    paid_on = models.DateField(null=True, blank=True, help_text="from when the books said that it was paid")
    undone_on = models.DateField(null=True, blank=True, help_text="from when they no longer do")
    freed = models.ForeignKey(
        StatementLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the line that was for something else; blank: the payment came back, and both lines stay",
    )

    class Meta:
        app_label = "distribution"
        ordering = ("remittance", "asked_at", "id")
        verbose_name = "undoing of a tax remittance"
        constraints = (
            models.UniqueConstraint(
                fields=("remittance",), condition=Q(is_agreed=None), name="remittanceundoing_one_to_decide"
            ),
            models.CheckConstraint(
                condition=Q(undoes__in=(RemittanceState.CONFIRMED, RemittanceState.PAID)),
                name="remittanceundoing_of_what_two_decided",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="remittanceundoing_has_a_reason"),
            models.CheckConstraint(
                condition=Q(is_agreed=None, decided_at=None, decided_by=None)
                | Q(is_agreed__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="remittanceundoing_decided_wholly",
            ),
            models.CheckConstraint(
                condition=~Q(is_agreed=True) | ~Q(decided_by=F("asked_by")), name="remittanceundoing_two_people"
            ),
            models.CheckConstraint(
                condition=Q(paid_on=None, undone_on=None, undoes=RemittanceState.CONFIRMED)
                | Q(paid_on=None, undone_on=None, is_agreed=None)
                | Q(paid_on=None, undone_on=None, is_agreed=False)
                | Q(
                    undoes=RemittanceState.PAID,
                    is_agreed__isnull=False,
                    is_agreed=True,
                    paid_on__isnull=False,
                    undone_on__isnull=False,
                ),
                name="remittanceundoing_says_which_days",
            ),
        )

    def __str__(self) -> str:
        return f"undoing of {self.remittance}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.remittance.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return who pays the tax."""
        return self.remittance.operating_entity_id


class Withholding(Record):
    """The tax withheld from a member's share, by which rule and on what: settled at the release, and paid on once."""

    item = models.OneToOneField(DistributionItem, on_delete=models.PROTECT, related_name="withholding")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="withholdings")
    rule = models.ForeignKey(WithholdingRule, on_delete=models.PROTECT, related_name="withholdings")
    relief = models.ForeignKey(
        TreatyRelief, on_delete=models.PROTECT, null=True, blank=True, related_name="withholdings"
    )
    """By which the treaty's rate holds; blank: the rate of the law."""
    on = models.DateField()
    """The day of the release."""
    country = models.CharField(max_length=2)
    gross_minor = models.BigIntegerField()
    """The share."""
    set_off_minor = models.BigIntegerField(default=0)
    """What of it pays back what was given too much: paid to nobody, and taxed nowhere."""
    base_minor = models.BigIntegerField()
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    tax_minor = models.BigIntegerField()
    remittance = models.ForeignKey(
        TaxRemittance, on_delete=models.PROTECT, null=True, blank=True, related_name="withholdings"
    )

    class Meta:
        app_label = "distribution"
        ordering = ("-on", "-id")
        verbose_name = "tax withheld"
        verbose_name_plural = "taxes withheld"
        indexes = (models.Index(fields=("on", "id"), name="withholding_by_day"),)
        constraints = (
            models.CheckConstraint(condition=_COUNTRY, name="withholding_country_is_a_code"),
            models.CheckConstraint(
                condition=Q(
                    gross_minor__gt=0,
                    set_off_minor__gte=0,
                    base_minor__gte=0,
                    base_minor=F("gross_minor") - F("set_off_minor"),
                ),
                name="withholding_base_adds_up",
            ),
            # Rounded once, halves away from zero: as PostgreSQL rounds exact numbers.
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lt=100) & Q(tax_minor=Round(F("base_minor") * F("percent") / 100)),
                name="withholding_tax_is_of_the_base",
            ),
        )

    def __str__(self) -> str:
        return f"{self.tax_minor} of {self.item_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member it is withheld from."""
        return self.membership.organisation_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return who withholds."""
        return self.item.audit_operating_entity_id()
