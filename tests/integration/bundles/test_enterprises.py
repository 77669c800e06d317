"""Whose sales accumulate together follows from organisations and groups, never from what a licensee is called."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from licensing.agreements.models import Licence, LicenceChange
from licensing.agreements.selectors import bundle_tables
from licensing.agreements.services import NewChange, NewLicence, draft_licence, record_licence_change
from licensing.bundles.problems import BundleRejected
from licensing.bundles.services import import_bundle
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.problems import InvalidInput
from tests.factories.agreements import make_licence
from tests.factories.composition import make_pool
from tests.factories.core import command_line, make_alliance, make_entity, make_organisation
from tests.factories.terms import make_programme, make_terms

CASE = Path(__file__).parents[2] / "closes" / "cases" / "standing-dated"


@pytest.fixture
def programme(db: None) -> Programme:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "P1")
    make_terms(programme, 1)
    return programme


def enterprises(programme: Programme, table: str = "licences.csv") -> dict[str, str]:
    text = bundle_tables(programme.pk, period="2025")[table].decode("utf-8-sig")
    return {row["licence_id"]: row["enterprise"] for row in csv.DictReader(io.StringIO(text))}


def test_a_licensee_that_takes_anothers_name_stays_its_own_enterprise(programme: Programme) -> None:
    first, second = make_organisation("A Ltd"), make_organisation("B Ltd")
    make_licence(programme, first, "L1")
    make_licence(programme, first, "L2")
    make_licence(programme, second, "L3")
    make_licence(programme, second, "L4", enterprise="Group")
    before = enterprises(programme)

    second.name_en, second.name_zh = "A Ltd", ""
    second.save()

    assert enterprises(programme) == before
    assert before["L1"] == before["L2"] != before["L3"]
    assert before["L4"] == "Group"


def test_a_licence_that_left_its_group_comes_back_to_its_licensee_whatever_its_name(programme: Programme) -> None:
    licensee = make_organisation("A Ltd")
    licence = make_licence(programme, licensee, "L1", enterprise="Group")
    make_licence(programme, licensee, "L2")
    record_licence_change(
        actor=command_line(), change=NewChange(licence_id=licence.pk, month=date(2025, 7, 1), enterprise=str(licensee))
    )

    licensee.name_en, licensee.name_zh = "A Holding", ""
    licensee.save()

    assert enterprises(programme, "licence_changes.csv")["L1"] == enterprises(programme)["L2"]


def test_nobody_joins_a_licensee_by_writing_its_key(programme: Programme) -> None:
    first, second = make_organisation("A Ltd"), make_organisation("B Ltd")
    make_licence(programme, first, "L1")
    licence = make_licence(programme, second, "L2")
    key = enterprises(programme)["L1"]

    with pytest.raises(InvalidInput):
        record_licence_change(
            actor=command_line(), change=NewChange(licence_id=licence.pk, month=date(2025, 7, 1), enterprise=key)
        )
    with pytest.raises(InvalidInput):
        draft_licence(
            actor=command_line(),
            programme_id=programme.pk,
            licence=NewLicence(code="L3", licensee_id=second.pk, enterprise=key),
        )


def bundle(folder: Path, licences: str, changes: str = "") -> Path:
    """A published case with other licences, and nothing sold."""
    folder.mkdir()
    for name in ("programme.toml", "members.csv", "patents.csv"):
        (folder / name).write_bytes((CASE / name).read_bytes())
    (folder / "licences.csv").write_text(f"licence_id,licensee,enterprise,standing\n{licences}", "utf-8")
    (folder / "sales.csv").write_text("licence_id,month,product,made_in,sold_in,units,net_amount,currency\n")
    if changes:
        (folder / "licence_changes.csv").write_text(f"licence_id,from,standing,enterprise,option\n{changes}", "utf-8")
    return folder


def test_a_group_of_a_licensees_name_is_taken_in_as_that_group(importer: Actor, tmp_path: Path) -> None:
    case = bundle(
        tmp_path / "case",
        "L1,A Ltd,,standard\nL2,B Ltd,A Ltd,standard\nL3,C Ltd,C Ltd,standard\n",
        "L2,2025-03,,B Ltd,\nL3,2025-03,,A Ltd,\n",
    )
    imported = import_bundle(actor=importer, folder=case, alliance_code="a", programme_code="p")

    found = {row.code: row for row in Licence.objects.filter(programme=imported.programme_id)}
    assert (found["L1"].enterprise, found["L2"].enterprise, found["L3"].enterprise) == ("A Ltd", "A Ltd", "")
    left = LicenceChange.objects.get(licence=found["L2"])
    assert left.enterprise == f"organisation:{found['L2'].licensee_id}"
    assert import_bundle(actor=importer, folder=case, alliance_code="a", programme_code="p").changed_nothing


def test_namesakes_of_an_exported_bundle_are_not_made_one_licensee(importer: Actor, tmp_path: Path) -> None:
    case = bundle(tmp_path / "case", "L1,A Ltd,organisation:1,standard\nL2,A Ltd,organisation:2,standard\n")
    with pytest.raises(BundleRejected):
        import_bundle(actor=importer, folder=case, alliance_code="a", programme_code="p")
