"""Buckets as columns, and what is true of their licences in their months."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from licensing.engine import cells
from licensing.engine.exact import Index, Ints, narrow, zeros
from licensing.engine.model import Match, Month
from licensing.engine.sales import KEY
from licensing.engine.tables import Licence, Tables

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Names:
    """The words behind the codes of the bucket columns, each list ascending, so that codes sort as words do."""

    licences: Sequence[str]
    products: Sequence[str]
    countries: Sequence[str]
    currencies: Sequence[str]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Sums of sales lines with equal key, one array per column, in ascending key order.

    Key columns hold codes into `names`, months the count since year 0. `net` is in millionths of a major unit of the
    line's currency; `lines` and `priced` count lines, those with a net amount apart; `position` tells a bucket's
    first line after a careful reading, else 0.
    """

    names: Names
    licence: Ints
    product: Ints
    made_in: Ints
    sold_in: Ints
    month: Ints
    currency: Ints
    units: Ints
    net: Ints
    lines: Ints
    priced: Ints
    position: Ints

    @property
    def size(self) -> int:
        """How many buckets there are."""
        return int(self.licence.size)

    def take(self, rows: Index | Flags) -> "Buckets":
        """Only those rows, in the given order."""
        columns = {part.name: getattr(self, part.name)[rows] for part in fields(self) if part.name != "names"}
        return replace(self, **columns)

    def key_text(self, row: int) -> tuple[str, str, str, str, str, str]:
        """The key of one bucket in words, in the order of the output's columns."""
        month = int(self.month[row])
        return (
            self.names.licences[int(self.licence[row])],
            self.names.products[int(self.product[row])],
            self.names.countries[int(self.made_in[row])],
            self.names.countries[int(self.sold_in[row])],
            f"{month // 12:04d}-{month % 12 + 1:02d}",
            self.names.currencies[int(self.currency[row])],
        )


def build_buckets(sums: pa.Table, licences: Mapping[str, Licence]) -> Buckets | None:
    """Buckets from summed lines, sorted; None where a key holds something that the careful way would refuse."""
    words = {name: _distinct(sums[name]) for name in KEY}
    months = {word: _read(cells.month, word) for word in words["month"]}
    sound = (
        all(word in licences for word in words["licence_id"])
        and all(_read(cells.code, word) and "\0" not in word for word in words["product"])
        and all(_read(cells.country, word) for word in words["made_in"] | words["sold_in"])
        and all(_read(cells.currency, word) for word in words["currency"])
        and None not in months.values()
    )
    if not sound:
        return None
    names = Names(
        licences=list(licences),
        products=sorted(words["product"]),
        countries=sorted(words["made_in"] | words["sold_in"]),
        currencies=sorted(words["currency"]),
    )
    code_of = {
        "licence_id": _numbered(names.licences),
        "product": _numbered(names.products),
        "made_in": _numbered(names.countries),
        "sold_in": _numbered(names.countries),
        "month": {word: month or 0 for word, month in months.items()},
        "currency": _numbered(names.currencies),
    }
    with ThreadPoolExecutor(2) as workers:
        codes = dict(zip(KEY, workers.map(lambda name: _mapped(sums[name], code_of[name]), KEY), strict=True))
    buckets = Buckets(
        names=names,
        licence=codes["licence_id"],
        product=codes["product"],
        made_in=codes["made_in"],
        sold_in=codes["sold_in"],
        month=codes["month"],
        currency=codes["currency"],
        units=_whole(sums["units"]),
        net=_whole(sums["net"]),
        lines=sums["lines"].to_numpy(),
        priced=sums["priced"].to_numpy(),
        position=sums["position"].to_numpy() if "position" in sums.schema.names else zeros(sums.num_rows),
    )
    return buckets.take(key_order(buckets))


def key_order(buckets: Buckets) -> Index:
    """The order of ascending keys."""
    columns = (buckets.licence, buckets.product, buckets.made_in, buckets.sold_in, buckets.month, buckets.currency)
    packed = pack(*columns)
    return np.argsort(packed, kind="stable") if packed is not None else np.lexsort(columns[::-1])


def pack(*columns: Ints) -> Ints | None:
    """One whole number per row that sorts as the columns do; None where it would not fit 62 bits."""
    domain = 1
    packed = np.zeros(columns[0].size, dtype=np.int64)
    for column in columns:
        low = int(column.min()) if column.size else 0
        span = (int(column.max()) - low if column.size else 0) + 1
        domain *= span
        if domain >= 2**62:
            return None
        packed = packed * span + (column - low)
    return packed


def distinct(*columns: Ints) -> tuple[Index, Index]:
    """The first row of each distinct combination, and for each row which combination it has."""
    packed = pack(*columns)
    if packed is None:
        stacked = np.stack(columns, axis=1)
        _, first, inverse = np.unique(stacked, axis=0, return_index=True, return_inverse=True)
        return first, inverse.reshape(-1)
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    return first, inverse


def _distinct(column: "pa.ChunkedArray[Any]") -> set[str]:
    return {"" if word is None else word for word in pc.unique(column).to_pylist()}


def _read(reader: Any, word: str) -> Any:
    try:
        return reader(word) if word else None
    except ValueError:
        return None


def _mapped(column: "pa.ChunkedArray[Any]", values: Mapping[str, int]) -> Ints:
    encoded: Any = _flat(column).dictionary_encode()
    by_code = np.array([values[word] for word in encoded.dictionary.to_pylist()], dtype=np.int64)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    return by_code[indices] if by_code.size else np.zeros(0, dtype=np.int64)


def _numbered(words: Sequence[str]) -> dict[str, int]:
    return {word: code for code, word in enumerate(words)}


def _flat(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _whole(column: "pa.ChunkedArray[Any]") -> Ints:
    """A decimal column as whole numbers of its last decimal. A blank sum is 0."""
    array: Any = _flat(column)
    if array.null_count:
        array = pc.fill_null(array, pa.scalar(Decimal(0), array.type))
    if pa.types.is_integer(array.type):
        return narrow(array.to_numpy())
    data = array.buffers()[1]
    if data is None or len(array) == 0:
        return np.zeros(0, dtype=np.int64)
    # Arrow keeps a decimal as 128 bits, the low half first.
    halves = np.frombuffer(memoryview(data), dtype=np.int64)[
        2 * array.offset : 2 * (array.offset + len(array))
    ].reshape(-1, 2)
    low, high = halves[:, 0], halves[:, 1]
    if np.array_equal(high, low >> 63):
        return narrow(low.copy())
    return narrow(low.astype(np.uint64).astype(object) + high.astype(object) * 2**64)


def key_columns(buckets: Buckets, rows: Index | Flags) -> dict[str, Any]:
    """The key of those buckets in words, as Arrow columns by name, in the order of the output's columns."""
    names = buckets.names
    months, which = np.unique(buckets.month[rows], return_inverse=True)
    month_words = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months.tolist()]
    return {
        "licence_id": coded_column(buckets.licence[rows], names.licences),
        "product": coded_column(buckets.product[rows], names.products),
        "made_in": coded_column(buckets.made_in[rows], names.countries),
        "sold_in": coded_column(buckets.sold_in[rows], names.countries),
        "month": coded_column(which, month_words),
        "currency": coded_column(buckets.currency[rows], names.currencies),
    }


def coded_column(codes: Ints, words: Sequence[str]) -> Any:
    """An Arrow column of words by their codes."""
    indices: Any = plain_column(codes.astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string()))


def plain_column(values: Ints) -> Any:
    """An Arrow column of whole numbers."""
    return pa.array(values)


class LicenceBook:
    """Licences by code, and their standing, option and enterprise in each month."""

    def __init__(self, tables: Tables, first: Month, last: Month) -> None:
        self.licences = list(tables.licences.values())
        self.first = first
        span = max(last - first + 1, 1)
        code_of = {licence.id: code for code, licence in enumerate(self.licences)}
        enterprises = {licence.enterprise for licence in self.licences}
        enterprises |= {change.enterprise for change in tables.changes if change.enterprise}
        options = {licence.option for licence in self.licences}
        options |= {change.option for change in tables.changes if change.option}
        self.enterprise_names = sorted(enterprises)
        self.option_names = sorted(options)
        enterprise_code = {name: code for code, name in enumerate(self.enterprise_names)}
        option_code = {name: code for code, name in enumerate(self.option_names)}

        def spread(values: list[int]) -> Ints:
            return np.repeat(np.array(values, dtype=np.int64)[:, None], span, axis=1)

        self._compliant = spread([licence.standing == "compliant" for licence in self.licences])
        self._enterprise = spread([enterprise_code[licence.enterprise] for licence in self.licences])
        self._option = spread([option_code[licence.option] for licence in self.licences])
        for change in tables.changes:
            if change.month > last:
                continue
            row, start = code_of[change.licence_id], max(change.month - first, 0)
            if change.standing:
                self._compliant[row, start:] = change.standing == "compliant"
            if change.enterprise:
                self._enterprise[row, start:] = enterprise_code[change.enterprise]
            if change.option:
                self._option[row, start:] = option_code[change.option]

    def compliant(self, licence: Ints, month: Ints) -> Flags:
        """Whether each licence's standing in its month is compliant."""
        return np.asarray(self._compliant[licence, month - self.first] == 1)

    def enterprise(self, licence: Ints, month: Ints) -> Ints:
        """Code of the enterprise each licence belongs to in its month."""
        return np.asarray(self._enterprise[licence, month - self.first])

    def option(self, licence: Ints, month: Ints) -> Ints:
        """Code of the tariff option of each licence in its month."""
        return np.asarray(self._option[licence, month - self.first])

    def flags(self, wanted: Collection[str] | None) -> Flags:
        """By licence code: whether the licence is among the wanted ones (None: all)."""
        return np.array([wanted is None or licence.id in wanted for licence in self.licences], dtype=bool)

    def option_flags(self, wanted: Collection[str] | None) -> Flags:
        """By option code: whether the option is among the wanted ones (None: all)."""
        return np.array([wanted is None or name in wanted for name in self.option_names], dtype=bool)

    def matching(self, match: Match, buckets: Buckets) -> Flags:
        """Which buckets a rate, waiver or cap is for."""
        found = self.flags(match.licences)
        if match.signed_from is not None or match.signed_to is not None:
            found &= np.array([_signed_within(licence, match) for licence in self.licences], dtype=bool)
        rows: Flags = found[buckets.licence] if found.size else np.ones(buckets.size, dtype=bool)
        names = buckets.names
        for wanted, column, words in (
            (match.products, buckets.product, names.products),
            (match.sold_in, buckets.sold_in, names.countries),
            (match.made_in, buckets.made_in, names.countries),
        ):
            if wanted is not None:
                rows = rows & word_flags(wanted, words)[column]
        if match.from_month is not None:
            rows = rows & (buckets.month >= match.from_month)
        if match.to_month is not None:
            rows = rows & (buckets.month <= match.to_month)
        if match.standing is not None:
            rows = rows & (self.compliant(buckets.licence, buckets.month) == (match.standing == "compliant"))
        if match.option is not None:
            rows = rows & self.option_flags(match.option)[self.option(buckets.licence, buckets.month)]
        return np.asarray(rows)


def word_flags(wanted: Collection[str], words: Sequence[str]) -> Flags:
    """By code: whether the word is among the wanted ones."""
    return np.array([word in wanted for word in words], dtype=bool)


def _signed_within(licence: Licence, match: Match) -> bool:
    signed = licence.signed
    return (
        signed is not None
        and (match.signed_from is None or match.signed_from <= signed)
        and (match.signed_to is None or signed <= match.signed_to)
    )
