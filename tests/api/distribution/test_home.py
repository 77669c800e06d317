"""What the home page says of distributions: to finance step by step, to members what they were given."""

from datetime import timedelta
from typing import Any

import pytest

from licensing.distribution.home import new_statements
from licensing.distribution.services import raise_objection, release_distribution, review_distribution
from tests.api.core.clients import client_of
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.distribution import THROUGH, approved, worked_out
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def home_of(world: SmallWorld, who: str) -> dict[str, Any]:
    home: dict[str, Any] = client_of(world.seats[who]).get("/api/v1/home").json()
    return home


def waiting(world: SmallWorld, who: str) -> list[str]:
    kinds = [row["kind"] for row in home_of(world, who)["waiting"]]
    return [kind for kind in kinds if kind.startswith(("distribution.", "objection."))]


def test_each_step_waits_for_whoever_may_take_it(world: SmallWorld, filed: Filed) -> None:
    for invoice in billed(world, world.closed("2025Q1"), set_up_billing(world)).values():
        pay(world, invoice, on=THROUGH)
    assert waiting(world, "calculator") == []
    run = worked_out(world)
    assert waiting(world, "calculator") == waiting(world, "approver") == ["distribution.review"]
    assert waiting(world, "M1") == waiting(world, "secretariat") == []
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="fine")
    # Whoever calculated or reviewed it is not asked to approve it.
    assert (waiting(world, "calculator"), waiting(world, "approver")) == ([], ["distribution.approve"])


def test_members_hear_of_new_statements_and_finance_of_objections(world: SmallWorld, filed: Filed) -> None:
    for invoice in billed(world, world.closed("2025Q1"), set_up_billing(world)).values():
        pay(world, invoice, on=THROUGH)
    run = approved(world)
    assert waiting(world, "calculator") == ["distribution.release"]
    run = release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    item = run.items.get(payee="M1")
    yesterday = world.clock.now() - timedelta(days=1)
    told = list(new_statements(world.acting("M1"), yesterday))
    assert [(row.text_key, row.subject_id, row.values["amount_minor"]) for row in told] == [
        ("distribution.stated", item.pk, 135_000)
    ]
    assert list(new_statements(world.acting("calculator"), yesterday)) == []
    raise_objection(actor=world.acting("M1"), item_id=item.pk, text="too little")
    assert waiting(world, "calculator") == ["objection.answer"]
    assert waiting(world, "M2") == []
