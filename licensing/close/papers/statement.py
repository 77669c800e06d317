"""A member's statement on paper: what it is due of a period, which of its patents counted, and how to check it.

It says no more than the member may know, whoever takes it: sales and other members' amounts are not on it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from licensing.close.models import CloseRun, Statement
from licensing.close.own_patents import counted_patents
from licensing.close.papers.words import word
from licensing.close.papers.workings import workings_notes, workings_table
from licensing.close.selectors import told_estimates
from licensing.close.totals.selectors import Background
from licensing.close.workings.calculation import Workings
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Language, Money, Paper, Table
from platform_core.identity.models import Named


def statement_paper(statement: Statement, language: Language, workings: Workings | None = None) -> Paper:
    """Return a statement as a paper in a language, with the workings that its taker may know."""
    run = statement.run
    currency = run.currency
    membership = statement.membership
    families, counts = counted_patents(run, membership.code)

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    earned = statement.amount_minor + statement.held_minor
    figures = [(said("payable"), Money(statement.amount_minor, currency))]
    if statement.held_minor:
        figures = [
            (said("earned"), Money(earned, currency)),
            (said("held"), Money(-statement.held_minor, currency)),
            *figures,
        ]
    words = amount_in_chinese(statement.amount_minor, currency) if language is Language.ZH else ""
    organisation = membership.organisation
    return Paper(
        language=language,
        name=f"{run.programme.code}-{run.period}-{run.number}-{membership.code}",
        title=said("statement"),
        subtitle=f"{run.programme.name} · {run.period}",
        issuer=letterhead(run, language),
        addressee=[
            said("to"),
            name_of(organisation, language),
            *([f"{said('uscc')} {organisation.uscc}"] if organisation.uscc else []),
        ],
        facts=[
            (said("programme"), run.programme.code),
            (said("period"), run.period),
            (said("member_id"), membership.code),
            (said("pool"), run.programme.pool.name),
            (said("run"), f"{run.programme.code} {run.period} #{run.number}"),
            (said("posted_on"), posted_on(run) or said("not_posted")),
            (said("terms"), str(run.terms_version.number)),
            (
                said("own_families"),
                said("families_of", own=counts["families"], pool=counts["pool_families"]),
            ),
        ],
        figures=figures,
        in_words=f"{said('in_words')}：{words}" if words else "",
        tables=[
            *([] if workings is None else [workings_table(workings, language)]),
            Table(
                said("counted_patents"),
                [said(key) for key in ("family", "publication", "country", "class", "share", "in_force", "counted_in")],
                [
                    _patent_row(family["family"], patent, said("open_end"))
                    for family in families
                    for patent in family["patents"]
                ],
                empty=said("none_counted"),
            ),
        ],
        notes=[
            *([] if workings is None else workings_notes(workings, language)),
            *estimates_note([run], language, reader_id=membership.organisation_id),
            (said("how_to_check"), said("check_text", run=run_name(run), hash=run.results_sha256)),
            (said("rounding"), said("rounding_text")),
        ],
        footer=f"{run_name(run)} · {run.results_sha256[:16]}",
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )


def estimates_note(runs: Sequence[CloseRun], language: Language, *, reader_id: UUID) -> list[tuple[str, str]]:
    """Return the note that closes of one programme count estimated sales, where its reader may know of them.

    Of few groups of licensees it is not said.
    """
    if not runs:
        return []
    background = Background(runs[0].programme)
    if not any(told_estimates(run, reader_id=reader_id, background=background) for run in runs):
        return []
    return [(word("estimates", language), word("estimates_text", language))]


def letterhead(run: CloseRun, language: Language) -> list[str]:
    """Return who issues the papers of a run: the operating entity, its firm, and the alliance."""
    entity = run.programme.operating_entity
    names = [
        name_of(entity, language),
        name_of(entity.organisation, language),
        name_of(run.programme.alliance, language),
    ]
    return list(dict.fromkeys(names))


def name_of(named: Named, language: Language) -> str:
    """Return a name in a language where it is known, else in the other."""
    if language is Language.ZH:
        return named.name_zh or named.name_en
    return named.name_en or named.name_zh


def run_name(run: CloseRun) -> str:
    """Return what a run is called on papers."""
    return f"{run.programme.code} {run.period} #{run.number}"


def posted_on(run: CloseRun) -> str:
    """Return the day a run was posted, in the alliance's zone; blank where it is not."""
    return on_day(run.posted_at, run)


def on_day(at: datetime | None, run: CloseRun) -> str:
    """Return the day of an instant in the alliance's zone; blank where there is none."""
    return at.astimezone(ZoneInfo(run.programme.alliance.zone)).date().isoformat() if at is not None else ""


def _patent_row(family: str, patent: Mapping[str, Any], open_end: str) -> list[str]:
    months = patent["months"]
    counted = months[0] if len(months) == 1 else f"{months[0]} – {months[-1]} ({len(months)})"
    return [
        family,
        patent["publication"],
        patent["country"],
        patent["class"],
        patent["share"],
        f"{patent['granted']} – {patent['ends'] or open_end}",
        counted,
    ]
