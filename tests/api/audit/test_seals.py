"""Heads of the record over HTTP and on the command line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from platform_core.audit.heads import read_head
from platform_core.audit.models import AuditEvent
from platform_core.audit.sealing import seal_events
from platform_core.audit.services import record_event
from platform_core.identity.models import Alliance
from platform_core.identity.roles import Role
from platform_site import running
from platform_site.cli.audit import audit
from tests.api.core.clients import client_of
from tests.factories.core import clock_at, command_line, give_role, make_alliance, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def alliance() -> Alliance:
    alliance = make_alliance("hevc")
    for number in range(3):
        record_event("alliance.edited", actor=command_line(), subject=alliance, changes={"zone": ("=a", str(number))})
    return alliance


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands work on the database of the tests."""

    class Here:
        def require_up_to_date(self) -> None:
            """The tables of the tests are those of the code."""

    @contextmanager
    def site() -> Iterator[Here]:
        yield Here()

    monkeypatch.setattr(running, "site_with_database", site)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit, list(arguments))


def test_an_office_and_the_site_administrator_download_heads_and_others_do_not(alliance: Alliance) -> None:
    seal_events(clock=clock_at())
    for role in (Role.SECRETARIAT, Role.SITE_ADMIN):
        seat = make_seat()
        give_role(seat, role, alliance=alliance if role is Role.SECRETARIAT else None)
        client = client_of(seat)
        [listed] = client.get("/api/v1/audit-seals").json()["items"]
        assert (listed["first_row"], listed["last_row"]) == (1, 3)
        response = client.get(f"/api/v1/audit-seals/{listed['id']}/head")
        assert response["Content-Disposition"] == 'attachment; filename="lianchi-audit-head-1.json"'
        head, _ = read_head(response.content.decode())
        assert head.head == listed["head"]
    seat = make_seat()
    give_role(seat, Role.MEMBER_ADMIN)
    assert client_of(seat).get("/api/v1/audit-seals").json()["total"] == 0
    assert client_of(seat).get(f"/api/v1/audit-seals/{listed['id']}/head").status_code == 404


def test_sealing_keeping_and_verifying_on_the_command_line(alliance: Alliance, tmp_path: Path) -> None:
    assert run("head").exit_code == 1
    assert "rows 1 to 3" in run("seal").output
    assert "Nothing waits" in run("seal").output
    kept, key = tmp_path / "head.json", tmp_path / "key.pub"
    kept.write_text(run("head").output)
    key.write_text(run("key").output)
    record_event("alliance.edited", actor=command_line(), subject=alliance)

    result = run("verify", "--head", str(kept), "--public-key", str(key))
    assert result.exit_code == 0, result.output
    assert "3 rows under 1 seals checked, 0 found wrong" in result.output
    assert "not sealed yet: 1 events" in result.output
    told = json.loads(run("verify", "--json").output)
    assert (told["sound"], told["rows"], told["unsealed"]) == (True, 3, 1)


def test_what_is_wrong_is_told_by_row_with_its_own_exit_code(
    alliance: Alliance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("seal")
    other = tmp_path / "other"
    monkeypatch.setattr("platform_core.audit.keys.keys_folder", lambda: other)
    foreign = tmp_path / "foreign.pub"
    foreign.write_text(run("key").output)
    result = run("verify", "--public-key", str(foreign))
    assert result.exit_code == 2
    assert "WRONG  seal 1 (rows 1 to 3) is signed with a key that is not known" in result.output
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    for arguments in (("--head", str(broken)), ("--public-key", str(broken)), ("--head", "missing.json")):
        assert run("verify", *arguments).exit_code in (1, 2)
        assert "WRONG" not in run("verify", *arguments).output


def test_the_record_is_exported_whole_with_its_numbers(alliance: Alliance) -> None:
    run("seal")
    record_event("alliance.edited", actor=command_line(), subject=make_alliance("other"))
    lines = [json.loads(line) for line in run("export").output.splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, None]
    assert lines[0]["changes"] == {"zone": {"old": "=a", "new": "0"}}
    assert len(run("export", "--alliance", "hevc").output.splitlines()) == 3
    assert run("export", "--alliance", "nowhere").exit_code == 1
    table = run("export", "--format", "csv", "--to", "2026-03-02").output.splitlines()
    assert table[0].startswith("number,hash,id,at,name")
    assert len(table) == 1 + AuditEvent.objects.count()
    assert run("export", "--from", "2026-03-03").output == ""
