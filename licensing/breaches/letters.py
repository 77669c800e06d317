"""What a licensee is written to about a breach of its licence: that there is a notice, and where."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

NOTICED: Final = register_kind(
    Kind(
        "breach.noticed",
        zh=Words(
            "许可合同 {licence} 的违约通知",
            "{name}，您好：\n\n许可合同 {licence} 有违约情形，请于 {day} 之前补救，否则可能中止并终止许可。"
            "通知书及详情：\n\n{link}\n\n该通知仅限贵方和秘书处知悉。",
        ),
        en=Words(
            "Notice of breach of licence {licence}",
            "Dear {name},\n\nsomething that licence {licence} asks for was not kept. Please put it right by {day}; "
            "otherwise the licence may be suspended and ended. The notice and what it is about:\n\n{link}\n\nOnly you "
            "and the office know of it.",
        ),
        private=True,
    )
)
MOVED: Final = register_kind(
    Kind(
        "breach.moved",
        zh=Words(
            "许可合同 {licence} 违约事项有新进展",
            "{name}，您好：\n\n许可合同 {licence} 的违约事项自 {day} 起有新的状态。详情：\n\n{link}\n\n"
            "该事项仅限贵方和秘书处知悉。",
        ),
        en=Words(
            "News on the breach of licence {licence}",
            "Dear {name},\n\nsince {day} the breach of licence {licence} stands otherwise. Details:\n\n{link}\n\nOnly "
            "you and the office know of it.",
        ),
        private=True,
    )
)
ENDED: Final = register_kind(
    Kind(
        "licence.termination_approved",
        zh=Words(
            "许可合同 {licence} 终止通知",
            "{name}，您好：\n\n许可合同 {licence} 将于 {day} 终止。"
            "已产生的许可费以及库存销售期内的许可费仍须申报和支付。通知书及详情：\n\n{link}\n\n该通知仅限贵方和秘书处知悉。",
        ),
        en=Words(
            "Licence {licence} ends",
            "Dear {name},\n\nlicence {licence} ends on {day}. Royalties until then, and for what is sold off after it, "
            "stay to be reported and paid. The notice and details:\n\n{link}\n\nOnly you and the office know of it.",
        ),
        private=True,
    )
)
