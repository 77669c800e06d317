"""A firm contests an entry, and acts on it or takes a licence itself, at the same moment: never both."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from licensing.openlicences.models import OpenDeclaration, OpenLicence, OpenLicenceState, PriceScheme
from licensing.openlicences.services import (
    acknowledge_entry,
    advise_payment,
    contest_entry,
    give_notice,
    state_royalty,
)
from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, WrongState
from tests.concurrency.direct.test_signing_races import signer
from tests.concurrency.openlicences.test_declaring_races import in_turn
from tests.factories.core import make_alliance, make_organisation
from tests.factories.documents import make_document
from tests.factories.openlicences import make_declaration, make_open_licence
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 2)


def declared(**price: Any) -> tuple[OpenDeclaration, Organisation, Actor]:
    """A declaration, and a firm with somebody who signs for it."""
    owner, firm = make_organisation("甲"), make_organisation("乙")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    return make_declaration(owner, patent, **price), firm, signer(firm, patent)


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("act", ["pay", "state"])
def test_an_entry_is_contested_or_acted_on(turn: int, act: str) -> None:
    running: dict[str, Any] = {
        "scheme": PriceScheme.RUNNING,
        "sum_minor": None,
        "sum_within_days": None,
        "period_months": 1,
    }
    declaration, firm, actor = declared(**({} if act == "pay" else running))
    state = OpenLicenceState.NOTICED if act == "pay" else OpenLicenceState.IN_FORCE
    entry = make_open_licence(declaration, firm, state, from_paper=True)
    paper = make_document(entry, "slip")

    def contest() -> OpenLicence:
        return contest_entry(actor=actor, licence_id=entry.pk, reason="我方未发出该函")

    def pay() -> object:
        return advise_payment(
            actor=actor, licence_id=entry.pk, amount_minor=5_000_000, paid_on=DAY, document_id=paper.pk
        )

    def tell() -> object:
        return state_royalty(
            actor=actor, licence_id=entry.pk, period_from=date(2026, 2, 1), base_minor=100, document_id=paper.pk
        )

    acts: dict[str, Callable[[], object]] = {"pay": pay, "state": tell}
    results = in_turn(turn, contest, acts[act])

    assert sorted(isinstance(result, WrongState) for result in results) == [False, True]
    entry.refresh_from_db()
    # Who contests owes nothing, and who has paid or stated something does not contest.
    assert (entry.state, entry.payments.count() + entry.statements.count()) in (
        (OpenLicenceState.CONTESTED, 0),
        (OpenLicenceState.IN_FORCE, 1),
    )


@pytest.mark.parametrize("turn", range(2))
def test_a_firm_acknowledges_a_contested_entry_or_takes_a_licence_of_its_own(turn: int) -> None:
    declaration, firm, actor = declared()
    entry = make_open_licence(declaration, firm, OpenLicenceState.NOTICED, from_paper=True)
    contest_entry(actor=actor, licence_id=entry.pk, reason="我方未发出该函")
    own = make_open_licence(declaration, firm, OpenLicenceState.PREPARED)
    letter = make_document(own, "notice")

    def acknowledge() -> OpenLicence:
        return acknowledge_entry(actor=actor, licence_id=entry.pk)

    def notify() -> OpenLicence:
        return give_notice(actor=actor, licence_id=own.pk, letter_id=letter.pk)

    results = in_turn(turn, acknowledge, notify)

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert OpenLicence.objects.filter(state=OpenLicenceState.NOTICED).count() == 1
