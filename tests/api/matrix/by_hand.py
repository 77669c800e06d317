"""What is given by hand to everybody who asks."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.apps import apps

from licensing.agreements.models import Licence
from licensing.billing.models import InvoiceSeries
from licensing.close.lifecycle import RunStatus
from licensing.terms.models import Programme, ProgrammeState
from platform_core.access.registry import policy_of
from platform_core.identity.models import Alliance, Organisation, Seat
from platform_core.models import Record
from pools.composition.models import PoolState
from pools.patents.models import Patent
from pools.submissions.models import Panel
from tests.api.matrix.asking import Asker
from tests.factories.agreements import make_licence
from tests.factories.billing import (
    make_billing_terms,
    make_certificate,
    make_interest_note,
    make_invoice,
    make_issued,
    make_series,
)
from tests.factories.charts import make_chart_target, make_claim_chart
from tests.factories.close import make_run, move_run
from tests.factories.composition import make_pool
from tests.factories.core import NOON, make_alliance, make_entity, make_organisation, make_seat, make_user
from tests.factories.deadlines import make_deadline
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_difference, make_encumbrance, make_patent, make_source
from tests.factories.reports import make_filed_report
from tests.factories.submissions import make_call, make_opinion, make_panel, make_submission
from tests.factories.terms import make_programme, make_terms

_GIVEN = {
    "patents.Patent": ("patent.read",),
    "composition.Pool": ("pool.read",),
    "agreements.Licence": ("licence.read_name", "licence.read_dates", "licence.read"),
    "close.CloseRun": (),
    "submissions.Panel": (),
}
"""What is given by hand on each kind of object on which something can be."""


def give_by_hand(askers: list[Asker]) -> Iterator[tuple[str, str, Record]]:
    """Give every seat something on objects of a third alliance, with which it has nothing to do otherwise.

    Yield each object with its kind and how it was given: granted, expired or assigned.
    """
    alliance, owner, giver = make_alliance("third-alliance"), make_organisation("third company"), make_seat()
    pool = make_pool(alliance, "third", state=PoolState.FORMING)
    elsewhere = make_programme(pool, make_entity(alliance), "third-tv", ProgrammeState.DRAFT)
    make_terms(elsewhere, 1)
    series = make_series(elsewhere.operating_entity)
    day = timedelta(days=1)
    for kind, actions in _GIVEN.items():
        giving = policy_of(apps.get_model(kind)).giving
        assert giving is not None, f"nothing can be given by hand on {kind}"
        for number, relation in enumerate(("granted", "expired", "assigned"), start=1):
            if (relation != "assigned" and not actions) or (relation == "assigned" and not giving.roles):
                continue
            subject = _another(kind, number, elsewhere, alliance, owner)
            yield kind, relation, subject
            if isinstance(subject, Patent):
                yield "patents.Difference", relation, make_difference(subject, make_source(alliance, owner))
                yield "patents.Encumbrance", relation, make_encumbrance(subject)
                target = make_chart_target(subject, owner)
                yield "charts.ChartTarget", relation, target
                yield "charts.ClaimChart", relation, make_claim_chart(target)
                yield "deadlines.Deadline", relation, make_deadline(subject)
            if isinstance(subject, Panel):
                yield "submissions.Submission", relation, subject.submission
                yield "submissions.Opinion", relation, make_opinion(subject)
            if isinstance(subject, Licence):
                yield "reports.SalesReport", relation, make_filed_report(subject, date(2025, 4, 1))
                yield from _billed(relation, subject, series)
            for asker in askers:
                if asker.actor is None or asker.actor.seat_id is None:
                    continue
                seat = Seat.objects.get(pk=asker.actor.seat_id)
                if relation == "assigned":
                    roles = [row.role for row in asker.actor.assignments if row.role in giving.roles]
                    for role in roles:
                        if isinstance(subject, Panel):
                            # An assignment is worth nothing without the place it is for.
                            subject.lead = seat
                            subject.save(update_fields=["lead"])
                        make_grant(subject, seat, by=giver, role=role)
                else:
                    end = NOON + day if relation == "granted" else NOON
                    make_grant(subject, seat, *actions, by=giver, ends_at=end)


def _billed(relation: str, licence: Licence, series: InvoiceSeries) -> Iterator[tuple[str, str, Record]]:
    """Bill a licence for a close of nobody else's."""
    run = licence.programme.close_runs.first() or make_run(licence.programme, date(2024, 1, 1), person=make_user())
    draft = make_invoice(licence, run, make_billing_terms(licence.programme, licence))
    invoice = make_issued(draft, series)
    yield "billing.Settlement", relation, make_certificate(invoice)
    yield "billing.InterestNote", relation, make_interest_note(invoice)
    yield "billing.Invoice", relation, invoice


def _another(kind: str, number: int, elsewhere: Programme, alliance: Alliance, owner: Organisation) -> Record:
    match kind:
        case "patents.Patent":
            return make_patent(alliance, f"CN{number}Z", owner)
        case "composition.Pool":
            return make_pool(alliance, f"hand-{number}", state=PoolState.FORMING)
        case "agreements.Licence":
            return make_licence(elsewhere, owner, f"HAND{number}")
        case "submissions.Panel":
            call = make_call(make_pool(alliance, f"called-{number}", state=PoolState.FORMING))
            member = make_membership(alliance, owner, f"HAND{number}")
            return make_panel(make_submission(call, member, make_patent(alliance, f"CN{number}Y", owner)))
    run = make_run(elsewhere, date(2025, 6 + number, 1), person=make_user())
    return move_run(run, RunStatus.POSTED, calculator=make_user(), approver=make_user())
