"""A bundle in memory, and how it is written as files: in every way that a reader has to take."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, str]

SALES_COLUMNS = ["licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency"]
COLUMNS = {
    "members.csv": ["member_id", "name", "segment", "held", "enters", "leaves", "rd_spend", "votes"],
    "patents.csv": [
        *("publication", "family", "owner", "country", "granted", "ends"),
        *("enters", "leaves", "class", "products", "share"),
    ],
    "licences.csv": ["licence_id", "licensee", "enterprise", "signed", "starts", "ends", "standing", "option"],
    "licence_changes.csv": ["licence_id", "from", "standing", "enterprise", "option"],
    "charges.csv": ["licence_id", "month", "kind", "amount", "currency"],
    "bilaterals.csv": ["licence_id", "member_id", "starts", "ends"],
    "fx.csv": ["month", "currency", "rate"],
    "payments.csv": ["licence_id", "amount"],
}
OPTIONAL_FILES = ("licence_changes.csv", "charges.csv", "bilaterals.csv", "fx.csv")


@dataclass
class RandomBundle:
    """A bundle in memory: the terms as a document, the tables as rows, and how its sales are laid out in files."""

    terms: dict[str, Any]
    tables: dict[str, list[Row]]
    sales: list[Row]
    layout: list[str] = field(default_factory=lambda: ["sales.csv"])
    seed: int = 0
    dropped: dict[str, str] = field(default_factory=dict)  # a column left out of a file
    tails: dict[str, str] = field(default_factory=dict)  # text at the end of a file that is no row of it

    def write(self, folder: Path) -> Path:
        """Write the bundle as a folder of files."""
        rng = random.Random(self.seed)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "programme.toml").write_text(toml_text(self.terms), encoding="utf-8")
        for file, rows in self.tables.items():
            if rows or file not in OPTIONAL_FILES:
                columns = [column for column in COLUMNS[file] if column != self.dropped.get(file)]
                write_csv(folder / file, columns, rows, rng, self.tails.get(file, ""))
        shares: dict[str, list[Row]] = {file: [] for file in self.layout}
        for row in self.sales:
            shares[rng.choice(self.layout)].append(row)
        for file, rows in shares.items():
            (folder / file).parent.mkdir(exist_ok=True)
            if file.endswith(".parquet"):
                write_parquet(folder / file, rows, rng)
            else:
                columns = [column for column in SALES_COLUMNS if column != self.dropped.get("sales")]
                write_csv(folder / file, columns, rows, rng, self.tails.get("sales", ""))
        return folder


def write_csv(path: Path, columns: Sequence[str], rows: list[Row], rng: random.Random, tail: str = "") -> None:
    """Write rows in one of the many spellings that are the same table."""
    columns = list(columns)
    if rng.random() < 0.3:
        rng.shuffle(columns)
    extra = rng.random() < 0.2
    with path.open("w", encoding="utf-8-sig" if rng.random() < 0.2 else "utf-8", newline="") as file:
        writer = csv.writer(
            file,
            lineterminator="\r\n" if rng.random() < 0.2 else "\n",
            quoting=csv.QUOTE_ALL if rng.random() < 0.2 else csv.QUOTE_MINIMAL,
        )
        writer.writerow([*columns, "remark"] if extra else columns)
        for row in rows:
            cells = [row.get(column, "") for column in columns]
            writer.writerow([*cells, "see, below"] if extra else cells)
        file.write(tail)


def write_parquet(path: Path, rows: list[Row], rng: random.Random) -> None:
    """Write sales as Parquet, in any of the types that are accepted; units and amounts must be sound numbers."""
    null = rng.random() < 0.5
    arrays: dict[str, pa.Array[Any]] = {}
    for column in SALES_COLUMNS:
        cells = [row[column] for row in rows]
        texts = [cell if cell or not null else None for cell in cells]
        if column == "units":
            narrow = all(abs(int(cell)) < 2**31 for cell in cells)
            arrays[column] = pa.array([int(cell) for cell in cells], pa.int32() if narrow else pa.int64())
        elif column == "net_amount" and rng.random() < 0.6:
            amounts = [Decimal(cell) if cell else None for cell in cells]
            arrays[column] = pa.array(amounts, pa.decimal128(rng.choice([22, 30, 38]), 6))
        else:
            kind = rng.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
            arrays[column] = pa.array(texts, pa.string()).cast(kind)
    names = list(SALES_COLUMNS)
    if rng.random() < 0.3:
        rng.shuffle(names)
    table = pa.table({name: arrays[name] for name in names})
    pq.write_table(table, path, row_group_size=rng.choice([1, 3, 1000]))


def toml_text(document: dict[str, Any]) -> str:
    """The document as TOML; only what terms need."""
    lines = [f"{key} = {_toml_value(value)}" for key, value in document.items() if key == "allocation"]
    for key, value in document.items():
        if key == "allocation":
            continue
        if isinstance(value, list):
            for entry in value:
                lines.append(f"[[{key}]]")
                lines += [f"{name} = {_toml_value(inner)}" for name, inner in entry.items()]
        elif isinstance(value, dict):
            lines.append(f"[{key}]")
            lines += [f"{name} = {_toml_value(inner)}" for name, inner in value.items()]
        else:
            lines.insert(0, f"{key} = {_toml_value(value)}")
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _toml_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml_text(key)} = {_toml_value(inner)}" for key, inner in value.items()) + "}"
    raise TypeError(value)


def _toml_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def decimal_text(number: Fraction | Decimal | int, places: int) -> str:
    """A number cut to some decimals, as a cell."""
    scaled = int(Fraction(number) * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def bucket_key(line: Row) -> tuple[str, ...]:
    """What makes lines one bucket."""
    return tuple(line[column] for column in SALES_COLUMNS if column not in ("units", "net_amount"))
