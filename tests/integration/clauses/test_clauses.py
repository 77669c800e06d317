"""What licences may not agree, and how a licensee with a most-favoured clause learns of better terms."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from licensing.agreements.models import Licence, LicenceState
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from licensing.clauses.rules import clause_rules, rule_against
from licensing.clauses.selectors import ending_steps, favour_endings, favour_notices, favours, licence_clauses
from licensing.clauses.services import (
    NewClauses,
    decide_favour_ending,
    propose_favour_ending,
    record_clauses,
    tell_favour,
    withdraw_favour_ending,
)
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.role_plan import SecondPersonMissing
from platform_core.identity.roles import Purpose, Role
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.agreements import make_licence
from tests.factories.clauses import make_clauses, make_favour_notice
from tests.factories.composition import make_pool
from tests.factories.core import NOON, acting, actor_of_seat, give_role, make_alliance, make_entity, make_organisation
from tests.factories.core import make_seat as seat_of
from tests.factories.terms import TERMS, make_programme, make_terms

pytestmark = pytest.mark.django_db
# The general rate, and one that two licences and whoever signs from July on have besides.
CHEAPER = TERMS.replace(
    "[[rates]]",
    '[[rates]]\nid = "friends"\nlicences = ["L2", "L9"]\nper_unit = "0.15"\n'
    '[[rates]]\nid = "late"\nsigned_from = "2025-07-01"\nper_unit = "0.18"\n[[rates]]',
    1,
)


@pytest.fixture
def programme() -> Programme:
    alliance = make_alliance()
    found = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(found, 1, document=CHEAPER)
    return found


@pytest.fixture
def office(programme: Programme) -> Actor:
    return acting(Role.SECRETARIAT, alliance=programme.alliance, clock=FixedClock(NOON))


@pytest.fixture
def licence(programme: Programme) -> Licence:
    return make_licence(programme, make_organisation("first"), "L1", signed_on=date(2025, 1, 1))


def licensee_of(licence: Licence) -> Actor:
    seat = seat_of(organisation=licence.licensee)
    give_role(seat, Role.LICENSEE)
    return actor_of_seat(seat, clock=FixedClock(NOON))


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        (NewClauses(grant_back="exclusive"), "exclusive_grant_back"),
        (NewClauses(grant_back="assignment"), "exclusive_grant_back"),
        (NewClauses(ends_on_challenge=True), "no_challenge"),
    ],
)
def test_what_no_licence_may_agree_is_refused_with_the_rule_against_it(
    office: Actor, licence: Licence, clauses: NewClauses, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_clauses(actor=office, licence_id=licence.pk, clauses=clauses)

    [error] = refused.value.errors
    assert error.code == code
    assert "第79号" in error.message
    assert not LicenceClauses.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_database_holds_it_too(licence: Licence) -> None:
    make_clauses(licence)
    for wrong in ({"grant_back": "exclusive"}, {"ends_on_challenge": True}):
        with pytest.raises(DatabaseError), transaction.atomic():
            LicenceClauses.objects.update(**wrong)
    make_favour_notice(licence)
    with pytest.raises(DatabaseError), transaction.atomic():
        FavourNotice.objects.update(from_on=date(2025, 8, 1))


def test_each_rule_has_its_source_and_its_first_day() -> None:
    assert {rule.clause for rule in clause_rules()} == {"grant_back", "challenge"}
    assert rule_against("challenge", on=date(2023, 7, 31)) is None
    found = rule_against("challenge", on=date(2023, 8, 1))
    assert found is not None
    assert found.source.startswith("SAMR Order No. 79 of 2023")


def test_clauses_are_recorded_by_the_office_and_corrected_with_their_history(office: Actor, licence: Licence) -> None:
    record_clauses(actor=office, licence_id=licence.pk, clauses=NewClauses(grant_back="non_exclusive"))
    record_clauses(
        actor=office, licence_id=licence.pk, clauses=NewClauses(grant_back="non_exclusive", most_favoured=True)
    )

    assert LicenceClauses.objects.get().most_favoured
    changes = AuditEvent.objects.order_by("id").values_list("changes", flat=True)
    assert [sorted(change) for change in changes] == [
        ["ends_on_challenge", "grant_back", "most_favoured", "note"],
        ["most_favoured"],
    ]
    with pytest.raises(NotAllowed):
        record_clauses(actor=licensee_of(licence), licence_id=licence.pk, clauses=NewClauses())
    Licence.objects.update(state=LicenceState.EXPIRED)
    with pytest.raises(WrongState):
        record_clauses(actor=office, licence_id=licence.pk, clauses=NewClauses())


def test_better_rates_of_later_licences_are_found_and_no_others(
    office: Actor, licence: Licence, programme: Programme
) -> None:
    make_clauses(licence)
    make_licence(programme, make_organisation(), "L2", signed_on=date(2025, 2, 1), starts_on=date(2025, 3, 1))
    make_licence(programme, make_organisation(), "L3", signed_on=date(2025, 2, 1))
    make_licence(programme, make_organisation(), "L4", signed_on=date(2025, 8, 1), starts_on=date(2025, 8, 1))
    # Earlier, its own, not in force, or over before it began.
    make_licence(programme, make_organisation(), "L9", signed_on=date(2024, 12, 31))
    make_licence(programme, licence.licensee, "L5", signed_on=date(2025, 8, 1))
    make_licence(programme, make_organisation(), "L6", LicenceState.SIGNED, signed_on=date(2025, 8, 1))
    make_licence(
        programme,
        make_organisation(),
        "L7",
        LicenceState.TERMINATED,
        signed_on=date(2025, 8, 1),
        ends_on=date(2025, 2, 1),
    )

    found = favours(licence.pk, actor=office)

    assert [(one.licence.code, one.from_on, one.better, one.rate, one.comparable) for one in found] == [
        ("L2", date(2025, 3, 1), "friends", "device", True),
        ("L4", date(2025, 8, 1), "late", "device", True),
    ]


def test_a_licence_without_the_clause_is_not_compared(office: Actor, licence: Licence, programme: Programme) -> None:
    make_licence(programme, make_organisation(), "L2", signed_on=date(2025, 2, 1))
    assert favours(licence.pk, actor=office) == []
    make_clauses(licence, most_favoured=False)
    assert favours(licence.pk, actor=office) == []


def test_the_licensee_learns_from_which_day_and_never_whose(
    office: Actor, licence: Licence, programme: Programme
) -> None:
    make_clauses(licence)
    rival = make_licence(programme, make_organisation("rival"), "L2", signed_on=date(2025, 2, 1))
    licensee = licensee_of(licence)
    finance = acting(Role.FINANCE, entity=programme.operating_entity, purpose=Purpose.ROYALTIES, clock=FixedClock(NOON))
    assert len(favours(licence.pk, actor=finance)) == 1
    for refused in (licensee, licensee_of(rival)):
        with pytest.raises((NotAllowed, NotFound)):
            favours(licence.pk, actor=refused)
    with pytest.raises(InvalidInput):
        tell_favour(actor=office, licence_id=licence.pk, from_on=date(2025, 4, 1))
    with pytest.raises(NotAllowed):
        tell_favour(actor=finance, licence_id=licence.pk, from_on=date(2025, 2, 1))
    assert not favour_notices(actor=licensee).exists()

    tell_favour(actor=office, licence_id=licence.pk, from_on=date(2025, 2, 1))

    [notice] = favour_notices(actor=licensee)
    assert notice.from_on == date(2025, 2, 1)
    assert not favour_notices(actor=licensee_of(rival)).exists()
    assert not licence_clauses(actor=licensee_of(rival)).exists()
    [event] = AuditEvent.objects.all()
    assert (event.name, event.changes) == ("favour_notice.told", {"from_on": {"old": None, "new": "2025-02-01"}})
    with pytest.raises(Conflict, match="already"):
        tell_favour(actor=office, licence_id=licence.pk, from_on=date(2025, 2, 1))


@pytest.fixture
def colleague(programme: Programme) -> Actor:
    return acting(Role.SECRETARIAT, alliance=programme.alliance, clock=FixedClock(NOON))


def test_a_most_favoured_clause_that_was_signed_ends_by_two_and_the_licensee_is_told(
    office: Actor, colleague: Actor, licence: Licence
) -> None:
    licensee = licensee_of(licence)
    record_clauses(actor=office, licence_id=licence.pk, clauses=NewClauses(most_favoured=True, note="clause 9"))
    with pytest.raises(Conflict, match="ended by two people"):
        record_clauses(actor=office, licence_id=licence.pk, clauses=NewClauses(note="clause 9"))
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceClauses.objects.update(most_favoured=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceClauses.objects.all().delete()
    with pytest.raises(NotAllowed):
        propose_favour_ending(actor=licensee, licence_id=licence.pk, reason="why")

    proposal = propose_favour_ending(actor=office, licence_id=licence.pk, reason="A lower rate takes its place.")
    with pytest.raises(Conflict, match="waits for a second person"):
        propose_favour_ending(actor=colleague, licence_id=licence.pk, reason="again")
    with pytest.raises(NotAllowed, match="a second person has to decide"):
        decide_favour_ending(actor=office, ending_id=proposal.pk, approve=True)
    assert not favour_endings(actor=licensee).exists()
    assert LicenceClauses.objects.get().most_favoured

    decide_favour_ending(actor=colleague, ending_id=proposal.pk, approve=True)
    clauses = LicenceClauses.objects.get()
    assert (clauses.most_favoured, clauses.note) == (False, "clause 9")
    assert favour_endings(actor=licensee).get().reason == "A lower rate takes its place."
    notice = Notice.objects.get(seat=licensee.seat_id)
    assert (notice.kind, notice.subject_id) == ("licence.favour_ended", licence.pk)
    assert Message.objects.get(user=licensee.user_id).kind == "licence.favour_ended"
    with pytest.raises(DatabaseError), transaction.atomic():
        FavourEnding.objects.update(reason="something else")
    # Agreed once more, it takes two people once more.
    later = replace(office, clock=FixedClock(NOON + timedelta(days=1)))
    record_clauses(actor=later, licence_id=licence.pk, clauses=NewClauses(most_favoured=True))
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceClauses.objects.update(most_favoured=False)


def test_a_proposal_is_refused_or_withdrawn_and_the_clause_stays(
    office: Actor, colleague: Actor, licence: Licence
) -> None:
    make_clauses(licence)
    licensee = licensee_of(licence)
    first = propose_favour_ending(actor=office, licence_id=licence.pk, reason="why")
    assert ending_steps([first], actor=colleague) == {first.pk: ["decision"]}
    assert ending_steps([first], actor=office) == {first.pk: ["withdrawal"]}
    decide_favour_ending(actor=colleague, ending_id=first.pk, approve=False)
    with pytest.raises(WrongState):
        decide_favour_ending(actor=colleague, ending_id=first.pk, approve=True)
    second = propose_favour_ending(actor=office, licence_id=licence.pk, reason="why")
    with pytest.raises(NotAllowed, match="Only who proposed"):
        withdraw_favour_ending(actor=colleague, ending_id=second.pk)
    withdraw_favour_ending(actor=office, ending_id=second.pk)
    assert [row.state for row in FavourEnding.objects.order_by("pk")] == ["refused", "withdrawn"]
    assert LicenceClauses.objects.get().most_favoured
    assert not Notice.objects.filter(seat=licensee.seat_id).exists()
    assert not favour_endings(actor=licensee).exists()


def test_nothing_is_proposed_where_nobody_else_could_decide(office: Actor, licence: Licence) -> None:
    make_clauses(licence)
    with pytest.raises(SecondPersonMissing):
        propose_favour_ending(actor=office, licence_id=licence.pk, reason="why")
    assert not FavourEnding.objects.exists()


def test_before_it_is_signed_a_clause_is_changed_by_one_and_read_by_its_sides_alone(
    office: Actor, licence: Licence, programme: Programme
) -> None:
    Licence.objects.update(state=LicenceState.SENT)
    make_clauses(licence)
    finance = acting(Role.FINANCE, entity=programme.operating_entity, purpose=Purpose.ROYALTIES, clock=FixedClock(NOON))
    assert not licence_clauses(actor=finance).exists()
    assert licence_clauses(actor=licensee_of(licence)).exists()
    record_clauses(actor=office, licence_id=licence.pk, clauses=NewClauses())
    assert not LicenceClauses.objects.get().most_favoured
    Licence.objects.update(state=LicenceState.IN_FORCE)
    assert licence_clauses(actor=finance).exists()
