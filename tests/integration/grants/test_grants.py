"""Rights given by hand: who may give what to whom, what it opens, and how it ends."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission as NamedPermission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from licensing.agreements.policies import READ_LICENCE
from platform_core.access.actors import Actor
from platform_core.access.grants.models import Grant
from platform_core.access.grants.selectors import get_grant, grants, next_turn_of_grants
from platform_core.access.grants.services import revoke_grant
from platform_core.access.kernel import can, require
from platform_core.access.registry import policies, policy_of
from platform_core.audit.models import AuditEvent
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Organisation, RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.identity.seating import end_role
from platform_core.problems import InvalidInput, NotAllowed, NotFound, WrongState
from pools.patents.models import Patent, PatentGrant
from pools.patents.policies import EDIT_PATENT, READ_PATENT, SHARE_PATENT
from pools.patents.services import transfer_patent
from tests.factories.core import (
    NOON,
    acting,
    actor_of_seat,
    command_line,
    give_role,
    make_organisation,
    make_seat,
    seat_of,
)
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.integration.grants.case import DAY, Case, give, refused

pytestmark = pytest.mark.django_db


def test_what_is_granted_to_an_organisation_opens_the_one_object_to_all_its_seats_until_the_end(case: Case) -> None:
    other = make_patent(case.alliance, "CN2B", case.owner_company)
    colleague = acting(Role.MEMBER_FINANCE, organisation=case.buyer_company, clock=case.clock)
    newcomer = actor_of_seat(make_seat(organisation=case.buyer_company), clock=case.clock)
    stranger = acting(Role.MEMBER_ADMIN, clock=case.clock)
    assert not can(case.buyer, READ_PATENT, case.patent)

    give(case)

    for actor in (case.buyer, colleague, newcomer):
        assert list(Patent.objects.visible_to(actor)) == [case.patent]
        assert can(actor, READ_PATENT, case.patent)
        assert not can(actor, EDIT_PATENT, case.patent)
        assert not can(actor, READ_PATENT, other)
    assert not Patent.objects.visible_to(stranger).exists()
    case.clock.move(DAY - timedelta(microseconds=1))
    assert can(case.buyer, READ_PATENT, case.patent)
    case.clock.move(timedelta(microseconds=1))
    assert not can(case.buyer, READ_PATENT, case.patent)
    assert not Patent.objects.visible_to(case.buyer).exists()


def test_what_is_granted_to_a_seat_opens_nothing_to_another_seat_of_the_same_person(case: Case) -> None:
    seat = make_seat(organisation=case.owner_company)
    elsewhere = make_seat(user=seat.user)
    give_role(elsewhere, Role.MEMBER_ADMIN)
    give(case, organisation_id=None, seat_id=seat.pk, actions=["patent.edit"])

    assert can(actor_of_seat(seat, clock=case.clock), EDIT_PATENT, case.patent)
    assert not can(actor_of_seat(elsewhere, clock=case.clock), READ_PATENT, case.patent)


def test_an_action_brings_reading_with_it_and_nothing_else(case: Case) -> None:
    grant = give(case, actions=["patent.edit"])

    assert grant.actions == ["patent.read", "patent.edit"]
    require(case.buyer, EDIT_PATENT, case.patent)
    with pytest.raises(NotAllowed):
        require(case.buyer, SHARE_PATENT, case.patent)


def test_a_grant_that_begins_later_opens_nothing_before(case: Case) -> None:
    give(case, starts_at=NOON + timedelta(hours=1))
    assert not can(case.buyer, READ_PATENT, case.patent)
    case.clock.move(timedelta(hours=1))
    assert can(case.buyer, READ_PATENT, case.patent)


def test_nobody_passes_on_what_they_were_granted(case: Case) -> None:
    give(case, actions=["patent.edit"])
    third = make_organisation()
    make_membership(case.alliance, third, "C")
    desk = acting(Role.MEMBER_ADMIN, organisation=case.buyer_company, clock=case.clock)
    assert can(desk, EDIT_PATENT, case.patent)
    refused(lambda: give(case, desk, organisation_id=third.pk), NotAllowed)


def test_nobody_grants_what_they_do_not_hold(case: Case) -> None:
    outsider = acting(Role.MEMBER_ADMIN, clock=case.clock)
    finance = acting(Role.MEMBER_FINANCE, organisation=case.owner_company, clock=case.clock)
    secretariat = acting(Role.SECRETARIAT, alliance=case.alliance, clock=case.clock)
    refused(lambda: give(case, outsider), NotFound)
    for sees_it in (finance, secretariat):
        assert can(sees_it, READ_PATENT, case.patent)
        refused(partial(give, case, sees_it), NotAllowed)


def test_nobody_gives_to_an_organisation_where_they_have_another_seat(case: Case) -> None:
    second = make_seat(Seat.objects.get(pk=seat_of(case.owner)).user, case.buyer_company)
    assert "a seat there yourself" in refused(lambda: give(case), InvalidInput)
    Seat.objects.filter(pk=second.pk).update(ended_at=NOON)
    assert give(case).organisation_id == case.buyer_company.pk


def test_a_former_owner_grants_nothing_and_what_it_granted_goes_with_the_patent(case: Case) -> None:
    colleague = make_seat(organisation=case.owner_company)
    both = give(case), give(case, organisation_id=None, seat_id=colleague.pk)
    buyer_again = acting(Role.MEMBER_ADMIN, organisation=case.buyer_company, clock=case.clock)
    transfer_patent(
        actor=command_line(case.clock),
        patent_id=case.patent.pk,
        from_owner_id=case.owner_company.pk,
        to_owner_id=case.buyer_company.pk,
        on=NOON.date(),
    )
    for grant in both:
        grant.refresh_from_db()
        assert grant.ends_at == NOON
        assert grant.revocation_reason == "The patent passed to another owner."
    assert can(case.owner, READ_PATENT, case.patent), "it was theirs once"
    refused(lambda: give(case), NotAllowed)
    give(case, buyer_again, organisation_id=case.owner_company.pk)


def test_a_transfer_to_come_ends_what_was_granted_on_its_day(case: Case) -> None:
    grant = give(case, ends_at=NOON + 30 * DAY)
    transfer_patent(
        actor=command_line(case.clock),
        patent_id=case.patent.pk,
        from_owner_id=case.owner_company.pk,
        to_owner_id=case.buyer_company.pk,
        on=(NOON + 5 * DAY).date(),
    )
    grant.refresh_from_db()
    assert grant.ends_at.isoformat() == "2026-03-06T16:00:00+00:00", "midnight in Shanghai"
    assert PatentGrant.objects.get().ends_at == grant.ends_at


def test_what_is_said_of_a_grant_is_checked(case: Case) -> None:
    for wrong, words in (
        ({"ends_at": NOON}, "must end after"),
        ({"starts_at": NOON - DAY}, "begins now or later"),
        ({"reason": "  "}, "must not be blank"),
        ({"actions": []}, "Say what is granted"),
        ({"actions": ["patent.record_ownership"]}, "not granted by hand"),
        ({"actions": ["patent.share"]}, "not granted by hand"),
        ({"subject_type": "identity.seat"}, "Nothing is granted by hand"),
        ({"subject_type": "patents.Patent"}, "Nothing is granted by hand"),
        ({"subject_type": "nowhere.thing"}, "Nothing is granted by hand"),
        ({"subject_type": "rubbish"}, "Nothing is granted by hand"),
        ({"organisation_id": None}, "Name a seat or an organisation"),
        ({"seat_id": make_seat().pk}, "Name a seat or an organisation"),
        ({"organisation_id": make_organisation().pk}, "no such organisation"),
        ({"organisation_id": None, "seat_id": make_seat().pk}, "no such seat"),
        ({"organisation_id": case.owner_company.pk}, "come from its roles"),
        ({"organisation_id": None, "seat_id": seat_of(case.owner)}, "Nobody gives a right to themselves"),
    ):
        assert words in refused(partial(give, case, **wrong), InvalidInput), wrong


def test_the_rights_that_count_are_those_of_the_moment_not_those_of_the_request(case: Case) -> None:
    role = RoleAssignment.objects.get(seat=seat_of(case.owner))
    end_role(actor=command_line(case.clock), assignment_id=role.pk)
    assert can(case.owner, SHARE_PATENT, case.patent), "the request began before"
    refused(lambda: give(case), NotFound)


def test_work_without_a_person_gives_nothing(case: Case) -> None:
    refused(lambda: give(case, command_line(case.clock)), NotAllowed)
    refused(lambda: give(case, Actor.public(clock=case.clock)), NotAllowed)


def test_giving_and_revoking_are_recorded_and_told_to_the_seats_they_concern(case: Case) -> None:
    told: list[set[Any]] = []
    RIGHTS_CHANGED.subscribe(listen := lambda seats: told.append(set(seats)))
    try:
        grant = give(case)
        revoke_grant(actor=case.owner, grant_id=grant.pk, reason="The talks are over.")
    finally:
        RIGHTS_CHANGED.unsubscribe(listen)
    assert told == [{case.buyer.seat_id}] * 2
    given, revoked = AuditEvent.objects.order_by("id")
    assert (given.name, revoked.name) == ("grant.given", "grant.revoked")
    assert given.alliance_id == case.alliance.pk
    assert given.changes["actions"] == {"old": None, "new": ["patent.read"]}
    assert given.changes["holder"] == {"old": None, "new": str(case.buyer_company.pk)}
    assert revoked.changes["reason"] == {"old": None, "new": "The talks are over."}


def test_a_revoked_grant_opens_nothing_from_that_instant_and_is_revoked_once(case: Case) -> None:
    grant = give(case)
    revoke_grant(actor=case.owner, grant_id=grant.pk, reason="Over.")
    assert not can(case.buyer, READ_PATENT, case.patent)
    refused(lambda: revoke_grant(actor=case.owner, grant_id=grant.pk, reason="Again."), WrongState)
    later = give(case, starts_at=NOON + timedelta(hours=1))
    revoke_grant(actor=case.owner, grant_id=later.pk, reason="Not even then.")
    case.clock.move(timedelta(hours=2))
    assert not can(case.buyer, READ_PATENT, case.patent)
    refused(lambda: revoke_grant(actor=case.owner, grant_id=later.pk, reason="Again."), WrongState)


def test_who_sees_a_grant_and_who_may_revoke_it(case: Case) -> None:
    grant = give(case)
    colleague = acting(Role.MEMBER_STAFF, organisation=case.owner_company, clock=case.clock)
    secretariat = acting(Role.SECRETARIAT, alliance=case.alliance, clock=case.clock)
    for nobody in (secretariat, acting(Role.MEMBER_ADMIN, clock=case.clock), Actor.public(clock=case.clock)):
        assert not Grant.objects.visible_to(nobody).exists()
        refused(partial(revoke_grant, actor=nobody, grant_id=grant.pk, reason="x"), NotFound)
    refused(lambda: revoke_grant(actor=case.buyer, grant_id=grant.pk, reason="x"), NotAllowed)
    refused(lambda: revoke_grant(actor=case.owner, grant_id=grant.pk, reason=" "), InvalidInput)
    revoke_grant(actor=colleague, grant_id=grant.pk, reason="Enough.")
    assert [row.pk for row in grants(actor=case.buyer)] == [grant.pk]
    assert [row.pk for row in grants(actor=case.buyer, current=True)] == []
    assert [row.pk for row in grants(actor=case.buyer, current=False)] == [grant.pk]


def test_people_are_named_in_grants_only_to_those_who_may_see_them(case: Case) -> None:
    give(case)
    told: dict[str, Any] = vars(grants(actor=case.buyer).get())
    assert (told["granted_by_shown"], told["granted_by_name"]) == (None, None)
    assert told["granted_by_organisation_name"] == "业主", "a fellow member"
    own: dict[str, Any] = vars(grants(actor=case.owner).get())
    assert own["granted_by_shown"] == case.owner.seat_id


def test_the_next_turn_is_the_next_beginning_or_end_of_what_one_holds(case: Case) -> None:
    assert next_turn_of_grants(case.buyer) is None
    give(case, ends_at=NOON + 3 * DAY)
    assert next_turn_of_grants(case.buyer) == NOON + 3 * DAY
    give(case, starts_at=NOON + DAY, ends_at=NOON + 9 * DAY)
    assert next_turn_of_grants(case.buyer) == NOON + DAY
    assert next_turn_of_grants(case.owner) is None
    assert next_turn_of_grants(Actor.public(clock=case.clock)) is None


def test_what_nobody_shares_by_hand_is_not_in_the_table() -> None:
    """The whole list: what is not named here cannot be given by hand, whatever a client sends."""
    declared = {
        policy.model._meta.label_lower: (
            {action.name for action in policy.giving.actions},
            {role.value for role in policy.giving.roles},
        )
        for policy in policies()
        if policy.giving
    }
    assert declared == {
        "patents.patent": ({"patent.read", "patent.edit"}, {"operator", "legal", "evaluator", "expert"}),
        "composition.pool": ({"pool.read"}, set()),
        "agreements.licence": (
            {"licence.read_name", "licence.read_dates", "licence.read"},
            {"operator", "legal", "auditor"},
        ),
        "close.closerun": (set(), {"close_auditor"}),
        "submissions.panel": (set(), {"evaluator"}),
    }


def test_giving_cannot_itself_be_given() -> None:
    for policy in policies():
        if policy.giving is not None:
            assert not policy.giving.givers & set(policy.giving.actions)


def test_a_kind_of_thing_has_one_table_and_grants_reading_with_everything_else() -> None:
    from licensing.agreements.models import LicenceGrant

    patents = policy_of(Patent)
    with pytest.raises(ImproperlyConfigured, match="already"):
        patents.give(LicenceGrant)
    from licensing.close.models import CloseRun, CloseRunGrant

    with pytest.raises(ImproperlyConfigured, match="grantable too"):
        policy_of(CloseRun).give(CloseRunGrant, actions={READ_LICENCE: READ_LICENCE})


def test_a_list_with_grants_takes_one_query(case: Case) -> None:
    give(case)
    with CaptureQueriesContext(connection) as queries:
        assert list(Patent.objects.visible_to(case.buyer)) == [case.patent]
    assert len(queries) == 1


def test_the_rows_by_an_object_follow_the_grant_and_cannot_say_anything_else(case: Case) -> None:
    grant = give(case)
    row = PatentGrant.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        PatentGrant.objects.filter(pk=row.pk).update(ends_at=NOON + 99 * DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        PatentGrant.objects.filter(pk=row.pk).update(holder=case.owner_company.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(organisation=case.owner_company.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).delete()
    named = NamedPermission.objects.get(
        content_type=ContentType.objects.get_for_model(Organisation), codename="view_organisation"
    )
    with pytest.raises(ValidationError), transaction.atomic():
        PatentGrant(
            grant=grant, content_object=case.patent, permission=named, holder=grant.holder,
            starts_at=grant.starts_at, ends_at=grant.ends_at,
        ).save()  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"ends_at": NOON - 2 * DAY},
        {"actions": []},
        {"revoked_at": NOON},
        {"seat": None, "organisation": None},
        {"role": "evaluator"},
    ],
    ids=str,
)
def test_the_database_refuses_a_grant_that_is_not_whole(case: Case, wrong: dict[str, Any]) -> None:
    by = make_seat()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_grant(case.patent, case.buyer_company, "patent.read", by=by, **wrong)


def test_a_grant_is_fetched_by_those_who_may_see_it(case: Case) -> None:
    grant = give(case)
    assert get_grant(grant.pk, actor=case.buyer) == grant
    with pytest.raises(NotFound):
        get_grant(grant.pk, actor=acting(Role.MEMBER_ADMIN))


def test_rows_asked_one_by_one_are_those_of_the_set(case: Case) -> None:
    """A long list is walked along, a short one is read as a set: both are the same list."""
    from platform_core.access.probing import row_by_row

    give(case)
    own = make_patent(case.alliance, "CN2B", case.buyer_company)
    make_patent(case.alliance, "CN3B", case.owner_company)
    evaluator = acting(Role.EVALUATOR, clock=case.clock)
    make_grant(own, Organisation.objects.get(pk=case.owner_company.pk), "patent.read", by=make_seat())
    for actor in (case.buyer, case.owner, evaluator, command_line(case.clock), Actor.public(clock=case.clock)):
        rows = Patent.objects.visible_to(actor).order_by("publication")
        as_set = list(rows)
        with row_by_row(), CaptureQueriesContext(connection) as queries:
            assert list(rows.all()) == as_set
        if actor.seat_id is not None:
            assert "OFFSET 0" in queries.captured_queries[0]["sql"]
    assert [row.publication for row in Patent.objects.visible_to(case.buyer)] == ["CN1B", "CN2B"]
