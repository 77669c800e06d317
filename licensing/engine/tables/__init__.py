"""The bundle's small tables: members, patents, licences and the rest, as typed rows, every bad cell refused.

Source: the close specification, section 2.
"""

from licensing.engine.tables.columns import OPTIONAL_FILES, REQUIRED_FILES, check_header
from licensing.engine.tables.reading import read_tables
from licensing.engine.tables.rows import Bilateral, Change, Charge, Licence, Member, Patent, Tables

__all__ = [
    "OPTIONAL_FILES",
    "REQUIRED_FILES",
    "Bilateral",
    "Change",
    "Charge",
    "Licence",
    "Member",
    "Patent",
    "Tables",
    "check_header",
    "read_tables",
]
