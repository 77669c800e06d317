"""Sales reports: the file as it came, its checked lines, and which report counts for each month."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from platform_core.identity.models import Seat, User
from platform_core.models import Record
from platform_core.notices.models import Reminder

FIRST_OF_MONTH = 1


class FileKind(models.TextChoices):
    """How a report's lines were sent."""

    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"
    NIL = "nil", "Nothing sold"


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
                    | (
                        ~Q(kind=FileKind.NIL)
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

    def concerned_organisation_id(self) -> UUID | None:
        """Return the licensee, whose sales it tells of."""
        return self.licence.licensee_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the licence's programme."""
        return self.licence.programme.operating_entity_id


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
