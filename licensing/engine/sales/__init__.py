"""Reading sales: any number of lines in any number of files, summed to buckets by DuckDB, every line checked.

There are two ways through a file. The *quick* one lets DuckDB read, check and sum in one pass; it either accepts
every line or stops at the first doubt. The *careful* one reads line by line in Python, refuses each bad cell by
file, line and column, and hands DuckDB the sound lines with their positions. A close takes the quick way, and goes
back to the careful one only where something is to be refused, so that both give the same sums.

Summing is a function of one file (`sum_file`) and a merge (`merge_sums`), so it can be spread over machines.
"""

from licensing.engine.sales.careful import sum_carefully
from licensing.engine.sales.files import KEY, Fingerprint, SalesFile, check_headers, find_sales, fingerprint
from licensing.engine.sales.quick import DoubtError, sum_quickly
from licensing.engine.sales.sums import Sales, Window, connect, gathered, merge_sums, run_sql, sum_file

__all__ = [
    "KEY",
    "DoubtError",
    "Fingerprint",
    "Sales",
    "SalesFile",
    "Window",
    "check_headers",
    "connect",
    "find_sales",
    "fingerprint",
    "gathered",
    "merge_sums",
    "run_sql",
    "sum_carefully",
    "sum_file",
    "sum_quickly",
]
