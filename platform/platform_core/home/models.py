"""When each seat last looked at its home page."""

from django.db import models

from platform_core.identity.models import Seat
from platform_core.models import Record


class HomeVisit(Record):
    """When a seat said it had looked at what changed; what is told as changed is what came after."""

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seat_id} {self.seen_at:%Y-%m-%d}"
