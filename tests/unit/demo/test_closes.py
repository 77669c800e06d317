"""Every close of the demonstration works out: no rejects but the one that is meant, and believable amounts."""

from pathlib import Path

import pytest

from platform_site.demo.bundles import write_bundle
from platform_site.demo.days import QUARTERS, last_day, months_of
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import LICENSEES
from platform_site.demo.programmes import UHD_PRO, UHD_TV
from platform_site.demo.sales import CORRECTED, LATE, MISSING, RETURNING, reports
from platform_site.demo.story import CLOSES, Close
from tests.closes.oracle import OracleClose, oracle_close


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, OracleClose]:
    folder = tmp_path_factory.mktemp("bundles")
    results = {}
    for close in CLOSES:
        write_bundle(folder / close.name, close.programme, close.quarter, on=close.calculated_on)
        results[close.name] = oracle_close(folder / close.name)
    return results


def royalty(closed: OracleClose) -> dict[str, int]:
    return {str(row["licence_id"]): int(row["royalty_minor"]) for row in closed.invoices}


def paid(closed: OracleClose) -> dict[str, int]:
    return {str(row["payee"]): int(row["amount_minor"]) for row in closed.payees}


def test_there_are_twenty_five_licensees_and_five_quarters() -> None:
    assert len(LICENSEES) == 25
    assert {licence.licensee.key for licence in LICENCES} == LICENSEES.keys()
    assert {report.quarter for report in reports()} == set(QUARTERS)
    assert len({licence.code for licence in LICENCES}) == len(LICENCES)


@pytest.mark.parametrize("close", CLOSES, ids=lambda close: close.name)
def test_only_the_close_that_should_be_refused_is(close: Close, closed: dict[str, OracleClose]) -> None:
    rejected = closed[close.name].rejected
    if close.rejected:
        assert [(reject.file, reject.code) for reject in rejected] == [("sales/PRO-006-2026Q3.csv", "no_rate")]
    else:
        assert rejected == []


def test_amounts_are_those_of_programmes_of_this_size(closed: dict[str, OracleClose]) -> None:
    between = {UHD_TV.code: (2_000_000_00, 7_000_000_00), UHD_PRO.code: (250_000_00, 1_200_000_00)}
    for close in CLOSES:
        if not close.rejected:
            least, most = between[close.programme.code]
            totals = closed[close.name].totals
            assert least < totals["royalty_minor"] < most, close.name
            assert totals["distributed_minor"] == totals["due_minor"] == sum(paid(closed[close.name]).values())


def test_caps_waivers_minimums_charges_and_credits_all_come_to_bear(closed: dict[str, OracleClose]) -> None:
    rates = {row["rate_id"] for result in closed.values() for row in result.royalties}
    assert {"commitment", "~charge", "annual-fee", "tv-4k-standard", "player-region-2"} <= rates
    reasons = {row["reason"] for result in closed.values() for row in result.royalties}
    assert reasons == {"", "no_patent_in_force"}
    # The enterprises of the two biggest makers reach their caps by the third quarter.
    for group in (("TV-003", "TV-004"),):
        year = [royalty(closed[f"UHD-TV-{quarter}"]) for quarter in ("2026Q1", "2026Q2", "2026Q3")]
        assert sum(invoices[code] for invoices in year for code in group) <= 4_800_000_00
    # Below the threshold nothing is owed; the quarter that crosses it bears what was waived before.
    assert royalty(closed["UHD-PRO-2025Q3"])["PRO-011"] == 0
    assert royalty(closed["UHD-PRO-2025Q4"])["PRO-011"] > 12_500_00
    assert closed["UHD-TV-2025Q4"].totals["credit_minor"] > 0


def test_a_better_standing_lowers_what_a_unit_bears_from_its_month(closed: dict[str, OracleClose]) -> None:
    rates = {
        row["month"]: row["rate_id"]
        for name in ("UHD-TV-2026Q1", "UHD-TV-2026Q2")
        for row in closed[name].royalties
        if row["licence_id"] == "TV-007"
    }
    assert rates["2026-03"] == "projector-standard"
    assert rates["2026-04"] == "projector"


def test_money_of_the_member_in_dispute_is_held_from_its_day_on(closed: dict[str, OracleClose]) -> None:
    assert "~held:LANYU" not in paid(closed["UHD-TV-2026Q2-corrected"])
    latest = paid(closed["UHD-TV-2026Q3"])
    assert latest["~held:LANYU"] > 0
    assert latest["LANYU"] == 0


def test_the_superseding_report_moves_its_own_and_the_later_quarter(closed: dict[str, OracleClose]) -> None:
    for quarter, direction in (("2026Q1", 1), ("2026Q2", -1)):
        before = royalty(closed[f"UHD-TV-{quarter}"])
        after = royalty(closed[f"UHD-TV-{quarter}-corrected"])
        changed = {code for code in before if before[code] != after[code]}
        assert changed == {"TV-006"}
        assert (after["TV-006"] - before["TV-006"]) * direction > 0


def test_reports_come_in_time_but_for_the_late_one() -> None:
    for report in reports():
        days = (report.filed_on - last_day(report.quarter)).days
        if report.version == 2:
            assert (report.licence.code, report.quarter) == CORRECTED
        elif days > 31:
            assert report.licence.code == LATE
    assert not [report for report in reports() if (report.licence.code, report.quarter) in MISSING]


def test_goods_come_back_and_a_nil_report_is_filed() -> None:
    returned = [line for report in reports() for line in report.lines if line.units < 0]
    assert {line.month for line in returned} == {"2025-12", "2026-01", "2026-02"}
    assert any(
        report.licence.code == RETURNING and any(line.units < 0 for line in report.lines) for report in reports()
    )
    assert any(line.units == 0 for report in reports() for line in report.lines)


def test_sales_follow_the_seasons() -> None:
    units: dict[str, int] = {}
    for report in reports():
        if report.licence.code == "TV-001":
            for line in report.lines:
                units[line.month] = units.get(line.month, 0) + line.units
    assert len(units) == 15
    assert max(units, key=lambda month: units[month]) == "2025-11"
    assert min(units, key=lambda month: units[month]) == "2026-02"


def test_a_report_holds_lines_of_its_own_quarter_only() -> None:
    for report in reports():
        assert {line.month for line in report.lines} <= set(months_of(report.quarter))
        assert report.content() == report.content()
        text = report.content().decode("utf-8-sig")
        assert text.count("\r\n") == len(report.lines) + 1


def test_bundles_of_equal_content_are_equal_to_the_byte(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_bundle(tmp_path / name, UHD_TV, "2026Q1", on=CLOSES[4].calculated_on)
    for file in (tmp_path / "one").rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
