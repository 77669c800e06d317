"""What people may say of a file of patents, and how it is checked."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import require_visible
from platform_core.checks import Checks
from platform_core.exchange.reading import DayOrder, normalise_heading
from platform_core.exchange.reading.encodings import KNOWN
from platform_core.identity.models import Organisation
from pools.patents.formats import FIELDS, profiles
from pools.patents.models.records import Source

DELIMITERS: Final = (",", ";", "\t", "|")
_LONGEST: Final = 200
_MOST: Final = 2_000


def choose(actor: Actor, given: Mapping[str, Any], *, within: str = "/choices") -> dict[str, Any]:
    """Return what people chose as it is kept. Raises InvalidInput, and NotFound for owners that nobody may name.

    `within` says where in the request it stands, to which mistakes point.
    """
    checks = Checks(within)
    chosen: dict[str, Any] = {}
    for name, value in given.items():
        read = _CHOICES.get(name)
        if read is None:
            checks.wrong(name, "unknown", "This cannot be chosen for such files.")
        elif value not in (None, "", {}):
            try:
                chosen[name] = read(value)
            except (ValueError, TypeError, AttributeError):
                checks.wrong(name, "invalid", "This is none of what can be chosen here.")
    checks.refuse()
    named = {UUID(owner) for owner in (chosen.get("owner_id"), *chosen.get("owners", {}).values()) if owner}
    if named:
        require_visible(actor, Organisation, named)
    return chosen


def _one_of(known: Callable[[], tuple[str, ...]]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known():
            raise ValueError
        return str(value)

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _mapping(value: Any) -> dict[str, str]:
    read = {normalise_heading(heading): name for heading, name in value.items() if name}
    if len(read) > _MOST or not set(read.values()) <= set(FIELDS):
        raise ValueError
    return read


def _owners(value: Any) -> dict[str, str]:
    if len(value) > _MOST:
        raise ValueError
    return {str(name): str(UUID(owner)) for name, owner in value.items()}


_CHOICES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "encoding": _one_of(lambda: KNOWN),
    "delimiter": _one_of(lambda: DELIMITERS),
    "sheet": _text,
    "profile": _one_of(lambda: tuple(profile.code for profile in profiles())),
    "mapping": _mapping,
    "day_order": _one_of(lambda: (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)),
    "take_doubtful": _yes,
    "owner_id": lambda value: str(UUID(value)),
    "owners": _owners,
    "source_kind": _one_of(lambda: tuple(Source.Kind.values)),
}
