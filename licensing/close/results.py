"""Loading what the engine wrote into tables: streamed by COPY, in the transaction of whoever calls."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyarrow.parquet as pq
from django.db import connection
from django.db.models import Model
from psycopg import sql

from licensing.close.calculation import Payee, read_payee
from licensing.close.models import (
    CloseBucket,
    CloseCell,
    CloseInput,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from platform_core.ids import new_id

KEY: Final = ("licence_id", "product", "made_in", "sold_in", "month", "currency")

_BATCH: Final = 50_000
_LARGEST: Final = 2**63 - 1


class ResultsError(Exception):
    """The engine's files do not fit together, or not the records; nothing of them is kept."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What `run.json` says of a close; amounts in minor units of the currency."""

    currency: str
    engine_version: str
    lines: int
    buckets: int
    royalty_minor: int
    credit_minor: int
    due_minor: int
    distributed_minor: int


@dataclass(slots=True)
class _Names:
    """Ids of what the files name by code."""

    licences: Mapping[str, UUID]
    members: Mapping[str, UUID]
    _payees: dict[str, tuple[Payee, UUID | None]] = field(default_factory=dict)

    def licence(self, code: str) -> UUID:
        try:
            return self.licences[code]
        except KeyError:
            raise ResultsError(f"the results name a licence {code!r} that the programme does not have") from None

    def payee(self, name: str) -> tuple[Payee, UUID | None]:
        """What a payee is, and the membership concerned, if any."""
        if name not in self._payees:
            payee = read_payee(name)
            if payee.member and payee.member not in self.members:
                raise ResultsError(f"the results name a member {payee.member!r} that the alliance does not have")
            self._payees[name] = (payee, self.members[payee.member] if payee.member else None)
        return self._payees[name]


def clear_results(run: CloseRun) -> None:
    """Remove all rows of a run's earlier calculations."""
    for model in (CloseShare, CloseCell, CloseBucket, LicenceResult, PayeeResult, Statement, RejectedRow, CloseInput):
        _delete(model, run)


def clear_rejects(run: CloseRun) -> None:
    """Remove the rejected rows of a run's earlier calculation."""
    _delete(RejectedRow, run)


def load_results(
    run: CloseRun, output: Path, *, licences: Mapping[str, UUID], members: Mapping[str, UUID], reports: Iterable[UUID]
) -> Totals:
    """Copy the files of a close into the tables of its run and return its totals.

    `licences` and `members` give the ids of licences and memberships by code, `reports` what the close was made
    from. Raises ResultsError where the files contradict each other or name what is not on record.
    """
    names = _Names(licences, members)
    totals = read_totals(output)
    _copy(CloseInput, ("id", "run_id", "report_id"), ((new_id(), run.pk, report) for report in reports))
    buckets: list[UUID] = []
    _copy(CloseBucket, _BUCKET_COLUMNS, _bucket_rows(run, output, names, buckets))
    if len(buckets) != totals.buckets:
        raise ResultsError(f"royalties.csv has {len(buckets)} buckets, run.json says {totals.buckets}")
    cells: dict[tuple[str, str, str, str], int] = defaultdict(int)
    _copy(CloseShare, _SHARE_COLUMNS, _share_rows(run, output, names, buckets, cells))
    _copy(CloseCell, _CELL_COLUMNS, _cell_rows(run, names, cells))
    _load_invoices(run, output, names, totals)
    _load_payees(run, output, names, totals)
    return totals


def load_rejects(run: CloseRun, output: Path, *, reports: Mapping[str, UUID]) -> dict[str, int]:
    """Copy rejected.csv into the rows of a run and return how many there are per code.

    `reports` gives the report behind each sales file of the bundle by its name in it.
    """
    counts: dict[str, int] = {}

    def rows() -> Iterator[tuple[object, ...]]:
        for position, row in enumerate(_read(output / "rejected.csv"), start=1):
            counts[row["code"]] = counts.get(row["code"], 0) + 1
            line = int(row["line"]) if row["line"] else None
            yield (
                new_id(),
                run.pk,
                position,
                row["file"],
                line,
                row["column"],
                row["code"],
                # PostgreSQL keeps no NUL in text.
                row["value"].replace("\0", "␀"),
                row["message"].replace("\0", "␀"),
                reports.get(row["file"]),
            )

    _copy(
        RejectedRow,
        ("id", "run_id", "position", "file", "line", "column", "code", "value", "message", "report_id"),
        rows(),
    )
    return dict(sorted(counts.items()))


def read_totals(output: Path) -> Totals:
    """Read what run.json says of a close."""
    try:
        told = json.loads((output / "run.json").read_text("utf-8"))
        totals: Mapping[str, Any] = told["totals"]
        read = Totals(
            currency=str(told["currency"]),
            engine_version=str(told["engine_version"]),
            lines=int(totals["lines"]),
            buckets=int(totals["buckets"]),
            royalty_minor=int(totals["royalty_minor"]),
            credit_minor=int(totals["credit_minor"]),
            due_minor=int(totals["due_minor"]),
            distributed_minor=int(totals["distributed_minor"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"run.json cannot be read: {error}") from error
    for amount in (read.royalty_minor, read.due_minor, read.distributed_minor):
        if abs(amount) > _LARGEST:
            raise ResultsError("the amounts of this close are larger than can be recorded (2^63 minor units)")
    return read


_BUCKET_COLUMNS: Final = (
    "id",
    "run_id",
    "position",
    "licence_id",
    "product",
    "made_in",
    "sold_in",
    "month",
    "currency",
    "rate_id",
    "units",
    "royalty_micros",
    "billed_micros",
    "reason",
)

_SHARE_COLUMNS: Final = ("id", "run_id", "bucket_id", "position", "payee", "kind", "membership_id", "micros")

_CELL_COLUMNS: Final = (
    "id",
    "run_id",
    "payee",
    "kind",
    "membership_id",
    "product",
    "made_in",
    "sold_in",
    "micros",
)


def _bucket_rows(run: CloseRun, output: Path, names: _Names, made: list[UUID]) -> Iterator[tuple[object, ...]]:
    for position, row in enumerate(_read(output / "royalties.csv"), start=1):
        bucket = new_id()
        made.append(bucket)
        yield (
            bucket,
            run.pk,
            position,
            names.licence(row["licence_id"]),
            row["product"],
            row["made_in"],
            row["sold_in"],
            row["month"],
            row["currency"],
            row["rate_id"],
            row["units"],
            row["royalty_micros"],
            row["billed_micros"],
            row["reason"],
        )


def _share_rows(
    run: CloseRun, output: Path, names: _Names, made: Sequence[UUID], cells: dict[tuple[str, str, str, str], int]
) -> Iterator[tuple[object, ...]]:
    """The shares with the ids of their buckets; both files are in the order of the buckets, and are read in step.

    What passes is summed in `cells` by payee, product and countries.
    """
    walked = enumerate(_bucket_keys(output))
    at, key = next(walked, (-1, ()))
    position = 0
    with pq.ParquetFile(output / "allocations.parquet") as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=[*KEY, "payee", "micros"]):
            columns = [batch.column(name).to_pylist() for name in (*KEY, "payee", "micros")]
            for row in zip(*columns, strict=True):
                position += 1
                wanted = tuple(value or "" for value in row[: len(KEY)])
                while key != wanted:
                    at, key = next(walked, (-1, ()))
                    if at < 0:
                        raise ResultsError(f"allocations.parquet has a bucket {wanted} that royalties.csv has not")
                payee, membership = names.payee(row[-2])
                cells[row[-2], wanted[1], wanted[2], wanted[3]] += int(row[-1])
                yield (new_id(), run.pk, made[at], position, row[-2], payee.kind, membership, row[-1])


def _cell_rows(
    run: CloseRun, names: _Names, cells: Mapping[tuple[str, str, str, str], int]
) -> Iterator[tuple[object, ...]]:
    for (name, product, made_in, sold_in), micros in cells.items():
        payee, membership = names.payee(name)
        yield (new_id(), run.pk, name, payee.kind, membership, product, made_in, sold_in, micros)


def _bucket_keys(output: Path) -> Iterator[tuple[str, ...]]:
    for row in _read(output / "royalties.csv"):
        yield tuple(row[name] for name in KEY)


def _load_invoices(run: CloseRun, output: Path, names: _Names, totals: Totals) -> None:
    rows: list[tuple[object, ...]] = []
    royalty = credit = due = 0
    for position, row in enumerate(_read(output / "invoices.csv"), start=1):
        amounts = tuple(int(row[name]) for name in ("royalty_minor", "credit_minor", "due_minor"))
        royalty, credit, due = royalty + amounts[0], credit + amounts[1], due + amounts[2]
        rows.append((new_id(), run.pk, position, names.licence(row["licence_id"]), *amounts))
    if (royalty, credit, due) != (totals.royalty_minor, totals.credit_minor, totals.due_minor):
        raise ResultsError("invoices.csv does not add up to the totals of run.json")
    _copy(
        LicenceResult,
        ("id", "run_id", "position", "licence_id", "royalty_minor", "credit_minor", "due_minor"),
        rows,
    )


def _load_payees(run: CloseRun, output: Path, names: _Names, totals: Totals) -> None:
    paid: dict[UUID, int] = {}
    held: dict[UUID, int] = {}
    rows: list[tuple[object, ...]] = []
    distributed = 0
    for position, row in enumerate(_read(output / "payees.csv"), start=1):
        payee, membership = names.payee(row["payee"])
        amount = int(row["amount_minor"])
        distributed += amount
        rows.append((new_id(), run.pk, position, row["payee"], payee.kind, membership, amount))
        if membership is not None:
            of_kind = held if payee.kind == "held" else paid
            of_kind[membership] = of_kind.get(membership, 0) + amount
    if distributed != totals.distributed_minor:
        raise ResultsError("payees.csv does not add up to the total of run.json")
    _copy(
        PayeeResult,
        ("id", "run_id", "position", "payee", "kind", "membership_id", "amount_minor"),
        rows,
    )
    _copy(
        Statement,
        ("id", "run_id", "membership_id", "amount_minor", "held_minor"),
        (
            (new_id(), run.pk, membership, paid.get(membership, 0), held.get(membership, 0))
            for membership in dict.fromkeys((*paid, *held))
        ),
    )


def _read(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except OSError as error:
        raise ResultsError(f"{path.name} cannot be read: {error}") from error


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _delete(model: type[Model], run: CloseRun) -> None:
    # The tables are large, and nothing hangs on their rows: one statement instead of Django's collecting.
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE run_id = %s").format(sql.Identifier(model._meta.db_table)), [run.pk]
        )
