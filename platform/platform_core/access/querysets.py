"""Querysets that know who is asking."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from platform_core.access.actors import Actor
    from platform_core.access.registry import Permission

M = TypeVar("M", bound=models.Model)


class VisibleQuerySet(models.QuerySet[M]):
    """Rows of a model that can be narrowed to those an actor may see."""

    def visible_to(self, actor: "Actor") -> Self:
        """Keep the rows the actor may read."""
        from platform_core.access.kernel import visible_rows

        return self.filter(visible_rows(actor, self.model))

    def permitted_to(self, actor: "Actor", permission: "Permission") -> Self:
        """Keep the rows with which the actor may do a certain thing now."""
        from platform_core.access.kernel import permitted_rows

        return self.filter(permitted_rows(actor, permission, self.model))


class VisibleManager(models.Manager[M]):
    """The manager of every record: lists start from `visible_to`."""

    def get_queryset(self) -> VisibleQuerySet[M]:
        """Return all rows; only services and internal work that does not answer a reader start here."""
        return VisibleQuerySet(self.model, using=self._db)

    def visible_to(self, actor: "Actor") -> VisibleQuerySet[M]:
        """Return the rows the actor may read."""
        return self.get_queryset().visible_to(actor)

    def permitted_to(self, actor: "Actor", permission: "Permission") -> VisibleQuerySet[M]:
        """Return the rows with which the actor may do a certain thing now."""
        return self.get_queryset().permitted_to(actor, permission)
