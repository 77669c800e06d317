"""What the upkeep of patents asks upper rooms."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from platform_core.events import Hook

open_licences_asked: Hook[[Collection[UUID], date, dict[UUID, date]]] = Hook("open licences practised asked")
"""Whoever keeps open licences adds those of the patents of which the office knows one to be practised on a day, and
since when: their annuities are reduced meanwhile."""
