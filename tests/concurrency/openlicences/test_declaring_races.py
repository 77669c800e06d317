"""A declaration and a licence to one alone, a notice and a withdrawal, at the same moment: one comes first."""

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from licensing.direct.models import DirectKind, DirectLicence, DirectState
from licensing.direct.services import sign_direct_licence
from licensing.openlicences.models import (
    DeclarationState,
    OpenDeclaration,
    OpenLicence,
    OpenLicenceState,
    OpenPayment,
    PriceScheme,
)
from licensing.openlicences.services import (
    advise_payment,
    announce_withdrawal,
    file_declaration,
    give_notice,
    lapse_notice,
)
from platform_core.problems import Conflict, WrongState
from tests.concurrency.direct.test_signing_races import signer
from tests.concurrency.records.test_races import both
from tests.factories.core import make_alliance, make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.openlicences import make_declaration, make_open_licence
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 3, 2)


def in_turn(turn: int, *work: Callable[[], object]) -> list[object]:
    return both(*(reversed(work) if turn else work))


@pytest.mark.parametrize("turn", range(2))
def test_a_patent_is_declared_open_or_licensed_to_one_alone(turn: int) -> None:
    owner = make_organisation("甲")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    licence = make_direct_licence(owner, make_organisation("乙"), [patent], DirectState.SENT, kind=DirectKind.EXCLUSIVE)
    declaration = make_declaration(owner, patent, DeclarationState.DRAFT)
    declarant, licensee = signer(owner, patent), signer(licence.licensee, patent)

    def declare() -> OpenDeclaration:
        return file_declaration(actor=declarant, declaration_id=declaration.pk, filed_on=date(2026, 3, 1))

    def sign() -> DirectLicence:
        return sign_direct_licence(actor=licensee, licence_id=licence.pk, signed_on=date(2026, 3, 1))

    results = in_turn(turn, declare, sign)

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    declaration.refresh_from_db()
    licence.refresh_from_db()
    assert (declaration.state == DeclarationState.FILED) != (licence.state == DirectState.SIGNED)


@pytest.mark.parametrize("turn", range(2))
def test_the_database_alone_has_one_of_the_two(turn: int) -> None:
    owner = make_organisation("甲")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    licence = make_direct_licence(owner, make_organisation("乙"), [patent], DirectState.SENT, kind=DirectKind.SOLE)
    declaration = make_declaration(owner, patent, DeclarationState.DRAFT)

    def run(sql: str, pk: UUID) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, [pk])
        except IntegrityError:
            return "refused"
        return "done"

    results = in_turn(
        turn,
        partial(
            run,
            "UPDATE openlicences_opendeclaration SET state = 'filed', filed_on = '2026-03-01', "
            "statement_sha256 = repeat('0', 64) WHERE id = %s",
            declaration.pk,
        ),
        partial(
            run, "UPDATE direct_directlicence SET state = 'signed', signed_on = '2026-03-01' WHERE id = %s", licence.pk
        ),
    )

    assert sorted(map(str, results)) == ["done", "refused"]


def test_of_two_declarations_of_one_patent_one_is_filed() -> None:
    owner = make_organisation("甲")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    drafts = [make_declaration(owner, patent, DeclarationState.DRAFT) for _ in range(2)]
    declarant = signer(owner, patent)

    def declare(draft: OpenDeclaration) -> OpenDeclaration:
        return file_declaration(actor=declarant, declaration_id=draft.pk, filed_on=date(2026, 3, 1))

    results = both(*(partial(declare, draft) for draft in drafts))

    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert OpenDeclaration.objects.filter(state=DeclarationState.FILED).count() == 1


@pytest.mark.parametrize("turn", range(2))
def test_a_notice_on_the_day_of_the_withdrawal_is_before_it_or_after(turn: int) -> None:
    owner, taker = make_organisation("甲"), make_organisation("乙")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    declaration = make_declaration(owner, patent, scheme=PriceScheme.RUNNING, sum_minor=None, sum_within_days=None)
    declaration.withdrawal_filed_on, declaration.withdrawal_reason = date(2026, 2, 10), "另行许可"
    declaration.save()
    licence = make_open_licence(declaration, taker, OpenLicenceState.PREPARED)
    letter = make_document(licence, "notice")
    declarant, licensee = signer(owner, patent), signer(taker, patent)

    def notify() -> OpenLicence:
        return give_notice(actor=licensee, licence_id=licence.pk, letter_id=letter.pk)

    def withdraw() -> OpenDeclaration:
        return announce_withdrawal(
            actor=declarant, declaration_id=declaration.pk, withdrawn_on=DAY, withdrawal_number="W1"
        )

    results = in_turn(turn, notify, withdraw)

    declaration.refresh_from_db()
    licence.refresh_from_db()
    assert declaration.state == DeclarationState.WITHDRAWN
    refused = any(isinstance(result, Conflict) for result in results)
    assert licence.state == (OpenLicenceState.PREPARED if refused else OpenLicenceState.IN_FORCE)
    assert not any(isinstance(result, Exception) and not isinstance(result, Conflict) for result in results)


@pytest.mark.parametrize("turn", range(2))
def test_a_payment_comes_before_the_lapse_or_after_it(turn: int) -> None:
    owner, taker = make_organisation("甲"), make_organisation("乙")
    patent = make_patent(make_alliance(), "CN1B", owner, right="invention")
    # The sum was due a day before.
    declaration = make_declaration(owner, patent)
    licence = make_open_licence(
        declaration, taker, OpenLicenceState.NOTICED, sum_minor=5_000_000, sum_due_on=date(2026, 3, 1)
    )
    slip = make_document(licence, "slip")
    declarant, licensee = signer(owner, patent), signer(taker, patent)

    def lapse() -> OpenLicence:
        return lapse_notice(actor=declarant, licence_id=licence.pk)

    def pay() -> OpenPayment:
        return advise_payment(
            actor=licensee, licence_id=licence.pk, amount_minor=5_000_000, paid_on=DAY, document_id=slip.pk
        )

    results = in_turn(turn, lapse, pay)

    licence.refresh_from_db()
    assert sorted(isinstance(result, WrongState) for result in results) == [False, True]
    # What was paid is in force, and what has lapsed was not paid.
    assert (licence.state, licence.payments.count()) in (
        (OpenLicenceState.IN_FORCE, 1),
        (OpenLicenceState.LAPSED, 0),
    )
