"""The messages that left the platform, or are about to."""

from django.db import models
from django.db.models import Q

from platform_core.identity.models import Language, User
from platform_core.messaging.lifecycle import MessageState
from platform_core.models import Record
from platform_core.secrets import EncryptedField


class Channel(models.TextChoices):
    """By what a message goes."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"
    CHAT = "chat", "Work chat"


class Message(Record):
    """A message to a person: what kind, to where, in which language, and what became of it.

    What it says is put together as it is sent. The values it needs, such as a link that opens an account, stand
    encrypted until then, and are gone afterwards.
    """

    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=254, blank=True, default="", help_text="blank: nobody is written to")
    language = models.CharField(max_length=10, choices=Language)
    values = EncryptedField(blank=True, default="")
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="", help_text="what the carrier calls it")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="message_channel_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="message_language_known"),
            models.CheckConstraint(
                condition=(
                    Q(state=MessageState.WAITING, finished_at=None)
                    | (~Q(state=MessageState.WAITING) & Q(finished_at__isnull=False, values=""))
                ),
                name="message_keeps_no_values_once_finished",
            ),
        ]
        indexes = [models.Index(fields=["user", "id"], name="message_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
