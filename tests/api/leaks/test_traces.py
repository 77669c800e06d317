"""What is done leaves one event on record, and what is confidential leaves a line in the access log when it is read.

Both are tried at every route of the API, by somebody who may use it; what leaves nothing stands here with its reason.
"""

import pytest
from django.db import transaction

from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from tests.api.leaks.test_hidden_ids import address_of, users_of
from tests.api.matrix.asked import _filled, _tag, question
from tests.api.matrix.asking import ask, done_with, routes, streamed
from tests.api.matrix.samples import Samples

pytest_plugins = ["tests.api.matrix.test_matrix"]

CONFIDENTIAL = ("sales-reports", "statements", "close-runs/{run_id}/")
"""What others' figures are read through: reports, statements, and the results of closes."""

READ_WITHOUT_A_LINE = {
    "GET close-runs/{run_id}/progress": "it says how far a calculation is, and no figure",
}

NEEDS_A_CALCULATION = frozenset(
    {
        *(
            f"GET close-runs/{{run_id}}/{name}"
            for name in ("adjustments", "bundle", "comparison", "sheet", "sheet/document")
        ),
        *(f"GET statements/{{statement_id}}/{name}" for name in ("comparison", "document", "explanation")),
    }
)
"""What is given only of a close that was really calculated; the closes here are rows alone."""

DONE_WITHOUT_AN_EVENT = {
    "PUT me/seat": "which seat one looks through is a matter of the session",
    "PUT home/seen": "that somebody has looked decides nothing",
    "POST notices/read": "that somebody has looked decides nothing",
    "POST saved-views": "a note of one's own decides nothing",
    "PATCH saved-views/{view_id}": "a note of one's own decides nothing",
    "DELETE saved-views/{view_id}": "a note of one's own decides nothing",
}

SEVERAL = {
    "POST alliances/{alliance_id}/founding-members": "each member is admitted by a step of its own",
    "POST memberships/{membership_id}/departure": "the shares that end with it are ended each by an event of their own",
}


def changing() -> list[str]:
    return [route for route in sorted(routes()) if not route.startswith("GET ")]


@pytest.mark.parametrize("route", changing())
def test_what_is_done_leaves_one_event(samples: Samples, route: str) -> None:
    one = question(route)
    askers = {asker.name: asker for asker in samples.askers}
    for name, sample in users_of(route, samples):
        address = address_of(one, sample)
        body = _filled(one.body, {**samples.values, "id": str(sample.pk)})
        with transaction.atomic():
            tag = _tag(askers[name], one, address)
            before = AuditEvent.objects.count()
            response = ask(askers[name], route, address, body=body, form=one.form, tag=tag)
            events = AuditEvent.objects.count() - before
            transaction.set_rollback(True)
        if response.status_code >= 400:
            assert events == 0, f"{name}: refused with {response.status_code}, yet on record"
        elif route in DONE_WITHOUT_AN_EVENT:
            assert events == 0, f"{name}: it does leave an event: take it from the list"
        elif route not in SEVERAL:
            assert events == 1, f"{name}: {events} events"


@pytest.mark.parametrize(
    "route", [route for route in sorted(routes()) if route.startswith(tuple(f"GET {name}" for name in CONFIDENTIAL))]
)
def test_what_is_confidential_is_logged_when_it_is_read(samples: Samples, route: str) -> None:
    one = question(route)
    askers = {asker.name: asker for asker in samples.askers}
    read = 0
    for name, sample in users_of(route, samples):
        asked = ["", "?format=csv"] if getattr(routes()[route], "orders", None) else [""]
        for query in asked:
            with transaction.atomic():
                before = AccessLogEntry.objects.count()
                response = ask(askers[name], route, f"{address_of(one, sample)}{query}")
                contents = streamed(response)
                lines = AccessLogEntry.objects.count() - before
                given = response.status_code == 200 and (
                    contents.count(b"\n") > 1 if query else bool(getattr(response, "data", {}).get("items", True))
                )
                done_with(response)
                transaction.set_rollback(True)
            if given:
                read += 1
                assert (lines > 0) is (route not in READ_WITHOUT_A_LINE), f"{name} {query}: {lines} lines"
    assert read or route in NEEDS_A_CALCULATION, "nobody here is given anything: add a sample"
