"""A licence keeps the price it was promised, and its renewal rises no further than was agreed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.services import (
    NewLicence,
    agree_on_price,
    countersign_licence,
    draft_licence,
    edit_licence,
    send_licence,
    sign_licence,
    take_over_licences,
)
from licensing.terms.models import Programme, TermsState, TermsVersion
from licensing.terms.services import draft_terms, publish_terms
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories.agreements import make_licence
from tests.factories.composition import make_pool
from tests.factories.core import acting, command_line, make_alliance, make_entity, make_organisation
from tests.factories.terms import TERMS, make_programme, make_terms

pytestmark = pytest.mark.django_db

DEARER = TERMS.replace('"0.20"', '"0.25"')
KEPT = DEARER.replace("[[rates]]", '[[rates]]\nid = "kept"\nlicences = ["L1"]\nper_unit = "0.20"\n[[rates]]', 1)


@pytest.fixture
def programme() -> Programme:
    alliance = make_alliance()
    found = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(found, 1)
    return found


@pytest.fixture
def secretariat(programme: Programme) -> Actor:
    return acting(Role.SECRETARIAT, alliance=programme.alliance)


@pytest.fixture
def licensee() -> Organisation:
    return make_organisation("被许可人")


def draft(programme: Programme, document: str, number: int = 2, **columns: Any) -> TermsVersion:
    return make_terms(
        programme, number, in_force_from=date(2026, 1, 1), document=document, published_at=None, **columns
    )


def test_a_version_that_bills_a_kept_price_otherwise_is_not_published(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    make_licence(programme, licensee, "L1", price_locked=True)
    make_licence(programme, licensee, "L2")
    version = draft(programme, DEARER)
    with pytest.raises(InvalidInput) as problem:
        publish_terms(actor=secretariat, terms_version_id=version.pk)
    assert [(error.code, error.message) for error in problem.value.errors] == [
        (
            "price_changes",
            "L1: “device” of version 1 would be “device”, which asks something else (product *, made in *, sold in *).",
        )
    ]
    version.refresh_from_db()
    assert version.state == TermsState.DRAFT
    assert not AuditEvent.objects.exists()

    # The other licence is of the same licensee and counts with it, but nothing accumulates under one price a unit.
    kept = draft(programme, KEPT, 3)
    assert publish_terms(actor=secretariat, terms_version_id=kept.pk).state == TermsState.PUBLISHED


@pytest.mark.parametrize(
    "columns",
    [
        {"price_locked": False},
        {"price_locked": True, "ends_on": date(2025, 12, 31)},
        {"price_locked": True, "state": LicenceState.DRAFT, "terms_version": None, "signed_on": None},
        {"price_locked": True, "state": LicenceState.CANCELLED},
    ],
)
def test_a_licence_that_is_promised_nothing_any_more_holds_nothing_up(
    programme: Programme, secretariat: Actor, licensee: Organisation, columns: dict[str, Any]
) -> None:
    make_licence(programme, licensee, "L1", **columns)
    version = draft(programme, DEARER)
    assert publish_terms(actor=secretariat, terms_version_id=version.pk).state == TermsState.PUBLISHED


def sent(programme: Programme, actor: Actor, licensee: Organisation, **columns: Any) -> Licence:
    licence = draft_licence(
        actor=actor, programme_id=programme.pk, licence=NewLicence(code="L1", licensee_id=licensee.pk, **columns)
    )
    return send_licence(actor=actor, licence_id=licence.pk)


def test_a_price_is_not_promised_where_terms_for_later_already_change_it(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=DEARER)
    licence = sent(programme, secretariat, licensee, price_locked=True)
    with pytest.raises(InvalidInput) as problem:
        sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2025, 6, 1))
    assert problem.value.detail.startswith("Version 2 of the terms is published for later")
    licence.refresh_from_db()
    assert (licence.state, licence.signed_on, licence.terms_version_id) == (LicenceState.SENT, None, None)
    assert not AuditEvent.objects.filter(name="licence.signed").exists()

    # It may end before they begin, or be promised nothing.
    edit_licence(actor=secretariat, licence_id=licence.pk, ends_on=date(2025, 12, 31))
    assert sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2025, 6, 1)).price_locked


@pytest.mark.parametrize(("price", "accepted"), [("0.48", True), ("0.49", False)])
def test_the_rates_of_a_renewal_rise_to_the_ceiling_and_no_further(
    programme: Programme, secretariat: Actor, licensee: Organisation, price: str, accepted: bool
) -> None:
    """T62: 0.40, at most 20 % more."""
    make_terms(programme, 2, in_force_from=date(2025, 6, 1), document=TERMS.replace('"0.20"', '"0.40"'))
    make_terms(programme, 3, in_force_from=date(2026, 1, 1), document=TERMS.replace('"0.20"', f'"{price}"'))
    earlier = make_licence(
        programme,
        licensee,
        "L0",
        terms_version=programme.terms_versions.get(number=2),
        renewal_ceiling_percent=Decimal(20),
        ends_on=date(2025, 12, 31),
    )
    licence = sent(programme, secretariat, licensee, renews_id=earlier.pk, starts_on=date(2026, 1, 1))
    if accepted:
        signed = sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2026, 1, 2))
        assert signed.terms_version is not None
        assert signed.terms_version.number == 3
        return
    with pytest.raises(Conflict) as problem:
        sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2026, 1, 2))
    assert problem.value.detail == (
        "The renewal’s rate “device” rises by more than 20 % over “device” of L0, which is the ceiling that was agreed."
    )
    licence.refresh_from_db()
    assert licence.state == LicenceState.SENT


def test_only_a_licence_of_the_same_licensee_and_programme_is_renewed_and_only_once(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    other = make_licence(programme, make_organisation("对手"), "L8")
    unsigned = make_licence(programme, licensee, "L9", LicenceState.DRAFT, terms_version=None, signed_on=None)
    for wrong in (other, unsigned):
        with pytest.raises(InvalidInput):
            sent(programme, secretariat, licensee, renews_id=wrong.pk)
    earlier = make_licence(programme, licensee, "L0")
    assert sent(programme, secretariat, licensee, renews_id=earlier.pk).renews_id == earlier.pk
    again = NewLicence(code="L2", licensee_id=licensee.pk, renews_id=earlier.pk)
    with pytest.raises(Conflict) as problem:
        draft_licence(actor=secretariat, programme_id=programme.pk, licence=again)
    assert problem.value.detail == "This licence is renewed already. Cancel that renewal first."
    assert not Licence.objects.filter(code="L2").exists()


def test_what_is_agreed_about_the_price_of_a_licence_in_force_is_recorded(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    licence = make_licence(programme, licensee, "L1")
    agreed = agree_on_price(
        actor=secretariat, licence_id=licence.pk, price_locked=True, renewal_ceiling_percent=Decimal(20)
    )
    assert (agreed.price_locked, agreed.renewal_ceiling_percent) == (True, Decimal(20))
    assert AuditEvent.objects.get().name == "licence.price_agreed"
    agree_on_price(actor=secretariat, licence_id=licence.pk, price_locked=True, renewal_ceiling_percent=Decimal(20))
    assert AuditEvent.objects.count() == 1
    theirs = acting(Role.LICENSEE, organisation=licensee)
    assert not agree_on_price(actor=theirs, licence_id=licence.pk, price_locked=False).price_locked

    make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=DEARER)
    with pytest.raises(InvalidInput):
        agree_on_price(actor=secretariat, licence_id=licence.pk, price_locked=True)
    drafted = make_licence(programme, licensee, "L2", LicenceState.DRAFT, terms_version=None, signed_on=None)
    with pytest.raises(WrongState):
        agree_on_price(actor=secretariat, licence_id=drafted.pk, price_locked=True)
    with pytest.raises(NotAllowed):
        agree_on_price(actor=acting(Role.LICENSEE, organisation=licensee), licence_id=licence.pk, price_locked=True)
    assert not Licence.objects.filter(price_locked=True).exists()


def test_a_ceiling_is_a_percentage(programme: Programme, secretariat: Actor, licensee: Organisation) -> None:
    for percent in (Decimal(-1), Decimal("100.5")):
        with pytest.raises(InvalidInput):
            sent(programme, secretariat, licensee, renewal_ceiling_percent=percent)
    assert not Licence.objects.exists()


def test_what_was_promised_to_a_licensee_only_the_licensee_gives_up(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    """Whoever publishes terms could else take the promise away first."""
    licence = make_licence(programme, licensee, "L1", price_locked=True, renewal_ceiling_percent=Decimal(20))
    for locked, percent in ((False, Decimal(20)), (True, Decimal(21)), (True, None)):
        with pytest.raises(NotAllowed):
            agree_on_price(
                actor=secretariat, licence_id=licence.pk, price_locked=locked, renewal_ceiling_percent=percent
            )
    licence.refresh_from_db()
    assert (licence.price_locked, licence.renewal_ceiling_percent) == (True, Decimal(20))
    assert not AuditEvent.objects.exists()
    rival = acting(Role.LICENSEE, organisation=make_organisation("对手"))
    for locked in (True, False):
        with pytest.raises(NotAllowed) as refusal:
            agree_on_price(actor=rival, licence_id=licence.pk, price_locked=locked)
        # Nothing of what was agreed follows from which right is lacking.
        assert "licence.read" in refusal.value.detail

    # More may be promised by the office at any time; a promise the licensee cannot make to itself.
    lower = agree_on_price(
        actor=secretariat, licence_id=licence.pk, price_locked=True, renewal_ceiling_percent=Decimal(10)
    )
    assert lower.renewal_ceiling_percent == Decimal(10)
    theirs = acting(Role.LICENSEE, organisation=licensee)
    with pytest.raises(NotAllowed):
        agree_on_price(actor=theirs, licence_id=licence.pk, price_locked=True, renewal_ceiling_percent=Decimal(5))
    given_up = agree_on_price(actor=theirs, licence_id=licence.pk, price_locked=False)
    assert (given_up.price_locked, given_up.renewal_ceiling_percent) == (False, None)


def test_a_licence_that_ended_earlier_in_the_year_of_a_version_keeps_its_price(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    """A close works out the year by the version in force on its last day, minimums of December included."""
    make_licence(programme, licensee, "L1", price_locked=True, ends_on=date(2026, 5, 15))
    version = make_terms(programme, 2, in_force_from=date(2026, 6, 1), document=DEARER, published_at=None)
    with pytest.raises(InvalidInput):
        publish_terms(actor=secretariat, terms_version_id=version.pk)
    version.refresh_from_db()
    assert version.state == TermsState.DRAFT


def renewed(programme: Programme, licensee: Organisation, **columns: Any) -> Licence:
    earlier = make_licence(programme, licensee, "L0", renewal_ceiling_percent=Decimal(20), ends_on=date(2025, 12, 31))
    return make_licence(programme, licensee, "L1", renews=earlier, starts_on=date(2026, 1, 1), **columns)


def test_no_later_version_takes_a_renewal_above_the_ceiling_that_was_agreed(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    """A renewal signed under the old terms would else be billed by dearer ones the day after."""
    renewed(programme, licensee)
    dear = draft(programme, DEARER)
    with pytest.raises(InvalidInput) as problem:
        publish_terms(actor=secretariat, terms_version_id=dear.pk)
    assert [error.code for error in problem.value.errors] == ["rises_too_far"]
    dear.refresh_from_db()
    assert dear.state == TermsState.DRAFT
    within = draft(programme, TERMS.replace('"0.20"', '"0.24"'), 3)
    assert publish_terms(actor=secretariat, terms_version_id=within.pk).state == TermsState.PUBLISHED


def test_a_renewal_is_not_signed_where_terms_published_for_later_exceed_the_ceiling(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    earlier = make_licence(programme, licensee, "L0", renewal_ceiling_percent=Decimal(20), ends_on=date(2025, 12, 31))
    make_terms(programme, 2, in_force_from=date(2026, 7, 1), document=DEARER)
    licence = sent(programme, secretariat, licensee, renews_id=earlier.pk, starts_on=date(2026, 1, 1))
    with pytest.raises(Conflict):
        sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2025, 12, 20))
    licence.refresh_from_db()
    assert licence.state == LicenceState.SENT


def test_ten_renewals_in_a_row_each_carry_the_ceiling_on(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    licence = make_licence(programme, licensee, "R0", renewal_ceiling_percent=Decimal(20))
    for number in range(1, 11):
        new = NewLicence(code=f"R{number}", licensee_id=licensee.pk, renews_id=licence.pk)
        drafted = draft_licence(actor=secretariat, programme_id=programme.pk, licence=new)
        assert drafted.renewal_ceiling_percent == Decimal(20)
        Licence.objects.filter(pk=drafted.pk).update(
            state=LicenceState.IN_FORCE, signed_on=date(2025, 2, 1), terms_version=programme.terms_versions.get()
        )
        licence = drafted


def test_a_price_is_not_taken_over_where_terms_for_later_change_it(programme: Programme, secretariat: Actor) -> None:
    make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=DEARER)
    licensee = make_organisation("被许可人")
    with pytest.raises(InvalidInput):
        take_over_licences(
            actor=command_line(),
            programme_id=programme.pk,
            terms_version_id=programme.terms_versions.get(number=1).pk,
            licences=[NewLicence(code="L1", licensee_id=licensee.pk, price_locked=True)],
        )
    assert not Licence.objects.exists()


def test_a_renewal_that_is_taken_over_keeps_to_the_ceiling_and_carries_it_on(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=DEARER)
    earlier = make_licence(programme, licensee, "L0", renewal_ceiling_percent=Decimal(20), ends_on=date(2025, 12, 31))

    def take_over(number: int, **given: Any) -> list[Licence]:
        new = NewLicence(code="L1", licensee_id=licensee.pk, renews_id=earlier.pk, **given)
        return take_over_licences(
            actor=command_line(),
            programme_id=programme.pk,
            terms_version_id=programme.terms_versions.get(number=number).pk,
            licences=[new],
        )

    # From 0.20 to 0.25 is more than 20 %, whenever it was signed, and also by what is published for later.
    for number, given in ((2, {"signed_on": date(2026, 1, 2)}), (2, {}), (1, {"starts_on": date(2026, 1, 1)})):
        with pytest.raises(Conflict, match="by more than 20 %"):
            take_over(number, **given)
        assert Licence.objects.count() == 1
    [taken] = take_over(1, ends_on=date(2025, 12, 31))
    assert taken.renewal_ceiling_percent == Decimal(20)


def test_no_terms_are_published_while_a_licence_is_countersigned(
    programme: Programme, secretariat: Actor, licensee: Organisation
) -> None:
    licence = sent(programme, secretariat, licensee)
    sign_licence(actor=secretariat, licence_id=licence.pk, signed_on=date(2025, 6, 1))
    with CaptureQueriesContext(connection) as asked:
        countersign_licence(actor=secretariat, licence_id=licence.pk, starts_on=date(2025, 7, 1))
    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    assert [sql.split(' FROM "')[1].split('"')[0] for sql in locks][:2] == ["terms_programme", "agreements_licence"]


@pytest.mark.parametrize(
    ("mark", "place"),
    [
        ("per_unit = " + "1" * 5000, "not valid TOML"),
        ("per_unit = 0x" + "f" * 5000, "rates[0].per_unit"),
        ('per_unit = "1"\nproducts = ["\\u0000"]', "rates[0].products[0]"),
        ('per_unit = "1"\nproduct_weights = { "\\u0000" = "1" }', "rates[0].product_weights"),
        ("per_unit = nan", "rates[0].per_unit"),
        ("per_unit = " + "[" * 9000, "not valid TOML"),
    ],
)
def test_a_document_that_is_to_break_something_is_refused_in_words(
    programme: Programme, secretariat: Actor, mark: str, place: str
) -> None:
    document = TERMS.replace('per_unit = "0.20"', mark)
    with pytest.raises(InvalidInput) as problem:
        draft_terms(actor=secretariat, programme_id=programme.pk, in_force_from=date(2026, 1, 1), document=document)
    assert problem.value.errors[0].message.startswith(place)
    assert not TermsVersion.objects.filter(state=TermsState.DRAFT).exists()


def test_a_document_that_is_far_too_long_is_not_read(programme: Programme, secretariat: Actor) -> None:
    with pytest.raises(InvalidInput) as problem:
        draft_terms(
            actor=secretariat,
            programme_id=programme.pk,
            in_force_from=date(2026, 1, 1),
            document=TERMS + "#" * 400_000,
        )
    assert problem.value.errors[0].code == "too_long"
