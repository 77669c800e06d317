"""From an application to an agreed offer: who may do what, what stays, and who learns of it."""

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from licensing.dealings.home import dealings_waiting
from licensing.dealings.models import ConductKind, ConductStep, Dealing, Offer, Side
from licensing.dealings.selectors import allowed_steps, conduct_in, dealings, differences_between, offers_in
from licensing.dealings.services import (
    accept_offer,
    acknowledge_application,
    close_dealing,
    note_conduct,
    refuse_offer,
)
from platform_core.access.kernel import visible_rows
from platform_core.access.registry import policies
from platform_core.audit.models import AuditEvent
from platform_core.audit.selectors import audit_events
from platform_core.deadlines.models import Deadline
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.integration.dealings.conftest import Talks

pytestmark = pytest.mark.django_db


def open_deadlines(dealing: Dealing) -> list[tuple[str, date]]:
    rows = Deadline.objects.filter(subject_id=dealing.pk, state="open").order_by("kind")
    return list(rows.values_list("kind", "due_on"))


def test_from_an_application_to_an_agreed_offer(talks: Talks) -> None:
    dealing = talks.applied()
    assert (dealing.state, dealing.turn, dealing.next_by) == ("applied", Side.OFFICE, date(2026, 2, 17))
    assert open_deadlines(dealing) == [("licence_application", date(2026, 2, 17))]

    dealing = acknowledge_application(actor=talks.acting("secretariat"), dealing_id=dealing.pk)
    assert (dealing.state, dealing.next_by) == ("acknowledged", date(2026, 3, 4))

    first = talks.offered(dealing)
    assert (first.number, first.side) == (1, Side.OFFICE)
    assert open_deadlines(dealing) == [("offer_reply", date(2026, 3, 4))]
    counter = talks.offered(dealing, "prospect", cure_days=60, conditions="Reports twice a year.")
    first.refresh_from_db()
    assert first.state == "countered"
    assert [(each.field, each.before, each.after) for each in differences_between(first, counter)] == [
        ("cure_days", "30", "60"),
        ("conditions", "", "Reports twice a year."),
    ]
    assert open_deadlines(dealing) == [("counter_offer_reply", date(2026, 3, 4))]

    accept_offer(actor=talks.acting("secretariat"), dealing_id=dealing.pk, number=2)
    dealing.refresh_from_db()
    assert (dealing.state, dealing.turn, dealing.next_by) == ("agreed", Side.OFFICE, date(2026, 3, 4))
    assert open_deadlines(dealing) == [("licence_agreed", date(2026, 3, 4))]
    conduct = conduct_in(dealing, actor=talks.acting("prospect"))
    assert [(step.kind, step.side, step.offer_number) for step in conduct] == [
        ("applied", "prospect", None),
        ("acknowledged", "office", None),
        ("offered", "office", 1),
        ("countered", "prospect", 2),
        ("accepted", "office", 2),
    ]


def test_nobody_but_the_two_sides_learns_that_somebody_applied(talks: Talks) -> None:
    dealing = talks.applied()
    talks.offered(dealing)
    sees = {who for who in talks.world.seats if dealings(actor=talks.acting(who)).filter(pk=dealing.pk).exists()}
    assert sees == {"prospect", "secretariat", "colleague"}
    told = set(Notice.objects.filter(subject_id=dealing.pk).values_list("seat__user__name", flat=True))
    assert told == {"prospect", "uhd-secretariat", "colleague"}
    for who in ("calculator", "approver", "M1", "rival", "L1"):
        actor = talks.acting(who)
        assert not audit_events(actor=actor).filter(subject_id=dealing.pk).exists(), who
        assert not Deadline.objects.visible_to(actor).filter(subject_id=dealing.pk).exists(), who
        for policy in policies():
            if policy.model._meta.app_label == "dealings":
                seen = policy.model._default_manager.filter(visible_rows(actor, policy.model))
                assert not seen.exists(), (who, policy.model)
    # A second firm applies under the same programme, and is told nothing by that.
    assert talks.applied("rival").state == "applied"
    # Messages say that there is news, and not of what.
    sent = [message for message in Message.objects.all() if message.kind.startswith("dealing.")]
    assert {message.kind for message in sent} == {"dealing.to_office", "dealing.to_prospect"}
    said = {name for message in sent for name in json.loads(message.values)}
    assert said == {"organisation", "programme", "name", "link"}


def test_a_firm_applies_once_at_a_time_and_not_beside_a_licence(talks: Talks) -> None:
    talks.applied()
    with pytest.raises(Conflict, match="has applied under this programme already"):
        talks.applied()
    talks.world.licences["L1"].licensee = talks.firm("rival")
    talks.world.licences["L1"].save()
    with pytest.raises(Conflict, match="has licence L1"):
        talks.applied("rival")
    with pytest.raises(NotAllowed):
        talks.applied("M1")
    assert Dealing.objects.count() == 1


def test_a_step_is_taken_by_the_side_whose_step_it_is(talks: Talks) -> None:
    dealing = talks.applied()
    with pytest.raises(NotAllowed):
        acknowledge_application(actor=talks.acting("prospect"), dealing_id=dealing.pk)
    with pytest.raises(Conflict, match="The office makes the first offer"):
        talks.offered(dealing, "prospect")
    with pytest.raises(NotFound):
        talks.offered(dealing, "rival")
    talks.offered(dealing)
    with pytest.raises(Conflict, match="your own side's"):
        accept_offer(actor=talks.acting("colleague"), dealing_id=dealing.pk, number=1)
    dealing.refresh_from_db()
    assert (dealing.state, Offer.objects.count()) == ("in_talks", 1)
    offers = offers_in(dealing, actor=talks.acting("prospect"))
    assert allowed_steps(dealing, offers, actor=talks.acting("prospect")) == [
        *("offers", "acceptance", "turning-down", "ending", "conduct")
    ]
    assert allowed_steps(dealing, offers, actor=talks.acting("secretariat")) == ["offers", "ending", "conduct"]


def test_an_offer_is_accepted_until_its_day_and_not_after(talks: Talks) -> None:
    dealing = talks.applied()
    talks.offered(dealing, reply_by=date(2026, 2, 5))
    talks.world.clock.move(timedelta(days=4))
    with pytest.raises(Conflict, match="until 2026-02-05"):
        accept_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1)
    dealing.refresh_from_db()
    assert dealing.state == "in_talks"
    talks.world.clock.move(timedelta(days=-1))
    assert accept_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1).state == "accepted"


def test_an_offer_names_a_list_terms_how_the_fee_comes_about_and_time_to_answer(talks: Talks) -> None:
    dealing = talks.applied()
    with pytest.raises(InvalidInput) as refused:
        talks.offered(dealing, fee_basis=" ", reply_by=date(2026, 2, 2), cure_days=0, ends_on=date(2025, 1, 1))
    assert [error.pointer for error in refused.value.errors] == ["/fee_basis", "/ends_on", "/reply_by", "/cure_days"]
    with pytest.raises(NotFound):
        talks.offered(dealing, list_version_id=talks.world.terms.pk)
    with pytest.raises(NotFound):
        talks.offered(dealing, terms_version_id=talks.listed.pk)
    with pytest.raises(InvalidInput, match="no such option"):
        talks.offered(dealing, option="per subscriber")
    assert not Offer.objects.exists()


def test_a_refused_offer_leaves_its_reason_and_the_other_side_goes_on(talks: Talks) -> None:
    dealing = talks.applied()
    talks.offered(dealing)
    with pytest.raises(InvalidInput):
        refuse_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1, reason=" ")
    refuse_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1, reason="Too dear for us.")
    dealing.refresh_from_db()
    assert (dealing.state, dealing.turn) == ("in_talks", Side.OFFICE)
    assert open_deadlines(dealing) == [("licence_application", date(2026, 3, 4))]
    second = talks.offered(dealing, prices_include_tax=True)
    assert (second.number, second.state) == (2, "open")
    close_dealing(actor=talks.acting("prospect"), dealing_id=dealing.pk, reason="We stopped making them.")
    dealing.refresh_from_db()
    second.refresh_from_db()
    assert (dealing.state, dealing.closed_by_side, dealing.turn, second.state) == ("closed", "prospect", "", "dropped")
    assert open_deadlines(dealing) == []
    with pytest.raises(WrongState):
        talks.offered(dealing)
    # Another time is another dealing.
    assert talks.applied().pk != dealing.pk


def test_what_was_offered_and_done_is_never_rewritten(talks: Talks) -> None:
    dealing = talks.applied()
    offer = talks.offered(dealing)
    for change in (
        lambda: Offer.objects.filter(pk=offer.pk).update(cure_days=1),
        lambda: Offer.objects.filter(pk=offer.pk).delete(),
        lambda: Dealing.objects.filter(pk=dealing.pk).update(products="else"),
        lambda: Dealing.objects.filter(pk=dealing.pk).update(prospect=talks.firm("rival")),
        lambda: ConductStep.objects.filter(dealing=dealing).update(text="else"),
        lambda: ConductStep.objects.filter(dealing=dealing).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_happened_outside_is_noted_by_the_side_that_did_it(talks: Talks) -> None:
    dealing = talks.applied()
    noted = note_conduct(
        actor=talks.acting("prospect"),
        dealing_id=dealing.pk,
        kind=ConductKind.DECLARED_WILLING,
        happened_on=date(2026, 1, 20),
        text="Letter of 20 January.",
    )
    assert (noted.side, noted.happened_on) == ("prospect", date(2026, 1, 20))
    with pytest.raises(InvalidInput) as refused:
        note_conduct(
            actor=talks.acting("secretariat"),
            dealing_id=dealing.pk,
            kind=ConductKind.ACCEPTED,
            happened_on=date(2026, 3, 1),
            text="",
        )
    assert [error.pointer for error in refused.value.errors] == ["/text", "/kind", "/happened_on"]
    # By the day it was done, not by when it was written down.
    assert [step.kind for step in conduct_in(dealing, actor=talks.acting("secretariat"))] == [
        *("declared_willing", "applied")
    ]
    assert AuditEvent.objects.filter(name="dealing.conduct_noted").count() == 1


def test_each_side_finds_on_its_home_page_what_waits_for_it(talks: Talks) -> None:
    dealing = talks.applied()

    def waiting(who: str) -> list[tuple[str, date | None, str]]:
        return [(row.kind, row.due_on, row.severity) for row in dealings_waiting(talks.acting(who))]

    assert waiting("secretariat") == [("dealing.applied", date(2026, 2, 17), "attention")]
    assert waiting("prospect") == []
    talks.offered(dealing)
    assert waiting("secretariat") == []
    assert waiting("prospect") == [("dealing.in_talks", date(2026, 3, 4), "attention")]
    talks.world.clock.move(timedelta(days=60))
    assert waiting("prospect") == [("dealing.in_talks", date(2026, 3, 4), "overdue")]
    assert waiting("rival") == waiting("calculator") == []
