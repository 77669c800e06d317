"""What of a programme's totals was told to an organisation, so that nothing told later takes it apart."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from licensing.terms.models import Programme
from platform_core.identity.models import Organisation
from platform_core.models import Record


class TotalsRelease(Record):
    """Closes of a programme whose sums were told together to one organisation, in parts that stay as they are."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="totals_releases")
    reader = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1 for the first block told to this reader")
    run_ids = ArrayField(models.UUIDField(), help_text="the posted closes it is of, in the order of their posting")
    first_month = models.DateField()
    last_month = models.DateField()
    currency = models.CharField(max_length=3)
    atoms = models.JSONField(help_text="[[products], [countries], micros as text] for each part")
    left_out = models.JSONField(default=list, help_text="the reader's own groups, which were not counted")
    reporters = models.PositiveIntegerField(help_text="how many had to report")
    percent = models.PositiveIntegerField(help_text="how much of a part one of them could have")
    released_at = models.DateTimeField()

    class Meta:
        ordering = ("programme", "reader", "number")
        constraints = [
            models.UniqueConstraint(fields=["programme", "reader", "number"], name="totalsrelease_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="totalsrelease_numbered_from_one"),
            models.CheckConstraint(
                condition=Q(first_month__lte=F("last_month"), first_month__day=1, last_month__day=1),
                name="totalsrelease_whole_months",
            ),
            models.CheckConstraint(condition=Q(run_ids__len__gte=1), name="totalsrelease_of_some_close"),
            # No installation tells more than this, whatever its settings.
            models.CheckConstraint(condition=Q(reporters__gte=3, percent__lte=60), name="totalsrelease_by_the_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.first_month:%Y-%m} to {self.last_month:%Y-%m} for {self.reader}"

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the programme."""
        return self.programme.operating_entity_id
