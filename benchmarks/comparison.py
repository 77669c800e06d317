"""What it takes to tell two large closes apart, and to open an amount down to its patents, beside bare sums.

A throwaway server gets two quarters of a programme, closed by the engine from made-up sales and loaded as any close is.
Then, in one run and in alternation, each the median of some rounds:

- the comparison of the two, beside DuckDB's sum of the same rows of both (`royalties.csv` by market, month and rate,
  `allocations.parquet` by payee and market);
- a page of the tree that explains an amount, at every level, along the way with the most below it.

    python benchmarks/comparison.py            a smaller size: 10^5 lines a quarter
    FULL=1 python benchmarks/comparison.py     10^6 lines a quarter
"""

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.access import queries_of
from benchmarks.close import LICENCES, MEMBERS, Quarter, make_bundle
from benchmarks.made.rights import server

LIMITS = {"comparison_to_bare_1e6": 3.5, "explanation_queries": 13}
"""The comparison beside the bare sums of the same rows; the queries of the dearest page of the tree."""

LAST, THIS = Quarter("2025Q1", 20250101), Quarter("2025Q2", 20250401, upstream="38", downstream="37")


def fill() -> Any:
    """Record a programme with its members and licences, and one who settles it; return the programme."""
    from licensing.agreements.models import Licence, LicenceState
    from licensing.engine import load_document
    from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
    from members.memberships.models import Membership
    from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment, Seat, User
    from platform_core.identity.roles import Purpose, Role
    from pools.composition.models import Pool, PoolMember, PoolState

    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    office = Organisation.objects.create(name_en="Association")
    alliance = Alliance.objects.create(code="bench", name_en="Alliance", association=office)
    entity = OperatingEntity.objects.create(alliance=alliance, organisation=office, code="office", name_en="Office")
    pool = Pool.objects.create(alliance=alliance, code="main", name="Main pool", state=PoolState.LAUNCHED)
    programme = Programme.objects.create(
        alliance=alliance,
        pool=pool,
        operating_entity=entity,
        code="bench",
        name="Devices",
        currency="CNY",
        state=ProgrammeState.LAUNCHED,
    )
    document = '[[rates]]\nid = "device"\nper_unit = "1"\n[allocation]\nby = "equal"\n'
    terms = TermsVersion.objects.create(
        programme=programme,
        number=1,
        in_force_from=date(2024, 1, 1),
        document=document,
        content=load_document(document),
        state=TermsState.PUBLISHED,
        published_at=long_ago,
    )
    user = User.objects.create_user("finance@example.com", name="finance", created_at=long_ago)
    seat = Seat.objects.create(user=user, organisation=office, created_at=long_ago)
    RoleAssignment.objects.create(
        seat=seat, role=Role.FINANCE, operating_entity=entity, purpose=Purpose.ROYALTIES, starts_at=long_ago
    )
    members = Organisation.objects.bulk_create(Organisation(name_en=f"Member {n}") for n in range(MEMBERS))
    memberships = Membership.objects.bulk_create(
        Membership(alliance=alliance, organisation=organisation, code=f"M{n}", segment="upstream")
        for n, organisation in enumerate(members)
    )
    PoolMember.objects.bulk_create(PoolMember(pool=pool, membership=each, segment="upstream") for each in memberships)
    licensees = Organisation.objects.bulk_create(Organisation(name_en=f"Licensee {n}") for n in range(LICENCES))
    Licence.objects.bulk_create(
        Licence(
            programme=programme,
            terms_version=terms,
            licensee=licensee,
            code=f"L{n:05d}",
            signed_on=date(2015, 3, 1),
            starts_on=date(2015, 3, 1),
            state=LicenceState.IN_FORCE,
        )
        for n, licensee in enumerate(licensees)
    )
    return programme


def close(programme: Any, quarter: Quarter, lines: int) -> Any:
    """Close made-up sales of a quarter, and load the results into a calculated run."""
    from licensing.close import storage
    from licensing.close.calculation import span_of
    from licensing.close.lifecycle import Calculation, RunStatus
    from licensing.close.models import CloseRun
    from licensing.close.results import load_results
    from licensing.engine import close_bundle
    from platform_core.identity.models import User
    from platform_core.ids import new_id

    span, claim = span_of(quarter.period), new_id()
    run = CloseRun.objects.create(
        programme=programme,
        period=quarter.period,
        first_month=span.first_month,
        last_month=span.last_month,
        number=1,
        terms_version=programme.terms_versions.get(),
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    bundle = storage.new_bundle_folder(run.pk, claim)
    bundle.parent.mkdir(parents=True)
    make_bundle(bundle, lines, quarter=quarter)
    output = storage.output_folder(run.pk, claim)
    outcome = close_bundle(bundle, output)
    if outcome.status != "closed":
        raise RuntimeError(f"the close was rejected: {outcome.rejected_counts}")
    licences = dict(programme.licences.values_list("code", "pk"))
    members = dict(programme.alliance.memberships.values_list("code", "pk"))
    totals = load_results(run, output, licences=licences, members=members, reports=())
    run.status, run.calculation, run.results_claim = RunStatus.CALCULATED, Calculation.DONE, claim
    run.calculated_by, run.calculated_at = User.objects.get(), datetime(2026, 1, 1, tzinfo=UTC)
    run.results_sha256 = hashlib.sha256((output / "run.json").read_bytes()).hexdigest()
    run.engine_version, run.currency = totals.engine_version, totals.currency
    run.line_count, run.bucket_count = totals.lines, totals.buckets
    run.royalty_minor, run.credit_minor, run.due_minor = totals.royalty_minor, totals.credit_minor, totals.due_minor
    run.distributed_minor = totals.distributed_minor
    run.save()
    return run


BARE = {
    "royalties.csv": (
        "SELECT product, sold_in, made_in, month, currency, rate_id, sum(units)::VARCHAR, sum(billed_micros)::VARCHAR "
        "FROM read_csv('{}', header = true, auto_detect = false, columns = {{licence_id: 'VARCHAR', "
        "product: 'VARCHAR', made_in: 'VARCHAR', sold_in: 'VARCHAR', month: 'VARCHAR', currency: 'VARCHAR', "
        "rate_id: 'VARCHAR', units: 'DECIMAL(38, 0)', royalty_micros: 'DECIMAL(38, 0)', "
        "billed_micros: 'DECIMAL(38, 0)', reason: 'VARCHAR'}}) GROUP BY ALL"
    ),
    "allocations.parquet": ("SELECT payee, product, sold_in, made_in, sum(micros)::VARCHAR FROM '{}' GROUP BY ALL"),
}


def bare(runs: Sequence[Any]) -> None:
    """Sum up what both runs billed and shared out by market, month, rate and payee, with DuckDB alone."""
    from licensing.close import storage

    with duckdb.connect() as connection:
        for run in runs:
            for name, query in BARE.items():
                file = storage.output_folder(run.pk, run.results_claim) / name
                connection.execute(query.format(file)).fetchall()


def way_down(run: Any, actor: Any) -> list[Mapping[str, str]]:
    """Return the nodes from a run's total down to a rule, each the one with the most parts beneath it."""
    from django.db.models import Count

    from licensing.close.explanation import LEVELS, explain_amount
    from licensing.close.models import CloseBucket

    fullest = CloseBucket.objects.filter(run=run).values("product", "sold_in").annotate(of=Count("pk")).order_by("-of")
    market = fullest.first()
    if market is None:
        raise RuntimeError("nothing was sold")
    asked: dict[str, str] = {"payee": "M0", "product": market["product"], "country": market["sold_in"]}
    nodes: list[Mapping[str, str]] = [{}, *({name: asked[name] for name in LEVELS[:n]} for n in (1, 2, 3))]
    for level in LEVELS[3:]:
        asked = {**asked, level: explain_amount(run, asked, actor=actor).parts[0].key}
        nodes.append(asked)
    return nodes


def measure(folder: Path, lines: int, rounds: int) -> dict[str, float]:
    """Make two closes of so many lines each, tell them apart and open the second one; return the figures."""
    with server(folder) as database:
        from licensing.close.comparison import compare_runs
        from licensing.close.explanation import explain_amount
        from platform_core.access.acting import actor_in_seat
        from platform_core.identity.models import Seat
        from platform_site.database.roles import connect

        programme = fill()
        with connect(database.superuser_url(database.owner_url().database)) as connection:
            # Each foreign key of millions of rows is checked at their end, which takes longest and serves no reading.
            for table in ("close_closebucket", "close_closeshare", "close_closecell"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
            last, run = (close(programme, quarter, lines) for quarter in (LAST, THIS))
            connection.execute("VACUUM ANALYZE")
        actor = actor_in_seat(Seat.objects.get().pk)
        nodes = way_down(run, actor)
        ways: dict[str, Callable[[], object]] = {
            "comparison": lambda: compare_runs(run, last, actor=actor),
            "bare": lambda: bare((last, run)),
            **{
                f"explain_{list(node)[-1] if node else 'total'}": partial(explain_amount, run, node, actor=actor)
                for node in nodes
            },
        }
        times = alternate(ways, rounds)
        queries = max(queries_of(way) for name, way in ways.items() if name.startswith("explain"))
        print(f"{lines:,} lines a quarter, {run.bucket_count:,} buckets, {shares_of(run):,} shares")
    for name, value in times.items():
        print(f"  {name:18} {value:9.1f} ms")
    ratio = times["comparison"] / times["bare"]
    figures = {
        f"comparison_to_bare_1e{len(str(lines)) - 1}": ratio,
        "explanation_to_bare": max(value for name, value in times.items() if name.startswith("explain"))
        / times["bare"],
        "explanation_queries": float(queries),
        **{f"milliseconds_{name}": value for name, value in times.items()},
    }
    print(f"  the comparison takes {ratio:.2f} times the bare sums, ", end="")
    print(f"the dearest page of the tree {figures['explanation_to_bare']:.2f} times, in at most {queries} queries")
    return figures


def shares_of(run: Any) -> int:
    """Count what was shared out."""
    from licensing.close.models import CloseShare

    return CloseShare.objects.filter(run=run).count()


def alternate(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Do everything in turn, so many rounds after one that fills caches; return the median milliseconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, act in ways.items():
            begun = time.perf_counter()
            act()
            if number:
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: median(values) for name, values in taken.items()}


def main() -> int:
    """Measure, print figures in words, then one JSON line; 1 where a figure is over its limit."""
    full = os.environ.get("FULL") == "1" or "--full" in sys.argv
    with tempfile.TemporaryDirectory(prefix="lianchi-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        figures = measure(folder, 10**6 if full else 10**5, rounds=5)
    limits = {name: limit for name, limit in LIMITS.items() if name in figures}
    over = [name for name, limit in limits.items() if figures[name] > limit]
    for name in over:
        print(f"over its limit: {name} is {figures[name]:.2f}, the limit {limits[name]}")
    print(json.dumps({"figures": {name: round(value, 3) for name, value in figures.items()}, "limits": limits}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
