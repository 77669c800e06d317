"""Keeping views. They are people's own notes and decide nothing, so the record does not tell of them."""

from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require, require_kind
from platform_core.checks import told_as
from platform_core.lists import selectors
from platform_core.lists.models import SavedView
from platform_core.lists.policies import EDIT_SAVED_VIEW
from platform_core.problems import Conflict

MOST_OF_A_PERSON: Final = 200


@transaction.atomic
def save_view(*, actor: Actor, page: str, name: str, query: str = "") -> SavedView:
    """Keep how the actor sees a list; one that is kept under the same name already is replaced."""
    require_kind(actor, EDIT_SAVED_VIEW, SavedView)
    own = selectors.saved_views(actor=actor)
    if own.count() >= MOST_OF_A_PERSON and not own.filter(page=page, name=name).exists():
        raise Conflict(f"{MOST_OF_A_PERSON} views are kept at most: remove one first.")
    saved, _ = SavedView.objects.update_or_create(
        user_id=actor.person_id,
        page=page,
        name=name,
        defaults={"query": query},
        create_defaults={"query": query, "created_at": actor.clock.now()},
    )
    return saved


@transaction.atomic
def edit_view(*, actor: Actor, view_id: UUID, name: str | None = None, query: str | None = None) -> SavedView:
    """Rename a view, or keep another way to see its list under the same name."""
    found = selectors.saved_view(view_id, actor=actor, for_change=True)
    require(actor, EDIT_SAVED_VIEW, found)
    if name is not None and name != found.name:
        found.name = name
    if query is not None:
        found.query = query
    with told_as({"savedview_one_of_a_name": Conflict("Another view of this list has that name.")}):
        found.save(update_fields=["name", "query"])
    return found


@transaction.atomic
def remove_view(*, actor: Actor, view_id: UUID) -> None:
    """Keep a view no longer."""
    found = selectors.saved_view(view_id, actor=actor, for_change=True)
    require(actor, EDIT_SAVED_VIEW, found)
    found.delete()
