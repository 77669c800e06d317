"""What a programme's reports say of brands, summed once by brand, product and month. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from licensing.deductions.calculation import Reported
from licensing.deductions.reading import Named

Who = Callable[[str], UUID | None]
"""Says whom a name stands for."""
_Key = tuple[UUID, str, str]


class Figures:
    """Units that brands bear royalties for, by the maker their lines name, and that makers claim for them."""

    def __init__(self, who: Who) -> None:
        self._who = who
        self._sold: dict[_Key, dict[UUID | None, int]] = defaultdict(lambda: defaultdict(int))
        self._claimed: dict[_Key, int] = defaultdict(int)

    def add_sold(self, brand: UUID, rows: Iterable[Named]) -> None:
        """Add what a report of a brand says."""
        for row in rows:
            self._sold[brand, row.product, row.month][self._who(row.name) if row.name else None] += row.units

    def add_claimed(self, rows: Iterable[Named]) -> None:
        """Add what a report claims; what it claims for nobody that is known is left out."""
        for row in rows:
            brand = self._who(row.name)
            if brand is not None:
                self._claimed[brand, row.product, row.month] += row.units

    def reported(self, brand: UUID, product: str, months: Collection[str], *, maker: UUID) -> Reported:
        """Return what a brand bears royalties for, of a product in some months, by whom its lines name as the maker."""
        by_maker: dict[UUID | None, int] = defaultdict(int)
        for month in months:
            for who, units in self._sold.get((brand, product, month), {}).items():
                by_maker[who] += units
        of_unnamed = by_maker.pop(None, 0)
        names_makers = bool(by_maker)
        of_maker = by_maker.pop(maker, 0)
        return Reported(of_maker, sum(by_maker.values()), of_unnamed, names_makers)

    def claimed(self, brand: UUID, product: str, months: Collection[str]) -> int:
        """Return what all makers claim for a brand, of a product in some months."""
        return sum(self._claimed.get((brand, product, month), 0) for month in months)
