"""Days and months as a bundle writes them."""

from datetime import date


def text_of(day: date | None) -> str:
    """Write a day; blank where there is none."""
    return "" if day is None else day.isoformat()


def day_of(text: str) -> date | None:
    """Read a day; none where it is blank."""
    return date.fromisoformat(text) if text else None


def month_text(day: date) -> str:
    """Write the month of a day."""
    return day.isoformat()[:7]


def first_of(month: str) -> date:
    """Read the first day of a month."""
    return date.fromisoformat(f"{month}-01")
