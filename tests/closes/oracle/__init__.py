"""A second reading of the royalty close: slow, plain and sharing no code with the engine.

Written to be read beside the reference, section by section; the engine must say exactly what it says.
"""

from tests.closes.oracle.close import OracleClose, oracle_close
from tests.closes.oracle.records import Reject

__all__ = ["OracleClose", "Reject", "oracle_close"]
