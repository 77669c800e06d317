"""Answers with a part of their fields only, as a reader asks for them."""

from collections.abc import Sequence
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.serializers import Serializer

from platform_core.problems import invalid

SPARSE_JSON: Final = "application/vnd.lianchi.sparse+json"
"""The media type of a page whose rows lack fields: generated clients count on every field otherwise."""


def asked_fields(request: Request, known: Sequence[str]) -> list[str] | None:
    """Return the names in `fields` in the order asked for, without repetitions; None if all are wanted."""
    given = request.query_params.get("fields")
    if given is None:
        return None
    names = list(dict.fromkeys(name for part in given.split(",") if (name := part.strip())))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise invalid("/fields", "unknown_field", f"Give some of these, separated by commas: {', '.join(known)}.")
    return names


def keep_fields(serializer: "Serializer[Any]", names: Sequence[str] | None) -> None:
    """Leave a serializer only the named fields, in that order."""
    if names is None:
        return
    # Beneath the mapping that would bind each field again.
    fields = serializer.fields.fields
    kept = {name: fields[name] for name in names}
    fields.clear()
    fields.update(kept)
