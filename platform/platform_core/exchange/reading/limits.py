"""How much of a file is read. What is beyond is refused, never cut."""

from typing import Final

LARGEST_WORKBOOK: Final = 600_000_000
"""Bytes of all parts of a workbook, unpacked."""
MOST_PARTS: Final = 2_000
MOST_CELLS: Final = 40_000_000
MOST_COLUMNS: Final = 1_000
LONGEST_LINE: Final = 4_000_000
"""Characters of one line of a text file. A cell has 131,072 at most, which is the limit of the reader of CSV itself."""
