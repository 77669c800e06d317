"""From application to departure: who may take which step, on which paper, and what history keeps of it."""

import importlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from members.memberships.models import Membership, MembershipState, MembershipStep
from members.memberships.moving import StepDetails
from members.memberships.selectors import allowed_steps, standing_of
from members.memberships.services import (
    NewMember,
    add_member,
    admit_member,
    apply_for_membership,
    expel_member,
    leave_alliance,
    refuse_application,
    resume_membership,
    review_application,
    set_membership_rules,
    suspend_member,
    withdraw_application,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.composition import make_pool
from tests.factories.core import acting, command_line, make_alliance, make_organisation
from tests.factories.documents import make_document
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


@dataclass
class Office:
    """An alliance with a founder, two people in its office, and a company outside."""

    alliance: Alliance
    first: Actor
    second: Actor
    founder: Actor
    company: Organisation
    applicant: Actor


@pytest.fixture
def office() -> Office:
    alliance = make_alliance("uhd")
    founder = make_organisation("发起人")
    make_membership(alliance, founder, "M1")
    company = make_organisation("申请人")
    return Office(
        alliance,
        acting(Role.SECRETARIAT, alliance=alliance),
        acting(Role.SECRETARIAT, alliance=alliance),
        acting(Role.MEMBER_ADMIN, organisation=founder),
        company,
        acting(Role.MEMBER_ADMIN, organisation=company),
    )


def details(day: date | None = None, reason: str = "", **more: Any) -> StepDetails:
    return StepDetails(effective_on=day, reason=reason, **more)


def filed(office: Office) -> Membership:
    return apply_for_membership(
        actor=office.first, alliance_id=office.alliance.pk, organisation_id=office.company.pk, segment="upstream"
    )


def admitted(office: Office, day: date = date(2026, 1, 1)) -> Membership:
    """A member that came in on a day, put on record before the platform."""
    return make_membership(office.alliance, office.company, "M2", enters_on=day)


def test_an_application_becomes_a_membership_by_two_people(office: Office) -> None:
    membership = filed(office)
    make_document(membership, "letter of application")
    review_application(actor=office.first, membership_id=membership.pk, details=details())

    with pytest.raises(NotAllowed, match="second person"):
        admit_member(actor=office.first, membership_id=membership.pk, code="M2", details=details())
    done = admit_member(actor=office.second, membership_id=membership.pk, code="M2", details=details(date(2026, 4, 1)))

    assert (done.state, done.code, done.enters_on) == ("admitted", "M2", date(2026, 4, 1))
    assert list(done.steps.values_list("number", "kind", "state_after")) == [
        (1, "application", "applied"),
        (2, "review", "under_review"),
        (3, "admission", "admitted"),
    ]
    assert set(AuditEvent.objects.values_list("name", flat=True)) == {
        "membership.applied",
        "membership.review_started",
        "membership.admitted",
    }
    # Admitted from a later day: today it still stands under review.
    assert standing_of(done, actor=office.first) == "under_review"


def test_one_person_admits_where_the_rules_say_so_and_the_office_cannot_say_so_itself(office: Office) -> None:
    with pytest.raises(NotAllowed):
        set_membership_rules(
            actor=office.first, alliance_id=office.alliance.pk, admission_needs_second_person=False, reason="Art. 7"
        )
    set_membership_rules(
        actor=acting(Role.SITE_ADMIN),
        alliance_id=office.alliance.pk,
        admission_needs_second_person=False,
        reason="Article 7 of the charter",
    )
    membership = filed(office)
    make_document(membership)
    review_application(actor=office.first, membership_id=membership.pk, details=details())
    done = admit_member(actor=office.first, membership_id=membership.pk, code="M2", details=details())
    assert (done.state, done.admitted_alone) == ("admitted", True)


def test_the_database_itself_wants_the_second_person(office: Office) -> None:
    membership = admitted(office)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(
            reviewed_by=office.first.user_id, admitted_by=office.first.user_id
        )


def test_an_application_on_behalf_is_reviewed_once_the_letter_is_there(office: Office) -> None:
    membership = filed(office)
    with pytest.raises(WrongState, match="letter"):
        review_application(actor=office.first, membership_id=membership.pk, details=details())
    make_document(membership)
    assert (
        review_application(actor=office.first, membership_id=membership.pk, details=details()).state == "under_review"
    )


def test_an_administrator_applies_for_the_own_organisation_only(office: Office) -> None:
    # An alliance that nothing is public of is not found from outside.
    with pytest.raises(NotFound):
        apply_for_membership(actor=office.applicant, alliance_id=office.alliance.pk, organisation_id=office.company.pk)
    other = make_organisation("另一成员")
    make_membership(office.alliance, other, "M9")
    with pytest.raises(NotAllowed):
        apply_for_membership(actor=office.founder, alliance_id=office.alliance.pk, organisation_id=other.pk)

    make_pool(office.alliance, "public")
    done = apply_for_membership(
        actor=office.applicant, alliance_id=office.alliance.pk, organisation_id=office.company.pk
    )
    assert (done.state, done.on_behalf) == ("applied", False)


def test_nobody_applies_twice_or_as_a_member(office: Office) -> None:
    filed(office)
    with pytest.raises(Conflict, match="being decided"):
        filed(office)
    Membership.objects.filter(organisation=office.company).update(state="withdrawn")
    admitted(office)
    with pytest.raises(Conflict, match="member of this alliance already"):
        filed(office)


def test_rivals_do_not_learn_who_applies_or_was_refused(office: Office) -> None:
    membership = filed(office)
    legal, staff = acting(Role.LEGAL, alliance=office.alliance), acting(Role.MEMBER_STAFF, organisation=office.company)

    def seen(actor: Actor) -> bool:
        return Membership.objects.visible_to(actor).filter(pk=membership.pk).exists()

    assert [seen(actor) for actor in (office.first, office.applicant, staff)] == [True, True, True]
    assert [seen(actor) for actor in (office.founder, legal)] == [False, False]
    refuse_application(actor=office.second, membership_id=membership.pk, details=details(reason="No patents yet"))
    assert not seen(office.founder)
    assert MembershipStep.objects.visible_to(office.applicant).count() == 2
    assert not MembershipStep.objects.visible_to(staff).exists()


def test_the_applicant_withdraws_and_nobody_else_s_administrator_does(office: Office) -> None:
    membership = filed(office)
    with pytest.raises(NotFound):
        withdraw_application(actor=office.founder, membership_id=membership.pk, details=details())
    done = withdraw_application(actor=office.applicant, membership_id=membership.pk, details=details())
    assert done.state == "withdrawn"
    with pytest.raises(WrongState):
        review_application(actor=office.first, membership_id=membership.pk, details=details())


def test_a_suspension_has_a_reason_and_ends(office: Office) -> None:
    membership = admitted(office)
    with pytest.raises(InvalidInput) as refused:
        suspend_member(actor=office.first, membership_id=membership.pk, details=details())
    assert [error.pointer for error in refused.value.errors] == ["/reason"]

    suspend_member(actor=office.first, membership_id=membership.pk, details=details(date(2026, 2, 1), "Fees unpaid"))
    with pytest.raises(InvalidInput, match="cannot hold from an earlier day"):
        resume_membership(
            actor=office.first, membership_id=membership.pk, details=details(date(2026, 1, 15), "Fees paid")
        )
    done = resume_membership(
        actor=office.first, membership_id=membership.pk, details=details(date(2026, 3, 1), "Fees paid")
    )
    assert done.state == "admitted"


def test_a_member_leaves_by_its_own_seat_or_by_its_letter(office: Office) -> None:
    membership = admitted(office)
    with pytest.raises(InvalidInput, match="letter"):
        leave_alliance(actor=office.first, membership_id=membership.pk, details=details(date(2026, 7, 1)))
    elsewhere = make_document(office.company)
    with pytest.raises(Conflict, match="Attach the paper"):
        leave_alliance(
            actor=office.first,
            membership_id=membership.pk,
            details=details(date(2026, 7, 1), document_id=elsewhere.pk),
        )
    done = leave_alliance(actor=office.applicant, membership_id=membership.pk, details=details(date(2026, 7, 1)))
    assert (done.state, done.leaves_on) == ("left", date(2026, 7, 1))
    # Until that day it is a member, and sees what members see.
    assert standing_of(done, actor=office.first) is not None
    assert Membership.objects.visible_to(office.applicant).count() == 2


def test_an_expulsion_needs_a_reason_and_the_paper_of_the_decision(office: Office) -> None:
    membership = admitted(office)
    decision = make_document(membership, "decision")
    with pytest.raises(InvalidInput, match="paper of the decision"):
        expel_member(actor=office.first, membership_id=membership.pk, details=details(reason="Sold patents"))
    with pytest.raises(InvalidInput, match="blank"):
        expel_member(actor=office.first, membership_id=membership.pk, details=details(document_id=decision.pk))
    with pytest.raises(NotAllowed):
        expel_member(
            actor=office.applicant,
            membership_id=membership.pk,
            details=details(reason="Sold patents", document_id=decision.pk),
        )
    assert not AuditEvent.objects.exists()
    done = expel_member(
        actor=office.first, membership_id=membership.pk, details=details(reason="Sold", document_id=decision.pk)
    )
    assert (done.state, done.steps.get().document_id) == ("expelled", decision.pk)


def test_a_membership_does_not_end_before_it_begins_nor_after_its_term(office: Office) -> None:
    membership = admitted(office, date(2026, 6, 1))
    with pytest.raises(InvalidInput, match="name a later day"):
        leave_alliance(actor=office.applicant, membership_id=membership.pk, details=details(date(2026, 6, 1)))


def test_history_is_neither_changed_nor_removed(office: Office) -> None:
    step = filed(office).steps.get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        MembershipStep.objects.filter(pk=step.pk).update(reason="another")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        step.delete()


def test_founders_are_put_on_record_by_one_and_later_members_are_not(office: Office) -> None:
    empty = make_alliance("new")
    secretary = acting(Role.SECRETARIAT, alliance=empty)
    added = add_member(
        actor=secretary, alliance_id=empty.pk, member=NewMember(organisation_id=make_organisation().pk, code="F1")
    )
    assert added.steps.get().state_after == "admitted"
    other = NewMember(organisation_id=make_organisation().pk, code="F2")
    with pytest.raises(NotAllowed, match="two people admit"):
        add_member(actor=secretary, alliance_id=empty.pk, member=other)
    assert add_member(actor=command_line(), alliance_id=empty.pk, member=other).code == "F2"


def test_each_reader_is_told_the_steps_they_may_take(office: Office) -> None:
    membership = filed(office)
    make_document(membership)
    review_application(actor=office.first, membership_id=membership.pk, details=details())
    membership.refresh_from_db()

    def steps(actor: Actor) -> list[str]:
        return allowed_steps([membership], actor=actor)[membership.pk]

    assert steps(office.first) == ["refusal", "withdrawal"]
    assert steps(office.second) == ["admission", "refusal", "withdrawal"]
    assert steps(office.applicant) == ["withdrawal"]
    assert steps(office.founder) == []


def test_members_from_before_get_the_history_that_their_days_tell(office: Office) -> None:
    Membership.objects.all().delete()
    stays = make_membership(office.alliance, make_organisation(), "M3")
    left = make_membership(
        office.alliance, make_organisation(), "M4", enters_on=date(2024, 1, 1), leaves_on=date(2025, 1, 1)
    )
    migration = importlib.import_module("members.memberships.migrations.0003_history_of_members")
    migration.tell_history(apps, None)

    left.refresh_from_db()
    stays.refresh_from_db()
    assert (stays.state, left.state) == (MembershipState.ADMITTED, MembershipState.LEFT)
    assert list(left.steps.values_list("kind", "effective_on", "taken_over")) == [
        ("admission", date(2024, 1, 1), True),
        ("departure", date(2025, 1, 1), True),
    ]
    assert list(stays.steps.values_list("kind", "effective_on")) == [("admission", None)]
