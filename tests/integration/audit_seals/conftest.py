"""A folder for the keys, an alliance, and somebody who may change the record behind its guards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.identity.models import Alliance
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.database.guards import guards_off
from tests.factories.core import make_alliance


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def alliance(db: None) -> Alliance:
    return make_alliance()


@pytest.fixture
def tamper(owner_url: DatabaseUrl) -> Callable[..., None]:
    """Change rows as somebody could who has the owner's role: with the guards switched off."""
    tables = ("audit_auditevent", "audit_auditseal", "audit_auditsealedrow")

    def change(*statements: str) -> None:
        with connect(owner_url, autocommit=False) as owner:
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with guards_off(owner, tables):
                for text in statements:
                    owner.execute(text)

    return change
