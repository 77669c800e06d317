"""Amounts as Chinese papers write them, in capital numerals."""

from typing import Final

from platform_core.money import exponent

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_OF_TRILLIONS: Final = 3


def amount_in_chinese(minor: int, currency: str) -> str:
    """Write an amount of yuan in the capital numerals of Chinese papers; blank for other currencies.

    人民币壹仟贰佰叁拾肆元伍角陆分; 整 where nothing is left below the yuan.
    """
    if currency != "CNY" or exponent(currency) != 2 or abs(minor) >= 10**18:
        return ""
    yuan, rest = divmod(abs(minor), 100)
    jiao, fen = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{'负' if minor < 0 else ''}{text}"


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += _DIGITS[0]
        # 亿 is said once: behind what is below it, else behind what is above.
        text += _four(group) + ("万" if place == _OF_TRILLIONS and groups[place - 1] else _GROUPS[place])
        gap = False
    return text


def _four(group: int) -> str:
    text = ""
    zero = False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            zero = bool(text)
            continue
        text += (_DIGITS[0] if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return text
