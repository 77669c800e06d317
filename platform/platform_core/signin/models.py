"""How people come in and stay: invitations, sessions, tokens, and who is locked out."""

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from platform_core.identity.models import Alliance, Language, OperatingEntity, Organisation, Seat, User
from platform_core.identity.roles import Purpose, Role
from platform_core.models import Record
from platform_core.signin.lifecycle import InvitationState

DEVICE_AT_MOST = 300


class Session(Record):
    """A browser that is signed in, or on its way there; the key it carries is kept as a hash only."""

    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="sessions")
    contents = models.TextField(help_text="encrypted")
    started_at = models.DateTimeField(help_text="when the person signed in, or the browser first came")
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(
        max_length=DEVICE_AT_MOST, blank=True, default="", help_text="as the browser names itself"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gte=F("started_at")), name="session_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["user", "seen_at"], name="session_by_user"),
            models.Index(fields=["expires_at"], name="session_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'nobody'} ({self.address})"


class LockKind(models.TextChoices):
    """What failures are counted by."""

    ACCOUNT = "account", "Account"
    ADDRESS = "address", "Network address"


class Lock(Record):
    """Failed sign-ins of one account or from one network address, and until when no more are taken.

    Counted for what was typed, whether or not there is such an account, so that a lock tells nobody that there is.
    """

    kind = models.CharField(max_length=10, choices=LockKind)
    key_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    failures = models.PositiveIntegerField(default=0)
    counted_from = models.DateTimeField(help_text="when the present count began")
    locked_until = models.DateTimeField(null=True)
    times_locked = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, help_text="when it was last locked")

    class Meta:
        verbose_name = "sign-in lock"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key_hash"], name="lock_one_per_key"),
            models.CheckConstraint(condition=Q(kind__in=LockKind.values), name="lock_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=LockKind.ACCOUNT, address=None) | Q(kind=LockKind.ADDRESS, user=None),
                name="lock_of_an_account_or_an_address",
            ),
        ]
        indexes = [models.Index(fields=["locked_until"], name="lock_by_end")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.user or self.address or 'unknown'}"


class Invitation(Record):
    """A letter by which somebody is asked to take a seat at an organisation, with what the seat is there to do.

    Whoever follows its link within its time becomes a user, if they are none yet. The link's key is kept as a hash.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail address", max_length=254)
    title = models.CharField(max_length=120, blank=True, default="")
    language = models.CharField(max_length=10, choices=Language, default=Language.CHINESE)
    key_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text="when it was accepted or withdrawn")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+", help_text="what came of it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_small_letters"),
            models.CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="invitation_language_known"),
            models.CheckConstraint(
                condition=(
                    Q(state=InvitationState.OPEN, finished_at=None, seat=None)
                    | Q(state=InvitationState.WITHDRAWN, finished_at__isnull=False, seat=None)
                    | Q(state=InvitationState.ACCEPTED, finished_at__isnull=False, seat__isnull=False)
                ),
                name="invitation_finished_as_it_says",
            ),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(state=InvitationState.OPEN),
                name="invitation_one_open_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.organisation})"


class InvitedRole(Record):
    """A role that the seat of an invitation gets when it is accepted."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, null=True, related_name="+")
    operating_entity = models.ForeignKey(OperatingEntity, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True, default="")
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitedrole_role_known"),
            models.UniqueConstraint(
                fields=["invitation", "role", "alliance", "operating_entity", "purpose"],
                nulls_distinct=False,
                name="invitedrole_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.invitation}"

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance the role is held in, if it is held in one."""
        return self.alliance_id


class ApiToken(Record):
    """A key by which a program acts as a person, in one seat, within limits, until a day; kept as a hash."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100)
    start = models.CharField(max_length=12, help_text="its first characters, to tell it from others")
    key_hash = models.CharField(max_length=64, unique=True)
    read_only = models.BooleanField(default=True)
    areas = models.JSONField(default=list, blank=True, help_text="the collections it reaches; none: all of them")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_from = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="apitoken_ends_after_start"),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=366)), name="apitoken_a_year_at_most"
            ),
        ]
        indexes = [models.Index(fields=["user", "created_at"], name="apitoken_by_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"


class CacheEntry(models.Model):
    """A thing remembered for a short time by every process alike, as Django's database cache keeps it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "cache entries"

    def __str__(self) -> str:
        return self.cache_key
