"""The command that checks statements and published distributions. It needs no database, no settings, no platform."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from licensing.distribution.proofs.checking import verify_published, verify_statements
from licensing.distribution.proofs.forms import (
    LARGEST_FILE,
    PUBLISHED_KIND,
    fingerprint,
    kind_of,
    read_published,
    read_statement,
)
from licensing.distribution.proofs.model import ProvenStatement, Published
from licensing.distribution.proofs.problems import Language, ProofProblem
from platform_core.money import format_minor

# 2 tells that a proof was refused; a wrong call is "anything else", 1.
click.UsageError.exit_code = 1

WORDS: Final[dict[str, tuple[str, str]]] = {
    "adds up": (
        "The {rows} amounts of distribution {run} ({periods}) add up to the {total} that were distributed.",
        "分配付款 {run}（{periods}）的 {rows} 笔金额之和等于所分配的 {total}。",
    ),
    "statement": ("{payee}: {amount}, as published in row {label}.", "{payee}：{amount}，与公布的 {label} 行一致。"),
    "covered": (
        "{statements} of {rows} rows are opened, {amount} of {total}.",
        "{rows} 行中已打开 {statements} 行，共 {amount}，合计 {total}。",
    ),
    "whole": (
        "Every row is opened: nobody else is paid by this distribution.",
        "全部行均已打开：此次分配付款没有其他收款方。",
    ),
    "part": (
        "The other rows stay hidden. An auditor who is given all statements sees whether one is made up.",
        "其余各行保持隐藏。其中有无虚构的收款方，须由取得全部结算单的审计人查明。",
    ),
    "same": (
        "It is the publication given with --run.",
        "与 --run 所给的公布文件一致。",
    ),
    "compare": (
        "Fingerprint of what was published (every member must have the same; compare it): {fingerprint}",
        "公布文件的指纹（各成员应当相同，请相互核对）：{fingerprint}",
    ),
    "refused": ("{file}: refused. {why}", "{file}：不予认可。{why}"),
    "unreadable": ("{file} cannot be read: {why}", "{file} 无法读取：{why}"),
}


@click.command("verify-statement", short_help="Check a statement's amount and proof, without the platform.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--run", "run", type=click.Path(path_type=Path), help="What was published, as got from elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="Words in English or Chinese.")
def verify_statement_command(files: tuple[Path, ...], run: Path | None, as_json: bool, language: Language) -> None:
    """Check that a statement's amount is in what was published, and that this adds up to what was distributed.

    A FILE is a statement with its proof, as a payee gets it; or what was published, of which only the sum is checked.
    With several statements of one distribution it also says how much of it they cover: an auditor gives all. --run
    names what was published as another member or the alliance gave it: the statement must be of exactly that.

    \b
    Examples:
      lianchi verify-statement statement.json
      lianchi verify-statement statement.json --run published.json --lang zh
      lianchi verify-statement statements/*.json --json

    \b
    Exit status: 0 all holds; 2 something does not, and the message says what; 1 anything else.
    """
    told = _Told(language)
    published = None if run is None else _published_from(run, told, as_json)
    contents = [(file, _content(file, told, as_json)) for file in files]
    statements: list[ProvenStatement] = []
    for file, content in contents:
        try:
            if kind_of(content) == PUBLISHED_KIND:
                if len(files) > 1 or run is not None:
                    raise click.UsageError("What was published is named alone, or with --run beside statements.")
                published = read_published(content)
                verify_published(published)
            else:
                statements.append(read_statement(content))
                verify_statements(statements[-1:], published=published)
        except ProofProblem as problem:
            _refuse(file, problem, told, as_json)
    try:
        _tell(statements, published, told, as_json, compared=run is not None)
    except ProofProblem as problem:
        _refuse(files[-1], problem, told, as_json)


class _Told:
    """Words in the language that was asked for."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        english, chinese = WORDS[key]
        return (english if self.language == "en" else chinese).format(**values)


def _tell(
    statements: list[ProvenStatement], published: Published | None, told: _Told, as_json: bool, *, compared: bool
) -> None:
    covered = verify_statements(statements, published=published) if statements else None
    of = statements[0].published if statements else published
    if of is None:
        raise AssertionError("a file is one of the two")
    if as_json:
        report: dict[str, Any] = {
            "verified": True,
            "run": of.run,
            "currency": of.currency,
            "periods": list(of.periods),
            "total_minor": of.total_minor,
            "rows": len(of.rows),
            "fingerprint": fingerprint(of),
            "compared": compared,
            "statements": [
                {
                    "payee": each.statement.payee,
                    "label": each.opening.label,
                    "amount_minor": each.statement.amount_minor,
                    "details": each.statement.details,
                }
                for each in statements
            ],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    periods = ", ".join(of.periods)
    click.echo(
        told("adds up", rows=len(of.rows), run=of.run, periods=periods, total=format_minor(of.total_minor, of.currency))
    )
    for each in statements:
        statement = each.statement
        amount = format_minor(statement.amount_minor, of.currency)
        click.echo(told("statement", payee=statement.payee, amount=amount, label=each.opening.label))
    if covered is not None and covered.statements > 1:
        click.echo(
            told(
                "covered",
                statements=covered.statements,
                rows=covered.rows,
                amount=format_minor(covered.amount_minor, of.currency),
                total=format_minor(covered.total_minor, of.currency),
            )
        )
    if covered is not None:
        click.echo(told("whole" if covered.is_whole else "part"))
    if compared:
        click.echo(told("same"))
    click.echo(told("compare", fingerprint=fingerprint(of)))


def _published_from(path: Path, told: _Told, as_json: bool) -> Published:
    try:
        return read_published(_content(path, told, as_json))
    except ProofProblem as problem:
        _refuse(path, problem, told, as_json)
        raise


def _content(path: Path, told: _Told, as_json: bool) -> bytes:
    """Read a file, and no more of it than any file of ours has."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as problem:
        why = problem.strerror or str(problem)
        if as_json:
            click.echo(json.dumps({"verified": None, "file": str(path), "problem": why}, ensure_ascii=False))
        click.echo(told("unreadable", file=path, why=why), err=True)
        sys.exit(1)


def _refuse(path: Path, problem: ProofProblem, told: _Told, as_json: bool) -> None:
    why = problem.told(told.language)
    if as_json:
        found = {"verified": False, "file": str(path), "code": problem.code, "problem": why}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    click.echo(told("refused", file=path, why=why), err=True)
    sys.exit(2)
