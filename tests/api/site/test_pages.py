"""The server's own pages: useful to strangers, in two languages, and loading nothing from anywhere else."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.test import Client

from platform_site.pages.texts import CHINESE, ENGLISH, keys
from platform_site.security import POLICY


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def test_no_text_is_missing_in_either_language() -> None:
    for name in keys():
        assert getattr(ENGLISH, name).strip()
        assert getattr(CHINESE, name).strip()
    same = {name for name in keys() if getattr(ENGLISH, name) == getattr(CHINESE, name)}
    assert same == set()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/docs/", "/nowhere.php"])
def test_pages_load_nothing_from_anywhere_else(client: Client, address: str) -> None:
    answer = client.get(address)
    page = answer.content.decode()
    assert re.findall(r"""(?:src|href|url\()=?["']?(?:https?:)?//""", page) == []
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    if address != "/api/v1/docs/":
        assert policy == POLICY
        assert "<style" not in page
        assert "<script" not in page
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_everything_a_page_links_to_is_there(client: Client) -> None:
    page = client.get("/nowhere.php").content.decode()
    for address in sorted(set(re.findall(r'(?:href|src)="(/[^"]*)"', page))):
        if address.startswith(settings.STATIC_URL):
            assert find(address.removeprefix(settings.STATIC_URL)), address
        else:
            assert client.get(address).status_code == HTTPStatus.OK, address


def test_the_process_says_that_it_lives_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_the_site_says_that_it_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"ready": True, "database": True, "migrations": True, "jobs": None}


@pytest.mark.django_db
def test_the_site_says_which_part_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from platform_site.jobs import STATE

    monkeypatch.setattr(STATE, "wanted", True)
    answer = client.get("/readyz")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["jobs"] is False


@pytest.mark.django_db
def test_an_unknown_address_of_the_api_answers_with_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/unicorns")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
