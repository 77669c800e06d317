"""Organisations that are registered twice become one: what moves, what stays, and what stands against it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from licensing.agreements.models import Licence
from licensing.close.models import CloseBucket, CloseShare, LicenceResult, PayeeResult, Statement
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.selectors import own_groups
from members.memberships.models import Membership
from platform_core.audit.models import AuditEvent
from platform_core.identity.merging import merge_organisations, normal_name, possible_duplicates
from platform_core.identity.models import Organisation, OrganisationName, Seat
from platform_core.identity.references import Fate, references
from platform_core.identity.roles import Role
from platform_core.identity.seating import open_seat
from platform_core.identity.selectors import organisations
from platform_core.identity.services import edit_organisation
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound
from pools.patents.models import Ownership
from tests.factories.close import make_release
from tests.factories.closed_cases import close_records
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.core import (
    NOON,
    acting,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year

pytestmark = pytest.mark.django_db

CODE = "91110000600037341L"
OTHER_CODE = "91310000132200821H"


def merge(kept: Organisation, merged: Organisation, **who: Any) -> Organisation:
    result = merge_organisations(actor=who.get("actor") or command_line(), kept_id=kept.pk, merged_id=merged.pk)
    merged.refresh_from_db()
    kept.refresh_from_db()
    return result


def refused(kept: Organisation, merged: Organisation, word: str) -> None:
    """The merger is refused with words that contain this one, and nothing has changed."""
    before = AuditEvent.objects.count()
    with pytest.raises(Conflict) as refusal, transaction.atomic():
        merge(kept, merged)
    assert word in str(refusal.value)
    merged.refresh_from_db()
    assert merged.merged_into_id is None
    assert AuditEvent.objects.count() == before
    assert not OrganisationName.objects.exists()


def test_what_refers_to_the_one_refers_to_the_other_and_the_record_of_it_stays() -> None:
    alliance, kept, merged = make_alliance(), make_organisation("甲"), make_organisation("乙", uscc=CODE)
    membership = make_membership(alliance, merged, "M1")
    patent = make_patent(alliance, "CN1")
    owned = Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=merged)
    seat, user, third = make_seat(organisation=merged), make_user(), make_organisation()
    give_role(seat, Role.MEMBER_ADMIN)
    tie, affiliation = make_declared_tie(user, merged), make_affiliation(third, merged)

    merge(kept, merged)

    assert (merged.merged_into, merged.uscc, kept.uscc) == (kept, "", CODE)
    for row, column in (
        (membership, "organisation"),
        (owned, "owner"),
        (seat, "organisation"),
        (tie, "organisation"),
        (affiliation, "second"),
    ):
        row.refresh_from_db()
        assert getattr(row, column) == kept
    assert actor_of_seat(seat).organisation_id == kept.pk
    event = AuditEvent.objects.get(name="organisation.merged")
    assert event.subject_id == kept.pk
    assert event.changes["merged"]["new"] == str(merged.pk)
    assert event.changes["memberships.Membership.organisation"]["new"] == 1


def test_the_merged_one_is_on_no_list_and_is_read_by_those_who_see_the_other() -> None:
    alliance, kept, merged = make_alliance(), make_organisation("甲"), make_organisation("乙")
    make_membership(alliance, merged, "M1")
    office, admin = acting(Role.SECRETARIAT, alliance=alliance), acting(Role.MEMBER_ADMIN, organisation=kept)
    elsewhere = acting(Role.SECRETARIAT)

    merge(kept, merged)

    for actor in (office, admin, command_line()):
        assert Organisation.objects.visible_to(actor).filter(pk=merged.pk).exists()
        assert merged not in organisations(actor=actor)
        assert kept in organisations(actor=actor)
    # An alliance that has nothing to do with it learns nothing, although nothing ties the merged one any more.
    assert not Organisation.objects.visible_to(elsewhere).filter(pk__in=[kept.pk, merged.pk]).exists()


def test_nothing_new_is_done_with_a_merged_one() -> None:
    alliance, kept, merged = make_alliance(), make_organisation("甲"), make_organisation("乙")
    merge(kept, merged)
    with pytest.raises(NotAllowed):
        edit_organisation(actor=command_line(), organisation_id=merged.pk, name_zh="丙")
    with pytest.raises(NotAllowed):
        open_seat(actor=command_line(), user_id=make_user().pk, organisation_id=merged.pk)
    with pytest.raises(NotAllowed):
        merge(make_organisation(), merged)
    with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
        make_membership(alliance, merged, "M1")


def test_every_column_that_moves_is_kept_from_merged_organisations_by_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE tgname LIKE '%\\_unmerged' AND tgenabled = 'A'"
        )
        guarded = set(cursor.fetchall())
    for reference in references():
        if reference.fate is Fate.MOVED:
            table = reference.model._meta.db_table
            column = f"{reference.column}_id"
            assert (table, f"{table}_{column}_unmerged") in guarded, reference.name


def test_seats_and_ties_change_their_organisation_by_a_merger_only() -> None:
    other = make_organisation()
    rows: list[tuple[Any, str]] = [
        (make_seat(), "organisation"),
        (make_declared_tie(make_user(), make_organisation()), "organisation"),
        (make_affiliation(make_organisation(), make_organisation()), "first"),
    ]
    for row, column in rows:
        with pytest.raises(IntegrityError, match="with a merger only"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{column: other})


def test_one_merged_before_goes_along() -> None:
    first, second, third = (make_organisation(name) for name in "甲乙丙")
    merge(second, first)
    merge(third, second)
    first.refresh_from_db()
    assert first.merged_into == third
    assert {row.name for row in third.other_names.all()} == {"甲", "乙"}


def test_it_is_found_by_all_its_names() -> None:
    kept, merged = make_organisation("蓝屿", name_en="Lanyu"), make_organisation("海晏", name_en="Lanyu")
    edit_organisation(actor=command_line(), organisation_id=merged.pk, name_zh="海宴")
    merge(kept, merged)
    assert {(row.name, row.kind) for row in kept.other_names.all()} == {("海晏", "merged"), ("海宴", "merged")}
    assert {(row.name, row.kind) for row in merged.other_names.all()} == {("海晏", "former")}
    # Its own figures are its own under each of its names.
    assert {"海晏", "海宴", "蓝屿"} <= own_groups(kept.pk)


def test_no_amount_of_a_close_changes(db: None) -> None:
    world = make_small_world()
    report_whole_year(world)
    close_records(world.programme, "2025Q4")
    kept, merged = make_organisation("甲"), world.members["M1"].organisation
    licensee, licensed = make_organisation("乙"), Licence.objects.get(code="L1").licensee
    before = figures()
    assert any(row["amount_minor"] for row in before["payees"])

    merge(kept, merged)
    merge(licensee, licensed)

    assert figures() == before
    assert Statement.objects.filter(membership__organisation=kept).exists()
    assert Licence.objects.get(code="L1").licensee == licensee


def figures() -> dict[str, list[Any]]:
    return {
        "statements": list(Statement.objects.order_by("pk").values()),
        "payees": list(PayeeResult.objects.order_by("pk").values()),
        "licences": list(LicenceResult.objects.order_by("pk").values()),
        "buckets": list(CloseBucket.objects.order_by("pk").values()),
        "shares": list(CloseShare.objects.order_by("pk").values()),
    }


class TestRefusals:
    def test_two_codes_are_two_organisations(self) -> None:
        refused(make_organisation(uscc=CODE), make_organisation(uscc=OTHER_CODE), "credit codes")

    def test_one_code_is_one_organisation(self) -> None:
        kept, merged = make_organisation(uscc=CODE), make_organisation(uscc=CODE)
        merge_organisations(actor=command_line(), kept_id=kept.pk, merged_id=merged.pk)
        merged.refresh_from_db()
        assert (merged.merged_into, merged.uscc) == (kept, "")

    def test_members_of_one_alliance(self) -> None:
        alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()
        make_membership(alliance, kept, "M1")
        make_membership(alliance, merged, "", state="applied")
        refused(kept, merged, str(alliance))

    def test_members_of_one_alliance_at_one_time_in_the_past(self) -> None:
        alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()
        make_membership(alliance, kept, "M1")
        make_membership(alliance, merged, "M2", state="left", enters_on=date(2024, 1, 1), leaves_on=date(2025, 1, 1))
        refused(kept, merged, "they stay two")

    def test_one_person_at_both(self) -> None:
        kept, merged, user = make_organisation(), make_organisation(), make_user()
        make_seat(user, kept)
        seat = make_seat(user, merged)
        refused(kept, merged, "seat at both")
        Seat.objects.filter(pk=seat.pk).update(ended_at=NOON)
        merge(kept, merged)

    def test_owners_of_one_patent(self) -> None:
        patent = make_patent(make_alliance(), "CN1")
        kept, merged = make_organisation(), make_organisation()
        for owner in (kept, merged):
            Ownership.objects.create(patent=patent, alliance=patent.alliance, owner=owner, share=Decimal("0.5"))
        refused(kept, merged, "same patent")

    def test_a_right_granted_to_the_one_that_goes(self) -> None:
        alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()
        make_grant(
            make_patent(alliance, "CN1"), merged, "patent.read", by=make_seat(), ends_at=NOON + timedelta(days=1)
        )
        refused(kept, merged, "withdraw it")

    def test_totals_told_to_the_one_that_goes(self) -> None:
        world: SmallWorld = make_small_world()
        kept, reader = make_organisation(), world.members["M1"].organisation
        report_whole_year(world)
        make_release(world.programme, reader, [close_records(world.programme, "2025Q4")])
        refused(kept, reader, "other way round")
        merge(reader, kept)
        assert TotalsRelease.objects.get().reader == reader

    def test_an_undertaking_that_names_the_one_that_goes(self) -> None:
        kept, merged = make_organisation(), make_organisation()
        make_undertaking(make_user(), make_alliance(), hidden_organisations=[merged.pk])
        refused(kept, merged, "undertaking")

    def test_both_affiliated_to_a_third(self) -> None:
        kept, merged, third = make_organisation(), make_organisation(), make_organisation()
        make_affiliation(third, kept)
        last = make_affiliation(third, merged)
        refused(kept, merged, "affiliated to the same")
        type(last).objects.filter(pk=last.pk).update(ends_on=date(2025, 6, 1))
        merge(kept, merged)
        last.refresh_from_db()
        assert last.second == merged

    def test_the_same_one(self) -> None:
        organisation = make_organisation()
        with pytest.raises(InvalidInput):
            merge(organisation, organisation)


class TestWhoMay:
    def test_an_office_where_no_other_alliance_is_concerned(self) -> None:
        alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()
        make_membership(alliance, kept, "M1")
        merge(kept, merged, actor=acting(Role.SECRETARIAT, alliance=alliance))

    def test_not_where_another_alliance_is_concerned(self) -> None:
        alliance, kept, merged = make_alliance(), make_organisation(), make_organisation()
        make_membership(alliance, kept, "M1")
        make_membership(alliance, merged, "M2", state="left", enters_on=date(2024, 1, 1), leaves_on=date(2025, 1, 1))
        make_membership(make_alliance(), merged, "X1")
        with pytest.raises(NotAllowed):
            merge(kept, merged, actor=acting(Role.SECRETARIAT, alliance=alliance))
        with pytest.raises(NotFound):
            merge(make_organisation(), kept, actor=acting(Role.SECRETARIAT))
        assert Membership.objects.filter(organisation=merged).count() == 2

    @pytest.mark.parametrize("role", [Role.MEMBER_ADMIN, Role.FINANCE, Role.LEGAL, Role.LICENSEE])
    def test_nobody_else(self, role: Role) -> None:
        kept, merged = make_organisation(), make_organisation()
        with pytest.raises((NotAllowed, NotFound)):
            merge(kept, merged, actor=acting(role, organisation=kept))

    def test_not_those_who_sit_at_one_of_them(self) -> None:
        kept, merged = make_organisation(), make_organisation()
        make_membership(make_alliance(), merged, "M1")
        with pytest.raises(NotAllowed, match="have a seat"):
            merge(kept, merged, actor=acting(Role.SITE_ADMIN, organisation=kept))
        merge(kept, merged, actor=acting(Role.SITE_ADMIN))


class TestDuplicates:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("蓝屿科技有限公司", "蓝屿科技股份有限公司"),
            ("蓝屿（深圳）科技", "蓝屿(深圳)科技 "),
            ("Lanyu Display Co., Ltd.", "LANYU DISPLAY"),
            ("ＬＡＮＹＵ　Display", "Lanyu-Display GmbH"),
        ],
    )
    def test_names_are_the_same_however_they_are_written(self, one: str, other: str) -> None:
        assert normal_name(one) == normal_name(other)

    def test_names_of_the_legal_form_alone_are_told_apart(self) -> None:
        assert normal_name("公司") != normal_name("集团")
        assert normal_name("蓝屿") != normal_name("海晏")

    def test_those_with_a_name_in_common_now_or_before(self) -> None:
        alliance = make_alliance()
        one, other, third = make_organisation("蓝屿有限公司"), make_organisation("海晏"), make_organisation("别的")
        edit_organisation(actor=command_line(), organisation_id=other.pk, name_zh="蓝屿集团")
        edit_organisation(actor=command_line(), organisation_id=other.pk, name_zh="新名")
        elsewhere = make_organisation("蓝屿")
        make_membership(make_alliance(), elsewhere, "X1")
        office = acting(Role.SECRETARIAT, alliance=alliance)

        assert possible_duplicates(one.pk, actor=office) == [other]
        assert set(possible_duplicates(one.pk, actor=command_line())) == {other, elsewhere}
        assert possible_duplicates(third.pk, actor=office) == []
        with pytest.raises((NotAllowed, NotFound)):
            possible_duplicates(elsewhere.pk, actor=office)
