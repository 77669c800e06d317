"""Charges, exchange rates and payments of a bundle beside what is recorded."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from licensing.agreements.models import (
    Charge,
    ExchangeRate,
    Receipt,
)
from licensing.agreements.services import (
    NewCharge,
    NewRate,
    NewReceipt,
    raise_charges,
    record_receipts,
    set_exchange_rates,
)
from licensing.bundles.comparison import Compared, Key, Row, compare, compare_counts
from licensing.bundles.records.base import Comparison, licence_ids
from licensing.bundles.records.cells import first_of, month_text
from licensing.engine.model import first_day
from platform_core.csv_text import plain_decimal
from platform_core.money import exponent


class Money(Comparison):
    """Compares charges, rates and payments, and records what is new."""

    def charges(self) -> Compared:
        """Raise new charges of the period's months; those of other months are not part of the close."""
        terms = self.bundle.terms
        first, last = first_day(terms.period_start), first_day(terms.period_end)
        given = [row for row in self.bundle.charges if month_text(first) <= row.key[1] <= month_text(last)]
        recorded: Counter[Key] = Counter(
            (code, month_text(month), kind, plain_decimal(amount), currency)
            for code, month, kind, amount, currency in Charge.objects.filter(
                licence__programme=self.programme, month__gte=first, month__lte=last, cancelled_at__isnull=True
            ).values_list("licence__code", "month", "kind", "amount", "currency")
        )
        compared = compare_counts("charges.csv", given, recorded)
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            raise_charges(
                actor=self.actor,
                programme_id=self.programme.pk,
                charges=[
                    NewCharge(
                        licence_id=ids[row.key[0]],
                        month=first_of(row.key[1]),
                        kind=row.key[2],
                        amount=Decimal(row.key[3]),
                        currency=row.key[4],
                    )
                    for row in compared.new
                ],
            )
        return compared

    def rates(self) -> Compared:
        """Set exchange rates that are not set yet."""
        recorded: dict[Key, Mapping[str, str]] = {
            (month_text(month), currency): {"rate": plain_decimal(rate)}
            for month, currency, rate in ExchangeRate.objects.filter(programme=self.programme).values_list(
                "month", "currency", "rate"
            )
        }
        compared = compare("fx.csv", self.bundle.rates, recorded, may_lack=True)
        if compared.new and not compared.differences and not self.blocked:
            set_exchange_rates(
                actor=self.actor,
                programme_id=self.programme.pk,
                rates=[
                    NewRate(month=first_of(row.key[0]), currency=row.key[1], rate=Decimal(row.cells["rate"]))
                    for row in compared.new
                ],
            )
        return compared

    def payments(self) -> Compared:
        """Record what was received for the period; what was received is one sum for each licence."""
        terms = self.bundle.terms
        digits = exponent(terms.currency)
        recorded: Counter[Key] = Counter()
        for code, amount in Receipt.objects.filter(licence__programme=self.programme, period=terms.period).values_list(
            "licence__code", "amount_minor"
        ):
            recorded[(code,)] += amount
        given: Counter[Key] = Counter()
        for row in self.bundle.payments:
            given[row.key] += int(Fraction(row.cells["amount"]) * 10**digits)
        if not self.bundle.terms.collected:
            return Compared()
        sums = {row.key: row.line for row in reversed(self.bundle.payments)}
        compared = compare(
            "payments.csv",
            [Row(line, key, {"amount_minor": str(given[key])}) for key, line in sums.items()],
            {key: {"amount_minor": str(amount)} for key, amount in recorded.items()},
        )
        if compared.new and not compared.differences and not self.blocked:
            ids = licence_ids(self.programme)
            new = {row.key for row in compared.new}
            record_receipts(
                actor=self.actor,
                programme_id=self.programme.pk,
                receipts=[
                    NewReceipt(
                        licence_id=ids[row.key[0]],
                        period=terms.period,
                        amount_minor=int(Fraction(row.cells["amount"]) * 10**digits),
                    )
                    for row in self.bundle.payments
                    if row.key in new
                ],
            )
        return compared
