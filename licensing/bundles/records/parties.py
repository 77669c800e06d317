"""Terms, members and patents of a bundle beside what is recorded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from licensing.bundles.comparison import Compared, Difference, Key, Row, compare, name_of
from licensing.bundles.records.base import Comparison, organisation_called
from licensing.bundles.records.cells import day_of, text_of
from licensing.bundles.records.ownership import owners_of
from licensing.engine.model import first_day
from licensing.engine.terms import load_document
from licensing.terms.calculation import differences, for_period
from licensing.terms.selectors import terms_in_force
from licensing.terms.services import draft_terms, publish_terms
from members.memberships.models import Membership
from members.memberships.services import NewMember, add_members
from platform_core.csv_text import plain_decimal
from pools.composition.models import PoolEntry, PoolMember
from pools.composition.services import NewEntry, NewPoolMember, add_pool_members, enter_patents
from pools.patents.models import Ownership, Patent
from pools.patents.services import NewPatent, record_owners, register_patents

_CHUNK = 10_000
_MEMBER_COLUMNS = frozenset({"name", "segment", "held", "enters", "leaves"})


class Parties(Comparison):
    """Compares terms, members and patents, and records what is new."""

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

    def members(self) -> Compared:
        """Take new members into the alliance and the programme's pool."""
        present = PoolMember.objects.filter(pool=self.programme.pool_id).select_related("membership__organisation")
        recorded: dict[Key, Mapping[str, str]] = {
            (member.membership.code,): {
                **member.figures,
                "name": str(member.membership.organisation),
                "segment": member.segment,
                "held": "yes" if member.held else "no",
                "enters": text_of(member.enters_on),
                "leaves": text_of(member.leaves_on),
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
                    enters_on=day_of(row.cells["enters"]),
                    leaves_on=day_of(row.cells["leaves"]),
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
                        organisation_id=organisation_called(self.actor, row.cells.get("name") or row.key[0]),
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
            recorded[publication, country, owner, text_of(enters)] = {
                "family": family,
                "granted": text_of(granted),
                "ends": text_of(ends),
                "leaves": text_of(leaves),
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
            facts[publication, country] = {"family": family, "granted": text_of(granted), "ends": text_of(ends)}
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
                        granted_on=day_of(rows[0].cells["granted"]),
                        ends_on=day_of(rows[0].cells["ends"]),
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
                    enters_on=day_of(row.key[3]),
                    leaves_on=day_of(row.cells["leaves"]),
                )
                for row in rows
            ],
        )


def _told(value: object) -> str:
    return "" if value is None else str(value)
