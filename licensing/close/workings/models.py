"""What of a statement's workings was told to an organisation, so that nothing told later takes it apart."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from licensing.close.totals.models import TotalsRelease
from platform_core.identity.models import Organisation
from platform_core.models import Record


class WorkingsRelease(Record):
    """The workings of a statement as they were told to one organisation, beside the programme's totals told to it."""

    statement = models.ForeignKey(
        "close.Statement", on_delete=models.PROTECT, db_index=False, related_name="workings_releases"
    )
    reader = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    totals = models.ForeignKey(
        TotalsRelease,
        on_delete=models.PROTECT,
        null=True,
        related_name="workings",
        help_text="the totals that were told of the close, of which the cells are sums; none while they wait",
    )
    cells = models.JSONField(
        default=list,
        help_text="[[products], [countries], royalty, earned or null, units or null, why not] for each cell, in text",
    )
    untold_micros = models.DecimalField(
        max_digits=38, decimal_places=0, default=0, help_text="earned of the cells in which the amount is not told"
    )
    why = models.CharField(max_length=30, blank=True, default="", help_text="why nothing is told but the amount")
    left_out = models.JSONField(default=list, help_text="the reader's own groups, which were not counted")
    several = models.BooleanField(default=False, help_text="the reader is told statements of several members")
    reporters = models.PositiveIntegerField(help_text="how many had to report")
    percent = models.PositiveIntegerField(help_text="how much of a part one of them could have")
    released_at = models.DateTimeField()

    class Meta:
        ordering = ("statement", "reader")
        constraints = [
            models.UniqueConstraint(fields=["statement", "reader"], name="workingsrelease_once"),
            models.CheckConstraint(condition=Q(why="") | Q(cells=[]), name="workingsrelease_cells_or_why"),
            models.CheckConstraint(
                condition=Q(totals__isnull=False) | ~Q(why=""), name="workingsrelease_totals_or_why"
            ),
            # No installation tells more than this, whatever its settings.
            models.CheckConstraint(condition=Q(reporters__gte=3, percent__lte=60), name="workingsrelease_by_the_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} for {self.reader}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.statement.audit_operating_entity_id()

    def concerned_organisation_id(self) -> UUID | None:
        """Return the member whose statement it is of."""
        return self.statement.concerned_organisation_id()
