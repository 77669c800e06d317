"""The closes of the demonstration: who settles which quarter when, and how far each has come on the last day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from platform_site.demo.programmes import UHD_PRO, UHD_TV, Programme


@dataclass(frozen=True, slots=True)
class Close:
    """One close: calculated on a day, and approved and posted on others if it has come so far.

    `rejected` says that its input is refused on purpose; `corrects` that it follows a superseding report.
    """

    programme: Programme
    quarter: str
    calculated_on: date
    approved_on: date | None = None
    posted_on: date | None = None
    rejected: bool = False
    corrects: bool = False

    @property
    def name(self) -> str:
        """Return a name for its folder."""
        return f"{self.programme.code}-{self.quarter}{'-corrected' if self.corrects else ''}"


CLOSES: Final[tuple[Close, ...]] = (
    Close(UHD_TV, "2025Q3", date(2025, 11, 6), date(2025, 11, 10), date(2025, 11, 12)),
    Close(UHD_PRO, "2025Q3", date(2025, 11, 7), date(2025, 11, 10), date(2025, 11, 12)),
    Close(UHD_TV, "2025Q4", date(2026, 2, 9), date(2026, 2, 11), date(2026, 2, 12)),
    Close(UHD_PRO, "2025Q4", date(2026, 2, 10), date(2026, 2, 11), date(2026, 2, 12)),
    Close(UHD_TV, "2026Q1", date(2026, 5, 11), date(2026, 5, 13), date(2026, 5, 15)),
    Close(UHD_PRO, "2026Q1", date(2026, 5, 12), date(2026, 5, 13), date(2026, 5, 15)),
    Close(UHD_TV, "2026Q2", date(2026, 8, 6), date(2026, 8, 10), date(2026, 8, 12)),
    # Approved, and waiting for a query of one member before it is posted.
    Close(UHD_PRO, "2026Q2", date(2026, 8, 7), date(2026, 8, 11)),
    # One report of 2026Q1 was superseded: that quarter and the later posted one are worked out again.
    Close(UHD_TV, "2026Q1", date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 22), corrects=True),
    Close(UHD_TV, "2026Q2", date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 22), corrects=True),
    # Calculated, and waiting for the second person.
    Close(UHD_TV, "2026Q3", date(2026, 11, 9)),
    # Refused: one licensee reports a product that the tariff has no rate for; another has not reported yet.
    Close(UHD_PRO, "2026Q3", date(2026, 11, 10), rejected=True),
)
