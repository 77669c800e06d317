"""The published matrix: the same declarations that decide, written out for people to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from platform_core.access.actors import SystemWork
from platform_core.access.registry import Policy, Who, policies
from platform_core.identity.roles import Role

HEADING: Final = """# Who may do what

Written from the policies in the code by `make matrix`; a check compares the two. Whatever is not in a table is denied.
What somebody may not read is not found (404); what they may read but not do is refused (403). A permission reaches
only objects that its holder may also read, or of which they see the part that it takes. Roles count between their
dates, in the alliance or at the operating entity they are held in. A staff session is one of a site administrator, for
the one alliance it was opened for. What is granted or assigned on single objects is given to a seat or an organisation
with a reason, a grantor and an end, by somebody who holds it by role and may give it; nothing else can be given.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """Who may do one thing with one kind of object, with which of them, and under which condition."""

    kind: str
    permission: str
    who: str
    reach: str
    conditions: tuple[str, ...]


def matrix() -> Iterator[Line]:
    """Yield every rule of every policy in a fixed order, one line for each permission and each who."""
    for policy in policies():
        for permission in policy.permissions():
            conditions = tuple(guard.message for guard in policy.guards_of(permission))
            for rule in policy.rules:
                if permission in rule.may:
                    for who in rule.who:
                        purpose = f" ({rule.purpose.label.lower()})" if rule.purpose else ""
                        yield Line(
                            policy.model._meta.label,
                            permission.name,
                            _name(who) + purpose,
                            rule.reach.label,
                            conditions,
                        )
            if policy.may_be_granted(permission) and policy.giving is not None:
                giver = policy.giving.actions[permission]
                yield Line(
                    policy.model._meta.label,
                    permission.name,
                    "*whoever it is granted to*",
                    f"granted one by one, with {giver}, until an end",
                    conditions,
                )


def matrix_as_markdown() -> str:
    """Return the matrix as a page, a section for each kind of object."""
    parts = [HEADING]
    lines = list(matrix())
    for policy in policies():
        own = [line for line in lines if line.kind == policy.model._meta.label]
        parts.append(_section(policy, own))
    return "\n".join(parts)


def _section(policy: Policy, lines: list[Line]) -> str:
    rows = [f"## {policy.model._meta.label}\n", "| permission | who | which |", "|---|---|---|"]
    grouped: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        who = grouped.setdefault((line.permission, line.reach), [])
        if line.who not in who:
            who.append(line.who)
    rows += [f"| `{permission}` | {', '.join(who)} | {reach} |" for (permission, reach), who in grouped.items()]
    if policy.giving is not None:
        assigning = [f"{role.label} (with `{giver}`)" for role, giver in policy.giving.roles.items()]
        rows += [f"\nAssigned one by one, until an end: {', '.join(assigning)}."] if assigning else []
    for window in policy.windows:
        named = ", ".join(f"`{permission}`" for permission in sorted(map(str, window.may)))
        rows.append(
            f"\n`{window.read}` shows a part of it to those who do not see it, and is all it takes for {named}."
        )
    notes = dict.fromkeys((line.permission, note) for line in lines for note in line.conditions)
    rows += [f"\n`{permission}`: {note}" for permission, note in notes]
    if policy.no_staff:
        rows.append(f"\nNo staff session reaches these: {policy.no_staff}.")
    return "\n".join(rows) + "\n"


def _name(who: Who) -> str:
    if isinstance(who, SystemWork):
        return f"*{who.name}*"
    return who.label if isinstance(who, Role) else who.value
