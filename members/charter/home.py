"""What charters tell the home page: members what they have not signed, the office who has not."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from members.charter.models import CharterSignature, CharterVersion, VersionState
from members.charter.selectors import members_on
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Role


def versions_to_sign(actor: Actor) -> Iterator[Waiting]:
    """Tell a member's administrator which published versions its organisation has not signed."""
    if not actor.holds(Role.MEMBER_ADMIN) or actor.organisation_id is None:
        return
    asked = list(_asked(actor))
    signed = _signed([version for version, _ in asked])
    own: dict[tuple[UUID, date], set[UUID]] = {}
    for version, day in asked:
        place = version.charter.alliance_id, day
        if place not in own:
            members = members_on(*place, actor=actor).filter(organisation=actor.organisation_id)
            own[place] = set(members.order_by().values_list("pk", flat=True))
        if own[place] and not own[place] & signed[version.pk]:
            yield _waiting(version, "charter.sign", day, {})


def signatures_to_chase(actor: Actor) -> Iterator[Waiting]:
    """Tell the office how many members have not signed a published version."""
    if not actor.holds(Role.SECRETARIAT):
        return
    asked = list(_asked(actor))
    signed = _signed([version for version, _ in asked])
    members: dict[tuple[UUID, date], set[UUID]] = {}
    for version, day in asked:
        place = version.charter.alliance_id, day
        if place not in members:
            members[place] = set(members_on(*place, actor=actor).order_by().values_list("pk", flat=True))
        if count := len(members[place] - signed[version.pk]):
            yield _waiting(version, "charter.unsigned", day, {"count": count})


def _signed(versions: Collection[CharterVersion]) -> defaultdict[UUID, set[UUID]]:
    """Return the memberships that have signed, by version."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = CharterSignature.objects.filter(version__in=versions).order_by()
    for version_id, membership_id in rows.values_list("version", "membership"):
        found[version_id].add(membership_id)
    return found


def _asked(actor: Actor) -> Iterator[tuple[CharterVersion, date]]:
    """The published versions that the actor may read and that ask for signatures: none that a later one replaced."""
    rows: QuerySet[CharterVersion] = CharterVersion.objects.visible_to(actor).filter(
        state=VersionState.PUBLISHED, sign_by_on__isnull=False
    )
    found = list(rows.select_related("charter__alliance").order_by("-sign_by_on", "pk")[:AT_MOST])
    published = CharterVersion.objects.filter(
        charter__in={version.charter_id for version in found}, state=VersionState.PUBLISHED
    )
    numbers: defaultdict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for charter_id, effective_on, number in published.order_by().values_list("charter", "effective_on", "number"):
        if effective_on is not None:
            numbers[charter_id].append((effective_on, number))
    for version in found:
        day = today(actor.clock, version.charter.alliance.zone)
        in_force = max((each for each in numbers[version.charter_id] if each[0] <= day), default=None)
        if in_force is None or in_force[1] <= version.number:
            yield version, day


def _waiting(version: CharterVersion, kind: str, day: date, detail: dict[str, object]) -> Waiting:
    late = version.sign_by_on is not None and version.sign_by_on < day
    return Waiting(
        kind=kind,
        subject_type=CharterVersion._meta.label_lower,
        subject_id=version.pk,
        title=" ".join(filter(None, (version.charter.title_zh, version.charter.title_en))),
        detail=detail,
        since=version.published_at,
        due_on=version.sign_by_on,
        severity=Severity.OVERDUE if late else Severity.ATTENTION,
    )
