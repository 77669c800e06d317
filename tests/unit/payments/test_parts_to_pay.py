"""Amounts that the payment service takes, and parts that are left to pay."""

from datetime import date

import pytest

from licensing.payments.calculation import PartToPay, limits_of, parts_to_pay, refusal_of

FIRST, SECOND, THIRD = date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)


@pytest.mark.parametrize("currency", ["CNY", "USD", "JPY", "KWD", "ISK", "UGX", "HUF", "MXN"])
def test_what_lies_between_the_limits_is_taken_and_what_lies_beyond_is_not(currency: str) -> None:
    limits = limits_of(currency)
    for amount in (limits.least_minor, limits.least_minor + limits.step_minor, limits.most_minor):
        assert refusal_of(amount, currency) is None
        assert amount % limits.step_minor == 0
    assert refusal_of(limits.most_minor + limits.step_minor, currency) == "too_much"
    if limits.least_minor > limits.step_minor:
        assert refusal_of(limits.least_minor - limits.step_minor, currency) == "too_little"
    if limits.step_minor > 1:
        assert refusal_of(limits.least_minor + 1, currency) == "steps"


def test_parts_are_paid_in_the_order_of_their_days_less_what_is_under_way() -> None:
    parts = [(THIRD, 500), (FIRST, 100), (SECOND, 300)]
    assert parts_to_pay(parts, 0) == [PartToPay(FIRST, 100), PartToPay(SECOND, 400), PartToPay(THIRD, 900)]
    assert parts_to_pay(parts, 100) == [PartToPay(SECOND, 300), PartToPay(THIRD, 800)]
    assert parts_to_pay(parts, 150) == [PartToPay(SECOND, 250), PartToPay(THIRD, 750)]
    assert parts_to_pay([(FIRST, 0), (SECOND, 300)], 0) == [PartToPay(SECOND, 300)]
    assert parts_to_pay(parts, 900) == []
    assert parts_to_pay([], 0) == []
