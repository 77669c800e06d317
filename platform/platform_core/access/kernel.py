"""The permission kernel: may this seat do this kind of thing, on this object, and which rows exist for it."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from platform_core.access.actors import Actor, Assignment
from platform_core.access.grants.relations import granted_rows
from platform_core.access.probing import as_set, can_be_probed, row_by_row
from platform_core.access.registry import Audience, Permission, Policy, Rule, policy_of
from platform_core.access.relations import EVERYTHING, NOTHING, Relation
from platform_core.problems import NotAllowed, NotFound

M = TypeVar("M", bound=Model)


def visible_rows(actor: Actor, model: type[Model]) -> Q:
    """Return the condition that selects the rows an actor may read."""
    policy = policy_of(model)
    return _reached(actor, policy.read, policy)


def reached_ids(actor: Actor, model: type[Model]) -> QuerySet[Any, Any] | None:
    """Return the ids of the rows an actor may read, right by right, for finding among few rows those that match.

    Each right is read as the set it is, and none is left to be asked of every row, as where several stand in one
    condition. None where a right is no list of rows (a whole alliance, everything): these are not few.
    """
    rows = visible_rows(actor, model)
    rights = rows.children if rows.connector == Q.OR and not rows.negated else [rows]
    lists = [part for right in rights if (part := as_set(right)) is not None]
    if len(lists) < len(rights):
        return None
    first, *others = (model._base_manager.filter(part).order_by().values("pk") for part in lists)
    return first.union(*others)


def known_rows(actor: Actor, model: type[Model]) -> Q:
    """Return the condition for the rows an actor may be told of: those it may read, and those it sees a part of."""
    policy = policy_of(model)
    rows = _reached(actor, policy.read, policy)
    for window in policy.windows:
        rows = rows | _reached(actor, window.read, policy)
    return rows


def permitted_rows(actor: Actor, permission: Permission, model: type[Model]) -> Q:
    """Return the condition that selects the rows an actor sees and may do a certain thing with, guards included."""
    policy = policy_of(model)
    seen = policy.seen_by(permission)
    rows = _reached(actor, seen, policy)
    if permission != seen:
        rows = rows & _reached(actor, permission, policy)
    for guard in policy.guards_of(permission):
        rows = rows & can_be_probed(guard.holds(actor))
    return rows


def may(actor: Actor, permission: Permission, model: type[Model]) -> bool:
    """Say whether some rule lets the actor do this kind of thing at all, to whatever object."""
    return any(permission in rule.may and rule.matches(actor) is not None for rule in policy_of(model).rules)


def require_kind(actor: Actor, permission: Permission, model: type[Model]) -> None:
    """Refuse unless some rule lets the actor do this kind of thing at all, where there is no object yet."""
    if not may(actor, permission, model):
        raise NotAllowed(f"Your role does not allow this ({permission}).")


def require(actor: Actor, permission: Permission, obj: Model) -> None:
    """Refuse unless the actor may do this with the object: not found if it may not see it, not allowed if it does."""
    policy = policy_of(type(obj))
    seen = policy.seen_by(permission)
    conditions = {"seen": _reached(actor, seen, policy)}
    if permission != seen:
        conditions["permitted"] = _reached(actor, permission, policy)
    guards = tuple(policy.guards_of(permission))
    conditions.update({f"guard_{index}": can_be_probed(guard.holds(actor)) for index, guard in enumerate(guards)})

    answer = answers_of(policy.model, obj.pk, conditions)
    if answer is None or not answer["seen"]:
        raise NotFound(_missing(policy.model))
    if not answer.get("permitted", True):
        raise NotAllowed(f"Your role does not allow this ({permission}).")
    for index, guard in enumerate(guards):
        if not answer[f"guard_{index}"]:
            raise NotAllowed(guard.message)


def can(actor: Actor, permission: Permission, obj: Model) -> bool:
    """Say whether `require` would let the actor through."""
    try:
        require(actor, permission, obj)
    except (NotFound, NotAllowed):
        return False
    return True


def require_each(actor: Actor, permission: Permission, model: type[M], ids: Collection[UUID]) -> list[M]:
    """Return the objects of a bulk action in the order of their ids, or refuse the whole if one is not permitted."""
    policy = policy_of(model)
    wanted = set(ids)
    rows = model._default_manager.filter(pk__in=wanted).order_by("pk")
    seen = list(rows.filter(_reached(actor, policy.seen_by(permission), policy)))
    if len(seen) < len(wanted):
        raise NotFound(_missing(model))
    permitted = set(rows.filter(permitted_rows(actor, permission, model)).values_list("pk", flat=True))
    if len(permitted) < len(wanted):
        raise NotAllowed(f"{len(wanted) - len(permitted)} of {len(wanted)} cannot be changed by you ({permission}).")
    return seen


def require_visible(actor: Actor, model: type[Model], ids: Collection[UUID]) -> None:
    """Refuse a bulk action as a whole that refers to something which is not there, or which the actor may not see."""
    wanted = set(ids)
    if model._default_manager.filter(visible_rows(actor, model), pk__in=wanted).order_by().count() < len(wanted):
        raise NotFound(_missing(model))


def get_visible(
    model: type[M],
    pk: UUID,
    *,
    actor: Actor,
    for_change: bool = False,
    along: Sequence[str] = (),
    to: Permission | None = None,
) -> M:
    """Fetch one object the actor may see, locked until the transaction ends if it is fetched for a change.

    `along` are the foreign keys whose objects are needed with it; what is read of them is the caller's to answer for.
    `to` is what is to be done with it, where seeing a part of the object is enough for that.
    """
    policy = policy_of(model)
    seen = policy.read if to is None else policy.seen_by(to)
    rows = model._default_manager.filter(_reached(actor, seen, policy), pk=pk)
    if along:
        rows = rows.select_related(*along)
    if for_change:
        # Our keys never change, so nobody who only refers to the row (and so locks its key) has to wait for us:
        # two changes that refer to each other's rows would otherwise wait for each other.
        rows = rows.select_for_update(of=("self",), no_key=True)
    # By its key alone: the order of lists would join other tables for a single row.
    with row_by_row():
        found = rows.order_by("pk").first()
    if found is None:
        raise NotFound(_missing(model))
    return found


def follows(path: str, permission: Permission, parent: type[Model]) -> Relation:
    """Reach rows whose parent, along a path of foreign keys, the actor may do a certain thing with."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        parents = parent._default_manager.filter(permitted_rows(actor, permission, parent))
        return Q(**{f"{path}__in": parents.order_by().values("pk")})

    return Relation(f"whose {path.replace('__', ' of ')} allows {permission}", reach, path)


def holds_by_role(actor: Actor, permission: Permission, obj: Model) -> bool:
    """Say whether a rule lets the actor do this with the object, and not only a grant."""
    policy = policy_of(type(obj))
    answer = answers_of(
        policy.model,
        obj.pk,
        {
            "seen": _by_rules(actor, policy.read, policy),
            "permitted": _by_rules(actor, permission, policy),
        },
    )
    return answer is not None and all(answer.values())


def _reached(actor: Actor, permission: Permission, policy: Policy) -> Q:
    rows = _by_rules(actor, permission, policy)
    if rows is EVERYTHING:
        return rows
    granted = can_be_probed(granted_rows(actor, permission, policy))
    if granted is NOTHING:
        return rows
    if actor.screen is not None and (left := policy.unscreened(actor.screen)) is not None:
        granted = granted & left
    return granted if rows is NOTHING else rows | granted


def _by_rules(actor: Actor, permission: Permission, policy: Policy) -> Q:
    rows = NOTHING
    for rule in policy.rules:
        if permission in rule.may and (assignments := rule.matches(actor)) is not None:
            reached = reached_by(rule, actor, assignments, policy)
            if reached is EVERYTHING:
                return EVERYTHING
            rows = reached if rows is NOTHING else rows | reached
    return rows


def reached_by(rule: Rule, actor: Actor, assignments: Sequence[Assignment], policy: Policy) -> Q:
    """Return the condition for the rows that a rule opens to an actor, less what the actor undertook not to see."""
    reached = can_be_probed(rule.reach.reach(actor, assignments))
    if not reached:
        raise ValueError(f"“{rule.reach.label}” on {policy.model._meta.label} gave an empty condition")
    # What everybody may see is no secret from anybody; what a role opens is screened, and of whole kinds of things also
    # what is open to whoever may see something else, such as papers.
    if actor.screen is not None and (assignments or (Audience.PUBLIC not in rule.who and policy.hidden(actor.screen))):
        left = policy.unscreened(actor.screen)
        reached = reached if left is None else reached & left
    return reached


def answers_of(model: type[Model], pk: object, conditions: dict[str, Q]) -> dict[str, bool] | None:
    """Say of one object which of several conditions it meets, in one query; None if there is no such object."""
    every = model._base_manager
    columns = {name: Exists(every.filter(condition, pk=OuterRef("pk"))) for name, condition in conditions.items()}
    with row_by_row():
        return every.filter(pk=pk).order_by("pk").values(**columns).first()


def _missing(model: type[Model]) -> str:
    return f"There is no such {model._meta.verbose_name}, or you may not see it."
