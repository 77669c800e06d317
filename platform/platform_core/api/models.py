"""What the API remembers of requests that must not happen twice."""

from django.db import models

from platform_core.ids import new_id


class IdempotentAnswer(models.Model):
    """The answer given to a request with an idempotency key, kept so that repeating it changes nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seat_id = models.UUIDField(help_text="whose key it is")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    rights_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat_id", "key"], name="idempotentanswer_one_per_key")]
        indexes = [models.Index(fields=["answered_at"], name="idempotentanswer_by_age")]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"
