"""A bundle that has mistakes, or contradicts what is recorded, changes nothing at all."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps

from licensing.agreements.models import Charge, LicenceChange, Receipt
from licensing.bundles.problems import BundleDiffers, BundleRejected
from licensing.bundles.services import import_bundle
from licensing.engine.rejects import BundleError
from licensing.reports.models import SalesReport
from licensing.terms.models import TermsVersion
from platform_core.access.actors import Actor
from platform_core.problems import NotAllowed
from pools.composition.models import PoolEntry
from tests.closes.test_published_tariffs import CASES

ROOMS = ("identity", "audit", "memberships", "patents", "composition", "terms", "agreements", "reports", "close")


def rows_of_all_tables() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for app in ROOMS
        for model in apps.get_app_config(app).get_models()
    }


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of a case to be changed, with every optional table."""
    folder = tmp_path / "bundle"
    shutil.copytree(CASES / "bilateral-net", folder)
    (folder / "expected.json").unlink()
    (folder / "members.csv").write_text(
        "member_id,name,segment,held,enters,leaves,rd_spend,remark\n"
        "A,甲公司,upstream,,2024-01-01,,12.50,hello\nB,Beta,downstream,yes,,,,\n",
        encoding="utf-8",
    )
    (folder / "patents.csv").write_text(
        "publication,family,owner,country,granted,ends,enters,leaves,class,products,share\n"
        "P1,F1,A,CN,2020-01-01,,,2025-03-01,main,*,\n"
        "P1,F1,B,CN,2020-01-01,,2025-03-01,,main,*,\n"
        "P2,F1,A,US,2020-01-01,2030-01-01,,,,tv|d,0.5\n"
        "P2,F1,B,US,2020-01-01,2030-01-01,,,,d|tv,0.5\n",
        encoding="utf-8",
    )
    (folder / "licence_changes.csv").write_text(
        "licence_id,from,standing,enterprise,option\nL1,2025-02,compliant,,\nL1,2025-03,,,\n", encoding="utf-8"
    )
    (folder / "charges.csv").write_text(
        "licence_id,month,kind,amount,currency\nL1,2025-01,entry,5,CNY\nL1,2025-01,entry,5,CNY\nL1,2024-01,old,9,CNY\n",
        encoding="utf-8",
    )
    (folder / "fx.csv").write_text("month,currency,rate\n2025-02,USD,7.10\n", encoding="utf-8")
    return folder


def test_everything_a_bundle_can_hold_is_taken_in_once(bundle: Path, importer: Actor) -> None:
    first = import_bundle(actor=importer, folder=bundle)
    counts = rows_of_all_tables()

    assert first.added["charges"] == Charge.objects.count() == 2
    assert first.added["licence changes"] == LicenceChange.objects.count() == 1
    assert first.added["patents in the pool"] == 4
    assert first.added["exchange rates"] == 1
    assert first.notes == ["members.csv: column 'remark' holds no figures and was left out"]
    assert [(row.products, str(row.share.normalize())) for row in PoolEntry.objects.filter(patent__country="US")] == [
        (["d", "tv"], "0.5"),
        (["d", "tv"], "0.5"),
    ]

    assert import_bundle(actor=importer, folder=bundle).changed_nothing
    assert rows_of_all_tables() == counts


def test_payments_of_a_programme_that_closes_on_receipts_are_taken_in_once(bundle: Path, importer: Actor) -> None:
    text = (bundle / "programme.toml").read_text(encoding="utf-8")
    (bundle / "programme.toml").write_text(text.replace('"accrued"', '"collected"'), encoding="utf-8")
    (bundle / "payments.csv").write_text("licence_id,amount\nL1,1000.25\nL1,-0.25\n", encoding="utf-8")

    assert import_bundle(actor=importer, folder=bundle).added["payments"] == 1
    assert sorted(Receipt.objects.values_list("amount_minor", flat=True)) == [-25, 100025]
    assert import_bundle(actor=importer, folder=bundle).changed_nothing

    (bundle / "payments.csv").write_text("licence_id,amount\nL1,999\n", encoding="utf-8")
    with pytest.raises(BundleDiffers) as refused:
        import_bundle(actor=importer, folder=bundle)
    assert str(refused.value.differences[0]) == "payments.csv:2: L1: amount_minor is “99900”, recorded is “100000”"


MISTAKES: dict[str, tuple[str, Callable[[str], str], tuple[str, int, str, str, str]]] = {
    "a day that does not exist": (
        "licences.csv",
        lambda text: text.replace("2000-01-01", "2025-02-30"),
        ("licences.csv", 2, "starts", "bad_value", "2025-02-30"),
    ),
    "an unknown owner": (
        "patents.csv",
        lambda text: text.replace("P1,F1,B", "P1,F1,X"),
        ("patents.csv", 3, "owner", "unknown_owner", "X"),
    ),
    "a thousands separator": (
        "sales.csv",
        lambda text: text.replace(",100000,", ',"100,000",'),
        ("sales.csv", 2, "net_amount", "bad_value", "100,000"),
    ),
    "two grant days of one right": (
        "patents.csv",
        lambda text: text.replace("P1,F1,B,CN,2020-01-01", "P1,F1,B,CN,2021-01-01"),
        ("patents.csv", 3, "granted", "bad_value", "2021-01-01"),
    ),
    "one part twice in the pool": (
        "patents.csv",
        lambda text: text + "P2,F1,A,US,2020-01-01,2030-01-01,2024-06-01,,,*,0.5\n",
        ("patents.csv", 6, "enters", "bad_value", "2024-06-01"),
    ),
    "a product under no rate": (
        "programme.toml",
        lambda text: text.replace('id = "p"\n', 'id = "p"\nproducts = ["z"]\n'),
        ("sales.csv", 2, "product", "no_rate", "d"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told_by_file_line_column_and_value_and_nothing_is_taken_in(
    mistake: str, bundle: Path, importer: Actor
) -> None:
    file, change, expected = MISTAKES[mistake]
    before = (bundle / file).read_text(encoding="utf-8")
    (bundle / file).write_text(change(before), encoding="utf-8")
    assert (bundle / file).read_text(encoding="utf-8") != before
    counts = rows_of_all_tables()

    with pytest.raises(BundleRejected) as refused:
        import_bundle(actor=importer, folder=bundle)

    told = refused.value.rejects[0]
    assert (told.file, told.line, told.column, told.code, told.value) == expected
    assert rows_of_all_tables() == counts


CHANGES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a patent's end": (
        "patents.csv",
        lambda text: text.replace("2030-01-01", "2031-01-01"),
        "patents.csv:4: P2 US A: ends is “2031-01-01”, recorded is “2030-01-01”",
    ),
    "a patent left out": (
        "patents.csv",
        lambda text: "\n".join(line for line in text.splitlines() if not line.startswith("P2,F1,B")) + "\n",
        "patents.csv: P2 US B: recorded, but missing from the bundle",
    ),
    "a member's name": (
        "members.csv",
        lambda text: text.replace("Beta", "Gamma"),
        "members.csv:3: B: name is “Gamma”, recorded is “Beta”",
    ),
    "a licence's standing": (
        "licences.csv",
        lambda text: text.replace("standard", "compliant"),
        "licences.csv:2: L1: standing is “compliant”, recorded is “standard”",
    ),
    "a rate of exchange": (
        "fx.csv",
        lambda text: text.replace("7.10", "7.2"),
        "fx.csv:2: 2025-02 USD: rate is “7.2”, recorded is “7.1”",
    ),
    "a charge left out": (
        "charges.csv",
        lambda text: text.replace("L1,2025-01,entry,5,CNY\n", "", 1),
        "charges.csv: L1 2025-01 entry 5 CNY: recorded, but missing from the bundle",
    ),
    "the terms": (
        "programme.toml",
        lambda text: text.replace('"8.5"', '"9"'),
        "programme.toml: terms version 1: programme.admin_fee_percent is “9”, recorded is “8.5”",
    ),
    "the sales": (
        "sales.csv",
        lambda text: text.replace(",100000,", ",100001,"),
        "sales.csv: L1 2025-02: the lines are not those that were reported: supersede the report instead",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_contradicts_the_records_is_told_and_nothing_is_taken_in(what: str, bundle: Path, importer: Actor) -> None:
    import_bundle(actor=importer, folder=bundle)
    counts = rows_of_all_tables()
    file, change, expected = CHANGES[what]
    # Something new beside the contradiction is not taken in either.
    with (bundle / "licences.csv").open("a", encoding="utf-8") as licences:
        licences.write("L7,Licensee L7,,,2000-01-01,,standard,\n")
    before = (bundle / file).read_text(encoding="utf-8")
    (bundle / file).write_text(change(before), encoding="utf-8")

    with pytest.raises(BundleDiffers) as refused:
        import_bundle(actor=importer, folder=bundle)

    assert expected in [str(difference) for difference in refused.value.differences]
    assert rows_of_all_tables() == counts


def test_what_is_new_beside_what_is_recorded_is_added(bundle: Path, importer: Actor) -> None:
    import_bundle(actor=importer, folder=bundle)
    with (bundle / "licences.csv").open("a", encoding="utf-8") as licences:
        licences.write("L7,Licensee L7,,,2000-01-01,,standard,\n")
    with (bundle / "patents.csv").open("a", encoding="utf-8") as patents:
        patents.write("P3,F3,A,CN,2020-01-01,,,,,*,\n")
    with (bundle / "sales.csv").open("a", encoding="utf-8") as sales:
        sales.write("L7,2025-02,d,CN,CN,1,5,CNY\n")

    again = import_bundle(actor=importer, folder=bundle)

    assert {name: count for name, count in again.added.items() if count} == {
        "licences": 1,
        "patents in the pool": 1,
        "sales reports": 1,
    }
    assert SalesReport.objects.count() == 2
    assert TermsVersion.objects.count() == 1


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path, importer: Actor) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BundleError):
        import_bundle(actor=importer, folder=tmp_path / "empty")
    with pytest.raises(BundleError):
        import_bundle(actor=importer, folder=tmp_path / "nowhere")


def test_nobody_but_the_command_line_imports(bundle: Path, db: None) -> None:
    counts = rows_of_all_tables()
    with pytest.raises(NotAllowed):
        import_bundle(actor=Actor.public(), folder=bundle)
    assert rows_of_all_tables() == counts
