"""What patents cost, what was paid for them, and orders to pay."""

from datetime import date
from typing import TYPE_CHECKING

from platform_core.identity.models import Alliance, Organisation
from pools.patents.models import Patent
from pools.upkeep.lifecycle import OrderState
from pools.upkeep.models import AnnuityPayment, AnnuityTerms, OfficeCalendar, PaymentOrder, PaymentOrderLine
from tests.factories.core import NOON
from tests.factories.documents import make_document

if TYPE_CHECKING:
    from tests.factories.world import World


def make_annuity_terms(patent: Patent, **columns: object) -> AnnuityTerms:
    return AnnuityTerms.objects.create(**{"patent": patent, "reduction_percent": 70, **columns})


def make_annuity_payment(patent: Patent, payer: Organisation, **columns: object) -> AnnuityPayment:
    return AnnuityPayment.objects.create(
        **{
            "patent": patent,
            "organisation": payer,
            "year": 7,
            "paid_on": date(2025, 3, 1),
            "fee_minor": 1200_00,
            "currency": "CNY",
            "recorded_at": NOON,
            **columns,
        }
    )


def make_payment_order(alliance: Alliance, payer: Organisation, *patents: Patent, **columns: object) -> PaymentOrder:
    """An order that was given out, for fees of year 9."""
    order = PaymentOrder.objects.create(
        **{
            "alliance": alliance,
            "organisation": payer,
            "title": "三月年费",
            "office": "CN",
            "currency": "CNY",
            "pay_on": date(2026, 3, 20),
            "payer_name": str(payer),
            "state": OrderState.ORDERED,
            "created_at": NOON,
            "ordered_at": NOON,
            **columns,
        }
    )
    for patent in patents:
        add_line(order, patent, 9)
    return order


def add_line(order: PaymentOrder, patent: Patent, year: int, payment: AnnuityPayment | None = None) -> PaymentOrderLine:
    return PaymentOrderLine.objects.create(
        order=order,
        position=order.lines.count() + 1,
        patent=patent,
        year=year,
        fee_minor=2000_00,
        surcharge_minor=0,
        payment=payment,
    )


def make_office_calendar(office: str = "CN", **columns: object) -> OfficeCalendar:
    return OfficeCalendar.objects.create(
        **{
            "office": office,
            "year": 2026,
            "off": [date(2026, 10, day) for day in range(1, 8)],
            "worked": [date(2026, 10, 10)],
            "source": "2026.csv",
            "imported_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    """Holidays of an office; for each company a payment, a reduction, and an order with a receipt, half of it paid."""
    make_office_calendar()
    # Fees are worked out from the day of filing.
    Patent.objects.filter(filed_on=None).update(filed_on=date(2019, 3, 31), right="invention")
    sides = zip(world.alliances, (world.organisations[:2], world.organisations[2:]), strict=True)
    for alliance, organisations in sides:
        for organisation in organisations:
            patents = list(Patent.objects.filter(alliance=alliance, ownerships__owner=organisation).order_by("pk"))
            make_annuity_terms(patents[0])
            make_annuity_payment(patents[0], organisation)
            order = make_payment_order(alliance, organisation)
            for patent in patents:
                add_line(order, patent, 6, make_annuity_payment(patent, organisation, year=6))
            for patent in patents:
                add_line(order, patent, 9)
            make_document(order, "receipt")
