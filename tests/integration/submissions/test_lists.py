"""Lists in versions, and who hears when a listed patent is over or passes to somebody outside of the pool."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from platform_core.access.actors import Actor
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, NotAllowed, NotFound, WrongState
from pools.composition.models import ListLine, ListVersion, PoolEntry, PoolState
from pools.composition.selectors import list_changes, list_lines, list_versions, overlap
from pools.composition.services import publish_list_version
from pools.patents.services import edit_patent, transfer_patent
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import seat_of
from tests.factories.patents import make_patent
from tests.integration.submissions.conftest import Forming

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(forming: Forming) -> list[PoolEntry]:
    """Three entries of a pool that is agreed on, two of the owner's and one of the rival's."""
    forming.pool.state = PoolState.AGREED
    forming.pool.save()
    own, other = (make_pool_member(forming.pool, membership) for membership in (forming.member, forming.rival))
    owner, rival = forming.member.organisation, forming.rival.organisation
    return [
        make_entry(own, make_patent(forming.alliance, "CN11B", owner), enters_on=date(2026, 1, 1)),
        make_entry(own, make_patent(forming.alliance, "CN12B", owner), enters_on=date(2026, 1, 1)),
        make_entry(other, make_patent(forming.alliance, "CN13B", rival), enters_on=date(2026, 4, 1)),
    ]


def test_versions_tell_what_is_new_gone_and_changed_and_stay(forming: Forming, listed: list[PoolEntry]) -> None:
    first = publish_list_version(actor=forming.office, pool_id=forming.pool.pk, note="For the launch")
    assert (first.number, first.patents, first.effective_on) == (1, 2, date(2026, 3, 2))
    with pytest.raises(Conflict, match="as it was in version 1"):
        publish_list_version(actor=forming.office, pool_id=forming.pool.pk)

    forming.wait(60)
    listed[0].class_label = "optional"
    listed[0].save()
    edit_patent(actor=forming.office, patent_id=listed[1].patent_id, ends_on=date(2026, 4, 15))
    second = publish_list_version(actor=forming.office, pool_id=forming.pool.pk)
    changes = list_changes(second.pk, None, actor=forming.owner)
    assert [line.publication for line in changes.added] == ["CN13B"]
    assert [line.publication for line in changes.removed] == ["CN12B"]
    assert [(pair.before.class_label, pair.after.class_label) for pair in changes.changed] == [("main", "optional")]
    back = list_changes(first.pk, second.pk, actor=forming.owner)
    assert ([line.publication for line in back.added], [line.publication for line in back.removed]) == (
        ["CN12B"],
        ["CN13B"],
    )
    # What was published stays, whatever becomes of the entries.
    assert list(first.lines.values_list("publication", "class_label")) == [("CN11B", "main"), ("CN12B", "main")]
    for rows, change in ((ListVersion.objects.all(), "note"), (ListLine.objects.all(), "owner_name")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{change: "other"})


def test_a_list_is_public_from_the_launch_on_and_published_by_the_office_alone(
    forming: Forming, listed: list[PoolEntry]
) -> None:
    public = Actor.public(clock=forming.clock)
    with pytest.raises(NotAllowed):
        publish_list_version(actor=forming.owner, pool_id=forming.pool.pk)
    with pytest.raises(NotFound):
        publish_list_version(actor=public, pool_id=forming.pool.pk)
    idea = make_pool(forming.alliance, "IDEA", PoolState.IDEA)
    with pytest.raises(WrongState, match="agreed on"):
        publish_list_version(actor=forming.office, pool_id=idea.pk)
    assert not ListVersion.objects.exists()
    publish_list_version(actor=forming.office, pool_id=forming.pool.pk)
    assert not list_versions(actor=public).exists()
    assert not list_lines(actor=public).exists()
    assert list_lines(actor=forming.competitor).count() == 2
    forming.pool.state = PoolState.LAUNCHED
    forming.pool.save()
    assert list_versions(actor=public).count() == 1
    assert list_lines(actor=public).count() == 2


def test_office_and_owner_hear_when_a_listed_patent_is_over(forming: Forming, listed: list[PoolEntry]) -> None:
    office, owner, rival = forming.office, forming.owner, forming.competitor
    edit_patent(actor=office, patent_id=listed[0].patent_id, ends_on=date(2040, 1, 1))
    assert not Notice.objects.exists()
    edit_patent(actor=owner, patent_id=listed[0].patent_id, ends_on=date(2026, 3, 1))
    edit_patent(actor=office, patent_id=listed[1].patent_id, ends_on=date(2020, 1, 1))
    told = Notice.objects.order_by("pk").values_list("seat", "kind", "values__label")
    # Whoever records it is not told of its own act.
    assert list(told) == [
        (seat_of(office), "patent.lapsed_in_pool", "CN11B"),
        (seat_of(owner), "patent.invalidated_in_pool", "CN12B"),
    ]
    assert not Notice.objects.filter(seat=seat_of(rival)).exists()


def test_a_transfer_to_somebody_outside_of_the_pool_is_told(forming: Forming, listed: list[PoolEntry]) -> None:
    owner = seat_of(forming.owner)
    transfer_patent(
        actor=forming.office,
        patent_id=listed[0].patent_id,
        from_owner_id=forming.member.organisation_id,
        to_owner_id=forming.rival.organisation_id,
        on=date(2026, 5, 1),
    )
    # The rival takes part in the pool.
    assert not Notice.objects.exists()
    rivals = forming.rival.pool_parts.get()
    rivals.leaves_on = date(2026, 4, 30)
    rivals.save()
    transfer_patent(
        actor=forming.office,
        patent_id=listed[1].patent_id,
        from_owner_id=forming.member.organisation_id,
        to_owner_id=forming.rival.organisation_id,
        on=date(2026, 5, 1),
    )
    assert Notice.objects.get().kind == "patent.transferred_without_accession"
    assert Notice.objects.get().seat_id == owner


def test_what_two_pools_have_in_common_is_told_as_far_as_one_sees_both(
    forming: Forming, listed: list[PoolEntry]
) -> None:
    other = make_pool(forming.alliance, "OTHER", PoolState.LAUNCHED)
    member = make_pool_member(other, forming.member)
    make_entry(member, listed[0].patent, enters_on=date(2026, 1, 1))
    sibling = make_patent(forming.alliance, "US12B", forming.member.organisation, country="US", family="CN12B")
    make_entry(member, sibling)
    make_entry(member, make_patent(forming.alliance, "CN77B", forming.member.organisation, ends_on=date(2026, 2, 1)))
    found = overlap(forming.pool.pk, other.pk, actor=forming.competitor)
    assert (found.patents, found.other_patents, found.families, found.other_families) == (2, 2, 2, 2)
    assert found.common == [listed[0]]
    assert found.common_families == ["CN11B", "CN12B"]
    # One of them is not public yet.
    with pytest.raises(NotFound):
        overlap(other.pk, forming.pool.pk, actor=Actor.public(clock=forming.clock))
