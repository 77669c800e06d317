"""A programme's move from its old workbooks: periods that ran in parallel, and what they differed in."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from licensing.agreements.models import Licence
from licensing.close.models import CloseRun
from licensing.cutover.kinds import Cause, Side
from licensing.cutover.tying import Tie, TieCause
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.identity.models import User
from platform_core.ledger.models import Entry
from platform_core.models import Record


class Cutover(Record):
    """From which day on a programme is closed here alone; periods before are compared with its old workbook."""

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="cutover")
    on_day = models.DateField(help_text="first day of the first period that is closed here alone")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("begun_at", "id")
        verbose_name = "cut-over"
        constraints = (models.CheckConstraint(condition=Q(on_day__day=1), name="cutover_from_a_month"),)

    def __str__(self) -> str:
        return f"{self.programme} from {self.on_day}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id


class ParallelRun(Record):
    """What an old workbook came to for a period, beside the calculated close of it."""

    # The first column of a unique key, it needs no index of its own.
    cutover = models.ForeignKey(Cutover, on_delete=models.PROTECT, related_name="parallel_runs", db_index=False)
    close_run = models.ForeignKey(CloseRun, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    number = models.PositiveIntegerField(help_text="1 for the first comparison of the period")
    results_sha256 = models.CharField(max_length=64, help_text="the close's results as they were compared")
    files = models.JSONField(help_text="name and SHA-256 of each table of the old workbook")
    told = models.JSONField(help_text="what the tables say, in minor units")
    currency = models.CharField(max_length=3)
    old_due_minor = models.BigIntegerField()
    due_difference_minor = models.BigIntegerField()
    our_due_minor = models.BigIntegerField()
    old_paid_minor = models.BigIntegerField()
    paid_difference_minor = models.BigIntegerField()
    our_paid_minor = models.BigIntegerField()
    compared_at = models.DateTimeField()
    compared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """Since when it counts: a second person looked at it once every difference was accepted."""
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-period", "-number")
        verbose_name = "parallel run"
        constraints = (
            models.UniqueConstraint(fields=("cutover", "period", "number"), name="parallelrun_number_unique"),
            models.UniqueConstraint(
                fields=("cutover", "period"), condition=Q(superseded_at=None), name="parallelrun_one_counts"
            ),
            models.CheckConstraint(
                condition=Q(
                    our_due_minor=F("old_due_minor") + F("due_difference_minor"),
                    our_paid_minor=F("old_paid_minor") + F("paid_difference_minor"),
                ),
                name="parallelrun_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="parallelrun_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(compared_by=None) | ~Q(confirmed_by=F("compared_by")),
                name="parallelrun_two_people",
            ),
        )
        indexes = (models.Index(fields=("compared_at", "id"), name="parallelrun_by_time"),)

    def __str__(self) -> str:
        return f"{self.cutover.programme} {self.period} #{self.number}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.cutover.audit_operating_entity_id()


class ParallelDifference(Record):
    """One difference between an old workbook and a close, with its one cause; open until a person accepts it."""

    # The first column of a unique key, it needs no index of its own.
    parallel_run = models.ForeignKey(ParallelRun, on_delete=models.PROTECT, related_name="differences", db_index=False)
    position = models.PositiveIntegerField(help_text="licences first, then payees")
    side = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Side])
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.TextField(help_text="the licence's code or the payee, as the tables have it")
    old_minor = models.BigIntegerField(null=True, blank=True, help_text="all of it; none: the old workbook has none")
    our_minor = models.BigIntegerField(null=True, blank=True, help_text="all of it; none: the close has none")
    cause = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Cause])
    amount_minor = models.BigIntegerField(help_text="what this cause adds to the old amount")
    facts = models.JSONField(default=dict, blank=True, help_text="the figures that show the cause")
    reason = models.CharField(max_length=500, blank=True, default="", help_text="why a person accepts it")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("parallel_run", "position")
        verbose_name = "parallel difference"
        constraints = (
            models.UniqueConstraint(fields=("parallel_run", "position"), name="paralleldifference_position"),
            models.CheckConstraint(condition=Q(cause__in=list(Cause)), name="paralleldifference_cause_known"),
            models.CheckConstraint(condition=Q(side__in=list(Side)), name="paralleldifference_side_known"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="paralleldifference_is_one"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None, reason="")
                | (Q(accepted_at__isnull=False, accepted_by__isnull=False) & ~Q(reason="")),
                name="paralleldifference_accepted_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.amount_minor:+d} {self.cause}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.parallel_run.audit_operating_entity_id()


class OpeningState(models.TextChoices):
    """Where stands what is carried over from the old workbook."""

    PREVIEWED = "previewed", "Previewed"
    SUPERSEDED = "superseded", "Superseded"
    BOOKED = "booked", "Booked"
    UNDONE = "undone", "Undone"


class Opening(Record):
    """What is carried over from an old workbook on the cut-over day: previewed by one, confirmed by another, booked."""

    # The first column of a unique key, it needs no index of its own.
    cutover = models.ForeignKey(Cutover, on_delete=models.PROTECT, related_name="openings", db_index=False)
    number = models.PositiveIntegerField(help_text="1 for the first preview")
    state = models.CharField(max_length=12, choices=OpeningState, default=OpeningState.PREVIEWED)
    carried = models.JSONField(help_text="what the tables say, in minor units")
    sha256 = models.CharField(max_length=64, help_text="of what the tables say, however they are saved")
    previewed_at = models.DateTimeField()
    previewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The last entry that was booked for it; blank where nothing was."""
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, default="", help_text="why it is undone")

    class Meta:
        ordering = ("cutover", "-number")
        indexes = (models.Index(fields=("previewed_at", "id"), name="opening_by_time"),)
        constraints = (
            models.UniqueConstraint(fields=("cutover", "number"), name="opening_numbered"),
            models.UniqueConstraint(
                fields=("cutover",),
                condition=Q(state__in=(OpeningState.PREVIEWED, OpeningState.BOOKED)),
                name="opening_one_counts",
            ),
            models.CheckConstraint(condition=Q(state__in=OpeningState.values), name="opening_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=(OpeningState.PREVIEWED, OpeningState.SUPERSEDED), confirmed_at=None)
                & Q(confirmed_by=None, last_entry=None)
                | Q(
                    state__in=(OpeningState.BOOKED, OpeningState.UNDONE),
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
                name="opening_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("previewed_by")), name="opening_two_people"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=OpeningState.UNDONE, undone_at__isnull=False, undone_by__isnull=False) & ~Q(reason="")
                )
                | (~Q(state=OpeningState.UNDONE) & Q(undone_at=None, undone_by=None, reason="")),
                name="opening_undone_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.cutover.programme} opening {self.number}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.cutover.audit_operating_entity_id()


class OpeningFile(Record):
    """A file of the old workbook that an opening was read from, kept as it came."""

    # The first column of a unique key, it needs no index of its own.
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="files", db_index=False)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        ordering = ("opening", "position")
        verbose_name = "opening file"
        constraints = (models.UniqueConstraint(fields=("opening", "position"), name="openingfile_numbered"),)

    def __str__(self) -> str:
        return self.name

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.opening.audit_operating_entity_id()


class OpeningDifference(Record):
    """Two figures of an opening that do not tie, and the one cause."""

    # The first column of a unique key, it needs no index of its own.
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="differences", db_index=False)
    position = models.PositiveIntegerField()
    tie = models.CharField(max_length=15, choices=[(each.value, each.value) for each in Tie])
    name = models.TextField(blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="blank: units of products")
    left_minor = models.BigIntegerField(null=True, help_text="of the balance, or of what the tables say")
    right_minor = models.BigIntegerField(null=True, help_text="of the details, or of what is here")
    amount_minor = models.BigIntegerField()
    cause = models.CharField(max_length=20, choices=[(each.value, each.value) for each in TieCause])
    hinders = models.BooleanField(help_text="nothing is booked while it is there")
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("opening", "position")
        verbose_name = "opening difference"
        constraints = (
            models.UniqueConstraint(fields=("opening", "position"), name="openingdifference_numbered"),
            models.CheckConstraint(condition=Q(tie__in=list(Tie)), name="openingdifference_tie_known"),
            models.CheckConstraint(condition=Q(cause__in=list(TieCause)), name="openingdifference_cause_known"),
        )

    def __str__(self) -> str:
        return f"{self.tie} {self.name}: {self.amount_minor:+d} {self.cause}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.opening.audit_operating_entity_id()
