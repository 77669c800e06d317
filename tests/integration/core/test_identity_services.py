"""Organisations, alliances, seats and roles: who may, what is refused, and that a refusal leaves no trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_core.access.acting import actor_in_seat, choose_seat
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Alliance, Organisation, RoleAssignment, Seat, User
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import assign_role, end_role, end_seat, open_seat
from platform_core.identity.services import (
    edit_organisation,
    open_alliance,
    open_operating_entity,
    register_organisation,
    register_user,
)
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.core import (
    NOON,
    acting,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.grants import make_grant
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

CODE = "91110000600037341L"


def no_trace() -> bool:
    return not AuditEvent.objects.exists()


class TestOrganisations:
    def test_an_organisation_is_registered_with_its_checked_code(self) -> None:
        made = register_organisation(actor=command_line(), name_zh=" 京东方 ", uscc=" 91110000600037341l ")
        assert (made.name_zh, made.uscc, made.created_at) == ("京东方", CODE, NOON)
        assert AuditEvent.objects.get().name == "organisation.registered"

    @pytest.mark.parametrize(
        ("columns", "pointers"),
        [
            ({"name_zh": "甲", "uscc": "91110000600037342L"}, ["/uscc"]),
            ({"name_zh": "甲", "uscc": "91110000"}, ["/uscc"]),
            ({"name_zh": "甲", "country": "XX"}, ["/country"]),
            ({"name_zh": " "}, ["/name_zh"]),
            ({"name_zh": "甲" * 201}, ["/name_zh"]),
            ({"name_en": "a\nb", "uscc": "x", "country": ""}, ["/name_en", "/uscc", "/country"]),
        ],
    )
    def test_every_mistake_is_told_with_its_place(self, columns: dict[str, Any], pointers: list[str]) -> None:
        with pytest.raises(InvalidInput) as refusal:
            register_organisation(actor=command_line(), **columns)
        assert [error.pointer for error in refusal.value.errors] == pointers
        assert not Organisation.objects.exists()
        assert no_trace()

    def test_the_message_about_a_code_says_what_is_wrong_with_it(self) -> None:
        def message(code: str) -> str:
            with pytest.raises(InvalidInput) as refusal:
                register_organisation(actor=command_line(), name_zh="甲", uscc=code)
            return refusal.value.errors[0].message

        assert "this one has 8" in message("91110000")
        assert "would be L" in message("91110000600037341M")
        assert "without I, O, S, V and Z" in message("9111000060003734OL")

    def test_a_code_belongs_to_one_organisation(self) -> None:
        register_organisation(actor=command_line(), name_zh="甲", uscc=CODE)
        with pytest.raises(Conflict):
            register_organisation(actor=command_line(), name_zh="乙", uscc=CODE)
        other = register_organisation(actor=command_line(), name_zh="丙")
        with pytest.raises(Conflict):
            edit_organisation(actor=command_line(), organisation_id=other.pk, uscc=CODE)
        assert Organisation.objects.filter(uscc=CODE).count() == 1

    def test_a_code_of_an_organisation_that_one_may_not_see_is_taken_as_any_other(self) -> None:
        office, hidden = acting(Role.SECRETARIAT, alliance=make_alliance()), make_organisation(uscc=CODE)
        make_entity(organisation=hidden)
        assert not Organisation.objects.visible_to(office).filter(pk=hidden.pk).exists()

        made = register_organisation(actor=office, name_zh="乙", uscc=CODE)
        with pytest.raises(Conflict):
            register_organisation(actor=office, name_zh="丙", uscc=CODE)
        other = register_organisation(actor=office, name_zh="丁")
        with pytest.raises(Conflict):
            edit_organisation(actor=office, organisation_id=other.pk, uscc=CODE)
        edit_organisation(actor=office, organisation_id=made.pk, name_zh="戊")
        assert set(Organisation.objects.filter(uscc=CODE)) == {hidden, made}

    def test_the_database_takes_no_code_of_another_form(self) -> None:
        for columns in (
            {"uscc": "123"},
            {"uscc": "91A1000060003734IL"},
            {"country": "cn"},
            {"name_zh": ""},
            {"kind": "cult"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                make_organisation(**columns)

    def test_an_edit_changes_what_is_given_and_records_old_and_new(self) -> None:
        organisation = make_organisation("甲")
        admin = acting(Role.MEMBER_ADMIN, organisation=organisation)
        edit_organisation(actor=admin, organisation_id=organisation.pk, name_en="First", name_zh="甲")

        organisation.refresh_from_db()
        assert (organisation.name_zh, organisation.name_en) == ("甲", "First")
        assert AuditEvent.objects.get().changes == {"name_en": {"old": "", "new": "First"}}

        edit_organisation(actor=admin, organisation_id=organisation.pk, name_en="First")
        assert AuditEvent.objects.count() == 1

    def test_staff_may_not_edit_and_others_do_not_find(self) -> None:
        organisation = make_organisation("甲")
        staff, stranger = acting(Role.MEMBER_STAFF, organisation=organisation), acting(Role.MEMBER_ADMIN)
        with pytest.raises(NotAllowed):
            edit_organisation(actor=staff, organisation_id=organisation.pk, name_zh="乙")
        with pytest.raises(NotFound):
            edit_organisation(actor=stranger, organisation_id=organisation.pk, name_zh="乙")
        organisation.refresh_from_db()
        assert organisation.name_zh == "甲"
        assert no_trace()

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.MEMBER_ADMIN, Role.LICENSEE, Role.LEGAL])
    def test_who_registers_organisations(self, role: Role) -> None:
        with pytest.raises(NotAllowed):
            register_organisation(actor=acting(role), name_zh="甲")
        with pytest.raises(NotAllowed):
            register_organisation(actor=Actor.public(), name_zh="甲")
        assert register_organisation(actor=acting(Role.SECRETARIAT), name_zh="甲").pk


class TestUsersAndAlliances:
    def test_an_address_is_one_user_whatever_its_capitals(self) -> None:
        user = register_user(actor=command_line(), email=" Wang@Example.com", name="王", password="long-enough-1")
        assert user.email == "wang@example.com"
        assert user.check_password("long-enough-1")
        with pytest.raises(Conflict):
            register_user(actor=command_line(), email="WANG@example.com", name="王")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(email="Wang@example.com")
        with pytest.raises(InvalidInput):
            register_user(actor=command_line(), email="wang", name="")
        assert not register_user(actor=command_line(), email="li@example.com", name="李").has_usable_password()

    def test_an_alliance_has_a_code_and_a_zone(self) -> None:
        made = open_alliance(actor=command_line(), code="uhd-video", name_zh="超高清")
        assert (made.zone, made.code) == ("Asia/Shanghai", "uhd-video")
        assert made.audit_alliance_id() == made.pk
        wrong: list[dict[str, Any]] = [
            {"code": "UHD"},
            {"code": "-uhd"},
            {"code": "超"},
            {"code": ""},
            {"code": "x", "zone": "Mars/Base"},
            {"code": "x" * 41},
        ]
        for columns in wrong:
            with pytest.raises(InvalidInput):
                open_alliance(actor=command_line(), name_zh="超", **columns)
        with pytest.raises(Conflict):
            open_alliance(actor=command_line(), code="uhd-video", name_zh="超")
        with pytest.raises(NotAllowed):
            open_alliance(actor=acting(Role.SECRETARIAT), code="x", name_zh="超")
        assert Alliance.objects.filter(code="uhd-video").count() == 1

    def test_an_operating_entity_takes_its_organisations_names(self) -> None:
        alliance, organisation = make_alliance(), make_organisation("联池公司")
        secretariat = acting(Role.SECRETARIAT, alliance=alliance, organisation=organisation)
        made = open_operating_entity(
            actor=secretariat, alliance_id=alliance.pk, organisation_id=organisation.pk, code="co"
        )
        assert made.name_zh == "联池公司"
        with pytest.raises(Conflict):
            open_operating_entity(
                actor=secretariat, alliance_id=alliance.pk, organisation_id=organisation.pk, code="co"
            )
        with pytest.raises(NotFound):
            open_operating_entity(
                actor=acting(Role.SECRETARIAT), alliance_id=alliance.pk, organisation_id=organisation.pk, code="x"
            )


class TestSeatsAndRoles:
    def test_nobody_is_given_a_role_for_a_time_that_is_over(self) -> None:
        own = make_organisation()
        admin, colleague = acting(Role.MEMBER_ADMIN, organisation=own), make_seat(organisation=own)
        before = NOON - timedelta(seconds=1)
        with pytest.raises(InvalidInput, match="now or later"):
            assign_role(actor=admin, seat_id=colleague.pk, role=Role.MEMBER_STAFF, starts_at=before)
        assert not colleague.role_assignments.exists()
        assert not AuditEvent.objects.exists()
        # What was so before the platform is put on record where it is set up.
        given = assign_role(actor=command_line(), seat_id=colleague.pk, role=Role.MEMBER_STAFF, starts_at=before)
        assert given.starts_at == before

    def test_a_member_admin_seats_and_unseats_its_own_people_only(self) -> None:
        own, other = make_organisation(), make_organisation()
        admin = acting(Role.MEMBER_ADMIN, organisation=own)
        colleague = make_seat(organisation=own)

        given = assign_role(actor=admin, seat_id=colleague.pk, role=Role.MEMBER_STAFF, reason="new")
        assert (given.starts_at, given.ends_at, given.role) == (NOON, None, Role.MEMBER_STAFF)
        assert actor_of_seat(colleague).holds(Role.MEMBER_STAFF)
        end_role(actor=admin, assignment_id=given.pk)
        assert not actor_of_seat(colleague).holds(Role.MEMBER_STAFF)
        assert [event.name for event in AuditEvent.objects.order_by("id")] == ["role.assigned", "role.ended"]

        stranger = make_seat(organisation=other)
        with pytest.raises(NotFound):
            assign_role(actor=admin, seat_id=stranger.pk, role=Role.MEMBER_STAFF)
        for role in (Role.LICENSEE, Role.SITE_ADMIN, Role.AUDITOR):
            with pytest.raises(NotAllowed):
                assign_role(actor=admin, seat_id=colleague.pk, role=role)
        with pytest.raises(NotFound):
            assign_role(actor=admin, seat_id=colleague.pk, role=Role.SECRETARIAT, alliance_id=make_alliance().pk)
        assert RoleAssignment.objects.filter(seat=colleague, ends_at=None).count() == 0

    def test_nobody_seats_or_finds_people_who_left(self) -> None:
        own = make_organisation()
        admin = acting(Role.MEMBER_ADMIN, organisation=own)
        leaver = make_seat(organisation=own)
        assert User.objects.visible_to(admin).filter(pk=leaver.user_id).exists()
        end_seat(actor=admin, seat_id=leaver.pk)
        assert not User.objects.visible_to(admin).filter(pk=leaver.user_id).exists()
        with pytest.raises(NotFound):
            open_seat(actor=admin, user_id=leaver.user_id, organisation_id=own.pk)
        assert not Seat.objects.filter(user=leaver.user_id, ended_at=None).exists()

    def test_nobody_gives_a_role_to_themselves(self) -> None:
        alliance, organisation = make_alliance(), make_organisation()
        entity = make_entity(alliance, organisation=organisation)
        user = make_user()
        seat = make_seat(user, organisation)
        give_role(seat, Role.SECRETARIAT, alliance=alliance)
        actor = actor_of_seat(seat)
        with pytest.raises(NotAllowed, match="themselves"):
            assign_role(
                actor=actor,
                seat_id=seat.pk,
                role=Role.FINANCE,
                operating_entity_id=entity.pk,
                purpose=Purpose.ROYALTIES,
            )
        colleague = make_seat(organisation=organisation)
        given = assign_role(
            actor=actor,
            seat_id=colleague.pk,
            role=Role.FINANCE,
            operating_entity_id=entity.pk,
            purpose=Purpose.ROYALTIES,
        )
        assert given.audit_operating_entity_id() == entity.pk

    @pytest.mark.parametrize(
        "columns",
        [
            {"role": Role.SECRETARIAT},
            {"role": Role.FINANCE, "purpose": Purpose.ROYALTIES},
            {"role": Role.MEMBER_STAFF, "alliance": True},
            {"role": Role.OPERATOR, "alliance": True, "entity": True},
            {"role": Role.FINANCE, "entity": True},
            {"role": Role.LEGAL, "alliance": True, "purpose": Purpose.ROYALTIES},
            {"role": Role.LEGAL, "alliance": True, "ends_at": NOON},
        ],
    )
    def test_a_role_that_does_not_fit_is_refused_with_what_to_do(self, columns: dict[str, Any]) -> None:
        seat, entity = make_seat(), make_entity()
        with pytest.raises(InvalidInput):
            assign_role(
                actor=command_line(),
                seat_id=seat.pk,
                role=columns["role"],
                alliance_id=entity.alliance_id if columns.get("alliance") else None,
                operating_entity_id=entity.pk if columns.get("entity") else None,
                purpose=columns.get("purpose"),
                ends_at=columns.get("ends_at"),
            )
        assert not RoleAssignment.objects.exists()
        assert no_trace()

    def test_a_role_held_already_is_a_conflict(self) -> None:
        seat = make_seat()
        assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE)
        with pytest.raises(Conflict):
            assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE)
        assert RoleAssignment.objects.count() == 1

    def test_the_end_of_a_role_lies_neither_in_the_past_nor_behind_another_end(self) -> None:
        assignment = give_role(make_seat(), Role.LICENSEE)
        with pytest.raises(InvalidInput):
            end_role(actor=command_line(), assignment_id=assignment.pk, ends_at=NOON - timedelta(seconds=1))
        end_role(actor=command_line(), assignment_id=assignment.pk, ends_at=NOON + timedelta(days=1))
        end_role(actor=command_line(), assignment_id=assignment.pk)
        with pytest.raises(WrongState):
            end_role(actor=command_line(), assignment_id=assignment.pk)

    def test_a_seat_that_ends_takes_its_roles_with_it_and_cannot_be_acted_in(self) -> None:
        seat = make_seat()
        give_role(seat, Role.LICENSEE)
        future = give_role(seat, Role.PROSPECT, starts_at=NOON + timedelta(days=5))
        dated = give_role(seat, Role.PATENT_AGENT, ends_at=NOON + timedelta(days=5))
        over = give_role(seat, Role.MEMBER_STAFF, ends_at=NOON - timedelta(days=5))
        end_seat(actor=command_line(), seat_id=seat.pk)

        future.refresh_from_db()
        assert future.ends_at == future.starts_at
        for assignment, end in ((dated, NOON), (over, NOON - timedelta(days=5))):
            assignment.refresh_from_db()
            assert assignment.ends_at == end
        assert not RoleAssignment.objects.filter(seat=seat, ends_at=None).exists()
        with pytest.raises(NotAllowed):
            actor_in_seat(seat.pk)
        with pytest.raises(WrongState):
            end_seat(actor=command_line(), seat_id=seat.pk)
        with pytest.raises(WrongState):
            assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE)
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.filter(pk=seat.pk).update(organisation=make_organisation())

    def test_a_person_has_one_open_seat_at_an_organisation(self) -> None:
        organisation, user = make_organisation(), make_user()
        first = open_seat(actor=command_line(), user_id=user.pk, organisation_id=organisation.pk)
        with pytest.raises(Conflict):
            open_seat(actor=command_line(), user_id=user.pk, organisation_id=organisation.pk)
        end_seat(actor=command_line(), seat_id=first.pk)
        assert open_seat(actor=command_line(), user_id=user.pk, organisation_id=organisation.pk).pk != first.pk

    def test_people_act_in_their_own_open_seats_only(self) -> None:
        user = make_user()
        first, second = make_seat(user), make_seat(user)
        stranger = make_seat()
        assert choose_seat(user.pk, None) == first.pk
        assert choose_seat(user.pk, str(second.pk)) == second.pk
        for wrong in (str(stranger.pk), "rubbish", ""):
            with pytest.raises(NotAllowed):
                choose_seat(user.pk, wrong)
        with pytest.raises(NotAllowed):
            actor_in_seat(stranger.pk, user_id=user.pk)
        assert choose_seat(user.pk, None, remembered=str(second.pk)) == second.pk
        assert choose_seat(user.pk, str(first.pk), remembered=str(second.pk)) == first.pk
        for gone in (str(stranger.pk), "rubbish", ""):
            assert choose_seat(user.pk, None, remembered=gone) == first.pk
        User.objects.filter(pk=user.pk).update(is_active=False)
        with pytest.raises(NotAllowed):
            choose_seat(user.pk, None)

    def test_those_who_care_hear_of_changed_rights_in_the_same_transaction(self) -> None:
        heard: list[object] = []
        RIGHTS_CHANGED.subscribe(heard.append)
        try:
            seat = make_seat()
            given = assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE)
            end_role(actor=command_line(), assignment_id=given.pk)
            end_seat(actor=command_line(), seat_id=seat.pk)
        finally:
            RIGHTS_CHANGED.unsubscribe(heard.append)
        assert heard == [[seat.pk], [seat.pk], [seat.pk]]

    def test_a_subscriber_that_fails_stops_the_change(self) -> None:
        def refuse(seats: object) -> None:
            raise Conflict("not now")

        RIGHTS_CHANGED.subscribe(refuse)
        try:
            with pytest.raises(Conflict, match="not now"):
                assign_role(actor=command_line(), seat_id=make_seat().pk, role=Role.LICENSEE)
        finally:
            RIGHTS_CHANGED.unsubscribe(refuse)
        assert not RoleAssignment.objects.exists()
        assert no_trace()

    def test_finance_finds_auditors_of_its_own_alliance_and_of_no_other(self) -> None:
        own, other = make_entity(), make_entity()
        finance = acting(Role.FINANCE, entity=own)
        free, taken, former, gone = (make_seat() for _ in range(4))
        for seat in (free, taken, gone):
            give_role(seat, Role.AUDITOR)
        give_role(former, Role.CLOSE_AUDITOR, ends_at=NOON)
        give_role(make_seat(organisation=taken.organisation), Role.LEGAL, alliance=other.alliance)
        gone.ended_at = NOON
        gone.save(update_fields=["ended_at"])

        def found() -> set[Seat]:
            rows = Seat.objects.visible_to(finance).exclude(user=finance.user_id)
            return set(rows)

        assert found() == {free}
        office = make_seat()
        make_grant(make_patent(other.alliance, "CN1A"), taken, by=office, role=Role.EVALUATOR)
        assert found() == {free}
        make_grant(make_patent(own.alliance, "CN2A"), taken, by=office, role=Role.EVALUATOR)
        assert found() == {free, taken}
