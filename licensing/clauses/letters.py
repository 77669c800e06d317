"""What a licensee is written to about the clauses of its licence."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

FAVOUR_ENDED: Final = register_kind(
    Kind(
        "licence.favour_ended",
        zh=Words(
            "许可合同 {licence} 的最惠条款已终止",
            "{name}，您好：\n\n许可项目 {programme} 的许可合同 {licence} 的最惠条款已终止，理由：{reason}\n\n"
            "如有异议，请与秘书处联系。详情：\n\n{link}",
        ),
        en=Words(
            "The most-favoured clause of licence {licence} has ended",
            "Dear {name},\n\nthe most-favoured clause of your licence {licence} under the programme {programme} was "
            "ended for this reason: {reason}\n\nIf you disagree, write to the office. Details:\n\n{link}",
        ),
        private=True,
    )
)
