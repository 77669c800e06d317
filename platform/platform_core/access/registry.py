"""The one declaration of who may do what: checks, querysets and the published matrix all read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q

from platform_core.access.actors import Actor, ActorKind, Assignment, Screen, SystemWork
from platform_core.access.relations import NOTHING, Relation
from platform_core.identity.roles import Purpose, Role

if TYPE_CHECKING:
    from platform_core.access.grants.models import GrantedAction


@dataclass(frozen=True, slots=True)
class Permission:
    """A named thing one may be allowed to do with one kind of object, such as `close_run.approve`."""

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def reads(self) -> bool:
        """Whether it is a permission to read: its last part is `read`, or begins with `read_`."""
        return self.name.rpartition(".")[2].partition("_")[0] == "read"


class Audience(StrEnum):
    """Whom a rule speaks of when it names no role."""

    PUBLIC = "public"
    """Anybody, signed in or not."""
    SIGNED_IN = "signed in"
    """Any person in a seat, whatever the role."""
    STAFF = "staff session"
    """A site administrator, while a staff session is open, as if the role were held in the alliance it is for."""


Who = Role | SystemWork | Audience


@dataclass(frozen=True, slots=True)
class Rule:
    """Those who hold one of these roles (or names) may do these things with the rows the relation reaches."""

    who: tuple[Who, ...]
    may: frozenset[Permission]
    reach: Relation
    purpose: Purpose | None = None

    def matches(self, actor: Actor) -> tuple[Assignment, ...] | None:
        """Return the assignments by which the rule speaks of an actor (a name needs none), or None if it does not."""
        found: list[Assignment] = []
        spoken_of = False
        for who in self.who:
            if isinstance(who, Role):
                current = tuple(actor.current(who, purpose=self.purpose))
                found.extend(current)
                spoken_of = spoken_of or bool(current)
            elif isinstance(who, SystemWork):
                spoken_of = spoken_of or (actor.kind is ActorKind.SYSTEM and actor.work == who)
            elif who is Audience.PUBLIC:
                spoken_of = spoken_of or actor.kind is not ActorKind.SYSTEM
            elif who is Audience.STAFF:
                if (staff := actor.open_staff_session) is not None:
                    found.append(Assignment(Role.SITE_ADMIN, staff.starts_at, staff.ends_at, staff.alliance_id))
                    spoken_of = True
            else:
                spoken_of = spoken_of or (actor.kind is ActorKind.USER and actor.seat_id is not None)
        return tuple(found) if spoken_of else None


def allow(
    who: Who | Iterable[Who],
    may: Permission | Iterable[Permission],
    reach: Relation,
    *,
    purpose: Purpose | None = None,
) -> Rule:
    """Declare a rule: who, may do what, with which rows."""
    return Rule(
        who=(who,) if isinstance(who, Role | SystemWork | Audience) else tuple(who),
        may=frozenset({may} if isinstance(may, Permission) else may),
        reach=reach,
        purpose=purpose,
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the object and the actor that no role lifts, such as "not the one who calculated it"."""

    permission: Permission
    message: str
    """What the one who is refused reads: why, and what to do."""
    holds: Callable[[Actor], Q]


@dataclass(frozen=True, slots=True)
class Giving:
    """What may be given by hand on single objects of a model, and who may give it; nothing else ever is."""

    table: "type[GrantedAction]"
    """The table next to the model that carries what was given."""
    actions: Mapping[Permission, Permission]
    """What may be granted, each with the permission it takes to grant it."""
    roles: Mapping[Role, Permission]
    """The roles in which a seat may be assigned to an object, each with the permission it takes to assign it."""
    quiet: frozenset[Role] = frozenset()
    """Those of them of which only they learn who may assign them: with any, nobody sees what others gave."""

    @property
    def givers(self) -> frozenset[Permission]:
        """Every permission by which something may be given."""
        return frozenset(self.actions.values()) | frozenset(self.roles.values())


@dataclass(frozen=True, slots=True)
class Window:
    """A part of an object that some see who do not see the object, and what whoever sees the part may do with it.

    Lists, searches, topics, histories and whatever else hangs on the object stay closed to them.
    """

    read: Permission
    may: frozenset[Permission] = frozenset()

    def shows(self, permission: Permission) -> bool:
        """Say whether a permission takes no more than to see this part."""
        return permission == self.read or permission in self.may


class Policy:
    """Who may do what with the objects of one model; what is not said here is denied."""

    def __init__(
        self,
        model: type[Model],
        *,
        read: Permission,
        read_contents: Permission | None = None,
        rules: Iterable[Rule] = (),
        guards: Iterable[Guard] = (),
        windows: Iterable[Window] = (),
        no_staff: str = "",
    ) -> None:
        self.model = model
        self.read = read
        self.no_staff = no_staff
        """Why no staff session reaches these objects, where none may."""
        self.read_contents = read_contents or read
        """What it takes to read everything about an object, where reading it at all tells little more than its name."""
        self.windows = tuple(windows)
        """The parts of an object that some see without it."""
        self.giving: Giving | None = None
        self.owners: tuple[str, ...] = ()
        self._rules: list[Rule] = []
        self._guards: list[Guard] = list(guards)
        self.extend(*rules)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules: the model's own, then those that upper rooms added."""
        return tuple(self._rules)

    @property
    def guards(self) -> tuple[Guard, ...]:
        """All guards."""
        return tuple(self._guards)

    def belong_to(self, *paths: str) -> None:
        """Say along which paths the organisations are found whose confidential data the rows are."""
        self.owners = (*self.owners, *(path for path in paths if path not in self.owners))

    def hidden(self, screen: Screen) -> bool:
        """Say whether somebody undertook to see no such thing at all."""
        return self.model._meta.label_lower in screen.kinds

    def unscreened(self, screen: Screen) -> Q | None:
        """Return the condition that leaves out what somebody undertook not to see; None where nothing is left out."""
        if self.hidden(screen):
            return NOTHING
        return screen.leaves(*self.owners)

    def extend(self, *rules: Rule) -> None:
        """Add rules from an upper room, whose permissions or relations this one does not know."""
        for rule in rules:
            if Audience.STAFF in rule.who:
                self._check_for_staff(rule)
            if rule not in self._rules:
                self._rules.append(rule)

    def guard(self, *guards: Guard) -> None:
        """Add guards from an upper room."""
        self._guards.extend(guard for guard in guards if guard not in self._guards)

    def _check_for_staff(self, rule: Rule) -> None:
        label = self.model._meta.label
        if self.no_staff:
            raise ImproperlyConfigured(f"no staff session reaches {label}: {self.no_staff}")
        if changing := sorted(may.name for may in rule.may if not may.reads):
            raise ImproperlyConfigured(f"a staff session only reads: {label} opens {', '.join(changing)} to it")

    def give(
        self,
        table: "type[GrantedAction]",
        *,
        actions: Mapping[Permission, Permission] | None = None,
        roles: Mapping[Role, Permission] | None = None,
        quiet: Iterable[Role] = (),
    ) -> None:
        """Let actions be granted, and seats be assigned in roles, on single objects by those with a permission to."""
        before = self.giving or Giving(table, {}, {})
        if before.table is not table:
            raise ImproperlyConfigured(f"{self.model._meta.label} keeps its grants in {before.table.__name__} already")
        if actions and self.read not in {*before.actions, *actions}:
            raise ImproperlyConfigured(f"{self.read} must be grantable too: nothing can be done with what is not seen")
        self.giving = Giving(
            table,
            {**before.actions, **(actions or {})},
            {**before.roles, **(roles or {})},
            before.quiet | frozenset(quiet),
        )

    def may_be_granted(self, permission: Permission) -> bool:
        """Say whether a permission may be given by hand on single objects."""
        return self.giving is not None and permission in self.giving.actions

    def permissions(self) -> list[Permission]:
        """List every permission some rule speaks of, reading first."""
        named = {permission for rule in self._rules for permission in rule.may} | {self.read}
        return sorted(named, key=lambda permission: (permission != self.read, permission.name))

    def seen_by(self, permission: Permission) -> Permission:
        """Return what it takes to come upon an object with which one would do a certain thing."""
        return next((window.read for window in self.windows if window.shows(permission)), self.read)

    def guards_of(self, permission: Permission) -> Iterator[Guard]:
        """Yield the guards that stand before a permission."""
        return (guard for guard in self._guards if guard.permission == permission)


_policies: dict[type[Model], Policy] = {}


def register(policy: Policy) -> Policy:
    """Put a model's policy in force; a model has one."""
    if policy.model in _policies:
        raise ImproperlyConfigured(f"{policy.model._meta.label} already has a policy; extend that one")
    _policies[policy.model] = policy
    return policy


def policy_of(model: type[Model]) -> Policy:
    """Return a model's policy; a model without one cannot be read through the kernel at all."""
    concrete = model._meta.concrete_model or model
    try:
        return _policies[concrete]
    except KeyError:
        raise ImproperlyConfigured(
            f"{model._meta.label} has no policy: declare one in the policies.py of its app"
        ) from None


def policies() -> tuple[Policy, ...]:
    """All policies in force, ordered by the label of their models."""
    return tuple(sorted(_policies.values(), key=lambda policy: policy.model._meta.label))
