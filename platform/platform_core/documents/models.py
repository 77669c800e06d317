"""Papers that hang on what they are about."""

from django.db import models
from django.db.models import Q

from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat, User
from platform_core.models import Record


class MediaType(models.TextChoices):
    """What kind of file a document is, as its bytes show."""

    PDF = "application/pdf", "PDF"
    PNG = "image/png", "PNG picture"
    JPEG = "image/jpeg", "JPEG picture"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel workbook"
    OFD = "application/ofd", "OFD (GB/T 33190)"
    CMS = "application/pkcs7-signature", "Electronic signature (CMS, PKCS #7)"
    TEXT = "text/plain", "Plain text"


class Document(Record):
    """A file as it came, known by its hash, that hangs on one thing: whoever may read that may read the file.

    It is never changed; a better one is another document.
    """

    subject_type = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, null=True, related_name="+")
    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=200, help_text="what it is, such as: letter of authority")
    name = models.CharField(max_length=255, help_text="the file's own name")
    media_type = models.CharField(max_length=100, choices=MediaType)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_from = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose seat brought it"
    )

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(media_type__in=MediaType.values), name="document_media_type_known"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="document_hash_form"),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_is_not_empty"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(name=""), name="document_is_named"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="document_by_subject"),
            models.Index(fields=["sha256"], name="document_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.name})"
