"""Writing terms as TOML, and comparing two documents: pure functions of plain tables and lists."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def for_period(document: Mapping[str, Any], *, programme: str, currency: str, period: str) -> dict[str, Any]:
    """Return the document with its programme's id and currency, and the period of one close, filled in."""
    head = {**document.get("programme", {}), "id": programme, "currency": currency, "period": period}
    return {**document, "programme": head}


def general_rates(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rates of a document that are for any licence; those that name licences are between their parties."""
    return [dict(rate) for rate in document.get("rates", []) if rate.get("licences", "*") == "*"]


def as_kept(value: Any) -> Any:
    """Return a document with the days that TOML knows written as text, which mean the same, for JSON knows none."""
    match value:
        case date():
            return value.isoformat()
        case list():
            return [as_kept(inner) for inner in value]
        case dict():
            return {key: as_kept(inner) for key, inner in value.items()}
    return value


def unkept_places(value: Any, path: str = "") -> list[str]:
    """Return the paths at which a text, or the name of a key, has a character of number 0."""
    match value:
        case str():
            return [path] if "\0" in value else []
        case list():
            return [found for index, inner in enumerate(value) for found in unkept_places(inner, f"{path}[{index}]")]
        case dict():
            named = [path for key in value if "\0" in key]
            below = (unkept_places(inner, f"{path}.{key}" if path else key) for key, inner in value.items())
            return named + [found for places in below for found in places if "\0" not in found]
    return []


def toml_text(document: Mapping[str, Any]) -> str:
    """Write a document of texts, whole numbers, truth values, days, lists and tables as TOML, in its own order.

    Tables of the first level get a heading, lists of tables one heading each; what is nested deeper is inline.
    """
    parts: list[str] = []
    for key, value in document.items():
        if not isinstance(value, dict | list):
            parts.append(f"{_key(key)} = {_inline(value)}\n")
    for key, value in document.items():
        if isinstance(value, dict):
            parts.append(_table(f"[{_key(key)}]", value))
        elif isinstance(value, list):
            if value and all(isinstance(item, dict) for item in value):
                parts.extend(_table(f"[[{_key(key)}]]", item) for item in value)
            else:
                parts.insert(0, f"{_key(key)} = {_inline(value)}\n")
    return "\n".join(parts)


def differences(recorded: object, given: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield each place where two documents differ: its path, what is recorded and what is given (None: nothing)."""
    if isinstance(recorded, Mapping) and isinstance(given, Mapping):
        for key in sorted({*recorded, *given}):
            inner = f"{path}.{key}" if path else str(key)
            yield from differences(recorded.get(key), given.get(key), inner)
    elif isinstance(recorded, list) and isinstance(given, list):
        longest = max(len(recorded), len(given))
        for index in range(longest):
            yield from differences(_item(recorded, index), _item(given, index), f"{path}[{index}]")
    elif recorded != given or type(recorded) is not type(given):
        yield path, recorded, given


def _table(heading: str, content: Mapping[str, Any]) -> str:
    return "".join([f"{heading}\n", *(f"{_key(key)} = {_inline(value)}\n" for key, value in content.items())])


def _inline(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            # JSON's escapes are TOML's, but for the delete character, which TOML does not take as it is.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)} = {_inline(inner)}' for key, inner in value.items())}}}"
    raise TypeError(
        f"terms hold texts, whole numbers, truth values, days, lists and tables, not {type(value).__name__}"
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _inline(name)


def _item(values: Sequence[object], index: int) -> object:
    return values[index] if index < len(values) else None
