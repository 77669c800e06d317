"""What members are written to about what they agree to."""

from typing import Final

from platform_core.messaging.kinds import Kind, Words, register_kind

SIGNATURE_REMINDER: Final = register_kind(
    Kind(
        "charter.signature_reminder",
        zh=Words(
            "请{organisation}签署《{title}》",
            "{name}，您好：\n\n{organisation}尚未签署《{title}》第 {number} 版。签署期限：{sign_by}。\n\n"
            "请打开此链接，阅读全文并签署：\n\n{link}\n\n"
            "如果您的席位没有登记的签署授权，请把授权书交给联盟秘书处，或签署纸质文本交其登记。",
        ),
        en=Words(
            "{organisation} has not signed “{title}” yet",
            "Dear {name},\n\n{organisation} has not signed version {number} of “{title}” yet. It is to be signed by "
            "{sign_by}.\n\nFollow this link to read and to sign it:\n\n{link}\n\nIf no authority to sign is recorded "
            "for your seat, send the alliance's secretariat a letter of authority, or sign on paper for it to record.",
        ),
    )
)
