"""What is known of people's sign-ins: where they are signed in, and who is locked out."""

from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import User
from platform_core.models import Record

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


class CacheEntry(models.Model):
    """A thing remembered for a short time by every process alike, as Django's database cache keeps it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "cache entries"

    def __str__(self) -> str:
        return self.cache_key
