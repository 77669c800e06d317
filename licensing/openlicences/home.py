"""What open licences tell the home page: payments to look at, what is due, notices not paid, and contested entries."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from django.db.models import Exists, OuterRef

from licensing.openlicences.models import OpenLicence, OpenLicenceState
from licensing.openlicences.policies import (
    CONFIRM_OPEN_PAYMENT,
    CONTEST_OPEN_NOTICE,
    LAPSE_OPEN_NOTICE,
    SETTLE_OPEN_ENTRY,
    STATE_OPEN_ROYALTIES,
)
from licensing.openlicences.selectors import OWING_STATES, dues_of, undecided_payments
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting

_OF_CONTEST = (
    (SETTLE_OPEN_ENTRY, ("open_licence.settle_entry", "open_licence.await_firm")),
    (CONTEST_OPEN_NOTICE, ("open_licence.await_owner", "open_licence.look_at_evidence")),
)
"""Who hears what of a contested entry: before there is evidence beside it, and after."""
_IS_ADVISED: Final = Exists(undecided_payments(OuterRef("pk")))
_DUE = {"open": "open_licence.pay", "to_state": "open_licence.state"}


def open_licences_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell an owner which payments and notices wait, a licensee what it owes, and both what is contested."""
    if actor.organisation_id is None:
        return
    yield from _to_confirm(actor)
    yield from _to_pay(actor)
    yield from _unpaid(actor)
    yield from _contested(actor)


def _to_confirm(actor: Actor) -> Iterator[Waiting]:
    rows = OpenLicence.objects.permitted_to(actor, CONFIRM_OPEN_PAYMENT).filter(_IS_ADVISED)
    for licence in rows.order_by("pk")[:AT_MOST]:
        yield Waiting(
            kind="open_licence.confirm",
            subject_type=OpenLicence._meta.label_lower,
            subject_id=licence.pk,
            title=licence.number,
        )


def _to_pay(actor: Actor) -> Iterator[Waiting]:
    rows = OpenLicence.objects.permitted_to(actor, STATE_OPEN_ROYALTIES).filter(state__in=OWING_STATES)
    found = rows.select_related("declaration__alliance", "declaration__patent").order_by("pk")
    # Cut once it is known which of them wait: those that are settled may come first.
    yield from islice(_owed(actor, list(found)), AT_MOST)


def _owed(actor: Actor, found: Collection[OpenLicence]) -> Iterator[Waiting]:
    due_under = dues_of(found, actor=actor)
    for licence in found:
        owed = next((due for due in due_under[licence.pk] if due.standing in _DUE), None)
        if owed is None:
            continue
        late = owed.due_on < today(actor.clock, licence.declaration.alliance.zone)
        yield Waiting(
            kind=_DUE[owed.standing],
            subject_type=OpenLicence._meta.label_lower,
            subject_id=licence.pk,
            title=licence.number,
            due_on=owed.due_on,
            severity=Severity.OVERDUE if late else Severity.ATTENTION,
        )


def _unpaid(actor: Actor) -> Iterator[Waiting]:
    """Tell an owner whose sum did not come in time: the notice may lapse, and does not by itself.

    Where a payment waits for the owner, that comes first, and the notice does not lapse meanwhile.
    """
    rows = OpenLicence.objects.permitted_to(actor, LAPSE_OPEN_NOTICE)
    rows = rows.filter(~_IS_ADVISED, state=OpenLicenceState.NOTICED)
    for licence in rows.select_related("declaration__alliance").order_by("sum_due_on", "pk")[:AT_MOST]:
        due_on = licence.sum_due_on
        if due_on is not None and due_on < today(actor.clock, licence.declaration.alliance.zone):
            yield Waiting(
                kind="open_licence.lapse",
                subject_type=OpenLicence._meta.label_lower,
                subject_id=licence.pk,
                title=licence.number,
                due_on=due_on,
            )


def _contested(actor: Actor) -> Iterator[Waiting]:
    """Tell both sides of an entry that is contested, until it is settled."""
    for permission, kinds in _OF_CONTEST:
        rows = OpenLicence.objects.permitted_to(actor, permission).filter(state=OpenLicenceState.CONTESTED)
        for licence in rows.order_by("contested_on", "pk")[:AT_MOST]:
            is_shown = licence.evidence_on is not None
            yield Waiting(
                kind=kinds[is_shown],
                subject_type=OpenLicence._meta.label_lower,
                subject_id=licence.pk,
                title=licence.number,
                # Whoever waits for the other side has nothing to do now.
                severity=Severity.ATTENTION if is_shown == (permission == CONTEST_OPEN_NOTICE) else Severity.FINE,
            )
