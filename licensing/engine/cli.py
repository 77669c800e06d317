"""The commands over bundles: close, explain, verify. They need no database and no platform."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from licensing.engine.close import CloseOutcome, close_bundle
from licensing.engine.compute import Progress as Report
from licensing.engine.explain import as_lines, explain_licence, explain_payee
from licensing.engine.rejects import BundleError
from licensing.engine.verify import verify_close
from platform_core.money import format_minor

_STAGES = 5

# 2 tells that input was rejected; a wrong call is "anything else", 1.
click.UsageError.exit_code = 1


@click.group()
def engine() -> None:
    """Close, explain and verify royalty bundles."""


@engine.command("close")
@click.argument("bundles", metavar="BUNDLE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results; made if needed.")
@click.option("--skip-rejected", is_flag=True, help="Close what is sound, and list what was left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--progress-json", is_flag=True, help="Report each stage as a JSON line on standard error.")
def close_command(
    bundles: tuple[Path, ...], out: Path, skip_rejected: bool, as_json: bool, progress_json: bool
) -> None:
    """Close royalty bundles: who owes what, and who is due what, to the cent.

    A BUNDLE is a folder with programme.toml, members.csv, patents.csv, licences.csv and sales. Its results are
    written to --out (with several bundles: to a folder of the bundle's name in it), whole or not at all. An earlier
    close there is replaced; a folder with anything else in it is refused.

    \b
    Examples:
      lianchi close 2025Q1 --out results
      lianchi close pools/* --out results --json
      lianchi close 2025Q1 --out results --skip-rejected

    \b
    Exit status: 0 closed; 2 input was rejected (see rejected.csv); 1 anything else.
    With several bundles each stands alone, and the exit status is the worst.
    """
    statuses: list[int] = []
    reports: list[dict[str, Any]] = []
    names = [bundle.resolve().name for bundle in bundles]
    for bundle, name in zip(bundles, names, strict=True):
        target = out / name if len(bundles) > 1 else out
        report: dict[str, Any] = {"bundle": str(bundle), "out": str(target)}
        try:
            if names.count(name) > 1:
                raise BundleError(f"{bundle}: two bundles are named {name!r}; close them into different folders")
            with _progress(name, quiet=as_json, as_json=progress_json) as stage:
                outcome = close_bundle(bundle, target, skip_rejected=skip_rejected, progress=stage)
        except BundleError as error:
            statuses.append(1)
            report |= {"status": "failed", "error": str(error)}
            click.echo(f"{name}: {error}", err=True)
        except KeyboardInterrupt:
            click.echo(f"{name}: interrupted; nothing was written", err=True)
            sys.exit(1)
        else:
            statuses.append(outcome.exit_status)
            report |= {"status": outcome.status, "totals": outcome.totals, "rejected": outcome.rejected_counts}
            report["notes"] = list(outcome.notes)
            if not as_json:
                _tell(name, outcome)
        reports.append(report)
    if as_json:
        click.echo(json.dumps({"closes": reports}, ensure_ascii=False, indent=2))
    # 2 is the worst: it is given exactly when some rejected.csv was written.
    sys.exit(max(statuses))


def _tell(name: str, outcome: CloseOutcome) -> None:
    for note in outcome.notes:
        click.echo(f"{name}: {note}", err=True)
    if outcome.rejected_counts:
        counts = ", ".join(f"{count} {code}" for code, count in outcome.rejected_counts.items())
        where = outcome.out / "rejected.csv"
        what = "closed without the rejected" if outcome.status == "closed" else "nothing was closed"
        click.echo(f"{name}: rejected {counts}; {what}. See {where}")
        if outcome.status == "rejected":
            with where.open(encoding="utf-8") as file:
                for line in [line.rstrip("\n") for line in file][1:6]:
                    click.echo(f"  {line}")
    if outcome.status == "closed":
        currency = json.loads((outcome.out / "run.json").read_text(encoding="utf-8"))["currency"]
        totals = outcome.totals
        click.echo(
            f"{name}: {totals['lines']:,} lines, {totals['buckets']:,} buckets; "
            f"royalty {format_minor(totals['royalty_minor'], currency)}, "
            f"due {format_minor(totals['due_minor'], currency)}, "
            f"distributed {format_minor(totals['distributed_minor'], currency)} -> {outcome.out}"
        )


@contextmanager
def _progress(name: str, *, quiet: bool, as_json: bool) -> Iterator[Report]:
    """Stages as a bar on a terminal, as plain lines elsewhere."""
    if as_json:

        def tell(stage: str) -> None:
            click.echo(json.dumps({"bundle": name, "stage": stage}), err=True)

        yield tell
    elif quiet:
        yield lambda stage: None
    elif sys.stderr.isatty():
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(name, total=_STAGES)

            def move(stage: str) -> None:
                bar.update(task, advance=1, description=f"{name}: {stage}")

            yield move
    else:
        yield lambda stage: click.echo(f"{name}: {stage}", err=True)


@engine.command("explain")
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("bundle", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option("--payee", help="A member, or ~fee, ~held:M1, ~reserve:NAME, ~undistributed.")
@click.option("--licence", help="A licence.")
@click.option("--most", default=20, show_default=True, help="How many buckets to print as text; JSON has all.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole explanation as JSON.")
def explain_command(
    results: Path, bundle: Path, payee: str | None, licence: str | None, most: int, as_json: bool
) -> None:
    """Explain an amount: from what is due down to buckets, rate, band, cap, node and patents.

    DIR holds the results of a close, BUNDLE its inputs; both are checked to belong together. The parts that are
    printed add up to the amount.

    \b
    Examples:
      lianchi explain results 2025Q1 --payee M1
      lianchi explain results 2025Q1 --licence L7 --json
    """
    if (payee is None) == (licence is None):
        raise click.UsageError("name one of --payee and --licence")
    try:
        if payee is not None:
            explanation = explain_payee(results, bundle, payee)
        else:
            explanation = explain_licence(results, bundle, licence or "")
    except BundleError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(explanation, ensure_ascii=False, indent=2))
    else:
        for line in as_lines(explanation, most):
            click.echo(line)


@engine.command("verify")
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("bundle", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def verify_command(results: Path, bundle: Path, as_json: bool) -> None:
    """Verify a close: work the bundle out again and compare everything with DIR.

    \b
    Exit status: 0 all is the same; 1 something differs (the first difference is named), or cannot be read.
    """
    try:
        difference = verify_close(results, bundle)
    except BundleError as error:
        difference = str(error)
    if as_json:
        click.echo(json.dumps({"verified": difference is None, "difference": difference}, ensure_ascii=False))
    else:
        click.echo("verified: every file is what the bundle gives" if difference is None else f"differs: {difference}")
    sys.exit(0 if difference is None else 1)
