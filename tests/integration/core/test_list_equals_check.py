"""For every model and everybody: a list holds exactly what the check, object by object, lets through."""

import importlib.util
from collections.abc import Iterator

import pytest
from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, permitted_rows
from platform_core.access.registry import Policy, policies
from tests.factories.world import make_world

ROWS_AT_MOST = 4
"""Rows of a model that are asked one by one, half of them visible where there are so many."""


@pytest.fixture(scope="module")
def everybody(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, Actor]]:
    """The world, made once for the module and rolled back after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        # The sides mirror each other: those of the first ask, about the rows of both.
        yield {name: actor for name, actor in make_world().actors().items() if not name.startswith("second")}
        transaction.set_rollback(True)


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.model._meta.label)
def test_lists_and_checks_agree(everybody: dict[str, Actor], policy: Policy) -> None:
    model: type[Model] = policy.model
    everything = list(model._default_manager.order_by("pk"))
    if not everything and importlib.util.find_spec(f"tests.factories.{model._meta.app_label}") is None:
        pytest.skip(
            f"no {model._meta.label} in the test world: give tests/factories/{model._meta.app_label}.py a populate"
        )
    assert everything, f"the test world has no {model._meta.label}: add one where its app populates the world"
    seen_by_somebody, hidden_from_somebody = False, False
    for name, actor in everybody.items():
        for permission in policy.permissions():
            rows = list(model._default_manager.filter(permitted_rows(actor, permission, model)).order_by("pk"))
            listed = {row.pk for row in rows}
            assert len(rows) == len(listed), f"{name}, {permission}: a row is listed twice"
            inside = [row for row in everything if row.pk in listed][: ROWS_AT_MOST // 2]
            outside = [row for row in everything if row.pk not in listed][: ROWS_AT_MOST // 2]
            if permission == policy.read:
                seen_by_somebody, hidden_from_somebody = (
                    seen_by_somebody or bool(inside),
                    hidden_from_somebody or bool(outside),
                )
            # Where nothing is listed to anybody of this kind, one refused check tells as much as four.
            for row in inside + (outside if inside else outside[:1]):
                assert can(actor, permission, row) is (row.pk in listed), f"{name}, {permission}, {row}"
    assert seen_by_somebody
    assert hidden_from_somebody
