"""Close runs and their results, as immutable as the money that follows from them."""

from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from licensing.close.lifecycle import CHANGEABLE, OPEN, Calculation, RunStatus
from licensing.close.totals.models import TotalsRelease as TotalsRelease
from licensing.close.workings.models import WorkingsRelease as WorkingsRelease
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme, TermsVersion
from members.memberships.models import Membership
from platform_core.access.grants.models import GrantedAction
from platform_core.identity.models import User
from platform_core.jobs.models import Job
from platform_core.models import Record
from platform_core.spans import no_overlap

MICROS_DIGITS: Final = 38
"""Micros are exact integers of up to 38 digits, as the engine keeps them."""
MONTH_FORM: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class CloseRun(Record):
    """One close of a programme's period: from a draft, calculated by one person and approved by another, to posted."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="close_runs")
    period = models.CharField(max_length=10, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    first_month = models.DateField(help_text="first day of the period's first month")
    last_month = models.DateField(help_text="first day of the period's last month")
    number = models.PositiveIntegerField(help_text="1 for the first run of the programme and period")
    terms_version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="close_runs")
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        help_text="the posted run of the same period whose differences this run settles",
    )
    prompted_by = models.ForeignKey(
        SalesReport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the report that made this correction necessary",
    )
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.DRAFT)

    calculation = models.CharField(max_length=10, choices=Calculation, default=Calculation.NONE)
    attempt = models.PositiveIntegerField(default=0, help_text="how many calculations were asked for")
    claim = models.UUIDField(null=True, blank=True, help_text="the piece of work that may load its results")
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="of the last calculation"
    )
    message = models.TextField(blank=True, default="", help_text="why the last calculation failed or was rejected")
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="the last calculation's work"
    )

    results_claim = models.UUIDField(null=True, blank=True, help_text="the calculation whose files and rows these are")
    engine_version = models.CharField(max_length=40, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    line_count = models.BigIntegerField(default=0)
    bucket_count = models.BigIntegerField(default=0)
    royalty_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    due_minor = models.BigIntegerField(default=0)
    distributed_minor = models.BigIntegerField(default=0)
    results_sha256 = models.CharField(max_length=64, blank=True, default="", help_text="of run.json")

    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    calculated_at = models.DateTimeField(null=True, blank=True)
    calculated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_reason = models.CharField(max_length=500, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-last_month", "-number"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="closerun_status_known"),
            models.CheckConstraint(condition=Q(calculation__in=Calculation.values), name="closerun_calculation_known"),
            models.CheckConstraint(
                condition=Q(first_month__lte=F("last_month"), first_month__day=1, last_month__day=1),
                name="closerun_whole_months",
            ),
            models.UniqueConstraint(fields=["programme", "period", "number"], name="closerun_number_unique"),
            # One run at a time is worked on per programme and period.
            models.UniqueConstraint(
                fields=["programme", "period"], condition=Q(status__in=OPEN), name="closerun_one_open"
            ),
            # No month is closed twice, not even by a quarter and a month in it: first runs do not overlap.
            no_overlap(
                "closerun_each_month_once",
                keys=["programme"],
                first="first_month",
                end="last_month",
                end_included=True,
                condition=Q(corrects=None) & ~Q(status=RunStatus.CANCELLED),
            ),
            # Posted runs of a period form one chain: the first, then each correcting the one before.
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(status=RunStatus.POSTED), name="closerun_corrected_once"
            ),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="closerun_corrects_another"),
            # Two pairs of eyes: who calculates a close does not approve it.
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("calculated_by")), name="closerun_two_people"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RunStatus.DRAFT, RunStatus.CANCELLED])
                | (
                    Q(calculated_by__isnull=False, calculated_at__isnull=False, results_claim__isnull=False)
                    & ~Q(currency="")
                    & ~Q(engine_version="")
                ),
                name="closerun_calculated_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[RunStatus.APPROVED, RunStatus.POSTED],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                )
                | (~Q(status__in=[RunStatus.APPROVED, RunStatus.POSTED]) & Q(approved_by=None, approved_at=None)),
                name="closerun_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(status=RunStatus.POSTED, posted_by__isnull=False, posted_at__isnull=False)
                | (~Q(status=RunStatus.POSTED) & Q(posted_by=None, posted_at=None)),
                name="closerun_posted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(due_minor=F("royalty_minor") - F("credit_minor")), name="closerun_due_adds_up"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "-last_month", "-number"], name="closerun_by_programme"),
            models.Index(fields=["opened_at", "id"], name="closerun_by_opening"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.period} #{self.number}"

    @property
    def is_changeable(self) -> bool:
        """Whether a new calculation may still replace its rows."""
        return self.status in CHANGEABLE

    @property
    def is_open(self) -> bool:
        """Whether work is still to be done on it."""
        return self.status in OPEN

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class RunRow(Record):
    """Something that belongs to a close run, and is as unchangeable as the run has become.

    Foreign keys that a unique constraint begins with have no index of their own: these tables are loaded in bulk.
    """

    run: Any
    """The foreign key that every kind of row has, each with its own name on the run's side."""

    class Meta:
        abstract = True

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the run's programme."""
        run: CloseRun = self.run
        return run.audit_operating_entity_id()


class CloseInput(RunRow):
    """A report that a run was calculated from."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="inputs")
    report = models.ForeignKey(SalesReport, on_delete=models.PROTECT, related_name="close_inputs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "report"], name="closeinput_once")]

    def __str__(self) -> str:
        return f"{self.report} in {self.run}"


class RejectedRow(RunRow):
    """One thing in the input for which a run could not be calculated: where it is, and what to do about it."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="rejected_rows")
    position = models.PositiveIntegerField(help_text="order in rejected.csv, from 1")
    file = models.CharField(max_length=255)
    line = models.BigIntegerField(
        null=True, help_text="the file's own line, the header is 1; in Parquet the row from 1"
    )
    column = models.CharField(max_length=255, blank=True, default="")
    code = models.CharField(max_length=40)
    value = models.TextField(blank=True, default="")
    message = models.TextField()
    report = models.ForeignKey(
        SalesReport,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="the report the line is in, if any",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="rejectedrow_position")]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CloseBucket(RunRow):
    """Royalty of all sales of one licence with the same product, countries, month and currency."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="buckets")
    position = models.PositiveIntegerField(help_text="order in royalties.csv, from 1")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, db_index=False, related_name="close_buckets")
    product = models.TextField()
    made_in = models.CharField(max_length=2, blank=True, default="", help_text="blank for minimums and charges")
    sold_in = models.CharField(max_length=2, blank=True, default="")
    month = models.CharField(max_length=7)
    currency = models.CharField(max_length=3)
    rate_id = models.TextField(blank=True, default="", help_text="the entry of the tariff that applied")
    units = models.DecimalField(max_digits=MICROS_DIGITS, decimal_places=0)
    royalty_micros = models.DecimalField(max_digits=MICROS_DIGITS, decimal_places=0, help_text="after caps")
    billed_micros = models.DecimalField(max_digits=MICROS_DIGITS, decimal_places=0, help_text="of the invoice")
    reason = models.CharField(max_length=40, blank=True, default="", help_text="why it bears no royalty")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="closebucket_position"),
            models.CheckConstraint(condition=Q(month__regex=MONTH_FORM), name="closebucket_month_form"),
            models.CheckConstraint(
                condition=Q(units__gte=0, royalty_micros__gte=0, billed_micros__gte=0), name="closebucket_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "licence", "position"], name="closebucket_by_licence"),
            models.Index(fields=["run", "product", "sold_in", "licence"], name="closebucket_by_market"),
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.product} {self.made_in}→{self.sold_in} {self.month} {self.currency}"


class PayeeKind(models.TextChoices):
    """What kind of payee an amount goes to."""

    MEMBER = "member", "Member"
    HELD = "held", "Withheld from a member"
    CREDIT = "credit", "Credited to the licensee"
    FEE = "fee", "Administration fee"
    RESERVE = "reserve", "Reserve"
    UNDISTRIBUTED = "undistributed", "Undistributed"


_OF_A_MEMBER: Final = (PayeeKind.MEMBER, PayeeKind.HELD, PayeeKind.CREDIT)


class CloseShare(RunRow):
    """What one payee gets of one bucket."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="shares")
    bucket = models.ForeignKey(CloseBucket, on_delete=models.PROTECT, db_index=False, related_name="shares")
    position = models.BigIntegerField(help_text="order in allocations.parquet, from 1")
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, db_index=False, related_name="close_shares"
    )
    micros = models.DecimalField(max_digits=MICROS_DIGITS, decimal_places=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="closeshare_position"),
            models.UniqueConstraint(fields=["bucket", "payee"], name="closeshare_one_per_payee"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="closeshare_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_A_MEMBER, membership__isnull=False)
                | (~Q(kind__in=_OF_A_MEMBER) & Q(membership=None)),
                name="closeshare_member_named",
            ),
            models.CheckConstraint(condition=~Q(micros=0), name="closeshare_not_nothing"),
        ]
        indexes = [models.Index(fields=["run", "membership"], name="closeshare_by_member")]

    def __str__(self) -> str:
        return f"{self.payee}: {self.micros}"


class CloseCell(RunRow):
    """What one payee gets of all sales of a product with the same countries: its shares in those buckets, summed."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="cells")
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="close_cells")
    product = models.TextField()
    sold_in = models.CharField(max_length=2, blank=True, default="", help_text="blank for minimums and charges")
    made_in = models.CharField(max_length=2, blank=True, default="")
    micros = models.DecimalField(max_digits=MICROS_DIGITS, decimal_places=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "payee", "product", "sold_in", "made_in"], name="closecell_once"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="closecell_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_A_MEMBER, membership__isnull=False)
                | (~Q(kind__in=_OF_A_MEMBER) & Q(membership=None)),
                name="closecell_member_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee} {self.product} {self.made_in}→{self.sold_in}: {self.micros}"


class LicenceResult(RunRow):
    """What one licence owes for the period: royalty less credit."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="licence_results")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="close_results")
    position = models.PositiveIntegerField(help_text="order in invoices.csv, from 1")
    royalty_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "licence"], name="licenceresult_once"),
            models.UniqueConstraint(fields=["run", "position"], name="licenceresult_position"),
            models.CheckConstraint(
                condition=Q(due_minor=F("royalty_minor") - F("credit_minor")), name="licenceresult_due_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence}: {self.due_minor}"


class PayeeResult(RunRow):
    """What one payee is due of the period: a member, the fee, a reserve, or what could not be distributed."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="payee_results")
    position = models.PositiveIntegerField(help_text="order in payees.csv, from 1")
    payee = models.TextField()
    kind = models.CharField(max_length=15, choices=PayeeKind)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="payee_results")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "payee"], name="payeeresult_once"),
            models.UniqueConstraint(fields=["run", "position"], name="payeeresult_position"),
            models.CheckConstraint(condition=Q(kind__in=PayeeKind.values), name="payeeresult_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=_OF_A_MEMBER, membership__isnull=False)
                | (~Q(kind__in=_OF_A_MEMBER) & Q(membership=None)),
                name="payeeresult_member_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee}: {self.amount_minor}"


class Statement(RunRow):
    """What one member is due of a run, and what of it is withheld; the member's own once the run is posted."""

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="statements")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="statements")
    amount_minor = models.BigIntegerField(help_text="to be paid to the member")
    held_minor = models.BigIntegerField(help_text="earned by the member, but withheld")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "membership"], name="statement_one_per_member")]

    def __str__(self) -> str:
        return f"{self.membership} {self.run}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose money it is."""
        return self.membership.organisation_id


class Adjustment(RunRow):
    """What a posted correction adds to the run it corrects, for one licence or one payee. Never edited."""

    class Side(models.TextChoices):
        """Whether it is owed or due."""

        LICENCE = "licence", "Owed by a licensee"
        PAYEE = "payee", "Due to a payee"

    run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, db_index=False, related_name="adjustments")
    position = models.PositiveIntegerField(help_text="licences first, then payees, each in the order of the run")
    side = models.CharField(max_length=10, choices=Side)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True, related_name="adjustments")
    payee = models.TextField(blank=True, default="")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="adjustments")
    royalty_minor = models.BigIntegerField(default=0)
    credit_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField(help_text="of the sum owed by the licence, or due to the payee")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="adjustment_position"),
            models.UniqueConstraint(
                fields=["run", "licence"], condition=Q(side="licence"), name="adjustment_licence_once"
            ),
            models.UniqueConstraint(fields=["run", "payee"], condition=Q(side="payee"), name="adjustment_payee_once"),
            models.CheckConstraint(
                condition=Q(
                    side="licence",
                    licence__isnull=False,
                    payee="",
                    membership=None,
                    amount_minor=F("royalty_minor") - F("credit_minor"),
                )
                | (Q(side="payee", licence=None, royalty_minor=0, credit_minor=0) & ~Q(payee="")),
                name="adjustment_of_one_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence or self.payee}: {self.amount_minor:+d}"


class CloseRunGrant(GrantedAction):
    """An action granted on one close run."""

    # Among the columns of two indexes it needs none of its own.
    content_object = models.ForeignKey(
        CloseRun, on_delete=models.PROTECT, related_name="granted_actions", db_index=False
    )
