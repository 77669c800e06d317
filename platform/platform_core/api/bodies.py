"""What a request carries, before anybody reads it: JSON in UTF-8, no deeper than any of ours, of text that can be kept.

JSON can write what the database cannot hold (the character of nothing, halves of a character, numbers without an end)
and what a reader of ours would not come back from; each of them is a mistake of the caller's and none of ours.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from rest_framework.parsers import JSONParser
from rest_framework.serializers import JSONField

from platform_core.problems import BadRequest, FieldError, InvalidInput

ENCODING: Final = "utf-8"
"""Of all that comes, whatever a request calls it: the names of encodings are also names of ways to unpack files."""
DEEPEST: Final = 60

_TOO_DEEP: Final = f"The JSON is nested more than {DEEPEST} deep."
_NOT_KEPT: Final = re.compile("[\x00\ud800-\udfff]")


class PlainJSONParser(JSONParser):
    """Reads JSON that can be kept as it came, and refuses any other with the places of what cannot."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what the body says."""
        try:
            given = super().parse(stream, media_type, {**(parser_context or {}), "encoding": ENCODING})
        except RecursionError:
            raise BadRequest(_TOO_DEEP) from None
        refuse_what_is_not_kept(given)
        return given


class GivenJSONField(JSONField):
    """JSON as a text among the fields of a form, held to the same as a body."""

    def to_internal_value(self, data: Any) -> Any:
        """Return what the text says."""
        try:
            given = super().to_internal_value(data)
        except RecursionError:
            raise BadRequest(_TOO_DEEP) from None
        refuse_what_is_not_kept(given, within=f"/{self.field_name}")
        return given


def is_kept(text: str) -> bool:
    """Say whether the database can hold a text."""
    return _NOT_KEPT.search(text) is None


def refuse_what_is_not_kept(given: Any, *, within: str = "") -> None:
    """Refuse what came as JSON where something in it cannot be kept, with all places of that."""
    if errors := list(_not_kept(given, within)):
        raise InvalidInput(errors=errors)


def _not_kept(given: Any, within: str) -> Iterator[FieldError]:
    # Not by calling itself: how deep that may go is what is to be found out.
    level = [(within, given)]
    for _ in range(DEEPEST + 1):
        below: list[tuple[str, Any]] = []
        for place, value in level:
            if isinstance(value, dict):
                if not all(map(is_kept, value)):
                    # The name itself could not be told.
                    yield FieldError(place, "bad_text", "This must be plain text.")
                else:
                    below += [(f"{place}/{_escaped(name)}", inner) for name, inner in value.items()]
            elif isinstance(value, list):
                below += [(f"{place}/{index}", inner) for index, inner in enumerate(value)]
            elif isinstance(value, str):
                if not is_kept(value):
                    yield FieldError(place, "bad_text", "This must be plain text.")
            elif isinstance(value, float) and not math.isfinite(value):
                yield FieldError(place, "bad_number", "This must be a number that can be kept.")
        if not below:
            return
        level = below
    raise BadRequest(_TOO_DEEP)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
