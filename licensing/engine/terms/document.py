"""A whole terms document."""

import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from licensing.engine.model import (
    Month,
    Terms,
    month_of,
)
from licensing.engine.terms.tariff import TariffReader
from licensing.engine.terms.tree import TreeReader
from licensing.engine.terms.values import Table, TermsError, TermsProblem

_PERIOD: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4])|H([12]))?", re.ASCII)


def parse_terms(document: str | bytes) -> Terms:
    """Read terms from TOML (UTF-8, a byte-order mark is accepted).

    Raises TermsError naming the line of a syntax error, or the path of every wrong key.
    """
    return validate_terms(load_document(document))


def load_document(document: str | bytes) -> dict[str, Any]:
    """The TOML as plain tables and lists, not yet checked. Raises TermsError for text that is not TOML in UTF-8."""
    try:
        text = document if isinstance(document, str) else document.decode("utf-8-sig")
        return tomllib.loads(text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 (byte {error.start}): save it as UTF-8"
        raise TermsError([TermsProblem("", "", message)]) from error
    except (ValueError, RecursionError) as error:  # besides what is no TOML, numbers of more digits than Python reads
        place = re.search(r"at line (\d+)", str(error))
        problem = TermsProblem("", "", f"not valid TOML: {error}", line=int(place[1]) if place else 0)
        raise TermsError([problem]) from error


def validate_terms(document: Mapping[str, Any]) -> Terms:
    """Check a document of plain tables and lists and return it as typed terms. Raises TermsError with every mistake."""
    reader = _DocumentReader()
    terms = reader.terms(document)
    if reader.problems or terms is None:
        raise TermsError(reader.problems)
    return terms


def period_months(period: str) -> tuple[Month, Month] | None:
    """First and last month of a period written 2025-03, 2025Q1, 2025H1 or 2025; None where it is none of these."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        return None
    year = int(found[1])
    if not 1 <= year < 9999:
        return None
    start, length = (
        (int(found[2]), 1)
        if found[2]
        else (int(found[3]) * 3 - 2, 3)
        if found[3]
        else (int(found[4]) * 6 - 5, 6)
        if found[4]
        else (1, 12)
    )
    return month_of(year, start), month_of(year, start) + length - 1


class _DocumentReader(TariffReader, TreeReader):
    """Goes through the document once and collects every problem on its way."""

    def terms(self, document: object) -> Terms | None:
        top = Table(self, "", document)
        top.used |= {"programme", "allocation"}
        if not top.has("programme"):
            self.wrong("programme", None, "is missing: write a [programme] table with id, currency and period")
        head = Table(self, "programme", top.content.get("programme", {}))
        self.currency = head.need("currency", self.known_currency, "CNY")
        period = head.need("period", self.word, "2000", "write 2025-03, 2025Q1, 2025H1 or 2025")
        months = period_months(period)
        if months is None:
            head.wrong("period", "must be a month, quarter, half or year: 2025-03, 2025Q1, 2025H1, 2025")
            months = (0, 0)
        programme_id = head.need("id", self.word, "")
        basis = head.get("basis", self.choice("accrued", "collected"), "accrued")
        bearing = head.get("royalty_bearing", self.choice("always", "in_force"), "always")
        fee = head.get("admin_fee_percent", self.percentage, Fraction(0))
        head.finish()

        rates = tuple(self.rate(table) for table in self.tables(top, "rates", "rates"))
        waivers = tuple(self.limit(table, "below_per_year") for table in self.tables(top, "waivers", "waivers"))
        caps = tuple(self.limit(table, "per_year") for table in self.tables(top, "caps", "caps"))
        minimums = tuple(self.minimum(table) for table in self.tables(top, "minimums", "minimums"))
        self.unique("rates", [rate.id for rate in rates])
        self.unique("waivers", [limit.id for limit in waivers])
        self.unique("caps", [limit.id for limit in caps])
        self.unique("minimums", [minimum.id for minimum in minimums])
        if top.has("allocation"):
            allocation = self.node("allocation", top.content["allocation"], 0)
        else:
            allocation = None
            self.wrong("allocation", None, 'is missing: write an [allocation] table, at the simplest by = "equal"')
        top.finish()
        if allocation is None:
            return None
        return Terms(
            id=programme_id,
            currency=self.currency,
            period=period,
            period_start=months[0],
            period_end=months[1],
            collected=basis == "collected",
            in_force_only=bearing == "in_force",
            admin_fee_percent=fee or Fraction(0),
            rates=rates,
            waivers=waivers,
            caps=caps,
            minimums=minimums,
            allocation=allocation,
        )

    def unique(self, path: str, ids: list[str]) -> None:
        seen: set[str] = set()
        for index, name in enumerate(ids):
            if name and name in seen:
                self.wrong(f"{path}[{index}].id", name, f"{name!r} is used twice: give each its own id", "duplicate_id")
            seen.add(name)
