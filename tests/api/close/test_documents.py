"""Statements on paper over HTTP: the member's own, in both languages and every form, each taking on record."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings as site
from pypdf import PdfReader

from licensing.close.models import Statement
from licensing.close.services.queueing import WORKINGS
from licensing.papers import Form, Language, Paper, write_paper
from licensing.papers.paper import Money
from platform_core.access.models import AccessLogEntry
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld, report_whole_year

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

NEEDS_FONTS = pytest.mark.skipif(
    not (Path(site.FONT_DIR) / "400Regular").is_dir(), reason="the fonts come with the web pages: make up"
)


def address(world: SmallWorld, member: str = "M1") -> str:
    report_whole_year(world)
    run = world.closed("2025Q1")
    statement = Statement.objects.get(run=run, membership=world.members[member])
    assert statement.amount_minor == 135_000
    return f"/api/v1/statements/{statement.pk}/document"


@NEEDS_FONTS
@pytest.mark.parametrize(("language", "title"), [("zh", "分配结算单"), ("en", "Distribution statement")])
def test_a_member_takes_its_statement_as_pdf(world: SmallWorld, language: str, title: str) -> None:
    where = address(world)
    response = client_of(world.seats["M1"]).get(where, {"as": "pdf", "language": language})
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert 'filename="uhd-tv-2025Q1-1-M1.pdf"' in response["Content-Disposition"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert title in text
    assert "1,350.00" in text
    assert "uhd member M1" in text
    assert not any(other in text for other in ("M2", "M3", "L1", "L2"))
    again = client_of(world.seats["M1"]).get(where, {"as": "pdf", "language": language})
    assert again.content == response.content


@NEEDS_FONTS
def test_many_take_their_statements_as_pdf_at_once() -> None:
    paper = Paper(
        language=Language.ZH,
        name="P",
        title="分配结算单",
        subtitle="2025Q1",
        issuer=["联盟"],
        addressee=["某公司"],
        facts=[("许可项目", "P")],
        figures=[("应付金额", Money(1, "CNY"))],
    )
    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(lambda _: write_paper(paper, Form.PDF), range(16)))
    assert {each[:5] for each in written} == {b"%PDF-"}


def test_a_statement_is_had_as_workbook_and_table_and_every_taking_is_logged(world: SmallWorld) -> None:
    where = address(world)
    client = client_of(world.seats["M1"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(where, {"as": "xlsx", "language": "en"}).content))
    cells = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows() if row[0].value}
    assert cells["Payable"] == 1350
    table = client.get(where, {"as": "csv", "language": "zh"}).content.decode("utf-8-sig")
    assert "应付金额,1350.00,CNY,1350.00" in table
    assert list(AccessLogEntry.objects.values_list("action", flat=True)) == ["statement.document_downloaded"] * 2


def test_a_statement_holds_the_workings_that_its_taker_is_told_and_never_more_than_its_member(
    world: SmallWorld,
) -> None:
    where = address(world)

    def workings(who: str, language: str = "en") -> list[str]:
        answer = client_of(world.seats[who]).get(where, {"as": "csv", "language": language})
        lines = answer.content.decode("utf-8-sig").splitlines()
        begin = lines.index({"en": "What the amount is made of", "zh": "金额构成"}[language])
        return lines[begin + 2 : lines.index("", begin)]

    before = client_of(world.seats["M1"]).get(where, {"as": "csv", "language": "en"}).content.decode()
    assert "this is being prepared" in before
    run_job(Job.objects.get(task=WORKINGS).pk)
    assert workings("M1") == [
        "tv,CN,,3000.00,3000.00,45.0000 %,1350.00,1350.00",
        "Total,,,3000.00,3000.00,45.0000 %,1350.00,1350.00",
    ]
    assert workings("calculator") == workings("secretariat") == workings("M1")
    assert workings("M1", "zh")[-1] == "合计,,,3000.00,3000.00,45.0000 %,1350.00,1350.00"


def test_the_language_is_the_readers_unless_another_is_asked_for(world: SmallWorld) -> None:
    where = address(world)
    client = client_of(world.seats["M1"])
    assert "分配结算单" in client.get(where, {"as": "csv"}, headers={"Accept-Language": "zh-CN"}).content.decode()
    assert (
        "Distribution statement" in client.get(where, {"as": "csv"}, headers={"Accept-Language": "en"}).content.decode()
    )


def test_nobody_takes_the_statement_of_another_member(world: SmallWorld) -> None:
    where = address(world)
    for who in ("M2", "L1"):
        assert client_of(world.seats[who]).get(where, {"as": "csv"}).status_code == 404
    assert client_of(world.seats["M1"]).get(where, {"as": "docx"}).status_code == 422
    assert not AccessLogEntry.objects.exists()
