"""Bundles of the engine's tests as closes on record: taken in, closed, and loaded."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from licensing.bundles.services import import_bundle
from licensing.close import storage
from licensing.close.calculation import span_of
from licensing.close.export import export_bundle
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import CloseRun
from licensing.close.results import load_results
from licensing.engine import close_bundle, parse_terms
from licensing.terms.models import Programme
from licensing.terms.selectors import terms_in_force
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from tests.factories.royalties import make_person

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def importing() -> Actor:
    return Actor.system(COMMAND_LINE, clock=FixedClock(NOW), request_id="test-import")


def finance_of(run: CloseRun) -> Actor:
    """The seat that calculated a run."""
    seat = Seat.objects.get(user=run.calculated_by)
    return actor_in_seat(seat.pk, clock=FixedClock(NOW))


def close_case(case: Path, *, code: str = "case") -> CloseRun:
    """Take a bundle in, close it as its records say, and load the results into a calculated run."""
    actor = importing()
    imported = import_bundle(actor=actor, folder=case, alliance_code=f"of-{code}", programme_code=code)
    programme = Programme.objects.get(pk=imported.programme_id)
    return close_records(programme, parse_terms((case / "programme.toml").read_bytes()).period)


def close_records(programme: Programme, period: str) -> CloseRun:
    """Close a period of a programme from its records, and load the results into a calculated run."""
    span = span_of(period)
    version = terms_in_force(programme.pk, span.last_day)
    assert version is not None
    association = programme.operating_entity.organisation
    calculator = make_person(
        association, f"calculator-{period}", Role.FINANCE, entity=programme.operating_entity, purpose=Purpose.ROYALTIES
    )
    run = CloseRun.objects.create(
        programme=programme,
        period=period,
        first_month=span.first_month,
        last_month=span.last_month,
        number=1,
        terms_version=version,
        opened_at=NOW,
    )
    claim = new_id()
    reports = export_bundle(run, storage.new_bundle_folder(run.pk, claim), actor=importing())
    output = storage.output_folder(run.pk, claim)
    assert close_bundle(storage.bundle_folder(run.pk, claim), output).status == "closed"
    licences = dict(programme.licences.values_list("code", "pk"))
    members = dict(programme.alliance.memberships.values_list("code", "pk"))
    totals = load_results(run, output, licences=licences, members=members, reports=reports)
    run.status, run.calculation = RunStatus.CALCULATED, Calculation.DONE
    run.results_claim, run.calculated_by, run.calculated_at = claim, calculator.user, NOW
    run.results_sha256 = hashlib.sha256((output / "run.json").read_bytes()).hexdigest()
    run.engine_version, run.currency = totals.engine_version, totals.currency
    run.line_count, run.bucket_count = totals.lines, totals.buckets
    run.royalty_minor, run.credit_minor, run.due_minor = totals.royalty_minor, totals.credit_minor, totals.due_minor
    run.distributed_minor = totals.distributed_minor
    run.save()
    return run
