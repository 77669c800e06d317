"""Lists made long for those who look at them: what the world of the matrix has too little of."""

from datetime import date, timedelta

from licensing.audits.models import Audit
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun, RejectedRow
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionPart, DistributionRun
from licensing.terms.models import Programme
from members.memberships.models import MembershipState, StepKind
from platform_core.audit.models import AuditSeal
from platform_core.audit.services import record_event
from platform_core.connections.models import Connection
from platform_core.deadlines.models import Deadline, DeadlineRun
from platform_core.identity.roles import Role
from platform_core.webhooks.models import Webhook, WebhookDelivery
from pools.patents.models import Patent
from pools.upkeep.models import PaymentOrder
from tests.api.matrix.kept import Samples
from tests.factories.agreements import make_licence
from tests.factories.audits import make_audit
from tests.factories.close import fill_run, make_run, move_run
from tests.factories.connections import make_connection_run
from tests.factories.core import NOON, actor_of_seat, make_organisation, make_seat, make_user
from tests.factories.deadlines import make_deadline_reminder
from tests.factories.distribution import fill_distribution, make_distribution, move_distribution
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership, make_step
from tests.factories.patents import make_patent
from tests.factories.reports import make_filed_report
from tests.factories.upkeep import add_line

LENGTH = 12
MONTH = date(2029, 1, 1)


def lengthen(samples: Samples) -> None:
    """Add rows to the lists of the first alliance's office and finance."""
    world = samples.world
    alliance, office = world.alliances[0], world.seats["first secretariat"]
    person, member = actor_of_seat(world.seats["first operations_head"]), samples.objects["memberships.Membership"]
    membership = member["own"]
    assert not callable(membership)
    patent = Patent.objects.filter(alliance=alliance).earliest("pk")
    last = AuditSeal.objects.latest("number")
    programme = Programme.objects.get(alliance=alliance, code="quiet-tv")
    for number in range(LENGTH):
        record_event("alliance.edited", actor=person, subject=alliance)
        record_event("patent.edited", actor=person, subject=patent)
        make_grant(patent, make_seat(), by=office, role=Role.EVALUATOR)
        make_step(membership, StepKind.REVIEW, MembershipState.ADMITTED, number=20 + number)  # type: ignore[arg-type]  # a sample is a row of its kind
        make_licence(programme, make_organisation(), f"SILENT{number}")
        AuditSeal.objects.create(
            number=last.number + 1 + number,
            form=1,
            first_row=last.last_row + 1 + number,
            last_row=last.last_row + 1 + number,
            previous_head=f"{900 + number:064d}",
            head=f"{901 + number:064d}",
            key_id="k" * 32,
            signature="-",
            sealed_at=NOON,
        )
    for webhook in Webhook.objects.filter(seat=office):
        for _ in range(LENGTH):
            WebhookDelivery.objects.create(
                webhook=webhook, event="pool.opened", topic="x", at=NOON, created_at=NOON, next_attempt_at=NOON
            )
    samples.objects["close.CloseRun"]["long"] = long_run(samples)
    samples.objects["distribution.DistributionRun"]["long"] = long_distribution(samples)
    audit = samples.objects["audits.Audit"]["same"]
    assert isinstance(audit, Audit)
    audited = make_licence(audit.licence.programme, make_organisation(), "AUDITED")
    samples.objects["audits.Audit"]["long"] = make_audit(audited, audit.auditor, findings=LENGTH)
    of_rival, order = samples.objects["deadlines.Deadline"]["same"], samples.objects["upkeep.PaymentOrder"]["same"]
    assert isinstance(of_rival, Deadline)
    assert isinstance(order, PaymentOrder)
    run = DeadlineRun.objects.filter(alliance=alliance).earliest("pk")
    asked = Connection.objects.filter(alliance=alliance).earliest("pk")
    for number in range(LENGTH):
        make_deadline_reminder(of_rival, run, rung=f"owner.due.{100 + number}")
        make_connection_run(asked, begun_at=NOON + timedelta(minutes=number), ended_at=NOON + timedelta(minutes=number))
        add_line(order, make_patent(alliance, f"CNLONG{number}B", order.organisation), 10)


def long_distribution(samples: Samples) -> DistributionRun:
    """Make a distribution of many periods to many payees."""
    programme = Programme.objects.get(alliance=samples.world.alliances[0], code="open-tv")
    close = CloseRun.objects.filter(programme__alliance=programme.alliance, status=RunStatus.POSTED).earliest("pk")
    members = [make_membership(programme.alliance, make_organisation(), f"PAID-{number}") for number in range(LENGTH)]
    run = make_distribution(programme, person=make_user())
    fill_distribution(run, close, members, [])
    for number in range(LENGTH):
        DistributionPart.objects.create(
            run=run, close_run=close, period=f"2029-{number}", received_minor=0, used_minor=0, before_minor=0
        )
    return move_distribution(run, DistributionStatus.CALCULATED, calculator=make_user(), approver=make_user())


def long_run(samples: Samples) -> CloseRun:
    """Make a close with many licences and members."""
    programme = Programme.objects.get(alliance=samples.world.alliances[0], code="reported")
    for number in range(LENGTH):
        licence = make_licence(programme, make_organisation(), f"LONG-{number}")
        make_filed_report(licence, MONTH)
    members = [make_membership(programme.alliance, make_organisation(), f"LONG-{number}") for number in range(9)]
    run = make_run(programme, MONTH, person=make_user())
    fill_run(run, members)
    for number in range(LENGTH):
        RejectedRow.objects.create(
            run=run, position=2 + number, file="sales.csv", line=2, code="bad_value", message="wrong"
        )
    return move_run(run, RunStatus.CALCULATED, calculator=make_user(), approver=make_user())
