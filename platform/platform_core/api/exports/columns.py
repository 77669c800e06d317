"""The columns of a table made from the rows of an answer: nested objects become columns, lists one cell each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

BETWEEN: Final = "; "
"""What stands between several values in one cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, where its value is found in a row, and what kind of field it comes from."""

    heading: str
    path: tuple[str, ...]
    field: "serializers.Field[Any, Any, Any, Any]"

    def value(self, row: Mapping[str, Any]) -> Any:
        """Return what the row has at this place: a list where the way leads through one."""
        return _at(row, self.path)


def columns_of(serializer: "serializers.Serializer[Any]") -> list[Column]:
    """Return the columns for rows that a serializer represents, in the order of its fields."""
    return list(_columns(serializer, ()))


def text_of(value: Any) -> str:
    """Return a value as the text of one cell; what has an inner structure of its own stays JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple() if not any(isinstance(inner, Mapping | list | tuple) for inner in value):
            return BETWEEN.join(text_of(inner) for inner in value)
        case Mapping() | list() | tuple():
            return json.dumps(value, cls=JSONEncoder, ensure_ascii=False)
    return str(value)


def _columns(serializer: "serializers.Serializer[Any]", before: tuple[str, ...]) -> Iterator[Column]:
    for name, field in serializer.fields.items():
        if field.write_only:
            continue
        inner: Any = field.child if isinstance(field, serializers.ListSerializer) else field
        if isinstance(inner, serializers.Serializer):
            yield from _columns(inner, (*before, str(name)))
        else:
            path = (*before, str(name))
            yield Column(".".join(path), path, field)


def _at(data: Any, path: tuple[str, ...]) -> Any:
    if not path or data is None:
        return data
    if isinstance(data, list):
        return [_at(inner, path) for inner in data]
    return _at(data.get(path[0]), path[1:])
