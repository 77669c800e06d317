"""The same change from two sides at once: one is made, the other waits and is refused or finds it done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection
from pytest_django import Settings

from licensing.agreements.models import LicenceState
from licensing.agreements.services import countersign_licence, sign_licence
from licensing.bundles.services import import_bundle
from licensing.terms.models import Programme
from licensing.terms.services import publish_terms
from platform_core.audit.models import AuditEvent
from platform_core.problems import Conflict, InvalidInput, Problem, WrongState
from pools.composition.models import PoolEntry
from pools.composition.services import NewEntry, enter_patent
from pools.patents.differences.services import Decision, decide_differences
from pools.patents.models import OutsideRecord
from tests.closes.test_published_tariffs import CASES
from tests.factories.agreements import make_licence
from tests.factories.composition import make_pool, make_pool_member
from tests.factories.core import command_line, make_alliance, make_entity, make_organisation
from tests.factories.memberships import make_membership
from tests.factories.patents import make_difference, make_patent, make_source
from tests.factories.terms import TERMS, make_programme, make_terms

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def both(act: Callable[[], T], other: Callable[[], T] | None = None) -> list[T | Problem]:
    """Do the same, or two things, on two connections at the same moment; return the results or the refusals."""
    barrier = Barrier(2)

    def run(act: Callable[[], T]) -> T | Problem:
        try:
            barrier.wait(timeout=30)
            return act()
        except (Conflict, WrongState, InvalidInput) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, act), pool.submit(run, other or act)]]


def test_a_patent_is_entered_once() -> None:
    alliance, owner = make_alliance(), make_organisation()
    pool = make_pool(alliance, "pool")
    member = make_pool_member(pool, make_membership(alliance, owner, "M1"))
    entry = NewEntry(member_id=member.pk, patent_id=make_patent(alliance, "P1", owner).pk)

    results = both(lambda: enter_patent(actor=command_line(), pool_id=pool.pk, entry=entry))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "PoolEntry"]
    assert PoolEntry.objects.count() == 1
    assert AuditEvent.objects.count() == 1


def test_a_difference_is_decided_once() -> None:
    alliance, owner = make_alliance(), make_organisation()
    patent = make_patent(alliance, "CN1B", owner, title="ours")
    source = make_source(alliance, owner, kind="office")
    OutsideRecord.objects.create(patent=patent, source=source, values={"title": ["theirs"]})
    row = make_difference(patent, source, office=["theirs"])
    decision = Decision(difference_id=row.pk, side="office", version=1)

    results = both(lambda: decide_differences(actor=command_line(), decisions=[decision]))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "list"]
    patent.refresh_from_db()
    assert patent.title == "theirs"
    assert list(AuditEvent.objects.order_by("id").values_list("name", flat=True)) == [
        "patent.edited",
        "difference.accepted",
    ]


def test_a_licence_is_countersigned_once() -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    licence = make_licence(programme, make_organisation(), "L1", LicenceState.SIGNED)

    results = both(lambda: countersign_licence(actor=command_line(), licence_id=licence.pk, starts_on=date(2025, 1, 1)))

    assert sorted(type(result).__name__ for result in results) == ["Licence", "WrongState"]
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_price_is_promised_or_changed_and_never_both(turn: int) -> None:
    alliance = make_alliance()
    programme = make_programme(make_pool(alliance, "pool"), make_entity(alliance), "tv")
    make_terms(programme, 1)
    dearer = TERMS.replace('"0.20"', '"0.25"')
    version = make_terms(programme, 2, in_force_from=date(2026, 1, 1), document=dearer, published_at=None)
    licence = make_licence(
        programme, make_organisation(), "L1", LicenceState.SENT, price_locked=True, terms_version=None, signed_on=None
    )

    def sign() -> str:
        return sign_licence(actor=command_line(), licence_id=licence.pk, signed_on=date(2025, 6, 1)).code

    def publish() -> str:
        return str(publish_terms(actor=command_line(), terms_version_id=version.pk).number)

    results = both(*((sign, publish) if turn % 2 else (publish, sign)))

    assert sorted(isinstance(result, InvalidInput) for result in results) == [False, True]
    version.refresh_from_db()
    licence.refresh_from_db()
    assert (version.state, licence.state) in {("published", "sent"), ("draft", "signed")}


def test_two_imports_of_one_bundle_make_one_programme(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path

    results = both(lambda: import_bundle(actor=command_line(), folder=CASES / "bilateral-net"))

    assert sorted(result.changed_nothing for result in results if not isinstance(result, Problem)) == [False, True]
    assert Programme.objects.count() == 1
