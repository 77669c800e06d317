"""By which rule or treaty tax is withheld: from and until which days, confirmed by two people."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError

from licensing.distribution.models import (
    Withholding,
    WithholdingRule,
)
from licensing.distribution.services import release_distribution
from licensing.distribution.withholding import services
from licensing.distribution.withholding.selectors import steps_of_rules, withholding_rule_on
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.distribution import approved, released
from tests.factories.documents import make_document
from tests.factories.royalties import NOW, SmallWorld
from tests.factories.withholding import (
    TODAY,
    abroad,
    confirmed,
    pay_l1,
    recorded,
    relief,
    rule,
    withheld,
)
from tests.integration.distribution.test_distributing import write
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def test_rules_hold_from_and_until_their_days_and_the_later_one_goes_before(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR", M2="KR")
    rule(world, "KR", "20", until_on=TODAY)
    rule(world, "KR", "15", from_on=TODAY + timedelta(days=1))
    pay_l1(world)
    assert withheld(released(world))["M1"][2:] == (Decimal(20), 3_600)
    with pytest.raises(Conflict, match="Tax was withheld by the rule"):
        rule(world, "KR", "5")
    wrongs: tuple[dict[str, Any], ...] = (
        {"percent": "100"},
        {"country": "CN"},
        {"country": "XX"},
        {"treaty_percent": Decimal(30), "treaty": "art. 12"},
        {"treaty_percent": Decimal(5)},
        {"treaty": "art. 12"},
        {"until_on": TODAY - timedelta(days=1)},
        {"from_on": TODAY - timedelta(days=1)},
        {"basis": " "},
    )
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            rule(world, **{"country": "DE", "percent": "10", **wrong})
    with pytest.raises((NotAllowed, NotFound)):
        rule(world, "DE", "10", who="M1")
    assert WithholdingRule.objects.count() == 2


def test_a_rule_counts_once_another_person_confirmed_it(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    waiting = recorded(world, "KR", "10")
    with pytest.raises(Conflict, match="waits to be confirmed"):
        recorded(world, "KR", "20")
    with pytest.raises(NotAllowed, match="somebody else confirms"):
        services.confirm_withholding_rule(actor=world.acting("calculator"), rule_id=waiting.pk)
    with pytest.raises((NotAllowed, NotFound)):
        services.confirm_withholding_rule(actor=world.acting("M1"), rule_id=waiting.pk)
    assert steps_of_rules([waiting], actor=world.acting("calculator")) == {waiting.pk: ["withdraw"]}
    assert steps_of_rules([waiting], actor=world.acting("approver")) == {waiting.pk: ["confirm", "withdraw"]}
    pay_l1(world)
    run = approved(world)
    services.withdraw_withholding_rule(actor=world.acting("approver"), rule_id=waiting.pk)
    with pytest.raises(WrongState, match="withdrawn"):
        services.confirm_withholding_rule(actor=world.acting("approver"), rule_id=waiting.pk)
    recorded(world, "KR", "15")
    release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert withheld(run) == {}


def test_a_rule_is_put_right_for_its_day_while_nothing_was_withheld_by_it(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    wrong = rule(world, "KR", "20")
    world.clock.set(world.clock.now() + timedelta(days=1))
    right = recorded(world, "KR", "10")
    assert withholding_rule_on(world.entity.pk, "KR", TODAY) == wrong
    services.confirm_withholding_rule(actor=world.acting("approver"), rule_id=right.pk)
    wrong.refresh_from_db()
    assert (wrong.replaced_at, withholding_rule_on(world.entity.pk, "KR", TODAY)) == (world.clock.now(), right)
    again = recorded(world, "KR", "5")
    pay_l1(world)
    run = released(world)
    assert withheld(run)["M1"] == (18_000, 18_000, Decimal(10), 1_800)
    with pytest.raises(Conflict, match="Tax was withheld by the rule"):
        services.confirm_withholding_rule(actor=world.acting("approver"), rule_id=again.pk)
    with pytest.raises(Conflict, match="Tax was withheld by the rule"):
        recorded(world, "KR", "5")
    with pytest.raises(InvalidInput):
        recorded(world, "KR", "5", from_on=TODAY - timedelta(days=1))
    for statement in (
        "UPDATE distribution_withholdingrule SET percent = 0 WHERE confirmed_at IS NOT NULL",
        "DELETE FROM distribution_withholdingrule",
    ):
        with pytest.raises(DatabaseError, match="can no longer be changed"):
            write(statement)


def test_a_rule_that_ran_out_withholds_nothing(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    WithholdingRule.objects.create(
        operating_entity=world.entity,
        country="KR",
        from_on=date(2025, 1, 1),
        until_on=TODAY - timedelta(days=1),
        percent=10,
        basis="law",
        recorded_at=NOW,
        confirmed_at=NOW,
    )
    pay_l1(world)
    assert withheld(released(world)) == {}


@pytest.mark.parametrize("why", ["entered", "withdrawn", "ran out", "other country", "no treaty"])
def test_the_treaty_holds_only_for_a_confirmed_proof_of_its_days(world: SmallWorld, filed: Filed, why: str) -> None:
    abroad(world, M1="JP")
    treaty: dict[str, Any] = {} if why == "no treaty" else {"treaty_percent": Decimal(5), "treaty": "art. 12"}
    rule(world, "JP", "10", **treaty)
    if why == "entered":
        relief(world, "M1", "JP")
    else:
        until = date(2026, 2, 1) if why == "ran out" else date(2026, 12, 31)
        made = confirmed(world, "M1", "JP", until_on=until)
        if why == "withdrawn":
            services.withdraw_treaty_relief(actor=world.acting("calculator"), relief_id=made.pk, reason="It moved.")
        if why == "other country":
            abroad(world, M1="KR")
            rule(world, "KR", "10", treaty_percent=Decimal(5), treaty="art. 12")
    pay_l1(world)
    run = released(world)
    assert withheld(run)["M1"][2:] == (Decimal(10), 1_800)
    assert Withholding.objects.get(item__run=run).relief is None


def test_a_proof_of_residence_takes_two_people_and_its_paper(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="JP")
    rule(world, "JP", "10", treaty_percent=Decimal(5), treaty="art. 12")
    with pytest.raises(InvalidInput):
        relief(world, "M1", "KR")
    entered = relief(world, "M1", "JP")
    with pytest.raises(Conflict, match="Attach the certificate"):
        services.confirm_treaty_relief(actor=world.acting("approver"), relief_id=entered.pk)
    make_document(entered)
    with pytest.raises(NotAllowed, match="somebody else"):
        services.confirm_treaty_relief(actor=world.acting("calculator"), relief_id=entered.pk)
    with pytest.raises(NotAllowed):
        services.confirm_treaty_relief(actor=world.acting("M1"), relief_id=entered.pk)
    with pytest.raises(NotFound):
        services.confirm_treaty_relief(actor=world.acting("M2"), relief_id=entered.pk)
    with pytest.raises(DatabaseError, match="treatyrelief_two_people"):
        write(
            "UPDATE distribution_treatyrelief SET state = 'confirmed', confirmed_at = now(),"
            " confirmed_by_id = entered_by_id"
        )
    entered.refresh_from_db()
    assert entered.state == "entered"
