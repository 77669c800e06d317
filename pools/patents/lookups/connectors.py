"""The kinds of connections that bring patents: files that others leave, and EPO's Open Patent Services."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.conf import settings

from platform_core.access.actors import Actor
from platform_core.checks import Checks
from platform_core.connections.file_drop import drop_folder, make_drop_folder, take_dropped_files
from platform_core.connections.registry import Connector, Fetching
from pools.patents.imports import PATENT_IMPORTER
from pools.patents.imports.choosing import choose
from pools.patents.lookups.asking import ask_ops

ASKS_FOR: Final = ("all", "country", "differences")


def _choose_question(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked for as it is kept. Raises InvalidInput."""
    checks = Checks("/settings")
    asks_for, legal, country = given.get("ask_for", "all"), given.get("legal", True), given.get("country") or ""
    if asks_for not in ASKS_FOR:
        checks.wrong("ask_for", "unknown", "Ask for all patents, for those of a country, or for open differences.")
    if not isinstance(legal, bool):
        checks.wrong("legal", "invalid", "Say yes or no.")
    if asks_for == "country":
        checks.country("country", str(country))
    for name in given.keys() - {"ask_for", "legal", "country"}:
        checks.wrong(name, "unknown", "This cannot be set for such connections.")
    checks.refuse()
    chosen = {"ask_for": asks_for, "legal": legal}
    return {**chosen, "country": country} if asks_for == "country" else chosen


def _take_files(fetching: Fetching) -> None:
    take_dropped_files(fetching, choices=fetching.connection.settings)


def _ask_ops(fetching: Fetching) -> None:
    ask_ops(fetching, address=settings.OPS_URL)


DROPPED_FILES: Final = Connector(
    code="file_drop",
    subject=PATENT_IMPORTER.subject,
    # What may be said of a file that people bring, such as whose word it is.
    choose=partial(choose, within="/settings"),
    secrets=(),
    fetch=_take_files,
    prepare=make_drop_folder,
    folder=drop_folder,
)
EPO_OPS: Final = Connector(
    code="epo_ops",
    subject=PATENT_IMPORTER.subject,
    choose=_choose_question,
    secrets=("key", "secret"),
    fetch=_ask_ops,
    brings_new=False,
    comes_in_parts=True,
)
"""Asks for what is on record: what the office says beyond that is looked at before it is taken in."""
