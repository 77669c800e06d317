"""Taking patents in from files: what each row would do, all of it at once, and back again."""

from pools.patents.imports.importer import PATENT_IMPORTER

__all__ = ["PATENT_IMPORTER"]
