"""The home page says what is to be billed, paid and decided, to those who do it."""

from datetime import date

import pytest

from licensing.close.lifecycle import RunStatus
from licensing.close.models import LicenceResult
from tests.api.core.clients import client_of
from tests.factories.billing import make_billing_terms, make_invoice, make_issued, make_series, make_write_off
from tests.factories.close import make_run, move_run
from tests.factories.core import make_user
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


def waiting(world: SmallWorld, who: str) -> list[tuple[str, str]]:
    rows = client_of(world.seats[who]).get("/api/v1/home").json()["waiting"]
    kinds = ("close.bill", "invoice", "write_off")
    return [(row["kind"], row["title"]) for row in rows if row["kind"].startswith(kinds)]


def test_what_waits_of_billing_is_told_to_those_who_do_it(world: SmallWorld) -> None:
    licence = world.licences["L1"]
    run = make_run(world.programme, date(2025, 1, 1), person=make_user())
    LicenceResult.objects.create(
        run=run, licence=licence, position=1, royalty_minor=100000, credit_minor=0, due_minor=100000
    )
    move_run(run, RunStatus.POSTED, calculator=make_user(), approver=make_user())
    # Before anything says how it is billed, nobody is asked to.
    assert waiting(world, "calculator") == []
    terms = make_billing_terms(world.programme)
    assert waiting(world, "calculator") == [("close.bill", "uhd-tv 2025-01")]
    draft = make_invoice(licence, run, terms)
    assert waiting(world, "calculator") == waiting(world, "L1") == []
    invoice = make_issued(draft, make_series(world.entity, "R"))
    make_write_off(invoice, world.seats["calculator"].user)
    late = ("invoice.overdue", "R2026-00001 2025-01")
    assert waiting(world, "L1") == [late]
    assert waiting(world, "L2") == waiting(world, "M1") == waiting(world, "secretariat") == []
    # Finance is told whose it is; and whoever proposed to give it up does not decide.
    late_of = ("invoice.overdue", f"R2026-00001 2025-01 · {licence.licensee}")
    assert waiting(world, "calculator") == [late_of]
    assert sorted(waiting(world, "approver")) == [late_of, ("write_off.decide", "R2026-00001")]
