"""What rests on a patent: licences, pledges, preservations and suits, each from a day to a day."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from platform_core.models import Record
from platform_core.spans import no_overlap
from pools.patents.models.rights import Patent


class EncumbranceKind(models.TextChoices):
    """What rests on a patent."""

    LICENCE_EXCLUSIVE = "licence_exclusive", "exclusive licence 独占许可"
    LICENCE_SOLE = "licence_sole", "sole licence 排他许可"
    LICENCE_ORDINARY = "licence_ordinary", "ordinary licence 普通许可"
    PLEDGE = "pledge", "pledge 质押"
    PRESERVATION = "preservation", "preservation 保全"
    SUIT = "suit", "suit 诉讼"


class Encumbrance(Record):
    """What binds whoever owns a patent, from its first day until the first day no longer."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="encumbrances")
    kind = models.CharField(max_length=20, choices=EncumbranceKind)
    holder = models.CharField(max_length=300)
    """In whose favour, as the register or the contract names them: licensee, pledgee, court, plaintiff."""
    register_number = models.CharField(max_length=60, blank=True)
    """Under which an office or a court has it; blank: not recorded there."""
    is_public = models.BooleanField(default=False)
    """Whether a register tells everybody of it; otherwise it is for those who keep the patent's record."""
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    """First day no longer; blank: open."""
    note = models.CharField(max_length=500, blank=True)
    """Where this is from, and what the contract or decision says besides."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "identity.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("patent", "from_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=EncumbranceKind.values), name="encumbrance_kind_known"),
            models.CheckConstraint(condition=~Q(holder=""), name="encumbrance_holder_is_given"),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(register_number=""), name="encumbrance_public_by_its_number"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="encumbrance_ends_after_it_begins"
            ),
            # What is pledged is not pledged again, and what one alone may use is not given to another as well.
            *(
                no_overlap(
                    f"encumbrance_one_{kind.value}_at_a_time",
                    keys=("patent",),
                    first="from_on",
                    end="to_on",
                    condition=Q(kind=kind),
                )
                for kind in (EncumbranceKind.PLEDGE, EncumbranceKind.LICENCE_EXCLUSIVE)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} on {self.patent_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the patent."""
        return self.patent.alliance_id
