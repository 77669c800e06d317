"""What members agree to: fixed once published, signed on a recorded authority, and who lacks standing without it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from members.charter.models import BindingAct, Charter, CharterKind, CharterSignature, CharterVersion, SeatAuthority
from members.charter.selectors import charter_signatures, good_standing, missing_signatures
from members.charter.services import (
    discard_version,
    draft_version,
    edit_version,
    end_authority,
    publish_version,
    record_authority,
    record_paper_signature,
    sign_charter,
    start_charter,
)
from members.memberships.models import Membership, MembershipState
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.api.core.clients import client_of
from tests.factories.charter import make_authority, make_charter, make_signature, make_version
from tests.factories.core import acting, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.documents import make_document
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """An alliance with two members, its office, and a seat at the first member."""

    alliance: Alliance
    office: Actor
    first: Membership
    second: Membership
    seat: Seat

    @property
    def member(self) -> Actor:
        return actor_of_seat(self.seat)


@pytest.fixture
def house() -> House:
    alliance = make_alliance("uhd")
    first = make_membership(alliance, make_organisation("甲"), "M1", enters_on=date(2025, 1, 1))
    second = make_membership(alliance, make_organisation("乙"), "M2", enters_on=date(2025, 1, 1))
    seat = make_seat(organisation=first.organisation)
    give_role(seat, Role.MEMBER_ADMIN)
    return House(alliance, acting(Role.SECRETARIAT, alliance=alliance), first, second, seat)


def published(house: House, text: str = "第一条 诚信", **days: date) -> CharterVersion:
    charter = Charter.objects.filter(alliance=house.alliance).first() or start_charter(
        actor=house.office, alliance_id=house.alliance.pk, kind=CharterKind.CHARTER, title_zh="章程"
    )
    draft = draft_version(
        actor=house.office, charter_id=charter.pk, text_zh=text, effective_on=days.get("effective_on", date(2026, 1, 1))
    )
    return publish_version(actor=house.office, version_id=draft.pk)


def sign(house: House, version: CharterVersion, **columns: str) -> CharterSignature:
    return sign_charter(
        actor=house.member,
        version_id=version.pk,
        membership_id=house.first.pk,
        content_sha256=columns.get("content_sha256", version.content_sha256),
    )


def test_a_published_version_is_fixed_by_service_and_database(house: House) -> None:
    version = published(house)
    with pytest.raises(WrongState, match="write the next version"):
        edit_version(actor=house.office, version_id=version.pk, text_zh="第一条 改")
    with pytest.raises(IntegrityError, match="no longer be changed"), transaction.atomic():
        CharterVersion.objects.filter(pk=version.pk).update(text_zh="第一条 改")
    with pytest.raises(IntegrityError, match="no longer be changed"), transaction.atomic():
        version.delete()


def test_the_hash_stands_for_everything_that_is_agreed_to(house: House) -> None:
    first = published(house)
    second = published(house, "第一条 诚信", effective_on=date(2026, 2, 1))
    assert first.content_sha256 != second.content_sha256
    assert second.supersedes_id == first.pk
    assert set(AuditEvent.objects.values_list("name", flat=True)) == {
        "charter.started",
        "charter_version.drafted",
        "charter_version.published",
    }


def test_the_next_version_is_in_force_from_a_later_day(house: House) -> None:
    published(house)
    with pytest.raises(Conflict, match="later day"):
        published(house, "第二版", effective_on=date(2026, 1, 1))


def test_a_version_without_text_or_day_is_not_published(house: House) -> None:
    charter = make_charter(house.alliance)
    empty = draft_version(actor=house.office, charter_id=charter.pk, effective_on=date(2026, 1, 1))
    undated = draft_version(actor=house.office, charter_id=charter.pk, text_zh="第一条")
    for draft in (empty, undated):
        with pytest.raises(InvalidInput):
            publish_version(actor=house.office, version_id=draft.pk)
    assert discard_version(actor=house.office, version_id=empty.pk).state == "discarded"


def test_drafts_are_the_office_s(house: House) -> None:
    draft = make_version(make_charter(house.alliance), published=False)
    assert not CharterVersion.objects.visible_to(house.member).exists()
    with pytest.raises(NotFound):
        edit_version(actor=house.member, version_id=draft.pk, text_zh="x")


def test_a_seat_signs_by_a_recorded_authority_only(house: House) -> None:
    version = published(house)
    with pytest.raises(NotAllowed, match="letter of authority"):
        sign(house, version)
    letter = make_document(house.first, "letter of authority")
    record_authority(
        actor=house.office,
        membership_id=house.first.pk,
        seat_id=house.seat.pk,
        acts=[BindingAct.CHARTER],
        title="总经理",
        letter_id=letter.pk,
        starts_on=date(2026, 1, 1),
    )
    signature = sign(house, version)
    assert (signature.signatory_title, signature.letter_id, signature.signed_on) == (
        "总经理",
        letter.pk,
        date(2026, 3, 2),
    )
    with pytest.raises(Conflict, match="signed this version already"):
        sign(house, version)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        signature.delete()


@pytest.mark.parametrize(
    "columns",
    [
        {"acts": [BindingAct.BALLOT.value]},
        {"starts_on": date(2026, 3, 3)},
        {"ends_on": date(2026, 3, 2)},
    ],
    ids=["for another act", "from tomorrow", "until today"],
)
def test_an_authority_for_another_act_or_day_signs_nothing(house: House, columns: dict[str, object]) -> None:
    version = published(house)
    make_authority(house.seat, house.first, **columns)
    with pytest.raises(NotAllowed):
        sign(house, version)
    assert not CharterSignature.objects.exists()


def test_an_authority_of_one_seat_serves_no_other_seat_and_no_other_member(house: House) -> None:
    version = published(house)
    colleague = make_seat(organisation=house.first.organisation)
    make_authority(colleague, house.first)
    with pytest.raises(NotAllowed):
        sign(house, version)
    make_authority(house.seat, house.first)
    with pytest.raises(NotAllowed):
        sign_charter(
            actor=house.member,
            version_id=version.pk,
            membership_id=house.second.pk,
            content_sha256=version.content_sha256,
        )


def test_what_is_signed_is_what_was_read(house: House) -> None:
    version = published(house)
    make_authority(house.seat, house.first)
    with pytest.raises(InvalidInput, match="read it again"):
        sign(house, version, content_sha256="0" * 64)


def test_a_superseded_version_is_signed_no_more(house: House) -> None:
    version = published(house)
    make_authority(house.seat, house.first)
    published(house, "第二版", effective_on=date(2026, 2, 1))
    with pytest.raises(WrongState, match="Version 2 is in force"):
        sign(house, version)


def test_the_office_records_paper_with_letter_and_sealed_scan(house: House) -> None:
    version = published(house)
    letter, scan = make_document(house.second, "letter"), make_document(house.second, "scan")
    elsewhere = make_document(house.first, "scan")
    paper: dict[str, Any] = {
        "actor": house.office,
        "version_id": version.pk,
        "membership_id": house.second.pk,
        "signatory_name": "李总",
        "signatory_title": "董事长",
        "signed_on": date(2026, 2, 1),
        "letter_id": letter.pk,
    }
    with pytest.raises(Conflict, match="Attach the paper"):
        record_paper_signature(**paper, scan_id=elsewhere.pk)
    with pytest.raises(NotAllowed):
        record_paper_signature(**{**paper, "actor": house.member}, scan_id=scan.pk)
    signature = record_paper_signature(**paper, scan_id=scan.pk)
    assert (signature.way, signature.scan_id) == ("paper", scan.pk)


def test_a_member_gives_itself_no_authority_and_may_end_one(house: House) -> None:
    authority = make_authority(house.seat, house.first)
    with pytest.raises(NotAllowed):
        record_authority(
            actor=house.member,
            membership_id=house.first.pk,
            seat_id=house.seat.pk,
            acts=[BindingAct.CONTRACT],
            title="总经理",
            letter_id=authority.letter_id,
            starts_on=date(2026, 1, 1),
        )
    assert end_authority(actor=house.member, authority_id=authority.pk).ends_on == date(2026, 3, 2)
    assert not SeatAuthority.objects.visible_to(acting(Role.MEMBER_ADMIN)).exists()


def test_the_office_authorises_no_seat_that_it_may_not_see_but_the_one_that_brought_the_letter(house: House) -> None:
    make_membership(make_alliance(), house.first.organisation, "ELSEWHERE")
    colleague = make_seat(organisation=house.first.organisation)
    letter = make_document(house.first, "letter of authority", uploaded_from=house.seat)

    def record(seat: Seat) -> SeatAuthority:
        return record_authority(
            actor=house.office,
            membership_id=house.first.pk,
            seat_id=seat.pk,
            acts=[BindingAct.CONTRACT],
            title="总经理",
            letter_id=letter.pk,
            starts_on=date(2026, 1, 1),
        )

    with pytest.raises(InvalidInput, match="may see"):
        record(colleague)
    assert not SeatAuthority.objects.exists()
    assert record(house.seat).seat == house.seat


def test_good_standing_follows_from_signatures_and_suspension(house: House) -> None:
    version = published(house)
    make_signature(version, house.first, make_authority(house.seat, house.first))
    standings = {row.membership.code: row for row in good_standing(house.alliance, actor=house.office)}

    assert [row.code for row in missing_signatures(version, actor=house.office)] == ["M2"]
    assert (standings["M1"].good, standings["M2"].good) == (True, False)
    assert standings["M2"].unsigned == [version]


def test_a_version_costs_standing_only_from_the_day_by_which_it_is_to_be_signed(house: House) -> None:
    charter = make_charter(house.alliance)
    make_version(charter, effective_on=date(2026, 1, 1), sign_by_on=date(2026, 3, 3))
    assert all(row.good for row in good_standing(house.alliance, actor=house.office))
    make_version(charter, 2, effective_on=date(2026, 3, 1), sign_by_on=date(2026, 3, 2))
    assert not any(row.good for row in good_standing(house.alliance, actor=house.office))


def test_over_http_a_charter_is_read_and_signed(house: House) -> None:
    version = published(house)
    make_authority(house.seat, house.first)
    client = client_of(house.seat)
    read = client.get(f"/api/v1/charter-versions/{version.pk}").json()
    answer = client.post(
        "/api/v1/charter-signatures",
        {
            "version_id": read["id"],
            "membership_id": str(house.first.pk),
            "content_sha256": read["content_sha256"],
        },
        content_type="application/json",
        headers={"Idempotency-Key": "signing-the-charter"},
    )
    assert answer.status_code == 201, answer.content
    missing = client.get(f"/api/v1/charter-versions/{version.pk}/missing-signatures").json()
    assert [row["code"] for row in missing["items"]] == ["M2"]
    standing = client.get(f"/api/v1/alliances/{house.alliance.pk}/good-standing").json()
    assert {row["code"]: row["good"] for row in standing} == {"M1": True, "M2": False}
    assert client.get("/api/v1/charter-versions").json()["items"][0]["number"] == 1


def test_who_applies_and_has_signed_already_is_known_to_no_rival_and_to_the_office_s_secretariat_only(
    house: House,
) -> None:
    version = published(house)
    applicant = make_membership(house.alliance, make_organisation("丙"), "", state=MembershipState.APPLIED)
    admin = make_seat(organisation=applicant.organisation)
    give_role(admin, Role.MEMBER_ADMIN)
    signature = make_signature(version, applicant, make_authority(admin, applicant))
    rivals = [house.member, *(acting(role, alliance=house.alliance) for role in (Role.LEGAL, Role.OPERATIONS_HEAD))]

    for rival in rivals:
        assert not Membership.objects.visible_to(rival).filter(pk=applicant.pk).exists()
        assert list(charter_signatures(actor=rival)) == []
    for reader in (house.office, actor_of_seat(admin)):
        assert list(charter_signatures(actor=reader)) == [signature]
    applicant.state, applicant.code = MembershipState.ADMITTED, "M3"
    applicant.save(update_fields=["state", "code"])
    for rival in rivals:
        assert list(charter_signatures(actor=rival)) == [signature]
