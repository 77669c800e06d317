"""Why an amount is what it is: from what is due down to buckets, rates, bands, limits, nodes and patents.

An explanation is made of plain dictionaries and lists (as `--json` prints it). Amounts in micros are whole numbers;
in every explanation the parts add up to the amount, the difference that rounding makes being a part of its own.
"""

from licensing.engine.explain.closed import Explanation
from licensing.engine.explain.licence import explain_licence, explain_licence_alone
from licensing.engine.explain.payee import explain_payee
from licensing.engine.explain.reasons import Reason, why_rate
from licensing.engine.explain.stored import Rules, StoredBucket, explain_bucket, read_rules
from licensing.engine.explain.text import as_lines

__all__ = [
    "Explanation",
    "Reason",
    "Rules",
    "StoredBucket",
    "as_lines",
    "explain_bucket",
    "explain_licence",
    "explain_licence_alone",
    "explain_payee",
    "read_rules",
    "why_rate",
]
