"""How a right given by hand reaches its object: one shape of query for actions, and for roles on assigned objects."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.contrib.auth.models import Permission as NamedPermission
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet, Subquery

from platform_core.access.actors import Actor, ActorKind, Assignment
from platform_core.access.registry import Permission, Policy, policy_of
from platform_core.access.relations import NOTHING, Relation
from platform_core.identity.roles import Role

_ASSIGNED_AS: Final = "assigned."

_conflicts: defaultdict[type[Model], list[Callable[[Actor], Q]]] = defaultdict(list)


def declare_conflict(model: type[Model], conflicting: Callable[[Actor], Q]) -> None:
    """Declare objects of a model to which nobody is assigned whom the condition finds in conflict; rooms add theirs."""
    if conflicting not in _conflicts[model]:
        _conflicts[model].append(conflicting)


def conflicting_rows(actor: Actor, model: type[Model]) -> Q:
    """Return the condition for the objects of a model with which the actor has a declared conflict."""
    rows = NOTHING
    for conflicting in _conflicts[model]:
        rows = rows | conflicting(actor)
    return rows


def granted_rows(actor: Actor, permission: Permission, policy: Policy) -> Q:
    """Return the condition for the objects on which an action is granted to the actor's seat or organisation now."""
    return (
        _given(actor, permission.name, policy, with_organisation=True) if policy.may_be_granted(permission) else NOTHING
    )


def assigned(model: type[Model], path: str = "pk") -> Relation:
    """Reach rows whose object of a model, found along a path of foreign keys, the acting seat is assigned to now.

    The role of the assignment is the one the rule speaks of. An object in conflict is not reached, assigned or not.
    """

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        policy = policy_of(model)
        rows = NOTHING
        for role in sorted({assignment.role for assignment in assignments}):
            if policy.giving is None or role not in policy.giving.roles:
                raise ImproperlyConfigured(f"no {role} is assigned to a {model._meta.label}: declare it with `give`")
            given = _given(actor, assigned_as(role), policy, with_organisation=False)
            rows = given if rows is NOTHING else rows | given
        if _conflicts[model]:
            rows = rows & ~conflicting_rows(actor, model)
        if path == "pk" or rows is NOTHING:
            return rows
        return Q(**{f"{path}__in": model._base_manager.filter(rows).order_by().values("pk")})

    label = "assigned" if path == "pk" else f"whose {path.replace('__', ' of ')} is assigned"
    return Relation(label, reach, by_assignment=True)


def assigned_as(role: Role) -> str:
    """Return the name under which an assignment in a role stands among the granted actions of an object."""
    return f"{_ASSIGNED_AS}{role.value}"


def _given(actor: Actor, codename: str, policy: Policy, *, with_organisation: bool) -> Q:
    if policy.giving is None or actor.kind is not ActorKind.USER or actor.seat_id is None:
        return NOTHING
    holders = [actor.seat_id]
    if with_organisation and actor.organisation_id is not None:
        holders.append(actor.organisation_id)
    now = actor.clock.now()
    rows: QuerySet[Any] = policy.giving.table.objects.filter(
        holder__in=holders,
        permission=Subquery(_named(codename, policy).values("pk")[:1]),
        starts_at__lte=now,
        ends_at__gt=now,
    )
    return Q(pk__in=rows.order_by().values("content_object"))


def _named(codename: str, policy: Policy) -> QuerySet[NamedPermission]:
    options = policy.model._meta
    return NamedPermission.objects.filter(
        codename=codename, content_type__app_label=options.app_label, content_type__model=options.model_name
    ).order_by()
