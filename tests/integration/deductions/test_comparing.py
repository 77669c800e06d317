"""Deductions for licensed brands: compared once with what the brand reported, told to neither, dealt with by two."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from licensing.deductions.home import deductions_waiting
from licensing.deductions.models import (
    ComparedDeduction,
    ComparedReport,
    DeductionComparison,
    DoubtfulDeduction,
    DoubtState,
)
from licensing.deductions.selectors import (
    compared_deductions,
    comparisons,
    doubt_steps,
    doubtful_deductions,
    get_doubtful_deduction,
    steps_on,
)
from licensing.deductions.services import (
    accept_deduction,
    answer_doubt,
    ask_about_deduction,
    compare_deductions,
    note_correction,
    reject_deduction,
)
from licensing.reports import storage
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.core import make_organisation
from tests.factories.deductions import CLAIMED, file_claims, lines_claiming
from tests.factories.documents import make_document
from tests.factories.royalties import SmallWorld, month

pytestmark = pytest.mark.django_db


def name_of(world: SmallWorld, who: str) -> str:
    return str(world.licences[who].licensee)


def compared(world: SmallWorld, report: SalesReport) -> DeductionComparison:
    return compare_deductions(
        actor=world.acting("calculator"), report_id=report.pk, codes=[CLAIMED], reason="yearly sample"
    )


def outcomes(comparison: DeductionComparison) -> list[tuple[str, str]]:
    return [(row.outcome, row.basis) for row in comparison.deductions.order_by("place")]


def asked(world: SmallWorld, comparison: DeductionComparison) -> DoubtfulDeduction:
    return ask_about_deduction(
        actor=world.acting("calculator"),
        comparison_id=comparison.pk,
        deduction_id=comparison.deductions.get().pk,
        request="Show it, please",
    )


def steps(doubt: DoubtfulDeduction, actor: Actor) -> list[str]:
    return sorted(steps_on(get_doubtful_deduction(doubt.pk, actor=actor), actor=actor))


def test_a_claim_agrees_where_the_brand_reported_as_many(world: SmallWorld) -> None:
    brand = file_claims(world, "L2", (100, "", ""))
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED), (40, "", ""))
    comparison = compared(world, report)
    [row] = compared_deductions(comparison, actor=world.acting("calculator"))
    assert (row.outcome, row.basis, row.claimed_units, row.reported_units) == ("agrees", "total", 100, 100)
    assert row.evidence == ["contract 7"]
    read = {each.report_id: each.lines_sha256 for each in ComparedReport.objects.filter(comparison=comparison)}
    assert read == {report.pk: report.lines_sha256, brand.pk: brand.lines_sha256}
    with pytest.raises(Conflict, match="nothing to ask"):
        asked(world, comparison)


def test_what_a_brand_says_of_its_makers_decides_and_other_makers_claims_count(world: SmallWorld) -> None:
    brand = name_of(world, "L2")
    file_claims(world, "L2", (90, name_of(world, "L1"), ""), (500, name_of(world, "L3"), ""))
    assert outcomes(compared(world, file_claims(world, "L1", (100, brand, CLAIMED)))) == [("claimed_more", "maker")]
    assert outcomes(compared(world, file_claims(world, "L3", (500, brand, CLAIMED)))) == [("agrees", "maker")]


def test_all_that_makers_claim_together_has_to_fit_where_the_brand_names_nobody(world: SmallWorld) -> None:
    brand = name_of(world, "L2")
    # What a brand itself claims to be another's is not what it bears royalties for.
    file_claims(world, "L2", (150, "", ""), (900, "somebody", "other"))
    first, second = (file_claims(world, who, (100, f" {brand.upper()} ", CLAIMED)) for who in ("L1", "L3"))
    comparison = compared(world, first)
    [row] = comparison.deductions.all()
    assert (row.outcome, row.claimed_by_all_units, row.reported_units) == ("cannot_tell", 200, 150)
    assert {each.report_id for each in comparison.compared_reports.all()} >= {first.pk, second.pk}


def test_claims_for_a_brand_count_together_whatever_code_each_licensee_gives_them(world: SmallWorld) -> None:
    brand = name_of(world, "L2")
    file_claims(world, "L2", (150, "", ""))
    first = file_claims(world, "L1", (100, brand, CLAIMED))
    file_claims(world, "L3", (100, brand, "OEM of a licensed firm"))
    [row] = compared(world, first).deductions.all()
    assert (row.outcome, row.claimed_by_all_units, row.reported_units) == ("cannot_tell", 200, 150)


def test_a_name_stands_for_no_organisation_that_finance_may_not_see(world: SmallWorld) -> None:
    make_organisation("别家联盟的公司")
    member = world.members["M1"].organisation
    report = file_claims(world, "L1", (10, "别家联盟的公司", CLAIMED), (20, str(member), CLAIMED))
    found = {row.brand_name: (row.brand, row.outcome) for row in compared(world, report).deductions.all()}
    assert found == {"别家联盟的公司": (None, "cannot_tell"), str(member): (member, "not_licensed")}


def test_a_brand_that_did_not_report_is_unknown_or_licensed_by_nobody_is_told_apart(world: SmallWorld) -> None:
    licence = world.licences["L3"]
    type(licence).objects.filter(pk=licence.pk).update(starts_on=month("2025-02"))
    report = file_claims(
        world, "L1", (10, name_of(world, "L2"), CLAIMED), (20, name_of(world, "L3"), CLAIMED), (30, "Nobody", CLAIMED),
        (40, name_of(world, "L1"), CLAIMED),
    )  # fmt: skip
    comparison = compared(world, report)
    found = {row.brand_name: row.outcome for row in comparison.deductions.all()}
    assert found == {
        name_of(world, "L2"): "not_reported",
        name_of(world, "L3"): "not_licensed",
        "Nobody": "cannot_tell",
        name_of(world, "L1"): "cannot_tell",
    }
    # It is out of date once the brand reports.
    finance = world.acting("calculator")
    assert [row.is_outdated for row in comparisons(actor=finance)] == [False]  # type: ignore[attr-defined]  # annotated
    world.clock.move(timedelta(days=1))
    file_claims(world, "L2", (10, "", ""))
    assert [row.is_outdated for row in comparisons(actor=finance)] == [True]  # type: ignore[attr-defined]  # annotated


def test_a_comparison_is_for_finance_alone_stays_as_it_was_and_is_out_of_date_once_a_report_is_superseded(
    world: SmallWorld,
) -> None:
    brand = file_claims(world, "L2", (99, "", ""))
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED))
    for who in ("L1", "L2", "secretariat", "M1"):
        with pytest.raises((NotFound, NotAllowed)):
            compare_deductions(actor=world.acting(who), report_id=report.pk, codes=[CLAIMED], reason="curious")
    assert not DeductionComparison.objects.exists()
    with pytest.raises(InvalidInput):
        compare_deductions(actor=world.acting("calculator"), report_id=report.pk, codes=["other"], reason="why")
    with pytest.raises(InvalidInput):
        compare_deductions(actor=world.acting("calculator"), report_id=report.pk, codes=[CLAIMED], reason=" ")
    compared(world, report)
    for who in ("L1", "L2", "L3", "secretariat", "M1"):
        actor = world.acting(who)
        assert not comparisons(actor=actor).exists()
        assert not ComparedDeduction.objects.visible_to(actor).exists()
        assert not ComparedReport.objects.visible_to(actor).exists()
        assert not AuditEvent.objects.visible_to(actor).filter(name="deduction_comparison.made").exists()
    assert not Notice.objects.exclude(kind__startswith="sales_report").exists()
    for rows in (DeductionComparison.objects, ComparedDeduction.objects, ComparedReport.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ComparedDeduction.objects.update(reported_units=100)
    supersede_sales_report(
        actor=world.acting("L2"), report_id=brand.pk, upload=lines_claiming((100, "", "")), reason="counted again"
    )
    finance = world.acting("calculator")
    assert [row.is_outdated for row in comparisons(actor=finance)] == [True]  # type: ignore[attr-defined]  # annotated
    assert outcomes(compared(world, report)) == [("agrees", "total")]
    supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    with pytest.raises(Conflict, match="superseded"):
        compared(world, report)


def test_files_that_changed_are_not_compared(world: SmallWorld) -> None:
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED))
    storage.details_file(report.pk).write_bytes(b"other")
    with pytest.raises(Conflict, match="is not what was filed"):
        compared(world, report)


def test_a_licensee_hears_of_its_own_line_alone_and_a_second_person_accepts_what_is_shown(world: SmallWorld) -> None:
    file_claims(world, "L2", (63, "", ""))
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED))
    doubt = asked(world, compared(world, report))
    with pytest.raises(Conflict, match="already"), transaction.atomic():
        asked(world, doubt.compared.comparison)
    for who in ("L2", "L3", "secretariat", "M1"):
        assert not doubtful_deductions(actor=world.acting(who)).exists()
        with pytest.raises(NotFound):
            answer_doubt(actor=world.acting(who), doubt_id=doubt.pk, answer="no")
    licensee, first, second = (world.acting(who) for who in ("L1", "calculator", "approver"))
    [own] = doubtful_deductions(actor=licensee)
    # 63 is the brand's figure, 37 the difference: neither is in anything the licensee reads.
    told = [str(vars(own)), str([vars(row) for row in Notice.objects.filter(seat=world.seats["L1"])])]
    told += [str(event.changes) for event in AuditEvent.objects.visible_to(licensee)]
    assert not any(figure in text for text in told for figure in (" 63", " 37", "'63'", "'37'"))
    assert [waiting.kind for waiting in deductions_waiting(licensee)] == ["doubtful_deduction.answer"]
    assert list(deductions_waiting(world.acting("L2"))) == []
    assert doubt_steps([own], actor=licensee) == {own.pk: ["answer"]}
    with pytest.raises(WrongState):
        accept_deduction(actor=second, doubt_id=doubt.pk, decision="shown")
    answer_doubt(actor=licensee, doubt_id=doubt.pk, answer="See the contract")
    assert [waiting.kind for waiting in deductions_waiting(second)] == ["doubtful_deduction.decide"]
    with pytest.raises(Conflict, match="attach its evidence"):
        accept_deduction(actor=second, doubt_id=doubt.pk, decision="shown")
    make_document(doubt, "contract")
    assert steps(doubt, first) == ["reject"]
    assert steps(doubt, second) == ["accept", "reject"]
    with pytest.raises(NotAllowed):
        accept_deduction(actor=first, doubt_id=doubt.pk, decision="shown")
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.ANSWERED
    with pytest.raises(IntegrityError), transaction.atomic():
        DoubtfulDeduction.objects.update(
            state=DoubtState.ACCEPTED, decision="x", decided_at=doubt.asked_at, decided_by=doubt.asked_by
        )
    accepted = accept_deduction(actor=second, doubt_id=doubt.pk, decision="shown by the contract")
    assert accepted.state == DoubtState.ACCEPTED
    with pytest.raises(DatabaseError), transaction.atomic():
        DoubtfulDeduction.objects.update(decision="something else")


def test_a_doubtful_deduction_is_rejected_or_corrected_by_the_report_that_takes_its_place(world: SmallWorld) -> None:
    finance = world.acting("calculator")
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED))
    doubt = asked(world, compared(world, report))
    with pytest.raises(Conflict, match="not superseded"):
        note_correction(actor=finance, doubt_id=doubt.pk, decision="corrected")
    with pytest.raises(IntegrityError, match="takes the place of its own"), transaction.atomic():
        DoubtfulDeduction.objects.update(
            state=DoubtState.CORRECTED, decision="x", decided_at=doubt.asked_at, decided_by=doubt.asked_by
        )
    later = supersede_sales_report(
        actor=world.acting("L1"), report_id=report.pk, upload=lines_claiming((100, "", "")), reason="it was our own"
    )
    # As many units are charged: whoever asked may note it.
    assert steps(doubt, finance) == ["correct", "reject"]
    corrected = note_correction(actor=finance, doubt_id=doubt.pk, decision="reported anew")
    assert (corrected.state, corrected.corrected_by) == (DoubtState.CORRECTED, later)
    assert steps(doubt, finance) == []
    third = file_claims(world, "L3", (100, name_of(world, "L2"), CLAIMED))
    rejected = reject_deduction(
        actor=finance, doubt_id=asked(world, compared(world, third)).pk, decision="nothing shows it"
    )
    assert rejected.state == DoubtState.REJECTED
    assert Notice.objects.filter(kind="doubtful_deduction.rejected", seat=world.seats["L3"]).exists()


def test_a_correction_that_charges_less_takes_the_same_second_person_as_accepting(world: SmallWorld) -> None:
    first, second, licensee = (world.acting(who) for who in ("calculator", "approver", "L1"))
    brand = name_of(world, "L2")
    report = file_claims(world, "L1", (100, brand, CLAIMED), (40, "", ""))
    doubt = asked(world, compared(world, report))
    answer_doubt(actor=licensee, doubt_id=doubt.pk, answer="See the contract")
    make_document(doubt, "contract")
    # It keeps the claimed units first, and drops them by the report after that: the last one counts.
    between = supersede_sales_report(
        actor=licensee, report_id=report.pk, upload=lines_claiming((140, "", "")), reason="it was our own"
    )
    supersede_sales_report(
        actor=licensee,
        report_id=between.pk,
        upload=lines_claiming((40, "", "")),
        reason="without what the brand pays for",
    )
    assert steps(doubt, first) == ["reject"]
    assert steps(doubt, second) == ["correct", "reject"]
    with pytest.raises(Conflict, match="superseded"):
        accept_deduction(actor=second, doubt_id=doubt.pk, decision="shown")
    with pytest.raises(NotAllowed, match="independent"):
        note_correction(actor=first, doubt_id=doubt.pk, decision="reported anew")
    corrected = note_correction(actor=second, doubt_id=doubt.pk, decision="reported anew")
    assert (corrected.state, corrected.corrected_by) == (DoubtState.CORRECTED, between)


def test_a_report_of_nothing_in_place_of_a_doubtful_one_takes_a_second_person_too(world: SmallWorld) -> None:
    report = file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED))
    doubt = asked(world, compared(world, report))
    supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    with pytest.raises(NotAllowed, match="independent"):
        note_correction(actor=world.acting("calculator"), doubt_id=doubt.pk, decision="reported anew")
    corrected = note_correction(actor=world.acting("approver"), doubt_id=doubt.pk, decision="reported anew")
    assert corrected.state == DoubtState.CORRECTED


def test_a_brand_that_reports_nothing_reported_fewer_than_are_claimed(world: SmallWorld) -> None:
    file_claims(world, "L2")
    comparison = compared(world, file_claims(world, "L1", (100, name_of(world, "L2"), CLAIMED)))
    assert outcomes(comparison) == [("claimed_more", "total")]
