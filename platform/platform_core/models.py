"""What every table of ours has in common."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models

from platform_core.access.querysets import VisibleManager
from platform_core.ids import new_id


class Part(models.Model):
    """What is nothing by itself: it has a time-ordered id, and is told with the record it belongs to, by its rules."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Record(Part):
    """Something the platform keeps: it has a time-ordered id, and is read through what an actor may see."""

    objects: ClassVar[VisibleManager[Self]] = VisibleManager()

    class Meta:
        abstract = True

    def audit_alliance_id(self) -> UUID | None:
        """Return the alliance under which changes of this record are audited; models without the column override it."""
        value: UUID | None = getattr(self, "alliance_id", None)
        return value

    def concerned_organisation_id(self) -> UUID | None:
        """Return the organisation whose confidential figures this is, which is shown who read it."""
        return None

    def audit_operating_entity_id(self) -> UUID | None:
        """Return the operating entity under which changes of this record are audited."""
        value: UUID | None = getattr(self, "operating_entity_id", None)
        return value
