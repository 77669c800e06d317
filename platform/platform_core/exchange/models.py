"""Files of other systems that are taken in: what they were taken for, what they would change, what became of them."""

from django.db import models
from django.db.models import Q

from platform_core.identity.models import Alliance, Organisation, User
from platform_core.jobs.models import Job
from platform_core.models import Record


class ImportState(models.TextChoices):
    """Where an import stands."""

    CHECKING = "checking", "being read"
    CHECKED = "checked", "ready to be taken in"
    REFUSED = "refused", "cannot be read"
    APPLYING = "importing", "being taken in"
    APPLIED = "imported", "taken in"
    UNDOING = "undoing", "being taken back"
    UNDONE = "undone", "taken back"
    DISCARDED = "discarded", "discarded"


class Import(Record):
    """A file of another system, read row by row: nothing is changed before somebody has seen what would be."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Whose seat brought it; of work on the server, whoever runs the alliance."""
    subject = models.CharField(max_length=100)
    """What its rows are, as topics name it: patents.patent."""
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.CHECKING)
    file_name = models.CharField(max_length=255)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    choices = models.JSONField(default=dict, blank=True)
    """What people said of the file: encoding, order of day and month, columns, whose word it is."""
    told = models.JSONField(default=dict, blank=True)
    """What the file was taken for."""
    counts = models.JSONField(default=dict, blank=True)
    """Rows by outcome: new, changed, same, doubtful, refused."""
    detail = models.CharField(max_length=1000, blank=True)
    """Why it cannot be read, or why taking it in or back came to nothing."""
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The last work on it, where that was done in the background."""
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("alliance", "subject", "id"), name="import_by_alliance"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(file_sha256__regex="^[0-9a-f]{64}$"), name="import_hash_form"),
        )

    def __str__(self) -> str:
        return self.file_name


class SavedMapping(Record):
    """What the columns of a kind of table mean, as people confirmed it once for all such files of an alliance."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=100)
    """What the rows are, as topics name it."""
    name = models.CharField(max_length=200)
    mapping = models.JSONField()
    """The field of each column, by its heading as the file has it; columns that are not taken are left out."""
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("alliance", "subject", "name")
        constraints = (
            models.UniqueConstraint(fields=("alliance", "subject", "name"), name="mapping_name_once_in_alliance"),
            models.CheckConstraint(condition=~Q(name=""), name="mapping_name_is_given"),
        )

    def __str__(self) -> str:
        return self.name
