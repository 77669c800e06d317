"""Rights given by hand: in force, run out, revoked and yet to begin; to a seat, to an organisation, by assignment."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission as NamedPermission
from django.contrib.contenttypes.models import ContentType

from licensing.agreements.models import Licence
from licensing.close.models import CloseRun
from platform_core.access.grants.models import Grant
from platform_core.access.grants.relations import assigned_as
from platform_core.access.registry import policy_of
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from platform_core.models import Record
from pools.composition.models import Pool
from pools.patents.models import Patent
from pools.submissions.models import Panel
from tests.factories.core import NOON, make_seat

if TYPE_CHECKING:
    from tests.factories.world import World

DAY = timedelta(days=1)


def make_grant(
    subject: Record,
    to: Seat | Organisation,
    *actions: str,
    by: Seat,
    role: Role | None = None,
    starts_at: datetime = NOON - DAY,
    ends_at: datetime = NOON + DAY,
    **columns: Any,
) -> Grant:
    """A grant of actions, or an assignment in a role, as the service would have written it at any time."""
    giving = policy_of(type(subject)).giving
    assert giving is not None
    grant = Grant.objects.create(
        **{
            "subject_type": subject._meta.label_lower,
            "subject_id": subject.pk,
            "alliance_id": subject.audit_alliance_id(),
            "operating_entity_id": subject.audit_operating_entity_id(),
            "seat": to if isinstance(to, Seat) else None,
            "organisation": to if isinstance(to, Organisation) else None,
            "actions": list(actions),
            "role": role or "",
            "reason": "They asked for it.",
            "granted_by": by,
            "granted_at": NOON - DAY,
            "starts_at": starts_at,
            "ends_at": ends_at,
            **columns,
        }
    )
    for name in [assigned_as(role)] if role else actions:
        named, _ = NamedPermission.objects.get_or_create(
            content_type=ContentType.objects.get_for_model(subject), codename=name, defaults={"name": name}
        )
        row: dict[str, Any] = {"grant": grant, "content_object": subject, "permission": named, "holder": grant.holder}
        giving.table(**row, starts_at=starts_at, ends_at=ends_at).save()
    return grant


def populate(world: "World") -> None:
    """Give something on one object of each kind of the second alliance to people of the first, and the other way."""
    for mine, other in (("first", "second"), ("second", "first")):
        side = 0 if mine == "first" else 1
        seats, given_by = world.seats, world.seats[f"{other} {Role.SECRETARIAT}"]
        alliance = world.alliances[1 - side]
        patents = list(Patent.objects.filter(alliance=alliance).order_by("publication"))
        first, second, third, *_ = patents
        licensee = seats[f"{mine} {Role.LICENSEE}"]
        prospect = seats[f"{mine} {Role.PROSPECT}"]
        make_grant(first, licensee, "patent.read", by=given_by)
        make_grant(second, prospect.organisation, "patent.read", "patent.edit", by=given_by)
        make_grant(third, licensee, "patent.read", by=given_by, ends_at=NOON)
        make_grant(third, prospect, "patent.read", by=given_by, starts_at=NOON + timedelta(seconds=1))
        make_grant(
            third, licensee, "patent.read", by=given_by, ends_at=NOON - timedelta(hours=1),
            revoked_at=NOON - timedelta(hours=1), revoked_by=given_by, revocation_reason="No more.",
        )  # fmt: skip
        for role in (Role.EVALUATOR, Role.EXPERT, Role.OPERATOR, Role.LEGAL):
            make_grant(first, seats[f"{mine} {role}"], by=given_by, role=role)
            make_grant(second, seats[f"{mine} {role}"], by=given_by, role=role, ends_at=NOON)
        # Assigned, and in conflict: an organisation where the person works too owns it.
        employer = world.organisations[2 * side]
        make_seat(seats[f"{mine} {Role.EVALUATOR}"].user, employer)
        conflicting = Patent.objects.filter(ownerships__owner=employer).order_by("pk")[0]
        make_grant(conflicting, seats[f"{mine} {Role.EVALUATOR}"], by=given_by, role=Role.EVALUATOR)
        for panel in Panel.objects.filter(submission__pool__alliance=alliance).order_by("pk"):
            make_grant(panel, seats[f"{mine} {Role.EVALUATOR}"], by=given_by, role=Role.EVALUATOR)
        for pool in Pool.objects.filter(alliance=alliance, code="quiet"):
            make_grant(pool, prospect.organisation, "pool.read", by=given_by)
        for licence in Licence.objects.filter(programme__alliance=alliance).order_by("pk"):
            make_grant(licence, seats[f"{mine} {Role.AUDITOR}"], by=given_by, role=Role.AUDITOR)
            make_grant(licence, seats[f"{mine} {Role.LEGAL}"], by=given_by, role=Role.LEGAL)
            make_grant(licence, seats[f"{mine} {Role.PATENT_AGENT}"], "licence.read_name", "licence.read", by=given_by)
        for run in CloseRun.objects.filter(programme__alliance=alliance).order_by("pk"):
            make_grant(run, seats[f"{mine} {Role.CLOSE_AUDITOR}"], by=given_by, role=Role.CLOSE_AUDITOR)
