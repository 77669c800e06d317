"""What licensees are written to about their reports."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

REPORT_REMINDER: Final = register_kind(
    Kind(
        "report.reminder",
        zh=Words(
            "请提交 {programme} {months} 的销售报告",
            "{name}，您好：\n\n{organisation}在许可项目 {programme} 下的许可合同 {licence} 尚未提交以下月份的"
            "销售报告：{months}。\n\n请打开此链接查看合同并提交报告：\n\n{link}\n\n没有销售的月份也须作零申报。",
        ),
        en=Words(
            "The sales report of {months} for {programme} is missing",
            "Dear {name},\n\n{organisation} has not reported yet under its licence {licence} of the programme "
            "{programme}, for: {months}.\n\nFollow this link to see the licence and to report:\n\n{link}\n\nMonths in "
            "which nothing was sold are to be reported too.",
        ),
    )
)
