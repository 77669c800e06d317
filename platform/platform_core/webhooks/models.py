"""Webhooks and what was sent to them."""

from django.db import models
from django.db.models import F, Q

from platform_core.identity.models import Organisation, Seat
from platform_core.models import Record
from platform_core.secrets import EncryptedField


class Webhook(Record):
    """An address of another system that is called about events which a seat may read: a hint to fetch, nothing more."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    events = models.JSONField(help_text="names such as close_run.approved, things such as close_run, or * alone")
    secret = EncryptedField()
    failures = models.PositiveIntegerField(default=0, help_text="deliveries in a row that were given up")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["seat"], name="webhook_active_by_seat", condition=Q(disabled_at=None) & Q(ended_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="webhook_disabled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")), name="webhook_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", "waiting"
    DELIVERED = "delivered", "delivered"
    FAILED = "failed", "failed"
    DROPPED = "dropped", "dropped"


class WebhookDelivery(Record):
    """One call to a webhook, with every attempt that it took and how it ended."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField(null=True, help_text="the recorded event; null for a test")
    event = models.CharField(max_length=100)
    topic = models.CharField(max_length=150)
    at = models.DateTimeField(help_text="when the event happened")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="webhookdelivery_once_per_event"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_attempt_at__isnull=False, finished_at=None)
                | (~Q(state="waiting") & Q(next_attempt_at=None, finished_at__isnull=False)),
                name="webhookdelivery_waits_or_is_finished",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhookdelivery_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="webhookdelivery_due", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "id"], name="webhookdelivery_by_webhook"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}"
