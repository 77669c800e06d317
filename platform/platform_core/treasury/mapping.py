"""What the columns of a bank's statements are: saved with an account, begun from what is known of a bank."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

COLUMNS: Final = (
    "day",
    "amount",
    "direction",
    "paid_out",
    "paid_in",
    "balance",
    "counterparty_name",
    "counterparty_account",
    "text",
    "serial",
)
ENCODINGS: Final = ("", "utf-8", "gb18030", "utf-16")
DAY_ORDERS: Final = ("", "day_first", "month_first")
DELIMITERS: Final = ("", ",", ";", "\t", "|")
_MOST_NAMES: Final = 12
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementMapping:
    """What the columns of a statement are, by what they may be called, and how its cells are to be read."""

    day: tuple[str, ...]
    amount: tuple[str, ...] = ()
    """One column with a sign, or with another one that says which way it went."""
    direction: tuple[str, ...] = ()
    paid_out: tuple[str, ...] = ()
    """Or two columns: what went out, and what came in."""
    paid_in: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    counterparty_name: tuple[str, ...] = ()
    counterparty_account: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    """All that are there are read, one after the other."""
    serial: tuple[str, ...] = ()
    encoding: str = ""
    """Blank: UTF-8 where every byte of it is, else GB18030."""
    day_order: str = ""
    delimiter: str = ""
    ignore_balances: bool = False
    """Whether balances may jump from one line to the next, as where a bank orders lines by something else."""

    def document(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


class BadMapping(ValueError):
    """What cannot be a mapping: of which part, and why."""

    def __init__(self, part: str, detail: str) -> None:
        """Keep both."""
        super().__init__(detail)
        self.part = part
        self.detail = detail


def mapping_from(document: Mapping[str, Any]) -> StatementMapping:
    """Read a mapping as it is kept or sent. Raises BadMapping."""
    known = {field.name for field in fields(StatementMapping)}
    for name in document:
        if name not in known:
            raise BadMapping(str(name), "There is no such part of a mapping.")
    values: dict[str, Any] = {}
    for name in COLUMNS:
        values[name] = _names(name, document.get(name, ()))
    for name, allowed in (("encoding", ENCODINGS), ("day_order", DAY_ORDERS), ("delimiter", DELIMITERS)):
        values[name] = document.get(name, "")
        if values[name] not in allowed:
            raise BadMapping(name, "Choose one of what is offered.")
    values["ignore_balances"] = document.get("ignore_balances", False)
    if not isinstance(values["ignore_balances"], bool):
        raise BadMapping("ignore_balances", "Choose one of what is offered.")
    mapping = StatementMapping(**values)
    if not mapping.day:
        raise BadMapping("day", "Say which column is the day.")
    if bool(mapping.amount) == bool(mapping.paid_in or mapping.paid_out):
        raise BadMapping("amount", "Amounts stand in one column, or in two for out and in.")
    if not mapping.amount and not (mapping.paid_in and mapping.paid_out):
        raise BadMapping("paid_in", "Name both columns, for out and for in.")
    if mapping.direction and not mapping.amount:
        raise BadMapping("direction", "Which way money went is said beside one column of amounts only.")
    return mapping


def _names(part: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or len(given) > _MOST_NAMES:
        raise BadMapping(part, "Columns are named in a list of at most twelve.")
    names = []
    for name in given:
        if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST:
            raise BadMapping(part, "The name of a column has 1 to 60 characters.")
        names.append(name.strip())
    return tuple(names)


@dataclass(frozen=True, slots=True)
class BankProfile:
    """A bank whose statements are known, and whether one was ever read."""

    code: str
    name_zh: str
    name_en: str
    verified: bool
    mapping: StatementMapping


@cache
def bank_profiles() -> Mapping[str, BankProfile]:
    """Return the banks whose statements are known, by their codes."""
    document = tomllib.loads((Path(__file__).parent / "banks.toml").read_text(encoding="utf-8"))
    return {
        code: BankProfile(code, bank["name_zh"], bank["name_en"], bank["verified"], mapping_from(bank["mapping"]))
        for code, bank in document.items()
    }
