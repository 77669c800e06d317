"""What the database itself holds of licences outside a programme, whoever writes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from licensing.direct.models import DirectKind, DirectLicence, DirectState, LicensedPatent, OwnerConsent
from pools.patents.models import Patent
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, make_alliance, make_organisation, make_user
from tests.factories.direct import make_direct_licence
from tests.factories.documents import make_document
from tests.factories.patents import make_patent
from tests.integration.direct.conftest import House


@pytest.fixture(autouse=True)
def _records(house: House) -> None:
    """An exclusive licence in force, and one that is drafted."""
    make_direct_licence(
        house.owner,
        house.rival,
        [house.patent],
        kind=DirectKind.EXCLUSIVE,
        territory=["CN"],
        fields=["TV"],
        ends_on=date(2026, 12, 31),
    )
    make_direct_licence(house.owner, make_organisation(), [house.patent], DirectState.DRAFT, code="draft")


def alone() -> DirectLicence:
    return DirectLicence.objects.get(kind=DirectKind.EXCLUSIVE)


def beside(**columns: Any) -> DirectLicence:
    return make_direct_licence(
        alone().licensor, make_organisation(), [Patent.objects.get(publication="CN1B")], **columns
    )


def entry(**columns: object) -> object:
    member = make_pool_member(make_pool(alone().alliance, "pool"), alone().licensor.memberships.get())
    return make_entry(member, Patent.objects.get(publication="CN1B"), **columns)


def under(head: DirectLicence, **columns: Any) -> DirectLicence:
    """A licence under another one, until the end of 2026."""
    patent = Patent.objects.get(publication="CN1B")
    given = {"kind": DirectKind.SUB, "head": head, "ends_on": date(2026, 12, 31), **columns}
    return make_direct_licence(head.licensee, make_organisation(), [patent], **given)


BREAKS: dict[str, Callable[[], object]] = {
    "an ordinary licence for the same use": lambda: beside(),
    "a second exclusive licence for a part of it": lambda: beside(
        kind=DirectKind.EXCLUSIVE, territory=["CN-44"], fields=["phones", "tv"]
    ),
    "a licence from its last day on": lambda: beside(starts_on=date(2026, 12, 31)),
    "its patent in a pool": lambda: entry(),
    "its patent in a pool on its last day": lambda: entry(enters_on=date(2026, 12, 31)),
    "that it ends later": lambda: DirectLicence.objects.filter(pk=alone().pk).update(ends_on=date(2027, 1, 1)),
    "that it never ends": lambda: DirectLicence.objects.filter(pk=alone().pk).update(ends_on=None),
    "that it covers more": lambda: DirectLicence.objects.filter(pk=alone().pk).update(territory=[]),
    "that it is of another kind": lambda: DirectLicence.objects.filter(pk=alone().pk).update(kind="ordinary"),
    "that somebody else took it": lambda: DirectLicence.objects.filter(pk=alone().pk).update(
        licensee=make_organisation()
    ),
    "that it goes": lambda: alone().delete(),
    "a further patent under it": lambda: LicensedPatent.objects.create(
        licence=alone(), patent=make_patent(alone().alliance, "CN5B", alone().licensor)
    ),
    "a patent less under it": lambda: alone().patents.all().delete(),
    "a patent of another alliance": lambda: LicensedPatent.objects.create(
        licence=DirectLicence.objects.get(code="draft"), patent=make_patent(make_alliance("there"), "CN6B")
    ),
    "a licence to oneself": lambda: make_direct_licence(
        alone().licensor, alone().licensor, [Patent.objects.get(publication="CN1B")], fields=["phones"]
    ),
    "a sub-licence that lasts longer than its head": lambda: under(alone(), ends_on=date(2027, 1, 1)),
    "a sub-licence that never ends under a head that does": lambda: under(alone(), ends_on=None),
    "a sub-licence that begins before its head": lambda: under(alone(), starts_on=date(2026, 2, 28)),
    "a sub-licence under a draft": lambda: under(
        DirectLicence.objects.get(code="draft"), ends_on=None, starts_on=date(2026, 3, 1)
    ),
    "a head that ends before what is under it": lambda: (
        under(alone()),
        DirectLicence.objects.filter(pk=alone().pk).update(ends_on=date(2026, 12, 30)),
    ),
    "a sub-licence under nothing": lambda: beside(kind=DirectKind.SUB),
    "a code twice of a licensor": lambda: beside(code="draft", fields=["phones"]),
    "one person on both sides": lambda: DirectLicence.objects.filter(pk=alone().pk).update(
        **dict.fromkeys(("signed_by", "countersigned_by"), make_user())
    ),
    "a consent that is rewritten": lambda: (
        OwnerConsent.objects.create(
            licence=alone(),
            owner=make_organisation(),
            given_on=date(2026, 1, 1),
            contents_sha256="0" * 64,
            document=make_document(alone()),
            recorded_at=NOON,
        ),
        OwnerConsent.objects.update(given_on=date(2026, 2, 1)),
    ),
    "a consent to contents that have no hash": lambda: OwnerConsent.objects.create(
        licence=alone(),
        owner=make_organisation(),
        given_on=date(2026, 1, 1),
        contents_sha256="all of it",
        document=make_document(alone()),
        recorded_at=NOON,
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_database_refuses(what: str) -> None:
    def attempt() -> None:
        with transaction.atomic():
            BREAKS[what]()
            connection.check_constraints()

    with pytest.raises(DatabaseError):
        attempt()


def test_what_does_not_meet_is_taken() -> None:
    beside(starts_on=date(2027, 1, 1))
    beside(fields=["phones"])
    beside(territory=["US"])
    make_direct_licence(alone().licensor, alone().licensee, [Patent.objects.get(publication="CN1B")])
    entry(enters_on=date(2027, 1, 1))
    DirectLicence.objects.filter(pk=alone().pk).update(ends_on=date(2026, 11, 30), state=DirectState.TERMINATED)

    assert DirectLicence.objects.filter(state=DirectState.IN_FORCE).count() == 4
