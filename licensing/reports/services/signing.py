"""Who signs a report, on which authority, and in which words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from licensing.agreements.models import Licence
from licensing.reports.models import ReportAuthority
from licensing.reports.policies import authorities_in_force
from platform_core.access.actors import Actor
from platform_core.identity.models import Language, Organisation
from platform_core.problems import Conflict

STATEMENTS: Final = {
    Language.CHINESE: (
        "本人代表{licensee}声明：许可合同{licence}项下{months}的本份销售报告完整、属实，所附明细即为全部应报销售；本人有权签署。"
    ),
    Language.ENGLISH: (
        "On behalf of {licensee} I declare that this report of the sales of {months} under licence {licence} is "
        "complete and true, that its lines are all there is to report, and that I am authorised to sign it."
    ),
}
"""What is signed."""

NOTHING_SOLD: Final = {
    Language.CHINESE: "本人代表{licensee}声明：许可合同{licence}项下{months}没有应报销售，本报告属实；本人有权签署。",
    Language.ENGLISH: (
        "On behalf of {licensee} I declare that under licence {licence} there were no sales to report in {months}, "
        "that this report is true, and that I am authorised to sign it."
    ),
}
"""What is signed where nothing was sold."""


ESTIMATED: Final = {
    Language.CHINESE: (
        "本人代表{licensee}声明：许可合同{licence}项下{months}的实际销售尚不能确定，本报告为善意估算，"
        "将在数据确定后以实际销售报告替代，差额按合同多退少补；本人有权签署。"
    ),
    Language.ENGLISH: (
        "On behalf of {licensee} I declare that the sales of {months} under licence {licence} cannot be told yet, that "
        "this report is an estimate made in good faith, that a report of the actual sales will take its place as soon "
        "as they are known, with the difference paid or credited, and that I am authorised to sign it."
    ),
}
"""What is signed with an estimate."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it goes on record; of what the command line takes over there is none here."""

    name: str = ""
    title: str = ""
    statement: str = ""
    authority: ReportAuthority | None = None


def signature_of(
    *,
    actor: Actor,
    licence: Licence,
    months: tuple[date, date],
    language: Language,
    nothing_sold: bool,
    is_estimate: bool = False,
) -> Signature:
    """Return the signature of the seat that acts, by its recorded authority."""
    if actor.seat_id is None:
        return Signature()
    in_force = authorities_in_force(actor).filter(licence=licence).select_related("seat__user")
    authority = in_force.order_by("pk").first()
    if authority is None:
        raise Conflict("The authority to sign ended meanwhile.")
    name = authority.seat.user.name
    statement = statement_of(licence, months, language, nothing_sold=nothing_sold, is_estimate=is_estimate)
    return Signature(name, authority.title, statement, authority)


def statement_of(
    licence: Licence,
    months: tuple[date, date],
    language: Language,
    *,
    nothing_sold: bool,
    is_estimate: bool = False,
) -> str:
    """Return what is signed with a report of some months, in a language."""
    words = NOTHING_SOLD if nothing_sold else STATEMENTS
    return (ESTIMATED if is_estimate else words)[language].format(
        licensee=_named(licence.licensee, language),
        licence=licence.code,
        months=" – ".join(sorted({f"{month:%Y-%m}" for month in months})),
    )


def _named(organisation: Organisation, language: Language) -> str:
    named = organisation.name_zh if language is Language.CHINESE else organisation.name_en
    return named or str(organisation)
