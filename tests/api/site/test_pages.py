"""The server's own pages: useful to strangers, in two languages, and loading nothing from anywhere else."""

import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.test import Client

from platform_core.identity.models import User
from platform_site.pages.texts import CHINESE, ENGLISH, keys, texts_for
from platform_site.security import POLICY

PASSWORD = "a-password-of-ours"


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("wang@example.org", name="王 Wang", password=PASSWORD)


def token(client: Client, address: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    assert found
    return found[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "zh-Hans", CHINESE),
        ("en-GB,en;q=0.9", "en", ENGLISH),
        ("fr-FR", "en", ENGLISH),
        ("", "en", ENGLISH),
    ],
)
def test_the_first_page_speaks_the_readers_language(client: Client, asked: str, language: str, words: object) -> None:
    answer = client.get("/", headers={"accept-language": asked})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.OK
    assert f'<html lang="{language}">' in page
    assert texts_for("zh-hans" if words is CHINESE else "en").tagline in page
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.django_db
def test_the_choice_of_language_is_remembered_over_the_browsers(client: Client) -> None:
    client.post("/language/", {"language": "zh-hans", "csrfmiddlewaretoken": token(client, "/")})
    assert CHINESE.tagline in client.get("/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.django_db
def test_a_language_we_do_not_speak_is_not_remembered(client: Client) -> None:
    client.post("/language/", {"language": "../etc", "csrfmiddlewaretoken": token(client, "/")})
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


def test_no_text_is_missing_in_either_language() -> None:
    for name in keys():
        assert getattr(ENGLISH, name).strip()
        assert getattr(CHINESE, name).strip()
    same = {name for name in keys() if getattr(ENGLISH, name) == getattr(CHINESE, name)}
    assert same == {"close_command"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/sign-in/", "/api/v1/docs/", "/nowhere"])
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
    page = client.get("/").content.decode()
    for address in sorted(set(re.findall(r'(?:href|src)="(/[^"]*)"', page))):
        if address.startswith(settings.STATIC_URL):
            assert find(address.removeprefix(settings.STATIC_URL)), address
        else:
            assert client.get(address).status_code == HTTPStatus.OK, address


@pytest.mark.django_db
def test_a_person_signs_in_and_out(client: Client, person: User) -> None:
    answer = client.post(
        "/sign-in/",
        {"username": "Wang@Example.org", "password": PASSWORD, "csrfmiddlewaretoken": token(client, "/sign-in/")},
    )
    assert answer.headers["Location"] == "/"
    assert person.name in client.get("/").content.decode()
    client.post("/sign-out/", {"csrfmiddlewaretoken": token(client, "/")})
    assert person.name not in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "password"), [("wang@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_sign_in_does_not_say_which_part_was_wrong(
    client: Client, person: User, email: str, password: str
) -> None:
    answer = client.post(
        "/sign-in/", {"username": email, "password": password, "csrfmiddlewaretoken": token(client, "/sign-in/")}
    )
    assert answer.status_code == HTTPStatus.OK
    assert ENGLISH.sign_in_wrong in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_sign_in_leads_back_to_our_own_pages_only(client: Client, person: User) -> None:
    form = {"username": person.email, "password": PASSWORD, "csrfmiddlewaretoken": token(client, "/sign-in/")}
    answer = client.post("/sign-in/?next=https://evil.example/", {**form, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused(client: Client, person: User) -> None:
    answer = client.post("/sign-in/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert ENGLISH.forbidden in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_signing_out_takes_more_than_a_link(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get("/sign-out/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


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
