"""What the upkeep of patents asks upper rooms."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from platform_core.events import Hook

open_licences_asked: Hook[[Collection[UUID], date, set[UUID]]] = Hook("open licences practised asked")
"""Whoever keeps open licences adds those patents of which the office knows one to be practised on a day, whose
annuities are reduced meanwhile: that alone, for who took a licence and when is between its two sides."""
