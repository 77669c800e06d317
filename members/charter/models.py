"""What members agree to, in versions, and who signed which on what authority."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from members.memberships.models import Membership
from platform_core.documents.models import Document
from platform_core.identity.models import Alliance, Seat, User
from platform_core.models import Record
from platform_core.notices.models import Reminder


class CharterKind(models.TextChoices):
    """What members agree to by it."""

    CHARTER = "charter", "Charter (章程)"
    CONVENTION = "convention", "Self-discipline convention (自律公约)"
    AGREEMENT = "agreement", "Other agreement of all members"


class VersionState(models.TextChoices):
    """How far a version has come."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    DISCARDED = "discarded", "Discarded"


class BindingAct(models.TextChoices):
    """What a seat may bind its organisation to, with a recorded authority."""

    CHARTER = "charter", "Sign charters and conventions"
    INSTRUCTION = "instruction", "Give instructions about patents in custody"
    BALLOT = "ballot", "Cast ballots"
    CONTRACT = "contract", "Sign contracts"
    REPORT = "report", "File reports"


class Charter(Record):
    """A document that every member of an alliance signs, such as its charter; its text is in versions."""

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="charters")
    kind = models.CharField(max_length=20, choices=CharterKind)
    title_zh = models.CharField(max_length=200, blank=True, default="")
    title_en = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("alliance", "id")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=CharterKind.values), name="charter_kind_known"),
            models.CheckConstraint(condition=~Q(title_zh="", title_en=""), name="charter_is_titled"),
            models.UniqueConstraint(fields=("alliance", "title_zh", "title_en"), name="charter_title_once_in_alliance"),
        )

    def __str__(self) -> str:
        return self.title_zh or self.title_en


class CharterVersion(Record):
    """One text of a charter: a draft until it is published, then fixed, known by its hash, in force from a day."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=VersionState, default=VersionState.DRAFT)
    text_zh = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    effective_on = models.DateField(null=True, blank=True, help_text="first day in force")
    sign_by_on = models.DateField(null=True, blank=True, help_text="from this day, who has not signed lacks standing")
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("charter", "number")
        constraints = (
            models.UniqueConstraint(fields=("charter", "number"), name="charterversion_numbered"),
            models.UniqueConstraint(
                fields=("charter", "effective_on"),
                condition=Q(state=VersionState.PUBLISHED),
                name="charterversion_one_from_a_day",
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="charterversion_state_known"),
            models.CheckConstraint(
                condition=(
                    Q(
                        state=VersionState.PUBLISHED,
                        effective_on__isnull=False,
                        sign_by_on__isnull=False,
                        published_at__isnull=False,
                        content_sha256__regex="^[0-9a-f]{64}$",
                    )
                    | (~Q(state=VersionState.PUBLISHED) & Q(published_at=None, content_sha256=""))
                ),
                name="charterversion_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(sign_by_on=None) | Q(effective_on=None) | Q(sign_by_on__gte=F("effective_on")),
                name="charterversion_signed_by_a_later_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.charter} {self.number}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the charter."""
        return self.charter.alliance_id


class SeatAuthority(Record):
    """What a seat may bind its organisation to in an alliance, from when to when, by which letter."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="authorities")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="authorities")
    acts = ArrayField(models.CharField(max_length=20, choices=BindingAct))
    title = models.CharField(max_length=120, help_text="the signatory's title, as in the letter")
    letter = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="first day without it")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("membership", "id")
        verbose_name_plural = "seat authorities"
        constraints = (
            models.CheckConstraint(
                condition=Q(acts__len__gt=0) & Q(acts__contained_by=BindingAct.values), name="seatauthority_acts_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="seatauthority_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="seatauthority_titled"),
        )

    def __str__(self) -> str:
        return f"authority of {self.seat_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the membership."""
        return self.membership.alliance_id


class SigningWay(models.TextChoices):
    """How a version was signed."""

    SEAT = "seat", "By a seat with a recorded authority"
    PAPER = "paper", "On paper, recorded by the office"


class CharterSignature(Record):
    """A member's signature under one version: who signed when, with which title, on what authority."""

    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="signatures")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="charter_signatures")
    way = models.CharField(max_length=10, choices=SigningWay)
    signatory_name = models.CharField(max_length=120)
    signatory_title = models.CharField(max_length=120)
    signed_on = models.DateField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    authority = models.ForeignKey(SeatAuthority, on_delete=models.PROTECT, null=True, related_name="signatures")
    letter = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    scan = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("version", "id")
        constraints = (
            models.UniqueConstraint(fields=("version", "membership"), name="chartersignature_once"),
            models.CheckConstraint(
                condition=(
                    Q(way=SigningWay.SEAT, seat__isnull=False, authority__isnull=False)
                    | Q(way=SigningWay.PAPER, seat=None, authority=None, letter__isnull=False, scan__isnull=False)
                ),
                name="chartersignature_on_an_authority",
            ),
            models.CheckConstraint(
                condition=~Q(signatory_name="") & ~Q(signatory_title=""), name="chartersignature_by_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.membership_id} signs {self.version_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the membership."""
        return self.membership.alliance_id


class SignatureReminder(Reminder):
    """That a member was reminded to sign a version."""

    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="reminders")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="signature_reminders")

    class Meta(Reminder.Meta):
        indexes = (models.Index(fields=("version", "membership", "sent_at"), name="signaturereminder_latest"),)

    def __str__(self) -> str:
        return f"{self.membership_id} reminded to sign {self.version_id}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance of the membership."""
        return self.membership.alliance_id
