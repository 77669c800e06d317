"""A database of its own with some of everything in it, for requests that nobody thought of."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from platform_core.documents.models import Document
from platform_core.documents.selectors import document_file
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.factories.world import World, make_world


@pytest.fixture(scope="module")
def world(
    postgres: EmbeddedDatabase, owner_url: DatabaseUrl, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    """Copy the tables of the tests' database, fill them, and go back to the other one afterwards."""
    name = f"{owner_url.database}_contract"
    settings = connections["default"].settings_dict
    before = {key: settings[key] for key in ("NAME", "CONN_MAX_AGE")}
    with django_db_blocker.unblock():
        connections.close_all()
        with connect(postgres.superuser_url()) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')
            # A thread of an earlier test may have left a connection, and nothing is copied that somebody uses.
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [owner_url.database]
            )
            server.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{owner_url.database}" OWNER {postgres.owner_url().user}'
            )
            server.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {postgres.app_url().user}')
        # Requests in this process would connect anew each time.
        settings.update(NAME=name, CONN_MAX_AGE=None)
        # As Django's own client does: what a request changes is undone by whoever made it.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        try:
            found = make_world()
            for document in Document.objects.all():
                path = document_file(document)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"-")
            yield found
        finally:
            request_started.connect(close_old_connections)
            request_finished.connect(close_old_connections)
            connections.close_all()
            settings.update(before)
            with connect(postgres.superuser_url()) as server:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
