"""Licences, their changes and members' own ones beside what is recorded."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from licensing.agreements.calculation import OWN_ENTERPRISE, is_own_enterprise, own_enterprise
from licensing.agreements.models import (
    BINDING_STATES,
    BilateralLicence,
    Licence,
    LicenceChange,
    Standing,
)
from licensing.agreements.services import (
    NewBilateral,
    NewChange,
    NewLicence,
    record_bilaterals,
    record_licence_changes,
    take_over_licences,
)
from licensing.bundles.comparison import Compared, Key, compare
from licensing.bundles.records.base import Comparison, licence_ids, organisation_called
from licensing.bundles.records.cells import day_of, first_of, month_text, text_of
from licensing.engine.model import first_day
from platform_core.identity.models import Organisation
from pools.composition.models import PoolMember


class Licences(Comparison):
    """Compares licences, changes and bilateral licences, and records what is new."""

    def licences(self) -> Compared:
        """Put new licences on record, each under the terms in force on the period's last day."""
        recorded: dict[Key, Mapping[str, str]] = {
            (licence.code,): {
                "licensee": str(licence.licensee),
                "enterprise": self.recorded_enterprise(licence.enterprise, str(licence.licensee), own=""),
                "signed": text_of(licence.signed_on),
                "starts": text_of(licence.starts_on),
                "ends": text_of(licence.ends_on),
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
                    signed_on=day_of(row.cells["signed"]),
                    starts_on=day_of(row.cells["starts"]),
                    ends_on=day_of(row.cells["ends"]),
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
        return {name: known[name] if name in known else organisation_called(self.actor, name) for name in sorted(names)}

    def recorded_enterprise(self, enterprise: str, licensee: str, *, own: str) -> str:
        """Return a recorded enterprise as the bundle's are compared: `own` for a licensee by itself."""
        alone = is_own_enterprise(enterprise) or (enterprise == licensee and licensee not in self.bundle.groups)
        return own if alone else enterprise

    def changes(self) -> Compared:
        """Record new changes of licences; those of months after the period need not be in the bundle."""
        last = month_text(first_day(self.bundle.terms.period_end))
        given = {row.key for row in self.bundle.changes}
        recorded: dict[Key, Mapping[str, str]] = {
            (change.licence.code, month_text(change.month)): {
                "standing": change.standing,
                "enterprise": self.recorded_enterprise(
                    change.enterprise, str(change.licence.licensee), own=OWN_ENTERPRISE
                ),
                "option": change.option,
            }
            for change in LicenceChange.objects.filter(licence__programme=self.programme).select_related(
                "licence__licensee"
            )
            if month_text(change.month) <= last or (change.licence.code, month_text(change.month)) in given
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
                        month=first_of(row.key[1]),
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

    def bilaterals(self) -> Compared:
        """Record new bilateral licences."""
        recorded: dict[Key, Mapping[str, str]] = {
            (licence, member, text_of(starts), text_of(ends)): {}
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
                        starts_on=day_of(row.key[2]),
                        ends_on=day_of(row.key[3]),
                    )
                    for row in compared.new
                ],
            )
        return compared
