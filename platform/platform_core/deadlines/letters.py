"""What people are written to about deadlines: one message a day, however many there are."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

DEADLINES: Final = register_kind(
    Kind(
        "deadlines.due",
        zh=Words(
            "{organisation}：{count} 项期限需要处理，最早 {first}",
            "{name}，您好：\n\n以下期限需要处理（{organisation}）：\n\n{lines}\n\n"
            "请打开此链接查看全部期限并逐项或批量办结：\n\n{link}",
        ),
        en=Words(
            "{organisation}: {count} deadlines need attention, the first on {first}",
            "Dear {name},\n\nThese deadlines need attention ({organisation}):\n\n{lines}\n\n"
            "Follow this link to see all of them, and to settle them one by one or together:\n\n{link}",
        ),
    )
)
MORE: Final = {True: "…… 另有 {count} 项", False: "… and {count} more"}
"""How a message ends that does not name all; in Chinese, and otherwise in English."""
LINE: Final = {
    True: "{due_on}（{left}）{what}",
    False: "{due_on} ({left}) {what}",
}
LEFT: Final = {True: "剩 {days} 天", False: "{days} days left"}
LATE: Final = {True: "已逾期 {days} 天，最迟 {last_day}", False: "{days} days late, at the latest on {last_day}"}
LAST: Final = {True: "已逾期 {days} 天", False: "{days} days late"}
GONE: Final = {True: "已错过", False: "missed"}
