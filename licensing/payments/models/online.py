"""Accounts at the payment service, payments through it, and what it told; what moved money is booked once."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.billing.models import Invoice, Settlement
from licensing.payments.lifecycle import UNDER_WAY, MovementKind, PaymentState, RefundState
from platform_core.identity.models import OperatingEntity, User
from platform_core.ledger.models import Entry
from platform_core.models import Record
from platform_core.secrets import EncryptedField


class StripeAccount(Record):
    """The account of an operating entity at Stripe, with the keys to it."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="stripe_accounts")
    account_id = models.CharField(max_length=64)
    """The account's own id there (`acct_…`)."""
    is_live = models.BooleanField(default=False)
    """Whether it moves real money; blank: a test account."""
    publishable_key = models.CharField(max_length=255, blank=True)
    secret_key = EncryptedField(blank=True, default="")
    webhook_secret = EncryptedField(blank=True, default="")
    """By which what it tells is known to be from it."""
    earlier_webhook_secret = EncryptedField(blank=True, default="")
    """The one before, by which it may still tell for a while after the keys were changed."""
    earlier_until = models.DateTimeField(null=True, blank=True)
    """Until when the one before is taken."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    """Since when no payment is begun with it; what is under way goes on."""
    closing_reason = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    """When the service last refused to answer, or did not."""
    failure = models.CharField(max_length=500, blank=True)
    """What it said then."""
    unsigned_at = models.DateTimeField(null=True, blank=True)
    """When something last came for this account whose signature was not made with its webhook secret."""

    class Meta:
        ordering = ("operating_entity", "-opened_at")
        verbose_name = "Stripe account"
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "account_id"), name="stripeaccount_once"),
            models.UniqueConstraint(
                fields=("operating_entity",), condition=Q(closed_at=None), name="stripeaccount_one_in_use"
            ),
            models.CheckConstraint(condition=~Q(account_id=""), name="stripeaccount_is_named"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(closing_reason=""), name="stripeaccount_closed_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return self.account_id


class OnlinePayment(Record):
    """An attempt to pay an invoice online: written first, then asked of the service, then what became of it."""

    account = models.ForeignKey(StripeAccount, on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="online_payments")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=PaymentState, default=PaymentState.INTENDED)
    service_id = models.CharField(max_length=64, blank=True)
    """The service's own id of the money (`pi_…`); blank until somebody has paid on its page, or tried to."""
    session_id = models.CharField(max_length=255, blank=True)
    """The service's own id of the page on which it is paid (`cs_…`); blank until it is known."""
    page_url = EncryptedField(blank=True, default="")
    """The address of that page, to which the payer goes; whoever has it may pay there."""
    ending_at = models.DateTimeField(null=True, blank=True)
    """Since when the page is to be closed before somebody pays there; blank: it ends by itself."""
    message = models.CharField(max_length=500, blank=True)
    """What the service said last, where something was refused."""
    key_number = models.PositiveIntegerField(default=1)
    """Which idempotency key is used: a new one only where it is certain that nothing came of the last."""
    first_asked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    """Failures in a row."""
    due_at = models.DateTimeField(null=True, blank=True)
    """When the service is to be asked next; blank: there is nothing to ask."""
    hints = models.PositiveIntegerField(default=0)
    """How often the service told that something happened: an answer from before the last one is not the last word."""
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-started_at", "-id")
        indexes = (
            models.Index(fields=("due_at", "id"), condition=Q(due_at__isnull=False), name="onlinepayment_by_due"),
            models.Index(fields=("started_at", "id"), name="onlinepayment_by_start"),
            models.Index(fields=("invoice",), condition=Q(state__in=UNDER_WAY), name="onlinepayment_under_way"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="onlinepayment_pays_something"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="onlinepayment_state_known"),
            models.UniqueConstraint(
                fields=("account", "service_id"), condition=~Q(service_id=""), name="onlinepayment_service_id_once"
            ),
            models.UniqueConstraint(
                fields=("account", "session_id"), condition=~Q(session_id=""), name="onlinepayment_session_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(PaymentState.INTENDED, PaymentState.FAILED, PaymentState.CANCELLED))
                | ~Q(service_id="")
                | ~Q(session_id=""),
                name="onlinepayment_open_is_known_there",
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} for {self.invoice_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.invoice.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity that is paid."""
        return self.account.operating_entity_id


class OnlineRefund(Record):
    """Money of an online payment that is given back: one person proposes it, another approves it."""

    payment = models.ForeignKey(OnlinePayment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.PROPOSED)
    service_id = models.CharField(max_length=64, blank=True)
    made_there = models.BooleanField(default=False)
    """Whether somebody made it at the payment service, and not here."""
    message = models.CharField(max_length=500, blank=True)
    key_number = models.PositiveIntegerField(default=1)
    first_asked_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="onlinerefund_gives_something_back"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="onlinerefund_state_known"),
            models.UniqueConstraint(
                fields=("payment", "service_id"), condition=~Q(service_id=""), name="onlinerefund_service_id_once"
            ),
            models.CheckConstraint(
                condition=Q(made_there=True, proposed_by=None, decided_by=None)
                | (
                    Q(made_there=False, proposed_by__isnull=False)
                    & (Q(state=RefundState.PROPOSED, decided_by=None) | Q(decided_by__isnull=False))
                ),
                name="onlinerefund_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="onlinerefund_two_people"
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} back of {self.payment_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.payment.concerned_organisation_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity that gives back."""
        return self.payment.audit_operating_entity_id()


class OnlineMovement(Record):
    """What moved money of a payment at the service, and what was booked for it. Written once."""

    payment = models.ForeignKey(OnlinePayment, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=16, choices=MovementKind)
    service_id = models.CharField(max_length=64)
    """The service's id of what moved it: of the payment, the charge, the refund or the dispute."""
    amount_minor = models.BigIntegerField()
    """Above 0 what came in."""
    settled_minor = models.BigIntegerField()
    """What of it settled the invoice, or opened it again."""
    prepaid_minor = models.BigIntegerField()
    """What of it is the licensee's, to be used for other invoices."""
    settlement = models.OneToOneField(
        Settlement, on_delete=models.PROTECT, null=True, blank=True, related_name="online_movement"
    )
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    """What was booked for it, besides what it settled."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("payment", "at", "id")
        constraints = (
            # However often and in whatever order it is told.
            models.UniqueConstraint(fields=("kind", "service_id"), name="onlinemovement_once"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="onlinemovement_kind_known"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="onlinemovement_moves_something"),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.FEE, settled_minor=0, prepaid_minor=0)
                | (~Q(kind=MovementKind.FEE) & Q(amount_minor=F("settled_minor") + F("prepaid_minor"))),
                name="onlinemovement_adds_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} of {self.payment_id}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee."""
        return self.payment.concerned_organisation_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity."""
        return self.payment.audit_operating_entity_id()


class ServiceEvent(Record):
    """Something the payment service told, kept before anything is done about it; a hint to ask, and no more."""

    account = models.ForeignKey(StripeAccount, on_delete=models.PROTECT, related_name="events")
    service_id = models.CharField(max_length=64)
    """The event's own id (`evt_…`), by which a second telling is known."""
    kind = models.CharField(max_length=100)
    subject = models.CharField(max_length=64, blank=True)
    """The id of the payment it is about, where it names one."""
    body: Any = models.JSONField()
    received_at = models.DateTimeField()
    payment = models.ForeignKey(OnlinePayment, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    """The payment that was asked about because of it; blank: it was about nothing of ours."""

    class Meta:
        ordering = ("-received_at", "-id")
        constraints = (models.UniqueConstraint(fields=("account", "service_id"), name="serviceevent_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.service_id}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity whose account it is about."""
        return self.account.operating_entity_id
