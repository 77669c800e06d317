"""What other systems write of patents, understood: tables of seven kinds, any table by a mapping, and office XML.

Pure: files in, `ReadPatent` out, each with what is doubtful about it, or why it is refused.
"""

from pools.patents.formats.office_xml import read_office_xml
from pools.patents.formats.profiles import FIELDS, Profile, profiles
from pools.patents.formats.records import Doubt, Person, ReadEvent, ReadPatent, Refusal
from pools.patents.formats.tables import Mapping, Recognised, open_patent_table, read_patents, recognise

__all__ = [
    "FIELDS",
    "Doubt",
    "Mapping",
    "Person",
    "Profile",
    "ReadEvent",
    "ReadPatent",
    "Recognised",
    "Refusal",
    "open_patent_table",
    "profiles",
    "read_office_xml",
    "read_patents",
    "recognise",
]
