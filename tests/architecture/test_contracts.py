"""The import contracts: complete for every app, and each seen to break on a planted import."""

import os
import shutil
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from platform_site.rooms import installed_apps
from tests.architecture.rules import PACKAGES, ROOT

PLANTED = {
    "rooms": ("members/memberships/models.py", "import licensing.terms.models\n"),
    "licensing": ("licensing/terms/selectors.py", "import licensing.agreements.models\n"),
    "pools": ("pools/analysis_of_everything/__init__.py", ""),
    "members": ("members/newcomers/__init__.py", ""),
    "core": ("platform/platform_core/money.py", "import platform_core.identity.models\n"),
    "inside": ("pools/patents/models.py", "import pools.patents.services\n"),
    "pure": ("licensing/engine/terms.py", "import django.conf\n"),
}


def contracts() -> list[dict[str, Any]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def test_every_contract_is_tried_here() -> None:
    assert {contract["id"] for contract in contracts()} == set(PLANTED)


def test_every_app_with_services_is_layered_inside() -> None:
    (inside,) = [contract for contract in contracts() if contract["id"] == "inside"]
    with_services = {
        app
        for app in installed_apps()
        if any(
            (base / app.replace(".", "/") / name).exists() for base in (ROOT, ROOT / "platform") for name in SERVICES
        )
    }
    assert set(inside["containers"]) == with_services


SERVICES = ("services.py", "services")


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the checker says of a copy of our packages with one violation planted for each contract."""
    copy = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for place, text in PLANTED.values():
        path = copy / place
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + text)
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(copy), str(copy / "platform")))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: str(contract["id"]))
def test_a_planted_import_breaks_the_contract(contract: dict[str, Any], judgement: str) -> None:
    assert f"{contract['name']} BROKEN" in judgement
