"""Two people of one owner at the same chart: nothing of the one is lost to the other, and nobody reviews the unread."""

import io
from pathlib import Path
from typing import Any

import pytest

from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from pools.charts.models import ChartState, ChartTarget, ClaimChart
from pools.charts.services import ChartRow, draft_chart, edit_chart, remove_chart_target, review_chart
from tests.api.core.clients import client_of
from tests.concurrency.core.test_races import outcome
from tests.concurrency.waiting import while_it_waits
from tests.factories.charts import ROW, make_chart_target, make_claim_chart
from tests.integration.submissions.conftest import Forming

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = ChartRow(element="another", place="8.1")


@pytest.fixture
def forming() -> Forming:
    return Forming()


@pytest.fixture
def target(forming: Forming) -> ChartTarget:
    return make_chart_target(forming.patent, forming.member.organisation)


def test_of_two_who_begin_the_same_chart_one_goes_on_with_the_others(forming: Forming, target: ChartTarget) -> None:
    owner = forming.owner

    def begin() -> str:
        return outcome(lambda: draft_chart(actor=owner, target_id=target.pk, claim=1))

    assert while_it_waits(begin, begin) == "conflict"
    assert ClaimChart.objects.get().number == 1


def test_what_is_being_reviewed_is_not_changed_meanwhile(forming: Forming, target: ChartTarget) -> None:
    owner, chart = forming.owner, make_claim_chart(target)
    refused = while_it_waits(
        lambda: review_chart(actor=owner, chart_id=chart.pk),
        lambda: outcome(lambda: edit_chart(actor=owner, chart_id=chart.pk, rows=[OTHER])),
    )
    assert refused == "wrong_state"
    chart.refresh_from_db()
    assert (chart.state, chart.rows) == (ChartState.REVIEWED, [ROW])


def test_what_is_being_changed_is_not_reviewed_unread(forming: Forming, target: ChartTarget) -> None:
    owner, chart = forming.owner, make_claim_chart(target)
    client = client_of(forming.owner_seat)
    address = f"/api/v1/claim-charts/{chart.pk}"
    read = client.get(address)["ETag"]
    answered = while_it_waits(
        lambda: edit_chart(actor=owner, chart_id=chart.pk, rows=[OTHER]),
        lambda: client.post(f"{address}/review", headers={"If-Match": read}).status_code,
    )
    assert answered == 412
    chart.refresh_from_db()
    assert (chart.state, chart.rows[0]["element"]) == (ChartState.DRAFT, "another")


def test_no_paper_is_hung_on_what_is_being_removed(
    forming: Forming, target: ChartTarget, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path
    owner = forming.owner

    def attach() -> str:
        file = NewFile("proof.txt", io.BytesIO(b"seen in a shop"))
        label = ChartTarget._meta.label_lower
        return outcome(
            lambda: add_document(actor=owner, subject_type=label, subject_id=target.pk, title="Proof", file=file)
        )

    assert while_it_waits(lambda: remove_chart_target(actor=owner, target_id=target.pk), attach) == "not_found"
    assert not ChartTarget.objects.exists()
    assert not Document.objects.exists()
