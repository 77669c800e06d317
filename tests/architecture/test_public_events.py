"""What many may read says nothing of what only some may know, also by the names of what happens to it."""

import re
from pathlib import Path

import pytest

from platform_core.access.registry import Audience, policies
from platform_core.audit.events import is_reserved
from platform_core.audit.services import is_past_tense

ROOT = Path(__file__).parents[2]
_NAMES = re.compile(r'"([a-z_]+\.[a-z_]+)"')

OF_ITS_SUBJECT_ALONE = {
    "pool.call_opened": "a step of the pool",
    "pool.forming_started": "a step of the pool",
    "pool.closing_started": "a step of the pool",
    "pool.taken_over": "the pool itself",
    "pool.members_added": "its members are read by whoever reads the pool",
    "pool.patents_entered": "its patents are read by whoever reads the pool",
    "programme.closing_started": "a step of the programme",
    "programme.taken_over": "the programme itself",
}
"""Events of several words about what everybody may read, and why they are for all who do."""

NO_EVENTS = frozenset(
    {
        "organisation.recorded_twice",
        "patent.filed_on",
        "patent.granted_on",
        "patent.lapsed_in_pool",
        "patent.invalidated_in_pool",
        "patent.transferred_without_accession",
    }
)
"""What has the form of an event and is none."""

LOGGED = re.compile(r'log_access\(\s*"([a-z_.]+)"')


def public_things() -> set[str]:
    """Return, as events name them, the kinds of which anybody may read all of some."""
    return {
        re.sub(r"(?<!^)(?=[A-Z])", "_", policy.model.__name__).lower()
        for policy in policies()
        for rule in policy.rules
        if Audience.PUBLIC in rule.who and policy.read_contents in rule.may
    }


def events() -> set[str]:
    """Return the events of several words that our code records about public things; readings are no events."""
    found: set[str] = set()
    read: set[str] = set()
    for top in ("platform/platform_core", "members", "pools", "licensing"):
        for file in (ROOT / top).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            found |= {name for name in _NAMES.findall(text) if is_past_tense(name)}
            read |= set(LOGGED.findall(text))
    permissions = {permission.name for policy in policies() for permission in policy.permissions()}
    return {
        name
        for name in found - read - permissions - NO_EVENTS
        if name.split(".")[0] in public_things() and "_" in name.split(".")[1]
    }


def test_public_things_are_known() -> None:
    assert {"alliance", "pool", "programme", "patent", "organisation"} <= public_things()
    assert {"programme.receipts_recorded", "pool.call_opened"} <= events()


@pytest.mark.parametrize("name", sorted(events()))
def test_what_happens_below_a_public_thing_is_reserved_or_judged(name: str) -> None:
    assert is_reserved(name) is not (name in OF_ITS_SUBJECT_ALONE), (
        f"{name}: whoever reads the thing would hear of it; reserve it (`reserve_events`) or say here why all may know"
    )
