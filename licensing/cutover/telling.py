"""What tables of an old workbook say, kept as it was told."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from licensing.cutover.models import Opening
from licensing.cutover.tying import Balance, Carried, Collected, Distributed, OpenInvoice, Reported


def written(carried: Carried) -> dict[str, Any]:
    """Write what tables say so that it is the same for the same tables."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(carried), default=date.isoformat))
    return {table: sorted(rows, key=lambda row: json.dumps(row, sort_keys=True)) for table, rows in told.items()}


def read_back(told: Mapping[str, Any]) -> Carried:
    """Read what tables said."""
    return Carried(
        balances=[Balance(**row) for row in told["balances"]],
        invoices=[
            OpenInvoice(
                **{
                    **row,
                    "issued_on": date.fromisoformat(row["issued_on"]),
                    "due_on": date.fromisoformat(row["due_on"]),
                }
            )
            for row in told["invoices"]
        ],
        collected=[Collected(**row) for row in told["collected"]],
        distributed=[Distributed(**row) for row in told["distributed"]],
        reported=[Reported(**row) for row in told["reported"]],
    )


def opening_totals(opening: Opening) -> list[dict[str, Any]]:
    """Return how many rows each table of what is carried over has, and what they come to in minor units."""
    carried = read_back(opening.carried)
    return [
        {"table": "balances", "rows": len(carried.balances), "amount_minor": None},
        {
            "table": "open_invoices",
            "rows": len(carried.invoices),
            "amount_minor": sum(row.gross for row in carried.invoices),
        },
        {
            "table": "collected",
            "rows": len(carried.collected),
            "amount_minor": sum(row.amount for row in carried.collected),
        },
        {
            "table": "distributed",
            "rows": len(carried.distributed),
            "amount_minor": sum(row.amount for row in carried.distributed),
        },
        {"table": "reported", "rows": len(carried.reported), "amount_minor": None},
    ]
