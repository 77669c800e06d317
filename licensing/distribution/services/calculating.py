"""Working a distribution out: each period by its own close with all that was received, less what was given before."""

import csv
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import Error as DatabaseProblem
from django.db import transaction

from licensing.agreements.models import Licence
from licensing.close.calculation import read_payee
from licensing.close.engine_child import CalculationFailed, Engine, engine_closes, one_view_of_the_records
from licensing.close.lifecycle import CALCULATION_LIFECYCLE, IN_HAND, Calculation
from licensing.close.models import CloseRun, PayeeKind
from licensing.close.storage import bundle_folder as close_bundle_folder
from licensing.distribution import storage
from licensing.distribution.calculation import Received, Share, new_shares, payments_table, totals_by_payee
from licensing.distribution.lifecycle import DISTRIBUTION_LIFECYCLE, OPEN, DistributionStatus
from licensing.distribution.models import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
)
from licensing.distribution.policies import CALCULATE_DISTRIBUTION
from licensing.distribution.selectors import closes_to_distribute, distributed_before, get_distribution, received_by
from licensing.distribution.services.runs import end_calculation
from licensing.engine.terms import load_document
from licensing.terms.calculation import toml_text
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.csv_text import csv_bytes
from platform_core.ids import new_id
from platform_core.jobs.processes import TimeUp
from platform_core.jobs.running import Running
from platform_core.money import exponent
from platform_core.realtime.services import announce

logger = logging.getLogger(__name__)

View = Callable[[], AbstractContextManager[None]]
"""Within it everything is read as of one instant."""

_OVERTAKEN: Final[Mapping[str, Any]] = {"status": "overtaken"}
_TERMS: Final = "programme.toml"
_PAYMENTS: Final = "payments.csv"


class _OvertakenError(Exception):
    """The distribution no longer waits for this result."""


@dataclass(frozen=True, slots=True)
class _Period:
    """A period that takes part: its close, what was received under each licence, and what was given before."""

    close_run: CloseRun
    received: Mapping[UUID, int]
    before: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Worked:
    """What a period came to."""

    period: _Period
    used_minor: int
    overpaid: Mapping[str, int]
    """By the code of the licence, what was paid beyond what is owed."""
    shares: Sequence[Share]

    @property
    def has_news(self) -> bool:
        """Whether any payee gets something of it, or gives something back."""
        return any(share.amount_minor for share in self.shares)


def calculate_distribution(
    running: Running, *, run_id: UUID, attempt: int, engine: Engine | None = None, view: View | None = None
) -> Mapping[str, Any]:
    """Work a distribution out as it was asked for the `attempt`th time, and say how it ended.

    Each period is closed once more by the engine, from the very bundle of its last posted close, with all that was
    received for it by the run's day; what earlier distributions gave is taken off. Only the worker that claimed the
    run last may load its results, in one transaction. Raises CalculationFailed, in words for the people waiting.
    """
    claim = _begin(running, run_id, attempt)
    if claim is None:
        return _OVERTAKEN
    try:
        return _calculate(running, run_id, claim, engine or engine_closes, view or one_view_of_the_records)
    except _OvertakenError:
        return _OVERTAKEN
    except TimeUp as error:
        raise CalculationFailed(str(error)) from error
    finally:
        _forget_unless_loaded(run_id, claim)


@transaction.atomic
def note_failed_distribution(*, actor: Actor, run_id: UUID, attempt: int, why: str) -> None:
    """Note on a distribution that its calculation failed, unless another one was asked for meanwhile."""
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, CALCULATE_DISTRIBUTION, run)
    if run.attempt != attempt or run.calculation not in IN_HAND:
        return
    end_calculation(run, why)
    run.save(update_fields=["calculation", "message"])
    record_event("distribution_run.calculation_failed", actor=actor, subject=run, changes={"message": (None, why)})
    announce(run)


@transaction.atomic
def _begin(running: Running, run_id: UUID, attempt: int) -> UUID | None:
    actor = running.actor
    run = get_distribution(run_id, actor=actor, for_change=True)
    # Who was given the work later may hold the run by now: whoever lost it must not take it back and then stop.
    running.ask()
    require(actor, CALCULATE_DISTRIBUTION, run)
    if run.attempt != attempt or run.status not in OPEN or run.calculation not in IN_HAND:
        return None
    run.calculation = CALCULATION_LIFECYCLE.after("begin", current=Calculation(run.calculation))
    run.claim = new_id()
    run.save(update_fields=["calculation", "claim"])
    announce(run)
    return run.claim


def _calculate(running: Running, run_id: UUID, claim: UUID, engine: Engine, view: View) -> Mapping[str, Any]:
    with view():
        run = get_distribution(run_id, actor=running.actor)
        periods = _periods(run, running.actor)
    worked = []
    for place, period in enumerate(periods):
        running.progress(place, len(periods), f"Working out {period.close_run.period}")
        worked.append(_work_out(running, run, claim, period, engine))
    storage.make_durable(run_id, claim)
    running.progress(len(periods), len(periods), "Loading the results")
    return _load(running.actor, run_id, claim, worked)


def _periods(run: DistributionRun, actor: Actor) -> list[_Period]:
    received = received_by(run.programme_id, through=run.through_on)
    before = distributed_before(run)
    closes = closes_to_distribute(run.programme_id, through=run.through_on, actor=actor)
    if unclosed := sorted(set(received) - {close.period for close in closes}):
        shown = ", ".join(unclosed)
        raise CalculationFailed(f"Money was received for periods that are not closed: {shown}. Close them first.")
    return [_Period(close, received.get(close.period, {}), before.get(close.period, {})) for close in closes]


def _work_out(running: Running, run: DistributionRun, claim: UUID, period: _Period, engine: Engine) -> _Worked:
    close = period.close_run
    bundle = storage.bundle_folder(run.pk, claim, close.period)
    output = storage.output_folder(run.pk, claim, close.period)
    _write_bundle(close, bundle, period.received)
    if not engine(running, bundle, output):
        raise CalculationFailed(f"The close of {close.period} could not be repeated: its bundle is not what it was.")
    used, overpaid, cumulative = _read_output(output)
    return _Worked(period, used, overpaid, new_shares(cumulative, period.before))


def _write_bundle(close: CloseRun, bundle: Path, received: Mapping[UUID, int]) -> None:
    """Write the bundle of a close with the money received in it; everything else is what the close was made from."""
    if close.results_claim is None:
        raise CalculationFailed(f"The close of {close.period} has no bundle.")
    source = close_bundle_folder(close.pk, close.results_claim)
    try:
        storage.copy_bundle(source, bundle)
    except FileNotFoundError as error:
        raise CalculationFailed(
            f"The bundle of the close of {close.period} is missing: restore it from the backup."
        ) from error
    document = load_document((bundle / _TERMS).read_text("utf-8"))
    document["programme"] = {**document["programme"], "basis": "collected"}
    codes = dict(Licence.objects.filter(pk__in=received).values_list("pk", "code"))
    rows = payments_table(
        [Received(codes[licence], amount) for licence, amount in received.items()], digits=exponent(close.currency)
    )
    _replace(bundle / _TERMS, toml_text(document).encode())
    _replace(bundle / _PAYMENTS, csv_bytes(("licence_id", "amount"), rows))


def _replace(path: Path, content: bytes) -> None:
    # The name may be a second one of a file of the close: that file stays as it is.
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def _read_output(output: Path) -> tuple[int, dict[str, int], dict[str, int]]:
    """Return what of the money a close gives out, what was paid beyond by licence, and what each payee is due."""
    told = json.loads((output / "run.json").read_text("utf-8"))
    with (output / "payees.csv").open(encoding="utf-8", newline="") as table:
        cumulative = {row["payee"]: int(row["amount_minor"]) for row in csv.DictReader(table)}
    used = int(told["totals"]["distributed_minor"])
    if used != sum(cumulative.values()):
        raise CalculationFailed("The engine's files contradict each other: nothing of them is kept.")
    return used, told["overpaid_minor"], {payee: amount for payee, amount in cumulative.items() if amount}


@transaction.atomic
def _load(actor: Actor, run_id: UUID, claim: UUID, worked: Sequence[_Worked]) -> Mapping[str, Any]:
    run = get_distribution(run_id, actor=actor, for_change=True)
    if run.claim != claim or run.calculation != Calculation.RUNNING or run.status not in OPEN:
        raise _OvertakenError
    require(actor, CALCULATE_DISTRIBUTION, run)
    for model in (DistributionItem, DistributionShare, DistributionReceipt, DistributionPart):
        model.objects.filter(run=run).delete()
    shares = _load_parts(run, worked)
    totals = totals_by_payee(shares)
    members = _members(run)
    DistributionItem.objects.bulk_create(
        DistributionItem(run=run, payee=payee, kind=kind, membership_id=membership, amount_minor=amount)
        for payee, amount in totals.items()
        for kind, membership in [_kind_of(payee, members)]
    )
    before = DistributionStatus(run.status)
    run.status = DISTRIBUTION_LIFECYCLE.after("calculate", current=before)
    run.calculation = CALCULATION_LIFECYCLE.after("finish", current=Calculation(run.calculation))
    run.results_claim, run.message = claim, ""
    run.total_minor = sum(totals.values())
    run.periods = sorted(one.period.close_run.period for one in worked if one.has_news)
    run.calculated_at, run.calculated_by_id = actor.clock.now(), run.asked_by_id
    run.reviewed_at, run.reviewed_by, run.review = None, None, ""
    run.save()
    record_event(
        "distribution_run.calculated",
        actor=actor,
        subject=run,
        changes={"status": (before, run.status), "total_minor": (None, run.total_minor)},
    )
    announce(run)
    transaction.on_commit(lambda: storage.forget_earlier(run_id, claim))
    return {"status": "calculated", "total_minor": run.total_minor, "payees": len(totals)}


def _load_parts(run: DistributionRun, worked: Sequence[_Worked]) -> list[Share]:
    members = _members(run)
    codes = dict(Licence.objects.filter(programme=run.programme_id).values_list("pk", "code"))
    every: list[Share] = []
    for each in worked:
        period = each.period
        before = sum(period.before.values())
        if not period.received and not before:
            continue
        part = DistributionPart.objects.create(
            run=run,
            close_run=period.close_run,
            period=period.close_run.period,
            received_minor=sum(period.received.values()),
            used_minor=each.used_minor,
            before_minor=before,
        )
        DistributionReceipt.objects.bulk_create(
            DistributionReceipt(
                run=run,
                part=part,
                licence_id=licence,
                received_minor=amount,
                used_minor=max(amount, 0) - each.overpaid.get(codes[licence], 0),
            )
            for licence, amount in sorted(period.received.items())
        )
        DistributionShare.objects.bulk_create(
            DistributionShare(
                run=run,
                part=part,
                payee=share.payee,
                kind=kind,
                membership_id=membership,
                cumulative_minor=share.cumulative_minor,
                before_minor=share.before_minor,
                amount_minor=share.amount_minor,
            )
            for share in each.shares
            for kind, membership in [_kind_of(share.payee, members)]
        )
        every.extend(each.shares)
    return every


def _members(run: DistributionRun) -> Mapping[str, UUID]:
    rows = Membership.objects.filter(alliance=run.programme.alliance_id).values_list("code", "pk")
    return dict(rows)


def _kind_of(payee: str, members: Mapping[str, UUID]) -> tuple[PayeeKind, UUID | None]:
    told = read_payee(payee)
    if told.member and told.member not in members:
        raise CalculationFailed(f"The close names a member {told.member!r} that the alliance does not have.")
    return PayeeKind(told.kind), members[told.member] if told.member else None


def _forget_unless_loaded(run_id: UUID, claim: UUID) -> None:
    """Remove the files of a calculation, unless they are those of the run's results; only the row tells."""
    try:
        with transaction.atomic():
            run = DistributionRun.objects.select_for_update().only("results_claim").get(pk=run_id)
            if run.results_claim != claim:
                storage.forget_claim(run_id, claim)
    except DatabaseProblem:
        logger.warning("the files of calculation %s are kept: whether it was loaded is unknown", claim)
