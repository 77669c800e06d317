"""The permission kernel: one declaration, three questions."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from platform_core.access import registry
from platform_core.access.actors import Actor, SystemWork
from platform_core.access.kernel import (
    can,
    follows,
    get_visible,
    may,
    permitted_rows,
    require,
    require_each,
    require_kind,
)
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow
from platform_core.access.relations import Relation, everything, in_alliance, own_organisation
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat
from platform_core.identity.policies import READ_ORGANISATION
from platform_core.identity.roles import Role
from platform_core.problems import NotAllowed, NotFound
from tests.factories.core import acting, clock_at, make_alliance, make_entity, make_organisation

pytestmark = pytest.mark.django_db

READ, EDIT, APPROVE, CREATE = (Permission(f"thing.{step}") for step in ("read", "edit", "approve", "create"))


@pytest.fixture
def policy() -> Iterator[Policy]:
    """A policy of our own for operating entities, in place of the real one."""
    kept = registry._policies.pop(OperatingEntity)
    yield registry.register(
        Policy(
            OperatingEntity,
            read=READ,
            rules=[
                allow(Role.SECRETARIAT, {READ, EDIT, APPROVE, CREATE}, in_alliance()),
                allow(Role.LEGAL, READ, in_alliance()),
                # Says more than may be seen: editing without reading opens nothing.
                allow(Role.AUTHORITY, EDIT, everything()),
            ],
            guards=[
                Guard(
                    APPROVE,
                    "Somebody of another organisation approves this.",
                    lambda actor: ~Q(organisation=actor.organisation_id),
                )
            ],
        )
    )
    registry._policies[OperatingEntity] = kept


def test_what_cannot_be_seen_is_not_found_and_what_is_seen_but_not_permitted_is_refused(policy: Policy) -> None:
    entity = make_entity()
    secretariat = acting(Role.SECRETARIAT, alliance=entity.alliance)
    legal = acting(Role.LEGAL, alliance=entity.alliance)
    stranger = acting(Role.SECRETARIAT)

    require(secretariat, EDIT, entity)
    require(legal, READ, entity)
    with pytest.raises(NotAllowed):
        require(legal, EDIT, entity)
    with pytest.raises(NotFound) as hidden:
        require(stranger, EDIT, entity)
    entity_gone = OperatingEntity(pk=uuid4())
    with pytest.raises(NotFound) as missing:
        require(stranger, EDIT, entity_gone)
    assert hidden.value.members() == missing.value.members()


def test_a_rule_that_permits_without_showing_opens_nothing(policy: Policy) -> None:
    entity = make_entity()
    authority = acting(Role.AUTHORITY, alliance=entity.alliance)

    assert not OperatingEntity.objects.permitted_to(authority, EDIT).exists()
    with pytest.raises(NotFound):
        require(authority, EDIT, entity)


def test_a_guard_stands_before_its_permission_only_in_checks_and_in_lists(policy: Policy) -> None:
    alliance, own = make_alliance(), make_organisation()
    ours = make_entity(alliance, organisation=own)
    theirs = make_entity(alliance)
    secretariat = acting(Role.SECRETARIAT, alliance=alliance, organisation=own)

    with pytest.raises(NotAllowed, match="Somebody of another organisation"):
        require(secretariat, APPROVE, ours)
    require(secretariat, EDIT, ours)
    require(secretariat, APPROVE, theirs)
    assert list(OperatingEntity.objects.permitted_to(secretariat, APPROVE)) == [theirs]
    assert set(OperatingEntity.objects.permitted_to(secretariat, EDIT)) == {ours, theirs}


def test_a_check_takes_one_query_whatever_it_asks(policy: Policy) -> None:
    entity = make_entity()
    secretariat = acting(Role.SECRETARIAT, alliance=entity.alliance)
    for permission in (READ, EDIT, APPROVE):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            require(secretariat, permission, entity)
        assert len(queries) == 1


def test_a_list_takes_one_query_however_many_roles_the_seat_has(policy: Policy) -> None:
    entity = make_entity()
    actor = acting(Role.SECRETARIAT, alliance=entity.alliance)
    many = Actor(
        **{**{f: getattr(actor, f) for f in actor.__dataclass_fields__}, "assignments": actor.assignments * 40}
    )
    with CaptureQueriesContext(connection) as queries:
        assert list(OperatingEntity.objects.visible_to(many)) == [entity]
    assert len(queries) == 1


def test_the_kind_of_thing_can_be_asked_before_there_is_an_object(policy: Policy) -> None:
    secretariat, legal = acting(Role.SECRETARIAT), acting(Role.LEGAL)
    assert may(secretariat, CREATE, OperatingEntity)
    require_kind(secretariat, CREATE, OperatingEntity)
    assert not may(legal, CREATE, OperatingEntity)
    with pytest.raises(NotAllowed):
        require_kind(legal, CREATE, OperatingEntity)


def test_work_without_a_rule_of_its_name_and_the_public_may_nothing(policy: Policy) -> None:
    entity = make_entity()
    for actor in (Actor.system(SystemWork("guessing")), Actor.public()):
        assert not OperatingEntity.objects.visible_to(actor).exists()
        assert not can(actor, READ, entity)


def test_an_assignment_that_ends_closes_lists_and_checks_at_that_instant(policy: Policy) -> None:
    entity, clock = make_entity(), clock_at()
    actor = acting(Role.SECRETARIAT, alliance=entity.alliance, clock=clock)
    from dataclasses import replace
    from datetime import timedelta

    ending = replace(
        actor, assignments=tuple(replace(a, ends_at=clock.now() + timedelta(seconds=1)) for a in actor.assignments)
    )
    assert can(ending, EDIT, entity)
    clock.move(timedelta(seconds=1))
    assert not can(ending, EDIT, entity)
    assert not OperatingEntity.objects.visible_to(ending).exists()


def test_a_bulk_action_is_permitted_for_every_object_or_refused_as_a_whole(policy: Policy) -> None:
    alliance, own = make_alliance(), make_organisation()
    ours = make_entity(alliance, organisation=own)
    theirs, more = make_entity(alliance), make_entity(alliance)
    hidden = make_entity()
    secretariat = acting(Role.SECRETARIAT, alliance=alliance, organisation=own)

    assert require_each(secretariat, APPROVE, OperatingEntity, [more.pk, theirs.pk]) == sorted(
        [theirs, more], key=lambda row: row.pk
    )
    with pytest.raises(NotAllowed, match="1 of 2"):
        require_each(secretariat, APPROVE, OperatingEntity, [theirs.pk, ours.pk])
    with pytest.raises(NotFound):
        require_each(secretariat, APPROVE, OperatingEntity, [theirs.pk, hidden.pk])
    with CaptureQueriesContext(connection) as queries:
        require_each(secretariat, EDIT, OperatingEntity, [ours.pk, theirs.pk, more.pk])
    assert len(queries) == 2


def test_everything_stays_everything_when_it_is_joined_to_something(policy: Policy) -> None:
    # An empty Q() would vanish in this "or", and the second rule alone would be left.
    policy.extend(allow(Audience.PUBLIC, READ, everything()), allow(Role.LEGAL, READ, in_alliance()))
    entity = make_entity()
    assert list(OperatingEntity.objects.visible_to(acting(Role.LEGAL))) == [entity]


def test_a_relation_that_forgets_its_condition_fails_loudly(policy: Policy) -> None:
    policy.extend(allow(Role.LEGAL, READ, Relation("broken", lambda actor, assignments: Q())))
    with pytest.raises(ValueError, match="empty condition"):
        OperatingEntity.objects.visible_to(acting(Role.LEGAL))


def test_a_model_without_a_policy_cannot_be_read_at_all() -> None:
    from platform_core.api.models import IdempotentAnswer

    with pytest.raises(ImproperlyConfigured, match="no policy"):
        permitted_rows(acting(Role.LEGAL), READ, IdempotentAnswer)


def test_a_second_policy_for_a_model_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="already has a policy"):
        registry.register(Policy(Organisation, read=READ))


def test_what_follows_its_parent_is_seen_by_those_who_see_the_parent(policy: Policy) -> None:
    policy.extend(allow(Role.EXPERT, READ, follows("organisation", READ_ORGANISATION, Organisation)))
    own = make_organisation()
    ours, _ = make_entity(organisation=own), make_entity()
    assert list(OperatingEntity.objects.visible_to(acting(Role.EXPERT, organisation=own))) == [ours]


def test_the_own_organisation_of_somebody_without_one_is_none() -> None:
    make_organisation()
    reach = own_organisation("pk").reach(Actor.public(), ())
    assert not Organisation.objects.filter(reach).exists()


def test_fetching_for_a_change_locks_the_row_itself_and_nothing_else(policy: Policy) -> None:
    entity = make_entity()
    secretariat = acting(Role.SECRETARIAT, alliance=entity.alliance)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert get_visible(OperatingEntity, entity.pk, actor=secretariat, for_change=True) == entity
    assert 'FOR NO KEY UPDATE OF "identity_operatingentity"' in queries.captured_queries[-1]["sql"]
    with pytest.raises(NotFound):
        get_visible(OperatingEntity, entity.pk, actor=acting(Role.SECRETARIAT))


def test_relations_follow_foreign_keys_forwards_only() -> None:
    """A path over a "many" side would return rows twice; those relations are written as subqueries instead."""
    for policy in registry.policies():
        for rule in policy.rules:
            model = policy.model
            for step in rule.reach.path.split("__") if rule.reach.path else []:
                field = model._meta.pk if step == "pk" else model._meta.get_field(step)
                to_many = field.one_to_many or field.many_to_many
                assert not to_many, (policy.model, rule.reach.path)
                model = field.related_model or model


def test_no_rule_permits_what_it_does_not_show_to_anybody() -> None:
    """A permission that nobody who may read could ever use is a mistake in the table."""
    for policy in registry.policies():
        for permission in policy.permissions():
            speaking = [who for rule in policy.rules if permission in rule.may for who in rule.who]
            assert speaking, f"{policy.model._meta.label}: nobody may {permission}"


def test_every_kept_thing_has_a_policy() -> None:
    from django.apps import apps

    from platform_core.models import Record

    for model in apps.get_models():
        if issubclass(model, Record):
            assert registry.policy_of(model), model


def test_seats_reach_through_annotated_columns_untouched() -> None:
    """Conditions are on the model's own columns, so a caller may annotate and order as it likes."""
    actor = acting(Role.MEMBER_ADMIN)
    rows = Seat.objects.visible_to(actor).annotate(of=F("organisation__name_zh")).order_by("of")
    assert [row.pk for row in rows] == [actor.seat_id]
    assert Alliance.objects.visible_to(actor).count() == 0
