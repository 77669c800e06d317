"""The receipt of a report: what was filed, by its hashes, and who signed it in which words."""

from pathlib import Path
from typing import Final

from licensing.reports.models import SalesReport
from platform_core.identity.models import Language, Organisation
from platform_core.problems import NotFound
from platform_core.typesetting import typeset

TEMPLATE: Final = Path(__file__).with_name("receipt.typ")

_WORDS: Final = {
    Language.CHINESE: {
        "title": "销售报告回执",
        "number": "回执编号",
        "licensee": "被许可方",
        "programme": "许可项目",
        "licence": "许可合同",
        "months": "报告月份",
        "filed": "提交时间（UTC）",
        "kind": "提交方式",
        "file": "文件",
        "size": "文件大小（字节）",
        "lines": "明细行数",
        "file_sha256": "文件 SHA-256",
        "lines_sha256": "明细 SHA-256",
        "supersedes": "更正",
        "reason": "更正原因",
        "statement": "签署声明",
        "signatory": "签署人",
        "letter": "授权文件",
        "none": "无",
        "taken_over": "由许可管理方登记，未经在线签署。",
        "footer": "本回执证明上述报告已收到，不表示对其内容的认可。",
        "csv": "CSV 文件",
        "xlsx": "工作簿",
        "parquet": "Parquet 文件",
        "form": "在线填写",
        "nil": "零申报（没有销售）",
        "estimate": "由许可管理方依条款估算，待实际报告替代",
    },
    Language.ENGLISH: {
        "title": "Receipt of a sales report",
        "number": "Receipt number",
        "licensee": "Licensee",
        "programme": "Programme",
        "licence": "Licence",
        "months": "Months reported",
        "filed": "Filed at (UTC)",
        "kind": "Sent as",
        "file": "File",
        "size": "Size in bytes",
        "lines": "Lines",
        "file_sha256": "SHA-256 of the file",
        "lines_sha256": "SHA-256 of the lines",
        "supersedes": "Supersedes",
        "reason": "Reason",
        "statement": "Statement signed",
        "signatory": "Signed by",
        "letter": "Letter of authority",
        "none": "none",
        "taken_over": "Recorded by the licensing office, not signed here.",
        "footer": "This receipt shows that the report was received, and says nothing of whether it is right.",
        "csv": "CSV file",
        "xlsx": "Workbook",
        "parquet": "Parquet file",
        "form": "Form",
        "nil": "Nothing sold",
        "estimate": "Estimated by the licensing office by its terms, until the report comes",
    },
}


def receipt_pdf(report: SalesReport, language: Language) -> bytes:
    """Write the receipt of a report as PDF; the same report gives the same bytes."""
    if report.number is None:
        raise NotFound("This report was filed before there were receipts.")
    words = _WORDS[language]
    months = sorted({f"{month:%Y-%m}" for month in (report.first_month, report.last_month)})
    facts = [
        (words["number"], report.receipt_number),
        (words["licensee"], _named(report.licence.licensee, language)),
        (words["programme"], report.licence.programme.code),
        (words["licence"], report.licence.code),
        (words["months"], " – ".join(months)),
        (words["filed"], f"{report.filed_at:%Y-%m-%d %H:%M:%S}"),
        (words["kind"], words[report.kind]),
        (words["file"], report.file_name or words["none"]),
        (words["size"], f"{report.file_size:,}"),
        (words["lines"], f"{report.line_count:,}"),
        (words["file_sha256"], report.file_sha256 or words["none"]),
        (words["lines_sha256"], report.lines_sha256),
    ]
    if report.supersedes is not None:
        facts += [
            (words["supersedes"], report.supersedes.receipt_number or f"{report.supersedes.filed_at:%Y-%m-%d}"),
            (words["reason"], report.reason),
        ]
    signed = []
    if report.authority is not None:
        signed = [
            (words["signatory"], f"{report.signatory_name}, {report.signatory_title}"),
            (words["letter"], report.authority.letter),
        ]
    document = {
        "language": language.value[:2],
        "title": words["title"],
        "facts": facts,
        "statement_heading": words["statement"],
        "statement": report.statement or words["taken_over"],
        "signed": signed,
        "footer": words["footer"],
    }
    return typeset(TEMPLATE, "receipt", document)


def _named(organisation: Organisation, language: Language) -> str:
    named = organisation.name_zh if language is Language.CHINESE else organisation.name_en
    return named or str(organisation)
