"""What was found out about the electronic signatures of a file, each time it was asked."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platform_core.documents.models import Document
from platform_core.identity.models import User
from platform_core.models import Record
from platform_core.signatures.calculation import Authority, Outcome

_OUTCOMES = [(each.value, each.value.replace("_", " ")) for each in Outcome]
_AUTHORITIES = [(each.value, each.value.replace("_", " ")) for each in Authority]


class SignatureCheck(Record):
    """What the electronic signatures of a file were found to be worth on a day: kept as it was, and asked anew."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signature_checks")
    file_sha256 = models.CharField(max_length=64)
    texts_sha256 = ArrayField(models.CharField(max_length=64), default=list)
    """The texts that it was compared with; none: with none."""
    outcome = models.CharField(max_length=12, choices=_OUTCOMES)
    authority = models.CharField(max_length=12, choices=_AUTHORITIES)
    signed_text_sha256 = models.CharField(max_length=64, blank=True)
    """Which of the texts is what was signed; blank: none of them."""
    report = models.JSONField()
    """What was read: each signature, timestamps of the whole file, and what stood in the way."""
    library = models.CharField(max_length=60)
    roots = models.JSONField()
    """The trusted authorities of the site at that time: subject and SHA-256 of each."""
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-checked_at", "-id")
        verbose_name = "signature check"
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=list(Outcome)), name="signaturecheck_outcome_known"),
            models.CheckConstraint(condition=Q(authority__in=list(Authority)), name="signaturecheck_authority_known"),
            models.CheckConstraint(condition=Q(file_sha256__regex="^[0-9a-f]{64}$"), name="signaturecheck_file_known"),
            models.CheckConstraint(
                condition=Q(signed_text_sha256__regex="^([0-9a-f]{64})?$"), name="signaturecheck_text_by_its_hash"
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} of {self.document_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the file."""
        return self.document.alliance_id

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity of the file."""
        return self.document.operating_entity_id
