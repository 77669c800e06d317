"""Files are taken in over HTTP: read in the background, seen, taken in as one, and taken back as one."""

import csv
import io
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from platform_core.exchange.models import Import, ImportState, SavedMapping
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from pools.patents.models import Ownership, Patent
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/imports"
ROW = {"no.": "CN103294796B", "filing": "CN201310199708.X", "called": "一种方法", "firm": "江汉显示有限公司"}


class Office:
    """A seat of an alliance's office, and what it does over HTTP."""

    def __init__(self) -> None:
        self.alliance: Alliance = make_alliance("uhd", association=make_organisation("协会"))
        self.firm = make_organisation("武汉显示")
        self.seat: Seat = give_role(make_seat(), Role.SECRETARIAT, alliance=self.alliance).seat
        self.client = client_of(self.seat)

    def bring(self, *rows: dict[str, str]) -> Any:
        """Bring a table in, and have it read."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        form = {
            "alliance_id": str(self.alliance.pk),
            "subject": "patents.patent",
            "file": SimpleUploadedFile("名单.csv", text.getvalue().encode()),
        }
        answer = self.client.post(LIST, form, headers={"Idempotency-Key": f"bring-{Import.objects.count():04}"})
        assert answer.status_code == 201, answer.content
        return self.work(answer.json())

    def step(self, found: Any, name: str, **body: Any) -> Any:
        """Take a step with an import, and have the work done that follows."""
        answer = self.client.post(
            f"{LIST}/{found['id']}/{name}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"{name}-{Job.objects.count():08}"},
        )
        assert answer.status_code == 200, answer.content
        return self.work(answer.json())

    def work(self, told: Any) -> Any:
        """Do the work that waits, and read what became of it."""
        for job_id in Job.objects.filter(state="waiting").values_list("pk", flat=True):
            run_job(job_id)
        return self.client.get(f"{LIST}/{told['id']}").json()


@pytest.fixture
def office() -> Office:
    return Office()


def outcomes(found: Any) -> dict[str, int]:
    return {outcome: count for outcome, count in found["counts"].items() if count}


def test_a_table_of_nobodys_system_is_mapped_by_people_taken_in_and_taken_back(office: Office) -> None:
    make_membership(make_alliance("elsewhere"), make_organisation("江汉显示有限公司"), "ELSEWHERE")

    refused = office.bring(ROW)
    assert (refused["state"], refused["told"]["refused"], refused["allowed_steps"]) == (
        "refused",
        "no_number_column",
        ["check again", "discard"],
    )
    # People map columns by what is in them.
    assert refused["told"]["columns"][3] == {"heading": "firm", "field": "", "samples": ["江汉显示有限公司"]}
    assert "say which one does" in refused["detail"]
    assert {"publication", "title"} <= set(refused["fields_known"])
    assert {"lens": True, "espacenet": False}.items() <= {
        one["code"]: one["verified"] for one in refused["profiles"]
    }.items()

    mapping = {"no.": "publication", "filing": "application", "called": "title", "firm": "owners"}
    read = office.step(refused, "choices", choices={"mapping": mapping})
    assert (read["state"], outcomes(read)) == ("checked", {"new": 1})
    assert read["told"]["columns"][0] == {"heading": "no.", "field": "publication", "samples": ["CN103294796B"]}
    rows = f"{LIST}/{read['id']}/rows"
    [shown] = office.client.get(rows).json()["rows"]
    # What reads otherwise than it looks, or cannot be asked of the database, is refused.
    for asked in ({"limit": "00000000001"}, {"behind": "1" * 5000}, {"outcome": "a\x00b"}):
        refused = office.client.get(rows, asked)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{next(iter(asked))}")
    assert (shown["line"], shown["outcome"], shown["values"]["title"]) == (2, "new", "一种方法")
    assert not Patent.objects.exists()

    # The file names an owner by a name that nobody here has on record: people say who that is. Another alliance's
    # organisation of that name is not told of.
    assert (read["told"]["patents_without_owner"], read["told"]["owners_unknown"]) == (1, [["江汉显示有限公司", 1]])
    owned = office.step(read, "choices", choices={"owners": {"江汉显示有限公司": str(office.firm.pk)}})
    assert owned["told"]["patents_without_owner"] == 0
    taken = office.step(owned, "application")
    assert (taken["state"], taken["allowed_steps"]) == ("imported", ["begin undoing"])
    assert Ownership.objects.get().owner == office.firm
    assert office.client.get(f"/api/v1/jobs/{taken['job_id']}").json()["state"] == "succeeded"

    assert office.step(taken, "undoing")["state"] == "undone"
    assert not Patent.objects.exists()


def test_what_columns_mean_is_remembered_for_the_next_file(office: Office) -> None:
    mapping = {"no.": "publication", "filing": "application", "called": "title"}
    read = office.step(office.bring(ROW), "choices", choices={"mapping": mapping})

    kept = office.client.post(
        f"{LIST}/{read['id']}/mapping",
        {"name": "每月名单"},
        content_type="application/json",
        headers={"Idempotency-Key": "keep-0001"},
    )

    assert kept.status_code == 201, kept.content
    again = office.bring({**ROW, "more": "of something"})
    assert (again["state"], again["told"]["saved_mapping"], outcomes(again)) == ("checked", "每月名单", {"new": 1})
    assert [column["field"] for column in again["told"]["columns"]] == ["publication", "application", "title", "", ""]
    assert office.client.delete(f"/api/v1/saved-mappings/{kept.json()['id']}").status_code == 204
    assert not SavedMapping.objects.exists()
    assert office.bring(ROW)["state"] == "refused"


def test_refused_rows_are_downloaded_with_their_reasons_and_no_formulas(office: Office) -> None:
    good = {"公开（公告）号": "CN103294796B", "申请号": "CN201310199708.X", "名称": "一种方法"}
    bad = {"公开（公告）号": "", "申请号": "20131019970X", "名称": "@一种方法"}
    read = office.bring(good, bad)
    assert outcomes(read) == {"new": 1, "refused": 1}

    answer = office.client.get(f"{LIST}/{read['id']}/refused", headers={"Accept-Language": "zh"})

    assert answer.status_code == 200
    assert "refused.csv" in answer["Content-Disposition"]
    text = answer.getvalue().decode("utf-8-sig")
    [headings, row] = list(csv.reader(io.StringIO(text)))
    assert headings == ["reason", *good]
    assert row[1:] == ["", "20131019970X", "'@一种方法"]
    rows = office.client.get(f"{LIST}/{read['id']}/rows?outcome=refused", headers={"Accept-Language": "zh"}).json()
    [problem] = rows["rows"][0]["problems"]
    assert problem["detail"] == "有单元格以公式形式开头：“@一种方法”。请写成文本。"


def test_work_that_came_to_nothing_leaves_the_import_where_it_can_be_tried_again(office: Office) -> None:
    read = office.bring({"公开（公告）号": "CN103294796B", "申请号": "CN201310199708.X", "名称": "一种方法"})

    with mock.patch("pools.patents.imports.applying.prepare_for_many", side_effect=MemoryError):
        failed = office.step(read, "application")

    assert (failed["state"], failed["allowed_steps"]) == ("checked", ["check again", "begin", "discard"])
    assert failed["detail"].startswith("Something went wrong here.")
    assert not Patent.objects.exists()
    assert office.step(failed, "application")["state"] == ImportState.APPLIED


def test_choices_that_cannot_be_made_and_owners_that_are_not_seen_are_refused(office: Office) -> None:
    read = office.bring({"公开（公告）号": "CN103294796B", "申请号": "CN201310199708.X", "名称": "一种方法"})
    hidden = make_organisation("别处的公司")
    make_membership(make_alliance("elsewhere"), hidden, "HIDDEN")
    address = f"{LIST}/{read['id']}/choices"

    def refused(key: str, **choices: Any) -> Any:
        return office.client.post(
            address, {"choices": choices}, content_type="application/json", headers={"Idempotency-Key": key}
        )

    wrong = refused("wrong-0001", encoding="ebcdic", mapping={"x": "price"}, colour="red")
    assert [error["pointer"] for error in wrong.json()["errors"]] == [
        "/choices/encoding",
        "/choices/mapping",
        "/choices/colour",
    ]
    assert refused("owner-0001", owner_id=str(hidden.pk)).status_code == 404
    assert Import.objects.get().choices == {}
