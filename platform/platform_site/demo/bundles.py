"""Writes a programme and quarter of the demonstration as a close bundle, which can be closed by itself."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from platform_site.demo.days import LAUNCHED_ON, first_day, last_day
from platform_site.demo.licences import licences_of
from platform_site.demo.patents import entries, pool_members
from platform_site.demo.programmes import Programme
from platform_site.demo.sales import exchange_rates, reports_for

Row = tuple[str, ...]


def write_bundle(folder: Path, programme: Programme, quarter: str, *, on: date) -> None:
    """Write what a close of that programme and quarter reads if it is calculated on a day."""
    folder.mkdir(parents=True)
    terms = programme.terms_on(last_day(quarter))
    text = terms.text().replace("[programme]\n", f'[programme]\nperiod = "{quarter}"\n', 1)
    (folder / "programme.toml").write_text(text, encoding="utf-8")
    _write(folder / "members.csv", "member_id,name,segment,held,enters,leaves", _members(programme, on))
    _write(
        folder / "patents.csv",
        "publication,family,owner,country,granted,ends,enters,leaves,class,products,share",
        _patents(programme, on),
    )
    _write(
        folder / "licences.csv",
        "licence_id,licensee,enterprise,signed,starts,ends,standing,option",
        _licences(programme, on),
    )
    _write(folder / "licence_changes.csv", "licence_id,from,standing,enterprise,option", _changes(programme, on))
    _write(folder / "charges.csv", "licence_id,month,kind,amount,currency", _charges(programme, on))
    _write(folder / "bilaterals.csv", "licence_id,member_id,starts,ends", _bilaterals(programme))
    rates = [(month, currency, str(rate)) for month, currency, rate in exchange_rates(programme) if month <= str(on)]
    if rates:
        _write(folder / "fx.csv", "month,currency,rate", rates)
    (folder / "sales").mkdir()
    for report in reports_for(programme, quarter, on=on):
        (folder / "sales" / report.file_name).write_bytes(report.content())


def _members(programme: Programme, on: date) -> Iterator[Row]:
    for member in pool_members(programme.pool):
        held = member.held_from is not None and member.held_from <= on
        if member.joined <= on:
            yield (
                member.code,
                member.firm.name_zh,
                member.segment,
                "yes" if held else "",
                max(member.joined, LAUNCHED_ON).isoformat(),
                _day(member.departs.shares_end_on if member.departs and member.departs.told_on <= on else None),
            )


def _patents(programme: Programme, on: date) -> Iterator[Row]:
    for entry in entries(programme.pool):
        if entry.enters_on > on:
            continue
        yield (
            entry.right.numbers.publication,
            entry.right.family,
            entry.holding.member,
            entry.right.country,
            _day(entry.right.granted_on),
            _day(entry.right.end_known_on(on)),
            entry.enters_on.isoformat(),
            _day(entry.leaves_on if entry.leaves_on is not None and entry.leaves_on <= on else None),
            entry.label,
            "|".join(entry.products),
            entry.holding.share,
        )


def _licences(programme: Programme, on: date) -> Iterator[Row]:
    for licence in licences_of(programme):
        if licence.signed_on <= on:
            yield (
                licence.code,
                licence.licensee.name_zh,
                licence.enterprise,
                licence.signed_on.isoformat(),
                licence.starts_on.isoformat(),
                _day(licence.ends_on),
                licence.standing,
                licence.option,
            )


def _changes(programme: Programme, on: date) -> Iterator[Row]:
    for licence in licences_of(programme):
        for change in licence.changes:
            if first_day(change.from_month) <= on:
                yield licence.code, change.from_month, change.standing, change.enterprise, change.option


def _charges(programme: Programme, on: date) -> Iterator[Row]:
    for licence in licences_of(programme):
        for charge in licence.charges:
            if first_day(charge.month) <= on:
                yield licence.code, charge.month, charge.kind, charge.amount, charge.currency


def _bilaterals(programme: Programme) -> Iterator[Row]:
    for licence in licences_of(programme):
        for bilateral in licence.bilaterals:
            yield licence.code, bilateral.member, bilateral.starts_on.isoformat(), _day(bilateral.ends_on)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _write(path: Path, header: str, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
