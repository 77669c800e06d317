"""The files that deploy a site name every setting, and give no process more than it needs."""

import re
from typing import Any

import pytest
import yaml

from platform_site.environment import VARIABLES
from tests.architecture.rules import ROOT

FOR_COMPOSE = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def stages() -> list[str]:
    return re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]


def test_the_example_explains_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE)) == set(VARIABLES) | FOR_COMPOSE
    for block in re.split(r"\n\n+", text):
        if re.search(r"^[A-Z_]+=", block, flags=re.MULTILINE):
            assert block.startswith("#"), f"nothing explains {block!r}"


def test_the_example_carries_no_secret() -> None:
    assert re.findall(r"^[A-Z_]+=.+$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE) == []


@pytest.mark.parametrize("service", ["web", "worker"])
def test_every_setting_the_code_reads_reaches_the_process(compose: dict[str, Any], service: str) -> None:
    assert set(compose["services"][service]["environment"]) == set(VARIABLES)


def test_what_compose_asks_for_stands_in_the_example(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= set(VARIABLES) | FOR_COMPOSE
    assert {"SECRET_KEY", "PUBLIC_URL", "ALLOWED_HOSTS", *FOR_COMPOSE} <= asked


def test_every_service_has_a_health_check_and_waits_for_healthy_ones(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "redis", "web", "worker"}
    for service in compose["services"].values():
        assert service["healthcheck"]["test"]
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert needed in compose["services"]


def test_data_outlives_the_containers(compose: dict[str, Any]) -> None:
    mounted = {mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", [])}
    assert set(compose["volumes"]) <= mounted


def test_only_the_process_that_migrates_knows_the_owner(compose: dict[str, Any]) -> None:
    assert "lianchi_owner" in compose["services"]["web"]["environment"]["DATABASE_OWNER_URL"]
    assert compose["services"]["worker"]["environment"]["DATABASE_OWNER_URL"] == ""
    for name in ("web", "worker"):
        assert compose["services"][name]["environment"]["DATABASE_URL"].startswith("postgresql://lianchi_app:")
        assert compose["services"][name]["read_only"] is True
        assert compose["services"][name]["cap_drop"] == ["ALL"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_files_that_compose_mounts_are_here(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for mount in service.get("volumes", []):
            if mount.startswith("./"):
                assert (ROOT / mount.split(":")[0]).is_file()


def test_the_image_is_built_in_two_stages_from_hashed_pins_and_does_not_run_as_root() -> None:
    build, final = stages()
    assert "--require-hashes -r requirements/base.txt" in build
    assert "pip install" not in final
    (user,) = re.findall(r"^USER (\S+)$", final, flags=re.MULTILINE)
    assert user not in ("root", "0")
    assert "HEALTHCHECK" in final
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = [line[1:].rstrip("/") for line in lines if line.startswith("!")]
    for place in re.findall(r"^COPY (?!--from)(.+) \S+$", build, flags=re.MULTILINE):
        for name in place.split():
            assert (ROOT / name).exists()
            assert any(name == known or name.startswith(f"{known}/") for known in let_in)
