"""A bundle taken in and written out again closes to the same amounts; taken in again, it changes nothing."""

from datetime import date
from pathlib import Path

import pytest

from licensing.agreements.models import Licence, LicenceChange
from licensing.bundles.services import Imported, import_bundle
from licensing.close.calculation import span_of
from licensing.close.export import export_bundle
from licensing.close.models import CloseRun
from licensing.engine import close_bundle, parse_terms
from licensing.terms.models import Programme
from licensing.terms.selectors import terms_in_force
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from tests.closes.test_published_tariffs import PUBLISHED, REAL

AMOUNTS = ("royalties.csv", "invoices.csv", "payees.csv")


@pytest.mark.parametrize("case", [*PUBLISHED, REAL])
def test_a_published_case_comes_back_with_the_same_amounts(case: Path, importer: Actor, tmp_path: Path) -> None:
    imported = import_bundle(actor=importer, folder=case, alliance_code="cases", programme_code="case")

    close_bundle(case, tmp_path / "straight")
    exported = export(imported, case, tmp_path / "exported", importer)
    close_bundle(exported, tmp_path / "round")

    for name in AMOUNTS:
        assert (tmp_path / "round" / name).read_bytes() == (tmp_path / "straight" / name).read_bytes()


@pytest.mark.parametrize("case", PUBLISHED)
def test_taking_a_case_in_again_changes_nothing_and_says_so(case: Path, importer: Actor) -> None:
    first = import_bundle(actor=importer, folder=case, alliance_code="cases", programme_code="case")
    events = AuditEvent.objects.count()

    second = import_bundle(actor=importer, folder=case, alliance_code="cases", programme_code="case")

    assert not first.changed_nothing
    assert second.changed_nothing
    assert second.programme_id == first.programme_id
    assert second.unchanged["licences"] == first.added["licences"]
    assert second.unchanged["patents in the pool"] == first.added["patents in the pool"]
    assert AuditEvent.objects.count() == events


def test_the_same_records_give_the_same_bytes(importer: Actor, tmp_path: Path) -> None:
    case = Path(__file__).parents[2] / "closes" / "cases" / "bilateral-net"
    imported = import_bundle(actor=importer, folder=case)
    first = export(imported, case, tmp_path / "first", importer)
    second = export(imported, case, tmp_path / "second", importer)

    for path in sorted(first.rglob("*.csv")) + sorted(first.rglob("*.toml")):
        assert (second / path.relative_to(first)).read_bytes() == path.read_bytes()


def test_taking_in_an_exported_bundle_changes_nothing(importer: Actor, tmp_path: Path) -> None:
    case = Path(__file__).parents[2] / "closes" / "cases" / "standing-dated"
    imported = import_bundle(actor=importer, folder=case)
    exported = export(imported, case, tmp_path / "exported", importer)

    again = import_bundle(actor=importer, folder=exported)

    assert again.changed_nothing
    assert again.programme_id == imported.programme_id


def test_a_change_recorded_for_after_the_period_does_not_keep_its_bundle_from_being_taken_in(
    importer: Actor, tmp_path: Path
) -> None:
    case = Path(__file__).parents[2] / "closes" / "cases" / "standing-dated"
    imported = import_bundle(actor=importer, folder=case)
    licence = Licence.objects.filter(programme=imported.programme_id).order_by("code").first()
    assert licence is not None
    LicenceChange.objects.create(licence=licence, month=date(2040, 7, 1), enterprise="another")

    assert import_bundle(actor=importer, folder=export(imported, case, tmp_path / "exported", importer)).changed_nothing


def export(imported: Imported, case: Path, folder: Path, actor: Actor) -> Path:
    """Write the close bundle of the programme for the case's period."""
    terms = parse_terms((case / "programme.toml").read_bytes())
    programme = Programme.objects.get(pk=imported.programme_id)
    span = span_of(terms.period)
    version = terms_in_force(programme.pk, span.last_day)
    assert version is not None
    run = CloseRun(
        programme=programme,
        period=terms.period,
        first_month=span.first_month,
        last_month=span.last_month,
        terms_version=version,
    )
    export_bundle(run, folder, actor=actor)
    return folder
