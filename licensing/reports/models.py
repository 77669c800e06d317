"""Sales reports: the file as it came, its checked lines, and which report counts for each month."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from licensing.terms.models import Programme
from platform_core.identity.models import Seat, User
from platform_core.models import Record
from platform_core.notices.models import Reminder

FIRST_OF_MONTH = 1


class FileKind(models.TextChoices):
    """How a report's lines were sent."""

    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"
    XLSX = "xlsx", "Workbook"
    FORM = "form", "Typed into the form"
    NIL = "nil", "Nothing sold"
    ESTIMATE = "estimate", "Estimated by the office"


WITHOUT_FILE = (FileKind.NIL, FileKind.ESTIMATE)
"""Kinds of reports with which no file came."""


class SalesReport(Record):
    """A licensee's sales of whole months under one licence: never edited, only superseded."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="sales_reports")
    first_month = models.DateField(help_text="first day of the first month reported")
    last_month = models.DateField(help_text="first day of the last month reported")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=500, blank=True, default="", help_text="why it supersedes an earlier report")

    kind = models.CharField(max_length=10, choices=FileKind)
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_size = models.BigIntegerField(default=0, help_text="bytes of the file as it came")
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="", help_text="of the text of a CSV file")
    line_count = models.BigIntegerField(default=0)
    lines_sha256 = models.CharField(max_length=64, help_text="of the checked lines as they are stored in Parquet")
    details_sha256 = models.CharField(
        max_length=64, blank=True, default="", help_text="of what was said of the lines besides; blank: nothing was"
    )
    names_read = models.JSONField(
        default=dict, blank=True, help_text="names of products in the file, each with the product it was read as"
    )

    number = models.PositiveIntegerField(null=True, help_text="of the licence's reports; null before receipts")
    signatory_name = models.CharField(max_length=120, blank=True, default="")
    signatory_title = models.CharField(max_length=120, blank=True, default="")
    statement = models.CharField(
        max_length=1000, blank=True, default="", help_text="what was signed, in the words and language that were read"
    )
    authority = models.ForeignKey("ReportAuthority", on_delete=models.PROTECT, null=True, related_name="reports")

    is_estimate = models.BooleanField(
        default=False, help_text="whether it stands until the actual figures take its place: those are still due"
    )
    estimated_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="estimates",
        help_text="the report that the office worked its estimate out from; null: it is the licensee's own",
    )
    estimate_terms = models.ForeignKey("EstimateTerms", on_delete=models.PROTECT, null=True, related_name="estimates")

    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    filed_from = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_month__lte=F("last_month")), name="salesreport_months_in_order"),
            models.CheckConstraint(
                condition=Q(first_month__day=FIRST_OF_MONTH, last_month__day=FIRST_OF_MONTH),
                name="salesreport_whole_months",
            ),
            models.CheckConstraint(condition=Q(kind__in=FileKind.values), name="salesreport_kind_known"),
            models.CheckConstraint(
                condition=(
                    Q(kind=FileKind.NIL, file_name="", file_size=0, file_sha256="", line_count=0)
                    | Q(kind=FileKind.ESTIMATE, file_name="", file_size=0, file_sha256="", line_count__gt=0)
                    | (
                        ~Q(kind__in=WITHOUT_FILE)
                        & ~Q(file_name="")
                        & Q(file_size__gt=0, file_sha256__regex="^[0-9a-f]{64}$")
                    )
                ),
                name="salesreport_file_unless_nil",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None, reason="") | (Q(supersedes__isnull=False) & ~Q(reason="")),
                name="salesreport_supersedes_with_reason",
            ),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="salesreport_supersedes_another"),
            models.CheckConstraint(
                condition=Q(lines_sha256__regex="^[0-9a-f]{64}$"), name="salesreport_lines_hash_form"
            ),
            models.UniqueConstraint(fields=["licence", "number"], name="salesreport_number_once"),
            models.CheckConstraint(
                condition=Q(authority=None) | ~(Q(signatory_name="") | Q(signatory_title="") | Q(statement="")),
                name="salesreport_signed_in_words",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        kind=FileKind.ESTIMATE,
                        is_estimate=True,
                        estimated_from__isnull=False,
                        estimate_terms__isnull=False,
                        authority=None,
                        supersedes=None,
                    )
                    | (~Q(kind=FileKind.ESTIMATE) & Q(estimated_from=None, estimate_terms=None))
                ),
                name="salesreport_estimated_by_terms",
            ),
        ]
        indexes = [
            models.Index(fields=["licence", "first_month"], name="salesreport_by_licence"),
            models.Index(fields=["filed_at", "id"], name="salesreport_by_filing"),
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.first_month:%Y-%m} to {self.last_month:%Y-%m}"

    @property
    def is_nil(self) -> bool:
        """Whether the licensee reported that nothing was sold."""
        return self.kind == FileKind.NIL

    @property
    def has_file(self) -> bool:
        """Whether a file came in with it."""
        return self.kind not in WITHOUT_FILE

    @property
    def receipt_number(self) -> str:
        """The number on the receipt: a licence's reports are counted by themselves, so that it tells of no others."""
        return "" if self.number is None else f"{self.licence.code}-{self.number:04d}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, whose sales it tells of."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class ReportAuthority(Record):
    """That a seat of a licensee may sign its reports under a licence, from when to when, by which letter."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="report_authorities")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, help_text="the signatory's title, as in the letter")
    letter = models.CharField(max_length=200, help_text="number or date of the letter of authority that is on file")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="first day without it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["licence", "id"]
        verbose_name_plural = "report authorities"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="reportauthority_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(letter=""), name="reportauthority_by_a_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} signs for {self.licence}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, for which the seat signs."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


class EstimateTerms(Record):
    """What a programme says of reports that do not come: from when on, and by which percentage of the last ones.

    Recorded by one person and confirmed by another: estimates are billed.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="estimate_terms")
    from_on = models.DateField(help_text="first day a report may be due for which it holds")
    stands_in = models.CharField(max_length=200, help_text="where in the terms or contracts it stands")
    after_days = models.PositiveSmallIntegerField(help_text="days after a report was due before it is estimated")
    percent = models.DecimalField(
        max_digits=9, decimal_places=6, help_text="of what was last reported for as many months"
    )
    bears_interest = models.BooleanField(
        default=False,
        help_text="whether what an estimate lacked bears the interest of late payment from the day it was due",
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["programme", "-recorded_at"]
        verbose_name_plural = "estimate terms"
        constraints = [
            models.CheckConstraint(condition=~Q(stands_in=""), name="estimateterms_have_their_source"),
            models.CheckConstraint(condition=Q(after_days__lte=366), name="estimateterms_days_are_days"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=1000), name="estimateterms_percent_is_one"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("recorded_by"))),
                name="estimateterms_confirmed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["recorded_at", "id"], name="estimateterms_by_time")]

    def __str__(self) -> str:
        return f"{self.programme} from {self.from_on}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class DraftState(models.TextChoices):
    """What became of a draft."""

    OPEN = "open", "Open"
    SIGNED = "signed", "Signed"
    DISCARDED = "discarded", "Discarded"


class ReportDraft(Record):
    """A report before it is signed: its file was checked and is kept, and nobody but the licensee sees it."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="report_drafts")
    first_month = models.DateField(help_text="first day of the first month reported")
    last_month = models.DateField(help_text="first day of the last month reported")
    supersedes = models.ForeignKey(SalesReport, on_delete=models.PROTECT, null=True, related_name="drafts")
    reason = models.CharField(max_length=500, blank=True, default="", help_text="why it supersedes an earlier report")
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.OPEN)

    kind = models.CharField(max_length=10, choices=FileKind)
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_size = models.BigIntegerField(default=0, help_text="bytes of the file as it came")
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="", help_text="of the text of a CSV file")
    line_count = models.BigIntegerField(default=0)
    lines_sha256 = models.CharField(max_length=64)
    details_sha256 = models.CharField(max_length=64, blank=True, default="")
    names_read = models.JSONField(default=dict, blank=True)
    is_estimate = models.BooleanField(default=False, help_text="whether its figures are not final yet")

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_from = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    report = models.OneToOneField(SalesReport, on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="reportdraft_state_known"),
            models.CheckConstraint(condition=Q(kind__in=FileKind.values), name="reportdraft_kind_known"),
            models.CheckConstraint(condition=Q(first_month__lte=F("last_month")), name="reportdraft_months_in_order"),
            models.CheckConstraint(
                condition=Q(supersedes=None, reason="") | (Q(supersedes__isnull=False) & ~Q(reason="")),
                name="reportdraft_supersedes_with_reason",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=DraftState.OPEN, ended_at=None, report=None)
                    | Q(state=DraftState.DISCARDED, ended_at__isnull=False, report=None)
                    | Q(state=DraftState.SIGNED, ended_at__isnull=False, report__isnull=False)
                ),
                name="reportdraft_ended_as_it_says",
            ),
            models.UniqueConstraint(
                fields=["licence", "first_month", "last_month"],
                condition=Q(state=DraftState.OPEN),
                name="reportdraft_open_once",
            ),
        ]
        indexes = [models.Index(fields=["made_at", "id"], name="reportdraft_by_making")]

    def __str__(self) -> str:
        return f"draft of {self.licence} {self.first_month:%Y-%m} to {self.last_month:%Y-%m}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, whose sales it tells of."""
        return self.licence.licensee_id


class ProductAlias(Record):
    """A name in reports that stands for a product: for everybody of a programme, or in one licensee's reports alone."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="product_aliases")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True, related_name="product_aliases")
    """Whose name it is; blank: it is read in the reports of every licensee of the programme."""
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, help_text="the name without regard to case and blanks")
    product = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["programme", "key", "id"]
        verbose_name_plural = "product aliases"
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(product=""), name="productalias_is_given"),
            models.UniqueConstraint(
                fields=["programme", "licence", "key"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="productalias_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} is {self.product}"

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee whose name it is; nobody, where it is everybody's."""
        return None if self.licence is None else self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class ReportedMonth(Record):
    """Which report counts for a licence and month: the latest, moved on when it is superseded."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="reported_months")
    month = models.DateField(help_text="first day of the month")
    report = models.ForeignKey(SalesReport, on_delete=models.PROTECT, related_name="counted_months")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence", "month"], name="reportedmonth_one_report"),
            models.CheckConstraint(condition=Q(month__day=FIRST_OF_MONTH), name="reportedmonth_whole_month"),
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.month:%Y-%m}"


class ReportReminder(Reminder):
    """That a licensee was reminded to report some months under a licence."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="report_reminders")
    first_month = models.DateField(help_text="first day of the first month that was to be reported")
    last_month = models.DateField(help_text="first day of the last month that was to be reported")

    class Meta(Reminder.Meta):
        ordering = ["-sent_at", "-id"]
        constraints = (
            *Reminder.Meta.constraints,
            models.CheckConstraint(
                condition=Q(first_month__lte=F("last_month")), name="reportreminder_months_in_order"
            ),
            models.CheckConstraint(
                condition=Q(first_month__day=FIRST_OF_MONTH, last_month__day=FIRST_OF_MONTH),
                name="reportreminder_whole_months",
            ),
        )
        indexes = [models.Index(fields=["licence", "first_month", "sent_at"], name="reportreminder_latest")]

    def __str__(self) -> str:
        return f"{self.licence} reminded of {self.first_month:%Y-%m} to {self.last_month:%Y-%m}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the licence's programme, whose secretariat may remind too."""
        return self.licence.programme.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id
