"""What the two sides of a dealing are written to about it: that there is news, and where; never what it says."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

TO_OFFICE: Final = register_kind(
    Kind(
        "dealing.to_office",
        zh=Words(
            "许可洽谈有新进展：{programme}",
            "{name}，您好：\n\n{organisation}在许可项目 {programme} 的洽谈中有新进展。"
            "请打开此链接查看并办理：\n\n{link}\n\n洽谈内容仅限双方知悉，请勿转发。",
        ),
        en=Words(
            "News in a dealing under {programme}",
            "Dear {name},\n\n{organisation} took a step in its dealing under the programme {programme}. Follow this "
            "link to see it and what is next:\n\n{link}\n\nIt is between the two sides: please do not pass it on.",
        ),
        private=True,
    )
)
TO_PROSPECT: Final = register_kind(
    Kind(
        "dealing.to_prospect",
        zh=Words(
            "您的许可申请有新进展：{programme}",
            "{name}，您好：\n\n{organisation}就许可项目 {programme} 的许可申请有新进展。"
            "请打开此链接查看并答复：\n\n{link}\n\n其他成员和被许可方都看不到您的申请。",
        ),
        en=Words(
            "News about your application under {programme}",
            "Dear {name},\n\nthere is news about the licence that {organisation} applied for under the programme "
            "{programme}. Follow this link to see it and to answer:\n\n{link}\n\nNo member and no other licensee sees "
            "your application.",
        ),
        private=True,
    )
)
