"""An id of something hidden is answered like one that nobody ever had, byte for byte, wherever it can be sent.

Every field of every body, every filter and every address of the API that takes an id is tried by those who may use the
route, so that the id decides. A place whose name says nothing yet fails with what to do.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from django.db.models import Model

from platform_core.access.kernel import visible_rows
from platform_core.ids import new_id
from tests.api.leaks.described import Place, places_of_ids
from tests.api.leaks.telling import Teller, Told, shown
from tests.api.matrix.asked import Question, _filled, question
from tests.api.matrix.asking import routes
from tests.api.matrix.kept import Samples
from tests.api.matrix.table import OTHERS, TABLE, expected
from tests.parts import is_asked

pytest_plugins = ["tests.api.matrix.fixtures"]

HIDDEN_AT_MOST = 3
ASKERS_AT_MOST = 2

NOTED_FOR_ITS_KEEPERS = {
    "POST stripe-accounts/{stripe_account_id}/events": "that a signature is wrong is noted for its keepers alone",
}
"""What leaves something with an object though whoever sent it may not see it, and why."""
PREFERRED = ("member_admin", "secretariat", "finance", "licensee", "legal", "site_admin")
"""Who tries first, of those who may use a route."""
REFUSED = 3
"""Of those who may use a route with nothing, a run asks one in so many."""


@pytest.fixture(scope="module")
def tellers(samples: Samples) -> dict[str, Teller]:
    return {asker.name: Teller(asker) for asker in samples.askers}


@pytest.fixture(scope="module")
def listed(tellers: dict[str, Teller]) -> Callable[[str, str], bytes]:
    """Return what a list shows somebody, which is asked once: nothing that is done here stays."""
    return cache(lambda name, address: tellers[name].told("GET", f"{address}?limit=200")[2])


def users_of(route: str, samples: Samples, *, each: bool = False) -> Iterator[tuple[str, Model]]:
    """Yield some who may use a route with an object of its kind on which they may, or all with each of theirs."""
    kind = question(route).kind
    found = 0
    named = [asker for asker in samples.askers if asker.actor is not None and asker.actor.seat_id is not None]
    for asker in sorted(named, key=lambda one: PREFERRED.index(one.name) if one.name in PREFERRED else 99):
        for relation, sample in samples.of(kind, asker).items():
            if expected(route, asker.name, relation).startswith("ok"):
                yield asker.name, sample
                if not each:
                    found += 1
                    break
        if found == ASKERS_AT_MOST:
            return


def may_use(route: str, name: str) -> bool:
    """Say whether somebody may use a route with any object at all."""
    lines = TABLE[route]
    return any(verdict.startswith("ok") for verdict in lines.get(name, lines.get(OTHERS, {})).values())


def hidden_rows(model: type[Model], teller: Teller) -> list[Model]:
    """Return some objects of a model that somebody may not see, the first and the last of them."""
    assert teller.asker.actor is not None
    seen = model._default_manager.filter(visible_rows(teller.asker.actor, model)).order_by().values("pk")
    hidden = model._default_manager.exclude(pk__in=seen)
    return list(dict.fromkeys([*hidden.order_by("pk")[:2], *hidden.order_by("-pk")[:1]]))[:HIDDEN_AT_MOST]


def address_of(one: Question, sample: Model) -> str:
    return re.sub(r"\{\w+\}", str(sample.pk), one.address.replace("{subject_type}", sample._meta.label_lower))


def put_in(body: Any, path: tuple[str, ...], value: Any) -> Any:
    """Return a body with a value at a place; what is missing on the way there is made."""
    step, *rest = path
    if step == "[]":
        rows = list(body) if isinstance(body, list) else []
        first = put_in(rows[0] if rows else None, tuple(rest), value) if rest else value
        # A list of ids alone keeps the ones it had: one hidden id among good ones must not tell either.
        return [*rows, value] if not rest else [first, *rows[1:]]
    made = deepcopy(body) if isinstance(body, dict) else {}
    made[step] = put_in(made.get(step), tuple(rest), value) if rest else value
    return made


def answer(teller: Teller, place: Place, sample: Model, samples: Samples, value: Any) -> Told:
    """Ask with a value at a place, everything else as it should be."""
    one = question(place.route)
    address = address_of(one, sample)
    if place.filters:
        return teller.told("GET", f"{address}?{place.path[0]}={value}", hide=value)
    body = _filled(one.body, {**samples.values, "id": str(sample.pk)})
    return teller.told(one.method, address, body=put_in(body, place.path, str(value)), form=one.form, hide=value)


@pytest.mark.parametrize("place", places_of_ids(), ids=str)
def test_a_hidden_id_is_answered_like_an_unknown_one(
    samples: Samples, tellers: dict[str, Teller], listed: Callable[[str, str], bytes], place: Place
) -> None:
    one = question(place.route)
    for name, sample in users_of(place.route, samples):
        teller = tellers[name]
        model = place.kind(type(sample))
        # An id that stands in a row one may see is no secret, though the thing itself is.
        shown_anyway = listed(name, one.address) if place.filters and "{" not in one.address else b""
        unknown = answer(teller, place, sample, samples, new_id())
        for row in hidden_rows(model, teller):
            if str(row.pk).encode() in shown_anyway:
                continue
            told = answer(teller, place, sample, samples, row.pk)
            assert told == unknown, (
                f"{place} as {name}, {row!r}\n{shown(told)}\nand for an unknown id\n{shown(unknown)}"
            )


@pytest.mark.parametrize("route", [route for route in sorted(routes()) if "{" in route])
def test_an_address_of_something_hidden_is_answered_like_one_of_nothing(
    samples: Samples, tellers: dict[str, Teller], route: str
) -> None:
    one = question(route)
    for name in PREFERRED:
        if not (may_use(route, name) or is_asked(f"{route} {name}", parts=REFUSED)):
            continue
        teller = tellers[name]
        for sample in samples.of(one.kind, teller.asker).values():
            assert teller.asker.actor is not None
            model = type(sample)
            if model._default_manager.filter(visible_rows(teller.asker.actor, model), pk=sample.pk).exists():
                continue
            unknown = model(pk=new_id())
            answers = []
            for row in (sample, unknown):
                body = _filled(one.body, {**samples.values, "id": str(row.pk)})
                answers.append(teller.told(one.method, address_of(one, row), body=body, form=one.form, hide=row.pk))
            hidden, nothing = ((*told[:3], ()) if route in NOTED_FOR_ITS_KEEPERS else told for told in answers)
            assert hidden == nothing, f"{name}, {sample!r}\n{shown(hidden)}\nand for an unknown id\n{shown(nothing)}"
            break
