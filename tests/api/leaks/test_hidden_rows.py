"""What somebody may not see changes no byte of what they see, however much of it there is, whoever it is.

Rows are added at rivals and in another alliance, of every kind that can be hidden from the one who asks; then every
list, in every order and form, page, filter, count, search, home page and object is asked again.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.access.kernel import permitted_rows, visible_rows
from platform_core.access.registry import policies, policy_of
from platform_core.api import pagination
from tests.api.leaks.additions import ADDITIONS, WORD, places
from tests.api.leaks.described import Place, filters_of
from tests.api.leaks.telling import Teller, Told, shown
from tests.api.matrix.asked import question
from tests.api.matrix.asking import Asker, routes, writes_noted
from tests.api.matrix.kept import Samples
from tests.parts import PART

pytest_plugins = ["tests.api.matrix.fixtures"]


@pytest.fixture(autouse=True)
def cursors_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal no cursor: a sealed one is another each time, and what is sealed in it is to be the same."""
    monkeypatch.setattr(pagination, "seal", lambda text, *, bound_to: f"{bound_to} {text}")


PEOPLE = (
    ("member_admin", "nobody"),
    ("member_staff", "prospect"),
    ("member_finance", "auditor"),
    ("secretariat", "operator"),
    ("finance", "legal"),
    ("site_admin", "licensee"),
)
"""Who asks: members, outside firms, an office, finance of one entity, those who are assigned, and nobody signed in.

Each takes half a minute, so that a run asks as two of them, as two others each day; `LIANCHI_MATRIX=all` as all.
"""

ASKED_WITH = {
    "search": [f"q={WORD}", "q=CN", "q=公司"],
    "programmes/{programme_id}/totals": ["from=2025-01&to=2025-12", "from=2025-01&to=2025-12&by=product"],
    "pools/{pool_id}/list-effect": ["on=2027-01-01"],
    "statements/{statement_id}/document": ["as=csv&language=en"],
    "distribution-statements/{statement_id}/document": ["as=csv&language=en"],
}
"""What a route needs to be asked at all."""

NOT_COUNTED = {
    "memberships.MembershipRules": "an alliance has one set of rules, and the other one's is there already",
    "audit.AuditSeal": "seals stand in a chain that is not made longer by hand",
    "access.AccessLogEntry": "it is added, but what notes requests does not count as written",
    "signin.Lock": "it is added, but what notes requests does not count as written",
    "identity.OrganisationName": "an earlier name is found by those who find its organisation",
}
"""Kinds of which nothing hidden is known to be added, and why."""


def seen_by(actor: Actor, *models: type[Model]) -> dict[str, set[Any]]:
    """Return what somebody may read of some kinds, by every permission to read."""
    return {
        f"{model._meta.label} {permission}": set(
            model._default_manager.filter(permitted_rows(actor, permission, model)).values_list("pk", flat=True)
        )
        for model in models
        for permission in policy_of(model).permissions()
        if permission.reads
    }


SEES_ALL_WHO_ARE_THERE: dict[str, set[str]] = {
    "site_admin": {
        "agreements.Licence",
        "audit.AuditEvent",
        "charter.CharterSignature",
        "composition.PoolEntry",
        "documents.Document",
        "patents.Patent",
        "reports.SalesReport",
        "terms.TermsVersion",
    }
}
"""Who sees every person and organisation, so that only what brings none of them along is added: these at least."""


def asked_today() -> list[str]:
    """Return as whom is asked in this run."""
    return [name for pair in PEOPLE for name in pair] if PART == "all" else list(PEOPLE[int(PART) % len(PEOPLE)])


def sees_everything(actor: Actor | None, model: type[Model]) -> bool:
    """Say whether there is no row of a kind that somebody may not read."""
    assert actor is not None
    return not model._default_manager.exclude(
        pk__in=model._default_manager.filter(visible_rows(actor, model)).order_by().values("pk")
    ).exists()


def questions(asker: Asker, samples: Samples) -> Iterator[str]:
    """Yield the addresses of everything that can be read, as somebody would ask for it."""
    assert asker.actor is not None
    for route, view in sorted(routes().items()):
        method, address = route.split(" ", 1)
        if method != "GET" or address == "access-log":
            continue
        one = question(route)
        given = ASKED_WITH.get(address, [""])
        if "{" in address:
            for sample in list(samples.of(one.kind, asker).values()):
                named = address.replace("{subject_type}", sample._meta.label_lower)
                named = re.sub(r"\{\w+\}", str(sample.pk), named)
                yield from (f"{named}?{query}" for query in given)
            continue
        yield from (f"{address}?{query}" for query in given)
        for name in view.orders:
            yield from (f"{address}?order={sign}{name}&limit=2" for sign in ("", "-"))
        if view.orders:
            yield from (f"{address}?count=exact&limit=1", f"{address}?format=csv")
            for parameter in filters_of(route):
                place = Place(route, (parameter["name"],), filters=True)
                if parameter["schema"].get("format") == "uuid":
                    model: type[Model] = place.kind(samples.world.alliances[0].__class__)
                    visible = model._default_manager.filter(visible_rows(asker.actor, model))
                    for pk in visible.order_by("-pk").values_list("pk", flat=True)[:1]:
                        yield f"{address}?{parameter['name']}={pk}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", asked_today())
def test_rows_that_somebody_may_not_see_change_nothing_of_what_they_see(samples: Samples, name: str) -> None:
    asker = next(asker for asker in samples.askers if asker.name == name)
    teller = Teller(asker)
    addresses = list(questions(asker, samples))
    with transaction.atomic():
        before: dict[str, Told] = {address: teller.told("GET", address) for address in addresses}
        broken = [address for address, told in before.items() if told[0] >= 500 and b"files_missing" not in told[2]]
        assert broken == []
        added = add_hidden_rows(asker, samples)
        changed = [
            f"{address}\nbefore {shown(before[address], after)}\nafter {shown(after, before[address])}"
            for address in addresses
            if (after := teller.told("GET", address)) != before[address]
        ]
        transaction.set_rollback(True)
    assert changed == [], "\n".join(changed)
    hidden = {policy.model._meta.label for policy in policies() if not sees_everything(asker.actor, policy.model)}
    if name in SEES_ALL_WHO_ARE_THERE:
        assert hidden & added >= SEES_ALL_WHO_ARE_THERE[name]
        return
    missing = hidden - added - set(NOT_COUNTED)
    assert missing == set(), f"nothing hidden from {name} is added of these: add some in tests/api/leaks/additions"


def add_hidden_rows(asker: Asker, samples: Samples) -> set[str]:
    """Add all that changes nothing of what somebody may read, and return of which kinds it was."""
    assert asker.actor is not None
    tables = {policy.model._meta.db_table: policy.model for policy in policies()}
    before, added = seen_by(asker.actor, *tables.values()), set()
    for at in places(samples.world):
        for add in ADDITIONS:
            with transaction.atomic():
                with writes_noted() as written:
                    add(at)
                models = [tables[table] for table in dict.fromkeys(written) if table in tables]
                if any(before[kind] != rows for kind, rows in seen_by(asker.actor, *models).items()):
                    transaction.set_rollback(True)
                else:
                    added |= {model._meta.label for model in models}
    return added
