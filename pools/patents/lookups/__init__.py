"""Asking the databases of patent offices about the patents on record."""

from pools.patents.lookups.connectors import DROPPED_FILES, EPO_OPS

__all__ = ["DROPPED_FILES", "EPO_OPS"]
