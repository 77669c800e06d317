"""What entries and exits to come would do is shown before: counts to the alliance, amounts to finance alone."""

from datetime import date

import pytest

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from platform_core.access.models import AccessLogEntry
from platform_core.problems import InvalidInput
from pools.composition.models import PoolMember
from pools.composition.selectors import list_effect
from tests.factories.closed_cases import close_records, finance_of
from tests.factories.composition import make_entry
from tests.factories.patents import make_patent
from tests.factories.royalties import NOW, SmallWorld, make_small_world

pytestmark = pytest.mark.django_db

BY_FAMILIES = """
[programme]
admin_fee_percent = "10"
[[rates]]
id = "device"
per_unit = "1.00"
[allocation]
by = "patents"
count = "families"
territory = "either"
otherwise = { by = "equal" }
"""
LATER = date(2026, 7, 1)


@pytest.fixture
def world(db: None) -> SmallWorld:
    """Two members with one family each, of which the first's leaves and the third member's enters in July."""
    world = make_small_world(document=BY_FAMILIES)
    for number, code in enumerate(("M1", "M2", "M3")):
        member = PoolMember.objects.get(membership=world.members[code])
        patent = make_patent(world.alliance, f"CN{code}B", world.members[code].organisation)
        dates = [{"leaves_on": LATER}, {}, {"enters_on": LATER}][number]
        make_entry(member, patent, **{"enters_on": date(2025, 1, 1), **dates})
    world.report("L1", [("2025-01", 100), ("2025-02", 100), ("2025-03", 100)], first="2025-01", last="2025-03")
    return world


@pytest.fixture
def run(world: SmallWorld) -> CloseRun:
    run = close_records(world.programme, "2025Q1")
    run.status, run.approved_by, run.approved_at = RunStatus.APPROVED, world.seats["approver"].user, NOW
    run.save()
    run.status, run.posted_by, run.posted_at = RunStatus.POSTED, world.seats["approver"].user, NOW
    run.save()
    return run


def test_finance_sees_whose_money_moves_and_that_all_of_it_is_there(world: SmallWorld, run: CloseRun) -> None:
    effect = list_effect(world.pool.pk, actor=finance_of(run), on=LATER)
    assert [(row.code, row.families, row.families_then) for row in effect.members] == [
        ("M1", 1, 0),
        ("M2", 1, 1),
        ("M3", 0, 1),
    ]
    [told] = effect.programmes
    # 300 units at 1.00, of which nine tenths are shared by families.
    assert {row.payee: (row.before_minor, row.after_minor) for row in told.payees} == {
        "M1": (13_500, 0),
        "M2": (13_500, 13_500),
        "M3": (0, 13_500),
        "~fee": (3_000, 3_000),
    }
    assert (told.period, told.withheld) == ("2025Q1", "")
    assert AccessLogEntry.objects.get().action == "programme.list_effect_viewed"


def test_neither_members_nor_the_office_learn_an_amount(world: SmallWorld, run: CloseRun) -> None:
    for who in ("secretariat", "M1", "M2"):
        effect = list_effect(world.pool.pk, actor=world.acting(who), on=LATER)
        assert [(row.code, row.families_then) for row in effect.members] == [("M1", 0), ("M2", 1), ("M3", 1)]
        for told in effect.programmes:
            assert (told.payees, told.withheld, told.period) == ((), "not_for_you", "")
    assert not AccessLogEntry.objects.exists()
    with pytest.raises(InvalidInput, match="today or a later day"):
        list_effect(world.pool.pk, actor=world.acting("secretariat"), on=date(2026, 1, 1))


def test_without_a_close_there_is_nothing_to_compare_with(world: SmallWorld) -> None:
    [told] = list_effect(world.pool.pk, actor=world.acting("calculator"), on=LATER).programmes
    assert (told.payees, told.withheld) == ((), "nothing_closed")
