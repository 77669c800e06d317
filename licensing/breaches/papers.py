"""The letters of a breach: the notice with its grounds and days, and the end of a licence with what stays due."""

import re
from datetime import date, timedelta
from typing import Final

from licensing.agreements.models import Licence
from licensing.breaches.models import Breach, Termination
from licensing.papers.paper import Form, Language, Paper, Table, write_paper
from platform_core.identity.models import Named

_IN_BOTH: Final = re.compile(r"(.*[\u3400-\u9fff）]) ([A-Z][^\u3400-\u9fff]*)")
WORDS: Final[dict[str, tuple[str, str]]] = {
    "notice": ("违约通知书", "Notice of breach"),
    "end": ("许可合同终止通知书", "Notice that a licence ends"),
    "licence": ("许可合同", "Licence"),
    "programme": ("许可项目", "Programme"),
    "number": ("编号", "No."),
    "noticed_on": ("通知日期", "Noticed on"),
    "kind": ("违约情形", "What was not kept"),
    "kind.unpaid": ("逾期未支付许可费", "Royalties are not paid"),
    "kind.unreported": ("逾期未提交销售报告", "Sales are not reported"),
    "kind.false_report": ("报告不实，短报许可费", "Too little was reported"),
    "cure_by": ("补救期限", "To be put right by"),
    "rule": ("依据", "By"),
    "grounds": ("具体事项", "What it is about"),
    "what.unpaid": ("账单", "Invoice"),
    "what.unreported": ("报告月份", "Month"),
    "what.false_report": ("审计", "Audit"),
    "due_on": ("应于", "Due on"),
    "further": ("说明", "Further"),
    "what_follows": ("后果", "What follows"),
    "follows": (
        "未在补救期限内补救的，许可合同自中止之日起中止；中止期间仍须申报和支付。仍未补救的，许可方可以终止许可合同。",
        "What is not put right by then has the licence suspended; reports and royalties go on meanwhile. If it is not "
        "put right then either, the licensor may end the licence.",
    ),
    "ground": ("终止事由", "For what it ends"),
    "ground.breach": ("违约未在期限内补救", "a breach that was not put right"),
    "ground.agreed": ("双方协商一致", "both sides agreed"),
    "reason": ("理由", "Reason"),
    "last_day": ("许可的最后一日", "Last day of the licence"),
    "run_off": ("库存销售期至", "Stock may be sold until"),
    "run_off.none": ("无库存销售期", "nothing is sold afterwards"),
    "stays": ("仍须履行的义务", "What stays due"),
    "stays.none": (
        "至许可最后一日的销售仍须申报并支付许可费；此前应付未付的款项仍须支付。",
        "Sales until the last day stay to be reported and paid for, and what was owed before stays owed.",
    ),
    "stays.run_off": (
        "至 {day} 为止销售库存的，仍须按许可合同申报并支付许可费；此前应付未付的款项仍须支付。此后不得再销售。",
        "What is sold from stock until {day} is to be reported and paid for as before, and what was owed before stays "
        "owed. Nothing is sold after that day.",
    ),
    "footer": ("本通知仅限双方知悉。", "This notice is between the two sides."),
}


def word(key: str, language: Language, **values: object) -> str:
    """Return a text in a language, with values put in."""
    text = WORDS[key][0 if language is Language.ZH else 1]
    return text.format(**values) if values else text


def notice_pdf(breach: Breach, language: Language) -> bytes:
    """Return the notice of a breach as PDF; the same breach gives the same bytes."""

    def said(key: str) -> str:
        return word(key, language)

    return write_paper(
        _paper(
            breach.licence,
            language,
            title=said("notice"),
            name=f"{breach.licence.code}-{breach.number}-{language.value}",
            facts=[
                (said("number"), f"{breach.licence.code} #{breach.number}"),
                (said("noticed_on"), breach.noticed_on.isoformat()),
                (said("kind"), said(f"kind.{breach.kind}")),
                (said("cure_by"), breach.cure_by.isoformat()),
                (said("rule"), _in(language, breach.rule)),
            ],
            tables=[
                Table(
                    said("grounds"),
                    [said(f"what.{breach.kind}"), said("due_on")],
                    [[ground["label"], ground["due_on"]] for ground in breach.grounds],
                )
            ],
            notes=[
                *([(said("further"), breach.text)] if breach.text else []),
                (said("what_follows"), said("follows")),
            ],
        ),
        Form.PDF,
    )


def end_pdf(termination: Termination, language: Language) -> bytes:
    """Return the letter that a licence ends as PDF."""

    def said(key: str) -> str:
        return word(key, language)

    until = run_off_until(termination.last_day, termination.run_off_days)
    stays = said("stays.none") if until is None else word("stays.run_off", language, day=until.isoformat())
    return write_paper(
        _paper(
            termination.licence,
            language,
            title=said("end"),
            name=f"{termination.licence.code}-end-{language.value}",
            facts=[
                (said("ground"), said(f"ground.{termination.ground}")),
                (said("last_day"), termination.last_day.isoformat()),
                (said("run_off"), said("run_off.none") if until is None else until.isoformat()),
            ],
            tables=[],
            notes=[(said("reason"), termination.reason), (said("stays"), stays)],
        ),
        Form.PDF,
    )


def run_off_until(last_day: date, days: int) -> date | None:
    """Return the last day on which stock may be sold; None: nothing is sold after the last day of the licence."""
    return last_day + timedelta(days=days) if days else None


def _paper(
    licence: Licence,
    language: Language,
    *,
    title: str,
    name: str,
    facts: list[tuple[str, str]],
    tables: list[Table],
    notes: list[tuple[str, str]],
) -> Paper:
    programme = licence.programme
    return Paper(
        language=language,
        name=name.replace("/", "-"),
        title=title,
        subtitle=programme.name,
        issuer=[_name(programme.operating_entity.organisation, language), _name(programme.alliance, language)],
        addressee=[_name(licence.licensee, language)],
        facts=[
            (word("licence", language), licence.code),
            (word("programme", language), f"{programme.code} · {programme.name}"),
            *facts,
        ],
        figures=[],
        tables=tables,
        notes=notes,
        footer=word("footer", language),
    )


def _in(language: Language, text: str) -> str:
    """Return of a text in both languages, the Chinese one first, the one that is asked for."""
    both = _IN_BOTH.fullmatch(text)
    return text if both is None else both[1 if language is Language.ZH else 2]


def _name(named: Named, language: Language) -> str:
    zh, en = named.name_zh, named.name_en
    return (zh or en) if language is Language.ZH else (en or zh)
