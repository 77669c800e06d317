"""The audit record: what is written, and who reads what of it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_core.access.actors import Actor, SystemWork
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events, readable_contents
from platform_core.audit.services import record_event
from platform_core.identity.roles import Purpose, Role
from tests.factories.core import (
    NOON,
    acting,
    command_line,
    make_alliance,
    make_entity,
    make_organisation,
    make_user,
)


@pytest.mark.django_db
def test_an_event_tells_who_did_what_to_what_in_which_request() -> None:
    entity, organisation = make_entity(), make_organisation()
    actor = acting(Role.FINANCE, entity=entity, organisation=organisation)

    record_event(
        "operating_entity.edited",
        actor=actor,
        subject=entity,
        changes={
            "rate": (Decimal("0.10"), Fraction(1, 3)),
            "day": (date(2026, 1, 2), NOON),
            "purpose": (None, Purpose.ROYALTIES),
            "list": ([1, entity.pk], {"a": True}),
            "party": (None, organisation),
        },
    )

    event = AuditEvent.objects.get()
    assert event.at == NOON
    assert event.name == "operating_entity.edited"
    assert (event.actor_kind, event.work, event.request_id) == ("user", "", "test-request")
    assert (event.user_id, event.seat_id, event.organisation_id) == (actor.user_id, actor.seat_id, organisation.pk)
    assert (event.subject_type, event.subject_id) == ("identity.operatingentity", entity.pk)
    assert (event.alliance_id, event.operating_entity_id) == (entity.alliance_id, entity.pk)
    assert event.changes == {
        "rate": {"old": "0.10", "new": "1/3"},
        "day": {"old": "2026-01-02", "new": "2026-03-02T04:00:00+00:00"},
        "purpose": {"old": None, "new": "royalties"},
        "list": {"old": [1, str(entity.pk)], "new": {"a": True}},
        "party": {"old": None, "new": str(organisation.pk)},
    }


@pytest.mark.django_db
def test_work_is_recorded_under_its_name_with_the_person_it_was_done_for() -> None:
    person = acting(Role.SECRETARIAT)
    record_event(
        "alliance.edited", actor=Actor.system(SystemWork("tidying"), on_behalf_of=person), subject=make_alliance()
    )

    event = AuditEvent.objects.get()
    assert (event.actor_kind, event.work, event.user_id, event.seat_id) == (
        "system",
        "tidying",
        person.user_id,
        person.seat_id,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["alliance.edit", "edited", "Alliance.edited"])
def test_a_name_that_is_not_in_the_past_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="past-tense"):
        record_event(name, actor=command_line(), subject=make_alliance())
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_float_has_no_place_in_the_record() -> None:
    with pytest.raises(TypeError, match="float"):
        record_event("alliance.edited", actor=command_line(), subject=make_alliance(), changes={"rate": (0.1, None)})


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_the_transaction_of_the_change() -> None:
    alliance = make_alliance()
    with pytest.raises(RuntimeError, match="outside the transaction"):
        record_event("alliance.edited", actor=command_line(), subject=alliance)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
class TestReading:
    """Who reads which events, and whose contents."""

    def test_each_reads_its_own_part(self) -> None:
        entity = make_entity()
        other, member = make_entity(), make_organisation()
        secretariat = acting(Role.SECRETARIAT, alliance=entity.alliance)
        finance = acting(Role.FINANCE, entity=entity)
        admin = acting(Role.MEMBER_ADMIN, organisation=member)
        staff = acting(Role.MEMBER_STAFF, organisation=member)
        site_admin = acting(Role.SITE_ADMIN)

        in_alliance = record_event("alliance.edited", actor=command_line(), subject=entity.alliance)
        in_entity = record_event("operating_entity.edited", actor=command_line(), subject=entity)
        elsewhere = record_event("operating_entity.edited", actor=command_line(), subject=other)
        by_member = record_event("user.edited", actor=staff, subject=make_user())

        def read_by(actor: Actor) -> set[AuditEvent]:
            return set(audit_events(actor=actor))

        assert read_by(secretariat) == {in_alliance, in_entity}
        assert read_by(finance) == {in_entity}
        assert read_by(admin) == {by_member}
        for nobody in (staff, site_admin, Actor.public()):
            assert read_by(nobody) == set()
        assert elsewhere not in read_by(secretariat)

    def test_what_the_platform_does_in_the_wake_of_an_act_is_not_listed_to_whoever_acted(self) -> None:
        entity, organisation = make_entity(), make_organisation()
        licensee = acting(Role.LICENSEE, organisation=organisation)
        work = Actor.system(SystemWork("closing"), on_behalf_of=licensee)
        done = record_event("operating_entity.edited", actor=licensee, subject=entity)
        followed = record_event("operating_entity.edited", actor=work, subject=entity)

        for actor in (licensee, acting(Role.MEMBER_ADMIN, organisation=organisation)):
            assert set(audit_events(actor=actor)) == {done}
        assert set(audit_events(actor=acting(Role.FINANCE, entity=entity))) == {done, followed}

    @pytest.mark.parametrize("purpose", [Purpose.CUSTODY_DEPOSITS, Purpose.CASE_COSTS])
    def test_finance_of_another_purpose_reads_nothing_of_royalties(self, purpose: Purpose) -> None:
        entity = make_entity()
        record_event("operating_entity.edited", actor=command_line(), subject=entity)
        assert not audit_events(actor=acting(Role.FINANCE, entity=entity, purpose=purpose)).exists()

    def test_contents_are_read_by_those_who_see_the_subject_only(self) -> None:
        alliance, member = make_alliance(), make_organisation()
        admin = acting(Role.MEMBER_ADMIN, organisation=member)
        own = record_event("organisation.edited", actor=admin, subject=member, changes={"name_zh": ("a", "b")})
        hidden = record_event("alliance.edited", actor=admin, subject=alliance, changes={"zone": ("a", "b")})

        events = list(audit_events(actor=admin))
        assert events == [hidden, own] or events == [own, hidden]
        assert readable_contents(events, actor=admin) == {own.pk}

    def test_a_page_costs_one_query_for_each_kind_of_subject(self) -> None:
        member = make_organisation()
        admin = acting(Role.MEMBER_ADMIN, organisation=member)
        for _ in range(5):
            record_event("organisation.edited", actor=admin, subject=member)
            record_event("user.edited", actor=admin, subject=make_user())
        with CaptureQueriesContext(connection) as queries:
            assert len(readable_contents(audit_events(actor=admin), actor=admin)) == 5
        assert len(queries) == 3
