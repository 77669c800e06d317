"""The demonstration has people for every role, and sign-ins that lead nowhere outside development."""

from platform_core.identity.roles import Purpose, Role
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import MEMBERS, SELF_APPLYING
from platform_site.demo.people import APPROVER, CALCULATOR, PEOPLE, reporter_of, sign_ins


def test_every_role_is_held_by_somebody() -> None:
    assert {duty.role for person in PEOPLE for duty in person.duties} == set(Role)


def test_a_close_can_be_approved_by_another_than_its_calculator() -> None:
    assert APPROVER.email != CALCULATOR.email
    for person in (APPROVER, CALCULATOR):
        assert [(duty.role, duty.purpose) for duty in person.duties] == [(Role.FINANCE, Purpose.ROYALTIES)]
    purposes = {duty.purpose for person in PEOPLE for duty in person.duties if duty.role is Role.FINANCE}
    assert purposes == set(Purpose)


def test_addresses_are_unique_and_of_the_reserved_domain() -> None:
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    for person in PEOPLE:
        assert person.email == person.email.lower()
        assert person.email.isascii()
        assert person.email.endswith(f"@{person.firm.key}.example")
        assert " " not in person.email


def test_names_are_unique() -> None:
    assert len({person.name for person in PEOPLE}) == len(PEOPLE)


def test_every_licensee_has_a_reporter_and_every_member_an_administrator() -> None:
    assert {reporter_of(licence.licensee).email for licence in LICENCES} <= {person.email for person in PEOPLE}
    administrators = {person.firm.key for person in PEOPLE for duty in person.duties if duty.role is Role.MEMBER_ADMIN}
    assert administrators == {member.firm.key for member in MEMBERS} | {SELF_APPLYING.firm.key}


def test_rivals_have_every_kind_of_member_seat() -> None:
    for key in ("yaoxi", "yingyue"):
        roles = {duty.role for person in PEOPLE if person.firm.key == key for duty in person.duties}
        assert roles == {Role.MEMBER_ADMIN, Role.MEMBER_STAFF, Role.MEMBER_FINANCE, Role.MEMBER_NEGOTIATOR}


def test_sign_ins_worth_trying_are_few_and_of_different_kinds() -> None:
    roles = {duty.role for person in sign_ins() for duty in person.duties}
    assert 12 <= len(sign_ins()) <= 20
    assert {Role.SECRETARIAT, Role.FINANCE, Role.LEGAL, Role.OPERATOR, Role.MEMBER_ADMIN, Role.LICENSEE} <= roles
    assert {Role.AUDITOR, Role.AUTHORITY, Role.SITE_ADMIN} <= roles
