"""The tax invoices (发票) that members give for their shares before they are paid, and by which rule."""

from typing import Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.distribution.lifecycle import SETTLED, MemberInvoiceState
from licensing.distribution.models.runs import DistributionItem
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.documents.models import Document
from platform_core.identity.models import OperatingEntity, User
from platform_core.models import Record

_WITHOUT: Final = (MemberInvoiceState.WAIVING, MemberInvoiceState.WAIVED)
"""The states of a share that nobody gives a tax invoice for."""


class MemberInvoiceTerms(Record):
    """From a day on: whether members give a tax invoice for their shares before they are paid, and at which tax."""

    operating_entity = models.ForeignKey(
        OperatingEntity, on_delete=models.PROTECT, related_name="member_invoice_terms", db_index=False
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="member_invoice_terms"
    )
    """The programme they are for; blank: all of the operating entity without terms of their own."""
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="member_invoice_terms"
    )
    """The member they are for; blank: all without terms of their own."""
    from_on = models.DateField()
    """First day of the releases they hold for."""
    is_needed = models.BooleanField()
    percent = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    """The rate of value added tax that is in the share; 0 where none is."""

    class Meta:
        ordering = ("operating_entity", "-from_on", "-id")
        verbose_name = "member invoice terms"
        verbose_name_plural = "member invoice terms"
        constraints = (
            models.UniqueConstraint(
                fields=("operating_entity", "programme", "membership", "from_on"),
                nulls_distinct=False,
                name="memberinvoiceterms_once_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lt=100), name="memberinvoiceterms_percent_is_one"
            ),
            models.CheckConstraint(
                condition=Q(is_needed=True) | Q(percent=0), name="memberinvoiceterms_tax_where_needed"
            ),
        )

    def __str__(self) -> str:
        return f"from {self.from_on}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity."""
        return self.operating_entity.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose terms they are."""
        return self.operating_entity_id

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member they are for, where they are for one."""
        return self.membership.organisation_id if self.membership else None


class MemberInvoice(Record):
    """The tax invoice (发票) a member gives for a share, which is paid once it is accepted, or waived by two."""

    item = models.OneToOneField(DistributionItem, on_delete=models.PROTECT, related_name="member_invoice")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="member_invoices")
    terms = models.ForeignKey(MemberInvoiceTerms, on_delete=models.PROTECT, related_name="member_invoices")
    """By which it is asked for."""
    amount_minor = models.BigIntegerField()
    """What it has to be of, tax included: the share."""
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MemberInvoiceState, default=MemberInvoiceState.AWAITED)

    number = models.CharField(max_length=20, blank=True, help_text="号码: 20 digits, or 8 beside a code")
    code = models.CharField(max_length=12, blank=True, help_text="代码: 10 or 12 digits; blank on a fully digital one")
    issued_on = models.DateField(null=True, blank=True)
    given_minor = models.BigIntegerField(null=True, blank=True, help_text="what it is of, tax included (价税合计)")
    tax_minor = models.BigIntegerField(null=True, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="why it was sent back")

    waiver_reason = models.CharField(max_length=500, blank=True, default="", help_text="why no tax invoice fits")
    waiver_asked_at = models.DateTimeField(null=True, blank=True)
    waiver_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("asked_at", "id")
        verbose_name = "member invoice"
        indexes = (models.Index(fields=("asked_at", "id"), name="memberinvoice_by_asking"),)
        constraints = (
            models.UniqueConstraint(
                fields=("membership", "code", "number"), condition=~Q(number=""), name="memberinvoice_given_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="memberinvoice_of_something"),
            models.CheckConstraint(condition=Q(state__in=MemberInvoiceState.values), name="memberinvoice_state_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=(MemberInvoiceState.AWAITED, *_WITHOUT),
                    number="",
                    code="",
                    issued_on=None,
                    given_minor=None,
                    tax_minor=None,
                    document=None,
                    recorded_at=None,
                    recorded_by=None,
                )
                | (
                    ~Q(state__in=(MemberInvoiceState.AWAITED, *_WITHOUT))
                    & Q(number__regex="^([0-9]{8}|[0-9]{20})$", code__regex="^([0-9]{10}|[0-9]{12})?$")
                    & Q(
                        issued_on__isnull=False,
                        given_minor=F("amount_minor"),
                        tax_minor__gte=0,
                        document__isnull=False,
                        recorded_at__isnull=False,
                        recorded_by__isnull=False,
                    )
                ),
                name="memberinvoice_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(MemberInvoiceState.AWAITED, MemberInvoiceState.RECORDED, MemberInvoiceState.WAIVING),
                    decided_at=None,
                    decided_by=None,
                    reason="",
                )
                | Q(state__in=SETTLED, decided_at__isnull=False, decided_by__isnull=False, reason="")
                | (
                    Q(state=MemberInvoiceState.SENT_BACK, decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="memberinvoice_decided_by_someone",
            ),
            # Two pairs of eyes: whoever gives it does not take it for right.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("recorded_by")), name="memberinvoice_two_people"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_WITHOUT, waiver_asked_at__isnull=False, waiver_asked_by__isnull=False)
                    & ~Q(waiver_reason="")
                )
                | (~Q(state__in=_WITHOUT) & Q(waiver_asked_at=None, waiver_asked_by=None, waiver_reason="")),
                name="memberinvoice_waiver_has_a_reason",
            ),
            # Two pairs of eyes: whoever asks to do without one does not decide it.
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("waiver_asked_by")), name="memberinvoice_waived_by_two"
            ),
        )

    def __str__(self) -> str:
        return self.number or f"for {self.item_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member who gives it."""
        return self.membership.organisation_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity it is given to."""
        return self.item.audit_operating_entity_id()
