"""What a close of ours came to and what it is made of, ready to be set beside an old workbook."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

import numpy as np
from django.db.models import Sum

from licensing.agreements.models import ExchangeRate
from licensing.billing.models import TaxKind, TaxRule
from licensing.close import storage
from licensing.close.models import CloseRun, CloseShare, LicenceResult, PayeeResult
from licensing.close.policies import CLOSE_WORK
from licensing.close.selectors import FilesMissing
from licensing.cutover.calculation import MICROS, Foreign, Known, OurInvoice, Shared
from licensing.cutover.kinds import Cause
from licensing.engine import BundleError
from licensing.engine.compute import Computed
from licensing.engine.explain.closed import worked_out
from licensing.engine.limits import CHARGE, MINIMUM
from licensing.engine.model import Percent, month_of
from platform_core.access.actors import Actor
from platform_core.money import round_half_away


@dataclass(slots=True)
class OurFigures:
    """What a close came to, by the codes of licences and payees."""

    invoices: dict[str, OurInvoice]
    payees: dict[str, int]
    shared: Shared
    known: Known
    licences: dict[str, UUID]
    memberships: dict[str, UUID]


def our_figures(run: CloseRun) -> OurFigures:
    """Work a calculated close out again, and say what each licence's invoice is made of.

    Raises FilesMissing where its files are not those it was calculated from.
    """
    if run.results_claim is None:
        raise FilesMissing
    work = Actor.system(CLOSE_WORK)
    results = LicenceResult.objects.visible_to(work).filter(run=run).select_related("licence")
    found: dict[str, OurInvoice] = {}
    licences: dict[str, UUID] = {}
    for row in results.order_by("position"):
        found[row.licence.code] = OurInvoice(royalty=row.royalty_minor, credit=row.credit_minor)
        licences[row.licence.code] = row.licence_id
    bundle = storage.bundle_folder(run.pk, run.results_claim)
    try:
        with worked_out(storage.output_folder(run.pk, run.results_claim), bundle) as computed:
            _fill(found, computed)
            used = dict(computed.tables.fx)
    except (FileNotFoundError, BundleError) as error:
        raise FilesMissing from error
    payees = PayeeResult.objects.visible_to(work).filter(run=run).order_by("position")
    amounts = payees.values_list("payee", "amount_minor", "membership")
    taxes = TaxRule.objects.filter(operating_entity=run.programme.operating_entity_id, kind=TaxKind.VAT)
    percents = sorted(set(taxes.values_list("percent", flat=True)))
    return OurFigures(
        invoices=found,
        payees={payee: amount for payee, amount, _ in amounts},
        shared=_shared(run, found, work),
        known=Known(taxes=[Fraction(percent) / 100 for percent in percents], exchange=_rates_of(run) | used),
        licences=licences,
        memberships={payee: member for payee, _, member in amounts if member is not None},
    )


def _rates_of(run: CloseRun) -> dict[tuple[int, str], Fraction]:
    """Return all rates of exchange of a programme, those of later months too: an old workbook may have used them."""
    rows = ExchangeRate.objects.filter(programme=run.programme_id).values_list("month", "currency", "rate")
    return {(month_of(month.year, month.month), currency): Fraction(rate) for month, currency, rate in rows}


def _shared(run: CloseRun, invoices: dict[str, OurInvoice], work: Actor) -> Shared:
    rows = (
        CloseShare.objects.visible_to(work)
        .filter(run=run)
        .order_by()
        .values_list("bucket__licence__code", "payee")
        .annotate(whole=Sum("micros"))
    )
    got: dict[str, dict[str, int]] = defaultdict(dict)
    for licence, payee, micros in rows:
        got[licence][payee] = int(micros)
    return Shared(billed={code: sum(each.billed.values()) for code, each in invoices.items()}, got=dict(got))


def _fill(invoices: dict[str, OurInvoice], computed: Computed) -> None:
    """Add units, amounts by product, what is in other currencies, and what limits did."""
    billed, buckets = computed.billed, computed.billed.buckets
    names = buckets.names
    rates = {rate.id: rate for rate in computed.terms.rates}
    for row in range(buckets.size):
        invoice = invoices[names.licences[int(buckets.licence[row])]]
        product, micros = names.products[int(buckets.product[row])], int(billed.billed[row])
        invoice.units[product] = invoice.units.get(product, 0) + int(buckets.units[row])
        invoice.billed[product] = invoice.billed.get(product, 0) + micros
        exact = int(billed.royalty[row])
        invoice.lines_minor += round_half_away(Fraction(exact, MICROS))
        if product.startswith((MINIMUM, CHARGE)):
            cause = Cause.MINIMUM if product.startswith(MINIMUM) else Cause.CHARGE
            invoice.limits[cause] = invoice.limits.get(cause, 0) + exact
            continue
        rate = rates.get(billed.rate_ids[int(billed.rate[row])])
        by_price = rate is None or isinstance(rate.form, Percent)
        currency = names.currencies[int(buckets.currency[row])] if rate is None or by_price else rate.currency
        if micros and currency != computed.terms.currency:
            month = int(buckets.month[row])
            native = Fraction(exact) / computed.tariff.exchange.rate(currency, month)
            invoice.foreign.append(Foreign(currency, month, native))
    before = computed.rated
    for number, after in enumerate(computed.stages):
        cause = Cause.WAIVER if number < len(computed.terms.waivers) else Cause.CAP
        changed = (after != before) & (computed.buckets.month >= computed.terms.period_start)
        for row in np.flatnonzero(changed).tolist():
            invoice = invoices[computed.buckets.names.licences[int(computed.buckets.licence[row])]]
            invoice.limits[cause] = invoice.limits.get(cause, 0) + int(after[row]) - int(before[row])
        before = after
