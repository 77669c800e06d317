"""Bank accounts of operating entities, the statements of banks, where organisations want to be paid, and payments."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import OperatingEntity, Organisation, User
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.models import Record


class BankAccount(Record):
    """An account of an operating entity at a bank, for money of one purpose and currency."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="bank_accounts")
    purpose = models.CharField(max_length=20, choices=Purpose)
    currency = models.CharField(max_length=3)
    bank_name = models.CharField(max_length=100)
    branch = models.CharField(max_length=200, blank=True)
    """Where it was opened (开户行)."""
    number = models.CharField(max_length=40)
    ledger_account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="bank_account")
    """Where it stands in the books."""
    mapping = models.JSONField(default=dict, blank=True)
    """What the columns of its statements are; empty: not said yet."""
    in_use_from = models.DateField()
    in_use_until = models.DateField(null=True, blank=True)
    """First day without it."""
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("operating_entity", "id")
        verbose_name = "bank account"
        constraints = (
            models.UniqueConstraint(fields=("operating_entity", "purpose", "number"), name="bankaccount_once"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="bankaccount_purpose_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="bankaccount_currency_is_a_code"),
            models.CheckConstraint(condition=Q(number__regex="^[0-9A-Z]{6,40}$"), name="bankaccount_number_is_one"),
            models.CheckConstraint(condition=~Q(bank_name=""), name="bankaccount_has_a_bank"),
            models.CheckConstraint(
                condition=Q(in_use_until=None) | Q(in_use_until__gte=F("in_use_from")),
                name="bankaccount_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank_name} {self.last_digits}"

    @property
    def last_digits(self) -> str:
        """The digits by which people tell it from others."""
        return self.number[-4:]


class BankStatement(Record):
    """A file in which a bank told what happened on an account, taken in as a whole."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField()
    """What its columns were taken for."""
    first_on = models.DateField()
    last_on = models.DateField()
    opening_minor = models.BigIntegerField(null=True, blank=True)
    closing_minor = models.BigIntegerField(null=True, blank=True)
    """What the account came to before and after it, where the bank tells."""
    lines_new = models.PositiveIntegerField()
    lines_known = models.PositiveIntegerField()
    """How many were on record already, from another file."""
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("bank_account", "id")
        verbose_name = "bank statement"
        constraints = (
            models.UniqueConstraint(fields=("bank_account", "file_sha256"), name="bankstatement_once"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="bankstatement_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.file_name

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose account it is of."""
        return self.bank_account.operating_entity_id


class LineState(models.TextChoices):
    """What became of a line."""

    OPEN = "open", "Open"
    ASSIGNED = "assigned", "Assigned"
    SET_ASIDE = "set_aside", "Set aside"
    REVERSED = "reversed", "Reversed"


class StatementLine(Record):
    """One thing that happened on a bank account, whatever file it came in; booked once, as its own entry."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    """The file it came in first."""
    line = models.PositiveIntegerField()
    """Where it stands in that file."""
    booked_on = models.DateField()
    place = models.PositiveIntegerField()
    """Which of its day it is."""
    amount_minor = models.BigIntegerField()
    """Above zero is money that came in."""
    balance_minor = models.BigIntegerField(null=True, blank=True)
    counterparty_name = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    """The bank's own number of it (流水号)."""
    fingerprint = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()
    """Which of several that are alike it is."""
    state = models.CharField(max_length=20, choices=LineState, default=LineState.OPEN)
    claimant = models.CharField(max_length=40, blank=True)
    """The room that knows what it is for."""
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    """What it is for."""
    reason = models.CharField(max_length=500, blank=True)
    """Why it is for nothing that anybody knows of, or was booked wrongly."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("bank_account", "booked_on", "place", "id")
        verbose_name = "statement line"
        indexes = (
            models.Index(fields=("bank_account", "booked_on", "place"), name="statementline_in_order"),
            models.Index(fields=("bank_account",), condition=Q(state=LineState.OPEN), name="statementline_open"),
            models.Index(fields=("subject_type", "subject_id"), name="statementline_by_subject"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("bank_account", "fingerprint", "occurrence"), name="statementline_once_on_an_account"
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="statementline_moves_something"),
            models.CheckConstraint(
                condition=Q(state=LineState.OPEN, claimant="", subject_type="", subject_id=None, reason="")
                | (
                    Q(state=LineState.ASSIGNED, subject_id__isnull=False, reason="", decided_at__isnull=False)
                    & ~Q(claimant="")
                    & ~Q(subject_type="")
                )
                | (
                    Q(state__in=(LineState.SET_ASIDE, LineState.REVERSED), claimant="", subject_type="")
                    & Q(subject_id=None, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="statementline_state_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount_minor}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose account it is of."""
        return self.bank_account.operating_entity_id


class PayeeState(models.TextChoices):
    """How far an account that an organisation wants to be paid to has come."""

    ENTERED = "entered", "Entered"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class PayeeAccount(Record):
    """Where an organisation wants to be paid in a currency: entered by one person, confirmed by another.

    It is in force some days after it was confirmed. The latest one that was not withdrawn decides, so that nothing is
    paid while a change is not settled.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payee_accounts")
    currency = models.CharField(max_length=3)
    account_name = models.CharField(max_length=200)
    """In whose name it is kept (户名)."""
    bank_name = models.CharField(max_length=100)
    branch = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=PayeeState, default=PayeeState.ENTERED)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)
    """From when on payments go there."""
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    """Why it is withdrawn."""

    class Meta:
        ordering = ("organisation", "id")
        verbose_name = "payee account"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "currency"),
                condition=Q(state=PayeeState.ENTERED),
                name="payeeaccount_one_to_confirm",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="payeeaccount_currency_is_a_code"),
            models.CheckConstraint(condition=Q(number__regex="^[0-9A-Z]{6,40}$"), name="payeeaccount_number_is_one"),
            models.CheckConstraint(condition=~Q(account_name="") & ~Q(bank_name=""), name="payeeaccount_is_somewhere"),
            models.CheckConstraint(
                condition=Q(
                    state=PayeeState.ENTERED, confirmed_at=None, confirmed_by=None, in_force_at=None, withdrawn_at=None
                )
                | Q(
                    state=PayeeState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    in_force_at__gt=F("confirmed_at"),
                    withdrawn_at=None,
                )
                | (
                    Q(state=PayeeState.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(reason="")
                ),
                name="payeeaccount_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
                name="payeeaccount_confirmed_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank_name} {self.number[-4:]}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the organisation that is paid there."""
        return self.organisation_id


class PayoutState(models.TextChoices):
    """How far a payment has come."""

    DRAFTED = "drafted", "Drafted"
    HALF_RELEASED = "half_released", "Released by one person"
    RELEASED = "released", "Released"
    IN_FILE = "in_file", "In a file for the bank"
    PAID = "paid_out", "Paid"
    RETURNED = "returned", "Returned"
    CANCELLED = "cancelled", "Cancelled"


class PayoutFile(Record):
    """Payments of one bank account as a file that a bank takes in; it is taken once."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payout_files")
    number = models.PositiveIntegerField()
    payouts_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    content_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_count = models.PositiveIntegerField(default=0)
    """Payments that were left out when it was taken: where they go had changed, or they were given up."""
    held_minor = models.BigIntegerField(default=0)
    taken_sha256 = models.CharField(max_length=64, blank=True, default="")
    """Of what was handed out, where something was left out; blank: of all that it was made of."""

    class Meta:
        ordering = ("bank_account", "number")
        verbose_name = "payout file"
        constraints = (
            models.UniqueConstraint(fields=("bank_account", "number"), name="payoutfile_numbered"),
            models.CheckConstraint(condition=Q(payouts_count__gte=1, total_minor__gte=1), name="payoutfile_pays"),
            models.CheckConstraint(
                condition=Q(held_count=0, held_minor=0, taken_sha256="")
                | (
                    Q(held_count__gte=1, held_minor__gte=1, taken_at__isnull=False)
                    & Q(held_count__lt=F("payouts_count"), held_minor__lt=F("total_minor"))
                    & ~Q(taken_sha256="")
                ),
                name="payoutfile_holds_some",
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.number}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return whose account it is of."""
        return self.bank_account.operating_entity_id


class Payout(Record):
    """What is to be paid to whom, out of which bank account: released by two people before a bank hears of it."""

    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, related_name="payouts")
    purpose = models.CharField(max_length=20, choices=Purpose)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payouts")
    payee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owed_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    """Where the books say that it is owed."""
    payee_account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Where it goes, as of the first release."""
    amount_minor = models.BigIntegerField()
    text = models.CharField(max_length=100, blank=True)
    """What the payee reads (附言)."""
    due_on = models.DateField()
    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    """What it is for."""
    state = models.CharField(max_length=20, choices=PayoutState, default=PayoutState.DRAFTED)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    first_released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(PayoutFile, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts")
    reason = models.CharField(max_length=500, blank=True)
    """Why it is cancelled, or came back."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("operating_entity", "due_on", "id")
        verbose_name = "payout"
        indexes = (models.Index(fields=("subject_type", "subject_id"), name="payout_by_subject"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="payout_pays"),
            models.CheckConstraint(
                condition=Q(first_released_by=None) | Q(released_by=None) | ~Q(released_by=F("first_released_by")),
                name="payout_released_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state=PayoutState.DRAFTED, first_released_by=None, released_by=None)
                | Q(state=PayoutState.HALF_RELEASED, first_released_by__isnull=False, released_by=None)
                | Q(
                    state__in=(PayoutState.RELEASED, PayoutState.IN_FILE, PayoutState.PAID, PayoutState.RETURNED),
                    first_released_by__isnull=False,
                    released_by__isnull=False,
                    payee_account__isnull=False,
                )
                | (Q(state=PayoutState.CANCELLED) & ~Q(reason="")),
                name="payout_state_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=PayoutState.IN_FILE) | Q(file__isnull=False), name="payout_in_a_file"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """By what it is recognised on a statement."""
        return f"PO{self.pk.hex[-8:].upper()}"
