"""What those who ask for a licence, and those who are asked, are written to.

What somebody unknown typed goes to no address that is not confirmed yet: the form would else carry anybody's words to
anybody.
"""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

CONFIRMATION: Final = register_kind(
    Kind(
        "asking.confirmation",
        zh=Words(
            "请确认您的双边许可请求",
            "您好：\n\n有人以您的邮箱，就专利池“{pool}”向{owner}提出了双边许可请求。"
            "如果是您本人，请在 {until} 前打开此链接并确认：\n\n"
            "{link}\n\n确认后，请求只会转给{owner}；联盟、专利池的运营方和其他权利人都看不到。\n\n"
            "如果不是您本人，请忽略此信息：未确认的请求不会转出，并将被删除。",
        ),
        en=Words(
            "Confirm your request for a bilateral licence",
            "Somebody used your address to ask {owner} for a bilateral licence of its patents in the pool “{pool}”. If "
            "it was you, follow this link until {until} and confirm:\n\n{link}\n\nOnce confirmed, it is shown to "
            "{owner} alone: not to the association, not to whoever runs the pool, and to no other owner.\n\n"
            "If it was not you, ignore this message: what is not confirmed goes nowhere and is deleted.",
        ),
        private=True,
    )
)
RECEIVED: Final = register_kind(
    Kind(
        "asking.received",
        zh=Words(
            "有人向{organisation}请求双边许可",
            "{name}，您好：\n\n有人就{organisation}在专利池“{pool}”中的专利提出了双边许可请求。"
            "该请求只有贵方能看到。请打开此链接查看并答复：\n\n{link}",
        ),
        en=Words(
            "Somebody asks {organisation} for a bilateral licence",
            "Dear {name},\n\nsomebody asks {organisation} for a bilateral licence of its patents in the pool “{pool}”. "
            "Nobody but you sees this request. Follow this link to read and answer it:\n\n{link}",
        ),
        private=True,
    )
)
ACKNOWLEDGEMENT: Final = register_kind(
    Kind(
        "asking.acknowledgement",
        zh=Words(
            "{owner}已收到您的双边许可请求",
            "{name}，您好：\n\n{owner}已收到您就专利池“{pool}”中的专利提出的双边许可请求，并将予以答复。",
        ),
        en=Words(
            "{owner} has received your request for a licence",
            "Dear {name},\n\n{owner} has received your request for a bilateral licence of its patents in the pool "
            "“{pool}”, and will answer it.",
        ),
        private=True,
    )
)
ANSWER: Final = register_kind(
    Kind(
        "asking.answer",
        zh=Words(
            "{owner}对您的双边许可请求的答复",
            "{name}，您好：\n\n您曾就专利池“{pool}”中的专利请求双边许可。{owner}答复如下：\n\n{text}\n\n"
            "后续请直接联系：{contact}",
        ),
        en=Words(
            "{owner} answers your request for a licence",
            "Dear {name},\n\nyou asked for a bilateral licence of patents in the pool “{pool}”. {owner} answers:\n\n"
            "{text}\n\nPlease go on from here with: {contact}",
        ),
        private=True,
    )
)
