"""What people are told about their sign-in."""

from typing import Final

from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language

from platform_core.access.actors import Actor
from platform_core.api.request_ids import request_id_of
from platform_core.api.requests import request_clock
from platform_core.messaging.kinds import Kind, Words, register_kind

_NOT_YOU_ZH: Final = "\n\n如果这不是您本人所为，请立即重设密码，并联系贵单位的管理员。\n来源：{address}，{device}"
_NOT_YOU_EN: Final = (
    "\n\nIf this was not you, reset your password at once and tell your administrator.\nFrom: {address}, {device}"
)


def _news(name: str, zh: str, en: str) -> Kind:
    return register_kind(
        Kind(
            f"sign_in.{name}",
            zh=Words(f"账户安全提醒：{zh}", f"{{name}}，您好：\n\n您的账户{zh}。{_NOT_YOU_ZH}"),
            en=Words(
                f"About your account: {en}", f"Dear {{name}},\n\nThis happened to your account: {en}.{_NOT_YOU_EN}"
            ),
        )
    )


RESET: Final = register_kind(
    Kind(
        "sign_in.password_reset",
        zh=Words(
            "重设密码",
            "{name}，您好：\n\n有人要求重设您的密码。如果是您本人，请在三天内打开此链接：\n\n{link}\n\n否则请忽略此信息，密码不会改变。",
        ),
        en=Words(
            "Reset your password",
            "Dear {name},\n\nsomebody asked to reset your password. If it was you, follow this link within three days:"
            "\n\n{link}\n\nOtherwise ignore this message; the password stays as it is.",
        ),
    )
)
VERIFY: Final = register_kind(
    Kind(
        "sign_in.address_to_verify",
        zh=Words(
            "确认您的电子邮箱",
            "{name}，您好：\n\n请打开此链接，确认这是您的电子邮箱：\n\n{link}\n\n如果您并未要求，请忽略此信息。",
        ),
        en=Words(
            "Confirm your e-mail address",
            "Dear {name},\n\nfollow this link to confirm that this address is yours:\n\n{link}\n\n"
            "If you did not ask for this, ignore this message.",
        ),
    )
)
INVITATION: Final = register_kind(
    Kind(
        "sign_in.invitation",
        zh=Words(
            "邀请您加入{organisation}",
            "您好：\n\n{inviter}邀请您在联池平台加入{organisation}。请在 {until} 前打开此链接：\n\n{link}\n\n"
            "如果您不认识邀请人，请忽略此信息。",
        ),
        en=Words(
            "Invitation to {organisation}",
            "{inviter} invites you to join {organisation} on Lianchi. Follow this link until {until}:\n\n{link}\n\n"
            "If you do not know who invites you, ignore this message.",
        ),
    )
)
LOCKED: Final = register_kind(
    Kind(
        "sign_in.locked",
        zh=Words(
            "账户安全提醒：多次登录失败",
            "{name}，您好：\n\n由于密码多次输入错误，您的账户在 {until} 前暂停密码登录。"
            "通行密钥仍可使用，重设密码也可立即解除。"
            "\n\n如果不是您本人在尝试登录，您的密码并未泄露，无需更改；若反复发生，请告知贵单位的管理员。",
        ),
        en=Words(
            "About your account: failed sign-ins",
            "Dear {name},\n\nafter several wrong passwords your account takes no password until {until}. Passkeys "
            "still work, and resetting your password lifts the lock at once.\n\nIf it was not you who tried, your "
            "password is not known to them and need not be changed; tell your administrator if it happens again.",
        ),
    )
)

BY_TEMPLATE: Final = {
    "account/email/password_reset_key": RESET,
    # To nobody: whether an account exists is told neither in words nor by the time an answer takes.
    "account/email/unknown_account": RESET,
    "account/email/email_confirmation": VERIFY,
    "account/email/email_confirmation_signup": VERIFY,
    "account/email/password_changed": _news("password_changed", "密码已更改", "its password was changed"),
    "account/email/password_set": _news("password_set", "已设置密码", "a password was set"),
    "account/email/password_reset": _news("password_was_reset", "密码已重设", "its password was reset"),
    "account/email/email_changed": _news("address_changed", "电子邮箱已更改", "its e-mail address was changed"),
    "account/email/email_confirm": _news("address_confirmed", "电子邮箱已确认", "an e-mail address was confirmed"),
    "account/email/email_deleted": _news("address_removed", "已移除一个电子邮箱", "an e-mail address was removed"),
    "mfa/email/totp_activated": _news("app_added", "已启用身份验证器应用", "an authenticator app was added"),
    "mfa/email/totp_deactivated": _news("app_removed", "已停用身份验证器应用", "its authenticator app was removed"),
    "mfa/email/webauthn_added": _news("passkey_added", "已添加通行密钥", "a passkey was added"),
    "mfa/email/webauthn_removed": _news("passkey_removed", "已移除一个通行密钥", "a passkey was removed"),
    "mfa/email/recovery_codes_generated": _news("codes_made", "已生成新的恢复代码", "new recovery codes were made"),
    "socialaccount/email/account_connected": _news("other_added", "已关联单位登录", "another sign-in was connected"),
    "socialaccount/email/account_disconnected": _news(
        "other_removed", "已取消关联单位登录", "a connected sign-in was removed"
    ),
}
"""Which of our messages stands for which of the library's."""


def _told(zh: str, en: str) -> str:
    return zh if get_language() == "zh-hans" else en


in_either_language = lazy(_told, str)
"""Words that are chosen when they are told: Chinese to who reads Chinese, else English."""


def stranger(request: HttpRequest) -> Actor:
    """Return the actor for somebody who is not signed in and not known."""
    return Actor.public(clock=request_clock, request_id=request_id_of(request))
