"""What charters tell the home page: members what they have not signed, the office who has not."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from members.charter.models import CharterSignature, CharterVersion, VersionState
from members.charter.selectors import members_on, missing_signatures, version_in_force
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Role


def versions_to_sign(actor: Actor) -> Iterator[Waiting]:
    """Tell a member's administrator which published versions its organisation has not signed."""
    if not actor.holds(Role.MEMBER_ADMIN) or actor.organisation_id is None:
        return
    for version, day in _asked(actor):
        own = members_on(version.charter.alliance_id, day, actor=actor).filter(organisation=actor.organisation_id)
        signed = CharterSignature.objects.filter(version=version, membership__in=own.order_by().values("pk"))
        if own.exists() and not signed.exists():
            yield _waiting(version, "charter.sign", day, {})


def signatures_to_chase(actor: Actor) -> Iterator[Waiting]:
    """Tell the office how many members have not signed a published version."""
    if not actor.holds(Role.SECRETARIAT):
        return
    for version, day in _asked(actor):
        if count := missing_signatures(version, actor=actor).count():
            yield _waiting(version, "charter.unsigned", day, {"count": count})


def _asked(actor: Actor) -> Iterator[tuple[CharterVersion, date]]:
    """The published versions that the actor may read and that ask for signatures: none that a later one replaced."""
    rows: QuerySet[CharterVersion] = CharterVersion.objects.visible_to(actor).filter(
        state=VersionState.PUBLISHED, sign_by_on__isnull=False
    )
    for version in rows.select_related("charter__alliance").order_by("-sign_by_on", "pk")[:AT_MOST]:
        day = today(actor.clock, version.charter.alliance.zone)
        now = version_in_force(version.charter_id, day)
        if now is None or now.number <= version.number:
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
