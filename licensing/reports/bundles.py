"""Writing what a close of some licences alone reads: their own rows and sales, and what is everybody's."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from licensing.agreements.calculation import OF_LICENCES, rows_of_licences
from licensing.reports.calculation import LINE_COLUMNS

NO_SALES: Final = "sales.csv"


def write_own_bundle(
    bundle: Path, codes: Collection[str], *, tables: Mapping[str, bytes | Path], sales: Mapping[str, Path]
) -> None:
    """Write a close bundle with the rows of some licences, by their codes, and none of others.

    `tables` are contents or files by name, `sales` files of these licences by name within the bundle. Files of which
    nothing is left out are linked, not copied. Raises FileNotFoundError where one of the files is not there.
    """
    (bundle / "sales").mkdir(parents=True)
    for name, table in tables.items():
        if name in OF_LICENCES:
            whole = table.read_bytes() if isinstance(table, Path) else table
            (bundle / name).write_bytes(rows_of_licences(codes, whole))
        elif isinstance(table, Path):
            os.link(table, bundle / name)
        else:
            (bundle / name).write_bytes(table)
    for name, lines in sales.items():
        os.link(lines, bundle / name)
    if not sales:
        write_no_sales(bundle)


def write_no_sales(bundle: Path) -> None:
    """Say in a bundle that nobody has reported: a table without lines, where no table at all would be a mistake."""
    (bundle / "sales").rmdir()
    (bundle / NO_SALES).write_text(",".join(LINE_COLUMNS) + "\n", "utf-8")
