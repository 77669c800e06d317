"""The files of a bundle's sales: which there are, what is in their headers, and their hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.engine.rejects import Rejects
from licensing.engine.tables import check_header
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of

KEY: Final = ("licence_id", "product", "made_in", "sold_in", "month", "currency")
COLUMNS: Final = (*KEY, "units", "net_amount")
_HEADER: Final = [(name, name != "net_amount") for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class SalesFile:
    """One sales file of the bundle, by its name within it."""

    name: str
    path: Path

    @property
    def is_parquet(self) -> bool:
        """Parquet, or else CSV."""
        return self.path.suffix == ".parquet"


@dataclass(slots=True)
class Fingerprint:
    """What one pass over a file's bytes tells."""

    sha256: str
    commas: int = 0
    has_quotes: bool = False
    has_nul: bool = False


def find_sales(bundle: Path, rejects: Rejects) -> list[SalesFile]:
    """The bundle's sales files, lowest name first."""
    single, folder = bundle / "sales.csv", bundle / "sales"
    inside = []
    if folder.is_dir():
        inside = sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet"))
    if single.is_file() and inside:
        message = "there is a sales.csv and a sales folder: keep one of them"
        rejects.add("sales.csv", 0, "", "bad_value", "", message, fatal=True)
        return []
    if single.is_file():
        return [SalesFile("sales.csv", single)]
    if not inside:
        message = "there is no sales.csv, and no file in a sales folder"
        rejects.add("sales.csv", 0, "", "missing_file", "", message, fatal=True)
    return [SalesFile(f"sales/{name}", folder / name) for name in inside]


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file and count what tells whether its lines are as wide as they seem."""
    digest = sha256()
    seen = Fingerprint("")
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            digest.update(piece)
            if path.suffix == ".csv":
                seen.commas += piece.count(b",")
                seen.has_quotes = seen.has_quotes or b'"' in piece
                seen.has_nul = seen.has_nul or b"\0" in piece
    seen.sha256 = digest.hexdigest()
    return seen


def check_headers(files: Sequence[SalesFile], rejects: Rejects) -> None:
    """Refuse files without a needed column, or with a Parquet column of a kind that cannot be exact."""
    for file in files:
        if file.is_parquet:
            _check_parquet(file, rejects)
            continue
        try:
            header = next(rows_of(file.path, encoding_of_head(file.path)), None)
        except UnreadableError as error:
            rejects.add(file.name, error.line, "", "bad_value", "", f"{file.name} {error}", fatal=True)
            continue
        check_header(file.name, [] if header is None else header[1], _HEADER, rejects)


def encoding_of_head(path: Path) -> str:
    """The encoding that the file's first megabyte seems to be in; what follows is checked as it is read."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character cut in two by the end of what was read says nothing.
        return "utf-8-sig" if error.start >= len(head) - 3 and len(head) == 1 << 20 else encoding_of(path)
    return "utf-8-sig"


def _check_parquet(file: SalesFile, rejects: Rejects) -> None:
    try:
        schema = pq.read_schema(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        message = f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}"
        rejects.add(file.name, 0, "", "bad_value", "", message, fatal=True)
        return
    if check_header(file.name, list(schema.names), _HEADER, rejects) is None:
        return
    for name in COLUMNS:
        if name not in schema.names:
            continue
        kind = schema.field(name).type
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        is_text = pa.types.is_string(value) or pa.types.is_large_string(value)
        if name == "units":
            sound, wanted = pa.types.is_integer(kind), "whole numbers"
        elif name == "net_amount":
            sound, wanted = is_text or pa.types.is_decimal(kind) or pa.types.is_null(kind), "decimals or text"
        else:
            sound, wanted = is_text, "text"
        if not sound:
            message = f"column {name} holds {kind}; it must hold {wanted}"
            rejects.add(file.name, 0, name, "bad_value", str(kind), message, fatal=True)
