"""Releasing a distribution: the books, the proof and the statements, all in one transaction."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from licensing.billing.kinds import COLLECTED, account_of
from licensing.close.models import PayeeKind
from licensing.distribution.breakdowns.services import settle_breakdowns
from licensing.distribution.kinds import FEE_INCOME, HELD, PAYABLE, RESERVE, UNDISTRIBUTED
from licensing.distribution.lifecycle import DISTRIBUTION_LIFECYCLE, DistributionStatus, ObjectionState
from licensing.distribution.models import DistributionItem, DistributionRun, Objection
from licensing.distribution.policies import CLOSE_DISTRIBUTION, RELEASE_DISTRIBUTION
from licensing.distribution.proofs import FEWEST_PAYEES, Opening, Statement, commit_run, fingerprint, published_file
from licensing.distribution.selectors import get_distribution, payout_terms_on
from licensing.distribution.services.member_invoices import ask_for_invoices
from licensing.distribution.services.runs import require_unchanged
from licensing.distribution.services.telling import is_shared_by_enough, withhold_proofs
from licensing.distribution.withholding.models import Withholding
from licensing.distribution.withholding.services import withheld_tax_account, work_out_withholdings
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import AccountKind
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balance_of
from platform_core.ledger.services import NewEntry, open_account, post_entry
from platform_core.ledger.services.holding import hold_books
from platform_core.notices.selectors import seats_by_organisation
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce

DEFAULT_OBJECTION_DAYS: Final = 30
"""Days within which members may object where a programme has no terms of its own."""

_RESERVE_MARK: Final = "~reserve:"
_DIGITS_OF_SCALAR: Final = 64


@transaction.atomic
def release_distribution(*, actor: Actor, run_id: UUID) -> DistributionRun:
    """Release an approved distribution: book it, commit to every payee's amount, and show members their statements.

    Raises Conflict where other money has been received than it was worked out from, or where the books hold less
    received royalty than is to be given out.
    """
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, RELEASE_DISTRIBUTION, run)
    before = DistributionStatus(run.status)
    status = DISTRIBUTION_LIFECYCLE.after("release", current=before)
    items = list(DistributionItem.objects.filter(run=run).select_related("membership__organisation").order_by("payee"))
    # It reads files that no longer change, so that nobody waits for the books meanwhile.
    settle_breakdowns(run, items)
    # Before any money or balance is looked at: what is booked meanwhile comes after this, and waits until it is done.
    hold_books(run.programme.operating_entity_id)
    require_unchanged(run)
    on = today(actor.clock, run.programme.alliance.zone)
    terms = payout_terms_on(run.programme_id, on)

    accounts = {item.pk: _account_of(actor, run, item) for item in items}
    withheld = work_out_withholdings(run=run, items=items, on=on)
    for item in items:
        item.tax_minor = withheld[item.pk].tax_minor if item.pk in withheld else 0
    _note_openings(actor, items, accounts)
    _commit(run, items)
    withhold_proofs(run, items)
    run.status = status
    run.released_at, run.released_by_id = actor.clock.now(), actor.person_id
    run.objections_until = on + timedelta(days=terms.objection_days if terms else DEFAULT_OBJECTION_DAYS)
    for item in items:
        item.save(
            update_fields=[
                "tax_minor",
                "opening_minor",
                "opening",
                "proof_withheld",
                "breakdown",
                "breakdown_kept",
            ]
        )
    Withholding.objects.bulk_create(withheld.values())
    run.entry = _book(actor, run, items, accounts)
    run.save()
    asked = ask_for_invoices(actor=actor, run=run, items=items)
    record_event(
        "distribution_run.released",
        actor=actor,
        subject=run,
        changes={
            "status": (before, run.status),
            "total_minor": (None, run.total_minor),
            "fingerprint": (None, run.fingerprint),
            **({"member_invoices": (None, asked)} if asked else {}),
            **({"tax_minor": (None, sum(item.tax_minor for item in items))} if withheld else {}),
        },
    )
    announce(run)
    _tell_members(actor, run, items)
    return run


@transaction.atomic
def close_distribution(*, actor: Actor, run_id: UUID) -> DistributionRun:
    """Close a released distribution once the window for objections is over and each of them is answered."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, CLOSE_DISTRIBUTION, run)
    before = DistributionStatus(run.status)
    run.status = DISTRIBUTION_LIFECYCLE.after("close", current=before)
    if run.objections_until is not None and today(actor.clock, run.programme.alliance.zone) <= run.objections_until:
        raise WrongState(f"Members may object until {run.objections_until}: close it afterwards.")
    if Objection.objects.filter(item__run=run, state=ObjectionState.RAISED).exists():
        raise WrongState("An objection has not been answered yet.")
    run.closed_at = actor.clock.now()
    run.save(update_fields=["status", "closed_at"])
    record_event("distribution_run.closed", actor=actor, subject=run, changes={"status": (before, run.status)})
    announce(run)
    return run


def statement_of(item: DistributionItem, run: DistributionRun) -> Statement:
    """Return what a payee's statement says, to which the proof binds."""
    details: Mapping[str, Any] = {
        "programme": run.programme.code,
        "distribution": run.number,
        "through": run.through_on.isoformat(),
        "periods": list(run.periods),
        "opening_minor": str(item.opening_minor),
        "closing_minor": str(item.closing_minor),
        # Only where any is withheld: what was published before says nothing of it.
        **({"tax_minor": str(item.tax_minor)} if item.tax_minor else {}),
        # Statements released before amounts were told by product and country say nothing of them.
        **({"breakdown": item.breakdown} if item.breakdown else {}),
    }
    return Statement(payee=item.payee, amount_minor=item.amount_minor, details=details)


def _note_openings(actor: Actor, items: Iterable[DistributionItem], accounts: Mapping[UUID, Account]) -> None:
    """Note what stood on each payee's account; who is a member twice has one, on which its shares follow each other."""
    stands: dict[UUID, int] = {}
    for item in items:
        account = accounts[item.pk].pk
        before = stands[account] if account in stands else -balance_of(account, actor=actor)
        item.opening_minor = before
        stands[account] = item.closing_minor


def _commit(run: DistributionRun, items: list[DistributionItem]) -> None:
    """Publish a commitment for each payee; where the total would tell what a member gets, nothing is published."""
    if len(items) < FEWEST_PAYEES or not is_shared_by_enough(items):
        return
    published, proofs = commit_run(
        run=str(run.pk),
        currency=run.currency,
        periods=run.periods,
        statements=[statement_of(item, run) for item in items],
    )
    run.published, run.fingerprint = published_file(published), fingerprint(published)
    for item, proof in zip(items, proofs, strict=True):
        item.opening = written_opening(proof.opening)


def written_opening(opening: Opening) -> str:
    """Write what opens a commitment as text, to be kept encrypted."""
    return json.dumps({"label": opening.label, "blinding": str(opening.blinding), "nonce": opening.nonce.hex()})


def read_opening(text: str) -> Opening:
    """Read what opens a commitment as it was kept."""
    told = json.loads(text)
    return Opening(label=told["label"], blinding=int(told["blinding"]), nonce=bytes.fromhex(told["nonce"]))


_KINDS: Final[Mapping[str, AccountKind]] = {
    PayeeKind.MEMBER: PAYABLE,
    PayeeKind.HELD: HELD,
    PayeeKind.FEE: FEE_INCOME,
    PayeeKind.RESERVE: RESERVE,
    PayeeKind.UNDISTRIBUTED: UNDISTRIBUTED,
}


def _account_of(actor: Actor, run: DistributionRun, item: DistributionItem) -> Account:
    programme = run.programme
    holder = item.membership.organisation_id if item.membership else programme.operating_entity.organisation_id
    return open_account(
        actor=actor,
        operating_entity_id=programme.operating_entity_id,
        holder_id=holder,
        kind=_KINDS[item.kind].code,
        purpose=Purpose.ROYALTIES,
        currency=run.currency,
        label=_label(programme, item),
    )


def _label(programme: Programme, item: DistributionItem) -> str:
    if item.kind == PayeeKind.RESERVE:
        return f"{programme.code} {item.payee.removeprefix(_RESERVE_MARK)}"[:100]
    return "" if item.membership_id is not None else programme.code[:100]


def _book(
    actor: Actor, run: DistributionRun, items: list[DistributionItem], accounts: Mapping[UUID, Account]
) -> Entry | None:
    collected = account_of(run.programme, COLLECTED, actor=actor, currency=run.currency)
    there = -balance_of(collected.pk, actor=actor)
    if run.total_minor > there:
        raise Conflict(
            "The books hold less received royalty than is to be given out: money was noted as received that was never "
            "booked. Settle the invoices it is for."
        )
    lines = [Line(accounts[item.pk].pk, -item.net_minor) for item in items if item.net_minor]
    if tax := sum(item.tax_minor for item in items):
        owed = withheld_tax_account(actor=actor, entity=run.programme.operating_entity, currency=run.currency)
        lines.append(Line(owed.pk, -tax))
    if run.total_minor:
        lines.insert(0, Line(collected.pk, run.total_minor))
    if not lines:
        return None
    return post_entry(
        actor=actor,
        operating_entity_id=run.programme.operating_entity_id,
        entry=NewEntry(
            key=run.pk,
            name="distribution.released",
            effective_on=today(actor.clock, run.programme.alliance.zone),
            subject=run,
            lines=lines,
            memo=f"{run.programme.code} {run.number}",
        ),
    )


def _tell_members(actor: Actor, run: DistributionRun, items: Iterable[DistributionItem]) -> None:
    values = {"programme": run.programme.code, "number": run.number, "currency": run.currency}
    stated = [(item, item.membership) for item in items if item.kind == PayeeKind.MEMBER and item.membership]
    seats = seats_by_organisation(
        (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
        actor=actor,
        organisations=(membership.organisation_id for _, membership in stated),
    )
    for item, membership in stated:
        notify_seats(
            actor=actor,
            seats=seats[membership.organisation_id],
            kind="distribution.stated",
            subject=item,
            values=values | {"amount_minor": item.amount_minor},
        )
