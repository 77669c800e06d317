"""The approval sheet of a close on paper: what the second person signs."""

from licensing.close.comparison import Row
from licensing.close.papers.statement import letterhead, on_day, posted_on, run_name
from licensing.close.papers.words import word
from licensing.close.sheet import Sheet
from licensing.papers.paper import Cell, Language, Money, Paper, Signature, Table


def sheet_paper(sheet: Sheet, language: Language) -> Paper:
    """Return the approval sheet of a run as a paper in a language."""
    run, comparison = sheet.run, sheet.comparison
    currency = run.currency

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    calculated = on_day(run.calculated_at, run)
    against = comparison.against
    columns = [said("payee"), said("this_period")]
    payees: list[list[Cell]] = [
        [f"{row.key} {_name(row, language)}".strip(), money(row.this_minor)] for row in comparison.payees
    ]
    if against is not None:
        columns += [said("last_period"), said("difference")]
        for line, row in zip(payees, comparison.payees, strict=True):
            line += [money(row.last_minor), money(row.difference_minor)]
    reasons: list[list[Cell]] = [
        [said(f"reason_{key}"), money(amount)] for key, amount in comparison.total.reasons.items()
    ]
    unchanged = said("unchanged" if against else "nothing_to_compare")
    return Paper(
        language=language,
        name=f"{run.programme.code}-{run.period}-{run.number}",
        title=said("sheet"),
        subtitle=f"{run.programme.name} · {run.period}",
        issuer=letterhead(run, language),
        addressee=[],
        facts=[
            (said("programme"), run.programme.code),
            (said("period"), run.period),
            (said("run"), run_name(run)),
            (said("status"), said(run.status)),
            (said("terms"), str(run.terms_version.number)),
            (said("calculated_on"), calculated),
            (said("lines"), f"{run.line_count:,}"),
            (said("buckets"), f"{run.bucket_count:,}"),
            (said("compared_with"), run_name(against) if against else said("nothing_to_compare")),
            (said("posted_on"), posted_on(run) or said("not_posted")),
        ],
        figures=[
            (said("royalty"), money(run.royalty_minor)),
            (said("credit"), money(-run.credit_minor)),
            (said("due"), money(run.due_minor)),
            (said("distributed"), money(run.distributed_minor)),
        ],
        tables=[
            Table(
                said("checks"),
                [said("check"), said("result")],
                [[said(f"check_{check.key}"), said("passed" if check.passed else "failed")] for check in sheet.checks],
            ),
            Table(said("payees"), columns, payees),
            Table(
                said("why_changed"),
                [said("reason"), said("amount")],
                reasons,
                empty=unchanged,
            ),
        ],
        notes=[(said("how_to_check"), said("check_text", run=run_name(run), hash=run.results_sha256))],
        signatures=[
            Signature(said("calculated_by"), str(run.calculated_by or ""), calculated),
            Signature(said("approved_by"), str(run.approved_by or ""), on_day(run.approved_at, run)),
        ],
        signatures_heading=said("signatures"),
        footer=f"{run_name(run)} · {run.results_sha256[:16]}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )


def _name(row: Row, language: Language) -> str:
    if language is Language.ZH:
        return row.name_zh or row.name_en
    return row.name_en or row.name_zh
