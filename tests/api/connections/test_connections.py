"""Connections over HTTP: opened, changed, asked, paused and ended by the office, and their secrets told to nobody."""

from pathlib import Path
from typing import Any

import pytest

from platform_core.connections.models import Connection
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.jobs.tasks import run as run_job
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/connections"
SECRET = "kept-to-ourselves"


class Office:
    """A seat of an alliance's office, and what it does over HTTP."""

    def __init__(self) -> None:
        self.alliance: Alliance = make_alliance("uhd", association=make_organisation("协会"))
        self.seat: Seat = give_role(make_seat(), Role.SECRETARIAT, alliance=self.alliance).seat
        self.client = client_of(self.seat)
        self.keys = 0

    def post(self, address: str, status: int = 200, **body: Any) -> Any:
        self.keys += 1
        answer = self.client.post(
            address, body, content_type="application/json", headers={"Idempotency-Key": f"key-{self.keys:06}"}
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    def open(self, **given: Any) -> Any:
        return self.post(LIST, 201, alliance_id=str(self.alliance.pk), **given)


@pytest.fixture
def office(tmp_path: Path, settings: Any) -> Office:
    settings.DATA_DIR = tmp_path
    return Office()


def test_a_folder_is_opened_asked_paused_and_ended(office: Office, tmp_path: Path) -> None:
    made = office.open(kind="file_drop", name="每周清单", every="week", on_day=3, at_hour=6)
    address = f"{LIST}/{made['id']}"
    assert made["folder"] == f"drop/uhd/{made['id']}"
    assert (tmp_path / made["folder"] / "done").is_dir()
    assert made["allowed_steps"] == ["pause", "end", "run"]
    assert (made["state"], made["has_secret"], made["owner_id"]) == ("on", False, str(office.seat.pk))

    (tmp_path / made["folder"] / "名单.csv").write_text("公开（公告）号\nCN103294796B\n", encoding="utf-8")
    assert office.post(f"{address}/runs", 202)["is_under_way"]
    assert office.post(f"{address}/runs", 409)["code"] == "wrong_state"
    [job] = Job.objects.filter(state="waiting")
    run_job(job.pk)
    [run] = office.client.get(f"{address}/runs").json()["items"]
    assert (run["cause"], run["state"], run["asked"], run["answered"]) == ("person", "finished", 1, 1)
    assert [(one["file_name"], one["state"]) for one in run["imports"]] == [("名单.csv", "checked")]
    assert office.client.get(f"/api/v1/jobs/{job.pk}").status_code == 200

    assert office.post(f"{address}/pause")["allowed_steps"] == ["resume", "end"]
    assert office.post(f"{address}/resumption")["state"] == "on"
    ended = office.post(f"{address}/end")
    assert (ended["state"], ended["allowed_steps"], ended["next_run_at"]) == ("ended", [], None)
    assert office.post(f"{address}/pause", 409)["code"] == "wrong_state"


def test_what_it_is_known_by_is_never_told_again(office: Office) -> None:
    made = office.open(kind="epo_ops", name="EPO", secret={"key": "public-key", "secret": SECRET})
    address = f"{LIST}/{made['id']}"
    replaced = office.post(f"{address}/secret", secret={"key": "public-key", "secret": f"{SECRET}-2"})
    assert made["has_secret"]
    assert replaced["has_secret"]
    told = [
        str(made),
        str(replaced),
        *(
            office.client.get(where).content.decode()
            for where in (address, LIST, f"/api/v1/audit-events?subject_id={made['id']}")
        ),
    ]
    exported: Any = office.client.get(f"{LIST}?format=csv")
    told.append(exported.getvalue().decode())
    assert not any(SECRET in text or "public-key" in text for text in told)
    assert Connection.objects.get().secret.endswith('-2"}')


def test_a_change_starts_from_the_version_one_has_seen(office: Office) -> None:
    made = office.open(kind="epo_ops", name="EPO", secret={"key": "k", "secret": "s"})
    address = f"{LIST}/{made['id']}"
    seen = office.client.get(address)
    edits = {"settings": {"ask_for": "country", "country": "CN"}, "every": "day", "straight_in": True}

    def edit(body: Any, etag: str) -> Any:
        return office.client.patch(address, body, content_type="application/json", headers={"If-Match": etag})

    changed = edit(edits, seen.headers["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["settings"] == {"ask_for": "country", "legal": True, "country": "CN"}
    assert changed.json()["straight_in"]
    assert edit({"at_hour": 4}, seen.headers["ETag"]).status_code == 412
    wrong = edit({"settings": {"ask_for": "country", "country": "XX", "speed": 9}}, changed.headers["ETag"])
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/settings/country", "/settings/speed"]
    assert Connection.objects.get().settings["country"] == "CN"


def test_a_run_that_begins_or_ends_meanwhile_is_no_other_version(office: Office) -> None:
    made = office.open(kind="file_drop", name="每周清单")
    address = f"{LIST}/{made['id']}"
    seen = office.client.get(address)
    office.post(f"{address}/runs", 202)
    asked = office.client.get(address, headers={"If-None-Match": seen.headers["ETag"]})
    # Whoever follows a run reads how it stands, and nothing that was true before.
    assert (asked.status_code, asked.json()["is_under_way"]) == (200, True)
    [job] = Job.objects.filter(state="waiting")
    run_job(job.pk)

    def rename(name: str) -> Any:
        edits = {"name": name}
        return office.client.patch(
            address, edits, content_type="application/json", headers={"If-Match": seen.headers["ETag"]}
        )

    assert rename("每月清单").status_code == 200
    assert rename("每日清单").status_code == 412


def test_settings_are_changed_one_by_one_and_mistakes_point_to_them(office: Office) -> None:
    firm = make_organisation("江汉显示有限公司")
    kept = {"encoding": "gb18030", "take_doubtful": True, "owners": {"江汉": str(firm.pk)}, "source_kind": "docket"}
    made = office.open(kind="file_drop", name="每周清单", settings=kept)
    address = f"{LIST}/{made['id']}"

    def edit(**edits: Any) -> Any:
        return office.client.patch(address, edits, content_type="application/json", headers={"If-Match": "*"})

    renamed = edit(name="每月清单", settings={"source_kind": "docket"})
    assert (renamed.status_code, renamed.json()["settings"]) == (200, kept)
    changed = edit(settings={"source_kind": "own", "encoding": None}).json()["settings"]
    assert changed == {"take_doubtful": True, "owners": {"江汉": str(firm.pk)}, "source_kind": "own"}
    wrong = edit(settings={"encoding": "klingon", "speed": 9})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/settings/encoding", "/settings/speed"]
    assert Connection.objects.get().settings == changed
