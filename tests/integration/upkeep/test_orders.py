"""Orders to pay: chosen fees, the office's workbook, what was paid, and receipts that cover many of them."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from platform_core.access.actors import Actor
from platform_core.deadlines.models import Deadline
from platform_core.problems import Conflict, InvalidInput, NotFound, WrongState
from pools.patents.models import Patent
from pools.upkeep.models import AnnuityPayment, PaymentOrder
from pools.upkeep.selectors import schedule_of
from pools.upkeep.services import (
    cancel_payment,
    cancel_payment_order,
    edit_payment_order,
    file_receipt,
    follow_alliance,
    open_payment_order,
    order_payment,
    pay_order_lines,
    record_payment,
    set_annuity_terms,
    workbook_of,
)
from pools.upkeep.workbook import COLUMNS, Fee, Payer, write_workbook
from tests.factories.core import actor_of_seat
from tests.factories.documents import make_document
from tests.integration.upkeep.test_following import House

pytestmark = pytest.mark.django_db

SOON = date(2026, 3, 20)


class Desk(House):
    """A member with two Chinese patents and an American one, whose fees are due or late."""

    def __init__(self) -> None:
        super().__init__()
        self.early = self.register("CN106844774B", application="CN201710117081.7", filed_on=date(2016, 3, 20))
        self.late = self.register(
            "CN112330675B", application="CN202011472880.4", filed_on=date(2020, 12, 15), granted_on=date(2022, 5, 10)
        )
        self.foreign = self.register(
            "US11557012B2", country="US", filed_on=date(2020, 5, 4), granted_on=date(2023, 1, 17)
        )
        follow_alliance(actor=self.work(), alliance_id=self.alliance.pk)

    def fees(self, *patents: Patent) -> list[Any]:
        return list(
            Deadline.objects.filter(kind="annuity", subject_id__in=[patent.pk for patent in patents])
            .order_by("title")
            .values_list("pk", flat=True)
        )

    def open(self, *patents: Patent) -> PaymentOrder:
        return open_payment_order(actor=self.desk(), title="三月年费", pay_on=SOON, deadline_ids=self.fees(*patents))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def cells(written: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(written))
    assert book.sheetnames == ["网上缴费"]
    return [[cell.value for cell in row] for row in book["网上缴费"].iter_rows()]


def test_an_order_has_what_each_fee_is_on_the_day_it_is_paid(desk: Desk) -> None:
    set_annuity_terms(actor=desk.desk(), patent_id=desk.late.pk, reduction_percent=85)
    order = desk.open(desk.early, desk.late)

    assert (order.office, order.currency, order.payer_name) == ("CN", "CNY", "江汉显示有限公司")
    lines = list(order.lines.order_by("position").values_list("patent__publication", "year", "fee_minor"))
    assert lines == [("CN106844774B", 11, 4000_00), ("CN112330675B", 7, 300_00)]

    edited = edit_payment_order(actor=desk.desk(), order_id=order.pk, pay_on=date(2026, 4, 27), payer_name="江汉")
    assert edited.payer_name == "江汉"
    late = list(order.lines.order_by("position").values_list("fee_minor", "surcharge_minor"))
    # More than a month after 20 March, of the fee that was due that day.
    assert late == [(4000_00, 200_00), (300_00, 0)]


def test_the_workbook_has_the_nine_columns_and_a_line_for_each_fee_and_surcharge(desk: Desk) -> None:
    order = desk.open(desk.early, desk.late)
    edit_payment_order(actor=desk.desk(), order_id=order.pk, pay_on=date(2026, 4, 27), payer_code="91110000600037341L")
    order = order_payment(actor=desk.desk(), order_id=order.pk)

    heads, *rows = cells(workbook_of(actor=desk.desk(), order=order))
    assert heads == list(COLUMNS)
    name, code = "江汉显示有限公司", "91110000600037341L"
    assert rows == [
        [1, "CN201710117081.7", "国家申请", name, code, "发明专利第11年年费", None, 4000, None],
        [2, "CN201710117081.7", "国家申请", name, code, "发明专利年费滞纳金", None, 200, "第11年"],
        [3, "CN202011472880.4", "国家申请", name, code, "发明专利第7年年费", None, 2000, None],
    ]


def test_what_people_wrote_is_no_formula_in_a_workbook() -> None:
    fee = Fee(application="=1+1", right="design", year=3, fee_minor=600_00, surcharge_minor=0, note="@SUM(A1)")
    [_, row] = cells(write_workbook(Payer(name="=cmd|' /C calc'!A0", code="+86"), [fee], currency="CNY"))

    assert row == [
        1,
        "'=1+1",
        "国家申请",
        "'=cmd|' /C calc'!A0",
        "+86",
        "外观设计专利第3年年费",
        None,
        600,
        "'@SUM(A1)",
    ]
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(Payer(name="=1", code=""), [fee], currency="CNY")))
    assert {cell.data_type for row in book["网上缴费"].iter_rows(min_row=2) for cell in row} <= {"s", "n"}


def test_a_payment_of_lines_settles_their_deadlines_and_a_receipt_covers_many(desk: Desk) -> None:
    order = desk.open(desk.early, desk.late)
    with pytest.raises(WrongState):
        pay_order_lines(
            actor=desk.desk(),
            order_id=order.pk,
            line_ids=[line.pk for line in order.lines.all()],
            paid_on=date(2026, 3, 2),
        )
    order_payment(actor=desk.desk(), order_id=order.pk)
    receipt = make_document(order, "电子票据")
    first, second = order.lines.order_by("position")

    pay_order_lines(
        actor=desk.desk(), order_id=order.pk, line_ids=[first.pk], paid_on=date(2026, 3, 2), receipt_id=receipt.pk
    )
    order.refresh_from_db()
    assert order.state == "ordered"
    paid = pay_order_lines(actor=desk.desk(), order_id=order.pk, line_ids=[second.pk], paid_on=date(2026, 3, 2))
    assert paid.state == "paid"
    file_receipt(actor=desk.desk(), order_id=order.pk, document_id=receipt.pk, line_ids=[first.pk, second.pk])

    assert set(AnnuityPayment.objects.values_list("receipt", "fee_minor")) == {
        (receipt.pk, 4000_00),
        (receipt.pk, 2000_00),
    }
    done = Deadline.objects.filter(kind="annuity", state="settled").order_by("part")
    assert [row.part for row in done] == ["11", "7"]
    told = schedule_of(desk.early.pk, actor=desk.desk())
    assert [payment.year for payment in told.payments] == [11]

    # One that was recorded by mistake is taken back, and can be paid again.
    cancel_payment(actor=desk.desk(), payment_id=told.payments[0].pk, reason="未到账")
    order.refresh_from_db()
    assert order.state == "ordered"
    assert Deadline.objects.get(subject_id=desk.early.pk, part="11").state == "open"
    again = pay_order_lines(actor=desk.desk(), order_id=order.pk, line_ids=[first.pk], paid_on=date(2026, 3, 2))
    assert again.state == "paid"


def test_a_fee_is_in_one_open_order_and_is_free_again_when_that_is_cancelled(desk: Desk) -> None:
    order = desk.open(desk.early)
    with pytest.raises(Conflict, match="in another order already"):
        desk.open(desk.early, desk.late)
    assert PaymentOrder.objects.count() == 1

    cancel_payment_order(actor=desk.desk(), order_id=order.pk)
    desk.open(desk.early, desk.late)
    record_payment(actor=desk.desk(), patent_id=desk.late.pk, year=7, paid_on=date(2026, 3, 2), fee_minor=2000_00)
    with pytest.raises(Conflict, match="not open any more"):
        open_payment_order(
            actor=desk.desk(),
            title="again",
            pay_on=SOON,
            deadline_ids=list(Deadline.objects.filter(state="settled").values_list("pk", flat=True)),
        )


def test_what_is_of_two_offices_or_not_ones_own_is_refused_and_nothing_is_ordered(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="one office and one alliance"):
        desk.open(desk.early, desk.foreign)
    rival: Actor = actor_of_seat(desk.other)
    with pytest.raises(NotFound):
        open_payment_order(actor=rival, title="x", pay_on=SOON, deadline_ids=desk.fees(desk.early))
    order = desk.open(desk.early)
    with pytest.raises(NotFound):
        order_payment(actor=rival, order_id=order.pk)
    order.refresh_from_db()
    assert (order.state, PaymentOrder.objects.count()) == ("draft", 1)


def test_there_is_a_batch_form_for_chinese_fees_only(desk: Desk) -> None:
    order = desk.open(desk.foreign)
    assert (order.currency, order.lines.get().fee_minor) == ("USD", 2150_00)
    with pytest.raises(Conflict, match="CN only"):
        workbook_of(actor=desk.desk(), order=order)
