"""Terms are tried with the sales of a close, or with one's own: nothing of others goes into what a member is told."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from licensing.agreements.models import Licence, LicenceChange
from licensing.close.models import CloseRun, LicenceResult, PayeeResult
from licensing.close.simulations import services
from licensing.close.simulations.services import OwnSales, simulate_close, simulate_own_sales
from licensing.engine import close_bundle, load_document
from licensing.terms.models import TermsState, TermsVersion
from platform_core.access.kernel import can, get_visible
from platform_core.access.models import AccessLogEntry
from platform_core.jobs.models import Job
from platform_core.jobs.policies import CANCEL_JOB
from platform_core.jobs.running import Running
from platform_core.jobs.tasks import run as run_job
from platform_core.problems import InvalidInput, NotAllowed, NotFound
from tests.api.core.clients import client_of
from tests.factories.conflicts import make_undertaking
from tests.factories.royalties import TERMS, SmallWorld, make_small_world, report_whole_year

pytestmark = pytest.mark.django_db(transaction=True)

DEARER = TERMS.replace('"0.20"', '"0.30"') + '\n[[caps]]\nid = "most"\nper_year = "700"\nscope = "licence"\n'
FOR_RIVAL = TERMS.replace("[[rates]]", '[[rates]]\nid = "rival"\nlicences = ["L2"]\nper_unit = "9"\n[[rates]]', 1)
TIERS = [
    ("tier", "0", [0, 0]),
    ("tier", "1000", [450_000, 300_000]),
    ("tier", "50000", [0, 0]),
    ("capped", "", [-250_000, 0]),
]
SALES = "month,product,made_in,sold_in,units\n2025-01,tv,CN,CN,2000\n2025-02,tv,CN,US,500\n"


@pytest.fixture(autouse=True)
def _engine_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the engine in this process; one test has it in a child of its own."""

    def closes(running: Running, bundle: Path, output: Path) -> bool:
        return close_bundle(bundle, output).status == "closed"

    monkeypatch.setattr(services, "engine_closes", closes)


def version(world: SmallWorld, number: int, document: str, *, published: bool = False) -> TermsVersion:
    return TermsVersion.objects.create(
        programme=world.programme,
        number=number,
        in_force_from=date(2026, 1, 1),
        document=document,
        content=load_document(document),
        state=TermsState.PUBLISHED if published else TermsState.DRAFT,
        published_at=world.clock.now() if published else None,
    )


def result_of(job: Job) -> dict[str, Any]:
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    found: dict[str, Any] = job.result
    return found


def tried(world: SmallWorld, who: str, terms: TermsVersion, **sales: Any) -> dict[str, Any]:
    given = OwnSales(**{"period": "2025Q1", "sales": SALES, **sales})
    job = simulate_own_sales(
        actor=world.acting(who), programme_id=world.programme.pk, terms_version_id=terms.pk, sales=given
    )
    return result_of(job)


def test_finance_tries_a_draft_beside_what_a_close_came_to() -> None:
    world = make_small_world()
    report_whole_year(world)
    run = world.closed("2025Q1")
    draft = version(world, 2, DEARER)
    job = simulate_close(actor=world.acting("calculator"), run_id=run.pk, terms_version_id=draft.pk)
    found = result_of(job)
    closed = {
        row.licence.code: row.due_minor for row in LicenceResult.objects.filter(run=run).select_related("licence")
    }
    assert {line["key"]: line["minor"][1] for line in found["licences"]} == closed
    paid = {row.payee: row.amount_minor for row in PayeeResult.objects.filter(run=run)}
    assert {line["key"]: line["minor"][1] for line in found["payees"] if line["minor"][1]} == {
        payee: amount for payee, amount in paid.items() if amount
    }
    # All three sell together as one each: 3000, 6000 and 9000 units, of which the first 1000 are free.
    assert {line["key"]: line["minor"][0] for line in found["licences"]} == {"L1": 60000, "L2": 70000, "L3": 70000}
    assert {line["key"]: line["capped_minor"] for line in found["licences"]} == {
        "L1": [0, 0],
        "L2": [80000, 0],
        "L3": [170000, 0],
    }
    [reading] = AccessLogEntry.objects.filter(action="close_run.simulated")
    assert (reading.subject_id, reading.user_id) == (run.pk, world.seats["calculator"].user_id)
    assert found["sides"][0]["state"] == "draft"
    assert found["due_minor"] == [200000, sum(closed.values())]
    # 2000, 5000 and 8000 units beyond the first 1000, at 0.30 and at 0.20.
    assert [(line["part"], line["above"], line["minor"]) for line in found["tiers"]] == TIERS
    for side in (0, 1):
        assert sum(line["minor"][side] for line in found["tiers"]) == found["due_minor"][side]
    assert found["kinds"] == [{"key": "bands", "minor": found["due_minor"]}]

    with pytest.raises(NotFound):
        simulate_close(actor=world.acting("secretariat"), run_id=run.pk, terms_version_id=draft.pk)
    for who in ("M1", "L1"):
        with pytest.raises(NotFound):
            simulate_close(actor=world.acting(who), run_id=run.pk, terms_version_id=draft.pk)
    # The job is finance's of that entity; nobody else finds it.
    for who in ("M1", "L1", "secretariat"):
        with pytest.raises(NotFound):
            get_visible(Job, job.pk, actor=world.acting(who))


def test_who_undertook_to_see_nothing_of_a_licensee_reads_no_job_on_a_close_it_takes_part_in() -> None:
    world = make_small_world()
    report_whole_year(world)
    run = world.closed("2025Q1")
    job = simulate_close(actor=world.acting("calculator"), run_id=run.pk, terms_version_id=version(world, 2, DEARER).pk)
    assert "L1" in json.dumps(result_of(job))
    assert run.job_id is not None
    calculation = Job.objects.get(pk=run.job_id)
    for known in (job, calculation):
        assert get_visible(Job, known.pk, actor=world.acting("approver")) == known

    make_undertaking(
        world.seats["approver"].user,
        world.alliance,
        hidden_kinds=[],
        hidden_organisations=[world.licences["L1"].licensee_id],
    )

    bound = world.acting("approver")
    with pytest.raises(NotFound):
        get_visible(CloseRun, run.pk, actor=bound)
    for hidden in (job, calculation):
        with pytest.raises(NotFound):
            get_visible(Job, hidden.pk, actor=bound)
        assert not Job.objects.visible_to(bound).filter(pk=hidden.pk).exists()
    assert not CloseRun.objects.visible_to(bound).filter(pk=run.pk).exists()
    assert not can(bound, CANCEL_JOB, job)
    assert get_visible(Job, job.pk, actor=world.acting("calculator")) == job


def test_a_member_is_told_its_own_share_of_invented_sales_and_no_other_members() -> None:
    world = make_small_world()
    found = tried(world, "M2", world.terms)
    # 2500 units, of which 1000 are free: 300 yuan; a tenth is the fee, and M2 has three of ten points.
    assert found["due_minor"] == [30000]
    assert {line["key"]: line["minor"] for line in found["payees"]} == {
        "~fee": [3000],
        "M2": [8100],
        "~others": [18900],
    }
    assert [line["key"] for line in found["licences"]] == ["~invented"]
    told = json.dumps(found)
    assert "M1" not in told
    assert "M3" not in told


def test_what_others_report_changes_nothing_that_a_licensee_or_a_member_is_told() -> None:
    world = make_small_world()
    world.report("L1", [("2025-01", 3000), ("2025-02", 0), ("2025-03", 0)], first="2025-01", last="2025-03")
    own = world.licences["L1"].pk

    def answers() -> list[dict[str, Any]]:
        return [
            tried(world, "L1", world.terms, licence_id=own, use_reports=True, sales=""),
            tried(world, "L1", world.terms, licence_id=own),
            tried(world, "M1", world.terms),
        ]

    before = answers()
    assert before[0]["due_minor"] == [40000]
    world.report("L2", [("2025-01", 900_000), ("2025-02", 5), ("2025-03", 7)], first="2025-01", last="2025-03")
    # Even as one enterprise with it: whose units count together is told by real reports alone.
    Licence.objects.filter(code__in=["L1", "L2"]).update(enterprise="group")
    assert answers() == before


def test_ones_own_reports_are_tried_with_the_standing_and_option_of_their_months() -> None:
    world = make_small_world()
    world.report("L1", [("2025-01", 3000), ("2025-02", 3000), ("2025-03", 3000)], first="2025-01", last="2025-03")
    own = world.licences["L1"]
    assert own.standing == "standard"
    both_ways = version(
        world,
        2,
        TERMS.replace("[[rates]]", '[[rates]]\nid = "better"\nstanding = "compliant"\nper_unit = "0.01"\n[[rates]]', 1),
        published=True,
    )
    before = tried(world, "L1", both_ways, licence_id=own.pk, use_reports=True, sales="")
    assert before["due_minor"] == [160000]
    LicenceChange.objects.create(licence=own, month=date(2025, 3, 1), standing="compliant", enterprise="group")
    LicenceChange.objects.create(licence=own, month=date(2026, 1, 1), standing="standard")
    after = tried(world, "L1", both_ways, licence_id=own.pk, use_reports=True, sales="")
    # January and February as before, 5,000 units above 1,000 at 0.20; March 3,000 at 0.01.
    assert after["due_minor"] == [103000]


def test_a_licensee_is_told_nothing_of_single_members_nor_of_what_is_a_rivals() -> None:
    world = make_small_world()
    terms = version(world, 2, FOR_RIVAL, published=True)
    found = tried(world, "L1", terms, licence_id=world.licences["L1"].pk)
    # Of those who share it learns the fee, and what all members together would get.
    assert {line["key"] for line in found["payees"]} == {"~fee", "~others"}
    assert [line["key"] for line in found["rates"]] == ["device"]
    assert [line["key"] for line in tried(world, "L1", terms)["rates"]] == ["device"]

    for actor, licence in (("L1", "L2"), ("M1", "L2")):
        with pytest.raises((NotAllowed, NotFound)):
            tried(world, actor, terms, licence_id=world.licences[licence].pk)
    with pytest.raises(NotFound):
        tried(world, "L1", version(world, 3, DEARER))
    with pytest.raises(InvalidInput):
        tried(world, "L1", terms, use_reports=True)
    with pytest.raises(InvalidInput):
        tried(world, "L1", terms, sales="month,product\n2025-01,tv\n")


def test_what_is_wrong_with_invented_sales_is_told_by_its_line() -> None:
    world = make_small_world()
    found = tried(world, "L1", world.terms, sales=SALES + "2025-03,tv,CN,XX,1\n")
    assert found["sides"][0]["rejected"] == {"bad_value": 1}
    assert [(row["line"], row["column"], row["value"]) for row in found["refused"][0]] == [("4", "sold_in", "XX")]
    assert found["licences"] == []


def test_a_comparison_is_taken_as_a_workbook_by_whom_it_was_told_to() -> None:
    world = make_small_world()
    report_whole_year(world)
    run = world.closed("2025Q1")
    draft = version(world, 2, DEARER)
    job = simulate_close(actor=world.acting("calculator"), run_id=run.pk, terms_version_id=draft.pk)
    address = f"/api/v1/simulations/{job.pk}/document"
    finance = client_of(world.seats["calculator"])
    assert finance.get(address).status_code == 409
    found = result_of(job)
    workbook = load_workbook(io.BytesIO(finance.get(address, {"as": "xlsx", "language": "en"}).content))
    cells = {
        (sheet.title, tuple(cell.value for cell in row[:3])): [cell.value for cell in row]
        for sheet in workbook
        for row in sheet.iter_rows()
    }
    told = [value for row in cells.values() for value in row]
    for line in found["tiers"]:
        assert all(
            float(minor) / 100 in [float(one) for one in told if isinstance(one, int | float)]
            for minor in line["minor"]
        )
    table = finance.get(address, {"as": "csv", "language": "zh"}).content.decode("utf-8-sig")
    assert "封顶减收" in table
    assert "第 2 版（草稿）" in table
    assert AccessLogEntry.objects.filter(action="close_run.simulation_downloaded").count() == 2
    for who in ("M1", "L1", "secretariat"):
        assert client_of(world.seats[who]).get(address).status_code == 404
    assert finance.get(f"/api/v1/simulations/{run.job_id}/document").status_code == 404


def test_a_member_takes_what_it_was_told_and_no_more() -> None:
    world = make_small_world()
    terms = version(world, 2, DEARER, published=True)
    given = OwnSales(period="2025Q1", sales=SALES)
    job = simulate_own_sales(
        actor=world.acting("L1"), programme_id=world.programme.pk, terms_version_id=terms.pk, sales=given
    )
    result_of(job)
    answer = client_of(world.seats["L1"]).get(f"/api/v1/simulations/{job.pk}/document", {"as": "csv", "language": "en"})
    assert answer.status_code == 200
    table = answer.content.decode("utf-8-sig")
    assert "above 1000 up to 50000 units" in table
    assert "M2" not in table
    assert client_of(world.seats["L2"]).get(f"/api/v1/simulations/{job.pk}/document").status_code == 404
