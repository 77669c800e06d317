"""Licences outside a programme, the patents they are on, and what co-owners consented to."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from licensing.clauses.models import AgreedClauses, clause_constraints
from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, User
from platform_core.models import Record
from pools.patents.models import Patent


class DirectKind(models.TextChoices):
    """What a licence outside a programme grants."""

    ORDINARY = "ordinary", "Ordinary 普通许可"
    SOLE = "sole", "Sole 排他许可"
    EXCLUSIVE = "exclusive", "Exclusive 独占许可"
    CROSS = "cross", "Cross-licence 交叉许可"
    SUB = "sub", "Sub-licence 分许可"


ALONE_KINDS = (DirectKind.SOLE, DirectKind.EXCLUSIVE)
"""Kinds under which nobody else is licensed for the same use."""


class DirectState(models.TextChoices):
    """How far a licence outside a programme has come."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent to the licensee"
    SIGNED = "signed", "Signed by the licensee"
    IN_FORCE = "in_force", "In force"
    TERMINATED = "terminated", "Terminated"
    CANCELLED = "cancelled", "Cancelled before it was in force"


OPEN_STATES = (DirectState.DRAFT, DirectState.SENT)
"""States of licences that bind nobody yet."""

BOUND_STATES = (DirectState.SIGNED, DirectState.IN_FORCE, DirectState.TERMINATED)
"""States of licences that shut others out on their days."""


class DirectLicence(AgreedClauses, Record):
    """A licence that an owner, or whoever has the power from one, gives outside any programme.

    It is between its two sides: no rival of theirs, and no office, learns that there is one.
    """

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="+")
    """The alliance that keeps the patents."""
    licensor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences_given")
    licensee = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="licences_taken")
    operating_entity = models.ForeignKey(
        OperatingEntity, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Who grants it by a power over patents in custody or store; blank: the licensor for itself."""
    head = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="sublicences")
    """The licence that a sub-licence is granted under."""
    kind = models.CharField(max_length=10, choices=DirectKind)
    code = models.CharField(max_length=60)
    """What the licensor calls it."""
    territory = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    """Countries, or parts of them (ISO 3166: CN, CN-44); none named: wherever the patents are in force."""
    fields = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    """Fields of use; none named: all."""
    products = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    """Products; none named: all."""
    may_sublicense = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """Last day in force, as contracts write it; blank: as long as the patents last."""
    state = models.CharField(max_length=12, choices=DirectState, default=DirectState.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    """Since when the licensee sees it; blank: it does not."""
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who signed for the licensee, or recorded its signature from paper."""
    signature = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The signed paper, where the licensee signed on one."""
    countersigned_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        verbose_name = "licence outside a programme"
        verbose_name_plural = "licences outside a programme"
        constraints = (
            models.UniqueConstraint(fields=("licensor", "code"), name="directlicence_code_once_of_licensor"),
            models.CheckConstraint(condition=~Q(code=""), name="directlicence_code_is_given"),
            models.CheckConstraint(condition=~Q(licensor=F("licensee")), name="directlicence_has_two_sides"),
            models.CheckConstraint(condition=Q(kind__in=DirectKind.values), name="directlicence_kind_known"),
            models.CheckConstraint(condition=Q(state__in=DirectState.values), name="directlicence_state_known"),
            models.CheckConstraint(
                condition=Q(kind=DirectKind.SUB, head__isnull=False) | (~Q(kind=DirectKind.SUB) & Q(head=None)),
                name="directlicence_sub_has_its_head",
            ),
            models.CheckConstraint(condition=Q(head=None) | ~Q(head=F("id")), name="directlicence_under_another"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="directlicence_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state=DirectState.DRAFT) | Q(state=DirectState.CANCELLED) | Q(sent_at__isnull=False),
                name="directlicence_sent_before_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=BOUND_STATES) | Q(signed_on__isnull=False, starts_on__isnull=False),
                name="directlicence_signed_has_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state=DirectState.TERMINATED) | Q(ends_on__isnull=False),
                name="directlicence_terminated_has_last_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(DirectState.IN_FORCE, DirectState.TERMINATED))
                | Q(countersigned_at__isnull=False),
                name="directlicence_in_force_countersigned",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | Q(countersigned_by=None) | ~Q(signed_by=F("countersigned_by")),
                name="directlicence_two_people_sign",
            ),
            *clause_constraints("directlicence"),
        )

    def __str__(self) -> str:
        return self.code

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the operating entity that grants it; of others an office does not learn."""
        return self.alliance_id if self.operating_entity_id else None

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity that grants it, if one does."""
        return self.operating_entity_id


class LicensedPatent(Record):
    """A patent that a licence outside a programme is on, and which of its two sides brings it."""

    licence = models.ForeignKey(DirectLicence, on_delete=models.PROTECT, related_name="patents")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="licensed")
    from_licensee = models.BooleanField(default=False)
    """Whether the licensee brings it, as in a cross-licence."""

    class Meta:
        ordering = ("licence", "id")
        verbose_name = "licensed patent"
        constraints = (models.UniqueConstraint(fields=("licence", "patent"), name="licensedpatent_once_in_licence"),)

    def __str__(self) -> str:
        return f"{self.patent_id} under {self.licence_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return what its licence says."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return what its licence says."""
        return self.licence.operating_entity_id


class OwnerConsent(Record):
    """A co-owner's consent to a licence that shuts others out, as it was drafted then, with the paper that shows it."""

    licence = models.ForeignKey(DirectLicence, on_delete=models.PROTECT, related_name="consents")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    contents_sha256 = models.CharField(max_length=64, blank=True)
    """What was consented to: patents, scope, days and licensee; it counts for no other contents. Blank: for none."""
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("licence", "id")
        verbose_name = "co-owner's consent"
        constraints = (
            models.UniqueConstraint(fields=("licence", "owner", "contents_sha256"), name="ownerconsent_once_of_owner"),
            models.CheckConstraint(
                condition=Q(contents_sha256__regex="^([0-9a-f]{64})?$"), name="ownerconsent_contents_by_their_hash"
            ),
        )

    def __str__(self) -> str:
        return f"consent of {self.owner_id} to {self.licence_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return what its licence says."""
        return self.licence.audit_alliance_id()

    def audit_operating_entity_id(self) -> UUID | None:
        """Return what its licence says."""
        return self.licence.operating_entity_id
