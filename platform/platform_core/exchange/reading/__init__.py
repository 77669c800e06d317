"""Reading the tables that other systems write: whatever their encoding, marks, preamble and habits.

Pure: files in, rows out. What was assumed of a file is told with it, so that people can see and change it; what would
cost too much to read is refused before it is read.
"""

from platform_core.exchange.reading.cells import EMPTY, clean, normalise_heading, split_many
from platform_core.exchange.reading.days import DayOrder, NoDay, find_day_order, read_day
from platform_core.exchange.reading.refusals import UnreadableFile
from platform_core.exchange.reading.tables import Row, Table, Told, open_table

__all__ = [
    "EMPTY",
    "DayOrder",
    "NoDay",
    "Row",
    "Table",
    "Told",
    "UnreadableFile",
    "clean",
    "find_day_order",
    "normalise_heading",
    "open_table",
    "read_day",
    "split_many",
]
