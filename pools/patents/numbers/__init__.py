"""Patent numbers of all offices: read in any form, checked, and written in the forms others expect.

Pure: no database, no clock. `read_number` takes what people and other systems write; a `PatentNumber` says what it is.
"""

from pools.patents.numbers.kinds import KindMeaning, kind_meanings
from pools.patents.numbers.reading import read_number
from pools.patents.numbers.results import Check, Flaw, PatentNumber, Right, Stage

__all__ = ["Check", "Flaw", "KindMeaning", "PatentNumber", "Right", "Stage", "kind_meanings", "read_number"]
