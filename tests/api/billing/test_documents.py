"""Invoices on paper over HTTP: as they were issued, in both languages and every form, each taking on record."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as site
from pypdf import PdfReader

from licensing.billing.models import Invoice, InvoiceLine
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.billing import (
    make_billing_terms,
    make_interest_note,
    make_invoice,
    make_issued,
    make_series,
    make_tax_rule,
)
from tests.factories.close import make_run
from tests.factories.core import make_user
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db

NEEDS_FONTS = pytest.mark.skipif(
    not (Path(site.FONT_DIR) / "400Regular").is_dir(), reason="the fonts come with the web pages: make up"
)
SELLER = {
    "name": "上海专利运营有限公司",
    "country": "CN",
    "tax_number": "91310000MA1FL00000",
    "address": "上海市",
    "phone": "",
    "bank_name": "中国工商银行",
    "bank_account": "1001234",
}
BUYER = {**SELLER, "name": "Display Works", "tax_number": "91310000MA1FL00001"}


def issued(world: SmallWorld) -> Invoice:
    """An invoice of 1,000.00 and 6 % of tax, of which 100.00 are withheld."""
    licence = world.licences["L1"]
    terms = make_billing_terms(
        world.programme, vat_code="vat6x", interest_kind="daily", interest_percent=Decimal("0.05")
    )
    invoice = make_invoice(
        licence,
        make_run(world.programme, date(2025, 1, 1), person=make_user()),
        terms,
        withheld_minor=10000,
        vat=make_tax_rule(world.entity),
        withholding=make_tax_rule(world.entity, code="wht", kind="withholding", percent=10, bearer="licensor"),
        reference="ABCD2345KM",
        seller=SELLER,
        buyer=BUYER,
        priced_minor=100000,
    )
    for position, (product, amount) in enumerate((("~minimum:2025", 20000), ("~credit", -20000)), start=2):
        InvoiceLine.objects.create(invoice=invoice, position=position, product=product, amount_minor=amount)
    return make_issued(invoice, make_series(world.entity, "R"))


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


def test_an_invoice_says_what_was_issued_in_both_languages(world: SmallWorld) -> None:
    invoice = issued(world)
    licensee, address = client_of(world.seats["L1"]), f"/api/v1/invoices/{invoice.pk}/document"
    english = licensee.get(address, {"as": "csv", "language": "en"}).content.decode("utf-8-sig")
    for told in (
        "Royalty invoice",
        "R2026-00001",
        "ABCD2345KM",
        "Display Works",
        "Value added tax (6 %)",
        "Less tax withheld at the source (10 %)",
        "Yearly minimum 2025",
        "Credited for bilateral licences",
        "960.00",
        "Write ABCD2345KM on the transfer",
        "Late payment bears 0.05 % a day.",
    ):
        assert told in english, told
    chinese = licensee.get(address, {"as": "csv", "language": "zh"}).content.decode("utf-8-sig")
    for told in ("许可费账单", "人民币玖佰陆拾元整", "逾期付款按每日 0.05% 计息。", "年度最低额 2025"):
        assert told in chinese, told
    before = licensee.get(address, {"as": "xlsx", "language": "zh"}).content
    # What became of it since is not on it.
    Invoice.objects.filter(pk=invoice.pk).update(
        tax_invoice="issued", tax_invoice_number="1", tax_invoice_on="2026-02-03"
    )
    assert licensee.get(address, {"as": "xlsx", "language": "zh"}).content == before
    assert client_of(world.seats["L2"]).get(address, {"as": "csv"}).status_code == 404
    assert AccessLogEntry.objects.filter(action="invoice.document_downloaded", subject_id=invoice.pk).count() == 4


def test_a_credit_note_is_set_off_and_never_paid(world: SmallWorld) -> None:
    wrong = issued(world)
    assert wrong.series is not None
    note = make_issued(
        make_invoice(
            wrong.licence,
            wrong.run,
            wrong.terms,
            credits=wrong,
            net_minor=-100000,
            tax_minor=-6000,
            seller=SELLER,
            buyer=BUYER,
        ),
        wrong.series,
    )
    client = client_of(world.seats["calculator"])
    text = client.get(f"/api/v1/invoices/{note.pk}/document", {"as": "csv", "language": "en"}).content.decode()
    for told in ("Credit note", "Takes back invoice", "R2026-00001", "-1060.00", "nothing is refunded"):
        assert told in text, told
    assert "How to pay" not in text
    assert "Late payment" not in text


def test_interest_is_shown_by_its_days(world: SmallWorld) -> None:
    note = make_interest_note(issued(world))
    answer = client_of(world.seats["L1"]).get(
        f"/api/v1/interest-notes/{note.pk}/document", {"as": "csv", "language": "en"}
    )
    text = answer.content.decode()
    for told in ("Note of interest", "2026-04-01,2026-04-11,10,1000.00,", "part of the next close"):
        assert told in text, text


@NEEDS_FONTS
@pytest.mark.parametrize(("language", "title"), [("zh", "许可费账单"), ("en", "Royalty invoice")])
def test_an_invoice_is_set_as_pdf(world: SmallWorld, language: str, title: str) -> None:
    invoice = issued(world)
    answer = client_of(world.seats["L1"]).get(
        f"/api/v1/invoices/{invoice.pk}/document", {"as": "pdf", "language": language}
    )
    assert answer.status_code == 200, answer.content
    assert 'filename="R2026-00001.pdf"' in answer["Content-Disposition"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    for told in (title, "1,060.00", "960.00", "ABCD2345KM"):
        assert told in text, told
