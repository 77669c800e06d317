"""What only one thing may have is no less free when something hidden has it: a refusal would tell that it is there.

Every unique value of every table (codes, credit codes, addresses, numbers of publications, titles, names) is sent
wherever the API takes a text of its name, and answered like a value that nobody ever had.
"""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from django.apps import apps
from django.db.models import CharField, Model, UniqueConstraint

from members.charter.models import Charter
from platform_core.access.kernel import visible_rows
from platform_core.access.registry import policies
from platform_core.identity.models import Organisation
from platform_core.identity.uscc import uscc_check_character
from tests.api.leaks.described import Place, places_of_texts
from tests.api.leaks.telling import Teller, Told, shown
from tests.api.leaks.test_hidden_ids import address_of, put_in, users_of
from tests.api.matrix.asked import _filled, question
from tests.api.matrix.kept import Samples

pytest_plugins = ["tests.api.matrix.fixtures"]

VALUES_AT_MOST = 4

FROM_A_SHORT_LIST = {
    "country": "ISO 3166 has all of them",
    "currency": "ISO 4217 has all of them",
    "period": "whoever reports or closes names the months of their own licence or programme",
    "page": "the lists that there are",
    "kind": "the kinds that there are",
    "role": "the roles that there are",
    "purpose": "the purposes that there are",
}
"""Unique values, or parts of some, that are no secret: who has them is found in no other field."""

ALSO_CALLED = {"family": "code"}
"""What a body calls by another name than its column."""

CODES = ("91110000600037341L", "91310000132200821H")
_RANDOM = re.compile(rb"[\w-]{24,}|lcf_[\w-]{8}")
"""Ids, keys and how they begin, and hashes: no two answers have them in common."""


@cache
def unique_fields() -> dict[str, tuple[type[Model], ...]]:
    """Return the names of the columns of text of which a table holds each value once, and where."""
    found: dict[str, set[type[Model]]] = {}
    for policy in policies():
        meta = policy.model._meta
        unique = {field.name for field in meta.fields if field.unique}
        for constraint in meta.constraints:
            if isinstance(constraint, UniqueConstraint):
                unique |= set(constraint.fields)
        # Once it was a constraint, and the service still asks for each code to be one organisation's.
        unique |= {"uscc"} if policy.model is Organisation else set()
        for field in meta.fields:
            if field.name in unique and isinstance(field, CharField):
                found.setdefault(field.name, set()).add(policy.model)
    return {
        name: tuple(sorted(models, key=lambda model: model._meta.label))
        for name, models in found.items()
        if name not in FROM_A_SHORT_LIST
    }


def places() -> list[Place]:
    return [place for place in places_of_texts("email") if column_of(place) in unique_fields()]


def column_of(place: Place) -> str:
    return ALSO_CALLED.get(place.name, place.name)


def hidden_values(name: str, teller: Teller) -> Iterator[tuple[type[Model], str]]:
    """Yield values that somebody finds in no row they may see."""
    assert teller.asker.actor is not None
    seen: set[str] = set()
    for model in unique_fields()[name]:
        rows = model._default_manager.filter(visible_rows(teller.asker.actor, model))
        seen |= set(rows.values_list(name, flat=True))
    for model in unique_fields()[name]:
        values = model._default_manager.exclude(**{f"{name}__in": seen}).order_by("-pk").values_list(name, flat=True)
        yield from ((model, value) for value in list(dict.fromkeys(values))[:VALUES_AT_MOST] if value)


def unheard(name: str, value: str) -> str:
    """Make up a value of the same form that nobody ever had."""
    if name == "uscc":
        body = "91440300" + "9" * 9
        return body + uscc_check_character(body)
    made = re.sub(r"[^\W\d_a-zA-Z]", "某", re.sub(r"\d", "9", re.sub("[A-Z]", "Q", re.sub("[a-z]", "q", value))))
    assert made != value
    assert not any(model._default_manager.filter(**{name: made}).exists() for model in unique_fields()[name])
    return made


def answer(teller: Teller, place: Place, sample: Model, samples: Samples, value: str) -> Told:
    one = question(place.route)
    body = put_in(_filled(one.body, {**samples.values, "id": str(sample.pk)}), place.path, value)
    status, headers, contents, traces = teller.told(one.method, address_of(one, sample), body=body, form=one.form)
    contents = _RANDOM.sub(b"<random>", contents.replace(value.encode(), b"<value>"))
    return (
        status,
        tuple((name, _blotted(text, value)) for name, text in headers),
        contents,
        tuple(_blotted(text, value) for text in traces),
    )


def _blotted(text: str, value: str) -> str:
    return _RANDOM.sub(b"<random>", text.replace(value, "<value>").encode()).decode()


@pytest.fixture(scope="module")
def tellers(samples: Samples) -> dict[str, Teller]:
    Organisation.objects.filter(pk=samples.values["stranger"]).update(uscc=CODES[0])
    Organisation.objects.filter(pk=samples.values["rival"]).update(uscc=CODES[1])
    Charter.objects.filter(alliance=samples.world.alliances[1]).update(title_zh="别处的章程")
    return {asker.name: Teller(asker) for asker in samples.askers}


def test_what_is_unique_is_known() -> None:
    assert {"code", "uscc", "email", "publication", "title_zh", "name"} <= set(unique_fields())
    assert {model._meta.label for model in unique_fields()["code"]} >= {"identity.Alliance", "composition.Pool"}
    assert all(apps.get_model(model._meta.label) is model for models in unique_fields().values() for model in models)


@pytest.mark.parametrize("place", places(), ids=str)
def test_a_value_of_something_hidden_is_answered_like_one_of_nothing(
    samples: Samples, tellers: dict[str, Teller], place: Place
) -> None:
    for name, sample in users_of(place.route, samples):
        teller = tellers[name]
        for model, value in hidden_values(column_of(place), teller):
            told = answer(teller, place, sample, samples, value)
            nothing = answer(teller, place, sample, samples, unheard(column_of(place), value))
            assert told == nothing, (
                f"{place} as {name}: “{value}” of {model._meta.label}\n{shown(told)}\nand for a value of nothing\n"
                f"{shown(nothing)}"
            )
