"""Saved views of lists."""

from django.db import models
from django.db.models import Q

from platform_core.identity.models import User
from platform_core.models import Record


class SavedView(Record):
    """How somebody wants to see a list again: its filters, order and columns, under a name of their own."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=100, help_text="which list, such as patents")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True, default="", help_text="as in an address: order=-code")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="savedview_one_of_a_name"),
            models.CheckConstraint(condition=Q(page__regex=r"^[a-z0-9][a-z0-9/_.-]*$"), name="savedview_page_form"),
            models.CheckConstraint(condition=~Q(name=""), name="savedview_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"
