"""What open licences tell the home page: payments to look at, sums and statements that are due, notices not given."""

from collections.abc import Collection, Iterator
from itertools import islice

from django.db.models import Exists, OuterRef

from licensing.openlicences.models import OpenLicence, OpenPayment
from licensing.openlicences.policies import CONFIRM_OPEN_PAYMENT, STATE_OPEN_ROYALTIES
from licensing.openlicences.selectors import OWING_STATES, dues_of
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting

_DUE = {"open": "open_licence.pay", "to_state": "open_licence.state"}


def open_licences_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell an owner which payments it has to look at, and a licensee what it has to state or pay."""
    if actor.organisation_id is None:
        return
    yield from _to_confirm(actor)
    yield from _to_pay(actor)


def _to_confirm(actor: Actor) -> Iterator[Waiting]:
    undecided = OpenPayment.objects.filter(licence=OuterRef("pk"), received_on=None, contested_on=None)
    rows = OpenLicence.objects.permitted_to(actor, CONFIRM_OPEN_PAYMENT).filter(Exists(undecided))
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
