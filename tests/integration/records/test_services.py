"""Pools, programmes and licences through their services: what guards them, and that refusals leave no trace."""

from datetime import date
from decimal import Decimal

import pytest

from licensing.agreements.models import LicenceChange, LicenceState
from licensing.agreements.services import (
    NewChange,
    NewLicence,
    NewRate,
    draft_licence,
    expire_licence,
    record_licence_change,
    set_exchange_rate,
)
from licensing.engine.terms import parse_terms
from licensing.terms.models import ProgrammeState
from licensing.terms.selectors import bundle_terms, terms_in_force
from licensing.terms.services import draft_terms, edit_terms, publish_terms, take_programme_step
from platform_core.audit.models import AuditEvent
from platform_core.identity.role_plan import SecondPersonMissing
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.composition.models import PoolState
from pools.composition.services import hold_pool_member, release_pool_member, take_pool_step
from tests.factories.agreements import make_licence
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import (
    acting,
    command_line,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
)
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.terms import TERMS, make_programme, make_terms

pytestmark = pytest.mark.django_db


def test_a_pool_forms_only_with_patents_of_two_owners() -> None:
    alliance = make_alliance()
    pool = make_pool(alliance, "pool", PoolState.CALL_OPEN)
    secretariat = acting(Role.SECRETARIAT, alliance=alliance)
    for number in (1, 2):
        with pytest.raises(Conflict):
            take_pool_step(actor=secretariat, pool_id=pool.pk, step="begin forming")
        pool.refresh_from_db()
        assert pool.state == PoolState.CALL_OPEN
        assert not AuditEvent.objects.exists()
        owner = make_organisation()
        member = make_pool_member(pool, make_membership(alliance, owner, f"M{number}"))
        make_entry(member, make_patent(alliance, f"P{number}", owner))

    assert take_pool_step(actor=secretariat, pool_id=pool.pk, step="begin forming").state == PoolState.FORMING
    assert AuditEvent.objects.get().name == "pool.forming_started"


def test_withholding_needs_a_reason_and_the_secretariat() -> None:
    alliance, owner = make_alliance(), make_organisation()
    member = make_pool_member(make_pool(alliance, "pool"), make_membership(alliance, owner, "M1"))
    with pytest.raises(NotAllowed):
        hold_pool_member(actor=acting(Role.MEMBER_ADMIN, organisation=owner), member_id=member.pk, reason="dispute")
    with pytest.raises(InvalidInput):
        hold_pool_member(actor=command_line(), member_id=member.pk, reason=" ")
    assert not AuditEvent.objects.exists()

    secretariat = acting(Role.SECRETARIAT, alliance=alliance)
    assert hold_pool_member(actor=secretariat, member_id=member.pk, reason="dispute").held
    with pytest.raises(WrongState):
        hold_pool_member(actor=secretariat, member_id=member.pk, reason="dispute")
    assert not release_pool_member(actor=secretariat, member_id=member.pk, reason="settled").held


def test_the_version_in_force_is_the_latest_published_one_that_has_begun() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv", ProgrammeState.DRAFT)
    secretariat = acting(Role.SECRETARIAT, alliance=alliance)
    with pytest.raises(Conflict):
        take_programme_step(actor=secretariat, programme_id=programme.pk, step="launch")
    first = make_terms(programme, 1, in_force_from=date(2025, 1, 1))
    second = draft_terms(actor=secretariat, programme_id=programme.pk, in_force_from=date(2025, 7, 1), document=TERMS)

    assert terms_in_force(programme.pk, date(2024, 12, 31)) is None
    assert terms_in_force(programme.pk, date(2025, 9, 30)) == first
    publish_terms(actor=secretariat, terms_version_id=second.pk)
    assert terms_in_force(programme.pk, date(2025, 6, 30)) == first
    assert terms_in_force(programme.pk, date(2025, 7, 1)) == second
    with pytest.raises(WrongState):
        edit_terms(actor=secretariat, terms_version_id=second.pk, document=TERMS)


def test_a_programme_is_launched_once_two_independent_people_are_there_for_its_closes() -> None:
    alliance = make_alliance()
    entity = make_entity(alliance)
    programme = make_programme(make_pool(alliance, "pool"), entity, "tv", ProgrammeState.DRAFT)
    make_terms(programme, 1)
    secretariat = acting(Role.SECRETARIAT, alliance=alliance)

    def launch() -> ProgrammeState:
        return ProgrammeState(take_programme_step(actor=secretariat, programme_id=programme.pk, step="launch").state)

    # People of another entity, or with other money to look after, are nothing to it.
    for where, purpose in ((make_entity(alliance), Purpose.ROYALTIES), (entity, Purpose.CASE_COSTS)):
        for _ in range(2):
            give_role(make_seat(), Role.FINANCE, entity=where, purpose=purpose)
    for missing in ("nobody", "and nobody else"):
        with pytest.raises(SecondPersonMissing, match=rf"close_run\.approval at .*{missing}.* Give the missing roles"):
            launch()
        programme.refresh_from_db()
        assert programme.state == ProgrammeState.DRAFT
        assert not AuditEvent.objects.exists()
        give_role(make_seat(), Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)
    assert launch() == ProgrammeState.LAUNCHED


def test_terms_in_another_currency_than_the_programmes_are_refused() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    document = TERMS.replace("[programme]\n", '[programme]\ncurrency = "USD"\n')
    with pytest.raises(InvalidInput):
        draft_terms(actor=command_line(), programme_id=programme.pk, in_force_from=date(2025, 1, 1), document=document)
    assert not programme.terms_versions.exists()


def test_two_licensees_of_one_name_would_be_added_up_and_are_refused() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    make_licence(programme, make_organisation("同名公司"), "L1")
    with pytest.raises(Conflict):
        draft_licence(
            actor=command_line(),
            programme_id=programme.pk,
            licence=NewLicence(code="L2", licensee_id=make_organisation("同名公司").pk),
        )
    assert programme.licences.count() == 1


def test_a_licence_expires_only_when_its_last_day_has_passed() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    secretariat = acting(Role.SECRETARIAT, alliance=alliance)
    # The clock stands at noon of 2 March 2026 in Shanghai.
    running = make_licence(programme, make_organisation(), "L1", ends_on=date(2026, 3, 2))
    over = make_licence(programme, make_organisation(), "L2", ends_on=date(2026, 3, 1))
    with pytest.raises(Conflict):
        expire_licence(actor=secretariat, licence_id=running.pk)
    assert expire_licence(actor=secretariat, licence_id=over.pk).state == LicenceState.EXPIRED


def test_a_change_is_recorded_by_the_secretariat_for_a_licence_in_force() -> None:
    alliance, licensee = make_alliance(), make_organisation()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    licence = make_licence(programme, licensee, "L1")
    change = NewChange(licence_id=licence.pk, month=date(2025, 4, 1), standing="compliant")
    with pytest.raises(NotAllowed):
        record_licence_change(actor=acting(Role.LICENSEE, organisation=licensee), change=change)
    with pytest.raises(NotAllowed):
        # Once the programme is launched, everybody may know that there is a licence; nobody else may change it.
        record_licence_change(actor=acting(Role.SECRETARIAT), change=change)
    assert not LicenceChange.objects.exists()
    record_licence_change(actor=acting(Role.SECRETARIAT, alliance=alliance), change=change)
    assert LicenceChange.objects.get().standing == "compliant"


def test_a_rate_of_exchange_is_set_by_the_programmes_own_finance_and_keeps_its_history() -> None:
    alliance = make_alliance()
    entity = make_entity(alliance)
    programme = make_programme(make_pool(alliance, "pool"), entity, "tv", ProgrammeState.DRAFT)
    rate = NewRate(month=date(2025, 1, 1), currency="USD", rate=Decimal("7.1"))
    with pytest.raises(NotFound):
        set_exchange_rate(actor=acting(Role.FINANCE), programme_id=programme.pk, rate=rate)
    finance = acting(Role.FINANCE, entity=entity)
    set_exchange_rate(actor=finance, programme_id=programme.pk, rate=rate)
    set_exchange_rate(
        actor=finance,
        programme_id=programme.pk,
        rate=NewRate(month=date(2025, 1, 1), currency="USD", rate=Decimal("7.2")),
    )
    changes = [event.changes["rate"] for event in AuditEvent.objects.order_by("at", "pk")]
    assert changes == [{"old": None, "new": "7.1"}, {"old": "7.100000000000", "new": "7.2"}]


def test_days_of_terms_may_be_those_of_toml() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    document = TERMS.replace("per_unit", "signed_to = 2025-06-30\nper_unit", 1)
    version = draft_terms(
        actor=command_line(), programme_id=programme.pk, in_force_from=date(2026, 1, 1), document=document
    )
    version.refresh_from_db()
    assert version.content["rates"][0]["signed_to"] == "2025-06-30"
    [rate] = parse_terms(bundle_terms(version, period="2026Q1")).rates
    assert rate.match.signed_to == date(2025, 6, 30)
