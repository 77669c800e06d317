"""What the samples of the table are made with: its world, its people, and things no factory makes alone."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from licensing.payments.kinds import PREPAID
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.identity.models import Organisation, Seat, User
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account, BookReopening, Entry
from platform_core.models import Record
from platform_core.treasury.models import BankAccount, PayeeAccount
from pools.charts.models import ClaimChart
from pools.submissions.models import Panel
from tests.api.matrix.asking import Asker
from tests.api.matrix.kept import Sample
from tests.factories import grants
from tests.factories.core import NOON, actor_of_seat, make_user
from tests.factories.ledger import make_book_reopening
from tests.factories.submissions import make_evaluator
from tests.factories.world import World, make_world


def world_without_grants() -> World:
    """Make the world without what its people were given by hand: the table's own people are given it."""
    populate = grants.populate
    grants.populate = lambda world: None
    try:
        return make_world()
    finally:
        grants.populate = populate


def prepared_seat(organisation: Organisation, by: Seat) -> Seat:
    """Make a seat that an office gave at an organisation, and that nobody has confirmed."""
    return Seat.objects.create(user=make_user(), organisation=organisation, created_at=NOON, prepared_by=by.user)


def event_on(subject: Record, seat: Seat) -> AuditEvent:
    return record_event("sample.recorded", actor=actor_of_seat(seat), subject=subject)


def own(model: type[Record], path: str, column: str = "seat_id", **where: Any) -> Callable[[Actor], Model | None]:
    def find(actor: Actor) -> Model | None:
        value = getattr(actor, column)
        return None if value is None else model.objects.filter(**{path: value}, **where).order_by("pk").first()

    return find


def asker_named(world: World, name: str) -> Asker:
    if name == "nobody":
        return Asker(name, None, Actor.public(clock=world.clock))
    if name == "no seat":
        return Asker(name, make_user(), None)
    actor = world.actor(f"first {name}")
    assert actor.user_id is not None
    return Asker(name, User.objects.get(pk=actor.user_id), actor)


def staffed(panel: object, organisation: Organisation) -> Panel:
    """Put evaluators of an organisation on a panel, so that the office that sees them can assign them anew."""
    assert isinstance(panel, Panel)
    panel.lead, panel.first_assistant, panel.second_assistant = (make_evaluator(organisation) for _ in range(3))
    panel.save()
    return panel


def submitted_charts(own: Organisation, same: Organisation) -> dict[str, ClaimChart]:
    """Return the charts of a company and its rival that were handed in with submissions."""
    handed_in = ClaimChart.objects.filter(submission_claims__submission__state="submitted")
    return {
        f"{relation}_submitted": handed_in.get(target__organisation=owner)
        for relation, owner in (("own", own), ("same", same))
    }


def books_of(world: World) -> dict[str, dict[str, Sample]]:
    """Return accounts and entries in the books of the first entity, and one of each in those of the second."""
    entity, elsewhere = world.entities
    company, rival, stranger, _ = world.organisations
    royalties = Account.objects.filter(purpose=Purpose.ROYALTIES)
    waiting = royalties.filter(kind=SUSPENSE.code, label="")
    entries = Entry.objects.order_by("number")
    return {
        "ledger.Account": {
            "own": waiting.get(operating_entity=entity, holder=company),
            "own_deposits": Account.objects.get(
                operating_entity=entity, holder=company, purpose=Purpose.CUSTODY_DEPOSITS, label=""
            ),
            "same": waiting.get(operating_entity=entity, holder=rival),
            "other": waiting.get(operating_entity=elsewhere, holder=stranger),
            "own_prepaid": royalties.get(operating_entity=entity, holder=company, kind=PREPAID.code),
            "bank": royalties.get(operating_entity=entity, kind=BANK.code, label=""),
        },
        "ledger.Entry": {
            "own": entries.filter(operating_entity=entity, postings__account__holder=company)[0],
            "same": entries.filter(operating_entity=entity, postings__account__holder=rival)[0],
            "deposits": entries.filter(operating_entity=entity, purpose=Purpose.CUSTODY_DEPOSITS)[0],
            "other": entries.filter(operating_entity=elsewhere, purpose=Purpose.ROYALTIES)[0],
        },
        "ledger.BookReopening": {
            "same": BookReopening.objects.get(operating_entity=entity),
            "same_withdrawn": make_book_reopening(entity),
            "other": BookReopening.objects.get(operating_entity=elsewhere),
        },
    }


def treasury_of(world: World) -> dict[str, dict[str, Sample]]:
    """Return bank accounts of the first entity for royalties and deposits, and one of the second; and their lines."""
    entity, elsewhere = world.entities
    found: dict[str, dict[str, Sample]] = {}
    for relation, where, purpose in (
        ("same", entity, Purpose.ROYALTIES),
        ("deposits", entity, Purpose.CUSTODY_DEPOSITS),
        ("other", elsewhere, Purpose.ROYALTIES),
    ):
        account = BankAccount.objects.filter(operating_entity=where, purpose=purpose).earliest("pk")
        found.setdefault("treasury.BankAccount", {})[relation] = account
        found.setdefault("treasury.BankStatement", {})[relation] = account.statements.earliest("pk")
        found.setdefault("treasury.StatementLine", {})[relation] = account.lines.earliest("pk")
        found.setdefault("treasury.Payout", {})[relation] = account.payouts.filter(state="drafted").earliest("pk")
        found.setdefault("treasury.PayoutFile", {})[relation] = account.payout_files.earliest("pk")
    found["treasury.PayeeAccount"] = {
        relation: PayeeAccount.objects.get(organisation=organisation, state="entered")
        for relation, organisation in zip(("own", "same", "other"), world.organisations, strict=False)
    }
    return found
