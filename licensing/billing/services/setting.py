"""What billing goes by: tax identities, taxes, terms and series of numbers, each from a day on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Licence
from licensing.billing.calculation import Bearer, Rounded
from licensing.billing.models import SERIES_FORM, BillingTerms, InvoiceSeries, TaxIdentity, TaxKind, TaxRule
from licensing.billing.policies import (
    CLOSE_INVOICE_SERIES,
    OPEN_INVOICE_SERIES,
    SET_BILLING_TERMS,
    SET_TAX_IDENTITY,
    SET_TAX_RULE,
)
from licensing.billing.selectors import tax_rule_on
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.models import Record
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

LONGEST_TERM: Final = 366
_ONE_DAY: Final = Conflict("There is one from that day already: choose another day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTaxIdentity:
    """Who an organisation is to the tax office from a day on."""

    organisation_id: UUID
    from_on: date
    name: str
    country: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTaxRule:
    """A tax at a rate from a day on."""

    code: str
    kind: TaxKind
    from_on: date
    percent: Decimal
    rounded: Rounded = Rounded.TAX
    bearer: Bearer | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBillingTerms:
    """How a programme, or one licence of it, is billed from a day on."""

    from_on: date
    payment_days: int
    licence_id: UUID | None = None
    prices_include_tax: bool = False
    vat_code: str = ""
    withholding_code: str = ""
    interest_kind: InterestKind | None = None
    interest_percent: Decimal = Decimal(0)
    interest_year_days: int = 365


@transaction.atomic
def set_tax_identity(*, actor: Actor, operating_entity_id: UUID, identity: NewTaxIdentity) -> TaxIdentity:
    """Note who an organisation is to the tax office from a day on; papers issued before keep what stood on them."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_TAX_IDENTITY, entity)
    is_own = identity.organisation_id == entity.organisation_id
    organisation = entity.organisation if is_own else get_visible(Organisation, identity.organisation_id, actor=actor)
    checks = Checks()
    checks.text("name", identity.name)
    checks.country("country", identity.country)
    for field, longest in (("tax_number", 40), ("address", 300), ("phone", 40), ("bank_name", 200)):
        checks.text(field, getattr(identity, field), needed=False, longest=longest)
    checks.text("bank_account", identity.bank_account, needed=False, longest=64)
    checks.refuse()
    with told_as(_PROBLEMS):
        noted = TaxIdentity.objects.create(
            operating_entity=entity,
            organisation=organisation,
            from_on=identity.from_on,
            name=identity.name,
            country=identity.country,
            tax_number=identity.tax_number,
            address=identity.address,
            phone=identity.phone,
            bank_name=identity.bank_name,
            bank_account=identity.bank_account,
        )
    _noted("tax_identity.set", actor, noted, ("from_on", "name", "country", "tax_number", "bank_account"))
    return noted


@transaction.atomic
def set_tax_rule(*, actor: Actor, operating_entity_id: UUID, rule: NewTaxRule) -> TaxRule:
    """Set a tax from a day on; it holds until the next one of its code."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_TAX_RULE, entity)
    checks = Checks()
    checks.text("code", rule.code, longest=20)
    checks.text("basis", rule.basis, needed=False, longest=300)
    _percent(checks, "percent", rule.percent, zero_allowed=True)
    if (rule.kind == TaxKind.WITHHOLDING) != (rule.bearer is not None):
        checks.wrong("bearer", "bearer", "Say who bears a tax withheld; of value added tax nobody needs to.")
    if TaxRule.objects.filter(operating_entity=entity, code=rule.code).exclude(kind=rule.kind).exists():
        checks.wrong("code", "other_kind", "This code is that of a tax of the other kind. Choose another.")
    checks.refuse()
    with told_as(_PROBLEMS):
        noted = TaxRule.objects.create(
            operating_entity=entity,
            code=rule.code,
            kind=rule.kind,
            from_on=rule.from_on,
            percent=rule.percent,
            rounded=rule.rounded.value,
            bearer=rule.bearer.value if rule.bearer else "",
            basis=rule.basis,
        )
    _noted("tax_rule.set", actor, noted, ("code", "kind", "from_on", "percent", "rounded", "bearer"))
    return noted


@transaction.atomic
def set_billing_terms(*, actor: Actor, programme_id: UUID, terms: NewBillingTerms) -> BillingTerms:
    """Set how a programme or one of its licences is billed from a day on; invoices issued before keep their terms."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, SET_BILLING_TERMS, programme)
    checks = Checks()
    licence = None
    if terms.licence_id is not None:
        licence = get_visible(Licence, terms.licence_id, actor=actor)
        if licence.programme_id != programme.pk:
            checks.wrong("licence_id", "other_programme", "Choose a licence of this programme.")
    if not 0 <= terms.payment_days <= LONGEST_TERM:
        checks.wrong("payment_days", "bad_days", f"Between 0 and {LONGEST_TERM} days.")
    for field, code, kind in (
        ("vat_code", terms.vat_code, TaxKind.VAT),
        ("withholding_code", terms.withholding_code, TaxKind.WITHHOLDING),
    ):
        if code and tax_rule_on(programme.operating_entity_id, code, kind, terms.from_on) is None:
            checks.wrong(field, "unknown_tax", "There is no such tax in force on that day: set the tax first.")
    if terms.interest_kind is None:
        if terms.interest_percent:
            checks.wrong("interest_kind", "required", "Say for which span the percentage is.")
    else:
        _percent(checks, "interest_percent", terms.interest_percent)
    if terms.interest_year_days not in (360, 365):
        checks.wrong("interest_year_days", "bad_year", "A year of interest has 360 or 365 days.")
    checks.refuse()
    with told_as(_PROBLEMS):
        noted = BillingTerms.objects.create(
            programme=programme,
            licence=licence,
            from_on=terms.from_on,
            payment_days=terms.payment_days,
            prices_include_tax=terms.prices_include_tax,
            vat_code=terms.vat_code,
            withholding_code=terms.withholding_code,
            interest_kind=terms.interest_kind.value if terms.interest_kind else "",
            interest_percent=terms.interest_percent,
            interest_year_days=terms.interest_year_days,
        )
    fields = ("from_on", "payment_days", "prices_include_tax", "vat_code", "withholding_code", "interest_percent")
    _noted("billing_terms.set", actor, noted, fields)
    return noted


@transaction.atomic
def open_invoice_series(*, actor: Actor, operating_entity_id: UUID, code: str, name: str = "") -> InvoiceSeries:
    """Open a row of invoice numbers."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, OPEN_INVOICE_SERIES, entity)
    checks = Checks()
    if re.fullmatch(SERIES_FORM, code) is None:
        checks.wrong(
            "code", "bad_code", "Write up to ten capital letters and digits, with a hyphen behind if you like."
        )
    checks.text("name", name, needed=False, longest=100)
    checks.refuse()
    with told_as(_PROBLEMS):
        series = InvoiceSeries.objects.create(
            operating_entity=entity, code=code, name=name, opened_at=actor.clock.now()
        )
    _noted("invoice_series.opened", actor, series, ("code", "name"))
    return series


@transaction.atomic
def close_invoice_series(*, actor: Actor, series_id: UUID) -> InvoiceSeries:
    """Close a row of invoice numbers: what was numbered stays, and nothing gets a number of it any more."""
    series = get_visible(InvoiceSeries, series_id, actor=actor, for_change=True)
    require(actor, CLOSE_INVOICE_SERIES, series)
    if series.closed_at is not None:
        raise WrongState("This series is closed already.")
    series.closed_at = actor.clock.now()
    series.save(update_fields=["closed_at"])
    record_event("invoice_series.closed", actor=actor, subject=series)
    announce(series)
    return series


def _noted(event: str, actor: Actor, record: Record, fields: Iterable[str]) -> None:
    changes = {field: (None, getattr(record, field)) for field in fields if getattr(record, field) not in ("", None)}
    record_event(event, actor=actor, subject=record, changes=changes)
    announce(record)


def _percent(checks: Checks, field: str, value: Decimal, *, zero_allowed: bool = False) -> None:
    if not (0 <= value < 100) or (value == 0 and not zero_allowed) or value != value.quantize(Decimal("0.000001")):
        checks.wrong(field, "bad_percent", "A percentage is below 100, with at most six decimals.")


_PROBLEMS: dict[str, Problem] = {
    "taxidentity_once_from_a_day": _ONE_DAY,
    "taxrule_once_from_a_day": _ONE_DAY,
    "billingterms_once_from_a_day": _ONE_DAY,
    "invoiceseries_once": Conflict("There is a series with this code already: choose another one."),
}
