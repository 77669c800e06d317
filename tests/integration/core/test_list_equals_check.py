"""For every model and everybody: a list holds exactly what the check, object by object, lets through.

Who may read is asked in each run; of who may do something, a run asks a third (`tests/parts.py`).
"""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.db.models import Model, Q
from django.test import override_settings

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, permitted_rows, reached_ids, visible_rows
from platform_core.access.probing import can_be_probed, rights_left_out, row_by_row
from platform_core.access.registry import Permission, Policy, policies
from platform_core.identity.models import Alliance
from pools.patents.models import Patent
from tests.factories.core import make_alliance
from tests.factories.patents import make_patent
from tests.factories.world import make_world
from tests.parts import is_asked

THIRDS = 3


def one_of(rows: list[Model], name: str, permission: Permission) -> list[Model]:
    """Return one row to be asked about by itself, another one for each person and permission, or none of none."""
    return [rows[crc32(f"{name} {permission}".encode()) % len(rows)]] if rows else []


@pytest.fixture(scope="module")
def everybody(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Actor]]:
    """Make the world once for the module, and roll it back after it."""
    files = override_settings(DATA_DIR=tmp_path_factory.mktemp("data"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        # The first two alliances mirror each other: people of the one ask, about the rows of both.
        yield {name: actor for name, actor in make_world().actors().items() if not name.startswith("second")}
        transaction.set_rollback(True)


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: policy.model._meta.label)
def test_lists_and_checks_agree_however_rights_are_read(everybody: dict[str, Actor], policy: Policy) -> None:
    """Long lists, single objects and the children of a page are asked about row by row; searches right by right."""
    model: type[Model] = policy.model
    everything = list(model._default_manager.order_by("pk"))
    assert everything, (
        f"the test world has no {model._meta.label}: add one in tests/factories, where its app populates the world"
    )
    seen_by_somebody, hidden_from_somebody = False, False
    for name, actor in everybody.items():
        for permission in policy.permissions():
            about = f"{name}, {permission}"
            if permission != policy.read and not is_asked(f"{model._meta.label}, {about}", parts=THIRDS):
                continue
            rows = model._default_manager.filter(permitted_rows(actor, permission, model)).order_by("pk")
            as_set = list(rows.values_list("pk", flat=True))
            listed = set(as_set)
            assert len(as_set) == len(listed), f"{about}: a row is listed twice"
            with row_by_row():
                assert set(rows.values_list("pk", flat=True)) == listed, about
            inside = one_of([row for row in everything if row.pk in listed], name, permission)
            outside = one_of([row for row in everything if row.pk not in listed], name, permission)
            if permission == policy.read:
                seen_by_somebody, hidden_from_somebody = (
                    seen_by_somebody or bool(inside),
                    hidden_from_somebody or bool(outside),
                )
                visible = model._default_manager.filter(visible_rows(actor, model)).order_by("pk")
                with row_by_row():
                    assert set(visible.values_list("pk", flat=True)) == listed, about
                if (ids := reached_ids(actor, model)) is not None:
                    assert {row["pk"] for row in ids} == listed, about
            for row in inside + outside:
                assert can(actor, permission, row) is (row.pk in listed), f"{about}, {row}"
    assert seen_by_somebody
    assert hidden_from_somebody


def test_rights_that_are_left_out_hide_nothing_also_where_a_condition_is_denied() -> None:
    alliance = make_alliance()
    inside, outside = make_patent(alliance, "CN1A"), make_patent(make_alliance(), "CN2A")
    among = Q(alliance__in=Alliance.objects.filter(pk=alliance.pk).order_by().values("pk"))
    named = Q(pk__in=Patent.objects.filter(pk=inside.pk).order_by().values("pk"))
    for rows in (among, ~among, ~~among, ~(among & ~named), ~named, Q(pk=outside.pk) & ~named):
        probed = can_be_probed(rows)
        found = set(Patent.objects.filter(rows))
        assert set(Patent.objects.filter(probed)) == found
        with row_by_row():
            assert set(Patent.objects.filter(probed)) == found
        with rights_left_out():
            assert set(Patent.objects.filter(probed)) >= found
