"""What a line pays is recognised by what stands on it, and only what is beyond doubt goes by itself."""

import random

import pytest

from licensing.billing.calculation import reference_code
from licensing.payments.calculation import (
    DisputeFact,
    Facts,
    RefundFact,
    Status,
    from_service,
    key_of,
    movements_of,
    to_service,
    wait_after,
)
from licensing.payments.recognition import Arrived, Open, Recogniser
from platform_core.ids import new_id

LICENSEE, OTHER = new_id(), new_id()


def invoice(number: int, amount: int, licensee: object = LICENSEE, name: str = "深圳市华彩电子有限公司") -> Open:
    return Open(
        invoice_id=new_id(),
        number=f"R2026-{number:05d}",
        reference=reference_code(number * 7919),
        open_minor=amount,
        licensee_id=licensee,  # type: ignore[arg-type]  # an id of either
        names=frozenset({name}),
        accounts=frozenset({"6222 0210 0112 3456"}) if licensee is LICENSEE else frozenset(),
    )


ONE, TWO, ELSE = invoice(1, 42400), invoice(2, 10000), invoice(3, 42400, OTHER, "某某公司")
KNOWN = Recogniser([ONE, TWO, ELSE])


def arrived(amount: int, text: str = "", name: str = "", account: str = "") -> Arrived:
    return Arrived(new_id(), amount, text, name, account)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (arrived(42400, f"许可费 {ONE.reference[:5]} {ONE.reference[5:].lower()}"), {ONE.invoice_id: 42400}),
        (arrived(52400, "R2026-00001、R2026－00002"), {ONE.invoice_id: 42400, TWO.invoice_id: 10000}),
        (arrived(42399, ONE.reference), None),
        (arrived(84800, f"{ONE.reference} {ELSE.reference}"), None),
        (arrived(42400, "许可费", "深圳市华彩电子有限公司"), None),
        (arrived(42400), None),
    ],
)
def test_only_what_names_its_invoices_and_pays_them_to_the_cent_is_beyond_doubt(
    line: Arrived, expected: object
) -> None:
    assert KNOWN.certain(line) == expected


def test_a_number_inside_a_longer_one_names_nothing() -> None:
    # R2026-100000 is paid; what names it once more names no other.
    long, short = "R2026-100000", invoice(10000, 42400)
    known = Recogniser([short])
    assert known.named(arrived(42400, f"invoice {long}")) == []
    assert known.certain(arrived(42400, f"发票{long}，许可费")) is None
    assert known.named(arrived(42400, "XR2026-10000")) == []
    for text in ("发票R2026-10000，20260210", "r2026 10000", "Ｒ２０２６－１００００", "No. R2026/10000."):
        assert known.certain(arrived(42400, text)) == {short.invoice_id: 42400}


def test_what_somebody_else_is_known_to_have_paid_is_looked_at_by_people() -> None:
    payers = {
        LICENSEE: (["深圳市华彩电子有限公司", "华彩控股"], ["6222 0210 0112 3456"]),
        OTHER: (["某某公司"], ["6222 9999 9999 9999"]),
    }
    known = Recogniser([ONE], payers=payers)
    certain = {ONE.invoice_id: 42400}
    assert known.certain(arrived(42400, ONE.reference, "某某公司", "")) is None
    assert known.certain(arrived(42400, ONE.reference, "财务部", "6222999999999999")) is None
    # Those that belong to one another pay for each other, and a stranger is nobody else.
    assert known.certain(arrived(42400, ONE.reference, "华彩控股", "")) == certain
    assert known.certain(arrived(42400, ONE.reference, "某银行代付", "1001")) == certain


def test_invoices_are_proposed_by_whatever_speaks_for_them() -> None:
    line = arrived(42400, "", "深圳市华彩电子（有限公司）".replace("（", "").replace("）", ""), "6222021001123456")
    told = [(found.invoice.number, found.reasons) for found in KNOWN.proposals(line)]
    assert told == [
        ("R2026-00001", ("account", "name", "amount")),
        ("R2026-00002", ("account", "name")),
        ("R2026-00003", ("amount",)),
    ]
    assert KNOWN.proposals(arrived(5, "nothing")) == []


def test_whatever_order_facts_come_in_the_same_things_moved() -> None:
    refunds = [RefundFact(f"re_{number}", 10 + number, "succeeded") for number in range(4)]
    refunds.append(RefundFact("re_9", 5, "failed_after_success"))
    refunds.append(RefundFact("re_8", 7, "pending"))
    disputes = [DisputeFact("dp_1", 1000, 1000, 15)]
    told = []
    for seed in range(5):
        random.Random(seed).shuffle(refunds)
        facts = Facts(
            "pi_1", Status.SUCCEEDED, "CNY", 1000, "ch_1", 42, "CNY", refunds=tuple(refunds), disputes=tuple(disputes)
        )
        told.append(movements_of(facts))
    assert all(each == told[0] for each in told)
    assert sum(each.amount_minor for each in told[0]) == 1000 - 42 - (10 + 11 + 12 + 13) - 15
    assert len({key_of(each.kind, each.service_id) for each in told[0]}) == len(told[0])


@pytest.mark.parametrize(
    ("amount", "currency", "there"), [(100, "CNY", 100), (100, "JPY", 100), (100, "ISK", 10000), (1230, "KWD", 1230)]
)
def test_amounts_are_written_as_the_service_counts_them(amount: int, currency: str, there: int) -> None:
    assert to_service(amount, currency) == there
    assert from_service(there, currency) == amount


def test_what_the_service_cannot_take_is_said() -> None:
    with pytest.raises(ValueError, match="steps of 10"):
        to_service(1234, "KWD")


def test_pauses_grow_up_to_six_hours() -> None:
    pauses = [wait_after(attempts) for attempts in range(30)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (15, 21600)
