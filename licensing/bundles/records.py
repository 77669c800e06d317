"""Each table of a bundle against what is recorded, and the recording of what is new."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q

from licensing.agreements.calculation import OWN_ENTERPRISE, is_own_enterprise, own_enterprise
from licensing.agreements.models import (
    BINDING_STATES,
    BilateralLicence,
    Charge,
    ExchangeRate,
    Licence,
    LicenceChange,
    Receipt,
    Standing,
)
from licensing.agreements.services import (
    NewBilateral,
    NewChange,
    NewCharge,
    NewLicence,
    NewRate,
    NewReceipt,
    raise_charges,
    record_bilaterals,
    record_licence_changes,
    record_receipts,
    set_exchange_rates,
    take_over_licences,
)
from licensing.bundles.comparison import Compared, Difference, Key, Row, compare, compare_counts, name_of
from licensing.bundles.reading import Bundle
from licensing.bundles.sales import Line, lines_of
from licensing.engine.model import Month, first_day, month_of
from licensing.engine.terms import load_document
from licensing.reports.models import ReportedMonth
from licensing.reports.selectors import lines_file
from licensing.terms.calculation import differences, for_period
from licensing.terms.models import Programme, TermsVersion
from licensing.terms.selectors import terms_in_force
from licensing.terms.services import draft_terms, publish_terms
from members.memberships.models import Membership
from members.memberships.services import NewMember, add_members
from platform_core.access.actors import Actor
from platform_core.csv_text import plain_decimal
from platform_core.identity.models import Organisation
from platform_core.identity.services import register_organisation
from platform_core.money import exponent
from pools.composition.models import PoolEntry, PoolMember
from pools.composition.services import NewEntry, NewPoolMember, add_pool_members, enter_patents
from pools.patents.models import Ownership, Patent
from pools.patents.services import NewPatent, Owner, record_owners, register_patents

_CHUNK = 10_000
_MEMBER_COLUMNS = frozenset({"name", "segment", "held", "enters", "leaves"})


class Tables:
    """Compares the tables of one bundle with one programme's records, and records what is new, in this order."""

    def __init__(self, actor: Actor, programme: Programme, bundle: Bundle) -> None:
        self.actor = actor
        self.programme = programme
        self.bundle = bundle
        self.version: TermsVersion | None = None
        self.blocked = False
        """Set once something differs: from then on tables are still compared, but nothing more is recorded."""

    # -- terms ------------------------------------------------------------------------------------------------

    def terms(self) -> Compared:
        """Compare the terms with the version in force on the period's last day; publish them where there is none."""
        terms = self.bundle.terms
        last_day = date.fromordinal(first_day(terms.period_end + 1).toordinal() - 1)
        self.version = terms_in_force(self.programme.pk, last_day)
        if self.version is None:
            drafted = draft_terms(
                actor=self.actor,
                programme_id=self.programme.pk,
                in_force_from=first_day(terms.period_start),
                document=self.bundle.document,
            )
            self.version = publish_terms(actor=self.actor, terms_version_id=drafted.pk)
            return Compared(new=[Row(0, (terms.id,))])
        head = {"programme": self.programme.code, "currency": self.programme.currency, "period": terms.period}
        recorded = for_period(load_document(self.version.document), **head)
        given = for_period(self.bundle.content, **head)
        found = [
            Difference("programme.toml", 0, f"terms version {self.version.number}", path, _told(old), _told(new))
            for path, old, new in differences(recorded, given)
        ]
        return Compared(unchanged=not found, differences=found)

    # -- members and patents ----------------------------------------------------------------------------------

    def members(self) -> Compared:
        """Take new members into the alliance and the programme's pool."""
        present = PoolMember.objects.filter(pool=self.programme.pool_id).select_related("membership__organisation")
        recorded: dict[Key, Mapping[str, str]] = {
            (member.membership.code,): {
                **member.figures,
                "name": str(member.membership.organisation),
                "segment": member.segment,
                "held": "yes" if member.held else "no",
                "enters": _text(member.enters_on),
                "leaves": _text(member.leaves_on),
            }
            for member in present
        }
        compared = compare("members.csv", self.bundle.members, recorded)
        if compared.differences or not compared.new or self.blocked:
            return compared
        memberships = self.memberships(compared.new)
        add_pool_members(
            actor=self.actor,
            pool_id=self.programme.pool_id,
            members=[
                NewPoolMember(
                    membership_id=memberships[row.key[0]],
                    segment=row.cells["segment"],
                    held=row.cells["held"] == "yes",
                    enters_on=_day(row.cells["enters"]),
                    leaves_on=_day(row.cells["leaves"]),
                    figures={name: cell for name, cell in row.cells.items() if cell and name not in _MEMBER_COLUMNS},
                )
                for row in compared.new
            ],
        )
        return compared

    def memberships(self, rows: Sequence[Row]) -> dict[str, UUID]:
        """Return the memberships of these members by code, taking into the alliance who is not a member yet."""
        of_alliance = Membership.objects.filter(alliance=self.programme.alliance_id)
        known = dict(of_alliance.values_list("code", "id"))
        missing = [row for row in rows if row.key[0] not in known]
        if missing:
            add_members(
                actor=self.actor,
                alliance_id=self.programme.alliance_id,
                members=[
                    NewMember(
                        organisation_id=_register(self.actor, row.cells.get("name") or row.key[0]),
                        code=row.key[0],
                        segment=row.cells["segment"],
                    )
                    for row in missing
                ],
            )
        return dict(of_alliance.values_list("code", "id"))

    def patents(self) -> Compared:
        """Register new patents with their owners, and enter them into the pool."""
        recorded: dict[Key, Mapping[str, str]] = {}
        entries = PoolEntry.objects.filter(member__pool=self.programme.pool_id).values_list(
            "patent__publication",
            "patent__country",
            "member__membership__code",
            "enters_on",
            "patent__family__code",
            "patent__granted_on",
            "patent__ends_on",
            "leaves_on",
            "class_label",
            "products",
            "share",
        )
        for publication, country, owner, enters, family, granted, ends, leaves, label, products, share in entries:
            recorded[publication, country, owner, _text(enters)] = {
                "family": family,
                "granted": _text(granted),
                "ends": _text(ends),
                "leaves": _text(leaves),
                "class": label,
                "products": "|".join(products) or "*",
                "share": plain_decimal(share),
            }
        compared = compare("patents.csv", self.bundle.patents, recorded)
        if compared.new:
            rights = self.rights(compared)
            if not compared.differences and not self.blocked:
                self.enter(compared.new, rights)
        return compared

    def rights(self, compared: Compared) -> dict[tuple[str, str], UUID]:
        """Return the patents of the new rows by right, registering new ones; contradictions become differences."""
        of_alliance = Patent.objects.filter(alliance=self.programme.alliance_id)
        known: dict[tuple[str, str], UUID] = {}
        facts: dict[tuple[str, str], Mapping[str, str]] = {}
        columns = of_alliance.values_list("publication", "country", "id", "family__code", "granted_on", "ends_on")
        for publication, country, patent_id, family, granted, ends in columns.iterator(chunk_size=_CHUNK):
            known[publication, country] = patent_id
            facts[publication, country] = {"family": family, "granted": _text(granted), "ends": _text(ends)}
        for row in compared.new:
            for column, recorded in facts.get((row.key[0], row.key[1]), {}).items():
                if row.cells[column] != recorded:
                    compared.differences.append(
                        Difference("patents.csv", row.line, name_of(row.key), column, recorded, row.cells[column])
                    )
        if compared.differences or self.blocked:
            return known
        by_right: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.bundle.patents:
            by_right[row.key[0], row.key[1]].append(row)
        organisations = dict(
            Membership.objects.filter(alliance=self.programme.alliance_id).values_list("code", "organisation")
        )
        new = {right: rows for right, rows in by_right.items() if right not in known}
        if new:
            registered = register_patents(
                actor=self.actor,
                alliance_id=self.programme.alliance_id,
                patents=[
                    NewPatent(
                        publication=publication,
                        country=country,
                        family=rows[0].cells["family"],
                        granted_on=_day(rows[0].cells["granted"]),
                        ends_on=_day(rows[0].cells["ends"]),
                        owners=tuple(owners_of(rows, organisations)),
                    )
                    for (publication, country), rows in new.items()
                ],
            )
            known.update({(patent.publication, patent.country): patent.pk for patent in registered})
        self.further_owners(
            {right: by_right[right] for right in {(row.key[0], row.key[1]) for row in compared.new} - new.keys()},
            known,
            organisations,
        )
        return known

    def further_owners(
        self,
        rows: Mapping[tuple[str, str], Sequence[Row]],
        patents: Mapping[tuple[str, str], UUID],
        organisations: Mapping[str, UUID],
    ) -> None:
        """Record owners whom the bundle names of patents that are registered already."""
        ids = [patents[right] for right in rows]
        present = set(Ownership.objects.filter(patent__in=ids).values_list("patent", "owner"))
        owners = [
            # Which parts the others have agreed on is not known here, so none is claimed.
            (patents[right], replace(owner, share=None))
            for right in sorted(rows)
            for owner in owners_of(rows[right], organisations)
            if (patents[right], owner.owner_id) not in present
        ]
        if owners:
            record_owners(actor=self.actor, alliance_id=self.programme.alliance_id, owners=owners)

    def enter(self, rows: Sequence[Row], patents: Mapping[tuple[str, str], UUID]) -> None:
        """Enter new rows of the list into the pool."""
        members = dict(PoolMember.objects.filter(pool=self.programme.pool_id).values_list("membership__code", "id"))
        enter_patents(
            actor=self.actor,
            pool_id=self.programme.pool_id,
            entries=[
                NewEntry(
                    member_id=members[row.key[2]],
                    patent_id=patents[row.key[0], row.key[1]],
                    share=Decimal(row.cells["share"]),
                    class_label=row.cells["class"],
                    products=() if row.cells["products"] == "*" else tuple(row.cells["products"].split("|")),
                    enters_on=_day(row.key[3]),
                    leaves_on=_day(row.cells["leaves"]),
                )
                for row in rows
            ],
        )

    # -- licences ---------------------------------------------------------------------------------------------

    def licences(self) -> Compared:
        """Put new licences on record, each under the terms in force on the period's last day."""
        recorded: dict[Key, Mapping[str, str]] = {
            (licence.code,): {
                "licensee": str(licence.licensee),
                "enterprise": self.recorded_enterprise(licence.enterprise, str(licence.licensee), own=""),
                "signed": _text(licence.signed_on),
                "starts": _text(licence.starts_on),
                "ends": _text(licence.ends_on),
                "standing": licence.standing,
                "option": licence.option,
            }
            for licence in Licence.objects.filter(
                programme=self.programme, state__in=[state.value for state in BINDING_STATES]
            ).select_related("licensee")
        }
        compared = compare("licences.csv", self.bundle.licences, recorded)
        if compared.differences or not compared.new or self.blocked or self.version is None:
            return compared
        licensees = self.licensees({row.cells["licensee"] for row in compared.new})
        take_over_licences(
            actor=self.actor,
            programme_id=self.programme.pk,
            terms_version_id=self.version.pk,
            licences=[
                NewLicence(
                    code=row.key[0],
                    licensee_id=licensees[row.cells["licensee"]],
                    enterprise=row.cells["enterprise"],
                    signed_on=_day(row.cells["signed"]),
                    starts_on=_day(row.cells["starts"]),
                    ends_on=_day(row.cells["ends"]),
                    standing=Standing(row.cells["standing"]),
                    option=row.cells["option"],
                )
                for row in compared.new
            ],
        )
        return compared

    def licensees(self, names: set[str]) -> dict[str, UUID]:
        """Return the organisations of these names that take part in the alliance, registering those that do not."""
        taking_part = Organisation.objects.filter(
            Q(memberships__alliance=self.programme.alliance_id)
            | Q(licences__programme__alliance=self.programme.alliance_id)
        )
        known: dict[str, UUID] = {}
        for organisation in taking_part.distinct().order_by("created_at", "id"):
            known.setdefault(str(organisation), organisation.pk)
        return {name: known[name] if name in known else _register(self.actor, name) for name in sorted(names)}

    def recorded_enterprise(self, enterprise: str, licensee: str, *, own: str) -> str:
        """Return a recorded enterprise as the bundle's are compared: `own` for a licensee by itself."""
        alone = is_own_enterprise(enterprise) or (enterprise == licensee and licensee not in self.bundle.groups)
        return own if alone else enterprise

    def changes(self) -> Compared:
        """Record new changes of licences; those of months after the period need not be in the bundle."""
        last = _month(first_day(self.bundle.terms.period_end))
        given = {row.key for row in self.bundle.changes}
        recorded: dict[Key, Mapping[str, str]] = {
            (change.licence.code, _month(change.month)): {
                "standing": change.standing,
                "enterprise": self.recorded_enterprise(
                    change.enterprise, str(change.licence.licensee), own=OWN_ENTERPRISE
                ),
                "option": change.option,
            }
            for change in LicenceChange.objects.filter(licence__programme=self.programme).select_related(
                "licence__licensee"
            )
            if _month(change.month) <= last or (change.licence.code, _month(change.month)) in given
        }
        compared = compare("licence_changes.csv", self.bundle.changes, recorded)
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            licensees = dict(Licence.objects.filter(programme=self.programme).values_list("pk", "licensee"))
            record_licence_changes(
                actor=self.actor,
                programme_id=self.programme.pk,
                changes=[
                    NewChange(
                        licence_id=ids[row.key[0]],
                        month=_first_of(row.key[1]),
                        standing=row.cells["standing"],
                        enterprise=(
                            own_enterprise(licensees[ids[row.key[0]]])
                            if row.cells["enterprise"] == OWN_ENTERPRISE
                            else row.cells["enterprise"]
                        ),
                        option=row.cells["option"],
                    )
                    for row in compared.new
                ],
            )
        return compared

    def charges(self) -> Compared:
        """Raise new charges of the period's months; those of other months are not part of the close."""
        terms = self.bundle.terms
        first, last = first_day(terms.period_start), first_day(terms.period_end)
        given = [row for row in self.bundle.charges if _month(first) <= row.key[1] <= _month(last)]
        recorded: Counter[Key] = Counter(
            (code, _month(month), kind, plain_decimal(amount), currency)
            for code, month, kind, amount, currency in Charge.objects.filter(
                licence__programme=self.programme, month__gte=first, month__lte=last, cancelled_at__isnull=True
            ).values_list("licence__code", "month", "kind", "amount", "currency")
        )
        compared = compare_counts("charges.csv", given, recorded)
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            raise_charges(
                actor=self.actor,
                programme_id=self.programme.pk,
                charges=[
                    NewCharge(
                        licence_id=ids[row.key[0]],
                        month=_first_of(row.key[1]),
                        kind=row.key[2],
                        amount=Decimal(row.key[3]),
                        currency=row.key[4],
                    )
                    for row in compared.new
                ],
            )
        return compared

    def bilaterals(self) -> Compared:
        """Record new bilateral licences."""
        recorded: dict[Key, Mapping[str, str]] = {
            (licence, member, _text(starts), _text(ends)): {}
            for licence, member, starts, ends in BilateralLicence.objects.filter(
                licence__programme=self.programme
            ).values_list("licence__code", "member__membership__code", "starts_on", "ends_on")
        }
        compared = compare("bilaterals.csv", self.bundle.bilaterals, recorded)
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            members = dict(PoolMember.objects.filter(pool=self.programme.pool_id).values_list("membership__code", "id"))
            record_bilaterals(
                actor=self.actor,
                programme_id=self.programme.pk,
                bilaterals=[
                    NewBilateral(
                        licence_id=ids[row.key[0]],
                        member_id=members[row.key[1]],
                        starts_on=_day(row.key[2]),
                        ends_on=_day(row.key[3]),
                    )
                    for row in compared.new
                ],
            )
        return compared

    def rates(self) -> Compared:
        """Set exchange rates that are not set yet."""
        recorded: dict[Key, Mapping[str, str]] = {
            (_month(month), currency): {"rate": plain_decimal(rate)}
            for month, currency, rate in ExchangeRate.objects.filter(programme=self.programme).values_list(
                "month", "currency", "rate"
            )
        }
        compared = compare("fx.csv", self.bundle.rates, recorded, may_lack=True)
        if compared.new and not compared.differences and not self.blocked:
            set_exchange_rates(
                actor=self.actor,
                programme_id=self.programme.pk,
                rates=[
                    NewRate(month=_first_of(row.key[0]), currency=row.key[1], rate=Decimal(row.cells["rate"]))
                    for row in compared.new
                ],
            )
        return compared

    def payments(self) -> Compared:
        """Record what was received for the period; what was received is one sum for each licence."""
        terms = self.bundle.terms
        digits = exponent(terms.currency)
        recorded: Counter[Key] = Counter()
        for code, amount in Receipt.objects.filter(licence__programme=self.programme, period=terms.period).values_list(
            "licence__code", "amount_minor"
        ):
            recorded[(code,)] += amount
        given: Counter[Key] = Counter()
        for row in self.bundle.payments:
            given[row.key] += int(Fraction(row.cells["amount"]) * 10**digits)
        if not self.bundle.terms.collected:
            return Compared()
        sums = {row.key: row.line for row in reversed(self.bundle.payments)}
        compared = compare(
            "payments.csv",
            [Row(line, key, {"amount_minor": str(given[key])}) for key, line in sums.items()],
            {key: {"amount_minor": str(amount)} for key, amount in recorded.items()},
        )
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            new = {row.key for row in compared.new}
            record_receipts(
                actor=self.actor,
                programme_id=self.programme.pk,
                receipts=[
                    NewReceipt(
                        licence_id=ids[row.key[0]],
                        period=terms.period,
                        amount_minor=int(Fraction(row.cells["amount"]) * 10**digits),
                    )
                    for row in self.bundle.payments
                    if row.key in new
                ],
            )
        return compared


def owners_of(rows: Sequence[Row], organisations: Mapping[str, UUID]) -> list[Owner]:
    """Tell from a right's rows who owns which part of it when.

    A list says when parts are in the pool, not since when they are owned, so an owner is taken to own its part all
    the time, unless it hands over to another on a day, or its rows have different parts. Where agreed parts would
    then exceed the whole, days are taken as the list has them; where even those do, the parts are not agreed ones.
    """
    handed_over = {row.cells["leaves"] for row in rows if row.cells["leaves"]} & {
        row.key[3] for row in rows if row.key[3]
    }
    by_owner: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_owner[row.key[2]].append(row)
    loose = [owner for code in sorted(by_owner) for owner in _spans(organisations[code], by_owner[code], handed_over)]
    if _within_the_whole(loose):
        return loose
    strict = [
        Owner(
            owner_id=organisations[row.key[2]],
            share=Decimal(row.cells["share"]),
            from_on=_day(row.key[3]),
            to_on=_day(row.cells["leaves"]),
        )
        for row in rows
    ]
    if _within_the_whole(strict):
        return strict
    return [replace(owner, share=None) for owner in strict]


def _spans(organisation: UUID, rows: Sequence[Row], handed_over: set[str]) -> list[Owner]:
    bounds = [
        (
            row.key[3] if row.key[3] in handed_over else "",
            row.cells["leaves"] if row.cells["leaves"] in handed_over else "",
            row.cells["share"],
        )
        for row in sorted(rows, key=lambda row: row.key[3])
    ]
    if len(set(bounds)) == 1:
        bounds = bounds[:1]
    elif len(bounds) > 1:
        bounds = [(row.key[3], row.cells["leaves"], row.cells["share"]) for row in rows]
    return [
        Owner(owner_id=organisation, share=Decimal(share), from_on=_day(first), to_on=_day(end))
        for first, end, share in bounds
    ]


def _within_the_whole(owners: Sequence[Owner]) -> bool:
    return all(
        sum(
            other.share or Decimal(0)
            for other in owners
            if (other.from_on or date.min) <= (owner.from_on or date.min) < (other.to_on or date.max)
        )
        <= 1
        for owner in owners
    )


def licence_ids(programme: Programme) -> dict[str, UUID]:
    """Return a programme's licences by code."""
    return dict(Licence.objects.filter(programme=programme).values_list("code", "id"))


def reported_lines(programme: Programme) -> dict[tuple[str, Month], Counter[Line]]:
    """Return the lines that were reported, by licence and month; months reported without lines are there, empty."""
    reported: dict[tuple[str, Month], Counter[Line]] = {}
    counted = ReportedMonth.objects.filter(licence__programme=programme).select_related("licence", "report")
    by_report: dict[UUID, list[ReportedMonth]] = defaultdict(list)
    for row in counted:
        by_report[row.report_id].append(row)
    for rows in by_report.values():
        table = pq.read_table(lines_file(rows[0].report))
        for row in rows:
            month = _month(row.month)
            lines = lines_of(table.filter(pc.field("month") == pc.scalar(month)))
            reported[row.licence.code, month_of(row.month.year, row.month.month)] = lines
    return reported


def _register(actor: Actor, name: str) -> UUID:
    chinese = any("\u4e00" <= character <= "\u9fff" for character in name)
    return register_organisation(actor=actor, name_zh=name if chinese else "", name_en="" if chinese else name).pk


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
