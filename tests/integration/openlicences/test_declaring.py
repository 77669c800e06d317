"""Declaring open licences: what stands against it, its course at the office, and who sees what."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from licensing.direct.checking import findings_shown as direct_findings
from licensing.direct.models import DirectKind, DirectState
from licensing.direct.services import send_direct_licence, sign_direct_licence
from licensing.openlicences.checking import findings_shown
from licensing.openlicences.models import DeclarationState, OpenDeclaration, PriceScheme, ReportFinding, RoyaltyBase
from licensing.openlicences.selectors import declaration_steps, get_open_declaration, open_declarations
from licensing.openlicences.services import (
    announce_declaration,
    announce_withdrawal,
    edit_declaration,
    file_declaration,
    file_withdrawal,
    record_open_consent,
    refuse_declaration,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.deadlines.models import Deadline
from platform_core.identity.merging import merge_organisations
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.patents.models import EncumbranceKind, Ownership, Patent
from pools.patents.services import transfer_patent
from tests.factories.core import NOON, acting, command_line, make_organisation
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.openlicences import make_declaration
from tests.factories.patents import make_encumbrance, make_patent
from tests.integration.openlicences.conftest import OpenHouse

pytestmark = pytest.mark.django_db
FILED, ANNOUNCED = date(2026, 3, 1), date(2026, 3, 2)


def codes(declaration: OpenDeclaration, actor: Actor) -> list[str]:
    return [finding.code for finding in findings_shown(declaration, actor=actor)]


def file(actor: Actor, declaration: OpenDeclaration) -> OpenDeclaration:
    return file_declaration(actor=actor, declaration_id=declaration.pk, filed_on=FILED)


def test_a_declaration_goes_from_draft_to_withdrawn_day_by_day(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner)
    assert codes(declaration, owner) == []
    assert declaration_steps(declaration, actor=owner, own=None) == ["edit", "file", "cancel"]

    filed = file(owner, declaration)
    assert len(filed.statement_sha256) == 64
    assert declaration_steps(filed, actor=owner, own=None) == ["cancel", "announce", "refuse"]
    with pytest.raises(InvalidInput):
        announce_declaration(
            actor=owner, declaration_id=declaration.pk, announced_on=date(2026, 2, 28), announcement_number="1"
        )
    announced = announce_declaration(
        actor=owner, declaration_id=declaration.pk, announced_on=ANNOUNCED, announcement_number="CN-OL-1"
    )
    assert (announced.state, announced.announced_on) == (DeclarationState.ANNOUNCED, ANNOUNCED)
    leaving = file_withdrawal(actor=owner, declaration_id=declaration.pk, filed_on=ANNOUNCED, reason="另行许可")
    assert leaving.state == DeclarationState.ANNOUNCED
    assert declaration_steps(leaving, actor=owner, own=None) == ["announce withdrawal", "record notice"]
    gone = announce_withdrawal(
        actor=owner, declaration_id=declaration.pk, withdrawn_on=ANNOUNCED, withdrawal_number="CN-OL-2"
    )
    assert gone.state == DeclarationState.WITHDRAWN
    # No office reads in its record what an owner drafts.
    assert not AuditEvent.objects.filter(name__startswith="open_declaration", alliance__isnull=False).exists()


def test_what_was_filed_stays_and_another_price_is_another_declaration(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = file(owner, open_house.draft(owner))
    with pytest.raises(WrongState, match="declare anew"):
        edit_declaration(actor=owner, declaration_id=declaration.pk, sum_minor=1)
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        OpenDeclaration.objects.filter(pk=declaration.pk).update(sum_minor=1)
    second = open_house.draft(owner, sum_minor=1)
    assert codes(second, owner) == ["declared_already"]
    with pytest.raises(Conflict, match="Withdraw that one first"):
        file(owner, second)
    assert OpenDeclaration.objects.get(pk=second.pk).state == DeclarationState.DRAFT


Hinder = Callable[[OpenHouse], object]


def _late_fee(at: OpenHouse) -> None:
    Deadline.objects.create(
        alliance=at.house.alliance,
        organisation=at.house.owner,
        subject_type=Patent._meta.label_lower,
        subject_id=at.house.patent.pk,
        kind="annuity",
        part="7",
        title="CN1B",
        due_on=date(2026, 3, 1),
        last_day=date(2026, 9, 1),
        next_told_on=date(2026, 3, 31),
        created_at=NOON,
        changed_at=NOON,
    )


def _set(**columns: object) -> Hinder:
    return lambda at: Patent.objects.filter(pk=at.house.patent.pk).update(**columns)


def _rests(kind: EncumbranceKind) -> Hinder:
    return lambda at: make_encumbrance(at.house.patent, kind=kind, from_on=date(2026, 1, 1), to_on=None)


@pytest.mark.parametrize(
    ("hinder", "code", "sentence"),
    [
        (_set(granted_on=None), "not_granted", "not granted"),
        (_set(granted_on=date(2026, 3, 3)), "not_granted", "not granted"),
        (_set(ends_on=date(2026, 3, 2)), "not_alive", "not been in force since 2026-03-02"),
        (_set(country="JP"), "not_chinese", "of JP"),
        (_set(right=""), "right_unknown", "utility model or a design"),
        (_set(right="design"), "no_report", "evaluation report"),
        (_late_fee, "fees_unpaid", "annuity of year 7"),
        (_rests(EncumbranceKind.PLEDGE), "pledged", "Record the pledgee's consent"),
        (_rests(EncumbranceKind.LICENCE_EXCLUSIVE), "register_alone", "Have it ended first"),
        (_rests(EncumbranceKind.LICENCE_SOLE), "register_alone", "Have it ended first"),
        (_rests(EncumbranceKind.PRESERVATION), "preserved", "preservation"),
        (_rests(EncumbranceKind.SUIT), "disputed", "suit"),
        (
            lambda at: Ownership.objects.create(
                patent=at.house.patent, alliance=at.house.alliance, owner=at.house.rival
            ),
            "no_consent",
            "has not consented",
        ),
        (
            lambda at: Ownership.objects.filter(patent=at.house.patent).update(to_on=date(2026, 3, 2)),
            "not_owner",
            "does not own it today",
        ),
        (
            lambda at: make_direct_licence(at.house.owner, at.house.rival, [at.house.patent], kind=DirectKind.SOLE),
            "licensed_alone",
            "is sole or exclusive",
        ),
    ],
)
def test_what_stands_against_a_declaration_is_shown_and_refused(
    open_house: OpenHouse, hinder: Hinder, code: str, sentence: str
) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner)
    hinder(open_house)
    declaration = get_open_declaration(declaration.pk, actor=owner)
    assert codes(declaration, owner) == [code]
    with pytest.raises(Conflict, match=sentence):
        file(owner, declaration)
    declaration.refresh_from_db()
    assert (declaration.state, declaration.filed_on) == (DeclarationState.DRAFT, None)


@pytest.mark.parametrize(("last", "found"), [(date(2026, 3, 1), []), (date(2026, 3, 2), ["licensed_alone"])])
def test_a_licence_to_one_alone_that_is_over_is_in_nobodys_way(
    open_house: OpenHouse, last: date, found: list[str]
) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    make_direct_licence(
        house.owner,
        house.rival,
        [house.patent],
        DirectState.TERMINATED,
        kind=DirectKind.EXCLUSIVE,
        starts_on=date(2025, 1, 1),
        ends_on=last,
    )
    assert codes(open_house.draft(owner), owner) == found


def test_licences_last_no_longer_than_the_patent(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    _set(ends_on=date(2030, 1, 1))(open_house)
    longer = open_house.draft(owner, ends_on=date(2030, 1, 1))
    assert codes(longer, owner) == ["longer_than_patent"]
    with pytest.raises(Conflict, match="ends on 2030-01-01"):
        file(owner, longer)
    assert codes(open_house.draft(owner, ends_on=date(2029, 12, 31)), owner) == []
    # No last day: as long as the patent lasts.
    assert codes(open_house.draft(owner, ends_on=None), owner) == []


def test_a_price_above_guidance_asks_why_and_is_then_filed(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner, base=RoyaltyBase.NET_SALES, rate_percent=Decimal("20.0001"))
    [finding] = findings_shown(declaration, actor=owner)
    assert (finding.code, finding.blocks) == ("above_guidance", True)
    with pytest.raises(Conflict, match="Say why"):
        file(owner, declaration)
    # Two fifths of the profit are within it.
    edit_declaration(actor=owner, declaration_id=declaration.pk, base=RoyaltyBase.PROFIT, rate_percent=Decimal(40))
    assert codes(get_open_declaration(declaration.pk, actor=owner), owner) == []
    edit_declaration(
        actor=owner,
        declaration_id=declaration.pk,
        rate_percent=Decimal(41),
        guidance_reason="独家核心工艺",
    )
    declaration = get_open_declaration(declaration.pk, actor=owner)
    assert [finding.blocks for finding in findings_shown(declaration, actor=owner)] == [False]
    assert file(owner, declaration).state == DeclarationState.FILED


@pytest.mark.parametrize(
    "edits",
    [
        {"sum_minor": None},
        {"sum_within_days": None},
        {"rate_percent": None},
        {"base": ""},
        {"period_months": None},
        {"pays_within_days": None},
    ],
)
def test_a_price_that_is_not_whole_is_not_filed(open_house: OpenHouse, edits: dict[str, Any]) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner, **edits)
    assert codes(declaration, owner) == ["price_missing"]
    with pytest.raises(Conflict, match="The price is not whole"):
        file(owner, declaration)


def test_a_utility_model_needs_a_report_that_speaks_for_it(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    _set(right="utility_model")(open_house)
    declaration = open_house.draft(owner)
    report = make_document(declaration, "report")
    given: dict[str, Any] = {
        "report_id": report.pk,
        "report_on": date(2026, 2, 1),
        "report_finding": ReportFinding.NOT_PATENTABLE,
    }
    edit_declaration(actor=owner, declaration_id=declaration.pk, **given)
    assert codes(get_open_declaration(declaration.pk, actor=owner), owner) == ["report_against"]
    edit_declaration(actor=owner, declaration_id=declaration.pk, report_finding=ReportFinding.PATENTABLE)
    assert codes(get_open_declaration(declaration.pk, actor=owner), owner) == []


def test_a_consent_counts_for_what_was_read_and_for_nothing_else(open_house: OpenHouse) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    pledge = make_encumbrance(house.patent, kind=EncumbranceKind.PLEDGE, from_on=date(2026, 1, 1), to_on=None)
    declaration = open_house.draft(owner)
    assert codes(declaration, owner) == ["no_consent", "pledged"]
    paper = make_document(declaration, "consent")
    for who in ({"owner_id": house.rival.pk}, {"pledge_id": pledge.pk}):
        record_open_consent(
            actor=owner, declaration_id=declaration.pk, given_on=date(2026, 3, 1), document_id=paper.pk, **who
        )
    assert codes(declaration, owner) == []
    edit_declaration(actor=owner, declaration_id=declaration.pk, sum_minor=6_000_000)
    declaration = get_open_declaration(declaration.pk, actor=owner)
    assert codes(declaration, owner) == ["no_consent", "pledged"]
    with pytest.raises(NotFound):
        record_open_consent(
            actor=owner,
            declaration_id=declaration.pk,
            given_on=date(2026, 3, 1),
            document_id=paper.pk,
            owner_id=house.owner.pk,
        )


@pytest.mark.parametrize("kind", [DirectKind.SOLE, DirectKind.EXCLUSIVE])
def test_beside_an_open_licence_only_ordinary_ones_are_granted(open_house: OpenHouse, kind: DirectKind) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    waiting = make_direct_licence(house.owner, house.rival, [house.patent], DirectState.SENT, kind=kind)
    file(owner, open_house.draft(owner))
    with pytest.raises(Conflict, match="may be licensed ordinarily only"):
        house.draft(house.acting(house.owner), house.rival, kind=kind)
    assert [one.code for one in direct_findings(waiting, actor=house.acting(house.owner))] == ["open_to_all"]
    with pytest.raises(Conflict, match="ordinarily only"):
        sign_direct_licence(actor=house.acting(house.rival), licence_id=waiting.pk, signed_on=FILED)
    waiting.refresh_from_db()
    assert waiting.state == DirectState.SENT
    # Past the service the database says no as well.
    with pytest.raises(IntegrityError, match="licensed to nobody alone"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE direct_directlicence SET state = 'signed', signed_on = '2026-03-01' WHERE id = %s", [waiting.pk]
        )
    ordinary = house.draft(house.acting(house.owner), house.rival)
    send_direct_licence(actor=house.acting(house.owner), licence_id=ordinary.pk)


def test_a_draft_is_its_owners_and_an_announcement_is_everybodys(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent, DeclarationState.FILED)
    others = [
        open_house.acting(house.rival),
        acting(Role.SECRETARIAT, alliance=house.alliance),
        acting(Role.AUTHORITY, alliance=house.alliance),
        Actor.public(),
    ]
    assert all(not open_declarations(actor=other).exists() for other in others)
    owner = open_house.acting(house.owner)
    announce_declaration(
        actor=owner, declaration_id=declaration.pk, announced_on=ANNOUNCED, announcement_number="CN-OL-1"
    )
    for other in others:
        assert [row.pk for row in open_declarations(actor=other)] == [declaration.pk]
        with pytest.raises(NotAllowed):
            findings_shown(get_open_declaration(declaration.pk, actor=other), actor=other)


def test_whoever_may_not_bind_the_owner_files_nothing(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = open_house.draft(open_house.acting(house.owner))
    for actor in (
        open_house.acting(house.owner, signs=False),
        open_house.acting(house.owner, Role.MEMBER_STAFF),
    ):
        with pytest.raises(NotAllowed):
            file(actor, declaration)
    declaration.refresh_from_db()
    assert declaration.state == DeclarationState.DRAFT


def test_what_the_office_does_not_announce_says_why_and_another_may_be_declared(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = file(owner, open_house.draft(owner))
    refused = refuse_declaration(
        actor=owner, declaration_id=declaration.pk, refused_on=ANNOUNCED, reason="独占许可已备案"
    )
    assert (refused.state, refused.refusal_reason) == (DeclarationState.REFUSED, "独占许可已备案")
    assert not open_declarations(actor=open_house.acting(open_house.house.rival)).exists()
    assert file(owner, open_house.draft(owner, scheme=PriceScheme.RUNNING, sum_minor=None)).state == "filed"


def test_an_owner_is_told_when_another_owner_leaves_while_it_stands(open_house: OpenHouse) -> None:
    house = open_house.house
    colleague = open_house.acting(house.owner)
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    declaration = make_declaration(house.owner, house.patent)
    transfer_patent(
        actor=command_line(),
        patent_id=house.patent.pk,
        from_owner_id=house.rival.pk,
        to_owner_id=make_organisation("丙").pk,
        on=date(2026, 3, 1),
    )
    assert Notice.objects.filter(
        seat=colleague.seat_id, kind="open_declaration.look", subject_id=declaration.pk
    ).exists()


def test_nobody_declares_what_it_does_not_own(open_house: OpenHouse) -> None:
    rival: Organisation = open_house.house.rival
    own = open_house.house.patent
    with pytest.raises(NotFound):
        open_house.draft(open_house.acting(rival))
    make_patent(own.alliance, "CN2B", rival)
    assert not OpenDeclaration.objects.exists()


def test_a_former_owner_is_told_nothing_of_what_rests_on_the_patent_now(open_house: OpenHouse) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner)
    Ownership.objects.filter(patent=open_house.house.patent).update(to_on=date(2026, 3, 2))
    Ownership.objects.create(
        patent=open_house.house.patent, alliance=open_house.house.alliance, owner=open_house.house.rival
    )
    _rests(EncumbranceKind.PLEDGE)(open_house)
    _late_fee(open_house)
    assert [(one.code, one.detail) for one in findings_shown(declaration, actor=owner)] == [("not_owner", "")]


def test_of_what_is_hidden_only_its_kind_is_told(open_house: OpenHouse) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner)
    for _ in range(2):
        make_encumbrance(
            house.patent, kind=EncumbranceKind.SUIT, holder="丙", register_number="S1", from_on=date(2026, 1, 1)
        )
    finance = open_house.acting(house.owner, Role.MEMBER_FINANCE)
    assert [(one.code, one.detail) for one in findings_shown(declaration, actor=owner)] == [("disputed", "丙 · S1")] * 2
    assert [(one.code, one.detail) for one in findings_shown(declaration, actor=finance)] == [("disputed", "")]


@pytest.mark.parametrize("scheme", PriceScheme.values)
def test_another_scheme_leaves_nothing_of_the_price_before(open_house: OpenHouse, scheme: str) -> None:
    owner = open_house.acting(open_house.house.owner)
    declaration = open_house.draft(owner)
    edited = edit_declaration(actor=owner, declaration_id=declaration.pk, scheme=PriceScheme(scheme))
    assert (edited.sum_minor is None, edited.sum_within_days is None) == ((scheme == "running"),) * 2
    assert (edited.rate_percent is None, edited.base == "") == ((scheme == "lump_sum"),) * 2
    assert file(owner, edited).state == DeclarationState.FILED


def test_a_consent_stays_when_the_declarant_is_merged(open_house: OpenHouse) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    third = make_organisation("丙")
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=third)
    declaration = open_house.draft(owner)
    record_open_consent(
        actor=owner,
        declaration_id=declaration.pk,
        given_on=date(2026, 3, 1),
        document_id=make_document(declaration, "consent").pk,
        owner_id=third.pk,
    )
    file(owner, declaration)
    kept = make_organisation("甲")
    merge_organisations(actor=command_line(), kept_id=kept.pk, merged_id=house.owner.pk)
    heir = open_house.acting(kept)
    moved = get_open_declaration(declaration.pk, actor=heir)
    assert moved.owner_id == kept.pk
    assert codes(moved, heir) == []
